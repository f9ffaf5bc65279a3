//! Sheets in: from a file of any format an office sends to the rows of its tables.
//!
//! Three layers, each told from the next by what it may trust. A *reader* for each format ([`formats`]) runs in a
//! process of its own, under limits and shut in ([`worker`]), and says what stands in the cells, nothing more. The *pool*
//! starts such processes, hands them open files and turns a death into a refusal ([`pool`]). The *table* layer ([`table`]) finds
//! title, header, totals and notes and gives the rows; it is pure, streams, and is what callers see through
//! [`SheetReader`].

mod ahead;
mod column_type;
mod confinement;
mod error;
mod event;
mod formats;
pub(crate) mod handing;
pub(crate) mod limits;
mod open_file;
mod pool;
mod row;
mod sheet_reader;
mod stream;
mod table;
#[cfg(test)]
mod tests;
mod turns;
mod wire;
mod worker;

pub use ahead::AheadReader;
pub use column_type::{ColumnProfile, ColumnType, typed_text};
pub use confinement::{Lacking, lacking};
pub(crate) use confinement::{confine, note};
pub use error::{Limit, ReadError};
pub use event::{Merge, Notice, RawEvent, SheetFacts};
pub use open_file::OpenFile;
pub use pool::{Limits, WorkerCommand, WorkerPool};
pub use row::{Number, Row, Value, cell_name, column_letters, date_text};
pub use sheet_reader::{SheetEvent, SheetReader};
pub use stream::RowStream;
pub use table::{Column, HeaderHint, HeaderPlace, LeftOut, Reason, SheetHead, SheetTotals, Title};
pub use worker::serve;
