//! A small document tree in one vector, filled by html5ever. Node numbers instead of pointers: no recursion to overflow.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    rc::Rc,
};

use html5ever::{
    Attribute, ExpandedName, ParseOpts, QualName,
    interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink},
    ns, parse_document,
    tendril::{StrTendril, TendrilSink},
    tree_builder::TreeBuilderOpts,
};

use super::guard;

/// Levels of a tree. Browsers flatten beyond 512, and a tree that they see differently is not one to vouch for.
const MAX_DEPTH: usize = 400;
/// Attributes that `<html>` and `<body>` get from further tags of theirs.
const MAX_LATE_ATTRS: usize = 100;
/// Nodes of a tree.
const MAX_NODES: usize = 150_000;
/// Octets that are fed between looks at the limits.
const CHUNK: usize = 4 * 1024;

/// The number of a node; 0 is the document.
pub(super) type Id = usize;

/// What a node is.
#[derive(Debug, Clone)]
pub(super) enum Data {
    /// The document, a template's content, a comment: nothing that is ever shown itself.
    Other,
    /// An element of the HTML namespace or (`foreign`) of another.
    Element { name: String, attrs: Vec<(String, String)>, foreign: bool },
    /// Text.
    Text(String),
}

#[derive(Debug, Clone)]
pub(super) struct Node {
    pub parent: Option<Id>,
    pub children: Vec<Id>,
    pub data: Data,
    depth: usize,
}

/// The tree.
#[derive(Debug, Clone)]
pub(super) struct Dom {
    nodes: Vec<Node>,
}

/// What stands where the walk has come to.
pub(super) enum Step {
    Enter(Id),
    Leave(Id),
}

impl Dom {
    /// Parses a document; `None` when it is too deep or has too many nodes.
    pub fn parse(html: &str) -> Option<Self> {
        let tree = TreeBuilderOpts { scripting_enabled: false, drop_doctype: true, ..TreeBuilderOpts::default() };
        let mut parser = parse_document(Sink::new(), ParseOpts { tree_builder: tree, ..ParseOpts::default() });
        let html = guard::bounded(html);
        let mut rest = html.as_ref();
        while !rest.is_empty() {
            let (chunk, next) = rest.split_at(rest.ceil_char_boundary(CHUNK.min(rest.len())));
            parser.process(StrTendril::from_slice(chunk));
            if parser.tokenizer.sink.sink.exceeded() {
                return None;
            }
            rest = next;
        }
        let sink = parser.finish();
        if sink.exceeded() { None } else { Some(Self { nodes: sink.nodes.into_inner() }) }
    }

    pub fn get(&self, id: Id) -> Option<&Node> {
        self.nodes.get(id)
    }

    pub fn children(&self, id: Id) -> &[Id] {
        self.get(id).map_or(&[], |node| &node.children)
    }

    pub fn parent(&self, id: Id) -> Option<Id> {
        self.get(id)?.parent
    }

    /// The name of an HTML element.
    pub fn name(&self, id: Id) -> Option<&str> {
        match &self.get(id)?.data {
            Data::Element { name, foreign: false, .. } => Some(name),
            _ => None,
        }
    }

    pub fn attr(&self, id: Id, wanted: &str) -> Option<&str> {
        match &self.get(id)?.data {
            Data::Element { attrs, .. } => {
                attrs.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
            }
            _ => None,
        }
    }

    /// All nodes below the document in document order, each with its end.
    pub fn walk(&self, mut visit: impl FnMut(Step) -> bool) {
        let mut stack = vec![Step::Enter(0)];
        while let Some(step) = stack.pop() {
            let Step::Enter(id) = step else {
                visit(step);
                continue;
            };
            if visit(Step::Enter(id)) {
                stack.push(Step::Leave(id));
                stack.extend(self.children(id).iter().rev().map(|child| Step::Enter(*child)));
            }
        }
    }

