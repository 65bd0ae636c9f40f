//! Pictures as PNG.

use std::ops::Range;
use std::sync::Once;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::{FontStyle, register_font};

use super::colour;
use super::histogram::Histogram;
use super::image::Image;
use super::lines::Lines;
use super::terminal::short;
use crate::text;

/// Room right of a heat map for its scale, in pixels.
const SCALE: u32 = 110;

/// Pixels, row by row from the top.
pub(super) struct Picture {
    width: u32,
    height: u32,
    /// 3 or 4 bytes a pixel.
    channels: usize,
    pixels: Vec<u8>,
}

impl Picture {
    fn new((width, height): (u32, u32)) -> Self {
        Self { width, height, channels: 3, pixels: vec![255; width as usize * height as usize * 3] }
    }

    /// The bytes of a PNG file.
    pub(super) fn encode(&self) -> Result<Vec<u8>, String> {
        let mut file = Vec::new();
        let mut encoder = ::png::Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(if self.channels == 4 { ::png::ColorType::Rgba } else { ::png::ColorType::Rgb });
        encoder.set_depth(::png::BitDepth::Eight);
        encoder
            .write_header()
            .and_then(|mut writer| writer.write_image_data(&self.pixels))
            .map_err(|error| error.to_string())?;
        Ok(file)
    }

    /// Draws with plotters, on white.
    fn draw(&mut self, draw: impl FnOnce(&Area<'_>) -> Result<(), Trouble>) -> Result<(), String> {
        static FONT: Once = Once::new();
        FONT.call_once(|| {
            // It comes with the program, so that nothing has to be installed.
            let _ = register_font("sans-serif", FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT);
        });
        let size = (self.width, self.height);
        let area = BitMapBackend::with_buffer(&mut self.pixels, size).into_drawing_area();
        draw(&area).and_then(|()| Ok(area.present()?)).map_err(|error| error.to_string())
    }

    /// Fills a part of the picture, whose shares across and down are handed to `colour`.
    fn fill(&mut self, x: Range<i32>, y: Range<i32>, colour: impl Fn(f64, f64) -> [u8; 3]) {
        let share = |at: i32, range: &Range<i32>| {
            (f64::from(at - range.start) + 0.5) / f64::from((range.end - range.start).max(1))
        };
        // A picture that is too small for its axes has no room between them.
        for row in y.start.max(0)..y.end.min(self.height as i32) {
            for column in x.start.max(0)..x.end.min(self.width as i32) {
                let pixel = colour(share(column, &x), share(row, &y));
                let start = (row as usize * self.width as usize + column as usize) * 3;
                if let Some(target) = self.pixels.get_mut(start..start + 3) {
                    target.copy_from_slice(&pixel);
                }
            }
        }
    }
}

type Area<'a> = DrawingArea<BitMapBackend<'a>, Shift>;
type Trouble = Box<dyn std::error::Error>;

/// An axis of numbers. Plotters finds round numbers for its marks, but not where numbers differ in their last digits only
/// or are so large that their distance is infinite: there the axis runs from 0 to 1, and the marks are what they are.
struct Axis {
    low: f64,
    high: f64,
    is_plain: bool,
}

impl Axis {
    fn new(low: f64, high: f64) -> Self {
        let span = high - low;
        let is_plain = (1e-250..1e250).contains(&span) && span > low.abs().max(high.abs()) * 1e-9;
        Self { low, high, is_plain }
    }

    fn range(&self) -> Range<f64> {
        if self.is_plain { self.low..self.high } else { 0.0..1.0 }
    }

    fn place(&self, value: f64) -> f64 {
        if self.is_plain {
            value
        } else {
            (value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0)
        }
    }

