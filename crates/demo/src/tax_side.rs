//! The tax bureau's folder: its tables month by month, and what they cover.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context as _, Result};
use chrono::Days;
use gongzhi_core::catalog::{ColumnType, Item, Kind, PartyPart};
use gongzhi_core::period::Period;

use super::draft::{Draft, Value, Who};
use super::facts::COVERED_FROM;
use super::office::{Office, folder_of};
use super::office_files::{TextEncoding, push_line};
use super::tax_table::TaxTable;
use super::truth::FileTruth;
use super::world::World;
use super::{Sets, everyday, get_item, side_by_side, timing};

/// Tables with everyday rows, besides those that events leave.
const EVERYDAY: [&str; 5] = ["tax_payment", "tax_return", "payroll_summary", "invoice_summary", "tax_registration"];

/// Tables the tax bureau covers whether or not a row of theirs exists.
const COVERED: [&str; 12] = [
    "tax_registration",
    "tax_payment",
    "tax_return",
    "tax_arrears",
    "tax_credit",
    "tax_source",
    "cross_region_report",
    "vat_prepayment",
    "invoice_summary",
    "payroll_summary",
    "relief_use",
    "request_answer",
];

/// Writes the tables of all months and the coverage.
pub fn write(office: Office<'_>, sets: &Sets) -> Result<Vec<Vec<FileTruth>>> {
    write_coverage(office)?;
    let tables = tables_of(office.world, sets);
    side_by_side(tables.len(), |at| {
        let (table, period) = tables[at];
        let drafts = sets.get(&(table, period)).into_iter().flatten().flat_map(|(_, drafts)| drafts);
        write_table(office, (table, period), drafts)
    })
}

fn tables_of(world: &World, sets: &Sets) -> Vec<(&'static str, Period)> {
    let mut tables: Vec<(&'static str, Period)> = Vec::new();
    let end = Period::month_of(world.as_of());
    let month_of = |number: i32| {
        Period::Month(world.year + number.div_euclid(12), u32::try_from(number.rem_euclid(12) + 1).unwrap_or(1))
    };
    // The annual returns of the year before rest on its payrolls.
    tables.extend((-12..0).map(|number| ("payroll_summary", month_of(number))));
    for (number, month) in (0..).map(|number| (number, month_of(number))).take_while(|(_, month)| *month <= end) {
        let past = number < 12;
        let due = EVERYDAY.iter().filter(|table| match **table {
            "tax_registration" => month == end,
            "payroll_summary" | "invoice_summary" => past,
            _ => true,
        });
        tables.extend(due.map(|table| (*table, month)));
    }
    tables.extend(sets.keys().filter(|(item, _)| COVERED.contains(item) || item.starts_with("premium_")));
    tables
        .extend(sets.keys().filter(|(item, _)| ["land_grade", "reported_account", "abnormal_taxpayer"].contains(item)));
    tables.sort_unstable();
    tables.dedup();
    tables
}

fn write_table<'d>(
    office: Office<'_>,
    (key, period): (&'static str, Period),
    drafts: impl Iterator<Item = &'d Draft>,
) -> Result<Vec<FileTruth>> {
    let item = get_item(office.catalog, key)?;
    let kind = &item.kinds[0];
    let file = format!("税务局/{}/{}.csv", folder_of(period), item.name.zh);
    let gbk = period.first_day() < Period::Month(office.world.year, 7).first_day();
    let encoding = if gbk { TextEncoding::Gbk } else { TextEncoding::Utf8Marked };
    let mut table = TaxTable::begin(&office.folder.join(&file), (item, kind), encoding)?;
    match key {
        "tax_payment" => everyday::write_payments(office.world, period, &mut table)?,
        "tax_return" => everyday::write_returns(office.world, period, &mut table)?,
        "payroll_summary" => everyday::write_payrolls(office.world, period, &mut table)?,
        "invoice_summary" => everyday::write_invoices(office.world, period, &mut table)?,
        "tax_registration" => everyday::write_registrations(office.world, &mut table)?,
        _ => {}
    }
    for draft in drafts {
        write_draft(office, (item, kind), draft, &mut table)?;
    }
    let rows = table.finish()?;
    if rows == 0 {
        // An export without rows is not sent.
        fs::remove_file(office.folder.join(&file)).with_context(|| file.clone())?;
        return Ok(Vec::new());
    }
    timing::send(office, &file, item, period)?;
    Ok(vec![FileTruth { file, rows, ..FileTruth::default() }])
}

/// One row of an event, as the tax bureau's system gives it out: codes by name, days in ISO.
fn write_draft(office: Office<'_>, (_, kind): (&Item, &Kind), draft: &Draft, table: &mut TaxTable) -> Result<()> {
    for (party, who) in draft.parties.iter().filter(|(party, _)| !draft.by_words.contains(party)) {
        let (name, code, part) = match who {
            Who::Taxpayer(at) => {
                let taxpayer = office.world.taxpayer(*at);
                (&taxpayer.name, &taxpayer.uscc, PartyPart::Uscc)
            }
            Who::Person(at) => {
                let person = office.world.person(*at);
                // A table without a column for persons has their number where the code stands.
                let own = kind.find_party_column(party, PartyPart::CitizenId).is_some();
                (&person.name, &person.citizen_id, if own { PartyPart::CitizenId } else { PartyPart::Uscc })
            }
        };
        table.set(&format!("{party}_{}", PartyPart::Name.suffix()), name);
        table.set(&format!("{party}_{}", part.suffix()), code);
    }
    for (column, value) in &draft.cells {
        let Some(column) = kind.find_column(column) else { continue };
        let list = column.list.as_ref().and_then(|list| office.catalog.lists.get(list));
        let text = match value {
            Value::Empty => String::new(),
            Value::Day(day) => day.to_string(),
            Value::Figure(figure) if column.column_type == ColumnType::Amount => format!("{figure:.2}"),
            Value::Figure(figure) => figure.normalize().to_string(),
            Value::Whole(number) => number.to_string(),
            Value::Flag(flag) => if *flag { "是" } else { "否" }.to_owned(),
            Value::Text(text) => list.and_then(|list| list.find(text)).map_or(text, |entry| &entry.name.zh).clone(),
        };
        table.set(&column.key, &text);
    }
    table.end_row()
}

/// `coverage.csv`: what the tax side holds, from when to when.
fn write_coverage(office: Office<'_>) -> Result<()> {
    let world = office.world;
    let mut lines = String::new();
    push_line(&mut lines, ["table", "tax_kind", "authority", "from", "to", "as_of"].into_iter(), ',');
    let (from, as_of) = (COVERED_FROM.to_string(), world.as_of().to_string());
    let to = (world.as_of() - Days::new(1)).to_string();
    let kinds: BTreeMap<&str, ()> = office
        .catalog
        .lists
        .get("tax_kind")
        .map(|list| list.entries.iter().map(|entry| (entry.code.as_str(), ())).collect())
        .unwrap_or_default();
    for table in COVERED {
        let by_kind = ["tax_payment", "tax_return", "tax_arrears", "relief_use"].contains(&table);
        let kinds: Vec<&str> = if by_kind { kinds.keys().copied().collect() } else { vec![""] };
        for kind in kinds {
            push_line(&mut lines, [table, kind, "652323", &from, &to, &as_of].into_iter(), ',');
        }
    }
    let path = office.folder.join("coverage.csv");
    fs::write(&path, lines).with_context(|| path.display().to_string())
}
