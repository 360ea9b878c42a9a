//! What every `/query` and `/queryChanges` has in common (RFC 8620 §5.5, §5.6).

use std::{cmp::Ordering, fmt::Display};

use serde_json::{Value, json};
use shared::ids::AccountId;

use super::{
    args::Args,
    error::MethodError,
    limits::{MAX_FILTER_DEPTH, MAX_FILTER_NODES, MAX_QUERY_LIMIT, MAX_SORT},
};

/// The collations of RFC 4790 and RFC 5051 that a Comparator may name.
pub const COLLATIONS: [&str; 2] = ["i;ascii-casemap", "i;unicode-casemap"];

/// A filter whose conditions are of type `C`.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter<C> {
    /// All match.
    And(Vec<Filter<C>>),
    /// At least one matches.
    Or(Vec<Filter<C>>),
    /// None matches.
    Not(Vec<Filter<C>>),
    /// One condition.
    Is(C),
}

impl<C> Filter<C> {
    /// Whether the filter matches, given whether a condition does.
    pub fn matches(&self, test: &impl Fn(&C) -> bool) -> bool {
        match self {
            Self::And(list) => list.iter().all(|f| f.matches(test)),
            Self::Or(list) => list.iter().any(|f| f.matches(test)),
            Self::Not(list) => !list.iter().any(|f| f.matches(test)),
            Self::Is(condition) => test(condition),
        }
    }
}

/// Reads a filter; `condition` reads one FilterCondition.
pub fn filter<C>(
    value: Option<Value>,
    condition: &mut impl FnMut(Args) -> Result<C, MethodError>,
) -> Result<Option<Filter<C>>, MethodError> {
    let mut nodes = 0;
    value.map(|value| filter_node(value, condition, 0, &mut nodes)).transpose()
}

fn filter_node<C>(
    value: Value,
    condition: &mut impl FnMut(Args) -> Result<C, MethodError>,
    depth: usize,
    nodes: &mut usize,
) -> Result<Filter<C>, MethodError> {
    *nodes += 1;
    if depth > MAX_FILTER_DEPTH || *nodes > MAX_FILTER_NODES {
        return Err(MethodError::with("unsupportedFilter", "the filter is too large"));
    }
    let Value::Object(mut object) = value else {
        return Err(MethodError::invalid_arguments("a filter is an object"));
    };
    let Some(operator) = object.remove("operator") else {
        return condition(Args::new(object)).map(Filter::Is);
    };
    let Some(Value::Array(conditions)) = object.remove("conditions") else {
        return Err(MethodError::invalid_arguments("a filter operator has conditions"));
    };
    Args::new(object).end()?;
    let list = conditions.into_iter().map(|c| filter_node(c, condition, depth + 1, nodes)).collect::<Result<_, _>>()?;
    match operator.as_str() {
        Some("AND") => Ok(Filter::And(list)),
        Some("OR") => Ok(Filter::Or(list)),
        Some("NOT") => Ok(Filter::Not(list)),
        _ => Err(MethodError::invalid_arguments("operator is AND, OR or NOT")),
    }
}

/// One Comparator.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparator {
    /// The property to compare.
    pub property: String,
    /// Its direction.
    pub ascending: bool,
    /// The collation, one of [`COLLATIONS`].
    pub collation: Option<String>,
    /// The keyword of a sort by keyword (RFC 8621 §4.4.2).
    pub keyword: Option<String>,
}

/// Reads a sort and refuses properties that are not `known`.
pub fn sort(value: Option<Value>, known: &[&str]) -> Result<Vec<Comparator>, MethodError> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let Value::Array(items) = value else { return Err(MethodError::invalid_arguments("sort is not a list")) };
    if items.len() > MAX_SORT {
        return Err(MethodError::with("unsupportedSort", "too many comparators"));
    }
    items.into_iter().map(|item| comparator(item, known)).collect()
}

fn comparator(value: Value, known: &[&str]) -> Result<Comparator, MethodError> {
    let Value::Object(object) = value else { return Err(MethodError::invalid_arguments("a comparator is an object")) };
    let mut args = Args::new(object);
    let comparator = Comparator {
        property: args.required("property", Args::string)?,
        ascending: args.boolean("isAscending", true)?,
        collation: args.string("collation")?,
        keyword: args.string("keyword")?,
    };
    // Other members are ignored: a property may bring some of its own (RFC 8620 §5.5), and clients send a few of /query's.
    if !known.contains(&comparator.property.as_str()) {
        return Err(MethodError::with("unsupportedSort", format!("cannot sort by {:?}", comparator.property)));
    }
    if comparator.collation.as_deref().is_some_and(|name| !COLLATIONS.contains(&name)) {
        return Err(MethodError::with("unsupportedSort", "unknown collation"));
    }
    Ok(comparator)
}

/// Compares two strings as a collation says; without one as `i;unicode-casemap`, roughly.
pub fn collate(a: &str, b: &str, collation: Option<&str>) -> Ordering {
    match collation {
        Some("i;ascii-casemap") => a.to_ascii_uppercase().cmp(&b.to_ascii_uppercase()),
        _ => a.to_lowercase().cmp(&b.to_lowercase()),
    }
}

