//! The garage as tables: the eleven tabs of the export, the customer list, and a list of another system.

use crate::sample::Garage;
use crate::sample::customers::Customer;
use crate::sample::stock::LabourUnit;
use crate::sample::work::Job;

/// A table as the export has it: text in every cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleTable {
    /// The name of the worksheet.
    pub tab: &'static str,
    /// The names of the columns.
    pub header: Vec<&'static str>,
    /// The rows, each as long as the header.
    pub rows: Vec<Vec<String>>,
}

impl SampleTable {
    /// The table of `rows`.
    pub fn new(tab: &'static str, header: &[&'static str], rows: impl IntoIterator<Item = Vec<String>>) -> Self {
        Self {
            tab,
            header: header.to_vec(),
            rows: rows.into_iter().collect(),
        }
    }

    /// The place of the column called `name`.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|header| *header == name)
    }

    /// The cells of the column called `name`; none where there is no such column.
    pub fn cells<'table>(&'table self, name: &str) -> impl Iterator<Item = &'table str> {
        let column = self.column(name);
        self.rows
            .iter()
            .filter_map(move |row| row.get(column?).map(String::as_str))
    }
}

/// The columns of a customer.
pub const CUSTOMER_COLUMNS: [&str; 25] = [
    "CustomerNumber",
    "CustomerName",
    "ContactName",
    "Phone",
    "PhoneLandline",
    "Email",
    "AddressLine1",
    "AddressLine2",
    "Town",
    "County",
    "Postcode",
    "DeliveryAddressLine1",
    "DeliveryAddressLine2",
    "DeliveryTown",
    "DeliveryCounty",
    "DeliveryPostcode",
    "CustomerGroupName",
    "CustomerIsAccount",
    "CustomerVatExempt",
    "CustomerOnStop",
    "VehicleRemindersEnabled",
    "NotificationsEnabled",
    "NotificationsSms",
    "NotificationsEmail",
    "DateCreated",
];
/// The columns of [`Vehicle::cells`](crate::sample::Vehicle::cells).
pub const VEHICLE_COLUMNS: [&str; 11] = [
    "VehicleRegistration",
    "VehicleVin",
    "VehicleMake",
    "VehicleModel",
    "VehicleColour",
    "VehicleFuelType",
    "VehicleEngineCc",
    "VehicleFirstRegistered",
    "VehicleMileage",
    "VehicleMotDue",
    "VehicleServiceDue",
];
const SUPPLIER_COLUMNS: [&str; 11] = [
    "SupplierCode",
    "SupplierName",
    "ContactName",
    "Phone",
    "Email",
    "AddressLine1",
    "AddressLine2",
    "Town",
    "County",
    "Postcode",
    "AccountNumber",
];
const PRODUCT_COLUMNS: [&str; 9] = [
    "ProductCode",
    "ProductName",
    "ProductFamily",
    "SupplierCode",
    "CostPrice",
    "RetailPrice",
    "VatRate",
    "StockLevel",
    "Location",
];
const LABOUR_UNIT_COLUMNS: [&str; 5] = ["LabourCode", "Description", "Hours", "RatePerHour", "VatRate"];
const JOB_COLUMNS: [&str; 11] = [
    "JobNumber",
    "CustomerNumber",
    "VehicleRegistration",
    "JobDate",
    "CompletedDate",
    "JobStatus",
    "Mileage",
    "Description",
    "TotalNet",
    "TotalVat",
    "TotalGross",
];
const NOTE_COLUMNS: [&str; 4] = ["JobNumber", "NoteDate", "NoteAuthor", "NoteText"];
const PART_COLUMNS: [&str; 6] = [
    "JobNumber",
    "ProductCode",
    "Description",
    "Quantity",
    "UnitPrice",
    "VatRate",
];
const LABOUR_COLUMNS: [&str; 6] = [
    "JobNumber",
    "LabourCode",
    "Description",
    "Hours",
    "RatePerHour",
    "Technician",
];
const INVOICE_COLUMNS: [&str; 9] = [
    "InvoiceNumber",
    "JobNumber",
    "CustomerNumber",
    "InvoiceDate",
    "DueDate",
    "TotalNet",
    "TotalVat",
    "TotalGross",
    "Status",
];
const PAYMENT_COLUMNS: [&str; 6] = [
    "PaymentNumber",
    "InvoiceNumber",
    "CustomerNumber",
    "PaymentDate",
    "Method",
    "Amount",
];
const REMINDER_COLUMNS: [&str; 4] = ["VehicleRegistration", "ReminderType", "DueDate", "SentDate"];
const GENERIC_COLUMNS: [&str; 11] = [
    "Reg No",
    "Chassis No",
    "Make",
    "Model",
    "Colour",
    "Fuel",
    "Date of Reg",
    "MOT Expiry",
    "Odometer",
    "Keeper",
    "Keeper Tel",
];

