//! What an act answers when it can't be done: a stable code for programs, sentences for people.

use std::path::Path;

use crate::catalog::Problem;
use crate::messages::{Message, Translator};

/// Why an act was not done. The codes are those of the interface for programs and never change their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// It is not there, or not to be seen: the two are not told apart.
    NotThere,
    /// The thing's state forbids it.
    StateRefuses,
    /// Somebody changed it meanwhile.
    ChangedMeanwhile,
    /// It is larger than may be.
    TooLarge,
    /// What was asked for can't be understood; every problem is told.
    NotUnderstood,
    /// Somebody else is at it, or there is no room: later it may be done.
    Busy,
    /// The home is not as it must be: keys gone, of another program.
    HomeUnsound,
    /// A disk, a database or a process failed.
    Unexpected,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 8] = [
        Self::NotThere,
        Self::StateRefuses,
        Self::ChangedMeanwhile,
        Self::TooLarge,
        Self::NotUnderstood,
        Self::Busy,
        Self::HomeUnsound,
        Self::Unexpected,
    ];

    /// The word for programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::NotThere => "not_there",
            Self::StateRefuses => "state_refuses",
            Self::ChangedMeanwhile => "changed_meanwhile",
            Self::TooLarge => "too_large",
            Self::NotUnderstood => "not_understood",
            Self::Busy => "busy",
            Self::HomeUnsound => "home_unsound",
            Self::Unexpected => "unexpected",
        }
    }
}

/// A sentence, with the place in a file it is about where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// `file:line`; empty: none.
    pub place: String,
    /// The sentence.
    pub message: Message,
    /// How to mend it, where the sentence does not say so itself.
    pub mend: Option<Message>,
    /// A line in which the sentence stands as `error`; none: it stands alone.
    pub within: Option<Message>,
}

impl From<Message> for Told {
    fn from(message: Message) -> Self {
        Self { place: String::new(), message, mend: None, within: None }
    }
}

/// Why an act was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActError {
    /// The code.
    pub code: Code,
    /// What is wrong: all of it, each with its place.
    pub told: Vec<Told>,
}

impl ActError {
    /// One sentence.
    pub fn new(code: Code, message: Message) -> Self {
        Self { code, told: vec![message.into()] }
    }

    /// Several sentences.
    pub fn all(code: Code, messages: impl IntoIterator<Item = Message>) -> Self {
        Self { code, told: messages.into_iter().map(Told::from).collect() }
    }

    /// Something that can't be understood.
    pub fn not_understood(message: Message) -> Self {
        Self::new(Code::NotUnderstood, message)
    }

    /// Problems of content, each with file and line.
    pub fn content(problems: &[Problem]) -> Self {
        let told = |problem: &Problem| Told {
            place: format!("{}:{}", problem.file, problem.line),
            ..problem.message.clone().into()
        };
        Self { code: Code::NotUnderstood, told: problems.iter().map(told).collect() }
    }

    /// A file that can't be read or written.
    pub fn file(path: impl std::fmt::Display, why: impl std::fmt::Display) -> Self {
        Self::new(Code::Unexpected, Message::new("act-file").with("path", path).with("why", why))
    }

    /// What nobody foresaw.
    pub fn unexpected(why: impl std::fmt::Display) -> Self {
        Self::new(Code::Unexpected, Message::new("act-unexpected").with("why", why))
    }

    /// The sentences, a line each.
    pub fn say(&self, say: &Translator) -> String {
        let line = |told: &Told| {
            let sentence = match &told.mend {
                Some(mend) => {
                    let both = Message::new("act-mend").with("message", say.say(&told.message));
                    say.say(&both.with("mend", say.say(mend)))
                }
                None => say.say(&told.message),
            };
            let sentence = match &told.within {
                Some(line) => say.say(&line.clone().with("error", sentence)),
                None => sentence,
            };
            if told.place.is_empty() { sentence } else { format!("{}: {sentence}", told.place) }
        };
        self.told.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

impl std::fmt::Display for ActError {
    /// For logs: code and keys, in no language.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.code.key())?;
        self.told.iter().try_for_each(|told| write!(f, "; {} {}", told.place, told.message))
    }
}

impl std::error::Error for ActError {}

impl From<std::io::Error> for ActError {
    fn from(error: std::io::Error) -> Self {
        Self::unexpected(error)
    }
}

impl From<serde_json::Error> for ActError {
    fn from(error: serde_json::Error) -> Self {
        Self::unexpected(error)
    }
}

/// Says which file something went wrong with.
pub trait OfFile<T> {
    /// The same, told with the file's path.
    ///
    /// # Errors
    /// What went wrong.
    fn of_file(self, path: &Path) -> Result<T, ActError>;
}

impl<T, E: std::fmt::Display> OfFile<T> for Result<T, E> {
    fn of_file(self, path: &Path) -> Result<T, ActError> {
        self.map_err(|error| ActError::file(path.display(), error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::Language;

    #[test]
    fn no_two_codes_share_a_word_and_every_problem_is_told_with_its_place() {
        let words: std::collections::BTreeSet<&str> = Code::ALL.iter().map(|code| code.key()).collect();
        assert_eq!(words.len(), Code::ALL.len());
        let problem = |line| Problem { file: "laws/a.yaml".to_owned(), line, message: Message::new("no-such-key") };
        let error = ActError::content(&[problem(3), problem(7)]);
        let said = error.say(&Translator::new(Language::English));
        assert_eq!(said, "laws/a.yaml:3: no-such-key\nlaws/a.yaml:7: no-such-key");
    }
}
