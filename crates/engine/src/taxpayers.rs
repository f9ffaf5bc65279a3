//! The registry that names and codes are matched against, out of the state of things: registered taxpayers first, then
//! the businesses that the market regulator saw open and close.
//!
//! One taxpayer may stand in all three, under the name of its day: the tax registration's name counts, the others are
//! names it is known by. So a row that still uses the licence's old name finds its taxpayer.

use std::collections::BTreeMap;

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use futures::StreamExt;
use gongzhi_core::codes::{PersonDigest, Uscc};
use gongzhi_core::identity::RegistryRecord;

use crate::session::{Session, SessionError};

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
pub async fn list_taxpayers(session: &Session, present: &[&str]) -> Result<Vec<RegistryRecord>, SessionError> {
    let mut taxpayers: BTreeMap<String, RegistryRecord> = BTreeMap::new();
    for (view, question) in QUESTIONS.iter().filter(|(view, _)| present.contains(view)) {
        let is_register = *view == REGISTRY_VIEWS[0];
        let table = session.question(question).await?;
        let mut rows = table.execute_stream().await.map_err(|error| session.error(error))?;
        while let Some(rows) = rows.next().await {
            let rows = rows.map_err(|error| session.error(error))?;
            for at in 0..rows.num_rows() {
                gather(&rows, at, is_register, &mut taxpayers);
            }
        }
    }
    Ok(taxpayers.into_values().collect())
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
    for other in other_names.filter(|other| !other.is_empty()) {
        if other != record.name && !record.former_names.iter().any(|known| known == other) {
            record.former_names.push(other.to_owned());
        }
    }
    fill(&mut record.address, text(3));
    fill(&mut record.organisation_code, text(4));
    fill(&mut record.registration_number, text(5));
    fill(&mut record.region, text(6));
    record.certificate = record.certificate.or_else(|| PersonDigest::parse(code));
}

fn fill(field: &mut String, text: &str) {
    if field.is_empty() {
        text.clone_into(field);
    }
}
