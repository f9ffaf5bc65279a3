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

#[test]
fn a_model_says_which_rows_it_looks_at_and_why() {
    let looks_at = "looks_at: {rows: ever, why: {zh: 示例, en: Example}}\n";
    assert_eq!(keys_of(&MODEL.replace(looks_at, "")), ["catalog-key-missing"]);
    assert_eq!(keys_of(&MODEL.replace(looks_at, "looks_at: {rows: ever}\n")), ["catalog-key-missing"]);
    assert_eq!(keys_of(&MODEL.replace(looks_at, "looks_at: {rows: ever, why: \"\"}\n")), ["catalog-key-empty"]);
    assert_eq!(keys_of(&MODEL.replace("rows: ever", "rows: always")), ["catalog-bad-value"]);
}

#[test]
fn amounts_run_out_and_bear_late_fees_unless_the_model_says_otherwise() {
    let of = |more: &str| {
        let (mut models, _) = compile(&format!("{MODEL}{more}"));
        let model = models.models.remove("deed/example").unwrap();
        (model.limitation, model.late_fee)
    };
    assert_eq!(of(""), (Limitation::Tax, Some("late_fee/tax".to_owned())));
    assert_eq!(of("limitation: none\nlate_fee: none\n"), (Limitation::None, None));
    assert_eq!(of("late_fee: deed/rate\n").1.as_deref(), Some("deed/rate"));
    assert_eq!(keys_of(&format!("{MODEL}late_fee: deed/rte\n")), ["models-parameter-unknown"]);
    assert_eq!(keys_of(&format!("{MODEL}limitation: ten years\n")), ["catalog-bad-value"]);
}

/// Warnings of a catalogue as (key, file, line).
fn warnings_of(files: &[(&str, &str)]) -> Vec<(String, String, usize)> {
    let sources: Vec<Source> =
        files.iter().map(|(path, text)| Source { path: (*path).to_owned(), text: (*text).to_owned() }).collect();
    let (catalog, problems) = Catalog::compile(&sources);
    assert_eq!(problems, []);
    let (models, _) = Models::compile(&catalog);
    let told = warnings::list_warnings(&catalog, &models, "2026-06-30".parse().unwrap());
    told.into_iter().map(|one| (one.message.key.into_owned(), one.file, one.line)).collect()
}

#[test]
fn a_figure_outside_the_days_of_its_law_is_warned_of() {
    let law = ("laws/old.yaml", "name: 旧法\nin_force_from: 2010-01-01\n");
    let next = ("laws/new.yaml", "name: 新法\nin_force_from: 2020-01-01\nreplaces: [old]\n");
    let of = |value: &str| {
        let text = format!(
            "name: 数\nmeasure: ratio\nvalues:\n  - {{{value}, value: \"1\", certainty: V, law: old, reference: 法}}\n"
        );
        warnings_of(&[law, next, ("params/a/b.yaml", &text)]).len()
    };
    assert_eq!(of("from: 2010-01-01, to: 2019-12-31"), 0);
    assert_eq!(of("from: 2009-12-31, to: 2019-12-31"), 1);
    assert_eq!(of("from: 2010-01-01, to: 2020-01-01"), 1);
    assert_eq!(of("from: 2010-01-01"), 1);
    let text = "name: 数\nmeasure: ratio\nvalues:\n  - {from: 2010-01-01, value: \"1\", certainty: V, law: nowhere, reference: 法}\n";
    let sources = [Source { path: "params/a/b.yaml".to_owned(), text: text.to_owned() }];
    let (_, problems) = Catalog::compile(&sources);
    assert_eq!(
        problems.iter().map(|one| (one.message.key.as_ref(), one.line)).collect::<Vec<_>>(),
        [("catalog-law-unknown", 4)]
    );
}

