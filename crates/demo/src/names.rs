//! Made-up names: taxpayers, persons, villages, streets, projects.
//!
//! A brand is two or three signs drawn from a list of rare signs, so that a name that exists in the world comes out only
//! by accident. The words stand in `demo/words.csv`.

use std::collections::{BTreeMap, BTreeSet};

use super::random::Dice;

static WORDS: &str = include_str!("../../../demo/words.csv");

/// The words names are made of, and the names already given.
#[derive(Debug)]
pub struct Names {
    lists: BTreeMap<&'static str, Vec<&'static str>>,
    given: BTreeSet<String>,
}

impl Names {
    /// Reads the words.
    pub fn new() -> Self {
        let mut lists: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (list, word) in WORDS.lines().skip(1).filter_map(|line| line.split_once(',')) {
            lists.entry(list).or_default().push(word);
        }
        Self { lists, given: BTreeSet::new() }
    }

    /// One word of a list.
    pub fn word(&self, list: &str, dice: &mut Dice) -> &'static str {
        self.lists.get(list).and_then(|words| dice.pick(words)).copied().unwrap_or_default()
    }

    /// A word of a list that carries an industry: the word and the code.
    pub fn industry_word(&self, list: &str, dice: &mut Dice) -> (&'static str, &'static str) {
        self.word(list, dice).split_once('|').unwrap_or_default()
    }

    /// A brand of this many signs.
    pub fn brand(&self, signs: usize, dice: &mut Dice) -> String {
        (0..signs).map(|_| self.word("brand", dice)).collect()
    }

    /// Keeps a full name for one taxpayer only; false when it is already given.
    pub fn give(&mut self, name: &str) -> bool {
        self.given.insert(name.to_owned())
    }

    /// A person's name, plainly made up.
    pub fn person(&self, dice: &mut Dice) -> String {
        format!("{}{}", self.word("surname", dice), self.word("given", dice))
    }

    /// A village's name.
    pub fn village(&self, dice: &mut Dice) -> String {
        format!("{}{}村", self.word("village", dice), self.word("village_stem", dice))
    }

    /// What a project builds.
    pub fn project(&self, dice: &mut Dice) -> String {
        format!("{}{}", self.word("project_thing", dice), self.word("project_stage", dice))
    }
}
