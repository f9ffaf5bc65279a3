//! Sheets, codes and names as offices really send them: persons' numbers, codes with something around them, names, sheets
//! that are no list, headers; with values of our own, and over the inputs of the field review where they are.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::program::run_in;
use crate::real_data;

/// Persons' numbers in every form that offices write: none is anybody's.
const NUMBERS: [&str; 6] = [
    "11010519490101003X",
    "110105490101003",
    "965398198501010992",
    "11010519490101003X01",
    "110105194912310021",
    "440524188001010014",
];

/// What of them tells who it is: the day of birth and what follows.
const TELLING: [&str; 6] = ["490101003", "491231002", "19491231", "19850101", "188001010014", "10519491231"];

struct Office {
    folder: tempfile::TempDir,
}

impl Office {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn said(&self, words: &[&str]) -> (Option<i32>, String) {
        let output = run_in(self.path(), words);
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code(), text)
    }

    fn intake(&self, words: &[&str]) -> Json {
        let words: Vec<&str> = ["intake", "--json"].into_iter().chain(words.iter().copied()).collect();
        let output = run_in(self.path(), &words);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
    }
}

fn rules(report: &Json) -> Vec<String> {
    let text = |issue: &Json, key: &str| issue[key].as_str().unwrap_or_default().to_owned();
    let issues = report["issues"].as_array().unwrap().iter();
    issues
        .map(|issue| format!("{} {} {}", text(issue, "severity"), text(issue, "rule"), text(issue, "cell")))
        .filter(|issue| !issue.contains("missing-column"))
        .collect()
}

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() { files_below(&entry.path(), found) } else { found.push(entry.path()) }
    }
}

fn tells(text: &str) -> Option<&'static str> {
    TELLING.into_iter().find(|telling| text.contains(telling))
}

const SUBSIDY: &str = "补贴文件,企业名称,统一社会信用代码,工商注册号码,项目名称,补贴金额,补贴类型,补贴下发时间";
const SUBSIDY_WORDS: [&str; 6] = ["--item", "fiscal_subsidy.payment", "--unit", "财政局", "--period", "2024"];

/// Row of Annex 2, name of the item, name of the kind.
const SUBSIDY_NAMES: [&str; 3] = ["10", "财政补贴信息", "补贴发放"];

fn subsidy_rows() -> String {
    let row = |(at, number): (usize, &&str)| {
        let columns = if at % 2 == 0 { format!("{number},") } else { format!(",{number}") };
        format!("示文〔2024〕{at}号,演示县某某小吃店{at},{columns},项目{at},1000,贷款贴息,2024-05-0{}\n", at + 1)
    };
    NUMBERS.iter().enumerate().map(row).collect()
}

#[test]
fn a_persons_number_in_a_column_of_codes_leaves_in_nothing_that_comes_out() {
    let office = Office::new();
    office.write("补贴.csv", &format!("{SUBSIDY}\n{}", subsidy_rows()));
    let words: Vec<&str> = ["补贴.csv"].into_iter().chain(SUBSIDY_WORDS).collect();
    let report = office.intake(&words);
    assert_eq!(report["accepted"], true, "{report}");
    let told = rules(&report).iter().filter(|rule| rule.starts_with("warning person-in-code")).count();
    assert_eq!((told, tells(&report.to_string())), (NUMBERS.len(), None), "{report}");
    let mut said = vec![
        office.said(&["state", "fiscal_subsidy.payment", "--json"]).1,
        office.said(&["read", "补贴.csv", "--json", "--rows"]).1,
    ];
    for format in ["csv", "xlsx", "parquet"] {
        let (code, text) = office.said(&["export", "fiscal_subsidy.payment", "--format", format, "--out", format]);
        assert_eq!(code, Some(0), "{text}");
    }
    said.push(fs::read_to_string(office.path().join("csv/fiscal_subsidy.payment.csv")).unwrap());
    said.push(office.said(&["read", "xlsx/fiscal_subsidy.payment.xlsx", "--json", "--rows"]).1);
    for text in &said {
        assert_eq!(tells(text), None, "{text}");
        assert!(text.contains("小吃店"), "{text}");
    }
    assert!(said[0].contains("\"recipient_uscc\":\"person:hmac-sm3:"), "{}", said[0]);
    assert!(said[0].contains("\"recipient_person\":") || said[0].contains("recipient_person"), "{}", said[0]);
    let mut files = Vec::new();
    files_below(office.path(), &mut files);
    files.retain(|path| !path.ends_with("补贴.csv"));
    for path in files {
        let bytes = fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert_eq!(tells(&text), None, "{}", path.display());
    }
}

