use npymap::Record;

#[derive(Record, Clone, Copy)]
enum Direction {
    North,
    South,
}

fn main() {}
