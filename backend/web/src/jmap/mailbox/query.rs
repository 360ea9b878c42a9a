//! `Mailbox/query` and `Mailbox/queryChanges` (RFC 8621 §2.3, §2.4). A person has some dozens of Mailboxes: they are sorted
//! in memory.

use std::{
    cmp::Ordering,
    collections::{BTreeSet, HashMap, HashSet},
};

use shared::ids::MailboxId;
use store::{
    DataType, Reader,
    changes::{since, state},
    mailboxes::{self, Mailbox},
};

use crate::jmap::{
    args::Args,
    changes::parse_state,
    context::Cx,
    dispatch::Outcome,
    error::MethodError,
    query::{Comparator, Filter, Since, Window, collate, filter, sort},
};

/// More changes than this are not worth telling one by one.
const MAX_CHANGES: usize = 10_000;

/// A FilterCondition (RFC 8621 §2.3): every given part must hold.
#[derive(Debug, Default)]
struct Condition {
    parent: Option<Option<MailboxId>>,
    /// An id was given that no Mailbox can have.
    impossible: bool,
    name: Option<String>,
    role: Option<Option<String>>,
    has_any_role: Option<bool>,
    is_subscribed: Option<bool>,
}

impl Condition {
    fn read(mut args: Args, cx: &Cx<'_>) -> Result<Self, MethodError> {
        let mut condition = Self::default();
        if let Some(parent) = args.nullable_string("parentId")? {
            let id = parent.as_deref().map(|text| cx.created.id(text));
            condition.impossible = id == Some(None);
            condition.parent = Some(id.flatten());
        }
        condition.name = args.string("name")?.map(|name| name.to_lowercase());
        condition.role = args.nullable_string("role")?;
        condition.has_any_role = args.optional_boolean("hasAnyRole")?;
        condition.is_subscribed = args.optional_boolean("isSubscribed")?;
        args.end()?;
        Ok(condition)
    }

    fn matches(&self, mailbox: &Mailbox) -> bool {
        let role = mailbox.role.map(mailboxes::Role::as_str);
        !self.impossible
            && self.parent.is_none_or(|parent| mailbox.parent == parent)
            && self.name.as_ref().is_none_or(|name| mailbox.name.to_lowercase().contains(name))
            && self.role.as_ref().is_none_or(|wanted| role == wanted.as_deref())
            && self.has_any_role.is_none_or(|any| role.is_some() == any)
            && self.is_subscribed.is_none_or(|subscribed| mailbox.is_subscribed == subscribed)
    }
}

/// What is asked, beside the window.
struct Question {
    filter: Option<Filter<Condition>>,
    sort: Vec<Comparator>,
    sort_as_tree: bool,
    filter_as_tree: bool,
}

impl Question {
    fn read(args: &mut Args, cx: &Cx<'_>) -> Result<Self, MethodError> {
        Ok(Self {
            filter: filter(args.take("filter"), &mut |condition| Condition::read(condition, cx))?,
            sort: sort(args.take("sort"), &["sortOrder", "name"])?,
            sort_as_tree: args.boolean("sortAsTree", false)?,
            filter_as_tree: args.boolean("filterAsTree", false)?,
        })
    }

    fn is_tree(&self) -> bool {
        self.sort_as_tree || self.filter_as_tree
    }

    /// The whole result, in order.
    fn answer(&self, all: &[Mailbox]) -> Vec<MailboxId> {
        let tree = Tree::new(all);
        let hit = |m: &Mailbox| self.filter.as_ref().is_none_or(|f| f.matches(&|c: &Condition| c.matches(m)));
        let hits: HashSet<MailboxId> = all.iter().filter(|m| hit(m)).map(|m| m.id).collect();
        let mut list: Vec<&Mailbox> = all
            .iter()
            .filter(|m| hits.contains(&m.id))
            .filter(|m| !self.filter_as_tree || tree.path(m).iter().all(|a| hits.contains(&a.id)))
            .collect();
        if self.sort_as_tree {
            list.sort_by(|a, b| self.compare_in_tree(&tree.path(a), &tree.path(b)));
        } else {
            list.sort_by(|a, b| self.compare(a, b));
        }
        list.into_iter().map(|m| m.id).collect()
    }

