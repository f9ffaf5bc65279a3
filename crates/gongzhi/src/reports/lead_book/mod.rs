//! `leads.xlsx`: what an analyst opens. A summary, then a sheet for each model that has leads, ranked, then what is open and
//! no lead (out of time, declared and unpaid), then every row of evidence with its file, sheet and cell.

mod book;
mod columns;
mod evidence;
mod figures;
mod model_sheet;
mod notices;
mod summary;

use std::path::Path;

use gongzhi_core::leads::NoticeSort;
use gongzhi_core::problems::ActError;
use gongzhi_engine::model_run::ModelReport;
use gongzhi_engine::workbook::{Cell, TableBook};

use super::found::RunFound;
use book::LeadBook;
use columns::columns_of;

/// Writes the workbook.
pub fn write_leads(run: &RunFound<'_>, path: &Path) -> Result<(), ActError> {
    let book = LeadBook { say: run.say, catalog: run.catalog, places: run.places, numbers: run.numbers };
    let mut workbook = TableBook::new(run.as_of)?;
    workbook.add_table(&book.summary_head(run), book.summary_rows(run))?;
    for report in run.reports {
        let Some(model) = run.models.models.get(&report.model) else { continue };
        let leads = run.ranked(&report.model);
        if leads.is_empty() {
            continue;
        }
        let columns = columns_of(model);
        let rows = leads
            .iter()
            .map(|(rank, lead)| columns.iter().map(|column| book.lead_cell(*column, *rank, (model, lead))).collect());
        workbook.add_table(&book.model_head((model, columns), leads), rows)?;
    }
    let name_of = |report: &ModelReport| {
        let model = run.models.models.get(&report.model);
        model.map_or_else(|| report.model.clone(), |model| book.text(&model.name))
    };
    let reports = run.reports;
    let models = &run.models.models;
    let figures = reports.iter().flat_map(|report| {
        let uses = models.get(&report.model).map_or(&[][..], |model| &model.parameters);
        book.figure_rows((&name_of(report), uses), &report.leads)
    });
    workbook.add_table(&book.figures_head(), figures)?;
    for sort in NoticeSort::ALL {
        let rows: Vec<Vec<Cell>> =
            reports.iter().flat_map(|report| book.notice_rows(&name_of(report), report, *sort)).collect();
        if !rows.is_empty() {
            workbook.add_table(&book.notice_head(*sort), rows)?;
        }
    }
    let evidence = reports.iter().flat_map(|report| {
        let name = name_of(report);
        let leads = run.ranked(&report.model).iter();
        leads.flat_map(|lead| book.evidence_rows(&name, *lead)).collect::<Vec<_>>()
    });
    workbook.add_table(&book.evidence_head(), evidence)?;
    Ok(workbook.save(path)?)
}
