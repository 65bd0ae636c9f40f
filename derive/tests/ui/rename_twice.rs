use npymap::Record;

#[derive(Record, Clone, Copy)]
struct Point {
    #[npy(rename = "a", rename = "b")]
    x: f64,
}

fn main() {}
