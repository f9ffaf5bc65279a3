//! What is true, kept apart from what `run` may read.
//!
//! Seven tables and the counts: who stands in each row, which leads exist, who plays in a fact and what tempts there, in
//! which rows persons of facts stand, which cells are wrong, which files were sent a second time, which were sent late. They are CSV in UTF-8, so that anybody can look into them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use gongzhi_core::catalog::Frequency;
use rust_decimal::Decimal;

use super::dirt::WrongCell;
use super::draft::{Who, period_of};
use super::facts::PlantedFact;
use super::office_files::push_line;
use super::world::World;

/// Stands for every natural person where a taxpayer's code would.
pub const PERSON: &str = "person";

/// The truth of one file.
#[derive(Debug, Clone, Default)]
pub struct FileTruth {
    /// Path below the county's folder, with `/`.
    pub file: String,
    /// The file whose wrong cells this one mends.
    pub mends: Option<String>,
    /// Rows of all sheets.
    pub rows: usize,
    /// Days by which it was sent late.
    pub late: i64,
    /// (sheet, row, party, code or empty).
    pub identities: Vec<(String, usize, String, String)>,
    /// Rows of facts with a natural person: (sheet, row, number of the fact's copy).
    pub persons: Vec<(String, usize, usize)>,
    /// (sheet, wrong cell).
    pub wrong: Vec<(String, WrongCell)>,
}

/// Writes the tables.
pub fn write(world: &World, folder: &Path, files: &[FileTruth]) -> Result<BTreeMap<&'static str, usize>> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let put = |name: &str, lines: String| {
        let path = folder.join(name);
        fs::write(&path, lines).with_context(|| path.display().to_string())
    };
    put("identity.csv", identities(files))?;
    put("cells.csv", cells(files))?;
    put("files.csv", resent(files))?;
    put("leads.csv", leads(world))?;
    put("tempting.csv", tempting(world))?;
    put("persons.csv", persons(world, files))?;
    put("late.csv", late(files))?;
    let counts = counts(world, files);
    let mut text = serde_json::to_string_pretty(&counts)?;
    text.push('\n');
    put("counts.json", text)?;
    Ok(counts)
}

fn table(header: &[&str]) -> String {
    let mut lines = String::new();
    push_line(&mut lines, header.iter().copied(), ',');
    lines
}

fn identities(files: &[FileTruth]) -> String {
    let mut lines = table(&["file", "sheet", "row", "party", "uscc"]);
    for file in files {
        for (sheet, row, party, uscc) in &file.identities {
            let row = row.to_string();
            push_line(&mut lines, [&file.file, sheet, &row, party, uscc].into_iter().map(String::as_str), ',');
        }
    }
    lines
}

fn cells(files: &[FileTruth]) -> String {
    let mut lines = table(&["file", "sheet", "cell", "what", "value"]);
    for file in files {
        for (sheet, wrong) in &file.wrong {
            let cells = wrong.cells.join("|");
            push_line(&mut lines, [&file.file, sheet, &cells, wrong.what, &wrong.value].into_iter(), ',');
        }
    }
    lines
}

fn resent(files: &[FileTruth]) -> String {
    let mut lines = table(&["file", "mends"]);
    for file in files {
        if let Some(mends) = &file.mends {
            push_line(&mut lines, [file.file.as_str(), mends].into_iter(), ',');
        }
    }
    lines
}

fn late(files: &[FileTruth]) -> String {
    let mut lines = table(&["file", "days"]);
    for file in files.iter().filter(|file| file.late > 0) {
        push_line(&mut lines, [file.file.as_str(), &file.late.to_string()].into_iter(), ',');
    }
    lines
}

