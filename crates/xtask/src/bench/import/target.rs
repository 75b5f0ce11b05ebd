//! The targets: what each workload must not exceed or fall short of, and what we aim at.

/// A figure that is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    compared: Compared,
    /// What the figure is in: `×` for a quotient.
    unit: &'static str,
    must: f64,
    aim: Option<f64>,
}

/// On which side of its bound a figure has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compared {
    AtMost,
    Below,
    AtLeast,
}

/// The list into PostgreSQL, in times of `COPY`.
pub const POSTGRES_IMPORT: Target = at_most("×", 2.5, Some(2.0));
/// The list into SQLite, in times of prepared inserts.
pub const SQLITE_IMPORT: Target = at_most("×", 4.0, Some(3.0));
/// Rows per second, in times of those of django-import-export.
pub const DJANGO: Target = at_least("×", 12.0, Some(20.0));
/// Rows per second, in times of those of dlt.
pub const DLT: Target = at_least("×", 2.0, Some(4.0));
/// The encrypted workbook.
pub const WORKBOOK: Target = Target {
    compared: Compared::Below,
    unit: "s",
    must: 3.5,
    aim: Some(3.0),
};
/// The unchanged list again, in times of cleaning it.
pub const REFRESH: Target = at_most("×", 2.0, Some(1.5));
/// Its rows per second, in times of those of the first import.
pub const REFRESH_RATE: Target = at_least("×", 3.0, None);
/// Peak memory of the list.
pub const PEAK: Target = at_most("MB", 120.0, None);
/// Bytes in the tables of the importer per business record.
pub const CONTROL_BYTES: Target = at_most("B", 350.0, Some(250.0));
/// Taking an import back, in times of deleting its records.
pub const ROLLBACK: Target = at_most("×", 2.0, None);
/// Peak memory of the long list.
pub const LONG_PEAK: Target = at_most("MB", 150.0, None);
/// The same, in times of that of a tenth of it.
pub const LONG_PEAK_GROWTH: Target = at_most("×", 1.15, None);
/// Rows per second of the long list, imported or taken back, in times of those of the list.
pub const LONG_RATE: Target = at_least("×", 0.9, None);

const fn at_most(unit: &'static str, must: f64, aim: Option<f64>) -> Target {
    Target {
        compared: Compared::AtMost,
        unit,
        must,
        aim,
    }
}

const fn at_least(unit: &'static str, must: f64, aim: Option<f64>) -> Target {
    Target {
        compared: Compared::AtLeast,
        unit,
        must,
        aim,
    }
}

impl Target {
    /// The bound that has to be kept.
    pub fn must(&self) -> String {
        self.bound(self.must)
    }

    /// The bound that is aimed at; empty where there is none.
    pub fn aim(&self) -> String {
        self.aim.map(|aim| self.bound(aim)).unwrap_or_default()
    }

    /// The figure, if it is a quotient.
    pub fn ratio(&self, figure: f64) -> String {
        if self.unit == "×" {
            format!("{figure:.2} ×")
        } else {
            String::new()
        }
    }

    /// What to say of a figure.
    pub fn verdict(&self, figure: f64) -> &'static str {
        match self.aim {
            _ if !self.is_within(figure, self.must) => "not met",
            Some(aim) if self.is_within(figure, aim) => "met, and the aim",
            _ => "met",
        }
    }

    fn bound(&self, bound: f64) -> String {
        let sign = match self.compared {
            Compared::AtMost => "≤",
            Compared::Below => "<",
            Compared::AtLeast => "≥",
        };
        format!("{sign} {bound} {}", self.unit)
    }

    fn is_within(&self, figure: f64, bound: f64) -> bool {
        match self.compared {
            Compared::AtMost => figure <= bound,
            Compared::Below => figure < bound,
            Compared::AtLeast => figure >= bound,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(target: Target, figures: [f64; 3]) {
        let verdicts = figures.map(|figure| target.verdict(figure));
        assert_eq!(verdicts, ["met, and the aim", "met", "not met"], "{target:?}");
    }

    #[test]
    fn a_bound_belongs_to_what_it_allows_or_not() {
        check(POSTGRES_IMPORT, [2.0, 2.5, 2.51]);
        check(DJANGO, [20.0, 12.0, 11.99]);
        check(WORKBOOK, [2.99, 3.0, 3.5]);
        assert_eq!([PEAK.verdict(120.0), PEAK.verdict(f64::NAN)], ["met", "not met"]);
    }

    #[test]
    fn bounds_are_written_for_people() {
        assert_eq!([DLT.must(), DLT.aim(), DLT.ratio(2.345)], ["≥ 2 ×", "≥ 4 ×", "2.35 ×"]);
        assert_eq!([CONTROL_BYTES.must(), PEAK.aim(), PEAK.ratio(1.0)], ["≤ 350 B", "", ""]);
    }
}
