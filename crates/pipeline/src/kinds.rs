//! Rows that say of themselves that they are something else than the table's: money that went out in a list of payments,
//! credit notes in a list of invoices.
//!
//! What: a row of which a column of its kind or state has a word for something else is not imported, and told so; nor is one
//! with a total below zero in a list of invoices, which is a credit note or a payment.
//! Why: a refund that counts as a payment received is money that nobody has.
//! Example: `expense` in the column `type` of a list of payments.

use torqueflow_model::{
    Cell, CellKind, ColumnProfile, EntityKind, FieldRef, Finding, FindingCode, Row, Slot, fold, fold_accents,
    fold_header, yes_or_no,
};

use crate::plan::TablePlan;

/// Folded headers, and the folded words in their columns.
type Words = (&'static [&'static str], &'static [&'static str]);

/// What the rows of a table are, and how they say that they are not.
#[derive(Debug)]
struct Rule {
    entity: EntityKind,
    /// What a row is not: `The row is no …`.
    label: &'static str,
    /// Headers of columns with words, folded without accents, and the words, folded likewise; in the order in which they are
    /// asked.
    words: &'static [Words],
    /// Folded headers of columns of yes and no of which yes says so.
    flags: &'static [&'static str],
    /// Fields of sums that are not below zero, the one that counts first.
    sums: &'static [&'static str],
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
                    "pay",
                    "internal transfer",
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
        sums: &[],
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
                "document",
                "documento",
                "tipodocumento",
                "tipodedocumento",
                "tipodoc",
                "tipo",
                "belegart",
                "dokumentart",
                "dokumenttyp",
                "typededocument",
                "typedocument",
                "documentsoort",
            ],
            &[
                "nc",
                "nota de credito",
                "nota credito",
                "nota di credito",
                "gutschrift",
                "rechnungskorrektur",
                "stornorechnung",
                "avoir",
                "note de credit",
                "facture davoir",
                "creditnota",
                "kreditnota",
                "factura rectificativa",
                "abono",
                "angebot",
                "devis",
                "presupuesto",
                "orcamento",
                "preventivo",
                "offerte",
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
        sums: &["total_gross", "total_net"],
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
#[derive(Debug, Default)]
pub(crate) struct RowKinds {
    rule: Option<&'static Rule>,
    words: Vec<(usize, &'static [&'static str])>,
    flags: Vec<usize>,
    /// Columns of sums, the one that counts first.
    sums: Vec<usize>,
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
            let folded = |header: &str| fold_header(&fold_accents(header));
            let those = all.filter(|(_, column)| headers.contains(&folded(&column.header).as_str()));
            those.map(|(index, _)| index).collect()
        };
        let column_of = |name: &&str| {
            let field = FieldRef::new(Slot::Main(rule.entity), name)?;
            plan.columns.iter().position(|column| column.field == Some(field))
        };
        // Where most are below zero, that is how the program writes what it is owed.
        let is_plain = |index: &usize| !plan.profiles.get(*index).is_some_and(are_mostly_below_zero);
        let words = rule.words.iter();
        let words = words.flat_map(|(headers, words)| columns(headers).into_iter().map(move |column| (column, *words)));
        Self {
            rule: Some(rule),
            words: words.collect(),
            flags: columns(rule.flags),
            sums: rule.sums.iter().filter_map(column_of).filter(is_plain).collect(),
        }
    }

    /// A row may be something else.
    pub fn is_open(&self) -> bool {
        !(self.words.is_empty() && self.flags.is_empty() && self.sums.is_empty())
    }

    /// Why a row is not what the table's rows are.
    pub fn otherwise(&self, row: &Row) -> Option<Finding> {
        let rule = self.rule?;
        let says = |(index, words): &&(usize, &[&str])| {
            let cell = row.cells.get(*index);
            cell.is_some_and(|cell| words.contains(&fold(&fold_accents(&cell.text)).as_str()))
        };
        let is_yes = |index: &usize| {
            row.cells.get(*index).is_some_and(|cell| {
                cell.kind == CellKind::Boolean(true)
                    || yes_or_no(&cell.text) == Some(true)
                    || matches!(fold(&cell.text).as_str(), "y" | "1")
            })
        };
        let said = self.words.iter().find(says).map(|(index, _)| *index);
        let said = said.or_else(|| self.flags.iter().copied().find(is_yes));
        let column = said.or_else(|| self.sum_below_zero(row))?;
        let value = row.cells.get(column).map(|cell| cell.text.clone()).unwrap_or_default();
        let what = if said.is_some() { "it says" } else { "its total is" };
        let mut finding = Finding::row(
            FindingCode::OtherKindOfRow,
            format!("{}: {what} “{}”", rule.label, value.trim()),
        );
        finding.column = Some(column);
        finding.value = value;
        Some(finding)
    }

    /// The column of the sum that counts, where it is below zero.
    fn sum_below_zero(&self, row: &Row) -> Option<usize> {
        let filled = |index: &usize| row.cells.get(*index).is_some_and(|cell| !cell.is_blank());
        let column = self.sums.iter().copied().find(filled)?;
        row.cells.get(column).is_some_and(is_below_zero).then_some(column)
    }
}

