//! The sheets of what is open and no lead: out of time, declared and unpaid, paid under another item.

use gongzhi_core::leads::{Lead, NoticeSort};
use gongzhi_engine::model_run::ModelReport;
use gongzhi_engine::workbook::{Cell, ColumnKind, TableHead};

use super::book::{LeadBook, amount, text};

impl LeadBook<'_> {
    /// The head of the sheet of a sort.
    pub fn notice_head(&self, sort: NoticeSort) -> TableHead {
        let (sheet, note) = match sort {
            NoticeSort::OutOfTime => ("run-book-out-of-time", "run-book-out-of-time-note"),
            NoticeSort::Arrears => ("run-book-arrears", "run-book-arrears-note"),
            NoticeSort::PaidOtherwise => ("run-book-paid-otherwise", "run-book-paid-otherwise-note"),
        };
        TableHead {
            sheet: self.word(sheet),
            title: self.word(sheet),
            notes: vec![self.word(note)],
            columns: self.columns(&[
                ("run-book-model", ColumnKind::Wrapped, 26.0),
                ("run-book-name", ColumnKind::Wrapped, 26.0),
                ("run-book-uscc", ColumnKind::Text, 21.0),
                ("run-book-period", ColumnKind::Text, 8.5),
                ("run-book-due-low", ColumnKind::Amount, 13.5),
                ("run-book-declared", ColumnKind::Amount, 13.5),
                ("run-book-paid", ColumnKind::Amount, 13.5),
                ("run-book-open", ColumnKind::Amount, 13.5),
                ("run-book-due-day", ColumnKind::Date, 11.0),
                ("run-book-recoverable-until", ColumnKind::Date, 11.0),
                ("run-book-late-fee", ColumnKind::Amount, 13.5),
                ("run-book-tax-office", ColumnKind::Wrapped, 14.0),
                ("run-book-evidence", ColumnKind::Wrapped, 30.0),
            ]),
            frozen: 0,
        }
    }

    /// The rows of a model's notices of a sort.
    pub fn notice_rows(&self, model: &str, report: &ModelReport, sort: NoticeSort) -> Vec<Vec<Cell>> {
        let row = |lead: &Lead| {
            vec![
                text(model),
                text(&lead.taxpayer.name),
                text(&self.code(lead)),
                text(&lead.period),
                amount(lead.due_low),
                amount(lead.declared),
                amount(lead.paid),
                amount(lead.gap),
                lead.due_day.map_or(Cell::Empty, Cell::Date),
                lead.recoverable_until.map_or(Cell::Empty, Cell::Date),
                amount(lead.late_fee),
                text(&lead.tax_office),
                text(&self.evidence_text(lead)),
            ]
        };
        report.notices.iter().filter(|notice| notice.sort == sort).map(|notice| row(&notice.found)).collect()
    }
}
