//! Arrays block by block along their first axis.

use std::io::Read;
use std::ops::Range;

use ndarray::ArrayD;

use super::file::NpyFile;
use super::reader::NpyReader;
use crate::array::{Layout, Load};
use crate::error::{MismatchProblem, Result};
use crate::header::{Order, shape_text};
use crate::slice::{Index, Slice};
use crate::source::ReadAt;

impl<S: ReadAt> NpyFile<S> {
    /// The array in blocks of at most `n` rows along its first axis, each in the file's memory order.
    ///
    /// One block is in memory at a time. Of a Fortran-order file each column of a block is read by itself, so that
    /// blocks of many rows are much the quicker there. After an error no block follows.
    ///
    /// # Errors
    /// Each block has those of [`NpyFile::read`]. The first is [`Error::Mismatch`](crate::Error::Mismatch) where the
    /// array has no axis or `n` is zero.
    ///
    /// # Examples
    /// ```
    /// use npymap::NpyFile;
    ///
    /// let mut sum = 0.0;
    /// for block in NpyFile::open("testdata/iris.npy")?.rows::<f64>(100) {
    ///     let block = block?;
    ///     assert!(block.shape() == [100, 4] || block.shape() == [50, 4]);
    ///     sum += block.sum();
    /// }
    /// assert_eq!(sum.round(), 2079.0);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn rows<T: Load>(&self, n: usize) -> impl Iterator<Item = Result<ArrayD<T>>> + use<'_, S, T> {
        let start = self.data().located(|data| {
            let layout = data.layout::<T>()?;
            Ok((Blocks::new(&layout, 0, n)?, layout))
        });
        each_block(start, move |_, rows: Range<usize>| {
            let bound = |row| isize::try_from(row).ok();
            let rows = Index::Range { start: bound(rows.start), stop: bound(rows.end), step: 1 };
            self.data().read_slice(Slice::from([rows]))
        })
    }
}

impl<R: Read> NpyReader<R> {
    /// What is left of the array in blocks of at most `n` rows along its first axis.
    ///
    /// One block is in memory at a time. After an error no block follows.
    ///
    /// # Errors
    /// Each block has those of [`NpyReader::read_vec`]. The first is [`Error::Mismatch`](crate::Error::Mismatch) where
    /// the array has no axis, `n` is zero, part of a row has been read, or the array is in Fortran order, in which
    /// rows do not lie side by side.
    ///
    /// # Examples
    /// ```
    /// use npymap::NpyReader;
    ///
    /// let mut reader = NpyReader::new(std::fs::File::open("testdata/iris.npy")?)?;
    /// let mut blocks = Vec::new();
    /// for block in reader.rows::<f64>(60) {
    ///     blocks.push(block?.shape().to_vec());
    /// }
    /// assert_eq!(blocks, [[60, 4], [60, 4], [30, 4]]);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn rows<T: Load>(&mut self, n: usize) -> impl Iterator<Item = Result<ArrayD<T>>> + use<'_, R, T> {
        let (layout, mut stream) = self.stream::<T>();
        let start = layout.and_then(|layout| {
            if layout.order == Order::F && layout.shape.iter().filter(|&&axis| axis > 1).count() > 1 {
                let way_out = "they do not lie side by side in Fortran order; read reads the whole, and \
                               NpyFile::rows blocks of a file";
                return Err(blocks_error(&layout.shape, way_out));
            }
            let left = stream.left(&layout)?;
            // Rows without elements have all yet to come.
            let first = (layout.len - left).checked_div(row_len(&layout.shape)).unwrap_or(0);
            if first * row_len(&layout.shape) != layout.len - left && left > 0 {
                return Err(blocks_error(
                    &layout.shape,
                    "part of a row has been read; read_into reads its rest",
                ));
            }
            Ok((Blocks::new(&layout, first, n)?, layout))
        });
        each_block(start, move |layout: &Layout<'_>, rows: Range<usize>| {
            let len = rows.len() * row_len(&layout.shape);
            let shape = [&[rows.len()], layout.shape.get(1..).unwrap_or_default()].concat();
            layout.with_shape(shape).array(stream.read::<T>(layout, len)?)
        })
    }
}

/// Elements of a row.
fn row_len(shape: &[usize]) -> usize {
    shape
        .get(1..)
        .unwrap_or_default()
        .iter()
        .try_fold(1usize, |len, &axis| len.checked_mul(axis))
        .unwrap_or(0)
}

fn blocks_error(shape: &[usize], reason: &str) -> crate::Error {
    MismatchProblem::Blocks { shape: shape_text(shape), reason: reason.to_string() }.into()
}

/// The rows from `next` on, `n` at a time.
struct Blocks {
    next: usize,
    end: usize,
    n: usize,
}

impl Blocks {
    fn new(layout: &Layout<'_>, next: usize, n: usize) -> Result<Self> {
        match layout.shape.first() {
            None => Err(blocks_error(&layout.shape, "it has no axis; read gives the one element")),
            Some(_) if n == 0 => {
                Err(blocks_error(&layout.shape, "blocks of 0 rows have no end; ask for one row at least"))
            }
            Some(&end) => Ok(Self { next, end, n }),
        }
    }
}

impl Iterator for Blocks {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let start = self.next;
        self.next = self.end.min(start.saturating_add(self.n));
        (start < self.next).then_some(start..self.next)
    }
}

/// What `read` makes of each block, or the error that it starts with; after an error there is nothing.
fn each_block<'a, T>(
    start: Result<(Blocks, Layout<'a>)>,
    mut read: impl FnMut(&Layout<'a>, Range<usize>) -> Result<T>,
) -> impl Iterator<Item = Result<T>> {
    let mut state = Some(start);
    std::iter::from_fn(move || match state.take()? {
        Err(error) => Some(Err(error)),
        Ok((mut blocks, layout)) => {
            let block = read(&layout, blocks.next()?);
            if block.is_ok() {
                state = Some(Ok((blocks, layout)));
            }
            Some(block)
        }
    })
}
