//! What people decide about the identity queue: read from the workbook they filled in, kept in the control store, and
//! used by the next run. Nothing is ever changed: taking a decision back is one more decision.

use std::path::Path;

use anyhow::{Result, anyhow};
use chrono::{DateTime, Utc};
use gongzhi_core::access::Purpose;
use gongzhi_core::identity::Decision;
use gongzhi_core::messages::{Message, Translator};
use gongzhi_engine::read::{ColumnType, Row};
use gongzhi_store::Store;
use gongzhi_store::analyse::decisions::NewDecision;

use crate::acts::home::{self, Access};
use crate::acts::operator::operator;
use crate::acts::read::{Reading, text_of};

/// A cell of the column where people decide.
const YES: [&str; 5] = ["是", "对", "同一", "yes", "y"];
const NO: [&str; 5] = ["否", "不是", "不同", "no", "n"];

/// The decisions of a home folder.
pub struct DecisionDesk {
    store: Store,
    runtime: tokio::runtime::Runtime,
    region: String,
}

/// A row of the queue that says something.
struct Filled {
    row: u32,
    said: String,
    subject: String,
    uscc: String,
}

impl DecisionDesk {
    /// Opens the home folder; decisions hold in the region.
    ///
    /// # Errors
    /// There is no home, its keys are gone or others, the store can't be opened.
    pub fn open((home, access): (&Path, Access), region: &str, say: &Translator) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let store = runtime.block_on(home::open(home, access, say))?.store;
        Ok(Self { store, runtime, region: region.to_owned() })
    }

    /// Ends the desk.
    ///
    /// # Errors
    /// The store's.
    pub fn close(self, say: &Translator) -> Result<()> {
        self.runtime.block_on(self.store.close()).map_err(|error| anyhow!("{}", say.say(&error.message())))
    }

    /// Keeps what a filled-in queue says; how many decisions that were. All or none: a row that can't be understood is
    /// named and nothing is kept.
    ///
    /// # Errors
    /// The file is no queue, a row says neither yes nor no, a subject is said to be two taxpayers.
    pub fn decide(&self, file: &Path, (by, now): (&str, DateTime<Utc>), say: &Translator) -> Result<usize> {
        let told = |message: Message| anyhow!("{}", say.say(&message));
        let filled = read_queue(file, say)?;
        let mut decisions = Vec::new();
        for row in &filled {
            let said = row.said.to_lowercase();
            let same = match said.as_str() {
                said if YES.contains(&said) => true,
                said if NO.contains(&said) => false,
                _ => {
                    let message = Message::new("identity-neither").with("row", row.row).with("said", &row.said);
                    return Err(told(message));
                }
            };
            if row.subject.is_empty() || row.uscc.is_empty() {
                return Err(told(Message::new("identity-no-pair").with("row", row.row)));
            }
            let twice = filled.iter().find(|other| {
                let is_yes = YES.contains(&other.said.to_lowercase().as_str());
                same && is_yes && other.subject == row.subject && other.uscc != row.uscc
            });
            if let Some(other) = twice {
                return Err(told(Message::new("identity-two").with("row", row.row).with("other", other.row)));
            }
            decisions.push(self.decision((&row.subject, &row.uscc), Some(same), (by, now)));
        }
        self.keep((&decisions, now), say)?;
        Ok(decisions.len())
    }

    /// Takes a decision back.
    ///
    /// # Errors
    /// Nothing stands about the pair.
    pub fn undo(&self, pair: (&str, &str), (by, now): (&str, DateTime<Utc>), say: &Translator) -> Result<()> {
        let stands = |(decision, stands): &(Decision, bool)| {
            *stands && (decision.subject.as_str(), decision.uscc.as_str()) == pair
        };
        if !self.list(now, say)?.iter().any(stands) {
            return Err(anyhow!("{}", say.say(&Message::new("identity-nothing-stands").with("subject", pair.0))));
        }
        self.keep((&[self.decision(pair, None, (by, now))], now), say)
    }

    /// Every decision, oldest first, with whether it stands.
    ///
    /// # Errors
    /// The store's.
    pub fn list(&self, now: DateTime<Utc>, say: &Translator) -> Result<Vec<(Decision, bool)>> {
        let scope = operator(Purpose::Analysis).scope;
        let all = self.runtime.block_on(self.store.list_decisions(&scope, now));
        let all = all.map_err(|error| anyhow!("{}", say.say(&error.message())))?;
        let is_last = |at: usize| {
            let pair = |decision: &Decision| (decision.subject.clone(), decision.uscc.clone());
            all[at + 1..].iter().all(|later| pair(later) != pair(&all[at]))
        };
        let stands: Vec<bool> = (0..all.len()).map(|at| all[at].same.is_some() && is_last(at)).collect();
        Ok(all.into_iter().zip(stands).collect())
    }

    fn decision(&self, (subject, uscc): (&str, &str), same: Option<bool>, by: (&str, DateTime<Utc>)) -> NewDecision {
        let decision = Decision {
            subject: subject.to_owned(),
            uscc: uscc.to_owned(),
            same,
            decided_by: by.0.to_owned(),
            decided_at: by.1,
        };
        NewDecision { region: self.region.clone(), decision, reason: String::new() }
    }

    fn keep(&self, (decisions, now): (&[NewDecision], DateTime<Utc>), say: &Translator) -> Result<()> {
        if decisions.is_empty() {
            return Ok(());
        }
        let actor = operator(Purpose::Analysis);
        let kept = self.runtime.block_on(async {
            // All of a file, or none.
            self.store
                .change((&actor, now), async |work| {
                    for decision in decisions {
                        work.record_decision(decision).await?;
                    }
                    Ok(())
                })
                .await
        });
        kept.map_err(|error| anyhow!("{}", say.say(&error.message())))
    }
}

/// The rows of a queue in which a person has written something.
fn read_queue(file: &Path, say: &Translator) -> Result<Vec<Filled>> {
    let mut reading = Reading::new(true)?;
    let content = reading.read(file);
    if let Some(refusal) = &content.refusal {
        return Err(anyhow!("{}", say.say(&refusal.message())));
    }
    // The workbook may have been written in either language.
    let headers = |key: &str| {
        let languages = [gongzhi_core::messages::Language::Chinese, gongzhi_core::messages::Language::English];
        languages.map(|language| Translator::new(language).say(&Message::new(key.to_owned())))
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
        return Err(anyhow!("{}", say.say(&Message::new("identity-no-queue").with("file", file.display()))));
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
