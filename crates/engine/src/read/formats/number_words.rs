//! What a number format writes around a figure: the words that say what it is measured in, the zeros before it, by how
//! much it is shown smaller.
//!
//! `0.00"万元"` over 12.5 shows 12.5万元, and that is what the clerk means. `0!.0,"万元"` over 92 340 shows 9.2万元: the figure
//! stands in yuan and is only shown so. `0.00%` over 0.125 shows 12.5%, which is no amount whatever stands in the cell. `000000` over 31 100 shows 031100, which is the code that she sees. A figure alone
//! tells none of this, so the words go along with it.

use gongzhi_core::catalog::Measure;
use gongzhi_core::intake::SHOWN_AS_PERCENT;
use gongzhi_core::intake::claim::Claim;
use gongzhi_core::intake::header::fold;

/// What stands between a figure and what it is divided by before it is shown.
const SHOWN_SMALLER: char = '÷';
/// Signs and words of yuan before a figure: they say nothing of thousands.
const YUAN_SIGNS: [&str; 5] = ["¥", "￥", "人民币", "RMB", "CNY"];
/// Zeros beyond these pad no code.
const MOST_ZEROS: usize = 30;

/// The words of a format that has any, by its sections.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Words {
    sections: Vec<Section>,
}

/// One section of a format: for positive figures, negative ones, nought, or those of a condition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Section {
    /// `[>=10000]`: the sign and the bound.
    condition: Option<(Comparison, i64)>,
    before: String,
    after: String,
    /// Digits before the point that are always shown.
    zeros: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Below,
    AtMost,
    Equal,
    Other,
    AtLeast,
    Above,
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

impl Comparison {
    fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Self::Below => value < bound,
            Self::AtMost => value <= bound,
            Self::Equal => value == bound,
            Self::Other => value != bound,
            Self::AtLeast => value >= bound,
            Self::Above => value > bound,
        }
    }
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

/// A section read sign by sign.
#[derive(Default)]
struct Reading {
    before: String,
    after: String,
    /// Digits were met.
    in_digits: bool,
    /// Placeholders before the point, and how many of them always show a digit.
    whole: usize,
    whole_zeros: usize,
    in_fraction: bool,
    is_grouped: bool,
    /// A sign of per cent that multiplies what is shown.
    is_percent: bool,
    /// Commas behind the last placeholder.
    commas: u32,
    /// Placeholders behind a point that the format puts in by itself (`0!.0`), if it does.
    inserted: Option<u32>,
    condition: Option<(Comparison, i64)>,
}

impl Section {
    fn of(code: &str) -> Self {
        let mut reading = Reading::default();
        let mut signs = code.chars();
        while let Some(sign) = signs.next() {
            match sign {
                '"' => reading.say(&signs.by_ref().take_while(|sign| *sign != '"').collect::<String>()),
                '\\' | '!' => signs.next().into_iter().for_each(|sign| reading.escape(sign)),
                '_' | '*' => signs.next().into_iter().for_each(drop),
                '[' => reading.bracket(&signs.by_ref().take_while(|sign| *sign != ']').collect::<String>()),
                '0' | '#' | '?' => reading.placeholder(sign == '0'),
                '.' if reading.in_digits && !reading.in_fraction => reading.point(),
                ',' if reading.in_digits => reading.commas += 1,
                '@' => reading.in_digits = true,
                '%' => reading.is_percent = true,
                ' ' | '-' | '+' | '(' | ')' | ',' | '.' | '/' => {}
                'G' | 'g' if signs.as_str().to_ascii_lowercase().starts_with("eneral") => {
                    signs.by_ref().take(6).for_each(drop);
                    reading.in_digits = true;
                }
                'E' | 'e' if reading.in_digits => return Self::default(),
                sign => reading.say(&sign.to_string()),
            }
        }
        reading.end()
    }

    /// Whether it shows a text rather than a figure.
    fn is_code(&self) -> bool {
        self.zeros > 1 || !self.before.is_empty()
    }
}

impl Reading {
    fn say(&mut self, text: &str) {
        if self.in_digits { self.after.push_str(text) } else { self.before.push_str(text) }
    }

    /// A point: behind an exclamation mark, which other programs take for a sign of its own, one that is put in.
    fn point(&mut self) {
        if self.after == "!" {
            self.after.clear();
            self.inserted = Some(0);
        } else {
            self.in_fraction = true;
        }
    }

    fn escape(&mut self, sign: char) {
        if sign == '.' && self.in_digits && self.after.is_empty() && !self.in_fraction {
            self.inserted = Some(0);
        } else {
            self.say(&sign.to_string());
        }
    }

