use super::*;

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

/// Values, their text in columns, and that of the first alone.
type Table<T> = &'static [(&'static [T], &'static str, &'static str)];

fn show_doubles(values: &[f64], shape: &[usize]) -> String {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    show_scalars(Kind::Float, 8, shape, &bytes)
}

#[test]
fn doubles_in_columns() {
    let table: &[(&[f64], &str)] = &[
        (&[1.5, -2.25, 3.0], "[ 1.5  -2.25  3.  ]"),
        (&[NAN, 1.0, -INF, -0.0], "[ nan   1. -inf  -0.]"),
        (&[NAN], "[nan]"),
        (&[NAN, INF], "[nan inf]"),
        (&[-INF], "[-inf]"),
        (&[0.1, 0.2, 0.30000000000000004], "[0.1 0.2 0.3]"),
        (&[1.0 / 3.0, 100.0 / 3.0], "[ 0.33333333 33.33333333]"),
        (&[100000000.0], "[1.e+08]"),
        (&[99999999.0, 100000.5], "[99999999.    100000.5]"),
        (&[0.0001, 0.05], "[0.0001 0.05  ]"),
        (&[9.9e-05], "[9.9e-05]"),
        (&[1.0, 1000.0], "[   1. 1000.]"),
        (&[1.0, 1001.0], "[1.000e+00 1.001e+03]"),
        (&[1e-300, 1e+300], "[1.e-300 1.e+300]"),
        // 2 to the -44, of which the shortest digits are not the nearest.
        (&[5.684341886080802e-14], "[5.68434189e-14]"),
        (&[5e-324, 1.0], "[5.e-324 1.e+000]"),
        (&[1e+100, NAN, -1.0], "[ 1.e+100      nan -1.e+000]"),
        (&[1.000000005, 1.000000015], "[1.         1.00000001]"),
        (&[9.9999999999], "[10.]"),
        (&[-1000000000.0, INF], "[-1.e+09     inf]"),
        (&[0.0, -0.0], "[ 0. -0.]"),
    ];
    for (values, text) in table {
        assert_eq!(show_doubles(values, &[values.len()]), *text);
    }
}

#[test]
fn doubles_alone() {
    for (value, text) in [
        (1.5, "1.5"),
        (3.0, "3.0"),
        (1e+16, "1e+16"),
        (9999999999999998.0, "9999999999999998.0"),
        (0.0001, "0.0001"),
        (9.9e-05, "9.9e-05"),
        (5.684341886080802e-14, "5.684341886080802e-14"),
        (1e23, "1e+23"),
        (NAN, "nan"),
        (-INF, "-inf"),
        (-0.0, "-0.0"),
        (5e-324, "5e-324"),
    ] {
        assert_eq!(show_doubles(&[value], &[]), text);
    }
}

#[test]
fn singles() {
    let table: Table<f32> = &[
        (&[0.1, 1.0 / 3.0], "[0.1        0.33333334]", "0.1"),
        (&[1000000.0, 1.0], "[1.e+06 1.e+00]", "1e+06"),
        (&[999999.94, 1.0], "[9.9999994e+05 1.0000000e+00]", "999999.94"),
        (&[16777216.0], "[1.6777216e+07]", "1.6777216e+07"),
        (&[1e-4], "[0.0001]", "1e-04"),
        (&[f32::MAX, 1e-45], "[3.4028235e+38 1.4012985e-45]", "3.4028235e+38"),
        (&[10000000000.0, 1000000000.0], "[1.e+10 1.e+09]", "1e+10"),
    ];
    for (values, column, alone) in table {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        assert_eq!(show_scalars(Kind::Float, 4, &[values.len()], &bytes), *column);
        assert_eq!(show_scalars(Kind::Float, 4, &[], &bytes[..4]), *alone);
    }
}

#[test]
fn halves() {
    let table: Table<u16> = &[
        (&[0x2e66, 0x3555], "[0.1    0.3333]", "0.1"),
        (&[0x63d0, 0x63cf], "[1.000e+03 9.995e+02]", "1e+03"),
        (&[0x7bff], "[6.55e+04]", "6.55e+04"),
        (&[0x0001, 0x3c00], "[6.e-08 1.e+00]", "6e-08"),
        (&[0x2e66, 0x63d0], "[1.e-01 1.e+03]", "0.1"),
    ];
    for (bits, column, alone) in table {
        let bytes: Vec<u8> = bits.iter().flat_map(|bits| bits.to_le_bytes()).collect();
        assert_eq!(show_scalars(Kind::Float, 2, &[bits.len()], &bytes), *column);
        assert_eq!(show_scalars(Kind::Float, 2, &[], &bytes[..2]), *alone);
    }
}

