//! Compares what a run found with what was planted.
//!
//! Three questions: were the wrong cells found and the right ones left alone; is every row linked to who it is; are the
//! leads those that were planted. A found thing counts once; a lead is the same when model, taxpayer and period are.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use serde::Deserialize;

use super::score_leads::{LeadScore, score_leads};
pub use super::score_tables::{Tally, share};
use super::score_tables::{below_county, read_lines, read_table};

/// How a run did.
#[derive(Debug, Clone, Default)]
pub struct Score {
    /// Wrong cells.
    pub cells: Tally,
    /// Errors at cells that are right, and files refused that are right.
    pub false_alarms: Vec<String>,
    /// Rows linked for certain to their taxpayer; what there was: rows whose taxpayer is in the registry.
    pub identity: Tally,
    /// Leads.
    pub leads: LeadScore,
}

#[derive(Deserialize)]
struct TrueCell {
    file: String,
    sheet: String,
    cell: String,
}

#[derive(Deserialize)]
struct TrueIdentity {
    file: String,
    sheet: String,
    row: u64,
    party: String,
    uscc: String,
}

#[derive(Deserialize)]
struct FileReport {
    file: String,
    accepted: bool,
    issues: Vec<ToldIssue>,
}

#[derive(Deserialize)]
struct ToldIssue {
    sheet: String,
    cell: Option<String>,
    severity: String,
    rule: String,
}

#[derive(Deserialize)]
struct Link {
    file: String,
    sheet: String,
    row: u64,
    party: String,
    class: String,
    uscc: Option<String>,
}

/// Compares the outputs of a run with the truth.
pub fn score(run: &Path, truth: &Path) -> Result<Score> {
    let mut score = Score::default();
    score_cells(run, truth, &mut score)?;
    score_identity(run, truth, &mut score)?;
    score.leads = score_leads(run, truth)?;
    Ok(score)
}

fn score_cells(run: &Path, truth: &Path, score: &mut Score) -> Result<()> {
    let mut planted: BTreeMap<String, Vec<(TrueCell, bool)>> = BTreeMap::new();
    for cell in read_table::<TrueCell>(truth, "cells.csv")? {
        planted.entry(cell.file.clone()).or_default().push((cell, false));
    }
    score.cells.planted = planted.values().map(Vec::len).sum();
    read_lines(run, "issues.jsonl", |report: FileReport| {
        let mut cells = planted.get_mut(below_county(&report.file));
        if !report.accepted && cells.is_none() {
            score.false_alarms.push(format!("{}: not accepted", report.file));
        }
        for issue in report.issues {
            let Some(place) = &issue.cell else { continue };
            let here = |cell: &TrueCell| cell.sheet == issue.sheet && cell.cell.split('|').any(|each| each == place);
            let hit = cells.as_mut().and_then(|cells| cells.iter_mut().find(|(cell, _)| here(cell)));
            match hit {
                Some((_, found)) => *found = true,
                None if issue.severity == "error" => {
                    score.false_alarms.push(format!("{} {} {place}: {}", report.file, issue.sheet, issue.rule));
                }
                None => {}
            }
        }
    })?;
    score.cells.right = planted.values().flatten().filter(|(_, found)| *found).count();
    score.cells.found = score.cells.right + score.false_alarms.len();
    Ok(())
}

fn score_identity(run: &Path, truth: &Path, score: &mut Score) -> Result<()> {
    let mut rows: BTreeMap<(String, String, u64, String), String> = BTreeMap::new();
    for row in read_table::<TrueIdentity>(truth, "identity.csv")? {
        rows.insert((row.file, row.sheet, row.row, row.party), row.uscc);
    }
    score.identity.planted = rows.values().filter(|uscc| !uscc.is_empty()).count();
    read_lines(run, "identity.jsonl", |link: Link| {
        if link.class != "certain" {
            return;
        }
        let key = (below_county(&link.file).to_owned(), link.sheet, link.row, link.party);
        let (Some(uscc), Some(linked)) = (rows.get(&key), link.uscc) else { return };
        score.identity.found += 1;
        score.identity.right += usize::from(*uscc == linked);
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    fn truth() -> tempfile::TempDir {
        folder(&[
            ("cells.csv", "file,sheet,cell,what,value\na.csv,a,B3,empty,\na.csv,a,C4|D4,order,\n"),
            ("identity.csv", "file,sheet,row,party,uscc\nb.csv,b,2,owner,X\nb.csv,b,3,owner,\nb.csv,b,4,owner,Z\n"),
            ("tempting.csv", "tempting,model,fact,uscc,name,leads\n"),
            ("persons.csv", "file,sheet,row,fact\n"),
            ("leads.csv", "model,uscc,name,period,due,paid,gap\nm/a,X,,2025,10.00,,10.00\nm/a,Y,,2025,,,\n"),
        ])
    }

    #[test]
    fn what_is_missed_and_what_is_made_up_both_cost() {
        let run = folder(&[
            (
                "issues.jsonl",
                "{\"file\":\"a.csv\",\"accepted\":false,\"issues\":[\
                 {\"sheet\":\"a\",\"cell\":\"D4\",\"severity\":\"error\",\"rule\":\"order\"},\
                 {\"sheet\":\"a\",\"cell\":\"E9\",\"severity\":\"error\",\"rule\":\"type\"},\
                 {\"sheet\":\"a\",\"cell\":\"E9\",\"severity\":\"warning\",\"rule\":\"type\"}]}\n\
                 {\"file\":\"c.csv\",\"accepted\":false,\"issues\":[]}\n",
            ),
            (
                "identity.jsonl",
                "{\"file\":\"county/b.csv\",\"sheet\":\"b\",\"row\":2,\"party\":\"owner\",\"class\":\"certain\",\"uscc\":\"X\"}\n\
                 {\"file\":\"b.csv\",\"sheet\":\"b\",\"row\":3,\"party\":\"owner\",\"class\":\"certain\",\"uscc\":\"Q\"}\n\
                 {\"file\":\"b.csv\",\"sheet\":\"b\",\"row\":4,\"party\":\"owner\",\"class\":\"probable\",\"uscc\":\"Z\"}\n",
            ),
            (
                "leads.jsonl",
                "{\"model\":\"m/a\",\"taxpayer\":{\"uscc\":\"X\"},\"period\":\"2025\",\"gap\":\"10.40\"}\n\
                 {\"model\":\"m/a\",\"taxpayer\":{\"uscc\":\"X\"},\"period\":\"2024\",\"gap\":null}\n\
                 {\"model\":\"m/other\",\"taxpayer\":{\"uscc\":\"X\"},\"period\":\"2024\",\"gap\":null}\n",
            ),
        ]);
        let score = score(run.path(), truth().path()).unwrap();
        assert_eq!(score.cells, Tally { planted: 2, found: 3, right: 1 });
        assert_eq!(score.false_alarms.len(), 2);
        assert_eq!(score.identity, Tally { planted: 2, found: 2, right: 1 });
        let leads = score.leads;
        assert_eq!(leads.all_models, Tally { planted: 2, found: 2, right: 1 });
        assert_eq!(leads.gaps, (1, 1));
        assert_eq!(leads.differences.len(), 2);
    }

    #[test]
    fn nothing_planted_and_nothing_found_is_all() {
        assert_eq!(Tally::default().recall(), 10_000);
        assert_eq!(Tally { planted: 3, found: 4, right: 2 }.recall(), 6_666);
    }
}
