//! What was done: jobs with their notes, parts and labour, and the reminders.

use crate::rng::Rng;
use crate::sample::customers::Customer;
use crate::sample::rates;
use crate::sample::stock::{LabourUnit, Product};
use crate::sample::values::{DateCell, Moment, Pence, hundredths};
use crate::sample::vehicles::Vehicle;

const STATUSES: [&str; 8] = [
    "Completed",
    "Completed",
    "Completed",
    "Invoiced",
    "Invoiced",
    "In Progress",
    "Booked",
    "Cancelled",
];
const DESCRIPTIONS: [&str; 10] = [
    "Service and MOT",
    "MOT only",
    "Customer reports noise from front left, please check",
    "Brakes squealing",
    "Warning light on; read codes",
    "Won't start - collected by recovery",
    "Tyres x2",
    "Air con not cold",
    "Pre-purchase inspection, “as seen”",
    "Clutch slipping, quote first",
];
const NOTES: [&str; 12] = [
    "Customer called, wants car back by 5pm.",
    "Advised: front tyres close to limit (2.1mm)",
    "Parts ordered, due tomorrow am",
    "Left voicemail",
    "Quoted £245 + VAT, customer said \"go ahead\"",
    "Locking wheel nut key in glovebox;boot lock stiff",
    "Collected keys\r\nParked in bay 4",
    "MOT advisories:\n- slight play, track rod end\n- wiper blades worn",
    "Courtesy car given",
    "Oil leak from sump, monitor – no charge",
    "Paid by card over the phone",
    "See previous job, same fault",
];
const TECHNICIANS: [&str; 6] = ["Gaz", "Tom H", "Lorraine", "Mick", "Priya", ""];

/// A work order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The `JobNumber`.
    pub number: String,
    /// Whose: an index into the customers; `None` for an orphan.
    pub customer: Option<usize>,
    /// The cell of `CustomerNumber`: for an orphan, a number that no customer has.
    pub customer_number: String,
    /// The vehicle: an index into the vehicles; `None` for an orphan.
    pub vehicle: Option<usize>,
    /// The cell of `VehicleRegistration`: empty where nobody knows it.
    pub registration_cell: String,
    /// When it came in.
    pub date: Moment,
    /// When it was done.
    pub completed: DateCell,
    /// The cell of `JobStatus`.
    pub status: &'static str,
    /// The mileage at the time.
    pub mileage: u64,
    /// The cell of `Description`.
    pub description: &'static str,
    /// The sum of its lines, without VAT.
    pub net: Pence,
}

/// A note on a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// An index into the jobs.
    pub job: usize,
    /// When it was written.
    pub date: Moment,
    /// Who wrote it; empty where nobody knows.
    pub author: &'static str,
    /// What it says; some have several lines.
    pub text: &'static str,
}

/// A part used on a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartLine {
    /// An index into the jobs.
    pub job: usize,
    /// An index into the products.
    pub product: usize,
    /// How many.
    pub quantity: i64,
    /// The price of one.
    pub unit_price: Pence,
}

/// Labour on a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabourLine {
    /// An index into the jobs.
    pub job: usize,
    /// An index into the labour units.
    pub unit: usize,
    /// Hours, in hundredths.
    pub hours_hundredths: i64,
    /// The price of an hour.
    pub rate: Pence,
    /// Who did it; empty where nobody knows.
    pub technician: &'static str,
}

/// A reminder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    /// An index into the vehicles.
    pub vehicle: usize,
    /// `MOT` or `Service`.
    pub kind: &'static str,
    /// When the thing is due.
    pub due: Moment,
    /// When it was sent.
    pub sent: DateCell,
}

impl Job {
    /// True where the customer is not in the file.
    pub fn is_orphan(&self) -> bool {
        self.customer.is_none()
    }

    /// The cells of the row.
    pub fn cells(&self) -> Vec<String> {
        let vat = self.net.vat();
        vec![
            self.number.clone(),
            self.customer_number.clone(),
            self.registration_cell.clone(),
            self.date.to_string(),
            self.completed.text.clone(),
            self.status.to_owned(),
            self.mileage.to_string(),
            self.description.to_owned(),
            self.net.to_string(),
            vat.to_string(),
            Pence(self.net.0 + vat.0).to_string(),
        ]
    }
}

impl Note {
    /// The cells of the row.
    pub fn cells(&self, jobs: &[Job]) -> Vec<String> {
        vec![
            jobs[self.job].number.clone(),
            self.date.to_string(),
            self.author.to_owned(),
            self.text.to_owned(),
        ]
    }
}

impl PartLine {
    /// The cells of the row.
    pub fn cells(&self, jobs: &[Job], products: &[Product]) -> Vec<String> {
        let product = &products[self.product];
        vec![
            jobs[self.job].number.clone(),
            product.code.clone(),
            product.name.clone(),
            self.quantity.to_string(),
            self.unit_price.to_string(),
            "20.00".to_owned(),
        ]
    }
}

impl LabourLine {
    /// The cells of the row.
    pub fn cells(&self, jobs: &[Job], units: &[LabourUnit]) -> Vec<String> {
        let unit = &units[self.unit];
        vec![
            jobs[self.job].number.clone(),
            unit.code.clone(),
            unit.description.clone(),
            hundredths(self.hours_hundredths),
            self.rate.to_string(),
            self.technician.to_owned(),
        ]
    }
}

impl Reminder {
    /// The cells of the row.
    pub fn cells(&self, vehicles: &[Vehicle]) -> Vec<String> {
        let registration = vehicles[self.vehicle].registration_cell.clone();
        vec![
            registration,
            self.kind.to_owned(),
            self.due.to_string(),
            self.sent.text.clone(),
        ]
    }
}

