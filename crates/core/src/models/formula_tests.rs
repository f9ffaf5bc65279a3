use std::collections::BTreeMap;

use super::*;

fn names(pairs: &[(&str, &str)]) -> BTreeMap<String, Decimal> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.parse().unwrap())).collect()
}

fn value(text: &str, pairs: &[(&str, &str)]) -> Result<String, NoValue> {
    let value = Formula::read(text).unwrap().value(&names(pairs), &mut BTreeSet::new());
    value.map(|value| value.normalize().to_string())
}

#[test]
fn products_bind_before_sums_and_comparisons_after() {
    assert_eq!(value("2 + 3 * 4 - 6 / 2", &[]).as_deref(), Ok("11"));
    assert_eq!(value("if(1 + 1 >= 2 and 3 < 2 or 5 = 5, 10, 20)", &[]).as_deref(), Ok("10"));
    assert_eq!(value("10 - 3 - 2", &[]).as_deref(), Ok("5"));
    assert_eq!(value("-2 * 3", &[]).as_deref(), Ok("-6"));
}

#[test]
fn a_name_without_a_value_is_named_and_never_zero() {
    assert_eq!(value("price * rate", &[("rate", "0.03")]), Err(NoValue::Missing("price".to_owned())));
    assert_eq!(value("if(0, price, 7)", &[]).as_deref(), Ok("7"));
}

#[test]
fn a_stand_in_is_taken_and_told() {
    let formula = Formula::read("(price + known(fee, 0)) * rate").unwrap();
    let mut missing = BTreeSet::new();
    let value = formula.value(&names(&[("price", "100"), ("rate", "0.03")]), &mut missing).unwrap();
    assert_eq!(value.normalize().to_string(), "3");
    assert_eq!(missing.into_iter().collect::<Vec<_>>(), ["fee"]);
}

#[test]
fn a_formula_is_shown_with_its_numbers_and_only_the_brackets_it_needs() {
    let formula = Formula::read("(price + known(fee, 0)) * rate - (a - b)").unwrap();
    assert_eq!(formula.show(&|name| name.to_uppercase()), "(PRICE + FEE) × RATE − (A − B)");
}

fn taken(text: &str, pairs: &[(&str, &str)]) -> String {
    let names = names(pairs);
    let write = |name: &str| names.find(name).map_or_else(|| "?".to_owned(), |value| value.to_string());
    Formula::read(text).unwrap().taken(&names).show(&write)
}

#[test]
fn numbers_are_shown_for_the_branch_taken_only() {
    let rule = "if(small, if(base <= 300000, 0, base * 0.01), base / 1.09 * 0.02) * 0.5";
    assert_eq!(taken(rule, &[("small", "1"), ("base", "400000")]), "400000 × 0.01 × 0.5");
    assert_eq!(taken(rule, &[("small", "1"), ("base", "100")]), "0 × 0.5");
    assert_eq!(taken(rule, &[("small", "0"), ("base", "400000")]), "400000 ÷ 1.09 × 0.02 × 0.5");
    assert_eq!(taken("if(a, b + c, 0) * 2", &[("a", "1"), ("b", "3"), ("c", "4")]), "(3 + 4) × 2");
}

#[test]
fn what_stands_in_for_a_missing_fact_is_shown() {
    assert_eq!(taken("price - known(cost, price * 0.5)", &[("price", "10")]), "10 − 10 × 0.5");
    assert_eq!(taken("price - known(cost, 0)", &[("price", "10"), ("cost", "4")]), "10 − 4");
}

#[test]
fn a_rule_that_does_not_apply_is_passed_over_and_not_shown() {
    let rule = "min(if(general, 20, none), if(simplified, 30, none), if(small, 10, none))";
    let only_simplified = [("general", "0"), ("simplified", "1"), ("small", "0")];
    assert_eq!(value(rule, &only_simplified).as_deref(), Ok("30"));
    assert_eq!(taken(rule, &only_simplified), "30");
    let two = [("general", "1"), ("simplified", "1"), ("small", "0")];
    assert_eq!(value(rule, &two).as_deref(), Ok("20"));
    assert_eq!(taken(rule, &two), "min(20, 30)");
    let nothing = [("general", "0"), ("simplified", "0"), ("small", "0")];
    assert_eq!(value(rule, &nothing), Err(NoValue::NotApplicable));
    assert_eq!(value("1 + none", &[]), Err(NoValue::NotApplicable), "it is never taken for zero");
}

#[test]
fn division_by_zero_has_no_value() {
    assert_eq!(value("1 / 0", &[]), Err(NoValue::Impossible));
}

#[test]
fn nonsense_is_refused_at_the_word_it_begins_with() {
    for (text, at) in [("1 +", "…"), ("price price", "price"), ("abs(1)", "abs"), ("1 $ 2", "$"), ("if(1, 2)", "if")]
    {
        assert_eq!(Formula::read(text), Err(FormulaError(at.to_owned())), "{text}");
    }
    assert!(Formula::read(&"(".repeat(500)).is_err());
}
