//! One cell read by its column's type.
//!
//! What stands in a cell becomes the value the column keeps, or a fault: which rule it breaks, why, how to mend it. A cell
//! that is right as it stands costs no allocation; faults are built only when there is one.

use std::borrow::Cow;

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

use super::figure::{SHOWN_AS_PERCENT, SHOWN_SMALLER, as_seen, read_figure};
use super::identifier::read_identifier;
use super::lookup::{CodeLookup, RegionFound};
use super::mask::mask;
use super::numbered;
use super::persons;
use super::place::read_stretch;
use super::plan::{Circumstances, ColumnPlan, KindPlan};
use crate::catalog::{ColumnType, Measure, PartyPart, Severity};
use crate::cells;
use crate::messages::Message;
use crate::money;
use crate::period::Period;

/// The error that stands for a formula whose result the program that wrote the file left out.
pub const UNCOMPUTED: &str = "=?";
/// The error that stands for a text which the file names and doesn't hold.
pub const LOST_TEXT: &str = "#TEXT!";

/// What stands in a cell, as the reader gives it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RawValue<'a> {
    /// Nothing.
    Empty,
    /// Text, already narrowed and trimmed.
    Text(&'a str),
    /// A figure in plain decimal notation.
    Number {
        /// The figure.
        text: &'a str,
        /// A spreadsheet kept only fifteen of its digits.
        digits_lost: bool,
    },
    /// A day or a moment.
    Date(NaiveDateTime),
    /// True or false of the sheet itself.
    Boolean(bool),
    /// An error of a formula.
    Error(&'a str),
}

/// A cell with its text as it stood where the reader changed it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RawCell<'a> {
    /// What stands there.
    pub value: RawValue<'a>,
    /// The text before it was narrowed.
    pub raw: Option<&'a str>,
    /// The merged cell that it is part of, when it was written above.
    pub filled: Option<Filled>,
    /// The column, counted from 1, of the filled cell to the left with which it is merged, being empty itself.
    pub across: Option<u32>,
}

/// The merged cell whose value holds for the rows below the one in which it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filled {
    /// The row in which it is written, counted from 1.
    pub row: u32,
    /// Rows over which it reaches.
    pub rows: u32,
}

impl RawCell<'_> {
    /// The text to show to the clerk: as it stood.
    pub fn shown(&self) -> String {
        if let Some(raw) = self.raw {
            return raw.to_owned();
        }
        match self.value {
            RawValue::Empty => String::new(),
            RawValue::Text(text) => as_seen(text).into_owned(),
            RawValue::Number { text, .. } | RawValue::Error(text) => text.to_owned(),
            RawValue::Date(moment) => date_text(moment),
            RawValue::Boolean(truth) => if truth { "TRUE" } else { "FALSE" }.to_owned(),
        }
    }
}

fn date_text(moment: NaiveDateTime) -> String {
    let has_time = moment.time() != chrono::NaiveTime::MIN;
    moment.format(if has_time { "%Y-%m-%d %H:%M:%S" } else { "%Y-%m-%d" }).to_string()
}

/// A value whose text lies in the row's buffer.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Stored {
    /// Nothing there.
    #[default]
    Null,
    /// From, to in the buffer.
    Text(u32, u32),
    /// A person's number in a column of codes, from, to in the buffer.
    Person(u32, u32),
    /// A day.
    Date(NaiveDate),
    /// Amount, quantity, rate.
    Decimal(Decimal),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    Boolean(bool),
}

/// A cell read.
#[derive(Debug, Default)]
pub struct Reading {
    /// The value kept.
    pub value: Stored,
    /// The cell is written otherwise than the value: its text is kept beside it.
    pub changed: bool,
    /// Something to tell although the value is kept.
    pub warning: Option<Box<Fault>>,
}

/// What is wrong with a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Stable name of the rule.
    pub rule: &'static str,
    /// `None`: as the column's origin says (a policy column blocks, an extension column warns).
    pub severity: Option<Severity>,
    /// What is wrong.
    pub message: Message,
    /// How to mend it.
    pub mend: Message,
}

