//! `npymap convert`.

mod cast;
mod scalar;
mod time;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use npymap::{ByteOrder, DType, Header, Limits, Order, Slice, Strided};

use crate::array::{Array, BOX};
use crate::boxes::{self, Boxes, Part};
use crate::number::Sort;
use crate::output::Output;
use crate::stats::unravel;
use crate::value::{self, Scratch};
use crate::{Failure, Outcome, input, strided, text};

pub(crate) use cast::Cast;
use cast::in_order;

/// The same array in another memory order, byte order or dtype, or part of it, as a .npy file.
///
/// Values stay what they are: a cast is refused at the first element that the new dtype cannot hold, and then there is
/// no output. OUT appears when it is whole.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
                        npymap convert --order C fortran.npy c.npy\n  \
                        npymap convert --byte-order little --dtype f4 --lossy big.npy small.npy\n  \
                        npymap convert --slice '::10' long.npy short.npy\n  \
                        npymap convert model.npz:weights weights.npy")]
pub(crate) struct Convert {
    /// A .npy or .npz file; FILE.npz:NAME is one array of an archive
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// The .npy file to write; it may be IN
    #[arg(value_name = "OUT")]
    output: PathBuf,
    /// The memory order [default: that of IN]
    #[arg(long, value_enum, ignore_case = true)]
    order: Option<OrderArg>,
    /// The byte order of all numbers, those of records included [default: that of IN or DTYPE]
    #[arg(long, value_enum)]
    byte_order: Option<ByteOrderArg>,
    /// The dtype, as NumPy spells it: f4, >i2, 'M8[ms]', U10
    #[arg(long, value_name = "DTYPE")]
    dtype: Option<DType>,
    /// Part of the array, as between NumPy's brackets: '0:5, ::2, -1'
    #[arg(long, value_name = "SLICE", allow_hyphen_values = true)]
    slice: Option<Slice>,
    /// Round, cut off and wrap what the new dtype cannot hold
    #[arg(long)]
    lossy: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum OrderArg {
    /// The last axis runs fastest
    #[value(name = "C")]
    C,
    /// The first axis runs fastest: Fortran
    #[value(name = "F")]
    F,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ByteOrderArg {
    Little,
    Big,
}

pub(crate) fn run(args: &Convert, limits: &Limits, _: &mut impl Write) -> Result<Outcome, Failure> {
    check_ending(&args.output)?;
    let mut opened = input::open(&args.input, limits)?;
    let mut input = opened.one()?;
    let own = input.facts()?.header;
    let order = match args.order {
        Some(OrderArg::C) => Order::C,
        Some(OrderArg::F) => Order::F,
        None => own.order,
    };
    if args.slice.is_some() || (order != own.order && own.shape.len() > 1) {
        input.keep()?;
    }
    let mut array = input.array()?;
    let whole = array.view();
    let view = match &args.slice {
        Some(slice) => whole.slice(slice).map_err(|error| error.at_path(&array.name))?,
        None => whole,
    };
    let target = target(args, &array)?;
    let refused = || {
        let why = format!("there is no cast from dtype {} to {target}", array.dtype);
        Failure::refused(array.name.clone(), why)
    };
    let mut cast = Cast::new(&array.dtype, &target).ok_or_else(refused)?;
    let header = Header::new(target.clone(), view.shape().to_vec()).with_order(order);
    // A dtype that no header can hold is told before anything is written.
    target.descr().map_err(|error| error.at_path(&args.output))?;
    let mut output = Output::create(&args.output)?;
    let start = header.encode();
    output.write(&start)?;
    // The axis that runs fastest in the output comes last.
    let view = if order == Order::F { view.reversed_axes() } else { view };
    let mut writer = Converter { args, cast: &mut cast, target: &target, out: Vec::new() };
    if strided::is_run(&view) && strided::len(&view) == array.len() {
        let (dtype, name) = (array.dtype.clone(), array.name.clone());
        array.scan(|first, elements| {
            let index = |at| unravel(first + at, view.shape(), Order::C);
            let bytes = writer.run(elements, &dtype, &name, order, index)?;
            output.write(bytes)
        })?;
    } else {
        boxes(&mut array, &view, order, &mut writer, &mut output, start.len() as u64)?;
    }
    output.finish()?;
    Ok(Outcome::Done)
}

/// Refuses a name that promises another kind of file than what is written.
fn check_ending(output: &Path) -> Result<(), Failure> {
    let ending =
        output.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    let way_out = match ending.as_str() {
        "npz" => "npymap pack makes an archive",
        "csv" | "json" | "txt" => "npymap cat --format csv writes text",
        _ => return Ok(()),
    };
    Err(Failure::refused(output.display().to_string(), format!("convert writes .npy files; {way_out}")))
}

/// What the output holds.
fn target(args: &Convert, array: &Array<'_>) -> Result<DType, Failure> {
    let dtype = args.dtype.as_ref().unwrap_or(&array.dtype);
    let order = match args.byte_order {
        None => return Ok(dtype.clone()),
        Some(ByteOrderArg::Little) => ByteOrder::Little,
        Some(ByteOrderArg::Big) => ByteOrder::Big,
    };
    in_order(dtype, order)
        .ok_or_else(|| Failure::refused(array.name.clone(), format!("dtype {dtype} has no other byte order")))
}

/// Casts pieces, and tells what would be lost.
struct Converter<'a> {
    args: &'a Convert,
    cast: &'a mut Cast,
    target: &'a DType,
    out: Vec<u8>,
}

impl Converter<'_> {
    fn run(
        &mut self,
        elements: &[u8],
        dtype: &DType,
        name: &str,
        order: Order,
        index: impl Fn(usize) -> Vec<usize>,
    ) -> Result<&[u8], Failure> {
        let lost = self.cast.run(elements, &mut self.out);
        let Some(at) = lost.filter(|_| !self.args.lossy) else { return Ok(&self.out) };
        let mut index = index(at);
        if order == Order::F {
            index.reverse();
        }
        let text = |dtype: &DType, bytes: &[u8]| {
            let size = dtype.itemsize();
            let element = &bytes[at * size..(at + 1) * size];
            let mut text = String::new();
            match dtype {
                // With all digits of a double, so that two floats never look the same.
                DType::Scalar(scalar) if Sort::of(scalar) == Sort::Real => {
                    Scratch::default().reals(scalar, element, |reals| text = text::real(reals[0]));
                }
                DType::Scalar(scalar) => value::write(&mut text, scalar, element, &mut Scratch::default()),
                dtype => text = dtype.to_string(),
            }
            text
        };
        let index = index.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
        let why = format!(
            "element [{index}] is {}, which {} cannot hold: it would become {}; --lossy converts all the same",
            text(dtype, elements),
            self.target,
            text(self.target, &self.out),
        );
        Err(Failure::refused(name, why))
    }
}

