//! What goes wrong in the engine, as acts answer it.

use gongzhi_core::problems::{ActError, Code};

use crate::analysis::AnalysisError;
use crate::annotate::AnnotateError;
use crate::batch::BatchError;
use crate::intake::IntakeError;
use crate::keys::KeyError;
use crate::model_run::ModelError;
use crate::read::ReadError;
use crate::registry::RegistryError;
use crate::session::SessionError;
use crate::workbook::WorkbookError;

/// An error with a sentence becomes the answer of an act, under one code.
macro_rules! answered {
    ($($error:ty => $code:ident),* $(,)?) => {
        $(impl From<$error> for ActError {
            fn from(error: $error) -> Self {
                Self::new(Code::$code, error.message())
            }
        })*
    };
}

answered! {
    AnalysisError => Unexpected,
    AnnotateError => Unexpected,
    BatchError => Unexpected,
    IntakeError => Unexpected,
    KeyError => HomeUnsound,
    ModelError => NotUnderstood,
    ReadError => NotUnderstood,
    RegistryError => NotUnderstood,
    SessionError => Unexpected,
    WorkbookError => Unexpected,
}
