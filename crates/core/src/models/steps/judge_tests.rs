//! Whole judgements of made-up rows, with figures worked by hand.

use super::super::Models;
use super::super::facts::Coverage;
use super::*;
use crate::catalog::Source;

const FIRM: &str = "91652323MA7A000172";

const MODEL: &str = "name: {zh: 示例, en: Example}
question: {zh: 是否缴足？, en: Paid?}
law:
  - {law: old_law, articles: 第1条}
  - {law: new_law, articles: 第2条}
asks: amount
taxed_at: seat
period: quarter
looks_at: {rows: ever, why: {zh: 示例, en: Example}}
ask_for: {zh: 合同, en: The contract}
check_first: {zh: 免税合同, en: Exempt contracts}
reads: [payments]
due: {after: period, param: due_on/stamp_tax}
parameters:
  rate: {param: stamp/rate}
facts:
  price_yuan: {zh: 价款, en: Price}
needs: [price_yuan]
formula:
  low: price_yuan * rate
paid: {tax_kinds: [stamp_tax], items: [建设工程], later: true}
";

fn figure(measure: &str, value: &str) -> String {
    format!(
        "name: {{zh: 数, en: Figure}}\nmeasure: {measure}\nvalues:\n  - {{from: 2000-01-01, value: \"{value}\", certainty: V, reference: 法}}\n"
    )
}

fn compile(model: &str) -> (Catalog, Models) {
    let other_authority = figure("flag", "1").replace("value:", "class: \"652323523\", value:");
    let files = [
        ("laws/old_law.yaml", "name: {zh: 旧法, en: Old}\nin_force_from: 1988-10-01\n".to_owned()),
        ("laws/new_law.yaml", "name: {zh: 新法, en: New}\nin_force_from: 2022-07-01\nreplaces: [old_law]\n".to_owned()),
        ("params/stamp/rate.yaml", figure("ratio", "0.0005")),
        ("params/due_on/stamp_tax.yaml", figure("days", "15")),
        ("params/lead/floor_yuan.yaml", figure("yuan", "100")),
        ("params/lead/floor_ratio.yaml", figure("ratio", "0.01")),
        ("params/late_fee/tax.yaml", figure("ratio", "0.0005")),
        ("params/limitation/years.yaml", figure("years", "3")),
        ("params/limitation/years_large.yaml", figure("years", "5")),
        ("params/limitation/large_yuan.yaml", figure("yuan", "100000")),
        ("params/place/other_authority.yaml", other_authority),
        ("codes/tax_kind.csv", "code,name\nstamp_tax,印花税\n".to_owned()),
        ("codes/divisions.csv", "code,name,from,to\n652323,呼图壁县,,\n652301,昌吉市,,\n".to_owned()),
        ("codes/township.csv", "code,name\n652323523,芳草湖农场\n652323101,大丰镇\n".to_owned()),
        ("views/payments.sql", "select 1".to_owned()),
        ("models/a/b.yaml", model.to_owned()),
        ("models/a/b.sql", "select 1".to_owned()),
        ("models/a/b.cases.yaml", "cases: []\n".to_owned()),
    ];
    let sources = files.map(|(path, text)| Source { path: path.to_owned(), text });
    let (catalog, problems) = Catalog::compile(&sources);
    assert_eq!(problems, []);
    let (models, problems) = Models::compile(&catalog);
    assert!(problems.iter().all(|problem| problem.message.key == "models-case-sort"), "{problems:?}");
    (catalog, models)
}

/// A contract signed on a day at a price.
fn contract(day: &str, price: &str) -> Fact {
    Fact {
        taxpayer: Some(FIRM.to_owned()),
        confidence: Some("certain".to_owned()),
        event_day: Some(day.parse().unwrap()),
        evidence: vec![format!("contract {day}")],
        values: [("price_yuan".into(), FactValue::Decimal(price.parse().unwrap()))].into(),
        ..Fact::default()
    }
}

