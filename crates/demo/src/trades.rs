//! Trades with items of their own: sand pits (16), driving schools (8), bank accounts (30), premiums on the tax side.

use chrono::Days;
use gongzhi_core::period::Period;
use rust_decimal::Decimal;

use super::draft::Draft;
use super::fill::spoken;
use super::sources::LAND_FEN;
use super::taxpayers::TOWNSHIPS;
use super::world::{Part, World};

/// Everything about these trades.
pub fn make(world: &mut World) {
    sand(world);
    schools(world);
    accounts(world);
    grades(world);
}

fn sand(world: &mut World) {
    let mut dice = world.dice("sand");
    for at in 0..world.scaled(25) {
        let holder = world.draw_or_absent(Part::SmallEmployer, &mut dice);
        for month in (1..=12).map(|month| Period::Month(world.year, month)) {
            let quantity = dice.between(500, 20_000);
            let draft = Draft::of("registrant", holder)
                .text("permit_number", format!("C6523{}示例{at:04}", world.year))
                .text("resource_name", "建筑用砂")
                .text("info_period", spoken(month))
                .text("admin_region", TOWNSHIPS[at % TOWNSHIPS.len()].1)
                .figure("mined_quantity", Decimal::from(quantity))
                .figure("permitted_quantity", Decimal::from(30_000))
                .text("quantity_unit", "cubic_metre");
            world.ledger.add("mining_output.output", month, draft);
        }
    }
}

fn schools(world: &mut World) {
    let mut dice = world.dice("driving schools");
    let year = Period::Year(world.year);
    for _ in 0..world.scaled(6) {
        let school = world.draw(Part::SmallEmployer);
        let draft = Draft::of("school", school).text("vehicle_class", "C1").fen("fee_yuan", 380_000);
        world.ledger.add("driving_school.school", year, draft.clone().text("info_period", spoken(year)));
        let enrolled = dice.between(60, 400);
        let training = draft
            .text("info_period", spoken(year))
            .whole("enrolled_count", enrolled)
            .whole("passed_count", enrolled * 8 / 10)
            .whole("licensed_count", enrolled * 7 / 10);
        world.ledger.add("driving_school.training", year, training);
        let person = world.add_person(&mut dice);
        let known = world.person(person).clone();
        let lost = Draft::of("enterprise", school)
            .text("person_name", known.name)
            .text("citizen_id", known.citizen_id)
            .text("info_period", spoken(year));
        world.ledger.add("driving_school.lost_contact", year, lost);
    }
}

/// Accounts, asked for one taxpayer at a time; all of them were reported to tax in time.
fn accounts(world: &mut World) {
    let mut dice = world.dice("accounts");
    let year = Period::Year(world.year);
    for at in 0..world.scaled(40) {
        let holder = world.draw(Part::SmallEmployer);
        let month = u32::try_from(dice.between(1, 11)).unwrap_or(1);
        let opened = world.day_in(month, &mut dice);
        let number = format!("6500000000{at:06}");
        let account = Draft::of("holder", holder)
            .text("bank", "示例银行呼图壁支行")
            .text("account_number", &number)
            .text("account_sort", "general")
            .day("opened_day", opened)
            .empty("closed_day")
            .text("account_status", "正常")
            .text("info_period", spoken(year));
        world.ledger.add("bank_account.account", year, account);
        let movement = Draft::of("holder", holder)
            .text("instrument_number", format!("示例协查{at}号"))
            .text("account_number", &number)
            .text("transaction_number", format!("示例{at:08}"))
            .day("transaction_day", opened + Days::new(20))
            .text("direction", "收")
            .fen("amount_yuan", dice.between(10, 900) * 10_000)
            .text("info_period", spoken(year));
        world.ledger.add("bank_account.movement", year, movement);
        let reported = Draft::of("taxpayer", holder)
            .text("bank", "示例银行呼图壁支行")
            .text("account_last_four", &number[number.len() - 4..])
            .text("account_sort", "general")
            .day("opened_on", opened)
            .day("reported_on", opened + Days::new(9));
        world.ledger.add("reported_account.account", year, reported);
    }
}

/// The land use tax grades of the county, as the tax bureau keeps them.
fn grades(world: &mut World) {
    let year = Period::Year(world.year);
    for (at, (zone, fen)) in
        ["县城中心", "县城外围", "县城边缘", "建制镇中心", "建制镇外围", "工矿区"].into_iter().zip(LAND_FEN).enumerate()
    {
        let draft = Draft::default()
            .text("admin_region", "呼图壁县")
            .text("zone_name", zone)
            .text("land_grade", (at + 1).to_string())
            .fen("yuan_per_square_metre", fen)
            .day("valid_from", world.day(1, 1));
        world.ledger.add("land_grade.zone", year, draft);
    }
}
