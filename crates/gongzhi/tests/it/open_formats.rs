//! Data packages out and in: what is exported is described, and a package is taken in by its descriptor.

use std::path::Path;

use serde_json::Value as Json;

use crate::program::run_in;

const SHEET: &str = "招拍挂取得土地使用权单位名称,统一社会信用代码,宗地位置,面积（亩）,供应方式,成交价款（万元）,合同签订日期,合同编号,信息所属时间期间
示例建材有限公司,91652323MA7A000172,示例路1号,15,挂牌出让,\"1,200.5\",2025年3月5日,示例合同1,2025-03
示例种业有限公司,,示例路2号,3,协议,80,2025/3/9,示例合同2,2025-03
";

fn said(folder: &Path, words: &[&str]) -> String {
    let output = run_in(folder, words);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{words:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

fn json(path: &Path) -> Json {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The rows that hold, without where they came from.
fn rows(folder: &Path, home: &str) -> Vec<String> {
    let text = said(folder, &["state", "land_expropriation_grant.grant", "--json", "--home", home]);
    let line = |line: &str| {
        let mut row: Json = serde_json::from_str(line).unwrap();
        let object = row.as_object_mut().unwrap();
        object.retain(|key, _| !key.starts_with('_'));
        row.to_string()
    };
    text.lines().map(line).collect()
}

#[test]
fn what_is_exported_is_described_and_comes_back_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    std::fs::write(root.join("三月.csv"), SHEET).unwrap();
    said(root, &["intake", "三月.csv", "--item", "15.grant", "--unit", "自然资源局", "--period", "2025-03"]);
    said(root, &["export", "15", "--out", "out"]);
    let descriptor = json(&root.join("out/datapackage.json"));
    let resource = &descriptor["resources"][0];
    assert_eq!(resource["path"], "land_expropriation_grant.grant.csv");
    assert_eq!(
        (&resource["gongzhi:unit"], &resource["gongzhi:period"]),
        (&"natural_resources".into(), &"2025-03".into())
    );
    let fields = resource["schema"]["fields"].as_array().unwrap();
    let text = std::fs::read_to_string(root.join("out/land_expropriation_grant.grant.csv")).unwrap();
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    assert_eq!(header, fields.iter().map(|field| field["name"].as_str().unwrap()).collect::<Vec<_>>());
    let area = fields.iter().find(|field| field["name"] == "area_square_metres").unwrap();
    assert_eq!((&area["type"], &area["gongzhi:measure"]), (&"number".into(), &"square_metre".into()));

    // Every closed list of the descriptor holds what the table says.
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    for record in reader.records().map(|record| record.unwrap()) {
        for (cell, field) in record.iter().zip(fields).filter(|(cell, _)| !cell.is_empty()) {
            let Some(closed) = field["constraints"]["enum"].as_array() else { continue };
            assert!(closed.contains(&cell.into()), "{cell} of {}", field["name"]);
        }
    }

    // The descriptor says item, unit and period: nothing else is needed to take it in. A table without rows is no set.
    std::fs::remove_file(root.join("out/land_expropriation_grant.recovery.csv")).unwrap();
    let mut only = descriptor.clone();
    only["resources"].as_array_mut().unwrap().truncate(1);
    std::fs::write(root.join("out/datapackage.json"), only.to_string()).unwrap();
    said(root, &["intake", "out/datapackage.json", "--home", "again"]);
    assert_eq!(rows(root, "again"), rows(root, ".gongzhi"));
    assert_eq!(rows(root, "again").len(), 2);
}

#[test]
fn every_format_has_the_same_rows() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    std::fs::write(root.join("三月.csv"), SHEET).unwrap();
    said(root, &["intake", "三月.csv", "--item", "15.grant", "--unit", "自然资源局", "--period", "2025-03"]);
    for format in ["csv", "xlsx", "parquet"] {
        let told = said(root, &["export", "land_expropriation_grant.grant", "--out", format, "--format", format]);
        assert!(told.contains("2 行"), "{told}");
    }
    let read = said(root, &["read", "xlsx/land_expropriation_grant.grant.xlsx", "--json", "--rows"]);
    let read: Json = serde_json::from_str(&read).unwrap();
    assert_eq!(read["sheets"][0]["row_count"], 2);
    let bytes = std::fs::read(root.join("parquet/land_expropriation_grant.grant.parquet")).unwrap();
    assert_eq!((&bytes[..4], &bytes[bytes.len() - 4..]), (b"PAR1".as_slice(), b"PAR1".as_slice()));
}

#[test]
fn a_template_is_written_as_a_table_schema_under_the_headers_people_see() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    said(root, &["template", "15", "--schema", "--out", "schema"]);
    let descriptor = json(&root.join("schema/land_expropriation_grant.datapackage.json"));
    let names: Vec<&str> =
        descriptor["resources"].as_array().unwrap().iter().map(|one| one["gongzhi:kind"].as_str().unwrap()).collect();
    assert_eq!(names, ["land_expropriation_grant.grant", "land_expropriation_grant.recovery"]);
    let fields = descriptor["resources"][0]["schema"]["fields"].as_array().unwrap();
    let manner = fields.iter().find(|field| field["gongzhi:column"] == "manner").unwrap();
    assert_eq!(manner["name"], "供应方式");
    assert!(manner["constraints"]["enum"].as_array().unwrap().contains(&"挂牌".into()));
    let holder = fields.iter().find(|field| field["gongzhi:column"] == "grantee_name").unwrap();
    assert_eq!(holder["constraints"]["required"], true);
}

#[test]
fn a_descriptor_that_leads_out_of_its_folder_is_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    std::fs::create_dir(root.join("package")).unwrap();
    std::fs::write(root.join("secret.csv"), SHEET).unwrap();
    std::fs::write(root.join("package/datapackage.json"), r#"{"resources":[{"path":"../secret.csv"}]}"#).unwrap();
    let output = run_in(root, &["intake", "package/datapackage.json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("../secret.csv"));
}