/// A line of a receipt or of a return: item, tax period, day, amount.
fn line(item: &str, (from, to): (&str, &str), on: &str, amount: &str) -> Payment {
    Payment {
        taxpayer: FIRM.to_owned(),
        tax_kind: "stamp_tax".to_owned(),
        tax_item: Some(item.to_owned()),
        period_from: from.parse().unwrap(),
        period_to: to.parse().unwrap(),
        amount_yuan: amount.parse().unwrap(),
        paid_on: Some(on.parse().unwrap()),
        evidence: format!("{item} {on}"),
    }
}

const FIRST_QUARTER: (&str, &str) = ("2025-01-01", "2025-03-31");

/// What a made-up county looks like: rows, payments, returns where they are covered, who the taxpayer is.
struct County {
    model: String,
    facts: Vec<Fact>,
    payments: Vec<Payment>,
    returns: Option<Vec<Payment>>,
    standing: Standing,
}

fn county(facts: Vec<Fact>) -> County {
    let standing = Standing {
        authority: Some("652323".to_owned()),
        tax_office: Some("城区税务所".to_owned()),
        ..Standing::default()
    };
    County { model: MODEL.to_owned(), facts, payments: Vec::new(), returns: None, standing }
}

impl County {
    fn judged(&self, as_of: &str) -> Judgement {
        let (catalog, models) = compile(&self.model);
        let as_of: NaiveDate = as_of.parse().unwrap();
        let covered = |table: &str| Coverage {
            table: table.to_owned(),
            tax_kind: String::new(),
            authority: "652323".to_owned(),
            from: NaiveDate::MIN,
            to: as_of,
            as_of: Some(as_of),
        };
        let mut coverage = vec![covered("tax_payment")];
        coverage.extend(self.returns.as_ref().map(|_| covered("tax_return")));
        let run = RunFacts { as_of, region: "652323".to_owned(), coverage, delivered: BTreeMap::new() };
        let mut material = Material::new((&catalog, &models), &models.models["a/b"], &run);
        material.facts.clone_from(&self.facts);
        material.payments.whole.clone_from(&self.payments);
        material.returns = self.returns.clone().unwrap_or_default();
        material.standings.insert(FIRM.to_owned(), self.standing.clone());
        judge(material)
    }

    fn outcomes(&self, as_of: &str) -> String {
        let told: Vec<String> =
            self.judged(as_of).outcomes.iter().map(|(outcome, count)| format!("{outcome}={count}")).collect();
        told.join(" ")
    }
}

fn yuan(amount: Option<Decimal>) -> String {
    amount.map(|amount| amount.to_string()).unwrap_or_default()
}

#[test]
fn a_lead_says_until_when_it_may_be_recovered_and_the_late_fee_of_each_day_since() {
    // 20 000 000 · 0.5 ‰ = 10 000; due 2025-04-15; ten days late: 10 000 · 0.0005 · 10 = 50.
    let lead = county(vec![contract("2025-02-10", "20000000")]).judged("2025-04-25").leads.remove(0);
    assert_eq!(lead.due_day.unwrap().to_string(), "2025-04-15");
    assert_eq!((yuan(lead.gap).as_str(), yuan(lead.late_fee).as_str()), ("10000.00", "50.00"));
    assert_eq!(lead.recoverable_until.unwrap().to_string(), "2028-04-15");
    assert!(lead.due_day_provisional, "no calendar of 2025 is known here");
    assert_eq!(lead.tax_office, "城区税务所");
    assert_eq!((lead.ask_for.zh.as_str(), lead.check_first.zh.as_str()), ("合同", "免税合同"));
}

#[test]
fn a_late_fee_is_rounded_half_up_once() {
    // 246 900 · 0.5 ‰ = 123.45; one day: 0.061725 → 0.06; 3 days: 0.185175 → 0.19.
    let county = county(vec![contract("2025-02-10", "246900")]);
    assert_eq!(yuan(county.judged("2025-04-16").leads[0].late_fee), "0.06");
    assert_eq!(yuan(county.judged("2025-04-18").leads[0].late_fee), "0.19");
}

