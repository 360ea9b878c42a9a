//! The last step: ammonia, with the same allow-list built up from empty. Nothing edits its output.

use std::{borrow::Cow, collections::HashSet};

use ammonia::{Builder, UrlRelative};

use super::policy;

/// Cleans; `signed` are the only addresses that a picture may have.
pub(super) fn polish(html: &str, signed: HashSet<String>) -> String {
    let mut builder = Builder::empty();
    builder
        .tags(policy::TAGS.iter().copied().collect())
        .clean_content_tags(policy::DROPPED.iter().copied().collect())
        .generic_attributes(policy::GENERIC.iter().copied().collect())
        .tag_attributes(policy::SPECIAL.iter().map(|(tag, names)| (*tag, names.iter().copied().collect())).collect())
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        // Signed addresses may be relative; every other relative one is refused by the filter below.
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None)
        .strip_comments(true)
        .attribute_filter(move |tag, name, value| {
            if name == "src" {
                return (tag == "img" && signed.contains(value)).then(|| Cow::Owned(value.to_owned()));
            }
            policy::attribute(tag, name, value).map(Cow::Owned)
        });
    builder.clean(html).to_string()
}
