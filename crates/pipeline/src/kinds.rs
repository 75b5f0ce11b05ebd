//! Rows that say of themselves that they are something else than the table's: money that went out in a list of payments,
//! credit notes in a list of invoices.
//!
//! What: a row of which a column of its kind or state has a word for something else is not imported, and told so.
//! Why: a refund that counts as a payment received is money that nobody has.
//! Example: `expense` in the column `type` of a list of payments.

use torqueflow_model::{CellKind, EntityKind, Finding, FindingCode, Row, Slot, fold, fold_header, yes_or_no};

use crate::plan::TablePlan;

/// Folded headers, and the folded words in their columns.
type Words = (&'static [&'static str], &'static [&'static str]);

/// What the rows of a table are, and how they say that they are not.
struct Rule {
    entity: EntityKind,
    /// What a row is not: `The row is no …`.
    label: &'static str,
    /// Folded headers of columns with words, and the words, folded; in the order in which they are asked.
    words: &'static [Words],
    /// Folded headers of columns of yes and no of which yes says so.
    flags: &'static [&'static str],
}

const RULES: [Rule; 2] = [
    Rule {
        entity: EntityKind::Payment,
        label: "payment received",
        words: &[
            (
                &[
                    "type",
                    "transactiontype",
                    "paymenttype",
                    "entrytype",
                    "kind",
                    "direction",
                    "flow",
                    "inout",
                    "incomeexpense",
                    "status",
                    "paymentstatus",
                    "transactionstatus",
                    "state",
                ],
                &[
                    "expense",
                    "expenses",
                    "outcome",
                    "withdrawal",
                    "refund",
                    "refunded",
                    "partial refund",
                    "payment refund",
                    "money out",
                    "out",
                    "outgoing",
                    "outflow",
                    "payout",
                    "payment made",
                    "paid out",
                    "spend money",
                    "spent",
                    "bill payment",
                    "supplier payment",
                    "vendor payment",
                    "purchase",
                    "purchase payment",
                    "chargeback",
                    "transfer out",
                    "reversal",
                    "reversed",
                    "adjustment out",
                    "failed",
                    "failure",
                    "declined",
                    "canceled",
                    "cancelled",
                    "void",
                    "voided",
                    "pending",
                    "blocked",
                    "incomplete",
                    "uncaptured",
                    "requires payment method",
                    "unpaid",
                    "rejected",
                    "expired",
                    "error",
                ],
            ),
            DIRECTIONS,
        ],
        flags: &[
            "isrefund",
            "refunded",
            "isexpense",
            "isvoid",
            "voided",
            "cancelled",
            "canceled",
        ],
    },
    Rule {
        entity: EntityKind::Invoice,
        label: "invoice",
        words: &[(
            &[
                "type",
                "transactiontype",
                "invoicetype",
                "documenttype",
                "doctype",
                "kind",
                "entrytype",
                "documentkind",
            ],
            &[
                "credit note",
                "credit memo",
                "creditnote",
                "creditmemo",
                "credit",
                "cn",
                "sales credit note",
                "sales credit",
                "return",
                "sales return",
                "refund",
                "quote",
                "quotation",
                "estimate",
                "proforma",
                "pro forma",
                "proforma invoice",
                "order",
                "sales order",
                "purchase order",
                "delivery note",
                "bill",
                "purchase",
                "purchase invoice",
                "supplier invoice",
                "payment",
                "receipt",
                "accreccredit",
                "accpay",
                "accpaycredit",
            ],
        )],
        flags: &[
            "isreturn",
            "return",
            "iscredit",
            "iscreditnote",
            "creditnote",
            "isquote",
            "isestimate",
            "isrefund",
        ],
    },
];

/// Words that say so only in a column that is called after the direction of money: elsewhere they are kinds of card.
const DIRECTIONS: Words = (
    &[
        "direction",
        "transactiontype",
        "debitcredit",
        "creditdebit",
        "drcr",
        "crdr",
    ],
    &["debit", "dr"],
);

/// How the rows of a table say that they are something else.
#[derive(Default)]
pub(crate) struct RowKinds {
    rule: Option<&'static Rule>,
    words: Vec<(usize, &'static [&'static str])>,
    flags: Vec<usize>,
}

