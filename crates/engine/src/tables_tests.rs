//! Batches, states and views, through real files and real SQL.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::util::display::array_value_to_string;
use gongzhi_core::access::Scope;
use gongzhi_core::catalog::{Catalog, Item, Kind, Source};
use gongzhi_core::ids::Region;
use gongzhi_core::period::Period;
use gongzhi_core::state::{
    Arrival, Batch, DigestedFile, Mismatch, Moment, Roller, VisibleBatch, VisibleBatches, covered_days, order_batches,
};
use gongzhi_core::values::{CellValue, RowAction, SetMode};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::analysis::{Analysis, AnalysisOptions};
use crate::batch::{BatchDescription, BatchError, BatchWriter, FilePart, RowOrigin};
use crate::keys::{self, Dice, KeyFiles, Keys};
use crate::links::{Link, PartyText, link_batch};
use crate::parts::DataPlace;
use crate::session::{Session, SessionError, SessionOptions, SessionPlace};
use crate::tables::{Span, append_references, list_evidence, roll_kind, row_reference};

const TEMPLATE: &str = r#"
number: 27
name: {zh: 水利工程, en: Water works}
period: quarter
due: {after: quarter, days: 5}
mode: full_then_differential
basis: 呼县政办〔2022〕8号附件2第27项
sharing: conditional
purposes: [vat]
versions:
  - {version: 1, from: 2022-04-01}
  - {version: 2, from: 2025-04-01}
kinds:
  project:
    name: {zh: 项目, en: Projects}
    mark: stock
    key: [project_code]
    columns:
      - {key: project_code, zh: 项目代码, en: Project code, type: text}
      - {key: price_yuan, zh: 合同价, en: Price, type: amount, measure: yuan}
      - {key: start_day, zh: 开工日期, en: Start, type: date}
      - {key: contact_name, zh: 联系人, en: Contact, type: text, class: personal}
      - {key: citizen_id, zh: 身份证号码, en: Citizen id, type: citizen_id, class: personal}
      - {key: info_period, zh: 信息所属时间期间, en: Period, type: period}
      - {party: builder, zh: 施工单位, en: Builder}
      - {key: is_public, zh: 是否公开, en: Public, type: boolean, since: 2, origin: extension}
  payment:
    name: {zh: 支付, en: Payments}
    mark: flow
    key: [project_code]
    columns:
      - {key: project_code, zh: 项目代码, en: Project code, type: text}
      - {key: paid_yuan, zh: 支付额, en: Paid, type: amount, measure: yuan}
  site:
    name: {zh: 工地, en: Sites}
    mark: stock
    key: [site_code]
    columns:
      - {key: site_code, zh: 工地代码, en: Site code, type: text}
      - {key: admin_region, zh: 行政区划, en: Administrative region, type: region}
      - {key: bid_yuan, zh: 标底, en: Bid, type: amount, measure: yuan, class: trade_secret}
"#;

fn digested(part: FilePart) -> DigestedFile {
    DigestedFile { key: part.key, digest: part.digest }
}

fn analysis(memory_limit_bytes: usize) -> Analysis {
    Analysis::start(AnalysisOptions { memory_limit_bytes, threads: 1, ..AnalysisOptions::default() }).unwrap()
}

/// A home folder with keys and a small catalogue.
pub(crate) struct House {
    _home: tempfile::TempDir,
    data: PathBuf,
    pub(crate) keys: Arc<Keys>,
    pub(crate) catalog: Catalog,
    pub(crate) layout: Option<Vec<Option<u32>>>,
    pub(crate) analysis: Analysis,
}

