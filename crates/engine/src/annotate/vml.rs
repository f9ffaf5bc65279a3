//! The shapes in which programs show notes: an old drawing language that every one of them still asks for. It is often
//! not well-formed, so it is edited as text, shape by shape. What its namespaces are called is for each program to
//! choose: shapes are found under any name, and those added bring the names they use.

use std::collections::BTreeSet;

use super::comments_xml::Cell;

const TYPE: &str = r##"<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>"##;
/// Numbers a drawing may give its shapes, a block for each of its sheets.
const BLOCK: usize = 1_024;

/// The namespaces the added shapes are in, by the name they use.
const NAMESPACES: [(&str, &str); 3] = [
    ("v", "urn:schemas-microsoft-com:vml"),
    ("o", "urn:schemas-microsoft-com:office:office"),
    ("x", "urn:schemas-microsoft-com:office:excel"),
];

/// The drawing with the shapes of some cells taken out and those of others added.
pub(super) fn rewrite(existing: Option<&str>, removed: &BTreeSet<Cell>, added: &[(Cell, usize)]) -> String {
    let Some(existing) = existing else { return new_drawing(added) };
    let kept = without(existing, removed);
    let first = next_number(&kept);
    let mut shapes = String::new();
    let has_type = ["id=\"_x0000_t202\"", "id='_x0000_t202'"].iter().any(|id| kept.contains(id));
    if !added.is_empty() && !has_type {
        shapes.push_str(&declared(TYPE, &kept));
    }
    for (at, (cell, lines)) in added.iter().enumerate() {
        shapes.push_str(&declared(&shape(first + at, *cell, *lines), &kept));
    }
    match kept.rfind("</xml>") {
        Some(end) => format!("{}{shapes}{}", &kept[..end], &kept[end..]),
        None => new_drawing(added),
    }
}

/// An element with the namespaces it uses that the drawing's root does not declare under these names.
fn declared(element: &str, drawing: &str) -> String {
    let root = root_of(drawing);
    let missing: String = NAMESPACES
        .iter()
        .filter(|(name, uri)| !['"', '\''].iter().any(|mark| root.contains(&format!("xmlns:{name}={mark}{uri}{mark}"))))
        .map(|(name, uri)| format!(" xmlns:{name}=\"{uri}\""))
        .collect();
    match element.find(' ') {
        Some(end) => format!("{}{missing}{}", &element[..end], &element[end..]),
        None => element.to_owned(),
    }
}

/// The first tag of the drawing, `<xml …>`.
fn root_of(drawing: &str) -> &str {
    let Some(start) = drawing.find("<xml") else { return "" };
    let end = drawing[start..].find('>').map_or(drawing.len(), |end| start + end);
    &drawing[start..end]
}

/// What the drawing calls the namespace of shapes, each with its colon; none for a default namespace.
fn shape_prefixes(drawing: &str) -> BTreeSet<String> {
    let uri = NAMESPACES[0].1;
    let prefix = |(at, _): (usize, &str)| {
        let before = drawing[..at].strip_suffix(['"', '\''])?.strip_suffix('=')?;
        let start = before.rfind("xmlns")?;
        match &before[start + "xmlns".len()..] {
            "" => Some(String::new()),
            name => Some(format!("{}:", name.strip_prefix(':')?)),
        }
    };
    let mut prefixes: BTreeSet<String> = drawing.match_indices(uri).filter_map(prefix).collect();
    prefixes.insert("v:".to_owned());
    prefixes
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
    let prefixes = shape_prefixes(drawing);
    let mut kept = String::with_capacity(drawing.len());
    let mut rest = drawing;
    while let Some((start, end)) = find_shape(rest, &prefixes) {
        let shape = &rest[start..end];
        kept.push_str(&rest[..start]);
        if !cell_of(shape).is_some_and(|cell| removed.contains(&cell)) {
            kept.push_str(shape);
        }
        rest = &rest[end..];
    }
    kept.push_str(rest);
    kept
}

