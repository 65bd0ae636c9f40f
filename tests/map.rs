//! Maps: what NumPy's documents and tutorials of `np.memmap` show, with the same values, and what they leave out.
#![allow(
    unsafe_code,
    clippy::undocumented_unsafe_blocks,
    reason = "mapping is an unsafe call; each file here belongs to its test alone"
)]

mod common;

use std::fs;

use common::{native, native_copy, temporary_file};
use ndarray::{Array2, ArrayView1, ArrayView2, Axis, Ix0, Ix1, Ix2, IxDyn, array, s};
use npymap::{Advice, CreateOptions, DType, Error, Header, NpyFile, NpyMap, NpyMapMut, Order, RawOptions};

/// `np.memmap(path, dtype="float64", mode="w+", shape=(1000000,))`, then `a[0] = 1.23`.
#[test]
fn a_million_elements_of_which_the_first_is_set() {
    let path = temporary_file();
    // SAFETY: the file is this test's own, here and below.
    let mut map = unsafe { RawOptions::new::<f64>().shape([1_000_000]).create(&path).unwrap() };
    map.view_mut::<f64, Ix1>().unwrap()[0] = 1.23;
    map.flush().unwrap();
    drop(map);
    let bytes = fs::read(&path).unwrap();
    assert_eq!(bytes.len(), 8_000_000);
    assert_eq!(bytes[..8], 1.23f64.to_ne_bytes());
    assert!(bytes[8..].iter().all(|&byte| byte == 0));
    let map = unsafe { RawOptions::new::<f64>().map(&path).unwrap() };
    assert_eq!(map.header().shape, [1_000_000]);
    assert_eq!(map.as_slice::<f64>().unwrap()[..2], [1.23, 0.0]);
}

/// NumPy's own example: a 3 × 4 float32 file (here 3 × 3) filled with 0..8, read again in every mode.
#[test]
fn nine_floats_in_every_mode() {
    let path = temporary_file();
    let options = || RawOptions::new::<f32>().shape([3, 3]);
    let mut created = unsafe { options().create(&path).unwrap() };
    assert!(created.view::<f32, Ix2>().unwrap().iter().all(|&element| element == 0.0));
    created
        .view_mut::<f32, Ix2>()
        .unwrap()
        .iter_mut()
        .zip(0u8..)
        .for_each(|(element, n)| *element = n.into());
    created.flush().unwrap();
    let expected: Vec<u8> = (0u8..9).flat_map(|n| f32::from(n).to_ne_bytes()).collect();
    assert_eq!(fs::read(&path).unwrap(), expected);
    created.close().unwrap();

    let read = unsafe { options().map(&path).unwrap() };
    assert_eq!(read.view::<f32, Ix2>().unwrap()[[1, 2]], 5.0);

    // `r+` reaches the file.
    let mut written = unsafe { options().map_mut(&path).unwrap() };
    written.view_mut::<f32, Ix2>().unwrap().row_mut(0).fill(5.0);
    written.close().unwrap();
    assert_eq!(fs::read(&path).unwrap()[..12], [5.0f32, 5.0, 5.0].map(f32::to_ne_bytes).concat());

    // `c` does not.
    let before = fs::read(&path).unwrap();
    let mut copy = unsafe { options().map_copy(&path).unwrap() };
    copy.view_mut::<f32, Ix2>().unwrap().fill(7.0);
    assert_eq!(copy.view::<f32, Ix2>().unwrap()[[2, 2]], 7.0);
    copy.close().unwrap();
    assert_eq!(fs::read(&path).unwrap(), before);

    // An offset into the file, in the middle of a row.
    let part = unsafe { RawOptions::new::<f32>().offset(16).map(&path).unwrap() };
    assert_eq!(part.view::<f32, Ix1>().unwrap(), array![4.0, 5.0, 6.0, 7.0, 8.0]);
}