impl House {
    pub(crate) fn new(seed: u8) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut next = seed;
        let dice = Dice::new(move |bytes| {
            for byte in bytes {
                next = next.wrapping_mul(73).wrapping_add(41);
                *byte = next;
            }
            Ok(())
        });
        let keys = Arc::new(Keys::make(home.path(), &KeyFiles::of_home(home.path()), dice).unwrap());
        let source = Source { path: "templates/water/water_project.yaml".to_owned(), text: TEMPLATE.to_owned() };
        let (catalog, _) = Catalog::compile(&[source]);
        assert_eq!(catalog.items["water_project"].kinds.len(), 3);
        Self { data: home.path().join("data"), _home: home, keys, catalog, layout: None, analysis: analysis(64 << 20) }
    }

    pub(crate) fn kind(&self, key: &str) -> (&Item, &Kind) {
        self.catalog.find_kind(&format!("water_project.{key}")).unwrap()
    }

    pub(crate) fn place(&self) -> DataPlace<'_> {
        DataPlace { folder: &self.data, keys: &self.keys }
    }

    pub(crate) fn write(&self, batch: &Batch, rows: &[(RowAction, Vec<CellValue<'_>>)]) -> VisibleBatch {
        self.try_write(batch, rows).unwrap()
    }

    pub(crate) fn try_write(
        &self,
        batch: &Batch,
        rows: &[(RowAction, Vec<CellValue<'_>>)],
    ) -> Result<VisibleBatch, BatchError> {
        let (_, kind) = self.kind(&batch.kind);
        let description = BatchDescription {
            id: batch.id.clone(),
            region: batch.region.clone(),
            unit: batch.unit.clone(),
            item: batch.item.clone(),
            period: batch.period,
            template_version: batch.template_version,
            mapping: vec![("项目代码".to_owned(), "project_code".to_owned())],
        };
        let mut writer = BatchWriter::create(&self.data, &description, kind, &self.keys)?;
        if let Some(layout) = &self.layout {
            writer.record_layout("Sheet1", layout);
        }
        for (at, (action, values)) in rows.iter().enumerate() {
            let origin = RowOrigin { sheet: "Sheet1", row: u32::try_from(at).unwrap() + 2, action: *action };
            writer.append(origin, values.iter().copied(), [(0, " raw ")].into_iter())?;
        }
        let files = writer.finish()?;
        Ok(VisibleBatch {
            file_digest: String::new(),
            upload: String::new(),
            batch: batch.clone(),
            main: Some(digested(files.main)),
            personal: files.personal.map(digested),
            links_key: None,
            rows: files.rows,
            file: format!("{}.xlsx", batch.id),
        })
    }

    pub(crate) async fn session(&self, batches: Vec<VisibleBatch>, views: &[&str], opened: &[&str]) -> Session {
        let visible = seen(batches);
        let opened: BTreeSet<String> = opened.iter().map(|name| (*name).to_owned()).collect();
        let options = SessionOptions { opened, ..SessionOptions::default() };
        self.open(&self.analysis, (&visible, views), &options).await.unwrap()
    }

    pub(crate) async fn open(
        &self,
        analysis: &Analysis,
        (visible, views): (&VisibleBatches, &[&str]),
        options: &SessionOptions,
    ) -> Result<Session, SessionError> {
        let place = SessionPlace { folder: self.data.clone(), keys: Arc::clone(&self.keys) };
        Session::open(analysis, &self.catalog, &place, (visible, views.iter().copied()), options).await
    }
}

fn noon(day: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_735_732_800, 0).unwrap() + TimeDelta::days(day)
}

/// What somebody sees who may see everything of the county.
pub(crate) fn seen(batches: Vec<VisibleBatch>) -> VisibleBatches {
    let county = Scope::regions(Region::read("652323"));
    VisibleBatches::found_by_a_test(&county, now(), batches)
}

pub(crate) fn now() -> Moment {
    Moment { as_of: noon(10_000), period: None }
}

pub(crate) fn batch(kind: &(&Item, &Kind), period: &str, mode: SetMode, sequence: i64) -> Batch {
    let period: Period = period.parse().unwrap();
    let (covers_from, covers_to) = covered_days(period, false);
    Batch {
        id: format!("b{sequence}"),
        sequence,
        region: "652323".to_owned(),
        unit: "water".to_owned(),
        lineage: "water".to_owned(),
        item: kind.0.key.clone(),
        kind: kind.1.key.clone(),
        mark: kind.1.mark,
        item_mode: kind.0.mode,
        period,
        covers_from,
        covers_to,
        mode,
        template_version: 1,
        accepted_at: noon(sequence),
        supplement_of: None,
    }
}

pub(crate) fn yuan(fen: i64) -> CellValue<'static> {
    CellValue::Decimal(Decimal::new(fen, 2))
}

/// A project: code, price in fen, contact, citizen's number, builder's code.
pub(crate) fn project<'a>(
    code: &'a str,
    fen: i64,
    contact: &'a str,
    number: &'a str,
    builder: &'a str,
) -> Vec<CellValue<'a>> {
    let start = NaiveDate::from_ymd_opt(2025, 3, 4).unwrap();
    vec![
        CellValue::Text(code),
        yuan(fen),
        CellValue::Date(start),
        CellValue::Text(contact),
        CellValue::Text(number),
        CellValue::Text("2025Q1"),
        CellValue::Text("示例水利建筑有限公司"),
        CellValue::Text(builder),
        CellValue::Null,
    ]
}

const NUMBER: &str = "11010519491231002X";
const BUILDER: &str = "91652323MA7A000172";

pub(crate) fn add<'a>(rows: Vec<Vec<CellValue<'a>>>) -> Vec<(RowAction, Vec<CellValue<'a>>)> {
    rows.into_iter().map(|row| (RowAction::Add, row)).collect()
}

