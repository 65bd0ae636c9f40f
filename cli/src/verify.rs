//! `npymap verify`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use npymap::{ByteOrder, DType, FormatProblem, Kind, Limits, Scalar};

use crate::array::descr;
use crate::failure::report;
use crate::input::{self, Input};
use crate::leaves;
use crate::{Failure, Outcome, text};

/// Whether files are sound: header, length, every bool and every character, checksums of archives.
///
/// Everything is read. A line on standard output for each array that is sound, and one on standard error for each that
/// is not.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
                        npymap verify *.npy *.npz\n  \
                        npymap verify -q download.npz && mv download.npz data/")]
pub(crate) struct Verify {
    /// .npy or .npz files; FILE.npz:NAME is one array of an archive
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print nothing of what is sound
    #[arg(short, long)]
    quiet: bool,
}

pub(crate) fn run(args: &Verify, limits: &Limits, out: &mut impl Write) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::Done;
    for path in &args.files {
        input::for_each(path, limits, |name, input| match input.and_then(|mut input| one(&mut input)) {
            Ok(_) if args.quiet => Ok(()),
            Ok(found) => writeln!(out, "{}: {found}", text::one_line(name)).map_err(Failure::Stdout),
            Err(error) => {
                outcome = Outcome::Partly;
                // It is told beside what is sound, in the order of the files.
                out.flush().map_err(Failure::Stdout)?;
                report(&error);
                Ok(())
            }
        })?;
    }
    Ok(outcome)
}

/// What is sound of an array, in words.
fn one(input: &mut Input<'_>) -> Result<String, Failure> {
    let facts = input.facts()?;
    let trailing = input.trailing(&facts)?;
    let mut array = input.array()?;
    let checks = checks(&array.dtype);
    let (dtype, name) = (array.dtype.clone(), array.name.clone());
    let mut column = Vec::new();
    array.scan(|first, bytes| {
        let mut problem = None;
        if checks {
            leaves::for_each_column(&dtype, bytes, &mut column, |_, scalar, part| {
                if problem.is_none() {
                    problem = invalid(scalar, part.bytes).map(|(at, found)| {
                        let index = at / scalar.itemsize() / part.count;
                        let within = at % (scalar.itemsize() * part.count);
                        let element = first + index;
                        let offset = element * dtype.itemsize() + part.offset + within;
                        element_problem(element, facts.data_offset + offset as u64, found, scalar)
                    });
                }
            });
        }
        problem.map_or(Ok(()), |problem| Err(Failure::refused(name.clone(), problem.to_string())))
    })?;
    let elements = if array.len() == 1 { "element" } else { "elements" };
    let mut found =
        format!("sound, {} {elements} of {}", array.len(), text::one_line(&array.dtype.to_string()));
    if trailing > 0 {
        found += &format!("; {trailing} bytes after them that belong to no array of this header");
    }
    Ok(found)
}

/// Whether there is anything to check but the length.
fn checks(dtype: &DType) -> bool {
    leaves::leaves(dtype).iter().any(|leaf| matches!(leaf.scalar.kind(), Kind::Bool | Kind::Unicode))
}

/// Bytes from the start of `bytes` to the first that mean nothing, and what stands there.
fn invalid(scalar: &Scalar, bytes: &[u8]) -> Option<(usize, String)> {
    match scalar.kind() {
        Kind::Bool => {
            let at = bytes.iter().position(|&byte| byte > 1)?;
            Some((at, format!("{:#04x}", bytes[at])))
        }
        Kind::Unicode => {
            let (units, _) = bytes.as_chunks::<4>();
            let code = |unit: &[u8; 4]| match scalar.byte_order() {
                ByteOrder::Big => u32::from_be_bytes(*unit),
                _ => u32::from_le_bytes(*unit),
            };
            let at = units.iter().position(|unit| char::from_u32(code(unit)).is_none())?;
            Some((at * 4, format!("{:#x}", code(&units[at]))))
        }
        _ => None,
    }
}

fn element_problem(index: usize, at: u64, found: String, scalar: &Scalar) -> FormatProblem {
    let expected = match scalar.kind() {
        Kind::Bool => "0x00 or 0x01",
        _ => "a Unicode scalar value",
    };
    FormatProblem::Element { index, at, found, expected, dtype: descr(&(*scalar).into()) }
}

impl Input<'_> {
    /// Bytes of a file behind its array.
    fn trailing(&self, facts: &input::Facts) -> Result<u64, Failure> {
        let Some(len) = self.file_len() else { return Ok(0) };
        let len = len.map_err(|error| Failure::File(self.name.clone(), error))?;
        Ok(len.saturating_sub(facts.data_offset + facts.header.nbytes().unwrap_or_default() as u64))
    }
}
