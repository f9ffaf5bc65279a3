//! What a run leaves: files for people and files for programs, in orders that do not depend on which thread was faster.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use chrono::NaiveDate;
use gongzhi_core::leads::{Lead, OtherPayment};
use gongzhi_core::messages::Translator;
use gongzhi_core::problems::{ActError, OfFile as _};
use gongzhi_core::state::VisibleBatches;
use gongzhi_engine::pending::{WholeFile, write_whole};
use gongzhi_engine::tables::EvidencePlace;
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json, json};

use super::comparing::Compared;
use super::identities::Identified;
use super::order::{RunContext, RunOrder};
use super::taking_in::TakenFolder;
use crate::reports;
use crate::reports::found::{FilesFound, QueuedName, RunFound};
use crate::reports::places::Places;

/// A step and what it took.
#[derive(Debug, Clone)]
pub struct Step {
    /// Name.
    pub name: &'static str,
    /// Seconds.
    pub seconds: f64,
    /// What it counted.
    pub counts: Vec<(&'static str, u64)>,
}

impl Step {
    /// A step that ends now.
    pub fn new(name: &'static str, started: Instant, counts: &[(&'static str, u64)]) -> Self {
        Self { name, seconds: started.elapsed().as_secs_f64(), counts: counts.to_vec() }
    }
}

/// Everything there is to tell.
pub struct RunResult<'a> {
    /// What the run was told.
    pub order: &'a RunOrder,
    /// What it was given.
    pub context: &'a RunContext<'a>,
    /// What became of the files.
    pub taken: &'a TakenFolder,
    /// Who is meant.
    pub identified: &'a Identified,
    /// What was found.
    pub compared: Compared,
    /// Where it stood.
    pub told: Places,
    /// The batches that count.
    pub visible: &'a VisibleBatches,
    /// The day each file of the folder came, by its name.
    pub received: BTreeMap<String, NaiveDate>,
    /// Somebody confirmed what the tax side covers.
    pub has_coverage: bool,
}

/// Leads with their rank: the greatest gap first that payments under another item or period can't explain, then certain
/// before probable, then by code and period.
pub fn rank(leads: &[Lead]) -> Vec<(u64, &Lead)> {
    let mut ranked: Vec<&Lead> = leads.iter().collect();
    ranked.sort_by(|a, b| {
        (b.unexplained(), b.gap, b.confidence)
            .cmp(&(a.unexplained(), a.gap, a.confidence))
            .then_with(|| (&a.taxpayer, &a.period).cmp(&(&b.taxpayer, &b.period)))
    });
    ranked.into_iter().enumerate().map(|(at, lead)| (at as u64 + 1, lead)).collect()
}

/// A file of the results, opened for writing; it is there once it is finished.
pub fn create(out: &Path, name: &str) -> Result<WholeFile, ActError> {
    let path = out.join(name);
    WholeFile::create(&path).of_file(&path)
}

/// Writes `leads.xlsx`, `identity.xlsx`, `units.xlsx` and `report.html`.
pub fn write_for_people(result: &RunResult<'_>) -> Result<(), ActError> {
    reports::write_for_people(&found_by(result), &result.order.out)
}

/// What the files for people are made of.
fn found_by<'a>(result: &'a RunResult<'_>) -> RunFound<'a> {
    let queue = result.identified.queue.iter().map(|(subject, queued)| {
        let (file, sheet, row) = &queued.first;
        QueuedName {
            subject,
            name: &queued.name,
            code: &queued.code,
            found: &queued.found,
            rows: queued.rows,
            file,
            sheet,
            row: *row,
        }
    });
    let compared = &result.compared;
    let ranked = compared.reports.iter().map(|report| (report.model.as_str(), rank(&report.leads)));
    RunFound {
        as_of: result.order.as_of,
        region: &compared.region,
        say: result.context.say,
        catalog: &result.context.catalog,
        models: &result.context.models,
        files: FilesFound {
            reports: &result.taken.reports,
            named_units: &result.taken.named_units,
            received: &result.received,
            counts: result.taken.counts(),
            rows: result.taken.accepted_rows(),
        },
        classes: &result.identified.classes,
        queue: queue.collect(),
        reports: &compared.reports,
        ranked: ranked.collect(),
        places: &result.told,
        numbers: &compared.numbers,
        townships: &compared.townships,
        visible: result.visible,
        has_coverage: result.has_coverage,
    }
}

/// Writes `leads.jsonl`, `notices.jsonl`, `issues.jsonl` and, last, `run.json`: it is there when the run is whole.
pub fn write_for_programs(result: &RunResult<'_>, steps: &[Step]) -> Result<(), ActError> {
    let mut leads = create(&result.order.out, "leads.jsonl")?;
    for report in &result.compared.reports {
        for (_, lead) in rank(&report.leads) {
            let mut line = lead_json(lead, &result.told);
            line["lead"] = json!(result.compared.numbers.find(lead));
            writeln!(leads, "{line}")?;
        }
    }
    leads.finish()?;
    let mut notices = create(&result.order.out, "notices.jsonl")?;
    for notice in result.compared.reports.iter().flat_map(|report| &report.notices) {
        let mut line = lead_json(&notice.found, &result.told);
        line["sort"] = json!(notice.sort.key());
        writeln!(notices, "{line}")?;
    }
    notices.finish()?;
    write_issues((&result.order.out, result.context.say), result.taken)?;
    let summary = serde_json::to_string_pretty(&run_json(result, steps))?;
    Ok(write_whole(&result.order.out.join("run.json"), (summary + "\n").as_bytes())?)
}