fn rows_of(batches: &[RecordBatch]) -> Vec<Vec<String>> {
    let row = |batch: &RecordBatch, at| {
        batch.columns().iter().map(|column| array_value_to_string(column, at).unwrap()).collect()
    };
    batches.iter().flat_map(|batch| (0..batch.num_rows()).map(move |at| row(batch, at))).collect()
}

pub(crate) async fn ask(session: &Session, sql: &str) -> Vec<Vec<String>> {
    rows_of(&session.question(sql).await.unwrap().collect().await.unwrap())
}

#[tokio::test]
async fn a_view_gives_back_what_was_written_with_its_evidence() {
    let house = House::new(1);
    let kind = house.kind("project");
    let first = house.write(
        &batch(&kind, "2025Q1", SetMode::Full, 7),
        &add(vec![project("P1", 109_000_000, "王某", NUMBER, BUILDER), project("P2", 50, "", "", "")]),
    );
    let session = house.session(vec![first], &["water_project_project"], &[]).await;
    let sql = "select project_code, price_yuan, start_day, builder_uscc, builder_taxpayer, is_public, _ref, _region, \
               _unit, _period, _period_from, _period_to from water_project_project order by project_code";
    let rows = ask(&session, sql).await;
    let tail = ["652323", "water", "2025Q1", "2025-01-01", "2025-03-31"];
    assert_eq!(rows[0][..7], ["P1", "1090000.00", "2025-03-04", BUILDER, "", "", "0000007:00000000"]);
    assert_eq!(rows[0][7..], tail);
    assert_eq!(rows[1][..2], ["P2", "0.50"]);
    assert_eq!(ask(&session, "select count(*) from water_project_project").await, [["2"]]);
}

#[tokio::test]
async fn a_view_shows_no_personal_column_but_the_digest_unless_it_is_opened() {
    let house = House::new(1);
    let kind = house.kind("project");
    let written = house.write(
        &batch(&kind, "2025Q1", SetMode::Full, 1),
        &add(vec![project("P1", 1, "王某", NUMBER, BUILDER), project("P2", 1, "李某", "110105491231002", "")]),
    );
    let session = house.session(vec![written.clone()], &["water_project_project"], &[]).await;
    assert!(session.question("select citizen_id from water_project_project").await.is_err());
    assert!(session.question("select contact_name from water_project_project").await.is_err());
    let digests = ask(&session, "select distinct citizen_id_digest from water_project_project").await;
    assert_eq!(digests.len(), 1, "the old number of 15 digits is the same person");
    assert!(digests[0][0].starts_with("hmac-sm3:"));
    let opened =
        house.session(vec![written], &["water_project_project"], &["water_project.project.contact_name"]).await;
    let sql = "select contact_name, project_code, citizen_id_digest is not null from water_project_project order by 2";
    assert_eq!(ask(&opened, sql).await, [["王某", "P1", "true"], ["李某", "P2", "true"]]);
}

#[test]
fn nothing_personal_can_be_read_in_the_files_and_an_erased_part_not_at_all() {
    let house = House::new(1);
    let kind = house.kind("project");
    let written =
        house.write(&batch(&kind, "2025Q1", SetMode::Full, 1), &add(vec![project("P1", 1, "张示例", NUMBER, BUILDER)]));
    for part in [&written.main, &written.personal] {
        let bytes = std::fs::read(house.data.join(&part.as_ref().unwrap().key)).unwrap();
        for secret in ["张示例".as_bytes(), NUMBER.as_bytes()] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret));
        }
    }
    let read = || {
        let columns = [(crate::parts::Source::Personal, "contact_name".to_owned())];
        let mut reader = crate::parts::PartReader::open(house.place(), &written, &columns, None)?;
        reader.next_slice()
    };
    let names = read().unwrap().unwrap().columns[0].clone().unwrap();
    assert_eq!(names.as_string::<i32>().value(0), "张示例");
    assert!(house.keys.destroy_data_key("b1").unwrap());
    assert!(matches!(read(), Err(BatchError::Erased { .. })));
}

#[test]
fn a_sealed_part_that_was_changed_or_cut_off_is_refused() {
    let house = House::new(1);
    let kind = house.kind("project");
    let written =
        house.write(&batch(&kind, "2025Q1", SetMode::Full, 1), &add(vec![project("P1", 1, "张示例", NUMBER, BUILDER)]));
    let path = house.data.join(&written.personal.as_ref().unwrap().key);
    let whole = std::fs::read(&path).unwrap();
    let open = || {
        let columns = [(crate::parts::Source::Personal, "contact_name".to_owned())];
        crate::parts::PartReader::open(house.place(), &written, &columns, None)
            .and_then(|mut reader| reader.next_slice())
    };
    assert!(open().is_ok());
    let mut changed = whole.clone();
    changed[100] ^= 1;
    std::fs::write(&path, changed).unwrap();
    assert!(open().is_err());
    std::fs::write(&path, &whole[..whole.len() - 40]).unwrap();
    assert!(open().is_err());
}