#[test]
fn what_is_older_than_three_years_is_a_notice_and_no_lead() {
    let county = county(vec![contract("2025-02-10", "20000000")]);
    assert_eq!(county.outcomes("2028-04-15"), "lead=1");
    assert_eq!(county.outcomes("2028-04-16"), "out_of_time=1");
    let judgement = county.judged("2028-04-16");
    assert!(judgement.leads.is_empty());
    let notice = &judgement.notices[0];
    assert_eq!((notice.sort, yuan(notice.found.gap).as_str()), (crate::leads::NoticeSort::OutOfTime, "10000.00"));
    assert_eq!(judgement.compared(), 1);
}

#[test]
fn a_hundred_thousand_in_all_is_recoverable_for_five_years_and_a_fen_less_for_three() {
    // 120 000 000 and 80 000 000 · 0.5 ‰ = 60 000 + 40 000.
    let large = county(vec![contract("2025-02-10", "120000000"), contract("2025-05-10", "80000000")]);
    let leads = large.judged("2028-04-16").leads;
    let until: Vec<String> = leads.iter().map(|lead| lead.recoverable_until.unwrap().to_string()).collect();
    assert_eq!(until, ["2030-04-15", "2030-07-15"]);
    let small = county(vec![contract("2025-02-10", "120000000"), contract("2025-05-10", "79999980")]);
    assert_eq!(small.outcomes("2028-04-16"), "lead=1 out_of_time=1");
}

#[test]
fn nothing_runs_out_and_no_late_fee_runs_where_the_model_says_so() {
    let mut county = county(vec![contract("2005-02-10", "20000000")]);
    county.model = MODEL.replace("asks: amount", "asks: amount\nlimitation: none\nlate_fee: none");
    let lead = county.judged("2025-04-25").leads.remove(0);
    assert_eq!((lead.recoverable_until, lead.late_fee), (None, None));
}

#[test]
fn what_was_declared_and_not_paid_is_arrears_and_no_lead() {
    let mut county = county(vec![contract("2025-02-10", "20000000")]);
    county.payments = vec![line("建设工程合同", FIRST_QUARTER, "2025-04-10", "4000")];
    county.returns = Some(vec![line("建设工程合同", FIRST_QUARTER, "2025-04-09", "10000")]);
    assert_eq!(county.outcomes("2025-04-25"), "arrears=1");
    let notice = county.judged("2025-04-25").notices.remove(0);
    assert_eq!(notice.sort, crate::leads::NoticeSort::Arrears);
    // 10 000 − 4 000, and 6 000 · 0.0005 · 10.
    assert_eq!((yuan(notice.found.gap).as_str(), yuan(notice.found.late_fee).as_str()), ("6000.00", "30.00"));
    // No time runs out on arrears.
    assert_eq!(county.outcomes("2035-04-25"), "arrears=1");
    assert_eq!(county.judged("2025-04-25").compared(), 1);
}

#[test]
fn what_was_declared_too_low_is_a_lead_over_the_rest_and_arrears_over_what_is_unpaid_of_it() {
    let mut county = county(vec![contract("2025-02-10", "20000000")]);
    county.payments = vec![line("建设工程合同", FIRST_QUARTER, "2025-04-10", "4000")];
    county.returns = Some(vec![line("建设工程合同", FIRST_QUARTER, "2025-04-09", "7000")]);
    let judgement = county.judged("2025-04-25");
    let lead = &judgement.leads[0];
    assert_eq!(
        (yuan(lead.paid).as_str(), yuan(lead.declared).as_str(), yuan(lead.gap).as_str()),
        ("4000.00", "7000.00", "3000.00")
    );
    assert_eq!(lead.filing.unwrap().key(), "filed_less");
    assert_eq!(yuan(judgement.notices[0].found.gap), "3000.00");
    assert_eq!(county.outcomes("2025-04-25"), "lead=1");
}

