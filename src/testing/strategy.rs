//! The same for proptest: bytes that shrink, made into what a fuzzer's bytes are made into.

use arbitrary::{Arbitrary, Unstructured};
use proptest::prelude::*;

use super::{BrokenFile, ValidFile};
use crate::dtype::DType;
use crate::header::Header;

/// Bytes for one value; what they leave open is as simple as it can be.
const BYTES_MOST: usize = 512;

fn strategy<T: std::fmt::Debug>(
    make: impl Fn(&mut Unstructured<'_>) -> arbitrary::Result<T>,
) -> impl Strategy<Value = T> {
    let bytes = prop::collection::vec(any::<u8>(), 0..=BYTES_MOST);
    bytes.prop_filter_map("the bytes make no value", move |bytes| make(&mut Unstructured::new(&bytes)).ok())
}

macro_rules! any {
    ($($type:ty),+) => {$(
        impl proptest::arbitrary::Arbitrary for $type {
            type Parameters = ();
            type Strategy = BoxedStrategy<Self>;

            fn arbitrary_with((): ()) -> Self::Strategy {
                strategy(|u| <$type as Arbitrary>::arbitrary(u)).boxed()
            }
        }
    )+};
}

any!(DType, Header, ValidFile, BrokenFile);

/// Arrays of any elements that are valid, see [`array`](super::array).
///
/// # Examples
/// ```
/// use ndarray::Ix2;
/// use npymap::testing::arrays;
/// use proptest::prelude::*;
///
/// proptest!(|(array in arrays::<bool, Ix2>())| {
///     prop_assert_eq!(array.reversed_axes().ndim(), 2);
/// });
/// ```
#[cfg(feature = "ndarray")]
pub fn arrays<T, D>() -> impl Strategy<Value = ndarray::Array<T, D>>
where
    T: crate::element::Element + std::fmt::Debug,
    D: ndarray::Dimension,
{
    strategy(super::array)
}