/// Reads boxes that are long both in the file and in the output, and writes each to its places.
fn boxes(
    array: &mut Array<'_>,
    view: &Strided,
    order: Order,
    writer: &mut Converter<'_>,
    output: &mut Output,
    data_offset: u64,
) -> Result<(), Failure> {
    let (dtype, name) = (array.dtype.clone(), array.name.clone());
    let (from, to) = (dtype.itemsize(), writer.target.itemsize());
    if from == 0 || to == 0 {
        return Ok(());
    }
    let most = (BOX / from.max(to)).max(1);
    let extents = if strided::is_run(view) {
        boxes::in_c_order(view.shape(), most)
    } else {
        boxes::in_both_orders(view.shape(), &strided::fastest_first(view), most)
    };
    let mut piece = Vec::new();
    for part in Boxes::new(view.shape(), &extents) {
        array.read(view, &part, &mut piece)?;
        let index = |at| {
            let within = unravel(at, &part.lens, Order::C);
            within.iter().zip(&part.starts).map(|(at, start)| at + start).collect()
        };
        let bytes = writer.run(&piece, &dtype, &name, order, index)?;
        write(output, view.shape(), &part, to, bytes, data_offset)?;
    }
    Ok(())
}

/// Writes a box to its places in a file, run by run.
fn write(
    output: &mut Output,
    shape: &[usize],
    part: &Part,
    size: usize,
    bytes: &[u8],
    data_offset: u64,
) -> Result<(), Failure> {
    // Axes at the end that the box has whole make for longer runs.
    let whole = part.lens.iter().zip(shape).rev().take_while(|(len, axis)| len == axis).count();
    let outer = part.lens.len().saturating_sub(whole + 1);
    let run: usize = part.lens[outer..].iter().product::<usize>() * size;
    for (number, run) in bytes.chunks_exact(run).enumerate() {
        let mut index = unravel(number, &part.lens[..outer], Order::C);
        index.resize(part.lens.len(), 0);
        let index = index.iter().zip(&part.starts).map(|(at, start)| at + start);
        let at = index.zip(shape).fold(0, |at, (index, &axis)| at * axis as u64 + index as u64);
        output.write_at(data_offset + at * size as u64, run)?;
    }
    Ok(())
}
