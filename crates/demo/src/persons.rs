//! Natural persons where the items ask for them (9, 11, 37 to 40), and the disability levy of large employers.

use chrono::{Datelike as _, Days};
use gongzhi_core::catalog::Frequency;
use gongzhi_core::period::Period;
use rust_decimal::Decimal;

use super::business::insured;
use super::draft::{Draft, share};
use super::everyday::wage_fen;
use super::facts::COVERED_FROM;
use super::fill::spoken;
use super::random::Dice;
use super::settle::{Duty, settle};
use super::taxpayers::TOWNSHIPS;
use super::world::{Part, PlantedLead, World};

/// Everything about persons.
pub fn make(world: &mut World) {
    levies(world);
    key_groups(world);
    insurance(world);
    residents(world);
    on_request(world);
    earlier_buyers(world);
}

/// Persons who bought a home before the year: the treasury's books hold payments of persons in every year.
fn earlier_buyers(world: &mut World) {
    let mut dice = world.dice("earlier buyers");
    for year in COVERED_FROM.year()..world.year {
        for at in 0..world.scaled(40) {
            let month = u32::try_from(1 + at % 12).unwrap_or(1);
            let day = Period::Month(year, month).first_day() + Days::new(dice.below(28) as u64);
            let base_fen = dice.between(200_000, 900_000) * 100;
            let (person, number) = (world.add_person(&mut dice), world.next_receipt());
            let payment = Draft::default()
                .person("taxpayer", person)
                .text("tax_kind", "deed_tax")
                .text("tax_item", "房屋买卖")
                .day("period_from", day)
                .day("period_to", day)
                .fen("base", base_fen)
                .figure("rate", Decimal::new(1, 2))
                .fen("amount_yuan", share(base_fen, 1, 100))
                .text("payment_sort", "tax")
                .day("paid_on", day)
                .text("receipt_number", number)
                .text("authority", "652323");
            world.ledger.add_on("tax_payment.payment", Frequency::Month, day, payment);
        }
    }
}

/// What an employer does about the levy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Habit {
    /// Places as many as the law asks for, or more.
    Places,
    /// Pays so many hundredths.
    Pays(i64),
}

/// Employers of more than thirty, and a few of thirty who are exempt.
fn levies(world: &mut World) {
    let mut dice = world.dice("levies");
    let mut employers: Vec<usize> = Vec::new();
    for at in 0..world.local_count {
        if world.taxpayer(at).staff > 30 && world.taxpayer(at).closed_on.is_none() {
            employers.push(at);
        }
    }
    let leads = world.scaled(40);
    while employers.len() < leads + 3 {
        employers.push(world.draw(Part::LargeEmployer));
    }
    for (number, employer) in employers.into_iter().enumerate() {
        // The levy is that of the year before: it had its staff all that year.
        let latest = world.year_start() - Days::new(400);
        let opened_on = &mut world.taxpayers[employer].opened_on;
        *opened_on = (*opened_on).min(latest);
        let habit = match number {
            number if number < leads => Habit::Pays(if number % 4 == 0 { 50 } else { 0 }),
            number if number % 2 == 0 => Habit::Places,
            _ => Habit::Pays(100),
        };
        levy(world, employer, habit, &mut dice);
    }
    for _ in 0..world.scaled(30) {
        let employer = world.draw(Part::SmallEmployer);
        world.taxpayers[employer].staff = 30;
    }
}

