//! Into which chunks the shards of an array are cut.
//!
//! Axes are in the order of the file here, the slowest first: for Fortran order they are the array's in reverse. A chunk
//! is one run of bytes of one shard, so that it has all of the axes after the one that is cut, and one step of those
//! before it.

use crate::error::{Error, Result};
use crate::limits::{MAX_CHUNK, MAX_CHUNKS, MAX_INLINED};

/// How far a chunk may be from the size that was asked for, as a factor, before a rectilinear grid is better.
const NEAR: u64 = 4;

/// Which chunk grids are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Grid {
    /// A regular grid where chunks near the size that was asked for fit into all shards, else a rectilinear one.
    #[default]
    Auto,
    /// A regular grid, which every Zarr reader takes, however small its chunks become.
    Regular,
}

/// Where chunks end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cut {
    /// The axis that is cut.
    pub(crate) axis: usize,
    pub(crate) pieces: Pieces,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pieces {
    /// All of one length; where they do not fill the last shard, its end is inlined.
    Regular(u64),
    /// As many as it takes for none to be longer than this, as equal as can be: a rectilinear grid.
    Even(u64),
}

impl Pieces {
    /// The lengths of the pieces of an axis.
    pub(crate) fn of(self, len: u64) -> impl Iterator<Item = u64> {
        let (count, short, longer, last) = match self {
            Self::Regular(piece) => (len / piece, piece, 0, len % piece),
            Self::Even(most) => {
                let count = len.div_ceil(most);
                // No pieces where there is nothing.
                let short = len.checked_div(count).unwrap_or(0);
                (count, short, len.checked_rem(count).unwrap_or(0), 0)
            }
        };
        let even = (0..count).map(move |at| if at < longer { short + 1 } else { short });
        even.chain((last > 0).then_some(last))
    }

    /// How many pieces an axis has.
    fn count(self, len: u64) -> u64 {
        match self {
            Self::Regular(piece) | Self::Even(piece) => len.div_ceil(piece),
        }
    }
}

/// What is cut: the elements, the slowest axis of each shard and the axes after it, none of them empty.
pub(crate) struct Shape<'a> {
    pub(crate) itemsize: u64,
    pub(crate) rows: &'a [u64],
    pub(crate) rest: &'a [u64],
}