#[test]
fn npy_files_in_every_mode() {
    let path = temporary_file();
    let array = Array2::from_shape_fn((4, 5), |(row, column)| (row * 10 + column) as i32);
    npymap::save(&path, &array).unwrap();
    let mut map = unsafe { NpyMapMut::open(&path).unwrap() };
    map.view_mut::<i32, Ix2>().unwrap().slice_mut(s![.., 1]).fill(-1);
    map.close().unwrap();
    let changed: Array2<i32> = npymap::load(&path).unwrap();
    assert_eq!(changed.column(1), array![-1, -1, -1, -1]);
    assert_eq!(changed.column(2), array.column(2));

    let before = fs::read(&path).unwrap();
    let mut copy = unsafe { NpyMapMut::open_copy(&path).unwrap() };
    copy.as_mut_slice::<i32>().unwrap().fill(0);
    copy.flush().unwrap();
    drop(copy);
    assert_eq!(fs::read(&path).unwrap(), before);

    let map = unsafe { NpyMap::open(&path).unwrap() };
    let view: ArrayView2<i32> = map.view().unwrap();
    assert_eq!(view.slice(s![1..3, 2..4]), array![[12, 13], [22, 23]]);
    assert_eq!(view.row(3).sum(), 30 - 1 + 32 + 33 + 34);
    assert_eq!(map.as_bytes(), &before[128..]);
    map.close().unwrap();
}

/// The file that `open_memmap(mode="w+")` makes is the very one that `np.save` writes of zeros.
#[test]
fn a_created_file_is_a_saved_one() {
    for order in [Order::C, Order::F] {
        let (created, saved) = (temporary_file(), temporary_file());
        let header = Header::new(DType::of::<f64>(), [3, 4]).with_order(order);
        unsafe { NpyMapMut::create(&created, &header).unwrap() }.close().unwrap();
        let zeros = Array2::<f64>::zeros((3, 4));
        match order {
            Order::C => npymap::save(&saved, &zeros).unwrap(),
            Order::F => npymap::save(&saved, &Array2::<f64>::zeros((4, 3)).t()).unwrap(),
        }
        assert_eq!(fs::read(&created).unwrap(), fs::read(&saved).unwrap());
    }
}

#[test]
fn a_column_major_file_is_written_through_its_view() {
    let path = temporary_file();
    let header = Header::new(DType::of::<u16>(), [2, 3]).with_order(Order::F);
    let mut map = unsafe { NpyMapMut::create(&path, &header).unwrap() };
    map.view_mut::<u16, Ix2>().unwrap().assign(&array![[1, 2, 3], [4, 5, 6]]);
    assert_eq!(map.as_slice::<u16>().unwrap(), [1, 4, 2, 5, 3, 6]);
    map.close().unwrap();
    assert_eq!(npymap::load::<u16, Ix2>(&path).unwrap(), array![[1, 2, 3], [4, 5, 6]]);
}

/// Work in place on a file that need not fit in memory, some rows at a time.
#[test]
fn rows_are_changed_in_chunks() {
    let path = temporary_file();
    let header = Header::new(DType::of::<f32>(), [1000, 8]);
    let mut map = unsafe { NpyMapMut::create(&path, &header).unwrap() };
    for start in (0..1000).step_by(300) {
        let end = (start + 300).min(1000);
        let mut view = map.view_mut::<f32, Ix2>().unwrap();
        for (row, mut elements) in (start..end).zip(view.slice_mut(s![start..end, ..]).axis_iter_mut(Axis(0)))
        {
            elements.fill(row as f32);
        }
        map.flush_rows(start..end).unwrap();
    }
    map.flush_async().unwrap();
    drop(map);
    let array: Array2<f32> = npymap::load(&path).unwrap();
    assert_eq!(array.mean(), Some(499.5));
}

