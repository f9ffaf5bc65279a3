//! Who plays in a copy of a fact, and the words that stand for them and for made-up places: `$A`, `$A.name`, `$parcel1`.

use std::collections::BTreeMap;

use super::super::draft::Who;
use super::super::taxpayers::{COUNTY, Registration, Seat, Subject};
use super::super::world::World;
use super::{Fact, Party, Sort};

/// The shipped list of divisions: facts are told of the country as it is, whatever catalogue the county is made by.
static DIVISIONS: &str = include_str!("../../../../catalog/codes/divisions.csv");

/// The players of one copy.
#[derive(Debug, Clone)]
pub struct Cast {
    /// Parties by name.
    pub parties: Vec<(&'static str, Who)>,
    /// `A.name` → what stands for it.
    words: BTreeMap<String, String>,
    /// Number of the copy among all copies of all facts: places are made of it, so that no two copies share one.
    pub number: usize,
}

impl Cast {
    /// The players of a fact with words that stand for nobody, to see whether its rows can be read.
    pub fn stand_in(fact: &'static Fact) -> Self {
        let mut cast = Self { parties: Vec::new(), words: BTreeMap::new(), number: 0 };
        for party in &fact.parties {
            cast.parties.push((&party.name, Who::Taxpayer(0)));
            let old_name = party.former_name.then(|| "示例旧名".to_owned());
            cast.add_words(party, [Some("示例".to_owned()), old_name, Some("示例".to_owned())]);
        }
        cast
    }

    /// Draws everybody anew.
    pub fn drawn(world: &mut World, fact: &'static Fact, number: usize) -> Self {
        let mut cast = Self { parties: Vec::new(), words: BTreeMap::new(), number };
        // A branch is named after its head, so heads come first.
        let (branches, heads): (Vec<_>, Vec<_>) = fact.parties.iter().partition(|party| party.of.is_some());
        for party in heads.into_iter().chain(branches) {
            let who = cast.draw(world, fact, party);
            cast.parties.push((&party.name, who));
            let words = match who {
                Who::Person(at) => {
                    let person = world.person(at);
                    [Some(person.name.clone()), None, Some(person.citizen_id.clone())]
                }
                Who::Taxpayer(at) => {
                    world.legible.insert(at);
                    let taxpayer = world.taxpayer(at);
                    [Some(taxpayer.name.clone()), taxpayer.former_name.clone(), Some(taxpayer.uscc.clone())]
                }
            };
            cast.add_words(party, words);
        }
        cast
    }

    fn add_words(&mut self, party: &Party, [name, old_name, code]: [Option<String>; 3]) {
        let code_word = if party.sort == Sort::Person { "citizen_id" } else { "uscc" };
        for (word, text) in [("name", name.clone()), ("old_name", old_name), (code_word, code.clone())] {
            if let Some(text) = text {
                self.words.insert(format!("{}.{word}", party.name), text);
            }
        }
        if let ([Some(kind), Some(degree)], Some(code)) = (&party.disability, code) {
            self.words.insert(format!("{}.disability_certificate", party.name), format!("{code}{kind}{degree}"));
        }
        self.words.insert(party.name.clone(), name.unwrap_or_default());
    }

    /// Who plays a part; `$A` and `A` are the same.
    pub fn find(&self, name: &str) -> Option<Who> {
        let name = name.trim_start_matches('$');
        self.parties.iter().find(|(known, _)| *known == name).map(|(_, who)| *who)
    }

    /// The party whose name or code a text is: `$A`, `$A.old_name`.
    pub fn find_named(&self, text: &str) -> Option<Who> {
        let name = text.strip_prefix('$')?.split('.').next()?;
        self.find(name)
    }

    /// A text with everything in it that stands for somebody or something; the placeholder nobody knows is the error.
    pub fn say(&self, text: &str) -> Result<String, String> {
        let mut said = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            said.push_str(before);
            let end = after.find(|sign: char| !(sign.is_ascii_alphanumeric() || matches!(sign, '_' | '.')));
            let (word, behind) = after.split_at(end.unwrap_or(after.len()));
            said.push_str(&self.find_word(word).ok_or_else(|| word.to_owned())?);
            rest = behind;
        }
        said.push_str(rest);
        Ok(said)
    }

