//! `torqueflow template`

use std::io::{IsTerminal, Write};

use clap::{Args, ValueEnum};
use torqueflow_app::template::{template_csv, template_xlsx};
use torqueflow_model::EntityKind;

use crate::exit_code::Exit;

#[derive(Debug, Args)]
pub struct Template {
    /// The entity: `customer`, `vehicle`, `product`, `work_order` …
    #[arg(value_name = "ENTITY")]
    pub entity: String,
    /// The form of the template
    #[arg(long, value_enum, default_value = "csv")]
    pub format: TemplateFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TemplateFormat {
    Csv,
    Xlsx,
}

/// Prints the template of an entity.
pub fn run(arguments: &Template) -> anyhow::Result<Exit> {
    let Some(entity) = EntityKind::from_name(&arguments.entity) else {
        let names: Vec<_> = EntityKind::ALL.iter().map(|kind| kind.name()).collect();
        anyhow::bail!(
            "`{}` is not an entity; there are {}",
            arguments.entity,
            names.join(", ")
        );
    };
    let bytes = match arguments.format {
        TemplateFormat::Csv => template_csv(entity)?,
        TemplateFormat::Xlsx if std::io::stdout().is_terminal() => {
            anyhow::bail!("a workbook is not for a terminal; send it to a file: `> {entity}.xlsx`")
        }
        TemplateFormat::Xlsx => template_xlsx(entity)?,
    };
    std::io::stdout().lock().write_all(&bytes)?;
    Ok(Exit::Done)
}
