//! The issues of one file: all are counted, a few thousand are kept.
//!
//! A file with a wrong column has as many issues as rows; nobody mends a million of them one by one. Errors and warnings
//! are kept apart, so that warnings never push out the error that blocks.

use super::mask::{hide_citizens, mask_citizens};
use crate::catalog::Severity;
use crate::issues::Issue;

/// Issues kept of each severity.
const MOST_KEPT: usize = 5_000;

/// Issues as they are found.
#[derive(Debug, Clone, Default)]
pub struct IssueList {
    errors: Vec<Issue>,
    warnings: Vec<Issue>,
    error_count: u64,
    warning_count: u64,
}

/// A place in a list of issues.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    kept: [usize; 2],
    counted: [u64; 2],
}

impl IssueList {
    /// Takes an issue. Citizens' numbers in it are masked: issues are kept and handed on.
    pub fn record(&mut self, mut issue: Issue) {
        let (list, count) = match issue.severity {
            Severity::Error => (&mut self.errors, &mut self.error_count),
            Severity::Warning => (&mut self.warnings, &mut self.warning_count),
        };
        *count += 1;
        if list.len() < MOST_KEPT {
            if let Some(masked) = mask_citizens(&issue.value) {
                issue.value = masked;
            }
            hide_citizens(&mut issue.message);
            hide_citizens(&mut issue.mend);
            list.push(issue);
        }
    }

    /// Takes the issues of another list, behind its own.
    pub fn extend(&mut self, other: Self) {
        let room = |list: &Vec<Issue>| MOST_KEPT.saturating_sub(list.len());
        let (errors, warnings) = (room(&self.errors), room(&self.warnings));
        self.errors.extend(other.errors.into_iter().take(errors));
        self.warnings.extend(other.warnings.into_iter().take(warnings));
        self.error_count += other.error_count;
        self.warning_count += other.warning_count;
    }

    /// How far the list has come, to go back to.
    pub fn mark(&self) -> Mark {
        Mark { kept: [self.errors.len(), self.warnings.len()], counted: [self.error_count, self.warning_count] }
    }

    /// How many errors were found since.
    pub fn errors_since(&self, mark: &Mark) -> u64 {
        self.error_count - mark.counted[0]
    }

    /// Forgets everything found since: it was about what turned out to be no row.
    pub fn rewind(&mut self, mark: &Mark) {
        self.errors.truncate(mark.kept[0]);
        self.warnings.truncate(mark.kept[1]);
        [self.error_count, self.warning_count] = mark.counted;
    }

    /// Whether anything blocks.
    pub fn blocks(&self) -> bool {
        self.error_count > 0
    }

    /// How many errors were found, kept or not.
    pub fn error_count(&self) -> u64 {
        self.error_count
    }

    /// How many warnings were found, kept or not.
    pub fn warning_count(&self) -> u64 {
        self.warning_count
    }

    /// The issues kept, errors first, and how many more there were.
    pub fn into_parts(self) -> (Vec<Issue>, u64) {
        let mut issues = self.errors;
        issues.extend(self.warnings.into_iter().take(MOST_KEPT.saturating_sub(issues.len())));
        let kept = u64::try_from(issues.len()).unwrap_or(u64::MAX);
        (issues, self.error_count + self.warning_count - kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::Message;

    fn issue(severity: Severity) -> Issue {
        let (message, mend) = (Message::new("a"), Message::new("b"));
        Issue {
            sheet: String::new(),
            cell: None,
            column: None,
            severity,
            rule: "type".into(),
            value: String::new(),
            message,
            mend,
        }
    }

    #[test]
    fn warnings_never_push_out_the_error_that_blocks() {
        let mut list = IssueList::default();
        for _ in 0..MOST_KEPT + 10 {
            list.record(issue(Severity::Warning));
        }
        assert!(!list.blocks());
        list.record(issue(Severity::Error));
        assert!(list.blocks());
        let (kept, more) = list.into_parts();
        assert_eq!((kept.len(), more, kept[0].severity), (MOST_KEPT, 11, Severity::Error));
    }
}