fn leads(world: &World) -> String {
    let mut lines = table(&["model", "uscc", "name", "period", "due", "paid", "gap", "finding", "fact"]);
    let yuan = |fen: Option<i64>| fen.map(|fen| Decimal::new(fen, 2).to_string()).unwrap_or_default();
    let mut leads: Vec<_> = world.leads.iter().collect();
    leads.sort_by_key(|lead| (lead.model, &world.taxpayer(lead.taxpayer).uscc, lead.day));
    for lead in leads {
        let taxpayer = world.taxpayer(lead.taxpayer);
        let gap = lead.due_fen.map(|due| due - lead.paid_fen.unwrap_or(0));
        let (due, paid, gap) = (yuan(lead.due_fen), yuan(lead.paid_fen), yuan(gap));
        let period = period_of(lengths(lead.model), lead.day).to_string();
        let fields = [lead.model, &taxpayer.uscc, &taxpayer.name, &period, &due, &paid, &gap, "", ""];
        push_line(&mut lines, fields.into_iter(), ',');
    }
    for planted in &world.facts {
        let fact = planted.fact;
        for lead in &fact.leads {
            let (code, name) = names_of(world, planted.cast.find(&lead.taxpayer));
            let gap = lead.gap_yuan.map(|gap| format!("{gap:.2}")).unwrap_or_default();
            let finding = lead.finding.as_deref().unwrap_or_default();
            let fields = [&fact.model, code, name, &lead.period, "", "", &gap, finding, &planted.name()];
            push_line(&mut lines, fields.into_iter(), ',');
        }
    }
    lines
}

/// Whose leads a fact answers for: those of its model on everybody who plays in it.
fn tempting(world: &World) -> String {
    let mut lines = table(&["tempting", "model", "fact", "uscc", "name", "leads"]);
    for planted in &world.facts {
        let fact = planted.fact;
        for (party, who) in &planted.cast.parties {
            let (code, name) = names_of(world, Some(*who));
            let leads = fact.leads.iter().filter(|lead| lead.taxpayer == *party).count().to_string();
            let fields = [fact.tempting.word(), &fact.model, &planted.name(), code, name, &leads];
            push_line(&mut lines, fields.into_iter(), ',');
        }
    }
    lines
}

/// Rows in which a person of a fact stands: a run tells persons by a digest, and the rows a lead came from.
fn persons(world: &World, files: &[FileTruth]) -> String {
    let mut lines = table(&["file", "sheet", "row", "fact"]);
    for file in files {
        for (sheet, row, number) in &file.persons {
            let fact = world.facts.get(number - 1).map(PlantedFact::name).unwrap_or_default();
            push_line(&mut lines, [&file.file, sheet, &row.to_string(), &fact].into_iter().map(String::as_str), ',');
        }
    }
    lines
}

/// Code and name of somebody; of a person [`PERSON`] stands for the code, as a run tells only a digest of it.
fn names_of(world: &World, who: Option<Who>) -> (&str, &str) {
    match who {
        Some(Who::Taxpayer(at)) => (&world.taxpayer(at).uscc, &world.taxpayer(at).name),
        Some(Who::Person(at)) => (PERSON, &world.person(at).name),
        None => ("", ""),
    }
}

/// The length of the period a model's leads are grouped by.
pub fn lengths(model: &str) -> Frequency {
    match model {
        "income/subsidy_undeclared" | "fund/disability_levy" | "land_use/area_gap" | "property/building_source" => {
            Frequency::Year
        }
        "stamp/land_and_property"
        | "stamp/construction_contract"
        | "environment/undeclared_discharge"
        | "environment/amount_gap"
        | "construction/prepayment"
        | "vat/real_estate_prepayment"
        | "resource/coal"
        | "land_vat/liquidation_due" => Frequency::Quarter,
        _ => Frequency::Month,
    }
}

fn counts(world: &World, files: &[FileTruth]) -> BTreeMap<&'static str, usize> {
    BTreeMap::from([
        ("taxpayers", world.local_count),
        ("files", files.len()),
        ("rows", files.iter().map(|file| file.rows).sum()),
        ("wrong_cells", files.iter().map(|file| file.wrong.len()).sum()),
        ("resent_files", files.iter().filter(|file| file.mends.is_some()).count()),
        ("late_files", files.iter().filter(|file| file.late > 0).count()),
        ("identity_rows", files.iter().map(|file| file.identities.len()).sum()),
        ("leads", world.leads.len() + world.facts.iter().map(|planted| planted.fact.leads.len()).sum::<usize>()),
        ("facts", world.facts.len()),
    ])
}