#[test]
fn rows_that_are_not_there_cannot_be_flushed() {
    let path = temporary_file();
    let map = unsafe { NpyMapMut::create(&path, &Header::new(DType::of::<f32>(), [3, 2])).unwrap() };
    map.flush_rows(0..3).unwrap();
    map.flush_rows(3..3).unwrap();
    let error = map.flush_rows(2..4).unwrap_err().to_string();
    assert!(error.ends_with(": rows 2 to 4 are not in shape (3, 2)"), "{error}");
    #[expect(clippy::reversed_empty_ranges, reason = "the caller's mistake")]
    let backwards = map.flush_rows(2..1);
    assert!(backwards.is_err());
}

#[test]
fn any_offset_is_mapped() {
    let path = temporary_file();
    let mut bytes: Vec<u8> = (0..20_000u32).flat_map(|n| (n as u8).to_le_bytes()).collect();
    for offset in [0, 1, 3, 4095, 4096, 4097, 8192, 8193, 12_289] {
        let value = 0x0102_0304i32;
        bytes[offset..offset + 4].copy_from_slice(&value.to_ne_bytes());
        fs::write(&path, &bytes).unwrap();
        let map = unsafe { RawOptions::new::<i32>().offset(offset as u64).shape([1]).map(&path).unwrap() };
        assert_eq!(map.as_bytes(), value.to_ne_bytes(), "offset {offset}");
        assert_eq!(map.to_array::<i32, Ix1>().unwrap(), array![value], "offset {offset}");
        let aligned = offset % 4 == 0;
        assert_eq!(map.view_cow::<i32, Ix1>().unwrap().is_view(), aligned, "offset {offset}");
        match map.view::<i32, Ix1>() {
            Ok(_) => assert!(aligned, "offset {offset}"),
            Err(error) => {
                assert!(!aligned, "offset {offset}");
                let expected = format!(
                    "{}: dtype '{}' cannot be viewed as i32 without a copy: its data start at byte {offset}, \
                     which is not aligned to 4; use view_cow, to_array or load",
                    path.as_ref().display(),
                    native("<i4")
                );
                assert_eq!(error.to_string(), expected);
            }
        }
    }
}

#[test]
fn a_raw_file_has_its_dtype_and_order() {
    let path = temporary_file();
    let numbers = [1u16, 2, 3, 4, 5, 6].map(|number| number.swap_bytes().to_ne_bytes());
    fs::write(&path, numbers.as_flattened()).unwrap();
    let foreign: DType = native(">u2").parse().unwrap();
    let map = unsafe { RawOptions::with_dtype(foreign).shape([2, 3]).order(Order::F).map(&path).unwrap() };
    assert_eq!(map.to_array::<u16, Ix2>().unwrap(), array![[1, 3, 5], [2, 4, 6]]);
    let error = map.view::<u16, Ix2>().unwrap_err().to_string();
    assert!(error.contains(&native(
        "dtype '>u2' cannot be viewed as u16 without a copy: its bytes are in another order"
    )));
    let error = map.to_array::<i16, Ix2>().unwrap_err().to_string();
    let dtype = native(">u2");
    let expected = format!("dtype '{dtype}' cannot be read as i16, expected '<i2' or '>i2'");
    assert!(error.ends_with(&expected), "{error}");
}

