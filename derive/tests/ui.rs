//! What the compiler says of structs that are no records: one message for one mistake.

#[test]
fn each_mistake_has_its_message() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
