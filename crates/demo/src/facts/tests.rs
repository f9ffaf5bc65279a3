use std::sync::LazyLock;

use gongzhi_core::catalog::Problem;
use gongzhi_core::messages::{Language, Translator};
use gongzhi_core::period::Period;
use gongzhi_core::values::RowAction;

use super::super::draft::{Draft, Value, Who};
use super::super::world::World;
use super::*;
use crate::tests::shipped;

const CANAL: &str = r#"
model: stamp/construction_contract
facts:
  - key: canal
    law: 印花税法第1条
    arithmetic: 40 000 000 × 0.3‰ = 12 000.00
    tempting: none
    parties:
      A: {sort: public_body, vat: none, small_profit: no, seat: here}
      B: {sort: builder, vat: general, small_profit: unknown, seat: "650100", registered: no}
    reported:
      - {item: water_project.project, period: 2025Q1, row: {owner: $A, builder: $B, project_name: $project1, contract_amount_yuan: "40000000.00"}}
      - {item: water_project.project, period: 2025Q2, row: {owner: $A, builder: $B, project_name: $project1, contract_amount_yuan: "40000000.00"}}
    tax_side:
      - {table: tax_payment.payment, row: {taxpayer: $A, tax_kind: stamp_tax, tax_item: 建设工程合同, period_from: 2025-01-01, period_to: 2025-03-31, amount_yuan: "12000.00", paid_on: 2025-04-14}}
    answer:
      leads: [{taxpayer: $B, period: 2025Q1, gap_yuan: "12000.00"}]
  - key: under_the_old_name
    law: 印花税法第1条
    arithmetic: 已缴
    tempting: old_name
    parties:
      A: {sort: company, vat: general, small_profit: yes, seat: here, former_name: yes, industry: "5165"}
    reported:
      - {item: water_project.project, period: 2021Q4, row: {owner_name: $A.old_name, project_name: $project1}}
    tax_side: []
    answer: {leads: []}
"#;

static FACTS: LazyLock<Vec<Fact>> = LazyLock::new(|| {
    let mut problems = Vec::new();
    let facts = read::read("demo/facts/canal.yaml", CANAL, &mut problems);
    assert_eq!(problems, []);
    facts
});

fn planted(scale: f64) -> World {
    let mut world = World::new(1, 2025, scale);
    plant(&mut world, &shipped(), &FACTS, &Translator::new(Language::English)).unwrap();
    world
}

/// Rows of a kind in a period.
fn rows<'a>(world: &'a World, kind: &str, period: Period) -> &'a [Draft] {
    let (item, kind) = kind.split_once('.').unwrap();
    let sets = world.ledger.sets.iter().find(|((known, at), _)| *known == item && *at == period);
    sets.and_then(|(_, kinds)| kinds.get(kind)).map(Vec::as_slice).unwrap_or_default()
}

