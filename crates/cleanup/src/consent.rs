//! Consent to SMS.
//!
//! What: consent is only taken over with a mobile number that an SMS can reach.
//! Why: consent without a number is a mistake of the source, and imports never invent consent.
//! Example: `sms_consent` true with only a landline becomes null with `sms_consent_without_mobile`.

use torqueflow_model::{FindingCode, Value};

use crate::clean::{Draft, Input};
use crate::phone::{NumberKind, number_kind};

/// Takes back consent that no number can use.
pub(crate) fn check(draft: &mut Draft<'_>, inputs: &[Input<'_>]) {
    if draft.get("sms_consent") != Some(&Value::Boolean(true)) {
        return;
    }
    let reachable = draft
        .text("phone")
        .and_then(number_kind)
        .is_some_and(NumberKind::may_receive_sms);
    if reachable {
        return;
    }
    draft.remove("sms_consent");
    if let Some(input) = inputs.iter().find(|input| input.name() == "sms_consent") {
        draft.note(FindingCode::SmsConsentWithoutMobile, "", input);
    }
}
