//! The rules of linking, on a registry of a few made-up taxpayers.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate};

use super::places::tests::places;
use super::*;
use crate::codes::PersonKey;

const FIRST: &str = "91652323MA7A000172";
const SECOND: &str = "93652323MA7A00017U";
const THIRD: &str = "N2652323MF0000013A";
const FOURTH: &str = "54652323MF0000013M";
/// Valid, and nobody's in the registry.
const STRANGER: &str = "91440300085948158H";

fn record(uscc: &str, name: &str) -> RegistryRecord {
    RegistryRecord { uscc: uscc.to_owned(), name: name.to_owned(), ..RegistryRecord::default() }
}

fn index(records: impl IntoIterator<Item = RegistryRecord>) -> Index {
    Index::build(records, Arc::new(places()))
}

fn registry() -> Index {
    index([
        RegistryRecord {
            former_names: vec!["呼图壁县旧旧商贸有限公司".to_owned()],
            registration_number: "652323050000016".to_owned(),
            region: "652323".to_owned(),
            ..record(FIRST, "呼图壁县明翔商贸有限公司")
        },
        record(SECOND, "昌吉市泰隆建筑装饰工程有限公司"),
        record(THIRD, "呼图壁县双双棉业有限公司"),
        record(FOURTH, "呼图壁县双双棉业有限责任公司"),
    ])
}

fn find(query: &Query<'_>) -> Match {
    registry().find(query, &Decisions::default(), 5)
}

fn of_name(name: &str) -> Match {
    find(&Query { name, ..Query::default() })
}

fn linked(found: &Match) -> Option<&str> {
    found.link().map(|one| one.uscc.as_str())
}

#[test]
fn a_unique_full_name_links_however_it_is_written() {
    for name in ["呼图壁县明翔商贸有限公司", "呼圖壁縣明翔商貿有限責任公司", " 呼图壁县明翔（商贸）有限公司"]
    {
        assert_eq!(linked(&of_name(name)), Some(FIRST), "{name}");
    }
}

#[test]
fn a_former_name_links_and_says_so() {
    let found = of_name("呼图壁县旧旧商贸有限公司");
    assert_eq!(linked(&found), Some(FIRST));
    assert_eq!(found.candidates[0].agree, [Mark::FormerName]);
}

#[test]
fn a_name_for_two_codes_is_at_most_probable() {
    let found = of_name("呼图壁县双双棉业有限公司");
    assert_eq!(found.class, Class::Probable);
    assert_eq!(found.candidates.len(), 2);
}

#[test]
fn a_valid_code_links_whatever_the_name_and_codes_of_every_age_do() {
    for uscc in [FIRST, "91652323ma7a000172", "MA7A00017", "MA7A0001-7", "652323MA7A00017", "652323050000016"] {
        let found = find(&Query { name: "某某改名后的公司", uscc, ..Query::default() });
        // The first and the second share their organisation code here, so only the whole code tells them apart.
        let is_whole = uscc.len() == 18 || uscc.starts_with("652323050");
        assert_eq!(linked(&found).is_some(), is_whole, "{uscc}");
        assert!(found.candidates.iter().any(|one| one.uscc == FIRST), "{uscc}");
    }
}

#[test]
fn codes_that_disagree_beat_names_that_agree() {
    let found = find(&Query { name: "呼图壁县明翔商贸有限公司", uscc: STRANGER, ..Query::default() });
    assert!(found.class < Class::Probable);
    assert_eq!(found.candidates[0].differ, [Mark::Code]);
    let found = find(&Query { name: "呼图壁县明翔商贸有限公司", uscc: SECOND, ..Query::default() });
    assert_eq!(linked(&found), Some(SECOND));
    assert!(found.candidates[0].differ.contains(&Mark::Name));
}

#[test]
fn a_code_of_two_taxpayers_links_to_the_one_whose_name_agrees() {
    let found = find(&Query {
        name: "呼图壁县明翔商贸有限公司", organisation_code: "MA7A00017", ..Query::default()
    });
    assert_eq!(linked(&found), Some(FIRST));
}

#[test]
fn a_persons_number_in_the_column_of_codes_says_nothing_about_an_organisation() {
    let found =
        find(&Query { name: "呼图壁县明翔商贸有限公司", uscc: "11010519491231002X", ..Query::default() });
    assert_eq!(linked(&found), Some(FIRST));
}

#[test]
fn a_code_one_slip_away_does_not_disagree_and_one_far_away_does() {
    let name = "呼图壁县明翔商贸有限公司";
    for uscc in ["91652323MA7A000173", "9165233MA7A000172", "916523223MA7A000172", "91652323MA7A00O172"] {
        let near = find(&Query { name, uscc, ..Query::default() });
        assert_eq!(linked(&near), Some(FIRST), "{uscc}");
        assert!(near.candidates[0].agree.contains(&Mark::CodeNearly));
    }
    let far = find(&Query { name, uscc: "91110000MA00000009", ..Query::default() });
    assert_eq!(far.class, Class::Possible);
}

