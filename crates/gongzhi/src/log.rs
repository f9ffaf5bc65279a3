//! The program's log: lines for whoever looks after it, on standard error and never in what a command answers.
//!
//! Warnings unless `GONGZHI_LOG` (or `RUST_LOG`) asks for more or less, by the words of tracing's filters; one JSON object a
//! line when `GONGZHI_LOG_FORMAT` is `json`. Only lines of this program's own crates are written, whatever is asked for: they
//! hold no personal data, no names and nothing of rows, and what a library says of the rows it handles nobody has read.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, Registry, fmt, registry};

/// How the names of this program's crates begin.
const OWN: &str = "gongzhi";

/// From here on lines are written.
pub fn start() {
    let said = |name: &str| std::env::var(name).ok().filter(|text: &String| !text.trim().is_empty());
    let levels = said("GONGZHI_LOG").or_else(|| said("RUST_LOG")).unwrap_or_default();
    let levels = EnvFilter::builder().with_default_directive(LevelFilter::WARN.into()).parse_lossy(levels);
    let lines = fmt::layer::<Registry>().with_writer(std::io::stderr).with_ansi(false);
    let lines = match said("GONGZHI_LOG_FORMAT").as_deref() {
        Some("json") => lines.json().boxed(),
        _ => lines.boxed(),
    };
    let lines = lines.with_filter(levels).with_filter(filter_fn(|about| about.target().starts_with(OWN)));
    // There is one already only where this is no process of its own.
    let _ = tracing::subscriber::set_global_default(registry().with(lines));
}
