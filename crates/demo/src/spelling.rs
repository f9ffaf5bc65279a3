//! How offices spell who somebody is: codes left out, wrong or outdated, names of old, typing mistakes.
//!
//! An office copies a name once and keeps it, so the spelling hangs on the office's sheet and the taxpayer, not on the
//! row: the same builder is written the same way in every quarter. The rates are those a county sees; they stand in
//! [`Rates`] and are counted in the truth.

use chrono::Datelike;

use super::codes;
use super::draft::Who;
use super::random::Dice;
use super::taxpayers::{COUNTY, Registration, Taxpayer};
use super::world::World;

/// How often what goes wrong, in ten thousand.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// The code's cell is empty.
    pub code_absent: usize,
    /// One sign of the code is wrong.
    pub wrong_sign: usize,
    /// A code that was in use before 2015.
    pub legacy_code: usize,
    /// A former name.
    pub former_name: usize,
    /// A wrong sign in the name.
    pub typing_mistake: usize,
    /// Other brackets, width or blanks.
    pub other_width: usize,
    /// Somebody with the same brand in another county.
    pub same_brand: usize,
    /// Somebody no registry of the county knows.
    pub absent: usize,
}

/// The rates of a county.
pub const RATES: Rates = Rates {
    code_absent: 2_000,
    wrong_sign: 100,
    legacy_code: 500,
    former_name: 300,
    typing_mistake: 200,
    other_width: 500,
    same_brand: 200,
    absent: 500,
};

/// What an office writes into the columns of one identity group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spelled {
    /// Name.
    pub name: String,
    /// Code of 18 signs, or an older one in its place.
    pub uscc: String,
    /// Organisation code, where the sheet asks for it.
    pub organisation_code: String,
    /// Registration number, where the sheet asks for it.
    pub registration_number: String,
    /// A person's number.
    pub citizen_id: String,
    /// Who it is to a registry of the county: empty for persons and for those no registry knows.
    pub truth: String,
    /// A person stands here.
    pub is_person: bool,
}

/// Spells somebody for a sheet. `exact` keeps mistakes away.
pub fn spell(world: &World, kind: &str, who: Who, exact: bool) -> Spelled {
    let at = match who {
        Who::Person(at) => {
            let person = world.person(at);
            return Spelled {
                name: person.name.clone(),
                citizen_id: person.citizen_id.clone(),
                is_person: true,
                ..Spelled::default()
            };
        }
        Who::Taxpayer(at) => at,
    };
    let taxpayer = world.taxpayer(at);
    let is_known = world.is_in_registry(at) || world.named_by_tax_bureau.contains(&at);
    let truth = if is_known { taxpayer.uscc.clone() } else { String::new() };
    let mut spelled = Spelled {
        name: taxpayer.name.clone(),
        uscc: taxpayer.uscc.clone(),
        organisation_code: taxpayer.organisation_code().to_owned(),
        truth,
        ..Spelled::default()
    };
    if taxpayer.opened_on.year() < 2015 {
        spelled.registration_number.clone_from(&taxpayer.registration_number);
    }
    if !exact {
        let mut dice = Dice::numbered(world.seed, kind, at);
        spell_name(taxpayer, &mut spelled, &mut dice);
        // A mistyped name without a code can be anybody's: nothing true may hang on such a row.
        let legible = world.legible.contains(&at) && is_mistyped(taxpayer, &spelled);
        if !legible {
            spell_code(taxpayer, &mut spelled, &mut dice);
        }
    }
    spelled
}

fn is_mistyped(taxpayer: &Taxpayer, spelled: &Spelled) -> bool {
    spelled.name != taxpayer.name && taxpayer.former_name.as_ref() != Some(&spelled.name)
}

fn spell_name(taxpayer: &Taxpayer, spelled: &mut Spelled, dice: &mut Dice) {
    let drawn = dice.below(10_000);
    // One company in seven has a former name; the rate is meant over all rows.
    // Whom the market regulator alone knows it knows by the present name: nobody could tell whose a former one is.
    let told = taxpayer.former_name.is_some() && taxpayer.registration != Registration::Unregistered;
    let former = if told { RATES.former_name * 7 } else { 0 };
    if drawn < former {
        spelled.name = taxpayer.former_name.clone().unwrap_or_default();
    } else if drawn < former + RATES.typing_mistake {
        spelled.name = with_typing_mistake(&taxpayer.name, dice);
    } else if drawn < former + RATES.typing_mistake + RATES.other_width {
        spelled.name = with_other_width(&taxpayer.name, dice);
    }
}

