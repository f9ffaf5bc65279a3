//! Files and queries spoilt in the ways that chance, programs and people spoil them.
//!
//! A seed is a whole file of some format. Of a package one part is inflated, spoilt and packed again, so that the harm
//! lies behind the checksum, where parsers are; every tenth time the bytes of the package itself are spoilt.

use std::io::{Cursor, Read, Write};
use std::path::Path;

use gongzhi_demo::office_files::{
    OfficeCell, OfficeHeader, OfficeSheet, TextEncoding, archive_of, html_of, text_of, workbook_of, xml_spreadsheet_of,
};

use crate::program::run_in;
use crate::real_data;

/// The largest seed: small files are spoilt more often.
const MOST_SEED_BYTES: u64 = 48 << 10;

/// A whole file before it is spoilt.
pub struct Seed {
    /// Its name, whose ending a reader must not trust.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// One change: where, how, with what.
pub type Edit = (u8, u32, u16, u8);

/// A spoilt file: which seed, which part, and what is done to it.
pub type Spoilt = (u16, u8, Vec<Edit>);

/// What stands in files that mean harm, or that were written by a program with an error.
const TOKENS: [&str; 44] = [
    "r=\"XFD1048576\"",
    "r=\"A4294967296\"",
    "r=\"AAAAAAAAAAAA1\"",
    "<c r=\"B2\" t=\"s\"><v>4294967295</v></c>",
    "<c t=\"s\"><v>-1</v></c>",
    "<c t=\"inlineStr\"><is><t>",
    "</row>",
    "<row r=\"0\">",
    "</sheetData>",
    "<mergeCell ref=\"A1:XFD1048576\"/>",
    "<mergeCell ref=\"B9:A1\"/>",
    "s=\"4294967295\"",
    "count=\"10000000000000\" uniqueCount=\"10000000000000\"",
    "&#x110000;",
    "&#0;",
    "&lol;",
    "<!DOCTYPE x [<!ENTITY lol \"lol\">]>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "xmlns:x=\"",
    "table:number-columns-repeated=\"1000000000\"",
    "table:number-rows-repeated=\"1000000000\"",
    "ss:Index=\"-1\"",
    "ss:Index=\"99999999999\"",
    "ss:MergeAcross=\"4294967295\"",
    "rowspan=\"99999999\" colspan=\"99999999\"",
    "<table><tr><td>",
    "</td></tr></table>",
    "1E999",
    "-1.7976931348623157E308",
    "9.16523E+17",
    "2958466",
    "=1+",
    "\"",
    "\r\n\"\"\",",
    "\u{feff}",
    "\u{0}",
    "合计",
    "填报单位：",
    "所属期：9999年99月",
    "1,2,3万元%",
    "{\"a\":[[[[",
    "sep=;",
];

/// Figures at which lengths and counts break.
const FIGURES: [u64; 12] = [
    0,
    1,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0xFFFF,
    0x1_0000,
    0x7FFF_FFFF,
    0xFFFF_FFFF,
    0x7FFF_FFFF_FFFF_FFFF,
    0xFFFF_FFFF_FFFF_FFFF,
];

/// Makes a change; `None` when there is nothing left to change.
fn change(bytes: &mut Vec<u8>, (how, at, length, with): Edit) {
    if bytes.is_empty() {
        return;
    }
    let at = at as usize % bytes.len();
    let end = (at + usize::from(length) % 512 + 1).min(bytes.len());
    match how % 8 {
        0 => bytes[at] ^= 1 << (with % 8),
        1 => bytes[at] = with,
        2 => {
            let figure = FIGURES[usize::from(with) % FIGURES.len()].to_le_bytes();
            let width = [1, 2, 4, 8][usize::from(length) % 4];
            for (byte, new) in bytes[at..].iter_mut().zip(&figure[..width]) {
                *byte = *new;
            }
        }
        3 => drop(bytes.drain(at..end)),
        4 => bytes.truncate(at),
        5 => {
            let piece = bytes[at..end].to_vec();
            let times = if with > 250 { 2_000 } else { usize::from(with) % 8 + 1 };
            bytes.splice(at..at, piece.repeat(times));
        }
        6 => {
            let from = bytes.len() - (at + 1);
            let piece = bytes[at..end].to_vec();
            bytes.splice(from..from, piece);
        }
        _ => {
            let token = TOKENS[usize::from(with) % TOKENS.len()];
            bytes.splice(at..at, token.bytes());
        }
    }
}

/// The spoilt file's bytes.
pub fn spoil(seed: &Seed, part: u8, edits: &[Edit]) -> Vec<u8> {
    let raw = |mut bytes: Vec<u8>| {
        edits.iter().for_each(|edit| change(&mut bytes, *edit));
        bytes
    };
    if !seed.bytes.starts_with(b"PK") || part.is_multiple_of(10) {
        return raw(seed.bytes.clone());
    }
    repack(&seed.bytes, part, raw).unwrap_or_else(|| raw(seed.bytes.clone()))
}

/// The package with one of its parts changed.
fn repack(package: &[u8], part: u8, raw: impl Fn(Vec<u8>) -> Vec<u8>) -> Option<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(package)).ok()?;
    let spoilt = usize::from(part) % archive.len().max(1);
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let mut member = archive.by_index(at).ok()?;
        let name = member.name().ok()?.into_owned();
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).ok()?;
        let bytes = if at == spoilt { raw(bytes) } else { bytes };
        let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        zip.start_file(name, options).ok()?;
        zip.write_all(&bytes).ok()?;
    }
    Some(zip.finish().ok()?.into_inner())
}

