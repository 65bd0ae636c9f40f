use npymap::Record;

#[derive(Record, Clone, Copy)]
struct Point {
    #[npy(rename)]
    x: f64,
}

fn main() {}
