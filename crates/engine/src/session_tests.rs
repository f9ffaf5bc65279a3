//! Sessions of one process: what they share, and where their work is done.

use datafusion::execution::memory_pool::MemoryConsumer;
use gongzhi_core::values::{CellValue, SetMode};

use super::*;
use crate::tables::tests::{House, add, ask, batch, project, yuan};

#[test]
fn a_question_is_answered_where_the_caller_has_no_runtime_at_all() {
    let house = House::new(1);
    let rows =
        add(vec![project("P1", 5, "一", "", ""), project("P2", 5, "二", "", ""), project("P3", 7, "一", "", "")]);
    let written = house.write(&batch(&house.kind("project"), "2025Q1", SetMode::Full, 1), &rows);
    // Whatever was read or run on this thread would find no runtime.
    let rows = futures::executor::block_on(async {
        let opened = ["water_project.project.contact_name"];
        let session = house.session(vec![written], &["water_project_project"], &opened).await;
        let sql = "select contact_name, count(*) as n, max(_ref) as _ref from water_project_project \
                   group by contact_name order by n";
        let mut rows = Vec::new();
        session.each_row(sql, |row| rows.push(serde_json::Value::Object(row).to_string())).await.unwrap();
        rows
    });
    assert_eq!(rows, [r#"{"contact_name":"二","n":1,"_ref":"b1:1"}"#, r#"{"contact_name":"一","n":2,"_ref":"b1:2"}"#]);
}

#[tokio::test]
async fn all_sessions_of_an_analysis_share_its_memory() {
    let house = House::new(1);
    let codes: Vec<String> = (0..20_000).map(|number| format!("P{number:09}")).collect();
    let rows = add(codes.iter().map(|code| vec![CellValue::Text(code), yuan(1)]).collect());
    let written = house.write(&batch(&house.kind("payment"), "2025Q1", SetMode::Full, 1), &rows);
    let other = house.session(Vec::new(), &[], &[]).await;
    let session = house.session(vec![written], &["water_project_payment"], &[]).await;
    let sql = "select count(*) as n from water_project_payment a join water_project_payment b using (project_code)";
    let held = MemoryConsumer::new("of another").register(other.context().task_ctx().memory_pool());
    held.try_grow((64 << 20) - 100_000).unwrap();
    let met = session.each_row(sql, |_| {}).await.unwrap_err();
    assert!(matches!(met, SessionError::MemoryMet { limit_bytes: 67_108_864, .. }), "{met}");
    held.free();
    assert_eq!(ask(&session, sql).await, [["20000"]]);
}

#[tokio::test]
async fn rows_are_handed_on_in_their_order_and_a_refusal_instead_of_them() {
    let house = House::new(1);
    let codes: Vec<String> = (0..2_000).map(|number| format!("P{number}")).collect();
    let rows = add(codes.iter().map(|code| vec![CellValue::Text(code), yuan(1)]).collect());
    let written = house.write(&batch(&house.kind("payment"), "2025Q1", SetMode::Full, 1), &rows);
    let session = house.session(vec![written], &["water_project_payment"], &[]).await;
    let sql = "select project_code from water_project_payment order by _ref";
    let mut seen = Vec::new();
    assert_eq!(session.each_row(sql, |row| seen.push(row["project_code"].clone())).await.unwrap(), 2_000);
    assert!(seen.iter().zip(&codes).all(|(seen, code)| seen == code), "in their order");
    let refused = session.each_row("select 1 from nothing", |_| {}).await.unwrap_err();
    assert!(matches!(refused, SessionError::Refused(_)));
}
