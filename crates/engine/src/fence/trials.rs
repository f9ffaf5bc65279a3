//! Texts that must not get through the fence, and those that must.

use datafusion::catalog::TableProvider;
use datafusion::datasource::{MemTable, provider_as_source};
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, lit, table_scan};

use super::tests::{SQL, check, compile, keys, problems_of};
use super::*;
use crate::analysis::{Analysis, AnalysisOptions};
use crate::session::{Session, SessionError, SessionOptions};

const FROM: &str = "from tax_payment_payment";

fn analysis() -> Analysis {
    Analysis::start(AnalysisOptions { threads: 1, ..AnalysisOptions::default() }).unwrap()
}

/// The model's query over something else.
fn over(from: &str) -> String {
    SQL.replace(FROM, from)
}

/// The model's query with another amount.
fn amount(expression: &str) -> String {
    SQL.replace("amount_yuan * 0.03", expression)
}

/// The model's query with another period, which is a text.
fn period(expression: &str) -> String {
    SQL.replace("cast(null as varchar) as period", &format!("{expression} as period"))
}

#[test]
fn rows_come_from_views_and_from_nothing_else() {
    for from in [
        "from tax_payment_payment, lateral generate_series(1, 1000000000) as g (n)",
        "from tax_payment_payment cross join range(1, 10) as g (n)",
        "from tax_payment_payment cross join generate_series(1, 10)",
        "from tax_payment_payment cross join unnest([1, 2, 3]) as g (n)",
        "from tax_payment_payment cross join table(range(1, 10))",
        "from (select p.* from tax_payment_payment p where exists (select 1 from range(1, 10))) p",
    ] {
        assert_eq!(check(&over(from)), [("fence-rows".to_owned(), 4)], "{from}");
    }
    assert!(keys(&amount("unnest([1, 2])")).contains(&"fence-step".to_owned()));
    assert_eq!(keys(&amount("(select count(*) from (select range(1, 5) as n) r)")), ["models-function"]);
    assert_eq!(check(&over("from tax_payment_payment cross join (values (1), (2)) as t (n)")), []);
    let rows = vec!["(1)"; 1_001].join(", ");
    assert_eq!(keys(&over(&format!("{FROM} cross join (values {rows}) as t (n)"))), ["fence-values"]);
}

#[test]
fn a_part_that_reads_itself_is_refused_with_its_line() {
    let sql = format!(
        "-- months
with recursive m as (select 1 as n union all select n + 1 from m) {}",
        over("from tax_payment_payment cross join m")
    );
    assert_eq!(check(&sql), [("fence-recursive".to_owned(), 2)]);
}

#[test]
fn a_statement_that_is_no_query_is_told_by_its_word() {
    for (sql, word) in [
        ("copy (select 1) to '/tmp/out.csv'", "copy"),
        ("explain select * from tax_payment_payment", "explain"),
        ("explain analyze select * from tax_payment_payment", "explain"),
        ("drop view tax_payment_payment", "drop"),
        ("create table t as select 1", "create"),
        ("create external table t stored as parquet location '/'", "create"),
        ("insert into tax_payment_payment select 1", "insert"),
        ("set datafusion.execution.batch_size = 1", "set"),
        ("show tables", "show"),
        ("describe tax_payment_payment", "describe"),
        ("reset datafusion.execution.batch_size", "reset"),
    ] {
        let told = problems_of(&compile(sql));
        assert_eq!(told[0].message, Message::new("fence-statement").with("word", word), "{sql}");
    }
    assert_eq!(check(&format!("{SQL};\n{SQL}")), [("fence-several".to_owned(), 4)]);
    assert_eq!(keys("-- nothing"), ["fence-nothing"]);
    assert!(!keys(&over("into t from tax_payment_payment")).is_empty());
}

#[test]
fn what_a_model_does_not_declare_it_can_not_read_wherever_it_is_named() {
    for sql in [
        amount("(select count(*) from registration)"),
        amount("(select count(*) from registration r where r.taxpayer = taxpayer_taxpayer)"),
        over("from tax_payment_payment where exists (select 1 from registration)"),
        over("from tax_payment_payment where taxpayer_taxpayer in (select taxpayer from registration)"),
        over("from tax_payment_payment, lateral (select 1 from registration where taxpayer = taxpayer_taxpayer) r"),
        over("from tax_payment_payment cross join information_schema.tables"),
        over("from tax_payment_payment cross join 'a.parquet'"),
        format!(
            "with registration as (select 1 as n), b as (select 2 as n) {SQL} union all select * from registration"
        ),
    ] {
        let told = keys(&sql);
        assert!(!told.is_empty() && told.iter().all(|key| key != "models-function"), "{sql}: {told:?}");
    }
    assert_eq!(keys(&amount("(select count(*) from registration)")), ["models-view-undeclared"]);
    assert_eq!(keys(&over("from tax_payment_payment, information_schema.tables")), ["models-view-undeclared"]);
}