fn office_sheet() -> OfficeSheet {
    let header =
        |upper: Option<&str>, lower: &str| OfficeHeader { upper: upper.map(str::to_owned), lower: lower.to_owned() };
    let text = |text: &str| OfficeCell::Text(text.to_owned());
    let row = |number: &str, name: &str, amount: &str| {
        let day = "2025-03-05".parse().expect("a day");
        vec![
            text(number),
            text(name),
            text("91652323MA7A000172"),
            OfficeCell::Figure(amount.to_owned()),
            OfficeCell::Day(day),
        ]
    };
    OfficeSheet {
        name: "三月".to_owned(),
        titles: vec!["涉税信息采集表".to_owned(), "填报单位：财政局  所属期：2025年".to_owned()],
        headers: vec![
            header(None, "序号"),
            header(Some("企业"), "名称"),
            header(Some("企业"), "统一社会信用代码"),
            header(None, "金额（万元）"),
            header(None, "日期"),
        ],
        rows: vec![row("1", "示例建材有限公司", "1200.5"), row("2", "示例（呼图壁）农业有限公司", "3")],
        merges: Vec::new(),
        footers: vec![vec![
            text("合计"),
            OfficeCell::Empty,
            OfficeCell::Empty,
            OfficeCell::Figure("1203.5".to_owned()),
        ]],
    }
}

const FLAT_ODS: &str = r#"<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body><office:spreadsheet><table:table table:name="表"><table:table-row><table:table-cell office:value-type="string"><text:p>名称</text:p></table:table-cell><table:table-cell office:value-type="string" table:number-columns-repeated="2"><text:p>金额</text:p></table:table-cell></table:table-row><table:table-row table:number-rows-repeated="3"><table:table-cell office:value-type="string" table:number-rows-spanned="2"><text:p>甲<text:s text:c="3"/>公司</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="12.5"><text:p>12.5</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2025-03-05"/></table:table-row></table:table></office:spreadsheet></office:body></office:document>"#;

/// Files of every format that the project can make, and templates with rows in them.
pub fn seeds(folder: &Path) -> Vec<Seed> {
    let sheet = office_sheet();
    let workbook = workbook_of(std::slice::from_ref(&sheet), "2025-04-01".parse().expect("a day")).expect("a workbook");
    let json = "{\"名称\":\"甲公司\",\"金额\":12.5,\"日期\":\"2025-03-05\"}\n{\"名称\":\"乙公司\",\"金额\":null}\n";
    let csv = text_of(&sheet, ',', TextEncoding::Gbk);
    let members = [("甲.csv".to_owned(), csv.clone()), ("乙/丙.xlsx".to_owned(), workbook.clone())];
    let made = [
        ("a.xlsx", workbook),
        ("b.csv", csv),
        ("c.txt", text_of(&sheet, '\t', TextEncoding::Utf8Marked)),
        ("d.xls", html_of(&sheet)),
        ("e.xls", xml_spreadsheet_of(std::slice::from_ref(&sheet))),
        ("f.zip", archive_of(&members).expect("an archive")),
        ("g.jsonl", json.as_bytes().to_vec()),
        ("h.ods", FLAT_ODS.as_bytes().to_vec()),
    ];
    let mut seeds: Vec<Seed> = made.map(|(name, bytes)| Seed { name: name.to_owned(), bytes }).into();
    seeds.extend(templates(folder));
    seeds
}

