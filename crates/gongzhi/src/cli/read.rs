//! `gongzhi read`: what is in a file, for people or as JSON.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use chrono::NaiveDate;
use gongzhi_core::intake::mask::{is_document_number, mask_citizens, mask_persons, shown as plain};
use gongzhi_core::messages::{Message, Translator};
use gongzhi_core::problems::ActError;
use gongzhi_engine::read::{ColumnType, LeftOut, Notice, Row, Value};
use serde_json::{Value as Json, json};

use super::Context;
use crate::acts::read::{FileContent, Reading, SheetContent, SheetRows, text_of};

#[derive(clap::Args)]
pub struct Args {
    file: PathBuf,
    #[arg(long)]
    json: bool,
    #[arg(long, requires = "json")]
    rows: bool,
}

/// Exit 0 when it was read, 2 when it was refused.
pub fn run(args: &Args, context: &Context) -> Result<ExitCode> {
    let say = &context.translator;
    let mut reading = Reading::new(args.rows)?;
    let mut content = reading.read(&args.file);
    for sheet in &content.sheets {
        if sheet.further_left_out > 0 {
            let message = Message::new("read-too-many-left-out").with("count", sheet.further_left_out);
            content.notices.push(Notice::of_sheet(&sheet.head.name, message));
        }
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let file = plain(&args.file.display().to_string()).into_owned();
    if args.json {
        let rows = if args.rows { Some(reading.rows(&args.file)?) } else { None };
        JsonReport { out: &mut out, say, today: context.today, rows }.write(&file, &content)?;
    } else {
        write_text(&mut out, say, &file, &content)?;
    }
    out.flush()?;
    Ok(match &content.refusal {
        None => ExitCode::SUCCESS,
        Some(refusal) => {
            eprintln!("{}", say.say(&refusal.message()));
            ExitCode::from(2)
        }
    })
}

/// Writes the object piece by piece: rows may be more than memory holds.
struct JsonReport<'r, W: Write> {
    out: &'r mut W,
    say: &'r Translator,
    today: NaiveDate,
    rows: Option<SheetRows>,
}

impl<W: Write> JsonReport<'_, W> {
    fn write(&mut self, file: &str, content: &FileContent) -> Result<()> {
        write!(self.out, "{{\"file\":{},\"format\":{},\"sheets\":[", json!(file), json!(content.format))?;
        for (at, sheet) in content.sheets.iter().enumerate() {
            if at > 0 {
                self.out.write_all(b",")?;
            }
            self.write_sheet(sheet)?;
        }
        let notices: Vec<Json> = content.notices.iter().map(|notice| self.notice(notice)).collect();
        writeln!(self.out, "],\"notices\":{}}}", Json::Array(notices))?;
        Ok(())
    }

    fn write_sheet(&mut self, sheet: &SheetContent) -> Result<()> {
        let columns: Vec<Json> = sheet
            .head
            .columns
            .iter()
            .zip(&sheet.types)
            .map(|(column, column_type)| json!({"name": plain(&column.name), "type": column_type.key()}))
            .collect();
        let header = json!({"first_row": sheet.head.header.first_row, "row_count": sheet.head.header.row_count});
        write!(
            self.out,
            "{{\"name\":{},\"hidden\":{},\"header\":{header},\"columns\":{},\"row_count\":{},",
            json!(plain(&sheet.head.name)),
            sheet.head.hidden,
            Json::Array(columns),
            sheet.row_count
        )?;
        if let Some(rows) = &mut self.rows {
            self.out.write_all(b"\"rows\":[")?;
            let mut is_first = true;
            let (out, today) = (&mut *self.out, self.today);
            let show = |at: usize, text: String| shown(&sheet.head.columns[at].name, text, today);
            rows.each(sheet, &mut |row| {
                if !std::mem::take(&mut is_first) {
                    out.write_all(b",")?;
                }
                write_row(out, row, &sheet.types, &show)
            })?;
            self.out.write_all(b"],")?;
        }
        let left_out: Vec<Json> = sheet.left_out.iter().map(|left_out| self.left_out(left_out)).collect();
        write!(self.out, "\"left_out\":{}}}", Json::Array(left_out))?;
        Ok(())
    }

    fn left_out(&self, left_out: &LeftOut) -> Json {
        json!({
            "row": left_out.row,
            "kind": left_out.reason.key(),
            "reason": hidden(self.say.say(&left_out.message())),
            "text": hidden(left_out.beginning().to_owned()),
        })
    }

    fn notice(&self, notice: &Notice) -> Json {
        let mut object = json!({"message": hidden(self.say.say(&notice.message))});
        for (key, place) in [("sheet", &notice.sheet), ("cell", &notice.cell)] {
            if let Some(place) = place {
                object[key] = json!(plain(place));
            }
        }
        object
    }
}

