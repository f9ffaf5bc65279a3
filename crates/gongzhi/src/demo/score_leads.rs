//! The leads of a run beside the planted ones: by model, and for facts that tempt by what tempts.
//!
//! A lead is the same when model, taxpayer and period are. Of somebody who plays in a fact only leads of the
//! fact's own model count: its author answers for no other. Where a fact tempts, a lead that is none does not cost precision but the copy, which was not left alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::score::{Tally, read_lines, read_table};
use super::truth::PERSON;

/// How the leads compare.
#[derive(Debug, Clone, Default)]
pub struct LeadScore {
    /// By model.
    pub models: BTreeMap<String, Tally>,
    /// Of all models.
    pub all_models: Tally,
    /// Of plain facts from the law's text alone.
    pub facts: Tally,
    /// What tempted, and how often it was resisted.
    pub tempting: BTreeMap<String, LeftAlone>,
    /// Right leads whose gap is the planted one to the yuan, and right leads with a planted gap.
    pub gaps: (usize, usize),
    /// Planted leads that were not found (`-`), found ones that were not planted (`+`), those of a temptation (`~`), and
    /// right ones with another amount (`#`), for looking into.
    pub differences: Vec<Difference>,
}

/// Copies of facts with a temptation of one sort.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftAlone {
    /// Copies.
    pub copies: usize,
    /// Copies in which no wrong lead was found.
    pub alone: usize,
}

/// What makes a lead the same: model, taxpayer, period.
pub type LeadKey = (String, String, String);

/// A lead that one side has and the other has not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which side.
    pub sign: char,
    /// The lead.
    pub key: LeadKey,
    /// The fact's copy, where one is concerned.
    pub fact: String,
}

#[derive(Debug, Deserialize)]
struct TrueLead {
    model: String,
    uscc: String,
    period: String,
    gap: String,
    #[serde(default)]
    fact: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Player {
    tempting: String,
    model: String,
    fact: String,
    uscc: String,
}

impl Player {
    fn is_tempting(&self) -> bool {
        self.tempting != "none"
    }
}

#[derive(Deserialize)]
struct FoundLead {
    model: String,
    taxpayer: FoundTaxpayer,
    period: String,
    gap: Option<String>,
}

#[derive(Deserialize)]
struct FoundTaxpayer {
    uscc: Option<String>,
}

impl TrueLead {
    /// Copies with persons differ by the fact's name, as nothing else tells them apart.
    fn key(&self) -> LeadKey {
        let who = if self.uscc == PERSON { &self.fact } else { &self.uscc };
        (self.model.clone(), who.clone(), self.period.clone())
    }

    fn has_gap_of(&self, found: &FoundLead) -> bool {
        let amount = |text: &str| text.parse::<Decimal>().unwrap_or_default();
        let told = found.gap.as_deref().unwrap_or_default();
        self.gap.is_empty() || (amount(&self.gap) - amount(told)).abs() <= Decimal::ONE
    }
}

/// Compares the leads of a run with the truth.
pub fn score_leads(run: &Path, truth: &Path) -> Result<LeadScore> {
    let planted: BTreeMap<LeadKey, TrueLead> =
        read_table::<TrueLead>(truth, "leads.csv")?.into_iter().map(|lead| (lead.key(), lead)).collect();
    let players = read_table::<Player>(truth, "tempting.csv")?;
    let mut found = Vec::new();
    read_lines(run, "leads.jsonl", |lead: FoundLead| found.push(lead))?;
    let known: BTreeSet<&str> =
        planted.keys().map(|(model, ..)| model.as_str()).chain(players.iter().map(|one| one.model.as_str())).collect();
    found.retain(|lead| known.contains(lead.model.as_str()));
    Ok(Comparison { planted: &planted, players: &players, score: LeadScore::default() }.of(&found))
}

struct Comparison<'a> {
    planted: &'a BTreeMap<LeadKey, TrueLead>,
    players: &'a [Player],
    score: LeadScore,
}

