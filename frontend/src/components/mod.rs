//! The parts that pages are made of: they know browser and i18n, nothing else.
