//! What is seen under a scope: rows by unit and township, columns by class.

use gongzhi_core::access::Scope;
use gongzhi_core::catalog::Class;
use gongzhi_core::ids::{Region, Township};
use gongzhi_core::state::{VisibleBatch, VisibleBatches};
use gongzhi_core::values::{CellValue, RowAction, SetMode};

use super::*;
use crate::tables::list_evidence;
use crate::tables::tests::{House, add, ask, batch, now, project};

const SITES: &str = "water_project_site";

fn county() -> Region {
    Region::read("652323").unwrap()
}

fn site<'a>(code: &'a str, place: Option<&'a str>) -> Vec<CellValue<'a>> {
    let place = place.map_or(CellValue::Null, CellValue::Text);
    vec![CellValue::Text(code), place, CellValue::Decimal(rust_decimal::Decimal::new(5, 2))]
}

/// A set of sites of a unit.
fn sites(house: &House, unit: &str, sequence: i64, rows: &[(&str, Option<&str>)]) -> VisibleBatch {
    let rows: Vec<(RowAction, Vec<CellValue<'_>>)> = add(rows.iter().map(|(code, place)| site(code, *place)).collect());
    let mut batch = batch(&house.kind("site"), "2025Q1", SetMode::Full, sequence);
    (batch.unit, batch.lineage) = (unit.to_owned(), unit.to_owned());
    house.write(&batch, &rows)
}

async fn opened(house: &House, visible: &VisibleBatches, view: &str, opened: &[&str]) -> Session {
    let opened = opened.iter().map(|column| (*column).to_owned()).collect();
    let options = SessionOptions { opened, ..SessionOptions::default() };
    house.open(&house.analysis, (visible, &[view]), &options).await.unwrap()
}

async fn codes(house: &House, visible: &VisibleBatches) -> Vec<String> {
    let session = opened(house, visible, SITES, &[]).await;
    ask(&session, "select site_code from water_project_site order by site_code").await.concat()
}

#[tokio::test]
async fn a_question_of_another_unit_sees_nothing_of_the_first() {
    let house = House::new(1);
    let of_water = sites(&house, "water", 1, &[("S1", None), ("S2", None)]);
    let of_housing = sites(&house, "housing", 2, &[("S3", None)]);
    let both = vec![of_water, of_housing];
    let visible = |scope: &Scope| VisibleBatches::found_by_a_test(scope, now(), both.clone());
    let all = visible(&Scope::regions([county()]));
    assert_eq!(codes(&house, &all).await, ["S1", "S2", "S3"]);
    // Whether it is asked for narrowly or narrowed later, what lies outside is not there.
    let housing = Scope::unit(county(), "housing");
    for seen in [visible(&housing), all.narrowed(&housing)] {
        assert_eq!(codes(&house, &seen).await, ["S3"]);
        let session = opened(&house, &seen, SITES, &[]).await;
        let sql = "select count(*), max(_unit) from water_project_site where site_code in ('S1', 'S3')";
        assert_eq!(ask(&session, sql).await, [["1", "housing"]]);
        assert_eq!(session.handles().of("0000001:00000000"), "0000001:00000000", "no handle of the other's rows");
        assert!(list_evidence(house.place(), &seen, ["b1:0", "b1:1"]).unwrap().is_empty());
    }
    for nobody in [Scope::unit(county(), "court"), Scope::regions(Region::read("652324"))] {
        assert!(codes(&house, &visible(&nobody)).await.is_empty());
    }
}

#[tokio::test]
async fn a_township_sees_rows_of_its_own_and_what_its_own_unit_sent() {
    let house = House::new(1);
    let rows = [("S1", Some("652323101")), ("S2", Some("652323102203")), ("S3", Some("652323")), ("S4", None)];
    let of_water = sites(&house, "water", 1, &rows);
    let of_township = sites(&house, "652323101", 2, &[("S5", None), ("S6", Some("652323102"))]);
    let all = Scope::regions([county()]);
    let visible = VisibleBatches::found_by_a_test(&all, now(), vec![of_water, of_township]);
    assert_eq!(codes(&house, &visible).await, ["S1", "S2", "S3", "S4", "S5", "S6"]);
    let township = |code| Township::read(code).unwrap();
    let (one, two) = (township("652323101"), township("652323102"));
    for (townships, codes_seen) in [
        (vec![one.clone()], vec!["S1", "S5"]),
        (vec![two.clone()], vec!["S2", "S6"]),
        (vec![one, two], vec!["S1", "S2", "S5", "S6"]),
        (vec![township("652323103")], vec![]),
    ] {
        assert_eq!(codes(&house, &visible.narrowed(&all.in_townships(townships))).await, codes_seen);
    }
}

#[tokio::test]
async fn a_township_is_told_from_the_row_before_where_a_sheet_has_no_column_for_it() {
    let mut house = House::new(1);
    house.layout = Some((1..=3).map(Some).collect());
    let first = sites(&house, "water", 1, &[("S1", Some("652323101")), ("S2", Some("652323102"))]);
    house.layout = Some(vec![Some(1), None, Some(3)]);
    let mut later = batch(&house.kind("site"), "2025Q2", SetMode::Unsaid, 2);
    later.unit = "water".to_owned();
    let later = house.write(&later, &add(vec![site("S1", None), site("S2", None)]));
    let all = Scope::regions([county()]);
    let visible = VisibleBatches::found_by_a_test(&all, now(), vec![first, later]);
    let one = all.in_townships(Township::read("652323101"));
    assert_eq!(codes(&house, &visible.narrowed(&one)).await, ["S1"]);
}

#[tokio::test]
async fn columns_closer_than_the_scope_shows_are_not_there() {
    let house = House::new(1);
    let rows = add(vec![project("P1", 5, "王某", "11010519491231002X", "91652323MA7A000172")]);
    let project = house.write(&batch(&house.kind("project"), "2025Q1", SetMode::Full, 1), &rows);
    let visible = VisibleBatches::found_by_a_test(
        &Scope::regions([county()]),
        now(),
        vec![project, sites(&house, "water", 2, &[("S1", None)])],
    );
    let personal = ["contact_name", "citizen_id", "citizen_id_digest", "builder_person"];
    let names = ["water_project.project.contact_name", "water_project.project.citizen_id"];
    for (class, sees_personal, sees_secrets) in
        [(Class::SensitivePersonal, true, true), (Class::TradeSecret, false, true), (Class::Internal, false, false)]
    {
        let seen = visible.narrowed(&visible.scope().up_to(class));
        let session = opened(&house, &seen, "water_project_project", &names).await;
        for column in personal {
            let sql = format!("select {column} from water_project_project");
            assert_eq!(session.question(&sql).await.is_ok(), sees_personal, "{column} {class:?}");
        }
        assert!(session.question("select project_code, builder_taxpayer from water_project_project").await.is_ok());
        let session = opened(&house, &seen, SITES, &[]).await;
        assert_eq!(session.question("select bid_yuan from water_project_site").await.is_ok(), sees_secrets);
    }
}
