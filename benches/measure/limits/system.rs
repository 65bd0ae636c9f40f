//! What the machine does with memory, and the memory of this process.

use std::fs;
use std::path::{Path, PathBuf};

/// Fresh memory in large pages, where the system has them.
pub fn large_pages(len: usize) -> memmap2::MmapMut {
    let memory = memmap2::MmapMut::map_anon(len).expect("there is memory");
    // Where the system declines, the notes under the table say so.
    #[cfg(target_os = "linux")]
    let _ = memory.advise(memmap2::Advice::HugePage);
    memory
}

/// Touches memory and frees it: some virtual machines give free memory back to their host, and to get it again takes
/// ten times as long as to use it.
pub fn prewarm(len: usize) {
    if len == 0 {
        return;
    }
    let mut memory = large_pages(len);
    memory.iter_mut().step_by(4096).for_each(|byte| *byte = 1);
}

/// Bytes that a line of `/proc/self/status` tells.
fn status(key: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    let kilobytes: u64 = line.trim_start_matches(':').trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}

/// Starts a new count of the most memory, from what is in use now; `None` where the system does not count it.
pub fn reset_peak() -> Option<u64> {
    fs::write("/proc/self/clear_refs", "5").ok()?;
    status("VmRSS")
}

/// The most memory since then.
pub fn peak() -> Option<u64> {
    status("VmHWM")
}

/// What a reader of the figures must know of the machine.
pub fn notes() -> Vec<String> {
    let mut notes = Vec::new();
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    let model = fs::read_to_string("/proc/cpuinfo").ok();
    let model = model.as_deref().and_then(|info| info.lines().find(|line| line.starts_with("model name")));
    let model = model.and_then(|line| line.split(": ").nth(1)).unwrap_or(std::env::consts::ARCH);
    notes.push(format!("{cpus} processors, {model}, {}", std::env::consts::OS));
    let pages = fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled").unwrap_or_default();
    if pages.contains("[never]") {
        notes.push("large pages are off here: reads into fresh memory take about three times as long".into());
    } else if pages.is_empty() {
        notes.push("whether there are large pages here is not known".into());
    }
    if gives_memory_back() {
        notes.push(
            "this machine gives free memory back to its host; memory is touched before each sample".into(),
        );
    }
    notes
}

/// Whether free pages are reported to a host: a balloon device has the feature, bit 5.
fn gives_memory_back() -> bool {
    let Ok(devices) = fs::read_dir("/sys/bus/virtio/drivers/virtio_balloon") else { return false };
    devices.flatten().any(|device| {
        let features = fs::read_to_string(device.path().join("features")).unwrap_or_default();
        features.as_bytes().get(5) == Some(&b'1')
    })
}

/// A folder that is removed with the value.
pub struct Folder(PathBuf);

impl Folder {
    /// A new folder within `parent`.
    pub fn new(parent: &Path) -> std::io::Result<Self> {
        let folder = parent.join(format!("npymap-bench-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