/// Where the next shape begins and ends; `<v:shapetype` and `<v:shapelayout` are none.
fn find_shape(text: &str, prefixes: &BTreeSet<String>) -> Option<(usize, usize)> {
    let first = |prefix: &String| {
        let open = format!("<{prefix}shape");
        let is_shape =
            |at: &usize| text[at + open.len()..].starts_with(|sign: char| sign.is_whitespace() || sign == '>');
        let start = text.match_indices(&open).map(|(at, _)| at).find(is_shape)?;
        let tag = start + text[start..].find('>')? + 1;
        if text[..tag].ends_with("/>") {
            return Some((start, tag));
        }
        let close = format!("</{prefix}shape>");
        Some((start, tag + text[tag..].find(&close)? + close.len()))
    };
    prefixes.iter().filter_map(first).min()
}

fn cell_of(shape: &str) -> Option<Cell> {
    let number = |tag: &str| -> Option<u32> {
        let end_of_tag = format!("{tag}>");
        let start = shape.match_indices(&end_of_tag).find(|(at, _)| {
            let before = &shape[..*at];
            let name = before.rfind('<').map_or("/", |open| &before[open + 1..]);
            name.is_empty() || (name.ends_with(':') && !name.starts_with('/'))
        });
        let start = start?.0 + end_of_tag.len();
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

    /// As openpyxl writes it: names of its own for the namespaces.
    const OTHER_NAMES: &str = r##"<xml xmlns:ns0="urn:schemas-microsoft-com:office:office" xmlns:ns1="urn:schemas-microsoft-com:vml" xmlns:ns2="urn:schemas-microsoft-com:office:excel"><ns0:shapelayout ns1:ext="edit"><ns0:idmap data="1" ns1:ext="edit"/></ns0:shapelayout><ns1:shapetype coordsize="21600,21600" id="_x0000_t202" ns0:spt="202" path="m,l,21600r21600,l21600,xe"><ns1:stroke joinstyle="miter"/></ns1:shapetype><ns1:shape fillcolor="#ffffe1" id="_x0000_s0001" type="#_x0000_t202" ns0:insetmode="auto"><ns1:fill color2="#ffffe1"/><ns2:ClientData ObjectType="Note"><ns2:MoveWithCells/><ns2:AutoFill>False</ns2:AutoFill><ns2:Row>1</ns2:Row><ns2:Column>0</ns2:Column></ns2:ClientData></ns1:shape></xml>"##;

    /// Every element and attribute of a drawing that is in a namespace, with its namespace; fails on an unbound name.
    fn names_of(drawing: &str) -> Vec<String> {
        use quick_xml::events::Event;
        use quick_xml::name::ResolveResult;
        let mut reader = quick_xml::NsReader::from_str(drawing);
        let mut names = Vec::new();
        loop {
            match reader.read_event().unwrap() {
                Event::Eof => return names,
                Event::Start(tag) | Event::Empty(tag) => {
                    let (found, _) = reader.resolver().resolve_element(tag.name());
                    assert!(!matches!(found, ResolveResult::Unknown(_)), "{:?}", tag.name());
                    for attribute in tag.attributes() {
                        let attribute = attribute.unwrap();
                        let (found, _) = reader.resolver().resolve_attribute(attribute.key);
                        assert!(!matches!(found, ResolveResult::Unknown(_)), "{:?}", attribute.key);
                    }
                    names.push(tag.local_name().as_ref().to_owned());
                }
                _ => {}
            }
        }
    }

    #[test]
    fn a_drawing_with_other_names_for_its_namespaces_stays_well_formed() {
        let added = rewrite(Some(OTHER_NAMES), &BTreeSet::new(), &[((5, 2), 3)]);
        assert_eq!(names_of(&added).iter().filter(|name| *name == "shape").count(), 2);
        assert_eq!(names_of(&added).iter().filter(|name| *name == "shapetype").count(), 1);
        let replaced = rewrite(Some(OTHER_NAMES), &BTreeSet::from([(2, 1)]), &[((2, 1), 3)]);
        assert_eq!(names_of(&replaced).iter().filter(|name| *name == "shape").count(), 1, "{replaced}");
    }

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
