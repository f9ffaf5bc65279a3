//! The header of a sheet as its clerk wrote it, kept with the batch that came of it: so that evidence can be shown in the words
//! and under the letters of the sheet, and what nobody knew is not forgotten. A header says what columns hold; where one has a
//! person's number or a telephone in it all the same, that is masked.

use serde::{Deserialize, Serialize};

use super::mapping::{SheetFacts, SheetMap};
use super::mask::{mask_contacts, shown};
use crate::catalog::Kind;
use crate::issues::column_letters;

/// Signs that are kept of one cell of a header; some offices write their instructions there.
const MOST_SIGNS: usize = 500;

/// The header of one sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnHeader {
    /// The sheet, as it is kept and shown.
    pub sheet: String,
    /// The last row of the header, counted from 1; 0 where the format has no rows.
    pub row: u32,
    /// Its columns from left to right, those too that nobody knows.
    pub columns: Vec<OwnColumn>,
}

/// One column of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnColumn {
    /// Its letters in the sheet: `AB`.
    pub letters: String,
    /// What the cells of the header say over it, from the upper row down; a joined cell over each column it covers.
    pub texts: Vec<String>,
    /// Key of the kind's column that it was taken for; none where it was taken for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

impl OwnHeader {
    /// Of a sheet laid over a kind.
    pub fn of(facts: &SheetFacts, map: &SheetMap, kind: &Kind) -> Self {
        let taken_for = |place: u32| {
            let at = map.place_of.iter().position(|taken| *taken == Some(place))?;
            kind.columns.get(at).map(|column| column.key.clone())
        };
        let column = |column: &super::SheetColumn| OwnColumn {
            letters: column_letters(column.column),
            texts: column.own.iter().map(|text| kept(text)).collect(),
            column: taken_for(column.column),
        };
        let columns = facts.columns.iter().map(column).collect();
        Self { sheet: shown(&facts.name).into_owned(), row: facts.header_row, columns }
    }
}

fn kept(text: &str) -> String {
    mask_contacts(&text.chars().take(MOST_SIGNS).collect::<String>())
}
