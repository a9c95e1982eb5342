package main

import (
	"cmp"
	"math"
	"slices"
)

func square(n int) [][]float64 {
	rows := make([][]float64, n)
	for i := range rows {
		rows[i] = make([]float64, n)
	}
	return rows
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

// cholesky returns the lower L with L Lᵀ = a, of which it reads the lower half, and false where there is none.
func cholesky(a [][]float64) ([][]float64, bool) {
	l := square(len(a))
	for i := range a {
		for j := range i {
			l[i][j] = (a[i][j] - dot(l[i][:j], l[j][:j])) / l[j][j]
		}
		left := a[i][i] - dot(l[i][:i], l[i][:i])
		if !(left > 0) {
			return nil, false
		}
		l[i][i] = math.Sqrt(left)
	}
	return l, true
}

// solve makes L⁻¹ v of v.
func solve(l [][]float64, v []float64) {
	for i := range v {
		v[i] = (v[i] - dot(l[i][:i], v[:i])) / l[i][i]
	}
}

// solveTransposed makes L⁻ᵀ v of v.
func solveTransposed(l [][]float64, v []float64) {
	for i := len(v) - 1; i >= 0; i-- {
		v[i] /= l[i][i]
		for j := range i {
			v[j] -= l[i][j] * v[i]
		}
	}
}

const (
	enough = 1e-9 // cosine of the angle at which two directions count as orthogonal
	sweeps = 60   // after which they will not become so
)

// eigen returns the eigenvectors of a symmetric matrix without negative eigenvalues, the largest eigenvalue first, and false where
// they do not settle. Rows are turned against each other until all are orthogonal (Hestenes); what is left of a row is its
// eigenvector, as long as its eigenvalue. The matrix is used up.
func eigen(rows [][]float64) ([][]float64, bool) {
	settled := false
	for range sweeps {
		settled = true
		for i := range rows {
			for j := i + 1; j < len(rows); j++ {
				settled = !turn(rows[i], rows[j]) && settled
			}
		}
		if settled {
			break
		}
	}
	slices.SortStableFunc(rows, func(a, b []float64) int { return cmp.Compare(dot(b, b), dot(a, a)) })
	for _, row := range rows {
		length := math.Sqrt(dot(row, row))
		for i := range row {
			row[i] /= max(length, math.SmallestNonzeroFloat64)
		}
	}
	return rows, settled
}

// turn makes two rows orthogonal by turning them in their plane, and says whether they were not.
func turn(a, b []float64) bool {
	aa, bb, ab := dot(a, a), dot(b, b), dot(a, b)
	if math.Abs(ab) <= enough*math.Sqrt(aa*bb) {
		return false
	}
	zeta := (bb - aa) / (2 * ab)
	t := math.Copysign(1/(math.Abs(zeta)+math.Sqrt(1+zeta*zeta)), zeta)
	cos := 1 / math.Sqrt(1+t*t)
	sin := cos * t
	for i, v := range a {
		a[i], b[i] = cos*v-sin*b[i], sin*v+cos*b[i]
	}
	return true
}
