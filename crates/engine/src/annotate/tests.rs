use std::collections::BTreeMap;
use std::fs::File;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use gongzhi_core::catalog::Severity;
use gongzhi_core::issues::CellPlace;
use gongzhi_core::messages::Language;
use rust_xlsxwriter::{Format, FormatAlign, Formula, Note, Workbook};

use super::*;

fn issue(sheet: &str, row: u32, column: u32, severity: Severity) -> Issue {
    Issue {
        sheet: sheet.to_owned(),
        cell: Some(CellPlace { row, column }),
        column: Some("amount_yuan".to_owned()),
        severity,
        rule: "range".into(),
        value: "=HYPERLINK(\"x\")".to_owned(),
        message: Message::new("annotate-title"),
        mend: Message::new("annotate-title"),
    }
}

/// Has the package patched here, without a process.
fn patched(original: &Path, issues: &[Issue], out: &Path) -> bool {
    let translator = Translator::new(Language::Chinese);
    let made = "2025-04-01".parse().unwrap();
    let annotation =
        Annotation { issues, column_name: &|_| "金额（元）".to_owned(), translator: &translator, made };
    let said = annotation.said();
    let files = (File::open(original).unwrap(), File::create(out).unwrap());
    patch::patch(files.0, &Marking { issues: &said, translator: &translator, made }, files.1).unwrap()
}

/// A clerk's workbook: formats, formulas, widths, a merge, a note of her own, two sheets.
fn hers() -> Vec<u8> {
    let mut book = Workbook::new();
    let amount = Format::new().set_num_format("#,##0.00").set_bold();
    let sheet = book.add_worksheet();
    sheet.set_name("三月'明细").unwrap();
    sheet.set_column_width(1, 33.5).unwrap().set_column_format(2, &amount).unwrap();
    sheet.merge_range(0, 0, 0, 2, "标题", &Format::new().set_align(FormatAlign::Center)).unwrap();
    sheet.write_string(1, 0, "名称").unwrap().write_string(1, 1, "金额").unwrap();
    sheet.write_string(2, 0, "甲公司").unwrap().write_number_with_format(2, 1, 12.5, &amount).unwrap();
    sheet.write_formula(3, 1, Formula::new("=SUM(B3:B3)*2").set_result("25")).unwrap();
    sheet.insert_note(2, 0, &Note::new("待核").set_author("科员")).unwrap();
    sheet.add_table(6, 0, 8, 1, &rust_xlsxwriter::Table::new()).unwrap();
    book.add_worksheet().set_name("空表").unwrap();
    book.save_to_buffer().unwrap()
}

