//! `units.xlsx`: what each unit delivered, a row a unit; each file with its outcome and lateness; what was due and did not
//! come.

use std::path::Path;

use chrono::NaiveDate;
use gongzhi_core::messages::Message;
use gongzhi_core::problems::ActError;
use gongzhi_engine::workbook::{Cell, ColumnKind, TableBook, TableColumn, TableHead};
use rust_decimal::Decimal;

use super::deliveries::{Deliveries, FileLine, FileState, Undelivered, UnitLine};
use super::found::RunFound;
use super::words::Words;

/// Writes the workbook.
pub fn write_units(run: &RunFound<'_>, deliveries: &Deliveries, path: &Path) -> Result<(), ActError> {
    let words = Words::new(run.say.language(), run.catalog);
    let mut workbook = TableBook::new(run.as_of)?;
    workbook.add_table(&units_head(&words), deliveries.units.iter().map(|unit| unit_row(unit, &words)))?;
    workbook.add_table(&files_head(&words), deliveries.files.iter().map(|file| file_row(file, &words)))?;
    let head = undelivered_head(&words, run.as_of);
    workbook.add_table(&head, deliveries.undelivered.iter().map(|missing| undelivered_row(missing, &words)))?;
    Ok(workbook.save(path)?)
}

fn columns(words: &Words<'_>, columns: &[(&'static str, ColumnKind, f64)]) -> Vec<TableColumn> {
    columns.iter().map(|(key, kind, width)| TableColumn::new(words.word(key), *kind, *width)).collect()
}

fn units_head(words: &Words<'_>) -> TableHead {
    TableHead {
        sheet: words.word("report-book-units"),
        title: words.word("report-book-units-title"),
        notes: vec![words.word("report-book-days"), words.word("report-book-right")],
        columns: columns(
            words,
            &[
                ("report-column-unit", ColumnKind::Wrapped, 28.0),
                ("report-column-delivered", ColumnKind::Integer, 10.0),
                ("report-column-accepted", ColumnKind::Integer, 9.5),
                ("report-column-blocked", ColumnKind::Integer, 9.0),
                ("report-column-refused", ColumnKind::Integer, 9.0),
                ("report-column-rows", ColumnKind::Integer, 10.0),
                ("report-column-errors", ColumnKind::Integer, 9.0),
                ("report-column-warnings", ColumnKind::Integer, 10.0),
                ("report-book-unlisted", ColumnKind::Integer, 10.0),
                ("report-book-ended", ColumnKind::Integer, 9.0),
                ("report-column-right", ColumnKind::Rate, 12.0),
                ("report-column-late", ColumnKind::Integer, 10.0),
                ("report-column-most-late", ColumnKind::Integer, 12.0),
                ("report-column-undelivered", ColumnKind::Integer, 11.0),
            ],
        ),
        frozen: 1,
    }
}

fn unit_row(unit: &UnitLine, words: &Words<'_>) -> Vec<Cell> {
    let right = unit.right_thousandths().map(|share| Decimal::new(i64::try_from(share).unwrap_or_default(), 3));
    let [accepted, blocked, refused] = unit.files;
    vec![
        Cell::Text(words.unit(unit.unit.as_deref())),
        whole(unit.delivered()),
        whole(accepted),
        whole(blocked),
        whole(refused),
        whole(unit.rows),
        whole(unit.errors),
        whole(unit.warnings),
        whole(unit.unlisted),
        whole(unit.ended),
        right.map_or(Cell::Empty, Cell::Decimal),
        whole(unit.late_files),
        Cell::Integer(unit.most_days_late),
        whole(unit.undelivered),
    ]
}

