//! What a sheet says of itself: that it is the whole list, that it holds differences, that nothing exists, or nothing.
//!
//! A flag says most, then the hidden identity of a template, then a word in a title or in the name of the file. A word
//! counts only where it stands for the sheet: at the end of a title or between its brackets, with nothing behind it but
//! words for "list". 全额拨款单位名单, 国家安全部门项目 and 土地变更信息 say nothing of the sort.

use super::header::fold;
use super::resolve::Clues;
use crate::catalog::{Item, Kind};
use crate::values::SetMode;

const WHOLE: [&str; 3] = ["全额", "全部", "全量"];
const DIFFERENCES: [&str; 4] = ["差额", "差异", "增量", "变更"];
/// The word that is also a thing that happens: behind it stands less.
const AMBIGUOUS: &str = "变更";
/// Words for a list of whatever sort.
const LISTS: [&str; 15] = [
    "数据", "名单", "清单", "名册", "明细", "台账", "报表", "表", "报送", "上报", "填报", "更新", "部分", "内容", "版",
];
/// Further words that may stand between.
const THINGS: [&str; 8] = ["信息", "情况", "项目", "企业", "目录", "汇总", "统计", "户"];
/// Before a word, these make it part of an explanation: 每年第一期报全部数据.
const EXPLAINS: [&str; 15] =
    ["报", "填", "应", "须", "需", "请", "时", "或", "每", "以后", "首次", "首期", "不是", "并非", "不含"];
/// In a nil report: there is nothing left, so what is on record ends.
const NOTHING_EXISTS: [&str; 6] = ["不存在", "目前没有", "现已没有", "现已无", "现无", "已全部注销"];

/// What a sheet of a kind says of itself. None: nothing, unless its rows say what they do.
pub fn said_mode(kind: (&Item, &Kind), clues: &Clues<'_>) -> Option<SetMode> {
    let by_identity = || SetMode::find(clues.identity?.mode.as_deref()?);
    let said = clues.flags.mode.or_else(by_identity).or_else(|| said_in_words(kind, clues));
    let ends_all = || clues.titles.iter().any(|title| NOTHING_EXISTS.iter().any(|word| title.contains(word)));
    match said {
        Some(SetMode::Nil) if clues.flags.mode.is_none() && ends_all() => Some(SetMode::NothingExists),
        said => said,
    }
}

/// By the titles, else by the file's own name; where one speaks of both, it explains and says nothing.
fn said_in_words(kind: (&Item, &Kind), clues: &Clues<'_>) -> Option<SetMode> {
    let name = clues.path.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned();
    said_in(kind, clues.titles).or_else(|| said_in(kind, std::slice::from_ref(&name)))
}

fn said_in((item, kind): (&Item, &Kind), texts: &[String]) -> Option<SetMode> {
    let is_name = |word: &str| item.name.zh.contains(word) || kind.name.zh.contains(word);
    let says = |words: &[&str]| {
        let mut words = words.iter().filter(|word| !is_name(word));
        words.any(|word| texts.iter().any(|text| pieces(text).iter().any(|piece| stands_for_sheet(piece, word))))
    };
    match (says(&WHOLE), says(&DIFFERENCES)) {
        (true, false) => Some(SetMode::Full),
        (false, true) => Some(SetMode::Differential),
        _ => None,
    }
}

/// The texts between brackets, blanks and other signs.
fn pieces(text: &str) -> Vec<String> {
    let parts = text.split(|sign: char| !sign.is_alphanumeric());
    parts.map(fold).filter(|piece| !piece.is_empty()).collect()
}

fn stands_for_sheet(piece: &str, word: &str) -> bool {
    let Some((before, mut behind)) = piece.rsplit_once(word) else { return false };
    if before.ends_with(['安', '非', '不', '未']) || EXPLAINS.iter().any(|word| before.contains(word)) {
        return false;
    }
    while let Some(rest) = without_list_word(behind, word != AMBIGUOUS) {
        behind = rest;
    }
    behind.is_empty()
}

