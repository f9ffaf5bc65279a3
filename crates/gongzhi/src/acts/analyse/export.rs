//! The state of kinds written out in open formats, with a descriptor that says what each column is.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use gongzhi_core::access::Actor;
use gongzhi_core::catalog::{Catalog, Column, ColumnType, Item, Kind};
use gongzhi_core::cells::guarded;
use gongzhi_core::data_package::{DESCRIPTOR, Naming, Resource, package, table_schema};
use gongzhi_core::messages::{Language, Message, Translator};
use gongzhi_core::period::Period;
use gongzhi_core::problems::{ActError, OfFile as _};
use gongzhi_core::time::day_of;
use gongzhi_engine::pending::{WholeFile, write_whole};
use gongzhi_engine::schema::{Part, part_of};
use gongzhi_engine::workbook::{Cell, ColumnKind, TableBook, TableColumn, TableHead};
use serde_json::{Map, Value as Json};

use crate::acts::analyse::state::{OpenState, StateOrder, open_state};
use crate::app::{App, Waiter};

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated text in UTF-8.
    Csv,
    /// A workbook.
    Xlsx,
    /// Apache Parquet.
    Parquet,
}

impl Format {
    /// The end of a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Parquet => "parquet",
        }
    }
}

/// What is to be written.
pub struct ExportOrder {
    /// Items, or kinds as `<item>.<kind>`.
    pub words: Vec<String>,
    /// What was known at the end of this day; none: now.
    pub as_of: Option<NaiveDate>,
    /// What held in this period; none: what holds last.
    pub period: Option<Period>,
    /// In which form.
    pub format: Format,
    /// The language of the descriptor's title.
    pub language: Language,
}

/// Writes each kind and the descriptor; gives the files with their rows.
///
/// # Errors
/// A word names nothing, what is kept can't be read, a file can't be written.
pub async fn export(
    app: &App,
    actor: &Actor,
    (order, out): (&ExportOrder, &Path),
) -> Result<Vec<(PathBuf, u64)>, ActError> {
    let catalog = app.catalog()?;
    let (mut written, mut resources) = (Vec::new(), Vec::new());
    for (item, kind) in list_kinds(catalog, &order.words)? {
        let key = format!("{}.{}", item.key, kind.key);
        let asked = StateOrder { kind: key.clone(), as_of: order.as_of, period: order.period };
        let state = open_state(app, actor, &asked).await?;
        let (unit, period) = state.only_unit_and_period();
        let name = format!("{key}.{}", order.format.extension());
        let (path, format, own) = (out.join(&name), order.format, kind.clone());
        let write = move |app: &App, waiter: &Waiter| {
            let columns = columns_of(&own);
            let day = day_of(app.clock.now());
            Table { kind: &own, columns: &columns, state: &state, waiter, day }.write(&path, format)
        };
        let rows = app.block(write).await?;
        let period = order.period.or(period).map(|period| period.to_string());
        let resource = Resource { path: name.clone(), kind: Some(key), unit, period, mode: None };
        let schema = table_schema(catalog, kind, columns_of(kind).into_iter(), Naming::Keys);
        resources.push(resource.to_json(order.format.extension(), schema));
        written.push((out.join(name), rows));
    }
    let title = Translator::new(order.language).say(&Message::new("export-title"));
    let descriptor = serde_json::to_string_pretty(&package("gongzhi-export", &title, resources))?;
    let path = out.join(DESCRIPTOR);
    write_whole(&path, (descriptor + "\n").as_bytes()).of_file(&path)?;
    Ok(written)
}

/// The kinds that words mean, items with all of theirs, as far as anything of them leaves the house.
///
/// # Errors
/// A word names nothing.
pub fn list_kinds<'c>(catalog: &'c Catalog, words: &[String]) -> Result<Vec<(&'c Item, &'c Kind)>, ActError> {
    let mut kinds = Vec::new();
    for word in words {
        let unknown = || ActError::not_understood(catalog.unknown_kind(word));
        let (item, kind) = catalog.find_spoken(word).ok_or_else(unknown)?;
        match kind {
            Some(kind) => kinds.push((item, kind)),
            None => kinds.extend(item.kinds.iter().map(|kind| (item, kind))),
        }
    }
    kinds.retain(|(_, kind)| !columns_of(kind).is_empty());
    Ok(kinds)
}

