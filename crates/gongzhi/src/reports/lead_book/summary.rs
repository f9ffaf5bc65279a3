//! The first sheet: a row a model, what it compared, what it found, what it could not compare and why.

use gongzhi_core::messages::Message;
use gongzhi_core::money;
use gongzhi_engine::model_run::ModelReport;
use gongzhi_engine::workbook::{Cell, ColumnKind, TableHead};
use rust_decimal::Decimal;

use super::book::{LeadBook, whole};
use crate::reports::found::RunFound;
use crate::reports::reasons::Reasons;

impl LeadBook<'_> {
    /// The head of the first sheet.
    pub fn summary_head(&self, run: &RunFound<'_>) -> TableHead {
        let [accepted, blocked, refused] = run.files.counts;
        let files = Message::new("run-book-files")
            .with("accepted", accepted)
            .with("blocked", blocked)
            .with("refused", refused)
            .with("as_of", run.as_of);
        TableHead {
            sheet: self.word("run-book-summary"),
            title: self.word("run-book-title"),
            notes: vec![self.say.say(&files), self.word("run-book-estimate")],
            columns: self.columns(&[
                ("run-book-model", ColumnKind::Wrapped, 38.0),
                ("run-book-compared", ColumnKind::Integer, 10.0),
                ("run-book-leads", ColumnKind::Integer, 10.0),
                ("run-book-gap", ColumnKind::Amount, 18.0),
                ("run-book-not-comparable", ColumnKind::Integer, 12.0),
                ("run-book-reasons", ColumnKind::Wrapped, 60.0),
            ]),
            frozen: 0,
        }
    }

    /// A row a model, then their sum.
    pub fn summary_rows(&self, run: &RunFound<'_>) -> Vec<Vec<Cell>> {
        let words = Reasons { say: self.say, catalog: self.catalog, models: run.models };
        let row = |report: &ModelReport| {
            let name = run.models.models.get(&report.model).map(|model| self.text(&model.name));
            let gap = money::sum(report.leads.iter().filter_map(|lead| lead.gap));
            let reasons: Vec<(&str, u64)> = report
                .outcomes
                .iter()
                .filter_map(|(outcome, count)| Some((outcome.strip_prefix("not_comparable:")?, *count)))
                .collect();
            let told = match &report.stopped {
                Some(message) => self.say.say(message),
                None => reasons
                    .iter()
                    .map(|(reason, count)| format!("{} {count}", words.say(&report.model, reason)))
                    .collect::<Vec<_>>()
                    .join("；"),
            };
            vec![
                Cell::Text(name.unwrap_or_else(|| report.model.clone())),
                if report.stopped.is_some() { Cell::Empty } else { whole(report.compared) },
                if report.stopped.is_some() { Cell::Empty } else { whole(report.leads.len() as u64) },
                if gap == Ok(Decimal::ZERO) { Cell::Empty } else { self.sum_cell(gap) },
                if report.stopped.is_some() { Cell::Empty } else { whole(not_comparable(report)) },
                Cell::Text(told),
            ]
        };
        let mut rows: Vec<Vec<Cell>> = run.reports.iter().map(row).collect();
        rows.push(self.total_row(run.reports));
        rows
    }

    fn total_row(&self, reports: &[ModelReport]) -> Vec<Cell> {
        vec![
            Cell::Text(self.word("run-book-total")),
            whole(reports.iter().map(|report| report.compared).sum()),
            whole(reports.iter().map(|report| report.leads.len() as u64).sum()),
            self.sum_cell(money::sum(reports.iter().flat_map(|report| &report.leads).filter_map(|lead| lead.gap))),
            whole(reports.iter().map(not_comparable).sum()),
            Cell::Empty,
        ]
    }
}

/// Rows that could not be compared.
fn not_comparable(report: &ModelReport) -> u64 {
    let of = |(outcome, count): (&String, &u64)| outcome.starts_with("not_comparable:").then_some(*count);
    report.outcomes.iter().filter_map(of).sum()
}
