use npymap::Record;

#[derive(Record, Clone, Copy)]
#[npy(rename = "P")]
struct Point {
    x: f64,
}

fn main() {}
