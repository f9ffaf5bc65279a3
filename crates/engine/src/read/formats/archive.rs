//! A zip of several files: each member is read by its own content, one after another.

use super::super::error::{ReadError, ZIP_IN_ZIP};
use super::super::event::{IS_SHEET, MEMBER};
use super::detect::detect;
use super::format::Format;
use super::input::Input;
use super::package::Package;
use super::{MOST_WHOLE_BYTES, Sink, read_input};
use encoding_rs::GB18030;

/// Endings of files that hold sheets, or may.
const SHEET_ENDINGS: [&str; 15] =
    ["xlsx", "xlsm", "xlsb", "xls", "xlt", "xltx", "ods", "fods", "et", "csv", "tsv", "jsonl", "zip", "rar", "7z"];

/// Reads every member that is a table; each other gets a notice with the sentence that refuses it. A zip without any
/// table is refused.
pub(super) fn read(mut input: Input, sink: &mut Sink<'_, '_>) -> Result<(), ReadError> {
    let mut package = Package::open(&mut input)?;
    let mut read_count = 0;
    let mut refused = None;
    for (at, name) in package.names().into_iter().enumerate() {
        let name = member_name(&name);
        let is_folder_or_litter = name.ends_with('/') || name.starts_with("__MACOSX/") || name.ends_with(".DS_Store");
        if is_folder_or_litter {
            continue;
        }
        sink.member = Some(name.clone());
        let outcome = package.whole_part(at, MOST_WHOLE_BYTES).and_then(|bytes| read_member(bytes, &name, sink));
        match outcome {
            Ok(()) => read_count += 1,
            Err(error @ (ReadError::Worker(_) | ReadError::BeyondLimits(_))) => return Err(error),
            Err(error) => {
                let is_sheet = if is_sheet(&name, &error) { "yes" } else { "no" };
                let message = error.message().with(MEMBER, &name).with(IS_SHEET, is_sheet);
                sink.notice(None, None, message)?;
                refused = Some(error);
            }
        }
        sink.member = None;
    }
    match refused {
        Some(error) if read_count == 0 => Err(error),
        None if read_count == 0 => Err(ReadError::NoTable("zip".to_owned())),
        _ => Ok(()),
    }
}

fn read_member(bytes: Vec<u8>, name: &str, sink: &mut Sink<'_, '_>) -> Result<(), ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::ZeroBytes);
    }
    let mut input = Input::of_bytes(bytes);
    let format = detect(&mut input)?;
    if format == Format::Archive {
        return Err(ReadError::NoTable(ZIP_IN_ZIP.to_owned()));
    }
    let file = name.rsplit('/').next().unwrap_or(name);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    read_input(input, format, stem, sink)
}

/// Whether a member that can't be read was meant as a sheet: by its name, or because its content is one and is spoilt.
/// A zip inside the zip may hold sheets too.
fn is_sheet(name: &str, error: &ReadError) -> bool {
    let is_named = name
        .rsplit_once('.')
        .is_some_and(|(_, ending)| SHEET_ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)));
    is_named || !matches!(error, ReadError::NoTable(_) | ReadError::ZeroBytes)
}

/// A member's name: UTF-8, else GBK as Windows in China writes it without saying so.
fn member_name(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(name) => name.to_owned(),
        Err(_) => GB18030.decode(bytes).0.into_owned(),
    }
}
