//! The batches that a scope may see as of a moment: all that questions are answered from.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::{Batch, Group, Moment};
use crate::access::Scope;
use crate::catalog::{Item, Kind};

/// An accepted batch that the scope may see, with its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisibleBatch {
    /// What the rules need to know.
    pub batch: Batch,
    /// The main part; none for a nil set.
    pub main: Option<DigestedFile>,
    /// The personal part, when the kind has one.
    pub personal: Option<DigestedFile>,
    /// Key of the links in force at the moment asked for.
    pub links_key: Option<String>,
    /// Rows in it.
    pub rows: u64,
    /// Name of the file it came in, for evidence.
    pub file: String,
    /// Digest of that file.
    pub file_digest: String,
    /// Id of the upload that brought it.
    pub upload: String,
}

/// A file below the data folder, and what its bytes must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestedFile {
    /// Its key.
    pub key: String,
    /// `sm3:` digest of its bytes as they were written.
    pub digest: String,
}

/// Everything a session may see, under which scope, and as of when. The engine registers nothing else, and what it registers
/// it narrows to the scope once more: rows by township, columns by class. The control store finds them; from there they
/// only become fewer. A clone is cheap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisibleBatches {
    scope: Scope,
    moment: Moment,
    batches: Arc<Vec<VisibleBatch>>,
}

impl VisibleBatches {
    /// What the control store found: it alone says so. What does not lie in the scope is left out whatever it says.
    pub fn found(scope: &Scope, moment: Moment, batches: Vec<VisibleBatch>) -> Self {
        Self::lying_in(scope.clone(), moment, batches)
    }

    /// The same without a control store, for tests.
    pub fn found_by_a_test(scope: &Scope, moment: Moment, batches: Vec<VisibleBatch>) -> Self {
        Self::lying_in(scope.clone(), moment, batches)
    }

    fn lying_in(scope: Scope, moment: Moment, mut batches: Vec<VisibleBatch>) -> Self {
        batches.retain(|one| scope.covers(&one.batch.region, &one.batch.unit));
        Self { scope, moment, batches: Arc::new(batches) }
    }

    /// Under which scope.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// What we knew when, and what held when.
    pub fn moment(&self) -> Moment {
        self.moment
    }

    /// Batches of any item and kind, in the order in which they were found.
    pub fn batches(&self) -> &[VisibleBatch] {
        &self.batches
    }

    /// Leaves out what does not pass.
    pub fn retain(&mut self, passes: impl FnMut(&VisibleBatch) -> bool) {
        Arc::make_mut(&mut self.batches).retain(passes);
    }

    /// What both scopes may see of it.
    #[must_use]
    pub fn narrowed(&self, scope: &Scope) -> Self {
        Self::lying_in(self.scope.narrowed(scope), self.moment, self.batches.to_vec())
    }

    /// Links made since they were found: their keys by the id of the batch.
    pub fn put_links(&mut self, keys: &HashMap<&str, &str>) {
        for one in Arc::make_mut(&mut self.batches) {
            if let Some(key) = keys.get(one.batch.id.as_str()) {
                one.links_key = Some((*key).to_owned());
            }
        }
    }

    /// The batches of a kind, by the group whose state they make.
    pub fn of_kind(&self, item: &Item, kind: &Kind) -> BTreeMap<Group, Vec<&VisibleBatch>> {
        group_batches(self.batches.iter(), (&item.key, &kind.key))
    }
}

/// Of some batches those of a kind, by the keys of item and kind, and by the group whose state they make.
pub fn group_batches<'b>(
    batches: impl IntoIterator<Item = &'b VisibleBatch>,
    (item, kind): (&str, &str),
) -> BTreeMap<Group, Vec<&'b VisibleBatch>> {
    let mut groups: BTreeMap<Group, Vec<&VisibleBatch>> = BTreeMap::new();
    for visible in batches.into_iter().filter(|one| one.batch.item == item && one.batch.kind == kind) {
        groups.entry(visible.batch.group()).or_default().push(visible);
    }
    groups
}
