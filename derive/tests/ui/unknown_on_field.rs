use npymap::Record;

#[derive(Record, Clone, Copy)]
struct Point {
    #[npy(name = "X")]
    x: f64,
}

fn main() {}
