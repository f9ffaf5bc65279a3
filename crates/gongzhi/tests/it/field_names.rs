//! Sheets and names as offices really send them: names, sheets that are no list, headers; with values of our own, and over the
//! inputs of the field review where they are.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use crate::program::run_in;
use crate::real_data;

pub const SUBSIDY: &str = "补贴文件,企业名称,统一社会信用代码,工商注册号码,项目名称,补贴金额,补贴类型,补贴下发时间";
pub const SUBSIDY_WORDS: [&str; 6] = ["--item", "fiscal_subsidy.payment", "--unit", "财政局", "--period", "2024"];

/// Row of Annex 2, name of the item, name of the kind.
const SUBSIDY_NAMES: [&str; 3] = ["10", "财政补贴信息", "补贴发放"];

pub struct Office {
    folder: tempfile::TempDir,
}

impl Office {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn said(&self, words: &[&str]) -> (Option<i32>, String) {
        let output = run_in(self.path(), words);
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code(), text)
    }

    pub fn intake(&self, words: &[&str]) -> Json {
        let words: Vec<&str> = ["intake", "--json"].into_iter().chain(words.iter().copied()).collect();
        let output = run_in(self.path(), &words);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
    }
}

pub fn rules(report: &Json) -> Vec<String> {
    let text = |issue: &Json, key: &str| issue[key].as_str().unwrap_or_default().to_owned();
    let issues = report["issues"].as_array().unwrap().iter();
    issues
        .map(|issue| format!("{} {} {}", text(issue, "severity"), text(issue, "rule"), text(issue, "cell")))
        .filter(|issue| !issue.contains("missing-column"))
        .collect()
}

const NAMES: [(&str, &str, Option<&str>); 17] = [
    ("演示维吾尔自治区", "none possible", None),
    ("昌吉回族自治州乙乙农资有限公司", "certain probable", Some("昌吉州乙乙农资有限公司")),
    ("新疆维吾尔自治区甲甲建材有限公司", "certain probable", Some("新疆甲甲建材有限公司")),
    ("新疆甲甲建材有限公司（曾用名：演示建材厂）", "certain probable", Some("新疆甲甲建材有限公司")),
    ("新疆甲甲建材有限公司【已吊销】", "certain probable", Some("新疆甲甲建材有限公司")),
    ("新疆甲甲建材有限公司，电话0994-4500000", "certain probable", Some("新疆甲甲建材有限公司")),
    ("新疆甲甲建材有限公司/昌吉州乙乙农资有限公司", "none possible probable", None),
    ("新疆丙丙建筑有限公司第二分公司", "none possible", None),
    ("新疆丙丙建筑有限公司三分公司", "certain probable", Some("新疆丙丙建筑有限公司第三分公司")),
    ("新疆丙丙建筑有限公司第3分公司", "certain probable", Some("新疆丙丙建筑有限公司第三分公司")),
    ("丁丁科技（昌吉）有限公司", "probable possible", Some("丁丁（昌吉）科技有限公司")),
    ("呼图壁县大丰镇戊戊农机店", "probable possible", Some("呼图壁县戊戊农机店")),
    ("大丰镇新村村委会", "probable possible certain", Some("呼图壁县大丰镇新村村民委员会")),
    ("新疆\u{e863}己商贸有限公司", "certain probable", Some("新疆䶮己商贸有限公司")),
    ("建行呼图壁县支行", "probable possible", Some("中国建设银行呼图壁县支行")),
    ("呼图壁县三中", "probable possible", Some("呼图壁县第三中学")),
    ("张三", "none possible", None),
];

const REGISTRY: &str = "name,uscc\n新疆甲甲建材有限公司,91652323MA7A000172\n昌吉州乙乙农资有限公司,93652323MA7A00017U\n\
新疆丙丙建筑有限公司第三分公司,92652323MA7A00017Y\n丁丁（昌吉）科技有限公司,91440300085948158H\n呼图壁县戊戊农机店,N2652323MF0000013A\n\
呼图壁县大丰镇新村村民委员会,54652323MF0000013M\n新疆䶮己商贸有限公司,11652323MA7A00017A\n中国建设银行呼图壁县支行,\n呼图壁县第三中学,\n";

/// Matches names with a registry; what differs from what is wanted.
fn differing(office: &Office, registry: &str, wanted: &[(String, String, Option<String>)]) -> Vec<String> {
    let mut words = vec!["match", "--registry", registry, "--json", "--"];
    words.extend(wanted.iter().map(|(name, ..)| name.as_str()));
    let (_, text) = office.said(&words);
    let lines: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), wanted.len(), "{text}");
    let differs = |((name, classes, entry), line): (&(String, String, Option<String>), &Json)| {
        let class = line["class"].as_str().unwrap();
        let best = line["candidates"][0]["name"].as_str();
        let is_named = entry.as_deref().is_none_or(|entry| best == Some(entry));
        let is_right = classes.split([' ', '|']).any(|wanted| wanted == class) && is_named;
        (!is_right).then(|| format!("{name}: {class} {best:?}"))
    };
    wanted.iter().zip(&lines).filter_map(differs).collect()
}

