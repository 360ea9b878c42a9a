//! The table of figures against budgets, in Markdown.

/// A figure: what, how much, the budget, whether it keeps it.
struct Row {
    what: String,
    figure: String,
    budget: String,
    kept: Option<bool>,
}

/// Rows in the order they were measured.
#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// A figure with a budget.
    pub fn judged(&mut self, what: &str, figure: String, budget: &str, kept: bool) {
        self.push(what, figure, budget, Some(kept));
    }

    /// A figure without a budget.
    pub fn noted(&mut self, what: &str, figure: String) {
        self.push(what, figure, "", None);
    }

    fn push(&mut self, what: &str, figure: String, budget: &str, kept: Option<bool>) {
        eprintln!("  {what}: {figure}");
        self.rows.push(Row { what: what.to_owned(), figure, budget: budget.to_owned(), kept });
    }

    /// Prints it with the machine's name on top.
    pub fn print(&self, large: u32) {
        println!("\nMachine: {} · large mailbox: {large} messages\n", machine());
        println!("| what | measured | budget | |\n|---|---|---|---|");
        for row in &self.rows {
            let mark = match row.kept {
                Some(true) => "kept",
                Some(false) => "**over**",
                None => "",
            };
            println!("| {} | {} | {} | {mark} |", row.what, row.figure, row.budget);
        }
    }
}

fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(": unknown processor");
    let cores = info.lines().filter(|line| line.starts_with("processor")).count();
    format!("{cores} × {}", model.trim_start_matches([' ', '\t', ':']))
}

/// The median.
pub fn p50(values: &mut [f64]) -> f64 {
    percentile(values, 50)
}

/// The value that `share` per cent do not exceed.
pub fn percentile(values: &mut [f64], share: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get((values.len() * share / 100).min(values.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}
