use npymap::Record;

#[derive(Record, Clone, Copy)]
struct Named {
    id: u32,
    name: &'static str,
}

fn main() {}
