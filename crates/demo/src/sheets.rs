//! A set of drafts as one office's sheet: spelled, filled, laid out, in the office's own manner.

mod cells;
mod headers;
mod manner;

use std::collections::BTreeMap;

use gongzhi_core::catalog::{Catalog, Item, Kind, Unit};
use gongzhi_core::period::Period;
use gongzhi_core::values::SetMode;

use super::draft::{Draft, Who};
use super::fill::{fill, spoken};
use super::hand::{Measured, closing_lines, measure_line, merge_names, remark, remark_columns};
use super::office_files::{OfficeCell, OfficeHeader, OfficeSheet};
use super::random::Dice;
use super::spelling::{Spelled, spell};
use super::world::World;
use cells::cell_of;
use headers::{header_of, plain_header, ungroup_lonely};
pub use manner::Manner;

/// A sheet with what the truth has to say about it.
#[derive(Debug, Clone)]
pub struct MadeSheet {
    /// The sheet.
    pub sheet: OfficeSheet,
    /// Who stands where: (row counted from 1, party, code or empty).
    pub identities: Vec<(usize, String, String)>,
    /// Rows of facts in which a natural person stands: (row counted from 1, number of the fact's copy).
    pub persons: Vec<(usize, usize)>,
    /// For every column of the sheet its place among the kind's columns.
    pub columns: Vec<Option<usize>>,
}

/// What a sheet is made for.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// County.
    pub world: &'a World,
    /// Catalogue.
    pub catalog: &'a Catalog,
    /// Item.
    pub item: &'a Item,
    /// Kind.
    pub kind: &'a Kind,
    /// Unit.
    pub unit: &'a Unit,
    /// Period.
    pub period: Period,
    /// Mode.
    pub mode: SetMode,
}

/// Lays out the rows of one kind.
pub fn lay_out(place: Place<'_>, drafts: &[Draft], manner: Manner, dice: &mut Dice) -> MadeSheet {
    let kind = place.kind;
    let version = place.item.version_on(place.period.last_day());
    let shown: Vec<usize> =
        (0..kind.columns.len()).filter(|at| kind.columns[*at].is_in(version) && !kind.columns[*at].closed).collect();
    let manner = manner.fitting(shown.iter().map(|at| &kind.columns[*at]));
    let mut columns: Vec<Option<usize>> = shown.iter().copied().map(Some).collect();
    let mut headers: Vec<OfficeHeader> =
        shown.iter().map(|at| header_of(kind, &kind.columns[*at], manner, dice)).collect();
    if manner.grouped {
        ungroup_lonely(&mut headers, kind, &shown);
    }
    let has_actions = place.mode == SetMode::Differential && manner.hand.says_actions;
    if has_actions {
        headers.push(plain_header("操作（新增/变更/撤销）"));
        columns.push(None);
    }
    if manner.counted {
        headers.insert(0, plain_header("序号"));
        columns.insert(0, None);
    }
    let remarks = if manner.hand.remarks { remark_columns(kind, dice) } else { Vec::new() };
    for remark in &remarks {
        headers.push(plain_header(remark));
        columns.push(None);
    }
    let mut sheet = OfficeSheet { name: kind.name.zh.chars().take(28).collect(), headers, ..OfficeSheet::default() };
    if manner.framed {
        let filler = format!("填报单位：{}　　所属期：{}", place.unit.name.zh, spoken(place.period));
        sheet.titles = vec![format!("{}（{}）", place.item.name.zh, kind.name.zh), filler];
    }
    if manner.ten_thousands && manner.hand.measured == Measured::Title {
        sheet.titles.push(measure_line(dice));
    }
    let first_row = sheet.first_row();
    let (mut identities, mut persons) = (Vec::new(), Vec::new());
    let mut drafts: Vec<&Draft> = drafts.iter().collect();
    if manner.hand.merged {
        // Who stands in several rows stands in them together.
        drafts.sort_by_key(|draft| draft.parties.first().map(|(_, who)| format!("{who:?}")));
    }
    for (at, draft) in drafts.iter().enumerate() {
        let parties = spelled_parties(place, draft);
        for (party, spelled) in parties.iter().filter(|(_, spelled)| !spelled.is_person) {
            identities.push((first_row + at, (*party).to_owned(), spelled.truth.clone()));
        }
        if let (Some(number), true) = (draft.told, parties.values().any(|spelled| spelled.is_person)) {
            persons.push((first_row + at, number));
        }
        let values = fill(place.catalog, kind, (draft, place.period), place.world.seed);
        let mut cells: Vec<OfficeCell> = shown
            .iter()
            .map(|column| cell_of(place.catalog, &kind.columns[*column], (&values[*column], &parties), manner))
            .collect();
        if has_actions {
            cells.push(OfficeCell::Text(draft.action.chinese().to_owned()));
        }
        cells.extend(remarks.iter().map(|column| remark(column, dice)));
        if manner.counted {
            cells.insert(0, OfficeCell::Figure((at + 1).to_string()));
        }
        sheet.rows.push(cells);
    }
    close(&mut sheet, manner, dice);
    if manner.hand.merged {
        merge_names(&mut sheet, &columns, kind);
    }
    MadeSheet { sheet, identities, persons, columns }
}

/// What stands below the table.
fn close(sheet: &mut OfficeSheet, manner: Manner, dice: &mut Dice) {
    let (width, rows) = (sheet.headers.len(), sheet.rows.len());
    if width > 2 && manner.hand.closes_freely {
        sheet.footers = closing_lines(width, rows, dice);
    } else if width > 2 && manner.framed {
        sheet.footers = footers(width, rows);
    }
    sheet.footers.extend((0..manner.hand.empty_rows).map(|_| vec![OfficeCell::Empty; width]));
}

fn footers(width: usize, rows: usize) -> Vec<Vec<OfficeCell>> {
    let mut totals = vec![OfficeCell::Empty; width];
    totals[0] = OfficeCell::Text("合计".to_owned());
    totals[width - 1] = OfficeCell::Text(format!("共{rows}条"));
    let mut signatures = vec![OfficeCell::Empty; width];
    signatures[0] = OfficeCell::Text("填报人：　　　　审核人：　　　　（盖章）".to_owned());
    vec![totals, signatures]
}

fn spelled_parties<'a>(place: Place<'_>, draft: &'a Draft) -> BTreeMap<&'a str, Spelled> {
    let key = format!("{}.{}", place.item.key, place.kind.key);
    // The tax bureau's own tables carry the codes of its register.
    let exact = draft.exact_identity || place.item.is_tax_side();
    let spelled = |(party, who): &(&'a str, Who)| {
        let spelled = spell(place.world, &key, *who, exact);
        let by_words = draft.by_words.contains(party);
        let truth_only =
            || Spelled { truth: spelled.truth.clone(), is_person: spelled.is_person, ..Spelled::default() };
        (*party, if by_words { truth_only() } else { spelled })
    };
    draft.parties.iter().map(spelled).collect()
}
