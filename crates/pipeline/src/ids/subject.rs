//! What the header of an id speaks of.

use torqueflow_model::{EntityKind, header_words};

/// What a header of an id speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// The record of the row, as far as one can tell.
    Record,
    /// The record, or what it belongs to: an account, an owner.
    Doubtful,
    /// Something else.
    Other,
}

/// Words of headers that name the customer as well as what it belongs to.
const DOUBTFUL: [&str; 10] = [
    "owner",
    "account",
    "acct",
    "company",
    "organisation",
    "organization",
    "business",
    "firm",
    "household",
    "parent",
];
/// Words that name somebody or something else than a customer, a vehicle, a job or a bill.
const OTHERS: [&str; 29] = [
    "salesman",
    "salesperson",
    "salesrep",
    "rep",
    "representative",
    "agent",
    "advisor",
    "adviser",
    "technician",
    "mechanic",
    "user",
    "staff",
    "employee",
    "branch",
    "depot",
    "site",
    "location",
    "model",
    "range",
    "cap",
    "derivative",
    "group",
    "category",
    "type",
    "campaign",
    "assigned",
    "creator",
    "manager",
    "dealer",
];
/// Words that name the record itself.
const OWN: [&str; 9] = [
    "customer", "client", "cust", "contact", "member", "debtor", "vehicle", "car", "record",
];

/// What a header speaks of, in a table of this kind of record.
pub(super) fn subject(header: &str, entity: EntityKind) -> Subject {
    let is_ours = matches!(
        entity,
        EntityKind::Customer | EntityKind::Vehicle | EntityKind::WorkOrder | EntityKind::Invoice | EntityKind::Payment
    );
    if !is_ours {
        return Subject::Record;
    }
    let words = header_words(header);
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    if has(&OTHERS) {
        return Subject::Other;
    }
    match (has(&OWN), has(&DOUBTFUL)) {
        (true, true) if words.iter().any(|word| word == "owner") => Subject::Other,
        (false, true) => Subject::Doubtful,
        _ => Subject::Record,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_subject(header: &str, entity: EntityKind, expected: Subject) {
        assert_eq!(subject(header, entity), expected, "{header}");
    }

    #[test]
    fn headers_speak_of_the_record_or_of_others() {
        use EntityKind::{Customer, Location, Vehicle};
        check_subject("Customer Number", Customer, Subject::Record);
        check_subject("Customer Account No", Customer, Subject::Record);
        check_subject("ID", Customer, Subject::Record);
        check_subject("Account No", Customer, Subject::Doubtful);
        check_subject("Owner ID", Customer, Subject::Doubtful);
        check_subject("Contact Owner Id", Customer, Subject::Other);
        check_subject("customerGroup_id", Customer, Subject::Other);
        check_subject("Branch Code", Customer, Subject::Other);
        check_subject("Branch Code", Location, Subject::Record);
        check_subject("CAP ID", Vehicle, Subject::Other);
        check_subject("Vehicle ID", Vehicle, Subject::Record);
    }
}
