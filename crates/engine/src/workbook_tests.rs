use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};

use super::pen::CELL_SIGNS;
use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn head() -> TableHead {
    TableHead {
        sheet: "疑点/一".to_owned(),
        title: "疑点清单".to_owned(),
        notes: vec!["截至2025-06-30".to_owned()],
        columns: vec![
            TableColumn::new("纳税人", ColumnKind::Text, 30.0),
            TableColumn::new("差额", ColumnKind::Amount, 16.0),
            TableColumn::new("日期", ColumnKind::Date, 12.0),
            TableColumn::new("行", ColumnKind::Integer, 8.0),
            TableColumn::new("来源", ColumnKind::Link, 20.0),
        ],
        frozen: 1,
    }
}

fn rows() -> Vec<Vec<Cell>> {
    let link = Cell::Link { text: "第7行".to_owned(), target: "internal:'疑点_一'!A1".to_owned() };
    vec![
        vec![
            Cell::Text("=1+1".to_owned()),
            Cell::Decimal("123456789012.34".parse().unwrap()),
            Cell::Date(day("2025-03-05")),
            Cell::Integer(7),
            link,
        ],
        vec![
            Cell::Empty,
            Cell::Decimal("1234567890123456.78".parse().unwrap()),
            Cell::Date(day("1899-12-31")),
            Cell::Integer(i64::MAX),
            Cell::Empty,
        ],
    ]
}

fn write() -> Vec<u8> {
    let mut book = TableBook::new(day("2025-06-30")).unwrap();
    assert_eq!(book.add_table(&head(), rows()).unwrap(), "疑点_一");
    book.finish().unwrap()
}

#[test]
fn a_table_is_read_back_as_it_was_given() {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(write())).unwrap();
    let range = book.worksheet_range("疑点_一").unwrap();
    let cell = |row, column| range.get_value((row, column)).cloned().unwrap_or(Data::Empty);
    assert_eq!(cell(0, 0), Data::String("疑点清单".to_owned()));
    assert_eq!(cell(2, 1), Data::String("差额".to_owned()));
    assert_eq!(cell(3, 0), Data::String("=1+1".to_owned()), "a text that looks like a formula stays a text");
    assert_eq!(cell(3, 1), Data::Float(123_456_789_012.34));
    assert!(matches!(cell(3, 2), Data::DateTime(moment) if moment.as_f64() == 45_721.0), "{:?}", cell(3, 2));
    assert_eq!(cell(4, 1), Data::String("1234567890123456.78".to_owned()), "no digit is lost");
    assert_eq!(cell(4, 2), Data::String("1899-12-31".to_owned()));
    assert_eq!(cell(4, 3), Data::String(i64::MAX.to_string()));
}

#[test]
fn the_same_tables_give_the_same_bytes() {
    assert_eq!(write(), write());
}

#[test]
fn no_two_sheets_get_one_name() {
    let mut names = SheetNames::default();
    let long = "企业所得税补贴收入未申报企业所得税补贴收入未申报企业所得税补贴收入未申报";
    let given = [names.take(long), names.take(long), names.take("a:b"), names.take("A_B"), names.take("")];
    assert_eq!(given[2..], ["a_b", "A_B_2", "Sheet"]);
    assert_ne!(given[0], given[1]);
    assert!(given.iter().all(|name| name.encode_utf16().count() <= 31), "{given:?}");
}

#[test]
fn a_text_too_long_for_a_cell_is_cut_and_says_so() {
    let long = "长".repeat(CELL_SIGNS + 1);
    assert_eq!(cut(&long, CELL_SIGNS).chars().count(), CELL_SIGNS);
    assert!(cut(&long, CELL_SIGNS).ends_with('…'));
}
