//! What people decide about the identity queue: read from the workbook they filled in, kept in the control store, and
//! used by the next run. Nothing is ever changed: taking a decision back is one more decision.

use std::path::{Path, PathBuf};

use gongzhi_core::access::Actor;
use gongzhi_core::identity::Decision;
use gongzhi_core::messages::{Language, Message, Translator};
use gongzhi_core::problems::{ActError, Code};
use gongzhi_engine::read::{ColumnType, Row};
use gongzhi_store::analyse::decisions::NewDecision;

use crate::acts::read::{Reading, text_of};
use crate::app::App;
use crate::jobs::inline::sealing;

/// A cell of the column where people decide.
const YES: [&str; 5] = ["是", "对", "同一", "yes", "y"];
const NO: [&str; 5] = ["否", "不是", "不同", "no", "n"];

/// Who decides, and where it holds.
#[derive(Debug, Clone)]
pub struct Deciding {
    /// The post.
    pub by: String,
    /// The region.
    pub region: String,
}

/// A row of the queue that says something.
struct Filled {
    row: u32,
    said: String,
    subject: String,
    uscc: String,
}

/// Keeps what a filled-in queue says; how many decisions that were. All or none: a row that can't be understood is named and
/// nothing is kept.
///
/// # Errors
/// The file is no queue, a row says neither yes nor no, a subject is said to be two taxpayers.
pub async fn decide(app: &App, actor: &Actor, (file, deciding): (PathBuf, &Deciding)) -> Result<usize, ActError> {
    let filled = app.block(move |_, _| read_queue(&file)).await?;
    let mut decisions = Vec::new();
    for row in &filled {
        let same = said_same(row, &filled)?;
        decisions.push(deciding.decision((&row.subject, &row.uscc), Some(same), app));
    }
    keep(app, actor, &decisions).await?;
    Ok(decisions.len())
}

/// Whether a row says that the two are the same.
fn said_same(row: &Filled, all: &[Filled]) -> Result<bool, ActError> {
    let is_yes = |row: &Filled| YES.contains(&row.said.to_lowercase().as_str());
    let same = is_yes(row);
    if !same && !NO.contains(&row.said.to_lowercase().as_str()) {
        let message = Message::new("identity-neither").with("row", row.row).with("said", &row.said);
        return Err(ActError::not_understood(message));
    }
    if row.subject.is_empty() || row.uscc.is_empty() {
        return Err(ActError::not_understood(Message::new("identity-no-pair").with("row", row.row)));
    }
    let is_other = |other: &&Filled| is_yes(other) && other.subject == row.subject && other.uscc != row.uscc;
    match all.iter().find(is_other).filter(|_| same) {
        Some(other) => {
            let message = Message::new("identity-two").with("row", row.row).with("other", other.row);
            Err(ActError::not_understood(message))
        }
        None => Ok(same),
    }
}

/// Takes a decision back.
///
/// # Errors
/// Nothing stands about the pair.
pub async fn undo(app: &App, actor: &Actor, (pair, deciding): ((&str, &str), &Deciding)) -> Result<(), ActError> {
    let stands =
        |(decision, stands): &(Decision, bool)| *stands && (decision.subject.as_str(), decision.uscc.as_str()) == pair;
    if !list(app, actor).await?.iter().any(stands) {
        let message = Message::new("identity-nothing-stands").with("subject", pair.0);
        return Err(ActError::new(Code::StateRefuses, message));
    }
    keep(app, actor, &[deciding.decision(pair, None, app)]).await
}

/// Every decision, oldest first, with whether it stands.
///
/// # Errors
/// The store's.
pub async fn list(app: &App, actor: &Actor) -> Result<Vec<(Decision, bool)>, ActError> {
    let all = app.store.list_decisions(&actor.scope, app.clock.now()).await?;
    let is_last = |at: usize| {
        let pair = |decision: &Decision| (decision.subject.clone(), decision.uscc.clone());
        all[at + 1..].iter().all(|later| pair(later) != pair(&all[at]))
    };
    let stands: Vec<bool> = (0..all.len()).map(|at| all[at].same.is_some() && is_last(at)).collect();
    Ok(all.into_iter().zip(stands).collect())
}

impl Deciding {
    fn decision(&self, (subject, uscc): (&str, &str), same: Option<bool>, app: &App) -> NewDecision {
        let decision = Decision {
            subject: subject.to_owned(),
            uscc: uscc.to_owned(),
            same,
            decided_by: self.by.clone(),
            decided_at: app.clock.now(),
        };
        NewDecision { region: self.region.clone(), decision, reason: String::new() }
    }
}

async fn keep(app: &App, actor: &Actor, decisions: &[NewDecision]) -> Result<(), ActError> {
    if decisions.is_empty() {
        return Ok(());
    }
    let sealing = sealing(app);
    let kept = app.store.change((actor, app.clock.now()), async |work| {
        for decision in decisions {
            work.record_decision(decision).await?;
        }
        work.enqueue(&sealing).await?;
        Ok(())
    });
    Ok(kept.await?)
}

/// The rows of a queue in which a person has written something.
fn read_queue(file: &Path) -> Result<Vec<Filled>, ActError> {
    let mut reading = Reading::new(true)?;
    let content = reading.read(file);
    if let Some(refusal) = &content.refusal {
        return Err(ActError::not_understood(refusal.message()));
    }
    // The workbook may have been written in either language.
    let headers = |key: &str| {
        [Language::Chinese, Language::English]
            .map(|language| Translator::new(language).say(&Message::new(key.to_owned())))
    };
    let found = content.sheets.iter().find_map(|sheet| {
        let place = |key: &str| {
            let names = headers(key);
            sheet.head.columns.iter().position(|column| names.contains(&column.name))
        };
        let places = [place("run-queue-decision")?, place("run-queue-subject")?, place("run-queue-candidate-code")?];
        Some((sheet, places))
    });
    let Some((sheet, places)) = found else {
        return Err(ActError::not_understood(Message::new("identity-no-queue").with("file", file.display())));
    };
    let mut filled = Vec::new();
    let mut take = |row: &Row| {
        let cells: Vec<String> =
            row.iter().map(|(_, value)| text_of(value, ColumnType::Text).unwrap_or_default()).collect();
        let [said, subject, uscc] = places.map(|at| cells.get(at).map(|cell| cell.trim()).unwrap_or_default());
        if !said.is_empty() {
            let [said, subject, uscc] = [said, subject, uscc].map(str::to_owned);
            filled.push(Filled { row: row.number(), said, subject, uscc });
        }
        Ok(())
    };
    reading.rows(file)?.each(sheet, &mut take)?;
    Ok(filled)
}
