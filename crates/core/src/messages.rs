//! Texts for people, in zh-CN and English.
//!
//! Rules and readers never write sentences: they give a [`Message`], a key with named values. A [`Translator`] turns it
//! into a sentence in the reader's language. One message has one key, and every key stands in both languages (a test
//! compares the two sets). The sentences live in `messages/<language>/<area>.ftl`, Project Fluent's format.

use std::borrow::Cow;
use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value as Json;
use unic_langid::LanguageIdentifier;

/// A language the program speaks. The first is the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Simplified Chinese, `zh-CN`.
    #[default]
    Chinese,
    /// English, `en`.
    English,
}

impl Language {
    /// Reads a language tag or a locale name (`zh-CN`, `en_US.UTF-8`, `en`). `None` when it is neither language.
    pub fn find(tag: &str) -> Option<Self> {
        let tag = tag.to_ascii_lowercase();
        if tag.starts_with("zh") {
            Some(Self::Chinese)
        } else if tag.starts_with("en") {
            Some(Self::English)
        } else {
            None
        }
    }

    /// The tag under which the language is known: `zh-CN` or `en`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }
}

/// A sentence not yet spoken: a key and the values named in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Key in the message files, for example `rules-required`.
    pub key: Cow<'static, str>,
    /// Values by the name they have in the sentence.
    pub values: Vec<(Cow<'static, str>, String)>,
}

impl Message {
    /// A message without values.
    pub fn new(key: impl Into<Cow<'static, str>>) -> Self {
        Self { key: key.into(), values: Vec::new() }
    }

    /// The same message with one more value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.values.push((Cow::Borrowed(name), value.to_string()));
        self
    }
}

/// Key of what an earlier program kept as a sentence: it is shown as it stands.
const TOLD: &str = "told";

impl Message {
    /// What was kept as a sentence.
    fn told(sentence: &str) -> Self {
        Self::new(TOLD).with("text", sentence)
    }
}

/// `{"key": …, "values": {name: text}}`: kept and sent, spoken by [`Translator::speak`] in whatever language it is read.
impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values: serde_json::Map<String, Json> =
            self.values.iter().map(|(name, value)| (name.to_string(), Json::String(value.clone()))).collect();
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("key", &self.key)?;
        map.serialize_entry("values", &values)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MessageVisitor)
    }
}

struct MessageVisitor;

impl<'de> Visitor<'de> for MessageVisitor {
    type Value = Message;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message: its key and values, or a sentence")
    }

    fn visit_str<E: de::Error>(self, sentence: &str) -> Result<Message, E> {
        Ok(Message::told(sentence))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Message, A::Error> {
        let (mut key, mut values) = (None, Vec::new());
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "key" => key = Some(map.next_value::<String>()?),
                "values" => {
                    let given: serde_json::Map<String, Json> = map.next_value()?;
                    values = given.into_iter().map(|(name, value)| (Cow::Owned(name), text_of(value))).collect();
                }
                other => return Err(de::Error::unknown_field(other, &["key", "values"])),
            }
        }
        Ok(Message { key: key.ok_or_else(|| de::Error::missing_field("key"))?.into(), values })
    }
}

fn text_of(value: Json) -> String {
    match value {
        Json::String(text) => text,
        other => other.to_string(),
    }
}

impl fmt::Display for Message {
    /// For logs: the key and its values, in no language.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.key)?;
        for (name, value) in &self.values {
            write!(f, " {name}={value}")?;
        }
        Ok(())
    }
}

/// A text that content (the catalogue) carries in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Bilingual {
    /// Chinese, always there.
    pub zh: String,
    /// English; empty means: the Chinese stands in.
    pub en: String,
}

impl Bilingual {
    /// The text in the language asked for.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::English if !self.en.is_empty() => &self.en,
            _ => &self.zh,
        }
    }
}

/// Message files of one language: (area, content).
type Files = &'static [(&'static str, &'static str)];

macro_rules! files {
    ($language:literal: $($area:literal),* $(,)?) => {
        &[$(($area, include_str!(concat!("messages/", $language, "/", $area, ".ftl")))),*]
    };
}

const CHINESE: Files = files!("zh-CN": "cli", "codes", "identity", "read", "catalog", "intake", "models", "run", "report", "demo", "template", "annotate", "state", "receipts", "fence");
const ENGLISH: Files = files!("en": "cli", "codes", "identity", "read", "catalog", "intake", "models", "run", "report", "demo", "template", "annotate", "state", "receipts", "fence");

