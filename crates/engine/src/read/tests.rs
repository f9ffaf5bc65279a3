//! Sheets as offices send them, each the smallest that shows one oddity, read through every layer but the process.

use std::io::{Cursor, Write};

use super::column_type::ColumnType;
use super::wire::Sender;
use super::{HeaderHint, ReadError, Reason, RowStream, SheetEvent, SheetReader, Value, formats, typed_text};

/// What was understood of a file, flat.
#[derive(Debug, Default)]
struct Understood {
    sheets: Vec<String>,
    /// (first row, rows) of each sheet's header.
    headers: Vec<(u32, u32)>,
    columns: Vec<Vec<String>>,
    titles: Vec<String>,
    /// Number and cells of each row; `-` for an empty cell.
    rows: Vec<(u32, Vec<String>)>,
    left_out: Vec<(u32, Reason)>,
    /// Key and cell of each notice.
    notices: Vec<(String, Option<String>)>,
    format: String,
}

fn read(bytes: &[u8]) -> Result<Understood, ReadError> {
    read_with(bytes, None)
}

fn read_with(bytes: &[u8], hint: Option<HeaderHint>) -> Result<Understood, ReadError> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("表.dat");
    std::fs::write(&path, bytes).expect("a file");
    let mut frames = Vec::new();
    let mut sender = Sender::new(&mut frames);
    let file = std::fs::File::open(&path).expect("the file");
    let outcome = formats::read_file(file, "表", &mut sender);
    sender.finish(&outcome).expect("the last frame");
    let mut reader = SheetReader::new(RowStream::of_frames(Cursor::new(frames)));
    if let Some(hint) = hint {
        reader = reader.with_hint(hint);
    }
    let mut understood = Understood::default();
    while let Some(event) = reader.next_event()? {
        match event {
            SheetEvent::Sheet(head) => {
                understood.sheets.push(head.name.clone());
                understood.headers.push((head.header.first_row, head.header.row_count));
                understood.columns.push(head.columns.iter().map(|column| column.name.clone()).collect());
                understood.titles.extend(head.titles.iter().map(|title| title.text.clone()));
            }
            SheetEvent::Row(row) => {
                let cells = row.iter().map(|(_, value)| match typed_text(value, ColumnType::Text) {
                    Some(text) => text.into_owned(),
                    None => "-".to_owned(),
                });
                understood.rows.push((row.number(), cells.collect()));
            }
            SheetEvent::LeftOut(left_out) => understood.left_out.push((left_out.row, left_out.reason)),
            SheetEvent::Notice(notice) => {
                understood.notices.push((notice.message.key.to_string(), notice.cell.clone()));
            }
            SheetEvent::SheetEnd(totals) => assert!(totals.row_count <= understood.rows.len() as u64),
        }
    }
    reader.format().clone_into(&mut understood.format);
    Ok(understood)
}

