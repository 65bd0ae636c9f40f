use npymap::Record;

#[derive(Record)]
struct Point {
    x: f64,
}

fn main() {}
