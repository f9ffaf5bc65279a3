//! Types that are one text in JSON: the text they have everywhere else, read back by the reader they have anyway.

/// Implements `Serialize` and `Deserialize` of a type by its text.
macro_rules! serde_by_text {
    ($name:ty, $to:expr, $from:expr) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let text_of = $to;
                serializer.collect_str(&text_of(*self))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                let wrong = || serde::de::Error::invalid_value(serde::de::Unexpected::Str(&text), &stringify!($name));
                let read: fn(&str) -> Option<$name> = $from;
                read(text.as_ref()).ok_or_else(wrong)
            }
        }
    };
}

pub(crate) use serde_by_text;