/// What is wrong with a text of facts, as an author reads it.
fn told(text: String) -> String {
    let mut problems: Vec<Problem> = Vec::new();
    let facts = Box::leak(Box::new(read::read("demo/facts/x.yaml", &text, &mut problems)));
    check::check(&shipped(), facts, &mut problems);
    let translator = Translator::new(Language::English);
    problems.iter().map(|problem| problem.in_words(&translator)).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_fact_stands_at_least_once_and_every_temptation_thirty_times_in_a_whole_county() {
    let count = |world: &World, key: &str| world.facts.iter().filter(|planted| planted.fact.key == key).count();
    let small = planted(0.01);
    assert_eq!((count(&small, "canal"), count(&small, "under_the_old_name")), (1, 1));
    let whole = planted(1.0);
    assert_eq!((count(&whole, "canal"), count(&whole, "under_the_old_name")), (3, 30));
}

#[test]
fn a_copy_says_what_the_fact_says_of_somebody_made_up() {
    let world = planted(0.01);
    let first = &rows(&world, "water_project.project", Period::Quarter(2025, 1))[0];
    assert_eq!(first.find("contract_amount_yuan"), Some(&Value::Figure("40000000.00".parse().unwrap())));
    let Some(Who::Taxpayer(builder)) = world.facts[0].cast.find("B") else { panic!("nobody builds") };
    assert!(first.parties.contains(&("builder", Who::Taxpayer(builder))));
    assert!(world.taxpayer(builder).name.starts_with("乌鲁木齐市"), "{}", world.taxpayer(builder).name);
    assert!(first.exact_identity, "no registry knows the builder: its code must be right");
    let again = &rows(&world, "water_project.project", Period::Quarter(2025, 2))[0];
    assert_eq!((first.action, again.action), (RowAction::Add, RowAction::Change));
    let paid = &rows(&world, "tax_payment.payment", Period::Month(2025, 4))[0];
    assert!(paid.find("receipt_number").is_some());
}

#[test]
fn who_is_registered_and_how_is_as_the_fact_says() {
    let world = planted(0.01);
    let registered = rows(&world, "tax_registration.taxpayer", Period::Month(2026, 4));
    assert_eq!(registered.len(), 2);
    assert_eq!(registered[1].find("industry"), Some(&Value::Text("5165".to_owned())));
    assert!(registered[1].find("small_profit_years").is_some());
    assert!(registered[0].find("not_small_profit_years").is_some());
}

#[test]
fn a_name_that_is_written_out_stands_without_a_code() {
    let world = planted(0.01);
    let row = &rows(&world, "water_project.project", Period::Quarter(2021, 4))[0];
    assert_eq!(row.by_words, ["owner"]);
    let old = world.taxpayers.last().unwrap().former_name.clone().unwrap();
    assert_eq!(row.find("owner_name"), Some(&Value::Text(old)));
}

#[test]
fn what_nobody_knows_is_named_with_file_line_fact_and_key() {
    let wrong = [
        ("water_project.project, period: 2025Q1", "water_projekt.project, period: 2025Q1", "water_projekt.project"),
        ("period: 2025Q1, row", "period: 2025-01, row", "2025-01"),
        ("period: 2025Q1, row", "row", "period"),
        ("{owner: $A,", "{ownr: $A,", "nearest: owner"),
        ("{owner: $A,", "{owner: $C,", "party \"$C\""),
        ("$A.old_name", "$A.older_name", "A.older_name"),
        ("{taxpayer: $B, period", "{taxpayer: $D, period", "party \"D\""),
        ("\"40000000.00\"", "四千万", "四千万"),
        ("seat: \"650100\"", "seat: \"999999\"", "999999"),
        ("tempting: old_name", "tempting: old_nam", "old_nam"),
        ("industry: ", "industri: ", "industri"),
        (", paid_on: 2025-04-14", "", "paid_on"),
        ("tax_payment.payment", "water_project.project", "water_project.project"),
        ("key: under_the_old_name", "key: canal", "same key"),
    ];
    assert_eq!(told(CANAL.to_owned()), "");
    for (right, wrong, named) in wrong {
        let text = CANAL.replacen(right, wrong, 1);
        assert_ne!(text, CANAL, "{right}");
        let told = told(text);
        assert!(told.starts_with("demo/facts/x.yaml:") && told.contains(named), "{wrong}: {told}");
    }
}

#[test]
fn a_fact_that_sells_plainly_below_the_county_is_named_unless_it_means_to() {
    let told = |text: &str| {
        let mut problems: Vec<Problem> = Vec::new();
        let facts = read::read("demo/facts/x.yaml", text, &mut problems);
        problems.extend(super::super::prices::check(&facts));
        let translator = Translator::new(Language::English);
        problems.iter().map(|problem| problem.in_words(&translator)).collect::<Vec<_>>().join("\n")
    };
    let shop = r#"
model: deed/transfer
facts:
  - key: shop
    law: 契税法第4条
    arithmetic: 480 000 × 3% = 14 400.00
    tempting: none
    parties:
      A: {sort: company, vat: general, small_profit: no, seat: here}
    reported:
      - {item: property_registration.transfer, period: 2025-11, row: {admin_region: "652323100", buyer: $A, floor_area_square_metres: "100", price_yuan: "480000.00", house_use: commercial}}
    tax_side: []
    answer: {leads: []}
"#;
    assert_eq!(told(shop), "", "four fifths are not plainly below");
    let low = shop.replace("480000.00", "479000.00");
    let named = told(&low);
    assert!(named.starts_with("demo/facts/x.yaml:11") && named.contains("4790") && named.contains("6000"), "{named}");
    assert_eq!(told(&low.replace("    tempting: none", "    tempting: none\n    low_price: yes")), "");
    for elsewhere in [("652323100", "652323523"), ("2025-11", "2022-11"), ("commercial", "public")] {
        assert_eq!(told(&low.replace(elsewhere.0, elsewhere.1)), "", "{elsewhere:?}");
    }
    let mine =
        shop.replace("property_registration.transfer, period: 2025-11", "coal_output.mine, period: 2025Q3").replace(
            "floor_area_square_metres: \"100\", price_yuan: \"480000.00\", house_use: commercial",
            "pit_price_without_tax_yuan: \"180\"",
        );
    assert!(told(&mine).contains("coal,pit"), "{}", told(&mine));
}

#[test]
fn the_facts_the_program_carries_fit_the_catalogue() {
    let (facts, problems) = embedded();
    let mut problems = problems.to_vec();
    check::check(&shipped(), facts, &mut problems);
    let translator = Translator::new(Language::English);
    let told: Vec<String> = problems.iter().map(|problem| problem.in_words(&translator)).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[test]
fn the_part_that_plants_facts_reads_no_model_no_parameter_and_no_amount_of_the_countys_own_making() {
    let files = [
        ("mod.rs", include_str!("mod.rs")),
        ("cast.rs", include_str!("cast.rs")),
        ("check.rs", include_str!("check.rs")),
        ("plant.rs", include_str!("plant.rs")),
        ("read.rs", include_str!("read.rs")),
    ];
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/facts");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), files.len() + 1, "a file of the folder is not read here");
    for (name, text) in files {
        let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for word in code.split(|sign: char| !sign.is_alphanumeric() && sign != '_') {
            let forbidden = ["models", "params", "parameters", "dues", "settle", "model_files"];
            assert!(!forbidden.contains(&word), "{name} names {word}");
        }
    }
}