fn without_list_word(text: &str, may_be_thing: bool) -> Option<&str> {
    let things = THINGS.iter().filter(|_| may_be_thing);
    LISTS.iter().chain(things).find_map(|word| text.strip_prefix(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Catalog, Source};
    use crate::intake::Flags;
    use crate::intake::TemplateIdentity;

    const TEMPLATE: &str = "
name: {zh: 土地变更信息, en: Land changes}
period: quarter
due: {after: quarter, days: 5}
mode: full_then_differential
basis: x
sharing: conditional
purposes: [deed_tax]
versions: [{version: 1, from: 2022-04-01}]
kinds:
  change:
    name: {zh: 变更, en: Change}
    mark: flow
    key: [code]
    columns:
      - {key: code, zh: 编号, en: Code, type: text, required: true, example: a}
  parcel:
    name: {zh: 宗地, en: Parcel}
    mark: stock
    key: [code]
    columns:
      - {key: code, zh: 编号, en: Code, type: text, required: true, example: a}
";

    fn said(titles: &[&str], path: &str) -> Option<SetMode> {
        said_by(titles, path, None, &Flags::default())
    }

    fn said_by(titles: &[&str], path: &str, mode: Option<&str>, flags: &Flags) -> Option<SetMode> {
        // A kind of an item whose own name holds none of the words.
        let text = TEMPLATE.replace("土地变更信息", "宗地信息");
        said_of(&text, titles, path, (mode, flags))
    }

    fn said_of(text: &str, titles: &[&str], path: &str, by: (Option<&str>, &Flags)) -> Option<SetMode> {
        let source = Source { path: "templates/natural_resources/parcels.yaml".to_owned(), text: text.to_owned() };
        let (catalog, _) = Catalog::compile(&[source]);
        let (item, kind) = catalog.find_kind("parcels.parcel").unwrap();
        let titles: Vec<String> = titles.iter().map(|title| (*title).to_owned()).collect();
        let identity = TemplateIdentity { mode: by.0.map(str::to_owned), ..TemplateIdentity::default() };
        let identity = by.0.is_some().then_some(&identity);
        said_mode((item, kind), &Clues { identity, flags: by.1, titles: &titles, column: None, path })
    }

    #[test]
    fn a_title_says_that_a_sheet_is_whole_or_holds_differences() {
        for title in [
            "宗地信息表（全额）",
            "2025年第二季度宗地全量数据",
            "示例县宗地全部名单",
            "报送方式：全额",
            "全部企业清单",
            "全量 2025年6月",
        ] {
            assert_eq!(said(&[title], "a.xlsx"), Some(SetMode::Full), "{title}");
        }
        for title in ["宗地信息（差额）", "宗地差异明细表", "2025Q2_增量数据", "宗地信息表（变更）", "数据类型：变更"]
        {
            assert_eq!(said(&[title], "a.xlsx"), Some(SetMode::Differential), "{title}");
        }
        assert_eq!(said(&[], "示例局/宗地_2025Q3_全量.csv"), Some(SetMode::Full));
        assert_eq!(said(&["宗地信息表（差额）"], "宗地_全量.csv"), Some(SetMode::Differential));
    }

    #[test]
    fn words_that_mean_something_else_say_nothing_of_a_sheet() {
        for title in [
            "全额拨款单位用地名单",
            "国家安全部门用地清单",
            "增量房用地",
            "股权变更信息表",
            "企业全部用地统计",
            "首次全额、以后差额报送（全额）（差额）",
            "说明：每年第一期报全部数据，以后各期只报变化",
            "请填全部企业",
            "宗地信息表",
            "不是全部名单，仅新增",
            "本表并非全量数据",
        ] {
            assert_eq!(said(&[title], "全部资料/宗地.xlsx"), None, "{title}");
        }
        let changes = "土地（变更）";
        assert_eq!(said_of(TEMPLATE, &[changes], "a.xlsx", (None, &Flags::default())), None);
    }

    #[test]
    fn a_flag_and_the_hidden_identity_say_more_than_a_title() {
        let flags = Flags { mode: Some(SetMode::Differential), ..Flags::default() };
        assert_eq!(said_by(&["（全额）"], "a.xlsx", Some("full"), &flags), Some(SetMode::Differential));
        assert_eq!(said_by(&["（差额）"], "a.xlsx", Some("full"), &Flags::default()), Some(SetMode::Full));
    }

    #[test]
    fn a_nil_report_ends_things_only_in_words_that_say_so() {
        let nil = |title: &str| said_by(&[title], "a.xlsx", Some("nil"), &Flags::default());
        assert_eq!(nil("本期无变化"), Some(SetMode::Nil));
        assert_eq!(nil("宗地信息（目前没有此类宗地）"), Some(SetMode::NothingExists));
    }
}
