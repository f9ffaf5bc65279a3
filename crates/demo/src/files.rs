//! The county's folder: every unit's files as it would keep and send them, in every format offices use.

use std::fs;

use anyhow::{Context as _, Result};
use gongzhi_core::catalog::{Item, Kind, Unit};
use gongzhi_core::period::Period;
use gongzhi_core::values::RowAction;

use super::hand::Hand;
use super::lists::Habit;
use super::office::{Job, Office, folder_of};
use super::office_files::{OfficeSheet, TextEncoding, archive_of, html_of, text_of, workbook_of, xml_spreadsheet_of};
use super::random::Dice;
use super::sheets::{MadeSheet, Manner, Place, lay_out};
use super::truth::FileTruth;
use super::{dirt, forms, timing};

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Workbook,
    Text(char, TextEncoding, &'static str),
    Html,
    Xml,
    Archive,
    Template,
}

impl Shape {
    fn drawn(dice: &mut Dice) -> Self {
        match dice.below(100) {
            0..14 => Self::Template,
            14..52 => Self::Workbook,
            52..66 => Self::Text(',', TextEncoding::Gbk, "csv"),
            66..72 => Self::Text(',', TextEncoding::Utf8, "csv"),
            72..78 => Self::Text(',', TextEncoding::Utf8Marked, "csv"),
            78..84 => Self::Text('\t', TextEncoding::Gbk, "txt"),
            84..90 => Self::Html,
            90..96 => Self::Xml,
            _ => Self::Archive,
        }
    }
}

/// One file of a job, still in memory.
struct Made<'a> {
    kinds: Vec<(&'a Kind, MadeSheet)>,
}

/// Writes the files of a job and gives their truth.
pub fn write(office: Office<'_>, job: &Job<'_>) -> Result<Vec<FileTruth>> {
    let mut dice = Dice::numbered(office.world.seed, "files", job.number);
    let shape = match Shape::drawn(&mut dice) {
        Shape::Template if job.wrong || job.habit != Habit::First => Shape::Workbook,
        shape => shape,
    };
    let manner = manner_of(job, shape, &mut dice);
    let mut made = Made { kinds: Vec::new() };
    for kind in &job.item.kinds {
        let Some(drafts) = job.sets.get(kind.key.as_str()).filter(|drafts| !drafts.is_empty()) else { continue };
        let place = Place {
            world: office.world,
            catalog: office.catalog,
            item: job.item,
            kind,
            unit: job.unit,
            period: job.period,
            mode: job.mode,
        };
        made.kinds.push((kind, lay_out(place, drafts, manner, &mut dice)));
    }
    if !job.wrong {
        return put(office, job, shape, (&made, "", None));
    }
    let mut spoilt = Made { kinds: made.kinds.clone() };
    let mut planted = Vec::new();
    for (kind, sheet) in &mut spoilt.kinds {
        planted.push(dirt::plant(sheet, kind, 1 + dice.below(5), &mut dice));
    }
    let mut truths = put(office, job, shape, (&spoilt, "", None))?;
    let names: Vec<String> = truths.iter().map(|truth| truth.file.clone()).collect();
    for truth in &mut truths {
        truth.identities.clear();
        truth.persons.clear();
    }
    for (at, cells) in planted.into_iter().enumerate() {
        let truth = if truths.len() == 1 { 0 } else { at };
        let Some(truth) = truths.get_mut(truth) else { continue };
        let sheet = sheet_names(job, &truth.file, shape, &spoilt)[at].clone();
        truth.wrong.extend(cells.into_iter().map(|cell| (sheet.clone(), cell)));
    }
    truths.extend(put(office, job, shape, (&made, timing::MENDED, Some(&names)))?);
    Ok(truths)
}

/// The manner of a job's sheets.
fn manner_of(job: &Job<'_>, shape: Shape, dice: &mut Dice) -> Manner {
    if shape == Shape::Template {
        return Manner::of_template();
    }
    let (typed, mergeable) =
        (matches!(shape, Shape::Workbook | Shape::Xml), matches!(shape, Shape::Workbook | Shape::Html));
    let manner = Manner::drawn(dice, typed, mergeable);
    if job.habit == Habit::First {
        return manner;
    }
    let mut hand = Hand::second(dice, typed, mergeable);
    let revokes = job.sets.values().flatten().any(|draft| draft.action == RowAction::Revoke);
    // A whole list says nothing of what each row does; a row that takes another back must.
    hand.says_actions = revokes || hand.says_actions && job.habit != Habit::SecondWhole;
    // A cell that is spoilt must stand where its address says.
    hand.merged &= !job.wrong;
    manner.in_hand(hand, dice)
}