#[test]
fn raw_files_that_do_not_fit_are_errors() {
    let path = temporary_file();
    let name = path.as_ref().display().to_string();
    let message = |result: npymap::Result<NpyMap>| result.unwrap_err().to_string();
    fs::write(&path, [0; 10]).unwrap();
    let options = RawOptions::new::<f32>;
    assert_eq!(
        message(unsafe { options().map(&path) }),
        format!("{name}: 10 bytes from byte 0 on are no whole number of elements of 4 bytes; give a shape")
    );
    assert_eq!(
        message(unsafe { options().offset(11).map(&path) }),
        format!("{name}: the offset 11 is beyond the end of the file (byte 10)")
    );
    assert_eq!(
        message(unsafe { options().shape([3]).map(&path) }),
        format!("{name}: data is truncated: shape (3,) of '{}' needs 12 bytes, found 10", native("<f4"))
    );
    assert_eq!(
        message(unsafe { options().offset(u64::MAX).shape([3]).map(&path) }),
        format!("{name}: the offset 18446744073709551615 is beyond the end of the file (byte 10)")
    );
    // NumPy refuses an offset beyond the end for arrays without bytes, too, and more than 64 axes.
    assert_eq!(
        message(unsafe { options().offset(11).shape([0]).map(&path) }),
        format!("{name}: the offset 11 is beyond the end of the file (byte 10)")
    );
    assert_eq!(
        message(unsafe { options().shape([1; 65]).map(&path) }),
        format!("{name}: shape ({}... is invalid: it has more than 64 axes", &"1, ".repeat(14)[..39])
    );
    let void: DType = "V0".parse().unwrap();
    assert_eq!(
        message(unsafe { RawOptions::with_dtype(void).map(&path) }),
        format!("{name}: the elements have no bytes, so that the file cannot tell how many there are")
    );
    let error = unsafe { options().create(&path) }.unwrap_err().to_string();
    assert_eq!(error, format!("{name}: a new raw file needs a shape: call RawOptions::shape first"));
    assert_eq!(fs::read(&path).unwrap(), [0; 10]);
    fs::write(&path, []).unwrap();
    assert_eq!(
        message(unsafe { options().map(&path) }),
        format!("{name}: the file is empty, there is nothing to map")
    );
    let missing = temporary_file();
    let error = unsafe { options().map_mut(&missing) }.unwrap_err().to_string();
    let expected = "the file does not exist, and only RawOptions::create makes a new one";
    assert_eq!(error, format!("{}: {expected}", missing.as_ref().display()));
    assert!(!missing.as_ref().exists());
}

/// NumPy lengthens a file that is too short for `r+` without a word.
#[test]
fn a_short_file_is_lengthened_only_where_told() {
    let path = temporary_file();
    fs::write(&path, [1; 10]).unwrap();
    let options = || RawOptions::new::<u8>().shape([16]);
    assert!(matches!(unsafe { options().map_mut(&path) }, Err(Error::Format { .. })));
    assert_eq!(fs::metadata(&path).unwrap().len(), 10);
    let map = unsafe { options().extend(true).map_mut(&path).unwrap() };
    assert_eq!(map.as_bytes(), [[1; 10].as_slice(), &[0; 6]].concat());
    drop(map);
    assert_eq!(fs::metadata(&path).unwrap().len(), 16);
    // A longer file stays as long.
    let map = unsafe { RawOptions::new::<u8>().shape([4]).extend(true).map_mut(&path).unwrap() };
    assert_eq!(map.as_bytes(), [1; 4]);
    assert_eq!(fs::metadata(&path).unwrap().len(), 16);
}

/// NumPy's issue 27722: empty arrays at every sort of offset.
#[test]
fn empty_arrays_are_mapped() {
    for offset in [0, 1, 4096, 4097] {
        let path = temporary_file();
        let options = || RawOptions::new::<f64>().offset(offset).shape([0, 4]);
        let map = unsafe { options().create(&path).unwrap() };
        assert_eq!(map.view::<f64, Ix2>().unwrap().dim(), (0, 4));
        map.flush().unwrap();
        map.flush_rows(0..0).unwrap();
        map.close().unwrap();
        assert_eq!(fs::metadata(&path).unwrap().len(), offset.max(1), "NumPy makes one byte of none");
        let map = unsafe { options().map(&path).unwrap() };
        assert_eq!(map.view::<f64, Ix2>().unwrap().dim(), (0, 4));
        assert_eq!(map.as_slice::<f64>().unwrap(), [0.0; 0]);
    }
    let path = temporary_file();
    npymap::save(&path, &Array2::<f64>::zeros((0, 3))).unwrap();
    let mut map = unsafe { NpyMapMut::open(&path).unwrap() };
    assert_eq!(map.view_mut::<f64, Ix2>().unwrap().dim(), (0, 3));
}

