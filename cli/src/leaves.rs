//! The scalars that elements are made of.

use npymap::{DType, Scalar, Structured};

/// A scalar within each element, or the element itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// The field, as `a.b`; empty for an element that is no record.
    pub(crate) path: String,
    pub(crate) scalar: Scalar,
}

/// All scalars of an element, those of a subarray once.
pub(crate) fn leaves(dtype: &DType) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    collect(dtype, "", &mut leaves);
    leaves
}

fn collect(dtype: &DType, path: &str, leaves: &mut Vec<Leaf>) {
    match dtype {
        DType::Subarray(subarray) => collect(subarray.base(), path, leaves),
        DType::Structured(structured) => match structured.scalar() {
            // A number with fields over it is the number.
            Some(&scalar) => leaves.push(Leaf { path: path.to_string(), scalar }),
            None => {
                for field in structured.fields() {
                    collect(field.dtype(), &join(path, field.name()), leaves);
                }
            }
        },
        DType::Scalar(scalar) => leaves.push(Leaf { path: path.to_string(), scalar: *scalar }),
        // Every dtype that there is.
        _ => {}
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_string() } else { format!("{path}.{name}") }
}

/// Calls `each` with the number of each leaf among [`leaves`], its bytes from the start of the element, and how many of
/// it lie there side by side. Scalars without bytes are left out.
pub(crate) fn for_each_run(dtype: &DType, each: &mut dyn FnMut(usize, &Scalar, usize, usize)) {
    walk(dtype, 0, 0, each);
}

/// Gives the number of leaves that were passed.
fn walk(
    dtype: &DType,
    offset: usize,
    leaf: usize,
    each: &mut dyn FnMut(usize, &Scalar, usize, usize),
) -> usize {
    match dtype {
        DType::Scalar(scalar) => {
            run(scalar, offset, 1, leaf, each);
            1
        }
        DType::Subarray(subarray) => {
            let (axes, base) = subarray.flattened();
            let count = axes.iter().product();
            let size = base.itemsize();
            match base {
                DType::Scalar(scalar) => {
                    run(scalar, offset, count, leaf, each);
                    1
                }
                // Items without bytes are all alike, and there may be billions.
                base => {
                    let items = if size == 0 { 0 } else { count };
                    let passed = walk(base, offset, leaf, &mut |_, _, _, _| {});
                    for item in 0..items {
                        walk(base, offset + item * size, leaf, each);
                    }
                    passed
                }
            }
        }
        DType::Structured(structured) => fields(structured, offset, leaf, each),
        _ => 0,
    }
}

fn fields(
    structured: &Structured,
    offset: usize,
    leaf: usize,
    each: &mut dyn FnMut(usize, &Scalar, usize, usize),
) -> usize {
    if let Some(scalar) = structured.scalar() {
        run(scalar, offset, 1, leaf, each);
        return 1;
    }
    structured
        .fields()
        .iter()
        .fold(0, |passed, field| passed + walk(field.dtype(), offset + field.offset(), leaf + passed, each))
}

fn run(
    scalar: &Scalar,
    offset: usize,
    count: usize,
    leaf: usize,
    each: &mut dyn FnMut(usize, &Scalar, usize, usize),
) {
    if scalar.itemsize() * count > 0 {
        each(leaf, scalar, offset, count);
    }
}

/// Calls `each` with every leaf's scalars of some elements, side by side: the leaf's number, its scalar, where it starts
/// in an element, how many an element has there, and their bytes.
pub(crate) fn for_each_column(
    dtype: &DType,
    elements: &[u8],
    column: &mut Vec<u8>,
    mut each: impl FnMut(usize, &Scalar, Column<'_>),
) {
    let size = dtype.itemsize();
    for_each_run(dtype, &mut |leaf, scalar, offset, count| {
        let len = scalar.itemsize() * count;
        if len == size {
            return each(leaf, scalar, Column { offset, count, bytes: elements });
        }
        column.clear();
        for element in elements.chunks_exact(size) {
            column.extend_from_slice(element.get(offset..offset + len).unwrap_or_default());
        }
        each(leaf, scalar, Column { offset, count, bytes: column });
    });
}

/// The scalars of one place in some elements.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column<'a> {
    /// Bytes from the start of each element.
    pub(crate) offset: usize,
    /// Scalars an element.
    pub(crate) count: usize,
    pub(crate) bytes: &'a [u8],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_taken_apart() {
        let file = npymap::NpyFile::open("../testdata/numpy-2.4/record-nested.npy").unwrap();
        let dtype = &file.header().dtype;
        let paths: Vec<String> = leaves(dtype).into_iter().map(|leaf| leaf.path).collect();
        let mut numbers = Vec::new();
        let mut end = 0;
        for_each_run(dtype, &mut |leaf, scalar, offset, count| {
            assert!(offset >= end);
            end = offset + scalar.itemsize() * count;
            numbers.push(leaf);
        });
        numbers.dedup();
        assert!(paths.iter().any(|path| path.contains('.')), "{paths:?}");
        assert_eq!(numbers, (0..paths.len()).collect::<Vec<_>>());
        assert!(end <= dtype.itemsize());
    }

    #[test]
    fn columns_hold_one_scalar_each() {
        let dtype: DType = "u1,(2,)<u2".parse().unwrap();
        let mut columns = Vec::new();
        for_each_column(&dtype, &[1, 2, 0, 3, 0, 4, 5, 0, 6, 0], &mut Vec::new(), |leaf, _, column| {
            columns.push((leaf, column.offset, column.count, column.bytes.to_vec()));
        });
        assert_eq!(columns, [(0, 0, 1, vec![1, 4]), (1, 1, 2, vec![2, 0, 3, 0, 5, 0, 6, 0])]);
    }
}