    /// The text below a node, up to some octets; scripts and styles left out.
    pub fn text_of(&self, id: Id, max: usize) -> String {
        let mut out = String::new();
        let mut stack = vec![id];
        while let Some(id) = stack.pop() {
            if out.len() > max {
                break;
            }
            match self.get(id).map(|node| &node.data) {
                Some(Data::Text(text)) => out.push_str(text),
                Some(Data::Element { name, foreign, .. }) if *foreign || is_silent(name) => continue,
                Some(Data::Element { name, .. }) if name == "br" => out.push('\n'),
                _ => {}
            }
            stack.extend(self.children(id).iter().rev());
        }
        out
    }

    /// Puts `count` children of a parent, from an index on, into a new element that takes their place.
    pub fn wrap(&mut self, parent: Id, from: usize, count: usize, name: &str, attrs: &[(&str, &str)]) -> Option<Id> {
        let wrapper = self.nodes.len();
        let children = &mut self.nodes.get_mut(parent)?.children;
        let end = from.checked_add(count).filter(|end| *end <= children.len())?;
        let moved: Vec<Id> = children.splice(from..end, [wrapper]).collect();
        for child in &moved {
            if let Some(node) = self.nodes.get_mut(*child) {
                node.parent = Some(wrapper);
            }
        }
        self.nodes.push(Node { parent: Some(parent), children: moved, data: element(name, attrs), depth: 0 });
        Some(wrapper)
    }

    /// Puts a new element with a text before all other children.
    pub fn prepend(&mut self, parent: Id, name: &str, text: &str) {
        let (new, inside) = (self.nodes.len(), self.nodes.len() + 1);
        self.nodes.push(Node { parent: Some(parent), children: vec![inside], data: element(name, &[]), depth: 0 });
        self.nodes.push(Node { parent: Some(new), children: Vec::new(), data: Data::Text(text.to_owned()), depth: 0 });
        if let Some(node) = self.nodes.get_mut(parent) {
            node.children.insert(0, new);
        }
    }
}

fn element(name: &str, attrs: &[(&str, &str)]) -> Data {
    let attrs = attrs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Data::Element { name: name.to_owned(), attrs, foreign: false }
}

/// Elements whose text nobody sees.
pub(super) fn is_silent(name: &str) -> bool {
    matches!(
        name,
        "script" | "style" | "title" | "template" | "noframes" | "noembed" | "iframe" | "textarea" | "select"
    )
}

/// A node number with its name, as html5ever wants to look at it.
#[derive(Clone)]
struct Handle {
    id: Id,
    name: Rc<QualName>,
}

/// Takes what the parser builds.
struct Sink {
    nodes: RefCell<Vec<Node>>,
    unnamed: Rc<QualName>,
    too_deep: Cell<bool>,
}

impl Sink {
    fn new() -> Self {
        let document = Node { parent: None, children: Vec::new(), data: Data::Other, depth: 0 };
        let unnamed = QualName::new(None, ns!(html), "x-none".into());
        Self { nodes: RefCell::new(vec![document]), unnamed: Rc::new(unnamed), too_deep: Cell::new(false) }
    }

    fn exceeded(&self) -> bool {
        self.too_deep.get() || self.nodes.borrow().len() > MAX_NODES
    }

    fn push(&self, data: Data, name: Rc<QualName>) -> Handle {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(Node { parent: None, children: Vec::new(), data, depth: 0 });
        Handle { id: nodes.len() - 1, name }
    }

    /// Puts a child under a parent, before the child at `index` (or last). Text joins text.
    fn insert(&self, parent: Id, index: Option<usize>, child: NodeOrText<Handle>) {
        let id = match child {
            NodeOrText::AppendNode(handle) => {
                self.detach(handle.id);
                handle.id
            }
            NodeOrText::AppendText(text) => {
                if self.joined(parent, index, &text) {
                    return;
                }
                self.push(Data::Text(text.to_string()), self.unnamed.clone()).id
            }
        };
        let mut nodes = self.nodes.borrow_mut();
        let depth = nodes.get(parent).map_or(0, |node| node.depth) + 1;
        if depth > MAX_DEPTH {
            self.too_deep.set(true);
        }
        if let Some(node) = nodes.get_mut(id) {
            node.parent = Some(parent);
            node.depth = depth;
        }
        if let Some(node) = nodes.get_mut(parent) {
            let at = index.unwrap_or(node.children.len()).min(node.children.len());
            node.children.insert(at, id);
        }
    }

