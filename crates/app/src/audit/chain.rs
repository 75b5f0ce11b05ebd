//! The links of the chain.
//!
//! The canonical form of an entry is `torqueflow-audit-1`, then its columns in this order: organisation (16 bytes), id
//! (16 bytes), seq (8 bytes), time (nanoseconds since 1970, 16 bytes), actor, role, address, request, action, subject's
//! type, subject's id, run (16 bytes), detail (JSON without white space, keys sorted), and at last the link before it in
//! hexadecimal. Each column is a byte 0 when it is null, else a byte 1, its length in 8 bytes, and its bytes; texts are
//! UTF-8, numbers have their highest byte first. So no two entries have the same form.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use torqueflow_persistence::{OrganizationId, StoredAuditEvent};

use super::AuditKey;

const VERSION: &[u8] = b"torqueflow-audit-1";

/// Links entries of one organisation.
pub(super) struct Chain<'a> {
    pub key: &'a AuditKey,
    pub organization: OrganizationId,
}

impl Chain<'_> {
    /// The link of an entry in this place, behind the entry with this link.
    pub fn link(&self, entry: &StoredAuditEvent, seq: i64, previous: Option<&str>) -> String {
        let mut form = Form(Vec::with_capacity(512));
        form.0.extend_from_slice(VERSION);
        form.bytes(self.organization.0.as_bytes());
        form.bytes(entry.id.as_bytes());
        form.bytes(&seq.to_be_bytes());
        form.bytes(&entry.occurred_at.unix_timestamp_nanos().to_be_bytes());
        form.text(Some(&entry.actor.name));
        form.text(entry.actor.role.as_deref());
        form.text(entry.actor.ip.as_deref());
        form.text(entry.actor.request_id.as_deref());
        form.text(Some(&entry.action));
        form.text(entry.subject_type.as_deref());
        form.text(entry.subject_id.as_deref());
        form.column(entry.run_id.as_ref().map(|id| id.as_bytes().as_slice()));
        let mut detail = String::new();
        write_canonical(&entry.detail, &mut detail);
        form.text(Some(&detail));
        form.text(previous);
        self.mac(&form.0)
    }

    /// Whether the entry's own link is the one that it has in this place.
    pub fn fits(&self, entry: &StoredAuditEvent, seq: i64, previous: Option<&str>) -> bool {
        entry
            .mac
            .as_deref()
            .is_some_and(|mac| mac == self.link(entry, seq, previous))
    }

    fn mac(&self, form: &[u8]) -> String {
        // HMAC takes keys of any length, so there is no error to report.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.key.bytes()) else {
            return String::new();
        };
        mac.update(form);
        hex::encode(mac.finalize().into_bytes())
    }
}

/// The canonical form in the making.
struct Form(Vec<u8>);

impl Form {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.push(1);
        self.0.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        self.0.extend_from_slice(bytes);
    }

    fn column(&mut self, value: Option<&[u8]>) {
        match value {
            Some(bytes) => self.bytes(bytes),
            None => self.0.push(0),
        }
    }

    fn text(&mut self, text: Option<&str>) {
        self.column(text.map(str::as_bytes));
    }
}

/// JSON without white space and with sorted keys, whatever order the parser keeps.
fn write_canonical(value: &Value, text: &mut String) {
    match value {
        Value::Object(object) => {
            let mut entries: Vec<_> = object.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            text.push('{');
            for (position, (key, value)) in entries.into_iter().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                let _ = write!(text, "{}:", Value::from(key.as_str()));
                write_canonical(value, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                write_canonical(item, text);
            }
            text.push(']');
        }
        plain => {
            let _ = write!(text, "{plain}");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::OffsetDateTime;
    use torqueflow_persistence::Actor;
    use uuid::Uuid;

    use super::*;

    fn entry() -> StoredAuditEvent {
        StoredAuditEvent {
            id: Uuid::from_u128(7),
            occurred_at: OffsetDateTime::UNIX_EPOCH,
            actor: Actor {
                name: "cli".into(),
                ..Actor::default()
            },
            action: "import_run.created".into(),
            subject_type: None,
            subject_id: None,
            run_id: None,
            detail: json!({"b": [1, "x"], "a": null}),
            seq: None,
            mac: None,
        }
    }

    fn link(entry: &StoredAuditEvent, seq: i64, previous: Option<&str>) -> String {
        let key = AuditKey::new(&[b'k'; 32]).unwrap();
        let chain = Chain {
            key: &key,
            organization: OrganizationId(Uuid::from_u128(1)),
        };
        chain.link(entry, seq, previous)
    }

    /// What was sealed years ago must still be found intact: the form never changes.
    #[test]
    fn the_link_of_an_entry_is_the_same_for_ever() {
        assert_eq!(
            link(&entry(), 1, None),
            "44272175ee2e836b9cc867159096eeebf0131dd1a8d886c1a1b06d64adc11b9b"
        );
    }

    #[test]
    fn where_one_text_ends_and_the_next_begins_counts() {
        let with = |role: Option<&str>, ip: Option<&str>| {
            let mut entry = entry();
            entry.actor.role = role.map(str::to_owned);
            entry.actor.ip = ip.map(str::to_owned);
            link(&entry, 1, None)
        };
        let links = [
            with(Some("ab"), Some("c")),
            with(Some("a"), Some("bc")),
            with(Some("abc"), None),
            with(None, Some("abc")),
            with(Some("abc"), Some("")),
        ];
        let different: std::collections::BTreeSet<_> = links.iter().collect();
        assert_eq!(different.len(), links.len());
    }

    #[test]
    fn json_is_sorted_at_every_depth() {
        let mut text = String::new();
        write_canonical(
            &json!({"b": {"d": 1, "c": [true, {"z": "\n", "y": 1.5}]}, "a": "ä"}),
            &mut text,
        );
        assert_eq!(text, r#"{"a":"ä","b":{"c":[true,{"y":1.5,"z":"\n"}],"d":1}}"#);
    }
}