impl Fault {
    /// A fault whose severity the column's origin decides.
    pub fn new(rule: &'static str, message: Message, mend: Message) -> Box<Self> {
        Box::new(Self { rule, severity: None, message, mend })
    }

    /// The same fault with a severity of its own.
    #[must_use]
    pub fn with_severity(mut self: Box<Self>, severity: Severity) -> Box<Self> {
        self.severity = Some(severity);
        self
    }
}

/// What a column's cells are read with: the column itself and what this sheet says about it.
#[derive(Debug, Clone, Copy)]
pub struct Lens<'a> {
    /// The kind.
    pub plan: &'a KindPlan,
    /// The column.
    pub column: &'a ColumnPlan,
    /// What this sheet's figures are measured in.
    pub measure: Option<Measure>,
    /// The sheet says so itself, or a person did.
    pub is_stated: bool,
    /// Spellings of codes a layout profile translates.
    pub translations: Option<&'a CodeLookup>,
    /// Serial days count from 1904.
    pub epoch_1904: bool,
}

impl Lens<'_> {
    pub(super) fn fault(&self, rule: &'static str, key: &'static str, value: &str) -> Box<Fault> {
        let message = Message::new(key).with("column", &self.column.header).with("value", value);
        Fault::new(rule, message, Message::new(format!("{key}-mend")).with("column", &self.column.header))
    }

    pub(super) fn when(&self) -> &Circumstances {
        &self.plan.circumstances
    }
}

/// Words that stand for nothing in a column of figures, days or codes.
const BLANK_WORDS: [&str; 39] = [
    "无",
    "空",
    "没有",
    "暂无",
    "待定",
    "办理中",
    "正在办理",
    "在办",
    "待办",
    "待办理",
    "未办理",
    "未办",
    "尚未办理",
    "待补",
    "待补充",
    "待填",
    "待核",
    "待核实",
    "待查",
    "待提供",
    "未提供",
    "不详",
    "未知",
    "不适用",
    "不涉及",
    "无数据",
    "暂缺",
    "空缺",
    "缺失",
    "略",
    "空白",
    "N/A",
    "n/a",
    "NA",
    "null",
    "NULL",
    "None",
    "none",
    "nil",
];
/// Bytes of the longest of them; signs for nothing are longer in no sheet.
const LONGEST_BLANK: usize = 18;

const KEPT_FOR_EVER: [&str; 5] = ["长期", "永久", "长期有效", "无固定期限", "无限期"];

/// Reads a cell. The value's text, if any, is appended to `out`.
///
/// # Errors
/// The fault that keeps the cell from having a value.
pub fn read_cell(lens: &Lens<'_>, value: RawValue<'_>, out: &mut String) -> Result<Reading, Box<Fault>> {
    let text = match value {
        RawValue::Empty => return Ok(Reading::default()),
        RawValue::Error(UNCOMPUTED) => {
            let fault = lens.fault("formula-uncomputed", "intake-formula-uncomputed", "");
            return Err(fault.with_severity(Severity::Error));
        }
        RawValue::Error(LOST_TEXT) => {
            return Err(lens.fault("text-lost", "intake-text-lost", "").with_severity(Severity::Error));
        }
        RawValue::Error(text) => return Err(lens.fault("formula-error", "intake-formula-error", text)),
        RawValue::Number { text, digits_lost: true } => return Err(digits_lost(lens, text)),
        RawValue::Text(text) | RawValue::Number { text, .. } => text,
        RawValue::Date(moment) => return read_day_cell(lens, moment, out),
        RawValue::Boolean(truth) => return read_truth_cell(lens, truth, out),
    };
    if text.len() <= LONGEST_BLANK && is_blank_word(lens.column, text) {
        return Ok(Reading { changed: true, ..Reading::default() });
    }
    let of = lens.column.column_type;
    let is_figure = matches!(of, ColumnType::Amount | ColumnType::Quantity | ColumnType::Rate);
    if text.len() >= persons::FEWEST_SIGNS && (is_figure || of == ColumnType::Integer) && persons::is_in_figure(text) {
        return Err(person_in_figure(lens, text));
    }
    let seen = (!is_figure && text.ends_with(SHOWN_AS_PERCENT)).then(|| as_seen(text));
    let text = seen.as_deref().unwrap_or(text);
    match of {
        ColumnType::Text | ColumnType::Parcel | ColumnType::Industry => read_text(lens, text, out),
        ColumnType::Phone => read_phone(lens, text, out),
        ColumnType::Code => read_code(lens, text, out),
        ColumnType::Region => read_region(lens, text, out),
        ColumnType::Date => read_day(lens, text),
        ColumnType::Month => read_month(lens, text, out),
        ColumnType::Period => read_period(lens, text, out),
        ColumnType::Amount | ColumnType::Quantity | ColumnType::Rate => read_decimal(lens, text),
        ColumnType::Integer => read_integer(lens, text),
        ColumnType::Boolean => read_boolean(lens, text),
        _ => read_identifier(lens, text, out),
    }
}

