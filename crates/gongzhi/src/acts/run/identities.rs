//! Which taxpayer each party of each row is: the registry out of the state, links beside every batch, and the queue of
//! those that a person must look at.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::sync::Arc;

use gongzhi_core::catalog::Catalog;
use gongzhi_core::codes::{Divisions, PersonDigest, Uscc, normalise};
use gongzhi_core::identity::{Class, Decisions, Index, IndexBuilder, Match, Places, Query, Subject};
use gongzhi_core::problems::ActError;
use gongzhi_core::state::{VisibleBatch, VisibleBatches};
use gongzhi_engine::analysis::Analysis;
use gongzhi_engine::batch::FilePart;
use gongzhi_engine::links::{Link, PartyText, link_batch};
use gongzhi_engine::parallel::in_order;
use gongzhi_engine::parts::DataPlace;
use gongzhi_engine::session::{Session, SessionOptions, SessionPlace};
use gongzhi_engine::taxpayers::{REGISTRY_VIEWS, add_named_by_tax_side, list_taxpayers};

/// Candidates shown to a person.
const CANDIDATES: usize = 3;

/// Somebody the program could not link by itself.
#[derive(Debug, Clone)]
pub struct Queued {
    /// What the rows say.
    pub name: String,
    /// The code they give.
    pub code: String,
    /// Who may be meant.
    pub found: Match,
    /// Rows that say so.
    pub rows: u64,
    /// The first of them: file, sheet, row.
    pub first: (String, String, u32),
}

/// What identification came to.
#[derive(Debug, Default)]
pub struct Identified {
    /// Version of the index and the decisions.
    pub version: String,
    /// Taxpayers in the registry.
    pub registry: usize,
    /// Links made, by batch id.
    pub links: Vec<(String, FilePart)>,
    /// Parties of rows by class.
    pub classes: BTreeMap<&'static str, u64>,
    /// The queue, by what the rows say.
    pub queue: BTreeMap<String, Queued>,
}

/// What identification is given.
pub struct Identifying<'a> {
    /// Catalogue.
    pub catalog: &'a Catalog,
    /// What its questions share with all others.
    pub analysis: &'a Analysis,
    /// Batches and where they are.
    pub visible: &'a VisibleBatches,
    /// Data folder and keys.
    pub place: &'a SessionPlace,
    /// Places in names.
    pub divisions: &'a Divisions,
    /// What people have decided.
    pub decisions: &'a Decisions,
}

/// Builds the registry's index.
pub async fn build_index(given: &Identifying<'_>) -> Result<Index, ActError> {
    let present: Vec<&str> = REGISTRY_VIEWS
        .into_iter()
        .filter(|view| {
            let Some((item, kind)) = given.catalog.find_view(view) else { return false };
            given.visible.batches().iter().any(|batch| batch.batch.item == item.key && batch.batch.kind == kind.key)
        })
        .collect();
    let views = (given.visible, present.iter().copied());
    let options = SessionOptions::default();
    let session = Session::open(given.analysis, given.catalog, given.place, views, &options).await?;
    let mut records = list_taxpayers(&session, &present).await?;
    let place = DataPlace { folder: &given.place.folder, keys: &given.place.keys };
    add_named_by_tax_side(place, (given.catalog, given.visible), &mut records)?;
    let mut index = IndexBuilder::new(Arc::new(Places::new(given.divisions)));
    records.iter().for_each(|record| index.record(record));
    Ok(index.finish())
}

/// Links every batch and writes a line a linked row of the departments' sheets; batches in the order given.
pub fn identify(given: &Identifying<'_>, index: &Index, lines: &mut impl Write) -> Result<Identified, ActError> {
    let version = format!("{} {}", index.digest(), decisions_digest(given.decisions));
    let mut all = Identified { version: version.clone(), registry: index.entry_count(), ..Identified::default() };
    let batches: Vec<&VisibleBatch> = given.visible.batches().iter().filter(|batch| batch.main.is_some()).collect();
    in_order(
        batches.len(),
        |at| identify_batch(given, (index, &version), batches[at]),
        |_, done| {
            let done: BatchIdentified = done?;
            lines.write_all(&done.lines)?;
            all.links.extend(done.links.map(|links| (done.batch, links)));
            for (class, count) in done.classes {
                *all.classes.entry(class).or_default() += count;
            }
            for (subject, queued) in done.queue {
                all.queue.entry(subject).and_modify(|known| known.rows += queued.rows).or_insert(queued);
            }
            Ok::<_, ActError>(())
        },
    )?;
    Ok(all)
}

fn decisions_digest(decisions: &Decisions) -> String {
    if decisions.is_empty() { String::new() } else { gongzhi_engine::keys::digest(format!("{decisions:?}").as_bytes()) }
}

#[derive(Default)]
struct BatchIdentified {
    batch: String,
    links: Option<FilePart>,
    lines: Vec<u8>,
    classes: BTreeMap<&'static str, u64>,
    queue: BTreeMap<String, Queued>,
}