#[test]
fn a_kind_of_events_whose_key_says_neither_when_nor_which_is_warned_of() {
    let of = |mark: &str, key: &str| {
        let text = format!(
            "name: {{zh: 产量, en: Output}}\nperiod: quarter\ndue: {{after: quarter, days: 5}}\nmode: full_then_differential\n\
             basis: x\nsharing: conditional\npurposes: [resource_tax]\nversions: [{{version: 1, from: 2022-04-01}}]\nkinds:\n  output:\n\
             \u{20}   name: {{zh: 产量, en: Output}}\n    mark: {mark}\n    key: [{key}]\n    columns:\n\
             \u{20}     - {{party: mine, zh: 矿山企业, en: Mine, required: true}}\n\
             \u{20}     - {{key: project_code, zh: 项目代码, en: Project, type: text}}\n\
             \u{20}     - {{key: pit, zh: 矿井名称, en: Pit, type: text}}\n\
             \u{20}     - {{key: contract_number, zh: 合同编号, en: Contract, type: text}}\n\
             \u{20}     - {{key: output_month, zh: 产出月份, en: Month, type: month}}\n\
             \u{20}     - {{key: tons, zh: 产量, en: Tons, type: quantity, measure: tonne}}\n"
        );
        let unit = "name: {zh: 能源局, en: Energy}\nmember: true\nreports: true\nregion: \"652323\"\n";
        warnings_of(&[("templates/energy/output.yaml", &text), ("providers/energy.yaml", unit)])
    };
    for key in ["mine_name", "mine_name, pit", "project_code", "project_code, mine_name"] {
        let told = of("flow", key);
        assert_eq!(told.len(), 1, "{key}");
        assert_eq!(
            (told[0].0.as_str(), told[0].1.as_str()),
            ("models-warning-timeless-key", "templates/energy/output.yaml")
        );
        assert!(of("stock", key).is_empty(), "{key}: what exists");
    }
    for key in ["mine_name, output_month", "contract_number"] {
        assert!(of("flow", key).is_empty(), "{key}");
    }
}

#[test]
fn a_law_that_ended_is_warned_of_where_no_law_cited_follows_it() {
    let laws = [
        ("laws/deed_tax_law.yaml", "name: 旧法\nin_force_to: 2020-12-31\n"),
        (
            "laws/middle.yaml",
            "name: 中\nin_force_from: 2021-01-01\nin_force_to: 2022-12-31\nreplaces: [deed_tax_law]\n",
        ),
        ("laws/last.yaml", "name: 末\nin_force_from: 2023-01-01\nreplaces: [middle]\n"),
    ];
    let of = |model: &str| {
        let files: Vec<(&str, &str)> = laws.into_iter().chain([("models/deed/example.yaml", model)]).collect();
        warnings_of(&files)
    };
    let told = of(MODEL);
    assert_eq!(told, [("models-warning-law-ended".to_owned(), "models/deed/example.yaml".to_owned(), 4)]);
    let both = MODEL.replace("articles: 第2条}\n", "articles: 第2条}\n  - {law: last}\n");
    assert!(of(&both).is_empty(), "one that follows through another is enough");
    let ended = MODEL.replace("law: deed_tax_law,", "law: middle,");
    assert_eq!(of(&ended).len(), 1);
}

#[test]
fn an_amount_that_arose_is_warned_of_where_it_reads_what_stands_now() {
    let template = |mark: &str| {
        format!(
            "name: 名单\nperiod: month\nmode: full\ndue: {{after: month, days: 5}}\nbasis: 法\nsharing: none\nversions:\n  - {{version: 1, from: 2020-01-01}}\nkinds:\n  row:\n    name: 行\n    mark: {mark}\n    key: [name]\n    columns:\n      - {{key: name, zh: 名称, en: Name, type: text}}\n"
        )
    };
    let of = |mark: &str, model: &str| {
        let template = template(mark);
        let model = model.replace("reads: [payments]", "reads: [payments, project_row]");
        let files = [
            ("laws/deed_tax_law.yaml", "name: 法\n"),
            ("providers/office.yaml", "name: 局\nregion: \"652323\"\n"),
            ("templates/office/project.yaml", template.as_str()),
            ("models/deed/example.yaml", model.as_str()),
        ];
        warnings_of(&files).into_iter().map(|(key, _, line)| (key, line)).collect::<Vec<_>>()
    };
    assert_eq!(of("stock", MODEL), [("models-warning-present-state".to_owned(), 8)]);
    assert!(!of("flow", MODEL).iter().any(|(key, _)| key == "models-warning-present-state"));
    assert!(of("stock", &MODEL.replace("rows: ever", "rows: now")).is_empty());
}
