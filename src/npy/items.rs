//! What an array that grows is made of: items, one behind the other along its slowest axis.

use std::any::TypeId;
use std::io;

use crate::array::{Items as _, Save, is_in};
use crate::element::{self, Element};
use crate::error::{MismatchProblem, Result, UnsupportedProblem};
use crate::header::{Growth, Header, Order, shape_text};
use crate::kernels::Encoding;

/// An array that grows: its header as far as it has come, and what an item of it is.
#[derive(Debug)]
pub(super) struct Items {
    header: Header,
    /// The axis that grows: none of a 0-d array, which is one item.
    axis: Option<usize>,
    /// Items so far.
    count: usize,
    /// Elements of an item.
    len: usize,
    /// Bytes of an item.
    nbytes: usize,
    /// How the elements of the type that was written last are encoded.
    encoded: Option<Encoded>,
}

/// How elements of one Rust type become those of an array.
#[derive(Debug)]
pub(super) struct Encoded {
    type_id: TypeId,
    pub(super) encoding: Encoding,
    /// Elements of the array that one of the type is.
    pub(super) len: usize,
}

impl Items {
    pub(super) fn new(header: Header) -> Result<Self> {
        header.check_size()?;
        header.check_readable()?;
        let axis = header.order.growing_axis(header.shape.len());
        // It fits: the check above left zeros out.
        let len =
            (0..).zip(&header.shape).filter(|(at, _)| Some(*at) != axis).map(|(_, axis)| axis).product();
        let nbytes = header.dtype.itemsize().saturating_mul(len);
        let count = axis.and_then(|axis| header.shape.get(axis).copied()).unwrap_or(1);
        Ok(Self { header, axis, count, len, nbytes, encoded: None })
    }

    /// The header with the items so far.
    pub(super) fn header(&self) -> &Header {
        &self.header
    }

    /// Elements of an item.
    pub(super) fn item_len(&self) -> usize {
        self.len
    }

    /// Bytes of an item.
    pub(super) fn item_nbytes(&self) -> usize {
        self.nbytes
    }