/// Puts one version of a job's sheets into one file, or a file a kind.
fn put(
    office: Office<'_>,
    job: &Job<'_>,
    shape: Shape,
    (made, suffix, mends): (&Made<'_>, &str, Option<&[String]>),
) -> Result<Vec<FileTruth>> {
    let folder = format!("{}/{}", job.unit.name.zh, folder_of(job.period));
    let base = job.item.name.zh.replace(['/', '\\'], "、");
    let created = job.period.last_day();
    let sheets: Vec<OfficeSheet> = made.kinds.iter().map(|(_, made)| made.sheet.clone()).collect();
    let mut truths = Vec::new();
    let mut add = |name: String, bytes: Vec<u8>, kinds: std::ops::Range<usize>| -> Result<()> {
        let file = format!("{folder}/{name}");
        put_bytes(office, &file, &bytes)?;
        let names = sheet_names(job, &file, shape, made);
        let mut truth = FileTruth { file, ..FileTruth::default() };
        truth.late = timing::send(office, &truth.file, job.item, job.period)?;
        truth.mends = mends.and_then(|names| names.get(truths.len())).cloned();
        for at in kinds {
            let made = &made.kinds[at].1;
            truth.rows += made.sheet.rows.len();
            let sheet = &names[at];
            let above = if shape == Shape::Template { forms::rows_above(made) } else { 0 };
            let placed = |(row, party, uscc): &(usize, String, String)| {
                (sheet.clone(), *row + above, party.clone(), uscc.clone())
            };
            truth.identities.extend(made.identities.iter().map(placed));
            truth.persons.extend(made.persons.iter().map(|(row, number)| (sheet.clone(), row + above, *number)));
        }
        truths.push(truth);
        Ok(())
    };
    let all = 0..sheets.len();
    match shape {
        Shape::Workbook => add(format!("{base}{suffix}.xlsx"), workbook_of(&sheets, created)?, all)?,
        Shape::Template => add(format!("{base}{suffix}.xlsx"), forms::filled(office, job, &made.kinds)?, all)?,
        Shape::Xml => add(format!("{base}{suffix}.xls"), xml_spreadsheet_of(&sheets), all)?,
        Shape::Archive => {
            let members: Vec<(String, Vec<u8>)> = sheets
                .iter()
                .map(|sheet| (format!("{}.csv", sheet.name), text_of(sheet, ',', TextEncoding::Utf8Marked)))
                .collect();
            add(format!("{base}{suffix}.zip"), archive_of(&members)?, all)?;
        }
        Shape::Text(..) | Shape::Html => {
            for (at, sheet) in sheets.iter().enumerate() {
                let (bytes, extension) = match shape {
                    Shape::Text(separator, encoding, extension) => (text_of(sheet, separator, encoding), extension),
                    _ => (html_of(sheet), "xls"),
                };
                let kind = if job.item.kinds.len() > 1 { format!("-{}", sheet.name) } else { String::new() };
                add(format!("{base}{kind}{suffix}.{extension}"), bytes, at..at + 1)?;
            }
        }
    }
    Ok(truths)
}

/// The names under which a reader knows the sheets of a file, one a kind.
fn sheet_names(job: &Job<'_>, file: &str, shape: Shape, made: &Made<'_>) -> Vec<String> {
    let name = file.rsplit('/').next().unwrap_or(file);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let own = |kind: &Kind, made: &MadeSheet| match shape {
        Shape::Template => forms::sheet_name(job.item, kind, job.period),
        Shape::Workbook | Shape::Xml => made.sheet.name.clone(),
        Shape::Archive => format!("{0}.csv/{0}", made.sheet.name),
        Shape::Text(..) | Shape::Html => stem.to_owned(),
    };
    made.kinds.iter().map(|(kind, made)| own(kind, made)).collect()
}

/// Writes the report that a unit has nothing to say of an item in a period.
pub fn write_nil(office: Office<'_>, item: &Item, unit: &Unit, period: Period) -> Result<FileTruth> {
    let file = format!("{}/{}/{}.xlsx", unit.name.zh, folder_of(period), item.name.zh.replace(['/', '\\'], "、"));
    put_bytes(office, &file, &forms::nil(office, item, unit, period)?)?;
    let late = timing::send(office, &file, item, period)?;
    Ok(FileTruth { file, late, ..FileTruth::default() })
}

fn put_bytes(office: Office<'_>, file: &str, bytes: &[u8]) -> Result<()> {
    let path = office.folder.join(file);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
    }
    fs::write(&path, bytes).with_context(|| path.display().to_string())
}