/// Speaks messages in one language.
pub struct Translator {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl Translator {
    /// A translator with every message file of the language.
    pub fn new(language: Language) -> Self {
        let (tag, files) = match language {
            Language::Chinese => ("zh-CN", CHINESE),
            Language::English => ("en", ENGLISH),
        };
        let locale: LanguageIdentifier = tag.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        bundle.set_use_isolating(false);
        for (_, text) in files {
            // A broken line loses that line only; the test `every_message_file_is_well_formed` keeps it from shipping.
            let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(partial, _)| partial);
            bundle.add_resource_overriding(resource);
        }
        Self { language, bundle }
    }

    /// The language spoken.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The sentence. A key that is not in the files is shown as it stands with its values: never an empty text.
    pub fn say(&self, message: &Message) -> String {
        let Some(pattern) = self.bundle.get_message(&message.key).and_then(|found| found.value()) else {
            return message.to_string();
        };
        let mut values = FluentArgs::new();
        for (name, value) in &message.values {
            values.set(name.as_ref(), value.as_str());
        }
        let mut errors = Vec::new();
        self.bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned()
    }

    /// Puts the sentence in the place of every message in a JSON value.
    pub fn speak(&self, value: &mut Json) {
        match value {
            Json::Object(fields) => {
                let is_message = fields.len() == 2 && fields.get("key").is_some_and(Json::is_string);
                if is_message && fields.get("values").is_some_and(Json::is_object) {
                    // A value that says what stands in it is a message by its shape alone.
                    if let Ok(message) = serde_json::from_value::<Message>(value.clone()) {
                        *value = Json::String(self.say(&message));
                    }
                    return;
                }
                fields.values_mut().for_each(|field| self.speak(field));
            }
            Json::Array(items) => items.iter_mut().for_each(|item| self.speak(item)),
            _ => {}
        }
    }

    /// The JSON of a value, spoken.
    ///
    /// # Errors
    /// The value has no JSON.
    pub fn spoken(&self, value: &impl Serialize) -> Result<Json, serde_json::Error> {
        let mut json = serde_json::to_value(value)?;
        self.speak(&mut json);
        Ok(json)
    }

    /// The sentence of a key without values; `None` when there is no such key.
    pub fn find(&self, key: &str) -> Option<String> {
        let pattern = self.bundle.get_message(key).and_then(|found| found.value())?;
        Some(self.bundle.format_pattern(pattern, None, &mut Vec::new()).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn keys(files: Files) -> BTreeSet<&'static str> {
        files
            .iter()
            .flat_map(|(_, text)| text.lines())
            .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
            .filter_map(|line| line.split_once(" =").map(|(key, _)| key))
            .collect()
    }

    #[test]
    fn every_message_stands_in_both_languages() {
        let (chinese, english) = (keys(CHINESE), keys(ENGLISH));
        let lonely: Vec<_> = chinese.symmetric_difference(&english).collect();
        assert!(lonely.is_empty(), "in one language only: {lonely:?}");
        assert!(chinese.len() > 10);
    }

    #[test]
    fn every_message_file_is_well_formed() {
        for (area, text) in CHINESE.iter().chain(ENGLISH) {
            assert!(FluentResource::try_new((*text).to_owned()).is_ok(), "{area}.ftl has a line Fluent can't read");
        }
    }

    #[test]
    fn what_is_kept_is_spoken_in_the_language_it_is_read_in() {
        let message = Message::new("intake-file-changed");
        let kept = serde_json::json!({ "issues": [{ "message": message, "row": 3 }] });
        for language in [Language::Chinese, Language::English] {
            let say = Translator::new(language);
            let mut read = kept.clone();
            say.speak(&mut read);
            assert_eq!(read, serde_json::json!({ "issues": [{ "message": say.say(&message), "row": 3 }] }));
        }
    }

    #[test]
    fn a_message_comes_back_as_it_was_kept_and_a_kept_sentence_as_it_stands() {
        let message = Message::new("no-such-key").with("row", 3).with("column", "金额");
        let kept = serde_json::to_string(&message).unwrap();
        assert_eq!(kept, r#"{"key":"no-such-key","values":{"row":"3","column":"金额"}}"#);
        assert_eq!(serde_json::from_str::<Message>(&kept).unwrap(), message);
        let told: Message = serde_json::from_str(r#""第 3 行缺少金额""#).unwrap();
        assert_eq!(Translator::new(Language::English).say(&told), "第 3 行缺少金额");
        assert!(serde_json::from_str::<Message>(r#"{"values":{}}"#).is_err());
    }

    #[test]
    fn a_missing_key_is_shown_and_not_swallowed() {
        let said = Translator::new(Language::English).say(&Message::new("no-such-key").with("cell", "B7"));
        assert_eq!(said, "no-such-key cell=B7");
    }
}