/// Writes `issues.jsonl`: a line a file, in the shape of `gongzhi intake --json`.
pub fn write_issues((out, say): (&Path, &Translator), taken: &TakenFolder) -> Result<(), ActError> {
    let mut lines = create(out, "issues.jsonl")?;
    for report in taken.reports.values() {
        writeln!(lines, "{}", say.spoken(report)?)?;
    }
    Ok(lines.finish()?)
}

fn lead_json(lead: &Lead, told: &Places) -> Json {
    let place = |at: &EvidencePlace| {
        let cell = told.cell(&lead.model, at);
        json!({"file": at.file, "sheet": at.sheet, "row": at.row, "cell": cell, "handle": at.handle})
    };
    let places = |places: Vec<&EvidencePlace>| places.into_iter().map(place).collect::<Vec<_>>();
    let amount = |amount: Option<Decimal>| amount.map(|amount| format!("{amount:.2}"));
    let other = |payment: &OtherPayment| {
        json!({"tax_kind": payment.tax_kind, "tax_item": payment.tax_item, "period_from": payment.period_from,
               "period_to": payment.period_to, "amount": amount(Some(payment.amount_yuan)), "paid_on": payment.paid_on})
    };
    json!({
        "model": lead.model,
        "taxpayer": {
            "uscc": lead.taxpayer.uscc, "name": lead.taxpayer.name, "is_person": lead.taxpayer.is_person(),
        },
        "period": lead.period,
        "finding": lead.finding,
        "due_low": amount(lead.due_low),
        "due_high": amount(lead.due_high),
        "paid": amount(lead.paid),
        "declared": amount(lead.declared),
        "gap": amount(lead.gap),
        "filing": lead.filing,
        "confidence": lead.confidence.key(),
        "due_day": lead.due_day,
        "due_day_provisional": lead.due_day_provisional,
        "recoverable_until": lead.recoverable_until,
        "late_fee": amount(lead.late_fee),
        "tax_office": lead.tax_office,
        "other_payments": lead.other_payments.iter().map(other).collect::<Vec<_>>(),
        "ask_for": lead.ask_for.zh,
        "check_first": lead.check_first.zh,
        "formula": lead.formula.zh,
        "formula_numbers": lead.formula_numbers,
        "laws": lead.laws.iter().map(|law| json!({"law": law.law, "articles": law.articles})).collect::<Vec<_>>(),
        "unconfirmed": lead.unconfirmed,
        "evidence": places(told.evidence(lead)),
        "payments": places(told.payments(lead)),
    })
}

fn run_json(result: &RunResult<'_>, steps: &[Step]) -> Json {
    let [accepted, blocked, refused] = result.taken.counts();
    let steps: Vec<Json> = steps
        .iter()
        .map(|step| {
            let counts: Map<String, Json> =
                step.counts.iter().map(|(name, count)| ((*name).to_owned(), json!(count))).collect();
            json!({"step": step.name, "seconds": (step.seconds * 1000.0).round() / 1000.0, "counts": counts})
        })
        .collect();
    let mut leads = Map::new();
    let mut not_comparable = Map::new();
    let mut models = Map::new();
    for report in &result.compared.reports {
        leads.insert(report.model.clone(), json!(report.leads.len()));
        let reasons: Map<String, Json> = report
            .outcomes
            .iter()
            .filter_map(|(outcome, count)| Some((outcome.strip_prefix("not_comparable:")?.to_owned(), json!(count))))
            .collect();
        not_comparable.insert(report.model.clone(), Json::Object(reasons));
        let stopped = report.stopped.as_ref().map(|message| result.context.say.say(message));
        let facts = json!({"compared": report.compared, "outcomes": report.outcomes, "stopped": stopped});
        models.insert(report.model.clone(), facts);
    }
    let inputs: Vec<Json> =
        result.taken.digests.iter().map(|(file, digest)| json!({"file": file, "digest": digest})).collect();
    json!({
        "as_of": result.order.as_of,
        "region": result.compared.region,
        "catalog": result.context.catalog.digest,
        "files": {"accepted": accepted, "blocked": blocked, "refused": refused},
        "steps": steps,
        "identity": {"version": result.identified.version, "classes": result.identified.classes,
                     "queue": result.identified.queue.len()},
        "leads": leads,
        "not_comparable": not_comparable,
        "models": models,
        "worklist": result.compared.worklist.len(),
        "inputs": inputs,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lead_that_payments_under_another_item_may_explain_ranks_lower() {
        let lead = |period: &str, gap: i64, other: i64| Lead {
            period: period.to_owned(),
            gap: Some(gap.into()),
            other_payments: vec![OtherPayment {
                tax_kind: "stamp_tax".to_owned(),
                tax_item: None,
                period_from: NaiveDate::default(),
                period_to: NaiveDate::default(),
                amount_yuan: other.into(),
                paid_on: None,
                evidence: String::new(),
            }],
            ..Lead::default()
        };
        let leads = [lead("2025Q1", 900, 900), lead("2025Q2", 300, 0), lead("2025Q3", 800, 600)];
        let ranked: Vec<&str> = rank(&leads).into_iter().map(|(_, lead)| lead.period.as_str()).collect();
        assert_eq!(ranked, ["2025Q2", "2025Q3", "2025Q1"]);
    }
}
