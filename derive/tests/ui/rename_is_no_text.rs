use npymap::Record;

#[derive(Record, Clone, Copy)]
struct Point {
    #[npy(title = 5)]
    x: f64,
}

fn main() {}