#[test]
fn a_function_is_found_wherever_it_hides() {
    for sql in [
        amount("row_number() over (order by random())"),
        amount("sum(amount_yuan) over (partition by now())"),
        amount("(select count(*) filter (where random() > 0) from tax_payment_payment)"),
        amount("(select max(amount_yuan) from tax_payment_payment having random() > 0)"),
        amount("(select string_agg(p._ref, ';' order by uuid()) from tax_payment_payment p)"),
        amount("(select 1 from tax_payment_payment p where p._ref = tax_payment_payment._ref and uuid() = p._ref)"),
        amount("case when uuid() = 'a' then 1 end"),
        over("from tax_payment_payment join (select 1 as n) o on uuid() = _ref"),
        over("from tax_payment_payment where _ref in (select uuid() from tax_payment_payment)"),
        over("from tax_payment_payment where exists (select 1 from tax_payment_payment order by uuid() limit 1)"),
        over("from tax_payment_payment where _ref = any (select uuid() from tax_payment_payment)"),
        over("from tax_payment_payment where _ref in ('a', uuid())"),
        over("from tax_payment_payment where _ref like uuid()"),
        over("from tax_payment_payment cross join (values (uuid())) as t (n)"),
        over("from tax_payment_payment, lateral (select uuid() as n where _ref is null) o"),
        over("from (select distinct on (uuid()) * from tax_payment_payment) tax_payment_payment"),
        over("from (select * from tax_payment_payment order by uuid() limit 3) tax_payment_payment"),
        format!("with t as (select uuid() as n from tax_payment_payment) {}", over("from tax_payment_payment, t, t u")),
    ] {
        assert!(keys(&sql).contains(&"models-function".to_owned()), "{sql}: {:?}", keys(&sql));
    }
    for (expression, key) in [
        ("case when _ref similar to 'a' then 1 end", "fence-expression"),
        ("case when _ref ~ 'a' then 1 end", "fence-expression"),
        ("1 << 3", "fence-expression"),
        ("array_length([1])", "models-function"),
    ] {
        assert!(keys(&amount(expression)).contains(&key.to_owned()), "{expression}: {:?}", keys(&amount(expression)));
    }
}

#[test]
fn how_long_a_text_can_become_is_bounded() {
    for (expression, key) in [
        ("repeat('x', 1000000000)", "fence-length"),
        ("repeat(_ref, 1001)", "fence-length"),
        ("repeat(_ref, 500 + 500)", "fence-length"),
        ("repeat(_ref, $as_of)", "fence-length"),
        ("lpad(_ref, 100000, 'x')", "fence-length"),
        ("lpad(_ref, length(taxpayer_name))", "fence-length"),
        ("repeat(repeat('x', 100), 100)", "fence-growth"),
        ("repeat(lpad(_ref, 100), 100)", "fence-growth"),
        ("repeat(coalesce(repeat(_ref, 100), 'x'), 11)", "fence-growth"),
        ("replace(_ref, 'a', taxpayer_name)", "fence-replace"),
        ("repeat(replace(_ref, 'a', 'aaaaaaaaaaa'), 100)", "fence-growth"),
        ("(select repeat(string_agg(repeat(p._ref, 100), ';'), 100) from tax_payment_payment p)", "fence-growth"),
        (
            "(select repeat(p.n, 100) from (select repeat(_ref, 100) as n from tax_payment_payment) p limit 1)",
            "fence-growth",
        ),
    ] {
        assert_eq!(keys(&period(expression)), [key], "{expression}");
    }
    for expression in [
        "repeat('x', 1000)",
        "lpad(cast(date_part('month', paid_on) as varchar), 2, '0')",
        "replace(replace(_ref, '（', '('), ' ', '')",
        "concat_ws(';', _ref, _ref || ':' || _ref)",
    ] {
        assert_eq!(check(&period(expression)), [], "{expression}");
    }
    // Each part joins the text of the one before with itself: twelve of them are four thousand cells.
    let doubled = (1..=12).map(|at| format!("t{at} as (select n || n as n from t{})", at - 1)).collect::<Vec<_>>();
    let parts = format!("with t0 as (select _ref as n from tax_payment_payment), {}", doubled.join(", "));
    assert_eq!(keys(&format!("{parts} {}", over("from tax_payment_payment cross join t12"))), ["fence-growth"]);
    let nested = format!("from tax_payment_payment cross join ({parts} select n from t12) t");
    assert_eq!(keys(&over(&nested)), ["fence-growth"]);
}