#[test]
fn long_doubles() {
    // Sign and exponent, and mantissa.
    let table: Table<(u16, u64)> = &[
        (&[(0x3ffd, 0xaaaaaaaaaaaaaaab)], "[0.33333333]", "0.33333333333333333334"),
        // The double and the long double nearest to 0.0001, and what is next to the former.
        (&[(0x3ff1, 0xd1b71758e2196800)], "[0.0001]", "0.00010000000000000000479"),
        (&[(0x3ff1, 0xd1b71758e219652c)], "[1.e-04]", "0.0001"),
        (&[(0x3ff1, 0xd1b71758e219652b)], "[1.e-04]", "9.9999999999999999995e-05"),
        (&[(0x73e6, 0xd1ba8323fe558c61), (0x8000, 0x000000132976ab26)], "[ 1.e+4000 -3.e-4940]", "1e+4000"),
        (
            &[(0x7ffe, 0xffffffffffffffff), (0x7fff, 0xc000000000000000)],
            "[1.1897315e+4932             nan]",
            "1.189731495357231765e+4932",
        ),
        (&[(0x3fff, 0x8000000000000001), (0x7fff, 0x8000000000000000)], "[ 1. inf]", "1.0000000000000000001"),
        (&[(0x3fd3, 0x8000000000000000)], "[5.68434189e-14]", "5.684341886080801487e-14"),
    ];
    for (values, column, alone) in table {
        for itemsize in [12, 16] {
            let bytes: Vec<u8> = values
                .iter()
                .map(|(head, mantissa)| u128::from(*head) << 64 | u128::from(*mantissa))
                .flat_map(|bits| bits.to_le_bytes().into_iter().take(itemsize))
                .collect();
            assert_eq!(show_scalars(Kind::Float, itemsize, &[values.len()], &bytes), *column);
            assert_eq!(show_scalars(Kind::Float, itemsize, &[], &bytes[..itemsize]), *alone);
        }
    }
}

// NumPy shows these in arrays as NaN, too; alone it takes the top bit of the mantissa for set.
#[test]
fn long_doubles_that_are_no_numbers() {
    for (head, mantissa) in [(0x3fffu16, 1u64 << 62), (0x3fff, 0), (0x7fff, 0), (0xffff, 1)] {
        let bytes = (u128::from(head) << 64 | u128::from(mantissa)).to_le_bytes();
        assert_eq!(show_scalars(Kind::Float, 16, &[1], &bytes), "[nan]");
        assert_eq!(show_scalars(Kind::Float, 16, &[], &bytes), "nan");
    }
}

#[test]
fn complex_numbers() {
    let table: Table<(f64, f64)> = &[
        (&[(1.0, 2.0), (-3.5, -0.25)], "[ 1. +2.j   -3.5-0.25j]", "(1+2j)"),
        (&[(NAN, -INF), (1.0, 0.0)], "[nan-infj  1. +0.j]", "(nan-infj)"),
        (&[(10000000000.0, 1e-10), (0.0, 0.0)], "[1.e+10+1.e-10j 0.e+00+0.e+00j]", "(10000000000+1e-10j)"),
        (&[(0.0, 1.5)], "[0.+1.5j]", "1.5j"),
        (&[(-0.0, -0.0)], "[-0.-0.j]", "(-0-0j)"),
    ];
    for (values, column, alone) in table {
        let bytes: Vec<u8> = values
            .iter()
            .flat_map(|(real, imaginary)| [real.to_le_bytes(), imaginary.to_le_bytes()].concat())
            .collect();
        assert_eq!(show_scalars(Kind::Complex, 16, &[values.len()], &bytes), *column);
        assert_eq!(show_scalars(Kind::Complex, 16, &[], &bytes[..16]), *alone);
    }
    let single = [1e6f32.to_le_bytes(), (-0.1f32).to_le_bytes()].concat();
    assert_eq!(show_scalars(Kind::Complex, 8, &[1], &single), "[1.e+06-0.1j]");
    assert_eq!(show_scalars(Kind::Complex, 8, &[], &single), "(1e+06-0.1j)");
    let third = u128::from(0x3ffdu16) << 64 | 0xaaaa_aaaa_aaaa_aaab;
    let long = [third.to_le_bytes(), third.to_le_bytes()].concat();
    assert_eq!(show_scalars(Kind::Complex, 32, &[1], &long), "[0.33333333+0.33333333j]");
    assert_eq!(
        show_scalars(Kind::Complex, 32, &[], &long),
        "(0.33333333333333333334+0.33333333333333333334j)"
    );
}