#[test]
fn a_0d_array_is_mapped() {
    let path = temporary_file();
    npymap::save(&path, &ndarray::arr0(2.5f64)).unwrap();
    let mut map = unsafe { NpyMapMut::open(&path).unwrap() };
    map.view_mut::<f64, Ix0>().unwrap()[()] = 3.5;
    map.flush_rows(0..1).unwrap();
    drop(map);
    assert_eq!(npymap::load::<f64, Ix0>(&path).unwrap()[()], 3.5);
}

/// A file that is one byte short is refused before anything is mapped, and never lengthened.
#[test]
fn a_cut_off_file_is_refused() {
    let path = temporary_file();
    npymap::save(&path, &vec![1u32; 100]).unwrap();
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(128 + 399).unwrap();
    let expected = format!(
        "{}: data is truncated: shape (100,) of '{}' needs 400 bytes, found 399",
        path.as_ref().display(),
        native("<u4")
    );
    assert_eq!(unsafe { NpyMap::open(&path) }.unwrap_err().to_string(), expected);
    assert_eq!(unsafe { NpyMapMut::open(&path) }.unwrap_err().to_string(), expected);
    assert_eq!(unsafe { NpyMapMut::open_copy(&path) }.unwrap_err().to_string(), expected);
    assert_eq!(npymap::load::<u32, Ix1>(&path).unwrap_err().to_string(), expected);
    assert_eq!(fs::metadata(&path).unwrap().len(), 128 + 399);
}

/// What a map would pay with a bus error, `NpyFile` reports.
#[test]
fn a_file_that_shrinks_is_an_error_without_a_map() {
    let path = temporary_file();
    npymap::save(&path, &vec![1u32; 100_000]).unwrap();
    let file = NpyFile::open(&path).unwrap();
    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(4096).unwrap();
    let expected = format!(
        "{}: data is truncated: shape (100000,) of '{}' needs 400000 bytes, found 3968",
        path.as_ref().display(),
        native("<u4")
    );
    assert_eq!(file.read::<u32, Ix1>().unwrap_err().to_string(), expected);
    assert_eq!(file.read_vec::<u32>().unwrap_err().to_string(), expected);
}

#[test]
fn a_new_file_can_be_demanded_and_reserved() {
    let path = temporary_file();
    let header = Header::new(DType::of::<u8>(), [100_000]);
    unsafe { NpyMapMut::create_new(&path, &header).unwrap() }.close().unwrap();
    let error = unsafe { NpyMapMut::create_new(&path, &header) }.unwrap_err();
    assert!(matches!(&error, Error::Io { error, .. } if error.kind() == std::io::ErrorKind::AlreadyExists));
    let error = unsafe { RawOptions::new::<u8>().shape([1]).new_file(true).create(&path) }.unwrap_err();
    assert!(matches!(&error, Error::Io { error, .. } if error.kind() == std::io::ErrorKind::AlreadyExists));
    let reserved = unsafe { CreateOptions::new().reserve(true).create(&path, &header).unwrap() };
    assert_eq!(reserved.as_bytes().len(), 100_000);
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::MetadataExt;
        assert!(fs::metadata(&path).unwrap().blocks() * 512 >= 100_128, "the disk has room for all of it");
    }
}

/// What is there stays where the new file cannot be had.
#[test]
#[cfg(all(unix, target_pointer_width = "64"))]
fn a_creation_that_fails_destroys_nothing() {
    let path = temporary_file();
    npymap::save(&path, &vec![1u8, 2, 3]).unwrap();
    let before = fs::read(&path).unwrap();
    let too_large = Header::new(DType::of::<u8>(), [1usize << 62]);
    assert!(matches!(unsafe { NpyMapMut::create(&path, &too_large) }, Err(Error::Io { .. })));
    assert_eq!(fs::read(&path).unwrap(), before);
    let link = temporary_file();
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert!(unsafe { NpyMapMut::create(&link, &too_large) }.is_err());
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read(&link).unwrap(), before);
    let missing = temporary_file();
    assert!(unsafe { NpyMapMut::create(&missing, &too_large) }.is_err());
    assert!(!missing.as_ref().exists());
    // A pipe and a device are left alone.
    let pipe = temporary_file();
    assert!(std::process::Command::new("mkfifo").arg(pipe.as_ref()).status().unwrap().success());
    let small = Header::new(DType::of::<u8>(), [3]);
    for special in [pipe.as_ref(), "/dev/null".as_ref()] {
        let error = unsafe { NpyMapMut::create(special, &small) }.unwrap_err().to_string();
        assert!(error.ends_with(": it is not a regular file: it cannot be replaced"), "{error}");
        assert!(special.exists());
    }
}