/// The part of the results that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Where it begins; negative counts from the end.
    pub position: i64,
    /// The id to begin at (plus `anchor_offset`); then `position` is ignored.
    pub anchor: Option<String>,
    /// Relative to the anchor.
    pub anchor_offset: i64,
    /// At most so many ids.
    pub limit: usize,
    /// Whether `limit` is ours rather than the client's, and must be said.
    pub limited: bool,
    /// Whether the total is asked for.
    pub total: bool,
}

impl Window {
    /// Reads the common arguments of a `/query`.
    pub fn read(args: &mut Args) -> Result<Self, MethodError> {
        let asked = args.uint("limit")?;
        let limit = asked.and_then(|n| usize::try_from(n).ok()).unwrap_or(MAX_QUERY_LIMIT).min(MAX_QUERY_LIMIT);
        Ok(Self {
            position: args.int("position")?.unwrap_or(0),
            anchor: args.string("anchor")?,
            anchor_offset: args.int("anchorOffset")?.unwrap_or(0),
            limit,
            limited: asked.is_none_or(|n| usize::try_from(n).ok() != Some(limit)),
            total: args.boolean("calculateTotal", false)?,
        })
    }

    /// The index of the first id, given the total and (if there is an anchor) the anchor's index.
    pub fn start(&self, total: u64, anchor: Option<u64>) -> u64 {
        let wide = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let index = match anchor {
            Some(index) => wide(index).saturating_add(self.anchor_offset),
            None if self.position < 0 => wide(total).saturating_add(self.position),
            None => self.position,
        };
        u64::try_from(index.max(0)).unwrap_or(0)
    }

    /// Cuts the window out of the whole list.
    pub fn of<T: Display>(&self, all: &[T]) -> Result<Page, MethodError> {
        let total = all.len() as u64;
        let anchor = match &self.anchor {
            Some(id) => {
                let found = all.iter().position(|item| item.to_string() == *id);
                Some(found.ok_or(MethodError::new("anchorNotFound"))? as u64)
            }
            None => None,
        };
        let position = self.start(total, anchor);
        let from = usize::try_from(position).unwrap_or(usize::MAX).min(all.len());
        let to = from.saturating_add(self.limit).min(all.len());
        let ids = all.get(from..to).unwrap_or_default().iter().map(ToString::to_string).collect();
        Ok(Page { position, ids, total: Some(total) })
    }

    /// The answer of a `/query`.
    pub fn answer(&self, account: AccountId, state: &str, can_calculate: bool, page: Page) -> Value {
        let mut answer = json!({
            "accountId": account,
            "queryState": state,
            "canCalculateChanges": can_calculate,
            "position": page.position,
            "ids": page.ids,
        });
        if let Some(object) = answer.as_object_mut() {
            if let (true, Some(total)) = (self.total, page.total) {
                object.insert("total".into(), total.into());
            }
            if self.limited {
                object.insert("limit".into(), self.limit.into());
            }
        }
        answer
    }
}

/// A part of the results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Index of the first id.
    pub position: u64,
    /// The ids.
    pub ids: Vec<String>,
    /// How many results there are.
    pub total: Option<u64>,
}

/// The common arguments of a `/queryChanges`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    /// `sinceQueryState`.
    pub state: String,
    /// `maxChanges`.
    pub max: Option<usize>,
    /// `upToId`.
    pub up_to: Option<String>,
    /// `calculateTotal`.
    pub total: bool,
}

impl Since {
    /// Reads them.
    pub fn read(args: &mut Args) -> Result<Self, MethodError> {
        Ok(Self {
            state: args.required("sinceQueryState", Args::string)?,
            max: max_changes(args)?,
            up_to: args.string("upToId")?,
            total: args.boolean("calculateTotal", false)?,
        })
    }

    /// The answer; `added` is put into order.
    pub fn answer(
        &self,
        account: AccountId,
        new_state: &str,
        total: Option<u64>,
        removed: Vec<String>,
        mut added: Vec<(u64, String)>,
    ) -> Result<Value, MethodError> {
        if self.max.is_some_and(|max| removed.len() + added.len() > max) {
            return Err(MethodError::new("tooManyChanges"));
        }
        added.sort();
        let added: Vec<Value> = added.into_iter().map(|(index, id)| json!({ "id": id, "index": index })).collect();
        let mut answer = json!({
            "accountId": account,
            "oldQueryState": self.state,
            "newQueryState": new_state,
            "removed": removed,
            "added": added,
        });
        if let (true, Some(total), Some(object)) = (self.total, total, answer.as_object_mut()) {
            object.insert("total".into(), total.into());
        }
        Ok(answer)
    }
}

/// `maxChanges`: greater than zero if given.
pub fn max_changes(args: &mut Args) -> Result<Option<usize>, MethodError> {
    match args.uint("maxChanges")? {
        Some(0) => Err(MethodError::invalid_arguments("maxChanges is greater than 0")),
        max => Ok(max.map(|n| usize::try_from(n).unwrap_or(usize::MAX))),
    }
}

#[cfg(test)]
#[path = "query_tests.rs"]
mod tests;
