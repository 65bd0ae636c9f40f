use npymap::Record;

#[derive(Record, Clone, Copy)]
struct Letters {
    letters: [char; 4],
}

fn main() {}
