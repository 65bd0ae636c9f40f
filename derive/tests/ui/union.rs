use npymap::Record;

#[derive(Record, Clone, Copy)]
#[repr(C)]
union Bits {
    float: f32,
    bits: u32,
}

fn main() {}
