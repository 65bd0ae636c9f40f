//! Parts of elements, moved for many elements at a time.

/// Bytes of an element that move together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) len: usize,
    /// The width of the runs that are reversed; 1 where none is.
    pub(super) swap: usize,
}

/// Moves the parts of each element of `from`, of `sizes.0` bytes, to those of `to`, of `sizes.1`. The bytes of `to`
/// that belong to no part stay as they are.
///
/// It goes part by part over all elements, which are few enough to stay in the cache, so that the width of each
/// copy is known when it is compiled. `B` is a byte, or one that may be uninitialised.
pub(super) fn gather<B: Copy>(parts: &[Part], sizes: (usize, usize), from: &[B], to: &mut [B]) {
    if sizes.0 == 0 || sizes.1 == 0 {
        return;
    }
    let items = (BLOCK / (sizes.0 + sizes.1)).max(1);
    for (from, to) in from.chunks(items * sizes.0).zip(to.chunks_mut(items * sizes.1)) {
        gather_block(parts, sizes, from, to);
    }
}

/// Copies `count` runs of `len` bytes: those at every `from_step` bytes of `from` to every `to_step` of `to`.
pub(crate) fn copy_strided(
    from: &[u8],
    from_step: usize,
    to: &mut [u8],
    to_step: usize,
    len: usize,
    count: usize,
) {
    let Some(before_last) = count.checked_sub(1) else { return };
    let (from_last, to_last) = (before_last.saturating_mul(from_step), before_last.saturating_mul(to_step));
    let (Some((from, last)), Some((to, to_of_last))) =
        (from.split_at_checked(from_last), to.split_at_mut_checked(to_last))
    else {
        return;
    };
    let part = Part { from: 0, to: 0, len, swap: 1 };
    gather(&[part], (from_step, to_step), from, to);
    // Nothing need follow the last run.
    if let (Some(last), Some(to)) = (last.get(..len), to_of_last.get_mut(..len)) {
        to.copy_from_slice(last);
    }
}

/// Bytes of both sides that are gone over part by part: they stay in the first-level cache meanwhile.
const BLOCK: usize = 16 * 1024;

/// Calls `$run` with the width as a constant, one of those of [`Part::width`].
macro_rules! by_width {
    ($width:expr, $constant:ident => $run:expr) => {
        match $width {
            1 => by_width!(@ 1, $constant, $run),
            2 => by_width!(@ 2, $constant, $run),
            4 => by_width!(@ 4, $constant, $run),
            8 => by_width!(@ 8, $constant, $run),
            _ => by_width!(@ 16, $constant, $run),
        }
    };
    (@ $width:literal, $constant:ident, $run:expr) => {{
        const $constant: usize = $width;
        $run
    }};
}
fn gather_block<B: Copy>(mut parts: &[Part], sizes: (usize, usize), from: &[B], to: &mut [B]) {
    while let [part, rest @ ..] = parts {
        // Two short parts go over the elements at once: each pass has a price of its own.
        if let [next, rest @ ..] = rest
            && let (Some(first), Some(second)) = (part.width(), next.width())
        {
            by_width!(first, V => by_width!(second, W => pair::<V, W, B>([*part, *next], sizes, from, to)));
            parts = rest;
            continue;
        }
        parts = rest;
        let mut step = Step { from: part.from, to: part.to, sizes };
        if part.swap > 1 {
            for _ in 0..part.len / part.swap {
                match part.swap {
                    2 => step.run(from, to, reverse::<2, B>),
                    4 => step.run(from, to, reverse::<4, B>),
                    8 => step.run(from, to, reverse::<8, B>),
                    16 => step.run(from, to, reverse::<16, B>),
                    width => step.each(width, from, to, |from, to| {
                        to.copy_from_slice(from);
                        to.reverse();
                    }),
                }
                step = step.after(part.swap);
            }
            continue;
        }
        // A length between two widths is copied by two runs that overlap.
        let len = part.len;
        match len {
            0 => {}
            1 => step.run(from, to, copy::<1, B>),
            2 => step.run(from, to, copy::<2, B>),
            4 => step.run(from, to, copy::<4, B>),
            8 => step.run(from, to, copy::<8, B>),
            16 => step.run(from, to, copy::<16, B>),
            3 => step.both::<2, B>(len, from, to),
            5..8 => step.both::<4, B>(len, from, to),
            9..16 => step.both::<8, B>(len, from, to),
            17..=32 => step.both::<16, B>(len, from, to),
            _ => step.each(len, from, to, |from, to| to.copy_from_slice(from)),
        }
    }
}

impl Part {
    /// The width of which two copies, which may overlap, make this part; `None` where it is long or is swapped.
    fn width(&self) -> Option<usize> {
        match self.len {
            1..=32 if self.swap <= 1 => Some((1 << self.len.ilog2()).min(16)),
            _ => None,
        }
    }

    /// Copies the part of one element, from `W` to twice `W` bytes.
    #[inline(always)]
    fn copy_ends<const W: usize, B: Copy>(&self, from: &[B], to: &mut [B]) {
        let second = self.len - W;
        for shift in [0, second] {
            let from = from.get(self.from + shift..).and_then(|from| from.first_chunk::<W>());
            let to = to.get_mut(self.to + shift..).and_then(|to| to.first_chunk_mut::<W>());
            if let (Some(from), Some(to)) = (from, to) {
                *to = *from;
            }
        }
    }
}