#[test]
fn the_same_rows_make_the_same_bytes_and_another_value_makes_others() {
    let house = House::new(1);
    let kind = house.kind("payment");
    let rows = |fen| add(vec![vec![CellValue::Text("P1"), yuan(fen)], vec![CellValue::Text("P2"), yuan(3)]]);
    let bytes = |sequence, fen| {
        let written = house.write(&batch(&kind, "2025Q1", SetMode::Full, sequence), &rows(fen));
        std::fs::read(house.data.join(written.main.unwrap().key)).unwrap()
    };
    assert_eq!(bytes(1, 5), bytes(2, 5));
    assert_ne!(bytes(1, 5), bytes(3, 6));
}

#[test]
fn many_rows_keep_their_order_and_numbers() {
    let house = House::new(1);
    let kind = house.kind("project");
    let codes: Vec<String> = (0..70_000).map(|number| format!("P{number}")).collect();
    let rows = codes.iter().map(|code| project(code, 7, code, NUMBER, BUILDER)).collect();
    let written = house.write(&batch(&kind, "2025Q1", SetMode::Full, 3), &add(rows));
    let wanted: Vec<u32> = vec![0, 1, 8_191, 8_192, 65_535, 65_536, 69_999];
    let columns = [
        (crate::parts::Source::Main, "project_code".to_owned()),
        (crate::parts::Source::Personal, "contact_name".to_owned()),
    ];
    let mut reader = crate::parts::PartReader::open(house.place(), &written, &columns, Some(&wanted)).unwrap();
    let mut found = Vec::new();
    while let Some(slice) = reader.next_slice().unwrap() {
        let texts = |at: usize| slice.columns[at].as_ref().unwrap().as_string::<i32>().clone();
        found.extend((0..slice.rows).map(|row| (texts(0).value(row).to_owned(), texts(1).value(row).to_owned())));
    }
    let expected: Vec<_> = wanted.iter().map(|row| (format!("P{row}"), format!("P{row}"))).collect();
    assert_eq!(found, expected);
    let visible = seen(vec![written]);
    let places = list_evidence(house.place(), &visible, ["b3:65536", "b3:0", "b9:1", "x", "b3:70000"]).unwrap();
    let shown: Vec<_> = places.iter().map(|place| (place.handle.as_str(), place.row, place.file.as_str())).collect();
    assert_eq!(shown, [("b3:0", 2, "b3.xlsx"), ("b3:65536", 65_538, "b3.xlsx")]);
}

#[test]
fn evidence_names_the_cell_of_the_first_column_the_sheet_has() {
    let mut house = House::new(1);
    let kind = house.kind("project");
    let rows = add(vec![project("P1", 1, "", "", "")]);
    let batches = [("2025Q1", 1), ("2025Q2", 2)].map(|(period, number)| batch(&kind, period, SetMode::Full, number));
    let old = house.write(&batches[0], &rows);
    house.layout = Some(vec![Some(2), Some(28), None]);
    let new = house.write(&batches[1], &rows);
    let visible = seen(vec![old, new]);
    let places = list_evidence(house.place(), &visible, ["b1:0", "b2:0"]).unwrap();
    let cells: Vec<String> = places.iter().map(|place| place.cell(["start_day", "price_yuan"])).collect();
    assert_eq!(cells, ["A2", "AB2"], "a batch that does not know its layout names the row's first cell");
}

#[test]
fn a_value_that_does_not_fit_is_named_by_sheet_row_and_column_and_nothing_is_left_behind() {
    let house = House::new(1);
    let kind = house.kind("payment");
    for wrong in [CellValue::Text("many"), CellValue::Decimal(Decimal::new(i64::MAX, 0))] {
        let rows = add(vec![vec![CellValue::Text("P1"), yuan(1)], vec![CellValue::Text("P2"), wrong]]);
        let error = house.try_write(&batch(&kind, "2025Q1", SetMode::Full, 1), &rows).unwrap_err();
        let BatchError::Misfit { sheet, row, column } = error else { panic!("{error}") };
        assert_eq!((sheet.as_str(), row, column.as_str()), ("Sheet1", 3, "paid_yuan"));
    }
    let folder = house.data.join("item=water_project/kind=payment/region=652323/period=2025Q1");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
}

#[test]
fn references_written_in_a_run_are_those_written_one_by_one() {
    let rows = [0, 7, 12_345_678, 99_999_999, 100_000_000, u32::MAX];
    for sequence in [1, 9_999_999, 12_345_678] {
        let mut builder = datafusion::arrow::array::StringBuilder::new();
        append_references(sequence, &rows, &mut builder);
        let alone: Vec<String> = rows.iter().map(|row| row_reference(sequence, u64::from(*row))).collect();
        assert_eq!(builder.finish().iter().flatten().collect::<Vec<_>>(), alone);
    }
}

