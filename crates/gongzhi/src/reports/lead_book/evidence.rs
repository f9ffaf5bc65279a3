//! The rows behind the leads: in a few words beside each lead, and all of them on a sheet of their own.

use gongzhi_core::leads::Lead;
use gongzhi_core::messages::Message;
use gongzhi_engine::tables::EvidencePlace;
use gongzhi_engine::workbook::{Cell, ColumnKind, TableHead};

use super::book::{LeadBook, text, whole};

/// Sheets of evidence that a lead's row names; the evidence sheet names all.
const EVIDENCE_LINES: usize = 6;
/// Cells of a sheet that a lead's row names.
const EVIDENCE_CELLS: usize = 6;

impl LeadBook<'_> {
    /// The cells it came from, a line a sheet; where they are many, the evidence sheet has the rest.
    pub fn evidence_text(&self, lead: &Lead) -> String {
        let places = self.places.evidence(lead);
        let mut lines = Vec::new();
        for of_sheet in places.chunk_by(|a, b| (&a.file, &a.sheet) == (&b.file, &b.sheet)).take(EVIDENCE_LINES) {
            let cells: Vec<String> =
                of_sheet.iter().take(EVIDENCE_CELLS).map(|place| self.places.cell(&lead.model, place)).collect();
            let more = if of_sheet.len() > EVIDENCE_CELLS { "…" } else { "" };
            let Some(place) = of_sheet.first() else { continue };
            lines.push(format!("{} [{}] {}{more}", place.file, place.sheet, cells.join("、")));
        }
        let sheets = places.chunk_by(|a, b| (&a.file, &a.sheet) == (&b.file, &b.sheet)).count();
        if sheets > EVIDENCE_LINES || lines.iter().any(|line| line.ends_with('…')) {
            lines.push(self.say.say(&Message::new("run-book-more-evidence").with("count", places.len())));
        }
        lines.join("\n")
    }

    /// The head of the sheet.
    pub fn evidence_head(&self) -> TableHead {
        TableHead {
            sheet: self.word("run-book-evidence-sheet"),
            title: self.word("run-book-evidence-sheet"),
            notes: Vec::new(),
            columns: self.columns(&[
                ("run-book-model", ColumnKind::Wrapped, 26.0),
                ("run-book-rank", ColumnKind::Integer, 6.0),
                ("run-book-name", ColumnKind::Wrapped, 26.0),
                ("run-book-uscc", ColumnKind::Text, 21.0),
                ("run-book-side", ColumnKind::Text, 10.0),
                ("run-book-unit", ColumnKind::Wrapped, 14.0),
                ("run-book-file", ColumnKind::Wrapped, 48.0),
                ("run-book-sheet", ColumnKind::Wrapped, 26.0),
                ("run-book-cell", ColumnKind::Text, 9.0),
            ]),
            frozen: 0,
        }
    }

    /// The rows behind a lead, those of the departments first, then those of the tax side.
    pub fn evidence_rows(&self, model: &str, (rank, lead): (u64, &Lead)) -> Vec<Vec<Cell>> {
        let row = |side: &'static str, place: &EvidencePlace| {
            let unit = self.catalog.units.get(&place.unit).map(|unit| self.text(&unit.name));
            vec![
                text(model),
                whole(rank),
                text(&lead.taxpayer.name),
                text(&self.code(lead)),
                Cell::Text(self.word(side)),
                Cell::Text(unit.unwrap_or_else(|| place.unit.clone())),
                text(&place.file),
                text(&place.sheet),
                Cell::Text(self.places.cell(&lead.model, place)),
            ]
        };
        let reported = self.places.evidence(lead).into_iter().map(|place| row("run-book-side-reported", place));
        let paid = self.places.payments(lead).into_iter().map(|place| row("run-book-side-tax", place));
        reported.chain(paid).collect()
    }
}
