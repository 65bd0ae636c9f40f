//! One field of a file of records that is mapped for writing.

use ndarray::{ArrayViewMut, Dimension};

use super::field::Column;
use super::map::NpyMap;
use super::map_mut::NpyMapMut;
use crate::element::Element;
use crate::error::Result;

impl NpyMapMut {
    /// One field of an array of records, to be changed in place: NumPy's `m['name'][...] = value`.
    ///
    /// `path` and the shape are those of [`NpyMap::field`]; the bytes of other fields and of padding stay as they are.
    ///
    /// # Errors
    /// As [`NpyMap::field`]; for a field that is unaligned or in the other byte order,
    /// [`Le<T>`](crate::Le) and [`Be<T>`](crate::Be) are the way. [`Error::Mismatch`](crate::Error::Mismatch) as well
    /// for a field that is a record itself and has padding in `T`, or other fields.
    ///
    /// # Examples
    /// ```
    /// use ndarray::Ix1;
    /// use npymap::NpyMapMut;
    ///
    /// # let path = std::env::temp_dir().join(format!("npymap-doc-field-mut-{}.npy", std::process::id()));
    /// std::fs::copy("testdata/numpy-2.4/record-nested-aligned.npy", &path)?;
    /// // SAFETY: nobody else changes the file meanwhile.
    /// let mut map = unsafe { NpyMapMut::open(&path)? };
    /// map.field_mut::<f64, Ix1>("at.y")?.mapv_inplace(|y| y * 2.0);
    /// assert_eq!(map.field::<f64, Ix1>("at.y")?.to_vec(), [3.5, 4.0, 4.5]);
    /// map.close()?;
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), npymap::Error>(())
    /// ```
    ///
    /// Fields may lie over each other, so there is one view at a time; this does not compile:
    ///
    /// ```compile_fail,E0499
    /// # use npymap::NpyMapMut;
    /// # use ndarray::Ix1;
    /// # let mut map = unsafe { NpyMapMut::open_copy("testdata/numpy-2.4/record-aligned.npy") }.unwrap();
    /// let mut a = map.field_mut::<i8, Ix1>("a").unwrap();
    /// let mut b = map.field_mut::<f64, Ix1>("b").unwrap();
    /// a[0] = b[0] as i8;
    /// ```
    pub fn field_mut<T: Element, D: Dimension>(&mut self, path: &str) -> Result<ArrayViewMut<'_, T, D>> {
        let NpyMap { memory, mapped } = self.parts_mut();
        let column = Column::new::<T>(&mapped.header, mapped.data_offset, path);
        mapped.located(column.and_then(|column| column.view_mut(memory.bytes_mut())))
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Ix2, Ix3};

    use super::*;
    use crate::dtype::{DType, Field, Structured, Subarray};
    use crate::header::{Header, Order};

    /// Without a file, so that the memory can be checked.
    #[test]
    fn elements_are_changed_and_nothing_else() {
        let pair = Subarray::new(DType::of::<u16>(), [2]).unwrap();
        let fields = vec![
            Field::new("a", 0, DType::of::<u8>()),
            Field::new("b", 2, pair.into()),
            Field::new("c", 6, DType::of::<u8>()),
        ];
        let dtype = DType::from(Structured::new(fields, 8).unwrap());
        for order in [Order::C, Order::F] {
            let header = Header::new(dtype.clone(), [2, 3]).with_order(order);
            let mut words = [u64::MAX; 6];
            let data = bytemuck::cast_slice_mut(&mut words);
            let column = Column::new::<u16>(&header, 128, "b").unwrap();
            let mut view = column.view_mut::<u16, Ix3>(data).unwrap();
            for ((row, at, item), number) in view.indexed_iter_mut() {
                *number = (100 * row + 10 * at + item) as u16;
            }
            assert_eq!(view[[1, 2, 1]], 121);
            let column = Column::new::<[u16; 2]>(&header, 128, "b").unwrap();
            assert_eq!(column.view_mut::<[u16; 2], Ix2>(data).err().map(|error| error.to_string()), None);
            let records: Vec<_> = data.chunks(8).map(|record| record.to_vec()).collect();
            let turned = if order == Order::F { [0, 10, 1, 11, 2, 12] } else { [0, 1, 2, 10, 11, 12] };
            for (record, number) in records.iter().zip(turned) {
                let pair: [[u8; 2]; 2] = [number * 10, number * 10 + 1].map(u16::to_ne_bytes);
                assert_eq!(record[2..6], pair.concat());
                assert_eq!((&record[..2], &record[6..]), (&[255; 2][..], &[255; 2][..]));
            }
        }
    }
}
