//! How good answers to names are, judged alike for our program and for its peers: an answer is a line of JSON with a
//! `class` (ours alone) and `candidates`, each with `uscc` and `score`, best first.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

/// Stands for all rows of a list; sorts behind its kinds.
pub const ALL: &str = "~ all";

/// One name with its known answer; an empty code: not in the registry.
pub struct Known {
    /// The name as it was written.
    pub name: String,
    /// The code of whom it means.
    pub uscc: String,
    /// Which list it is of.
    pub list: &'static str,
    /// Relation to the registry, or kind of slip.
    pub kind: String,
}

impl Known {
    /// Whether the name stands in the registry sign for sign.
    pub fn is_exact(&self) -> bool {
        self.kind == "exact"
    }
}

/// Reads a list of names with known answers.
pub fn read_known(path: &Path, list: &'static str, kind_column: &str) -> Result<Vec<Known>> {
    let mut reader = csv::Reader::from_path(path).with_context(|| path.display().to_string())?;
    let rows = reader.deserialize::<BTreeMap<String, String>>();
    rows.map(|row| {
        let row = row?;
        let cell = |column: &str| row.get(column).cloned().unwrap_or_default();
        Ok(Known { name: cell("name_raw"), uscc: cell("gold_uscc"), list, kind: cell(kind_column) })
    })
    .collect()
}

/// What an answer says of one name.
#[derive(Debug, Clone, Default)]
pub struct Judged {
    /// `certain`, `probable`, `possible`, `none`; empty where the program has no classes.
    pub class: String,
    /// Score of the best candidate, when there is one.
    pub score: Option<f64>,
    /// Place of the right code among the candidates.
    pub place: Option<usize>,
    /// Whether there is a right code.
    pub has_answer: bool,
}

impl Judged {
    /// Judges an answer by the known one.
    pub fn new(answer: &Value, known: &Known) -> Self {
        let candidates = answer["candidates"].as_array().map(Vec::as_slice).unwrap_or_default();
        let is_right = |one: &Value| !known.uscc.is_empty() && one["uscc"].as_str() == Some(&known.uscc);
        Self {
            class: answer["class"].as_str().unwrap_or_default().to_owned(),
            score: candidates.first().and_then(|one| one["score"].as_f64()),
            place: candidates.iter().position(is_right),
            has_answer: !known.uscc.is_empty(),
        }
    }

    /// Whether the best candidate is the right one.
    pub fn is_first(&self) -> bool {
        self.place == Some(0)
    }

    /// Whether the best candidate is at or above a score.
    pub fn reaches(&self, threshold: f64) -> bool {
        self.score.is_some_and(|score| score >= threshold)
    }
}

/// Counts of one relation or kind.
#[derive(Default)]
pub struct Tally {
    /// Names.
    pub count: u32,
    /// Of them certain, and of those right; and so on.
    pub certain: u32,
    /// Right ones of the certain.
    pub certain_right: u32,
    /// Probable.
    pub probable: u32,
    /// Right ones of the probable.
    pub probable_right: u32,
    /// Possible.
    pub possible: u32,
    /// The best candidate is the right one.
    pub first: u32,
    /// The right one is among the best three.
    pub within_three: u32,
}

impl Tally {
    /// Counts one name.
    pub fn add(&mut self, one: &Judged) {
        let is_first = u32::from(one.is_first());
        self.count += 1;
        self.first += is_first;
        self.within_three += u32::from(one.place.is_some_and(|place| place < 3));
        match one.class.as_str() {
            "certain" => (self.certain, self.certain_right) = (self.certain + 1, self.certain_right + is_first),
            "probable" => (self.probable, self.probable_right) = (self.probable + 1, self.probable_right + is_first),
            "possible" => self.possible += 1,
            _ => {}
        }
    }

    /// Counts of every list and kind, and of every list whole.
    pub fn of_kinds(known: &[Known], judged: &[Judged]) -> BTreeMap<(&'static str, String), Self> {
        let mut tallies = BTreeMap::<_, Self>::new();
        for (one, judged) in known.iter().zip(judged) {
            for kind in [one.kind.as_str(), ALL] {
                tallies.entry((one.list, kind.to_owned())).or_default().add(judged);
            }
        }
        tallies
    }
}

