//! The program's own templates, filled in by units that use them, and sent empty as a nil report.

use anyhow::Result;
use gongzhi_core::catalog::{Item, Kind, Unit};
use gongzhi_core::period::Period;
use gongzhi_core::values::SetMode;
use gongzhi_engine::template::{
    HEADER_ROW, KindRows, TemplateRequest, TemplateRow, list_sheets, write_filled_template, write_template,
};
use gongzhi_engine::workbook::Cell;
use rust_decimal::Decimal;

use super::draft::Draft;
use super::office::{Job, Office};
use super::office_files::OfficeCell;
use super::sheets::MadeSheet;

/// Rows that a template's sheet has above its table beyond those of an office's plain sheet.
pub fn rows_above(made: &MadeSheet) -> usize {
    usize::try_from(HEADER_ROW).unwrap_or(0) + 1 - made.sheet.first_row()
}

/// The name of a kind's sheet in the template.
pub fn sheet_name(item: &Item, kind: &Kind, period: Period) -> String {
    let sheets = list_sheets(item, item.version_on(period.last_day()));
    sheets.into_iter().find(|(_, other)| other.key == kind.key).map(|(name, _)| name).unwrap_or_default()
}

fn request<'a>(item: &Item, unit: &'a Unit, (period, mode): (Period, SetMode)) -> TemplateRequest<'a> {
    TemplateRequest {
        version: item.version_on(period.last_day()),
        unit: Some(unit),
        period: Some(period),
        mode: Some(mode),
        created: period.last_day(),
    }
}

/// The template with the sheets of a job in it.
pub fn filled(office: Office<'_>, job: &Job<'_>, made: &[(&Kind, MadeSheet)]) -> Result<Vec<u8>> {
    let rows: Vec<KindRows> = made
        .iter()
        .map(|(kind, made)| {
            let drafts = job.sets.get(kind.key.as_str()).map(Vec::as_slice).unwrap_or_default();
            let rows = made.sheet.rows.iter().zip(drafts);
            let rows = rows.map(|(cells, draft)| row_of(made, (cells, draft), job.mode)).collect();
            KindRows { kind: kind.key.clone(), rows }
        })
        .collect();
    let request = request(job.item, job.unit, (job.period, job.mode));
    Ok(write_filled_template((job.item, office.catalog), &request, &rows, office.translator)?)
}

fn row_of(made: &MadeSheet, (cells, draft): (&[OfficeCell], &Draft), mode: SetMode) -> TemplateRow {
    let of_columns = cells.iter().zip(&made.columns).filter(|(_, column)| column.is_some());
    TemplateRow {
        action: (mode == SetMode::Differential).then_some(draft.action),
        cells: of_columns.map(|(cell, _)| cell_of(cell)).collect(),
    }
}

fn cell_of(cell: &OfficeCell) -> Cell {
    match cell {
        OfficeCell::Empty => Cell::Empty,
        OfficeCell::Text(text) => Cell::Text(text.clone()),
        OfficeCell::Day(day) => Cell::Date(*day),
        OfficeCell::Measured(text, _) | OfficeCell::Figure(text) => {
            match (text.parse::<i64>(), text.parse::<Decimal>()) {
                (Ok(whole), _) => Cell::Integer(whole),
                (_, Ok(figure)) => Cell::Decimal(figure),
                _ => Cell::Text(text.clone()),
            }
        }
    }
}

/// The template that says there is nothing to report.
pub fn nil(office: Office<'_>, item: &Item, unit: &Unit, period: Period) -> Result<Vec<u8>> {
    let request = request(item, unit, (period, SetMode::Nil));
    Ok(write_template(item, office.catalog, &request, office.translator)?)
}
