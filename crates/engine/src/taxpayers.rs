//! The registry that names and codes are matched against, out of the state of things: registered taxpayers first, then
//! the businesses that the market regulator saw open and close, last whom the tax bureau's other tables name.
//!
//! One taxpayer may stand in all three, under the name of its day: the tax registration's name counts, the others are
//! names it is known by. So a row that still uses the licence's old name finds its taxpayer.

use std::collections::{BTreeMap, HashMap};

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use gongzhi_core::catalog::{Catalog, PartyPart};
use gongzhi_core::codes::{PersonDigest, Uscc};
use gongzhi_core::identity::{RegistryRecord, Subject};
use gongzhi_core::state::VisibleBatches;

use crate::batch::BatchError;
use crate::fence::FenceError;
use crate::parts::{DataPlace, PartReader, Slice, Source};
use crate::session::{Session, SessionError, question};

/// The party of the tax bureau's tables whose tax a row is about.
const TAXPAYER_PARTY: &str = "taxpayer";

/// The views the registry is made of; each is optional, as not every county has loaded every table.
pub const REGISTRY_VIEWS: [&str; 3] =
    ["tax_registration_taxpayer", "business_opening_opening", "business_closing_closing"];

/// Every view gives the same columns, all text: code, name, former names, address, two older codes, certificate.
const QUESTIONS: [(&str, &str); 3] = [
    (
        "tax_registration_taxpayer",
        "select taxpayer_uscc, taxpayer_name, former_names, coalesce(registered_address, operating_address),
            cast(null as varchar) as organisation_code, cast(null as varchar) as registration_number, authority
         from tax_registration_taxpayer order by _ref",
    ),
    (
        "business_opening_opening",
        "select enterprise_uscc, enterprise_name, cast(null as varchar) as former_names, address,
            enterprise_organisation_code, enterprise_registration_number, cast(null as varchar) as region
         from business_opening_opening order by _ref",
    ),
    (
        "business_closing_closing",
        "select enterprise_uscc, enterprise_name, cast(null as varchar) as former_names, address,
            enterprise_organisation_code, enterprise_registration_number, cast(null as varchar) as region
         from business_closing_closing order by _ref",
    ),
];

/// Reads the registry from the views of [`REGISTRY_VIEWS`] that stand in the session, one record a taxpayer, by code.
///
/// # Errors
/// A batch can't be read, or a question meets the memory limit.
pub async fn list_taxpayers(session: &Session, present: &[&str]) -> Result<Vec<RegistryRecord>, SessionError> {
    let questions = QUESTIONS.into_iter().filter(|(view, _)| present.contains(view)).collect();
    session.run(|context| gather_all(context, questions)).await
}

async fn gather_all(
    context: SessionContext,
    questions: Vec<(&'static str, &'static str)>,
) -> Result<Vec<RegistryRecord>, FenceError> {
    let mut taxpayers: BTreeMap<String, RegistryRecord> = BTreeMap::new();
    for (view, sql) in questions {
        let is_register = view == REGISTRY_VIEWS[0];
        let mut rows = question(&context, sql).await?.execute_stream().await?;
        while let Some(rows) = rows.next().await.transpose()? {
            for at in 0..rows.num_rows() {
                gather(&rows, at, is_register, &mut taxpayers);
            }
        }
    }
    Ok(taxpayers.into_values().collect())
}

