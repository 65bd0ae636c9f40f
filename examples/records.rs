//! A file of records as structs of one's own: the fields are matched by name, wherever they lie in the file.
//!
//! In Python:
//! ```python
//! stars = np.array([(b"Sirius", (101.28, -16.71), -1.46), ...],
//!                  dtype=[("name", "S10"), ("at", [("ra", ">f8"), ("dec", ">f8")]), ("magnitude", "<f4")])
//! np.save("stars.npy", stars)
//! for star in np.load("stars.npy"): print(star["name"], star["magnitude"])
//! np.load("stars.npy")["at"]["dec"]
//! ```

use ndarray::Array1;
use npymap::{Bytes, DType, NpyFile, Record, load, save, save_as};

/// What stands in the sky at one place.
#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Star {
    name: Bytes<10>,
    at: Place,
    magnitude: f32,
}

/// Degrees.
#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Place {
    ra: f64,
    dec: f64,
}

/// What is asked for, of a file that has more.
#[derive(Record, Clone, Copy)]
#[npy(subset)]
struct Brightness {
    #[npy(rename = "magnitude")]
    value: f32,
}

fn main() -> npymap::Result<()> {
    let star = |name: &str, ra, dec, magnitude| Star {
        name: Bytes::new(name).expect("the name is short"),
        at: Place { ra, dec },
        magnitude,
    };
    let stars = vec![
        star("Sirius", 101.28, -16.71, -1.46),
        star("Vega", 279.23, 38.78, 0.03),
        star("Mira", 34.84, -2.98, 6.5),
    ];
    let path = std::env::temp_dir().join(format!("npymap-records-{}.npy", std::process::id()));

    // As the struct lies in memory: NumPy's `align=True`.
    save(&path, &stars)?;
    println!("{}", NpyFile::open(&path)?.header().dtype);
    // As the file of the Python program above: packed, and big-endian.
    let dtype: DType =
        "[('name', 'S10'), ('at', [('ra', '>f8'), ('dec', '>f8')]), ('magnitude', '<f4')]".parse()?;
    save_as(&path, &stars, &dtype)?;

    let loaded: Array1<Star> = load(&path)?;
    assert_eq!(loaded.to_vec(), stars);
    for star in &loaded {
        println!("{:<8} {:>6.2} {:>6.2}", star.name, star.at.ra, star.at.dec);
    }
    let brightness: Array1<Brightness> = load(&path)?;
    let visible = brightness.iter().filter(|star| star.value < 6.0).count();
    println!("{visible} of {} can be seen", brightness.len());
    Ok(std::fs::remove_file(&path)?)
}
