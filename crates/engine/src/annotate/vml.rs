//! The shapes in which programs show notes: an old drawing language that every one of them still asks for. It is often
//! not well-formed, so it is edited as text, shape by shape.

use std::collections::BTreeSet;

use super::comments_xml::Cell;

const TYPE: &str = r##"<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>"##;
/// Numbers a drawing may give its shapes, a block for each of its sheets.
const BLOCK: usize = 1_024;

/// The drawing with the shapes of some cells taken out and those of others added.
pub(super) fn rewrite(existing: Option<&str>, removed: &BTreeSet<Cell>, added: &[(Cell, usize)]) -> String {
    let Some(existing) = existing else { return new_drawing(added) };
    let kept = without(existing, removed);
    let first = next_number(&kept);
    let mut shapes = String::new();
    if !added.is_empty() && !kept.contains("_x0000_t202\"") {
        shapes.push_str(TYPE);
    }
    for (at, (cell, lines)) in added.iter().enumerate() {
        shapes.push_str(&shape(first + at, *cell, *lines));
    }
    match kept.rfind("</xml>") {
        Some(end) => format!("{}{shapes}{}", &kept[..end], &kept[end..]),
        None => new_drawing(added),
    }
}

fn new_drawing(added: &[(Cell, usize)]) -> String {
    let blocks: Vec<String> = (1..=added.len() / BLOCK + 1).map(|block| block.to_string()).collect();
    let shapes: String =
        added.iter().enumerate().map(|(at, (cell, lines))| shape(BLOCK + 1 + at, *cell, *lines)).collect();
    format!(
        r#"<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{}"/></o:shapelayout>{TYPE}{shapes}</xml>"#,
        blocks.join(",")
    )
}

/// The drawing without the shapes that belong to notes of these cells.
fn without(drawing: &str, removed: &BTreeSet<Cell>) -> String {
    if removed.is_empty() {
        return drawing.to_owned();
    }
    let mut kept = String::with_capacity(drawing.len());
    let mut rest = drawing;
    while let Some(start) = find_shape(rest) {
        let Some(length) = rest[start..].find("</v:shape>").map(|end| end + "</v:shape>".len()) else { break };
        let shape = &rest[start..start + length];
        kept.push_str(&rest[..start]);
        if !cell_of(shape).is_some_and(|cell| removed.contains(&cell)) {
            kept.push_str(shape);
        }
        rest = &rest[start + length..];
    }
    kept.push_str(rest);
    kept
}

/// Where the next shape begins; `<v:shapetype` and `<v:shapelayout` are none.
fn find_shape(text: &str) -> Option<usize> {
    text.match_indices("<v:shape")
        .map(|(at, _)| at)
        .find(|at| text[at + "<v:shape".len()..].starts_with(|sign: char| sign.is_whitespace() || sign == '>'))
}

fn cell_of(shape: &str) -> Option<Cell> {
    let number = |tag: &str| -> Option<u32> {
        let start = shape.find(&format!("<x:{tag}>"))? + tag.len() + 4;
        let end = shape[start..].find('<')?;
        shape[start..start + end].trim().parse().ok()
    };
    Some((number("Row")? + 1, number("Column")? + 1))
}

/// A number no shape of the drawing has.
fn next_number(drawing: &str) -> usize {
    let taken = drawing.match_indices("_x0000_s").filter_map(|(at, found)| {
        let digits: String = drawing[at + found.len()..].chars().take_while(char::is_ascii_digit).take(9).collect();
        digits.parse::<usize>().ok()
    });
    taken.max().unwrap_or(BLOCK) + 1
}

/// A note's box, right of its cell and tall enough for its lines. Rows and columns count from 0 here.
fn shape(number: usize, cell: Cell, lines: usize) -> String {
    let (row, column) = (cell.0 - 1, cell.1 - 1);
    let (left, right) = (column + 1, column + 4);
    let (top, bottom) =
        (row.saturating_sub(1), row.saturating_sub(1) + u32::try_from(lines.clamp(3, 24)).unwrap_or(24));
    format!(
        r##"<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;width:220pt;height:80pt;z-index:1;visibility:hidden" fillcolor="#fffbe6" o:insetmode="auto"><v:fill color2="#fffbe6"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{left},15,{top},10,{right},31,{bottom},9</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"##
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_come_and_go_and_controls_stay() {
        let first = rewrite(None, &BTreeSet::new(), &[((2, 2), 3), ((4, 1), 3)]);
        let with_control =
            first.replace("</xml>", "<v:shape id=\"_x0000_s2000\" type=\"#_x0000_t201\"><br></v:shape></xml>");
        let second = rewrite(Some(&with_control), &BTreeSet::from([(4, 1)]), &[((9, 3), 3)]);
        assert!(second.contains("<x:Row>1</x:Row>") && second.contains("<x:Row>8</x:Row>"));
        assert!(!second.contains("<x:Row>3</x:Row>"));
        assert!(second.contains("_x0000_s2000") && second.contains("_x0000_s2001"));
        assert_eq!(second.matches("<v:shapetype").count(), 1);
    }
}
