//! The search syntax of the box: operators and words → a JMAP filter.
