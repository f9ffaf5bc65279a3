//! Any file an office sends, told apart by content and read within bounds.