#[test]
fn without_a_return_nothing_was_filed_and_without_coverage_nobody_knows() {
    let mut county = county(vec![contract("2025-02-10", "20000000")]);
    let filing = |county: &County| county.judged("2025-04-25").leads[0].filing.unwrap().key();
    assert_eq!(filing(&county), "unknown");
    county.returns = Some(Vec::new());
    assert_eq!(filing(&county), "not_filed");
    // A return under another item is none of this; one that declares nothing is a return.
    county.returns = Some(vec![line("买卖合同", FIRST_QUARTER, "2025-04-09", "10000")]);
    assert_eq!(filing(&county), "not_filed");
    county.returns = Some(vec![line("建设工程合同", FIRST_QUARTER, "2025-04-09", "0")]);
    assert_eq!(filing(&county), "filed_less");
}

#[test]
fn payments_under_another_item_or_period_within_a_year_are_told_and_lower_the_rank() {
    let mut county = county(vec![contract("2025-02-10", "20000000")]);
    county.payments = vec![
        line("买卖合同", FIRST_QUARTER, "2025-04-10", "7000"),
        line("建设工程合同", ("2024-10-01", "2024-12-31"), "2025-01-10", "2000"),
        line("买卖合同", ("2023-01-01", "2023-03-31"), "2023-04-10", "500"),
        line("建设工程合同", FIRST_QUARTER, "2025-04-11", "1000"),
    ];
    let lead = county.judged("2025-04-25").leads.remove(0);
    let mut told: Vec<String> = lead.other_payments.iter().map(|payment| payment.amount_yuan.to_string()).collect();
    told.sort();
    assert_eq!(told, ["2000", "7000"]);
    // 10 000 − 1 000 that counts; 9 000 that may be explained in whole.
    assert_eq!((yuan(lead.gap).as_str(), lead.unexplained()), ("9000.00", Some(Decimal::ZERO)));
}

#[test]
fn a_lead_cites_the_laws_that_held_in_its_period() {
    let laws = |day: &str, as_of: &str| -> Vec<String> {
        let lead = county(vec![contract(day, "20000000")]).judged(as_of).leads.remove(0);
        lead.laws.into_iter().map(|law| law.law).collect()
    };
    assert_eq!(laws("2022-05-10", "2022-12-31"), ["old_law"]);
    assert_eq!(laws("2022-08-10", "2022-12-31"), ["new_law"]);
}

#[test]
fn a_seat_is_where_the_authority_is_and_nowhere_else() {
    let mut county = county(vec![contract("2025-02-10", "20000000")]);
    county.standing.authority = None;
    assert_eq!(county.outcomes("2025-04-25"), "not_comparable:seat=1");
    county.standing.authority = Some("652301".to_owned());
    assert_eq!(county.outcomes("2025-04-25"), "left_out:seat_elsewhere=1");
}

#[test]
fn a_place_named_by_its_address_is_judged_like_one_named_by_code() {
    let at = |code: Option<&str>, address: &str| {
        let mut county = county(vec![contract("2025-02-10", "20000000")]);
        county.model = MODEL.replace("taxed_at: seat", "taxed_at: object");
        county.facts[0].place_region = code.map(str::to_owned);
        county.facts[0].place_address = Some(address.to_owned());
        county.outcomes("2025-04-25")
    };
    assert_eq!(at(None, "呼图壁县大丰镇某路1号"), "lead=1");
    assert_eq!(at(None, "某路1号"), "lead=1");
    assert_eq!(at(None, "呼图壁县芳草湖农场某连"), "left_out:other_authority=1");
    assert_eq!(at(None, "第六师某团某连"), "left_out:place_elsewhere=1");
    assert_eq!(at(None, "昌吉市某路1号"), "left_out:place_elsewhere=1");
    assert_eq!(at(Some("652301"), ""), "left_out:place_elsewhere=1");
    assert_eq!(at(Some("652300"), "芳草湖农场"), "lead=1", "what the row says by code comes first");
}

#[test]
fn a_firm_registered_by_the_county_on_land_of_another_authority_is_not_asked() {
    let mut county = county(vec![contract("2025-02-10", "20000000")]);
    county.model = MODEL.replace("taxed_at: seat", "taxed_at: here");
    county.facts[0].place_address = Some("芳草湖农场某连".to_owned());
    assert_eq!(county.outcomes("2025-04-25"), "left_out:other_authority=1");
    county.facts[0].place_address = None;
    assert_eq!(county.outcomes("2025-04-25"), "lead=1");
}