#[test]
fn two_people_are_two_and_one_person_is_one_whatever_column_the_number_stood_in() {
    let office = Office::new();
    office.write("补贴.csv", &format!("{SUBSIDY}\n{}", subsidy_rows()));
    let words: Vec<&str> = ["补贴.csv"].into_iter().chain(SUBSIDY_WORDS).collect();
    office.intake(&words);
    let (_, text) = office.said(&["state", "fiscal_subsidy.payment", "--json"]);
    let persons: Vec<String> = text
        .lines()
        .map(|line| {
            let row: Json = serde_json::from_str(line).unwrap();
            let codes = [&row["recipient_uscc"], &row["recipient_registration_number"]];
            codes.into_iter().filter_map(Json::as_str).collect::<String>()
        })
        .collect();
    assert_eq!(persons[0], persons[1], "eighteen signs and the old fifteen");
    assert_eq!(persons[0], persons[3], "and two more behind");
    let mut different = persons.clone();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), 4, "{persons:?}");
}

#[test]
fn codes_with_something_around_them_are_suggested_and_cyrillic_letters_named() {
    let office = Office::new();
    let ask = |value: &str| -> Json { serde_json::from_str(&office.said(&["code", "--json", "--", value]).1).unwrap() };
    for value in [
        "91652323MA7A000172（1-1）",
        "91652323MA7A000172(副本)",
        "信用代码：91652323MA7A000172",
        "91652323-MA7A0001-72",
    ] {
        let said = ask(value);
        assert_eq!(
            (&said["suggestion"], &said["verdict"]),
            (&"91652323MA7A000172".into(), &"invalid".into()),
            "{value}"
        );
    }
    let said = ask("91652323МА7А000172");
    assert_eq!(said["suggestion"], "91652323MA7A000172");
    assert!(said["notice"].as_str().unwrap().contains("西里尔字母"), "{said}");
    for (value, kind) in [
        ("965398198501010992", "citizen_id"),
        ("652323190002290018", "citizen_id"),
        ("652323198713010015", "citizen_id"),
        ("91652323MA7A000172", "uscc"),
        ("54652323MF0000013M", "uscc"),
    ] {
        assert_eq!(ask(value)["kind"], kind, "{value}");
    }
    let row = "示文〔2024〕1号,演示有限公司,91652323MA7A000172（1-1）,,项目,1000,贷款贴息,2024-05-01";
    office.write("补贴.csv", &format!("{SUBSIDY}\n{row}\n"));
    let words: Vec<&str> = ["补贴.csv"].into_iter().chain(SUBSIDY_WORDS).collect();
    let report = office.intake(&words);
    let issue = report["issues"].as_array().unwrap().iter().find(|issue| issue["cell"] == "C2").unwrap();
    assert!(issue["mend"].as_str().unwrap().contains("91652323MA7A000172"), "{issue}");
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
fn the_field_reviews_persons_leave_in_nothing_and_its_codes_are_told_apart() {
    let Some(data) = real_data::find("field") else { return };
    let office = Office::new();
    fs::copy(data.join("y01_id_in_uscc.csv"), office.path().join("y01.csv")).unwrap();
    let words: Vec<&str> = ["y01.csv"].into_iter().chain(SUBSIDY_WORDS).collect();
    let report = office.intake(&words);
    assert_eq!(report["accepted"], true, "{report}");
    let told = rules(&report);
    for cell in ["C2", "C3", "C4"] {
        assert!(told.contains(&format!("warning person-in-code {cell}")), "{told:?}");
    }
    office.said(&["export", "fiscal_subsidy.payment", "--out", "out"]);
    let exported = fs::read_to_string(office.path().join("out/fiscal_subsidy.payment.csv")).unwrap();
    for number in ["652323198001010017", "96539819850101001X", "652323800101001"] {
        assert!(!exported.contains(number), "{exported}");
    }
    assert!(exported.contains("'=1+1") && exported.contains("'@SUM(A1)"), "{exported}");
    let codes = fs::read_to_string(data.join("60-codes.txt")).unwrap();
    for line in codes.lines() {
        let said: Json = serde_json::from_str(&office.said(&["code", "--json", "--", line]).1).unwrap();
        let kind = said["kind"].as_str().unwrap();
        let is_person = ["652323195207032138", "96539819850101001X", "652323190002290018", "652323119104155931"];
        assert!(!is_person.contains(&line) || kind == "citizen_id", "{line}: {kind}");
        let has_company = line.contains(['：', '（', '(']) || line.contains("МА7");
        assert!(!has_company || said["suggestion"].is_string(), "{line}: {said}");
    }
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

/// A folder as a county sends it: the tax bureau's register, reports and payments, two departments' sheets.
fn county_of_one_builder(office: &Office) {
    let tax = "纳税人名称,社会信用代码（纳税人识别号）";
    office.write(
        "税务局/2025年03月/税务登记.csv",
        &format!("{tax},纳税人状态,登记日期\n演示县本地建材有限公司,91652323MA7A000172,正常,2020-05-18\n"),
    );
    office.write(
        "税务局/2025年03月/跨区域报验.csv",
        &format!(
            "{tax},跨区域涉税事项报验管理编号,报验日期\n演示外地建筑有限公司,93652323MA7A00017U,报验1号,2025-03-03\n"
        ),
    );
    office.write(
        "税务局/2025年03月/入库.csv",
        &format!(
            "{tax},征收项目,征收品目,税款所属期起,税款所属期止,实缴金额,入库日期,电子税票号码\n\
             某某甲,11010519491231002X,契税,存量房,2025-03-01,2025-03-31,3000,2025-03-20,税票1\n\
             某某乙,440524188001010014,契税,存量房,2025-03-01,2025-03-31,4000,2025-03-20,税票2\n"
        ),
    );
    office.write(
        "住建局/2025年第1季度/施工企业.csv",
        "建筑安装施工企业名称,统一社会信用代码,是否备案的外来建筑企业\n演示外地建筑有限公司,93652323MA7A00017U,是\n",
    );
    office.write(
        "不动产登记中心/2025年03月/房屋交易.csv",
        "房产证号,出售转让方名称,受让方名称,受让方身份证号,房产坐落,建筑面积（平方米）,成交价格（元）,成交日期\n\
         新（2025）演示县不动产权第0000001号,某某丙,某某甲,110105491231002,演示路1号,90,300000,2025-03-10\n",
    );
    office.write("coverage.csv", "表,税种,机关,起,止,截至\n入库,契税,652323,2025-01-01,2025-12-31,2026-03-31\n");
}

#[test]
fn a_builder_from_outside_is_certain_and_a_person_is_one_taxpayer_on_both_sides() {
    let office = Office::new();
    county_of_one_builder(&office);
    let words = ["run", ".", "--as-of", "2026-03-31", "--out", "out"];
    let (code, text) = office.said(&words);
    assert!(code.is_some_and(|code| code < 2), "{text}");
    let linked = fs::read_to_string(office.path().join("out/identity.jsonl")).unwrap();
    let builder: Json = serde_json::from_str(linked.lines().find(|line| line.contains("builder")).unwrap()).unwrap();
    assert_eq!((&builder["class"], &builder["uscc"]), (&"certain".into(), &"93652323MA7A00017U".into()));
    let rows = |kind: &str| -> Vec<Json> {
        let (_, text) = office.said(&["state", kind, "--json"]);
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let (payments, deals) = (rows("tax_payment.payment"), rows("property_registration.transfer"));
    let buyer = deals[0]["buyer_person"].as_str().unwrap();
    assert!(buyer.starts_with("hmac-sm3:"), "{buyer}");
    assert_eq!(payments[0]["taxpayer_person"], buyer);
    assert_ne!(payments[1]["taxpayer_person"], buyer);
    assert_eq!(payments[0]["taxpayer_uscc"], format!("person:{buyer}"));
    assert!(deals[0]["seller_person"].is_null(), "{}", deals[0]);
    let mut files = Vec::new();
    files_below(&office.path().join("out"), &mut files);
    files_below(&office.path().join(".gongzhi"), &mut files);
    for path in files {
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        assert_eq!(tells(&text), None, "{}", path.display());
    }
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
