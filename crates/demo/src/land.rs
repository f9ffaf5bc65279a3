//! Land: grants, recoveries, transfers, changes, approvals (items 12 to 15), with deed, stamp and farmland tax.

use chrono::{Days, NaiveDate};
use gongzhi_core::catalog::Frequency;
use rust_decimal::Decimal;

use super::draft::Draft;
use super::dues::is_above_floor;
use super::fill::parcel;
use super::prices;
use super::random::Dice;
use super::settle::{Duty, settle};
use super::sources::{Land, Registered, hold_land};
use super::taxpayers::TOWNSHIPS;
use super::world::{Part, PlantedLead, World};

/// Deed tax on land grants in the region, in ten thousandths.
const DEED_RATE: i64 = 300;
/// Stamp tax on transfers of property rights, in ten thousandths.
const STAMP_RATE: i64 = 5;

/// What a taxpayer pays, in hundredths, and what it registers.
#[derive(Debug, Clone, Copy)]
struct Paid {
    deed: i64,
    stamp: i64,
    land: Registered,
}

const ALL: Paid = Paid { deed: 100, stamp: 100, land: Registered::Whole };

/// What the companies that leave land out of their sources do.
const UNREGISTERED: [Registered; 3] = [Registered::Nothing, Registered::Part(40), Registered::LowerGrade];

/// Everything about land.
pub fn make(world: &mut World) {
    grants(world);
    transfers(world);
    recoveries(world);
    changes(world);
}

fn any_month(dice: &mut Dice) -> u32 {
    u32::try_from(dice.between(1, 11)).unwrap_or(1)
}

/// Land sold by one company to another: both owe stamp tax, the buyer deed tax too.
fn transfers(world: &mut World) {
    let mut dice = world.dice("land transfers");
    for _ in 0..world.scaled(120) {
        let seller = world.draw_or_absent(Part::SmallEmployer, &mut dice);
        transfer(world, (seller, 100), ALL, &mut dice);
    }
    for at in 0..world.scaled(20) {
        let seller = world.draw(Part::SmallEmployer);
        let (sold, bought) = if at % 2 == 0 { (0, 100) } else { (100, 30) };
        transfer(world, (seller, sold), Paid { stamp: bought, ..ALL }, &mut dice);
    }
    for at in 0..world.scaled(20) {
        let seller = world.draw(Part::SmallEmployer);
        transfer(world, (seller, 100), Paid { deed: if at % 4 == 3 { 50 } else { 0 }, ..ALL }, &mut dice);
    }
    for at in 0..world.scaled(12) {
        let seller = world.draw(Part::SmallEmployer);
        transfer(world, (seller, 100), Paid { land: UNREGISTERED[at % 3], ..ALL }, &mut dice);
    }
}

fn transfer(world: &mut World, (seller, sold): (usize, i64), paid: Paid, dice: &mut Dice) {
    let buyer = world.draw(Part::SmallEmployer);
    let day = world.day_in(any_month(dice), dice);
    // Large enough that half of the stamp tax stands above the floor; prices as near each other as those of one use are.
    let area = dice.between(4_000, 30_000);
    let price_fen = area * prices::get("land", "06") * dice.between(86, 114);
    let deed = Duty::on_amount(buyer, "deed_tax", (price_fen, DEED_RATE), day).item("土地使用权出售");
    let deed_paid = settle(world, &deed, paid.deed);
    world.dues.add("deed/transfer", buyer, day, (deed.due_fen(), deed_paid));
    settle_stamp(world, seller, (price_fen, sold), day);
    settle_stamp(world, buyer, (price_fen, paid.stamp), day);
    let serial = dice.below(1_000_000);
    let land = land_of(world, buyer, (area, day + Days::new(20)), paid.land, dice);
    let draft = Draft::of("transferor", seller)
        .party("transferee", buyer)
        .text("admin_region", land.township)
        .text("land_certificate_number", format!("新（示例）呼图壁县不动产权第{serial:07}号"))
        .text("location", format!("{}示例路{}号", land.township, serial % 900))
        .figure("transfer_area_square_metres", Decimal::from(area))
        .day("transfer_day", day)
        .fen("price_yuan", price_fen)
        .flag("price_includes_tax", false)
        .text("land_use", "0601")
        .text("land_grade", land.grade.to_string())
        .text("contract_number", format!("转让示例{serial:06}"))
        .day("contract_day", day)
        .day("delivery_day", land.held_on)
        .text("belonging_month", gongzhi_core::period::Period::month_of(day).to_string())
        .text("parcel_number", land.parcel);
    world.ledger.add_on("land_transfer.transfer", Frequency::Month, day, draft);
}