#[test]
fn a_figure_that_no_column_holds_is_not_compared() {
    let outcome = |price: &str| county(vec![contract("2025-02-10", price)]).outcomes("2025-04-25");
    assert_eq!(outcome("9999999999999999"), "lead=1");
    assert_eq!(outcome("10000000000000000"), "not_comparable:too_large=1");
    let twice = ["2025-02-10", "2025-02-11"].map(|day| contract(day, "9999999999999999"));
    let mut county = county(twice.to_vec());
    county.model = MODEL.replace("low: price_yuan * rate", "low: price_yuan");
    assert_eq!(county.outcomes("2025-04-25"), "not_comparable:too_large=2");
}

#[test]
fn of_what_is_not_compared_the_taxpayer_and_period_are_kept_and_where_nobody_is_named_the_rows() {
    let nobody = Fact { confidence: Some("possible".to_owned()), ..contract("2025-05-10", "1") };
    let unpriced = |day: &str| Fact { values: BTreeMap::new(), ..contract(day, "1") };
    let undated = Fact { event_day: None, ..unpriced("2025-02-13") };
    let beyond = contract("2025-08-10", "900000000000000000");
    let facts = vec![unpriced("2025-02-10"), unpriced("2025-02-12"), undated, nobody, beyond];
    let judged = county(facts).judged("2026-04-25");
    let told: Vec<_> =
        judged.not_compared.iter().map(|one| format!("{} {} {:?}", one.taxpayer, one.period, one.evidence)).collect();
    let of_firm = |period: &str| format!("{FIRM} {period} []");
    let of_nobody = " 2025Q2 [\"contract 2025-05-10\"]".to_owned();
    assert_eq!(told, [of_firm(""), of_firm("2025Q1"), of_nobody, of_firm("2025Q3")]);
    assert_eq!(judged.outcomes.values().sum::<u64>(), 5);
    let compared = county(vec![contract("2025-02-10", "20000000")]).judged("2025-04-25");
    assert!(compared.not_compared.is_empty() && compared.leads.len() == 1);
}

#[test]
fn a_finding_that_rests_on_a_figure_too_large_is_not_told() {
    let finding = |price: &str| {
        let mut county = county(vec![contract("2025-02-10", price)]);
        county.model = MODEL.replace("asks: amount", "asks: finding\nfindings: {found: {zh: 有, en: Found}}").replace(
            "formula:\n  low: price_yuan * rate\npaid: {tax_kinds: [stamp_tax], items: [建设工程], later: true}\n",
            "",
        );
        county.facts[0].finding = Some("found".to_owned());
        county.outcomes("2025-04-25")
    };
    assert_eq!(finding("9999999999999999.99"), "lead=1");
    assert_eq!(finding("10000000000000000"), "not_comparable:too_large=1");
    assert_eq!(finding("-10000000000000000"), "not_comparable:too_large=1");
}

#[test]
fn what_comes_to_too_much_on_the_way_is_too_large_and_no_missing_figure() {
    let outcome = |formula: &str| {
        let mut county = county(vec![contract("2025-02-10", "9999999999999999")]);
        county.model = MODEL.replace("formula:\n  low: price_yuan * rate", formula);
        county.outcomes("2025-04-25")
    };
    let squared = "price_yuan * price_yuan * price_yuan";
    assert_eq!(outcome(&format!("formula:\n  low: {squared}")), "not_comparable:too_large=1");
    let step = format!("formula:\n  steps:\n    squared: {squared}\n  low: ");
    for low in ["squared", "known(squared, 0)", "min(squared, price_yuan)", "squared / squared"] {
        assert_eq!(outcome(&(step.clone() + low)), "not_comparable:too_large=1", "{low}");
    }
    assert_eq!(outcome(&(step + "price_yuan * rate")), "lead=1", "a step that nothing rests on");
    assert_eq!(outcome("formula:\n  low: price_yuan / (rate - rate)"), "not_comparable:formula=1");
}

