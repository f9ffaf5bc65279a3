//! What the offices that follow a project say of it, quarter by quarter.

use chrono::Days;
use gongzhi_core::period::Period;
use gongzhi_core::values::RowAction;

use super::plan::{Project, Sort};
use crate::draft::{Draft, share};
use crate::fill::spoken;
use crate::random::Dice;
use crate::world::World;

/// Rows of the offices that follow the project: it appears, and once it is paid it changes.
pub fn report_by_office(world: &mut World, project: &Project, dice: &mut Dice) {
    let kinds: &[&'static str] = match project.sort {
        Sort::Municipal => &["investment_approval.project", "municipal_project.project"],
        Sort::Highway => &["investment_approval.project", "highway_project.project"],
        Sort::Water => &["investment_approval.project", "water_project.project"],
        Sort::Industry => {
            &["investment_approval.project", "investment_progress.progress", "construction_filing.project"]
        }
        Sort::RealEstate => &["real_estate_approval.project"],
        Sort::Agriculture => &["agricultural_project.project"],
    };
    let begun = Period::quarter_of(project.start_day);
    let paid = Period::quarter_of(project.paid_month.first_day());
    for kind in kinds {
        let pays = project.sort.paid_in() == Some(*kind);
        if !pays || paid != begun {
            world.ledger.add(kind, begun, row(project, begun, (0, 0), dice));
        }
        if pays {
            let action = if paid == begun { RowAction::Add } else { RowAction::Change };
            let amounts = (project.paid_fen, project.paid_fen);
            world.ledger.add(kind, paid, row(project, paid, amounts, dice).action(action));
        }
        // The next quarter's row takes the place of the one that says what was paid.
        if let Period::Quarter(year, quarter @ 1..=3) = paid
            && pays
        {
            let next = Period::Quarter(year, quarter + 1);
            world.ledger.add(kind, next, row(project, next, (0, project.paid_fen), dice).action(RowAction::Change));
        }
    }
}

/// What an office says of a project in a quarter: paid in it, and in all.
fn row(project: &Project, quarter: Period, (paid_fen, total_fen): (i64, i64), dice: &mut Dice) -> Draft {
    let draft = Draft::of("owner", project.owner)
        .party("builder", project.builder)
        .text("admin_region", project.township)
        .text("project_code", &project.code)
        .text("project_name", &project.name)
        .fen("total_investment_yuan", share(project.contract_fen, 13, 10))
        .fen("project_cost_yuan", share(project.contract_fen, 11, 10))
        .fen("bid_amount_yuan", project.contract_fen)
        .fen("contract_amount_yuan", project.contract_fen)
        .flag("contract_tax_included", true)
        .text("vat_method", if project.simplified { "simplified" } else { "general" })
        .text("location", format!("{}示例工地{}", project.township, dice.between(1, 99)))
        .day("contract_day", project.contract_day)
        .day("award_day", project.contract_day)
        .day("approval_day", project.contract_day - Days::new(60))
        .day("permit_day", project.start_day - Days::new(5))
        .day("start_day", project.start_day)
        .day("finish_day", project.finish_day)
        .fen("paid_in_period_yuan", paid_fen)
        .fen("paid_total_yuan", total_fen)
        .fen("funds_in_place_yuan", share(project.contract_fen, 6, 10))
        .fen("annual_plan_yuan", share(project.contract_fen, 7, 10))
        .empty("accepted_day")
        .empty("final_account_yuan")
        .empty("settlement_yuan")
        .empty("settlement_day")
        .empty("final_account_day")
        .text("info_period", spoken(quarter));
    let draft = if dice.below(3) == 0 { draft.party("investor", project.owner) } else { draft };
    if project.exact { draft.exact() } else { draft }
}
