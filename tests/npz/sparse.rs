//! Sparse arrays: what belongs together comes back, what does not is refused.

use npymap::{
    Compression, Error, NpzReader, NpzWriter, Sparse, SparseBlocks, SparseCompressed, SparseCoordinates,
    SparseDiagonals, SparseFormat, SparseKind, load_sparse, save_sparse, save_sparse_with,
};

use crate::common::temporary_file;
use crate::message;

fn compressed(indptr: &[usize], indices: &[usize]) -> SparseCompressed<f64> {
    let data = (1..=indices.len()).map(|number| number as f64).collect();
    SparseCompressed { indptr: indptr.to_vec(), indices: indices.to_vec(), data }
}

fn examples() -> Vec<Sparse<f64>> {
    let all = vec![
        Sparse::new([2, 3], SparseFormat::Csr(compressed(&[0, 2, 3], &[2, 0, 1]))),
        Sparse::new([5], SparseFormat::Csr(compressed(&[0, 2], &[4, 1]))),
        Sparse::new([2, 3], SparseFormat::Csc(compressed(&[0, 1, 1, 3], &[1, 0, 1]))),
        Sparse::new([0, 7], SparseFormat::Csr(compressed(&[0], &[]))),
        Sparse::new(
            [4, 6],
            SparseFormat::Bsr(SparseBlocks {
                block: [2, 3],
                indptr: vec![0, 1, 2],
                indices: vec![1, 0],
                data: (0..12).map(f64::from).collect(),
            }),
        ),
        Sparse::new(
            [3, 4],
            SparseFormat::Coo(SparseCoordinates {
                coords: vec![vec![0, 2, 2], vec![3, 1, 1]],
                data: vec![1.0, 2.0, 3.0],
            }),
        ),
        Sparse::new(
            [2, 3, 4],
            SparseFormat::Coo(SparseCoordinates {
                coords: vec![vec![0, 1], vec![2, 0], vec![3, 3]],
                data: vec![1.0, 2.0],
            }),
        ),
        // Beyond the numbers of 32 bits, where there are others.
        Sparse::new(
            [usize::MAX >> 4],
            SparseFormat::Coo(SparseCoordinates {
                coords: vec![vec![(usize::MAX >> 4) - 1]],
                data: vec![1.0],
            }),
        ),
        Sparse::new(
            [3, 3, 3],
            SparseFormat::Coo(SparseCoordinates { coords: vec![vec![]; 3], data: vec![] }),
        ),
        Sparse::new(
            [3, 4],
            SparseFormat::Dia(SparseDiagonals {
                offsets: vec![0, -2, 3],
                len: 4,
                data: (0..12).map(f64::from).collect(),
            }),
        ),
    ];
    all.into_iter().map(Result::unwrap).collect()
}

#[test]
fn every_format_comes_back() {
    for sparse in examples() {
        for kind in [SparseKind::Array, SparseKind::Matrix] {
            let sparse = sparse.clone().with_kind(kind);
            let path = temporary_file();
            if kind == SparseKind::Matrix && sparse.shape.len() != 2 {
                let error = save_sparse(&path, &sparse).unwrap_err();
                assert!(matches!(error, Error::Format { .. }));
                continue;
            }
            for compression in [Compression::Stored, Compression::DEFLATED] {
                save_sparse_with(&path, &sparse, compression).unwrap();
                assert_eq!(load_sparse::<f64>(&path).unwrap(), sparse);
            }
        }
    }
}

#[test]
fn indices_are_as_wide_as_they_must_be() {
    for (shape, dtype) in [(2_147_483_647, "int32"), (2_147_483_648usize, "int64")] {
        let format = SparseFormat::Coo(SparseCoordinates { coords: vec![vec![7], vec![0]], data: vec![1u8] });
        let path = temporary_file();
        save_sparse(&path, &Sparse::new([shape, 1], format).unwrap()).unwrap();
        assert_eq!(NpzReader::open(&path).unwrap().header("row").unwrap().dtype.to_string(), dtype);
        assert_eq!(load_sparse::<u8>(&path).unwrap().shape, [shape, 1]);
    }
}

