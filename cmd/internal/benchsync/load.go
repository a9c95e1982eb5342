package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"time"

	"mingbai.local/cmd/internal/polls"
	"mingbai.local/sync/courier/fleet"
)

// polls measures how many kiosks an office answers that ask whether anything is new.
func (b *bench) polls() error {
	first, err := b.first()
	if err != nil {
		return err
	}
	server, address, err := b.serve(first.office)
	if err != nil {
		return err
	}
	defer stop(server)
	load := polls.Load{URL: "http://" + address + "/", Connections: 32, For: 10 * time.Second}
	kept, err := polls.Run(context.Background(), load)
	if err != nil {
		return err
	}
	load.Fresh = true
	fresh, err := polls.Run(context.Background(), load)
	if err != nil {
		return err
	}
	b.table.Add("polls_per_s", kept.PerSecond, "1/s", fmt.Sprintf(
		"conditional polls on loopback, each answered by 304, over %d connections that stay open, for %v; %.0f with a new connection for each; who asks is on the same machine",
		load.Connections, load.For, fresh.PerSecond))
	return nil
}

// fleet simulates the schedule by which kiosks ask.
func (b *bench) fleet() error {
	month, err := b.next("recurring", false)
	if err != nil {
		return err
	}
	var last fleet.Peaks
	for _, s := range []fleet.Story{
		{Kiosks: 300, Every: 10 * time.Minute},
		{Kiosks: 100_000, Every: time.Hour},
	} {
		s.Update, s.Takes, s.Boots = month.Requests-1, 10*time.Second, 30*time.Second
		p := s.Run()
		b.table.Add(fmt.Sprintf("fleet_%d_peak_per_s", s.Kiosks), float64(p.Highest()), "1/s", fmt.Sprintf(
			"requests in the highest second of %d kiosks that ask every %v: %d on a quiet day (%.1f on average), %d after a release of %d requests each, %d after an hour without power, %d after a day without, %d after the office was down half a day; simulated, by the courier's own schedule",
			s.Kiosks, s.Every, p.Quiet, p.Mean, p.Release, s.Update, p.PowerBack, p.Morning, p.Recovery))
		last = p
	}
	b.table.Add("fleet_peak_per_s", float64(last.Highest()), "1/s", "of 100,000 kiosks, as above; what one office process answers is sync.polls_per_s")
	return nil
}

// decoder takes the most that hostile and the largest inputs make a decoder of shards take, from the test that bounds it.
func (b *bench) decoder() error {
	out, err := exec.Command("go", "test", "-count=1", "-v", "-run", "TestMemory", "./sync/edition").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	most := 0.0
	for _, m := range regexp.MustCompile(`took (\d+) MiB`).FindAllSubmatch(out, -1) {
		n, err := strconv.ParseFloat(string(m[1]), 64)
		if err != nil {
			return err
		}
		most = max(most, n)
	}
	if most == 0 {
		return fmt.Errorf("the test does not say what it took:\n%s", out)
	}
	b.table.Add("decoder_peak_mb", most, "MiB", "most on the heap while the largest shards that the format allows are read, all columns abreast, by the test of sync/edition that bounds it")
	return nil
}
