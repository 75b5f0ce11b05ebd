//! Invoices and payments.

use crate::rng::Rng;
use crate::sample::rates;
use crate::sample::values::{DateCell, Moment, Pence};
use crate::sample::work::Job;

/// An invoice for a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// The `InvoiceNumber`.
    pub number: String,
    /// An index into the jobs.
    pub job: usize,
    /// When it was written.
    pub date: Moment,
    /// When it is to be paid.
    pub due: DateCell,
    /// Without VAT.
    pub net: Pence,
    /// The VAT.
    pub vat: Pence,
    /// It was paid.
    pub is_paid: bool,
}

/// A payment of an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The `PaymentNumber`.
    pub number: String,
    /// An index into the invoices.
    pub invoice: usize,
    /// When it came.
    pub date: Moment,
    /// How.
    pub method: &'static str,
    /// How much.
    pub amount: Pence,
}

impl Invoice {
    /// What is to be paid.
    pub fn gross(&self) -> Pence {
        Pence(self.net.0 + self.vat.0)
    }

    /// The cells of the row.
    pub fn cells(&self, jobs: &[Job]) -> Vec<String> {
        vec![
            self.number.clone(),
            jobs[self.job].number.clone(),
            jobs[self.job].customer_number.clone(),
            self.date.to_string(),
            self.due.text.clone(),
            self.net.to_string(),
            self.vat.to_string(),
            self.gross().to_string(),
            if self.is_paid { "Paid" } else { "Outstanding" }.to_owned(),
        ]
    }
}

impl Payment {
    /// The cells of the row.
    pub fn cells(&self, invoices: &[Invoice], jobs: &[Job]) -> Vec<String> {
        let invoice = &invoices[self.invoice];
        vec![
            self.number.clone(),
            invoice.number.clone(),
            jobs[invoice.job].customer_number.clone(),
            self.date.to_string(),
            self.method.to_owned(),
            self.amount.to_string(),
        ]
    }
}

/// Invoices for most of `jobs`.
pub(crate) fn invoices(jobs: &[Job], rng: &mut Rng) -> Vec<Invoice> {
    let invoiced = rng.deal(jobs.len(), false, &[(true, rates::INVOICED)]);
    let invoiced: Vec<usize> = (0..jobs.len()).filter(|&job| invoiced[job]).collect();
    let paid = rng.deal(invoiced.len(), false, &[(true, rates::PAID)]);
    invoiced
        .into_iter()
        .zip(paid)
        .enumerate()
        .map(|(index, (job, is_paid))| {
            let date = jobs[job].date.plus_days(rng.between(0, 5));
            Invoice {
                number: format!("INV{:06}", 50_001 + index),
                job,
                date,
                due: DateCell::mostly_known(date.plus_days(30), rates::NULL_DATES, rng),
                net: jobs[job].net,
                vat: jobs[job].net.vat(),
                is_paid,
            }
        })
        .collect()
}

/// One payment for each paid invoice.
pub(crate) fn payments(invoices: &[Invoice], rng: &mut Rng) -> Vec<Payment> {
    let paid = (0..invoices.len()).filter(|&invoice| invoices[invoice].is_paid);
    paid.enumerate()
        .map(|(index, invoice)| Payment {
            number: format!("P{:06}", index + 1),
            invoice,
            date: invoices[invoice]
                .date
                .plus_days(rng.between(0, 40))
                .in_working_hours(rng),
            method: rng.pick(&["Card", "Card", "Cash", "BACS", "Cheque"]),
            amount: invoices[invoice].gross(),
        })
        .collect()
}
