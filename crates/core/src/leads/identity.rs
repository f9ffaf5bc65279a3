//! What makes a lead the same from run to run, and what moves it from one state to another.

use super::Lead;
use crate::catalog::names::words;

/// What makes a lead the same, whatever else changes: more rows, another amount, a better name, a later version of its
/// model, another order. Two findings about one taxpayer and period are two leads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeadIdentity {
    /// Region of the run, six digits: whose office works on it.
    pub region: String,
    /// Key of the model.
    pub model: String,
    /// The taxpayer's code, of a registered one and of one that only its own sheet names; of a natural person `person:` and
    /// the keyed digest of the certificate. A row that names nobody by code gives no lead.
    pub taxpayer: String,
    /// Period `2025`, `2025H1`, `2025Q1` or `2025-03`.
    pub period: String,
    /// A key of the model's findings; empty for a model that asks for an amount: there is one a taxpayer and period.
    pub finding: String,
}

impl LeadIdentity {
    /// Of a lead that a run of a region found.
    pub fn of(region: &str, lead: &Lead) -> Self {
        Self {
            region: region.to_owned(),
            model: lead.model.clone(),
            taxpayer: lead.taxpayer.uscc.clone(),
            period: lead.period.clone(),
            finding: lead.finding.clone().unwrap_or_default(),
        }
    }
}

words! {
    /// Where a lead stands.
    LeadState {
        /// The last run that looked found it.
        Found = "found",
        /// Somebody said that it is none; runs go on seeing it and it stays so.
        Suppressed = "suppressed",
        /// A run that could compare found it no more.
        Cleared = "cleared",
        /// The last run could not tell: its model stopped, or its rows could not be compared.
        NotComparableNow = "not_comparable_now",
        /// Its rows speak of another taxpayer now, and a lead about that one stands in its stead.
        Moved = "moved",
        /// It is part of an investigation, which ends it.
        InCase = "in_case",
    }
}

words! {
    /// What a run says of a lead.
    Sighted {
        /// Found.
        Found = "found",
        /// Compared, and not found.
        NotFound = "not_found",
        /// Not compared.
        NotComparable = "not_comparable",
        /// Not found, while its rows now speak of another taxpayer.
        Moved = "moved",
    }
}

impl LeadState {
    /// The state after a run, whose model ran or stopped, has said something of the lead. What people decided
    /// (`suppressed`, `in_case`) no run changes; what is closed (`cleared`, `moved`) is opened by being found again only.
    #[must_use]
    pub fn after(self, sighted: Sighted) -> Self {
        match (self, sighted) {
            (Self::Suppressed | Self::InCase, _) => self,
            (_, Sighted::Found) => Self::Found,
            (Self::Cleared | Self::Moved, _) => self,
            (_, Sighted::NotFound) => Self::Cleared,
            (_, Sighted::NotComparable) => Self::NotComparableNow,
            (_, Sighted::Moved) => Self::Moved,
        }
    }

    /// Whether the next run has to say something of it when it does not find it.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Cleared | Self::Moved)
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::super::{LeadFact, Taxpayer};
    use super::*;
    use crate::messages::Bilingual;

    fn lead() -> Lead {
        Lead {
            model: "deed/transfer".to_owned(),
            taxpayer: Taxpayer::new("91652323MA7A000172", "演示有限公司"),
            period: "2025Q1".to_owned(),
            ..Lead::default()
        }
    }

    #[test]
    fn the_same_finding_with_more_rows_and_another_amount_is_the_same_lead() {
        let label = Bilingual { zh: "更名后的标签".to_owned(), en: String::new() };
        let later = Lead {
            taxpayer: Taxpayer::new("91652323MA7A000172", "演示（呼图壁）有限公司"),
            gap: Some(Decimal::ONE_HUNDRED),
            evidence: vec!["b:1".to_owned(), "c:9".to_owned()],
            facts: vec![LeadFact { name: "price".to_owned(), label, value: "1".to_owned() }],
            ..lead()
        };
        assert_eq!(LeadIdentity::of("652323", &lead()), LeadIdentity::of("652323", &later));
    }

    #[test]
    fn another_finding_period_taxpayer_model_or_region_is_another_lead() {
        let one = LeadIdentity::of("652323", &lead());
        let person = Taxpayer::new("person:hmac-sm3:00", "某甲");
        let others = [
            Lead { finding: Some("claim_missing".to_owned()), ..lead() },
            Lead { finding: Some("claim_late".to_owned()), ..lead() },
            Lead { period: "2025".to_owned(), ..lead() },
            Lead { taxpayer: person, ..lead() },
            Lead { model: "deed/land_grant".to_owned(), ..lead() },
        ];
        let mut all: Vec<_> = others.iter().map(|other| LeadIdentity::of("652323", other)).collect();
        all.extend([one, LeadIdentity::of("652324", &lead())]);
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn a_run_clears_what_it_could_compare_and_never_what_it_could_not() {
        use LeadState::{Cleared, Found, Moved, NotComparableNow};
        for (before, sighted, after) in [
            (Found, Sighted::Found, Found),
            (Found, Sighted::NotFound, Cleared),
            (Found, Sighted::NotComparable, NotComparableNow),
            (Found, Sighted::Moved, Moved),
            (NotComparableNow, Sighted::NotFound, Cleared),
            (NotComparableNow, Sighted::Found, Found),
            (NotComparableNow, Sighted::NotComparable, NotComparableNow),
            (Cleared, Sighted::NotComparable, Cleared),
            (Cleared, Sighted::Moved, Cleared),
            (Cleared, Sighted::Found, Found),
            (Moved, Sighted::NotFound, Moved),
            (Moved, Sighted::Found, Found),
        ] {
            assert_eq!(before.after(sighted), after, "{before:?} {sighted:?}");
        }
    }

    #[test]
    fn no_run_takes_back_what_a_person_decided() {
        for state in [LeadState::Suppressed, LeadState::InCase] {
            assert!(Sighted::ALL.iter().all(|sighted| state.after(*sighted) == state), "{state:?}");
            assert!(state.is_open(), "that it is found no more is still to be told");
        }
    }

    #[test]
    fn the_same_said_twice_moves_nothing_the_second_time() {
        for state in LeadState::ALL {
            for sighted in Sighted::ALL {
                let once = state.after(*sighted);
                assert_eq!(once.after(*sighted), once, "{state:?} {sighted:?}");
            }
        }
    }
}