fn files_head(words: &Words<'_>) -> TableHead {
    TableHead {
        sheet: words.word("report-book-files"),
        title: words.word("report-book-files-title"),
        notes: vec![words.word("report-book-days"), words.word("report-book-effects")],
        columns: columns(
            words,
            &[
                ("report-column-unit", ColumnKind::Wrapped, 15.0),
                ("report-book-file", ColumnKind::Wrapped, 40.0),
                ("report-book-item", ColumnKind::Wrapped, 22.0),
                ("report-book-period", ColumnKind::Text, 9.0),
                ("report-book-mode", ColumnKind::Text, 11.0),
                ("report-book-state", ColumnKind::Text, 10.0),
                ("report-column-rows", ColumnKind::Integer, 8.0),
                ("report-column-errors", ColumnKind::Integer, 8.0),
                ("report-column-warnings", ColumnKind::Integer, 9.5),
                ("report-book-unlisted", ColumnKind::Integer, 9.5),
                ("report-book-due", ColumnKind::Date, 11.0),
                ("report-book-received", ColumnKind::Date, 11.0),
                ("report-book-late", ColumnKind::Integer, 9.5),
                ("report-book-new", ColumnKind::Integer, 8.0),
                ("report-book-changed", ColumnKind::Integer, 8.0),
                ("report-book-unchanged", ColumnKind::Integer, 8.0),
                ("report-book-revoked", ColumnKind::Integer, 8.0),
                ("report-book-ended", ColumnKind::Integer, 8.0),
                ("report-book-first-ended", ColumnKind::Wrapped, 30.0),
            ],
        ),
        frozen: 2,
    }
}

fn file_row(file: &FileLine, words: &Words<'_>) -> Vec<Cell> {
    let state = match file.state {
        FileState::Accepted => "report-state-accepted",
        FileState::Blocked => "report-state-blocked",
        FileState::Refused => "report-state-refused",
    };
    let mode = |mode: &String| Cell::Text(words.say(&Message::new(format!("report-mode-{mode}"))));
    let own = vec![
        Cell::Text(words.unit(file.unit.as_deref())),
        Cell::Text(file.file.clone()),
        text(words.items(&file.items)),
        file.period.map_or(Cell::Empty, |period| Cell::Text(period.to_string())),
        file.mode.as_ref().map_or(Cell::Empty, mode),
        Cell::Text(words.word(state)),
        whole(file.rows),
        whole(file.errors),
        whole(file.warnings),
        whole(file.unlisted),
        file.due.map_or(Cell::Empty, Cell::Date),
        file.received.map_or(Cell::Empty, Cell::Date),
        file.days_late().map_or(Cell::Empty, Cell::Integer),
    ];
    let counts = file.effect.rows.iter().map(|count| whole(*count));
    let first_ended = text(words.join(file.effect.first_ended.iter().cloned()));
    own.into_iter().chain(counts).chain([first_ended]).collect()
}

fn undelivered_head(words: &Words<'_>, as_of: NaiveDate) -> TableHead {
    TableHead {
        sheet: words.word("report-book-undelivered"),
        title: words.word("report-book-undelivered-title"),
        notes: vec![words.say(&Message::new("report-book-undelivered-note").with("as_of", as_of))],
        columns: columns(
            words,
            &[
                ("report-column-unit", ColumnKind::Wrapped, 28.0),
                ("report-book-item", ColumnKind::Wrapped, 48.0),
                ("report-book-period", ColumnKind::Text, 11.0),
                ("report-book-due", ColumnKind::Date, 12.0),
                ("report-book-overdue", ColumnKind::Integer, 12.0),
                ("report-book-provisional", ColumnKind::Wrapped, 26.0),
            ],
        ),
        frozen: 1,
    }
}

fn undelivered_row(missing: &Undelivered, words: &Words<'_>) -> Vec<Cell> {
    let provisional = missing.provisional.then(|| words.word("report-book-is-provisional"));
    vec![
        Cell::Text(words.unit(Some(&missing.unit))),
        Cell::Text(words.items(std::slice::from_ref(&missing.item))),
        Cell::Text(missing.period.to_string()),
        Cell::Date(missing.due),
        Cell::Integer(missing.days),
        provisional.map_or(Cell::Empty, Cell::Text),
    ]
}

fn text(text: String) -> Cell {
    if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
}

fn whole(count: u64) -> Cell {
    Cell::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}
