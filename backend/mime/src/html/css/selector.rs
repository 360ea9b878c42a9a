//! Selectors simple enough to be applied by hand: names, classes and ids, below or directly below one another.

/// Compounds of one selector.
const MAX_COMPOUNDS: usize = 6;

/// `table.news td#x`: what an element must be, and what must stand above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selector {
    /// The element itself.
    pub target: Compound,
    /// What stands above, nearest first; true = directly above.
    pub above: Vec<(bool, Compound)>,
}

/// `td.a.b#c`
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Compound {
    pub tag: Option<String>,
    pub id: Option<String>,
    pub classes: Vec<String>,
}

/// (ids, classes, tags)
pub(super) type Specificity = (usize, usize, usize);

impl Selector {
    /// The selectors of a list that are simple enough.
    pub fn parse_list(text: &str) -> Vec<Self> {
        text.split(',').take(50).filter_map(Self::parse).collect()
    }

    fn parse(text: &str) -> Option<Self> {
        let spaced = text.replace('>', " > ");
        let mut compounds: Vec<(bool, Compound)> = Vec::new();
        let mut direct = false;
        for word in spaced.split_whitespace() {
            if word == ">" {
                if direct || compounds.is_empty() {
                    return None;
                }
                direct = true;
                continue;
            }
            // The relation belongs to what stood before: it tells how the new one hangs on it.
            if let Some(last) = compounds.last_mut() {
                last.0 = direct;
            }
            direct = false;
            compounds.push((false, Compound::parse(word)?));
        }
        if direct || compounds.len() > MAX_COMPOUNDS {
            return None;
        }
        let (_, target) = compounds.pop()?;
        compounds.reverse();
        Some(Self { target, above: compounds })
    }

    pub fn specificity(&self) -> Specificity {
        let all = self.above.iter().map(|(_, compound)| compound).chain([&self.target]);
        all.fold((0, 0, 0), |(ids, classes, tags), c| {
            (ids + usize::from(c.id.is_some()), classes + c.classes.len(), tags + usize::from(c.tag.is_some()))
        })
    }
}

impl Compound {
    fn parse(word: &str) -> Option<Self> {
        let mut compound = Self::default();
        let mut rest = word;
        while !rest.is_empty() {
            let kind = rest.chars().next().filter(|c| matches!(c, '.' | '#'));
            let body = if kind.is_some() { rest.get(1..)? } else { rest };
            let end = body.find(['.', '#']).unwrap_or(body.len());
            let (name, next) = body.split_at(end);
            let fine = !name.is_empty()
                && name.len() < 100
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
            if !fine {
                return None;
            }
            let name = name.to_ascii_lowercase();
            match kind {
                Some('.') => compound.classes.push(name),
                Some(_) => compound.id = Some(name),
                None if compound == Self::default() => compound.tag = Some(name),
                None => return None,
            }
            rest = next;
        }
        Some(compound)
    }
}
