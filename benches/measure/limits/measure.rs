//! Pieces of work that are timed in turn, so that all of them see the same machine.

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use crate::system;

/// What one run gave.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    pub seconds: f64,
    /// Of the result, where it was asked for.
    pub checksum: u64,
}

/// One way to do the work of a row.
pub struct Contender<'a> {
    pub name: &'static str,
    /// Does it once; makes a checksum of the result where asked to.
    pub run: Box<dyn FnMut(bool) -> Sample + 'a>,
    /// Bytes of memory that it took beyond what was there before, as far as it is known.
    pub peak: Option<u64>,
}

impl<'a> Contender<'a> {
    /// Times `work`; `checksum` looks at its result when the clock has stopped.
    pub fn new<R>(
        name: &'static str,
        mut work: impl FnMut() -> R + 'a,
        checksum: impl Fn(&R) -> u64 + 'a,
    ) -> Self {
        let run = move |check| {
            let start = Instant::now();
            let result = black_box(work());
            let seconds = start.elapsed().as_secs_f64();
            Sample { seconds, checksum: if check { checksum(&result) } else { 0 } }
        };
        Self { name, run: Box::new(run), peak: None }
    }

    /// Times npymap's `work` on one core, where it takes several by itself.
    ///
    /// That core touches memory for the result of `bytes` before, because each has a store of free pages of its own.
    pub fn on_one_core<R: Send>(
        bytes: usize,
        mut work: impl FnMut() -> R + Send + 'a,
        checksum: impl Fn(&R) -> u64 + 'a,
    ) -> Self {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("there is a thread");
        let run = move |check| {
            let (seconds, result) = pool.install(|| {
                system::prewarm(bytes);
                let start = Instant::now();
                let result = black_box(work());
                (start.elapsed().as_secs_f64(), result)
            });
            Sample { seconds, checksum: if check { checksum(&result) } else { 0 } }
        };
        Self { name: "one core", run: Box::new(run), peak: None }
    }

    /// The same where one run does only one part of so many: slow peers need no more to be timed well.
    pub fn of_parts(mut self, parts: usize) -> Self {
        let mut part = self.run;
        self.run = Box::new(move |check| {
            let sample = part(check);
            Sample { seconds: sample.seconds * parts as f64, ..sample }
        });
        self
    }

    /// Times what makes a file, which `remove` takes away before.
    pub fn fresh(
        name: &'static str,
        path: &'a PathBuf,
        remove: impl Fn(&PathBuf) + 'a,
        write: impl Fn(&PathBuf) + 'a,
        checksum: impl Fn(&&PathBuf) -> u64 + 'a,
    ) -> Self {
        let run = move |check| {
            remove(path);
            let start = Instant::now();
            write(path);
            let seconds = start.elapsed().as_secs_f64();
            let checksum = if check { checksum(&path) } else { 0 };
            remove(path);
            Sample { seconds, checksum }
        };
        Self { name, run: Box::new(run), peak: None }
    }
}

/// What the seconds of a row are shown in.
#[derive(Debug, Clone, Copy)]
pub enum Unit {
    /// Bytes of the payload.
    Bytes(usize),
    /// Things done a second, and their name.
    Rate(usize, &'static str),
    /// Nanoseconds for each of that many.
    Nanoseconds(usize),
    Microseconds(usize),
}

impl Unit {
    pub fn show(self, seconds: f64) -> String {
        match self {
            Self::Bytes(bytes) => format!("{} GB/s", Digits(bytes as f64 / seconds * 1e-9)),
            Self::Rate(count, things) => format!("{:.0} {things}/s", count as f64 / seconds),
            Self::Nanoseconds(count) => format!("{} ns", Digits(seconds / count as f64 * 1e9)),
            Self::Microseconds(count) => format!("{} µs", Digits(seconds / count as f64 * 1e6)),
        }
    }
}

/// A number with three significant digits.
struct Digits(f64);

impl std::fmt::Display for Digits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let decimals = (2.0 - self.0.abs().log10().floor()).clamp(0.0, 3.0) as usize;
        write!(f, "{:.decimals$}", self.0)
    }
}

/// One line of the table.
pub struct Row {
    pub name: String,
    unit: Unit,
    /// The most that npymap's time may be of the limit's, where the design says.
    budget: Option<f64>,
    /// Bytes of the result, against which memory is counted; 0 where that says nothing.
    result_bytes: usize,
    results: Vec<Outcome>,
}

/// What became of a contender.
pub struct Outcome {
    pub name: &'static str,
    /// The median.
    pub seconds: f64,
    pub peak: Option<u64>,
}

/// The contenders that are no peers.
const OWN: [&str; 4] = ["npymap", "one core", "limit", "staged limit"];

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    pub rounds: usize,
    /// The part of the full size.
    pub divisor: usize,
    /// Whether the peers are left out.
    pub ours: bool,
}

