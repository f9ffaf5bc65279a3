//! Something handed in, and who takes it in.

use gongzhi_engine::AtWork;
use gongzhi_store::collect::uploads::{Attempt, Upload};

/// Something handed in, and by which attempt.
pub struct HandedIn {
    /// Id of the attempt.
    pub attempt: String,
    /// Digest of what is handed in.
    pub digest: String,
    /// What makes a repeated hand-in the same one.
    pub key: String,
    /// It is of a folder that is one delivery.
    pub is_delivered: bool,
}

/// An upload that this program takes in, and that it is at work.
pub struct Mine {
    /// The attempt that holds it.
    pub attempt: Attempt,
    pub(super) _at_work: AtWork,
}

/// Who took something in.
pub enum Taken {
    /// This program does.
    Mine(Mine),
    /// It was accepted before.
    Before(Box<Upload>),
}
