//! Persons' numbers wherever they stand: in texts, headers, names of sheets and files, however they are written. None comes
//! out of the program, and numbers of other things stay as they are.

use std::fs;
use std::path::Path;

use crate::program::run_in;

/// In every way in which people write them; none is anybody's.
const NUMBERS: [&str; 9] = [
    "110105194912310021",
    "110105491231002",
    "652323 19800101 1234",
    "652323-19800101-1234",
    "\"652323198001\n011234\"",
    "652323198013011234",
    "1101051949123l0021",
    "11010519491231002",
    "11010519491231002X",
];
/// What of them tells who it is.
const TELLING: [&str; 8] =
    ["19491231", "491231002", "19800101", "0101-1234", "011234", "198013011234", "949123l", "0101 1234"];

const HEADER: &str = "补贴文件,企业名称,统一社会信用代码,项目名称,补贴金额,补贴类型,补贴下发时间";
const WORDS: [&str; 6] = ["--item", "fiscal_subsidy.payment", "--unit", "财政局", "--period", "2024"];

/// Everything the program says about a file: taken in with a marked copy, read, its state.
fn said(folder: &Path, name: &str) -> Vec<String> {
    let mut said = Vec::new();
    fs::create_dir(folder.join("marked")).unwrap();
    let json: Vec<&str> = ["intake", name, "--json", "--annotate", "marked"].into_iter().chain(WORDS).collect();
    let words: Vec<&str> = ["intake", name].into_iter().chain(WORDS).collect();
    let read = ["read", name, "--json", "--rows"];
    let text = ["read", name];
    let state = ["state", "fiscal_subsidy.payment", "--json"];
    for words in [&json[..], &words[..], &read[..], &text[..], &state[..]] {
        let output = run_in(folder, words);
        said.push(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned());
    }
    said
}

fn tells(said: &[String]) -> Option<&String> {
    said.iter().find(|text| TELLING.iter().any(|telling| text.contains(telling)))
}

#[test]
fn a_persons_number_in_a_text_leaves_in_nothing_however_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let row = |(at, number): (usize, &&str)| {
        let text = format!("\"户主张三 {}\"", number.trim_matches('"'));
        format!("示文〔2024〕{at}号,演示有限公司,91652323MA7A000172,{text},1000,贷款贴息,2024-05-01\n")
    };
    let rows: String = NUMBERS.iter().enumerate().map(row).collect();
    fs::write(folder.path().join("补贴.csv"), format!("{HEADER}\n{rows}")).unwrap();
    let said = said(folder.path(), "补贴.csv");
    assert_eq!(tells(&said), None);
    assert_eq!(said[0].matches("citizen-in-text").count(), NUMBERS.len(), "{}", said[0]);
    assert!(said[0].contains("\"accepted\":true"), "{}", said[0]);
    assert!(said[4].contains("户主张三"), "{}", said[4]);
}

#[test]
fn a_persons_number_in_a_header_or_in_the_name_of_a_file_is_masked() {
    let folder = tempfile::tempdir().unwrap();
    let row = "示文〔2024〕1号,演示有限公司,91652323MA7A000172,项目,abc,贷款贴息,2024-05-01,x,y";
    let text = format!("张三11010519491231002X,,,,,,,,\n{HEADER},652323198001011234,张三 110105-491231-002\n{row}\n");
    let name = "110105194912310021张三.csv";
    fs::write(folder.path().join(name), text).unwrap();
    let said = said(folder.path(), name);
    assert_eq!(tells(&said), None);
    assert!(said[0].contains("unknown-column"), "{}", said[0]);
    let marked = fs::read_dir(folder.path().join("marked")).unwrap().flatten().next().unwrap().file_name();
    assert_eq!(tells(&[marked.to_string_lossy().into_owned()]), None);
}

#[test]
fn numbers_of_other_things_stay_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let others = [
        "2203-652323-04-01-123456",
        "电话0994-4500000、13900000001",
        "开户行账号6228480000000000019",
        "宗地652323001002GB00001",
        "91652323MA7A000172",
        "注册号652323050000016",
        "652323-20240305-0018",
    ];
    let row = |(at, text): (usize, &&str)| {
        format!("示文〔2024〕{at}号,演示有限公司,91652323MA7A000172,{text},1000,贷款贴息,2024-05-01\n")
    };
    let rows: String = others.iter().enumerate().map(row).collect();
    fs::write(folder.path().join("补贴.csv"), format!("{HEADER}\n{rows}")).unwrap();
    let said = said(folder.path(), "补贴.csv");
    for other in others {
        assert!(said[4].contains(other) && said[2].contains(other), "{other}: {}", said[4]);
    }
}
