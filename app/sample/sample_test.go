package sample_test

import (
	"testing"

	"mingbai.local/app/sample"
)

func TestScaleOfTheSources(t *testing.T) {
	for _, n := range []int{500, 5_000, 50_000, 200_000} {
		for _, code := range []string{"420581", "420923"} {
			c, err := sample.Generate(sample.Options{County: code, Seed: 1, Payments: n})
			if err != nil {
				t.Fatal(err)
			}
			if len(c.Institutions) != 379 || len(c.Incumbents) != 11137 || len(c.Funds) != 4*84 {
				t.Errorf("%s: %d institutions, %d incumbents, %d funds", code, len(c.Institutions), len(c.Incumbents), len(c.Funds))
			}
			if c.Payments() != n {
				t.Errorf("%s: %d payments, want %d", code, c.Payments(), n)
			}
		}
	}
}