/// `－`, `／`, `———` stand for nothing in every column, 暂无 and 办理中 in all but those of text.
fn is_blank_word(column: &ColumnPlan, text: &str) -> bool {
    if cells::is_blank_mark(text) {
        return column.column_type != ColumnType::Code
            || column.codes.as_ref().is_none_or(|codes| codes.find(text).is_none());
    }
    if column.column_type == ColumnType::Text || text.starts_with(|sign: char| sign.is_ascii_digit()) {
        return false;
    }
    if !BLANK_WORDS.contains(&text) {
        return false;
    }
    match column.column_type {
        ColumnType::Boolean => !matches!(text, "无" | "没有"),
        ColumnType::Code => column.codes.as_ref().is_none_or(|codes| codes.find(text).is_none()),
        _ => true,
    }
}

/// A code that a spreadsheet turned into a figure: the digits are gone whatever the column's origin, so it blocks. In a
/// column of figures it never was a code: the figure is merely longer than a spreadsheet keeps.
pub(super) fn digits_lost(lens: &Lens<'_>, text: &str) -> Box<Fault> {
    match lens.column.column_type {
        ColumnType::Amount | ColumnType::Quantity | ColumnType::Rate | ColumnType::Integer => {
            if persons::is_in_figure(text) {
                return person_in_figure(lens, text);
            }
            return lens.fault("digits-lost", "intake-figure-too-long", text);
        }
        ColumnType::Date | ColumnType::Month | ColumnType::Period | ColumnType::Boolean => {
            return type_fault(lens, text);
        }
        _ => {}
    }
    lens.fault("digits-lost", "intake-digits-lost", text).with_severity(Severity::Error)
}

/// A person's number under a header of figures: the cells of the row stand one column off. Whatever the column's origin it
/// blocks, for the number must not be kept as money, nor the money be lost.
fn person_in_figure(lens: &Lens<'_>, text: &str) -> Box<Fault> {
    lens.fault(persons::IN_FIGURE, "intake-person-in-figure", &mask(text)).with_severity(Severity::Error)
}

pub(super) fn keep(text: &str, out: &mut String) -> Stored {
    let from = out.len() as u32;
    out.push_str(text);
    Stored::Text(from, out.len() as u32)
}

pub(super) fn kept(text: &str, changed: bool, out: &mut String) -> Reading {
    Reading { value: keep(text, out), changed, warning: None }
}

fn read_text(lens: &Lens<'_>, text: &str, out: &mut String) -> Result<Reading, Box<Fault>> {
    // Exports put an apostrophe before what a spreadsheet would take for a formula.
    let text = cells::unguarded(text);
    let number = if lens.column.is_number { numbered::fold(text) } else { Cow::Borrowed(text) };
    let is_folded = matches!(number, Cow::Owned(_));
    let text = number.as_ref();
    if text.len() > lens.column.length && text.chars().count() > lens.column.length {
        let key = "intake-too-long";
        let message = Message::new(key).with("column", &lens.column.header).with("most", lens.column.length);
        let message = message.with("length", text.chars().count());
        return Err(Fault::new(
            "length",
            message,
            Message::new("intake-too-long-mend").with("most", lens.column.length),
        ));
    }
    let is_name = lens.column.party.is_some_and(|(_, part)| part == PartyPart::Name);
    if is_name && text.contains(['\n', '\r']) {
        return Ok(kept(&without_breaks(text), true, out));
    }
    Ok(kept(text, is_folded, out))
}