/// Who has the old file mapped keeps it.
#[test]
fn a_creation_takes_the_place_of_the_old_file() {
    let path = temporary_file();
    npymap::save(&path, &vec![1u8, 2, 3]).unwrap();
    let old = unsafe { NpyMap::open(&path) }.unwrap();
    let mut new = unsafe { NpyMapMut::create(&path, &Header::new(DType::of::<u8>(), [1])) }.unwrap();
    new.as_mut_slice::<u8>().unwrap().fill(7);
    new.close().unwrap();
    assert_eq!(old.as_slice::<u8>().unwrap(), [1, 2, 3]);
    assert_eq!(npymap::load::<u8, Ix1>(&path).unwrap().to_vec(), [7]);
    unsafe { RawOptions::new::<u8>().shape([2]).create(&path) }.unwrap().close().unwrap();
    assert_eq!(fs::read(&path).unwrap(), [0, 0]);
    assert_eq!(old.as_slice::<u8>().unwrap(), [1, 2, 3]);
}

#[test]
fn objects_cannot_be_created_or_mapped() {
    let path = temporary_file();
    let header = Header::new("O".parse().unwrap(), [3]);
    assert!(matches!(unsafe { NpyMapMut::create(&path, &header) }, Err(Error::Unsupported { .. })));
    assert!(!path.as_ref().exists());
    fs::write(&path, [0; 64]).unwrap();
    let objects = RawOptions::with_dtype("O".parse().unwrap());
    assert!(matches!(unsafe { objects.map(&path) }, Err(Error::Unsupported { .. })));
}

#[test]
fn a_bool_that_is_none_is_found_before_a_reference_exists() {
    let path = temporary_file();
    npymap::save(&path, &vec![true, false, true]).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes[129] = 2;
    fs::write(&path, &bytes).unwrap();
    let expected = format!(
        "{}: element 1 (byte 129) is 0x02, expected 0x00 or 0x01 for dtype '|b1'",
        path.as_ref().display()
    );
    let map = unsafe { NpyMap::open(&path).unwrap() };
    assert_eq!(map.view::<bool, Ix1>().unwrap_err().to_string(), expected);
    assert_eq!(map.as_slice::<bool>().unwrap_err().to_string(), expected);
    assert_eq!(map.view_cow::<bool, Ix1>().unwrap_err().to_string(), expected);
    assert_eq!(npymap::load::<bool, Ix1>(&path).unwrap_err().to_string(), expected);
    let mut map = unsafe { NpyMapMut::open(&path).unwrap() };
    assert_eq!(map.view_mut::<bool, Ix1>().unwrap_err().to_string(), expected);
}

#[test]
fn wrong_types_and_axes_are_errors() {
    let iris = native_copy("testdata/iris.npy");
    let name = iris.as_ref().display();
    let map = unsafe { NpyMap::open(&iris).unwrap() };
    assert_eq!(
        map.view::<f32, Ix2>().unwrap_err().to_string(),
        format!("{name}: dtype '{}' cannot be read as f32, expected '<f4' or '>f4'", native("<f8"))
    );
    assert_eq!(
        map.view::<f64, Ix1>().unwrap_err().to_string(),
        format!("{name}: shape (150, 4) has 2 axes, expected 1")
    );
    assert_eq!(map.view::<f64, IxDyn>().unwrap().shape(), [150, 4]);
}

