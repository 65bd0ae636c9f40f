//! Arrays of every kind, written by the NumPy of today, read without knowing their dtype, and given back.

use std::path::Path;

use npymap::{AnyArray, DType, LongDouble};

use crate::python::script;

#[test]
#[ignore = "needs Python with NumPy"]
fn any_array_is_read_printed_and_saved_as_numpy_does() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("live-any");
    // What an older version of the test has left there.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let run = |what: &str| {
        let output = script("any.py").arg(what).arg(&folder).output().expect("Python starts");
        assert!(output.status.success(), "any.py failed: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_string()
    };

    run("write");
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "npy") {
            continue;
        }
        let any = AnyArray::load(&path).unwrap_or_else(|error| panic!("{error}"));
        npymap::save(path.with_extension("ours"), &any).unwrap_or_else(|error| panic!("{error}"));
        std::fs::write(path.with_extension("txt"), any.to_string()).unwrap();
        if let AnyArray::LongDouble(array) = &any {
            npymap::save(path.with_extension("doubles"), &array.mapv(LongDouble::to_f64)).unwrap();
        }
        if let AnyArray::Record(records) = &any {
            let DType::Structured(dtype) = records.dtype() else { panic!("{}", records.dtype()) };
            for field in dtype.fields() {
                let text = records.field(field.name()).unwrap_or_else(|error| panic!("{error}")).to_string();
                std::fs::write(path.with_extension(format!("{}.txt", field.name())), text).unwrap();
            }
        }
        count += 1;
    }
    assert!(count > 400, "{count} arrays");
    assert_eq!(run("check"), format!("{count} arrays agree"));
}
