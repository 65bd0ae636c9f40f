use npymap::Record;

#[derive(Record, Clone, Copy)]
struct Point {
    x: f64,
    #[npy(rename = "x")]
    y: f64,
}

fn main() {}
