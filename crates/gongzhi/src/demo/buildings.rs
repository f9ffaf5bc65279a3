//! Houses: sold, registered, pulled down, compensated (items 22 to 25), and state assets that change hands (31, 32).

use chrono::{Days, NaiveDate};
use gongzhi_core::catalog::Frequency;
use gongzhi_core::period::Period;
use rust_decimal::Decimal;

use super::draft::Draft;
use super::fill::{parcel, spoken};
use super::land::settle_stamp;
use super::random::Dice;
use super::settle::{Duty, settle};
use super::taxpayers::TOWNSHIPS;
use super::world::{Part, World};

/// Everything about houses and state assets.
pub fn make(world: &mut World) {
    company_transfers(world);
    home_transfers(world);
    condemned(world);
    developers(world);
    state_assets(world);
}

fn any_day(world: &World, dice: &mut Dice) -> NaiveDate {
    let month = u32::try_from(dice.between(1, 11)).unwrap_or(1);
    world.day(month, u32::try_from(dice.between(1, 20)).unwrap_or(1))
}

fn place(dice: &mut Dice) -> (&'static str, String) {
    let township = TOWNSHIPS[dice.below(TOWNSHIPS.len())].1;
    (township, format!("{township}示例路{}号示例楼{}室", dice.between(1, 900), dice.between(101, 2_309)))
}

fn transfer_draft(number: usize, (day, price_fen): (NaiveDate, i64), dice: &mut Dice) -> Draft {
    let (township, house) = place(dice);
    Draft::default()
        .text("admin_region", township)
        .text("house_certificate_number", format!("新（示例）呼图壁县不动产权第{number:07}号"))
        .text("house_place", house)
        .figure("floor_area_square_metres", Decimal::from(dice.between(60, 900)))
        .day("deal_day", day)
        .day("certificate_day", day + Days::new(6))
        .fen("price_yuan", price_fen)
        .flag("price_includes_tax", false)
        .text("parcel_number", parcel(dice))
}

/// Shops and offices sold between companies: both owe stamp tax.
fn company_transfers(world: &mut World) {
    let mut dice = world.dice("company houses");
    for at in 0..world.scaled(90) {
        let (seller, buyer) = (world.draw(Part::SmallEmployer), world.draw(Part::SmallEmployer));
        let day = any_day(world, &mut dice);
        let price_fen = dice.between(1_000_000, 9_000_000) * 100;
        let forgets = at % 9 == 0;
        settle_stamp(world, seller, (price_fen, 100), day);
        settle_stamp(world, buyer, (price_fen, if forgets { 0 } else { 100 }), day);
        let deed = Duty::on_amount(buyer, "deed_tax", (price_fen, 300), day).item("房屋买卖");
        settle(world, &deed, 100);
        let draft = transfer_draft(at, (day, price_fen), &mut dice)
            .party("seller", seller)
            .party("buyer", buyer)
            .text("house_use", if at % 2 == 0 { "commercial" } else { "office" });
        world.ledger.add_on("property_registration.transfer", Frequency::Month, day + Days::new(6), draft);
    }
}

/// Homes sold between persons: no stamp tax (财税〔2008〕137号), and persons are left out anyway.
fn home_transfers(world: &mut World) {
    let mut dice = world.dice("homes");
    for at in 0..world.scaled(1_800) {
        let (seller, buyer) = (world.add_person(&mut dice), world.add_person(&mut dice));
        let day = any_day(world, &mut dice);
        let price_fen = dice.between(120_000, 900_000) * 100;
        let draft = transfer_draft(1_000_000 + at, (day, price_fen), &mut dice)
            .person("seller", seller)
            .person("buyer", buyer)
            .text("house_use", "residential");
        world.ledger.add_on("property_registration.transfer", Frequency::Month, day + Days::new(6), draft);
    }
}

/// Dangerous houses, houses pulled down, and what was paid for them.
fn condemned(world: &mut World) {
    let mut dice = world.dice("condemned");
    for at in 0..world.scaled(120) {
        let owner = world.draw_or_absent(Part::SoleTrader, &mut dice);
        let day = any_day(world, &mut dice);
        let (township, house) = place(&mut dice);
        let certificate = format!("新（示例）呼图壁县不动产权第{:07}号", 3_000_000 + at);
        let common = Draft::of("owner", owner)
            .text("admin_region", township)
            .text("house_certificate_number", &certificate)
            .text("house_place", format!("{house}第{at}处"))
            .day("appraised_day", day)
            .day("demolished_day", day);
        let kind =
            if at % 2 == 0 { "property_registration.dangerous_house" } else { "property_registration.demolition" };
        world.ledger.add_on(kind, Frequency::Month, day, common);
        let compensation = Draft::of("beneficiary", owner)
            .text("admin_region", township)
            .text("house_certificate_number", certificate)
            .text("land_certificate_number", format!("呼国用示例{at}"))
            .fen("compensation_yuan", dice.between(80_000, 900_000) * 100)
            .day("received_day", day);
        world.ledger.add_on("house_demolition.compensation", Frequency::Quarter, day, compensation);
    }
}

