use npymap::Record;

#[derive(Record, Clone, Copy)]
struct Point {
    #[npy(title = "y")]
    x: f64,
    y: f64,
}

fn main() {}
