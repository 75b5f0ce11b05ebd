//! Findings: what was wrong with the data, in one table of codes.

use std::borrow::Cow;

use crate::field::FieldRef;

/// Whether a row with this finding is imported.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Severity {
    /// Nothing is wrong; somebody may want to know.
    Info,
    /// The row is imported; a value is null or was repaired, and its text is kept in the finding.
    Warning,
    /// The row is not imported.
    Error,
}

impl Severity {
    /// `info`, `warning` or `error`.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// Where warnings of a code stand once their cause holds for a whole column.
///
/// A person needs the row of whatever they have to decide or to restore: errors, and values that are in no table. The rest is
/// one cause in many cells: what was repaired or kept as it is, and texts that stand for no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// On its row, however many there are.
    Row,
    /// On the column, whatever its cells say: their values are in the tables.
    Column,
    /// On the table, where so many of its rows have it that it is a matter of the table.
    Table,
    /// On the column, a finding for each text: the text is in no table, but it is the same in all of these cells.
    Text,
}

/// Something that was found in the data. Its place (file, sheet, row) is known to whoever read the row.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What was found.
    pub code: FindingCode,
    /// The column it stands in, from 0; `None` when it is about the row.
    pub column: Option<usize>,
    /// The field it is about.
    pub field: Option<FieldRef>,
    /// The text of the cell, as the file has it.
    pub value: String,
    /// What this code's message has to say beyond the code: a name, a repaired value.
    pub detail: String,
}

impl Finding {
    /// A finding about the whole row.
    pub fn row(code: FindingCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            column: None,
            field: None,
            value: String::new(),
            detail: detail.into(),
        }
    }

    /// Whether the row can be imported.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// The message for a person, without the position.
    pub fn message(&self) -> Cow<'static, str> {
        self.code.message(&self.detail)
    }
}

macro_rules! finding_codes {
    (@scope) => { Scope::Row };
    (@scope $scope:ident) => { Scope::$scope };
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $severity:ident $(per $scope:ident)?, $message:literal, $fix:literal;)*) => {
        /// Every kind of finding. The table says, for each: its stable code, its severity, its scope where that is not the row,
        /// its message and what a person can do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum FindingCode {
            $($(#[$doc])* $variant,)*
        }

        impl FindingCode {
            /// Every code, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The stable code: `phone_normalisation_failed`.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// Whether a row with it is imported.
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// Whether it stands on its row only, or can be said once of a whole column or table.
            pub fn scope(self) -> Scope {
                match self { $(Self::$variant => finding_codes!(@scope $($scope)?),)* }
            }

            /// The message, where `{}` stands for the detail.
            pub fn template(self) -> &'static str {
                match self { $(Self::$variant => $message,)* }
            }

            /// What a person can do about it.
            pub fn fix(self) -> &'static str {
                match self { $(Self::$variant => $fix,)* }
            }
        }
    };
}

