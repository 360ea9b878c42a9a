//! One worker a Source: what the provider holds comes here, what the provider is owed goes there.
