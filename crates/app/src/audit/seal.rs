//! Sealing: events get their places and links.

use std::path::PathBuf;

use torqueflow_persistence::{AuditHead, AuditLink, OrganizationId};

use super::chain::Chain;
use super::head;
use crate::error::AppError;
use crate::{App, boxed};

/// Events that are sealed in one statement.
const ROUND: u64 = 2000;
/// How often another process may be first before we give up.
const ATTEMPTS: u32 = 50;

/// What a sealing did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sealed {
    /// How many events got their place.
    pub entries: u64,
    /// The file of the key, when no key is configured and this one was made just now. People should keep a copy
    /// elsewhere: who has it can forge the log, and without it the log can't be checked.
    pub new_key: Option<PathBuf>,
}

/// Seals what is not sealed yet, in every organisation. Any number of processes may do so at once.
///
/// Each organisation whose chain grew gets a line in the configured head file.
#[boxed]
pub async fn seal(app: &App) -> Result<Sealed, AppError> {
    let mut sealed = Sealed::default();
    for organization in app.store.audit_organizations_unsealed().await? {
        let (entries, new_key) = seal_organization(app, organization).await?;
        sealed.entries += entries;
        sealed.new_key = sealed.new_key.or(new_key);
    }
    Ok(sealed)
}

/// Seals what one organisation has. Says how many events, and which key was made for it.
pub(super) async fn seal_organization(
    app: &App,
    organization: OrganizationId,
) -> Result<(u64, Option<PathBuf>), AppError> {
    let (key, new_key) = app.audit_key()?;
    let chain = Chain {
        key: &key,
        organization,
    };
    let mut entries = 0;
    let mut late = 0;
    let mut head = app.store.audit_head(organization).await?;
    loop {
        let links = next_links(app, &chain, head.as_ref()).await?;
        let Some(last) = links.last() else { break };
        if app.store.audit_seal(organization, head.as_ref(), &links).await? {
            entries += links.len() as u64;
            head = Some(AuditHead {
                count: last.seq,
                mac: last.mac.clone(),
            });
            continue;
        }
        late += 1;
        if late == ATTEMPTS {
            return Err(AppError::AuditBusy);
        }
        head = app.store.audit_head(organization).await?;
    }
    if let (Some(path), Some(head), 1..) = (&app.audit.head_file, &head, entries) {
        head::append(path, organization, head)?;
    }
    Ok((entries, new_key))
}

/// The links of the next events behind the head.
async fn next_links(app: &App, chain: &Chain<'_>, head: Option<&AuditHead>) -> Result<Vec<AuditLink>, AppError> {
    let events = app.store.audit_list_unsealed(chain.organization, ROUND).await?;
    let mut previous = head.map(|head| head.mac.clone());
    let first = head.map_or(0, |head| head.count) + 1;
    let links = events.iter().zip(first..).map(|(event, seq)| {
        let mac = chain.link(event, seq, previous.as_deref());
        previous = Some(mac.clone());
        AuditLink { id: event.id, seq, mac }
    });
    Ok(links.collect())
}
