//! Files of this machine brought to an intake: copied once into a nameless spool of the attempt, and from there on nobody
//! looks at the clerk's file again. Who saves it meanwhile changes nothing of what is checked and kept.
//!
//! A dry run keeps nothing and makes nothing in a home: it reads the clerk's file as it was opened.

use std::path::Path;
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use gongzhi_core::intake::Refusal;
use gongzhi_core::messages::Message;
use gongzhi_engine::intake::{IntakeReport, Spool, SpoolError, clear_spools};
use gongzhi_engine::read::OpenFile;

use crate::acts::doctor::GRACE;

/// The most bytes a file may have: a text of many million rows, and far beyond any workbook.
pub const MOST_BYTES: u64 = 4 << 30;

/// What became of a file that was to be brought in.
#[derive(Debug)]
pub enum Brought {
    /// It is open, and what is read of it no longer changes.
    Here(OpenFile),
    /// It can't be taken in, and why.
    Refused(Box<IntakeReport>),
}

/// Brings the file of a path in under the name people gave it, for an attempt and below a data folder; for a dry run it is
/// only opened.
///
/// # Errors
/// The spool's: nothing can be written below the data folder.
pub fn bring_in((path, name): (&Path, &str), place: (&Path, &str), is_dry_run: bool) -> Result<Brought, SpoolError> {
    let source = match OpenFile::open(path) {
        Ok(source) if is_dry_run => return Ok(Brought::Here(source)),
        Ok(source) => source,
        Err(error) => return Ok(Brought::Refused(Box::new(IntakeReport::unreadable(name, &error)))),
    };
    let refused = |refusal| Ok(Brought::Refused(Box::new(IntakeReport::refused(name, refusal))));
    match copy(&source, place, MOST_BYTES, Spool::receive_file) {
        Ok(Some(spooled)) => Ok(Brought::Here(spooled)),
        Ok(None) => refused(Refusal::new("changed", Message::new("intake-file-changed"))),
        Err(SpoolError::TooLarge { most_bytes }) => {
            let message = Message::new("intake-file-too-large").with("most", most_bytes >> 20);
            refused(Refusal::new("too-large", message))
        }
        Err(error) => Err(error),
    }
}

/// Clears what has come of uploads that had no byte for a day; what can't be cleared stays, and is told by the doctor.
pub fn clear_left(data_folder: &Path, now: DateTime<Utc>) {
    match clear_spools(data_folder, SystemTime::from(now - GRACE)) {
        Ok(cleared) if cleared.is_empty() => {}
        Ok(cleared) => tracing::info!(spools = cleared.len(), "uploads that nobody went on with were cleared"),
        Err(error) => tracing::warn!(%error, "uploads that nobody went on with stay behind"),
    }
}

/// The file in a nameless spool; `None` when it was written to while it was copied, so that the copy may be half the one
/// and half the other.
fn copy(
    source: &OpenFile,
    (data_folder, attempt): (&Path, &str),
    most_bytes: u64,
    receive: impl FnOnce(&mut Spool, &OpenFile) -> Result<u64, SpoolError>,
) -> Result<Option<OpenFile>, SpoolError> {
    let before = state_of(source);
    let mut spool = Spool::begin_nameless(data_folder, attempt, most_bytes)?;
    let copied = receive(&mut spool, source)?;
    let is_whole = before.is_some_and(|(length, _)| length == copied) && before == state_of(source);
    if is_whole { Ok(Some(spool.finish(None, source.name())?.into_file())) } else { Ok(None) }
}

/// What changes when somebody writes to a file: its length and when it was last written to.
fn state_of(file: &OpenFile) -> Option<(u64, Option<SystemTime>)> {
    file.facts().ok().map(|facts| (facts.len(), facts.modified().ok()))
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::io::Read;
    use std::time::Duration;

    use super::*;

    fn text_of(file: &OpenFile) -> String {
        let mut text = String::new();
        file.reader().unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn a_file_that_is_saved_while_it_is_copied_is_refused_and_afterwards_it_is_no_matter() {
        let folder = tempfile::tempdir().unwrap();
        let (path, data) = (folder.path().join("三月.csv"), folder.path().join("data"));
        fs::write(&path, "名称\n甲\n").unwrap();
        let source = OpenFile::open(&path).unwrap();
        let saved = |spool: &mut Spool, source: &OpenFile| -> Result<u64, SpoolError> {
            let copied = spool.receive_file(source)?;
            let written = source.facts().unwrap().modified().unwrap();
            let file = File::options().append(true).open(&path).unwrap();
            file.set_modified(written + Duration::from_secs(1)).unwrap();
            Ok(copied)
        };
        assert!(copy(&source, (&data, "a"), MOST_BYTES, saved).unwrap().is_none());
        let brought = copy(&source, (&data, "b"), MOST_BYTES, Spool::receive_file).unwrap().unwrap();
        fs::write(&path, "名称\n乙\n丙\n").unwrap();
        assert_eq!(text_of(&brought), "名称\n甲\n");
        assert_eq!(fs::read_dir(data.join("spool")).unwrap().count(), 0, "nothing lies there by name");
    }

    #[test]
    fn a_dry_run_reads_the_file_where_it_lies_and_makes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (path, data) = (folder.path().join("三月.csv"), folder.path().join("data"));
        fs::write(&path, "名称\n甲\n").unwrap();
        let brought = bring_in((&path, "x/三月.csv"), (&data, "a"), true).unwrap();
        assert!(matches!(brought, Brought::Here(file) if text_of(&file) == "名称\n甲\n"));
        assert!(!data.exists());
    }

    #[test]
    fn what_is_no_file_is_refused_as_that_and_told_by_the_name_people_gave() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        for path in [folder.path().to_owned(), folder.path().join("none.csv")] {
            let brought = bring_in((&path, "../../x"), (&data, "a"), false).unwrap();
            let Brought::Refused(report) = brought else { panic!("{}", path.display()) };
            assert_eq!((report.file.as_str(), report.issues[0].rule.as_ref()), ("../../x", "unreadable"));
        }
        assert!(!data.exists());
    }
}