    /// Items so far.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn set_count(&mut self, count: usize) {
        self.count = count;
        if let Some(to) = self.axis.and_then(|axis| self.header.shape.get_mut(axis)) {
            *to = count;
        }
    }

    /// Refuses more items than memory can address, as every reader would.
    pub(super) fn check_count(&self, count: usize) -> Result<()> {
        match self.nbytes.max(1).checked_mul(count) {
            Some(nbytes) if isize::try_from(nbytes).is_ok() => Ok(()),
            _ => Header { shape: self.shape_with(count), ..self.header.clone() }.check_size(),
        }
    }

    /// The shape with so many items.
    pub(super) fn shape_with(&self, count: usize) -> Vec<usize> {
        let axes = (0..).zip(&self.header.shape);
        axes.map(|(at, &axis)| if Some(at) == self.axis { count } else { axis }).collect()
    }

    fn item_shape(&self) -> Vec<usize> {
        let axes = (0..).zip(&self.header.shape);
        axes.filter(|(at, _)| Some(*at) != self.axis).map(|(_, &axis)| axis).collect()
    }

    /// How many items an array of that shape is.
    pub(super) fn count_in(&self, shape: &[usize]) -> Result<usize> {
        let ours = &self.header.shape;
        let fits = shape.len() == ours.len()
            && (0..)
                .zip(shape.iter().zip(ours))
                .all(|(at, (found, axis))| Some(at) == self.axis || found == axis);
        if !fits {
            let axes: Vec<String> = (0..).zip(ours).map(|(at, axis)| self.axis_text(at, *axis)).collect();
            let expected = match axes.as_slice() {
                [axis] => format!("({axis},)"),
                axes => format!("({})", axes.join(", ")),
            };
            let (found, shape) = (shape_text(shape), self.header.shape_text());
            return Err(MismatchProblem::Continuation { found, shape, expected }.into());
        }
        Ok(self.axis.and_then(|axis| shape.get(axis).copied()).unwrap_or(1))
    }

    fn axis_text(&self, at: usize, axis: usize) -> String {
        if Some(at) == self.axis { "n".to_string() } else { axis.to_string() }
    }

    /// Refuses an array that is not one item.
    pub(super) fn check_item(&self, shape: &[usize]) -> Result<()> {
        let item =
            (0..).zip(&self.header.shape).filter(|(at, _)| Some(*at) != self.axis).map(|(_, axis)| axis);
        if item.eq(shape) {
            return Ok(());
        }
        let (found, expected) = (shape_text(shape), shape_text(&self.item_shape()));
        Err(MismatchProblem::Item { found, shape: self.header.shape_text(), expected }.into())
    }

    /// The error of an item of which `found` elements are there.
    pub(super) fn partial(&self, found: usize) -> crate::Error {
        MismatchProblem::PartialItem { item: shape_text(&self.item_shape()), needed: self.len, found }.into()
    }

    /// How `T` becomes elements of the array; it is worked out when the type changes, and to be given back.
    pub(super) fn take_encoded<T: Element>(&mut self) -> Result<Encoded> {
        let type_id = TypeId::of::<T>();
        if let Some(encoded) = self.encoded.take_if(|encoded| encoded.type_id == type_id) {
            return Ok(encoded);
        }
        let (own, _) = T::saved_dtype().flattened();
        self.check_axes::<T>(&own)?;
        Ok(Encoded { type_id, encoding: T::encoding(&self.header.dtype)?, len: own.iter().product() })
    }

    /// Keeps it for elements of the same type.
    pub(super) fn keep_encoded(&mut self, encoded: Encoded) {
        self.encoded = Some(encoded);
    }

    /// An array as element is a whole last axis, whose items stand side by side.
    fn check_axes<T: Element>(&self, axes: &[usize]) -> Result<()> {
        if axes.is_empty() {
            return Ok(());
        }
        let (shape, wanted) = (&self.header.shape, element::type_name::<T>());
        if !self.item_shape().ends_with(axes) {
            let (shape, axes) = (shape_text(shape), shape_text(axes));
            return Err(MismatchProblem::Axes { shape, axes, wanted }.into());
        }
        if self.header.order == Order::F {
            return Err(MismatchProblem::Scattered { shape: shape_text(shape), wanted }.into());
        }
        Ok(())
    }

    /// Writes the elements of an array, of which `header` is the header, in the order and dtype of this one.
    pub(super) fn write(
        &self,
        array: &(impl Save + ?Sized),
        header: &Header,
        writer: &mut dyn io::Write,
    ) -> Result<()> {
        let Header { dtype, order, .. } = &self.header;
        if is_in(header, *order) {
            return array.write_elements_as(dtype, writer);
        }
        array.write_elements_in(*order, dtype, writer)
    }
}

/// Refuses an array without an axis that could grow, or whose items do not lie one behind the other.
pub(super) fn check_grows(header: &Header) -> Result<()> {
    if matches!(header.dtype, crate::DType::Subarray(_)) {
        let dtype = element::descr(&header.dtype);
        let text = format!(
            "dtype {dtype} is a subarray, of which NumPy loads no array; nothing can be appended to it"
        );
        return Err(UnsupportedProblem::Append(text).into());
    }
    if header.shape.is_empty() {
        let text = "shape () has no axis that could grow; save it with shape (1,)".to_string();
        return Err(UnsupportedProblem::Append(text).into());
    }
    Ok(())
}

/// Why a header does not count more items.
pub(super) struct NotCounted {
    pub(super) error: io::Error,
    /// Whether nobody knows what the header says now.
    pub(super) is_broken: bool,
}

/// Has a header count `new` items rather than `old`, by one write of the bytes that change; where that fails, the old
/// ones are written again.
pub(super) fn publish(
    growth: &mut Growth,
    old: usize,
    new: usize,
    mut write_at: impl FnMut(u64, &[u8]) -> io::Result<()>,
) -> Result<(), NotCounted> {
    let Some(changed) = growth.set(new) else {
        let error = io::Error::other("the header has no room for the count");
        return Err(NotCounted { error, is_broken: false });
    };
    if changed.is_empty() {
        return Ok(());
    }
    let mut write = |growth: &Growth| {
        write_at(changed.start as u64, growth.bytes().get(changed.clone()).unwrap_or_default())
    };
    write(growth).map_err(|error| {
        let is_undone = growth.set(old).is_some() && write(growth).is_ok();
        NotCounted { error, is_broken: !is_undone }
    })
}

/// The error of a [`Save`] that writes something else than its header tells.
pub(super) fn wrong_len(found: u64, needed: usize) -> crate::Error {
    io::Error::other(format!("Save::write_elements_as wrote {found} bytes, expected {needed}")).into()
}