#[test]
fn names_with_notes_other_places_and_ordinals_find_their_taxpayer_and_none_links_wrongly() {
    let office = Office::new();
    office.write("登记.csv", REGISTRY);
    let wanted: Vec<_> = NAMES
        .iter()
        .map(|(name, classes, entry)| ((*name).to_owned(), (*classes).to_owned(), entry.map(str::to_owned)))
        .collect();
    let different = differing(&office, "登记.csv", &wanted);
    assert!(different.is_empty(), "{different:#?}");
}

#[test]
fn the_field_reviews_names_are_found_as_it_wants_them() {
    let Some(data) = real_data::find("field") else { return };
    let expected: Json = serde_json::from_slice(&fs::read(data.join("61-names.expected.json")).unwrap()).unwrap();
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let wanted: Vec<_> = expected
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (text(&one["name"]), text(&one["cls"]), one["entry"].as_str().map(str::to_owned)))
        .collect();
    let office = Office::new();
    let different = differing(&office, data.join("61-registry.csv").to_str().unwrap(), &wanted);
    assert!(different.is_empty(), "{different:#?}");
}

#[test]
fn an_item_and_its_kind_are_named_alike_wherever_they_are_asked_for() {
    let office = Office::new();
    let row = "示文〔2024〕1号,=1+1,91652323MA7A000172,,-甲\t乙,-1,贷款贴息,2024-05-01";
    office.write("补贴.csv", &format!("{SUBSIDY}\n{}\n", row.replace(",-1,", ",1000,")));
    let words: Vec<&str> = ["补贴.csv"].into_iter().chain(SUBSIDY_WORDS).collect();
    assert_eq!(office.intake(&words)["accepted"], true);
    let (_, listed) = office.said(&["state", "fiscal_subsidy.payment", "--json"]);
    for word in ["NUMBER.payment", "NUMBER.KIND", "ITEM.payment", "ITEM.KIND"] {
        let word = word
            .replace("NUMBER", SUBSIDY_NAMES[0])
            .replace("ITEM", SUBSIDY_NAMES[1])
            .replace("KIND", SUBSIDY_NAMES[2]);
        assert_eq!(office.said(&["state", &word, "--json"]), (Some(0), listed.clone()), "{word}");
        assert_eq!(office.said(&["export", &word, "--out", "other"]).0, Some(0), "{word}");
    }
    let (code, text) = office.said(&["export", "fiscal_subsidy.payment", "--out", "out"]);
    assert_eq!(code, Some(0), "{text}");
    let exported = fs::read_to_string(office.path().join("out/fiscal_subsidy.payment.csv")).unwrap();
    assert!(exported.contains("'=1+1") && exported.contains("1000.00"), "{exported}");
}

#[test]
fn a_unit_on_the_second_line_of_a_header_is_followed_and_an_unknown_one_is_told() {
    let office = Office::new();
    let sheet = |unit: &str| {
        let header = SUBSIDY.replace("补贴金额", &format!("\"补贴金额\n{unit}\""));
        format!("{header}\n示文〔2024〕1号,演示有限公司,91652323MA7A000172,,项目,12.5,贷款贴息,2024-05-01\n")
    };
    for unit in ["单位：万元", "计量单位:万元", "万元"] {
        let office = Office::new();
        office.write("补贴.csv", &sheet(unit));
        let words: Vec<&str> = ["补贴.csv"].into_iter().chain(SUBSIDY_WORDS).collect();
        let report = office.intake(&words);
        assert_eq!(report["accepted"], true, "{unit}: {report}");
        let (_, text) = office.said(&["state", "fiscal_subsidy.payment", "--json"]);
        assert!(text.contains("125000.00"), "{unit}: {text}");
    }
    office.write("美元.csv", &sheet("单位：美元"));
    let words: Vec<&str> = ["美元.csv"].into_iter().chain(SUBSIDY_WORDS).collect();
    let report = office.intake(&words);
    assert!(rules(&report).iter().any(|rule| rule.starts_with("error measure")), "{report}");
}

