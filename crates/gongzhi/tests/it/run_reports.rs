//! What a run writes for people.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::program::{gongzhi, package};
use crate::run::{command, copy, make};

#[test]
fn the_terminal_names_ten_files_that_were_not_accepted_and_where_the_rest_stand() {
    let folder = tempfile::tempdir().expect("a folder");
    let county = folder.path().join("county");
    std::fs::create_dir(&county).expect("a folder");
    for number in 1..=12 {
        std::fs::write(county.join(format!("空{number:02}.xlsx")), "").expect("a file");
    }
    let sheet = "补贴单位名称,补贴项目\n示例商贸有限公司,示例补贴\n";
    std::fs::write(county.join("财政局2025年.csv"), sheet).expect("a file");
    let ended = command(&county, &folder.path().join("out")).output().expect("the program starts");
    let told = String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr);
    assert_eq!(told.matches("文件是空的（0 字节）").count(), 10, "{told}");
    assert!(told.contains("空01.xlsx：文件是空的") && told.contains("issues.jsonl"), "{told}");
}

/// A county of two offices with a taxpayer, and a file, that would be a script; run.
fn run_with_reports(folder: &Path) -> PathBuf {
    let made = make(folder, "0.02", "11");
    let county = folder.join("some");
    for office in ["自然资源局", "税务局"] {
        copy(&made.join("county").join(office), &county.join(office));
    }
    std::fs::copy(made.join("county/coverage.csv"), county.join("coverage.csv")).expect("a copy");
    let sheet = "补贴单位名称,补贴项目\n<script>alert(1)</script>,示例补贴\n";
    std::fs::write(county.join("<script>财政局2025年.csv"), sheet).expect("a file");
    let out = folder.join("out");
    let ended = command(&county, &out).output().expect("the program starts");
    assert_eq!(ended.status.code(), Some(1), "{}", String::from_utf8_lossy(&ended.stderr));
    out
}

#[test]
fn the_report_tells_every_model_in_both_languages_and_needs_nothing_but_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = run_with_reports(folder.path());
    let page = std::fs::read_to_string(out.join("report.html")).expect("the report");
    assert!(!page.contains("http") && !page.contains("<script") && !page.contains("report-"), "something is fetched");
    let run: Json = serde_json::from_slice(&std::fs::read(out.join("run.json")).expect("run.json")).expect("json");
    let leads = run["leads"].as_object().expect("leads by model");
    assert!(leads.values().any(|count| count.as_u64() > Some(0)), "{leads:?}");
    for (mark, end) in [("zh", "zh: "), ("en", "en: ")] {
        let article = page.split(&format!("<article class=\"{mark}\"")).nth(1).expect("the language");
        let article = article.split("</article>").next().unwrap_or_default();
        for (model, count) in leads {
            let path = package().join(format!("../../catalog/models/{model}.yaml"));
            let text = std::fs::read_to_string(path).expect("the model");
            let name = text.lines().next().and_then(|line| line.split(end).nth(1)).expect("its name");
            let name = name.split(", en:").next().unwrap_or_default().trim_end_matches('}');
            let name = name.trim_matches(['"', '\'']);
            let row = article.split("<tr>").find(|row| row.starts_with(&format!("<th scope=\"row\">{name}")));
            let row = row.unwrap_or_else(|| panic!("no row of {name}"));
            let told = row.split("figure both\">").nth(1).and_then(|cell| cell.split('<').next());
            assert_eq!(told, Some(count.to_string().as_str()), "{model}");
        }
    }
}

#[test]
fn the_units_workbook_counts_what_the_issues_count() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = run_with_reports(folder.path());
    let read = gongzhi().args(["read", "--json", "--rows"]).arg(out.join("units.xlsx")).output();
    let read: Json = serde_json::from_slice(&read.expect("the program starts").stdout).expect("json");
    let rows_of = |at: usize, names: &[&str]| -> Vec<Vec<String>> {
        let sheet = &read["sheets"][at];
        let columns = sheet["columns"].as_array().expect("columns");
        let place = |name: &&str| columns.iter().position(|column| column["name"] == *name).expect("the column");
        let places: Vec<usize> = names.iter().map(place).collect();
        let cell = |cell: &Json| cell.as_str().map_or_else(|| cell.to_string(), str::to_owned);
        let rows = sheet["rows"].as_array().expect("rows");
        rows.iter().map(|row| places.iter().map(|place| cell(&row[*place])).collect()).collect()
    };
    let mut told = rows_of(1, &["文件", "行", "错误", "提醒"]);
    told.sort();
    let text = std::fs::read_to_string(out.join("issues.jsonl")).expect("issues");
    let mut counted: Vec<Vec<String>> = text
        .lines()
        .map(|line| {
            let report: Json = serde_json::from_str(line).expect("json");
            let issues = report["issues"].as_array().expect("issues");
            let count = |severity: &str| issues.iter().filter(|issue| issue["severity"] == severity).count();
            let sheets = report["sheets"].as_array().expect("sheets");
            let rows: u64 = sheets.iter().filter_map(|sheet| sheet["rows"].as_u64()).sum();
            let name = report["file"].as_str().expect("a name").to_owned();
            vec![name, rows.to_string(), count("error").to_string(), count("warning").to_string()]
        })
        .collect();
    counted.sort();
    assert_eq!(told, counted);
    let sum = |rows: &[Vec<String>], at: usize| rows.iter().map(|row| row[at].parse::<u64>().expect("a count")).sum();
    let units = rows_of(0, &["报来文件", "错误", "未报送"]);
    let (files, errors, owed): (u64, u64, u64) = (sum(&units, 0), sum(&units, 1), sum(&units, 2));
    assert_eq!((files, errors), (told.len() as u64, sum(&told, 2)));
    assert_eq!(owed, rows_of(2, &["单位"]).len() as u64);
    assert!(owed > 0 && errors > 0, "{units:?}");
}