finding_codes! {
    // Phones
    /// No telephone number could be read.
    PhoneNormalisationFailed = "phone_normalisation_failed", Warning, "Phone normalisation failed", "Correct the number in the source; numbers in E.164 form (+447…) are always safe.";
    /// A number of another country's could be read if it were known which.
    PhoneCountryUnknown = "phone_country_unknown", Warning per Column, "The number names no country and the column is not British; it is kept as it is given", "Give the numbers with their country code (+…).";
    /// A number was read from damaged text.
    PhoneRepaired = "phone_repaired", Warning per Column, "The number was repaired to {}", "Nothing, if the number is right.";
    /// Words stood beside the number.
    PhoneHasText = "phone_has_text", Warning, "The cell holds words beside the number: {}", "Move the words to a notes column.";
    /// More than one number stood in the cell.
    PhoneSeveralNumbers = "phone_several_numbers", Warning, "The cell holds several numbers; the others are {}", "Give each number a column of its own.";
    /// The number was put into the landline or mobile field where it belongs.
    PhoneMoved = "phone_moved", Warning per Column, "The number was moved to {}", "Nothing, if the number is right.";
    /// A value such as 00000000000 that stands for no number.
    PhonePlaceholder = "phone_placeholder", Warning per Text, "This is a placeholder, not a number", "Leave the cell blank or give the number.";
    /// Neither e-mail nor phone, where the source demands one.
    ContactMissing = "contact_missing", Error, "A valid e-mail address or phone number is required", "Give an e-mail address or a phone number.";
    /// SMS consent without a mobile number to send to.
    SmsConsentWithoutMobile = "sms_consent_without_mobile", Warning, "SMS consent needs a valid mobile number and was not taken over", "Give a mobile number and set the consent again.";
    // E-mail
    /// Not an e-mail address.
    EmailInvalid = "email_invalid", Warning, "This is not a valid e-mail address", "Correct the address in the source.";
    /// An address was read from damaged text.
    EmailRepaired = "email_repaired", Warning per Column, "The address was repaired to {}", "Nothing, if the address is right.";
    /// Several addresses in one cell.
    EmailSeveral = "email_several", Warning, "The cell holds several addresses; the others are {}", "Keep one address in the cell.";
    /// A value such as `noemail@noemail.com`.
    EmailPlaceholder = "email_placeholder", Warning per Text, "This is a placeholder, not an address", "Leave the cell blank or give the address.";
    // Dates
    /// Not a date.
    DateInvalid = "date_invalid", Warning, "This is not a date", "Write dates as 31/12/2024 or 2024-12-31.";
    /// The column mixes day-first and month-first dates, so this one can't be trusted.
    DateOrderMixed = "date_order_mixed", Warning, "This column mixes day-first and month-first dates, so this date can't be trusted", "Export the column with one date format.";
    /// Day-first was assumed because no row of the column proves the order.
    DateOrderAssumed = "date_order_assumed", Warning per Column, "No row of this column proves the order of day and month; {} was assumed", "Check a date that you know, and set the order if it is wrong.";
    /// A date such as 01/01/0001 that stands for none.
    DateNull = "date_null", Warning per Text, "This date stands for no date", "Leave the cell blank.";
    /// A date that can't be right for this field.
    DateImplausible = "date_implausible", Warning, "The date {} is not plausible here", "Check the date in the source.";
    /// The century of a two-digit year was concluded.
    DateCenturyAssumed = "date_century_assumed", Warning per Column, "The two-digit year was read as {}", "Export dates with four-digit years.";
    /// The time of day beside a date could not be read; the date was.
    TimeInvalid = "time_invalid", Warning, "The time of day `{}` could not be read and was left out", "Write times as 15:30.";
    /// A typed date of a column whose texts prove that day and month of the typed ones were swapped.
    DateMaybeSwapped = "date_maybe_swapped", Warning per Column, "A program has left dates of this column as text because it expects day and month the other way round, so it has probably swapped those of this date; {} may be right", "Export the column again and open the file as text, or with the right regional settings.";
    // Numbers and flags
    /// Not a number.
    NumberInvalid = "number_invalid", Warning, "This is not a number", "Write plain numbers such as 1234.56.";
    /// More digits than the field keeps.
    NumberRounded = "number_rounded", Warning per Column, "The number was rounded to {}", "Nothing, if the rounding is fine.";
    /// A number beyond what the field can hold.
    NumberOutOfRange = "number_out_of_range", Warning, "This number is out of range", "Check the number in the source.";
    /// The column writes decimals with a point and with a comma, so this number could be either.
    NumberMarkMixed = "number_mark_mixed", Warning, "This column writes decimals with a point in some rows and with a comma in others, so this number can't be trusted", "Export the column with one number format.";
    /// A number that marks its decimals otherwise than nearly all of its column do.
    NumberMarkContradicted = "number_mark_contradicted", Warning, "This column marks decimals otherwise; by itself the number was read as {}", "Check the number in the source.";
    /// A number of another unit, or with the word for thousands.
    NumberConverted = "number_converted", Warning per Column, "The number was converted to {}", "Nothing, if the number is right; otherwise give it in the unit of the field.";
    /// A number that can't be right for this field.
    NumberImplausible = "number_implausible", Warning, "The number {} is not plausible here and was left out", "Check the number in the source.";
    /// A rate between 0 and 1, without a percent sign.
    RateMaybeFraction = "rate_maybe_fraction", Warning per Column, "The rate {} is below 1 % and was kept as it is; it may be meant as a fraction", "Give rates in percent: 20 or 20 % instead of 0.2.";
    /// Neither yes nor no.
    BooleanInvalid = "boolean_invalid", Warning, "This is neither yes nor no", "Write True or False.";
    /// A word that is not in the field's list.
    ChoiceUnknown = "choice_unknown", Warning per Text, "This value is not one of: {}", "Use one of the listed values.";
    // Vehicles
    /// A plate of no known shape; kept.
    VrmUnknownFormat = "vrm_unknown_format", Warning per Column, "This registration has no known British format and is kept as it is", "Check the registration, unless it is foreign or a trade plate.";
    /// Words stood beside the plate.
    VrmHasText = "vrm_has_text", Warning, "The cell holds words beside the registration: {}", "Move the words to a notes column.";
    /// Longer than any plate, and no one word of it is plainly a plate.
    VrmInvalid = "vrm_invalid", Warning, "This is no registration and was left out", "Give one registration alone.";
    /// `TBA`, `NOREG` and the like.
    VrmPlaceholder = "vrm_placeholder", Warning per Text, "This is a placeholder, not a registration", "Leave the cell blank or give the registration.";
    /// Not a 17-character VIN; kept as a chassis number.
    VinUnusual = "vin_unusual", Warning per Column, "This is not a 17-character VIN and is kept as a chassis number", "Check the VIN, unless the vehicle is older than 1981.";
    /// The check digit of a North American VIN does not fit.
    VinCheckDigit = "vin_check_digit", Warning per Column, "The check digit of this VIN does not fit", "Check the VIN.";
    /// A placeholder instead of a VIN.
    VinPlaceholder = "vin_placeholder", Warning per Text, "This is a placeholder, not a VIN", "Leave the cell blank or give the VIN.";
    // Addresses and names
    /// Not a British postcode, and no other country is named; kept.
    PostcodeUnknownFormat = "postcode_unknown_format", Warning per Column, "Enter a valid UK postcode", "Correct the postcode, or name the country.";
    /// A country that could not be recognised.
    CountryUnknown = "country_unknown", Warning per Text, "This country is not known", "Use the country's English name or its two-letter ISO 3166-1 code.";
    /// Two people in one name; kept as one customer.
    NameSeveralPeople = "name_several_people", Warning, "This name holds several people and is kept as one customer", "Nothing, or split the customer later.";
    /// Nothing names the customer but the e-mail address.
    NameFromEmail = "name_from_email", Warning per Column, "Nothing names this customer, so it goes by its e-mail address", "Give the customer's name.";
    /// The name is that of a customer's job: `Smith Ltd:Van fleet`.
    NameHasJob = "name_has_job", Info, "The name is that of a job of this customer; the job was left out of the name: {}", "Nothing, or note the job with the customer.";
    // Several columns for one field
    /// Several columns say something of the same field.
    OtherValuesLeftOut = "other_values_left_out", Warning, "Several columns say something else of the same field: {}", "Nothing, if the right value was kept; otherwise correct it, or map the other column.";
    // Text
    /// Text that a program has encoded twice.
    TextDamaged = "text_damaged", Warning per Column, "The text was damaged on its way here; it may be meant as {}", "Export the file again as UTF-8, without HTML.";
    /// A NUL character was replaced.
    TextNulReplaced = "text_nul_replaced", Warning per Column, "A NUL character was replaced", "Remove it from the source.";
    /// A value such as `N/A` or `-` that stands for none.
    ValuePlaceholder = "value_placeholder", Warning per Text, "This is a placeholder, not a value", "Leave the cell blank or give the value.";
    /// Longer than what records can be found by.
    ValueTooLong = "value_too_long", Warning, "The value is longer than the {} characters that this field holds and was left out", "Shorten the value.";
    /// A spreadsheet error in the cell.
    CellError = "cell_error", Warning per Text, "The cell holds the spreadsheet error {}", "Correct the formula in the workbook.";
    /// A cell longer than the limit.
    CellTruncated = "cell_truncated", Warning, "The cell is longer than the limit of {} characters and was cut", "Shorten the text, or raise the limit `cell_chars`.";
    /// A cell of a workbook that could not be read.
    CellUnreadable = "cell_unreadable", Warning, "The cell could not be read: {}", "Re-save the workbook with Excel or LibreOffice.";
    /// Bytes that are not text in the file's encoding.
    EncodingReplaced = "encoding_replaced", Warning, "Some bytes are not text in the file's encoding and were replaced", "Export the file as UTF-8.";
    /// A quote that opens a field and is never closed; read as an ordinary character.
    QuoteUnclosed = "quote_unclosed", Warning, "A quote in this row is never closed and was read as an ordinary character", "Close the quote, or double it if it belongs to the value.";
    /// A cell that is merged with those above it; told for the first such cell of a column.
    MergedCellFilled = "merged_cell_filled", Info, "The cell is merged with those above it, so it was given their value ({}); so were the column's other merged cells", "Nothing, if the value is meant for each of these rows; otherwise unmerge the cells.";
    /// A cell whose formula was never calculated; told for the first such cell of a column.
    FormulaWithoutResult = "formula_without_result", Warning, "The workbook holds no result of the formula in this cell, so its value is not known; the column may have more such cells", "Open the workbook in Excel or LibreOffice, save it there and import it again.";
    // Rows
    /// More cells than columns.
    RowTooLong = "row_too_long", Warning, "The row has more cells than the header; the extra ones were left out: {}", "Quote values that contain the delimiter.";
    /// A field that the record can't do without.
    RequiredMissing = "required_missing", Error, "A required value is missing: {}", "Fill in the value.";
    /// A record of the row, not its main one, lacks what it can't do without.
    RecordLeftOut = "record_left_out", Warning per Text, "The row was imported without its {}", "Fill in what is missing.";
    /// A row that says something else of a record than an earlier row of this import.
    ConflictingRepeat = "conflicting_repeat", Warning, "An earlier row of this import gives this record another value: {}", "Check which of the values is right.";
    // Ids
    /// The id of the row belongs to the record of an earlier row that clearly is another one.
    IdConflict = "id_conflict", Warning, "Another record has the same id, so this one was kept apart: {}", "Give each record an id of its own, or merge the two if they are the same.";
    /// A number that identifies a record has lost its last digits.
    IdDamaged = "id_damaged", Warning, "This number has lost digits, so it identifies nothing", "Export the column again as text.";
    /// A record without an id that belongs to nobody.
    RecordOfNobody = "record_of_nobody", Warning per Table, "Nothing says which {} this is, nor whose", "Fill in its number, or what it belongs to.";
    /// A customer of whom a row says no more than a row above says of one.
    NamesakeUnclear = "namesake_unclear", Warning per Table, "A row above says the same of its customer, and nothing tells whether they are one, so each was taken for a customer of their own", "Give each customer a number, an e-mail address or a telephone number, or merge the customers.";
    /// A link by an id that several records have.
    LinkAmbiguous = "link_ambiguous", Warning, "Several records have the id of the {}, so the link was left blank", "Give each record an id of its own, or link the right one by hand.";
    // Rows that are no records
    /// The header stands in the table once more.
    RepeatedHeaderLeftOut = "repeated_header_left_out", Info, "The header is repeated and was left out: {}", "Nothing, if these rows are no records.";
    /// Rows that say how to fill in the table, or name units.
    InstructionLeftOut = "instruction_left_out", Info, "Instructions and units are no records and were left out: {}", "Nothing, if these rows are no records.";
    /// Headings between records.
    SectionLeftOut = "section_left_out", Info, "Headings are no records and were left out: {}", "Nothing, if these rows are no records; else give them the cells that the other rows have.";
    /// Subtotals, totals and counts.
    TotalLeftOut = "total_left_out", Info, "Totals are no records and were left out: {}", "Nothing, if these rows are no records; else give them the cells that the other rows have.";
    /// Page lines and what reports end with.
    PageLeftOut = "page_left_out", Info, "Lines of a report are no records and were left out: {}", "Nothing, if these rows are no records.";
    /// Titles and header of a table below another one.
    OtherTableLeftOut = "other_table_left_out", Info, "This table stands below another one; its title and header are {}", "Nothing, if this is a table of its own.";
    /// Records that say nothing but what they belong to.
    EmptyRecordLeftOut = "empty_record_left_out", Info, "Records that say nothing were left out: {}", "Nothing, or fill them in.";
    /// Rows that say of a document what an earlier row says: its further lines.
    FurtherLines = "further_lines", Warning per Table, "The row is a further line of a document above, and what it says of an item was not imported", "Nothing, if only the documents are wanted; else import the lines as a table of their own.";
    // Rows that belong to the row above
    /// Nothing says whose vehicle this is.
    OwnerUnclear = "owner_unclear", Warning, "The row names no owner, and the table does not prove that it belongs to the row above{}", "Repeat the owner in each of its rows, or link the record by hand.";
    /// The row says of itself that it is something else than the rows of the table: money that went out, a credit note.
    OtherKindOfRow = "other_kind_of_row", Error, "The row is no {}", "Nothing, if that is right; otherwise correct the column that says so.";
    // Links
    /// The record that this one belongs to is nowhere.
    Orphan = "orphan", Error, "The {} is not in the files and not in the database", "Import the missing record first, or import orphans unlinked.";
    /// As `orphan`, where orphans are imported unlinked by option.
    OrphanUnlinked = "orphan_unlinked", Warning, "The {} is not in the files and not in the database; the row was imported without it", "Import the missing record and link it.";
    /// A link that is not essential leads nowhere.
    LinkNotFound = "link_not_found", Warning, "The {} is not in the files and not in the database; the link was left blank", "Import the missing record and link it.";
    /// A customer that a row names is nowhere.
    LinkNameNotFound = "link_name_not_found", Warning, "No customer in the files or in the database is called {}; the link was left blank", "Import the missing customer and link it, or correct the name.";
    /// A name that several customers have.
    LinkNameAmbiguous = "link_name_ambiguous", Warning, "Several customers have the name {}, so the link was left blank", "Link the right one by hand, or name it in the file by its number.";
    /// A registration that several customers have.
    RegistrationAmbiguous = "registration_ambiguous", Warning, "Several vehicles have the registration {}", "Decide on the duplicates among the vehicles, or link the right one by hand.";
    /// As `registration_ambiguous`, for what can't be without its vehicle.
    RegistrationAmbiguousRow = "registration_ambiguous_row", Error, "Several vehicles have the registration {}, and nothing says which one is meant", "Decide on the duplicates among the vehicles, or link the right one by hand.";
    /// A lookup that does not exist and may not be made.
    LookupNotCreated = "lookup_not_created", Warning, "The {} does not exist and making it is switched off", "Create it first, or switch on creating missing lookups.";
    // Import
    /// The record was imported before and the source says something else now.
    AlreadyImportedChanged = "already_imported_changed", Warning, "This record was imported before and has changed at the source since; it was left alone", "Import the file as a refresh, or change the record by hand.";
    /// The source and a person here have both changed a field since it was last imported.
    FieldPreserved = "field_preserved", Info, "The source changed this field, and so did a person; it was left as it is: {}", "Nothing, if the value here is right; otherwise change it by hand.";
    /// A record that was imported before and that a person has removed.
    RecordGone = "record_gone", Warning, "This record was imported before and does not exist any more; it was not created again", "Nothing, if it was removed on purpose; otherwise create it by hand.";
    /// Records are to be updated by their own code, and several have it.
    CodeAmbiguous = "code_ambiguous", Error, "Several records have the code {}, and nothing says which one is meant", "Merge them, or give each a code of its own.";
    /// A match with another record that appeared after the analysis.
    DuplicateAppeared = "duplicate_appeared", Error, "A matching record appeared since the files were analysed", "Decide on the duplicate and retry the row.";
    /// The database refused the row.
    WriteFailed = "write_failed", Error, "The row could not be written: {}", "Correct the row and import it again.";
}