    fn bracket(&mut self, inner: &str) {
        if let Some(money) = inner.strip_prefix('$') {
            let sign = money.split('-').next().unwrap_or_default().to_owned();
            self.say(&sign);
            return;
        }
        let signs = [
            ("<=", Comparison::AtMost),
            (">=", Comparison::AtLeast),
            ("<>", Comparison::Other),
            ("<", Comparison::Below),
            (">", Comparison::Above),
            ("=", Comparison::Equal),
        ];
        let found = signs.iter().find_map(|(sign, comparison)| Some((*comparison, inner.strip_prefix(sign)?)));
        if let Some((comparison, bound)) = found {
            self.condition = bound.trim().parse::<f64>().ok().map(|bound| (comparison, bound as i64));
        }
    }

    fn placeholder(&mut self, is_zero: bool) {
        self.in_digits = true;
        // What stands between digits (010-1234567) is no word of a measure.
        self.after.clear();
        self.is_grouped |= self.commas > 0;
        self.commas = 0;
        if let Some(inserted) = &mut self.inserted {
            *inserted += 1;
        }
        if !self.in_fraction {
            self.whole += 1;
            self.whole_zeros += usize::from(is_zero);
        }
    }

    fn end(self) -> Section {
        let has_fraction = self.in_fraction;
        let zeros = match self.whole == self.whole_zeros && !self.is_grouped && !has_fraction && self.inserted.is_none()
        {
            true if self.commas == 0 => self.whole.min(MOST_ZEROS),
            _ => 0,
        };
        let divisor = 10_u64.checked_pow(self.commas * 3 + self.inserted.unwrap_or(0)).unwrap_or(u64::MAX);
        // 第0日 over a figure is the figure; HT0000 is a code.
        let word = before_figure(self.before.trim());
        let before = if zeros > 1 || is_foreign(&word) { word.clone() } else { String::new() };
        // "万元"0.00 says the same as 0.00"万元".
        let own = match self.after.trim() {
            "" if before.is_empty() => measure_before(&word),
            after => after,
        };
        let after = match self.is_percent && before.is_empty() && zeros < 2 {
            true => SHOWN_AS_PERCENT.to_owned(),
            false => behind_figure(own, divisor, zeros > 1 || !before.is_empty()),
        };
        Section { condition: self.condition, before, after, zeros }
    }
}

/// Words before a figure that say more than yuan.
fn before_figure(word: &str) -> String {
    let mut word = word.trim_matches(['(', ')', '（', '）', '-', '+', ':', '：', ' ']);
    while let Some(rest) = YUAN_SIGNS.iter().find_map(|sign| word.strip_prefix(sign)) {
        word = rest.trim_start();
    }
    if YUAN_SIGNS.iter().any(|sign| sign.eq_ignore_ascii_case(word)) { String::new() } else { word.to_owned() }
}

/// A measure that stands before the figure; empty where the word is none. Latin letters belong to codes.
fn measure_before(word: &str) -> &str {
    let bare = word.rsplit([':', '：']).next().unwrap_or(word).trim();
    let is_measure = !bare.is_ascii() && (Claim::of(&fold(bare)).is_some() || counts_many(&fold(bare)));
    if is_measure { bare } else { "" }
}

/// Whether a word that nobody knows begins with how many of something: 万块, 千RMB.
fn counts_many(folded: &str) -> bool {
    folded.starts_with(['万', '亿', '千', '百'])
}

/// Money of others.
fn is_foreign(word: &str) -> bool {
    let is_named = || matches!(Claim::of(&fold(word)), Some(Claim::Unknown { dimension: Some("money"), .. }));
    word.contains(['$', '€', '£', '₩', '₽', '¢', '₸']) || !word.is_empty() && is_named()
}

/// Words behind a figure that say what it is measured in, brought to what the figure itself stands in; whatever they are
/// where the whole is a text.
fn behind_figure(word: &str, divisor: u64, is_text: bool) -> String {
    let bare = word.trim_matches(['(', ')', '（', '）', ' ']);
    let bare = bare.strip_suffix("整").unwrap_or(bare);
    let folded = fold(bare);
    let claim = if bare.is_empty() { None } else { Claim::of(&folded) };
    if divisor > 1 {
        return match claim {
            Some(Claim::Known(measure)) if base_of(measure, divisor).is_some() => {
                base_of(measure, divisor).map_or("", Measure::chinese).to_owned()
            }
            // 万 counts yuan where nothing else is said.
            Some(Claim::Unknown { .. }) if folded == "万" && divisor == 10_000 => Measure::Yuan.chinese().to_owned(),
            Some(Claim::Unknown { .. }) if folded == "亿" && divisor == 100_000_000 => {
                Measure::Yuan.chinese().to_owned()
            }
            Some(_) => format!("{SHOWN_SMALLER}{divisor}{bare}"),
            None => format!("{SHOWN_SMALLER}{divisor}"),
        };
    }
    match claim {
        Some(Claim::Known(Measure::Yuan) | Claim::Per { measure: Measure::Yuan, .. }) if is_text => bare.to_owned(),
        Some(Claim::Known(Measure::Yuan)) => Measure::Yuan.chinese().to_owned(),
        // A price: so much for each is what its column keeps.
        Some(Claim::Per { measure: Measure::Yuan, .. }) => String::new(),
        Some(_) => bare.to_owned(),
        None if is_text || counts_many(&folded) => bare.to_owned(),
        None => String::new(),
    }
}

