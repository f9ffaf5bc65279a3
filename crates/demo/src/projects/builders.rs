//! The list of builders that the housing office keeps.

use chrono::Days;
use gongzhi_core::period::Period;

use crate::draft::{Draft, Who};
use crate::taxpayers::{COUNTY, TOWNSHIPS};
use crate::world::World;

/// Sheets that name the builder of a project.
const WITH_BUILDERS: [(&str, &str); 5] = [
    ("construction_permit", "construction_permit"),
    ("highway_project", "project"),
    ("municipal_project", "project"),
    ("water_project", "project"),
    ("agricultural_project", "project"),
];

/// The housing office's list of builders: all of them in January, new ones later. It says where each is seated.
pub fn list_builders(world: &mut World) {
    let mut listed: Vec<(usize, Period, bool)> = Vec::new();
    for ((item, period), kinds) in &world.ledger.sets {
        let Some((_, kind)) = WITH_BUILDERS.iter().find(|(named, _)| named == item) else { continue };
        for draft in kinds.get(kind).into_iter().flatten() {
            let builder = draft.parties.iter().find(|(party, _)| *party == "builder");
            if let Some((_, Who::Taxpayer(builder))) = builder
                && !listed.iter().any(|(known, ..)| known == builder)
            {
                listed.push((*builder, *period, draft.exact_identity));
            }
        }
    }
    for (builder, period, exact) in listed {
        let taxpayer = world.taxpayer(builder);
        let here = taxpayer.seat.region == COUNTY;
        let draft = Draft::of("builder", builder)
            .text("admin_region", TOWNSHIPS[taxpayer.township].1)
            .flag("from_outside", !here)
            .day("filing_day", period.first_day() + Days::new(10))
            .text("seat_region", taxpayer.seat.name)
            .text("registered_address", format!("{}示例路", taxpayer.seat.name))
            .text("qualification", "建筑工程施工总承包三级");
        let draft = if exact { draft.exact() } else { draft };
        world.ledger.add("construction_permit.builder", period, draft);
    }
}
