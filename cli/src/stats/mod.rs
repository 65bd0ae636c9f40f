//! `npymap stats`.

mod axis;
mod summary;

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use npymap::{Kind, Limits, Preview, PrintOptions, Scalar};
use serde_json::{Map, Value, json};

use crate::failure::report;
use crate::input::{self, Input};
use crate::leaves::{self, Leaf};
use crate::table::Rows;
use crate::{Failure, Outcome, text};

pub(crate) use axis::unravel;
use summary::{Extreme, Scratch, Summary};

/// Count, NaN, infinities, zeros, least, greatest, mean and standard deviation.
///
/// NaN and NaT are counted and otherwise left out, as by np.nanmin and its kin. Mean and deviation are computed in f64
/// whatever the dtype. Each field of records has a line of its own.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
                        npymap stats iris.npy\n  \
                        npymap stats iris.npy --axis 0\n  \
                        npymap stats --json model.npz | jq .mean")]
pub(crate) struct Stats {
    /// .npy or .npz files; FILE.npz:NAME is one array of an archive
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Along this axis, one line for each element of the others; -1 is the last
    #[arg(long, value_name = "AXIS", allow_negative_numbers = true)]
    axis: Option<isize>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Stats, limits: &Limits, out: &mut impl Write) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::Done;
    for path in &args.files {
        input::for_each(path, limits, |_, input| {
            let done = input.and_then(|mut input| one(args, &mut input, out));
            match done {
                Err(Failure::Stdout(error)) => Err(Failure::Stdout(error)),
                Err(error) => {
                    outcome = Outcome::Partly;
                    report(&error);
                    Ok(())
                }
                Ok(()) => Ok(()),
            }
        })?;
    }
    Ok(outcome)
}

fn one(args: &Stats, input: &mut Input<'_>, out: &mut dyn Write) -> Result<(), Failure> {
    if args.axis.is_some() {
        input.keep()?;
    }
    let mut array = input.array()?;
    let leaves = leaves::leaves(&array.dtype);
    let mut printer = Printer::new(args.json, &array.name, args.axis.is_some());
    match args.axis {
        Some(axis) => {
            let ndim = array.shape.len();
            let resolved = if axis < 0 { axis + ndim as isize } else { axis };
            let Some(axis) = usize::try_from(resolved).ok().filter(|&axis| axis < ndim) else {
                let shape = text::shape(&array.shape);
                return Err(Failure::refused(
                    array.name.clone(),
                    format!("axis {axis} is not in shape {shape}"),
                ));
            };
            printer.start(&array.dtype.to_string(), &array.shape, out)?;
            axis::run(&mut array, axis, &leaves, |index, leaf, summary| {
                printer.push(&leaves[leaf], Some(index), summary, out)
            })?;
        }
        None => {
            let mut summaries = vec![Summary::default(); leaves.len()];
            let (mut column, mut scratch) = (Vec::new(), Scratch::default());
            let dtype = array.dtype.clone();
            array.scan(|_, bytes| {
                leaves::for_each_column(&dtype, bytes, &mut column, |leaf, scalar, part| {
                    summaries[leaf].add(scalar, part.bytes, &mut scratch);
                });
                Ok(())
            })?;
            printer.start(&dtype.to_string(), &array.shape, out)?;
            for (leaf, summary) in leaves.iter().zip(&summaries) {
                printer.push(leaf, None, summary, out)?;
            }
        }
    }
    printer.finish(out)
}

/// Lines of a table, or objects.
struct Printer {
    json: bool,
    name: String,
    by_axis: bool,
    rows: Rows,
    pending: usize,
}

/// Lines that are lined up together: those of an axis may be millions.
const LINES: usize = 1000;

impl Printer {
    fn new(json: bool, name: &str, by_axis: bool) -> Self {
        Self { json, name: name.to_string(), by_axis, rows: Self::rows(by_axis), pending: 0 }
    }

    fn rows(by_axis: bool) -> Rows {
        let first = if by_axis { ["index", "field"].as_slice() } else { &["field"] };
        let rest = ["dtype", ">count", ">nan", ">inf", ">zeros", ">min", ">max", ">mean", ">std"];
        Rows::new(&[first, &rest].concat())
    }

    fn start(&self, dtype: &str, shape: &[usize], out: &mut dyn Write) -> Result<(), Failure> {
        if self.json {
            return Ok(());
        }
        let (name, dtype) = (text::one_line(&self.name), text::one_line(dtype));
        writeln!(out, "{name}: {dtype}, shape {}", text::shape(shape)).map_err(Failure::Stdout)
    }

