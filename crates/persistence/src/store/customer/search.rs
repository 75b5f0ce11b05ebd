//! Finding customers: by any of their names, e-mail, telephone numbers, customer number, and the plates of their vehicles.
//!
//! What fits a hidden customer finds the one that it was merged into. Pages are in the order of the folded name.

use std::fmt::Write as _;

use sea_orm::Value;
use uuid::Uuid;

use super::{CustomerRow, selected_columns};
use crate::sql::{bytes, query};
use crate::{OrganizationId, Store, StoreError};

/// Which customers are looked for. Several clauses of a group: any of them; several groups: all of them.
#[derive(Debug, Clone, Default)]
pub struct CustomerSearch {
    /// What the customers must fit. No group: all customers.
    pub groups: Vec<Vec<CustomerClause>>,
    /// How many at most.
    pub limit: u64,
    /// Behind this one: folded name and id.
    pub after: Option<(String, Uuid)>,
}

/// What a customer can be found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomerClause {
    /// Each of these folded words begins a word of its names.
    Words(Vec<String>),
    /// The e-mail address begins so.
    Email(String),
    /// A telephone number begins so, in E.164.
    Phone(String),
    /// The registration of a vehicle begins so.
    Registration(String),
    /// The customer number is one of these.
    Number(Vec<String>),
}

/// Behind every text that begins with a prefix, when text is compared by its bytes.
const LAST: char = char::MAX;

impl Store {
    /// A page of customers that are not hidden.
    pub async fn customer_search(
        &self,
        organization: OrganizationId,
        search: &CustomerSearch,
    ) -> Result<Vec<CustomerRow>, StoreError> {
        let mut draft = Draft {
            organization,
            bytes: bytes(&self.reader),
            sql: String::new(),
            values: Vec::new(),
        };
        draft.write(search);
        let rows = query(&self.reader, &draft.sql, draft.values).await?;
        rows.iter().map(CustomerRow::read).collect()
    }
}

/// The statement in the making.
struct Draft {
    organization: OrganizationId,
    bytes: &'static str,
    sql: String,
    values: Vec<Value>,
}

impl Draft {
    fn write(&mut self, search: &CustomerSearch) {
        for (index, group) in search.groups.iter().enumerate() {
            self.sql += if index == 0 { "WITH RECURSIVE " } else { ", " };
            self.group(index, group);
        }
        let columns = selected_columns();
        let order = format!("(COALESCE(c.sort_name, '') {})", self.bytes);
        let _ = write!(
            self.sql,
            " SELECT {columns} FROM customer AS c WHERE c.organization_id = ? AND c.merged_into_id IS NULL"
        );
        self.values.push(self.organization.0.into());
        for index in 0..search.groups.len() {
            let _ = write!(self.sql, " AND c.id IN (SELECT id FROM up{index})");
        }
        if let Some((name, id)) = &search.after {
            let _ = write!(self.sql, " AND ({order}, c.id) > (?, ?)");
            self.values.extend([name.as_str().into(), (*id).into()]);
        }
        let _ = write!(self.sql, " ORDER BY {order}, c.id LIMIT ?");
        self.values.push((search.limit as i64).into());
    }

    /// The customers that fit one of these, and those that they were merged into.
    fn group(&mut self, index: usize, group: &[CustomerClause]) {
        let _ = write!(self.sql, "up{index} (id) AS (");
        let _ = write!(self.sql, "SELECT id FROM (");
        for (place, clause) in group.iter().enumerate() {
            self.sql += if place == 0 { "" } else { " UNION " };
            self.clause(clause);
        }
        let _ = write!(
            self.sql,
            ") AS found UNION SELECT m.merged_into_id FROM up{index} JOIN customer AS m \
             ON m.organization_id = ? AND m.id = up{index}.id WHERE m.merged_into_id IS NOT NULL)"
        );
        self.values.push(self.organization.0.into());
    }

    fn clause(&mut self, clause: &CustomerClause) {
        match clause {
            CustomerClause::Words(words) => {
                self.from("customer", "id");
                for word in words {
                    // Folded text has neither `%` nor `_`.
                    self.sql += " AND (' ' || search_name) LIKE ?";
                    self.values.push(format!("% {word}%").into());
                }
            }
            CustomerClause::Email(prefix) => self.range("customer", "id", "email", prefix),
            CustomerClause::Phone(prefix) => {
                self.range("customer", "id", "phone", prefix);
                self.sql += " UNION ";
                self.range("customer", "id", "landline", prefix);
            }
            CustomerClause::Registration(prefix) => {
                self.range("vehicle", "customer_id", "registration", prefix);
                self.sql += " AND customer_id IS NOT NULL";
            }
            CustomerClause::Number(numbers) => {
                self.from("customer", "id");
                let _ = write!(
                    self.sql,
                    " AND external_customer_number IN ({})",
                    crate::sql::places(numbers.len())
                );
                self.values.extend(numbers.iter().map(|number| number.as_str().into()));
            }
        }
    }

    fn range(&mut self, table: &str, id: &str, column: &str, prefix: &str) {
        self.from(table, id);
        let column = format!("({column} {})", self.bytes);
        let _ = write!(self.sql, " AND {column} >= ? AND {column} < ?");
        self.values.extend([prefix.into(), format!("{prefix}{LAST}").into()]);
    }

    fn from(&mut self, table: &str, id: &str) {
        let _ = write!(self.sql, "SELECT {id} AS id FROM {table} WHERE organization_id = ?");
        self.values.push(self.organization.0.into());
    }
}
