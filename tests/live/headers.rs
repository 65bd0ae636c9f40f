//! Our reading of thousands of headers against NumPy's.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::panic::catch_unwind;
use std::process::Stdio;
use std::time::{Duration, Instant};

use npymap::{Header, Order};

use crate::case::{Accepted, Case, Group, Verdict};
use crate::differences::{Difference, RULES, Sort, rule};
use crate::python::{number, script};

/// No header within the default limits takes a thousandth of it, on any machine.
const SLOW: Duration = Duration::from_secs(1);
/// Differences that the report shows in full.
const SHOWN: usize = 20;

#[test]
#[ignore = "needs Python with NumPy"]
fn headers_are_read_and_written_as_numpy_does() {
    let count = number("NPYMAP_LIVE_CASES", 20_000);
    let seed = number("NPYMAP_LIVE_SEED", 20_260_101);
    let mut python = script("headers.py")
        .args([count.to_string(), seed.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let mut lines = BufReader::new(python.stdout.take().expect("stdout is piped")).lines();
    let heading = lines.next().expect("a heading").expect("UTF-8");

    // What an older NumPy writes must be read as it reads it. In what it takes besides, as in `('x', '<f4', 1)`,
    // NumPy 2 has changed, and is the judge.
    let is_judge = !heading.starts_with("# NumPy 1.");
    let mut report = Report::default();
    for line in lines {
        let line = line.expect("UTF-8");
        let case = Case::parse(&line).unwrap_or_else(|| panic!("headers.py printed {line:?}"));
        let mut differences = judge(&case);
        differences.retain(|difference| {
            is_judge || case.group == Group::Written || matches!(difference.sort, Sort::Panic | Sort::Slow)
        });
        report.add(&case, differences);
    }
    assert!(python.wait().expect("Python ends").success(), "headers.py failed");

    println!("{heading}, {count} cases of seed {seed}\n{}", report.summary());
    assert_eq!(report.total(), count);
    assert!(
        report.undocumented.is_empty(),
        "differences from NumPy that are not on the list:\n{}",
        report.details()
    );
}

/// Every way in which our answer is not NumPy's, or none.
fn judge(case: &Case) -> Vec<Difference> {
    let start = Instant::now();
    let mut differences = catch_unwind(|| compare(case)).unwrap_or_else(|_| {
        vec![Difference::new(Sort::Panic, "answer", "any", "a panic, whose message stands above")]
    });
    let elapsed = start.elapsed();
    if elapsed > SLOW {
        differences.push(Difference::new(Sort::Slow, "time", "any", &format!("{elapsed:?}")));
    }
    differences
}

fn compare(case: &Case) -> Vec<Difference> {
    let verdict = |sort, numpys: &str, ours: &str| vec![Difference::new(sort, "verdict", numpys, ours)];
    match (Header::parse(&case.content), &case.verdict) {
        (Err(_), Verdict::Refused(_)) => Vec::new(),
        (Err(error), Verdict::Crashed) => verdict(Sort::FalseReject, "crashed", &error.to_string()),
        (Err(error), Verdict::Accepted(_)) => verdict(Sort::FalseReject, "accepted", &error.to_string()),
        (Ok((header, _)), Verdict::Crashed) => verdict(Sort::FalseAccept, "crashed", &shown(&header)),
        (Ok((header, _)), Verdict::Refused(error)) => verdict(Sort::FalseAccept, error, &shown(&header)),
        (Ok((header, data_offset)), Verdict::Accepted(numpy)) => values(&header, data_offset as usize, numpy),
    }
}

fn shown(header: &Header) -> String {
    let descr = header.dtype.descr().unwrap_or_else(|error| format!("no descr ({error})"));
    format!("dtype {}, descr {descr}, order {:?}, shape {:?}", header.dtype, header.order, header.shape)
}

/// What differs in a header that both read.
fn values(header: &Header, data_offset: usize, numpy: &Accepted) -> Vec<Difference> {
    let order = match header.order {
        Order::C => "C",
        Order::F => "F",
    };
    let shape: Vec<String> = header.shape.iter().map(usize::to_string).collect();
    let mut pairs = vec![
        ("order", numpy.order.clone(), order.to_string()),
        ("shape", numpy.shape.join(" "), shape.join(" ")),
        ("data offset", numpy.data_offset.to_string(), data_offset.to_string()),
        ("item size", numpy.itemsize.to_string(), header.dtype.itemsize().to_string()),
    ];
    if let Ok(dtype) = &numpy.dtype {
        pairs.push(("str(dtype)", dtype.clone(), header.dtype.to_string()));
    }
    match (&numpy.descr, header.dtype.descr()) {
        (Ok(numpys), Ok(ours)) => pairs.push(("descr", numpys.clone(), ours)),
        (Ok(numpys), Err(ours)) => pairs.push(("descr", numpys.clone(), format!("error: {ours}"))),
        (Err(numpys), Ok(ours)) => pairs.push(("descr", format!("error: {numpys}"), ours)),
        (Err(_), Err(_)) => {}
    }
    if let Ok(canonical) = &numpy.canonical {
        let ours = header.encode();
        pairs.push(("encoded header", canonical.escape_ascii().to_string(), ours.escape_ascii().to_string()));
    }
    let differing = pairs.into_iter().filter(|(_, numpys, ours)| numpys != ours);
    differing.map(|(what, numpys, ours)| Difference::new(Sort::WrongValue, what, &numpys, &ours)).collect()
}

/// What was counted, and the differences that nobody meant.
#[derive(Default)]
struct Report {
    groups: BTreeMap<Group, Counts>,
    rules: BTreeMap<&'static str, u64>,
    /// Headers of today's `np.save` that NumPy, and so we, would write as they stand.
    same_bytes: u64,
    /// All headers of today's `np.save`.
    saved: u64,
    undocumented: Vec<String>,
}

#[derive(Default)]
struct Counts {
    total: u64,
    accepted_by_numpy: u64,
    agreements: u64,
    deliberate: u64,
    sorts: BTreeMap<Sort, u64>,
}

impl Report {
    fn add(&mut self, case: &Case, differences: Vec<Difference>) {
        let counts = self.groups.entry(case.group).or_default();
        counts.total += 1;
        counts.accepted_by_numpy += u64::from(case.accepted().is_some());
        counts.agreements += u64::from(differences.is_empty());
        if case.group == Group::Written && case.name.starts_with("np.save ") {
            let canonical = case.accepted().and_then(|numpy| numpy.canonical.as_ref().ok());
            self.saved += 1;
            self.same_bytes += u64::from(canonical.is_some_and(|header| case.content.starts_with(header)));
        }
        let Some(first) = differences.first() else { return };

        // A case counts once, by the first of its differences that is not meant.
        let unmeant = differences.iter().find(|difference| rule(case, difference).is_none());
        let Some(worst) = unmeant else {
            counts.deliberate += 1;
            *self.rules.entry(rule(case, first).expect("all are meant").name).or_default() += 1;
            return;
        };
        *counts.sorts.entry(worst.sort).or_default() += 1;
        let mut text = format!("{} {}: {:?}\n", case.group, case.name, worst.sort);
        for Difference { what, numpys, ours, .. } in &differences {
            let _ = writeln!(text, "  {what}\n    NumPy: {}\n    ours:  {}", cut(numpys), cut(ours));
        }
        let _ = writeln!(text, "  file: {}", cut(&case.content.escape_ascii().to_string()));
        self.undocumented.push(text);
    }

    fn total(&self) -> u64 {
        self.groups.values().map(|counts| counts.total).sum()
    }

    fn summary(&self) -> String {
        let mut text = format!(
            "{:<9} {:>6} {:>9} {:>8} {:>8} {:>14} {:>14} {:>13} {:>7} {:>5}\n",
            "",
            "total",
            "NumPy ok",
            "agree",
            "meant",
            "false accepts",
            "false rejects",
            "wrong values",
            "panics",
            "slow"
        );
        for (group, counts) in &self.groups {
            let of = |sort| counts.sorts.get(&sort).copied().unwrap_or(0);
            let _ = writeln!(
                text,
                "{group:<9} {:>6} {:>9} {:>8} {:>8} {:>14} {:>14} {:>13} {:>7} {:>5}",
                counts.total,
                counts.accepted_by_numpy,
                counts.agreements,
                counts.deliberate,
                of(Sort::FalseAccept),
                of(Sort::FalseReject),
                of(Sort::WrongValue),
                of(Sort::Panic),
                of(Sort::Slow),
            );
        }
        let _ = writeln!(
            text,
            "{} of {} headers of np.save are written again as they stand; NumPy itself writes the others otherwise",
            self.same_bytes, self.saved
        );
        text += "deliberate differences:\n";
        for rule in RULES {
            let count = self.rules.get(rule.name).copied().unwrap_or(0);
            let _ = writeln!(text, "{count:>7}  {}: {}", rule.name, rule.reason);
        }
        text
    }

    fn details(&self) -> String {
        let shown = self.undocumented.iter().take(SHOWN).map(String::as_str).collect::<String>();
        format!("{shown}{} in all, {} shown", self.undocumented.len(), self.undocumented.len().min(SHOWN))
    }
}

/// At most 800 characters of a text, with long runs of blanks told by their length.
fn cut(text: &str) -> String {
    let mut cut = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if cut.len() > 800 {
            let _ = write!(cut, "... ({} bytes)", text.len());
            break;
        }
        let blanks = rest.len() - rest.trim_start_matches(' ').len();
        if blanks > 8 {
            let _ = write!(cut, "<{blanks} blanks>");
        } else {
            cut.push_str(&rest[..blanks.max(first.len_utf8())]);
        }
        rest = &rest[blanks.max(first.len_utf8())..];
    }
    cut
}
