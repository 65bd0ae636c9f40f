//! Brackets, line breaks and summaries.

use std::fmt;

use super::item::ItemFormat;
use super::options::PrintOptions;
use crate::DType;

/// Where the items of an array stand in its bytes, and which of them are shown.
///
/// The axes of a top-level subarray dtype are axes of the array, as in NumPy.
pub(super) struct Layout<'a> {
    dtype: &'a DType,
    axes: Vec<Axis>,
    nbytes: usize,
}

struct Axis {
    /// Items along it that are at hand.
    stored: usize,
    /// Items shown at its start and end, where the rest is left out.
    edges: Option<(usize, usize)>,
    /// Bytes from one item along it to the next.
    stride: usize,
}

/// What stands at one place of an axis.
#[derive(Clone, Copy)]
enum Slot {
    /// The item of that number among those at hand.
    Item(usize),
    /// Dots for the items left out.
    Dots,
}

impl Axis {
    fn slots(&self) -> impl Iterator<Item = Slot> {
        let (first, last) = self.edges.unwrap_or((0, self.stored));
        let dots = self.edges.map(|_| Slot::Dots);
        (0..first)
            .map(Slot::Item)
            .chain(dots)
            .chain((self.stored.saturating_sub(last)..self.stored).map(Slot::Item))
    }

    fn items(&self) -> impl Iterator<Item = usize> {
        self.slots().filter_map(|slot| match slot {
            Slot::Item(index) => Some(index),
            Slot::Dots => None,
        })
    }
}

impl<'a> Layout<'a> {
    /// The layout of an array of that dtype and shape of which the items of `stored` are at hand, or
    /// `None` where their bytes cannot be counted.
    pub(super) fn new(
        dtype: &'a DType,
        shape: &[usize],
        stored: &[usize],
        options: &PrintOptions,
    ) -> Option<Self> {
        let (inner, dtype) = dtype.flattened();
        // Items of a subarray are at hand whole, so its axes are cut while they are printed.
        let whole: Vec<usize> = shape.iter().chain(&inner).copied().collect();
        let stored = stored.iter().chain(&inner).copied();
        let summarises = options.summarises(&whole);
        let mut axes: Vec<Axis> = whole
            .iter()
            .zip(stored)
            .map(|(&axis, stored)| {
                let edges = options.edges(axis).filter(|_| summarises);
                Axis { stored, edges, stride: 0 }
            })
            .collect();
        let mut nbytes = if whole.contains(&0) { 0 } else { dtype.itemsize() };
        for axis in axes.iter_mut().rev() {
            axis.stride = nbytes;
            nbytes = nbytes.checked_mul(axis.stored)?;
        }
        Some(Self { dtype, axes, nbytes })
    }

    /// What one item is; never a subarray.
    pub(super) fn dtype(&self) -> &'a DType {
        self.dtype
    }

    pub(super) fn ndim(&self) -> usize {
        self.axes.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.axes.iter().any(|axis| axis.stored == 0)
    }

    /// Bytes of the items at hand.
    pub(super) fn nbytes(&self) -> usize {
        self.nbytes
    }

    /// The items that are shown, to measure them.
    pub(super) fn shown<'b>(&self, bytes: &'b [u8]) -> Vec<&'b [u8]> {
        let itemsize = self.dtype.itemsize();
        if itemsize == 0 {
            // However many there are, they are all alike.
            return vec![&[]];
        }
        let mut offsets = vec![0];
        for axis in &self.axes {
            offsets = offsets
                .iter()
                .flat_map(|offset| axis.items().map(move |index| offset + index * axis.stride))
                .collect();
        }
        offsets.iter().map(|&offset| item(bytes, offset, itemsize)).collect()
    }

    /// Writes the array, which has at least one axis and one item.
    pub(super) fn write(
        &self,
        f: &mut impl fmt::Write,
        bytes: &[u8],
        format: &ItemFormat<'_>,
        linewidth: usize,
    ) -> fmt::Result {
        let mut page =
            Page { f, bytes, format, linewidth, itemsize: self.dtype.itemsize(), word: String::new() };
        page.block(&self.axes, 0, 1)
    }
}

/// Empty where there are too few bytes, which every format takes.
fn item(bytes: &[u8], offset: usize, itemsize: usize) -> &[u8] {
    offset.checked_add(itemsize).and_then(|end| bytes.get(offset..end)).unwrap_or_default()
}

struct Page<'a, W> {
    f: &'a mut W,
    bytes: &'a [u8],
    format: &'a ItemFormat<'a>,
    linewidth: usize,
    itemsize: usize,
    word: String,
}

impl<W: fmt::Write> Page<'_, W> {
    /// Writes what lies along `axes` from that byte on; `indent` is the column within its bracket.
    fn block(&mut self, axes: &[Axis], offset: usize, indent: usize) -> fmt::Result {
        self.f.write_char('[')?;
        match axes {
            [] => {}
            [axis] => self.row(axis, offset, indent)?,
            [axis, inner @ ..] => {
                for (number, slot) in axis.slots().enumerate() {
                    if number > 0 {
                        inner.iter().try_for_each(|_| self.f.write_char('\n'))?;
                        self.indent(indent)?;
                    }
                    match slot {
                        Slot::Item(index) => self.block(inner, offset + index * axis.stride, indent + 1)?,
                        Slot::Dots => self.f.write_str("...")?,
                    }
                }
            }
        }
        self.f.write_char(']')
    }

    fn row(&mut self, axis: &Axis, offset: usize, indent: usize) -> fmt::Result {
        // Each bracket that closes at the end of the line takes a column, this row's own included.
        let width = self.linewidth.saturating_sub(indent);
        let mut line = String::new();
        let mut column = indent;
        for (number, slot) in axis.slots().enumerate() {
            if number > 0 {
                line.push(' ');
                column += 1;
            }
            self.word.clear();
            match slot {
                Slot::Item(index) => {
                    let item = item(self.bytes, offset + index * axis.stride, self.itemsize);
                    self.format.write(&mut self.word, item);
                }
                Slot::Dots => self.word.push_str("..."),
            }
            let len = self.word.chars().count();
            if column + len > width && column > indent {
                // NumPy drops the padding of the last item together with the space.
                self.f.write_str(line.trim_end_matches(' '))?;
                self.f.write_char('\n')?;
                self.indent(indent)?;
                line.clear();
                column = indent;
            }
            line.push_str(&self.word);
            column += len;
        }
        self.f.write_str(&line)
    }

    fn indent(&mut self, indent: usize) -> fmt::Result {
        (0..indent).try_for_each(|_| self.f.write_char(' '))
    }
}
