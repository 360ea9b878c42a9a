//! Hostile HTML: whatever comes in, what comes out holds to the allow-list.

use html5ever::{ParseOpts, tendril::TendrilSink};

use super::{corpus, name};
use crate::html::{CleanOptions, Cleaned, Links, clean, probe, text_to_html, to_text};

pub(super) struct Signer(pub bool);

impl Links for Signer {
    fn cid(&self, cid: &str) -> Option<String> {
        (!cid.contains('/')).then(|| format!("/view/blob/{}?sig=1", cid.len()))
    }
    fn remote(&self, url: &str) -> Option<String> {
        self.0.then(|| format!("/view/image?u={}&sig=1", url.len()))
    }
    fn own(&self, url: &str) -> bool {
        url.starts_with("/view/") && url.ends_with("sig=1")
    }
}

/// Every element and attribute of the outcome is one that may stand, nothing in it fetches, and cleaning it again
/// changes nothing.
pub(super) fn check(html: &str, images: bool, what: &str) -> Cleaned {
    let options = CleanOptions { links: &Signer(images), fold_quotes: true };
    let cleaned = clean(html, &options);
    let again = clean(&cleaned.html, &options);
    assert_eq!(again.html, cleaned.html, "cleaning twice differs: {what:.400}");
    assert_eq!(probe(&cleaned.html), Vec::<String>::new(), "{what:.400}\n{}", cleaned.html);
    cleaned
}

#[test]
fn hostile_mails_come_out_harmless() {
    let files = corpus("html", "html");
    assert!(files.len() >= 120, "only {} mails", files.len());
    for path in files {
        let bytes = std::fs::read(&path).unwrap();
        let html = String::from_utf8_lossy(&bytes);
        for images in [false, true] {
            let cleaned = check(&html, images, &name(&path));
            assert!(!cleaned.html.contains("/js?") || !has_markup_with(&cleaned.html, "/js?"), "{}", cleaned.html);
        }
        let text = to_text(&html);
        let shown = text_to_html(&text, true);
        assert_eq!(
            probe(&shown),
            Vec::<String>::new(),
            "{} as text
{shown}",
            name(&path)
        );
    }
}

/// Does the needle stand inside of a tag rather than in text?
fn has_markup_with(html: &str, needle: &str) -> bool {
    html.split('<').skip(1).any(|piece| {
        piece
            .split('>')
            .next()
            .is_some_and(|tag| tag.contains(needle) && !tag.contains("title=") && !tag.contains("href="))
    })
}

#[test]
fn the_corpus_does_not_fall_back_on_text() {
    let mut as_text = Vec::new();
    for path in corpus("html", "html") {
        let html = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        if check(&html, false, &name(&path)).truncated {
            as_text.push(name(&path));
        }
    }
    // Only what is nested beyond reason.
    as_text.sort();
    assert_eq!(as_text, ["mxss-deep", "mxss-deep-510", "table-bomb"]);
}

#[test]
fn parsers_of_documents_agree() {
    // The fragment as a browser would see it inside of the view's document.
    for path in corpus("html", "html") {
        let html = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        let cleaned = check(&html, true, &name(&path)).html;
        let page = format!("<!doctype html><html><body>{cleaned}</body></html>");
        let dom = html5ever::parse_document(markup::Texts::default(), ParseOpts::default()).one(page);
        assert!(dom.forbidden.borrow().is_empty(), "{}: {:?}", name(&path), dom.forbidden);
    }
}

/// A sink that only notes which elements were made.
mod markup {
    use std::{borrow::Cow, cell::RefCell};

    use html5ever::{
        Attribute, ExpandedName, QualName,
        interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink},
        ns,
        tendril::StrTendril,
    };

    #[derive(Default)]
    pub struct Texts {
        pub forbidden: RefCell<Vec<String>>,
    }

    fn none() -> std::rc::Rc<QualName> {
        std::rc::Rc::new(QualName::new(None, ns!(html), "x".into()))
    }

    impl TreeSink for Texts {
        type Handle = std::rc::Rc<QualName>;
        type Output = Self;
        type ElemName<'a> = ExpandedName<'a>;
        fn finish(self) -> Self {
            self
        }
        fn parse_error(&self, _: Cow<'static, str>) {}
        fn get_document(&self) -> Self::Handle {
            none()
        }
        fn elem_name<'a>(&'a self, target: &'a Self::Handle) -> ExpandedName<'a> {
            target.expanded()
        }
        fn create_element(&self, name: QualName, attrs: Vec<Attribute>, _: ElementFlags) -> Self::Handle {
            let tag = name.local.to_string();
            let handler = attrs.iter().any(|a| a.name.local.starts_with("on"));
            if name.ns != ns!(html)
                || handler
                || ["script", "style", "link", "meta", "base", "iframe", "form", "object", "embed"].contains(&&*tag)
            {
                self.forbidden.borrow_mut().push(tag);
            }
            std::rc::Rc::new(name)
        }
        fn create_comment(&self, _: StrTendril) -> Self::Handle {
            none()
        }
        fn create_pi(&self, _: StrTendril, _: StrTendril) -> Self::Handle {
            none()
        }
        fn append(&self, _: &Self::Handle, _: NodeOrText<Self::Handle>) {}
        fn append_based_on_parent_node(&self, _: &Self::Handle, _: &Self::Handle, _: NodeOrText<Self::Handle>) {}
        fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}
        fn get_template_contents(&self, _: &Self::Handle) -> Self::Handle {
            none()
        }
        fn same_node(&self, x: &Self::Handle, y: &Self::Handle) -> bool {
            std::rc::Rc::ptr_eq(x, y)
        }
        fn set_quirks_mode(&self, _: QuirksMode) {}
        fn append_before_sibling(&self, _: &Self::Handle, _: NodeOrText<Self::Handle>) {}
        fn add_attrs_if_missing(&self, _: &Self::Handle, _: Vec<Attribute>) {}
        fn remove_from_parent(&self, _: &Self::Handle) {}
        fn reparent_children(&self, _: &Self::Handle, _: &Self::Handle) {}
    }
}
