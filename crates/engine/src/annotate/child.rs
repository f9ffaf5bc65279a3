//! A clerk's package patched in a process of its own: `gongzhi mark-worker ORIGINAL OUT`.
//!
//! Patching reads a foreign package as much as reading its cells does, so it runs under the same limits of memory,
//! processor time and patience. The two paths are words of the command, what is to be marked comes over its standard
//! input, and one line of its output says what became of it. A process that dies patched nothing.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use chrono::NaiveDate;
use gongzhi_core::messages::{Language, Translator};
use serde::{Deserialize, Serialize};

use super::{AnnotateError, Marking, SaidIssue, patch};
use crate::read::WorkerPool;
use crate::read::limits::put_under_limits;

/// How often the parent looks whether the process has ended.
const LOOK: Duration = Duration::from_millis(5);

/// What the process is told.
#[derive(Serialize, Deserialize)]
struct Order {
    issues: Vec<SaidIssue>,
    language: String,
    made: NaiveDate,
}

/// What it answers.
#[derive(Serialize, Deserialize)]
enum Answer {
    /// The result is written.
    Patched,
    /// It is no package that can be patched; nothing is written.
    NoPackage,
    /// The result could not be written.
    Unwritten(String),
}

/// Serves one order: the process's side.
///
/// # Errors
/// The order can't be read, or nobody hears the answer.
pub fn serve(original: &Path, out: &Path, order: &mut dyn Read, answer: &mut dyn Write) -> io::Result<()> {
    std::panic::set_hook(Box::new(|_| {}));
    let order: Order = serde_json::from_reader(order)?;
    put_under_limits(original);
    let translator = Translator::new(Language::find(&order.language).unwrap_or_default());
    let marking = Marking { issues: &order.issues, translator: &translator, made: order.made };
    let told = match patch::patch(original, &marking, out) {
        Ok(true) => Answer::Patched,
        Err(AnnotateError::File { source, .. }) => Answer::Unwritten(source.to_string()),
        Ok(false) | Err(_) => Answer::NoPackage,
    };
    serde_json::to_writer(answer, &told)?;
    Ok(())
}

/// Has the package patched: the parent's side. `false` when it can't be, for whatever reason of its own.
pub(super) fn patch(
    (original, out): (&Path, &Path),
    pool: &WorkerPool,
    marking: &Marking<'_>,
) -> Result<bool, AnnotateError> {
    let failed = |source: io::Error| AnnotateError::File { path: out.to_path_buf(), source };
    let order = Order {
        issues: marking.issues.to_vec(),
        language: marking.translator.language().tag().to_owned(),
        made: marking.made,
    };
    let order = serde_json::to_vec(&order).map_err(|error| failed(error.into()))?;
    let mut child = Command::new(pool.program())
        .arg("mark-worker")
        .args([original, out])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(failed)?;
    if let Some(mut input) = child.stdin.take() {
        // One that died already says so by its answer, which is none.
        let _ = input.write_all(&order);
    }
    let answer = wait(child, pool.patience_for(original)).map_err(failed)?;
    match serde_json::from_slice(&answer) {
        Ok(Answer::Patched) => Ok(true),
        Ok(Answer::Unwritten(why)) => Err(failed(io::Error::other(why))),
        Ok(Answer::NoPackage) | Err(_) => Ok(false),
    }
}

/// What the process said by its end; nothing when the parent's patience ended first.
fn wait(mut child: Child, mut patience: Duration) -> io::Result<Vec<u8>> {
    while child.try_wait()?.is_none() {
        if patience.is_zero() {
            child.kill()?;
            child.wait()?;
            return Ok(Vec::new());
        }
        thread::sleep(LOOK);
        patience = patience.saturating_sub(LOOK);
    }
    let mut answer = Vec::new();
    if let Some(mut output) = child.stdout.take() {
        output.read_to_end(&mut answer)?;
    }
    Ok(answer)
}
