//! The database, its change log, search, secrets and blobs; knows no network.