#[test]
fn a_text_that_would_keep_the_planner_busy_is_refused_before_it_is_planned() {
    let doubled = (1..=30).map(|at| format!("t{at} as (select a.n from t{0} a, t{0} b)", at - 1)).collect::<Vec<_>>();
    let parts = format!("with t0 as (select 1 as n), {}", doubled.join(", "));
    assert_eq!(keys(&format!("{parts} {}", over("from tax_payment_payment cross join t30"))), ["fence-large"]);
    let within = format!("from tax_payment_payment cross join ({parts} select n from t30) t");
    assert_eq!(keys(&over(&within)), ["fence-large"]);
    let chain = vec!["amount_yuan"; 5_000].join(" + ");
    assert_eq!(keys(&amount(&chain)), ["fence-chain"]);
    let brackets = format!("{}amount_yuan{}", "(".repeat(500), ")".repeat(500));
    assert_eq!(keys(&amount(&brackets)), ["fence-deep"]);
    let nested =
        (0..20).fold("select 1 as n".to_owned(), |query, at| format!("with t{at} as ({query}) select * from t{at}"));
    assert_eq!(keys(&nested), ["fence-deep"]);
    let union = vec!["select 1"; 4_000].join(" union all ");
    assert_eq!(keys(&amount(&format!("({union})"))), ["fence-chain"]);
    let tables: String = (0..4_000).map(|at| format!(", tax_payment_payment t{at}")).collect();
    assert_eq!(keys(&over(&format!("{FROM}{tables}"))), ["fence-chain"]);
    assert_eq!(keys(&amount(&vec!["1"; 30_000].join(" + "))), ["fence-long"]);
    let list = vec!["'a'"; 2_000].join(", ");
    assert_eq!(check(&over(&format!("{FROM} where _ref in ({list})"))), [], "a long list is no chain");
}

#[test]
fn what_stands_in_a_shared_view_is_told_with_the_views_file_and_once() {
    let (catalog, mut models) = compile(SQL);
    let view = models.views["registration"]
        .replace("where", "where ")
        .replace("paid_on as vat_general_from", "\nnow() as vat_general_from");
    models.views.insert("registration".to_owned(), view);
    let mut other = models.models["a/b"].clone();
    other.key = "a/c".to_owned();
    models.models.insert(other.key.clone(), other);
    let told = problems_of(&(catalog.clone(), models.clone()));
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(
        (told[0].file.as_str(), told[0].line, told[0].message.key.as_ref()),
        ("views/registration.sql", 4, "models-function")
    );
    models.views.insert("registration".to_owned(), "select * from\nrange(1, 10)".to_owned());
    let told = problems_of(&(catalog, models));
    assert_eq!(
        (told[0].file.as_str(), told[0].line, told[0].message.key.as_ref()),
        ("views/registration.sql", 2, "fence-rows")
    );
}

/// The plan of a text that nobody looked at, as a session of everything makes it.
async fn raw(session: &SessionContext, sql: &str) -> LogicalPlan {
    session.state().create_logical_plan(sql).await.unwrap()
}

#[tokio::test]
async fn steps_that_no_list_names_are_refused_by_the_plan_too() {
    let session = SessionContext::new();
    let table = table_of_texts();
    session.register_table("t", Arc::clone(&table)).unwrap();
    let leaves = [Leaf { provider: table, sizes: None }];
    for (sql, key) in [
        ("select * from t, lateral generate_series(1, 3)", "fence-scan"),
        ("select n from t where exists (select 1 from generate_series(1, 3))", "fence-scan"),
        ("select (select max(value) from range(1, 3)) from t", "fence-scan"),
        ("select unnest([n]) from t", "fence-step"),
        ("with recursive m as (select 1 as n union all select n + 1 from m) select * from m", "fence-step"),
        ("explain select * from t", "fence-step"),
        ("explain analyze select * from t", "fence-step"),
        ("copy (select 1) to '/tmp/out.csv' stored as csv", "fence-step"),
        ("create table o as select * from t", "fence-step"),
        ("insert into t select * from t", "fence-step"),
        ("select n from t group by cube (n)", "fence-expression"),
    ] {
        let (_, refusals) = plan::look(&raw(&session, sql).await, &leaves);
        assert!(refusals.iter().any(|refusal| refusal.message.key == key), "{sql}: {refusals:?}");
    }
    let (sizes, refusals) = plan::look(&raw(&session, "select n, n || n as m from t").await, &leaves);
    assert_eq!((sizes, refusals), (vec![1, 2], Vec::new()));
}

