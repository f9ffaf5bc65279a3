//! Wrong cells, planted on purpose: each is something intake must find, and say where it is.

use std::collections::BTreeSet;

use gongzhi_core::catalog::{ColumnType, Kind, Origin, PartyPart, Rule, Severity};
use gongzhi_core::issues::CellPlace;

use super::office_files::OfficeCell;
use super::random::Dice;
use super::sheets::MadeSheet;

/// A wrong cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongCell {
    /// Its address; a rule over two columns has two.
    pub cells: Vec<String>,
    /// What is wrong, in kebab case.
    pub what: &'static str,
    /// What was written there.
    pub value: String,
}

/// What can be done wrong in a column.
#[derive(Debug, Clone, Copy)]
struct Mistake {
    /// Column of the sheet.
    column: usize,
    what: &'static str,
    text: &'static str,
}

/// Plants up to so many wrong cells in different rows.
pub fn plant(made: &mut MadeSheet, kind: &Kind, count: usize, dice: &mut Dice) -> Vec<WrongCell> {
    let mistakes = mistakes_of(made, kind);
    let orders = orders_of(made, kind);
    let rows = made.sheet.rows.len();
    if rows == 0 || mistakes.is_empty() {
        return Vec::new();
    }
    let first_row = made.sheet.first_row();
    let mut planted = Vec::new();
    let mut taken = Vec::new();
    // Two rows without their key would be said to be the same row: a column is spoilt in one way once.
    let mut emptied = BTreeSet::new();
    for _ in 0..count.min(rows) {
        let row = dice.below(rows);
        if taken.contains(&row) {
            continue;
        }
        taken.push(row);
        let wrong = match dice.pick(&orders) {
            Some(order) if dice.happens(2_500) => break_order(made, row, *order),
            _ => dice
                .pick(&mistakes)
                .filter(|mistake| emptied.insert((mistake.column, mistake.text.is_empty())))
                .map(|mistake| write_mistake(made, row, *mistake)),
        };
        let Some((columns, what, value)) = wrong else { continue };
        let address = |column: usize| {
            let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            CellPlace { row: place(first_row + row), column: place(column + 1) }.address()
        };
        planted.push(WrongCell { cells: columns.into_iter().map(address).collect(), what, value });
    }
    planted
}

type Broken = (Vec<usize>, &'static str, String);

fn write_mistake(made: &mut MadeSheet, row: usize, mistake: Mistake) -> Broken {
    made.sheet.rows[row][mistake.column] = match mistake.text {
        "" => OfficeCell::Empty,
        text => OfficeCell::Text(text.to_owned()),
    };
    (vec![mistake.column], mistake.what, mistake.text.to_owned())
}

/// Puts the later day into the earlier column. Only where both are filled and differ.
fn break_order(made: &mut MadeSheet, row: usize, (low, high): (usize, usize)) -> Option<Broken> {
    let cells = &mut made.sheet.rows[row];
    let filled = cells[low] != OfficeCell::Empty && cells[high] != OfficeCell::Empty && cells[low] != cells[high];
    if !filled {
        return None;
    }
    cells.swap(low, high);
    Some((vec![low, high], "order", String::new()))
}

fn mistakes_of(made: &MadeSheet, kind: &Kind) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for (column, of_kind) in made.columns.iter().enumerate() {
        let Some(of_kind) = of_kind.and_then(|at| kind.columns.get(at)) else { continue };
        // An extension column's problems warn; only what the policy asks for blocks.
        if of_kind.origin == Origin::Extension {
            continue;
        }
        let mut add = |what, text| mistakes.push(Mistake { column, what, text });
        match of_kind.column_type {
            ColumnType::Date => {
                add("bad-day", "2025-13-45");
                add("bad-day", "二月三十日");
            }
            ColumnType::Amount | ColumnType::Quantity | ColumnType::Rate => add("bad-figure", "约三百"),
            ColumnType::Integer => add("bad-figure", "若干"),
            ColumnType::Code => add("unknown-code", "不详类别"),
            ColumnType::Uscc if has_part(of_kind.party.as_ref(), PartyPart::Uscc) => {
                add("digits-lost", "9.16523E+17");
            }
            _ => {}
        }
        if of_kind.required {
            add("empty", "");
        }
    }
    mistakes
}

fn has_part(party: Option<&(String, PartyPart)>, part: PartyPart) -> bool {
    party.is_some_and(|(_, has)| *has == part)
}

fn orders_of(made: &MadeSheet, kind: &Kind) -> Vec<(usize, usize)> {
    let shown = |key: &str| {
        let place = kind.columns.iter().position(|column| column.key == key)?;
        (kind.columns[place].column_type == ColumnType::Date).then_some(())?;
        made.columns.iter().position(|column| *column == Some(place))
    };
    let blocking = kind.rules.iter().filter(|rule| rule.severity == Severity::Error);
    blocking
        .filter_map(|rule| match &rule.rule {
            Rule::Order(low, high) => Some((shown(low)?, shown(high)?)),
            _ => None,
        })
        .collect()
}