impl Garage {
    /// The eleven tabs of the export, in its order.
    pub fn tables(&self) -> Vec<SampleTable> {
        let (jobs, invoices) = (&self.jobs, &self.invoices);
        vec![
            self.customers_and_vehicles(),
            SampleTable::new(
                "Suppliers",
                &SUPPLIER_COLUMNS,
                self.suppliers.iter().map(|row| row.cells.clone()),
            ),
            SampleTable::new(
                "Products",
                &PRODUCT_COLUMNS,
                self.products.iter().map(|row| row.cells(&self.suppliers)),
            ),
            SampleTable::new(
                "LabourUnits",
                &LABOUR_UNIT_COLUMNS,
                self.labour_units.iter().map(LabourUnit::cells),
            ),
            SampleTable::new("Jobs", &JOB_COLUMNS, jobs.iter().map(Job::cells)),
            SampleTable::new("JobNotes", &NOTE_COLUMNS, self.notes.iter().map(|row| row.cells(jobs))),
            SampleTable::new(
                "JobParts",
                &PART_COLUMNS,
                self.parts.iter().map(|row| row.cells(jobs, &self.products)),
            ),
            SampleTable::new(
                "JobLabour",
                &LABOUR_COLUMNS,
                self.labour.iter().map(|row| row.cells(jobs, &self.labour_units)),
            ),
            SampleTable::new("Invoices", &INVOICE_COLUMNS, invoices.iter().map(|row| row.cells(jobs))),
            SampleTable::new(
                "Payments",
                &PAYMENT_COLUMNS,
                self.payments.iter().map(|row| row.cells(invoices, jobs)),
            ),
            SampleTable::new(
                "Reminders",
                &REMINDER_COLUMNS,
                self.reminders.iter().map(|row| row.cells(&self.vehicles)),
            ),
        ]
    }

    /// The tab of that name.
    pub fn table(&self, tab: &str) -> Option<SampleTable> {
        self.tables().into_iter().find(|table| table.tab == tab)
    }

    /// The list of customers that the program exports on its own, one row each.
    pub fn customers_table(&self) -> SampleTable {
        SampleTable::new(
            "Customers",
            &CUSTOMER_COLUMNS,
            self.customers.iter().map(Customer::cells),
        )
    }

    /// A list of vehicles as some other system writes it: other names, no customer number.
    pub fn generic_vehicles_table(&self) -> SampleTable {
        let rows = self.vehicles.iter().map(|vehicle| {
            let keeper = &self.customers[vehicle.customer];
            vec![
                vehicle.registration_cell.clone(),
                vehicle.vin_cell.clone(),
                vehicle.model.make.to_owned(),
                vehicle.model.model.to_owned(),
                vehicle.colour.to_owned(),
                vehicle.fuel.to_owned(),
                vehicle.first_registered.text.chars().take(10).collect(),
                vehicle.mot_due.text.chars().take(10).collect(),
                vehicle.mileage_cell.clone(),
                keeper.name.clone(),
                keeper.phone.text.clone(),
            ]
        });
        SampleTable::new("Vehicles", &GENERIC_COLUMNS, rows)
    }

    fn customers_and_vehicles(&self) -> SampleTable {
        let header: Vec<&'static str> = CUSTOMER_COLUMNS.into_iter().chain(VEHICLE_COLUMNS).collect();
        let rows = self.rows.iter().map(|row| row.cells(&self.customers, &self.vehicles));
        SampleTable::new("CustomersAndVehicles", &header, rows)
    }
}
