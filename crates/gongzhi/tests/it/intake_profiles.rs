//! Layout profiles: proposed by an intake, confirmed by a person, then used.

use std::fs;

use serde_json::Value as Json;

use crate::intake::Office;
use crate::program::run_in;

#[test]
fn a_foreign_layout_is_confirmed_once_and_then_used() {
    let office = Office::new();
    let foreign = "乡镇名称,受让主体全称,地块面积,流水号,合同编号\n呼图壁镇,示例建材有限公司,8000,77,示例合同1\n";
    office.write("自然资源局/2025年3月.csv", foreign);
    let words = ["自然资源局/2025年3月.csv", "--item", "land_expropriation_grant.grant"];
    let (code, reports) = office.intake(&words);
    assert_eq!(code, 1, "{}", reports[0]);
    let proposed = reports[0]["proposed_profiles"][0].as_str().expect("a proposal").to_owned();
    let confirm = |expected: i32| {
        let output = run_in(office.path(), &["profile", "confirm", &proposed, "--as", "联络员"]);
        assert_eq!(output.status.code(), Some(expected), "{}", String::from_utf8_lossy(&output.stdout));
    };
    let path = office.path().join(&proposed);
    let mut profile: Json = serde_json::from_str(&fs::read_to_string(&path).expect("a file")).expect("JSON");
    profile["headers"][3] = serde_json::json!({"header": "流水号", "use": "undecided"});
    fs::write(&path, profile.to_string()).expect("a file");
    confirm(1);
    let column = |header: &str, key: &str| serde_json::json!({"header": header, "use": "column", "column": key});
    profile["headers"][0] = column("乡镇名称", "admin_region");
    profile["headers"][1] = column("受让主体全称", "grantee_name");
    profile["headers"][2] = column("地块面积", "area_square_metres");
    profile["headers"][3] = serde_json::json!({"header": "流水号", "use": "ignore"});
    fs::write(&path, profile.to_string()).expect("a file");
    confirm(0);
    let (code, reports) = office.intake(&words[..1]);
    assert_eq!(code, 0, "{}", reports[0]);
    assert_eq!(reports[0]["sheets"][0]["kind"], "grant");
}

#[test]
fn a_profile_is_confirmed_in_the_home_it_lies_in_and_the_issue_names_it() {
    let office = Office::new();
    let foreign = "乡镇名称,受让主体全称,地块面积,流水号,合同编号\n呼图壁镇,示例建材有限公司,8000,77,示例合同1\n";
    office.write("自然资源局/2025年3月.csv", foreign);
    let words = ["自然资源局/2025年3月.csv", "--home", "别处/家"];
    let (_, reports) = office.intake(&[words.as_slice(), &["--item", "land_expropriation_grant.grant"]].concat());
    let proposed = reports[0]["proposed_profiles"][0].as_str().expect("a proposal").to_owned();
    let unknown = |issue: &&Json| issue["rule"] == "unknown-column";
    let unknown: Vec<&Json> = reports[0]["issues"].as_array().expect("issues").iter().filter(unknown).collect();
    assert!(!unknown.is_empty(), "{}", reports[0]);
    for issue in unknown {
        assert!(issue["mend"].as_str().is_some_and(|mend| mend.contains(&proposed)), "{issue}");
    }
    let path = office.path().join(&proposed);
    let mut profile: Json = serde_json::from_str(&fs::read_to_string(&path).expect("a file")).expect("JSON");
    let keys = ["admin_region", "grantee_name", "area_square_metres", "", "contract_number"];
    for (at, key) in keys.iter().enumerate() {
        let header = profile["headers"][at]["header"].clone();
        profile["headers"][at] = match *key {
            "" => serde_json::json!({"header": header, "use": "ignore"}),
            key => serde_json::json!({"header": header, "use": "column", "column": key}),
        };
    }
    fs::write(&path, profile.to_string()).expect("a file");
    let confirmed = run_in(office.path(), &["profile", "confirm", &proposed, "--as", "联络员"]);
    assert_eq!(confirmed.status.code(), Some(0), "{}", String::from_utf8_lossy(&confirmed.stdout));
    assert!(!office.path().join(".gongzhi").exists(), "nothing was put into another home");
    let (code, reports) = office.intake(&words);
    assert_eq!(code, 0, "{}", reports[0]);
}

#[test]
fn a_profile_may_name_a_code_by_its_name_and_nothing_unknown_is_kept_as_a_code() {
    let office = Office::new();
    office.write(
        "自然资源局/2025年3月.csv",
        "行政区划,受让主体全称,面积,合同编号,供地方式\n呼图壁镇,示例建材有限公司,8000,示例合同1,ZB\n",
    );
    let words = ["自然资源局/2025年3月.csv", "--item", "land_expropriation_grant.grant"];
    let (_, reports) = office.intake(&words);
    let proposed = reports[0]["proposed_profiles"][0].as_str().expect("a proposal").to_owned();
    let path = office.path().join(&proposed);
    let mut profile: Json = serde_json::from_str(&fs::read_to_string(&path).expect("a file")).expect("JSON");
    for (meaning, is_known) in [("随便", false), ("招标", true)] {
        profile["headers"][1] =
            serde_json::json!({"header": "受让主体全称", "use": "column", "column": "grantee_name"});
        profile["headers"][4] = serde_json::json!(
            {"header": "供地方式", "use": "column", "column": "manner", "codes": {"ZB": meaning}});
        fs::write(&path, profile.to_string()).expect("a file");
        let confirmed = run_in(office.path(), &["profile", "confirm", &proposed, "--as", "联络员"]);
        assert_eq!(confirmed.status.code(), Some(0), "{}", String::from_utf8_lossy(&confirmed.stdout));
        let dry = if is_known { None } else { Some("--dry-run") };
        let (_, reports) = office.intake(&words[..1].iter().copied().chain(dry).collect::<Vec<_>>());
        let told = reports[0]["issues"].as_array().expect("issues").iter().any(|issue| issue["rule"] == "code-list");
        assert_eq!(told, !is_known, "{meaning}: {}", reports[0]);
    }
    let state = run_in(office.path(), &["state", "land_expropriation_grant.grant", "--json"]);
    assert!(String::from_utf8_lossy(&state.stdout).contains("\"manner\":\"tender\""));
}