/// A parcel that comes to a holder, as it registers it.
fn land_of(
    world: &mut World,
    holder: usize,
    (area, held_on): (i64, NaiveDate),
    registered: Registered,
    dice: &mut Dice,
) -> Land {
    // A lead lies where the tax is due, in a grade that has two below it.
    let omits = registered != Registered::Whole;
    let township = TOWNSHIPS[dice.below(if omits { 6 } else { 7 })].1;
    let grade = 1 + dice.below(if omits { 4 } else { 6 });
    let land = Land { holder, parcel: parcel(dice), township, area, grade, held_on };
    hold_land(world, &land, registered);
    land
}

/// Stamp tax of one party, with the lead that its missing part makes.
pub fn settle_stamp(world: &mut World, taxpayer: usize, (price_fen, hundredths): (i64, i64), day: NaiveDate) {
    let halved = world.taxpayer(taxpayer).is_halved();
    let stamp = stamp_of(taxpayer, price_fen, day).halved(halved);
    let paid_fen = settle(world, &stamp, hundredths);
    note(world, "stamp/land_and_property", (&stamp, paid_fen), day);
}

fn recoveries(world: &mut World) {
    let mut dice = world.dice("recoveries");
    for at in 0..world.scaled(60) {
        let holder = world.draw_or_absent(Part::SmallEmployer, &mut dice);
        let day = world.day_in(any_month(&mut dice), &mut dice);
        let township = TOWNSHIPS[dice.below(TOWNSHIPS.len())].1;
        let area = dice.between(500, 20_000);
        let draft = Draft::of("former_holder", holder)
            .party("land_user", holder)
            .text("admin_region", township)
            .text("land_certificate_number", format!("新（示例）呼图壁县不动产权第{:07}号", 5_000_000 + at))
            .text("recovery_document", format!("呼政函〔示例〕{at}号"))
            .text("location", format!("{township}示例路{}号", dice.between(1, 900)))
            .figure("area_square_metres", Decimal::from(area))
            .text("parcel_number", parcel(&mut dice))
            .day("recovery_day", day)
            .fen("compensation_yuan", area * 20_000);
        world.ledger.add_on("land_expropriation_grant.recovery", Frequency::Month, day, draft);
    }
}

fn changes(world: &mut World) {
    let mut dice = world.dice("land changes");
    for at in 0..world.scaled(150) {
        let holder = world.draw_or_absent(Part::SoleTrader, &mut dice);
        let day = world.day_in(any_month(&mut dice), &mut dice);
        let area = dice.between(300, 9_000);
        let land = land_of(world, holder, (area, day), Registered::Whole, &mut dice);
        let area = Decimal::from(area);
        let draft = Draft::of("land_user", holder)
            .party("holder_before", holder)
            .party("holder_after", holder)
            .text("admin_region", land.township)
            .text("land_certificate_number", format!("新（示例）呼图壁县不动产权第{:07}号", 6_000_000 + at))
            .text("change_matter", ["名称变更", "用途变更", "面积更正"][at % 3])
            .day("change_day", day)
            .text("land_use_before", "0601")
            .text("land_use_after", "0604")
            .text("parcel_number", land.parcel)
            .figure("area_before_square_metres", area)
            .figure("area_after_square_metres", area);
        world.ledger.add_on("land_change.change", Frequency::Month, day, draft);
    }
}