#[test]
fn another_region_keeps_a_name_from_linking() {
    let name = "呼图壁县明翔商贸有限公司";
    assert_eq!(linked(&find(&Query { name, region: "652323", ..Query::default() })), Some(FIRST));
    assert_eq!(linked(&find(&Query { name, region: "652300", ..Query::default() })), Some(FIRST));
    let found = find(&Query { name, region: "652301", ..Query::default() });
    assert_eq!(found.class, Class::Probable);
    assert_eq!(found.candidates[0].differ, [Mark::Region]);
}

#[test]
fn a_slip_of_the_pen_is_probable_and_another_brand_is_not() {
    assert_eq!(of_name("昌吉市泰隆建筑装饰工晟有限公司").class, Class::Probable);
    assert_eq!(of_name("昌吉市泰隆建筑装饰工程公司").class, Class::Probable);
    assert!(of_name("昌吉市泰丰建筑装饰工程有限公司").class < Class::Probable);
    assert!(of_name("阜康市泰隆建筑装饰工程有限公司").class < Class::Probable);
}

#[test]
fn a_sign_more_or_fewer_and_two_swapped_are_slips_wherever_they_stand() {
    for name in [
        "昌吉市泰建筑装饰工程有限公司",
        "昌吉市泰隆达建筑装饰工程有限公司",
        "昌吉市隆泰建筑装饰工程有限公司",
        "昌吉市泰建隆筑装饰工程有限公司",
        "昌市吉泰隆建筑装饰工程有限公司",
        "昌吉市泰隆建装饰工程有限公司",
    ] {
        assert_eq!(of_name(name).class, Class::Probable, "{name}");
    }
}

#[test]
fn another_sign_is_a_slip_in_a_place_that_does_not_exist_and_in_the_line_of_business() {
    assert_eq!(of_name("昌古市泰隆建筑装饰工程有限公司").class, Class::Probable);
    assert_eq!(of_name("昌吉市泰隆建竹装饰工程有限公司").class, Class::Probable);
    assert!(of_name("昌吉市泰丰建筑装饰工程有限公司").class < Class::Probable);
}

#[test]
fn a_branch_is_not_its_company() {
    assert!(of_name("昌吉市泰隆建筑装饰工程有限公司第一分公司").class < Class::Probable);
}

#[test]
fn natural_persons_are_found_by_certificate_and_never_by_name() {
    let key = PersonKey::new(*b"a key of the test, 32 bytes long");
    let certificate = key.digest("11010519491231002X", NaiveDate::from_ymd_opt(2025, 6, 30).unwrap());
    let person = RegistryRecord { certificate, is_natural_person: true, ..record("", "某某某") };
    let index = index([person, record(FIRST, "呼图壁县明翔商贸有限公司")]);
    let none = Decisions::default();
    assert_eq!(index.find(&Query { name: "某某某", ..Query::default() }, &none, 5).class, Class::None);
    let found = index.find(&Query { certificate, ..Query::default() }, &none, 5);
    assert_eq!((found.class, found.candidates[0].entry), (Class::Certain, EntryId(0)));
    assert_eq!(found.candidates[0].name, "", "the name of a natural person is not kept");
}

#[test]
fn a_name_that_may_be_a_persons_never_links() {
    let index = index([record(FIRST, "阿某·某某"), record(SECOND, "某某某")]);
    for name in ["阿某·某某", "某某某"] {
        let found = index.find(&Query { name, ..Query::default() }, &Decisions::default(), 5);
        assert!(found.class <= Class::Possible, "{name}");
    }
}

#[test]
fn a_persons_yes_links_and_a_persons_no_unlinks_until_taken_back() {
    let query = Query { name: "呼图壁县明翔商贸有限公司", ..Query::default() };
    let decided = |uscc: &str, same: Option<bool>, second: i64| Decision {
        subject: query.subject(),
        uscc: uscc.to_owned(),
        same,
        decided_by: "officer-1".to_owned(),
        decided_at: DateTime::from_timestamp(second, 0).unwrap(),
    };
    let find = |decisions: Vec<Decision>| registry().find(&query, &Decisions::new(decisions), 5);
    assert_eq!(linked(&find(vec![decided(SECOND, Some(true), 1)])), Some(SECOND));
    assert_eq!(linked(&find(vec![decided(FIRST, Some(false), 1)])), None);
    assert_eq!(linked(&find(vec![decided(FIRST, Some(false), 1), decided(FIRST, None, 2)])), Some(FIRST));
}

#[test]
fn the_same_registry_gives_the_same_digest_and_another_one_another() {
    assert_eq!(registry().digest(), registry().digest());
    assert_ne!(registry().digest(), index([record(FIRST, "呼图壁县明翔商贸有限公司")]).digest());
}

#[test]
fn a_repeated_code_is_one_taxpayer_with_two_names() {
    let index = index([record(FIRST, "呼图壁县明翔商贸有限公司"), record(FIRST, "呼图壁县新新商贸有限公司")]);
    assert_eq!(index.entry_count(), 1);
    let found = index.find(&Query { name: "呼图壁县新新商贸有限公司", ..Query::default() }, &Decisions::default(), 5);
    assert_eq!(found.link().map(|one| one.name.as_str()), Some("呼图壁县明翔商贸有限公司"));
}
