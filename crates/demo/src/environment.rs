//! Dischargers and their outlets (item 17), with the environmental protection tax they declare by quarter.

use chrono::{Days, NaiveDate};
use gongzhi_core::period::Period;
use rust_decimal::Decimal;

use super::draft::{Draft, share};
use super::fill::spoken;
use super::random::Dice;
use super::settle::{Duty, settle};
use super::taxpayers::TOWNSHIPS;
use super::world::{Part, PlantedLead, World};

/// What a discharger does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Habit {
    /// Declares every quarter.
    Declares,
    /// Declares every quarter but this one.
    Forgets(u32),
    /// Declares less than it owes for this quarter: so many hundredths.
    Understates(u32, i64),
    /// Discharges to the central plant: not taxed (环境保护税法 §4), and not declared.
    ToPlant,
}

/// Everything about discharges.
pub fn make(world: &mut World) {
    let mut dice = world.dice("discharges");
    for _ in 0..world.scaled(70) {
        let discharger = world.draw_or_absent(Part::SmallEmployer, &mut dice);
        discharge(world, discharger, Habit::Declares, &mut dice);
    }
    for at in 0..world.scaled(40) {
        let discharger = world.draw(Part::SmallEmployer);
        let quarter = u32::try_from(at % 4 + 1).unwrap_or(1);
        discharge(world, discharger, Habit::Forgets(quarter), &mut dice);
    }
    for at in 0..world.scaled(40) {
        let discharger = world.draw(Part::SmallEmployer);
        let quarter = u32::try_from(at % 4 + 1).unwrap_or(1);
        discharge(world, discharger, Habit::Understates(quarter, if at % 2 == 0 { 40 } else { 70 }), &mut dice);
    }
    for _ in 0..world.scaled(30) {
        let discharger = world.draw(Part::SmallEmployer);
        discharge(world, discharger, Habit::ToPlant, &mut dice);
    }
}

fn discharge(world: &mut World, discharger: usize, habit: Habit, dice: &mut Dice) {
    let air = habit != Habit::ToPlant && dice.below(2) == 0;
    let (medium, pollutants) =
        if air { ("air", ["air_01", "air_02"]) } else { ("water", ["water_2_13", "water_2_20"]) };
    let destination = if habit == Habit::ToPlant { "sewage_plant" } else { "environment" };
    let township = TOWNSHIPS[world.taxpayer(discharger).township].1;
    let outlet = format!("{}{:03}", if air { "DA" } else { "DW" }, dice.between(1, 9));
    let common = |pollutant: &str| {
        Draft::of("discharger", discharger)
            .text("outlet_code", &outlet)
            .text("pollutant", pollutant)
            .text("medium", medium)
            .text("discharge_destination", destination)
            .text("treatment_works", "none")
            .text("admin_region", township)
            .empty("discharge_permit")
    };
    for pollutant in pollutants {
        let first = Period::Quarter(world.year, 1);
        let draft =
            common(pollutant).text("outlet_name", format!("示例排口{outlet}")).text("info_period", spoken(first));
        world.ledger.add("pollutant_discharge.outlet", first, draft);
    }
    let level = [45, 60, 90][dice.below(3)];
    let mut due = [0; 4];
    for month in 1..=12 {
        let quarter = Period::Quarter(world.year, (month - 1) / 3 + 1);
        for pollutant in pollutants {
            let kilograms = dice.between(200, 4_000);
            due[(month as usize - 1) / 3] += due_of(pollutant, kilograms, level);
            let draft = common(pollutant)
                .figure("discharged_kilograms", Decimal::from(kilograms))
                .text("discharge_month", Period::Month(world.year, month).to_string())
                .flag("limit_exceeded", false)
                .text("monitoring_method", "automatic")
                .text("info_period", spoken(quarter));
            world.ledger.add("pollutant_discharge.discharge", quarter, concentrations(draft, air, level));
        }
    }
    for (quarter, due) in (1..=4).zip(due) {
        declare_quarter(world, discharger, (habit, quarter), (if air { 120 } else { 140 }, share(due, 1, PARTS)));
    }
    penalise(world, discharger, dice);
}

/// Parts of a fen in which tax is summed, so that it is rounded once a quarter.
const PARTS: i64 = 76_000;