/// A workbook with one sheet of this XML inside `worksheet`, and these shared strings.
fn workbook(sheet: &str, strings: &str) -> Vec<u8> {
    let parts = [
        (
            "_rels/.rels",
            r#"<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        (
            "xl/workbook.xml",
            r#"<workbook xmlns:r="r"><sheets><sheet name="表一" sheetId="1" r:id="r1"/><sheet name="图" sheetId="2" r:id="r3"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>
            <Relationship Id="r2" Type="http://x/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r3" Type="http://x/chartsheet" Target="chart.xml"/>
            <Relationship Id="r4" Type="http://x/styles" Target="styles.xml"/></Relationships>"#,
        ),
        ("xl/styles.xml", r#"<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#),
    ];
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let sheet = format!("<worksheet>{sheet}</worksheet>");
    let own = [("xl/worksheets/sheet1.xml", sheet.as_str()), ("xl/sharedStrings.xml", strings)];
    for (name, text) in parts.into_iter().chain(own) {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        zip.write_all(text.as_bytes()).expect("written");
    }
    zip.finish().expect("a zip").into_inner()
}

fn texts(understood: &Understood) -> Vec<Vec<&str>> {
    understood.rows.iter().map(|(_, cells)| cells.iter().map(String::as_str).collect()).collect()
}

#[test]
fn title_two_row_header_totals_and_signatures_are_told_from_the_rows() {
    let page = "某某县某某局涉税信息采集表,,,\n填报单位：某某局  所属期：2024年第一季度,,,\n序号,企业信息,,金额\n,名称,代码,\n1,甲公司,01,5\n2,乙公司,02,6\n合 计,,,11\n填表人：  审核人：,,,\n";
    let found = read(page.as_bytes()).expect("read");
    assert_eq!(found.columns, [["序号", "企业信息/名称", "企业信息/代码", "金额"]]);
    assert_eq!(found.headers, [(3, 2)]);
    assert_eq!(found.titles, ["某某县某某局涉税信息采集表", "填报单位：某某局  所属期：2024年第一季度"]);
    assert_eq!(found.rows.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [5, 6]);
    assert_eq!(found.left_out, [(1, Reason::Title), (2, Reason::Title), (7, Reason::Total), (8, Reason::Signature)]);
}

#[test]
fn a_header_repeated_on_each_printed_page_is_left_out_with_its_title() {
    let page = "某某表,,\n名称,代码,镇\n甲,1,东\n某某表,,\n名称,代码,镇\n乙,2,西\n";
    let found = read(page.as_bytes()).expect("read");
    assert_eq!(found.rows.len(), 2);
    assert_eq!(found.left_out, [(1, Reason::Title), (4, Reason::Title), (5, Reason::RepeatedHeader)]);
}

#[test]
fn a_name_alone_behind_a_total_is_a_record_between_records_and_told_at_the_end() {
    let rows = |page: &str| {
        let found = read(page.as_bytes()).expect("read");
        (found.rows.iter().map(|(number, _)| *number).collect::<Vec<_>>(), found.left_out)
    };
    let head = "名称,代码,镇,金额\n甲公司,01,东,1\n合计,,,1\n";
    let (given, left_out) = rows(&format!("{head}乙建材有限公司,,,\n丙公司,03,西,2\n"));
    assert_eq!((given, left_out), (vec![2, 4, 5], vec![(3, Reason::Total)]));
    // Before another total, too; what is called like no business heads a group, and is told.
    let (given, left_out) = rows(&format!("{head}大丰镇,,,\n乙商行,,,\n小计,,,0\n丁公司,04,西,2\n"));
    assert_eq!(given, [2, 5, 7]);
    assert_eq!(left_out, [(3, Reason::Total), (4, Reason::Alone { column: 0 }), (6, Reason::Total)]);
    // At the end: who sends the sheet, and the day.
    let (given, left_out) = rows(&format!("{head}呼图壁县住建局,,,\n2025年3月31日,,,\n"));
    assert_eq!(given, [2]);
    assert_eq!(left_out.iter().map(|(row, _)| *row).collect::<Vec<_>>(), [3, 5, 4]);
    assert!(left_out.contains(&(4, Reason::Signature)), "{left_out:?}");
    let (given, left_out) = rows(&format!("{head}乙商行,,,\n"));
    assert_eq!((given, left_out), (vec![2], vec![(3, Reason::Total), (4, Reason::Alone { column: 0 })]));
    // Three names are a list.
    let (given, _) = rows(&format!("{head}乙商行,,,\n丙商店,,,\n丁公司,,,\n"));
    assert_eq!(given, [2, 4, 5, 6]);
    let (given, left_out) = rows(&format!("{head}注：以上金额含税。,,,\n数据截至三月底，以实际为准,,,\n"));
    assert_eq!((given, left_out.len()), (vec![2], 3));
}

#[test]
fn an_empty_cell_merged_with_a_filled_one_to_its_left_says_so() {
    let cell = |name: &str, text: &str| format!("<c r=\"{name}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let row = |number: u32, cells: &[(&str, &str)]| {
        let cells: String = cells.iter().map(|(column, text)| cell(&format!("{column}{number}"), text)).collect();
        format!("<row r=\"{number}\">{cells}</row>")
    };
    let rows = row(1, &[("A", "名称"), ("B", "代码"), ("C", "金额")])
        + &row(2, &[("A", "甲公司"), ("B", "01"), ("C", "5")])
        + &row(3, &[("A", "乙公司"), ("B", "700")]);
    let sheet = format!("<sheetData>{rows}</sheetData><mergeCells><mergeCell ref=\"B3:C3\"/></mergeCells>");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("表.xlsx");
    std::fs::write(&path, workbook(&sheet, "<sst/>")).expect("a file");
    let mut frames = Vec::new();
    let mut sender = Sender::new(&mut frames);
    let file = std::fs::File::open(&path).expect("the file");
    let outcome = formats::read_file(file, "表", &mut sender);
    sender.finish(&outcome).expect("the last frame");
    let mut reader = SheetReader::new(RowStream::of_frames(Cursor::new(frames)));
    let mut across = Vec::new();
    while let Some(event) = reader.next_event().expect("an event") {
        if let SheetEvent::Row(row) = event {
            across.push((row.number(), row.across(0), row.across(1), row.across(2)));
        }
    }
    assert_eq!(across, [(2, None, None, None), (3, None, None, Some(1))]);
}

#[test]
fn a_zip_inside_a_zip_says_to_unpack_it() {
    let zipped = |name: &str, bytes: &[u8]| {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        zip.write_all(bytes).expect("written");
        zip.finish().expect("a zip").into_inner()
    };
    let inner = zipped("甲.csv", "名称,金额\n甲公司,1\n".as_bytes());
    let refused = read(&zipped("内.zip", &inner)).expect_err("refused");
    assert_eq!(refused.message().key, "read-zip-in-zip");
    let packed = read(b"Rar!\x1A\x07\x00 whatever").expect_err("refused");
    assert_eq!(packed.message().key, "read-packed");
}

#[test]
fn a_row_that_numbers_the_columns_is_no_data_but_a_row_of_figures_is() {
    let numbered = read("名称,代码,数量,金额\n甲,乙,1,2\n某公司,9,1,2\n".as_bytes()).expect("read");
    assert_eq!(numbered.left_out, [(2, Reason::ColumnNumbers)]);
    let figures = read("名称,代码,数量,金额\n某公司,1,2,3\n".as_bytes()).expect("read");
    assert_eq!((figures.rows.len(), figures.left_out.len()), (1, 0));
}

#[test]
fn signatures_in_cells_of_their_own_and_notes_behind_a_blank_row_are_no_data() {
    let page = "名称,代码,镇,金额\n甲公司,01,东,1\n一、城镇,,,\n乙公司,02,西,2\n填表人：,某某,审核人：,某某\n2024年4月5日,,,\n";
    let found = read(page.as_bytes()).expect("read");
    assert_eq!(found.left_out, [(3, Reason::Note), (5, Reason::Signature), (6, Reason::Signature)]);
    let page = "名称,代码,镇,金额\n甲公司,01,东,1\n\n本表一式两份，由各镇报送。,,,\n";
    let found = read(page.as_bytes()).expect("read");
    assert_eq!((found.rows.len(), found.left_out), (1, vec![(4, Reason::Note)]));
}

#[test]
fn a_row_that_holds_a_name_alone_is_kept() {
    let found = read("名称,代码,镇,金额\n甲公司,01,东,1\n乙公司,,,\n".as_bytes()).expect("read");
    assert_eq!((found.rows.len(), found.left_out.len()), (2, 0));
}

#[test]
fn one_row_that_reaches_far_does_not_hide_the_header() {
    let page = format!("名称,代码,镇,金额\n甲公司,01,东,1\n乙公司,02,西,2,{}\n", "x,".repeat(20));
    assert_eq!(read(page.as_bytes()).expect("read").headers, [(1, 1)]);
}

#[test]
fn a_header_of_contacts_is_a_header_and_not_a_place_for_signatures() {
    let found = read("联系人,联系电话,备注\n某某,2,\n".as_bytes()).expect("read");
    assert_eq!(found.columns, [["联系人", "联系电话", "备注"]]);
}

#[test]
fn repeated_and_blank_headers_get_names_of_their_own() {
    let found = read("名称,金额,,金额\n甲,1,x,2\n".as_bytes()).expect("read");
    assert_eq!(found.columns, [["名称", "金额", "column_3", "金额_2"]]);
}

#[test]
fn a_known_header_beats_a_row_that_only_looks_like_one() {
    let page = "本表,由各部门,填报\n说,明,见\nnsrmc,nsrsbh,je\n甲公司,1,2\n";
    let hint: HeaderHint = std::sync::Arc::new(|texts| texts.iter().filter(|text| text.starts_with("nsr")).count());
    let found = read_with(page.as_bytes(), Some(hint)).expect("read");
    assert_eq!((found.headers, found.rows.len()), (vec![(3, 1)], 1));
}

#[test]
fn cells_merged_downwards_hold_their_value_for_every_row() {
    let sheet = r#"<sheetData>
        <row r="1"><c r="A1" t="str"><v>镇</v></c><c r="B1" t="str"><v>名称</v></c></row>
        <row r="2"><c r="A2" t="str"><v>东镇</v></c><c r="B2" t="str"><v>甲</v></c></row>
        <row r="3"><c r="B3" t="str"><v>乙</v></c></row>
        <row r="4"><c r="B4" t="str"><v>丙</v></c></row></sheetData><mergeCells><mergeCell ref="A2:A3"/></mergeCells>"#;
    let found = read(&workbook(sheet, "<sst/>")).expect("read");
    assert_eq!(texts(&found), [["东镇", "甲"], ["东镇", "乙"], ["-", "丙"]]);
    assert!(found.notices.contains(&("read-other-sheets".to_owned(), None)), "the chart sheet is counted");
}

#[test]
fn merged_header_cells_name_every_column_they_cover() {
    let sheet = r#"<sheetData>
        <row r="1"><c r="A1" t="str"><v>序号</v></c><c r="B1" t="str"><v>企业</v></c></row>
        <row r="2"><c r="B2" t="str"><v>名称</v></c><c r="C2" t="str"><v>代码</v></c></row>
        <row r="3"><c r="A3"><v>1</v></c><c r="B3" t="str"><v>甲</v></c><c r="C3" t="str"><v>x</v></c></row></sheetData>
        <mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="B1:C1"/></mergeCells>"#;
    let found = read(&workbook(sheet, "<sst/>")).expect("read");
    assert_eq!(found.columns, [["序号", "企业/名称", "企业/代码"]]);
    assert_eq!(texts(&found), [["1", "甲", "x"]]);
}

#[test]
fn a_stray_far_cell_is_left_out_and_the_table_is_read() {
    let sheet = r#"<dimension ref="A1:XFD1048576"/><sheetData>
        <row r="1"><c r="A1" t="str"><v>名称</v></c><c r="B1" t="str"><v>金额</v></c></row>
        <row r="2"><c r="A2" t="str"><v>甲</v></c><c r="B2"><v>1.50</v></c><c r="XFD2"><v>7</v></c></row>
        <row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>"#;
    let found = read(&workbook(sheet, "<sst/>")).expect("read");
    assert_eq!(texts(&found), [["甲", "1.5"]]);
    assert_eq!(found.left_out, [(2, Reason::StrayCell { column: 16_383 }), (1_048_576, Reason::StrayRow)]);
}

#[test]
fn days_hidden_rows_and_spoilt_codes_of_a_workbook_are_seen() {
    let sheet = r#"<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>
        <row r="2" hidden="1"><c r="A2"><v>9.165232368274099E+17</v></c><c r="B2" s="1"><v>39876</v></c></row></sheetData>"#;
    let strings = "<sst><si><t>代码</t></si><si><r><t>登记</t></r><r><t>日期</t></r></si></sst>";
    let found = read(&workbook(sheet, strings)).expect("read");
    assert_eq!(texts(&found), [["9.165232368274099E+17", "2009-03-04"]]);
    let expected = [("read-hidden-rows".to_owned(), None), ("read-digits-lost".to_owned(), Some("A2".to_owned()))];
    assert!(expected.iter().all(|notice| found.notices.contains(notice)), "{:?}", found.notices);
}

#[test]
fn a_table_of_figures_without_header_loses_no_row() {
    let found = read(b"1,2\n3,4\n").expect("read");
    assert_eq!((found.headers.as_slice(), found.rows.len()), (&[(1, 0)][..], 2));
    assert_eq!(found.columns, [["column_1", "column_2"]]);
}

#[test]
fn the_format_is_told_by_content_whatever_the_name() {
    let flat_ods = r#"<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"><table:table table:name="表"><table:table-row><table:table-cell office:value-type="string"><text:p>名称</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell office:value-type="string"><office:annotation><text:p>批注</text:p></office:annotation><text:p>甲</text:p></table:table-cell></table:table-row></table:table></office:document>"#;
    let cases: [(&[u8], &str); 6] = [
        ("名称,代码\n甲,1\n".as_bytes(), "csv"),
        ("名称\t代码\n甲\t1\n".as_bytes(), "tsv"),
        ("<html><table><tr><td>名称</td></tr><tr><td>甲</td></tr></table></html>".as_bytes(), "html"),
        (r#"<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="表"><Table><Row><Cell><Data ss:Type="String">名称</Data></Cell></Row><Row><Cell><Data ss:Type="String">甲</Data></Cell></Row></Table></Worksheet></Workbook>"#.as_bytes(), "xml"),
        (flat_ods.as_bytes(), "fods"),
        ("{\"名称\":\"甲\"}\n".as_bytes(), "jsonl"),
    ];
    for (bytes, format) in cases {
        let found = read(bytes).expect(format);
        assert_eq!((found.format.as_str(), found.columns[0][0].as_str()), (format, "名称"));
        assert_eq!(found.rows[0].1[0], "甲", "{format}");
    }
}

#[test]
fn what_is_no_table_is_refused_by_what_it_is() {
    let pdf = read(b"%PDF-1.7 ...");
    assert!(matches!(pdf, Err(ReadError::NoTable(kind)) if kind == "PDF"));
    assert_eq!(read(b"").err(), Some(ReadError::ZeroBytes));
    assert!(matches!(read(b"\x00\x01\x02\x03binary"), Err(ReadError::NoTable(_))));
    assert!(matches!(read(b"PK\x03\x04 broken"), Err(ReadError::Unreadable(_))));
    assert!(matches!(read("<html>没有表格</html>".as_bytes()), Err(ReadError::NoTable(_))));
}

#[test]
fn a_blank_text_is_a_sheet_without_columns() {
    let found = read(b"\n \n").expect("read");
    assert_eq!((found.sheets.as_slice(), found.columns[0].len(), found.rows.len()), (&["表".to_owned()][..], 0, 0));
}

#[test]
fn the_original_text_is_kept_beside_the_cleaned_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.csv");
    std::fs::write(&path, "名称,代码\n　甲公司 ,９１\n").expect("a file");
    let mut frames = Vec::new();
    let mut sender = Sender::new(&mut frames);
    let file = std::fs::File::open(&path).expect("the file");
    let outcome = formats::read_file(file, "a", &mut sender);
    sender.finish(&outcome).expect("the last frame");
    let mut reader = SheetReader::new(RowStream::of_frames(Cursor::new(frames)));
    let mut seen = 0;
    while let Some(event) = reader.next_event().expect("an event") {
        let SheetEvent::Row(row) = event else { continue };
        assert_eq!((row.value(0), row.raw(0)), (Value::Text("甲公司"), Some("　甲公司 ")));
        assert_eq!((row.value(1), row.raw(1)), (Value::Text("91"), Some("９１")));
        seen += 1;
    }
    assert_eq!(seen, 1);
}

#[test]
fn a_file_cut_off_inside_a_sheet_and_rows_outside_of_one_are_refused() {
    let row = "<Row><Cell><Data ss:Type=\"String\">甲公司</Data></Cell></Row>";
    let head = "<?xml version=\"1.0\"?><Workbook xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">\
                <Worksheet ss:Name=\"表\"><Table>";
    let whole = format!("{head}{row}</Table></Worksheet></Workbook>");
    assert_eq!(read(whole.as_bytes()).expect("read").sheets, ["表"]);
    let cut = format!("{head}{row}{row}");
    assert!(matches!(read(cut.as_bytes()), Err(ReadError::Unreadable(_))));
    let behind = format!("{head}{row}</Table></Worksheet>{row}</Workbook>");
    assert!(matches!(read(behind.as_bytes()), Err(ReadError::Unreadable(_))));
}
