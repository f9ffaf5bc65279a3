//! `identity.xlsx`: the queue for people. Names the program could not link by itself, with who may be meant, what agrees
//! and what differs; most rows first. People write yes or no beside a candidate; `gongzhi identity decide` keeps it. The
//! last column is the subject that a decision is about: what the rows say, normalised.

use std::path::Path;

use gongzhi_core::identity::{Class, Mark};
use gongzhi_core::messages::{Message, Translator};
use gongzhi_core::problems::ActError;
use gongzhi_engine::workbook::{Cell, ColumnKind, TableBook, TableColumn, TableHead};

use super::found::{QueuedName, RunFound};

/// Writes the workbook.
pub fn write_queue(run: &RunFound<'_>, path: &Path) -> Result<(), ActError> {
    let say = run.say;
    let word = |key: &'static str| say.say(&Message::new(key));
    let column = |key, kind, width| TableColumn::new(word(key), kind, width);
    let answers = vec![word("run-queue-yes"), word("run-queue-no")];
    let head = TableHead {
        sheet: word("run-queue-sheet"),
        title: word("run-queue-title"),
        notes: vec![word("run-queue-note")],
        columns: vec![
            column("run-queue-name", ColumnKind::Wrapped, 26.0),
            column("run-queue-code", ColumnKind::Text, 21.0),
            column("run-queue-rows", ColumnKind::Integer, 7.0),
            column("run-queue-class", ColumnKind::Text, 9.0),
            column("run-queue-place", ColumnKind::Wrapped, 38.0),
            column("run-queue-candidate", ColumnKind::Wrapped, 26.0),
            column("run-queue-candidate-code", ColumnKind::Text, 21.0),
            column("run-queue-decision", ColumnKind::Fill, 14.0).with_choices(answers),
            column("run-queue-score", ColumnKind::Quantity, 9.0),
            column("run-queue-agree", ColumnKind::Wrapped, 20.0),
            column("run-queue-differ", ColumnKind::Wrapped, 20.0),
            column("run-queue-subject", ColumnKind::Quiet, 10.0),
        ],
        frozen: 1,
    };
    let mut queue: Vec<&QueuedName<'_>> = run.queue.iter().collect();
    queue.sort_by(|a, b| (b.found.class, b.rows, a.subject).cmp(&(a.found.class, a.rows, b.subject)));
    let mut workbook = TableBook::new(run.as_of)?;
    workbook.add_table(&head, queue.into_iter().flat_map(|queued| rows_of(queued, say)))?;
    Ok(workbook.save(path)?)
}

/// A row a candidate; the first carries what the sheets say.
fn rows_of(queued: &QueuedName<'_>, say: &Translator) -> Vec<Vec<Cell>> {
    let class = match queued.found.class {
        Class::Certain => "run-class-certain",
        Class::Probable => "run-class-probable",
        Class::Possible => "run-class-possible",
        Class::None => "run-class-none",
    };
    let QueuedName { file, sheet, row, .. } = queued;
    let said = vec![
        Cell::Text(queued.name.to_owned()),
        Cell::Text(queued.code.to_owned()),
        Cell::Integer(i64::try_from(queued.rows).unwrap_or(i64::MAX)),
        Cell::Text(say.say(&Message::new(class))),
        Cell::Text(format!("{file} [{sheet}] A{row}")),
    ];
    let mut rows = Vec::new();
    for (at, candidate) in queued.found.candidates.iter().enumerate() {
        let mut cells = if at == 0 { said.clone() } else { vec![Cell::Empty; said.len()] };
        cells.extend([
            Cell::Text(candidate.name.clone()),
            Cell::Text(candidate.uscc.clone()),
            Cell::Empty,
            Cell::Decimal(rust_decimal::Decimal::new(i64::from(candidate.score_thousandths), 3)),
            Cell::Text(marks(&candidate.agree, say)),
            Cell::Text(marks(&candidate.differ, say)),
            Cell::Text(queued.subject.to_owned()),
        ]);
        rows.push(cells);
    }
    if rows.is_empty() {
        rows.push(said);
    }
    rows
}

fn marks(marks: &[Mark], say: &Translator) -> String {
    let word = |mark: &Mark| {
        let key = format!("identity-mark-{}", mark.key().replace('_', "-"));
        say.find(&key).unwrap_or_else(|| mark.key().to_owned())
    };
    marks.iter().map(word).collect::<Vec<_>>().join("、")
}
