//! `torqueflow merge`

use std::collections::BTreeMap;
use std::io::{BufRead, IsTerminal};

use anyhow::Context;
use clap::Args;
use serde_json::{Value as Json, json};
use torqueflow_app::customers::{
    Customer, CustomerError, KeptReason, MergeChange, MergeRequest, Suggestion, UndoReport, find, merge, merge_preview,
    suggestions_of, undo, undo_preview,
};
use torqueflow_app::{App, AppError, Caller, OrganizationId};
use torqueflow_model::EntityKind;
use uuid::Uuid;

use crate::args::Common;
use crate::exit_code::Exit;
use crate::render;

#[derive(Debug, Args)]
pub struct Merge {
    /// The customer that stays, then those that end up in it; each by id or customer number
    #[arg(value_name = "CUSTOMER", required_unless_present = "undo", conflicts_with = "undo")]
    pub customers: Vec<String>,
    /// Take a field from this customer: `email=C1002`
    #[arg(long = "field", value_name = "FIELD=CUSTOMER", value_parser = field_choice, conflicts_with = "undo")]
    pub fields: Vec<(String, String)>,
    /// Undo this merge instead
    #[arg(long, value_name = "MERGE_ID")]
    pub undo: Option<Uuid>,
    /// Only show what would happen
    #[arg(long)]
    pub dry_run: bool,
    /// Do it without asking
    #[arg(long)]
    pub yes: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

fn field_choice(text: &str) -> Result<(String, String), String> {
    let (field, customer) = text.split_once('=').ok_or("write it as FIELD=CUSTOMER")?;
    Ok((field.to_owned(), customer.to_owned()))
}

/// Merges customers, or undoes a merge; shows what would happen first.
pub async fn run(common: &Common, arguments: &Merge) -> anyhow::Result<Exit> {
    let (app, organization) = super::open(common).await?;
    let caller = Caller::program(organization, "cli");
    let outcome = match (arguments.undo, arguments.customers.as_slice()) {
        (Some(merge_id), _) => undo_merge(&app, &caller, merge_id, arguments).await,
        (None, [only]) => show_likely(&app, organization, only, arguments).await,
        (None, _) => merge_customers(&app, &caller, arguments).await,
    };
    super::seal_audit_log(&app).await;
    match outcome {
        Err(error) if is_refusal(&error) => {
            note!("{error:#}");
            Ok(Exit::NothingRun)
        }
        outcome => outcome,
    }
}

/// What a person asked for can't be done; nothing is broken.
fn is_refusal(error: &anyhow::Error) -> bool {
    match error.downcast_ref::<AppError>() {
        Some(AppError::Customer(_)) => true,
        Some(AppError::Store(error)) => error.is_not_found(),
        _ => false,
    }
}

async fn show_likely(app: &App, organization: OrganizationId, name: &str, arguments: &Merge) -> anyhow::Result<Exit> {
    let customer = find(app, organization, name).await?;
    let likely = suggestions_of(app, organization, customer.id).await?;
    if arguments.json {
        say!("{}", serde_json::to_string_pretty(&likely)?);
    } else if likely.is_empty() {
        say!("No other customer looks like {}.", call(&customer));
    } else {
        say!("{} may be the same as", call(&customer));
        for suggestion in &likely {
            say!("  {}", describe(suggestion, customer.id));
        }
    }
    Ok(Exit::Done)
}

fn describe(suggestion: &Suggestion, than: Uuid) -> String {
    let other = if suggestion.first.id == than {
        &suggestion.second
    } else {
        &suggestion.first
    };
    let percent = (suggestion.confidence * 100.0).round();
    format!("{}: {} ({percent} %)", call(other), suggestion.reasons.join(", "))
}

async fn merge_customers(app: &App, caller: &Caller, arguments: &Merge) -> anyhow::Result<Exit> {
    let mut ids = Vec::new();
    for name in &arguments.customers {
        ids.push(find(app, caller.organization, name).await?.id);
    }
    let survivor = *ids.first().ok_or(AppError::from(CustomerError::TooFew))?;
    let mut fields = BTreeMap::new();
    for (field, name) in &arguments.fields {
        fields.insert(field.clone(), find(app, caller.organization, name).await?.id);
    }
    let request = MergeRequest {
        secondary_ids: ids.into_iter().skip(1).collect(),
        fields,
    };
    let preview = merge_preview(app, caller.organization, survivor, &request).await?;
    if arguments.json && arguments.dry_run {
        say!("{}", serde_json::to_string_pretty(&preview)?);
    }
    if !arguments.json {
        say!("Into {}:", call(&preview.survivor));
        for other in &preview.others {
            say!("  {}", call(other));
        }
        say!("{}", changes_table(&preview.changes));
        say!("Moves {}.", moved(&preview.moved, preview.mappings));
    }
    if arguments.dry_run {
        return Ok(Exit::Done);
    }
    if !agreed(arguments, "Merge them?")? {
        return Ok(Exit::Waiting);
    }
    let outcome = merge(app, caller, survivor, &request).await?;
    if arguments.json {
        say!("{}", serde_json::to_string_pretty(&outcome)?);
    } else {
        say!("Merged. To take it back: torqueflow merge --undo {}", outcome.merge_id);
    }
    Ok(Exit::Done)
}

async fn undo_merge(app: &App, caller: &Caller, merge_id: Uuid, arguments: &Merge) -> anyhow::Result<Exit> {
    let preview = undo_preview(app, caller, merge_id).await?;
    if !arguments.json {
        say!("{}", undo_text(&preview));
    }
    let report = if arguments.dry_run {
        preview
    } else if agreed(arguments, "Undo the merge?")? {
        undo(app, caller, merge_id).await?
    } else {
        return Ok(Exit::Waiting);
    };
    if arguments.json {
        say!(
            "{}",
            serde_json::to_string_pretty(&json!({"merge_id": merge_id, "report": report}))?
        );
    } else if !arguments.dry_run {
        say!("Undone.");
    }
    Ok(if report.kept_count > 0 {
        Exit::Flagged
    } else {
        Exit::Done
    })
}

/// Asks the person at the terminal. Where there is none, `--yes` has to say it.
fn agreed(arguments: &Merge, question: &str) -> anyhow::Result<bool> {
    if arguments.yes {
        return Ok(true);
    }
    if !std::io::stdin().is_terminal() {
        note!("Nothing was changed: repeat it with --yes.");
        return Ok(false);
    }
    note!("{question} [y/N]");
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    read.context("failed to read the answer")?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// Name, number and id.
fn call(customer: &Customer) -> String {
    let number = customer.text("external_customer_number");
    let number = number.map(|number| format!("{number}, ")).unwrap_or_default();
    format!("{} ({number}{})", customer.name(), customer.id)
}

fn changes_table(changes: &[MergeChange]) -> String {
    if changes.is_empty() {
        return "No field of it changes.".to_owned();
    }
    let rows = changes
        .iter()
        .map(|change| [change.label.to_owned(), plain(&change.before), plain(&change.after)]);
    render::text_table(["Field", "Now", "Then"], rows)
}

fn plain(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// `3 vehicles, 1 job and 2 mappings`.
fn moved(records: &BTreeMap<String, u64>, mappings: u64) -> String {
    let named = records.iter().map(|(name, count)| {
        let spec = EntityKind::from_name(name).map(EntityKind::spec);
        match spec {
            Some(spec) if *count == 1 => format!("1 {}", spec.label.to_lowercase()),
            Some(spec) => format!("{count} {}", spec.plural),
            None => format!("{count} {name}"),
        }
    });
    let mut parts: Vec<String> = named.collect();
    parts.push(format!(
        "{mappings} {}",
        if mappings == 1 { "mapping" } else { "mappings" }
    ));
    parts.join(", ")
}

fn undo_text(report: &UndoReport) -> String {
    let mut lines = vec![format!("Gives back {}.", moved(&report.records, report.mappings))];
    for kept in &report.kept {
        let why = match kept.reason {
            KeptReason::ChangedSince => "changed since",
            KeptReason::LaterMerge => "set by a later merge",
            KeptReason::Gone => "gone",
        };
        lines.push(format!(
            "  stays: {} {} {} is {} ({why})",
            kept.entity,
            kept.record_id,
            kept.field,
            plain(&kept.current),
        ));
    }
    let unlisted = report.kept_count - report.kept.len() as u64;
    if unlisted > 0 {
        lines.push(format!("  and {unlisted} more"));
    }
    lines.join("\n")
}