#[tokio::test]
async fn what_a_period_said_of_a_stock_kind_stays_in_its_view_by_period() {
    let house = House::new(1);
    let kind = house.kind("project");
    let row = |code, price| project(code, price, "", "", BUILDER);
    let batches = vec![
        house.write(&batch(&kind, "2025Q1", SetMode::Full, 1), &add(vec![row("P1", 1000), row("P2", 2000)])),
        house.write(&batch(&kind, "2025Q2", SetMode::Differential, 2), &[(RowAction::Change, row("P1", 1100))]),
        // Sent again: of its own period the later word counts alone.
        house.write(&batch(&kind, "2025Q1", SetMode::Full, 3), &add(vec![row("P1", 1200), row("P2", 2000)])),
        house.write(&batch(&kind, "2026Q1", SetMode::Full, 4), &add(vec![row("P2", 2100)])),
    ];
    let views = ["water_project_project", "water_project_project_by_period"];
    let session = house.session(batches, &views, &[]).await;
    let sql =
        |view: &str| format!("select project_code, price_yuan, _period from {view} order by project_code, _period");
    assert_eq!(ask(&session, &sql(views[0])).await, [["P2", "21.00", "2026Q1"]]);
    let by_period =
        [["P1", "12.00", "2025Q1"], ["P1", "11.00", "2025Q2"], ["P2", "20.00", "2025Q1"], ["P2", "21.00", "2026Q1"]];
    assert_eq!(ask(&session, &sql(views[1])).await, by_period);
}

#[tokio::test]
async fn what_was_ever_reported_stays_in_its_view_until_it_is_revoked_or_its_own_period_is_corrected() {
    let house = House::new(1);
    let kind = house.kind("project");
    let row = |code, price| project(code, price, "", "", BUILDER);
    let first = ["P1", "P2", "P3", "P4"].map(|code| row(code, 1000)).to_vec();
    let corrected = ["P1", "P2", "P3"].map(|code| row(code, 1000)).to_vec();
    let batches = vec![
        house.write(&batch(&kind, "2024Q1", SetMode::Full, 1), &add(first)),
        // P4 was written by mistake.
        house.write(&batch(&kind, "2024Q1", SetMode::Full, 2), &add(corrected)),
        house.write(&batch(&kind, "2024Q2", SetMode::Differential, 3), &[(RowAction::Change, row("P2", 2200))]),
        house.write(&batch(&kind, "2024Q3", SetMode::Differential, 4), &[(RowAction::Revoke, row("P3", 1000))]),
        // P1 and P2 are finished and leave the list.
        house.write(&batch(&kind, "2025Q1", SetMode::Full, 5), &add(vec![row("P5", 5000)])),
    ];
    let views = ["water_project_project", "water_project_project_ever"];
    let session = house.session(batches, &views, &[]).await;
    let sql = |view: &str| format!("select project_code, price_yuan, _period from {view} order by project_code");
    assert_eq!(ask(&session, &sql(views[0])).await, [["P5", "50.00", "2025Q1"]]);
    let ever = [["P1", "10.00", "2024Q1"], ["P2", "22.00", "2024Q2"], ["P5", "50.00", "2025Q1"]];
    assert_eq!(ask(&session, &sql(views[1])).await, ever);
}

