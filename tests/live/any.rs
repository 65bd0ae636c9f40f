//! Arrays of every kind, written by the NumPy of today, read without knowing their dtype, and given back.

use npymap::{AnyArray, DType, LongDouble};

use crate::common::entry_points::{ANY, Sample};
use crate::exchange::Exchange;

#[test]
#[ignore = "needs Python with NumPy"]
fn any_array_is_read_printed_and_saved_as_numpy_does() {
    let exchange = Exchange::begin("any.py", "live-any");
    let mut count = 0;
    for path in exchange.arrays() {
        let any = AnyArray::load(&path).unwrap_or_else(|error| panic!("{error}"));
        let sample = Sample::open(&path);
        for (name, read) in ANY {
            let same = read(&sample).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(same.to_string(), any.to_string(), "{name}: {}", path.display());
        }
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
    assert_eq!(exchange.check(), format!("{count} arrays agree"));
}