/// `-47.94`, `(47.94)` and `47.94-`, also behind or before a currency.
fn is_below_zero(cell: &Cell) -> bool {
    if let CellKind::Number(number) = cell.kind {
        return number < 0.0;
    }
    let is_of_sum = |sign: &char| sign.is_ascii_digit() || matches!(sign, '-' | '\u{2212}' | '(' | ')');
    let signs: Vec<char> = cell.text.chars().filter(is_of_sum).collect();
    let is_sum = cell.text.chars().filter(|sign| sign.is_alphabetic()).count() <= 3;
    let digits = signs.iter().filter(|sign| sign.is_ascii_digit()).count();
    let amounts_to_something = signs.iter().any(|sign| matches!(sign, '1'..='9'));
    let marks = signs.len() - digits;
    let is_negative = match signs.as_slice() {
        ['-' | '\u{2212}', ..] | [.., '-' | '\u{2212}'] => marks == 1,
        ['(', .., ')'] => marks == 2,
        _ => false,
    };
    is_sum && amounts_to_something && is_negative
}

/// More than half of the values begin as numbers below zero do.
fn are_mostly_below_zero(profile: &ColumnProfile) -> bool {
    let is_negative = |shape: &str| shape.starts_with(['-', '\u{2212}', '(']);
    let negative = profile.shapes.iter().filter(|shape| is_negative(&shape.shape));
    negative.map(|shape| shape.count).sum::<u64>() * 2 > profile.filled
}

#[cfg(test)]
mod tests {
    use torqueflow_model::Shape;

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
        let columns = [("N.º Doc.", "invoice.number"), ("Documento", "")];
        check(&columns, &["1", "FA"], None);
        check(&columns, &["2", "NC"], Some("The row is no invoice: it says “NC”"));
        check(
            &columns,
            &["3", "Nota de Crédito"],
            Some("The row is no invoice: it says “Nota de Crédito”"),
        );
    }

    #[test]
    fn a_total_below_zero_is_that_of_no_invoice() {
        let columns = [
            ("No", "invoice.number"),
            ("Net", "invoice.total_net"),
            ("Total", "invoice.total_gross"),
        ];
        for total in [
            "-47.94",
            "(47.94)",
            "£-47.94",
            "-£47.94",
            "47,94-",
            "\u{2212}47.94",
            "-1.250,00 EUR",
        ] {
            let message = format!("The row is no invoice: its total is “{total}”");
            check(&columns, &["1", "40.00", total], Some(&message));
        }
        for total in ["47.94", "0.00", "-0.00", "", "-", "1-2", "2024-01-31", "n/a"] {
            check(&columns, &["1", "40.00", total], None);
        }
        check(
            &columns,
            &["1", "-4", ""],
            Some("The row is no invoice: its total is “-4”"),
        );
        check(&columns, &["1", "-4", "0.50"], None);
        check(
            &[("No", "payment.number"), ("Amount", "payment.amount")],
            &["1", "-47.94"],
            None,
        );
    }

    #[test]
    fn where_most_totals_are_below_zero_the_sign_says_nothing() {
        let field = |name: &str| FieldRef::parse(name);
        let plan = TablePlan {
            columns: vec![
                PlannedColumn::new("No", field("invoice.number"), "alias"),
                PlannedColumn::new("Total", field("invoice.total_gross"), "alias"),
            ],
            profiles: vec![
                ColumnProfile::default(),
                ColumnProfile {
                    filled: 3,
                    shapes: vec![Shape {
                        shape: "-99.99".to_owned(),
                        count: 2,
                    }],
                    ..ColumnProfile::default()
                },
            ],
            ..TablePlan::default()
        };
        let row = Row {
            number: 2,
            cells: vec![Cell::text("1"), Cell::text("-47.94")],
        };
        assert_eq!(RowKinds::of(&plan).otherwise(&row), None);
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
