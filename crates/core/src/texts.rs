//! Types that are one text in JSON: the text they have everywhere else, read back by the reader they have anyway.

/// Implements `Serialize` and `Deserialize` of a type by its text.
macro_rules! serde_by_text {
    ($name:ty, $to:expr, $from:expr) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                #[allow(clippy::redundant_closure_call, reason = "the text may be given as a closure")]
                serializer.collect_str(&($to)(*self))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                let wrong = || serde::de::Error::invalid_value(serde::de::Unexpected::Str(&text), &stringify!($name));
                #[allow(clippy::redundant_closure_call, reason = "the reader may be given as a closure")]
                ($from)(text.as_ref()).ok_or_else(wrong)
            }
        }
    };
}

pub(crate) use serde_by_text;