/// Templates of a few items.
pub fn templates(folder: &Path) -> Vec<Seed> {
    let items = ["fiscal_subsidy", "land_transfer", "disability_employment"];
    let mut words = vec!["template"];
    words.extend(items);
    words.extend(["--out", "templates"]);
    assert!(run_in(folder, &words).status.success(), "templates are made");
    files_in(&folder.join("templates"))
}

/// Published test files of other readers, where they are: every format, and what is wrong with it in the wild.
pub fn published() -> Vec<Seed> {
    real_data::find("sheets/reader").map(|folder| files_in(&folder)).unwrap_or_default()
}

fn files_in(folder: &Path) -> Vec<Seed> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    let small = |entry: &std::fs::DirEntry| {
        entry.metadata().is_ok_and(|facts| facts.is_file() && facts.len() <= MOST_SEED_BYTES)
    };
    let mut seeds: Vec<Seed> = entries
        .filter(small)
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            Seed { name, bytes: std::fs::read(entry.path()).expect("a file") }
        })
        .collect();
    seeds.sort_by(|a, b| a.name.cmp(&b.name));
    seeds
}

/// Words of queries: what models use, what they must not, what parsers stumble over.
const WORDS: [&str; 64] = [
    "select",
    "from",
    "where",
    "group by",
    "having",
    "order by",
    "limit",
    "union all",
    "union",
    "intersect",
    "except",
    "join",
    "left join",
    "cross join",
    "on true",
    "(",
    ")",
    ",",
    ";",
    "*",
    ".",
    "--",
    "/*",
    "'",
    "\"",
    "$as_of",
    "$region",
    "$nothing",
    "$1",
    "?",
    "now()",
    "random()",
    "uuid()",
    "current_date",
    "current_timestamp",
    "version()",
    "pi()",
    "arrow_typeof(1)",
    "information_schema.tables",
    "pg_catalog.pg_class",
    "tax_return_return",
    "registration",
    "payments",
    "with recursive r as (select 1)",
    "with",
    "as",
    "case when",
    "then",
    "else",
    "end",
    "cast(1 as double)",
    "1e0",
    "0.5",
    "9223372036854775808",
    "interval '1 day'",
    "unnest([1])",
    "generate_series(1, 9)",
    "over (partition by 1)",
    "sum(1)",
    "string_agg('a', ';')",
    "insert into",
    "create table t as",
    "copy",
    "explain",
];

/// One change of a query: where, how, with which word.
pub type Rewording = (u16, u8, u8);

/// A query spoilt word by word; comments are left out, so that what is said in them is not taken for code.
pub fn reword(sql: &str, changes: &[Rewording]) -> String {
    let code: Vec<&str> = sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
    let code = code.join(" ").replace('(', " ( ").replace(')', " ) ").replace(',', " , ");
    let mut words: Vec<String> = code.split_whitespace().map(str::to_owned).collect();
    for (at, how, with) in changes {
        if words.is_empty() {
            break;
        }
        let at = usize::from(*at) % words.len();
        let word = WORDS[usize::from(*with) % WORDS.len()].to_owned();
        match how % 6 {
            0 => words[at] = word,
            1 => words.insert(at, word),
            2 => drop(words.remove(at)),
            3 => {
                let other = (at * 7 + 3) % words.len();
                words.swap(at, other);
            }
            4 => {
                let piece: Vec<String> = words[at..(at + usize::from(*with)).min(words.len())].to_vec();
                words.splice(at..at, piece);
            }
            _ => words.insert(at, "( ".repeat(if *with > 250 { 4_000 } else { usize::from(*with) % 4 + 1 })),
        }
    }
    words.join(" ")
}