    fn joined(&self, parent: Id, index: Option<usize>, text: &str) -> bool {
        let mut nodes = self.nodes.borrow_mut();
        let Some(children) = nodes.get(parent).map(|node| &node.children) else { return false };
        let before = index.unwrap_or(children.len()).checked_sub(1).and_then(|at| children.get(at)).copied();
        match before.and_then(|id| nodes.get_mut(id)).map(|node| &mut node.data) {
            Some(Data::Text(existing)) => {
                existing.push_str(text);
                true
            }
            _ => false,
        }
    }

    fn detach(&self, id: Id) {
        let mut nodes = self.nodes.borrow_mut();
        let Some(parent) = nodes.get_mut(id).and_then(|node| node.parent.take()) else { return };
        if let Some(node) = nodes.get_mut(parent)
            && let Some(at) = node.children.iter().rposition(|child| *child == id)
        {
            node.children.remove(at);
        }
    }

    /// Parent of a node and its place there.
    fn place(&self, id: Id) -> Option<(Id, usize)> {
        let nodes = self.nodes.borrow();
        let parent = nodes.get(id)?.parent?;
        Some((parent, nodes.get(parent)?.children.iter().rposition(|child| *child == id)?))
    }
}

impl TreeSink for Sink {
    type Handle = Handle;
    type Output = Self;
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) -> Self {
        self
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        Handle { id: 0, name: self.unnamed.clone() }
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> ExpandedName<'a> {
        target.name.expanded()
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, _: ElementFlags) -> Handle {
        let foreign = name.ns != ns!(html);
        let attrs = attrs.into_iter().map(|a| (a.name.local.to_string(), a.value.to_string())).collect();
        let data = Data::Element { name: name.local.to_string(), attrs, foreign };
        self.push(data, Rc::new(name))
    }

    fn create_comment(&self, _: StrTendril) -> Handle {
        self.push(Data::Other, self.unnamed.clone())
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Handle {
        self.push(Data::Other, self.unnamed.clone())
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        self.insert(parent.id, None, child);
    }

    fn append_based_on_parent_node(&self, element: &Handle, previous: &Handle, child: NodeOrText<Handle>) {
        if self.place(element.id).is_some() {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    /// A template's content is kept apart and never shown.
    fn get_template_contents(&self, _: &Handle) -> Handle {
        self.push(Data::Other, self.unnamed.clone())
    }

    fn same_node(&self, x: &Handle, y: &Handle) -> bool {
        x.id == y.id
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Handle, child: NodeOrText<Handle>) {
        if let NodeOrText::AppendNode(node) = &child {
            self.detach(node.id);
        }
        if let Some((parent, index)) = self.place(sibling.id) {
            self.insert(parent, Some(index), child);
        }
    }

    fn add_attrs_if_missing(&self, target: &Handle, attrs: Vec<Attribute>) {
        let mut nodes = self.nodes.borrow_mut();
        if let Some(Data::Element { attrs: existing, .. }) = nodes.get_mut(target.id).map(|node| &mut node.data) {
            // A document of a thousand <body> tags must not gather the attributes of all.
            for attr in attrs.into_iter().take(MAX_LATE_ATTRS.saturating_sub(existing.len())) {
                let name = attr.name.local.to_string();
                if existing.iter().all(|(known, _)| *known != name) {
                    existing.push((name, attr.value.to_string()));
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &Handle) {
        self.detach(target.id);
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        let moved =
            self.nodes.borrow_mut().get_mut(node.id).map(|n| std::mem::take(&mut n.children)).unwrap_or_default();
        let mut nodes = self.nodes.borrow_mut();
        for child in &moved {
            if let Some(n) = nodes.get_mut(*child) {
                n.parent = Some(new_parent.id);
            }
        }
        if let Some(n) = nodes.get_mut(new_parent.id) {
            n.children.extend(moved);
        }
    }
}
