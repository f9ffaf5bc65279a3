use super::*;
use crate::catalog::Source;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn catalog() -> Catalog {
    // Made up for the tests: the first week of October off, the Saturday after it worked.
    let year = CalendarYear {
        published: true,
        reference: "test".to_owned(),
        holidays: (1..=8).map(|number| day(&format!("2025-10-{number:02}"))).collect(),
        workdays: [day("2025-10-11")].into(),
        ..CalendarYear::default()
    };
    Catalog { calendar: BTreeMap::from([(2025, year)]), ..Catalog::default() }
}

fn rule(after: DueAfter, days: u32) -> DueRule {
    DueRule { after, days, working: false, shift: true }
}

/// The catalogue's own calendars, and the days off of its layer for Xinjiang.
fn shipped() -> Catalog {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let mut sources: Vec<Source> = (2022..=2026)
        .map(|year| format!("calendar/{year}.yaml"))
        .map(|path| Source { text: read(&format!("catalog/{path}")), path })
        .collect();
    sources.push(Source { path: "days_off/65.yaml".to_owned(), text: read("layers/xinjiang/days_off/65.yaml") });
    let (catalog, problems) = Catalog::compile(&sources);
    assert_eq!(problems, []);
    catalog
}

#[test]
fn the_fifth_day_moves_to_the_first_working_day_after_a_holiday() {
    let catalog = catalog();
    let due = Calendar::of(&catalog, "").deadline(&rule(DueAfter::Quarter, 5), Period::Quarter(2025, 3));
    assert_eq!(due.unshifted.to_string(), "2025-10-05");
    assert_eq!(due.day.to_string(), "2025-10-09");
    assert!(!due.provisional);
}

#[test]
fn a_month_due_after_its_quarter_waits_for_the_quarter() {
    let catalog = catalog();
    let calendar = Calendar::of(&catalog, "");
    let due = |period| calendar.deadline(&rule(DueAfter::Quarter, 5), period).unshifted;
    assert_eq!(due(Period::Month(2025, 4)), due(Period::Month(2025, 6)));
}

#[test]
fn a_worked_saturday_counts_as_a_working_day() {
    let catalog = catalog();
    assert!(Calendar::of(&catalog, "").is_working_day(day("2025-10-11")));
}

#[test]
fn a_deadline_in_a_year_without_notice_is_provisional() {
    let catalog = catalog();
    let due = Calendar::of(&catalog, "").deadline(&rule(DueAfter::FixedDay(1, 31), 0), Period::Year(2025));
    assert_eq!(due.unshifted.to_string(), "2026-01-31");
    assert!(due.provisional);
}

#[test]
fn the_rule_alone_gives_every_published_filing_day_of_five_years() {
    let catalog = shipped();
    let calendar = Calendar::of(&catalog, "");
    let mut checked = 0;
    for (year, published) in &catalog.calendar {
        for (month, last) in &published.filing_days {
            let end = NaiveDate::from_ymd_opt(*year, *month, 1).unwrap().pred_opt().unwrap();
            assert_eq!(calendar.days_after(end, 15).unwrap().day, *last, "{year}-{month}");
            checked += 1;
        }
    }
    assert_eq!(checked, 60);
}

#[test]
fn a_published_filing_day_wins_over_the_rule_and_only_for_fifteen_days_after_a_month() {
    let mut catalog = catalog();
    catalog.calendar.get_mut(&2025).unwrap().filing_days.insert(10, day("2025-10-30"));
    let calendar = Calendar::of(&catalog, "");
    let after = |end: &str, count| calendar.days_after_period(day(end), count).unwrap().day.to_string();
    assert_eq!(after("2025-09-30", 15), "2025-10-30");
    // 10 October and the eight days of the holiday as working days: 11 (worked), 13–17, 20, 21.
    assert_eq!(after("2025-09-30", 10), "2025-10-21");
    assert_eq!(calendar.days_after(day("2025-09-30"), 15).unwrap().day.to_string(), "2025-10-27");
    assert_eq!(after("2025-09-29", 15), "2025-10-24");
}

#[test]
fn days_after_a_notice_are_prolonged_by_every_long_holiday_within_them_and_by_no_weekend() {
    let catalog = shipped();
    let calendar = Calendar::of(&catalog, "");
    let after = |start: &str, count| calendar.days_after(day(start), count).unwrap().day.to_string();
    // 30 days from 2025-03-20 end on Saturday 19 April; 清明 4–6 April are three days: 21, 22, 23 April.
    assert_eq!(after("2025-03-20", 30), "2025-04-23");
    // Two weekends and no holiday: only the last day moves.
    assert_eq!(after("2025-06-12", 30), "2025-07-14");
    // 元旦 of 2025 is one day in the week: nothing is added.
    assert_eq!(after("2024-12-20", 30), "2025-01-20");
    // 30 days from 2025-09-20: eight days off in October, 20 October and eight working days.
    assert_eq!(after("2025-09-20", 30), "2025-10-30");
    // Of a holiday only the days within the term count: 1 and 2 October are two.
    assert_eq!(after("2025-09-17", 15), "2025-10-09");
}

#[test]
fn days_off_of_a_region_move_what_the_rule_computes_there_and_nowhere_else() {
    let catalog = shipped();
    let after = |region: &str, start: &str, count| {
        Calendar::of(&catalog, region).days_after(day(start), count).unwrap().day.to_string()
    };
    // 古尔邦节 6–8 June 2025, three days off: 16 June (Monday, moved from Sunday 15) becomes 15 and three working days.
    assert_eq!(after("650000", "2025-05-31", 15), "2025-06-18");
    assert_eq!(after("652323", "2025-05-31", 15), "2025-06-18");
    assert_eq!(after("620000", "2025-05-31", 15), "2025-06-16");
    // The published day of the whole country stands.
    let published = Calendar::of(&catalog, "652323").days_after_period(day("2025-05-31"), 15).unwrap().day;
    assert_eq!(published.to_string(), "2025-06-16");
    // 肉孜节 2026-03-20 is one day, a Friday: a term that ends on it ends on Monday, one that runs on through the weekend
    // after it is three days longer (22 March, then 23, 24, 25).
    assert_eq!(after("652323", "2026-03-10", 10), "2026-03-23");
    assert_eq!(after("620000", "2026-03-10", 10), "2026-03-20");
    assert_eq!(after("652323", "2026-03-10", 12), "2026-03-25");
}

#[test]
fn months_after_a_year_end_on_the_last_day_of_the_month_and_move_to_a_working_day() {
    let catalog = shipped();
    let calendar = Calendar::of(&catalog, "");
    let after = |start: &str, months| calendar.months_after(day(start), months).unwrap().day.to_string();
    assert_eq!(after("2023-12-31", 5), "2024-05-31");
    assert_eq!(after("2024-12-31", 5), "2025-06-03", "31 May 2025 is a Saturday before 端午");
    assert_eq!(after("2025-12-31", 2), "2026-02-28", "a Saturday that is worked");
}

#[test]
fn a_term_that_runs_through_an_unpublished_year_is_provisional() {
    let catalog = shipped();
    let calendar = Calendar::of(&catalog, "");
    assert!(!calendar.days_after(day("2026-11-30"), 15).unwrap().provisional);
    assert!(calendar.days_after(day("2026-12-20"), 30).unwrap().provisional);
    assert!(calendar.days_after(day("2021-11-30"), 15).unwrap().provisional);
    assert!(calendar.days_after(NaiveDate::MAX, 15).is_none());
}
