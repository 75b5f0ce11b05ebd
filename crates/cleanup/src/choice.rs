//! Words of a fixed list.
//!
//! What: the word is written in snake case and, where it is another name for a word of the field's list, in English or another
//! language, replaced by that.
//! Why: every system names its states, fuels and payment methods differently; lists are open, so unknown words are kept.
//! Example: `In Progress` becomes `in_progress`; `HEAVY OIL` (DVLA's name) becomes `diesel`.

use torqueflow_model::{FindingCode, fold, fold_accents};

use crate::choice_words;
use crate::verdict::Verdict;

/// Other names in snake case, by the canonical word. A name may belong to several words; the field's list decides.
const SYNONYMS: &[(&str, &[&str])] = &[
    // States of jobs
    (
        "open",
        &[
            "new",
            "booked",
            "booked_in",
            "pending",
            "created",
            "scheduled",
            "not_started",
            "awaiting",
            "todo",
            "active",
        ],
    ),
    (
        "in_progress",
        &[
            "inprogress",
            "wip",
            "work_in_progress",
            "started",
            "working",
            "in_workshop",
            "ongoing",
            "underway",
            "processing",
        ],
    ),
    (
        "awaiting_parts",
        &[
            "waiting_for_parts",
            "waiting_on_parts",
            "parts_on_order",
            "parts_ordered",
            "on_hold",
            "hold",
        ],
    ),
    (
        "completed",
        &[
            "complete",
            "done",
            "closed",
            "finished",
            "ready",
            "collected",
            "work_complete",
            "work_completed",
            "archived",
        ],
    ),
    ("invoiced", &["billed"]),
    (
        "cancelled",
        &["canceled", "void", "voided", "abandoned", "deleted", "no_show"],
    ),
    // States of invoices
    ("draft", &["proforma", "pro_forma", "unposted"]),
    (
        "issued",
        &[
            "sent",
            "open",
            "unpaid",
            "posted",
            "outstanding",
            "invoiced",
            "approved",
            "authorised",
            "awaiting_payment",
            "due",
        ],
    ),
    (
        "part_paid",
        &["partially_paid", "part_payment", "partial", "partly_paid"],
    ),
    (
        "paid",
        &[
            "settled",
            "closed",
            "complete",
            "completed",
            "fully_paid",
            "paid_in_full",
        ],
    ),
    ("overdue", &["late", "past_due"]),
    (
        "void",
        &["voided", "cancelled", "canceled", "deleted", "credited", "written_off"],
    ),
    // Methods of payment
    ("cash", &["cash_payment", "notes"]),
    (
        "card",
        &[
            "credit_card",
            "debit_card",
            "credit",
            "debit",
            "visa",
            "visa_debit",
            "mastercard",
            "master_card",
            "amex",
            "american_express",
            "maestro",
            "switch",
            "delta",
            "contactless",
            "chip_and_pin",
            "card_payment",
            "pdq",
            "stripe",
            "sumup",
            "worldpay",
            "izettle",
            "zettle",
            "square",
            "dojo",
            "apple_pay",
            "google_pay",
            "card_machine",
            "cc",
        ],
    ),
    (
        "bank_transfer",
        &[
            "bacs",
            "chaps",
            "faster_payment",
            "faster_payments",
            "fps",
            "transfer",
            "bank",
            "wire",
            "eft",
            "bank_payment",
            "online_transfer",
            "bacs_payment",
            "bank_transfer_bacs",
            "ach",
        ],
    ),
    ("cheque", &["chq", "check", "chk", "cheques"]),
    (
        "direct_debit",
        &["dd", "directdebit", "gocardless", "standing_order", "so"],
    ),
    (
        "account",
        &[
            "on_account",
            "a_c",
            "ac",
            "acc",
            "credit_account",
            "account_customer",
            "trade_account",
        ],
    ),
    (
        "other",
        &["misc", "miscellaneous", "voucher", "paypal", "finance", "unknown"],
    ),
    // Fuels, with DVLA's names (GOV.UK, "Vehicle Enquiry Service")
    (
        "petrol",
        &["unleaded", "gasoline", "petrol_unleaded", "p", "super_unleaded", "ulp"],
    ),
    ("diesel", &["heavy_oil", "derv", "d", "dsl", "turbo_diesel", "tdi"]),
    (
        "electric",
        &[
            "electricity",
            "ev",
            "bev",
            "battery",
            "battery_electric",
            "e",
            "pure_electric",
        ],
    ),
    (
        "hybrid",
        &[
            "hybrid_electric",
            "petrol_hybrid",
            "diesel_hybrid",
            "petrol_electric",
            "diesel_electric",
            "electric_diesel",
            "hev",
            "mild_hybrid",
            "mhev",
            "hybrid_electric_clean",
            "self_charging_hybrid",
            "petrol_electric_hybrid",
            "petrol_mild_hybrid",
        ],
    ),
    (
        "plug_in_hybrid",
        &[
            "phev",
            "plugin_hybrid",
            "plug_in_hybrid_electric",
            "petrol_plug_in_hybrid",
            "diesel_plug_in_hybrid",
            "petrol_plug_in_hybrid_electric",
        ],
    ),
    (
        "lpg",
        &[
            "gas",
            "autogas",
            "gas_bi_fuel",
            "petrol_gas",
            "bi_fuel",
            "petrol_lpg",
            "lpg_petrol",
            "gas_petrol",
        ],
    ),
    (
        "other",
        &[
            "hydrogen",
            "fuel_cell",
            "fuel_cells",
            "steam",
            "cng",
            "gas_diesel",
            "biodiesel",
            "ethanol",
        ],
    ),
    // Addresses
    ("shipping", &["delivery", "ship_to", "deliver_to"]),
    ("billing", &["invoice", "bill_to", "main"]),
];