fn identify_batch(
    given: &Identifying<'_>,
    (index, version): (&Index, &str),
    visible: &VisibleBatch,
) -> Result<BatchIdentified, ActError> {
    let mut done = BatchIdentified { batch: visible.batch.id.clone(), ..BatchIdentified::default() };
    let key = format!("{}.{}", visible.batch.item, visible.batch.kind);
    let Some((item, kind)) = given.catalog.find_kind(&key) else { return Ok(done) };
    if kind.parties.is_empty() {
        return Ok(done);
    }
    // The tax side's rows carry the tax authority's own codes.
    let is_tax_side = item.is_tax_side();
    let place = DataPlace { folder: &given.place.folder, keys: &given.place.keys };
    let mut known: HashMap<String, (Match, Link)> = HashMap::new();
    let links = link_batch(
        place,
        visible,
        kind,
        (version, |text: PartyText<'_>| {
            if text.is_empty() {
                return Link::default();
            }
            let said =
                [text.name, text.uscc, text.organisation_code, text.registration_number, text.certificate_digest];
            let (found, link) = known.entry(said.join("\u{1f}")).or_insert_with(|| decide(given, index, &text));
            *done.classes.entry(found.class.key()).or_default() += 1;
            if !is_tax_side {
                write_line(&mut done.lines, visible, &text, found);
                if found.class != Class::Certain && link.confidence != "stated" && link.subject != Subject::Person.key()
                {
                    queue(&mut done.queue, visible, &text, found);
                }
            }
            link.clone()
        }),
    )?;
    done.links = Some(links);
    Ok(done)
}

/// A number in the person's own column: the name is a person's and says nothing. In a column of codes it may be the
/// owner's, and the name a business's.
fn is_named_by_number(text: &PartyText<'_>) -> bool {
    let is_person = || !text.is_in_code || Subject::of("", text.name, true) == Subject::Person;
    !text.certificate_digest.is_empty() && (text.party.person || text.is_in_code) && is_person()
}

fn query_of<'t>(text: &PartyText<'t>) -> Query<'t> {
    Query {
        name: if is_named_by_number(text) { "" } else { text.name },
        uscc: text.uscc,
        organisation_code: text.organisation_code,
        registration_number: text.registration_number,
        certificate: PersonDigest::parse(text.certificate_digest),
        ..Query::default()
    }
}

/// Who is meant, and what the link says. A valid code that the registry doesn't have is taken as it stands: `stated`.
fn decide(given: &Identifying<'_>, index: &Index, text: &PartyText<'_>) -> (Match, Link) {
    let query = query_of(text);
    let mut found = index.find(&query, given.decisions, CANDIDATES);
    if found.class != Class::Certain && text.is_in_code {
        // An owner's number that nobody in the registry has says nothing about the business named.
        found = index.find(&Query { certificate: None, ..query }, given.decisions, CANDIDATES);
    }
    let code = normalise(text.uscc);
    let stated = Uscc::parse(&code).map(|_| code.to_string());
    let linked = matches!(found.class, Class::Certain | Class::Probable).then(|| found.candidates.first()).flatten();
    let (taxpayer, confidence) = match (linked, stated) {
        (Some(candidate), _) => (Some(candidate.uscc.clone()), found.class.key()),
        (None, Some(code)) => (Some(code), "stated"),
        (None, None) => (None, found.class.key()),
    };
    let has_certificate = !text.certificate_digest.is_empty();
    let subject = Subject::of(taxpayer.as_deref().unwrap_or_default(), text.name, has_certificate);
    let person = has_certificate.then(|| text.certificate_digest.to_owned());
    (found, Link { taxpayer, confidence, subject: subject.key(), person })
}

fn write_line(lines: &mut Vec<u8>, visible: &VisibleBatch, text: &PartyText<'_>, found: &Match) {
    let line = serde_json::json!({
        "file": visible.file, "sheet": text.sheet, "row": text.sheet_row, "party": text.party.key,
        "kind": format!("{}.{}", visible.batch.item, visible.batch.kind),
        "class": found.class.key(), "uscc": found.link().map(|link| link.uscc.as_str()),
    });
    lines.extend_from_slice(line.to_string().as_bytes());
    lines.push(b'\n');
}

fn queue(queue: &mut BTreeMap<String, Queued>, visible: &VisibleBatch, text: &PartyText<'_>, found: &Match) {
    let subject = query_of(text).subject();
    queue.entry(subject).and_modify(|queued| queued.rows += 1).or_insert_with(|| Queued {
        name: text.name.to_owned(),
        code: [text.uscc, text.organisation_code, text.registration_number]
            .into_iter()
            .find(|code| !code.is_empty())
            .unwrap_or_default()
            .to_owned(),
        found: found.clone(),
        rows: 1,
        first: (visible.file.clone(), text.sheet.to_owned(), text.sheet_row),
    });
}
