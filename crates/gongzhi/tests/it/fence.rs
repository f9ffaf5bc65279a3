//! The fence from outside: what an author writes into a model is told with file, line and how to mend it, and no text
//! goes to the tables past it.

use std::fs;
use std::path::Path;

use gongzhi_core::messages::{Language, Translator};
use gongzhi_engine::analysis::{Analysis, AnalysisOptions};
use gongzhi_engine::session::{Session, SessionOptions};

use crate::days::sources;
use crate::program::{gongzhi, package};

/// A model, what is written around its query, and what the author is told. `{}` is the query; what is told is on its
/// last line.
const EVILS: [(&str, &str, &str); 12] = [
    (
        "deed/land_grant",
        "select m.* from (\n{}\n) m,\nlateral generate_series(1, 1000000000) as g (n)",
        "读视图 calendar",
    ),
    ("deed/transfer", "select m.* from (\n{}\n) m\ncross join range(1, 10) as g (n)", "读视图 calendar"),
    ("stamp/land_and_property", "select m.* from (\n{}\n) m\ncross join unnest([1, 2]) as g (n)", "读视图 calendar"),
    ("case/bankruptcy_claim", "explain select 1", "请以 select 或 with 开头"),
    ("registration/unregistered_business", "copy (select 1) to '/tmp/out.csv'", "请以 select 或 with 开头"),
    (
        "registration/closing_with_arrears",
        "select m.* from (\n{}\n) m\ncross join information_schema.tables",
        "reads 里没有声明",
    ),
    (
        "subsidy/recipient_in_arrears",
        "select m.*\nfrom (\n{}\n) m where (select count(*) from water_project_payment) = 0",
        "reads 里没有声明",
    ),
    (
        "fund/disability_levy",
        "select m.* from (\n{}\n) m\norder by row_number() over (order by random())",
        "清单见 docs/guide/models.md",
    ),
    ("resource/coal", "select m.* from (\n{}\n) m\nwhere repeat('x', 1000000000) = ''", "不超过 1000 的整数"),
    (
        "environment/amount_gap",
        "select m.* from (\n{}\n) m\nwhere lpad(m.taxpayer, length(m.evidence)) = ''",
        "不超过 1000 的整数",
    ),
    ("environment/undeclared_discharge", "{recursive}", "去掉 recursive"),
    ("vat/real_estate_prepayment", "{doubled}", "不要让一个步骤把前一个步骤读两遍"),
];

fn written(around: &str, sql: &str) -> String {
    match around {
        "{recursive}" => {
            format!(
                "select m.* from (\n{sql}\n) m where 1 in (\nwith recursive r as (select 1 as n union all select n + 1 from r) select n from r)"
            )
        }
        "{doubled}" => {
            let parts = (1..=30).map(|at| format!(", t{at} as (select a.n from t{0} a, t{0} b)", at - 1));
            format!("with t0 as (select 1 as n){} select m.* from (\n{sql}\n) m, t30", parts.collect::<String>())
        }
        _ => around.replace("{}", sql),
    }
}

#[test]
fn what_a_model_may_not_hold_is_told_with_its_file_and_line_and_how_to_mend_it() {
    let catalog = package().join("../../catalog");
    let layer = tempfile::tempdir().unwrap();
    for (model, around, _) in EVILS {
        let name = format!("models/{model}.sql");
        let path = layer.path().join(&name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let sql = fs::read_to_string(catalog.join(&name)).unwrap();
        fs::write(path, written(around, sql.trim_end())).unwrap();
    }
    let output =
        gongzhi().arg("check").arg("--catalog").arg(&catalog).arg("--layer").arg(layer.path()).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    for (model, around, mend) in EVILS {
        let name = format!("models/{model}.sql");
        let text = fs::read_to_string(layer.path().join(&name)).unwrap();
        let line = if around == "{doubled}" { 1 } else { text.lines().count() };
        let place = format!("{name}:{line}");
        let lines: Vec<&str> = told.lines().filter(|told| told.contains(&name)).collect();
        assert_eq!(lines.len(), 1, "{model}: {told}");
        assert!(lines[0].contains(&place) && lines[0].contains(mend), "{model}: {place} {}", lines[0]);
    }
}

#[test]
fn a_question_about_a_state_passes_the_same_fence() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let analysis = Analysis::start(AnalysisOptions { threads: 1, ..AnalysisOptions::default() }).unwrap();
    let session = Session::empty(&analysis, &SessionOptions::default());
    let say = Translator::new(Language::English);
    for (sql, mend) in [
        ("select * from (values (1)) t (n), lateral generate_series(1, 1000000000)", "rows come from views only"),
        ("select * from range(1, 10)", "rows come from views only"),
        ("select * from unnest([1, 2])", "rows come from views only"),
        (
            "with recursive m as (select 1 as n union all select n + 1 from m) select * from m",
            "Leave out \"recursive\"",
        ),
        ("copy (select 1) to '/tmp/out.csv'", "begin with select or with"),
        ("explain select 1", "begin with select or with"),
        ("select * from information_schema.tables", "Readable are"),
        ("select (select count(*) from water_project_project) as n", "Readable are"),
        ("select 1 as n order by row_number() over (order by random())", "docs/guide/models.md"),
        ("select repeat('x', 1000000000) as n", "whole number of at most 1000"),
        ("select lpad(n, m) as n from (values ('a', 1000000000)) t (n, m)", "whole number of at most 1000"),
    ] {
        let refused = runtime.block_on(session.each_row(sql, |_| {})).unwrap_err();
        let told = say.say(&refused.message());
        assert!(told.contains(mend), "{sql}: {told}");
    }
    let mut rows = Vec::new();
    let sql = "select n, lpad(n, 3, '0') as padded from (values ('a'), ('b')) t (n) order by n";
    runtime.block_on(session.each_row(sql, |row| rows.push(row["padded"].clone()))).unwrap();
    assert_eq!(rows, ["00a", "00b"]);
}

/// Ways to plan or run a text, or a plan, without the fence.
const WAYS: [&str; 8] = [
    ".sql(",
    "sql_with_options",
    "create_logical_plan",
    "statement_to_plan",
    "execute_logical_plan",
    "SessionContext::new",
    "SessionStateBuilder",
    "DataFrame::new",
];

#[test]
fn no_text_and_no_plan_is_run_past_the_fence() {
    let within = |path: &Path| path.components().any(|part| part.as_os_str() == "fence");
    let found = sources();
    assert!(found.iter().any(|(path, _)| within(path)));
    for (path, text) in found.iter().filter(|(path, _)| !within(path)) {
        for way in WAYS {
            assert!(!text.contains(way), "{}: {way}", path.display());
        }
    }
}
