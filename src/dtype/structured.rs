//! Dtypes made of others: records and subarrays.

use std::hash::{Hash, Hasher};

use super::field::{Field, Title};
use super::name::all_differ;
use super::{DType, Kind, Scalar};

/// A record: named fields at byte offsets within an element of `itemsize` bytes.
#[derive(Debug, Clone)]
pub struct Structured(Box<Fields>);

/// What a [`Structured`] holds: boxed, as what a [`Subarray`] does, so that the dtype of a field takes no more room
/// than the scalar that it mostly is.
#[derive(Debug, Clone)]
struct Fields {
    fields: Vec<Field>,
    itemsize: usize,
    aligned: bool,
    /// The number or text that the fields lie over, as in `('<i4', [('low', '<i2'), ('high', '<i2')])`.
    over: Option<Scalar>,
    subset: bool,
}

/// An array of a fixed shape as one element, in C order.
///
/// Its items may be subarrays again: NumPy keeps `(('<f4', (3,)), (2,))` apart from `('<f4', (2, 3))`,
/// though their bytes are the same. [`Subarray::flattened`] looks through all of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Subarray(Box<Array>);

/// What a [`Subarray`] holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Array {
    base: DType,
    shape: Vec<usize>,
    itemsize: usize,
}

impl Structured {
    /// The record of these fields in an element of `itemsize` bytes, or `None` where a field does not
    /// lie within it, or two share a name or a text title (its own name is no title either), or Python
    /// objects share bytes with another field, or NumPy cannot hold so large an element.
    pub fn new(fields: Vec<Field>, itemsize: usize) -> Option<Self> {
        let within = |field: &Field| {
            field.offset.checked_add(field.dtype.itemsize()).is_some_and(|end| end <= itemsize)
        };
        let fits = itemsize <= Scalar::ITEMSIZE_MOST;
        let is_valid =
            fits && names_differ(&fields) && fields.iter().all(within) && !objects_overlap(&fields);
        let inner = Fields { fields, itemsize, aligned: false, over: None, subset: false };
        is_valid.then(|| Self(Box::new(inner)))
    }

    /// The same record as NumPy's `align=True` makes it, where its offsets and item size are aligned.
    #[must_use]
    pub fn aligned(mut self) -> Self {
        let alignment = self.natural_alignment();
        self.0.aligned = self.itemsize().is_multiple_of(alignment)
            && self.fields().iter().all(|field| field.offset.is_multiple_of(field.dtype.alignment()));
        self
    }

    /// The same fields over a number or text of the same size, which has its own alignment and text.
    pub(super) fn over(mut self, scalar: Scalar) -> Self {
        self.0.over = Some(scalar).filter(|scalar| scalar.kind() != Kind::Void);
        self
    }

    /// The number or text that the fields lie over: the elements can be seen as either. NumPy reads such dtypes,
    /// and writes the fields alone.
    pub fn scalar(&self) -> Option<&Scalar> {
        self.0.over.as_ref()
    }

    /// Whether it was made as NumPy's `align=True` makes it. A file does not tell.
    pub fn is_aligned(&self) -> bool {
        self.0.aligned
    }

    /// The same record, as which records of a file that have more fields can be read.
    #[must_use]
    pub fn subset(mut self) -> Self {
        self.0.subset = true;
        self
    }

    /// Whether records of a file that have more fields can be read as it. A file does not tell.
    pub fn is_subset(&self) -> bool {
        self.0.subset
    }

    /// The fields in the order of the header.
    pub fn fields(&self) -> &[Field] {
        &self.0.fields
    }

    /// The field of that name or text title.
    pub fn field(&self, name: &str) -> Option<&Field> {
        let by_title = |field: &Field| matches!(field.title(), Some(Title::Text(title)) if title == name);
        self.fields().iter().find(|field| field.name() == name || by_title(field))
    }

    /// Bytes of one element, padding included.
    pub fn itemsize(&self) -> usize {
        self.0.itemsize
    }

    fn natural_alignment(&self) -> usize {
        self.fields().iter().map(|field| field.dtype.alignment()).max().unwrap_or(1)
    }

    pub(super) fn alignment(&self) -> usize {
        match self.scalar() {
            Some(scalar) => scalar.alignment(),
            None if self.is_aligned() => self.natural_alignment(),
            None => 1,
        }
    }
}

/// Whether no two names and text titles are the same.
fn names_differ(fields: &[Field]) -> bool {
    let names = || {
        fields.iter().flat_map(|field| {
            let title = match field.title() {
                Some(Title::Text(title)) => Some(title.as_bytes()),
                _ => None,
            };
            std::iter::once(field.name.as_bytes()).chain(title)
        })
    };
    all_differ(fields.len(), names)
}

