//! Names of columns from the texts of the header: joined, cleaned, and each of its own.

use std::collections::{HashMap, HashSet};

/// A header's text as a name: line breaks and blanks between Chinese signs go (`统一社会信用⏎代码`, `序 号`), others
/// become one blank.
pub(super) fn clean_name(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    let mut pending_blank = false;
    for sign in text.chars() {
        if sign.is_whitespace() {
            pending_blank = !name.is_empty();
            continue;
        }
        if pending_blank && name.chars().next_back().is_some_and(|last| last.is_ascii() && sign.is_ascii()) {
            name.push(' ');
        }
        pending_blank = false;
        name.push(sign);
    }
    name
}

/// Joins the texts of a column from the upper row down: `企业信息/企业名称`. The same text twice is said once.
pub(super) fn join(parts: &[String]) -> String {
    let mut joined: Vec<&str> = Vec::with_capacity(parts.len());
    for part in parts {
        if !part.is_empty() && joined.last() != Some(&part.as_str()) {
            joined.push(part);
        }
    }
    joined.join("/")
}

/// Gives blank names their place (`column_3`) and repeated ones a number (`金额_2`), so that each is the only one.
pub(super) fn make_unique(names: &mut [String]) {
    let mut taken: HashSet<String> = names.iter().filter(|name| !name.is_empty()).cloned().collect();
    // For each name that stands already, the number that the next one of it tries first.
    let mut next: HashMap<String, usize> = HashMap::with_capacity(names.len());
    for (at, name) in names.iter_mut().enumerate() {
        if name.is_empty() {
            *name = format!("column_{}", at + 1);
            taken.insert(name.clone());
        }
        let Some(number) = next.get_mut(name) else {
            next.insert(name.clone(), 2);
            continue;
        };
        let mut numbered = format!("{name}_{number}");
        while taken.contains(&numbered) {
            *number += 1;
            numbered = format!("{name}_{number}");
        }
        *number += 1;
        taken.insert(numbered.clone());
        next.insert(numbered.clone(), 2);
        *name = numbered;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_between_chinese_signs_vanish_and_between_words_become_a_blank() {
        assert_eq!(clean_name("统一社会信用\n代码"), "统一社会信用代码");
        assert_eq!(clean_name("  序 号"), "序号");
        assert_eq!(clean_name("tax\n id"), "tax id");
    }

    #[test]
    fn no_two_columns_have_one_name() {
        let mut names: Vec<String> = ["金额", "", "金额", "金额_2", "金额", "column_2"].map(String::from).to_vec();
        make_unique(&mut names);
        assert_eq!(names, ["金额", "column_2", "金额_3", "金额_2", "金额_4", "column_2_2"]);
        let mut names: Vec<String> = ["column", "", "column"].map(String::from).to_vec();
        make_unique(&mut names);
        assert_eq!(names, ["column", "column_2", "column_3"]);
    }

    #[test]
    fn very_many_columns_of_one_name_are_numbered_in_one_go() {
        let mut names = vec!["金额".to_owned(); 100_000];
        make_unique(&mut names);
        assert_eq!(names[99_999], "金额_100000");
    }

    #[test]
    fn upper_and_lower_are_joined_once() {
        assert_eq!(join(&["企业信息".into(), "企业名称".into()]), "企业信息/企业名称");
        assert_eq!(join(&["序号".into(), "序号".into()]), "序号");
        assert_eq!(join(&["".into(), "地址".into()]), "地址");
    }
}
