//! A lead is the same from run to run: its number, what each run says of it, the rows it rests on.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use gongzhi_core::access::{Actor, Purpose};
use gongzhi_core::ids::evidence_handle;
use gongzhi_core::leads::{LeadState, Side, Sighted};
use gongzhi_core::money::of_fen;
use gongzhi_store::analyse::leads::{KeptLead, Sighting};
use gongzhi_store::{Store, StorePlace};
use serde_json::Value as Json;

use crate::program::{gongzhi, package, run_in};

const FIRM: &str = "91652323MA7A000172";
const OTHER: &str = "91652323MA7A00025W";
const NAMES: [(&str, &str); 2] = [(FIRM, "呼图壁县演示甲商贸有限公司"), (OTHER, "呼图壁县演示乙农业有限公司")];
const MODEL: &str = "deed/land_grant";
const COVERAGE: &str = "coverage.csv";

/// A county of two grantees of land in April 2025, each owing 259,200.00 of deed tax, with a home beside it.
struct County {
    folder: tempfile::TempDir,
}

impl County {
    /// Those who paid are of these codes.
    fn of_paid(paid: &[&str]) -> Self {
        let county = Self { folder: tempfile::tempdir().unwrap() };
        let grants = NAMES.iter().zip(1..).map(|((code, name), number)| {
            format!(
                "652323,{name},{code},新（2025）演示县不动产权第000000{number}号,演示路{number}号,28800,2025年4月,\
                 演示土出〔2025〕{number}号,演示{number}号项目,挂牌,8640000.00,2025-04-09,工业用地\n"
            )
        });
        let header = "行政区划,招拍挂取得土地使用权单位名称,统一社会信用代码,土地使用证号码,宗地位置,面积（平方米）,\
                      信息所属时间期间,合同编号,项目名称,供应方式,成交价款（元）,合同签订日期,土地用途\n";
        county.write("自然资源局/土地出让2025年4月.csv", &format!("{header}{}", grants.collect::<String>()));
        let taxpayers = NAMES.iter().map(|(code, name)| format!("{name},{code},正常\n"));
        let header = "纳税人名称,社会信用代码（纳税人识别号）,纳税人状态\n";
        county.write("税务局/税务登记信息2025年12月.csv", &format!("{header}{}", taxpayers.collect::<String>()));
        county.write(
            COVERAGE,
            "table,tax_kind,authority,from,to,as_of\ntax_payment,,652323,2020-01-01,2026-03-31,2026-03-31\n",
        );
        county.pay(paid);
        county
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join("county").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Writes the file of payments: those of these codes paid all they owe.
    fn pay(&self, paid: &[&str]) {
        let payments = NAMES.iter().filter(|(code, _)| paid.contains(code)).zip(1..).map(|((code, name), number)| {
            format!("{name},{code},契税,土地使用权出让,2025-04-09,2025-04-09,259200.00,2025-04-20,票{number:08}\n")
        });
        let header = "纳税人名称,社会信用代码（纳税人识别号）,征收项目,征收品目,税款所属期起,税款所属期止,实缴金额,入库日期,\
                      电子税票号码\n";
        self.write("税务局/入库税费信息2025年12月.csv", &format!("{header}{}", payments.collect::<String>()));
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs the county; the lines of `leads.jsonl`.
    fn run(&self, out: &str) -> Vec<Json> {
        let mut command = gongzhi();
        command.current_dir(self.path()).args(["run", "county", "--as-of", "2026-03-31", "--out", out, "--layer"]);
        let ended = command.arg(package().join("../../demo/catalog")).output().unwrap();
        let text = || String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(0), "{}", text());
        let lines = fs::read_to_string(self.path().join(out).join("leads.jsonl")).unwrap();
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Asks the store in the home.
    fn ask<T>(&self, question: impl AsyncFnOnce(&Store, &Actor) -> T) -> T {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let store = Store::open_to_read(&StorePlace::Home(self.path().join(".gongzhi"))).await.unwrap();
            let answer = question(&store, &Actor::operator("tester", Purpose::Analysis)).await;
            store.close().await.unwrap();
            answer
        })
    }