#[tokio::test]
async fn a_question_for_few_or_many_rows_by_a_text_gives_just_those_with_their_evidence() {
    let house = House::new(1);
    let kind = house.kind("project");
    // Twenty thousand rows: builder A has every hundredth, B every other, the last quarter says no builder at all.
    let codes: Vec<String> = (0..20_000).map(|at| format!("P{at:05}")).collect();
    let builder = |at: usize| match at {
        15_000.. => CellValue::Null,
        at if at % 100 == 7 => CellValue::Text("A"),
        at if at % 2 == 0 => CellValue::Text("B"),
        _ => CellValue::Text("C"),
    };
    let mut rows: Vec<(RowAction, Vec<CellValue<'_>>)> = Vec::new();
    for (at, code) in codes.iter().enumerate() {
        let mut row = project(code, i64::try_from(at).unwrap(), "", "", BUILDER);
        row[7] = builder(at);
        rows.push((RowAction::Add, row));
    }
    let first = house.write(&batch(&kind, "2025Q1", SetMode::Full, 1), &rows);
    // One of A's goes to C, one is taken back.
    let later = [
        (RowAction::Change, project("P00007", 7, "", "", "C")),
        (RowAction::Revoke, project("P00107", 107, "", "", BUILDER)),
    ];
    let second = house.write(&batch(&kind, "2025Q2", SetMode::Differential, 2), &later);
    let session = house.session(vec![first, second], &["water_project_project"], &[]).await;
    let rows_where = async |condition: &str| {
        let sql = format!(
            "select project_code, price_yuan, _ref from water_project_project where {condition} order by project_code"
        );
        ask(&session, &sql).await
    };
    let expected = |holds: &dyn Fn(usize) -> bool| -> Vec<Vec<String>> {
        let rows = (0..20_000_usize).filter(|at| *at != 7 && *at != 107 && holds(*at));
        let price = |at: usize| format!("{}.{:02}", at / 100, at % 100);
        rows.map(|at| vec![codes[at].clone(), price(at), row_reference(1, at as u64)]).collect()
    };
    let is = |at: usize, who: &str| matches!(builder(at), CellValue::Text(builder) if builder == who);
    assert_eq!(rows_where("builder_uscc = 'A'").await, expected(&|at| is(at, "A")));
    assert_eq!(rows_where("builder_uscc in ('A', 'B')").await, expected(&|at| is(at, "A") || is(at, "B")));
    let named = expected(&|at| is(at, "A") || at >= 15_000);
    assert_eq!(rows_where("builder_uscc = 'A' or builder_uscc is null").await, named);
    let one = expected(&|at| at == 207);
    assert_eq!(rows_where("builder_uscc = 'A' and project_code = 'P00207' and price_yuan > 1").await, one);
    assert_eq!(rows_where("builder_uscc = 'Z'").await, expected(&|_| false));
    let plan = session.question("select price_yuan from water_project_project where builder_uscc = 'A'").await.unwrap();
    let plan = plan.create_physical_plan().await.unwrap();
    let shown = datafusion::physical_plan::displayable(plan.as_ref()).indent(false).to_string();
    assert!(shown.contains("told first: builder_uscc"), "{shown}");
}

#[tokio::test]
async fn links_stand_beside_the_rows_they_belong_to() {
    let house = House::new(1);
    let kind = house.kind("project");
    let rows =
        add(vec![project("P1", 1, "", "", BUILDER), project("P2", 1, "", "", ""), project("P3", 1, "", "", BUILDER)]);
    let mut written = house.write(&batch(&kind, "2025Q1", SetMode::Full, 1), &rows);
    let who = |party: PartyText<'_>| match party.uscc {
        BUILDER => {
            Link { taxpayer: Some(BUILDER.to_owned()), confidence: "certain", subject: "enterprise", person: None }
        }
        _ => Link { taxpayer: None, confidence: "none", subject: "unknown", person: None },
    };
    let links = link_batch(house.place(), &written, kind.1, ("sm3:index", who)).unwrap();
    let again = link_batch(house.place(), &written, kind.1, ("sm3:index", who)).unwrap();
    assert_eq!(links, again);
    written.links_key = Some(links.key);
    let difference = house.write(
        &batch(&kind, "2025Q2", SetMode::Differential, 2),
        &[(RowAction::Revoke, project("P1", 1, "", "", BUILDER))],
    );
    let session = house.session(vec![written, difference], &["water_project_project"], &[]).await;
    let sql = "select project_code, builder_taxpayer, builder_confidence, builder_subject from water_project_project \
               order by project_code";
    assert_eq!(ask(&session, sql).await, [["P2", "", "none", "unknown"], ["P3", BUILDER, "certain", "enterprise"]]);
}

#[tokio::test]
async fn a_column_that_a_template_version_does_not_have_is_null_and_makes_no_difference() {
    let house = House::new(1);
    let kind = house.kind("project");
    let old = house.write(&batch(&kind, "2024Q1", SetMode::Full, 1), &add(vec![project("P1", 1, "", "", BUILDER)]));
    let mut later = batch(&kind, "2025Q1", SetMode::Full, 2);
    later.template_version = 2;
    let mut named = project("P2", 1, "", "", BUILDER);
    named[8] = CellValue::Boolean(true);
    let new = house.write(&later, &add(vec![project("P1", 1, "", "", BUILDER), named.clone()]));
    let session = house.session(vec![old.clone(), new], &["water_project_project"], &[]).await;
    let sql = "select project_code, is_public from water_project_project order by project_code";
    assert_eq!(ask(&session, sql).await, [["P1", ""], ["P2", "true"]]);
    let mismatches: Vec<Mismatch> = session.worklist().iter().map(|line| line.mismatch).collect();
    assert_eq!(mismatches, [Mismatch::NewWithoutAddition]);
    let too_early = house.try_write(&batch(&kind, "2025Q1", SetMode::Full, 3), &add(vec![named]));
    assert!(matches!(too_early, Err(BatchError::Misfit { .. })));
}