    fn find_word(&self, word: &str) -> Option<String> {
        if let Some(text) = self.words.get(word) {
            return Some(text.clone());
        }
        let kind = word.trim_end_matches(|sign: char| sign.is_ascii_digit());
        let which: usize = word[kind.len()..].parse().ok()?;
        if kind.is_empty() || !kind.bytes().all(|sign| sign.is_ascii_lowercase() || sign == b'_') {
            return None;
        }
        let serial = self.number * 10 + which;
        Some(match kind {
            "project" => format!("示例事项工程{serial:06}"),
            // Parcels of the county's own making have other middle figures.
            "parcel" => format!("652323100{:03}GB{:05}", 100 + serial / 100_000, serial % 100_000),
            // The county's own certificates are all below eight million, its cases of three figures.
            "certificate" => format!("新（示例）呼图壁县不动产权第{:07}号", 9_000_000 + serial),
            "address" => format!("示例大道{serial}号"),
            "document" => format!("呼示例〔2025〕{serial}号"),
            "code" => format!("2501-652323-04-09-{serial:06}"),
            "outlet" => format!("DW{serial:06}"),
            "source" => format!("F652323{serial:09}"),
            "serial" => format!("{serial:06}"),
            "case" => format!("（2025）新示例破9{serial:06}号"),
            _ => format!("示例{kind}{serial:06}号"),
        })
    }

    fn draw(&self, world: &mut World, fact: &Fact, party: &Party) -> Who {
        if party.sort == Sort::Person {
            let mut dice = super::super::random::Dice::numbered(world.seed, "facts", self.number);
            return Who::Person(world.add_person(&mut dice));
        }
        let seat = seat_of(party).unwrap_or(world.taxpayer(0).seat);
        let registration = if has_registration(party) {
            Registration::Told
        } else if is_listed(fact, party) {
            Registration::Unregistered
        } else {
            Registration::Absent
        };
        let at = match party.sort {
            Sort::Builder => world.outside(seat, "建筑工程有限公司", registration),
            Sort::Developer => world.outside(seat, "房地产开发有限公司", registration),
            Sort::Partnership => world.outside(seat, "投资中心（有限合伙）", registration),
            Sort::SoleProprietorship => world.outside(seat, "加工厂", registration),
            Sort::SoleTrader => world.add_ordinary(Subject::SoleTrader, seat, registration),
            Sort::Cooperative => world.add(Subject::Cooperative, seat, registration),
            Sort::Village => world.add(Subject::Village, seat, registration),
            Sort::PublicBody => world.add(Subject::PublicBody, seat, registration),
            _ => world.add_ordinary(Subject::Enterprise, seat, registration),
        };
        self.name(world, at, party);
        Who::Taxpayer(at)
    }

    /// A branch is called after its head; a former name is there where the fact asks for one, and nowhere else.
    fn name(&self, world: &mut World, at: usize, party: &Party) {
        if let Some(Who::Taxpayer(head)) = party.of.as_ref().and_then(|head| self.find(head)) {
            let seat = world.taxpayer(at).seat.name;
            let name = format!("{}{seat}分公司", world.taxpayer(head).name);
            world.names.give(&name);
            world.taxpayers[at].name = name;
        }
        world.taxpayers[at].former_name = party.former_name.then(|| {
            let taxpayer = world.taxpayer(at);
            let name = format!("{}示例旧号{:05}商贸有限公司", taxpayer.seat.name, self.number);
            world.names.give(&name);
            name
        });
    }
}

/// The seat outside the county that a party says; none when it is here or no such division exists.
pub fn seat_of(party: &Party) -> Option<Seat> {
    // A township's seat is that of its county.
    let region = party.seat.as_deref()?.get(..6)?;
    let lines = DIVISIONS.lines();
    let in_force = |line: &&str| line.starts_with(region) && line.ends_with(',');
    let mut fields = lines.filter(|line| line.split(',').next() == Some(region)).find(in_force)?.split(',');
    Some(Seat { region: fields.next()?, name: fields.next()? })
}

/// Whether a party has its seat in the county.
pub fn is_local(party: &Party) -> bool {
    party.seat.as_deref().is_none_or(|seat| seat == COUNTY)
}

/// Whether the tax registration of the county has a row of a party.
pub fn has_registration(party: &Party) -> bool {
    party.sort != Sort::Person && party.registered.unwrap_or(true)
}

/// Whether the market regulator's lists or the tax bureau's tables of builders know somebody who has no registration.
fn is_listed(fact: &Fact, party: &Party) -> bool {
    let lists = ["business_opening.", "business_closing.", "cross_region_report.", "vat_prepayment."];
    fact.rows().any(|row| lists.iter().any(|list| row.kind.starts_with(list)) && names(row, party))
}

fn names(row: &super::Row, party: &Party) -> bool {
    row.cells
        .iter()
        .any(|(_, text)| text.strip_prefix('$').and_then(|text| text.split('.').next()) == Some(&party.name))
}
