//! The clerk's own workbook, with what is wrong marked in it.
//!
//! Wrong cells get a ground and a note that says what is wrong and how to mend it, and a sheet 校验问题 lists every issue
//! with a link to its cell. An xlsx or xlsm keeps everything it had: the package is patched ([`patch`]), every part
//! copied as it stands, only the sheets' style numbers, the styles, the comments and the lists of parts rewritten, as
//! a stream. A file of another format becomes a new workbook with the same cells in the same places ([`rebuild`]).
//! A package is a foreign file whoever reads it, so it is patched in a process of its own under limits ([`child`]).
//! A workbook that was annotated before loses the old marks first, so a clerk may mend and send it again and again.

mod child;
mod comments_xml;
mod list;
mod marks;
mod package;
mod patch;
mod rebuild;
mod sheet_xml;
mod styles_xml;
mod vml;

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use gongzhi_core::catalog::Severity;
use gongzhi_core::intake::mask::mask_citizens;
use gongzhi_core::issues::Issue;
use gongzhi_core::messages::{Message, Translator};

pub use self::child::serve as serve_marking;
use crate::read::{OpenFile, ReadError, WorkerPool};
use crate::workbook::WorkbookError;

/// Name of the sheet that lists the issues. Intake passes it over.
pub const LIST_SHEET: &str = "校验问题";
/// Author of the notes, by which they are told from the clerk's own.
pub const NOTE_AUTHOR: &str = "共治校验";

/// What is to be marked.
#[derive(Clone, Copy)]
pub struct Annotation<'a> {
    /// Issues in the order in which they are listed.
    pub issues: &'a [Issue],
    /// The header of the column an issue is about, for the list.
    pub column_name: &'a dyn Fn(&Issue) -> String,
    /// Speaks the messages.
    pub translator: &'a Translator,
    /// The day it is done.
    pub made: NaiveDate,
}

/// An issue as it is written into the workbook, its sentences said.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct SaidIssue {
    sheet: String,
    /// Row and column, both from 1; none when the sheet or the file as a whole is meant.
    cell: Option<(u32, u32)>,
    column_name: String,
    /// It blocks.
    is_error: bool,
    value: String,
    what: String,
    mend: String,
}

impl SaidIssue {
    fn severity(&self) -> Severity {
        if self.is_error { Severity::Error } else { Severity::Warning }
    }
}

/// What is marked, in the reader's language.
struct Marking<'a> {
    issues: &'a [SaidIssue],
    translator: &'a Translator,
    made: NaiveDate,
}

impl Annotation<'_> {
    fn said(&self) -> Vec<SaidIssue> {
        let said = |issue: &Issue| SaidIssue {
            sheet: issue.sheet.clone(),
            cell: issue.cell.map(|cell| (cell.row, cell.column)),
            column_name: (self.column_name)(issue),
            is_error: issue.severity == Severity::Error,
            value: issue.value.clone(),
            what: self.translator.say(&issue.message),
            mend: self.translator.say(&issue.mend),
        };
        self.issues.iter().map(said).collect()
    }
}

/// Why a workbook was not annotated.
#[derive(Debug, thiserror::Error)]
pub enum AnnotateError {
    /// A file can't be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The package is not what its own lists say.
    #[error("package: {0}")]
    Package(String),
    /// The original can't be read.
    #[error("original: {0}")]
    Original(#[from] ReadError),
    /// The new workbook can't be written.
    #[error("new workbook: {0}")]
    Workbook(#[from] WorkbookError),
}

impl AnnotateError {
    /// The sentence.
    pub fn message(&self) -> Message {
        match self {
            Self::File { path, source } => {
                Message::new("annotate-file").with("path", path.display()).with("why", source)
            }
            Self::Package(why) => Message::new("annotate-package").with("why", why),
            Self::Original(error) => error.message(),
            Self::Workbook(error) => error.message(),
        }
    }

    pub(crate) fn package(why: impl std::fmt::Display) -> Self {
        Self::Package(why.to_string())
    }
}

/// How a workbook was annotated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Annotated {
    /// The clerk's own package, patched.
    Patched,
    /// A new workbook with the same cells.
    Rebuilt,
}

/// Marks the issues in the file and writes the result, an xlsx (an xlsm stays one). The original was read before and is
/// read once more by a process of the pool's program: as a package when it is an xlsx or xlsm, else cell by cell. What is
/// written appears whole or not at all.
///
/// # Errors
/// The original can't be read, or the result can't be written.
pub fn annotate(
    original: &Path,
    pool: &WorkerPool,
    annotation: &Annotation<'_>,
    out: &Path,
) -> Result<Annotated, AnnotateError> {
    annotate_open(&OpenFile::open(original)?, pool, annotation, out)
}

/// The same of a file that is open.
///
/// # Errors
/// As [`annotate`].
pub fn annotate_open(
    original: &OpenFile,
    pool: &WorkerPool,
    annotation: &Annotation<'_>,
    out: &Path,
) -> Result<Annotated, AnnotateError> {
    let part = out.with_extension("part");
    if let Some(folder) = out.parent() {
        std::fs::create_dir_all(folder).map_err(|source| failed(folder, source))?;
    }
    let said = annotation.said();
    let marking = Marking { issues: &said, translator: annotation.translator, made: annotation.made };
    let placed = mark_beside((original, &part), pool, &marking).and_then(|annotated| {
        std::fs::rename(&part, out).map_err(|source| failed(out, source))?;
        Ok(annotated)
    });
    if placed.is_err() {
        // It may not be there at all.
        let _ = std::fs::remove_file(&part);
    }
    placed
}

/// Writes the marked workbook beside its place.
fn mark_beside(
    (original, part): (&OpenFile, &Path),
    pool: &WorkerPool,
    marking: &Marking<'_>,
) -> Result<Annotated, AnnotateError> {
    // A package that contradicts itself, or asks for more than a file may, can still be read cell by cell.
    let is_package = is_zip(original).map_err(|source| failed(Path::new(original.name()), source))?;
    if is_package && child::patch((original, part), pool, marking)? {
        return Ok(Annotated::Patched);
    }
    let mut stream = pool.read_raw_open(original)?;
    let bytes = rebuild::rebuild(&mut stream, marking)?;
    File::create(part).and_then(|mut file| file.write_all(&bytes)).map_err(|source| failed(part, source))?;
    Ok(Annotated::Rebuilt)
}

fn failed(path: &Path, source: std::io::Error) -> AnnotateError {
    AnnotateError::File { path: path.to_path_buf(), source }
}

/// The name an annotated file gets: the original's, with `_校验` behind its stem; only a patched xlsm keeps its ending.
pub fn annotated_name(original: &Path) -> String {
    let stem = original.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    // No system takes an asterisk in a name.
    let stem = mask_citizens(&stem).map_or(stem, |masked| masked.replace('*', "x"));
    let macros = original.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xlsm"));
    format!("{stem}_校验.{}", if macros { "xlsm" } else { "xlsx" })
}

fn is_zip(file: &OpenFile) -> std::io::Result<bool> {
    let mut head = Vec::new();
    file.reader()?.take(4).read_to_end(&mut head)?;
    Ok(head.starts_with(b"PK"))
}

#[cfg(test)]
mod tests;
