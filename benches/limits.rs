//! The doors beside the peers, and beside what the machine can do: `measure/limits/main.rs`.

fn main() -> std::process::ExitCode {
    npymap_bench::forward("limits")
}
