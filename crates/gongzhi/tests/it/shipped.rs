//! The catalogue as it is shipped, read from its folder: what reviews of the law asked of it.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use gongzhi_core::catalog::{Catalog, Certainty, Origin, Source};
use gongzhi_core::intake::HeaderBook;
use gongzhi_core::intake::header::fold;
use gongzhi_core::models::Models;

use crate::program::package;

fn gather(folder: &Path, prefix: &str, sources: &mut Vec<Source>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            gather(&entry.path(), &format!("{path}/"), sources);
        } else {
            let text = std::fs::read_to_string(entry.path()).expect("a text");
            sources.push(Source { path, text });
        }
    }
}

/// The shipped catalogue, compiled.
pub fn catalog() -> Catalog {
    let mut sources = Vec::new();
    gather(&package().join("../../catalog"), "", &mut sources);
    Catalog::compile(&sources).0
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

#[test]
fn a_veteran_has_a_certificate_an_employer_and_a_contract() {
    let catalog = catalog();
    let (_, persons) = catalog.find_kind("veteran_employment.person").expect("item 38");
    let wanted = ["certificate_number", "employer_name", "employer_uscc", "contract_from_day", "contract_to_day"];
    for column in wanted {
        let column = persons.find_column(column).unwrap_or_else(|| panic!("{column}"));
        assert_eq!(column.origin, Origin::Extension, "{}", column.key);
    }
}

#[test]
fn no_header_of_an_item_means_two_columns_and_the_ordinary_words_of_offices_mean_one() {
    let catalog = catalog();
    for item in catalog.items.values() {
        for kind in &item.kinds {
            let mut known: BTreeMap<String, &str> = BTreeMap::new();
            for column in &kind.columns {
                for header in column.headers() {
                    let other = known.insert(fold(header), &column.key).filter(|other| *other != column.key);
                    assert_eq!(other, None, "{}.{}: {header} is {} too", item.key, kind.key, column.key);
                }
            }
        }
    }
    let book = HeaderBook::new(&catalog);
    for (item, kind, header, column) in [
        ("investment_approval", "project", "项目编号", "project_code"),
        ("investment_approval", "project", "工程名称", "project_name"),
        ("investment_approval", "project", "业主单位", "owner_name"),
        ("investment_approval", "project", "业主单位税号", "owner_uscc"),
        ("investment_progress", "progress", "工程名称", "project_name"),
        ("construction_filing", "project", "合同价款（万元）", "contract_amount_yuan"),
        ("land_expropriation_grant", "grant", "成交金额", "price_yuan"),
        ("property_registration", "transfer", "合同价款", "price_yuan"),
        ("marriage_registration", "registration", "证件号码", "citizen_id"),
    ] {
        let (_, of_kind) = catalog.find_kind(&format!("{item}.{kind}")).expect("a kind");
        let found = book.find(item, kind).and_then(|headers| headers.find(header));
        let found = found.map(|found| of_kind.columns[found.column].key.as_str());
        assert_eq!(found, Some(column), "{item}.{kind} {header}");
    }
}

#[test]
fn no_figure_names_a_law_outside_the_days_of_the_law() {
    let catalog = catalog();
    for parameter in catalog.parameters.values() {
        for value in &parameter.values {
            let Some(law) = &value.law else { continue };
            let (from, to) = catalog.days_of_law(law);
            let begins = from.is_none_or(|from| from <= value.from);
            let ends = to.is_none_or(|to| value.to.is_some_and(|last| last <= to));
            assert!(begins && ends, "{}: {law} does not hold from {} to {:?}", parameter.key, value.from, value.to);
        }
    }
}

#[test]
fn what_a_model_cites_of_2026_holds_in_2026_and_vat_is_cited_by_the_law() {
    let catalog = catalog();
    let (models, _) = Models::compile(&catalog);
    let holds = |law: &str| {
        let (from, to) = catalog.days_of_law(law);
        from.is_none_or(|from| from <= day("2026-12-31")) && to.is_none_or(|to| day("2026-01-01") <= to)
    };
    for model in ["construction/prepayment", "vat/real_estate_prepayment"] {
        let cited: Vec<&str> =
            models.models[model].laws.iter().map(|law| law.law.as_str()).filter(|law| holds(law)).collect();
        for law in ["vat_law", "vat_law_rules", "vat_prepayment_2026_14", "vat_relief_2026_10", "vat_threshold_2026_4"]
        {
            assert!(cited.contains(&law), "{model} does not cite {law}");
        }
        for law in ["construction_vat_2016_17", "real_estate_vat_2016_18", "small_scale_vat_2023_19", "vat_regulations"]
        {
            assert!(!cited.contains(&law), "{model} cites {law}, which has ended");
        }
    }
}

#[test]
fn the_filing_days_of_stamp_tax_before_its_law_are_the_offices_own_choice() {
    let catalog = catalog();
    let due = &catalog.parameters["due_on/stamp_tax"];
    let certainty = |on: &str| due.find("652323", "", day(on)).expect("a figure").certainty;
    assert_eq!(certainty("2022-06-30"), Certainty::Policy);
    assert_eq!(certainty("2022-07-01"), Certainty::Read);
}

#[test]
fn the_environmental_tax_law_is_cited_with_its_amendment_of_2025() {
    assert!(catalog().laws["environmental_protection_tax_law"].number.contains("2025年修正"));
}