fn levy(world: &mut World, employer: usize, habit: Habit, dice: &mut Dice) {
    let staff = world.taxpayer(employer).staff;
    // The law asks for 1.5 in a hundred; a person of the two worst degrees counts twice.
    let asked = (staff * 15 + 999) / 1_000;
    let persons = if habit == Habit::Places { asked } else { dice.between(0, (asked - 1).max(0)) };
    world.legible.insert(employer);
    let mut placed = 0;
    for at in 0..persons {
        let severe = at == 0 && dice.below(3) == 0;
        if severe && habit != Habit::Places && placed + 2 >= asked {
            break;
        }
        place(world, employer, severe, dice);
        placed += if severe { 2 } else { 1 };
    }
    let due_fen = due_fen(staff, placed, wage_fen(employer) * 12);
    let Habit::Pays(hundredths) = habit else { return };
    let period = Period::Year(world.year - 1);
    let mut duty = Duty::on_amount(employer, "disability_levy", (0, 0), period.last_day());
    duty.item = "残疾人就业保障金";
    duty.period = (period.first_day(), period.last_day());
    duty.base = Decimal::from(staff);
    duty.rate = Decimal::new(15, 3);
    duty.payable_fen = due_fen;
    duty.paid_on = period.last_day() + Days::new(95);
    let paid_fen = settle(world, &duty, hundredths);
    if due_fen - paid_fen > (due_fen / 100).max(10_000) {
        world.plant(PlantedLead {
            model: "fund/disability_levy",
            taxpayer: employer,
            day: period.first_day(),
            due_fen: Some(due_fen),
            paid_fen: Some(paid_fen),
        });
    }
}

/// (staff · 1.5 % − placed) · yearly wage, halved from one in a hundred on, else nine tenths.
fn due_fen(staff: i64, placed: i64, yearly_wage_fen: i64) -> i64 {
    let missing_thousandths = (staff * 15 - placed * 1_000).max(0);
    let tenths = if placed * 100 >= staff { 5 } else { 9 };
    share(yearly_wage_fen, missing_thousandths * tenths, 10_000)
}

fn place(world: &mut World, employer: usize, severe: bool, dice: &mut Dice) {
    let person = world.add_person(dice);
    let (kind, degree) = (dice.between(1, 7), if severe { dice.between(1, 2) } else { dice.between(3, 4) });
    let known = world.person(person).clone();
    for year in [world.year - 1, world.year] {
        let quarter = Period::Quarter(year, 1);
        let draft = Draft::default()
            .text("person_name", &known.name)
            .text("citizen_id", &known.citizen_id)
            .text("disability_certificate", format!("{}{kind}{degree}", known.citizen_id))
            .text("disability_kind", kind.to_string())
            .text("disability_degree", degree.to_string())
            .day("issued_day", world.year_start() - Days::new(900))
            .day("valid_to_day", world.year_start() + Days::new(2_700))
            .text("info_period", spoken(quarter));
        let employment = draft
            .clone()
            .party("employer", employer)
            .empty("military_certificate")
            .empty("military_degree")
            .day("contract_from_day", world.year_start() - Days::new(800))
            .day("contract_to_day", world.year_start() + Days::new(800))
            .fen("monthly_wage_yuan", 320_000)
            .whole("insured_months", 12);
        world.ledger.add("disability_employment.certificate", quarter, draft);
        world.ledger.add("disability_employment.employment", quarter, employment);
    }
}

/// Persons of the key groups (11) with the employers that hired them.
fn key_groups(world: &mut World) {
    let mut dice = world.dice("key groups");
    for at in 0..world.scaled(300) {
        let employer = world.any_local(&mut dice);
        let person = world.add_person(&mut dice);
        let known = world.person(person).clone();
        let quarter = Period::Quarter(world.year, u32::try_from(at % 4 + 1).unwrap_or(1));
        let draft = Draft::of("employer", employer)
            .text("person_name", known.name)
            .text("citizen_id", known.citizen_id)
            .text("certificate_number", format!("652323{at:010}"))
            .day("contract_from_day", quarter.first_day())
            .day("contract_to_day", quarter.first_day() + Days::new(730))
            .text("info_period", spoken(quarter));
        world.ledger.add("key_group_employment.person", quarter, draft);
    }
}

