//! `npymap append`.

use std::cell::RefCell;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use npymap::{AppendOptions, DType, Error, Header, Limits, MismatchProblem, Order, Save};

use crate::array::{Array, descr};
use crate::convert::Cast;
use crate::input;
use crate::output::uninterrupted;
use crate::{Failure, Outcome};

/// Arrays at the end of a .npy file, in place.
///
/// Along the first axis, or the last one of a Fortran-order file. A kill at any instant leaves a file that loads, with
/// the old elements and some whole arrays more.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  npymap append log.npy today.npy\n  npymap append all.npy part-*.npy")]
pub(crate) struct Append {
    /// The file that grows
    #[arg(value_name = "FILE.npy")]
    file: PathBuf,
    /// What is appended: the same dtype in either byte order, and the same shape but for the axis that grows
    #[arg(required = true, value_name = "MORE")]
    more: Vec<PathBuf>,
    /// Write the file anew where its header has no room for a larger count
    #[arg(long)]
    rewrite: bool,
    /// Set the file back to what is whole where it was cut off
    #[arg(long)]
    repair: bool,
}

pub(crate) fn run(args: &Append, limits: &Limits, _: &mut impl Write) -> Result<Outcome, Failure> {
    // A file that is written anew is beside the old one for a while.
    if args.rewrite { uninterrupted(|| append(args, limits)) } else { append(args, limits) }
}

fn append(args: &Append, limits: &Limits) -> Result<Outcome, Failure> {
    if input::is_zip(&args.file) {
        let name = args.file.display().to_string();
        return Err(Failure::refused(name, "it is an archive: npymap pack makes a new one"));
    }
    let options = AppendOptions::new().rewrite(args.rewrite).repair(args.repair).limits(*limits);
    let translated = |error: Error| match &error {
        Error::Unsupported { problem, .. }
            if matches!(**problem, npymap::UnsupportedProblem::HeaderRoom { .. }) =>
        {
            Failure::refused(
                args.file.display().to_string(),
                "the header has no room for a larger count; --rewrite makes room",
            )
        }
        Error::Format { problem, .. }
            if !args.repair && matches!(**problem, npymap::FormatProblem::DataTruncated { .. }) =>
        {
            Failure::refused(
                args.file.display().to_string(),
                format!("{problem}; --repair sets it back to what is whole"),
            )
        }
        _ => Failure::Library(error),
    };
    let mut appender = options.open(&args.file).map_err(translated)?;
    // All of them are looked at before the first is appended.
    for path in &args.more {
        let mut opened = input::open(path, limits)?;
        let mut input = opened.one()?;
        let header = input.facts()?.header;
        let name = input.name.clone();
        check(appender.header(), &header).map_err(|why| Failure::refused(name, why))?;
    }
    for path in &args.more {
        let mut opened = input::open(path, limits)?;
        let mut input = opened.one()?;
        input.keep()?;
        let array = Streamed { array: RefCell::new(input.array()?), failure: RefCell::new(None) };
        if let Err(error) = appender.append(&array) {
            // What reading said is nearer to the cause.
            return Err(array.failure.into_inner().unwrap_or_else(|| translated(error)));
        }
    }
    appender.finish().map_err(translated)?;
    Ok(Outcome::Done)
}

/// Whether an array continues the file's.
fn check(file: &Header, more: &Header) -> Result<(), String> {
    let rest = |header: &Header| match (file.order, header.shape.split_first(), header.shape.split_last()) {
        (Order::C, Some((_, rest)), _) | (Order::F, _, Some((_, rest))) => Some(rest.to_vec()),
        _ => None,
    };
    if !Cast::new(&more.dtype, &file.dtype).is_some_and(|cast| cast.keeps()) {
        return Err(format!("dtype {} is not that of the file, {}", descr(&more.dtype), descr(&file.dtype)));
    }
    if rest(file).is_none() || rest(file) != rest(more) {
        let shapes = (crate::text::shape(&more.shape), crate::text::shape(&file.shape));
        return Err(format!("shape {} does not continue shape {}", shapes.0, shapes.1));
    }
    Ok(())
}

/// An array that is read while it is saved.
struct Streamed<'a> {
    array: RefCell<Array<'a>>,
    failure: RefCell<Option<Failure>>,
}

impl Save for Streamed<'_> {
    fn header(&self) -> Header {
        let array = self.array.borrow();
        Header::new(array.dtype.clone(), array.shape.clone()).with_order(array.order)
    }

    fn write_elements_as(&self, dtype: &DType, writer: &mut dyn Write) -> npymap::Result<()> {
        self.write_elements_in(self.header().order, dtype, writer)
    }

    fn write_elements_in(&self, order: Order, dtype: &DType, writer: &mut dyn Write) -> npymap::Result<()> {
        let mut array = self.array.borrow_mut();
        let Some(mut cast) = Cast::new(&array.dtype, dtype).filter(Cast::keeps) else {
            let own = descr(&array.dtype);
            let problem =
                MismatchProblem::SavedAs { dtype: descr(dtype), wanted: own.clone(), expected: own };
            return Err(problem.into());
        };
        let view = array.view();
        let view = if order == Order::F { view.reversed_axes() } else { view };
        let mut out = Vec::new();
        let written = array.in_c_order(&view, |bytes| {
            cast.run(bytes, &mut out);
            writer.write_all(&out).map_err(|error| Failure::File(String::new(), error))
        });
        match written {
            Ok(()) => Ok(()),
            Err(Failure::File(name, error)) if name.is_empty() => Err(error.into()),
            Err(failure) => {
                let text = failure.to_string();
                *self.failure.borrow_mut() = Some(failure);
                Err(io::Error::other(text).into())
            }
        }
    }
}