/// A name that was copied in two lines: Chinese signs are joined, words stay apart.
fn without_breaks(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for line in text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()) {
        if name.ends_with(|sign: char| sign.is_ascii()) && line.starts_with(|sign: char| sign.is_ascii()) {
            name.push(' ');
        }
        name.push_str(line);
    }
    name
}

fn read_phone(lens: &Lens<'_>, text: &str, out: &mut String) -> Result<Reading, Box<Fault>> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let spoken = |sign: char| sign.is_ascii_digit() || "+-—–()（）/、,，;； 转*".contains(sign);
    if digits < 5 || !text.chars().all(spoken) {
        return Err(lens.fault("type", "intake-not-a-phone", text));
    }
    read_text(lens, text, out)
}

fn read_code(lens: &Lens<'_>, text: &str, out: &mut String) -> Result<Reading, Box<Fault>> {
    // A layout profile says what a foreign spelling means by a code or by its name; either way the code is kept, and what
    // is neither is told like any other value.
    let translated = lens.translations.and_then(|spellings| spellings.find(text));
    let meant = translated.map_or(text, |spelling| spelling.code.as_str());
    let found = lens.column.codes.as_ref().and_then(|codes| codes.find(meant));
    let Some(code) = found else {
        let codes = lens.column.codes.as_ref();
        let choices = codes.map_or(&[][..], |codes| codes.choices(meant));
        if !choices.is_empty() {
            let mut fault = lens.fault("code-list", "intake-code-several", text);
            fault.mend = Message::new("intake-code-several-mend").with("names", choices.join("、"));
            return Err(fault);
        }
        let mut fault = lens.fault("code-list", "intake-not-in-list", text);
        let names = codes.map(|codes| codes.names(12)).unwrap_or_default();
        fault.mend = match codes.and_then(|codes| codes.nearest(text)) {
            Some(nearest) => {
                Message::new("intake-not-in-list-nearest-mend").with("nearest", nearest).with("names", names)
            }
            None => Message::new("intake-not-in-list-mend").with("names", names),
        };
        return Err(fault);
    };
    let mut reading = kept(&code.code, code.code != text, out);
    if !code.holds {
        let fault = lens.fault("code-list", "intake-code-retired", text);
        reading.warning = Some(fault.with_severity(Severity::Warning));
    }
    Ok(reading)
}

fn read_region(lens: &Lens<'_>, text: &str, out: &mut String) -> Result<Reading, Box<Fault>> {
    let here = (lens.when().region.as_str(), lens.when().period.last_day());
    match lens.plan.regions.find(text, here) {
        RegionFound::One(code) => return Ok(kept(code, code != text, out)),
        RegionFound::Several(codes) => {
            let mut fault = lens.fault("region", "intake-region-several", text);
            fault.mend = Message::new("intake-region-several-mend").with("codes", codes.join("、"));
            return Err(fault);
        }
        RegionFound::Unknown => {}
    }
    let joined: String = text.chars().filter(|sign| !sign.is_whitespace() && !",，、/-".contains(*sign)).collect();
    match lens.plan.regions.find(&joined, here) {
        RegionFound::One(code) if joined != text => Ok(kept(code, true, out)),
        _ => Err(lens.fault("region", "intake-region-unknown", text)),
    }
}

fn read_day_cell(lens: &Lens<'_>, moment: NaiveDateTime, out: &mut String) -> Result<Reading, Box<Fault>> {
    let day = moment.date();
    match lens.column.column_type {
        ColumnType::Date => Ok(Reading { value: Stored::Date(day), ..Reading::default() }),
        ColumnType::Month => Ok(kept(&Period::month_of(day).to_string(), true, out)),
        // A spreadsheet turns 2025年3月 into the first of March.
        ColumnType::Period if day.day() == 1 => Ok(kept(&Period::month_of(day).to_string(), true, out)),
        ColumnType::Period => Ok(kept(&format!("{day}/{day}"), true, out)),
        ColumnType::Text => read_text(lens, &date_text(moment), out),
        _ => Err(type_fault(lens, &date_text(moment))),
    }
}

