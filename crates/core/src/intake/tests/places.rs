//! Whose sheet it is and of which period.

use super::*;
use crate::intake::place::UnitBook;

#[test]
fn unit_and_period_come_from_the_first_place_that_names_them() {
    let catalog = catalog();
    let units = UnitBook::new(&catalog);
    let item = &catalog.items["land_grant"];
    let judge = Judge { catalog: &catalog, units: &units, item, today: NaiveDate::from_ymd_opt(2025, 4, 3).unwrap() };
    let titles = ["填报单位：呼图壁县自然资源局 所属期：2025年3月".to_owned()];
    let flags = Flags::default();
    let clues =
        Clues { identity: None, flags: &flags, titles: &titles, column: None, path: "财政局/2025年2月.csv" };
    assert_eq!(judge.unit(&clues).unwrap().0, "land");
    assert_eq!(judge.period(&clues).unwrap().0, Period::Month(2025, 3));
    let clues = Clues { titles: &[], path: "自然资源局/2025年2月.csv", ..clues };
    assert_eq!(
        (judge.unit(&clues).unwrap().0, judge.period(&clues).unwrap().0),
        ("land".to_owned(), Period::Month(2025, 2))
    );
    let rule = |clues: &Clues<'_>| (judge.unit(clues).unwrap_err().rule, judge.period(clues).unwrap_err().rule);
    assert_eq!(rule(&Clues { path: "财政局/2025Q1.csv", ..clues }), ("unit-not-provider", "period"));
    assert_eq!(rule(&Clues { path: "a.csv", ..clues }), ("unknown-unit", "period"));
    let flags = Flags { unit: Some("月球局".to_owned()), period: Some(Period::Year(2025)), mode: None };
    assert_eq!(rule(&Clues { flags: &flags, ..clues }), ("unknown-unit", "period"));
}

#[test]
fn other_periods_and_units_than_the_one_decided_are_told_or_block() {
    use crate::catalog::Severity::{Error, Warning};
    let catalog = catalog();
    let units = UnitBook::new(&catalog);
    let today = NaiveDate::from_ymd_opt(2025, 4, 3).unwrap();
    let judge = Judge { catalog: &catalog, units: &units, item: &catalog.items["land_grant"], today };
    let (none, march) = (Flags::default(), Period::Month(2025, 3));
    let february = ["填报单位：自然资源局 所属期：2025年2月".to_owned()];
    let clues = Clues { identity: None, flags: &none, titles: &february, column: None, path: "a.xlsx" };
    let said = |clues: &Clues<'_>, unit| {
        let told = judge.contradictions(clues, unit, march);
        told.into_iter().map(|(severity, message)| (severity, message.key.into_owned())).collect::<Vec<_>>()
    };
    assert_eq!(said(&clues, "land"), [(Error, "intake-sheets-of-periods".to_owned())]);
    assert_eq!(said(&clues, "finance").len(), 2, "another unit and another period");
    let impossible = ["所属期：2025年13月".to_owned()];
    assert_eq!(said(&Clues { titles: &impossible, ..clues }, "land"), [(Error, "intake-period-unreadable".to_owned())]);
    let given = Flags { period: Some(march), ..Flags::default() };
    assert_eq!(said(&Clues { flags: &given, ..clues }, "land"), [(Warning, "intake-period-contradicts".to_owned())]);
    let identity = TemplateIdentity {
        unit: Some("land".to_owned()),
        period: Some("2025-03".to_owned()),
        ..TemplateIdentity::default()
    };
    let wrong = Flags { unit: Some("财政局".to_owned()), period: Some(Period::Month(2025, 1)), mode: None };
    let against = Clues { identity: Some(&identity), flags: &wrong, titles: &[], ..clues };
    let keys = ["intake-period-against-identity", "intake-unit-against-identity"].map(|key| (Error, key.to_owned()));
    assert_eq!(said(&against, "land"), keys);
    let unknown = Flags { unit: Some("火星局".to_owned()), ..Flags::default() };
    assert_eq!(judge.unit(&Clues { flags: &unknown, ..against }).unwrap_err().rule, "unknown-unit");
}

#[test]
fn a_period_that_has_not_begun_or_does_not_exist_is_refused() {
    let catalog = catalog();
    let units = UnitBook::new(&catalog);
    let today = NaiveDate::from_ymd_opt(2025, 4, 3).unwrap();
    let judge = Judge { catalog: &catalog, units: &units, item: &catalog.items["land_grant"], today };
    let flags = Flags::default();
    let key = |title: &str, path: &str| {
        let titles = [title.to_owned()];
        let clues = Clues { identity: None, flags: &flags, titles: &titles, column: None, path };
        match judge.period(&clues) {
            Ok((period, _)) => period.to_string(),
            Err(refusal) => format!("{} {}", refusal.message.key, refusal.value),
        }
    };
    assert_eq!(key("所属期：2025年4月", ""), "2025-04");
    assert_eq!(key("所属期：2025年5月", ""), "intake-period-future 2025-05");
    assert_eq!(key("", "2031-03.xlsx"), "intake-period-future 2031-03");
    assert_eq!(key("所属期：2025年13月", "2025-03.xlsx"), "intake-period-unreadable 2025年13月");
    assert_eq!(key("所属期：2025年1月-2025年2月", ""), "intake-period-unreadable 2025年1月-2025年2月");
    assert_eq!(key("2024-2025年统计表 所属期：2025-03", ""), "2025-03");
    assert_eq!(key("", "2024-2025年/2025年3月.xlsx"), "2025-03");
    assert_eq!(key("", "2024-2025年.xlsx"), "intake-period-unreadable 2024-2025年");
}