/// Words of headers under which codes of organisations or certificates stand.
const CODE_WORDS: [&str; 9] = ["代码", "信用", "证件", "身份证", "识别号", "税号", "注册号", "证号", "uscc"];

/// Words of headers under which nothing but codes of organisations stand: no documents.
const ORGANISATION_WORDS: [&str; 6] = ["信用", "识别号", "税号", "注册号", "机构代码", "uscc"];

fn names_codes(header: &str) -> bool {
    CODE_WORDS.iter().any(|word| header.contains(word))
}

/// A text with the persons' numbers in it masked: what is read here may be piped anywhere.
fn hidden(text: String) -> String {
    plain(&text).into_owned()
}

/// A cell as it may be shown: numbers of documents stay, those of persons are masked.
fn shown(header: &str, text: String, today: NaiveDate) -> String {
    let header = header.trim_end_matches(['*', '＊']);
    let is_of_organisations = ORGANISATION_WORDS.iter().any(|word| header.contains(word));
    if !is_of_organisations && is_document_number(&text, header, today) {
        return text;
    }
    let masked = if names_codes(header) { mask_persons(&text) } else { mask_citizens(&text) };
    masked.unwrap_or(text)
}

fn write_row(
    out: &mut dyn Write,
    row: &Row,
    types: &[ColumnType],
    show: &dyn Fn(usize, String) -> String,
) -> Result<(), ActError> {
    out.write_all(b"[")?;
    for (position, column_type) in types.iter().enumerate() {
        if position > 0 {
            out.write_all(b",")?;
        }
        let value = row.value(position);
        match (value, column_type) {
            (Value::Boolean(truth), ColumnType::Boolean) => write!(out, "{truth}")?,
            _ => match text_of(value, *column_type) {
                Some(text) => serde_json::to_writer(&mut *out, &show(position, text))?,
                None => out.write_all(b"null")?,
            },
        }
    }
    out.write_all(b"]")?;
    Ok(())
}

fn write_text(out: &mut dyn Write, say: &Translator, file: &str, content: &FileContent) -> Result<()> {
    if content.refusal.is_some() {
        return Ok(());
    }
    let summary = Message::new("read-summary-file")
        .with("file", file)
        .with("format", &content.format)
        .with("sheets", content.sheets.len());
    writeln!(out, "{}", say.say(&summary))?;
    for sheet in &content.sheets {
        writeln!(out, "{}", say.say(&summary_of(sheet)))?;
        for (column, column_type) in sheet.head.columns.iter().zip(&sheet.types) {
            let kind = say.say(&Message::new(format!("read-type-{}", column_type.key())));
            let message = Message::new("read-summary-column").with("column", plain(&column.name)).with("type", kind);
            writeln!(out, "  {}", say.say(&message))?;
        }
        for left_out in &sheet.left_out {
            let reason = hidden(say.say(&left_out.message()));
            let message = Message::new("read-summary-left-out").with("row", left_out.row).with("reason", reason);
            writeln!(out, "  {}", say.say(&message))?;
        }
    }
    for notice in &content.notices {
        let text = hidden(say.say(&notice.message));
        let place: Vec<&str> = [&notice.sheet, &notice.cell].into_iter().flatten().map(String::as_str).collect();
        let message = match place.is_empty() {
            true => Message::new("read-summary-notice").with("message", text),
            false => {
                Message::new("read-summary-notice-cell").with("cell", plain(&place.join(" "))).with("message", text)
            }
        };
        writeln!(out, "{}", say.say(&message))?;
    }
    Ok(())
}

fn summary_of(sheet: &SheetContent) -> Message {
    let header = &sheet.head.header;
    let key = match (sheet.head.columns.is_empty(), header.row_count, sheet.head.hidden) {
        (true, _, _) => "read-summary-sheet-empty",
        (_, 0, _) => "read-summary-sheet-headless",
        (_, _, true) => "read-summary-sheet-hidden",
        _ => "read-summary-sheet",
    };
    let last_row = header.first_row + header.row_count.max(1) - 1;
    let rows = if header.row_count > 1 { format!("{}–{last_row}", header.first_row) } else { last_row.to_string() };
    Message::new(key)
        .with("sheet", plain(&sheet.head.name))
        .with("header", rows)
        .with("columns", sheet.head.columns.len())
        .with("rows", sheet.row_count)
}
