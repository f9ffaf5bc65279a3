use super::*;

#[test]
fn columns_after_z_get_two_letters() {
    assert_eq!(column_letters(0), "A");
    assert_eq!(column_letters(25), "Z");
    assert_eq!(column_letters(26), "AA");
    assert_eq!(column_letters(16_383), "XFD");
    assert_eq!(cell_name(7, 1), "B7");
}

#[test]
fn a_row_used_again_forgets_what_it_held() {
    let mut row = Row::new(1);
    row.push_changed(0, Value::Text("甲"), " 甲 ");
    assert_eq!(row.raw(0), Some(" 甲 "));
    row.reset(2);
    row.push(3, Value::Text("乙"));
    assert_eq!((row.number(), row.len(), row.raw(0)), (2, 1, None));
    assert_eq!(row.value_at(3), Value::Text("乙"));
    assert_eq!(row.value_at(0), Value::Empty);
}

#[test]
fn a_row_laid_under_columns_has_a_cell_for_each_and_names_those_beyond() {
    let mut row = Row::new(1);
    for (column, text) in [(0, "a"), (2, "c"), (3, "d"), (7, "far")] {
        row.push(column, Value::Text(text));
    }
    let columns = [0_u32, 1, 3];
    assert_eq!(row.beyond(columns.into_iter()).collect::<Vec<_>>(), [1, 3]);
    row.spread(columns.into_iter());
    let cells: Vec<_> = row.iter().collect();
    assert_eq!(cells, [(0, Value::Text("a")), (1, Value::Empty), (3, Value::Text("d"))]);
    // Of a damaged file two cells may claim one column.
    row.reset(2);
    for (column, text) in [(1, "b"), (1, "again"), (3, "d"), (3, "again")] {
        row.push(column, Value::Text(text));
    }
    row.spread(columns.into_iter());
    let cells: Vec<_> = row.iter().collect();
    assert_eq!(cells, [(0, Value::Empty), (1, Value::Text("b")), (3, Value::Text("d"))]);
}

#[test]
fn of_two_cells_in_one_column_the_first_stays() {
    let mut row = Row::new(1);
    for (column, text) in [(2, "c"), (0, "a"), (2, "later")] {
        row.push(column, Value::Text(text));
    }
    row.sort();
    assert_eq!(row.iter().collect::<Vec<_>>(), [(0, Value::Text("a")), (2, Value::Text("c"))]);
}
