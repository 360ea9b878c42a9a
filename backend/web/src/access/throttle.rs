//! Guessing passwords is made slow: leaky buckets per address and per person. A guess is counted before it is tried, so
//! that a hundred at the same time are a hundred, and given back when it was right.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Buckets kept at most; an attacker with a whole network must not fill our memory.
const MAX_BUCKETS: usize = 20_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Address(IpAddr),
    Person(String),
}

/// How many wrong guesses are forgiven, and how fast they are forgotten.
#[derive(Debug, Clone, Copy)]
struct Rule {
    capacity: f64,
    leak_per_s: f64,
}

/// One address: a family behind one router mistypes more often than one person.
const ADDRESS: Rule = Rule { capacity: 20.0, leak_per_s: 1.0 / 30.0 };
/// One person, from wherever the guesses come.
const PERSON: Rule = Rule { capacity: 10.0, leak_per_s: 1.0 / 60.0 };

#[derive(Debug, Clone, Copy)]
struct Bucket {
    level: f64,
    at: Instant,
}

impl Bucket {
    fn level(&self, rule: Rule, now: Instant) -> f64 {
        let past = now.saturating_duration_since(self.at).as_secs_f64();
        (self.level - past * rule.leak_per_s).max(0.0)
    }
}

/// Counts wrong guesses. Forgets everything at a restart, which costs an attacker more than us.
#[derive(Debug, Default)]
pub struct Throttle {
    buckets: Mutex<HashMap<Key, Bucket>>,
}

impl Key {
    fn rule(&self) -> Rule {
        match self {
            Self::Address(_) => ADDRESS,
            Self::Person(_) => PERSON,
        }
    }
}

/// Whoever owns one IPv6 address owns its /64.
fn address_key(address: IpAddr) -> Key {
    Key::Address(match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6([a, b, c, d, 0, 0, 0, 0].into())
        }
        v4 => v4,
    })
}

fn keys(address: IpAddr, person: Option<&str>) -> Vec<Key> {
    let person = person.map(|p| Key::Person(p.trim().to_lowercase().chars().take(254).collect()));
    std::iter::once(address_key(address)).chain(person).collect()
}

impl Throttle {
    /// Counts one guess of `address` at `person` (the typed name, existing or not).
    ///
    /// # Errors
    /// How long to wait before the next guess is looked at at all.
    pub fn guess(&self, address: IpAddr, person: Option<&str>, now: Instant) -> Result<(), Duration> {
        let keys = keys(address, person);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(wait) = keys.iter().filter_map(|key| wait(&buckets, key, now)).max() {
            return Err(wait);
        }
        make_room(&mut buckets, now);
        for key in keys {
            let rule = key.rule();
            let bucket = buckets.entry(key).or_insert(Bucket { level: 0.0, at: now });
            *bucket = Bucket { level: bucket.level(rule, now) + 1.0, at: now };
        }
        Ok(())
    }

    /// Whether this address and person may try at all; counts nothing.
    ///
    /// # Errors
    /// How long to wait.
    pub fn check(&self, address: IpAddr, person: Option<&str>, now: Instant) -> Result<(), Duration> {
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        keys(address, person).iter().filter_map(|key| wait(&buckets, key, now)).max().map_or(Ok(()), Err)
    }

    /// The guess was right: it is taken back, and the person's earlier slips are forgiven.
    pub fn right(&self, address: IpAddr, person: Option<&str>, now: Instant) {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        for key in keys(address, person) {
            match (&key, buckets.get_mut(&key)) {
                (Key::Person(_), _) => drop(buckets.remove(&key)),
                (_, Some(bucket)) => {
                    *bucket = Bucket { level: (bucket.level(key.rule(), now) - 1.0).max(0.0), at: now }
                }
                (_, None) => {}
            }
        }
    }
}

fn wait(buckets: &HashMap<Key, Bucket>, key: &Key, now: Instant) -> Option<Duration> {
    let rule = key.rule();
    let over = buckets.get(key)?.level(rule, now) + 1.0 - rule.capacity;
    // A millionth of slack: waiting exactly as long as we said must be enough in spite of rounding.
    (over > 1e-6).then(|| Duration::from_secs_f64((over / rule.leak_per_s).ceil().max(1.0)))
}

fn make_room(buckets: &mut HashMap<Key, Bucket>, now: Instant) {
    if buckets.len() < MAX_BUCKETS {
        return;
    }
    buckets.retain(|key, bucket| bucket.level(key.rule(), now) > 0.0);
    if buckets.len() >= MAX_BUCKETS {
        // Still full: the emptiest half goes, so that those who guess most stay remembered.
        let mut levels: Vec<f64> = buckets.iter().map(|(key, b)| b.level(key.rule(), now)).collect();
        let middle = levels.len() / 2;
        let (_, median, _) = levels.select_nth_unstable_by(middle, f64::total_cmp);
        let median = *median;
        buckets.retain(|key, bucket| bucket.level(key.rule(), now) > median);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_person_is_guarded_from_many_addresses() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for i in 0..10 {
            assert_eq!(throttle.guess(ip(&format!("203.0.113.{i}")), Some("ana@example.org"), now), Ok(()));
        }
        let wait = throttle.guess(ip("203.0.113.99"), Some("ANA@example.org "), now).unwrap_err();
        assert_eq!(wait, Duration::from_secs(60));
        assert_eq!(throttle.guess(ip("203.0.113.99"), Some("ben@example.org"), now), Ok(()));
        assert_eq!(throttle.guess(ip("203.0.113.99"), Some("ana@example.org"), now + wait), Ok(()));
    }

    #[test]
    fn an_address_is_stopped_at_many_people() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for i in 0..20 {
            assert_eq!(throttle.guess(ip("2001:db8::1"), Some(&format!("p{i}@example.org")), now), Ok(()));
        }
        assert!(throttle.guess(ip("2001:db8::ffff"), Some("new@example.org"), now).is_err(), "the same /64");
        assert!(throttle.check(ip("2001:db8::5"), None, now).is_err());
        assert_eq!(throttle.guess(ip("2001:db8:1::1"), Some("new@example.org"), now), Ok(()));
    }

    #[test]
    fn a_right_guess_forgives() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for _ in 0..200 {
            throttle.guess(ip("203.0.113.1"), Some("ana@example.org"), now).unwrap();
            throttle.right(ip("203.0.113.1"), Some("ana@example.org"), now);
        }
    }

    #[test]
    fn memory_is_bounded_and_the_worst_stays_known() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        let worst = ip("198.51.100.1");
        while throttle.guess(worst, None, now).is_ok() {}
        for i in 0..u32::try_from(MAX_BUCKETS).unwrap() + 100 {
            let _ = throttle.guess(IpAddr::V4((0x0a00_0000 + i).into()), None, now);
        }
        assert!(throttle.buckets.lock().unwrap().len() <= MAX_BUCKETS);
        assert!(throttle.check(worst, None, now).is_err());
    }
}
