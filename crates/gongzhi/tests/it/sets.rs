//! What a set says of itself, what it then does to what stood before it, and that people are told.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use crate::program::run_in;

const HEADER: &str = "项目编码,项目名称,建设单位,施工方,投资（中标）额";

/// The water office with a home of its own.
struct WaterOffice {
    folder: tempfile::TempDir,
}

impl WaterOffice {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a sheet of these projects, each with its amount.
    fn write(&self, name: &str, title: &str, projects: impl IntoIterator<Item = (u32, u32)>) {
        let rows = projects.into_iter().map(|(number, amount)| row(number, amount));
        let title = if title.is_empty() { String::new() } else { format!("{title},,,,\n") };
        let text = format!("{title}{HEADER}\n{}", rows.collect::<String>());
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn run(&self, words: &[&str]) -> (i32, String) {
        let output = run_in(self.path(), words);
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    }

    /// Takes a sheet in as one of a quarter of 2025.
    fn take(&self, name: &str, period: &str, further: &[&str]) -> Json {
        let words = ["intake", "--json", name, "--item", "28", "--unit", "水利局", "--period", period];
        let (code, text) = self.run(&[&words, further].concat());
        let report: Json = serde_json::from_str(text.trim()).unwrap();
        assert_eq!(code, 0, "{report}");
        report
    }

    /// The projects that hold, with their amounts.
    fn state(&self) -> Vec<(String, String)> {
        let (_, text) = self.run(&["state", "water_project.project", "--json"]);
        let rows = text.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
        let field = |row: &Json, key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let mut rows: Vec<_> = rows.map(|row| (field(&row, "project_code"), field(&row, "bid_amount_yuan"))).collect();
        rows.sort();
        rows
    }

    fn codes(&self) -> Vec<String> {
        self.state().into_iter().map(|(code, _)| code).collect()
    }
}

fn row(number: u32, amount: u32) -> String {
    format!("S{number:02},演示渠{number}号工程,演示水管站,演示水利建筑有限公司,{amount}\n")
}

fn codes(numbers: impl IntoIterator<Item = u32>) -> Vec<String> {
    numbers.into_iter().map(|number| format!("S{number:02}")).collect()
}

fn effect(report: &Json) -> [u64; 5] {
    ["new", "changed", "unchanged", "revoked", "ended"]
        .map(|key| report["batches"][0]["effect"][key].as_u64().unwrap_or(u64::MAX))
}

fn warnings(report: &Json) -> Vec<String> {
    let issues = report["issues"].as_array().unwrap().iter().filter(|issue| issue["rule"] == "set-effect");
    issues.map(|issue| format!("{} {}", issue["message"].as_str().unwrap(), issue["mend"].as_str().unwrap())).collect()
}

#[test]
fn a_later_sheet_without_actions_adds_and_changes_and_ends_nothing() {
    let office = WaterOffice::new();
    office.write("a.csv", "", (1..=10).map(|number| (number, 100)));
    office.write("b.csv", "", [(2, 100), (3, 250), (11, 100)]);
    let first = office.take("a.csv", "2025Q1", &[]);
    assert_eq!((first["mode"].as_str(), effect(&first)), (Some("unsaid"), [10, 0, 0, 0, 0]));
    assert_eq!(first["batches"][0]["taken_as"], "whole");
    let second = office.take("b.csv", "2025Q2", &[]);
    assert_eq!(effect(&second), [1, 1, 1, 0, 0]);
    assert_eq!(second["batches"][0]["taken_as"], "upsert");
    assert!(warnings(&second).is_empty(), "{second}");
    assert_eq!(office.codes(), codes(1..=11));
    assert!(office.state().contains(&("S03".to_owned(), "250.00".to_owned())));
}

#[test]
fn a_late_list_of_the_first_quarter_leaves_the_sheet_of_the_second_in_force() {
    let office = WaterOffice::new();
    office.write("b.csv", "", [(1, 700), (3, 100)]);
    office.write("a.csv", "", [(1, 100), (2, 100)]);
    office.take("b.csv", "2025Q2", &[]);
    office.take("a.csv", "2025Q1", &[]);
    let amounts = [("S01", "700.00"), ("S02", "100.00"), ("S03", "100.00")];
    assert_eq!(office.state(), amounts.map(|(code, amount)| (code.to_owned(), amount.to_owned())));
}

#[test]
fn a_sheet_is_full_when_a_flag_or_its_title_says_so_and_names_what_it_ends() {
    for (title, further) in [("", vec!["--mode", "full"]), ("水利工程项目（全额）", vec![]), ("全部项目清单", vec![])]
    {
        let office = WaterOffice::new();
        office.write("a.csv", "", (1..=10).map(|number| (number, 100)));
        office.write("b.csv", title, (1..=9).map(|number| (number, 100)));
        office.take("a.csv", "2025Q1", &[]);
        let report = office.take("b.csv", "2025Q2", &further);
        assert_eq!((report["mode"].as_str(), effect(&report)), (Some("full"), [0, 0, 9, 0, 1]), "{title}");
        let ended = report["batches"][0]["effect"]["first_ended"][0].as_str().unwrap();
        assert!(ended.contains("演示渠10号工程") && ended.contains("S10"), "{ended}");
        assert_eq!(office.codes(), codes(1..=9));
    }
}

#[test]
fn a_sheet_that_looks_like_the_whole_list_names_what_is_not_in_it_and_the_flag() {
    let office = WaterOffice::new();
    office.write("a.csv", "", (1..=10).map(|number| (number, 100)));
    office.write("b.csv", "", (1..=8).map(|number| (number, 120)));
    office.write("c.csv", "", (1..=7).map(|number| (number, 130)));
    office.take("a.csv", "2025Q1", &[]);
    let nearly_all = warnings(&office.take("b.csv", "2025Q2", &[]));
    assert!(nearly_all[0].contains("S09") && nearly_all[0].contains("--mode full"), "{nearly_all:?}");
    assert!(warnings(&office.take("c.csv", "2025Q3", &[])).is_empty());
    assert_eq!(office.codes(), codes(1..=10));
}

#[test]
fn ending_more_than_a_fifth_is_a_warning_with_names_and_blocks_nothing() {
    let office = WaterOffice::new();
    office.write("a.csv", "", (1..=10).map(|number| (number, 100)));
    office.write("b.csv", "", (1..=7).map(|number| (number, 100)));
    office.take("a.csv", "2025Q1", &[]);
    let report = office.take("b.csv", "2025Q2", &["--mode", "full"]);
    let told = warnings(&report);
    assert!(told[0].contains("S08") && told[0].contains('3'), "{told:?}");
    assert_eq!(office.codes(), codes(1..=7));
    let (_, text) = office.run(&["intake", "a.csv", "--item", "28", "--unit", "水利局", "--period", "2025Q3"]);
    assert!(text.contains("新增 3"), "{text}");
}

#[test]
fn a_column_of_actions_makes_a_sheet_differential_and_an_empty_one_says_nothing() {
    let office = WaterOffice::new();
    office.write("a.csv", "", (1..=3).map(|number| (number, 100)));
    office.take("a.csv", "2025Q1", &[]);
    let sheet = |actions: [&str; 2]| {
        let rows = [row(2, 200), row(4, 100)];
        let rows = actions.iter().zip(&rows).map(|(action, row)| format!("{action},{row}"));
        fs::write(office.path().join("b.csv"), format!("操作,{HEADER}\n{}", rows.collect::<String>())).unwrap();
    };
    sheet(["", ""]);
    let silent = office.take("b.csv", "2025Q2", &[]);
    assert_eq!((silent["mode"].as_str(), effect(&silent)), (Some("unsaid"), [1, 1, 0, 0, 0]));
    sheet(["撤销", "变更"]);
    let told = office.take("b.csv", "2025Q3", &[]);
    assert_eq!((told["mode"].as_str(), effect(&told)), (Some("differential"), [0, 0, 1, 1, 0]));
    assert_eq!(office.codes(), codes([1, 3, 4]));
    // Among rows that say what they do, one that says nothing is told by its key.
    sheet(["", "变更"]);
    let mixed = office.take("b.csv", "2025Q4", &[]);
    assert_eq!((mixed["mode"].as_str(), effect(&mixed)), (Some("differential"), [1, 0, 1, 0, 0]));
    assert_eq!(office.codes(), codes(1..=4));
}

#[test]
fn a_nil_report_of_things_on_record_says_that_nothing_changed_and_only_nothing_exists_ends_them() {
    let office = WaterOffice::new();
    office.write("a.csv", "", (1..=4).map(|number| (number, 100)));
    office.take("a.csv", "2024Q1", &[]);
    let nil = |period: &str, mode: &str| {
        let words = ["intake", "--json", "--item", "28", "--unit", "水利局", "--period", period, "--mode", mode];
        let (code, text) = office.run(&words);
        assert_eq!(code, 0, "{text}");
        serde_json::from_str::<Json>(text.trim()).unwrap()
    };
    for period in ["2024Q2", "2025Q1"] {
        let report = nil(period, "nil");
        assert_eq!(report["batches"][0]["taken_as"], "no_change");
        assert!(warnings(&report).is_empty(), "{report}");
        assert_eq!(office.codes(), codes(1..=4), "{period}");
    }
    let words =
        ["intake", "--item", "28", "--unit", "水利局", "--period", "2025Q2", "--mode", "nothing-exists", "--dry-run"];
    assert!(office.run(&words).1.contains("终止 4"), "a dry run says what would end");
    assert_eq!(office.codes(), codes(1..=4));
    let report = nil("2025Q2", "nothing-exists");
    assert_eq!((report["mode"].as_str(), effect(&report)), (Some("nothing_exists"), [0, 0, 0, 0, 4]));
    assert!(warnings(&report)[0].contains('4'), "{report}");
    assert!(office.codes().is_empty());
}

#[test]
fn the_state_tells_what_each_set_said_and_what_it_is_taken_as() {
    let office = WaterOffice::new();
    office.write("a.csv", "", (1..=3).map(|number| (number, 100)));
    office.write("b.csv", "", [(3, 200)]);
    office.take("b.csv", "2025Q3", &[]);
    let sets = || -> Vec<Json> {
        let (_, text) = office.run(&["state", "water_project.project", "--sets", "--json"]);
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    assert_eq!(sets()[0]["taken_as"], "whole", "the first of its kind");
    office.take("a.csv", "2025Q2", &[]);
    let told = sets();
    let seen = |key: &str| told.iter().map(|set| set[key].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(seen("period"), ["2025Q2", "2025Q3"]);
    assert_eq!((seen("mode"), seen("taken_as")), (vec!["unsaid".to_owned(); 2], vec!["upsert".to_owned(); 2]));
    assert_eq!(told[1]["effect"]["changed"], 1);
    let (_, text) = office.run(&["state", "water_project.project"]);
    assert!(text.contains("2025Q3") && text.contains("未写明"), "{text}");
}

#[test]
fn a_run_tells_what_each_set_does_whichever_file_is_read_first() {
    let office = WaterOffice::new();
    office.write("county/水利局/2024Q1/z.csv", "", (1..=10).map(|number| (number, 100)));
    office.write("county/水利局/2024Q2/b.csv", "", (1..=9).map(|number| (number, 100)));
    office.write("county/水利局/2025Q1/a.csv", "", (1..=3).map(|number| (number, 100)));
    let run = |out: &str| {
        let (code, text) =
            office.run(&["run", "county", "--as-of", "2025-06-30", "--out", out, "--home", &format!("{out}.home")]);
        assert_eq!(code, 0, "{text}");
        let text = fs::read_to_string(office.path().join(out).join("issues.jsonl")).unwrap();
        text.lines().map(|line| serde_json::from_str::<Json>(line).unwrap()).collect::<Vec<_>>()
    };
    let reports = run("out");
    let of = |file: &str| reports.iter().find(|report| report["file"].as_str().unwrap().contains(file)).unwrap();
    assert_eq!(effect(of("2024Q1")), [10, 0, 0, 0, 0]);
    assert_eq!(effect(of("2024Q2")), [0, 0, 9, 0, 0]);
    assert!(warnings(of("2024Q2"))[0].contains("S10"));
    assert_eq!(effect(of("2025Q1")), [0, 0, 3, 0, 7]);
    assert!(warnings(of("2025Q1"))[0].contains('7'));
    // A file that comes later and stands between changes what the others do.
    office.write("county/水利局/2024Q3/c.csv", "", [(11, 100)]);
    let again = run("out");
    assert_eq!(effect(again.iter().find(|report| report["period"] == "2025Q1").unwrap()), [0, 0, 3, 0, 8]);
    let whole: Vec<Json> = run("other");
    assert_eq!(again, whole);
}

#[test]
fn what_a_sheet_has_no_column_for_stands_and_what_it_empties_is_told() {
    let office = WaterOffice::new();
    office.write("a.csv", "", (1..=5).map(|number| (number, 100)));
    office.take("a.csv", "2025Q1", &[]);
    // The sheet of the second quarter has no column of the amount, that of the third again none, and the works went on.
    let short = |name: &str, progress: &str, further: &str| {
        let row = |number| format!("S{number:02},演示渠{number}号工程,演示水管站,演示水利建筑有限公司,{progress}\n");
        let rows: String = (1..=3).map(row).collect();
        let text = format!("项目编码,项目名称,建设单位,施工方,工程进度\n{rows}{further}");
        fs::write(office.path().join(name), text).unwrap();
    };
    short("b.csv", "开挖", "");
    short("c.csv", "衬砌", "S09,演示渠9号工程,演示水管站,演示水利建筑有限公司,衬砌\n");
    let told = warnings(&office.take("b.csv", "2025Q2", &[]));
    assert!(told.iter().any(|told| told.contains("投资") && told.contains("继续有效")), "{told:?}");
    office.take("c.csv", "2025Q3", &[]);
    let amounts = |codes: &[(&str, &str)]| {
        codes.iter().map(|(code, amount)| ((*code).to_owned(), (*amount).to_owned())).collect::<Vec<_>>()
    };
    let stands = [("S01", "100.00"), ("S02", "100.00"), ("S03", "100.00"), ("S04", "100.00"), ("S05", "100.00")];
    assert_eq!(office.state()[..5], amounts(&stands));
    assert_eq!(office.state()[5], ("S09".to_owned(), String::new()), "what nobody told stays empty");
    let (_, text) = office.run(&["state", "water_project.project", "--json"]);
    assert_eq!(text.matches("衬砌").count(), 4, "what the sheet says holds: {text}");
    // An empty cell of a column that is there is empty, and told.
    let text = format!("{HEADER}\nS01,演示渠1号工程,演示水管站,演示水利建筑有限公司,\n");
    fs::write(office.path().join("d.csv"), text).unwrap();
    let told = warnings(&office.take("d.csv", "2025Q4", &[]));
    assert!(
        told.iter().any(|told| told.contains("投资") && told.contains("本表为空") && told.contains("S01")),
        "{told:?}"
    );
    assert_eq!(office.state()[0], ("S01".to_owned(), String::new()));
}

#[test]
fn rows_that_differ_only_in_columns_their_sheet_lacks_are_unchanged() {
    let office = WaterOffice::new();
    office.write("a.csv", "", (1..=5).map(|number| (number, 100)));
    office.take("a.csv", "2025Q1", &[]);
    let short = |name: &str, numbers: std::ops::RangeInclusive<u32>, scale: &str| {
        let row = |number| format!("S{number:02},演示渠{number}号工程,演示水管站,演示水利建筑有限公司{scale}\n");
        let rows: String = numbers.map(row).collect();
        let header = if scale.is_empty() { "" } else { ",工程进度" };
        fs::write(office.path().join(name), format!("项目编码,项目名称,建设单位,施工方{header}\n{rows}")).unwrap();
    };
    short("b.csv", 1..=3, "");
    assert_eq!(effect(&office.take("b.csv", "2025Q2", &[])), [0, 0, 3, 0, 0]);
    // The amount again, as it was two sheets before, and one that is another.
    let rows = [(1, 100), (2, 100), (3, 700)].map(|(number, amount)| row(number, amount)).concat();
    fs::write(office.path().join("c.csv"), format!("{HEADER}\n{rows}")).unwrap();
    assert_eq!(effect(&office.take("c.csv", "2025Q3", &[])), [0, 1, 2, 0, 0]);
    short("d.csv", 1..=3, ",衬砌");
    assert_eq!(effect(&office.take("d.csv", "2025Q4", &[])), [0, 3, 0, 0, 0], "what it says is another");
}

#[test]
fn a_column_ten_thousand_times_too_small_is_told_once() {
    let office = WaterOffice::new();
    office.write("a.csv", "", (1..=4).map(|number| (number, 3_500_000 + number * 10_000)));
    office.take("a.csv", "2025Q1", &[]);
    office.write("b.csv", "", (1..=4).map(|number| (number, 350 + number)));
    let told = warnings(&office.take("b.csv", "2025Q2", &[]));
    assert_eq!(told.iter().filter(|told| told.contains("万分之一") && told.contains("投资")).count(), 1, "{told:?}");
    office.write("c.csv", "", (1..=4).map(|number| (number, 400 + number)));
    let told = warnings(&office.take("c.csv", "2025Q3", &[]));
    assert!(told.is_empty(), "{told:?}");
}

#[test]
fn a_row_that_takes_back_what_is_not_on_record_is_told_at_its_cell() {
    let office = WaterOffice::new();
    office.write("a.csv", "", (1..=3).map(|number| (number, 100)));
    office.take("a.csv", "2025Q1", &[]);
    let rows = [("撤销", 2), ("注销", 8), ("新增", 4)].map(|(action, number)| format!("{action},{}", row(number, 100)));
    fs::write(office.path().join("b.csv"), format!("操作,{HEADER}\n{}", rows.concat())).unwrap();
    let report = office.take("b.csv", "2025Q2", &[]);
    assert_eq!(effect(&report), [1, 0, 0, 1, 0]);
    assert_eq!(report["batches"][0]["effect"]["revoked_unknown"], 1);
    let told: Vec<&Json> =
        report["issues"].as_array().unwrap().iter().filter(|issue| issue["rule"] == "revoked-unknown").collect();
    assert_eq!(told.len(), 1, "{report}");
    assert_eq!((told[0]["cell"].as_str(), told[0]["severity"].as_str()), (Some("B3"), Some("warning")));
    assert!(told[0]["mend"].as_str().unwrap().contains("项目编码"), "{}", told[0]);
}

#[test]
fn a_sheet_without_a_column_of_the_key_is_about_the_one_thing_that_agrees_in_the_others() {
    // The second quarter's sheet does not say who builds: a row of the record changes, one is taken back, one is new.
    let whole = "项目编码,项目名称,建设单位,施工单位,累计完成投资（元）\n";
    let rows = |number: u32| format!("T{number},演示{number}号厂房,演示投资有限公司,演示建筑有限公司,{number}00\n");
    let first = format!("{whole}{}", (1..=3).map(rows).collect::<String>());
    let second = "操作,项目编码,项目名称,建设单位,累计完成投资（元）\n变更,T1,演示1号厂房,演示投资有限公司,250\n\
                  撤销,T2,演示2号厂房,演示投资有限公司,200\n新增,T9,演示9号厂房,演示投资有限公司,70\n";
    let take = |office: &WaterOffice, text: &str, period: &str| {
        fs::write(office.path().join("sheet.csv"), text).unwrap();
        let words = ["intake", "--json", "sheet.csv", "--item", "1", "--unit", "发展改革委", "--period", period];
        let (code, text) = office.run(&words);
        assert_eq!(code, 0, "{text}");
        serde_json::from_str::<Json>(text.trim()).unwrap()
    };
    let state = |office: &WaterOffice| -> Vec<[String; 3]> {
        let (_, text) = office.run(&["state", "investment_approval.project", "--json"]);
        let rows = text.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
        let columns = ["project_code", "builder_name", "completed_investment_total_yuan"];
        let mut rows: Vec<_> =
            rows.map(|row| columns.map(|column| row[column].as_str().unwrap_or_default().to_owned())).collect();
        rows.sort();
        rows
    };
    let builder = "演示建筑有限公司";
    let expected = [["T1", builder, "250.00"], ["T3", builder, "300.00"], ["T9", "", "70.00"]];
    let (office, other) = (WaterOffice::new(), WaterOffice::new());
    take(&office, &first, "2025Q1");
    assert_eq!(effect(&take(&office, second, "2025Q2")), [1, 1, 0, 1, 0]);
    assert_eq!(state(&office), expected);
    // Whichever came first.
    take(&other, second, "2025Q2");
    take(&other, &first, "2025Q1");
    assert_eq!(state(&other), expected);
}

#[test]
fn events_without_a_column_of_their_key_are_told_where_their_days_are_on_record() {
    let office = WaterOffice::new();
    let take = |text: &str, period: &str| {
        fs::write(office.path().join("sheet.csv"), text).unwrap();
        let words = ["intake", "--json", "sheet.csv", "--item", "15.grant", "--unit", "自然资源局", "--period", period];
        let (code, text) = office.run(&words);
        assert_eq!(code, 0, "{text}");
        warnings(&serde_json::from_str::<Json>(text.trim()).unwrap())
    };
    let row = "演示建材有限公司,演示路12号,20000,12000000\n";
    take(&format!("合同编号,受让方,宗地位置,面积（平方米）,成交价款（元）\nHT2025-1,{row}"), "2025-03");
    let short = format!("受让方,宗地位置,面积（平方米）,成交价款（元）\n{row}");
    let told = take(&short, "2025-03");
    assert!(told.iter().any(|told| told.contains("合同编号") && told.contains("重复计算")), "{told:?}");
    // Next month's events are others in any case.
    let told = take(&short, "2025-04");
    assert!(told.is_empty(), "{told:?}");
}

#[test]
fn an_empty_period_of_the_information_is_the_sheets_own_and_quarters_stay_apart() {
    let folder = tempfile::tempdir().unwrap();
    let header = "煤炭企业名称,企业统一社会信用代码,煤矿名称,开采数量,信息所属时间期间";
    let take = |period: &str, tonnes: u32, stated: &str| {
        let row = format!("演示煤业有限公司,91652323MA7A000172,演示一号井,{tonnes},{stated}");
        fs::write(folder.path().join("a.csv"), format!("{header}\n{row}\n")).unwrap();
        let words = ["intake", "--json", "a.csv", "--item", "4.mine", "--unit", "发改委", "--period", period];
        let output = run_in(folder.path(), &words);
        let report: Json = serde_json::from_str(String::from_utf8(output.stdout).unwrap().trim()).unwrap();
        assert_eq!(output.status.code(), Some(0), "{report}");
        report
    };
    let first = take("2025Q1", 1000, "");
    assert!(first["notices"].to_string().contains("信息所属时间期间"), "{first}");
    assert!(!first["issues"].to_string().contains("info_period"), "{first}");
    take("2025Q2", 2000, "");
    // Written out it is the same key.
    take("2025Q2", 2500, "2025年第2季度");
    let output = run_in(folder.path(), &["state", "coal_output.mine", "--json"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let rows: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut told: Vec<_> = rows.iter().map(|row| (row["info_period"].clone(), row["mined_tonnes"].clone())).collect();
    told.sort_by_key(|row| row.0.to_string());
    let expected = [("2025Q1", "1000.0000"), ("2025Q2", "2500.0000")];
    assert_eq!(told, expected.map(|(period, tonnes)| (Json::from(period), Json::from(tonnes))));
}
