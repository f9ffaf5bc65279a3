//! What a number format writes around a figure: the words that say what it is measured in, the zeros before it, by how
//! much it is shown smaller.
//!
//! `0.00"万元"` over 12.5 shows 12.5万元, and that is what the clerk means. `0!.0,"万元"` over 92 340 shows 9.2万元: the figure
//! stands in yuan and is only shown so. `0.00%` over 0.125 shows 12.5%, which is no amount whatever stands in the cell. `000000` over 31 100 shows 031100, which is the code that she sees. A figure alone
//! tells none of this, so the words go along with it.

mod beside;
mod measure;
mod section;

pub(super) use beside::seen_beside;
use section::Section;

/// The words of a format that has any, by its sections.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Words {
    sections: Vec<Section>,
}

impl Words {
    /// The words of a format's code; `None` when it has none, as nearly all have.
    pub(super) fn of(code: &str) -> Option<Self> {
        let plain =
            |byte: u8| matches!(byte, b'#' | b',' | b'.' | b'0' | b'?' | b' ' | b'_' | b'-' | b'(' | b')' | b';');
        if code.bytes().all(plain) && !code.contains("00") && !ends_with_comma(code)
            || code.eq_ignore_ascii_case("general")
        {
            return None;
        }
        // What Chinese Excel calls General.
        let code = code.replace("G/通用格式", "General");
        let sections: Vec<Section> = split_sections(&code).iter().map(|section| Section::of(section)).collect();
        let says_something = |section: &Section| section.is_code() || !section.after.is_empty();
        sections.iter().any(says_something).then_some(Self { sections })
    }

    /// The section that shows a figure.
    fn section(&self, value: f64) -> Option<&Section> {
        if self.sections.iter().any(|section| section.condition.is_some()) {
            let holds =
                |section: &&Section| section.condition.is_none_or(|(sign, bound)| sign.holds(value, bound as f64));
            return self.sections.iter().find(holds);
        }
        let at = if value < 0.0 { 1 } else { usize::from(value == 0.0) * 2 };
        self.sections.get(at).or(self.sections.first())
    }

    /// What is seen of a figure that stands in a cell as `digits`; `None` when it says no more than they do.
    pub(super) fn shown(&self, digits: &str) -> Option<Seen> {
        let section = self.section(digits.parse().ok()?)?;
        let is_whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let zeros = if is_whole { section.zeros.saturating_sub(digits.len()) } else { 0 };
        if section.before.is_empty() && section.after.is_empty() && zeros == 0 {
            return None;
        }
        let seen = format!("{}{}{digits}{}", section.before, "0".repeat(zeros), section.after);
        Some(if section.is_code() { Seen::Text(seen) } else { Seen::Measured(seen) })
    }
}

/// What is seen of a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seen {
    /// The figure with its measure behind it.
    Measured(String),
    /// A text: a code with its zeros, money of others.
    Text(String),
}

fn ends_with_comma(code: &str) -> bool {
    code.split(';').any(|section| section.trim_end().ends_with(',') || section.contains(",."))
}

/// The sections of a code, parted by semicolons outside quotes.
fn split_sections(code: &str) -> Vec<String> {
    let mut sections = vec![String::new()];
    let (mut in_quotes, mut is_escaped) = (false, false);
    for sign in code.chars() {
        let ends = sign == ';' && !in_quotes && !is_escaped;
        in_quotes ^= sign == '"' && !is_escaped;
        is_escaped = !is_escaped && !in_quotes && matches!(sign, '\\' | '!');
        if ends && sections.len() < 4 {
            sections.push(String::new());
        } else if let Some(last) = sections.last_mut() {
            last.push(sign);
        }
    }
    sections
}

#[cfg(test)]
#[path = "number_words_tests.rs"]
mod tests;