#[test]
fn advice_is_taken() {
    let iris = native_copy("testdata/iris.npy");
    let map = unsafe { NpyMap::open(&iris).unwrap() };
    #[cfg(unix)]
    for advice in [Advice::Random, Advice::Sequential, Advice::WillNeed, Advice::Normal] {
        map.advise(advice).unwrap();
    }
    // Whether a file system has huge pages for files is its own affair; it must not be a crash.
    let _ = map.advise(Advice::HugePages);
    assert_eq!(map.as_slice::<f64>().unwrap().len(), 600);
}

#[test]
fn maps_can_be_sent_and_shared() {
    fn send_and_sync<T: Send + Sync + 'static>() {}
    send_and_sync::<NpyMap>();
    send_and_sync::<NpyMapMut>();
    let iris = native_copy("testdata/iris.npy");
    let map = unsafe { NpyMap::open(&iris).unwrap() };
    let total: f64 = std::thread::scope(|scope| {
        let halves = [0..75, 75..150].map(|rows| {
            let view: ArrayView2<f64> = map.view().unwrap();
            scope.spawn(move || view.slice(s![rows, ..]).sum())
        });
        halves.into_iter().map(|half| half.join().unwrap()).sum()
    });
    let view: ArrayView1<f64> = ArrayView1::from(map.as_slice::<f64>().unwrap());
    assert!((total - view.sum()).abs() < 1e-9);
}

#[test]
#[cfg(target_os = "linux")]
fn no_descriptor_is_leaked() {
    let descriptors = || fs::read_dir("/proc/self/fd").unwrap().count();
    let before = descriptors();
    for _ in 0..100_000 {
        let map = unsafe { NpyMap::open("testdata/iris.npy").unwrap() };
        assert_eq!(map.as_bytes().len(), 4800);
    }
    // Other tests of this program open files at the same time, but not a hundred thousand.
    assert!(descriptors() < before + 100);
}

#[test]
fn what_cannot_be_mapped_says_so() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    assert!(matches!(unsafe { NpyMap::open(folder) }, Err(Error::Io { .. } | Error::Unsupported { .. })));
    assert!(matches!(unsafe { RawOptions::new::<u8>().map(folder) }, Err(Error::Io { .. })));
    #[cfg(unix)]
    {
        let error = unsafe { NpyMap::open("/dev/null") }.unwrap_err().to_string();
        let expected = "/dev/null: it is not a regular file: read it as a stream with load or NpyReader";
        assert_eq!(error, expected);
        assert!(unsafe { RawOptions::new::<u8>().map("/dev/null") }.is_err());
    }
}

/// Parent and child have the same file mapped: the parent writes, the child reads and writes back.
#[test]
fn two_processes_share_an_array() {
    const CHILD: &str = "NPYMAP_TEST_SHARED_ARRAY";
    if let Some(path) = std::env::var_os(CHILD) {
        let mut map = unsafe { NpyMapMut::open(path).unwrap() };
        let mut view = map.view_mut::<i64, Ix1>().unwrap();
        assert_eq!(view.to_vec(), [1, 2, 3, 4]);
        view *= 10;
        return;
    }
    let path = temporary_file();
    let mut map = unsafe { NpyMapMut::create(&path, &Header::new(DType::of::<i64>(), [4])).unwrap() };
    map.view_mut::<i64, Ix1>().unwrap().assign(&array![1, 2, 3, 4]);
    // No flush: both have the same pages.
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "two_processes_share_an_array"])
        .env(CHILD, path.as_ref())
        .output()
        .unwrap();
    assert!(child.status.success(), "{child:?}");
    assert_eq!(map.as_slice::<i64>().unwrap(), [10, 20, 30, 40]);
}

