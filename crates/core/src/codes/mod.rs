//! Identifiers with their check digits.
