//! Pictures out of characters.

use std::env;
use std::fmt::Write;

use terminal_size::{Height, Width, terminal_size};

use super::colour::{self, Rgb};
use super::histogram::Histogram;
use super::image::Image;
use super::lines::Lines;
use crate::text;

/// Where characters go, and what it can show.
pub(super) struct Terminal {
    columns: usize,
    lines: usize,
    depth: Depth,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// Not a terminal: plain characters.
    Plain,
    /// Blocks without colours.
    Blocks,
    /// 256 colours.
    Cube,
    /// All colours.
    True,
}

/// From empty to full.
const PLAIN: &[char] = &[' ', '.', ':', '-', '=', '+', '*', '#', '%', '@'];
const SHADES: &[char] = &[' ', '░', '▒', '▓', '█'];
/// Eighths of a block, from the left.
const EIGHTHS: &[char] = &[' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
/// What the lines of a picture without colours are made of.
const MARKS: &[u8; 16] = b"ox+*#@%&abcdefgh";

impl Terminal {
    pub(super) fn new(columns: Option<u16>, lines: Option<u16>, is_terminal: bool) -> Self {
        let (width, height) =
            terminal_size().map_or((80, 24), |(Width(width), Height(height))| (width.max(16), height.max(8)));
        // The title, the legend and the prompt have their lines.
        let lines = lines.map_or(usize::from(height) - 4, usize::from);
        let columns = columns.map_or(usize::from(width), usize::from);
        Self { columns, lines: lines.max(4), depth: depth(is_terminal) }
    }

    /// Lines of the picture.
    pub(super) fn lines(&self) -> usize {
        self.lines
    }

    /// Points across and down.
    pub(super) fn canvas(&self) -> (usize, usize) {
        match self.depth {
            // A character is about twice as high as it is wide, and shows one point.
            Depth::Plain | Depth::Blocks => (self.columns, self.lines),
            Depth::Cube | Depth::True => (self.columns, self.lines * 2),
        }
    }

    fn has_colours(&self) -> bool {
        matches!(self.depth, Depth::Cube | Depth::True)
    }

    pub(super) fn histogram(&self, histogram: &Histogram) -> String {
        let bins = histogram.counts.len();
        let edges: Vec<String> = (0..=bins).map(|index| short(histogram.edge(index))).collect();
        let labels: Vec<String> = edges
            .windows(2)
            .enumerate()
            .map(|(index, edges)| {
                format!("[{}, {}{}", edges[0], edges[1], if index + 1 == bins { ']' } else { ')' })
            })
            .collect();
        let label_width = labels.iter().map(String::len).max().unwrap_or(0);
        let most = histogram.most().max(1);
        let count_width = most.to_string().len();
        let room = self.columns.saturating_sub(label_width + count_width + 3).max(8);
        let mut out = String::new();
        for (label, &count) in labels.iter().zip(&histogram.counts) {
            let eighths = (count as f64 / most as f64 * room as f64 * 8.0).round() as usize;
            let (full, rest) = (eighths / 8, eighths % 8);
            let bar = match self.depth {
                // What is there is seen.
                Depth::Plain => "#".repeat(full.max(usize::from(count > 0))),
                _ => {
                    let bar: String =
                        std::iter::repeat_n('█', full).chain((rest > 0).then(|| EIGHTHS[rest])).collect();
                    self.coloured(&bar, colour::of_line(0))
                }
            };
            let _ = writeln!(out, "{label:>label_width$}  {count:>count_width$} {bar}");
        }
        if histogram.left_out > 0 {
            let _ = writeln!(out, "{} NaN or infinite", histogram.left_out);
        }
        out
    }

    fn coloured(&self, text: &str, colour: Rgb) -> String {
        if self.has_colours() && !text.is_empty() {
            format!("{}{text}\x1b[0m", self.code(38, colour))
        } else {
            text.into()
        }
    }

    /// The sequence that sets the colour of characters (38) or behind them (48).
    fn code(&self, layer: u8, colour: Rgb) -> String {
        match self.depth {
            Depth::True => format!("\x1b[{layer};2;{};{};{}m", colour[0], colour[1], colour[2]),
            _ => format!("\x1b[{layer};5;{}m", colour::in_cube(colour)),
        }
    }

    pub(super) fn draw_lines(&self, lines: &Lines) -> String {
        let labels = [short(lines.high), short((lines.low + lines.high) / 2.0), short(lines.low)];
        let margin = labels.iter().map(String::len).max().unwrap_or(0) + 2;
        let (width, _) = self.canvas();
        let width = width.saturating_sub(margin).max(8);
        let down = if self.has_colours() { self.lines * 2 } else { self.lines };
        let mut canvas: Vec<Option<usize>> = vec![None; width * down];
        for (number, pieces) in lines.pieces.iter().enumerate() {
            draw_line(pieces, lines, number, width, down, &mut canvas);
        }
        let mut out = String::new();
        for line in 0..self.lines {
            let label = match line {
                0 => &labels[0],
                line if line == self.lines / 2 => &labels[1],
                line if line + 1 == self.lines => &labels[2],
                _ => "",
            };
            let _ = write!(out, "{label:>0$} ", margin - 2);
            out.push(if self.depth == Depth::Plain { '|' } else { '│' });
            if self.has_colours() {
                let row = |row: usize| {
                    canvas[row * width..(row + 1) * width].iter().map(|at| at.map(colour::of_line))
                };
                self.half_blocks(&mut out, row(line * 2), row(line * 2 + 1));
            } else {
                let row = &canvas[line * width..(line + 1) * width];
                let marks: String = row
                    .iter()
                    .map(|at| at.map_or(' ', |number| char::from(MARKS[number % MARKS.len()])))
                    .collect();
                out.push_str(marks.trim_end());
            }
            out.push('\n');
        }
        let last = lines.rows.saturating_sub(1).to_string();
        let _ = writeln!(out, "{:>margin$}{:>2$}", 0, last, width.saturating_sub(1));
        if lines.names.len() > 1 {
            for (number, name) in lines.names.iter().enumerate() {
                let name = text::one_line(name);
                let sample = match self.has_colours() {
                    true => self.coloured("━━", colour::of_line(number)),
                    false => char::from(MARKS[number % MARKS.len()]).to_string(),
                };
                let _ = write!(out, "{}{sample} {name}", if number > 0 { "  " } else { "" });
            }
            out.push('\n');
        }
        out
    }

    /// A line of characters that shows two lines of points.
    fn half_blocks(
        &self,
        out: &mut String,
        upper: impl Iterator<Item = Option<Rgb>>,
        lower: impl Iterator<Item = Option<Rgb>>,
    ) {
        let mut last = (None, None);
        for (upper, lower) in upper.zip(lower) {
            let (mark, fore, back) = match (upper, lower) {
                (None, None) => (' ', None, None),
                (Some(upper), None) => ('▀', Some(upper), None),
                (None, Some(lower)) => ('▄', Some(lower), None),
                (Some(upper), Some(lower)) => ('▀', Some(upper), Some(lower)),
            };
            if (fore, back) != last {
                if last != (None, None) {
                    out.push_str("\x1b[0m");
                }
                out.extend(fore.map(|colour| self.code(38, colour)));
                out.extend(back.map(|colour| self.code(48, colour)));
                last = (fore, back);
            }
            out.push(mark);
        }
        if last != (None, None) {
            out.push_str("\x1b[0m");
        }
    }

    pub(super) fn heat_map(&self, image: &Image) -> String {
        let (low, high) = image.range();
        let share = |value: f64| (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
        let mut out = self.points(image, |point| colour::of_value(share(point[0])), |point| share(point[0]));
        let ramp: String = match self.depth {
            Depth::Plain => PLAIN.iter().collect(),
            Depth::Blocks => SHADES.iter().collect(),
            _ => (0..16).map(|step| self.coloured("█", colour::of_value(f64::from(step) / 15.0))).collect(),
        };
        let _ = writeln!(out, "{} {ramp} {}", short(low), short(high));
        out
    }

    pub(super) fn image(&self, image: &Image) -> String {
        let shown = |point: &[f64]| {
            let opaque = point.get(3).map_or(1.0, |alpha| alpha / 255.0);
            let channel = |channel: usize| (point[channel] * opaque).round() as u8;
            [channel(0), channel(1), channel(2)]
        };
        // Rec. 601: what the eye takes for bright.
        let bright = |point: &[f64]| {
            let [red, green, blue] = shown(point).map(f64::from);
            (0.299 * red + 0.587 * green + 0.114 * blue) / 255.0
        };
        self.points(image, shown, bright)
    }

    /// A picture of points in their colours, or by how bright they are.
    fn points(
        &self,
        image: &Image,
        colour: impl Fn(&[f64]) -> Rgb,
        bright: impl Fn(&[f64]) -> f64,
    ) -> String {
        let mut out = String::new();
        let at = |column: usize, row: usize| {
            let start = (row * image.width + column) * image.channels;
            &image.points[start..start + image.channels]
        };
        if self.has_colours() {
            for row in (0..image.height).step_by(2) {
                let upper = (0..image.width).map(|column| Some(colour(at(column, row))));
                let lower = (0..image.width)
                    .map(|column| (row + 1 < image.height).then(|| colour(at(column, row + 1))));
                self.half_blocks(&mut out, upper, lower);
                out.push('\n');
            }
            return out;
        }
        let ramp = if self.depth == Depth::Plain { PLAIN } else { SHADES };
        for row in 0..image.height {
            for column in 0..image.width {
                let value = bright(at(column, row));
                out.push(match value {
                    value if value.is_nan() => '?',
                    value => ramp[((value * ramp.len() as f64) as usize).min(ramp.len() - 1)],
                });
            }
            out.push('\n');
        }
        out
    }
}

/// Joins the pieces of a line, each from its least to its greatest value.
fn draw_line(
    pieces: &[Option<(f64, f64)>],
    lines: &Lines,
    number: usize,
    width: usize,
    down: usize,
    canvas: &mut [Option<usize>],
) {
    let row = |value: f64| {
        let share = (lines.high / 2.0 - value / 2.0) / (lines.high / 2.0 - lines.low / 2.0);
        ((share * (down - 1) as f64).round() as usize).min(down - 1)
    };
    let mut last: Option<(usize, usize)> = None;
    for (index, piece) in pieces.iter().enumerate() {
        let &Some((low, high)) = piece else {
            last = None;
            continue;
        };
        let column = if pieces.len() == 1 { 0 } else { (index * (width - 1)) / (pieces.len() - 1) };
        let (top, bottom) = (row(high), row(low));
        if let Some((from, middle)) = last {
            let to = (top + bottom) / 2;
            for step in from..column {
                let share = (step - from) as f64 / (column - from) as f64;
                let between = (middle as f64 + (to as f64 - middle as f64) * share).round() as usize;
                canvas[between.min(down - 1) * width + step].get_or_insert(number);
            }
        }
        for row in top..=bottom {
            canvas[row * width + column] = Some(number);
        }
        last = Some((column, (top + bottom) / 2));
    }
}

/// What the terminal can show, by the custom of its variables.
fn depth(is_terminal: bool) -> Depth {
    let variable = |name: &str| env::var(name).unwrap_or_default();
    if !is_terminal || variable("TERM") == "dumb" {
        return Depth::Plain;
    }
    if !variable("NO_COLOR").is_empty() {
        return Depth::Blocks;
    }
    let colours = variable("COLORTERM");
    if colours == "truecolor" || colours == "24bit" { Depth::True } else { Depth::Cube }
}

/// A number with few digits.
pub(super) fn short(value: f64) -> String {
    let digits = format!("{value:.3e}");
    // What is left of it when it is read again.
    digits.parse().map_or(digits, text::real)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terminal(depth: Depth) -> Terminal {
        Terminal { columns: 30, lines: 4, depth }
    }

    #[test]
    fn histograms_are_bars() {
        let histogram = Histogram { counts: vec![4, 0, 1], low: 0.0, high: 3.0, left_out: 2 };
        assert_eq!(
            terminal(Depth::Plain).histogram(&histogram),
            "[0.0, 1.0)  4 ################\n[1.0, 2.0)  0 \n[2.0, 3.0]  1 ####\n2 NaN or infinite\n"
        );
        assert!(terminal(Depth::Cube).histogram(&histogram).contains("\x1b[38;5;"));
    }

    #[test]
    fn heat_maps_are_shades() {
        let points = vec![0.0, 1.0, f64::NAN, 0.5];
        let image = Image { width: 2, height: 2, channels: 1, points, shape: (2, 2) };
        assert_eq!(terminal(Depth::Plain).heat_map(&image), " @\n?+\n0.0  .:-=+*#%@ 1.0\n");
        assert_eq!(terminal(Depth::Blocks).heat_map(&image), " █\n?▒\n0.0  ░▒▓█ 1.0\n");
        let coloured = terminal(Depth::True).heat_map(&image);
        assert!(coloured.starts_with("\x1b[38;2;68;1;84m\x1b[48;2;128;128;128m▀\x1b[0m"), "{coloured:?}");
    }

    #[test]
    fn lines_are_joined() {
        let pieces = vec![vec![Some((0.0, 0.0)), Some((3.0, 3.0)), None, Some((0.0, 0.0))]];
        let lines = Lines { names: vec!["0".to_string()], pieces, rows: 4, low: 0.0, high: 3.0 };
        let drawn = terminal(Depth::Plain).draw_lines(&lines);
        assert_eq!(drawn.lines().count(), 5);
        assert!(drawn.lines().all(|line| line.len() <= 30), "{drawn}");
        assert!(drawn.starts_with("3.0 |"), "{drawn}");
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(short(0.1 + 0.2), "0.3");
        assert_eq!(short(12345.678), "12350.0");
        assert_eq!(short(-1e-9), "-1e-09");
    }
}