/// Copies two parts of each element, of the widths `V` and `W`.
fn pair<const V: usize, const W: usize, B: Copy>(
    parts: [Part; 2],
    sizes: (usize, usize),
    from: &[B],
    to: &mut [B],
) {
    let [first, second] = parts;
    for (from, to) in from.chunks_exact(sizes.0).zip(to.chunks_exact_mut(sizes.1)) {
        first.copy_ends::<V, B>(from, to);
        second.copy_ends::<W, B>(from, to);
    }
}

/// Where a run starts in the elements of both sides.
#[derive(Clone, Copy)]
struct Step {
    from: usize,
    to: usize,
    sizes: (usize, usize),
}

impl Step {
    fn after(self, bytes: usize) -> Self {
        Self { from: self.from + bytes, to: self.to + bytes, ..self }
    }

    /// Whether `len` bytes lie within the elements: asked before a loop, this takes the checks out of it.
    #[inline(always)]
    fn fits(self, len: usize) -> bool {
        let within = |size: usize, start: usize| start <= size && size - start >= len;
        within(self.sizes.0, self.from) && within(self.sizes.1, self.to)
    }

    /// Copies `len` bytes, from `W` to twice `W`, of each element.
    fn both<const W: usize, B: Copy>(self, len: usize, from: &[B], to: &mut [B]) {
        self.each(len, from, to, |from, to| {
            let ends = (from.first_chunk::<W>(), from.last_chunk::<W>());
            if let (Some(first), Some(last)) = ends {
                if let Some(to) = to.first_chunk_mut() {
                    *to = *first;
                }
                if let Some(to) = to.last_chunk_mut() {
                    *to = *last;
                }
            }
        });
    }

    /// Calls `run` with the `W` bytes of each element.
    #[inline(always)]
    fn run<const W: usize, B: Copy>(self, from: &[B], to: &mut [B], run: impl Fn(&[B; W], &mut [B; W])) {
        if !self.fits(W) {
            return;
        }
        for (from, to) in from.chunks_exact(self.sizes.0).zip(to.chunks_exact_mut(self.sizes.1)) {
            let from = from.get(self.from..).and_then(|from| from.first_chunk());
            let to = to.get_mut(self.to..).and_then(|to| to.first_chunk_mut());
            if let (Some(from), Some(to)) = (from, to) {
                run(from, to);
            }
        }
    }

    /// Calls `run` with the `len` bytes of each element.
    #[inline(always)]
    fn each<B: Copy>(self, len: usize, from: &[B], to: &mut [B], run: impl Fn(&[B], &mut [B])) {
        if !self.fits(len) {
            return;
        }
        for (from, to) in from.chunks_exact(self.sizes.0).zip(to.chunks_exact_mut(self.sizes.1)) {
            let from = from.get(self.from..self.from + len);
            let to = to.get_mut(self.to..self.to + len);
            if let (Some(from), Some(to)) = (from, to) {
                run(from, to);
            }
        }
    }
}

#[inline(always)]
fn copy<const W: usize, B: Copy>(from: &[B; W], to: &mut [B; W]) {
    *to = *from;
}

#[inline(always)]
fn reverse<const W: usize, B: Copy>(from: &[B; W], to: &mut [B; W]) {
    let mut run = *from;
    run.reverse();
    *to = run;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_parts_of_every_length_arrive_at_once() {
        let lens = [1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 31, 32, 33];
        for (first, second) in lens.iter().flat_map(|&first| lens.map(|second| (first, second))) {
            for elements in [0, 1, 3] {
                let sizes = (first + second + 1, first + second + 5);
                // In the other order, with a byte before each that no part has.
                let parts = [
                    Part { from: 0, to: second + 3, len: first, swap: 1 },
                    Part { from: first + 1, to: 1, len: second, swap: 1 },
                ];
                let from: Vec<u8> = (0..sizes.0 * elements).map(|byte| byte as u8 | 1).collect();
                let mut to = vec![0; sizes.1 * elements];
                gather(&parts, sizes, &from, &mut to);
                let mut expected = vec![0; sizes.1 * elements];
                for (from, to) in from.chunks(sizes.0).zip(expected.chunks_mut(sizes.1)) {
                    for part in parts {
                        to[part.to..part.to + part.len].copy_from_slice(&from[part.from..][..part.len]);
                    }
                }
                assert_eq!(to, expected, "{first} and {second} bytes");
            }
        }
    }

    #[test]
    fn parts_of_every_length_and_order_arrive() {
        let elements = 5;
        for swap in [1, 2, 4, 8, 12, 16] {
            for runs in [0, 1, 2, 3, 5, 7, 9, 15, 17, 31, 32, 33, 40] {
                let len = runs * swap;
                let part = Part { from: 3, to: 1, len, swap };
                let sizes = (len + 4, len + 7);
                let from: Vec<u8> = (0..sizes.0 * elements).map(|byte| byte as u8 | 1).collect();
                let mut to = vec![0; sizes.1 * elements];
                gather(&[part], sizes, &from, &mut to);
                let mut expected = vec![0; sizes.1 * elements];
                for element in 0..elements {
                    let start = element * sizes.0 + part.from;
                    let bytes = from[start..start + len].chunks(swap);
                    let bytes: Vec<u8> = bytes.flat_map(|run| run.iter().rev().copied()).collect();
                    expected[element * sizes.1 + part.to..][..len].copy_from_slice(&bytes);
                }
                assert_eq!(to, expected, "{runs} runs of {swap} bytes");
            }
        }
    }
}
