//! Whatever people, files and authors write, no rule here panics or runs away: texts made of what such texts are made
//! of, and the shipped catalogue with lines spoilt. How many cases are tried is `PROPTEST_CASES` (default 256).

use std::path::Path;

use proptest::prelude::*;

use crate::catalog::{Catalog, Source};
use crate::codes::{Today, check, is_certificate, may_be_certificate, may_be_personal, normalise};
use crate::data_package::read_package;
use crate::identity::{Places, normalise_name, split_name};
use crate::models::Models;
use crate::models::formula::Formula;
use crate::period::Period;
use crate::{cells, intake};

/// Pieces that names, codes, dates, figures and headers are made of, and signs that are none of that.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[0-9A-Z]{0,20}",
        "[0-9０-９,，.。％%/年月日-]{0,12}",
        "[\\u{4e00}-\\u{9fa5}]{0,8}",
        Just("有限责任公司".to_owned()),
        Just("（呼图壁）".to_owned()),
        Just("652323".to_owned()),
        Just("第1季度".to_owned()),
        Just("万元".to_owned()),
        "[\\u{0}-\\u{1f}\\u{200b}\\u{feff}\\u{3000}'\"=@+|;:\\\\]{0,4}",
        any::<String>(),
    ];
    proptest::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_judged_as_a_code(text in text()) {
        let looks: [fn(&str) -> bool; 3] = [may_be_personal, may_be_certificate, is_certificate];
        for look in looks {
            look(&text);
        }
        let today = Today::from_ymd_opt(2025, 6, 30).unwrap();
        let judged = check(&text, today);
        let again = check(&normalise(&text), today);
        prop_assert_eq!(judged.kind, again.kind);
    }

    #[test]
    fn any_text_is_split_as_a_name(text in text()) {
        let normal = normalise_name(&text);
        prop_assert_eq!(&normalise_name(&normal), &normal);
        let _ = split_name(&text, &Places::default());
    }

    #[test]
    fn any_text_is_read_as_a_cell(text in text()) {
        let _ = (cells::parse_date(&text), cells::parse_decimal(&text), cells::parse_boolean(&text));
        let _ = (Period::find_spoken(&text), text.parse::<Period>());
        let _ = (intake::header::fold(&text), intake::place::periods_in_title(&text));
        let _ = (intake::place::unit_text_in_title(&text), intake::place::read_stretch(&text));
    }

    #[test]
    fn any_text_is_read_as_a_formula(text in "[a-z_0-9+*/<>=(), -]{0,60}|\\PC{0,40}") {
        let _ = Formula::read(&text);
    }

    #[test]
    fn any_json_is_read_as_a_descriptor(text in "[\\[\\]{}\":,a-z0-9./]{0,80}") {
        if let Ok(json) = serde_json::from_str(&text) {
            let _ = read_package(&json);
        }
    }
}

fn read_folder(folder: &Path, prefix: &str, sources: &mut Vec<Source>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read_folder(&entry.path(), &format!("{path}/"), sources);
        } else if !path.ends_with("divisions.csv") {
            sources.push(Source { path, text: std::fs::read_to_string(entry.path()).unwrap() });
        }
    }
}

fn shipped() -> Vec<Source> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
    let mut sources = Vec::new();
    read_folder(&Path::new(&package).join("../../catalog"), "", &mut sources);
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A spoilt file is a problem with its file and line, and never ends the compiler.
    #[test]
    fn a_spoilt_catalogue_is_told_and_compiled_on(
        at in any::<prop::sample::Index>(), line in any::<prop::sample::Index>(), with in text(), what in 0..3_u8,
    ) {
        let mut sources = shipped();
        let at = at.index(sources.len());
        let mut lines: Vec<String> = sources[at].text.lines().map(str::to_owned).collect();
        prop_assume!(!lines.is_empty());
        let line = line.index(lines.len());
        match what {
            0 => lines[line] = with,
            1 => drop(lines.remove(line)),
            _ => lines[line].insert_str(0, &with),
        }
        sources[at].text = lines.join("\n");
        let (catalog, problems) = Catalog::compile(&sources);
        let (_, more) = Models::compile(&catalog);
        for problem in problems.iter().chain(&more) {
            prop_assert!(!problem.file.is_empty());
        }
    }
}
