//! The files of a run.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use strum::{EnumString, IntoStaticStr};
use uuid::Uuid;

use crate::entity::import_file::{ActiveModel, Column, Entity, Model};
use crate::{OrganizationId, Store, StoreError};

/// A file of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportFile {
    /// Its id.
    pub id: Uuid,
    /// Its run.
    pub run_id: Uuid,
    /// Its place in the upload, from 0.
    pub position: i64,
    /// Its name as uploaded, without folders.
    pub name: String,
    /// Its size.
    pub size_bytes: i64,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Where its bytes are kept.
    pub blob_key: String,
    /// How far it is.
    pub status: FileStatus,
    /// It came encrypted.
    pub encrypted: bool,
    /// What a person should know of it, in sentences.
    pub notes: Vec<String>,
    /// Why it could not be opened: code and message.
    pub error: Option<(String, String)>,
}

/// How far a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum FileStatus {
    /// Its bytes are there.
    Stored,
    /// It is encrypted, and nobody gave the right password yet.
    AwaitingPassword,
    /// Its tables are staged.
    Opened,
    /// It can't be opened.
    Failed,
}

impl FileStatus {
    /// The stable name.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

impl ImportFile {
    fn from_model(model: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: model.id,
            run_id: model.run_id,
            position: model.position,
            name: model.name,
            size_bytes: model.size_bytes,
            sha256: model.sha256,
            blob_key: model.blob_key,
            status: model
                .status
                .parse()
                .map_err(|_| StoreError::Damaged { what: "file status" })?,
            encrypted: model.encrypted,
            notes: serde_json::from_value(model.notes).map_err(|_| StoreError::Damaged { what: "file notes" })?,
            error: model
                .error_code
                .map(|code| (code, model.error_message.unwrap_or_default())),
        })
    }

    pub(super) fn to_row(&self, organization: OrganizationId) -> ActiveModel {
        let (error_code, error_message) = self.error.clone().unzip();
        ActiveModel {
            organization_id: Set(organization.0),
            id: Set(self.id),
            run_id: Set(self.run_id),
            position: Set(self.position),
            name: Set(self.name.clone()),
            size_bytes: Set(self.size_bytes),
            sha256: Set(self.sha256.clone()),
            blob_key: Set(self.blob_key.clone()),
            status: Set(self.status.name().to_owned()),
            encrypted: Set(self.encrypted),
            notes: Set(serde_json::Value::from(self.notes.clone())),
            error_code: Set(error_code),
            error_message: Set(error_message),
        }
    }
}

impl Store {
    /// The files of a run, in upload order.
    pub async fn file_list(&self, organization: OrganizationId, run_id: Uuid) -> Result<Vec<ImportFile>, StoreError> {
        Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::RunId.eq(run_id))
            .order_by_asc(Column::Position)
            .all(&self.reader)
            .await?
            .into_iter()
            .map(ImportFile::from_model)
            .collect()
    }
}