impl Comparison<'_> {
    fn of(mut self, found: &[FoundLead]) -> LeadScore {
        let by_code: BTreeMap<&str, &Player> = self.players.iter().map(|one| (one.uscc.as_str(), one)).collect();
        let mut told: BTreeMap<LeadKey, &FoundLead> = BTreeMap::new();
        let mut disturbed: BTreeSet<&str> = BTreeSet::new();
        for lead in found {
            let key = self.key_of(lead, &told);
            match by_code.get(key.1.as_str()) {
                Some(player) if player.model != lead.model => {}
                Some(player) if player.is_tempting() && !self.planted.contains_key(&key) => {
                    disturbed.insert(&player.fact);
                    self.score.differences.push(Difference { sign: '~', key, fact: player.fact.clone() });
                }
                _ => {
                    told.insert(key, lead);
                }
            }
        }
        self.count_temptations(&disturbed);
        self.count_leads(&told, &by_code);
        self.score
    }

    /// A person's lead is that of any copy with the same model, period and amount that has none yet.
    fn key_of(&self, lead: &FoundLead, told: &BTreeMap<LeadKey, &FoundLead>) -> LeadKey {
        let who = lead.taxpayer.uscc.clone().unwrap_or_default();
        let own = (lead.model.clone(), who, lead.period.clone());
        if !own.1.is_empty() && !own.1.starts_with(PERSON) {
            return own;
        }
        let fits = |(key, planted): &(&LeadKey, &TrueLead)| {
            let same = planted.uscc == PERSON && key.0 == lead.model && key.2 == lead.period;
            same && planted.has_gap_of(lead) && !told.contains_key(*key)
        };
        self.planted.iter().find(fits).map_or(own, |(key, _)| key.clone())
    }

    fn count_temptations(&mut self, disturbed: &BTreeSet<&str>) {
        let copies: BTreeMap<&str, &str> = self
            .players
            .iter()
            .filter(|player| player.is_tempting())
            .map(|player| (player.fact.as_str(), player.tempting.as_str()))
            .collect();
        for (fact, tempting) in copies {
            let one = self.score.tempting.entry(tempting.to_owned()).or_default();
            one.copies += 1;
            one.alone += usize::from(!disturbed.contains(fact));
        }
    }

    fn count_leads(&mut self, told: &BTreeMap<LeadKey, &FoundLead>, by_code: &BTreeMap<&str, &Player>) {
        let keys: BTreeSet<&LeadKey> = self.planted.keys().chain(told.keys()).collect();
        for key in keys {
            let (planted, found) = (self.planted.get(key), told.get(key));
            let is_right = planted.is_some() && found.is_some();
            let tally = Tally {
                planted: usize::from(planted.is_some()),
                found: usize::from(found.is_some()),
                right: usize::from(is_right),
            };
            self.score.models.entry(key.0.clone()).or_default().add(tally);
            self.score.all_models.add(tally);
            let player = by_code.get(key.1.as_str());
            let fact =
                planted.map(|lead| &lead.fact).or(player.map(|player| &player.fact)).cloned().unwrap_or_default();
            let tempts = self.players.iter().any(|one| one.fact == fact && one.is_tempting());
            if !fact.is_empty() && !tempts {
                self.score.facts.add(tally);
            }
            let has_gap = is_right && planted.is_some_and(|lead| !lead.gap.is_empty());
            let same_gap = has_gap && planted.zip(found).is_some_and(|(planted, found)| planted.has_gap_of(found));
            self.score.gaps.1 += usize::from(has_gap);
            self.score.gaps.0 += usize::from(same_gap);
            let sign = match (planted, is_right) {
                (_, true) if has_gap && !same_gap => '#',
                (_, true) => continue,
                (Some(_), _) => '-',
                (None, _) => '+',
            };
            self.score.differences.push(Difference { sign, key: key.clone(), fact });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(leads: &str, tempting: &str, found: &str) -> LeadScore {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: String| std::fs::write(folder.path().join(name), text).unwrap();
        put("leads.csv", format!("model,uscc,name,period,due,paid,gap,finding,fact\n{leads}"));
        put("tempting.csv", format!("tempting,model,fact,uscc,name,leads\n{tempting}"));
        put("leads.jsonl", found.to_owned());
        score_leads(folder.path(), folder.path()).unwrap()
    }

    fn found(model: &str, uscc: &str, period: &str, gap: &str) -> String {
        let taxpayer = serde_json::json!({"uscc": uscc});
        serde_json::json!({"model": model, "taxpayer": taxpayer, "period": period, "gap": gap}).to_string() + "\n"
    }

    #[test]
    fn a_wrong_lead_where_a_fact_tempts_costs_the_copy_and_not_the_precision() {
        let tempting = "branch,m/a,f/x#1,X,,0\nbranch,m/a,f/x#2,Y,,0\nbranch,m/a,f/x#2,Z,,0\n";
        let score = score("m/a,Q,,2025,,,1.00,,\n", tempting, &found("m/a", "Z", "2025", "1.00"));
        assert_eq!(score.tempting["branch"], LeftAlone { copies: 2, alone: 1 });
        assert_eq!(score.all_models, Tally { planted: 1, found: 0, right: 0 });
    }

    #[test]
    fn a_true_lead_beside_a_temptation_counts_as_any_other() {
        let tempting = "old_name,m/a,f/x#1,X,,1\nold_name,m/a,f/x#1,Y,,0\n";
        let score = score("m/a,X,,2025Q1,,,5.00,,f/x#1\n", tempting, &found("m/a", "X", "2025Q1", "5.00"));
        assert_eq!(score.all_models, Tally { planted: 1, found: 1, right: 1 });
        assert_eq!((score.tempting["old_name"].alone, score.facts.planted), (1, 0));
    }

    #[test]
    fn leads_of_other_models_on_who_plays_in_a_fact_are_nobodys() {
        let leads = "m/a,X,,2025,,,5.00,,f/x#1\nm/b,Q,,2025,,,5.00,,\n";
        let score = score(leads, "none,m/a,f/x#1,X,,1\n", &found("m/b", "X", "2025", "1.00"));
        assert_eq!(score.all_models, Tally { planted: 2, found: 0, right: 0 });
        assert_eq!(score.facts, Tally { planted: 1, found: 0, right: 0 });
    }

    #[test]
    fn copies_with_persons_are_told_apart_by_nothing_but_their_number() {
        let leads = "m/a,person,甲,2025,,,5.00,,f/x#1\nm/a,person,乙,2025,,,5.00,,f/x#2\n";
        let all = found("m/a", "person:1", "2025", "5.00") + &found("m/a", "person:2", "2025", "5.20");
        let one = score(leads, "", &(all.clone() + &found("m/a", "person:3", "2025", "5.00")));
        assert_eq!(one.all_models, Tally { planted: 2, found: 3, right: 2 });
        assert_eq!(score(leads, "", &all).differences, []);
    }
}