    fn push(
        &mut self,
        leaf: &Leaf,
        index: Option<&[usize]>,
        summary: &Summary,
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        let scalar = &leaf.scalar;
        if self.json {
            let mut object = Map::new();
            object.insert("path".to_string(), json!(self.name));
            if let Some(index) = index {
                object.insert("index".to_string(), json!(index));
            }
            if !leaf.path.is_empty() {
                object.insert("field".to_string(), json!(leaf.path));
            }
            object.insert("dtype".to_string(), json!(scalar_text(scalar)));
            for (key, count) in [
                ("count", summary.count),
                ("nan", summary.nan),
                ("inf", summary.inf),
                ("zeros", summary.zeros),
            ] {
                object.insert(key.to_string(), json!(count));
            }
            for (key, value) in [("min", summary.min()), ("max", summary.max())] {
                object
                    .insert(key.to_string(), value.map_or(Value::Null, |value| extreme_json(value, scalar)));
            }
            object.insert("mean".to_string(), mean(summary, scalar).map_or(Value::Null, moment_json));
            object.insert("std".to_string(), std(summary, scalar).map_or(Value::Null, real_json));
            return writeln!(out, "{}", Value::Object(object)).map_err(Failure::Stdout);
        }
        let index = index.map(text::shape);
        let field = if leaf.path.is_empty() { "-" } else { &leaf.path };
        let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_string());
        let cells = [
            field.to_string(),
            scalar_text(scalar),
            summary.count.to_string(),
            summary.nan.to_string(),
            summary.inf.to_string(),
            summary.zeros.to_string(),
            or_none(summary.min().map(|value| extreme_text(value, scalar))),
            or_none(summary.max().map(|value| extreme_text(value, scalar))),
            or_none(mean(summary, scalar).map(moment_text)),
            or_none(std(summary, scalar).map(text::real)),
        ];
        self.rows.push(index.into_iter().chain(cells));
        self.pending += 1;
        if self.pending == LINES { self.flush(out) } else { Ok(()) }
    }

    fn flush(&mut self, out: &mut dyn Write) -> Result<(), Failure> {
        let rows = std::mem::replace(&mut self.rows, Self::rows(self.by_axis));
        self.pending = 0;
        out.write_all(rows.text().as_bytes()).map_err(Failure::Stdout)
    }

    fn finish(mut self, out: &mut dyn Write) -> Result<(), Failure> {
        if self.json || self.pending == 0 { Ok(()) } else { self.flush(out) }
    }
}

/// A point in time has no mean.
fn mean(summary: &Summary, scalar: &Scalar) -> Option<Extreme> {
    summary.mean().filter(|_| !matches!(scalar.kind(), Kind::DateTime64(_)))
}

fn std(summary: &Summary, scalar: &Scalar) -> Option<f64> {
    summary.std().filter(|_| !matches!(scalar.kind(), Kind::DateTime64(_)))
}

fn scalar_text(scalar: &Scalar) -> String {
    npymap::DType::Scalar(*scalar).to_string()
}

fn extreme_text(value: Extreme, scalar: &Scalar) -> String {
    match value {
        Extreme::Whole(whole) => match scalar.kind() {
            Kind::DateTime64(_) | Kind::TimeDelta64(_) => time_text(whole, scalar),
            Kind::Bool => if whole == 0 { "False" } else { "True" }.to_string(),
            _ => whole.to_string(),
        },
        other => moment_text(other),
    }
}

/// A time as NumPy's `str` writes it.
fn time_text(count: i128, scalar: &Scalar) -> String {
    let count = i64::try_from(count).unwrap_or(i64::MIN);
    let little = Scalar::new(scalar.kind(), 8, npymap::ByteOrder::Little).unwrap_or(*scalar);
    let bytes = count.to_le_bytes().to_vec();
    Preview::of_elements(little.into(), [], bytes, &PrintOptions::default())
        .map_or_else(|_| count.to_string(), |preview| preview.to_string())
}

fn moment_text(value: Extreme) -> String {
    match value {
        Extreme::Whole(whole) => whole.to_string(),
        Extreme::Real(real) => text::real(real),
        Extreme::Complex(real, imaginary) => text::complex(real, imaginary),
    }
}

fn extreme_json(value: Extreme, scalar: &Scalar) -> Value {
    match (value, scalar.kind()) {
        (Extreme::Whole(_), Kind::DateTime64(_) | Kind::TimeDelta64(_)) => json!(extreme_text(value, scalar)),
        (Extreme::Whole(whole), Kind::Bool) => json!(whole != 0),
        (Extreme::Whole(whole), _) => match (i64::try_from(whole), u64::try_from(whole)) {
            (Ok(whole), _) => json!(whole),
            (_, Ok(whole)) => json!(whole),
            _ => json!(whole.to_string()),
        },
        (value, _) => moment_json(value),
    }
}

fn moment_json(value: Extreme) -> Value {
    match value {
        Extreme::Whole(whole) => json!(whole.to_string()),
        Extreme::Real(real) => real_json(real),
        Extreme::Complex(real, imaginary) => json!([real_json(real), real_json(imaginary)]),
    }
}

/// JSON has neither NaN nor infinities: null, and texts.
fn real_json(real: f64) -> Value {
    match real {
        real if real.is_nan() => Value::Null,
        real if real.is_finite() => json!(real),
        real => json!(text::real(real)),
    }
}
