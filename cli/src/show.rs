//! `npymap show`.

use std::io::Write;

use npymap::{Order, PrintOptions};

use crate::args::Show;
use crate::{Failure, Outcome, input, report, text};

pub(crate) fn run(args: &Show, out: &mut impl Write) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::Done;
    for path in &args.files {
        input::for_each(path, |_, input| {
            let shown = input.and_then(|mut input| {
                let facts = input.facts()?;
                let header = &facts.header;
                let title = format!(
                    "{}: {}, shape {}, {} order, {} bytes",
                    text::one_line(&input.name),
                    text::one_line(&header.dtype.to_string()),
                    text::shape(&header.shape),
                    if header.order == Order::F { "Fortran" } else { "C" },
                    header.nbytes().unwrap_or(usize::MAX),
                );
                Ok((title, input.preview(&PrintOptions::default())?))
            });
            match shown {
                Ok((title, preview)) => {
                    let preview = text::lines(&preview.to_string());
                    writeln!(out, "{title}\n{preview}").map_err(Failure::Stdout)
                }
                Err(error) => {
                    outcome = Outcome::Partly;
                    report(&error);
                    Ok(())
                }
            }
        })?;
    }
    Ok(outcome)
}
