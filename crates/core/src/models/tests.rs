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
looks_at: {rows: ever, why: {zh: 示例, en: Example}}
";

fn compile(model: &str) -> (Models, Vec<Problem>) {
    let files = [
        ("laws/deed_tax_law.yaml", "name: {zh: 契税法, en: Deed Tax Law}\n"),
        ("params/deed/rate.yaml", RATE),
        ("params/due_on/deed_tax.yaml", DAYS),
        ("params/lead/floor_yuan.yaml", DAYS),
        ("params/lead/floor_ratio.yaml", RATE),
        ("params/late_fee/tax.yaml", RATE),
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
    assert_eq!(keys_of(&MODEL.replace("price_yuan * rate", "price * rate")), ["models-fact-unknown"]);
    assert_eq!(keys_of(&MODEL.replace("needs: [price_yuan]", "needs: [fee_yuan]")), ["models-fact-unknown"]);
    assert_eq!(keys_of(&MODEL.replace("deed/rate", "deed/rat")), ["models-parameter-unknown"]);
    assert_eq!(keys_of(&MODEL.replace("reads: [payments]", "reads: [payment]")), ["models-view-unknown"]);
    assert_eq!(keys_of(&MODEL.replace("[deed_tax], later", "[deed], later")), ["models-tax-kind-unknown"]);
    assert_eq!(keys_of(&MODEL.replace("law: deed_tax_law", "law: deed_law")), ["catalog-law-unknown"]);
}

#[test]
fn an_unknown_key_and_a_formula_that_can_not_be_read_are_errors_with_their_line() {
    let (_, problems) = compile(&MODEL.replace("leaves_out:", "leaves_outs:"));
    assert!(problems.iter().any(|problem| problem.message.key == "catalog-key-unknown" && problem.line == 18));
    assert_eq!(keys_of(&MODEL.replace("price_yuan * rate", "price_yuan *")), ["models-formula"]);
}

#[test]
fn payments_of_no_tax_kind_are_refused_on_their_line() {
    let refused = |paid: &str| -> Vec<(String, usize)> {
        let (_, problems) = compile(&MODEL.replace("paid: {tax_kinds: [deed_tax], later: true}", paid));
        let own = problems.into_iter().filter(|problem| problem.file == "models/deed/example.yaml");
        own.map(|problem| (problem.message.to_string(), problem.line)).collect()
    };
    let empty = "catalog-key-empty key=tax_kinds".to_owned();
    assert_eq!(refused("paid: {tax_kinds: [], later: true}"), [(empty.clone(), 17)]);
    assert_eq!(refused("paid: {later: true}"), [("catalog-key-missing key=tax_kinds".to_owned(), 17)]);
    assert_eq!(refused("paid:\n  later: true\n  tax_kinds: []"), [(empty, 19)]);
}

#[test]
fn only_a_whole_parameter_name_counts_as_named_in_sql() {
    assert!(names_parameter("a > $floor_yuan", "floor_yuan"));
    assert!(!names_parameter("a > $floor_yuan_old", "floor_yuan"));
}

#[test]
fn a_payment_of_a_case_that_would_count_for_nothing_is_told_with_its_row_and_columns() {
    use super::facts::IncompletePayment;
    use super::steps::Judgement;

    let text = "cases:\n  - {name: a, sort: find, as_of: 2025-01-01, expect: {leads: []}}\n";
    let file = cases::read_cases("models/deed/example.cases.yaml", text, &mut Vec::new());
    let missing = ["period_from", "period_to"].map(str::to_owned).to_vec();
    let incomplete = IncompletePayment { evidence: "tax_payment_payment:2".to_owned(), missing };
    let judgement = Judgement { incomplete_payments: vec![incomplete], ..Judgement::default() };
    let told: Vec<String> = file.cases[0].differences(&judgement).iter().map(ToString::to_string).collect();
    assert_eq!(told, ["models-case-payment row=tax_payment_payment:2 columns=period_from, period_to"]);
}

#[test]
fn a_list_is_missing_only_where_it_is_absent_or_empty() {
    let law = "law:\n  - {law: deed_tax_law, articles: 第2条}\n";
    assert_eq!(keys_of(&MODEL.replace(law, "")), ["catalog-key-missing"]);
    assert_eq!(keys_of(&MODEL.replace(law, "law: []\n")), ["catalog-key-empty"]);
    assert_eq!(keys_of(&MODEL.replace(law, "law:\n  - {articles: 第2条}\n")), ["catalog-key-missing"]);
    assert_eq!(keys_of(&MODEL.replace("reads: [payments]", "reads: {payments: 1}")), ["catalog-not-a-list"]);
    assert_eq!(keys_of(&MODEL.replace("asks: amount", "asks: amonut")), ["catalog-bad-value"]);
    assert_eq!(keys_of(&MODEL.replace("asks: amount\n", "")), ["catalog-key-missing"]);
    assert_eq!(keys_of(&MODEL.replace("param: due_on/deed_tax", "param: \"\"")), ["catalog-key-empty"]);
}

#[test]
fn a_parameter_that_is_nowhere_near_another_is_told_with_the_file_to_make() {
    let (_, problems) = compile(&MODEL.replace("due_on/deed_tax", "excise/tobacco"));
    let message = &problems.iter().find(|problem| problem.line == 9).unwrap().message;
    let said = |language| crate::messages::Translator::new(language).say(message);
    let english = said(crate::messages::Language::English);
    assert_eq!(english, "param: there is no parameter \"excise/tobacco\". Make it: params/excise/tobacco.yaml.");
    let chinese = said(crate::messages::Language::Chinese);
    assert_eq!(chinese, "param：没有参数“excise/tobacco”。请建立 params/excise/tobacco.yaml。");
}

#[test]
fn what_a_file_with_a_problem_would_give_is_not_missing_as_well() {
    let files = [
        ("laws/deed_tax_law.yaml", "name: [\n"),
        ("params/deed/rate.yaml", "name: {zh: 税率\n"),
        ("params/due_on/deed_tax.yaml", "\u{fffd}"),
        ("params/lead/floor_yuan.yaml", DAYS),
        ("params/lead/floor_ratio.yaml", RATE),
        ("params/late_fee/tax.yaml", RATE),
        ("codes/tax_kind.csv", "code,name\n\u{fffd},契税\n"),
        ("templates/natural_resources/land_grant.yaml", "name: {zh: 出让\n"),
        ("views/payments.sql", "select '\u{fffd}'"),
        ("models/deed/example.yaml", MODEL),
        ("models/deed/example.sql", "\u{fffd}"),
        ("models/deed/example.cases.yaml", "cases: []\n"),
    ];
    let model = MODEL.replace("reads: [payments]", "reads: [payments, land_grant_grant]\nabsence: [land_grant]");
    let text =
        |path: &str, text: &str| if path == "models/deed/example.yaml" { model.clone() } else { text.to_owned() };
    let sources = files.map(|(path, content)| Source { path: path.to_owned(), text: text(path, content) });
    let (catalog, problems) = Catalog::compile(&sources);
    let faulty: BTreeSet<&str> = problems.iter().map(|problem| problem.file.as_str()).collect();
    assert_eq!(faulty.len(), 7, "{problems:#?}");
    let (_, problems) = Models::compile(&catalog);
    let others: Vec<_> = problems.iter().filter(|problem| problem.message.key != "models-case-sort").collect();
    assert!(others.is_empty(), "{others:#?}");
}
