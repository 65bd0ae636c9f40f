//! The files of `testdata/`, written by real NumPy versions, read through every door. Each manifest says what is
//! in its files, so that no Python is needed here.

mod common;

use common::manifest::{Entry, entries};
use common::scalars::for_each_scalar;
use ndarray::{ArrayD, IxDyn};
use npymap::{DType, Element, Header, Kind, NpyFile, NpyMap, NpyReader, Order};

/// Every folder of files has them all, so that no test below runs on nothing.
#[test]
fn the_files_are_there() {
    for (folder, least) in [("numpy-1.26", 150), ("numpy-2.4", 150), ("crafted", 20)] {
        assert!(entries(folder).count() >= least, "{folder}");
    }
}

#[test]
fn headers_say_what_numpy_says() {
    for entry in entries("numpy-1.26").chain(entries("numpy-2.4")).chain(entries("crafted")) {
        let (header, data_offset) = Header::parse(&entry.bytes())
            .unwrap_or_else(|error| panic!("{}: {error}", entry.path().display()));
        let found = (
            header.dtype.to_string(),
            header.dtype.descr().unwrap(),
            header.order,
            header.shape.as_slice(),
            data_offset,
            header.dtype.itemsize(),
        );
        // NumPy calls a number with fields over it a number still; here it is a record.
        let fields_over =
            entry.dtype.strip_prefix("(numpy.int32, ").and_then(|dtype| dtype.strip_suffix(')'));
        let expected = (
            fields_over.unwrap_or(&entry.dtype).to_string(),
            entry.descr.clone(),
            entry.order,
            entry.shape.as_slice(),
            entry.data_offset - entry.start,
            entry.itemsize,
        );
        assert_eq!(found, expected, "{}", entry.path().display());
    }
}

#[test]
fn headers_are_written_as_numpy_writes_them() {
    let mut count = 0;
    for entry in entries("numpy-1.26").chain(entries("numpy-2.4")).filter(|entry| entry.canonical) {
        let bytes = entry.bytes();
        let (header, data_offset) = Header::parse(&bytes).unwrap();
        assert_eq!(header.encode(), bytes[..data_offset], "{}", entry.path().display());
        count += 1;
    }
    assert!(count > 300, "{count}");
}

/// Every element of every scalar file, bit by bit, through each way of reading; and `save` gives the file back.
#[test]
fn scalars_have_numpys_values_through_every_door() {
    struct Check<'a>(&'a Entry);
    impl common::scalars::Visitor for Check<'_> {
        fn visit<T: Element>(&mut self) {
            let entry = self.0;
            let path = entry.path();
            let name = path.display();
            let file: ArrayD<T> = NpyFile::open(&path).unwrap().read().unwrap();
            assert_eq!(c_order_bytes(&file), entry.data, "{name}");
            assert_eq!(file.shape(), entry.shape, "{name}");
            let loaded: ArrayD<T> = npymap::load(&path).unwrap();
            assert_eq!(c_order_bytes(&loaded), entry.data, "{name}");
            let streamed: ArrayD<T> =
                NpyReader::new(std::fs::File::open(&path).unwrap()).unwrap().read_array().unwrap();
            assert_eq!(c_order_bytes(&streamed), entry.data, "{name}");
            // SAFETY: nobody changes the files of testdata.
            #[allow(unsafe_code, reason = "mapping is an unsafe call")]
            let map = unsafe { NpyMap::open(&path).unwrap() };
            let copied: ArrayD<T> = map.to_array().unwrap();
            assert_eq!(c_order_bytes(&copied), entry.data, "{name}");
            let native = entry.native();
            match map.view::<T, IxDyn>() {
                Ok(view) if native => assert_eq!(c_order_bytes(&view.to_owned()), entry.data, "{name}"),
                Err(error) if !native => {
                    let text = error.to_string();
                    assert!(text.contains("cannot be viewed as"), "{text}");
                    assert!(text.contains("view_cow"), "{text}");
                }
                other => panic!("{name}: {:?}", other.map(drop)),
            }
            assert_eq!(map.view_cow::<T, IxDyn>().unwrap().is_view(), native, "{name}");
            if entry.canonical && native {
                let copy = common::temporary_file();
                npymap::save(&copy, &loaded).unwrap();
                assert_eq!(std::fs::read(&copy).unwrap(), entry.bytes(), "{name}");
            }
        }
    }
    let mut count = 0;
    for entry in entries("numpy-1.26").chain(entries("numpy-2.4")).filter(Entry::is_plain_file) {
        let dtype: DType = entry.descr.trim_matches('\'').parse().unwrap();
        count += usize::from(for_each_scalar(&dtype, &mut Check(&entry)));
    }
    assert!(count > 150, "{count}");
}

fn c_order_bytes<T: Element>(array: &ArrayD<T>) -> Vec<u8> {
    let mut little_endian = Vec::new();
    let bytes = common::element_bytes(array.iter());
    let DType::Scalar(scalar) = T::dtype() else { panic!("not a scalar") };
    for run in bytes.chunks(scalar.swap_width().max(1)) {
        if cfg!(target_endian = "big") {
            little_endian.extend(run.iter().rev());
        } else {
            little_endian.extend(run);
        }
    }
    little_endian
}

#[test]
fn objects_are_named_and_refused() {
    let mut count = 0;
    for entry in entries("numpy-1.26").chain(entries("numpy-2.4")).chain(entries("crafted")) {
        let (header, _) = Header::parse(&entry.bytes()).unwrap();
        if !matches!(&header.dtype, DType::Scalar(scalar) if scalar.kind() == Kind::Object) {
            continue;
        }
        count += 1;
        let path = entry.path();
        assert_eq!(NpyFile::open(&path).unwrap().header().dtype.to_string(), "object");
        let expected = format!(
            "{}: dtype '|O' holds pickled Python objects, which are never read because unpickling runs code; \
             save the array with a numeric or text dtype in Python",
            path.display()
        );
        assert_eq!(npymap::load::<f64, IxDyn>(&path).unwrap_err().to_string(), expected);
        // SAFETY: nobody changes the files of testdata.
        #[allow(unsafe_code, reason = "mapping is an unsafe call")]
        let error = unsafe { NpyMap::open(&path).unwrap_err() };
        assert_eq!(error.to_string(), expected);
    }
    assert!(count >= 4, "{count}");
}

#[test]
fn files_that_are_none_say_so() {
    let mut count = 0;
    for path in common::manifest::broken_files() {
        let error = npymap::load::<f64, IxDyn>(&path).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{}: ", path.display())), "{error}");
        count += 1;
    }
    assert!(count > 0);
}

/// A dtype that is a subarray on top of a file gives its axes to the array, as `np.memmap` has it.
#[test]
fn a_subarray_on_top_adds_its_axes() {
    let array: ndarray::Array2<f32> = npymap::load("testdata/crafted/subarray-on-top.npy").unwrap();
    assert_eq!(array, ndarray::array![[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]);
}

#[test]
fn a_fortran_file_keeps_its_memory_order() {
    let path = "testdata/numpy-2.4/f8-le-f.npy";
    let array: ndarray::Array2<f64> = npymap::load(path).unwrap();
    assert_eq!(NpyFile::open(path).unwrap().header().order, Order::F);
    assert_eq!(array.strides(), [1, 3]);
}