/// The jobs, in order of date; their sums are not known yet.
pub(crate) fn jobs(customers: &[Customer], vehicles: &[Vehicle], rng: &mut Rng) -> Vec<Job> {
    if vehicles.is_empty() {
        return Vec::new();
    }
    let count = (customers.len() * rates::JOBS).div_ceil(1000);
    let orphans = rng.deal(count, false, &[(true, rates::ORPHAN_JOBS)]);
    let mut ages: Vec<i64> = (0..count).map(|_| rng.between(0, 2200)).collect();
    ages.sort_unstable_by(|left, right| right.cmp(left));
    let mut orphans_so_far = 0;
    (0..count)
        .map(|index| {
            let date = Moment::from_export(-ages[index]).in_working_hours(rng);
            let mut job = job(
                20_001 + index,
                date,
                rng.below(vehicles.len()),
                customers,
                vehicles,
                rng,
            );
            if orphans[index] {
                orphans_so_far += 1;
                job.customer = None;
                job.vehicle = None;
                job.customer_number = format!("{:06}", 990_000 + orphans_so_far);
            }
            job
        })
        .collect()
}

fn job(number: usize, date: Moment, on: usize, customers: &[Customer], vehicles: &[Vehicle], rng: &mut Rng) -> Job {
    let vehicle = &vehicles[on];
    let status = rng.pick(&STATUSES);
    let is_done = matches!(status, "Completed" | "Invoiced");
    let registration = vehicle.registration.as_deref().unwrap_or_default();
    Job {
        number: number.to_string(),
        customer: Some(vehicle.customer),
        customer_number: customers[vehicle.customer].number.clone(),
        vehicle: Some(on),
        registration_cell: if rng.per_mille(200) && vehicle.registration.is_some() {
            registration.to_owned()
        } else {
            vehicle.registration_cell.clone()
        },
        date,
        completed: if is_done {
            DateCell::mostly_known(date.plus_days(rng.between(0, 4)), rates::NULL_DATES, rng)
        } else {
            DateCell::null(rng)
        },
        status,
        mileage: vehicle.mileage.saturating_sub(rng.below(20_000) as u64),
        description: rng.pick(&DESCRIPTIONS),
        net: Pence(0),
    }
}

/// A number from `least` to `most` for each of `jobs`, as that many indices in a row.
fn lines_per_job(jobs: usize, least: i64, most: i64, rng: &mut Rng) -> Vec<usize> {
    (0..jobs)
        .flat_map(|job| std::iter::repeat_n(job, rng.between(least, most) as usize))
        .collect()
}

/// 1.5 notes per job.
pub(crate) fn notes(jobs: &[Job], rng: &mut Rng) -> Vec<Note> {
    lines_per_job(jobs.len(), 0, 3, rng)
        .into_iter()
        .map(|job| Note {
            job,
            date: jobs[job].date.plus_days(rng.between(0, 2)),
            author: rng.pick(&TECHNICIANS),
            text: rng.pick(&NOTES),
        })
        .collect()
}

/// 1.5 parts per job, added to the sums of the jobs.
pub(crate) fn parts(jobs: &mut [Job], products: &[Product], rng: &mut Rng) -> Vec<PartLine> {
    lines_per_job(jobs.len(), 0, 3, rng)
        .into_iter()
        .map(|job| {
            let product = rng.below(products.len());
            let unit_price = products[product].retail;
            let quantity = if rng.per_mille(300) { rng.between(2, 4) } else { 1 };
            jobs[job].net.0 += unit_price.0 * quantity;
            PartLine {
                job,
                product,
                quantity,
                unit_price,
            }
        })
        .collect()
}

/// 1.5 lines of labour per job, added to the sums of the jobs.
pub(crate) fn labour(jobs: &mut [Job], units: &[LabourUnit], rng: &mut Rng) -> Vec<LabourLine> {
    lines_per_job(jobs.len(), 1, 2, rng)
        .into_iter()
        .map(|job| {
            let unit = rng.below(units.len());
            let LabourUnit {
                hours_hundredths, rate, ..
            } = units[unit];
            jobs[job].net.0 += rate.0 * hours_hundredths / 100;
            LabourLine {
                job,
                unit,
                hours_hundredths,
                rate,
                technician: rng.pick(&TECHNICIANS),
            }
        })
        .collect()
}

/// About one reminder per vehicle with a registration.
pub(crate) fn reminders(vehicles: &[Vehicle], rng: &mut Rng) -> Vec<Reminder> {
    let with_plate = (0..vehicles.len()).filter(|&vehicle| vehicles[vehicle].registration.is_some());
    with_plate
        .flat_map(|vehicle| {
            let kinds: &[&str] = match rng.below(10) {
                0 => &[],
                1 => &["MOT", "Service"],
                2..=6 => &["MOT"],
                _ => &["Service"],
            };
            kinds
                .iter()
                .map(|&kind| reminder(vehicle, kind, rng))
                .collect::<Vec<Reminder>>()
        })
        .collect()
}

fn reminder(vehicle: usize, kind: &'static str, rng: &mut Rng) -> Reminder {
    let days = rng.between(-300, 365);
    let due = Moment::from_export(days);
    let sent = if days < 28 {
        DateCell::known(due.plus_days(-28).in_working_hours(rng))
    } else {
        DateCell::null(rng)
    };
    Reminder {
        vehicle,
        kind,
        due,
        sent,
    }
}