/// The insurance register (39), asked for once.
fn insurance(world: &mut World) {
    let mut dice = world.dice("insurance");
    let year = Period::Year(world.year);
    for _ in 0..world.scaled(400) {
        let employer = world.any_open_local(&mut dice);
        let taxpayer = world.taxpayer(employer);
        if world.insured.contains(&employer) || !super::everyday::has_payroll(taxpayer) {
            continue;
        }
        let (staff, opened_on) = (taxpayer.staff, taxpayer.opened_on);
        world.insured.insert(employer);
        world.ledger.add("insurance_enrolment.employer", year, insured(employer, staff, opened_on + Days::new(40)));
        let person = world.add_person(&mut dice);
        let known = world.person(person).clone();
        let employee = Draft::of("employer", employer)
            .text("person_name", known.name)
            .text("citizen_id", known.citizen_id)
            .text("personal_number", format!("65{person:010}"))
            .text("insurance_kind", "medical")
            .fen("base_yuan", wage_fen(employer))
            .day("enrolled_day", opened_on + Days::new(60))
            .empty("left_day")
            .text("enrolment_status", "normal");
        world.ledger.add("insurance_enrolment.employee", year, employee);
        let due_fen = share(staff * wage_fen(employer), 8, 100);
        let own_fen = share(staff * wage_fen(employer), 2, 100);
        let assessed = Draft::of("employer", employer)
            .text("insurance_kind", "medical")
            .text("fee_month", Period::Month(world.year, 6).to_string())
            .whole("insured_persons", staff)
            .fen("base_total_yuan", staff * wage_fen(employer))
            .fen("employer_part_yuan", due_fen)
            .fen("employee_part_yuan", own_fen)
            .fen("due_yuan", due_fen + own_fen);
        world.ledger.add("insurance_enrolment.assessed_employer", year, assessed);
    }
}

/// Residents: insured, assessed, unpaid (39 and 40).
fn residents(world: &mut World) {
    let mut dice = world.dice("residents");
    let year = Period::Year(world.year);
    for at in 0..world.scaled(700) {
        let person = world.add_person(&mut dice);
        let known = world.person(person).clone();
        let draft = Draft::default()
            .text("person_name", known.name)
            .text("citizen_id", known.citizen_id)
            .text("personal_number", format!("65{person:010}"))
            .whole("year", i64::from(world.year))
            .fen("due_yuan", 40_000)
            .text("village", world.names.village(&mut dice))
            .text("township", TOWNSHIPS[at % TOWNSHIPS.len()].1)
            .text("fee_month", Period::Month(world.year, 6).to_string())
            .empty("left_day");
        let kinds = match at % 6 {
            0 => ["resident_insurance.pension", "resident_pension"],
            1 => ["resident_insurance.medical", "resident_medical"],
            2 => ["resident_insurance.unpaid", "resident_medical"],
            3 => ["insurance_enrolment.resident", "resident_medical"],
            4 => ["insurance_enrolment.flexible", "enterprise_pension"],
            _ => ["insurance_enrolment.assessed_flexible", "enterprise_pension"],
        };
        world.ledger.add(kinds[0], year, draft.text("insurance_kind", kinds[1]).text("person_kind", "ordinary"));
    }
}

/// What is served on request only: marriages (9) and veterans (38).
fn on_request(world: &mut World) {
    let mut dice = world.dice("on request");
    let year = Period::Year(world.year);
    for at in 0..world.scaled(20) {
        let person = world.add_person(&mut dice);
        let known = world.person(person).clone();
        let month = u32::try_from(dice.between(1, 12)).unwrap_or(1);
        let draft = Draft::default()
            .text("person_name", known.name)
            .text("citizen_id", known.citizen_id)
            .text("request_number", format!("示例2b-{at:04}"))
            .day("registration_day", world.day_in(month, &mut dice))
            .day("discharge_day", world.day_in(month, &mut dice));
        let kind = if at % 2 == 0 { "marriage_registration.registration" } else { "veteran_employment.person" };
        world.ledger.add(kind, year, draft);
    }
}

#[cfg(test)]
mod tests {
    use super::due_fen;

    #[test]
    fn the_worked_figures_of_the_levy_come_out() {
        let wage_fen = 10_000_000;
        assert_eq!(due_fen(500, 2, wage_fen), 49_500_000);
        assert_eq!(due_fen(500, 5, wage_fen), 12_500_000);
        assert_eq!(due_fen(500, 7, wage_fen), 2_500_000);
        assert_eq!(due_fen(500, 8, wage_fen), 0);
    }
}