impl RowKinds {
    pub fn of(plan: &TablePlan) -> Self {
        let has = |rule: &Rule| {
            let mut fields = plan.columns.iter().filter_map(|column| column.field);
            fields.any(|field| field.slot == Slot::Main(rule.entity))
        };
        let Some(rule) = RULES.iter().find(|rule| has(rule)) else {
            return Self::default();
        };
        let columns = |headers: &[&str]| -> Vec<usize> {
            let all = plan.columns.iter().enumerate();
            let those = all.filter(|(_, column)| headers.contains(&fold_header(&column.header).as_str()));
            those.map(|(index, _)| index).collect()
        };
        let words = rule.words.iter();
        let words = words.flat_map(|(headers, words)| columns(headers).into_iter().map(move |column| (column, *words)));
        Self {
            rule: Some(rule),
            words: words.collect(),
            flags: columns(rule.flags),
        }
    }

    /// Why a row is not what the table's rows are.
    pub fn otherwise(&self, row: &Row) -> Option<Finding> {
        let rule = self.rule?;
        let says = |(index, words): &&(usize, &[&str])| {
            let cell = row.cells.get(*index);
            cell.is_some_and(|cell| words.contains(&fold(&cell.text).as_str()))
        };
        let is_yes = |index: &usize| {
            row.cells.get(*index).is_some_and(|cell| {
                cell.kind == CellKind::Boolean(true)
                    || yes_or_no(&cell.text) == Some(true)
                    || matches!(fold(&cell.text).as_str(), "y" | "1")
            })
        };
        let said = self.words.iter().find(says).map(|(index, _)| *index);
        let column = said.or_else(|| self.flags.iter().copied().find(is_yes))?;
        let value = row.cells.get(column).map(|cell| cell.text.clone()).unwrap_or_default();
        let mut finding = Finding::row(
            FindingCode::OtherKindOfRow,
            format!("{}: it says “{}”", rule.label, value.trim()),
        );
        finding.column = Some(column);
        finding.value = value;
        Some(finding)
    }
}

#[cfg(test)]
mod tests {
    use torqueflow_model::{Cell, FieldRef};

    use super::*;
    use crate::plan::PlannedColumn;

    /// Whether a row below these headers is what the table's rows are.
    #[track_caller]
    fn check(columns: &[(&str, &str)], texts: &[&str], expected: Option<&str>) {
        let column = |(header, field): &(&str, &str)| PlannedColumn::new(header, FieldRef::parse(field), "alias");
        let plan = TablePlan {
            columns: columns.iter().map(column).collect(),
            ..TablePlan::default()
        };
        let row = Row {
            number: 2,
            cells: texts.iter().map(|text| Cell::text(*text)).collect(),
        };
        let found = RowKinds::of(&plan)
            .otherwise(&row)
            .map(|finding| finding.message().into_owned());
        assert_eq!(found.as_deref(), expected, "{texts:?}");
    }

    #[test]
    fn money_that_went_out_or_never_came_is_no_payment_received() {
        let columns = [("Type", ""), ("Amount", "payment.amount"), ("Status", "")];
        check(&columns, &["income", "100", "Paid"], None);
        check(&columns, &["Debit", "100", ""], None);
        check(
            &columns,
            &["expense", "55", ""],
            Some("The row is no payment received: it says “expense”"),
        );
        check(
            &columns,
            &["", "55", "Refunded"],
            Some("The row is no payment received: it says “Refunded”"),
        );
        check(
            &[("Dr/Cr", ""), ("Amount", "payment.amount")],
            &["DR", "1"],
            Some("The row is no payment received: it says “DR”"),
        );
    }

    #[test]
    fn credit_notes_and_quotes_are_no_invoices() {
        let columns = [("invno", "invoice.number"), ("is_return", ""), ("Doc Type", "")];
        check(&columns, &["1", "N", "Invoice"], None);
        check(&columns, &["2", "Y", ""], Some("The row is no invoice: it says “Y”"));
        check(
            &columns,
            &["3", "", "Credit Note"],
            Some("The row is no invoice: it says “Credit Note”"),
        );
    }

    #[test]
    fn other_tables_have_kinds_of_their_own() {
        check(
            &[("Name", "customer.display_name"), ("Type", "")],
            &["Ada", "Return"],
            None,
        );
    }
}
