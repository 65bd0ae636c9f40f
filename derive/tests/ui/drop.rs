use npymap::Record;

#[derive(Record)]
struct Guard {
    id: u32,
}

impl Drop for Guard {
    fn drop(&mut self) {}
}

fn main() {}