fn annotated(bytes: &[u8], issues: &[Issue]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let (original, out) = (folder.path().join("原表.xlsx"), folder.path().join("标注.xlsx"));
    std::fs::write(&original, bytes).unwrap();
    assert!(patched(&original, issues, &out));
    std::fs::read(&out).unwrap()
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn open(bytes: &[u8]) -> Xlsx<Cursor<&[u8]>> {
    Xlsx::new(Cursor::new(bytes)).unwrap()
}

type Content = BTreeMap<(u32, u32), (String, String)>;

/// Value and formula of every cell that has one.
fn content(bytes: &[u8], sheet: &str) -> Content {
    let mut book = open(bytes);
    let mut cells = Content::new();
    let values = book.worksheet_range(sheet).unwrap();
    let (top, left) = values.start().unwrap_or_default();
    for (row, column, value) in values.used_cells() {
        cells.entry((row as u32 + top, column as u32 + left)).or_default().0 = value.to_string();
    }
    let formulas = book.worksheet_formula(sheet).unwrap();
    let (top, left) = formulas.start().unwrap_or_default();
    for (row, column, formula) in formulas.used_cells().filter(|(.., formula)| !formula.is_empty()) {
        cells.entry((row as u32 + top, column as u32 + left)).or_default().1 = formula.clone();
    }
    cells
}

const SHEET: &str = "三月'明细";

#[test]
fn her_cells_formulas_widths_and_tables_stand_as_before() {
    let before = hers();
    let issues = [
        issue(SHEET, 3, 2, Severity::Error),
        issue(SHEET, 5, 3, Severity::Warning),
        issue("空表", 2, 1, Severity::Error),
    ];
    let after = annotated(&before, &issues);
    assert_eq!(content(&after, SHEET), content(&before, SHEET));
    assert_eq!(content(&before, SHEET)[&(3, 1)].1, "SUM(B3:B3)*2");
    let sheet = |bytes: &[u8]| part(bytes, "xl/worksheets/sheet1.xml");
    let columns = |text: &str| text[text.find("<cols>").unwrap()..text.find("</cols>").unwrap()].to_owned();
    assert_eq!(columns(&sheet(&after)), columns(&sheet(&before)));
    assert_eq!(part(&after, "xl/tables/table1.xml"), part(&before, "xl/tables/table1.xml"));
    assert_eq!(part(&after, "xl/sharedStrings.xml"), part(&before, "xl/sharedStrings.xml"));
}

#[test]
fn wrong_cells_have_the_ground_the_note_and_a_line_in_the_list() {
    let issues = [
        issue(SHEET, 3, 1, Severity::Error),
        issue(SHEET, 3, 2, Severity::Error),
        issue(SHEET, 30, 3, Severity::Warning),
    ];
    let after = annotated(&hers(), &issues);
    let sheet = part(&after, "xl/worksheets/sheet1.xml");
    let styles = part(&after, "xl/styles.xml");
    let style_of = |address: &str| -> usize {
        let cell = &sheet[sheet.find(&format!("<c r=\"{address}\"")).unwrap()..];
        let cell = &cell[..cell.find('>').unwrap()];
        let style = &cell[cell.find(" s=\"").unwrap() + 4..];
        style[..style.find('"').unwrap()].parse().unwrap()
    };
    let formats = &styles[styles.find("<cellXfs").unwrap()..styles.find("</cellXfs>").unwrap()];
    let formats: Vec<&str> = formats.split("<xf ").skip(1).collect();
    let grounds = &styles[styles.find("<fills").unwrap()..styles.find("</fills>").unwrap()];
    let grounds: Vec<&str> = grounds.split("<fill>").skip(1).collect();
    let ground_of = |address: &str| {
        let format = formats[style_of(address)];
        let fill = &format[format.find("fillId=\"").unwrap() + 8..];
        grounds[fill[..fill.find('"').unwrap()].parse::<usize>().unwrap()]
    };
    assert!(ground_of("A3").contains(styles_xml::ERROR_COLOUR), "{styles}");
    assert!(ground_of("C30").contains(styles_xml::WARNING_COLOUR));
    assert!(formats[style_of("B3")].contains("numFmtId=\"164\""), "the amount keeps its format: {styles}");
    assert_eq!(
        formats[style_of("C30")].split("fontId").nth(1).unwrap()[..4],
        formats[style_of("B3")].split("fontId").nth(1).unwrap()[..4],
        "an empty cell takes the column's format"
    );
    let notes = part(&after, "xl/comments1.xml");
    assert!(
        notes.contains("待核") && notes.contains("ref=\"C30\"") && notes.matches("【校验】").count() == 3,
        "{notes}"
    );
    let mut book = open(&after);
    assert_eq!(book.sheet_names().last().map(String::as_str), Some(LIST_SHEET));
    let list = book.worksheet_range(LIST_SHEET).unwrap();
    assert_eq!(list.get_value((3, 2)), Some(&Data::String("A3".to_owned())));
    assert_eq!(list.get_value((3, 3)), Some(&Data::String("金额（元）".to_owned())));
    assert_eq!(list.get_value((5, 4)), Some(&Data::String("=HYPERLINK(\"x\")".to_owned())), "a value stays a text");
    assert!(
        part(&after, "xl/worksheets/gongzhi_issues.xml").contains("location=\"&apos;三月&apos;&apos;明细&apos;!A3\"")
    );
}

#[test]
fn a_mark_on_a_merged_cell_moves_to_the_cell_that_is_shown() {
    let after = annotated(&hers(), &[issue(SHEET, 1, 3, Severity::Error)]);
    assert!(part(&after, "xl/comments1.xml").contains("ref=\"A1\""));
}

#[test]
fn a_mended_file_loses_the_old_marks() {
    let first = annotated(
        &hers(),
        &[
            issue(SHEET, 3, 1, Severity::Error),
            issue(SHEET, 3, 2, Severity::Error),
            issue("空表", 1, 1, Severity::Error),
        ],
    );
    let second = annotated(&first, &[issue(SHEET, 3, 2, Severity::Warning)]);
    let names = open(&second).sheet_names();
    assert_eq!(names, [SHEET, "空表", LIST_SHEET], "the list is not added twice");
    let notes = part(&second, "xl/comments1.xml");
    assert_eq!(notes.matches("【校验】").count(), 1, "{notes}");
    assert!(notes.contains("待核"));
    assert!(!part(&second, "xl/gongzhi_comments2.xml").contains("【校验】"));
    assert!(!part(&second, "xl/drawings/gongzhi_notes2.vml").contains("<v:shape "), "the shape went with its note");
    let third = annotated(&second, &[]);
    let list = open(&third).worksheet_range(LIST_SHEET).unwrap();
    assert_eq!(list.end().unwrap().0, 2, "nothing is listed any more");
    let styles = part(&third, "xl/styles.xml");
    let sheet = part(&third, "xl/worksheets/sheet1.xml");
    let b3 = &sheet[sheet.find("<c r=\"B3\" s=\"").unwrap() + 13..];
    let b3: usize = b3[..b3.find('"').unwrap()].parse().unwrap();
    let formats = &styles[styles.find("<cellXfs").unwrap()..styles.find("</cellXfs>").unwrap()];
    let format = formats.split("<xf ").nth(b3 + 1).unwrap();
    assert!(format.contains("fillId=\"0\"") && format.contains("numFmtId=\"164\""), "{format}");
    assert_eq!(content(&third, SHEET), content(&hers(), SHEET));
}

#[test]
fn a_file_that_is_no_package_is_left_to_be_rebuilt() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    zip.start_file("甲.csv", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all("名称,金额\n甲,1\n".as_bytes()).unwrap();
    zip.finish().unwrap();
    let out = folder.path().join("out.xlsx");
    assert!(!patched(&path, &[], &out));
    assert_eq!(std::fs::metadata(&out).unwrap().len(), 0);
    assert_eq!(annotated_name(Path::new("x/三月.XLSM")), "三月_校验.xlsm");
    assert_eq!(annotated_name(Path::new("三月.csv")), "三月_校验.xlsx");
}

/// What is wrong with a part as XML with namespaces, if anything is.
fn fault_of(part: &[u8]) -> Option<String> {
    use quick_xml::events::Event;
    use quick_xml::name::ResolveResult;
    let Ok(text) = std::str::from_utf8(part) else { return Some("not UTF-8".to_owned()) };
    let mut reader = quick_xml::NsReader::from_str(text);
    let mut depth = 0_i64;
    loop {
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => return Some(error.to_string()),
        };
        let (tag, opens) = match event {
            Event::Eof => return (depth != 0).then(|| "elements are open at the end".to_owned()),
            Event::Start(tag) => (tag, 1),
            Event::Empty(tag) => (tag, 0),
            Event::End(_) => {
                depth -= 1;
                continue;
            }
            _ => continue,
        };
        depth += opens;
        if matches!(reader.resolver().resolve_element(tag.name()).0, ResolveResult::Unknown(_)) {
            return Some(format!("{:?} is in no namespace", tag.name()));
        }
        for attribute in tag.attributes() {
            let Ok(attribute) = attribute else { return Some(format!("an attribute of {:?}", tag.name())) };
            if matches!(reader.resolver().resolve_attribute(attribute.key).0, ResolveResult::Unknown(_)) {
                return Some(format!("{:?} is in no namespace", attribute.key));
            }
        }
    }
}