#[tokio::test]
async fn sql_can_only_ask_and_only_views_that_were_given() {
    let house = House::new(1);
    let session = house.session(Vec::new(), &["water_project_payment"], &[]).await;
    assert_eq!(ask(&session, "select count(*), sum(paid_yuan) from water_project_payment").await, [["0", ""]]);
    for refused in [
        "create table t as select 1",
        "insert into water_project_payment select * from water_project_payment",
        "copy (select 1) to '/tmp/out.csv'",
        "set datafusion.execution.batch_size = 1",
        "create external table t stored as parquet location '/'",
        "select * from water_project_project",
        "select * from 'item=water_project/kind=payment/x.parquet'",
        "drop table water_project_payment",
    ] {
        assert!(session.question(refused).await.is_err(), "{refused} passed");
    }
    let visible = seen(Vec::new());
    let unknown = house.open(&house.analysis, (&visible, &["nothing"]), &SessionOptions::default()).await;
    assert!(matches!(unknown, Err(SessionError::ViewUnknown(_))));
}

#[tokio::test]
async fn a_question_beyond_the_memory_limit_fails_alone_and_says_so() {
    let house = House::new(1);
    let kind = house.kind("payment");
    let codes: Vec<String> = (0..60_000).map(|number| format!("P{number:09}")).collect();
    let rows = codes.iter().map(|code| vec![CellValue::Text(code), yuan(1)]).collect();
    let written = house.write(&batch(&kind, "2025Q1", SetMode::Full, 1), &add(rows));
    let visible = seen(vec![written]);
    let views: &[&str] = &["water_project_payment"];
    let session = house.open(&analysis(200_000), (&visible, views), &SessionOptions::default()).await.unwrap();
    let sql = "select count(*) from water_project_payment a join water_project_payment b using (project_code)";
    let failed = session.question(sql).await.unwrap().collect().await.unwrap_err();
    assert!(matches!(session.error(failed), SessionError::MemoryMet { limit_bytes: 200_000, .. }));
    assert_eq!(ask(&session, "select count(*) from water_project_payment").await, [["60000"]]);
}

