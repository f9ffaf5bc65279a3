//! One section of a number format, read sign by sign.

use gongzhi_core::intake::SHOWN_AS_PERCENT;

use super::measure::{before_figure, behind_figure, is_foreign, measure_before};

/// Zeros beyond these pad no code.
const MOST_ZEROS: usize = 30;

/// One section of a format: for positive figures, negative ones, nought, or those of a condition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Section {
    /// `[>=10000]`: the sign and the bound.
    pub(super) condition: Option<(Comparison, i64)>,
    pub(super) before: String,
    pub(super) after: String,
    /// Digits before the point that are always shown.
    pub(super) zeros: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Below,
    AtMost,
    Equal,
    Other,
    AtLeast,
    Above,
}

impl Comparison {
    pub(super) fn holds(self, value: f64, bound: f64) -> bool {
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
    pub(super) fn of(code: &str) -> Self {
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
    pub(super) fn is_code(&self) -> bool {
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