fn read_truth_cell(lens: &Lens<'_>, truth: bool, out: &mut String) -> Result<Reading, Box<Fault>> {
    match lens.column.column_type {
        ColumnType::Boolean => Ok(Reading { value: Stored::Boolean(truth), ..Reading::default() }),
        ColumnType::Text => Ok(kept(if truth { "是" } else { "否" }, true, out)),
        _ => Err(type_fault(lens, if truth { "TRUE" } else { "FALSE" })),
    }
}

/// The sentence that says what should have stood there.
fn type_fault(lens: &Lens<'_>, value: &str) -> Box<Fault> {
    let key = match lens.column.column_type {
        ColumnType::Date => "intake-not-a-date",
        ColumnType::Month => "intake-not-a-month",
        ColumnType::Period => "intake-not-a-period",
        ColumnType::Amount | ColumnType::Quantity | ColumnType::Rate => "intake-not-a-figure",
        ColumnType::Integer => "intake-not-a-whole-number",
        ColumnType::Boolean => "intake-not-yes-or-no",
        ColumnType::Phone => "intake-not-a-phone",
        _ => "intake-not-an-identifier",
    };
    lens.fault("type", key, value)
}

fn read_day(lens: &Lens<'_>, text: &str) -> Result<Reading, Box<Fault>> {
    if let Some(day) = cells::parse_date(text) {
        return Ok(Reading { value: Stored::Date(day.value), changed: day.changed, warning: None });
    }
    if let Some(day) = far_day(text).or_else(|| serial_day(text, lens.epoch_1904)) {
        return Ok(Reading { value: Stored::Date(day), changed: text != "9999-12-31", warning: None });
    }
    Err(type_fault(lens, text))
}

/// Days that stand for "no end".
fn far_day(text: &str) -> Option<NaiveDate> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let far = digits.starts_with("99991231") || KEPT_FOR_EVER.contains(&text);
    far.then(|| NaiveDate::from_ymd_opt(9999, 12, 31)).flatten()
}

/// A day that lost its format: spreadsheets count days from 1900 or 1904. Before 1927 it is rather a year or a count.
fn serial_day(text: &str, epoch_1904: bool) -> Option<NaiveDate> {
    let serial: f64 = text.parse().ok().filter(|serial| (10_000.0..110_000.0).contains(serial))?;
    cells::date_from_serial(serial, epoch_1904).map(|moment| moment.date())
}

fn read_month(lens: &Lens<'_>, text: &str, out: &mut String) -> Result<Reading, Box<Fault>> {
    let month = match Period::find_spoken(text) {
        Some(period @ Period::Month(..)) => Some(period),
        _ => cells::parse_date(text).map(|day| Period::month_of(day.value)),
    };
    let Some(month) = month else { return Err(type_fault(lens, text)) };
    let month = month.to_string();
    Ok(kept(&month, month != text, out))
}

fn read_period(lens: &Lens<'_>, text: &str, out: &mut String) -> Result<Reading, Box<Fault>> {
    let Some(stretch) = read_stretch(text) else { return Err(type_fault(lens, text)) };
    let written = match stretch.as_period() {
        Some(period) => period.to_string(),
        None => format!("{}/{}", stretch.from, stretch.to),
    };
    let mut reading = kept(&written, written != text, out);
    let period = lens.when().period;
    let meets = stretch.from <= period.last_day() && period.first_day() <= stretch.to;
    if lens.column.is_info_period && !meets {
        let mut fault = lens.fault("within-period", "intake-info-period-outside", text);
        fault.message = fault.message.with("period", period);
        reading.warning = Some(fault.with_severity(Severity::Warning));
    }
    Ok(reading)
}