/// Every XML part of a package with what is wrong with it.
fn faults(bytes: &[u8]) -> BTreeMap<String, Option<String>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut found = BTreeMap::new();
    for at in 0..archive.len() {
        let Ok(mut part) = archive.by_index(at) else { continue };
        let name = part.name().unwrap().to_string();
        if !(name.ends_with(".xml") || name.ends_with(".rels")) {
            continue;
        }
        let mut content = Vec::new();
        if part.read_to_end(&mut content).is_ok() {
            found.insert(name, fault_of(&content));
        }
    }
    found
}

/// Parts that were sound, or weren't there, and are spoilt by the marking.
fn spoilt(before: &[u8], after: &[u8]) -> Vec<(String, String)> {
    let before = faults(before);
    let was_sound = |name: &str| before.get(name).is_none_or(Option::is_none);
    faults(after)
        .into_iter()
        .filter_map(|(name, fault)| Some((name, fault?)))
        .filter(|(name, _)| was_sound(name))
        .collect()
}

/// The same package with one part rewritten.
fn with_part(bytes: &[u8], name: &str, rewrite: impl Fn(&str) -> String) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        let found = part.name().unwrap().to_string();
        if found == name {
            content = rewrite(std::str::from_utf8(&content).unwrap()).into_bytes();
        }
        out.start_file(found, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(&content).unwrap();
    }
    out.finish().unwrap().into_inner()
}