    fn compare(&self, a: &Mailbox, b: &Mailbox) -> Ordering {
        let by = self.sort.iter().map(|comparator| {
            let order = match comparator.property.as_str() {
                "sortOrder" => a.sort_order.cmp(&b.sort_order),
                _ => collate(&a.name, &b.name, comparator.collation.as_deref()),
            };
            if comparator.ascending { order } else { order.reverse() }
        });
        by.fold(Ordering::Equal, Ordering::then).then(a.id.cmp(&b.id))
    }

    /// RFC 8621 §2.3 `sortAsTree`: ancestors first, else the nearest ancestors that are siblings decide.
    fn compare_in_tree(&self, a: &[&Mailbox], b: &[&Mailbox]) -> Ordering {
        let apart = a.iter().zip(b).find(|(x, y)| x.id != y.id);
        apart.map_or_else(|| a.len().cmp(&b.len()), |(x, y)| self.compare(x, y))
    }
}

/// The Mailboxes by id, to walk up.
struct Tree<'a>(HashMap<MailboxId, &'a Mailbox>);

impl<'a> Tree<'a> {
    fn new(all: &'a [Mailbox]) -> Self {
        Self(all.iter().map(|m| (m.id, m)).collect())
    }

    /// From the top down to the Mailbox itself. Ends even if the stored tree had a loop.
    fn path(&self, mailbox: &'a Mailbox) -> Vec<&'a Mailbox> {
        let mut path = vec![mailbox];
        while let Some(parent) = path.last().and_then(|m| m.parent).and_then(|id| self.0.get(&id)) {
            if path.len() > self.0.len() {
                break;
            }
            path.push(parent);
        }
        path.reverse();
        path
    }
}

/// `Mailbox/query`.
pub async fn query(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let account = args.account(cx)?;
    let window = Window::read(&mut args)?;
    let question = Question::read(&mut args, cx)?;
    args.end()?;
    let mut reader = cx.store.read().await?;
    let state = query_state(&mut reader, account).await?;
    let all = mailboxes::all(&mut reader, account).await?;
    let page = window.of(&question.answer(&all))?;
    Ok(window.answer(account, &state, true, page).into())
}

/// The state of every query is that of the type: counts move it too, and then `queryChanges` says "nothing".
async fn query_state(reader: &mut Reader, account: shared::ids::AccountId) -> Result<String, MethodError> {
    Ok(state(reader, account, DataType::Mailbox).await?.to_string())
}

/// `Mailbox/queryChanges`.
pub async fn query_changes(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let account = args.account(cx)?;
    let asked = Since::read(&mut args)?;
    let question = Question::read(&mut args, cx)?;
    args.end()?;
    let mut reader = cx.store.read().await?;
    let new_state = query_state(&mut reader, account).await?;
    let changes = match parse_state(&asked.state) {
        Some(old) => since(&mut reader, account, DataType::Mailbox, old, MAX_CHANGES).await?,
        None => None,
    };
    let changes = changes.filter(|c| !c.has_more).ok_or(MethodError::new("cannotCalculateChanges"))?;
    let results = question.answer(&mailboxes::all(&mut reader, account).await?);
    let mut touched: BTreeSet<MailboxId> = changes.destroyed.iter().copied().map(MailboxId).collect();
    if !changes.only_counts {
        touched.extend(changes.updated.iter().copied().map(MailboxId));
    }
    if question.is_tree() && !(touched.is_empty() && changes.created.is_empty()) {
        // One Mailbox that moves may move all that hangs below it, in and out of the results.
        touched.extend(results.iter().copied());
    }
    let removed = touched.iter().map(ToString::to_string).collect();
    let added = results.iter().enumerate().filter(|(_, id)| touched.contains(id) || changes.created.contains(&id.0));
    let added = added.map(|(index, id)| (index as u64, id.to_string())).collect();
    Ok(asked.answer(account, &new_state, Some(results.len() as u64), removed, added)?.into())
}
