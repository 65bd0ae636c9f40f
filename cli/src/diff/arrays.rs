//! Two arrays side by side.

use npymap::{DType, Order, Preview, PrintOptions, Scalar};

use super::compare::{Comparison, Distance, Tolerance};
use crate::array::Array;
use crate::boxes::{self, Boxes};
use crate::failure::Failure;
use crate::input::Input;
use crate::leaves;
use crate::stats::unravel;
use crate::strided::fastest_first;
use crate::text;

/// Scalars that an element has at most, to be compared one by one.
const RUNS_MOST: usize = 100_000;
/// Elements in memory where the orders differ: of eight bytes, 8 MB each.
const BOX: usize = 1 << 20;

/// What is different, in words.
pub(super) struct Difference {
    pub(super) text: String,
}

/// What differs between two arrays, and how many elements the first has.
pub(super) fn compare(
    a: &mut Input<'_>,
    b: &mut Input<'_>,
    tolerance: Tolerance,
) -> Result<(Option<Difference>, usize), Failure> {
    let orders = {
        let (a, b) = (a.facts()?.header, b.facts()?.header);
        let one_way = |order, shape: &[usize]| if shape.len() < 2 { Order::C } else { order };
        (one_way(a.order, &a.shape), one_way(b.order, &b.shape))
    };
    if orders.0 != orders.1 {
        a.keep()?;
        b.keep()?;
    }
    let (mut a, mut b) = (a.array()?, b.array()?);
    let len = a.len();
    if a.shape != b.shape {
        let text = format!("shape {} and {}", text::shape(&a.shape), text::shape(&b.shape));
        return Ok((Some(Difference { text }), len));
    }
    let Some(fields) = fields(&a, &b, tolerance)? else {
        let text = format!("dtype {} and {} cannot be compared", a.dtype, b.dtype);
        return Ok((Some(Difference { text }), len));
    };
    let mut found = Found {
        fields,
        dtypes: (a.dtype.clone(), b.dtype.clone()),
        columns: Default::default(),
        count: 0,
        first: None,
        largest: None,
    };
    let sizes = (a.dtype.itemsize(), b.dtype.itemsize());
    if sizes.0 == 0 || sizes.1 == 0 {
        // Elements without bytes are all alike, and those with some have none to be compared with.
        if found.fields.is_empty() {
            return Ok((None, len));
        }
    }
    if orders.0 == orders.1 {
        let piece_len = a.piece_len().min(b.piece_len()).min(len);
        let mut pieces = (vec![0; piece_len * sizes.0], vec![0; piece_len * sizes.1]);
        let (shape, order) = (a.shape.clone(), orders.0);
        for start in (0..len).step_by(piece_len.max(1)) {
            let count = piece_len.min(len - start);
            let (first, second) = (&mut pieces.0[..count * sizes.0], &mut pieces.1[..count * sizes.1]);
            a.fill(first)?;
            b.fill(second)?;
            found.add(first, second, |index| unravel(start + index, &shape, order));
        }
        a.finish()?;
        b.finish()?;
    } else {
        let views = (a.view(), b.view());
        let most = (BOX * 8 / sizes.0.max(sizes.1).max(1)).max(1);
        let fastest = fastest_first(if orders.0 == Order::F { &views.0 } else { &views.1 });
        let extents = boxes::in_both_orders(&a.shape, &fastest, most);
        let mut pieces = (Vec::new(), Vec::new());
        for part in Boxes::new(&a.shape, &extents) {
            a.read(&views.0, &part, &mut pieces.0)?;
            b.read(&views.1, &part, &mut pieces.1)?;
            found.add(&pieces.0, &pieces.1, |index| {
                let within = unravel(index, &part.lens, Order::C);
                within.iter().zip(&part.starts).map(|(at, start)| at + start).collect()
            });
        }
    }
    Ok((found.difference(len), len))
}

/// A scalar of both: its name, where it is in each, how many there are, and how it is compared.
struct Pair {
    path: String,
    offsets: (usize, usize),
    count: usize,
    scalars: (Scalar, Scalar),
    comparison: Comparison,
}

/// The scalars of both, or `None` where they do not go together.
fn fields(a: &Array<'_>, b: &Array<'_>, tolerance: Tolerance) -> Result<Option<Vec<Pair>>, Failure> {
    let (in_a, in_b) = (runs(a)?, runs(b)?);
    if in_a.len() != in_b.len() {
        return Ok(None);
    }
    let mut taken = vec![false; in_b.len()];
    let mut pairs = Vec::with_capacity(in_a.len());
    for (number, (path, first, offset, count)) in in_a.into_iter().enumerate() {
        // Mostly they are in the same place; fields in another order are looked for by name.
        let matches = |at: &usize| !taken[*at] && in_b[*at].0 == path && in_b[*at].3 == count;
        let Some(at) = Some(number).filter(matches).or_else(|| (0..in_b.len()).find(matches)) else {
            return Ok(None);
        };
        taken[at] = true;
        let second = in_b[at].1;
        let Some(comparison) = Comparison::new(&first, &second, tolerance) else { return Ok(None) };
        let offsets = (offset, in_b[at].2);
        pairs.push(Pair { path, offsets, count, scalars: (first, second), comparison });
    }
    Ok(Some(pairs))
}

