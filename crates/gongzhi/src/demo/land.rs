//! Land: grants, recoveries, transfers, changes, approvals (items 12 to 15), with deed, stamp and farmland tax.

use chrono::{Days, NaiveDate};
use gongzhi_core::catalog::Frequency;
use rust_decimal::Decimal;

use super::draft::Draft;
use super::fill::parcel;
use super::random::Dice;
use super::settle::{Duty, settle};
use super::taxpayers::TOWNSHIPS;
use super::world::{Part, PlantedLead, World};

/// Deed tax on land grants in the region, in ten thousandths.
const DEED_RATE: i64 = 300;
/// Stamp tax on transfers of property rights, in ten thousandths.
const STAMP_RATE: i64 = 5;

/// What a taxpayer leaves unpaid, in hundredths paid of (deed tax, stamp tax).
#[derive(Debug, Clone, Copy)]
struct Paid {
    deed: i64,
    stamp: i64,
}

const ALL: Paid = Paid { deed: 100, stamp: 100 };

/// Everything about land.
pub fn make(world: &mut World) {
    grants(world);
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
        grant(world, grantee, Paid { deed, stamp: 100 }, &mut dice);
    }
    for _ in 0..world.scaled(25) {
        let grantee = world.draw(Part::SmallEmployer);
        grant(world, grantee, Paid { deed: 100, stamp: 0 }, &mut dice);
    }
    for _ in 0..world.scaled(30) {
        let body = world.draw(Part::PublicBody);
        allotment(world, body, &mut dice);
    }
}

/// A grant for money, with what the grantee pays of its taxes.
fn grant(world: &mut World, grantee: usize, paid: Paid, dice: &mut Dice) {
    let month = u32::try_from(dice.between(1, 11)).unwrap_or(1);
    let day = world.day_in(month, dice);
    let area = dice.between(2_000, 60_000);
    let price_fen = area * dice.between(80, 420) * 100;
    let fee_fen = if dice.below(3) == 0 { price_fen / 20 } else { 0 };
    let deed = Duty::on_amount(grantee, "deed_tax", (price_fen + fee_fen, DEED_RATE), day).item("土地使用权出让");
    let halved = world.taxpayer(grantee).is_halved();
    let stamp = stamp_of(grantee, price_fen, day).halved(halved);
    let deed_paid = settle(world, &deed, paid.deed);
    let stamp_paid = settle(world, &stamp, paid.stamp);
    note(world, "deed/land_grant", (&deed, deed_paid), day);
    note(world, "stamp/land_and_property", (&stamp, stamp_paid), day);
    let draft = grant_draft((area, day), dice)
        .party("grantee", grantee)
        .text("manner", ["listing", "auction", "tender", "agreement"][dice.below(4)])
        .fen("price_yuan", price_fen)
        .fen("infrastructure_fee_yuan", fee_fen);
    world.ledger.add_on("land_expropriation_grant.grant", Frequency::Month, day, draft);
}

/// Land allotted to a public body: no price, no deed tax.
fn allotment(world: &mut World, body: usize, dice: &mut Dice) {
    let month = u32::try_from(dice.between(1, 11)).unwrap_or(1);
    let day = world.day_in(month, dice);
    let area = dice.between(2_000, 30_000);
    let draft = grant_draft((area, day), dice)
        .party("grantee", body)
        .text("manner", "allotment")
        .fen("price_yuan", 0)
        .fen("infrastructure_fee_yuan", 0);
    world.ledger.add_on("land_expropriation_grant.grant", Frequency::Month, day, draft);
}

fn grant_draft((area, day): (i64, NaiveDate), dice: &mut Dice) -> Draft {
    let serial = dice.below(1_000_000);
    let township = TOWNSHIPS[dice.below(TOWNSHIPS.len())].1;
    Draft::default()
        .text("admin_region", township)
        .text("location", format!("{township}示例路{}号地块", serial % 997))
        .figure("area_square_metres", Decimal::from(area))
        .text("parcel_number", parcel(dice))
        .text("contract_number", format!("呼土出〔示例〕{serial:06}号"))
        .text("project_name", format!("示例产业项目{serial:06}"))
        .day("contract_day", day)
        .day("delivery_day", day + Days::new(30))
        .text("land_use", ["0601", "0604", "0501", "0701"][dice.below(4)])
        .text("land_grade", ["1", "2", "3", "4"][dice.below(4)])
        .text("term", "50")
}

/// Stamp tax of one party to a transfer of property rights.
fn stamp_of(taxpayer: usize, price_fen: i64, day: NaiveDate) -> Duty {
    Duty::on_amount(taxpayer, "stamp_tax", (price_fen, STAMP_RATE), day).item("产权转移书据")
}

/// A lead, when the gap is above the floors of all models.
fn note(world: &mut World, model: &'static str, (duty, paid_fen): (&Duty, i64), day: NaiveDate) {
    let gap = duty.due_fen() - paid_fen;
    if gap <= (duty.due_fen() / 100).max(10_000) {
        return;
    }
    world.plant(PlantedLead {
        model,
        taxpayer: duty.taxpayer,
        period: gongzhi_core::period::Period::month_of(day).to_string(),
        due_fen: Some(duty.due_fen()),
        paid_fen: Some(paid_fen),
    });
}
