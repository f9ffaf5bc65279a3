//! Coal mines (item 4) and the resource tax on what left them.

use chrono::Days;
use gongzhi_core::period::Period;
use rust_decimal::Decimal;

use super::draft::{Draft, share};
use super::fill::spoken;
use super::prices;
use super::random::Dice;
use super::settle::{Duty, settle};
use super::world::{Part, World};

/// Resource tax on coal, in hundredths: the demonstration layer's figure.
const RATE: i64 = 6;
/// The county's mean price at the pit without VAT, in fen; every mine's is near it.
fn county_fen() -> i64 {
    prices::get("coal", "pit") * 100
}

/// A mine.
#[derive(Debug, Clone, Copy)]
struct Mine {
    enterprise: usize,
    /// Stock at the end of the quarter before, in tonnes.
    stock: i64,
    /// Two quarters for which so many hundredths are paid.
    omits: Option<([u32; 2], i64)>,
}

/// Mines that settle every quarter, and mines that leave two quarters out.
pub fn make(world: &mut World) {
    let mut dice = world.dice("coal");
    let settled = world.scaled(8);
    let omitting = world.scaled(40).div_ceil(2);
    let mut mines: Vec<Mine> = (0..settled + omitting)
        .map(|at| Mine {
            enterprise: world.draw(Part::SmallEmployer),
            stock: dice.between(2_000, 20_000),
            omits: at.checked_sub(settled).map(|at| ([[1, 3], [2, 4]][at % 2], if at % 4 == 3 { 60 } else { 0 })),
        })
        .collect();
    for quarter in 1..=4 {
        let period = Period::Quarter(world.year, quarter);
        let mined: i64 = mines.iter_mut().map(|mine| report(world, mine, period, &mut dice)).sum();
        let total = Draft::default()
            .text("admin_region", "呼图壁县")
            .text("info_period", spoken(period))
            .figure("output_tonnes", Decimal::from(mined))
            .figure("mined_tonnes", Decimal::from(mined))
            .fen("pit_price_yuan", share(county_fen(), 113, 100))
            .fen("pit_price_without_tax_yuan", county_fen())
            .flag("quantities_cumulative", false);
        world.ledger.add("coal_output.county_total", period, total);
    }
}

/// A mine's row of a quarter with its tax; gives the tonnes raised.
fn report(world: &mut World, mine: &mut Mine, period: Period, dice: &mut Dice) -> i64 {
    let mined = dice.between(20_000, 90_000);
    let (opening, closing) = (mine.stock, dice.between(2_000, 20_000));
    mine.stock = closing;
    let own_use = if dice.below(3) == 0 { dice.between(500, 4_000) } else { 0 };
    // What is raised and neither laid up nor used in further processing left the mine.
    let taxed = (mined - (closing - opening) - own_use).max(0);
    let price_fen = county_fen() + dice.between(-25, 25) * 100;
    let draft = Draft::of("enterprise", mine.enterprise)
        .text("mine_name", format!("示例{}号煤矿", mine.enterprise))
        .text("info_period", spoken(period))
        .text("admin_region", "雀尔沟镇")
        .figure("capacity_tonnes", Decimal::from(450_000))
        .figure("mined_tonnes", Decimal::from(mined))
        .figure("opening_stock_tonnes", Decimal::from(opening))
        .figure("closing_stock_tonnes", Decimal::from(closing))
        .figure("own_use_tonnes", Decimal::from(own_use))
        .figure("sold_tonnes", Decimal::from(taxed))
        .fen("sales_amount_yuan", taxed * price_fen)
        .empty("transport_yuan")
        .empty("washed_sold_tonnes")
        .empty("washed_sales_yuan")
        .fen("pit_price_yuan", share(price_fen, 113, 100))
        .fen("pit_price_without_tax_yuan", price_fen)
        .flag("quantities_cumulative", false);
    world.ledger.add("coal_output.mine", period, draft);
    pay(world, mine, period, taxed * price_fen);
    mined
}

fn pay(world: &mut World, mine: &Mine, period: Period, sales_fen: i64) {
    let Period::Quarter(_, quarter) = period else { return };
    let hundredths = match mine.omits {
        Some((quarters, hundredths)) if quarters.contains(&quarter) => hundredths,
        _ => 100,
    };
    let halved = world.taxpayer(mine.enterprise).is_halved();
    let mut duty = Duty::on_amount(mine.enterprise, "resource_tax", (sales_fen, RATE * 100), period.last_day());
    duty.item = "煤";
    duty.period = (period.first_day(), period.last_day());
    duty.paid_on = period.last_day() + Days::new(9);
    let duty = duty.halved(halved);
    let paid_fen = settle(world, &duty, hundredths);
    world.dues.add("resource/coal", mine.enterprise, period.first_day(), (duty.due_fen(), paid_fen));
}
