//! Tables.

use comfy_table::{CellAlignment, Table};

use crate::text;

/// A table without lines: one row a line, columns as wide as they must be.
pub(crate) struct Rows {
    table: Table,
}

impl Rows {
    /// With these headings; columns whose heading starts with `>` are aligned to the right.
    pub(crate) fn new(headings: &[&str]) -> Self {
        let mut table = Table::new();
        table.load_style(comfy_table::presets::NOTHING);
        table.set_header(headings.iter().map(|heading| heading.trim_start_matches('>')));
        for (column, heading) in table.column_iter_mut().zip(headings) {
            column.set_padding((0, 2));
            if heading.starts_with('>') {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        Self { table }
    }

    pub(crate) fn push(&mut self, cells: impl IntoIterator<Item = String>) {
        self.table.add_row(cells.into_iter().map(|cell| text::one_line(&cell)));
    }

    /// Lines without blanks at their ends.
    pub(crate) fn text(&self) -> String {
        self.table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let mut rows = Rows::new(&["name", ">size"]);
        rows.push(["a".to_string(), "1000".to_string()]);
        rows.push(["long\n".to_string(), "1".to_string()]);
        assert_eq!(rows.text(), "name    size\na       1000\nlong\\n     1\n");
    }
}