#[test]
fn a_payment_a_return_or_a_late_fee_that_is_too_large_makes_no_lead_of_its_taxpayer() {
    let mut paid = county(vec![contract("2025-02-10", "20000000")]);
    paid.payments = vec![line("建设工程", FIRST_QUARTER, "2025-04-10", "10000000000000000")];
    assert_eq!(paid.outcomes("2025-04-25"), "not_comparable:too_large=1");
    paid.payments[0].amount_yuan = Decimal::MIN;
    assert_eq!(paid.outcomes("2025-04-25"), "not_comparable:too_large=1");
    let mut declared = county(vec![contract("2025-02-10", "20000000")]);
    declared.returns = Some(vec![line("建设工程", FIRST_QUARTER, "2025-04-10", "10000000000000000")]);
    assert_eq!(declared.outcomes("2025-04-25"), "not_comparable:too_large=1");
    // 9.9·10^15 at five in ten thousand for 2 500 days: the fee is more than what is owed.
    let mut late = county(vec![contract("2018-05-10", "9999999999999999")]);
    late.model =
        MODEL.replace("low: price_yuan * rate", "low: price_yuan") + "late_fee: late_fee/tax\nlimitation: none\n";
    assert_eq!(late.outcomes("2024-05-25"), "not_comparable:too_large=1");
    assert_eq!(late.outcomes("2019-05-25"), "lead=1");
}

#[test]
fn many_payments_that_add_up_to_more_than_any_figure_are_laid_without_a_slip() {
    let mut county = county(vec![contract("2025-02-10", "20000000")]);
    let payment = line("建设工程", FIRST_QUARTER, "2025-04-10", "9999999999999999.99");
    county.payments = vec![payment; 20];
    assert_eq!(county.outcomes("2025-04-25"), "settled=1");
    for one in &mut county.payments {
        one.tax_item = Some("买卖合同".to_owned());
    }
    let judgement = county.judged("2025-04-25");
    assert_eq!(judgement.leads[0].unexplained(), Some(Decimal::ZERO));
}

#[test]
fn half_years_are_grouped_and_due_like_other_periods() {
    let mut county = county(vec![contract("2025-02-10", "20000000"), contract("2025-06-30", "20000000")]);
    county.model = MODEL.replace("period: quarter", "period: half");
    let lead = county.judged("2025-08-01").leads.remove(0);
    assert_eq!((lead.period.as_str(), yuan(lead.due_low).as_str()), ("2025H1", "20000.00"));
    assert_eq!(lead.due_day.unwrap().to_string(), "2025-07-15");
    county.facts[0].period = Some("2025H2".to_owned());
    assert_eq!(county.outcomes("2025-08-01"), "lead=1 not_yet_due=1");
}

#[test]
fn a_payment_of_just_the_open_amount_under_another_item_explains_one_gap_and_no_more() {
    // 20 000 000 · 0.5 ‰ = 10 000 in each of two quarters; one payment of 10 000 as a contract of sale.
    let mut county = county(vec![contract("2025-02-10", "20000000"), contract("2025-05-10", "20000000")]);
    county.payments = vec![line("买卖合同", FIRST_QUARTER, "2025-04-10", "10000")];
    assert_eq!(county.outcomes("2025-12-31"), "lead=1 paid_otherwise=1");
    let judgement = county.judged("2025-12-31");
    assert_eq!(judgement.notices[0].sort, crate::leads::NoticeSort::PaidOtherwise);
    assert_eq!(judgement.compared(), 2);
}

#[test]
fn a_payment_of_another_amount_under_another_item_leaves_the_lead() {
    let mut county = county(vec![contract("2025-02-10", "20000000")]);
    county.payments = vec![line("买卖合同", FIRST_QUARTER, "2025-04-10", "10000.01")];
    assert_eq!(county.outcomes("2025-12-31"), "lead=1");
    assert_eq!(county.judged("2025-12-31").leads[0].other_payments.len(), 1);
}
