//! Style elements: their simple rules are applied to the elements they mean, as browsers would, and the style element
//! itself goes. So newsletters keep their look, and no raw text remains in the cleaned document.

use std::collections::HashMap;

use cssparser::{Parser, Token};

use super::{
    Declaration, declarations,
    selector::{Compound, Selector, Specificity},
};

/// Octets of style elements that are read.
const MAX_CSS: usize = 512 * 1024;
/// Rules that are applied.
const MAX_RULES: usize = 2_000;
/// Comparisons of elements with compounds, and declarations handed out, in one document.
const MAX_WORK: usize = 500_000;

/// All rules of a document.
#[derive(Debug, Default)]
pub(in crate::html) struct Sheet {
    rules: Vec<Rule>,
    by_tag: HashMap<String, Vec<usize>>,
    by_class: HashMap<String, Vec<usize>>,
    by_id: HashMap<String, Vec<usize>>,
    read: usize,
    work: usize,
}

#[derive(Debug)]
struct Rule {
    selector: Selector,
    specificity: Specificity,
    declarations: std::rc::Rc<Vec<Declaration>>,
}

/// What selectors look at.
#[derive(Debug, Clone, Default)]
pub(in crate::html) struct Subject {
    pub tag: String,
    pub id: Option<String>,
    pub classes: Vec<String>,
}

impl Subject {
    fn is(&self, compound: &Compound) -> bool {
        compound.tag.as_ref().is_none_or(|tag| *tag == self.tag)
            && compound.id.as_ref().is_none_or(|id| self.id.as_ref() == Some(id))
            && compound.classes.iter().all(|class| self.classes.contains(class))
    }
}

impl Sheet {
    /// Takes in a style element.
    pub fn add(&mut self, css: &str) {
        let room = MAX_CSS.saturating_sub(self.read);
        let css = css.get(..css.floor_char_boundary(room)).unwrap_or_default();
        self.read += css.len();
        self.rules_of(&mut Parser::new(css), true);
    }

    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Reads rules; of at-rules only `@media` for every screen.
    fn rules_of(&mut self, parser: &mut Parser<'_>, top: bool) {
        let mut start = parser.position();
        let mut at_rule: Option<String> = None;
        loop {
            let before = parser.position();
            let token = match parser.next() {
                Err(_) => return,
                Ok(token) => token.clone(),
            };
            match token {
                Token::CDO | Token::CDC if at_rule.is_none() => start = parser.position(),
                Token::AtKeyword(name) if parser.slice(start..before).trim().is_empty() => {
                    at_rule = Some(name.to_ascii_lowercase());
                    start = parser.position();
                }
                Token::Semicolon if at_rule.is_some() => {
                    at_rule = None;
                    start = parser.position();
                }
                Token::CurlyBracketBlock => {
                    let prelude = parser.slice(start..before).trim().to_owned();
                    self.block(parser, at_rule.take().as_deref(), &prelude, top);
                    start = parser.position();
                }
                _ => {}
            }
        }
    }

    fn block(&mut self, parser: &mut Parser<'_>, at_rule: Option<&str>, prelude: &str, top: bool) {
        let everywhere = matches!(prelude.to_ascii_lowercase().as_str(), "screen" | "all" | "only screen");
        let _ = parser.parse_nested_block(|inner| -> Result<(), cssparser::ParseError<()>> {
            match at_rule {
                Some("media") if top && everywhere => self.rules_of(inner, false),
                Some(_) => while inner.next().is_ok() {},
                None => {
                    let mut list = Vec::new();
                    declarations(inner, &mut list);
                    self.rule(prelude, list);
                }
            }
            Ok(())
        });
    }

    fn rule(&mut self, prelude: &str, list: Vec<Declaration>) {
        if list.is_empty() {
            return;
        }
        let shared = std::rc::Rc::new(list);
        for selector in Selector::parse_list(prelude) {
            if self.rules.len() >= MAX_RULES {
                return;
            }
            let number = self.rules.len();
            let target = &selector.target;
            // Filed under the rarest thing it asks for.
            match (&target.id, target.classes.first(), &target.tag) {
                (Some(id), _, _) => self.by_id.entry(id.clone()).or_default().push(number),
                (None, Some(class), _) => self.by_class.entry(class.clone()).or_default().push(number),
                (None, None, Some(tag)) => self.by_tag.entry(tag.clone()).or_default().push(number),
                (None, None, None) => continue,
            }
            self.rules.push(Rule { specificity: selector.specificity(), selector, declarations: shared.clone() });
        }
    }

    /// The declarations for an element, in the order of the cascade; `above` are its ancestors, nearest last.
    pub fn apply(&mut self, subject: &Subject, above: &[Subject]) -> Vec<Declaration> {
        let mut numbers: Vec<usize> = Vec::new();
        let lists = [self.by_tag.get(&subject.tag), subject.id.as_ref().and_then(|id| self.by_id.get(id))];
        numbers.extend(lists.into_iter().flatten().flatten());
        for class in &subject.classes {
            numbers.extend(self.by_class.get(class).into_iter().flatten());
        }
        numbers.sort_unstable();
        numbers.dedup();
        let mut found: Vec<(Specificity, usize)> = Vec::new();
        for number in numbers {
            let Some(rule) = self.rules.get(number) else { continue };
            self.work += 1;
            if self.work > MAX_WORK {
                break;
            }
            if subject.is(&rule.selector.target) && hangs(&rule.selector.above, above, &mut self.work) {
                self.work += rule.declarations.len();
                found.push((rule.specificity, number));
            }
        }
        found.sort_unstable();
        let rules = found.iter().filter_map(|(_, number)| self.rules.get(*number));
        rules.flat_map(|rule| rule.declarations.iter().cloned()).collect()
    }
}

/// Do the ancestors fulfil what a selector asks for above its target?
fn hangs(asked: &[(bool, Compound)], above: &[Subject], work: &mut usize) -> bool {
    let Some(((direct, compound), further)) = asked.split_first() else { return true };
    let mut rest = above;
    while let Some((nearest, higher)) = rest.split_last() {
        *work += 1;
        if nearest.is(compound) && hangs(further, higher, work) {
            return true;
        }
        if *direct || *work > MAX_WORK {
            return false;
        }
        rest = higher;
    }
    false
}