impl Shape<'_> {
    /// Bytes of one step along an axis. All data are in files, so that they fit 64 bits.
    fn step(&self, axis: usize) -> u64 {
        let after = self.rest.get(axis..).unwrap_or_default();
        after.iter().fold(self.itemsize, |bytes, &len| bytes.saturating_mul(len))
    }

    /// The lengths of an axis: one for each shard of the slowest, one for all of any other.
    fn lens(&self, axis: usize) -> &[u64] {
        match axis.checked_sub(1) {
            None => self.rows,
            Some(at) => self.rest.get(at..=at).unwrap_or_default(),
        }
    }

    /// How many chunks a cut makes.
    pub(crate) fn chunks(&self, cut: Cut) -> u128 {
        let pieces: u128 = self.lens(cut.axis).iter().map(|&len| u128::from(cut.pieces.count(len))).sum();
        let Some(between) = cut.axis.checked_sub(1) else { return pieces };
        let rows: u128 = self.rows.iter().map(|&len| u128::from(len)).sum();
        let before =
            self.rest.iter().take(between).fold(rows, |count, &len| count.saturating_mul(len.into()));
        pieces.saturating_mul(before)
    }

    /// The cut with chunks near `target` bytes.
    pub(crate) fn cut(&self, name: &str, target: u64, grid: Grid) -> Result<Cut> {
        let rectilinear = self.rectilinear(target);
        let cut = match self.regular(target) {
            Some(cut) if grid == Grid::Regular || self.is_near(cut, rectilinear, target) => cut,
            _ => rectilinear,
        };
        match self.chunks(cut) {
            found if found > u128::from(MAX_CHUNKS) => Err(Error::Chunks { array: name.to_string(), found }),
            _ => Ok(cut),
        }
    }

    /// Whether regular chunks are neither much larger than what was asked for nor many more than it takes.
    fn is_near(&self, regular: Cut, rectilinear: Cut, target: u64) -> bool {
        let Pieces::Regular(len) = regular.pieces else { return false };
        let bytes = self.step(regular.axis).saturating_mul(len);
        // A single step may be larger than that: nothing smaller can be had along that axis.
        bytes <= largest(target)
            && self.chunks(regular) <= self.chunks(rectilinear).saturating_mul(NEAR.into())
    }

    /// Cuts the slowest axis whose steps are no larger than a chunk may be.
    fn rectilinear(&self, target: u64) -> Cut {
        let axis =
            (0..self.rest.len()).find(|&axis| self.step(axis) <= largest(target)).unwrap_or(self.rest.len());
        Cut { axis, pieces: Pieces::Even((target / self.step(axis)).max(1)) }
    }

    /// The regular chunks whose size is nearest to `target`, on whatever axis.
    fn regular(&self, target: u64) -> Option<Cut> {
        let whole = (0..=self.rest.len()).flat_map(|axis| {
            let divisors = divisors(self.lens(axis).iter().fold(0, |common, &len| gcd(common, len)));
            divisors.into_iter().map(move |len| (axis, len))
        });
        let fits = |&(axis, len): &(usize, u64)| {
            self.step(axis).checked_mul(len).is_some_and(|size| size <= largest(target))
        };
        let candidates = whole.chain(self.with_tail(target)).filter(fits);
        let distance = |&(axis, len): &(usize, u64)| {
            let ratio = self.step(axis).saturating_mul(len) as f64 / target as f64;
            ratio.ln().abs()
        };
        let nearest = candidates.min_by(|a, b| distance(a).total_cmp(&distance(b)));
        let (axis, len) = nearest.or_else(|| {
            // One element may be larger than what was asked for.
            let axis = (0..=self.rest.len()).find(|&axis| self.step(axis) <= MAX_CHUNK)?;
            Some((axis, 1))
        })?;
        Some(Cut { axis, pieces: Pieces::Regular(len) })
    }

    /// The chunks that fill all shards but the last and are small enough to be inlined for the end of that one: it is
    /// stored whole, as all chunks of a regular grid are.
    fn with_tail(&self, target: u64) -> Vec<(usize, u64)> {
        let Some((last, others)) = self.rows.split_last() else { return Vec::new() };
        let most = MAX_INLINED / self.step(0);
        let mut lens = match others.iter().fold(0, |common, &len| gcd(common, len)) {
            0 => vec![most.min(*last).min((target / self.step(0)).max(1))],
            common => divisors(common),
        };
        lens.retain(|&len| (1..=most).contains(&len));
        lens.into_iter().map(|len| (0, len)).collect()
    }
}