/// Whether a field that holds Python objects shares bytes with another field.
///
/// Source: numpy/_core/src/multiarray/descriptor.c, `_validate_object_field_overlap`; it compares each
/// field with each, this sorts them so that the time stays linear in the header.
fn objects_overlap(fields: &[Field]) -> bool {
    if !fields.iter().any(|field| field.dtype.has_object()) {
        return false;
    }
    let mut spans: Vec<_> = fields
        .iter()
        .map(|field| {
            (field.offset, field.offset.saturating_add(field.dtype.itemsize()), field.dtype.has_object())
        })
        .collect();
    spans.sort_unstable();
    let (mut end_of_any, mut end_of_objects) = (0, 0);
    spans.into_iter().any(|(start, end, object)| {
        // A field without bytes lies within another one, but not at its edge.
        let overlaps = start < if object { end_of_any } else { end_of_objects };
        end_of_any = end_of_any.max(end);
        if object {
            end_of_objects = end_of_objects.max(end);
        }
        overlaps
    })
}

// NumPy's `==` compares names, titles, formats, offsets and item size, and not the `align` flag; nor is `subset` a
// matter of what the bytes are.
// It also holds two like records with a `StringDType` field for different unless they are one object;
// that is not followed, for a value must equal its copy.
impl PartialEq for Structured {
    fn eq(&self, other: &Self) -> bool {
        let parts = |record: &Self| (record.itemsize(), record.scalar().copied());
        parts(self) == parts(other) && self.fields() == other.fields()
    }
}

impl Eq for Structured {}

impl Hash for Structured {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.fields().hash(state);
        self.itemsize().hash(state);
        self.scalar().hash(state);
    }
}

impl Subarray {
    /// The most axes that NumPy lets an array have, and one subarray too.
    pub const NDIM_MOST: usize = 64;

    /// The array of that shape of `base`, or `None` where it has no or too many axes, or is larger than
    /// NumPy lets an element be, or where `base` is a text, void or subarray without bytes.
    pub fn new(base: DType, shape: impl Into<Vec<usize>>) -> Option<Self> {
        let shape = shape.into();
        if base.is_unsized() || !(1..=Self::NDIM_MOST).contains(&shape.len()) {
            return None;
        }
        // An axis of 0 excuses a product that is too large after it, but not before it.
        // Source: numpy/_core/src/multiarray/common.c, `PyArray_OverflowMultiplyList`.
        let mut len = 1i64;
        for &axis in &shape {
            if axis > Scalar::ITEMSIZE_MOST {
                return None;
            }
            if len != 0 {
                len = len.checked_mul(i64::try_from(axis).ok()?)?;
            }
        }
        let fits = |size: &usize| *size <= Scalar::ITEMSIZE_MOST;
        let len = usize::try_from(len).ok().filter(fits)?;
        let itemsize = len.checked_mul(base.itemsize()).filter(fits)?;
        Some(Self(Box::new(Array { base, shape, itemsize })))
    }

    /// The dtype of one item of the array, which may be a subarray again.
    pub fn base(&self) -> &DType {
        &self.0.base
    }

    /// The axes of this subarray and of those within it, and the dtype below them all, which is no
    /// subarray: how the items lie in memory.
    ///
    /// # Examples
    /// ```
    /// use npymap::{DType, Subarray};
    ///
    /// let row = Subarray::new("<f4".parse()?, [3]).unwrap();
    /// let rows = Subarray::new(row.into(), [2]).unwrap();
    /// assert_eq!(rows.flattened(), (vec![2, 3], &"<f4".parse::<DType>()?));
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn flattened(&self) -> (Vec<usize>, &DType) {
        let mut shape = self.shape().to_vec();
        let mut base = self.base();
        while let DType::Subarray(inner) = base {
            shape.extend(inner.shape());
            base = inner.base();
        }
        (shape, base)
    }

    /// Items along each axis.
    pub fn shape(&self) -> &[usize] {
        &self.0.shape
    }