    fn find(&self, number: &str) -> (KeptLead, Vec<Sighting>) {
        self.ask(async |store, who| store.find_lead(&who.scope, number).await.unwrap().unwrap())
    }
}

/// The number of the firm's lead of deed tax, where there is one.
fn number_of(leads: &[Json]) -> Option<String> {
    let own = leads.iter().find(|lead| lead["model"] == MODEL && lead["taxpayer"]["uscc"] == FIRM)?;
    Some(own["lead"].as_str().unwrap().to_owned())
}

#[test]
fn two_runs_of_the_same_data_give_the_same_leads_the_same_numbers_and_double_nothing() {
    let county = County::of_paid(&[OTHER]);
    let first = county.run("one");
    assert_eq!(county.run("two"), first);
    let numbers: BTreeSet<&str> = first.iter().map(|lead| lead["lead"].as_str().unwrap()).collect();
    assert_eq!(numbers.len(), first.len(), "each has a number of its own");
    assert!(numbers.iter().all(|number| number.starts_with("652323-2026-L-")), "{numbers:?}");
    let number = number_of(&first).unwrap();
    let (kept, sightings) = county.find(&number);
    assert_eq!((kept.state, sightings.len()), (LeadState::Found, 1));
    let run = sightings[0].run;
    let listed = county.ask(async |store, who| store.list_sightings(&who.scope, run).await.unwrap());
    let mut told: Vec<_> = first.iter().map(|lead| (&lead["lead"], &lead["model"], &lead["gap"])).collect();
    let kept: Vec<_> = listed.iter().map(|(lead, one)| (lead, one.amounts.gap.map(of_fen))).collect();
    assert_eq!(told.len(), kept.len());
    for (lead, gap) in kept {
        let gap = gap.map_or(Json::Null, |gap| Json::from(gap.to_string()));
        told.retain(|(number, model, told)| {
            !(**number == lead.number && **model == lead.identity.model && **told == gap)
        });
    }
    assert!(told.is_empty(), "the file is a view of what is kept: {told:?}");
    let book = run_in(county.path(), &["read", "--json", "--rows", "one/leads.xlsx"]);
    assert!(String::from_utf8_lossy(&book.stdout).contains(&number), "the workbook names it too");
}

#[test]
fn a_lead_is_cleared_by_mended_data_found_again_with_the_same_number_and_not_cleared_by_what_can_not_be_compared() {
    let county = County::of_paid(&[OTHER]);
    let number = number_of(&county.run("out")).unwrap();
    assert_eq!(county.find(&number).0.state, LeadState::Found);
    county.pay(&[FIRM, OTHER]);
    assert_eq!(number_of(&county.run("out")), None, "it is paid");
    let (cleared, sightings) = county.find(&number);
    let said: Vec<_> = sightings.iter().map(|one| one.sighted).collect();
    assert_eq!((cleared.state, said), (LeadState::Cleared, vec![Sighted::Found, Sighted::NotFound]));
    county.pay(&[OTHER]);
    assert_eq!(number_of(&county.run("out")), Some(number.clone()));
    assert_eq!(county.find(&number).0.state, LeadState::Found);
    fs::remove_file(county.path().join("county").join(COVERAGE)).unwrap();
    assert_eq!(number_of(&county.run("out")), None, "nobody says what the payments cover");
    assert_eq!(county.find(&number).0.state, LeadState::NotComparableNow);
}

#[test]
fn the_rows_of_a_lead_are_named_as_the_state_names_them() {
    let county = County::of_paid(&[OTHER]);
    let number = number_of(&county.run("out")).unwrap();
    let (_, sightings) = county.find(&number);
    let rows = sightings[0].rows.iter().filter(|row| row.side == Side::Reported);
    let rows: Vec<String> = rows.map(|row| evidence_handle(&row.batch, row.row)).collect();
    let state = run_in(county.path(), &["state", "land_expropriation_grant.grant", "--json"]);
    let state = String::from_utf8(state.stdout).unwrap();
    let state = state.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    let named: Vec<Json> = state.filter(|row| rows.iter().any(|handle| row["_ref"] == **handle)).collect();
    assert_eq!((rows.len(), named.len()), (1, 1), "{rows:?}");
    assert_eq!(named[0]["contract_number"], "演示土出〔2025〕1号");
}