/// A word of `options`, or the word itself with a finding.
pub(crate) fn choice(text: &str, options: &[&str]) -> Verdict {
    let word = snake_case(text);
    if word.is_empty() {
        return Verdict::null(FindingCode::ValuePlaceholder);
    }
    let plain = fold_accents(&word);
    if let Some(option) = options.iter().find(|option| **option == plain) {
        return Verdict::text(*option);
    }
    let synonym = SYNONYMS
        .iter()
        .chain(choice_words::SYNONYMS)
        .find(|(canonical, others)| options.contains(canonical) && others.contains(&plain.as_ref()));
    match synonym {
        Some((canonical, _)) => Verdict::text(*canonical),
        None => Verdict::text(word).note(FindingCode::ChoiceUnknown, options.join(", ")),
    }
}

/// `In Progress` and `inProgress` as `in_progress`.
fn snake_case(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + 4);
    let mut previous = ' ';
    for character in text.chars() {
        if character.is_ascii_uppercase() && previous.is_ascii_lowercase() {
            spaced.push(' ');
        }
        spaced.push(character);
        previous = character;
    }
    let folded = fold(&spaced);
    // A few capitals have no single small letter, and are only settled by folding what they became.
    let folded = if folded.is_ascii() { folded } else { fold(&folded) };
    folded.replace(' ', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: &[&str] = &["open", "in_progress", "completed", "cancelled"];

    #[track_caller]
    fn check(input: &str, options: &[&str], expected: &str) {
        assert_eq!(choice(input, options).to_string(), expected, "{input:?}");
    }

    #[test]
    fn words_of_the_list_are_found_in_any_spelling() {
        check("In Progress", STATES, "in_progress");
        check("inProgress", STATES, "in_progress");
        check("IN-PROGRESS", STATES, "in_progress");
    }

    #[test]
    fn the_list_decides_what_a_synonym_means() {
        check("Closed", STATES, "completed");
        check("Closed", &["issued", "paid"], "paid");
        check("BACS", &["card", "bank_transfer"], "bank_transfer");
        check("CHQ", &["cheque"], "cheque");
        check("HEAVY OIL", &["petrol", "diesel"], "diesel");
    }

    #[test]
    fn words_of_other_languages_are_known_with_accents_and_without() {
        const FUELS: &[&str] = &[
            "petrol",
            "diesel",
            "electric",
            "hybrid",
            "plug_in_hybrid",
            "lpg",
            "other",
        ];
        const METHODS: &[&str] = &[
            "cash",
            "card",
            "bank_transfer",
            "cheque",
            "direct_debit",
            "account",
            "other",
        ];
        const BILLS: &[&str] = &["draft", "issued", "part_paid", "paid", "overdue", "void"];
        for (words, canonical) in [
            ("Benzin|Essence|Benzine|gasolina|Benzina|benzyna|Bensin", "petrol"),
            ("Diesel|Gazole|gasóleo|Gasoil|gasolio|olej napędowy", "diesel"),
            ("Elektro|Électrique|Eléctrico|elettrica|elektryczny|El", "electric"),
            ("Hybride|Híbrido|Ibrida|Hybryda", "hybrid"),
            ("GPL|Autogas|Flüssiggas", "lpg"),
        ] {
            words.split('|').for_each(|word| check(word, FUELS, canonical));
        }
        for (words, canonical) in [
            ("Bar|Espèces|contant|Efectivo|Dinheiro|contanti|gotówka|Kontant", "cash"),
            (
                "EC-Karte|Carte bancaire|PIN|Tarjeta|Cartão|Bancomat|Karta płatnicza|Kort",
                "card",
            ),
            (
                "Überweisung|Virement|Overboeking|Transferência|Bonifico|Przelew",
                "bank_transfer",
            ),
            ("Lastschrift|Prélèvement|Incasso|Domiciliación|Autogiro", "direct_debit"),
            ("Scheck|Chèque|Talón|Assegno", "cheque"),
        ] {
            words.split('|').for_each(|word| check(word, METHODS, canonical));
        }
        for (words, canonical) in [
            ("Bezahlt|Payée|Betaald|Pagada|Pago|saldata|Zapłacona|Betalt", "paid"),
            ("Offen|Impayée|Openstaand|Pendiente|Em aberto|non pagata", "issued"),
            ("Überfällig|En retard|Vencida|Scaduta|po terminie", "overdue"),
        ] {
            words.split('|').for_each(|word| check(word, BILLS, canonical));
        }
        check("offen", STATES, "open");
        check("Terminée", STATES, "completed");
        check("W TRAKCIE", STATES, "in_progress");
    }

    #[test]
    fn unknown_words_are_kept() {
        check(
            "Quality Check",
            STATES,
            "quality_check [choice_unknown: open, in_progress, completed, cancelled]",
        );
        check("--", STATES, "- [value_placeholder]");
    }

    #[test]
    fn no_synonym_is_listed_twice_for_one_word() {
        for (canonical, others) in SYNONYMS.iter().chain(choice_words::SYNONYMS) {
            assert!(!others.contains(canonical), "{canonical}");
            for other in *others {
                assert_eq!(fold_accents(&snake_case(other)), *other, "{canonical}");
            }
        }
    }
}
