//! Cells of text: names, telephones, codes of a list, places.

use std::borrow::Cow;

use crate::catalog::{PartyPart, Severity};
use crate::cells;
use crate::intake::lookup::RegionFound;
use crate::intake::numbered;
use crate::intake::reading::{Fault, Lens, Reading, kept};
use crate::messages::Message;

pub(super) fn read_text(lens: &Lens<'_>, text: &str, out: &mut String) -> Result<Reading, Box<Fault>> {
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

pub(super) fn read_phone(lens: &Lens<'_>, text: &str, out: &mut String) -> Result<Reading, Box<Fault>> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let spoken = |sign: char| sign.is_ascii_digit() || "+-—–()（）/、,，;； 转*".contains(sign);
    if digits < 5 || !text.chars().all(spoken) {
        return Err(lens.fault("type", "intake-not-a-phone", text));
    }
    read_text(lens, text, out)
}

pub(super) fn read_code(lens: &Lens<'_>, text: &str, out: &mut String) -> Result<Reading, Box<Fault>> {
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

pub(super) fn read_region(lens: &Lens<'_>, text: &str, out: &mut String) -> Result<Reading, Box<Fault>> {
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
