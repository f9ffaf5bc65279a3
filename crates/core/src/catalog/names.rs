//! Closed sets of words that the catalogue's files use: each is an enum, its text form, and its reader.

/// Declares an enum whose variants have one text each, with `ALL`, `key` and `read`.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$each])* $variant),* }

        impl $name {
            /// Every word, in the order of the documents.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word as files write it.
            pub fn key(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// Reads the word; the error lists the words there are.
            pub fn read(text: &str) -> Result<Self, String> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    _ => Err([$($text),*].join(" | ")),
                }
            }
        }

        $crate::texts::serde_by_text!($name, $name::key, |text: &str| $name::read(text).ok());
    };
}

pub(crate) use words;

words! {
    /// How often an item is reported.
    Frequency {
        /// Twelve times a year.
        Month = "month",
        /// Four times a year.
        Quarter = "quarter",
        /// Once a year.
        Year = "year",
        /// As it happens; closed monthly.
        Event = "event",
        /// Only when asked.
        Demand = "demand",
    }
}

words! {
    /// What the sets of a year are.
    Mode {
        /// The first set of the year is full, the later ones hold differences.
        FullThenDifferential = "full_then_differential",
        /// Every set is full.
        Full = "full",
        /// No periodic sets.
        None = "none",
    }
}

words! {
    /// Whether rows say what exists or what happened.
    Mark {
        /// What exists now.
        Stock = "stock",
        /// What happened in a period.
        Flow = "flow",
    }
}

words! {
    /// How an item may be shared (政务数据共享条例).
    Sharing {
        /// 无条件共享
        Unconditional = "unconditional",
        /// 有条件共享
        Conditional = "conditional",
        /// 不予共享
        None = "none",
    }
}

words! {
    /// How well a column is protected, from open to closest.
    Class {
        /// Anybody may read it.
        Public = "public",
        /// For the work of the units.
        Internal = "internal",
        /// 商业秘密
        TradeSecret = "trade_secret",
        /// 个人信息
        Personal = "personal",
        /// 敏感个人信息
        SensitivePersonal = "sensitive_personal",
    }
}

words! {
    /// Who asks for a column.
    Origin {
        /// The policy names it.
        Policy = "policy",
        /// The comparison needs it; expected, never blocking.
        Extension = "extension",
    }
}

words! {
    /// Whether an issue stops a sheet.
    Severity {
        /// The sheet is not accepted.
        Error = "error",
        /// The sheet is accepted and the clerk is told.
        Warning = "warning",
    }
}

words! {
    /// What a column holds; each type is described in `docs/guide/catalog.md`.
    ColumnType {
        /// Any text.
        Text = "text",
        /// A code of a list.
        Code = "code",
        /// An administrative division.
        Region = "region",
        /// A day.
        Date = "date",
        /// A month.
        Month = "month",
        /// A period or a stretch of days, as text.
        Period = "period",
        /// Money in yuan.
        Amount = "amount",
        /// A measured figure.
        Quantity = "quantity",
        /// A ratio.
        Rate = "rate",
        /// A whole number.
        Integer = "integer",
        /// Yes or no.
        Boolean = "boolean",
        /// Unified social credit code; 9 and 15 signs accepted.
        Uscc = "uscc",
        /// Organisation code of 9 signs.
        OrganisationCode = "organisation_code",
        /// Business registration number of 15 digits.
        RegistrationNumber = "registration_number",
        /// Tax id of 15, 18 or 20 signs.
        TaxId = "tax_id",
        /// Citizen's number or another personal certificate.
        CitizenId = "citizen_id",
        /// Disability certificate.
        DisabilityCertificate = "disability_certificate",
        /// Industry by GB/T 4754.
        Industry = "industry",
        /// Parcel or real-estate unit number.
        Parcel = "parcel",
        /// Telephone number.
        Phone = "phone",
    }
}

words! {
    /// How sure a figure of law is.
    Certainty {
        /// Read in the statute.
        Read = "V",
        /// From a secondary source.
        Secondary = "2",
        /// Commonly known, unconfirmed.
        Known = "K",
        /// A threshold the office sets.
        Policy = "P",
    }
}

impl ColumnType {
    /// Whether a column holds codes of organisations: a person's number in it is personal whatever the column's class.
    pub fn is_code_of_organisation(self) -> bool {
        matches!(self, Self::Uscc | Self::OrganisationCode | Self::RegistrationNumber | Self::TaxId)
    }
}

impl Class {
    /// Whether the column goes to the personal part of a batch.
    pub fn is_personal(self) -> bool {
        self >= Self::Personal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for class in Class::ALL {
            assert_eq!(Class::read(class.key()), Ok(*class));
        }
        assert!(Frequency::read("weekly").is_err());
    }
}