/// Tax on one pollutant of one month: 1.2 or 1.4 yuan an equivalent, which is 0.95 kg of the two of air, 1 kg of chemical
/// oxygen demand and 0.8 kg of ammonia nitrogen; three quarters at 30 % below the limit, half at 50 % (环境保护税法 §13).
fn due_of(pollutant: &str, kilograms: i64, level: i64) -> i64 {
    let hundredths = match level {
        ..=50 => 50,
        51..=70 => 75,
        _ => 100,
    };
    let fen = match pollutant {
        "water_2_13" => 140 * PARTS / 100,
        "water_2_20" => 175 * PARTS / 100,
        _ => 120 * PARTS / 95,
    };
    kilograms * fen * hundredths
}

fn concentrations(draft: Draft, air: bool, level: i64) -> Draft {
    if air {
        draft
            .figure("air_concentration_milligrams_per_cubic_metre", Decimal::from(level))
            .figure("air_limit_milligrams_per_cubic_metre", Decimal::from(100))
            .empty("water_concentration_milligrams_per_litre")
            .empty("water_limit_milligrams_per_litre")
    } else {
        draft
            .figure("water_concentration_milligrams_per_litre", Decimal::from(level))
            .figure("water_limit_milligrams_per_litre", Decimal::from(100))
            .empty("air_concentration_milligrams_per_cubic_metre")
            .empty("air_limit_milligrams_per_cubic_metre")
    }
}

fn declare_quarter(
    world: &mut World,
    discharger: usize,
    (habit, quarter): (Habit, u32),
    (unit_fen, due_fen): (i64, i64),
) {
    let period = Period::Quarter(world.year, quarter);
    if habit == Habit::ToPlant {
        return;
    }
    if habit == Habit::Forgets(quarter) {
        world.plant(PlantedLead {
            model: "environment/undeclared_discharge",
            taxpayer: discharger,
            day: period.first_day(),
            due_fen: None,
            paid_fen: None,
        });
        return;
    }
    let mut duty = Duty::on_amount(discharger, "environment_tax", (0, 0), period.last_day() + Days::new(9));
    duty.item = "大气污染物、水污染物";
    duty.period = (period.first_day(), period.last_day());
    duty.base = Decimal::new(share(due_fen, 100, unit_fen), 2);
    duty.rate = Decimal::new(unit_fen, 2);
    duty.payable_fen = due_fen;
    duty.paid_on = period.last_day() + Days::new(9);
    let hundredths = match habit {
        Habit::Understates(at, hundredths) if at == quarter => hundredths,
        _ => 100,
    };
    let declared_fen = settle(world, &duty, hundredths);
    if world.is_in_registry(discharger) {
        world.dues.add("environment/amount_gap", discharger, period.first_day(), (due_fen, declared_fen));
    }
}

/// One discharger in ten was fined once: the fine is evidence of nothing here.
fn penalise(world: &mut World, discharger: usize, dice: &mut Dice) {
    if dice.below(10) > 0 {
        return;
    }
    let month = u32::try_from(dice.between(1, 12)).unwrap_or(1);
    let day: NaiveDate = world.day_in(month, dice);
    let penalty = Draft::of("discharger", discharger)
        .text("penalty_document", format!("呼环罚〔示例〕{}{}号", day.format("%m%d"), discharger))
        .day("penalty_day", day)
        .fen("penalty_yuan", dice.between(1, 9) * 1_000_000);
    world.ledger.add("pollutant_discharge.penalty", Period::quarter_of(day), penalty);
    let review = Draft::of("discharger", discharger)
        .text("review_matter", "abnormal_return")
        .text("review_opinion", "示例：排放量与监测数据一致")
        .text("request_number", format!("复核示例{discharger}"))
        .day("request_day", day)
        .day("opinion_day", day);
    world.ledger.add("pollutant_discharge.review", Period::quarter_of(day), review);
}

#[cfg(test)]
mod tests {
    use super::{PARTS, due_of};
    use crate::draft::share;

    #[test]
    fn the_worked_figures_of_the_law_come_out() {
        // 1 200 kg of chemical oxygen demand and 180 kg of ammonia nitrogen without relief: (1 200 + 225) × 1.4.
        let due = due_of("water_2_13", 1_200, 90) + due_of("water_2_20", 180, 90);
        assert_eq!(share(due, 1, PARTS), 199_500);
        assert_eq!(share(due_of("air_01", 950, 60), 1, PARTS), 90_000, "three quarters of 1 000 × 1.2");
        assert_eq!(share(due_of("air_01", 950, 45), 1, PARTS), 60_000, "half");
    }
}
