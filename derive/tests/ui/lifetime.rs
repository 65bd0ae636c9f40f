use npymap::Record;

#[derive(Record, Clone, Copy)]
struct Borrowed<'a> {
    text: &'a str,
}

fn main() {}
