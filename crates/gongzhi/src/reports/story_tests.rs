use gongzhi_core::leads::Taxpayer;

use super::*;

fn lead(code: &str, due: Option<(i64, i64)>, paid: i64, confidence: Confidence) -> Lead {
    let yuan = |amount: i64| Decimal::from(amount);
    Lead {
        model: "deed/land_grant".to_owned(),
        taxpayer: Taxpayer { uscc: code.to_owned(), name: String::new() },
        period: "2025-01".to_owned(),
        due_low: due.map(|(low, _)| yuan(low)),
        due_high: due.map(|(_, high)| yuan(high)),
        paid: due.map(|_| yuan(paid)),
        gap: due.map(|(low, _)| yuan(low - paid)),
        confidence,
        ..Lead::default()
    }
}

#[test]
fn a_gap_reaches_as_far_above_its_low_end_as_what_is_due() {
    let leads = [
        lead("a", Some((100, 160)), 30, Confidence::Certain),
        lead("b", Some((50, 50)), 0, Confidence::Probable),
        lead("c", None, 0, Confidence::Certain),
    ];
    let sums = Sums::of(&leads);
    assert_eq!((sums.leads, sums.certain, sums.probable(), sums.with_amount), (3, 2, 1, 2));
    assert_eq!((sums.due_low, sums.due_high, sums.paid), (150.into(), 210.into(), 30.into()));
    assert_eq!((sums.gap_low, sums.gap_high), (120.into(), 180.into()));
}

#[test]
fn a_sum_that_is_too_large_is_told_as_that_and_stays_so() {
    const LARGE: i64 = 9_999_999_999_999_999;
    let leads: Vec<Lead> = (0..1000).map(|_| lead("a", Some((LARGE, LARGE)), -LARGE, Confidence::Certain)).collect();
    let sums = Sums::of(leads.iter().chain([&lead("b", Some((-5, 5)), 0, Confidence::Certain)]));
    assert_eq!((sums.leads, sums.due_low, sums.gap_high), (1001, LARGEST, LARGEST));
    let catalog = Catalog::default();
    let words = super::super::words::Words::new(gongzhi_core::messages::Language::English, &catalog);
    assert_eq!(words.money(sums.due_low), "too large to be a sum (10^16 or more)");
}

#[test]
fn townships_come_by_their_leads_and_those_without_one_last() {
    let leads = ["a", "b", "b", "c", "d", "e"].map(|code| lead(code, Some((1, 1)), 0, Confidence::Certain));
    let places = [("a", "652323101"), ("b", "652323100")].map(|(code, place)| (code.to_owned(), place.to_owned()));
    let lines = by_township(&Catalog::default(), &leads.iter().collect::<Vec<_>>(), &BTreeMap::from(places));
    let told =
        lines.iter().map(|line| (line.name.as_ref().map(|name| name.zh.as_str()), line.taxpayers, line.sums.leads));
    let told: Vec<_> = told.collect();
    assert_eq!(told, [(Some("652323100"), 1, 2), (Some("652323101"), 1, 1), (None, 3, 3)]);
}