/// Developers with their presale permits, stocks and contracts.
fn developers(world: &mut World) {
    let mut dice = world.dice("developers");
    let year = Period::Year(world.year);
    for at in 0..world.scaled(30) {
        let developer = world.draw_or_absent(Part::SmallEmployer, &mut dice);
        let township = TOWNSHIPS[dice.below(TOWNSHIPS.len())].1;
        let (project, permit) = (format!("示例花园{at}期"), format!("呼房预示例{at:04}号"));
        let location = format!("{township}示例路{}号", 100 + at);
        let common = || {
            Draft::of("developer", developer)
                .text("admin_region", township)
                .text("project_name", &project)
                .text("permit_number", &permit)
                .text("location", &location)
                .day("permit_day", world.day(2, 10))
        };
        let (suites, sold) = (dice.between(80, 300), dice.between(10, 70));
        let presale = common().whole("presale_suites", suites);
        let building = common().whole("sold_suites", sold).whole("unsold_suites", suites - sold);
        let stock = common()
            .text("planned_use", "residential")
            .whole("suites", suites)
            .whole("sold_suites", sold)
            .whole("saleable_suites", suites - sold)
            .whole("unsaleable_suites", 0)
            .figure("sold_area_square_metres", Decimal::from(sold * 100))
            .figure("saleable_area_square_metres", Decimal::from((suites - sold) * 100))
            .figure("unsaleable_area_square_metres", Decimal::ZERO)
            .empty("accepted_day")
            .text("info_period", spoken(Period::Quarter(world.year, 1)));
        world.ledger.add("real_estate_industry.presale_permit", year, presale);
        world.ledger.add("real_estate_industry.building", year, building);
        world.ledger.add("real_estate_sales.project_stock", Period::Quarter(world.year, 1), stock);
        for suite in 0..30 {
            let buyer = world.add_person(&mut dice);
            let day = any_day(world, &mut dice);
            let contract = Draft::of("developer", developer)
                .person("buyer", buyer)
                .text("admin_region", township)
                .text("location", &location)
                .text("house_number", format!("{}-{suite}", at + 1))
                .text("planned_use", "residential")
                .day("contract_day", day)
                .fen("price_yuan", dice.between(200_000, 900_000) * 100);
            world.ledger.add_on("real_estate_sales.contract", Frequency::Quarter, day, contract);
        }
    }
}

/// State assets sold and state enterprises rebuilt.
fn state_assets(world: &mut World) {
    let mut dice = world.dice("state assets");
    for at in 0..world.scaled(24) {
        let (seller, buyer) = (world.draw(Part::SmallEmployer), world.draw(Part::SmallEmployer));
        let day = any_day(world, &mut dice);
        let price_fen = dice.between(1_500_000, 9_000_000) * 100;
        settle_stamp(world, seller, (price_fen, 100), day);
        settle_stamp(world, buyer, (price_fen, if at % 6 == 5 { 0 } else { 100 }), day);
        let draft = Draft::of("transferor", seller)
            .party("transferee", buyer)
            .text("transfer_summary", format!("示例：第{at}宗土地使用权公开转让"))
            .day("transfer_day", day)
            .fen("listing_price_yuan", price_fen - 10_000_000)
            .fen("deal_price_yuan", price_fen)
            .text("object_sort", "land")
            .text("object_place", TOWNSHIPS[at % TOWNSHIPS.len()].1)
            .day("contract_day", day)
            .text("parcel_number", parcel(&mut dice));
        world.ledger.add_on("state_asset_transfer.transfer", Frequency::Month, day, draft);
    }
    for _ in 0..world.scaled(10) {
        let (former, successor) = (world.draw(Part::SmallEmployer), world.draw(Part::SmallEmployer));
        let day = any_day(world, &mut dice);
        let draft = Draft::of("former", former)
            .party("successor", successor)
            .text("restructuring_manner", "conversion")
            .day("restructured_day", day)
            .empty("representative_certificate_kind");
        world.ledger.add_on("state_enterprise_restructuring.restructuring", Frequency::Month, day, draft);
    }
}
