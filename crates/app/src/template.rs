//! Import templates: the headers that an entity is recognised by, and a sample row.

use torqueflow_model::{EntityKind, FieldKind, FieldSpec, Slot};

use crate::error::AppError;

/// The template of an entity as CSV.
///
/// ```
/// use torqueflow_model::EntityKind;
/// let csv = torqueflow_app::template::template_csv(EntityKind::CustomerGroup).unwrap();
/// assert_eq!(String::from_utf8(csv).unwrap(), "customer_group.name\nTrade\n");
/// ```
pub fn template_csv(entity: EntityKind) -> Result<Vec<u8>, AppError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let columns = columns(entity);
    let failed = |error: csv::Error| AppError::io("the template".as_ref())(std::io::Error::other(error));
    writer
        .write_record(columns.iter().map(|(header, _)| header))
        .map_err(failed)?;
    writer
        .write_record(columns.iter().map(|(_, example)| example))
        .map_err(failed)?;
    writer
        .into_inner()
        .map_err(|_| AppError::Internal("a template could not be written to memory"))
}

/// The template of an entity as a workbook, its cells formatted as text so that leading zeros stay.
pub fn template_xlsx(entity: EntityKind) -> Result<Vec<u8>, AppError> {
    let failed =
        |error: rust_xlsxwriter::XlsxError| AppError::io("the template".as_ref())(std::io::Error::other(error));
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let text = rust_xlsxwriter::Format::new().set_num_format("@");
    let sheet = workbook.add_worksheet();
    sheet.set_name(entity.name()).map_err(failed)?;
    for (column, (header, example)) in columns(entity).into_iter().enumerate() {
        let column = column as u16;
        sheet.write_string(0, column, header).map_err(failed)?;
        sheet
            .write_string_with_format(1, column, example, &text)
            .map_err(failed)?;
        sheet.set_column_format(column, &text).map_err(failed)?;
    }
    workbook.save_to_buffer().map_err(failed)
}

/// Headers and examples. A customer's template has its addresses too.
fn columns(entity: EntityKind) -> Vec<(String, String)> {
    let of_slot = |slot: Slot, prefix: &str| -> Vec<(String, String)> {
        let fields = slot.entity().fields().iter().filter(|spec| is_in_template(slot, spec));
        fields
            .map(|spec| (format!("{prefix}{}", spec.name), spec.example.to_owned()))
            .collect()
    };
    // A lookup is a lone name: which one, only the header can say.
    let prefix = if entity.is_lookup() {
        format!("{entity}.")
    } else {
        String::new()
    };
    let mut columns = of_slot(Slot::Main(entity), &prefix);
    if entity == EntityKind::Customer {
        for slot in [Slot::BillingAddress, Slot::ShippingAddress] {
            columns.extend(of_slot(slot, &format!("{}.", slot.name())));
        }
    }
    columns
}

fn is_in_template(slot: Slot, spec: &FieldSpec) -> bool {
    let is_parent = slot.address_type().is_some() && matches!(spec.kind, FieldKind::Reference { .. });
    spec.mappable && !spec.example.is_empty() && spec.kind != FieldKind::SourceId && !is_parent
}
