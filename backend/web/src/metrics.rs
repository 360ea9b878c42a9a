//! Counters in Prometheus' text format. No label carries an address or a name.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

/// Upper bounds of the buckets of request durations, in seconds.
const BUCKETS_S: [f64; 8] = [0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, f64::INFINITY];

#[derive(Debug, Default, Clone, Copy)]
struct Series {
    count: u64,
    sum_s: f64,
    buckets: [u64; BUCKETS_S.len()],
}

/// What the door counts.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<(&'static str, u16), Series>>,
    /// Panics that were caught.
    pub panics: AtomicU64,
    /// Log-ins and app passwords that were wrong.
    pub wrong_proofs: AtomicU64,
    /// Guesses that were not looked at.
    pub throttled: AtomicU64,
    /// Open push connections.
    pub push: AtomicI64,
    /// Push receivers that fell behind and started afresh.
    pub resyncs: AtomicU64,
}

impl Metrics {
    /// One answered request; `group` names the route, never the path.
    pub fn request(&self, group: &'static str, status: u16, took: Duration) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let series = requests.entry((group, status)).or_default();
        let took_s = took.as_secs_f64();
        series.count += 1;
        series.sum_s += took_s;
        for (bucket, bound) in series.buckets.iter_mut().zip(BUCKETS_S) {
            *bucket += u64::from(took_s <= bound);
        }
    }

    /// The page. `figures` come from elsewhere: name → value, gauges.
    pub fn page(&self, figures: &BTreeMap<String, u64>) -> String {
        let mut page = String::with_capacity(4_096);
        // Writing into a String cannot fail.
        let _ = self.write(&mut page, figures);
        page
    }

    fn write(&self, page: &mut String, figures: &BTreeMap<String, u64>) -> std::fmt::Result {
        writeln!(page, "# HELP kinpost_http_request_seconds Time to answer, by route and status.")?;
        writeln!(page, "# TYPE kinpost_http_request_seconds histogram")?;
        for ((group, status), series) in self.requests.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let labels = format!("route=\"{group}\",status=\"{status}\"");
            for (count, bound) in series.buckets.iter().zip(BUCKETS_S) {
                let bound = if bound.is_finite() { bound.to_string() } else { "+Inf".to_owned() };
                writeln!(page, "kinpost_http_request_seconds_bucket{{{labels},le=\"{bound}\"}} {count}")?;
            }
            writeln!(page, "kinpost_http_request_seconds_sum{{{labels}}} {}", series.sum_s)?;
            writeln!(page, "kinpost_http_request_seconds_count{{{labels}}} {}", series.count)?;
        }
        for (name, help, value) in [
            ("panics_total", "Panics that were caught while answering.", &self.panics),
            ("wrong_proofs_total", "Wrong log-ins and app passwords.", &self.wrong_proofs),
            ("throttled_total", "Guesses that were refused unseen.", &self.throttled),
            ("push_resyncs_total", "Push receivers that fell behind.", &self.resyncs),
        ] {
            writeln!(
                page,
                "# HELP kinpost_{name} {help}\n# TYPE kinpost_{name} counter\nkinpost_{name} {}",
                value.load(Ordering::Relaxed)
            )?;
        }
        let open = self.push.load(Ordering::Relaxed);
        writeln!(
            page,
            "# HELP kinpost_push_connections Open push connections.\n# TYPE kinpost_push_connections gauge\nkinpost_push_connections {open}"
        )?;
        for (name, value) in figures {
            let bare = name.split('{').next().unwrap_or(name);
            let kind = if bare.ends_with("_total") { "counter" } else { "gauge" };
            writeln!(page, "# TYPE kinpost_{bare} {kind}\nkinpost_{name} {value}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_in_buckets() {
        let metrics = Metrics::default();
        metrics.request("api", 200, Duration::from_millis(3));
        metrics.request("api", 200, Duration::from_millis(30));
        let page = metrics.page(&BTreeMap::from([("tasks_queued".to_owned(), 4)]));
        for line in [
            "kinpost_http_request_seconds_bucket{route=\"api\",status=\"200\",le=\"0.005\"} 1",
            "kinpost_http_request_seconds_bucket{route=\"api\",status=\"200\",le=\"+Inf\"} 2",
            "kinpost_http_request_seconds_count{route=\"api\",status=\"200\"} 2",
            "kinpost_panics_total 0",
            "kinpost_tasks_queued 4",
        ] {
            assert!(page.lines().any(|l| l == line), "{line}\n{page}");
        }
    }
}
