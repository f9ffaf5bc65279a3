//! The townships of taxpayers, as the tax bureau's registration has them: one question over the shared view of
//! registrations, for those taxpayers a report tells about.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::arrow::array::{Array, AsArray};
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use gongzhi_core::catalog::Catalog;
use gongzhi_core::models::Models;

use crate::fence::Fence;
use crate::model_run::{ModelContent, ModelError, REGISTRATION_VIEW, ask, register_view};
use crate::session::Session;

/// One row is one registration that names a township; text, whatever the view makes of it.
const QUESTION: &str = "select cast(taxpayer as varchar), cast(township as varchar) from registration
     where taxpayer is not null and township is not null";

/// Township (a division code, or the text the registration has) by taxpayer. A taxpayer whose registration names none
/// is not in it; of several the lowest counts, so that the order of rows does not matter.
///
/// # Errors
/// The catalogue has no view of registrations, or it can't be asked.
pub async fn list_townships(
    session: &Session,
    content: &ModelContent,
    taxpayers: &BTreeSet<&str>,
) -> Result<BTreeMap<String, String>, ModelError> {
    let (context, content) = (session.context().clone(), content.clone());
    let taxpayers = taxpayers.iter().map(|code| (*code).to_owned()).collect();
    session.analysis().run(async move { list_in(&context, content.both(), &taxpayers).await }).await
}

async fn list_in(
    context: &SessionContext,
    content: (&Catalog, &Models),
    taxpayers: &BTreeSet<String>,
) -> Result<BTreeMap<String, String>, ModelError> {
    let mut registered = Vec::new();
    let opened = BTreeSet::new();
    let ready = register_view(context, content, (REGISTRATION_VIEW, &opened), &mut registered).await;
    let found = match ready {
        Ok(()) => list_asked(context, taxpayers).await,
        Err(error) => Err(error),
    };
    // Also after a failure, as for models: the session stays as it was.
    for view in registered {
        context.deregister_table(view.as_str())?;
    }
    found
}

async fn list_asked(
    context: &SessionContext,
    taxpayers: &BTreeSet<String>,
) -> Result<BTreeMap<String, String>, ModelError> {
    let mut townships: BTreeMap<String, String> = BTreeMap::new();
    let fence = Fence::over(context, [REGISTRATION_VIEW]).await?;
    let mut rows = ask(&fence, QUESTION).await?;
    while let Some(rows) = rows.next().await {
        let rows = rows?;
        let (Some(codes), Some(places)) =
            (rows.column(0).as_string_opt::<i32>(), rows.column(1).as_string_opt::<i32>())
        else {
            return Err(ModelError::Column("township".to_owned()));
        };
        for at in (0..rows.num_rows()).filter(|at| codes.is_valid(*at) && places.is_valid(*at)) {
            let (code, place) = (codes.value(at), places.value(at).trim());
            if !taxpayers.contains(code) || place.is_empty() {
                continue;
            }
            let known = townships.entry(code.to_owned()).or_insert_with(|| place.to_owned());
            if place < known.as_str() {
                place.clone_into(known);
            }
        }
    }
    Ok(townships)
}
