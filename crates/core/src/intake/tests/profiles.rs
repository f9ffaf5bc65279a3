//! Layout profiles: proposed, completed, confirmed.

use super::*;
use crate::intake::profile::{SetFault, Status, Use};

#[test]
fn an_unknown_column_blocks_until_a_confirmed_profile_ignores_it() {
    let facts = sheet(&["合同编号", "受让单位名称", "内部流水", "金额合计"], &[]);
    let row: &[&str] = &["a1", "示例有限公司", "77", "3"];
    let (_, issues) = check(&facts, &[row], SetMode::Full);
    assert_eq!(issues.iter().filter(|issue| issue.starts_with("error unknown-column")).count(), 2);
    let catalog = catalog();
    let (_, kind) = catalog.find_kind("land_grant.grant").unwrap();
    let book = HeaderBook::new(&catalog);
    let names = || facts.columns.iter().map(|column| column.name.as_str());
    let mut profile = LayoutProfile::propose(kind, book.find("land_grant", "grant").unwrap(), "land", names());
    assert!(!profile.is_for(names()), "a proposal is not used");
    assert!(!profile.faults(kind).is_empty(), "what is undecided can't be confirmed");
    profile.headers[2].used = Use::Ignore;
    let measure = Some("ten_thousand_yuan".to_owned());
    profile.headers[3].used = Use::Column { column: "price_yuan".to_owned(), measure, codes: Default::default() };
    assert_eq!(profile.faults(kind), []);
    profile.status = Status::Confirmed;
    assert!(profile.is_for(names()));
    let (values, issues, _) = check_all(&facts, &[row], SetMode::Full, Some(&profile));
    assert!(issues.iter().all(|issue| issue.severity == crate::catalog::Severity::Warning), "{issues:?}");
    assert_eq!(values[0][7], "30000");
    let text = serde_json::to_string(&profile).unwrap();
    assert_eq!(serde_json::from_str::<LayoutProfile>(&text).unwrap(), profile);
}

#[test]
fn a_proposal_takes_the_measure_of_the_header() {
    let catalog = catalog();
    let (_, kind) = catalog.find_kind("land_grant.grant").unwrap();
    let book = HeaderBook::new(&catalog);
    let names = ["合同编号", "受让单位名称", "总成交价款万元", "地面积（美元）"];
    let profile = LayoutProfile::propose(kind, book.find("land_grant", "grant").unwrap(), "land", names.into_iter());
    let measure = Some("ten_thousand_yuan".to_owned());
    let price = Use::Column { column: "price_yuan".to_owned(), measure, codes: Default::default() };
    assert_eq!(profile.headers[2].used, price);
    assert_eq!(profile.headers[3].used, Use::Undecided);
}

#[test]
fn a_profile_is_completed_in_the_words_of_the_template() {
    let catalog = catalog();
    let (_, kind) = catalog.find_kind("land_grant.grant").unwrap();
    let book = HeaderBook::new(&catalog);
    let headers = book.find("land_grant", "grant").unwrap();
    let mut profile =
        LayoutProfile::propose(kind, headers, "land", ["合同编号", "拿地单位", "总价万", "天气"].into_iter());
    profile.status = Status::Confirmed;
    for word in [("拿地单位", "受让单位名称"), ("总价万", "成交价款（万元）"), ("天气", "ignore")]
    {
        profile.set(word, kind, headers).unwrap();
    }
    assert_eq!(profile.status, Status::Proposed, "a changed profile is confirmed again");
    assert_eq!(profile.faults(kind), []);
    assert!(matches!(&profile.headers[2].used, Use::Column { column, measure: Some(measure), .. }
        if column == "price_yuan" && measure == "ten_thousand_yuan"));
    assert_eq!(profile.headers[3].used, Use::Ignore);
    let refused = profile.set(("天气", "没有的列"), kind, headers);
    assert!(matches!(&refused, Err(SetFault::NoSuchColumn { known, .. }) if known.contains(&"合同编号".to_owned())));
    let refused = profile.set(("天气", "成交价"), kind, headers);
    assert!(matches!(&refused, Err(SetFault::NoSuchColumn { nearest: Some(near), .. }) if near == "成交价款"));
    let refused = profile.set(("天气", "成交价款（斤）"), kind, headers);
    assert!(matches!(&refused, Err(SetFault::BadMeasure { .. })), "{refused:?}: never undecided in silence");
    assert!(profile.set(("没有的列名", "ignore"), kind, headers).is_err());
    assert_eq!(profile.headers[3].used, Use::Ignore);
    // What is so already leaves a confirmed profile confirmed.
    profile.status = Status::Confirmed;
    profile.set(("天气", "不收"), kind, headers).unwrap();
    profile.set(("总价万", "成交价款（万元）"), kind, headers).unwrap();
    assert_eq!(profile.status, Status::Confirmed);
}