#[test]
fn parts_that_do_not_belong_together_are_refused() {
    let csr = |indptr: &[usize], indices: &[usize]| SparseFormat::Csr(compressed(indptr, indices));
    let cases = [
        (vec![2, 3], csr(&[0, 1], &[0]), "'indptr' has 2 elements for 2 rows, expected one more than rows"),
        (vec![2, 3], csr(&[1, 1, 1], &[0]), "'indptr' starts with 1, expected 0"),
        (vec![2, 3], csr(&[0, 2, 1], &[0, 1]), "'indptr' falls from 2 to 1 at element 2"),
        (vec![2, 3], csr(&[0, 1, 3], &[0, 1]), "'indptr' ends with 3, but there are 2 elements"),
        (vec![2, 3], csr(&[0, 1, 2], &[0, 3]), "element 1 of 'indices' is 3, expected less than 3"),
        (vec![2, 3, 4], csr(&[0], &[]), "'csr' cannot have the shape (2, 3, 4)"),
        (
            vec![2, 3],
            SparseFormat::Csr(SparseCompressed { data: vec![], ..compressed(&[0, 1, 1], &[0]) }),
            "'indices' has 1 elements and 'data' has 0, expected as many",
        ),
        (
            vec![2, 3],
            SparseFormat::Coo(SparseCoordinates { coords: vec![vec![0], vec![3]], data: vec![1.0] }),
            "element 0 of 'coords' is 3, expected less than 3",
        ),
        (
            vec![2, 3],
            SparseFormat::Coo(SparseCoordinates { coords: vec![vec![0]], data: vec![1.0] }),
            "there are coordinates for 1 axes, but the shape is (2, 3)",
        ),
        (
            vec![2, 3],
            SparseFormat::Dia(SparseDiagonals { offsets: vec![1, 1], len: 1, data: vec![1.0, 2.0] }),
            "'offsets' has 1 twice",
        ),
        (
            vec![2, 3],
            SparseFormat::Dia(SparseDiagonals { offsets: vec![1], len: 2, data: vec![1.0] }),
            "'data' has 1 elements, expected 1 diagonals of 2",
        ),
        (
            vec![4, 6],
            SparseFormat::Bsr(SparseBlocks { block: [0, 3], indptr: vec![0], indices: vec![], data: vec![] }),
            "blocks of shape (0, 3) do not fill the shape (4, 6)",
        ),
        (
            vec![2, 2],
            SparseFormat::Bsr(SparseBlocks {
                block: [2, 2],
                indptr: vec![0, 1],
                indices: vec![0],
                data: vec![1.0],
            }),
            "'data' has 1 elements, which are not 1 blocks of shape (2, 2)",
        ),
    ];
    for (shape, format, expected) in cases {
        let error = Sparse::new(shape, format).unwrap_err();
        assert_eq!(error.to_string(), format!("sparse array is invalid: {expected}"));
    }
}

#[test]
fn files_that_are_no_sparse_arrays_are_refused() {
    let error_of = |save: &dyn Fn(&mut NpzWriter)| {
        let path = temporary_file();
        let mut writer = NpzWriter::create(&path).unwrap();
        writer.save("shape", &[2i64, 3]).unwrap();
        save(&mut writer);
        writer.finish().unwrap();
        message(&load_sparse::<f64>(&path).unwrap_err(), &path)
    };
    let format = |name: &str| ndarray::arr0(npymap::Bytes::<3>::new(name).unwrap());
    assert_eq!(
        error_of(&|_| {}),
        "sparse array is invalid: the archive has no array 'format', so that it is none of scipy.sparse"
    );
    assert_eq!(
        error_of(&|writer| writer.save("format", &format("lil")).unwrap()),
        "sparse array is invalid: format 'lil' is not known, expected 'csr', 'csc', 'bsr', 'coo' or 'dia'"
    );
    assert_eq!(
        error_of(&|writer| {
            writer.save("format", &format("coo")).unwrap();
            writer.save("row", &[-1i32]).unwrap();
            writer.save("col", &[1i32]).unwrap();
            writer.save("data", &[1.0]).unwrap();
        }),
        "sparse array is invalid: element 0 of 'row' is -1, expected an index"
    );
    assert_eq!(
        error_of(&|writer| {
            writer.save("format", &format("coo")).unwrap();
            writer.save("coords", &ndarray::Array2::<i64>::zeros((3, 1))).unwrap();
        }),
        "sparse array is invalid: 'coords' has the shape (3, 1) for the shape (2, 3)"
    );
    assert_eq!(
        error_of(&|writer| writer.save("format", &format("csr")).unwrap()),
        "indptr: array 'indptr' is not in the archive, found 'shape', 'format'"
    );
}

#[cfg(feature = "sprs")]
#[test]
fn sprs_takes_and_gives_them() {
    use npymap::sprs::{CsMat, TriMat};

    for sparse in examples() {
        let dense = |matrix: &CsMat<f64>| matrix.to_dense();
        match sparse.format_name() {
            "csr" | "csc" if sparse.shape.len() == 2 => {
                let matrix = CsMat::try_from(sparse.clone()).unwrap();
                let again = Sparse::from(matrix.clone());
                again.check().unwrap();
                assert_eq!((again.format_name(), &again.shape), (sparse.format_name(), &sparse.shape));
                assert_eq!(dense(&CsMat::try_from(again).unwrap()), dense(&matrix));
                assert_eq!(
                    matrix.nnz(),
                    match &sparse.format {
                        SparseFormat::Csr(elements) | SparseFormat::Csc(elements) => elements.data.len(),
                        _ => unreachable!(),
                    }
                );
            }
            "coo" if sparse.shape.len() == 2 => {
                let matrix = TriMat::try_from(sparse.clone()).unwrap();
                assert_eq!(Sparse::from(matrix), sparse);
            }
            _ => assert!(CsMat::try_from(sparse.clone()).is_err()),
        }
    }
    let matrix = CsMat::try_from(examples().remove(0)).unwrap();
    assert_eq!(matrix.get(0, 2), Some(&1.0));
    assert_eq!(matrix.get(0, 0), Some(&2.0));
    let error = CsMat::try_from(examples().remove(5)).unwrap_err();
    assert_eq!(error.to_string(), "the sparse array is in the format 'coo', expected 'csr' or 'csc'");
}
