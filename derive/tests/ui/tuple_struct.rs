use npymap::Record;

#[derive(Record, Clone, Copy)]
struct Pair(f32, f32);

fn main() {}
