//! Which taxpayer a name or a code speaks of.