fn spell_code(taxpayer: &Taxpayer, spelled: &mut Spelled, dice: &mut Dice) {
    let drawn = dice.below(10_000);
    let (wrong, legacy) = (RATES.code_absent + RATES.wrong_sign, RATES.legacy_code);
    if drawn < RATES.code_absent {
        spelled.uscc.clear();
        spelled.organisation_code.clear();
        spelled.registration_number.clear();
    } else if drawn < wrong {
        spelled.uscc = codes::with_wrong_sign(&taxpayer.uscc, dice.below(8));
        spelled.organisation_code.clear();
        spelled.registration_number.clear();
    } else if drawn < wrong + legacy {
        spelled.registration_number.clear();
        // A registration number leads to a code only where the market regulator gave both.
        spelled.uscc = match dice.below(2) {
            0 if taxpayer.seat.region == COUNTY => taxpayer.old_tax_id(),
            _ => taxpayer.organisation_code().to_owned(),
        };
    }
}

/// One sign of the name doubled, left out, swapped with its neighbour or taken for one that looks like it.
fn with_typing_mistake(name: &str, dice: &mut Dice) -> String {
    let mut signs: Vec<char> = name.chars().collect();
    let at = 2 + dice.below(signs.len().saturating_sub(6).max(1));
    let Some(sign) = signs.get(at).copied() else { return name.to_owned() };
    match dice.below(4) {
        0 => {
            signs.remove(at);
        }
        1 if at + 1 < signs.len() => signs.swap(at, at + 1),
        2 => signs.insert(at, sign),
        _ => signs[at] = if sign == '睿' { '瑞' } else { '睿' },
    }
    signs.into_iter().collect()
}

fn with_other_width(name: &str, dice: &mut Dice) -> String {
    if name.contains('（') {
        return name.replace('（', "(").replace('）', ")");
    }
    let signs: Vec<char> = name.chars().collect();
    let at = 1 + dice.below(signs.len().saturating_sub(2).max(1));
    let blank = if dice.below(2) == 0 { ' ' } else { '\u{3000}' };
    let mut spaced: String = signs[..at].iter().collect();
    spaced.push(blank);
    spaced.extend(&signs[at..]);
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_mistake_changes_the_name_and_keeps_its_region_and_form() {
        let name = "呼图壁县沁屹澜建材有限公司";
        for serial in 0..50 {
            let mistaken = with_typing_mistake(name, &mut Dice::numbered(1, "typing", serial));
            assert_ne!(mistaken, name);
            assert!(mistaken.starts_with("呼图") && mistaken.ends_with("公司"), "{mistaken}");
        }
    }

    #[test]
    fn other_width_keeps_every_sign_of_the_name() {
        let spaced = with_other_width("沁屹（呼图壁县）建材有限公司", &mut Dice::new(1, "width"));
        assert_eq!(spaced, "沁屹(呼图壁县)建材有限公司");
        let spaced = with_other_width("沁屹建材有限公司", &mut Dice::new(1, "width"));
        let kept: String = spaced.chars().filter(|sign| !sign.is_whitespace()).collect();
        assert_eq!(kept, "沁屹建材有限公司");
    }

    #[test]
    fn nobody_whom_the_market_regulator_alone_knows_is_called_by_a_former_name() {
        let mut world = World::new(1, 2025, 0.01);
        world.taxpayers[0].former_name = Some("示例旧号商贸有限公司".to_owned());
        let former = |world: &World| {
            let names = (0..400).map(|sheet| spell(world, &format!("sheet{sheet}"), Who::Taxpayer(0), false).name);
            names.filter(|name| name.contains("旧号")).count()
        };
        assert!(former(&world) > 20, "whose registration tells it is");
        world.taxpayers[0].registration = Registration::Unregistered;
        assert_eq!(former(&world), 0);
    }
}