fn grants(world: &mut World) {
    let mut dice = world.dice("grants");
    for at in 0..world.scaled(150) {
        let part = if at % 9 == 0 { Part::Cooperative } else { Part::SmallEmployer };
        let grantee = world.draw_or_absent(part, &mut dice);
        grant(world, grantee, ALL, &mut dice);
    }
    for at in 0..world.scaled(40) {
        let grantee = world.draw(Part::SmallEmployer);
        let deed = if at % 4 == 3 { 50 } else { 0 };
        grant(world, grantee, Paid { deed, ..ALL }, &mut dice);
    }
    for _ in 0..world.scaled(25) {
        let grantee = world.draw(Part::SmallEmployer);
        grant(world, grantee, Paid { stamp: 0, ..ALL }, &mut dice);
    }
    for at in 0..world.scaled(28) {
        let grantee = world.draw(Part::SmallEmployer);
        grant(world, grantee, Paid { land: UNREGISTERED[at % 3], ..ALL }, &mut dice);
    }
    for _ in 0..world.scaled(30) {
        let body = world.draw(Part::PublicBody);
        allotment(world, body, &mut dice);
    }
}

/// A grant for money, with what the grantee pays of its taxes.
fn grant(world: &mut World, grantee: usize, paid: Paid, dice: &mut Dice) {
    let day = world.day_in(any_month(dice), dice);
    let area = dice.between(2_000, 60_000);
    let price_fen = (area * dice.between(80, 420) * 100).max(100_000_000);
    let fee_fen = if dice.below(3) == 0 { price_fen / 20 } else { 0 };
    let deed = Duty::on_amount(grantee, "deed_tax", (price_fen + fee_fen, DEED_RATE), day).item("土地使用权出让");
    let deed_paid = settle(world, &deed, paid.deed);
    note(world, "deed/land_grant", (&deed, deed_paid), day);
    settle_stamp(world, grantee, (price_fen, paid.stamp), day);
    let land = land_of(world, grantee, (area, day + Days::new(30)), paid.land, dice);
    let draft = grant_draft(&land, day, dice)
        .party("grantee", grantee)
        .text("manner", ["listing", "auction", "tender", "agreement"][dice.below(4)])
        .fen("price_yuan", price_fen)
        .fen("infrastructure_fee_yuan", fee_fen);
    world.ledger.add_on("land_expropriation_grant.grant", Frequency::Month, day, draft);
}

/// Land allotted to a public body: no price, no deed tax.
fn allotment(world: &mut World, body: usize, dice: &mut Dice) {
    let day = world.day_in(any_month(dice), dice);
    let area = dice.between(2_000, 30_000);
    let land = land_of(world, body, (area, day + Days::new(30)), Registered::Whole, dice);
    let draft = grant_draft(&land, day, dice)
        .party("grantee", body)
        .text("manner", "allotment")
        .fen("price_yuan", 0)
        .fen("infrastructure_fee_yuan", 0);
    world.ledger.add_on("land_expropriation_grant.grant", Frequency::Month, day, draft);
}

fn grant_draft(land: &Land, day: NaiveDate, dice: &mut Dice) -> Draft {
    let serial = dice.below(1_000_000);
    Draft::default()
        .text("admin_region", land.township)
        .text("location", format!("{}示例路{}号地块", land.township, serial % 997))
        .figure("area_square_metres", Decimal::from(land.area))
        .text("parcel_number", &land.parcel)
        .text("land_certificate_number", format!("新（示例）呼图壁县不动产权第{:07}号", 7_000_000 + serial))
        .text("contract_number", format!("呼土出〔示例〕{serial:06}号"))
        .text("project_name", format!("示例产业项目{serial:06}"))
        .day("contract_day", day)
        .day("delivery_day", land.held_on)
        .text("land_use", ["0601", "0604", "0501", "0701"][dice.below(4)])
        .text("land_grade", land.grade.to_string())
        .text("term", "50")
}

/// Stamp tax of one party to a transfer of property rights.
fn stamp_of(taxpayer: usize, price_fen: i64, day: NaiveDate) -> Duty {
    Duty::on_amount(taxpayer, "stamp_tax", (price_fen, STAMP_RATE), day).item("产权转移书据")
}

/// A lead, when the gap is above the floors of all models.
pub fn note(world: &mut World, model: &'static str, (duty, paid_fen): (&Duty, i64), day: NaiveDate) {
    if !is_above_floor(duty.due_fen(), paid_fen) {
        return;
    }
    world.plant(PlantedLead {
        model,
        taxpayer: duty.taxpayer,
        day,
        due_fen: Some(duty.due_fen()),
        paid_fen: Some(paid_fen),
    });
}