/// Predictions counted: a prediction is the best candidate of a row, when the program stands by it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Quality {
    /// Predictions with the right code.
    pub right: u32,
    /// Predictions with another code, or for a row without one.
    pub wrong: u32,
    /// Rows with a code whose right one was not predicted.
    pub missed: u32,
}

impl Quality {
    /// Counts the predictions that `stands` picks.
    pub fn count<'a>(judged: impl IntoIterator<Item = &'a Judged>, stands: impl Fn(&Judged) -> bool) -> Self {
        let mut quality = Self::default();
        for one in judged {
            let (is_predicted, is_right) = (stands(one), one.is_first());
            quality.right += u32::from(is_predicted && is_right);
            quality.wrong += u32::from(is_predicted && !is_right);
            quality.missed += u32::from(one.has_answer && !(is_predicted && is_right));
        }
        quality
    }

    /// Right ones of a hundred predictions.
    pub fn precision_percent(self) -> f64 {
        percent(self.right, self.right + self.wrong)
    }

    /// Right ones of a hundred rows with a code.
    pub fn recall_percent(self) -> f64 {
        percent(self.right, self.right + self.missed)
    }

    /// The harmonic mean of the two.
    pub fn f1_percent(self) -> f64 {
        percent(2 * self.right, 2 * self.right + self.wrong + self.missed)
    }

    /// The score, with its counts, at or above which `worth` is greatest.
    pub fn best(judged: &[&Judged], worth: impl Fn(Self) -> f64) -> (f64, Self) {
        let mut scores: Vec<f64> = judged.iter().filter_map(|one| one.score).collect();
        scores.sort_by(f64::total_cmp);
        scores.dedup();
        let mut order: Vec<&Judged> = judged.to_vec();
        order.sort_by(|one, other| other.score.unwrap_or(f64::MIN).total_cmp(&one.score.unwrap_or(f64::MIN)));
        let rows = judged.iter().filter(|one| one.has_answer).count() as u32;
        let (mut now, mut best) = (Self { missed: rows, ..Self::default() }, (f64::INFINITY, Self::default()));
        let mut next = order.into_iter().peekable();
        for score in scores.into_iter().rev() {
            while let Some(one) = next.next_if(|one| one.reaches(score)) {
                now.right += u32::from(one.is_first());
                now.wrong += u32::from(!one.is_first());
            }
            now.missed = rows - now.right;
            if best.0.is_infinite() || worth(now) > worth(best.1) {
                best = (score, now);
            }
        }
        best
    }
}

/// A part of a whole in hundredths; of nothing, 0.
pub fn percent(part: u32, whole: u32) -> f64 {
    100.0 * f64::from(part) / f64::from(whole.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(score: f64, place: Option<usize>, has_answer: bool) -> Judged {
        Judged { class: String::new(), score: Some(score), place, has_answer }
    }

    fn rows() -> Vec<Judged> {
        vec![row(0.9, Some(0), true), row(0.8, Some(1), true), row(0.7, Some(0), true), row(0.6, None, false)]
    }

    #[test]
    fn a_wrong_code_for_a_row_with_a_code_is_wrong_and_missed() {
        let quality = Quality::count(&rows(), |one| one.reaches(0.6));
        assert_eq!(quality, Quality { right: 2, wrong: 2, missed: 1 });
        assert_eq!(quality.precision_percent().round() as u32, 50);
        assert_eq!(quality.recall_percent().round() as u32, 67);
        assert_eq!(quality.f1_percent().round() as u32, 57);
    }

    #[test]
    fn the_best_threshold_is_the_score_of_a_row() {
        let rows = rows();
        let (threshold, quality) = Quality::best(&rows.iter().collect::<Vec<_>>(), Quality::f1_percent);
        assert_eq!((threshold, quality), (0.7, Quality { right: 2, wrong: 1, missed: 1 }));
    }

    #[test]
    fn an_answer_is_judged_by_its_first_candidate() {
        let known = Known { name: String::new(), uscc: "2".to_owned(), list: "list", kind: "exact".to_owned() };
        let answer =
            serde_json::json!({"class": "probable", "candidates": [{"uscc": "1", "score": 0.9}, {"uscc": "2"}]});
        let judged = Judged::new(&answer, &known);
        assert_eq!((judged.place, judged.score, judged.is_first()), (Some(1), Some(0.9), false));
    }
}
