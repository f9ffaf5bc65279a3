//! The log: on standard error when it is asked for, never among what a command answers, and without anybody in it.

use std::fs;
use std::process::Output;

use serde_json::Value as Json;

use crate::program::gongzhi;

const SHEET: &str = "补贴文件,企业名称,统一社会信用代码,项目名称,补贴金额,补贴类型,补贴下发时间\n\
    示文〔2024〕1号,演示有限公司,91652323MA7A000172,户主张某110105194912310021,1000,贷款贴息,2024-05-01\n";
const WORDS: [&str; 9] =
    ["intake", "补贴.csv", "--json", "--item", "fiscal_subsidy.payment", "--unit", "财政局", "--period", "2024"];

/// What the program answers and what it writes beside, with these variables.
fn take(variables: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("补贴.csv"), SHEET).unwrap();
    let mut command = gongzhi();
    command.env_remove("RUST_LOG").env_remove("GONGZHI_LOG").env_remove("GONGZHI_LOG_FORMAT");
    let output = command.envs(variables.iter().copied()).current_dir(folder.path()).args(WORDS).output().unwrap();
    let report: Json = serde_json::from_slice(&output.stdout).expect("nothing but the answer on standard output");
    assert_eq!(report["accepted"], true, "{report}");
    output
}

fn beside(variables: &[(&str, &str)]) -> String {
    String::from_utf8(take(variables).stderr).unwrap()
}

#[test]
fn the_log_is_written_beside_the_answer_when_it_is_asked_for_and_holds_nobody() {
    let line = "an upload was accepted";
    assert!(!beside(&[]).contains(line), "warnings only, as long as nobody asks");
    for asked in [[("GONGZHI_LOG", "info")], [("RUST_LOG", "info")]] {
        let text = beside(&asked);
        assert!(text.lines().any(|said| said.contains(line) && said.contains("INFO")), "{asked:?}: {text}");
    }
    assert!(!beside(&[("GONGZHI_LOG", "error"), ("RUST_LOG", "info")]).contains(line), "the own word wins");
    // Whatever is asked for: lines of this program alone, and none about anybody.
    let everything = beside(&[("GONGZHI_LOG", "trace"), ("GONGZHI_LOG_FORMAT", "json")]);
    let lines: Vec<Json> = everything.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    assert!(lines.iter().any(|said| said["fields"]["message"] == line), "{everything}");
    assert!(lines.iter().all(|said| said["target"].as_str().is_some_and(|target| target.starts_with("gongzhi"))));
    for somebody in ["演示有限公司", "张某", "19491231", "91652323MA7A000172"] {
        assert!(!everything.contains(somebody), "{everything}");
    }
}