fn read_decimal(lens: &Lens<'_>, text: &str) -> Result<Reading, Box<Fault>> {
    let Some(figure) = read_figure(text, lens.measure, lens.column.measure, lens.column.column_type) else {
        if text.contains(SHOWN_SMALLER) {
            return Err(lens.fault("measure", "intake-format-scales", text));
        }
        if text.ends_with(SHOWN_AS_PERCENT) {
            return Err(lens.fault("measure", "intake-format-percent", &as_seen(text)));
        }
        return Err(if looks_scientific(text) { digits_lost(lens, text) } else { type_fault(lens, text) });
    };
    let scale = match lens.column.column_type {
        ColumnType::Amount => 2,
        ColumnType::Quantity => 4,
        _ => 8,
    };
    let value = figure.value.round_dp_with_strategy(scale, RoundingStrategy::MidpointAwayFromZero);
    let rounded = value != figure.value;
    check_range(lens, value, text)?;
    if value.abs() >= Decimal::from_i128_with_scale(10_i128.pow(18), scale) {
        return Err(lens.fault("range", "intake-too-large", text));
    }
    let told = (figure.against_sheet && lens.is_stated).then(|| {
        let stated = lens.measure.map_or("", Measure::chinese);
        let mut fault = lens.fault("measure", "intake-measure-own", text);
        fault.message = fault.message.with("stated", stated);
        fault.with_severity(Severity::Warning)
    });
    Ok(Reading { value: Stored::Decimal(value), changed: figure.changed || rounded, warning: told })
}

/// `1.5E+3` is a figure; sixteen digits and more in that notation are what is left of a code.
fn looks_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    mantissa.parse::<f64>().is_ok()
        && exponent.trim_start_matches('+').parse::<u32>().is_ok_and(|exponent| exponent >= 15)
}

fn check_range(lens: &Lens<'_>, value: Decimal, text: &str) -> Result<(), Box<Fault>> {
    let (min, max) = (lens.column.min, lens.column.max);
    if min.is_none_or(|min| min <= value) && max.is_none_or(|max| value <= max) {
        return Ok(());
    }
    let key = match (min, max) {
        (Some(_), Some(_)) => "intake-out-of-range",
        (Some(_), None) => "intake-too-small",
        _ => "intake-too-great",
    };
    let bound = |bound: Option<Decimal>| bound.map(|bound| bound.normalize().to_string()).unwrap_or_default();
    let mut fault = lens.fault("range", key, text);
    fault.message = fault.message.with("min", bound(min)).with("max", bound(max));
    fault.mend = Message::new("intake-out-of-range-mend");
    Err(fault)
}

/// Words that count, behind a whole number.
const COUNTERS: [char; 18] =
    ['人', '户', '套', '个', '家', '月', '年', '名', '辆', '台', '件', '宗', '处', '次', '份', '天', '日', '座'];

fn read_integer(lens: &Lens<'_>, text: &str) -> Result<Reading, Box<Fault>> {
    let bare = text.trim_end_matches(COUNTERS).trim_end();
    let figure = cells::parse_decimal(bare).filter(|figure| !figure.percent);
    let is_other = lens.measure.is_some_and(|measure| lens.column.measure.is_some_and(|kept| kept != measure));
    let value = match is_other {
        // 1.2 under 万人 is twelve thousand.
        true => read_figure(text, lens.measure, lens.column.measure, ColumnType::Integer).map(|figure| figure.value),
        false => figure.and_then(|figure| figure.value()),
    };
    let Some(whole) = value.filter(|value| value.fract().is_zero()).and_then(|value| value.to_i64()) else {
        return Err(if looks_scientific(text) { digits_lost(lens, text) } else { type_fault(lens, text) });
    };
    check_range(lens, Decimal::from(whole), text)?;
    if money::is_too_large(whole.into()) {
        return Err(lens.fault("range", "intake-too-large", text));
    }
    let changed = is_other || bare.len() < text.len() || figure.is_some_and(|figure| figure.changed);
    Ok(Reading { value: Stored::Integer(whole), changed, warning: None })
}

fn read_boolean(lens: &Lens<'_>, text: &str) -> Result<Reading, Box<Fault>> {
    let truth = match text {
        "有" => Some(true),
        "无" | "没有" => Some(false),
        _ => cells::parse_boolean(text).map(|parsed| parsed.value),
    };
    let Some(truth) = truth else { return Err(type_fault(lens, text)) };
    Ok(Reading { value: Stored::Boolean(truth), changed: true, warning: None })
}