/// The measure of which another is so many.
fn base_of(measure: Measure, divisor: u64) -> Option<Measure> {
    let factor = (i64::try_from(divisor).ok()?, 1);
    let bases = [
        Measure::Yuan,
        Measure::SquareMetre,
        Measure::Mu,
        Measure::Hectare,
        Measure::Metre,
        Measure::Tonne,
        Measure::Kilogram,
        Measure::CubicMetre,
        Measure::Person,
    ];
    let is_base = |base: &Measure| {
        measure
            .factor_to(*base)
            .is_some_and(|(over, under)| under != 0 && over % under == 0 && (over / under, 1) == factor)
    };
    bases.into_iter().find(is_base)
}

/// What a program wrote as the shown text beside a figure (ods, HTML): the same question without the format's code.
pub(super) fn seen_beside(digits: &str, shown: &str) -> Option<Seen> {
    if let Some(percent) = shown.trim_end().strip_suffix(['%', '％']) {
        return percent_beside(digits, percent.trim());
    }
    if shown.is_ascii() && !shown.contains('$') {
        return zeros_beside(digits, shown);
    }
    let is_digit = |sign: char| sign.is_ascii_digit() || matches!(sign, '.' | ',');
    let first = shown.find(|sign: char| sign.is_ascii_digit())?;
    let before = before_figure(shown[..first].trim());
    let rest = &shown[first..];
    let end = rest.find(|sign| !is_digit(sign)).unwrap_or(rest.len());
    let (seen, word) = (rest[..end].replace(',', ""), rest[end..].trim());
    if rest[end..].contains(|sign: char| sign.is_ascii_digit()) {
        return None;
    }
    if is_foreign(&before) {
        return Some(Seen::Text(format!("{before}{digits}{word}")));
    }
    let divisor = divisor_between(digits.parse::<f64>().ok()?.abs(), &seen)?;
    let word = if word.is_empty() { measure_before(&before) } else { word };
    let after = behind_figure(word, divisor, false);
    (!after.is_empty()).then(|| Seen::Measured(format!("{digits}{after}")))
}

/// `12.5%` beside 0.125, or beside 12.5 with a sign that was merely written behind it.
fn percent_beside(digits: &str, percent: &str) -> Option<Seen> {
    let (figure, seen): (f64, f64) = (digits.parse().ok()?, percent.replace(',', "").parse().ok()?);
    let places = percent.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let rounding = 0.5001 * 10_f64.powi(-i32::try_from(places).unwrap_or(0));
    let is_of = |figure: f64| (figure - seen).abs() <= rounding;
    match (is_of(figure * 100.0), is_of(figure)) {
        (true, _) => Some(Seen::Measured(format!("{digits}{SHOWN_AS_PERCENT}"))),
        (false, true) => Some(Seen::Measured(format!("{digits}%"))),
        (false, false) => None,
    }
}

/// `012345` or `HT012345` beside 12345.
fn zeros_beside(digits: &str, shown: &str) -> Option<Seen> {
    // HT0007: what stands before the zeros belongs to the code.
    let code = &shown[shown.find(|sign: char| sign.is_ascii_digit())?..];
    let is_padded = code.len() > digits.len()
        && code.bytes().all(|byte| byte.is_ascii_digit())
        && code.trim_start_matches('0') == digits;
    is_padded.then(|| Seen::Text(shown.to_owned()))
}

/// By what a figure is shown smaller: 1 when it is merely rounded. `None`: the text shows another figure.
fn divisor_between(figure: f64, seen: &str) -> Option<u64> {
    let places = seen.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let rounding = 0.5001 * 10_f64.powi(-i32::try_from(places).unwrap_or(0));
    let seen: f64 = seen.parse().ok()?;
    let divisors = [1_u64, 1_000, 10_000, 1_000_000, 10_000_000, 100_000_000];
    divisors.into_iter().find(|divisor| (figure / *divisor as f64 - seen).abs() <= rounding)
}

#[cfg(test)]
#[path = "number_words_tests.rs"]
mod tests;
