//! What the tax side knows of a project: the report of a builder from elsewhere, and the VAT it prepays.

use chrono::Days;
use gongzhi_core::catalog::Frequency;

use super::plan::{Builder, Project};
use crate::draft::{Draft, share};
use crate::random::Dice;
use crate::settle::{self, Prepayment};
use crate::world::{PlantedLead, World};

/// What the tax side knows: the report, and the VAT prepaid.
pub fn report_to_tax(world: &mut World, project: &Project, builder: Builder, dice: &mut Dice) {
    match builder {
        Builder::Local => {}
        Builder::Unreported => {
            world.plant(PlantedLead {
                model: "construction/contractor_without_report",
                taxpayer: project.builder,
                day: project.start_day,
                due_fen: None,
                paid_fen: None,
            });
            // Whoever is unknown here does not prepay here either.
            prepay(world, project, 0);
        }
        Builder::Near => report(world, project, dice),
        Builder::Far => {
            report(world, project, dice);
            prepay(world, project, 100);
        }
        Builder::Prepaying(hundredths) => {
            report(world, project, dice);
            if project.sort.paid_in().is_some() {
                prepay(world, project, hundredths);
            }
        }
    }
}

fn report(world: &mut World, project: &Project, dice: &mut Dice) {
    let reported_on = project.start_day + Days::new(dice.below(12) as u64);
    let seat = world.taxpayer(project.builder).seat;
    let draft = Draft::of("taxpayer", project.builder)
        .party("owner", project.owner)
        .text("report_number", format!("跨报{}{}", project.start_day.format("%Y"), &project.code))
        .text("home_authority", format!("国家税务总局{}税务局", seat.name))
        .text("home_region", seat.name)
        .text("project_code", &project.code)
        .text("project_name", &project.name)
        .text("contract_number", format!("示例合同{}", project.code))
        .fen("contract_amount_yuan", project.contract_fen)
        .day("contract_from", project.contract_day)
        .day("contract_to", project.finish_day)
        .text("work_region", "呼图壁县")
        .text("work_address", project.township)
        .text("manner", "建筑安装")
        .day("reported_on", reported_on)
        .day("checked_in_on", reported_on + Days::new(2))
        .day("valid_to", project.finish_day)
        .text("authority", "652323");
    world.ledger.add_on("cross_region_report.report", Frequency::Month, reported_on + Days::new(2), draft);
}

/// VAT prepaid on receipts: 2 % by the general method, 3 % by the simplified one, of the price without tax.
fn prepayment_of(project: &Project, received_fen: i64) -> i64 {
    match project.simplified {
        false => share(received_fen, 2, 109),
        true => share(received_fen, 3, 103),
    }
}

/// Prepays on so many hundredths of what was received; what is left out becomes a lead.
fn prepay(world: &mut World, project: &Project, hundredths: i64) {
    if project.sort.paid_in().is_none() {
        return;
    }
    let declared_fen = share(project.paid_fen, hundredths, 100);
    // Without any prepayment return the subcontracts are unknown: half of the receipts is the low end of the range.
    let base_fen = if hundredths == 0 { share(project.paid_fen, 1, 2) } else { project.paid_fen };
    let (due_fen, prepaid_fen) = (prepayment_of(project, base_fen), prepayment_of(project, declared_fen));
    let month = project.paid_month;
    if prepaid_fen > 0 {
        let prepaid = Prepayment {
            taxpayer: project.builder,
            sort: "construction",
            item: "建筑服务",
            project: &project.name,
            address: project.township.to_owned(),
            code: Some(&project.code),
            month,
            general: !project.simplified,
            rate: if project.simplified { 3 } else { 2 },
            amounts: (declared_fen, prepaid_fen),
        };
        settle::prepay(world, &prepaid);
    }
    if due_fen - prepaid_fen > (due_fen / 100).max(10_000) {
        world.plant(PlantedLead {
            model: "construction/prepayment",
            taxpayer: project.builder,
            day: month.first_day(),
            due_fen: Some(due_fen),
            paid_fen: Some(prepaid_fen),
        });
    }
}