const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

#[test]
fn a_package_that_declares_its_namespaces_in_its_own_way_stays_well_formed() {
    let before = hers();
    let root = format!(" xmlns:r=\"{RELATIONSHIPS}\"");
    let on_each_sheet =
        |text: &str| text.replacen(&root, "", 1).replace("<sheet ", &format!("<sheet xmlns:r=\"{RELATIONSHIPS}\" "));
    let other_name = |text: &str| {
        let sheets = text.replacen(&root, "", 1).replace(" r:id=", " d3p1:id=");
        sheets.replace("<sheet ", &format!("<sheet xmlns:d3p1=\"{RELATIONSHIPS}\" "))
    };
    let on_the_list =
        |text: &str| text.replacen(&root, "", 1).replace("<sheets>", &format!("<sheets xmlns:r=\"{RELATIONSHIPS}\">"));
    let prefixed = |text: &str| {
        let named = text.replace("</", "</x:").replace('<', "<x:").replace("<x:/x:", "</x:").replace("<x:?", "<?");
        named.replacen(&format!("xmlns=\"{MAIN}\""), &format!("xmlns:x=\"{MAIN}\""), 1)
    };
    let writers: [&dyn Fn(&str) -> String; 4] = [&on_each_sheet, &other_name, &on_the_list, &prefixed];
    for (at, writer) in writers.iter().enumerate() {
        let hers = with_part(&before, "xl/workbook.xml", writer);
        assert_eq!(
            fault_of(part(&hers, "xl/workbook.xml").as_bytes()),
            None,
            "writer {at}: {}",
            part(&hers, "xl/workbook.xml")
        );
        let after = annotated(&hers, &[issue(SHEET, 3, 1, Severity::Error)]);
        assert_eq!(spoilt(&hers, &after), [], "writer {at}");
        let names = open(&after).sheet_names();
        assert_eq!(names, [SHEET, "空表", LIST_SHEET], "writer {at}");
        let again = annotated(&after, &[issue(SHEET, 3, 1, Severity::Error)]);
        assert_eq!(spoilt(&after, &again), [], "writer {at}");
    }
}

#[test]
fn every_package_of_the_samples_stays_well_formed_once_marked() {
    let root = std::env::var_os("GONGZHI_REAL_DATA").map(std::path::PathBuf::from);
    let root = root.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    if !root.is_dir() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut count = 0;
    for of in ["field", "sheets/office", "sheets/reader"] {
        for entry in std::fs::read_dir(root.join(of)).unwrap().flatten() {
            let path = entry.path();
            let is_package = path.extension().is_some_and(|ending| ending == "xlsx" || ending == "xlsm");
            // Bombs are for the process under limits.
            if !is_package || std::fs::metadata(&path).unwrap().len() > 4 << 20 {
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let Ok(book) = Xlsx::new(Cursor::new(&bytes[..])) else { continue };
            let issues: Vec<Issue> =
                book.sheet_names().iter().map(|sheet| issue(sheet, 2, 2, Severity::Error)).collect();
            let out = folder.path().join(format!("{count}.xlsx"));
            let translator = Translator::new(Language::Chinese);
            let made = "2025-04-01".parse().unwrap();
            let annotation =
                Annotation { issues: &issues, column_name: &|_| String::new(), translator: &translator, made };
            let said = annotation.said();
            let marking = Marking { issues: &said, translator: &translator, made };
            let files = (File::open(&path).unwrap(), File::create(&out).unwrap());
            if patch::patch(files.0, &marking, files.1).is_ok_and(|patched| patched) {
                count += 1;
                assert_eq!(spoilt(&bytes, &std::fs::read(&out).unwrap()), [], "{}", path.display());
            }
        }
    }
    assert!(count > 40, "{count} packages");
}
