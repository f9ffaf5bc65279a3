//! The report's words and figures in one language.

use gongzhi_core::catalog::Catalog;
use gongzhi_core::messages::{Bilingual, Language, Message, Translator};
use gongzhi_core::money::is_too_large;
use rust_decimal::{Decimal, RoundingStrategy};

use super::unlocks::Unlock;

/// Names told one by one before the rest is only counted.
const LISTED_NAMES: usize = 3;

/// Speaks one language.
pub struct Words<'a> {
    say: Translator,
    catalog: &'a Catalog,
}

impl<'a> Words<'a> {
    /// Words of a language.
    pub fn new(language: Language, catalog: &'a Catalog) -> Self {
        Self { say: Translator::new(language), catalog }
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.say.language()
    }

    /// A word.
    pub fn word(&self, key: &'static str) -> String {
        self.say(&Message::new(key))
    }

    /// A sentence.
    pub fn say(&self, message: &Message) -> String {
        self.say.say(message)
    }

    /// A text of the catalogue.
    pub fn text(&self, text: &Bilingual) -> String {
        text.get(self.language()).to_owned()
    }

    /// What a unit is called.
    pub fn unit(&self, key: Option<&str>) -> String {
        let Some(key) = key else { return self.word("report-unit-unknown") };
        self.catalog.units.get(key).map_or_else(|| key.to_owned(), |unit| self.text(&unit.name))
    }

    /// What items are called.
    pub fn items(&self, keys: &[String]) -> String {
        let name = |key: &String| self.catalog.items.get(key).map_or_else(|| key.clone(), |item| self.text(&item.name));
        self.join(keys.iter().map(name))
    }

    /// Yuan as leaders read it: 万元 with two places in Chinese, whole yuan in English.
    pub fn money(&self, yuan: Decimal) -> String {
        if is_too_large(yuan) {
            return self.word("run-sum-too-large");
        }
        let (figure, places) = match self.language() {
            Language::Chinese => (yuan / Decimal::from(10_000), 2),
            Language::English => (yuan, 0),
        };
        let rounded = figure.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
        let text = format!("{rounded:.*}", places as usize);
        match text.split_once('.') {
            Some((whole, rest)) => format!("{}.{rest}", grouped(whole)),
            None => grouped(&text),
        }
    }

    /// A list in one line.
    pub fn join(&self, words: impl IntoIterator<Item = String>) -> String {
        let between = match self.language() {
            Language::Chinese => "、",
            Language::English => ", ",
        };
        words.into_iter().collect::<Vec<_>>().join(between)
    }

    /// The first few of a list and how many there are.
    fn join_few(&self, words: &[String]) -> String {
        let named = self.join(words.iter().take(LISTED_NAMES).cloned());
        if words.len() <= LISTED_NAMES {
            return named;
        }
        self.say(&Message::new("report-and-more").with("names", named).with("count", words.len()))
    }

    /// What would unlock rows, as a sentence.
    pub fn unlock(&self, unlock: &Unlock) -> String {
        let names = |texts: &[Bilingual]| self.join_few(&texts.iter().map(|text| self.text(text)).collect::<Vec<_>>());
        let message = match unlock {
            Unlock::Fill { column, key, is_column, sources } => {
                let column = column.as_ref().map(|column| self.text(column));
                let column = column.or_else(|| self.say.find(&format!("report-fact-{}", key.replace('_', "-"))));
                let source = |(units, item): &(Vec<Bilingual>, Bilingual)| {
                    let source = Message::new("report-source").with("units", names(units));
                    self.say(&source.with("item", self.text(item)))
                };
                let sources: Vec<String> = sources.iter().map(source).collect();
                let word = match (sources.is_empty(), is_column) {
                    (true, _) => "report-unlock-complete",
                    (false, true) => "report-unlock-fill",
                    (false, false) => "report-unlock-derive",
                };
                let message = Message::new(word).with("column", column.unwrap_or_else(|| key.clone()));
                message.with("sources", self.join_few(&sources))
            }
            Unlock::Load { table, tax_kinds } if tax_kinds.is_empty() => {
                Message::new("report-unlock-load").with("table", self.text(table))
            }
            Unlock::Load { table, tax_kinds } => Message::new("report-unlock-load-kinds")
                .with("table", self.text(table))
                .with("kinds", self.join(tax_kinds.iter().map(|kind| self.text(kind)))),
            Unlock::Deliver { units, item } => {
                Message::new("report-unlock-deliver").with("units", names(units)).with("item", self.text(item))
            }
            Unlock::SetFigure { key, name } => {
                Message::new("report-unlock-figure").with("key", key).with("name", self.text(name))
            }
            Unlock::Decide => Message::new("report-unlock-decide"),
            Unlock::Register => Message::new("report-unlock-register"),
            Unlock::LookAtRows => Message::new("report-unlock-look"),
            Unlock::Stopped(why) => why.clone(),
            Unlock::Other(reason) => Message::new("report-unlock-other").with("reason", self.text(reason)),
        };
        self.say(&message)
    }
}

/// A whole number as people read it.
pub fn whole(number: u64) -> String {
    grouped(&number.to_string())
}

/// Digits in groups of three.
fn grouped(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let mut text = sign.to_owned();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_rounded_half_up_and_grouped() {
        let catalog = Catalog::default();
        let yuan = Decimal::new(1_234_567_850, 2);
        assert_eq!(Words::new(Language::Chinese, &catalog).money(yuan), "1,234.57");
        assert_eq!(Words::new(Language::English, &catalog).money(yuan), "12,345,679");
        assert_eq!(Words::new(Language::English, &catalog).money(Decimal::new(-99_950, 2)), "-1,000");
        assert_eq!((whole(0), whole(999), whole(1_000_000)), ("0".into(), "999".into(), "1,000,000".into()));
    }
}