/// Adds whom the tax bureau's other tables name by code and is not registered here: builders seated elsewhere that
/// report or prepay here. The bureau knows them under that code and that name, so a row that gives both means them.
///
/// # Errors
/// A batch can't be read.
pub fn add_named_by_tax_side(
    place: DataPlace<'_>,
    (catalog, visible): (&Catalog, &VisibleBatches),
    taxpayers: &mut Vec<RegistryRecord>,
) -> Result<(), BatchError> {
    let mut known: HashMap<String, Option<usize>> =
        taxpayers.iter().map(|record| (record.uscc.clone(), None)).collect();
    for batch in visible.batches().iter().filter(|batch| batch.main.is_some()) {
        let found = catalog.find_kind(&format!("{}.{}", batch.batch.item, batch.batch.kind));
        let Some((_, kind)) = found.filter(|(item, _)| item.is_tax_side()) else { continue };
        let part = |part| kind.find_party_column(TAXPAYER_PARTY, part).map(|column| (Source::Main, column.key.clone()));
        let (Some(code), Some(name)) = (part(PartyPart::Uscc), part(PartyPart::Name)) else { continue };
        let mut reader = PartReader::open(place, batch, &[code, name], None)?;
        while let Some(slice) = reader.next_slice()? {
            take_named(&slice, &mut known, taxpayers);
        }
    }
    Ok(())
}

/// Takes the codes of a few thousand rows that nobody has yet, each with the names it is given.
fn take_named(slice: &Slice, known: &mut HashMap<String, Option<usize>>, taxpayers: &mut Vec<RegistryRecord>) {
    let text = |column: usize| slice.columns[column].as_ref().and_then(|column| column.as_string_opt::<i32>());
    let (Some(codes), Some(names)) = (text(0), text(1)) else { return };
    for (code, name) in codes.iter().zip(names) {
        let (Some(code), Some(name)) = (code, name) else { continue };
        match known.get(code) {
            Some(None) => {}
            Some(Some(at)) => add_name(&mut taxpayers[*at], name),
            None if Uscc::parse(code).is_some() && !name.trim().is_empty() => {
                known.insert(code.to_owned(), Some(taxpayers.len()));
                let (uscc, name) = (code.to_owned(), name.trim().to_owned());
                taxpayers.push(RegistryRecord { uscc, name, ..RegistryRecord::default() });
            }
            None => {}
        }
    }
}

fn add_name(record: &mut RegistryRecord, name: &str) {
    let name = name.trim();
    if !name.is_empty() && name != record.name && !record.former_names.iter().any(|known| known == name) {
        record.former_names.push(name.to_owned());
    }
}

/// The tax register's rows count as they stand. A row of another office counts only with a code whose check digit holds:
/// without one, or with a mistyped one, it would be a second taxpayer of the same name, and neither could be found.
fn gather(rows: &RecordBatch, at: usize, is_register: bool, taxpayers: &mut BTreeMap<String, RegistryRecord>) {
    let text = |column: usize| {
        let strings = rows.column(column).as_string_opt::<i32>();
        strings.filter(|strings| strings.is_valid(at)).map_or("", |strings| strings.value(at)).trim()
    };
    let (code, name) = (text(0), text(1));
    if code.is_empty() && name.is_empty() {
        return;
    }
    if !is_register && Uscc::parse(code).is_none() {
        return;
    }
    // Without any code the name is all there is to tell two entries apart.
    let older = [text(4), text(5)].into_iter().find(|code| !code.is_empty()).unwrap_or(name);
    let key = if code.is_empty() { older } else { code };
    let record = taxpayers.entry(key.to_owned()).or_insert_with(|| RegistryRecord {
        uscc: key.to_owned(),
        name: name.to_owned(),
        ..RegistryRecord::default()
    });
    let other_names = text(2).split([';', '；']).map(str::trim).chain([name]);
    other_names.for_each(|other| add_name(record, other));
    fill(&mut record.address, text(3));
    fill(&mut record.organisation_code, text(4));
    fill(&mut record.registration_number, text(5));
    fill(&mut record.region, text(6));
    if let Some(person) = PersonDigest::of_code(code) {
        // A person's name finds nobody, a shop's does.
        record.is_natural_person = Subject::of("", name, true) == Subject::Person;
        record.certificate.get_or_insert(person);
    }
}

fn fill(field: &mut String, text: &str) {
    if field.is_empty() {
        text.clone_into(field);
    }
}