impl Row {
    /// Runs all contenders as often as the effort says in turn. The first round is not timed: it checks that all results are the
    /// same, and how much memory each takes.
    ///
    /// `result_bytes` is the size of a large result, for which memory is touched and freed again before every sample,
    /// so that nobody pays for memory that the system has to find first; 0 where there is none.
    pub fn measure(
        name: impl Into<String>,
        unit: Unit,
        budget: impl Into<Option<f64>>,
        result_bytes: usize,
        effort: Effort,
        mut contenders: Vec<Contender<'_>>,
    ) -> Self {
        let name = name.into();
        let Effort { rounds, ours, .. } = effort;
        contenders.retain(|contender| !ours || OWN.contains(&contender.name));
        let mut expected = None;
        // What takes long varies little, and is timed in every so many rounds.
        let mut every = Vec::with_capacity(contenders.len());
        for contender in &mut contenders {
            system::prewarm(result_bytes);
            let before = system::reset_peak();
            let start = Instant::now();
            let sample = (contender.run)(true);
            every.push(if start.elapsed().as_secs_f64() < 0.5 { 1 } else { 4 });
            if contender.name != "NumPy" {
                contender.peak = before.and_then(|before| Some(system::peak()?.saturating_sub(before)));
            }
            // NumPy's results stay in its own process.
            if contender.name == "NumPy" {
                continue;
            }
            let expected = *expected.get_or_insert(sample.checksum);
            assert_eq!(sample.checksum, expected, "{name}: {} gives another result", contender.name);
        }
        let mut seconds = vec![Vec::with_capacity(rounds); contenders.len()];
        for round in 0..rounds {
            for ((contender, seconds), every) in contenders.iter_mut().zip(&mut seconds).zip(&every) {
                if round % every != 0 {
                    continue;
                }
                system::prewarm(result_bytes);
                seconds.push((contender.run)(false).seconds);
            }
        }
        let results = contenders.into_iter().zip(seconds).map(|(contender, seconds)| Outcome {
            name: contender.name,
            seconds: median(seconds),
            peak: contender.peak,
        });
        let row = Self { name, unit, budget: budget.into(), result_bytes, results: results.collect() };
        eprintln!("{}", row.name);
        row
    }

    /// The columns of the table.
    pub const COLUMNS: &str = "| what | npymap | on one core | limit | ÷ limit; one core (budget) | ÷ best peer | ndarray-npy | npyz | npy 0.4 | NumPy | peak memory, of the result |\n|---|---|---|---|---|---|---|---|---|---|---|";

    /// The line of the table.
    pub fn line(&self) -> String {
        let outcome = |name: &str| self.results.iter().find(|outcome| outcome.name == name);
        let shown =
            |name: &str| outcome(name).map_or("–".into(), |outcome| self.unit.show(outcome.seconds));
        let ours = outcome("npymap").map(|outcome| outcome.seconds);
        let budget = self.budget.map_or(String::new(), |budget| format!(" ({budget})"));
        let limit = outcome("limit").zip(ours).map_or("–".into(), |(limit, ours)| {
            let one_core = outcome("one core").map_or(String::new(), |one_core| {
                let staged = outcome("staged limit").map_or(String::new(), |staged| {
                    format!(", of staged {:.2}", one_core.seconds / staged.seconds)
                });
                format!("; {:.2}{staged}", one_core.seconds / limit.seconds)
            });
            format!("{:.2}{one_core}{budget}", ours / limit.seconds)
        });
        let peers = self.results.iter().filter(|outcome| !OWN.contains(&outcome.name));
        let best = peers.map(|outcome| outcome.seconds).min_by(f64::total_cmp);
        let best = best.zip(ours).map_or("–".into(), |(best, ours)| format!("{:.2}", ours / best));
        let peak = match outcome("npymap").and_then(|outcome| outcome.peak) {
            Some(peak) if self.result_bytes > 0 => {
                let worst = self.results.iter().filter(|outcome| !OWN.contains(&outcome.name));
                let worst = worst.filter_map(|outcome| outcome.peak).max();
                let ratio = |peak: u64| format!("{:.2} ×", peak as f64 / self.result_bytes as f64);
                worst.map_or(ratio(peak), |worst| format!("{} (peers up to {})", ratio(peak), ratio(worst)))
            }
            _ => "–".into(),
        };
        format!(
            "| {} | {} | {} | {} | {limit} | {best} | {} | {} | {} | {} | {peak} |",
            self.name,
            shown("npymap"),
            shown("one core"),
            outcome("staged limit").map_or(shown("limit"), |_| format!(
                "{}; staged {}",
                shown("limit"),
                shown("staged limit")
            )),
            shown("ndarray-npy"),
            shown("npyz"),
            shown("npy"),
            shown("NumPy"),
        )
    }
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

/// A checksum that knows places: of about a thousand words, and how many there are.
pub fn checksum(len: usize, word: impl Fn(usize) -> u64) -> u64 {
    let step = (len / 1021).max(1);
    (0..len).step_by(step).fold(len as u64, |sum, index| {
        sum.wrapping_mul(0x0100_0000_01b3).wrapping_add(word(index)).rotate_left(7)
    })
}