/// The most bytes of a chunk where `target` were asked for.
fn largest(target: u64) -> u64 {
    target.saturating_mul(NEAR).min(MAX_CHUNK)
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Divisors of a number. What is left after all factors below 2^16 is taken for a prime, so that a number of 64 bits takes
/// no longer than that.
fn divisors(mut number: u64) -> Vec<u64> {
    if number == 0 {
        return Vec::new();
    }
    let mut divisors = vec![1];
    let mut factor = 2;
    while number > 1 {
        if factor > 1 << 16 || factor * factor > number {
            factor = number;
        }
        let (known, mut power) = (divisors.len(), 1u64);
        while number.is_multiple_of(factor) {
            number /= factor;
            power *= factor;
            let more: Vec<u64> = divisors.iter().take(known).map(|divisor| divisor * power).collect();
            divisors.extend(more);
        }
        factor += 1;
    }
    divisors
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MIB: u64 = 1 << 20;

    fn cut(itemsize: u64, rows: &[u64], rest: &[u64], target: u64, grid: Grid) -> Cut {
        Shape { itemsize, rows, rest }.cut("x", target, grid).unwrap()
    }

    fn regular(axis: usize, len: u64) -> Cut {
        Cut { axis, pieces: Pieces::Regular(len) }
    }

    #[test]
    fn a_small_file_is_one_chunk() {
        assert_eq!(cut(8, &[150], &[4], 16 * MIB, Grid::Auto), regular(0, 150));
        assert_eq!(cut(8, &[150, 150, 150], &[4], 16 * MIB, Grid::Auto), regular(0, 150));
        assert_eq!(cut(8, &[1], &[], 16 * MIB, Grid::Auto), regular(0, 1));
    }

    #[test]
    fn chunks_are_near_the_target() {
        // Rows of 1 KiB: 16,384 of them are 16 MiB, 12,500 and 25,000 divide the shards.
        assert_eq!(cut(8, &[100_000, 50_000], &[128], 16 * MIB, Grid::Auto), regular(0, 12_500));
        // Rows of 1 GiB are cut along the next axis.
        assert_eq!(cut(4, &[10], &[16_384, 16_384], 16 * MIB, Grid::Auto), regular(1, 256));
        assert_eq!(cut(4, &[2], &[1 << 31], 16 * MIB, Grid::Auto), regular(1, 4 << 20));
    }

    #[test]
    fn what_no_chunk_divides_is_rectilinear() {
        let ragged = cut(8, &[42_860], &[127], 16 * MIB, Grid::Auto);
        assert_eq!(ragged.axis, 0);
        let shards = cut(8, &[42_860, 9_001], &[128], 16 * MIB, Grid::Auto);
        assert_eq!(shards, Cut { axis: 0, pieces: Pieces::Even(16_384) });
        assert_eq!(shards.pieces.of(42_860).collect::<Vec<_>>(), [14_287, 14_287, 14_286]);
        assert_eq!(shards.pieces.of(9_001).collect::<Vec<_>>(), [9_001]);
        assert_eq!(cut(8, &[42_860, 9_001, 9_001], &[128], 16 * MIB, Grid::Regular), regular(0, 1));
    }

    #[test]
    fn a_small_tail_is_inlined() {
        // Chunks of 100 rows of 32 bytes; the last shard has 37.
        assert_eq!(cut(8, &[100, 100, 137], &[4], MIB, Grid::Auto), regular(0, 100));
        assert_eq!(cut(8, &[100, 100, 37], &[4], MIB, Grid::Auto), regular(0, 100));
        // The chunk would have 1 MiB.
        assert!(matches!(cut(8, &[32_768, 1], &[4], MIB, Grid::Auto).pieces, Pieces::Even(_)));
        // 64 KiB are 2,048 rows; a prime has no other divisors.
        assert_eq!(cut(8, &[1_000_003], &[4], MIB, Grid::Regular), regular(0, 2048));
    }

    #[test]
    fn too_many_chunks_are_refused() {
        let error =
            Shape { itemsize: 1, rows: &[1 << 50], rest: &[] }.cut("x", 1024, Grid::Auto).unwrap_err();
        assert_eq!(
            error.to_string(),
            "array 'x' would have 1099511627776 chunks, expected at most 10000000; larger chunks make fewer"
        );
    }

    #[test]
    fn divisors_are_found() {
        let mut found = divisors(360);
        found.sort_unstable();
        assert_eq!(found.len(), 24);
        assert!(found.iter().all(|&divisor| 360 % divisor == 0));
        assert_eq!(divisors(u64::MAX).iter().max(), Some(&u64::MAX));
        assert_eq!(divisors(1), [1]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1024))]

        #[test]
        fn chunks_fill_the_shards(
            itemsize in 1u64..3000,
            rows in prop::collection::vec(1u64..5000, 1..6),
            rest in prop::collection::vec(1u64..300, 0..4),
            target in 1u64..(40 << 20),
            is_regular: bool,
        ) {
            let shape = Shape { itemsize, rows: &rows, rest: &rest };
            let grid = if is_regular { Grid::Regular } else { Grid::Auto };
            let Ok(cut) = shape.cut("x", target, grid) else { return Ok(()) };
            prop_assert!(!is_regular || matches!(cut.pieces, Pieces::Regular(_)));
            let lens = shape.lens(cut.axis);
            for (at, &len) in lens.iter().enumerate() {
                let pieces: Vec<u64> = cut.pieces.of(len).collect();
                prop_assert_eq!(pieces.iter().sum::<u64>(), len);
                prop_assert_eq!(pieces.len() as u64, cut.pieces.count(len));
                prop_assert!(pieces.iter().all(|&piece| piece > 0 && piece * shape.step(cut.axis) <= MAX_CHUNK));
                if let Pieces::Regular(piece) = cut.pieces && len % piece != 0 {
                    // Only the end of all can be shorter, and is inlined.
                    prop_assert!(cut.axis == 0 && at + 1 == lens.len());
                    prop_assert!(piece * shape.step(0) <= MAX_INLINED);
                }
            }
        }
    }
}
