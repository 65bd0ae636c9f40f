use npymap::Record;

#[derive(Record, Clone, Copy)]
#[npy(subset)]
#[npy(subset)]
struct Point {
    x: f64,
}

fn main() {}
