//! Taking a folder in: the offices side by side, the files of one office one after the other by name, so that whether a
//! set is the first of its year does not depend on which thread was faster.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use gongzhi_core::catalog::Severity;
use gongzhi_core::issues::CellPlace;
use gongzhi_core::messages::{Message, Translator};
use gongzhi_core::problems::{ActError, Told};
use gongzhi_core::reports::FileReport;
use gongzhi_engine::parallel::in_order;

use super::files::ListedFile;
use super::order::RunContext;
use crate::acts::collect::data_package::order_of;
use crate::acts::collect::intake::{FileAtHand, IntakeDesk, IntakeOrder};
use crate::acts::collect::intake_report::file_report;

/// What became of every file, by name.
pub struct TakenFolder {
    /// Reports, by file.
    pub reports: BTreeMap<String, FileReport>,
    /// Digests of the files, by file.
    pub digests: BTreeMap<String, String>,
    /// Units that the files' paths name, by file: of a file that could not be read nothing else is known.
    pub named_units: BTreeMap<String, String>,
}

/// A file that was blocked or refused, and the first of its errors.
#[derive(Debug, Clone)]
pub struct NotAccepted {
    /// Its name.
    pub file: String,
    /// Sheet and cell; empty: the whole file.
    pub place: String,
    /// What is wrong.
    pub error: Option<Message>,
}

impl NotAccepted {
    /// The line for people.
    pub fn message(&self, say: &Translator) -> Message {
        self.line().with("error", self.error.as_ref().map(|error| say.say(error)).unwrap_or_default())
    }

    /// As an act answers it.
    pub fn told(&self) -> Option<Told> {
        Some(Told { within: Some(self.line()), ..self.error.clone()?.into() })
    }

    fn line(&self) -> Message {
        let key = if self.place.is_empty() { "run-file-line" } else { "run-file-cell-line" };
        Message::new(key).with("file", &self.file).with("place", &self.place)
    }
}

impl TakenFolder {
    /// The files that were not accepted, by name.
    pub fn not_accepted(&self) -> Vec<NotAccepted> {
        let told = |(file, report): (&String, &FileReport)| {
            let first = report.issues.iter().find(|issue| issue.severity == Severity::Error);
            let sheet = first.map(|issue| issue.sheet.as_str()).unwrap_or_default();
            let cell = first.and_then(|issue| issue.cell).map(CellPlace::address).unwrap_or_default();
            let place = [sheet, cell.as_str()].join(" ").trim().to_owned();
            NotAccepted { file: file.clone(), place, error: first.map(|issue| issue.message.clone()) }
        };
        self.reports.iter().filter(|(_, report)| !report.accepted).map(told).collect()
    }

    /// Files accepted, blocked, refused.
    pub fn counts(&self) -> [u64; 3] {
        let mut counts = [0; 3];
        for report in self.reports.values() {
            counts[if report.accepted { 0 } else { 1 + usize::from(report.refused) }] += 1;
        }
        counts
    }

    /// Rows of accepted files.
    pub fn accepted_rows(&self) -> u64 {
        self.reports.values().filter(|report| report.accepted).map(FileReport::rows).sum()
    }
}

/// Takes every file in that is not in yet.
pub fn take_in(desk: &IntakeDesk, files: &[ListedFile], context: &RunContext<'_>) -> Result<TakenFolder, ActError> {
    let (unnamed, offices) = list_offices(files, |name| desk.unit_named_in(name));
    let done = AtomicU64::new(0);
    let order = IntakeOrder { is_by_name: true, ..IntakeOrder::default() };
    let named = files.iter().filter_map(|file| Some((file.name.clone(), desk.unit_named_in(&file.name)?)));
    let mut taken = TakenFolder { reports: BTreeMap::new(), digests: BTreeMap::new(), named_units: named.collect() };
    let take_office = |office: &[&ListedFile]| -> Result<Vec<(String, FileReport, String)>, ActError> {
        let mut reports = Vec::new();
        for file in office {
            let (report, digest) = take_one(desk, file, &order)?;
            reports.push((file.name.clone(), report, digest));
            let count = done.fetch_add(1, Ordering::Relaxed) + 1;
            (context.progress)(
                &Message::new("run-progress-intake").with("file", &file.name),
                count,
                files.len() as u64,
            );
        }
        Ok(reports)
    };
    let mut keep = |reports: Result<Vec<(String, FileReport, String)>, ActError>| -> Result<(), ActError> {
        for (name, report, digest) in reports? {
            taken.reports.insert(name.clone(), report);
            taken.digests.insert(name, digest);
        }
        Ok(())
    };
    keep(take_office(&unnamed))?;
    in_order(offices.len(), |at| take_office(&offices[at]), |_, reports| keep(reports))?;
    Ok(taken)
}

/// The files whose path names no unit, which may be of any: they are taken in before all others. Then the files of each
/// unit, the one with most bytes first so that it doesn't stand alone at the end.
fn list_offices(
    files: &[ListedFile],
    unit_of: impl Fn(&str) -> Option<String>,
) -> (Vec<&ListedFile>, Vec<Vec<&ListedFile>>) {
    let mut unnamed = Vec::new();
    let mut offices: BTreeMap<String, (u64, Vec<&ListedFile>)> = BTreeMap::new();
    for file in files {
        let Some(unit) = unit_of(&file.name) else {
            unnamed.push(file);
            continue;
        };
        let office = offices.entry(unit).or_default();
        office.0 += std::fs::metadata(&file.path).map_or(0, |facts| facts.len());
        office.1.push(file);
    }
    let mut offices: Vec<_> = offices.into_values().collect();
    offices.sort_by_key(|office| std::cmp::Reverse(office.0));
    (unnamed, offices.into_iter().map(|(_, files)| files).collect())
}

fn take_one(desk: &IntakeDesk, file: &ListedFile, order: &IntakeOrder) -> Result<(FileReport, String), ActError> {
    let stated = file.resource.as_ref().map(|resource| order_of(resource, order));
    let order = stated.as_ref().unwrap_or(order);
    let at_hand = FileAtHand::digested(&file.path, &file.name);
    let digest = at_hand.digest().to_owned();
    if let Some(known) = desk.find_report(&at_hand, order)? {
        return Ok((known, digest));
    }
    Ok((file_report(&desk.take(&at_hand, order)?.report), digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_a_unit_stay_together_however_the_folder_is_laid_out() {
        let file = |name: &str| ListedFile { path: name.into(), name: name.to_owned(), resource: None };
        let files = ["2025-01/a.csv", "2025-01/b.csv", "2025-02/a.csv", "c.csv"].map(file);
        let unit_of = |name: &str| ["a", "b"].iter().find(|unit| name.contains(*unit)).map(|unit| (*unit).to_owned());
        let (unnamed, offices) = list_offices(&files, unit_of);
        let names = |files: &[&ListedFile]| files.iter().map(|file| file.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&unnamed), ["c.csv"]);
        let mut offices: Vec<_> = offices.iter().map(|office| names(office)).collect();
        offices.sort();
        assert_eq!(offices, [vec!["2025-01/a.csv", "2025-02/a.csv"], vec!["2025-01/b.csv"]]);
    }
}
