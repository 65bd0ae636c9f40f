//! `npymap plot`.

mod colour;
mod data;
mod histogram;
mod image;
mod lines;
mod png;
mod terminal;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use npymap::{DType, Kind, Limits, Slice, Strided};

use crate::array::Array;
use crate::input::{self, Input};
use crate::output::Output;
use crate::{Failure, Outcome, strided, text};

use terminal::Terminal;

/// A picture of the array: in the terminal, or with -o as a PNG.
///
/// One axis gives a histogram, up to 16 columns give lines, two axes a heat map, and (height, width, 3 or 4) of uint8 an
/// image. Fields of records are columns. Complex numbers are drawn by their absolute value. Arrays of any size are drawn:
/// what falls on one point is averaged, and lines show its least and greatest.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
                        npymap plot iris.npy\n  \
                        npymap plot iris.npy --slice ':, 2' --hist -o petals.png\n  \
                        npymap plot signal.npy --lines\n  \
                        npymap plot volume.npy --slice '0' -o slice.png\n\
                        \n\
                        NO_COLOR draws without colours; what is no terminal gets plain characters.")]
pub(crate) struct Plot {
    /// A .npy or .npz file; FILE.npz:NAME is one array of an archive
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The PNG to write
    #[arg(short, long, value_name = "OUT.png")]
    output: Option<PathBuf>,
    /// A histogram, whatever the shape
    #[arg(long, conflicts_with = "lines")]
    hist: bool,
    /// Lines, also for one axis
    #[arg(long)]
    lines: bool,
    /// Bars of the histogram [default: by the number of values]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=1000))]
    bins: Option<u16>,
    /// Part of the array, as between NumPy's brackets: '0:5, ::2, -1'
    #[arg(long, value_name = "SLICE", allow_hyphen_values = true)]
    slice: Option<Slice>,
    /// Width of the picture in pixels, or in characters in the terminal
    #[arg(long, value_name = "WIDTH", value_parser = clap::value_parser!(u16).range(16..=8192))]
    width: Option<u16>,
    /// Height of the picture in pixels, or in lines in the terminal
    #[arg(long, value_name = "HEIGHT", value_parser = clap::value_parser!(u16).range(4..=8192))]
    height: Option<u16>,
}

/// Columns that are told apart by their colours.
const LINES_MOST: usize = 16;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Histogram,
    /// So many columns.
    Lines(usize),
    HeatMap,
    /// So many bytes a pixel.
    Image(usize),
}

pub(crate) fn run(args: &Plot, limits: &Limits, out: &mut impl Write) -> Result<Outcome, Failure> {
    let mut opened = input::open(&args.file, limits)?;
    let mut input = opened.one()?;
    let (sort, title) = {
        // A stream is not read twice for a histogram, which needs the least and the greatest first.
        if input.is_stream() {
            input.keep()?;
        }
        let (array, view) = input.view(args.slice.as_ref())?;
        let sort = sort(args, &array, &view)?;
        let dtype = match &array.dtype {
            // Their names are in the legend.
            DType::Structured(structured) => format!("records of {} fields", structured.fields().len()),
            dtype => text::one_line(&dtype.to_string()),
        };
        (sort, format!("{}: {dtype}, shape {}", text::one_line(&array.name), text::shape(view.shape())))
    };
    match &args.output {
        Some(path) => {
            let size = |given: Option<u16>, default| given.map_or(default, u32::from);
            let size = (size(args.width, 900), size(args.height, 560));
            let picture = draw_png(args, sort, &mut input, &title, size)?;
            let mut output = Output::create(path)?;
            let encoded = picture.encode().map_err(|error| Failure::refused(output.name(), error))?;
            output.write(&encoded)?;
            output.finish()?;
        }
        None => {
            let terminal = Terminal::new(args.width, args.height, std::io::stdout().is_terminal());
            let drawn = draw_terminal(args, sort, &mut input, &terminal)?;
            writeln!(out, "{title}")
                .and_then(|()| out.write_all(drawn.as_bytes()))
                .map_err(Failure::Stdout)?;
        }
    }
    Ok(Outcome::Done)
}

/// What suits the array.
fn sort(args: &Plot, array: &Array<'_>, view: &Strided) -> Result<Sort, Failure> {
    let refused = |why: String| Err(Failure::refused(array.name.clone(), why));
    let columns = data::columns(&array.dtype);
    if columns.is_empty() {
        return refused(format!("dtype {} has no numbers to draw", text::one_line(&array.dtype.to_string())));
    }
    if strided::len(view) == 0 {
        return refused(format!("shape {} has nothing to draw", text::shape(view.shape())));
    }
    let is_byte = matches!(&array.dtype, DType::Scalar(scalar) if scalar.kind() == Kind::Uint && scalar.itemsize() == 1);
    Ok(match view.shape() {
        _ if args.hist => Sort::Histogram,
        [_] if columns.len() > 1 || args.lines => Sort::Lines(columns.len().min(LINES_MOST)),
        [_] | [] => Sort::Histogram,
        _ if columns.len() > 1 => {
            return refused(
                "records of more than one axis: take one with --slice, or draw --hist".to_string(),
            );
        }
        [rows, count] if *count <= LINES_MOST && (args.lines || *rows >= 2 * count) => Sort::Lines(*count),
        [_, _] if args.lines => {
            return refused(format!("more than {LINES_MOST} columns: take some with --slice"));
        }
        [_, _] => Sort::HeatMap,
        [_, _, channels @ (3 | 4)] if is_byte => Sort::Image(*channels),
        shape => {
            return refused(format!(
                "{} axes: take two of them with --slice, as in --slice '{}', or draw --hist",
                shape.len(),
                vec!["0"; shape.len() - 2].join(", "),
            ));
        }
    })
}

fn draw_png(
    args: &Plot,
    sort: Sort,
    input: &mut Input<'_>,
    title: &str,
    size: (u32, u32),
) -> Result<png::Picture, Failure> {
    let slice = args.slice.as_ref();
    let picture = match sort {
        Sort::Histogram => {
            let histogram = histogram::count(input, slice, args.bins, size.0 as usize / 6)?;
            png::histogram(&histogram, title, size)
        }
        Sort::Lines(count) => png::lines(&lines::read(input, slice, count, size.0 as usize)?, title, size),
        Sort::HeatMap => png::heat_map(&image::read(input, slice, None, png::heat_size(size))?, title, size),
        // Pixel for pixel, where the size is not given.
        Sort::Image(channels) => {
            let most = match (args.width, args.height) {
                (None, None) => (4096, 4096),
                (width, height) => (width.unwrap_or(8192).into(), height.unwrap_or(8192).into()),
            };
            Ok(png::image(&image::read(input, slice, Some(channels), most)?))
        }
    };
    picture.map_err(|error| Failure::refused(input.name.clone(), error))
}

fn draw_terminal(
    args: &Plot,
    sort: Sort,
    input: &mut Input<'_>,
    terminal: &Terminal,
) -> Result<String, Failure> {
    let slice = args.slice.as_ref();
    Ok(match sort {
        Sort::Histogram => {
            let histogram = histogram::count(input, slice, args.bins, terminal.lines().clamp(4, 24))?;
            terminal.histogram(&histogram)
        }
        Sort::Lines(count) => terminal.draw_lines(&lines::read(input, slice, count, terminal.canvas().0)?),
        Sort::HeatMap => terminal.heat_map(&image::read(input, slice, None, terminal.canvas())?),
        Sort::Image(channels) => {
            terminal.image(&image::read(input, slice, Some(channels), terminal.canvas())?)
        }
    })
}