/// Work in chunks over a file four times as large as all the memory that the process may have.
#[test]
#[cfg(target_os = "linux")]
#[cfg_attr(target_endian = "big", ignore = "the emulator needs more memory than the limit")]
fn a_file_larger_than_memory_is_worked_through() {
    const CHILD: &str = "NPYMAP_TEST_LARGER_THAN_MEMORY";
    const ROWS: usize = 32 * 1024;
    if let Some(path) = std::env::var_os(CHILD) {
        // The limit is one: an array of this size cannot be had.
        assert!(Vec::<u8>::new().try_reserve_exact(ROWS * 8192).is_err());
        let header = Header::new(DType::of::<f64>(), [ROWS, 1024]);
        let mut map = unsafe { NpyMapMut::create(path, &header).unwrap() };
        let mut sum = 0.0;
        for start in (0..ROWS).step_by(1024) {
            let mut view = map.view_mut::<f64, Ix2>().unwrap();
            let mut chunk = view.slice_mut(s![start..start + 1024, ..]);
            chunk.fill(start as f64);
            sum += chunk.sum();
        }
        assert_eq!(sum / (ROWS * 1024) as f64, (ROWS - 1024) as f64 / 2.0);
        map.close().unwrap();
        return;
    }
    let path = temporary_file();
    let command = "ulimit -d 65536 && exec \"$0\" --exact a_file_larger_than_memory_is_worked_through";
    let child = std::process::Command::new("sh")
        .args(["-c", command])
        .arg(std::env::current_exe().unwrap())
        .env(CHILD, path.as_ref())
        .output()
        .unwrap();
    assert!(child.status.success(), "{child:?}");
    assert_eq!(fs::metadata(&path).unwrap().len(), 128 + 256 * 1024 * 1024);
}

/// A file system that is full: with room reserved it is an error when the file is created, and no file is left.
#[test]
#[ignore = "needs user namespaces, to mount a small file system in one"]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error_at_creation() {
    const CHILD: &str = "NPYMAP_TEST_FULL_DISK";
    if std::env::var_os(CHILD).is_none() {
        // In a namespace of its own it may mount what it likes, and nobody else sees it.
        let child = std::process::Command::new("unshare")
            .args(["--map-root-user", "--mount"])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "a_full_disk_is_an_error_at_creation", "--include-ignored"])
            .env(CHILD, "1")
            .output()
            .unwrap();
        assert!(child.status.success(), "{child:?}");
        return;
    }
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("small-tmpfs");
    fs::create_dir_all(&folder).unwrap();
    let run = |command: &str, args: &[&str]| {
        let output = std::process::Command::new(command).args(args).arg(&folder).output().unwrap();
        assert!(output.status.success(), "{command}: {output:?}");
    };
    run("mount", &["-t", "tmpfs", "-o", "size=1m", "tmpfs"]);
    let result = std::panic::catch_unwind(|| {
        let path = folder.join("a.npy");
        let large = Header::new(DType::of::<u8>(), [4 << 20]);
        let error = unsafe { CreateOptions::new().reserve(true).create(&path, &large) }.unwrap_err();
        assert!(
            matches!(&error, Error::Io { error, .. } if error.kind() == std::io::ErrorKind::StorageFull),
            "{error}"
        );
        assert!(!path.exists());
        let raw = RawOptions::new::<u8>().shape([4 << 20]).reserve(true);
        assert!(unsafe { raw.create(&path) }.is_err());
        // Without the reserve the file is sparse and may be larger than the disk, as NumPy's.
        assert!(unsafe { NpyMapMut::create(&path, &large) }.is_ok());
        // A save that finds the disk full leaves the old file and nothing else.
        fs::remove_file(&path).unwrap();
        npymap::save(&path, &vec![1u8; 1000]).unwrap();
        let error = npymap::save(&path, &vec![2u8; 4 << 20]).unwrap_err();
        assert!(matches!(&error, Error::Io { error, .. } if error.kind() == std::io::ErrorKind::StorageFull));
        assert_eq!(npymap::load::<u8, Ix1>(&path).unwrap(), ndarray::Array1::from_elem(1000, 1));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    });
    run("umount", &[]);
    result.unwrap();
}
