use super::*;

fn source(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
}

const UNIT: &str = "name: {zh: 住建局, en: Housing}\nregion: \"652323\"\nreports: true\n";

const ITEM: &str = "number: 20
name: {zh: 建筑工程验收信息, en: Acceptance}
period: quarter
due: {after: quarter, days: 5}
mode: full_then_differential
basis: 附件2第20项
sharing: conditional
purposes: [construction]
versions:
  - {version: 1, from: 2022-04-01}
kinds:
  acceptance:
    name: {zh: 验收, en: Acceptance}
    mark: flow
    key: [project_name, builder_name]
    columns:
      - {key: project_name, zh: 工程名称, type: text, required: true}
      - {party: builder, zh: 施工单位, codes: [organisation_code]}
      - {key: final_account_yuan, zh: 工程决算金额, type: amount, measure: yuan, min: \"0\"}
";

fn compile(item: &str) -> (Catalog, Vec<Problem>) {
    Catalog::compile(&[
        source("providers/housing_construction.yaml", UNIT),
        source("templates/housing_construction/construction_acceptance.yaml", item),
    ])
}

#[test]
fn a_party_becomes_its_columns_in_place() {
    let (catalog, problems) = compile(ITEM);
    assert_eq!(problems, []);
    let (_, kind) = catalog.find_kind("construction_acceptance.acceptance").unwrap();
    let keys: Vec<_> = kind.columns.iter().map(|column| column.key.as_str()).collect();
    assert_eq!(
        keys,
        ["project_name", "builder_name", "builder_uscc", "builder_organisation_code", "final_account_yuan"]
    );
    assert_eq!(kind.find_party_column("builder", PartyPart::Uscc).unwrap().name.zh, "施工单位统一社会信用代码");
}

#[test]
fn an_unknown_key_is_reported_with_its_line_and_the_nearest_name() {
    let (_, problems) = compile(&ITEM.replace("sharing: conditional", "shareing: conditional"));
    let unknown = problems.iter().find(|problem| problem.message.key == "catalog-key-unknown").unwrap();
    assert_eq!(unknown.line, 7);
    assert!(unknown.message.values.contains(&("hint".into(), "sharing".to_owned())));
    assert!(problems.iter().any(|problem| problem.message.key == "catalog-key-missing"));
}

#[test]
fn all_problems_are_reported_and_not_the_first_alone() {
    let broken = ITEM
        .replace("type: amount, measure: yuan", "type: amount, measure: mile")
        .replace("key: [project_name, builder_name]", "key: [project_nmae]")
        .replace("period: quarter", "period: weekly");
    let (_, problems) = compile(&broken);
    let keys: Vec<_> = problems.iter().map(|problem| problem.message.key.as_ref()).collect();
    assert!(keys.contains(&"catalog-column-unknown"), "{keys:?}");
    assert_eq!(keys.iter().filter(|key| **key == "catalog-bad-value").count(), 2, "{keys:?}");
}

#[test]
fn a_file_of_an_upper_layer_replaces_the_one_below() {
    let files = overlay([vec![source("a.yaml", "old"), source("b.yaml", "kept")], vec![source("a.yaml", "new")]]);
    assert_eq!(files.iter().map(|file| file.text.as_str()).collect::<Vec<_>>(), ["new", "kept"]);
}

#[test]
fn a_parameter_falls_back_to_the_parents_of_a_region() {
    let text = "name: 契税税率
measure: ratio
values:
  - {from: 2021-09-01, region: \"65\", value: \"0.03\", certainty: K, reference: 契税法}
  - {from: 1997-10-01, to: 2021-08-31, value: \"0.04\", certainty: K, reference: 条例}
";
    let (catalog, problems) = Catalog::compile(&[source("params/deed/rate.yaml", text)]);
    assert_eq!(problems, []);
    let rate = &catalog.parameters["deed/rate"];
    let on = |day: &str| rate.find("652323", "", day.parse().unwrap()).map(|value| value.value.to_string());
    assert_eq!(on("2022-01-01").as_deref(), Some("0.03"));
    assert_eq!(on("2020-01-01").as_deref(), Some("0.04"));
    assert_eq!(on("1990-01-01"), None);
}

#[test]
fn a_file_full_of_nonsense_never_panics() {
    for text in ["", "{", "- [", "a: *b", "kinds: {x: {columns: [[[[]]]]}}", "\u{0}", "name: {zh: [], en: {}}"] {
        let (_, problems) = compile(text);
        assert!(!problems.is_empty(), "{text:?} passed");
    }
}

#[test]
fn an_item_of_a_department_is_none_of_the_tax_side_whether_it_has_a_number_or_not() {
    let bureau = UNIT.replace("住建局", "税务局");
    let table = ITEM.replace("number: 20\n", "").replace("due: {after: quarter, days: 5}\n", "");
    let (catalog, problems) = Catalog::compile(&[
        source("providers/housing_construction.yaml", UNIT),
        source("providers/tax_bureau.yaml", &bureau),
        source("templates/housing_construction/added.yaml", &ITEM.replace("number: 20\n", "")),
        source("templates/tax_bureau/table.yaml", &table),
    ]);
    assert_eq!(problems, []);
    let (added, table) = (&catalog.items["added"], &catalog.items["table"]);
    assert_eq!((added.is_tax_side(), table.is_tax_side()), (false, true));
    let month = crate::period::Period::Month(2025, 3);
    assert_eq!(
        (added.fits(month), added.fits(crate::period::Period::Quarter(2025, 1)), table.fits(month)),
        (false, true, true)
    );
}

#[test]
fn a_department_with_two_keys_reports_each_item_by_its_own() {
    let assets = format!("{}unit: finance\n", UNIT.replace("住建局", "国资委"));
    let (catalog, _) = Catalog::compile(&[
        source("providers/finance.yaml", &UNIT.replace("住建局", "财政局")),
        source("providers/state_assets.yaml", &assets),
        source("providers/housing_construction.yaml", UNIT),
        source("templates/finance/subsidy.yaml", ITEM),
        source("templates/state_assets/transfer.yaml", ITEM),
    ]);
    let reporter = |item: &str, unit: &str| {
        let found = catalog.reporter_of(&catalog.items[item], unit);
        found.map(|unit| unit.key.clone())
    };
    for unit in ["finance", "state_assets"] {
        assert_eq!(reporter("transfer", unit).as_deref(), Some("state_assets"));
        assert_eq!(reporter("subsidy", unit).as_deref(), Some("finance"));
    }
    assert_eq!(reporter("transfer", "housing_construction"), None);
    assert_eq!(reporter("transfer", "nobody"), None);
}

/// Keys of the problems of one file, and the catalogue.
fn compile_one(path: &str, text: &str) -> (Catalog, Vec<String>) {
    let source = Source { path: path.to_owned(), text: text.to_owned() };
    let (catalog, problems) = Catalog::compile(&[source]);
    (catalog, problems.into_iter().map(|problem| problem.message.key.into_owned()).collect())
}

#[test]
fn a_filing_day_lies_in_its_month_and_has_its_notice() {
    let year = |more: &str| compile_one("calendar/2025.yaml", &format!("reference: 通知\n{more}"));
    let notice = "filing_reference: 函\nfiling_certainty: K\n";
    let (catalog, problems) = year(&format!("{notice}filing_days: {{01: 2025-01-15, 10: 2025-10-27}}\n"));
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(catalog.calendar[&2025].filing_days[&10].to_string(), "2025-10-27");
    assert_eq!(year(&format!("{notice}filing_days: {{9: 2025-10-27}}\n")).1, ["catalog-bad-value"]);
    assert_eq!(year("filing_days: {1: 2025-01-15}\n").1, ["catalog-key-missing", "catalog-key-missing"]);
}

#[test]
fn days_off_of_a_region_have_a_notice_and_are_no_range_of_months() {
    let region = |days: &str| {
        let day = format!("name: 州\ndays:\n  - {{{days}, name: 节, certainty: K, reference: 通知}}\n");
        compile_one("days_off/65.yaml", &day)
    };
    let (catalog, problems) = region("from: 2025-06-06, to: 2025-06-08");
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(catalog.days_off["65"].days.len(), 3);
    assert_eq!(region("from: 2025-06-06").0.days_off["65"].days.len(), 1);
    assert_eq!(region("from: 2025-06-06, to: 2025-06-05").1, ["catalog-range-empty"]);
    assert_eq!(region("from: 2025-06-06, to: 2026-06-06").1, ["catalog-range-empty"]);
    assert_eq!(compile_one("days_off/xinjiang.yaml", "name: 州\ndays: []\n").1.len(), 2);
}
