use npymap::Record;

#[derive(Record, Clone, Copy)]
struct Nothing;

fn main() {}