    /// Bytes of the whole array.
    pub fn itemsize(&self) -> usize {
        self.0.itemsize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> DType {
        text.parse().unwrap()
    }

    fn record(fields: &[(usize, &str)], itemsize: usize) -> Option<Structured> {
        let fields = fields.iter().enumerate();
        let fields =
            fields.map(|(number, &(offset, text))| Field::new(format!("f{number}"), offset, parse(text)));
        Structured::new(fields.collect(), itemsize)
    }

    // Each expectation is NumPy 2.4.6's answer to numpy.dtype({'names': .., 'formats': .., 'offsets': .., ..}).
    #[test]
    fn records_that_numpy_has() {
        for (fields, itemsize, expected) in [
            (&[][..], 0, true),
            (&[], 8, true),
            (&[(0, "<i4"), (2, "<i4")], 6, true),
            (&[(4, "<i4"), (0, "<i4")], 8, true),
            (&[(0, "<i4")], 3, false),
            (&[(8, "V0")], 8, true),
            (&[(9, "V0")], 8, false),
            (&[(usize::MAX, "<i4")], 8, false),
            (&[(2_147_483_643, "<i4")], 2_147_483_647, true),
            (&[(2_147_483_644, "<i4")], 2_147_483_648, false),
            (&[(0, "O"), (8, "i1")], 9, true),
            (&[(0, "O"), (4, "i1")], 8, false),
            (&[(4, "i1"), (0, "O")], 8, false),
            (&[(0, "O"), (0, "O")], 8, false),
            (&[(0, "O"), (0, "V0"), (8, "V0")], 8, true),
            (&[(0, "O"), (4, "V0")], 8, false),
            (&[(0, "V8"), (4, "0O"), (8, "V8")], 16, false),
            (&[(0, "V16"), (4, "<i4"), (16, "O")], 24, true),
            (&[(0, "V16"), (4, "<i4"), (12, "O,")], 24, false),
            (&[(0, "T"), (0, "i1")], 16, false),
        ] {
            assert_eq!(record(fields, itemsize).is_some(), expected, "{fields:?}");
        }
    }

    #[test]
    fn names_and_titles_differ() {
        let field = |name: &str| Field::new(name, 0, parse("V0"));
        let text = |title: &str| Title::Text(title.to_string());
        let literal = || Title::Literal("5".to_string());
        let padding: Vec<_> = (0..20).map(|number| field(&format!("f{number}"))).collect();
        for (fields, expected) in [
            (vec![field("a"), field("b")], true),
            (vec![field("a"), field("a")], false),
            (vec![field("a").with_title(text("a"))], false),
            (vec![field("a").with_title(text("b")), field("b")], false),
            (vec![field("a").with_title(text("t")), field("b").with_title(text("t"))], false),
            (vec![field("a").with_title(text("t")), field("b").with_title(text("u"))], true),
            (vec![field("a").with_title(literal()), field("b").with_title(literal())], true),
        ] {
            assert_eq!(Structured::new(fields.clone(), 0).is_some(), expected, "{fields:?}");
            let many = [padding.clone(), fields].concat();
            assert_eq!(Structured::new(many, 0).is_some(), expected);
        }
    }

    #[test]
    fn records_are_equal_where_numpy_says_so() {
        let plain = || record(&[(0, "i1"), (8, "<f8")], 16).unwrap();
        assert_eq!(plain(), plain().aligned());
        assert!(plain().aligned().is_aligned());
        assert_eq!(plain().aligned().alignment(), 8);
        assert_eq!(plain().alignment(), 1);
        assert_ne!(plain(), record(&[(0, "i1"), (8, "<f8")], 17).unwrap());
        assert_ne!(plain(), record(&[(1, "i1"), (8, "<f8")], 16).unwrap());
        assert_ne!(plain(), record(&[(0, "i1"), (8, ">f8")], 16).unwrap());
        let titled = || Field::new("a", 0, parse("i1")).with_title(Title::Text("t".to_string()));
        let with_title = Structured::new(vec![titled()], 1).unwrap();
        assert_ne!(with_title, Structured::new(vec![Field::new("a", 0, parse("i1"))], 1).unwrap());
        assert_eq!(with_title.field("t"), Some(&titled()));
        assert!(!record(&[(2, "<i4")], 8).unwrap().aligned().is_aligned());
    }

    #[test]
    fn subarrays_as_numpy_holds_them() {
        let rows = Subarray::new(parse("3>f4"), [2]).unwrap();
        assert_eq!(rows.base(), &parse("3>f4"));
        assert_eq!(rows.shape(), [2]);
        assert_eq!(rows.itemsize(), 24);
        assert_eq!(rows.flattened(), (vec![2, 3], &parse(">f4")));
        assert_ne!(DType::from(rows), parse("(2,3)>f4"));
        for base in ["S0", "U", "V0", "0f4"] {
            assert_eq!(Subarray::new(parse(base), [2]), None, "{base}");
        }
        let empty = || DType::from(Structured::new(vec![], 0).unwrap());
        assert!(Subarray::new(empty(), [65_536, 32_767]).is_some());
        assert_eq!(Subarray::new(empty(), [65_536, 65_536]), None);
        assert_eq!(Subarray::new(empty(), []), None);
    }
}