#[test]
fn sheets_that_are_no_list_are_named_as_what_they_are() {
    let office = Office::new();
    let shape = |name: &str, text: &str| {
        office.write(name, text);
        let words: Vec<&str> = [name].into_iter().chain(SUBSIDY_WORDS).collect();
        let report = office.intake(&words);
        let issues = report["issues"].as_array().unwrap().clone();
        let found: Vec<String> = issues
            .iter()
            .filter(|issue| issue["rule"] == "shape")
            .map(|issue| issue["message"].as_str().unwrap().to_owned())
            .collect();
        (found, issues.len(), report)
    };
    let side = "企业名称,演示甲有限公司,演示乙有限公司\n统一社会信用代码,91652323MA7A000172,93652323MA7A00017U\n\
        项目名称,甲,乙\n补贴金额,1000,2000\n补贴类型,贷款贴息,贷款贴息\n补贴下发时间,2024-05-06,2024-05-07\n";
    let (found, _, report) = shape("横.csv", side);
    assert!(found.first().is_some_and(|said| said.contains("横放")), "{report}");
    let row = "示文〔2024〕1号,演示有限公司,91652323MA7A000172,,项目,1000,贷款贴息,2024-05-01";
    let (found, _, report) = shape("并排.csv", &format!("{SUBSIDY},,{SUBSIDY}\n{row},,{row}\n"));
    assert!(found.first().is_some_and(|said| said.contains("并排")), "{report}");
    let second =
        "企业名称,统一社会信用代码,法定代表人,注册地址,注册资本\n演示乙有限公司,93652323MA7A00017U,某某,某路,100\n";
    let (found, count, report) = shape("下面.csv", &format!("{SUBSIDY}\n{row}\n{second}"));
    assert!(found.first().is_some_and(|said| said.contains("另一张表")), "{report}");
    assert!(count <= 3, "the rows below are not blamed cell by cell: {report}");
}

#[test]
fn a_column_that_nobody_knows_is_ignored_once_by_a_command_and_empty_or_remark_columns_never_block() {
    let office = Office::new();
    let sheet = |header: &str, cell: &str| {
        format!(
            "{SUBSIDY},备注,经办人,{header}\n示文〔2024〕1号,演示有限公司,91652323MA7A000172,,项目,1000,贷款贴息,2024-05-01,补报,张某 13900000001,{cell}\n"
        )
    };
    office.write("空.csv", &sheet("天气", ""));
    let words = |name: &'static str| -> Vec<&str> { [name].into_iter().chain(SUBSIDY_WORDS).collect() };
    let report = office.intake(&words("空.csv"));
    assert_eq!(report["accepted"], true, "{report}");
    assert!(report["notices"].to_string().contains("天气"), "{report}");
    office.write("有.csv", &sheet("天气", "晴"));
    let report = office.intake(&words("有.csv"));
    assert_eq!(rules(&report), ["error unknown-column K1"], "{report}");
    let mend = report["issues"].as_array().unwrap().iter().find(|issue| issue["rule"] == "unknown-column").unwrap();
    assert!(mend["mend"].as_str().unwrap().contains("gongzhi profile set"), "{mend}");
    let profile = report["proposed_profiles"][0].as_str().unwrap().to_owned();
    let (code, text) = office.said(&["profile", "set", &profile, "天气=ignore"]);
    assert_eq!(code, Some(0), "{text}");
    let (code, text) = office.said(&["profile", "confirm", &profile, "--as", "数据岗"]);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(office.intake(&words("有.csv"))["accepted"], true);
    let (code, text) = office.said(&["profile", "set", &profile, "天气=没有的列"]);
    assert_eq!(code, Some(1), "{text}");
}

const SCRATCH: &str = "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" \
    xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">{sheets}</Workbook>";

#[test]
fn a_scratch_sheet_beside_a_report_does_not_block() {
    let office = Office::new();
    let sheet = |name: &str, rows: &[&str]| {
        let cell = |text: &str| format!("<Cell><Data ss:Type=\"String\">{text}</Data></Cell>");
        let row = |row: &&str| format!("<Row>{}</Row>", row.split(',').map(cell).collect::<String>());
        format!("<Worksheet ss:Name=\"{name}\"><Table>{}</Table></Worksheet>", rows.iter().map(row).collect::<String>())
    };
    let report = sheet("报表", &[SUBSIDY, "示文1,演示有限公司,91652323MA7A000172,,项目,1000,贷款贴息,2024-05-01"]);
    let taken = |name: &str, rows: &[&str]| {
        office.write("补贴.xml", &SCRATCH.replace("{sheets}", &format!("{report}{}", sheet(name, rows))));
        let words: Vec<&str> = ["补贴.xml", "--dry-run"].into_iter().chain(SUBSIDY_WORDS).collect();
        office.intake(&words)
    };
    for (name, rows) in [
        ("数据透视表", &["行标签,求和项", "甲,1", "乙,2", "丙,3", "丁,4"][..]),
        ("草稿", &["试,一试", "甲,1", "乙,2", "丙,3", "丁,4"]),
        ("Sheet2", &["测试,12", "再试,13"]),
    ] {
        let report = taken(name, rows);
        assert_eq!(report["accepted"], true, "{name}: {report}");
    }
    let report = taken("另一张表", &["甲列,乙列,丙列", "1,2,3", "1,2,3", "1,2,3", "1,2,3", "1,2,3"]);
    let issues = report["issues"].to_string();
    assert!(report["accepted"] == false && issues.contains("隐藏它") && issues.contains("删除"), "{report}");
}
