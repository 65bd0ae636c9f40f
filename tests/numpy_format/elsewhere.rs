//! Tests of other files of NumPy's that save arrays.

use std::fs;

use ndarray::{Array1, Ix1, array};
use npymap::{Error, Header, NpyFile, NpyMap, NpyReader, NpzReader, PrintOptions, load, save};

use crate::arrays::scalar;
use crate::common::temporary_file;
use crate::files::{archive, npy, written};

/// numpy/_core/tests/test_multiarray.py, `TestStructured.test_zero_width_string`.
#[test]
fn test_zero_width_string() {
    for (descr, printed) in
        [("S0", "[[b'' b'']\n [b'' b'']]"), ("<U0", "[['' '']\n ['' '']]"), ("V0", "[[b'' b'']\n [b'' b'']]")]
    {
        let header = Header::new(scalar(descr), [2, 2]);
        assert_eq!((header.dtype.itemsize(), header.nbytes()), (0, Some(0)));
        let bytes = npy(&header, b"");
        assert_eq!(NpyReader::new(bytes.as_slice()).unwrap().header(), &header);
        let path = written(&bytes);
        let map = unsafe { NpyMap::open(&path).unwrap() };
        assert_eq!((map.header(), map.as_bytes()), (&header, [].as_slice()));
        let preview = NpyFile::open(&path).unwrap().preview(&PrintOptions::default()).unwrap();
        assert_eq!(preview.to_string(), printed);
    }
    // As NumPy writes them.
    for (file, descr) in [("S0", "S0"), ("U0", "<U0"), ("V0", "V0")] {
        let file = NpyFile::open(format!("testdata/numpy-2.4/{file}.npy")).unwrap();
        assert_eq!(file.header(), &Header::new(scalar(descr), [3]));
    }
}

/// numpy/_core/tests/test_custom_dtypes.py, `TestSFloat.test_np_save_load`: a dtype of the user's is stored as
/// pickled objects, which are refused.
#[test]
fn test_np_save_load() {
    let pickle = b"\x80\x04\x95\x1e\x00\x00\x00\x00\x00\x00\x00\x8c\x16numpy._core.multiarray";
    let path = archive(&[("arr_0.npy", &npy(&Header::new(scalar("O"), [3]), pickle))]);
    let npz = NpzReader::open(&path).unwrap();
    assert_eq!(npz.header("arr_0").unwrap(), Header::new(scalar("O"), [3]));
    assert!(matches!(npz.load::<f64, Ix1>("arr_0"), Err(Error::Unsupported { .. })));
}

/// numpy/ma/tests/test_core.py: NumPy refuses to save masked arrays. Rust has none; data and mask are two files.
#[test]
fn test_maskedarray_tofile_raises_notimplementederror() {
    let (data, mask) = (temporary_file(), temporary_file());
    save(&data, &array![1i64, 2, 3]).unwrap();
    save(&mask, &array![false, true, false]).unwrap();
    assert!(fs::read(&mask).unwrap().ends_with(b"\n\x00\x01\x00"));
    let mask: Array1<bool> = load(&mask).unwrap();
    let data: Array1<i64> = load(&data).unwrap();
    let shown: Vec<i64> =
        data.iter().zip(&mask).filter(|(_, masked)| !**masked).map(|(element, _)| *element).collect();
    assert_eq!(shown, [1, 3]);
}
