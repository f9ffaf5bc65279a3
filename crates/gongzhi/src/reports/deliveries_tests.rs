use gongzhi_core::access::Scope;
use gongzhi_core::issues::Issue;
use gongzhi_core::messages::Message;
use gongzhi_core::reports::FoundSheet;
use gongzhi_core::state::Moment;
use gongzhi_core::values::SetMode;

use super::*;
use crate::acts::catalog::{CatalogPlace, get_catalog};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The reports of a folder, the days its files came on, and what is computed of them as of a day.
fn deliveries(reports: &[(&str, FileReport, &str)], as_of: &str) -> Deliveries {
    let catalog = get_catalog(&CatalogPlace::default()).unwrap();
    let named_units = BTreeMap::from([("nobody.csv".to_owned(), "court".to_owned())]);
    let received = reports.iter().map(|(name, _, came)| ((*name).to_owned(), day(came))).collect();
    let reports = reports.iter().map(|(name, report, _)| ((*name).to_owned(), report.clone())).collect();
    let files =
        FilesFound { reports: &reports, named_units: &named_units, received: &received, counts: [0; 3], rows: 0 };
    let moment = Moment { as_of: chrono::DateTime::<chrono::Utc>::MAX_UTC, period: None };
    let visible = VisibleBatches::found_by_a_test(&Scope::regions([]), moment, Vec::new());
    let (catalog, visible, as_of) = (&catalog, &visible, day(as_of));
    Deliveries::of(&DeliveryFacts { catalog, files, visible, as_of, region: "" })
}

fn error() -> Issue {
    Issue {
        sheet: String::new(),
        cell: None,
        column: None,
        severity: Severity::Error,
        rule: "unreadable".into(),
        value: String::new(),
        message: Message::new("no-such-key"),
        mend: Message::new("no-such-key"),
    }
}

fn report(period: &str, is_accepted: bool, errors: usize) -> FileReport {
    FileReport {
        unit: Some("natural_resources".to_owned()),
        period: period.parse().ok(),
        mode: Some(SetMode::Full),
        accepted: is_accepted,
        sheets: vec![FoundSheet { item: "land_expropriation_grant".to_owned(), rows: 3, ..FoundSheet::default() }],
        issues: vec![error(); errors],
        ..FileReport::default()
    }
}

#[test]
fn a_file_after_its_due_day_is_late_by_the_days_between_and_one_on_the_day_is_not() {
    // 2025-01 falls due on the fifth day of February, which the Spring Festival moves.
    let due = deliveries(&[("a", report("2025-01", true, 0), "2025-01-01")], "2025-03-01").files[0].due.unwrap();
    let came = |days: u64| (due + chrono::Days::new(days)).to_string();
    let of = |came: &str| deliveries(&[("a", report("2025-01", true, 0), came)], "2025-03-01").files[0].days_late();
    assert_eq!((of(&came(0)), of(&came(1)), of(&came(17))), (None, Some(1), Some(17)));
}

#[test]
fn a_unit_sums_its_files_and_a_blocked_one_lowers_its_share() {
    let files = [("a", report("2025-01", true, 0), "2025-01-31"), ("b", report("2025-02", false, 4), "2025-12-01")];
    let told = deliveries(&files, "2025-03-01");
    let unit = told.units.iter().find(|unit| unit.unit.as_deref() == Some("natural_resources")).unwrap();
    assert_eq!((unit.files, unit.rows, unit.errors), ([1, 1, 0], 6, 4));
    assert_eq!((unit.right_thousandths(), unit.late_files), (Some(500), 1));
    assert!(unit.most_days_late > 200, "{unit:?}");
    assert_eq!(UnitLine::default().right_thousandths(), None);
}

#[test]
fn what_was_due_and_did_not_come_is_named_and_what_came_blocked_or_is_not_due_is_not() {
    let files = [("a", report("2025-01", true, 0), "2025-01-31"), ("b", report("2025-02", false, 1), "2025-03-01")];
    let told = deliveries(&files, "2025-05-01");
    let of_grants = told.undelivered.iter().filter(|missing| missing.item == "land_expropriation_grant");
    let periods: Vec<String> = of_grants.map(|missing| missing.period.to_string()).collect();
    assert_eq!(periods, ["2025-03"], "April is due in May");
    assert!(told.undelivered.iter().all(|missing| missing.period.first_day() >= day("2025-01-01")));
    assert!(told.undelivered.iter().all(|missing| missing.days > 0 && missing.due < day("2025-05-01")));
}

#[test]
fn a_file_that_says_no_unit_is_of_the_one_its_path_names_and_else_of_none() {
    let refused = FileReport { refused: true, issues: vec![error()], ..FileReport::default() };
    let files = [("nobody.csv", refused.clone(), "2025-01-01"), ("x.csv", refused, "2025-01-01")];
    let told = deliveries(&files, "2025-05-01");
    let units: Vec<Option<&str>> = told.files.iter().map(|file| file.unit.as_deref()).collect();
    assert_eq!(units, [Some("court"), None]);
    assert!(told.undelivered.is_empty(), "nothing delivered says from when anything is owed");
}

#[test]
fn a_file_that_came_on_new_years_day_is_late_for_the_last_day_of_the_year() {
    let mut line = deliveries(&[("a", report("2025-11", true, 0), "2026-01-01")], "2026-03-01").files.remove(0);
    line.due = Some(day("2025-12-31"));
    assert_eq!(line.days_late(), Some(1));
}
