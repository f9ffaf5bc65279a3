//! The leads of a run beside the planted ones: by model, and for facts that tempt by what tempts.
//!
//! A lead is the same when model, taxpayer and period are. Of somebody who plays in a fact only leads of the
//! fact's own model count: its author answers for no other. Where a fact tempts, a lead that is none does not cost precision but the copy, which was not left alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::score_tables::{Tally, below_county, read_lines, read_table};
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
    #[serde(default)]
    evidence: Vec<Evidence>,
}

#[derive(Deserialize)]
struct Evidence {
    file: String,
    sheet: String,
    row: Option<u64>,
}

#[derive(Deserialize)]
struct PersonRow {
    file: String,
    sheet: String,
    row: u64,
    fact: String,
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

    /// The amounts of both, where a model that asks for none has one at all.
    fn gaps(&self, found: &FoundLead) -> Option<[Decimal; 2]> {
        let amount = |text: &str| text.parse::<Decimal>().ok();
        Some([amount(&self.gap)?, amount(found.gap.as_deref()?)?])
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
    let rows = read_table::<PersonRow>(truth, "persons.csv")?;
    let rows = rows.into_iter().map(|row| ((row.file, row.sheet, row.row), row.fact)).collect();
    Ok(Comparison { planted: &planted, players: &players, rows: &rows, score: LeadScore::default() }.of(&found))
}

struct Comparison<'a> {
    planted: &'a BTreeMap<LeadKey, TrueLead>,
    players: &'a [Player],
    /// Facts by the rows in which their persons stand.
    rows: &'a BTreeMap<(String, String, u64), String>,
    score: LeadScore,
}

impl<'a> Comparison<'a> {
    fn of(mut self, found: &[FoundLead]) -> LeadScore {
        let by_code: BTreeMap<&str, &'a Player> = self.players.iter().map(|one| (one.uscc.as_str(), one)).collect();
        let mut told: BTreeMap<LeadKey, &FoundLead> = BTreeMap::new();
        let mut disturbed: BTreeSet<&'a str> = BTreeSet::new();
        for lead in found {
            let person = self.person_of(lead);
            let key = self.key_of(lead, person, &told);
            match person.or_else(|| by_code.get(key.1.as_str()).copied()) {
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

    /// A person's lead is called by the copy of the fact in which the person plays.
    fn key_of(&self, lead: &FoundLead, person: Option<&Player>, told: &BTreeMap<LeadKey, &FoundLead>) -> LeadKey {
        let who = lead.taxpayer.uscc.clone().unwrap_or_default();
        let own = (lead.model.clone(), who, lead.period.clone());
        let Some(player) = person else { return own };
        let copy = (lead.model.clone(), player.fact.clone(), lead.period.clone());
        if told.contains_key(&copy) { own } else { copy }
    }

    /// The fact in which a person plays whom a lead is about, by the rows it came from.
    fn person_of(&self, lead: &FoundLead) -> Option<&'a Player> {
        lead.taxpayer.uscc.as_deref().filter(|code| code.starts_with(PERSON))?;
        let place = |row: &Evidence| Some((below_county(&row.file).to_owned(), row.sheet.clone(), row.row?));
        let fact = lead.evidence.iter().filter_map(place).find_map(|place| self.rows.get(&place))?;
        self.players.iter().find(|player| player.fact == *fact && player.uscc == PERSON)
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
            let of_fact = || self.players.iter().find(|player| player.fact == key.1);
            let player = by_code.get(key.1.as_str()).copied().or_else(of_fact);
            let fact =
                planted.map(|lead| &lead.fact).or(player.map(|player| &player.fact)).cloned().unwrap_or_default();
            let tempts = self.players.iter().any(|one| one.fact == fact && one.is_tempting());
            if !fact.is_empty() && !tempts {
                self.score.facts.add(tally);
            }
            let gaps = planted.zip(found).and_then(|(planted, found)| planted.gaps(found));
            let same_gap = gaps.is_some_and(|[planted, found]| (planted - found).abs() <= Decimal::ONE);
            self.score.gaps.1 += usize::from(gaps.is_some());
            self.score.gaps.0 += usize::from(same_gap);
            let sign = match (planted, is_right) {
                (_, true) if gaps.is_some() && !same_gap => '#',
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
        put("persons.csv", "file,sheet,row,fact\na.csv,a,1,f/x#1\na.csv,a,2,f/x#2\na.csv,a,3,f/y#1\n".to_owned());
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
    fn a_persons_lead_is_that_of_the_fact_whose_row_it_came_from() {
        let leads = "m/a,person,甲,2025,,,5.00,,f/x#1\nm/a,person,乙,2025,,,5.00,,f/x#2\n";
        let players = "none,m/a,f/x#1,person,甲,1\nnone,m/a,f/x#2,person,乙,1\nbranch,m/a,f/y#1,person,丙,0\n";
        let of_person = |row: u64, model: &str| {
            let evidence = serde_json::json!([{"file": "county/a.csv", "sheet": "a", "row": row}]);
            let taxpayer = serde_json::json!({"uscc": format!("person:{row}")});
            let lead = serde_json::json!({"model": model, "taxpayer": taxpayer, "period": "2025", "gap": "5.00", "evidence": evidence});
            lead.to_string() + "\n"
        };
        let found = of_person(1, "m/a") + &of_person(2, "m/b") + &of_person(3, "m/a") + &of_person(4, "m/a");
        let score = score(leads, players, &found);
        assert_eq!(score.all_models, Tally { planted: 2, found: 2, right: 1 }, "{:?}", score.differences);
        assert_eq!(score.tempting["branch"], LeftAlone { copies: 1, alone: 0 });
    }
}
