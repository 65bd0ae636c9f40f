//! Colours of values and of lines.

pub(super) type Rgb = [u8; 3];

/// Ten colours of matplotlib's viridis (released to the public domain), from low to high.
const VIRIDIS: [Rgb; 10] = [
    [68, 1, 84],
    [72, 40, 120],
    [62, 74, 137],
    [49, 104, 142],
    [38, 130, 142],
    [31, 158, 137],
    [53, 183, 121],
    [109, 205, 89],
    [180, 222, 44],
    [253, 231, 37],
];

/// What stands for no number.
pub(super) const NOTHING: Rgb = [128, 128, 128];

/// The colour of a value between 0 and 1; NaN is grey.
pub(super) fn of_value(value: f64) -> Rgb {
    if value.is_nan() {
        return NOTHING;
    }
    let place = value.clamp(0.0, 1.0) * (VIRIDIS.len() - 1) as f64;
    let index = (place as usize).min(VIRIDIS.len() - 2);
    let share = place - index as f64;
    let mix = |channel: usize| {
        let (low, high) = (f64::from(VIRIDIS[index][channel]), f64::from(VIRIDIS[index + 1][channel]));
        (low + (high - low) * share).round() as u8
    };
    [mix(0), mix(1), mix(2)]
}

/// Colours that are told apart on white and on black; then they come again, darker.
const LINES: [Rgb; 8] = [
    [31, 119, 180],
    [230, 126, 14],
    [44, 160, 44],
    [214, 39, 40],
    [148, 103, 189],
    [140, 110, 80],
    [227, 119, 194],
    [23, 170, 190],
];

/// The colour of a line.
pub(super) fn of_line(number: usize) -> Rgb {
    let colour = LINES[number % LINES.len()];
    if number < LINES.len() { colour } else { colour.map(|channel| channel / 2 + 20) }
}

/// The nearest of the 216 colours in a terminal of 256.
pub(super) fn in_cube([red, green, blue]: Rgb) -> u8 {
    /// The levels of the cube.
    const LEVELS: [i32; 6] = [0, 95, 135, 175, 215, 255];
    let level = |channel: u8| {
        let nearest = (0..6u8).min_by_key(|&level| (LEVELS[usize::from(level)] - i32::from(channel)).abs());
        nearest.unwrap_or(0)
    };
    16 + 36 * level(red) + 6 * level(green) + level(blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_colours() {
        assert_eq!(of_value(0.0), VIRIDIS[0]);
        assert_eq!(of_value(1.0), VIRIDIS[9]);
        assert_eq!(of_value(f64::NAN), NOTHING);
        assert_eq!((in_cube([0, 0, 0]), in_cube([255, 255, 255]), in_cube([250, 100, 90])), (16, 231, 203));
    }
}