#[test]
fn keys_are_made_once_private_and_sign_verifiably() {
    let home = tempfile::tempdir().unwrap();
    let source = KeyFiles::of_home(home.path());
    let first = Keys::make(home.path(), &source, Dice::system()).unwrap();
    let second = Keys::make(home.path(), &source, Dice::system()).unwrap();
    assert_eq!(first.fingerprints(), second.fingerprints());
    assert_eq!(first.public_key(), second.public_key());
    let signature = first.sign("回执".as_bytes());
    assert!(signature.starts_with("sm2:"));
    assert!(keys::verify(&second.public_key(), "回执".as_bytes(), &signature));
    assert!(!keys::verify(&second.public_key(), "回 执".as_bytes(), &signature));
    let elsewhere = tempfile::tempdir().unwrap();
    let other = Keys::make(elsewhere.path(), &KeyFiles::of_home(elsewhere.path()), Dice::system()).unwrap();
    assert!(!keys::verify(&other.public_key(), "回执".as_bytes(), &signature));
    assert_eq!(keys::digest(b"abc"), "sm3:66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    for name in ["signing.sm2", "wrapping.sm4", "digest.hmac-sm3", "rows.hmac-sm3"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(home.path().join("keys").join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    std::fs::write(home.path().join("keys/wrapping.sm4"), "00").unwrap();
    assert!(Keys::make(home.path(), &source, Dice::system()).is_err());
}

/// A set of a random history: period, mode, rows (code, price, action).
type RandomSet = (u32, bool, Vec<(u8, u8, RowAction)>);

fn any_sets() -> impl Strategy<Value = Vec<RandomSet>> {
    let action = prop_oneof![3 => Just(RowAction::Add), 2 => Just(RowAction::Change), 1 => Just(RowAction::Revoke)];
    let rows = prop::collection::vec((0u8..8, 0u8..4, action), 0..8);
    prop::collection::vec((0u32..8, any::<bool>(), rows), 1..7)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn sql_sees_the_state_that_the_rules_say(sets in any_sets(), is_flow in any::<bool>()) {
        let house = House::new(1);
        let kind = house.kind(if is_flow { "payment" } else { "project" });
        let mut batches = Vec::new();
        for (at, (quarter, is_full, rows)) in sets.iter().enumerate() {
            let period = format!("{}Q{}", 2024 + quarter / 4, quarter % 4 + 1);
            let mode = if *is_full { SetMode::Full } else { SetMode::Differential };
            let batch = batch(&kind, &period, mode, i64::try_from(at).unwrap() + 1);
            let codes: Vec<String> = rows.iter().map(|(code, ..)| format!("P{code}")).collect();
            let rows: Vec<_> = rows.iter().zip(&codes).map(|((_, price, action), code)| {
                let values = if is_flow {
                    vec![CellValue::Text(code), yuan(i64::from(*price))]
                } else {
                    project(code, i64::from(*price), "", "", BUILDER)
                };
                (*action, values)
            }).collect();
            batches.push(house.write(&batch, &rows));
        }
        let expected = expected_state(&batches, &sets);
        let view = kind.0.view_of(kind.1);
        let visible = seen(batches.clone());
        let rolled = roll_kind(house.place(), &visible, (&kind.0.key, kind.1), Span::Now).unwrap();
        prop_assert_eq!(rolled.row_count(), expected.len());
        let amount = if is_flow { "paid_yuan" } else { "price_yuan" };
        let sql = format!("select project_code, {amount}, _ref from {view} order by project_code");
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let found = runtime.block_on(async { ask(&house.session(batches, &[&view], &[]).await, &sql).await });
        prop_assert_eq!(found, expected);
    }
}

/// The state by the rules of the core over the plain rows.
fn expected_state(batches: &[VisibleBatch], sets: &[RandomSet]) -> Vec<Vec<String>> {
    let by_id: HashMap<&str, &RandomSet> =
        batches.iter().zip(sets).map(|(visible, set)| (visible.batch.id.as_str(), set)).collect();
    let ordered = order_batches(batches.iter().map(|visible| &visible.batch), now());
    let mut roller = Roller::new();
    for counted in &ordered {
        let rows = &by_id[counted.batch.id.as_str()].2;
        roller.add(
            *counted,
            rows.iter().enumerate().map(|(row, (code, price, action))| {
                (*code, Arrival { row: row as u64, action: *action, print: u128::from(*price) })
            }),
        );
    }
    let state: BTreeMap<u8, Vec<String>> = roller
        .finish(None)
        .rows
        .into_iter()
        .map(|place| {
            let batch = ordered[place.batch].batch;
            let (code, price, _) = by_id[batch.id.as_str()].2[usize::try_from(place.row).unwrap()];
            let handle = row_reference(batch.sequence, place.row);
            (code, vec![format!("P{code}"), format!("0.0{price}"), handle])
        })
        .collect();
    state.into_values().collect()
}

#[tokio::test]
async fn what_a_sheet_has_no_column_for_is_read_from_the_row_before_and_conditions_see_it() {
    let mut house = House::new(1);
    house.layout = Some((1..=9).map(Some).collect());
    let lacking = |house: &mut House| {
        let places = (1..=9).map(|place| (![2, 4, 8].contains(&place)).then_some(place));
        house.layout = Some(places.collect());
    };
    let short = |code, builder| {
        let mut row = project(code, 0, "", "", "");
        for at in [1, 3, 7] {
            row[at] = CellValue::Null;
        }
        row[6] = CellValue::Text(builder);
        row
    };
    let of = |house: &House, quarter, mode, sequence| batch(&house.kind("project"), quarter, mode, sequence);
    let first = house.write(
        &of(&house, "2025Q1", SetMode::Full, 1),
        &add(vec![
            project("P1", 500, "王某", NUMBER, BUILDER),
            project("P2", 700, "李某", "", ""),
            project("P3", 1, "", "", ""),
        ]),
    );
    lacking(&mut house);
    let second = house.write(
        &of(&house, "2025Q2", SetMode::Unsaid, 2),
        &add(vec![short("P2", "二"), short("P1", "二"), short("P4", "二")]),
    );
    let third = house.write(&of(&house, "2025Q3", SetMode::Full, 3), &add(vec![short("P1", "三"), short("P4", "三")]));
    let opened = ["water_project.project.contact_name"];
    let session = house.session(vec![first.clone(), second.clone()], &["water_project_project"], &opened).await;
    let sql = "select project_code, price_yuan, contact_name, builder_uscc, builder_name from water_project_project order by 1";
    let rows = ask(&session, sql).await;
    assert_eq!(rows[0], ["P1", "5.00", "王某", BUILDER, "二"]);
    assert_eq!(rows[1], ["P2", "7.00", "李某", "", "二"]);
    assert_eq!(rows[2], ["P3", "0.01", "", "", "示例水利建筑有限公司"]);
    assert_eq!(rows[3], ["P4", "", "", "", "二"]);
    let sql = format!("select project_code from water_project_project where builder_uscc = '{BUILDER}'");
    assert_eq!(ask(&session, &sql).await, [["P1"]]);
    let session = house.session(vec![first, second, third], &["water_project_project"], &opened).await;
    let sql = "select project_code, price_yuan, contact_name, builder_name from water_project_project order by 1";
    assert_eq!(ask(&session, sql).await, [["P1", "5.00", "王某", "三"], ["P4", "", "", "三"]]);
}
