use super::*;
use crate::catalog::Source;

const RATE: &str = "name: {zh: 税率, en: Rate}
measure: ratio
values:
  - {from: 2021-09-01, value: \"0.03\", certainty: K, reference: 法}
";

const DAYS: &str = "name: {zh: 期限, en: Days}
measure: days
values:
  - {from: 2000-01-01, value: \"30\", certainty: K, reference: 法}
";

const MODEL: &str = "name: {zh: 示例, en: Example}
question: {zh: 是否缴足？, en: Paid?}
law:
  - {law: deed_tax_law, articles: 第2条}
asks: amount
taxed_at: object
period: month
reads: [payments]
due: {after: event, param: due_on/deed_tax}
parameters:
  rate: {param: deed/rate}
facts:
  price_yuan: {zh: 价款, en: Price}
needs: [price_yuan]
formula:
  low: price_yuan * rate
paid: {tax_kinds: [deed_tax], later: true}
leaves_out: [person]
";

fn compile(model: &str) -> (Models, Vec<Problem>) {
    let files = [
        ("laws/deed_tax_law.yaml", "name: {zh: 契税法, en: Deed Tax Law}\n"),
        ("params/deed/rate.yaml", RATE),
        ("params/due_on/deed_tax.yaml", DAYS),
        ("params/lead/floor_yuan.yaml", DAYS),
        ("params/lead/floor_ratio.yaml", RATE),
        ("codes/tax_kind.csv", "code,name\ndeed_tax,契税\n"),
        ("views/payments.sql", "select 1"),
        ("models/deed/example.yaml", model),
        ("models/deed/example.sql", "select 1"),
        (
            "models/deed/example.cases.yaml",
            "cases:\n  - {name: a, sort: find, as_of: 2025-01-01, expect: {leads: []}}\n",
        ),
    ];
    let sources = files.map(|(path, text)| Source { path: path.to_owned(), text: text.to_owned() });
    let (catalog, problems) = Catalog::compile(&sources);
    assert_eq!(problems, []);
    Models::compile(&catalog)
}

/// Keys of the problems of the model's own file.
fn keys_of(model: &str) -> Vec<String> {
    let (_, problems) = compile(model);
    let own = problems.into_iter().filter(|problem| problem.file == "models/deed/example.yaml");
    own.map(|problem| problem.message.key.into_owned()).collect()
}

#[test]
fn a_sound_model_compiles_and_its_cases_must_be_of_all_three_sorts() {
    let (models, problems) = compile(MODEL);
    assert!(models.models.contains_key("deed/example"));
    let sorts: Vec<_> = problems.iter().map(|problem| (problem.message.key.as_ref(), problem.file.as_str())).collect();
    assert_eq!(sorts, [("models-case-sort", "models/deed/example.cases.yaml"); 2]);
}

#[test]
fn a_name_that_is_nowhere_declared_is_an_error_in_formula_needs_parameters_and_reads() {
    assert_eq!(keys_of(&MODEL.replace("price_yuan * rate", "price * rate")), ["models-unknown-name"]);
    assert_eq!(keys_of(&MODEL.replace("needs: [price_yuan]", "needs: [fee_yuan]")), ["models-unknown-name"]);
    assert_eq!(keys_of(&MODEL.replace("deed/rate", "deed/rat")), ["models-unknown-name"]);
    assert_eq!(keys_of(&MODEL.replace("reads: [payments]", "reads: [payment]")), ["models-unknown-name"]);
    assert_eq!(keys_of(&MODEL.replace("[deed_tax], later", "[deed], later")), ["models-unknown-name"]);
    assert_eq!(
        keys_of(&MODEL.replace("law: deed_tax_law", "law: deed_law")),
        ["catalog-law-unknown", "catalog-key-missing"]
    );
}

#[test]
fn an_unknown_key_and_a_formula_that_can_not_be_read_are_errors_with_their_line() {
    let (_, problems) = compile(&MODEL.replace("leaves_out:", "leaves_outs:"));
    assert!(problems.iter().any(|problem| problem.message.key == "catalog-key-unknown" && problem.line == 18));
    assert_eq!(keys_of(&MODEL.replace("price_yuan * rate", "price_yuan *")), ["models-formula"]);
}

#[test]
fn only_a_whole_parameter_name_counts_as_named_in_sql() {
    assert!(names_parameter("a > $floor_yuan", "floor_yuan"));
    assert!(!names_parameter("a > $floor_yuan_old", "floor_yuan"));
}
