//! Stamp tax on building contracts: whoever is seated here, owner or builder, owes it.

use chrono::{Days, NaiveDate};
use gongzhi_core::period::Period;

use super::settle::{Duty, settle};
use super::taxpayers::{COUNTY, Registration, Subject};
use super::world::World;

/// Stamp tax on building contracts, in ten thousandths.
const RATE: i64 = 3;

/// Declares one party's stamp tax of the contract with the quarter's return, and pays so many hundredths of it.
pub fn settle_contract(world: &mut World, party: usize, (contract_fen, day): (i64, NaiveDate), hundredths: i64) {
    let taxpayer = world.taxpayer(party);
    let seated_here = taxpayer.seat.region == COUNTY && taxpayer.registration == Registration::Registered;
    if !seated_here {
        return;
    }
    // A body that is no VAT payer by its kind may count as small-scale: the low end of its range is half.
    let halved = taxpayer.is_halved() || taxpayer.subject == Subject::PublicBody;
    let quarter = Period::quarter_of(day);
    let mut duty = Duty::on_amount(party, "stamp_tax", (contract_fen, RATE), day).item("建设工程合同").halved(halved);
    duty.period = (quarter.first_day(), quarter.last_day());
    duty.paid_on = quarter.last_day() + Days::new(10);
    let paid_fen = settle(world, &duty, hundredths);
    world.dues.add("stamp/construction_contract", party, day, (duty.due_fen(), paid_fen));
}