/// The path, scalar, offset and count of each run of scalars.
fn runs(array: &Array<'_>) -> Result<Vec<(String, Scalar, usize, usize)>, Failure> {
    let leaves = leaves::leaves(&array.dtype);
    let mut runs = Vec::new();
    leaves::for_each_run(&array.dtype, &mut |leaf, scalar, offset, count| {
        if runs.len() <= RUNS_MOST {
            runs.push((leaves[leaf].path.clone(), *scalar, offset, count));
        }
    });
    if runs.len() > RUNS_MOST {
        let why = format!("records of more than {RUNS_MOST} parts cannot be compared");
        return Err(Failure::refused(array.name.clone(), why));
    }
    Ok(runs)
}

/// What has been found so far.
struct Found {
    fields: Vec<Pair>,
    dtypes: (DType, DType),
    columns: (Vec<u8>, Vec<u8>),
    /// Elements that differ.
    count: u64,
    first: Option<Place>,
    largest: Option<(Distance, Vec<usize>, String)>,
}

/// The first element that differs: its indices, the field, and both values.
struct Place {
    index: Vec<usize>,
    path: String,
    values: (String, String),
}

impl Found {
    /// Compares elements; `index_of` tells where one of them is.
    fn add(&mut self, a: &[u8], b: &[u8], index_of: impl Fn(usize) -> Vec<usize>) {
        let sizes = (self.dtypes.0.itemsize(), self.dtypes.1.itemsize());
        // Elements of records that were counted already.
        let mut counted = vec![false; if self.fields.len() > 1 { a.len() / sizes.0.max(1) } else { 0 }];
        for field in &mut self.fields {
            let (first, second) = &field.scalars;
            let part = |bytes, size, offset, scalar: &Scalar, column| {
                column_of(bytes, size, offset, scalar.itemsize() * field.count, column)
            };
            let a = part(a, sizes.0, field.offsets.0, first, &mut self.columns.0);
            let b = part(b, sizes.1, field.offsets.1, second, &mut self.columns.1);
            let (count, all, largest) = (field.count, &mut self.count, &mut self.largest);
            let (place, path) = (&mut self.first, &field.path);
            let mut last = None;
            field.comparison.run(a, b, |scalar, distance| {
                let element = scalar / count;
                match counted.get_mut(element) {
                    Some(counted) if *counted => {}
                    Some(counted) => {
                        *counted = true;
                        *all += 1;
                    }
                    None if last == Some(element) => {}
                    None => *all += 1,
                }
                last = Some(element);
                let index = std::cell::LazyCell::new(|| index_of(element));
                if place.as_ref().is_none_or(|place| *index < place.index) {
                    let value = |bytes: &[u8], kind: &Scalar| {
                        let size = kind.itemsize();
                        value_text(kind, &bytes[scalar * size..(scalar + 1) * size])
                    };
                    *place = Some(Place {
                        index: index.clone(),
                        path: path.clone(),
                        values: (value(a, first), value(b, second)),
                    });
                }
                if largest.as_ref().is_none_or(|(most, ..)| distance.is_more_than(*most)) {
                    *largest = Some((distance, index.clone(), path.clone()));
                }
            });
        }
    }

    fn difference(self, len: usize) -> Option<Difference> {
        let place = self.first?;
        let place_text = |index: &[usize], path: &str| {
            let index = index.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
            if path.is_empty() { format!("[{index}]") } else { format!("[{index}] {path}") }
        };
        let mut text = format!(
            "{} of {} elements; first at {}: {} and {}",
            self.count,
            len,
            place_text(&place.index, &place.path),
            place.values.0,
            place.values.1
        );
        let distance = self.largest.and_then(|(distance, index, path)| match distance {
            Distance::Whole(whole) => Some((whole.to_string(), index, path)),
            Distance::Real(real) if !real.is_nan() => Some((text::real(real), index, path)),
            Distance::Real(_) | Distance::None => None,
        });
        if let Some((distance, index, path)) = distance {
            text += &format!("; largest difference {distance} at {}", place_text(&index, &path));
        }
        Some(Difference { text })
    }
}

/// The bytes of one field of some elements, side by side.
fn column_of<'b>(
    bytes: &'b [u8],
    size: usize,
    offset: usize,
    len: usize,
    column: &'b mut Vec<u8>,
) -> &'b [u8] {
    if len == size {
        return bytes;
    }
    column.clear();
    for element in bytes.chunks_exact(size) {
        column.extend_from_slice(&element[offset..offset + len]);
    }
    column
}

/// One scalar as NumPy prints it.
fn value_text(scalar: &Scalar, bytes: &[u8]) -> String {
    Preview::of_elements((*scalar).into(), [], bytes.to_vec(), &PrintOptions::default())
        .map_or_else(|error| error.to_string(), |preview| preview.to_string())
}
