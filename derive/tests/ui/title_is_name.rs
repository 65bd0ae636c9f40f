use npymap::Record;

#[derive(Record, Clone, Copy)]
struct Point {
    #[npy(title = "x")]
    x: f64,
}

fn main() {}