fn table_of_texts() -> Arc<dyn TableProvider> {
    use datafusion::arrow::datatypes::{DataType, Field, Schema};
    let schema = Arc::new(Schema::new(vec![Field::new("n", DataType::Utf8, true)]));
    Arc::new(MemTable::try_new(schema, vec![Vec::new()]).unwrap())
}

#[test]
fn a_table_is_known_by_itself_and_not_by_its_name() {
    let (prepared, other) = (table_of_texts(), table_of_texts());
    let leaves = [Leaf { provider: Arc::clone(&prepared), sizes: None }];
    let scan = |table| LogicalPlanBuilder::scan("t", provider_as_source(table), None).unwrap().build().unwrap();
    assert_eq!(plan::look(&scan(prepared), &leaves).1, []);
    assert_eq!(plan::look(&scan(other), &leaves).1, [Refusal::new("t", "fence-scan")]);
    let by_schema = table_scan(Some("t"), table_of_texts().schema().as_ref(), None).unwrap().build().unwrap();
    assert_eq!(plan::look(&by_schema, &leaves).1, [Refusal::new("t", "fence-scan")]);
}

#[test]
fn a_plan_that_is_too_deep_is_refused_before_it_exhausts_the_stack() {
    let leaves = [Leaf { provider: table_of_texts(), sizes: None }];
    let table = || LogicalPlanBuilder::scan("t", provider_as_source(Arc::clone(&leaves[0].provider)), None).unwrap();
    let nested = |depth| (0..depth).fold(lit(true), |inner, _| Expr::Not(Box::new(inner)));
    let looked = |plan: LogicalPlan| plan::look(&plan, &leaves).1.into_iter().map(|refusal| refusal.message.key);
    assert_eq!(looked(table().filter(nested(500)).unwrap().build().unwrap()).count(), 0);
    let told: Vec<_> = looked(table().filter(nested(3_000)).unwrap().build().unwrap()).collect();
    assert_eq!(told, ["fence-chain"]);
    let steps = |depth| (0..depth).fold(table(), |plan, _| plan.limit(0, Some(1)).unwrap()).build().unwrap();
    assert_eq!(looked(steps(500)).count(), 0);
    assert_eq!(looked(steps(3_000)).collect::<Vec<_>>(), ["fence-chain"]);
}

#[test]
fn a_session_knows_no_function_of_rows_and_no_format_of_files() {
    let session = Session::empty(&analysis(), &SessionOptions::default());
    for context in [session.context(), &planning_context()] {
        let state = context.state();
        assert_eq!(state.table_functions().len(), 0);
        assert_eq!(state.table_factories().len(), 0);
        assert!(
            ["parquet", "csv", "json", "arrow"].iter().all(|format| state.get_file_format_factory(format).is_none())
        );
    }
}

#[tokio::test]
async fn a_question_of_a_session_passes_the_same_fence() {
    let session = Session::empty(&analysis(), &SessionOptions::default());
    session.context().register_table("t", table_of_texts()).unwrap();
    for (sql, key) in [
        ("select * from t, lateral generate_series(1, 1000000000)", "fence-rows"),
        ("select * from range(1, 10)", "fence-rows"),
        ("select unnest([1, 2])", "fence-step"),
        ("with recursive m as (select 1 as n union all select n + 1 from m) select * from m", "fence-recursive"),
        ("copy t to '/tmp/out.csv'", "fence-statement"),
        ("explain select * from t", "fence-statement"),
        ("select * from information_schema.tables", "fence-view"),
        ("select (select count(*) from u) from t", "fence-view"),
        ("select repeat(n, 1000000000) from t", "fence-length"),
        ("select n from t order by random()", "models-function"),
        ("select cast(1 as double)", "models-float"),
    ] {
        let Err(SessionError::Refused(refusals)) = session.question(sql).await else { panic!("{sql} passed") };
        assert_eq!(refusals[0].message.key, key, "{sql}");
    }
    assert!(session.question("select count(*) from t where n in (select n from t)").await.is_ok());
}
