//! Archives beside what the machine can do: `measure/npz.rs`.

fn main() -> std::process::ExitCode {
    npymap_bench::forward("npz")
}