    fn label(&self, place: f64) -> String {
        if self.is_plain {
            // What is left of a zero that was added up.
            let place = if place.abs() < (self.high - self.low) * 1e-9 { 0.0 } else { place };
            let label = short(place);
            return label.strip_suffix(".0").unwrap_or(&label).to_string();
        }
        text::real(self.low * (1.0 - place) + self.high * place)
    }
}

fn rgb([red, green, blue]: [u8; 3]) -> RGBColor {
    RGBColor(red, green, blue)
}

/// Bars.
pub(super) fn histogram(histogram: &Histogram, title: &str, size: (u32, u32)) -> Result<Picture, String> {
    let mut picture = Picture::new(size);
    let axis = Axis::new(histogram.low, histogram.high);
    let title = match histogram.left_out {
        0 => title.to_string(),
        left_out => format!("{title}; {left_out} NaN or infinite"),
    };
    picture.draw(|area| {
        let top = histogram.most().max(1) as f64 * 1.05;
        let mut chart = ChartBuilder::on(area)
            .caption(&title, ("sans-serif", 18))
            .margin(14)
            .x_label_area_size(34)
            .y_label_area_size(70)
            .build_cartesian_2d(axis.range(), 0.0..top)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(WHITE)
            .bold_line_style(rgb([225, 225, 225]))
            .label_style(("sans-serif", 15))
            .x_label_formatter(&|place| axis.label(*place))
            .y_label_formatter(&|count| short(*count).trim_end_matches(".0").to_string())
            .draw()?;
        chart.draw_series(histogram.counts.iter().enumerate().map(|(index, &count)| {
            let (left, right) = (axis.place(histogram.edge(index)), axis.place(histogram.edge(index + 1)));
            let corners = [(left, 0.0), (right, count as f64)];
            let mut bar = Rectangle::new(corners, rgb(colour::of_line(0)).filled());
            bar.set_margin(0, 0, 0, 1);
            bar
        }))?;
        Ok(())
    })?;
    Ok(picture)
}

/// Columns.
pub(super) fn lines(lines: &Lines, title: &str, size: (u32, u32)) -> Result<Picture, String> {
    let mut picture = Picture::new(size);
    let margin = (lines.high / 2.0 - lines.low / 2.0) * 0.04;
    let axis = Axis::new(lines.low - margin, lines.high + margin);
    let last = (lines.rows.max(2) - 1) as f64;
    picture.draw(|area| {
        let mut chart = ChartBuilder::on(area)
            .caption(title, ("sans-serif", 18))
            .margin(14)
            .margin_right(24)
            .x_label_area_size(34)
            .y_label_area_size(70)
            .build_cartesian_2d(0.0..last, axis.range())?;
        chart
            .configure_mesh()
            .light_line_style(WHITE)
            .bold_line_style(rgb([225, 225, 225]))
            .label_style(("sans-serif", 15))
            .x_label_formatter(&|row| short(*row).trim_end_matches(".0").to_string())
            .y_label_formatter(&|place| axis.label(*place))
            .draw()?;
        for (number, pieces) in lines.pieces.iter().enumerate() {
            let colour = rgb(colour::of_line(number));
            // A piece without a number breaks the line.
            let runs = pieces.iter().enumerate().collect::<Vec<_>>();
            let runs = runs.split(|(_, piece)| piece.is_none());
            for (index, run) in runs.filter(|run| !run.is_empty()).enumerate() {
                let points: Vec<(f64, f64)> = run
                    .iter()
                    .flat_map(|(index, piece)| {
                        let row = lines.row(*index).clamp(0.0, last);
                        let (least, greatest) = piece.unwrap_or_default();
                        let second = (least != greatest).then(|| (row, axis.place(greatest)));
                        [Some((row, axis.place(least))), second].into_iter().flatten()
                    })
                    .collect();
                if let [point] = points.as_slice() {
                    chart.draw_series([Circle::new(*point, 2, colour.filled())])?;
                }
                let series = chart.draw_series(LineSeries::new(points, colour.stroke_width(1)))?;
                if index == 0 && lines.names.len() > 1 {
                    series
                        .label(lines.names[number].clone())
                        .legend(move |(x, y)| Rectangle::new([(x, y - 1), (x + 18, y + 2)], colour.filled()));
                }
            }
        }
        if lines.names.len() > 1 {
            chart
                .configure_series_labels()
                .position(SeriesLabelPosition::UpperRight)
                .label_font(("sans-serif", 15))
                .background_style(WHITE.mix(0.8))
                .border_style(rgb([200, 200, 200]))
                .draw()?;
        }
        Ok(())
    })?;
    Ok(picture)
}

/// Points of a heat map in a picture of that size.
pub(super) fn heat_size(size: (u32, u32)) -> (usize, usize) {
    (size.0.saturating_sub(SCALE + 90).max(16) as usize, size.1.saturating_sub(90).max(16) as usize)
}

/// Rows from the top, with a scale beside them.
pub(super) fn heat_map(image: &Image, title: &str, size: (u32, u32)) -> Result<Picture, String> {
    let mut picture = Picture::new(size);
    let (low, high) = image.range();
    let axis = Axis::new(low, high);
    let (rows, columns) = image.shape;
    let mut places = None;
    picture.draw(|area| {
        let area = area.margin(8, 0, 0, 0).titled(title, ("sans-serif", 18))?;
        let (left, right) = area.split_horizontally(size.0.saturating_sub(SCALE));
        let mut map = ChartBuilder::on(&left)
            .margin(12)
            .x_label_area_size(34)
            .y_label_area_size(60)
            .build_cartesian_2d(0.0..columns as f64, -(rows as f64)..0.0)?;
        let whole = |place: f64| short(place.abs()).trim_end_matches(".0").to_string();
        map.configure_mesh()
            .disable_mesh()
            .label_style(("sans-serif", 15))
            .x_label_formatter(&|column| whole(*column))
            .y_label_formatter(&|row| whole(*row))
            .draw()?;
        let mut scale = ChartBuilder::on(&right)
            .margin(12)
            .margin_left(0)
            .margin_bottom(12 + 34)
            .right_y_label_area_size(72)
            .build_cartesian_2d(0.0..1.0, 0.0..1.0)?
            .set_secondary_coord(0.0..1.0, axis.range());
        scale
            .configure_secondary_axes()
            .label_style(("sans-serif", 15))
            .y_label_formatter(&|place| format!(" {}", axis.label(*place)))
            .draw()?;
        places = Some((map.plotting_area().get_pixel_range(), scale.plotting_area().get_pixel_range()));
        Ok(())
    })?;
    if let Some((map, scale)) = places {
        let share = |value: f64| (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
        picture.fill(map.0, map.1, |x, y| colour::of_value(share(image.at(x, y)[0])));
        picture.fill(scale.0, scale.1, |_, y| colour::of_value(1.0 - y));
    }
    Ok(picture)
}

/// An image, pixel for pixel.
pub(super) fn image(image: &Image) -> Picture {
    Picture {
        width: image.width as u32,
        height: image.height as u32,
        channels: image.channels,
        pixels: image.points.iter().map(|&value| value.round() as u8).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extreme_axes_are_drawn() {
        for (low, high) in
            [(-f64::MAX, f64::MAX), (1e300, 1.000_000_000_000_1e300), (0.0, 5e-324), (1.0, 1.0 + 1e-15)]
        {
            let drawn = Histogram { counts: vec![3, 1], low, high, left_out: 1 };
            assert!(histogram(&drawn, "extreme", (300, 200)).is_ok(), "{low} {high}");
            let pieces = vec![vec![Some((low, high)), None, Some((low, low))]];
            let drawn = Lines { names: vec!["0".to_string()], pieces, rows: 3, low, high };
            assert!(lines(&drawn, "extreme", (300, 200)).is_ok(), "{low} {high}");
            let drawn = Image { width: 2, height: 1, channels: 1, points: vec![low, high], shape: (1, 2) };
            assert!(heat_map(&drawn, "extreme", (300, 200)).is_ok(), "{low} {high}");
        }
    }

    #[test]
    fn small_pictures_are_drawn() {
        let drawn = Histogram { counts: vec![1], low: 0.0, high: 1.0, left_out: 0 };
        assert!(histogram(&drawn, "a long title that does not fit", (16, 4)).is_ok());
        let drawn = Image { width: 1, height: 1, channels: 1, points: vec![1.0], shape: (1, 1) };
        assert!(heat_map(&drawn, "small", (16, 4)).is_ok());
    }

    #[test]
    fn images_are_pixels() {
        let drawn =
            Image { width: 1, height: 2, channels: 3, points: vec![1., 2., 3., 4., 5., 255.], shape: (2, 1) };
        let file = image(&drawn).encode().unwrap();
        let mut reader = ::png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(pixels, [1, 2, 3, 4, 5, 255]);
    }
}
