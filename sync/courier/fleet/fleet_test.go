package fleet

import (
	"testing"
	"time"
)

// A county of 300 kiosks and a province of 100,000 are served by one office, which answers 5,000 requests a second and more.
var (
	county   = Story{Kiosks: 300, Every: 10 * time.Minute, Update: 20, Takes: 5 * time.Second, Boots: 20 * time.Second}
	province = Story{Kiosks: 100_000, Every: time.Hour, Update: 20, Takes: 5 * time.Second, Boots: 20 * time.Second}
)

func TestACountyNeverComesAllAtOnce(t *testing.T) {
	p := county.Run()
	t.Logf("%+v", p)
	if p.Mean < 0.4 || p.Mean > 0.6 { // 300 in 10 minutes
		t.Errorf("%.2f requests a second on a quiet day", p.Mean)
	}
	if p.Quiet > 8 || p.PowerBack > 8 || p.Morning > 12 || p.Recovery > 8 {
		t.Errorf("%+v", p)
	}
	if p.Release <= p.Quiet || p.Release > 100 {
		t.Errorf("an edition is fetched by %d requests in a second", p.Release)
	}
	if again := county.Run(); again != p {
		t.Errorf("%+v, then %+v", p, again)
	}
}

func TestAProvinceNeverComesAllAtOnce(t *testing.T) {
	s := province
	s.Kiosks /= 10 // a tenth of it in a tenth of the time; the benchmark has all
	p := s.Run()
	t.Logf("%+v", p)
	if p.Mean < 2.6 || p.Mean > 3.0 || p.Quiet > 15 || p.PowerBack > 25 || p.Morning > 70 || p.Recovery > 15 || p.Release > 200 {
		t.Errorf("%+v", p)
	}
	if p.Highest() != max(p.Release, p.Morning) {
		t.Errorf("the highest of %+v is %d", p, p.Highest())
	}
}

func BenchmarkProvince(b *testing.B) {
	for b.Loop() {
		p := province.Run()
		b.ReportMetric(p.Mean, "mean/s")
		b.ReportMetric(float64(p.Quiet), "quiet/s")
		b.ReportMetric(float64(p.Release), "release/s")
		b.ReportMetric(float64(p.PowerBack), "powerback/s")
		b.ReportMetric(float64(p.Morning), "morning/s")
		b.ReportMetric(float64(p.Recovery), "recovery/s")
	}
}
