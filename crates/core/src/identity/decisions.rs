//! What people have decided about pairs: this row's subject is that taxpayer, or is not.
//!
//! A decision is about a *subject* (what the row says: its name and codes, normalised) and a taxpayer's code, so it holds
//! for every row that says the same. The latest decision about a pair stands; taking one back is one more decision
//! (`same: None`), so nothing is ever lost.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{Query, signs};
use crate::codes::{self, normalise};

/// One person's word about one pair.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Decision {
    /// What the row says: [`Query::subject`].
    pub subject: String,
    /// Code of the taxpayer in the registry.
    pub uscc: String,
    /// Yes, no, or (`None`) a decision taken back.
    pub same: Option<bool>,
    /// Who decided.
    pub decided_by: String,
    /// When.
    pub decided_at: DateTime<Utc>,
}

/// The decisions that stand, in an order that does not depend on the one they were given in.
#[derive(Debug, Clone, Default)]
pub struct Decisions {
    by_subject: BTreeMap<String, Vec<(String, bool)>>,
}

impl Decisions {
    /// The decisions that stand after all of these, given in any order.
    pub fn new(decisions: impl IntoIterator<Item = Decision>) -> Self {
        let mut all: Vec<Decision> = decisions.into_iter().collect();
        all.sort_by_key(|decision| decision.decided_at);
        let mut by_subject: BTreeMap<String, Vec<(String, bool)>> = BTreeMap::new();
        for decision in all {
            let pairs = by_subject.entry(decision.subject).or_default();
            pairs.retain(|(uscc, _)| *uscc != decision.uscc);
            pairs.extend(decision.same.map(|same| (decision.uscc, same)));
        }
        by_subject.retain(|_, pairs| !pairs.is_empty());
        Self { by_subject }
    }

    /// Whether nothing was decided.
    pub fn is_empty(&self) -> bool {
        self.by_subject.is_empty()
    }

    /// The pairs of a subject: code and yes or no.
    pub(crate) fn list(&self, query: &Query<'_>) -> &[(String, bool)] {
        if self.by_subject.is_empty() {
            return &[];
        }
        self.by_subject.get(&query.subject()).map_or(&[], Vec::as_slice)
    }
}

impl Query<'_> {
    /// What the row says about whom it means, normalised: the key under which decisions are kept. Holds no personal
    /// data: a natural person stands in it by digest.
    pub fn subject(&self) -> String {
        let mut full = Vec::new();
        signs::read_full(self.name, &mut full);
        let mut subject = signs::text(&full);
        for code in [self.uscc, self.organisation_code, self.registration_number, self.tax_id, self.region] {
            subject.push('|');
            let code = normalise(code);
            if !codes::may_be_personal(&code) {
                subject.push_str(&code);
            }
        }
        if let Some(certificate) = &self.certificate {
            subject.push('|');
            subject.push_str(&certificate.to_string());
        }
        subject
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision(same: Option<bool>, minute: u32) -> Decision {
        let query = Query { name: "某某商贸有限公司", ..Query::default() };
        Decision {
            subject: query.subject(),
            uscc: "91652323MA7A000172".to_owned(),
            same,
            decided_by: "officer-1".to_owned(),
            decided_at: DateTime::from_timestamp(i64::from(minute) * 60, 0).unwrap(),
        }
    }

    #[test]
    fn the_latest_decision_stands_whatever_the_order_given() {
        let query = Query { name: "某某商贸有限责任公司", ..Query::default() };
        let decisions = Decisions::new([decision(Some(true), 2), decision(Some(false), 1)]);
        assert_eq!(decisions.list(&query), [("91652323MA7A000172".to_owned(), true)]);
    }

    #[test]
    fn a_decision_taken_back_leaves_nothing() {
        assert!(Decisions::new([decision(Some(true), 1), decision(None, 2)]).is_empty());
    }
}