/// Columns that leave the house: personal ones don't.
fn columns_of(kind: &Kind) -> Vec<&Column> {
    kind.columns.iter().filter(|column| !column.closed && part_of(kind, column) == Part::Main).collect()
}

struct Table<'a> {
    kind: &'a Kind,
    columns: &'a [&'a Column],
    state: &'a OpenState,
    waiter: &'a Waiter,
    day: NaiveDate,
}

impl Table<'_> {
    fn write(&self, path: &Path, format: Format) -> Result<u64, ActError> {
        let names = self.columns.iter().map(|column| format!("\"{}\"", column.key)).collect::<Vec<_>>().join(", ");
        let sql = format!("select {names} from {} order by _ref", self.state.view);
        match format {
            Format::Csv => self.write_csv(path, &sql),
            Format::Xlsx => self.write_xlsx(path, &sql),
            Format::Parquet => {
                let file = WholeFile::create(path).of_file(path)?;
                let rows = self.waiter.wait(self.state.session.write_parquet(&sql, file.part()))?;
                file.finish().of_file(path)?;
                Ok(rows)
            }
        }
    }

    fn each_row(&self, sql: &str, show: impl FnMut(Map<String, Json>)) -> Result<u64, ActError> {
        self.state.each_row(self.waiter, sql, show)
    }

    fn write_csv(&self, path: &Path, sql: &str) -> Result<u64, ActError> {
        let mut writer = csv::Writer::from_writer(WholeFile::create(path).of_file(path)?);
        writer.write_record(self.columns.iter().map(|column| column.key.as_str())).of_file(path)?;
        let mut outcome = Ok(());
        let rows = self.each_row(sql, |row| {
            if outcome.is_ok() {
                outcome = writer.write_record(self.columns.iter().map(|column| csv_text(column, &row[&column.key])));
            }
        })?;
        outcome.of_file(path)?;
        let file = writer.into_inner().map_err(csv::IntoInnerError::into_error);
        file.and_then(WholeFile::finish).of_file(path)?;
        Ok(rows)
    }

    fn write_xlsx(&self, path: &Path, sql: &str) -> Result<u64, ActError> {
        let mut rows = Vec::new();
        let count = self.each_row(sql, |row| {
            rows.push(self.columns.iter().map(|column| cell_of(column, &row[&column.key])).collect::<Vec<_>>());
        })?;
        let columns = self.columns.iter();
        let head = TableHead {
            sheet: self.kind.name.zh.clone(),
            columns: columns.map(|column| TableColumn::new(&column.name.zh, kind_of(column), 18.0)).collect(),
            ..TableHead::default()
        };
        let mut book = TableBook::new(self.day)?;
        book.add_table(&head, rows)?;
        book.save(path)?;
        Ok(count)
    }
}

/// A text that a spreadsheet would take for a formula stays a text; figures and days are what they are.
fn csv_text(column: &Column, value: &Json) -> String {
    let text = text_of(value);
    let is_text = kind_of(column) == ColumnKind::Text && matches!(value, Json::String(_));
    if is_text { guarded(&text).into_owned() } else { text }
}

fn text_of(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Bool(truth) => if *truth { "true" } else { "false" }.to_owned(),
        other => other.to_string(),
    }
}

fn kind_of(column: &Column) -> ColumnKind {
    match column.column_type {
        ColumnType::Amount => ColumnKind::Amount,
        ColumnType::Quantity | ColumnType::Rate => ColumnKind::Quantity,
        ColumnType::Integer => ColumnKind::Integer,
        ColumnType::Date => ColumnKind::Date,
        _ => ColumnKind::Text,
    }
}

fn cell_of(column: &Column, value: &Json) -> Cell {
    let text = text_of(value);
    if text.is_empty() {
        return Cell::Empty;
    }
    let figure = match kind_of(column) {
        ColumnKind::Amount | ColumnKind::Quantity => text.parse().ok().map(Cell::Decimal),
        ColumnKind::Integer => text.parse().ok().map(Cell::Integer),
        ColumnKind::Date => text.parse().ok().map(Cell::Date),
        _ => None,
    };
    let shown = if column.column_type == ColumnType::Boolean {
        if text == "true" { "是".to_owned() } else { "否".to_owned() }
    } else {
        text
    };
    figure.unwrap_or(Cell::Text(shown))
}