impl FindingCode {
    /// The code with this [`code`](Self::code).
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|candidate| candidate.code() == code)
    }

    /// What it says of a column: in how many cells it was found, in which rows first, and the message with the detail of the
    /// first of them.
    ///
    /// ```
    /// use torqueflow_model::FindingCode;
    /// assert_eq!(
    ///     FindingCode::NumberConverted.message_of_column("1968", 300, &[2, 3, 5]),
    ///     "In 300 cells of this column, first in rows 2, 3 and 5; in row 2: The number was converted to 1968"
    /// );
    /// assert_eq!(
    ///     FindingCode::VinPlaceholder.message_of_column("", 12, &[4, 9]),
    ///     "In 12 cells of this column, first in rows 4 and 9: This is a placeholder, not a VIN"
    /// );
    /// assert_eq!(
    ///     FindingCode::RecordOfNobody.message_of_column("payment", 40, &[2]),
    ///     "In 40 rows of this table, first in row 2; in row 2: Nothing says which payment this is, nor whose"
    /// );
    /// ```
    pub fn message_of_column(self, detail: &str, cells: u64, first_rows: &[u64]) -> String {
        let names: Vec<String> = first_rows.iter().map(u64::to_string).collect();
        let rows = match names.split_last() {
            Some((last, [])) => format!(", first in row {last}"),
            Some((last, others)) => format!(", first in rows {} and {last}", others.join(", ")),
            None => String::new(),
        };
        let example = match names.first() {
            Some(row) if !detail.is_empty() && self.template().contains("{}") => format!("; in row {row}"),
            _ => String::new(),
        };
        let (one, of) = match self.scope() {
            Scope::Table => ("row", "of this table"),
            Scope::Row | Scope::Column | Scope::Text => ("cell", "of this column"),
        };
        let plural = if cells == 1 { "" } else { "s" };
        format!("In {cells} {one}{plural} {of}{rows}{example}: {}", self.message(detail))
    }

    /// The message for a person with this detail.
    ///
    /// ```
    /// use torqueflow_model::FindingCode;
    /// assert_eq!(FindingCode::PhoneRepaired.message("+447911123456"), "The number was repaired to +447911123456");
    /// ```
    pub fn message(self, detail: &str) -> Cow<'static, str> {
        let template = self.template();
        if template.contains("{}") {
            Cow::Owned(template.replacen("{}", detail, 1))
        } else {
            Cow::Borrowed(template)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_and_what_is_only_told_stand_on_their_rows() {
        for code in FindingCode::ALL {
            let is_warning = code.severity() == Severity::Warning;
            assert!(is_warning || code.scope() == Scope::Row, "{}", code.code());
        }
    }

    #[test]
    fn values_that_a_person_has_to_restore_stand_on_their_rows() {
        for code in [
            FindingCode::PhoneNormalisationFailed,
            FindingCode::PhoneHasText,
            FindingCode::PhoneSeveralNumbers,
            FindingCode::VrmHasText,
            FindingCode::VrmInvalid,
            FindingCode::EmailInvalid,
            FindingCode::DateInvalid,
            FindingCode::DateOrderMixed,
            FindingCode::NumberInvalid,
            FindingCode::NumberImplausible,
            FindingCode::BooleanInvalid,
            FindingCode::OtherValuesLeftOut,
            FindingCode::ValueTooLong,
            FindingCode::CellTruncated,
            FindingCode::ConflictingRepeat,
            FindingCode::LinkNotFound,
        ] {
            assert_eq!(code.scope(), Scope::Row, "{}", code.code());
        }
    }
}
