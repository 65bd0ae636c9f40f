//! Slices of files against `np.load(p, mmap_mode='r')[slice]`.

use std::path::Path;

use npymap::{DType, NpyFile, Slice, SlicePlan};

use crate::case::from_hex;
use crate::python::{number, script};

#[test]
#[ignore = "needs Python with NumPy"]
fn slices_are_numpys() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("live-slices");
    std::fs::create_dir_all(&folder).expect("a folder");
    let cases = number("NPYMAP_LIVE_CASES", 20_000) / 10;
    let seed = number("NPYMAP_LIVE_SEED", 20_260_101);
    let output = script("slices.py")
        .arg(&folder)
        .args([cases.div_ceil(20).to_string(), "20".to_string(), seed.to_string()])
        .output()
        .expect("Python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (mut accepted, mut refused) = (0, 0);
    for line in String::from_utf8(output.stdout).expect("UTF-8").lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let &[path, text, shape, data] = cells.as_slice() else { panic!("{line}") };
        let file = NpyFile::open(path).unwrap();
        let plan = SlicePlan::new(file.header(), file.data_offset(), text);
        if shape == "refused" {
            assert!(plan.is_err(), "{path}: NumPy refuses [{text}]: {data}");
            refused += 1;
            continue;
        }
        let plan = plan.unwrap_or_else(|error| panic!("{path}: NumPy accepts [{text}]: {error}"));
        let shape: Vec<usize> =
            shape.split(',').filter(|axis| !axis.is_empty()).map(|axis| axis.parse().unwrap()).collect();
        let data = from_hex(data).expect("hexadecimal digits");
        assert_eq!(plan.shape(), shape, "{path} [{text}]");

        let bytes = std::fs::read(path).unwrap();
        let mut part = vec![0; plan.nbytes()];
        for range in plan.ranges() {
            let asked = range.bytes();
            range.place(&bytes[asked.start as usize..asked.end as usize], &mut part).unwrap();
        }
        assert_eq!(part, data, "{path} [{text}]");
        // The door that reads, for the elements that a type takes as they are.
        let slice: Slice = text.parse().unwrap();
        let read: Option<Vec<u8>> = match file.header().dtype.to_string().as_str() {
            "int32" => Some(
                file.read_slice_vec::<i32>(slice).unwrap().into_iter().flat_map(i32::to_le_bytes).collect(),
            ),
            ">f8" => Some(
                file.read_slice_vec::<f64>(slice).unwrap().into_iter().flat_map(f64::to_be_bytes).collect(),
            ),
            "uint8" => Some(file.read_slice_vec::<u8>(slice).unwrap()),
            "|V7" => Some(file.read_slice_vec::<[u8; 7]>(slice).unwrap().concat()),
            "|S3" => {
                let padded = |text: Vec<u8>| (0..3).map(move |at| text.get(at).copied().unwrap_or(0));
                Some(file.read_slice_vec::<Vec<u8>>(slice).unwrap().into_iter().flat_map(padded).collect())
            }
            _ => None,
        };
        assert_eq!(read.is_some(), file.header().dtype.itemsize() < 9 && !is_other(&file.header().dtype));
        if let Some(read) = read {
            assert_eq!(read, data, "{path} [{text}]");
        }
        accepted += 1;
    }
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(accepted > cases / 2 && refused > cases / 50, "{accepted} accepted, {refused} refused");
}

/// Texts in foreign order and times, which the plan alone is asked for.
fn is_other(dtype: &DType) -> bool {
    matches!(dtype.to_string().as_str(), ">U2" | "datetime64[ns]")
}
