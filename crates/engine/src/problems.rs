//! What goes wrong in the engine, as acts answer it.

use gongzhi_core::problems::{ActError, Code};

use crate::analysis::AnalysisError;
use crate::annotate::AnnotateError;
use crate::batch::BatchError;
use crate::intake::{IntakeError, SpoolError};
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

impl From<SpoolError> for ActError {
    fn from(error: SpoolError) -> Self {
        let code = match &error {
            SpoolError::NoId => Code::NotThere,
            SpoolError::Begun { .. } | SpoolError::Busy { .. } => Code::Busy,
            SpoolError::Misplaced { .. } | SpoolError::Incomplete { .. } => Code::StateRefuses,
            SpoolError::TooLarge { .. } => Code::TooLarge,
            SpoolError::File { .. } | SpoolError::BrokenOff(_) => Code::Unexpected,
        };
        Self::new(code, error.message())
    }
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
