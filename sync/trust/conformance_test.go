package trust

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// conformance is one case of theupdateframework/tuf-conformance (as of August 2026), by the name that it has there, held against Accept. Those
// cases are written for clients that keep each role's file as it comes and refuse what has expired. A kiosk keeps an edition whole or not at all
// (what it knows of keys excepted), and of expiry it does what the table at Judge says; ours says so where a case is therefore not the same here.
type conformance struct {
	name string
	ours string
	run  func(t *testing.T, s *simulator)
}

func TestConformance(t *testing.T) {
	cases := slices.Concat(basicCases, expiryCases, keyCases, roleNameCases(), rollbackCases, delegationCases(), rootRotationCases(), rotationCases())
	names := map[string]bool{}
	for _, c := range cases {
		if names[c.name] {
			t.Errorf("%s is there twice", c.name)
		}
		names[c.name] = true
		t.Run(c.name, func(t *testing.T) { c.run(t, newSimulator(t)) })
	}
	for name := range elsewhere {
		if names[name] {
			t.Errorf("%s both runs here and does not", name)
		}
	}
	if n := len(cases) + len(elsewhere); n != 110 {
		t.Errorf("%d cases, there are 110", n)
	}
}

// elsewhere says of the cases about downloading artifacts, and about that suite itself, where the same is held against the kiosk. Trust names a
// catalog by length and SHA-256 and opens nothing.
var elsewhere = map[string]string{
	"test_implicit_refresh":                                                         "a catalog's hash is known from Accept alone",
	"test_client_downloads_expected_file":                                           "sync/pull: a kiosk comes up to the newest edition",
	"test_client_downloads_expected_file_in_sub_dir":                                "sync/edition: only the paths of IsPath exist",
	"test_repository_substitutes_target_file":                                       "sync/pull: what is not what was signed is refused before it is kept",
	"test_multiple_changes_to_target":                                               "sync/pull, as before, over many editions",
	"test_download_with_hash_algorithms[hashes0]":                                   "sha256 is the one algorithm; see TestOnlySHA256",
	"test_download_with_hash_algorithms[hashes1]":                                   "as before",
	"test_download_with_hash_algorithms[hashes2]":                                   "as before",
	"test_download_with_unknown_hash_algorithm":                                     "as before",
	"test_artifact_cache":                                                           "sync/pull: what lies on the shelf is not asked for again",
	"test_faketime":                                                                 "the time is passed in",
	"test_static_repository[sigstore-root-signing]":                                 "is of no office of ours: no x-county, no x-seq",
	"test_static_repository[tuf-on-ci-0.11]":                                        "as before",
	"test_targetfile_search[no delegations]":                                        "names of catalogs are fixed; see the graphs below",
	"test_targetfile_search[targetpath matches wildcard]":                           "as before",
	"test_targetfile_search[targetpath with separators x]":                          "as before",
	"test_targetfile_search[targetpath with separators y]":                          "as before",
	"test_targetfile_search[targetpath is not delegated by all roles in the chain]": "as before; that an owner signs for no other: TestOneOwnerCannotSignForAnother",
	"test_targetfile_search[wildcard does not match path separator]":                "as before; a delegation must match the owner's catalog: TestDelegationOfOtherPaths",
	"test_targetfile_search[targetpath matches question mark wildcard]":             "as before",
	"test_targetfile_search[targetpath does not match question mark wildcard]":      "as before",
	"test_targetfile_search[targetpath matching is case sensitive]":                 "as before",
}

// all is what a kiosk asks for that has nothing yet.
var all = []string{"timestamp", "2.root", "1.snapshot", "1.targets", "1.finance", "1.staffing", "1.policy"}

func mustRefuse(t *testing.T, k *visitor, why error) {
	t.Helper()
	if err := k.refresh(); !errors.Is(err, why) {
		t.Fatalf("%v, not %q", err, why)
	}
}

// mustHave compares the versions that a kiosk has accepted: of root, timestamp, snapshot, targets.
func mustHave(t *testing.T, k *visitor, want ...int64) {
	t.Helper()
	var have []int64
	for _, role := range []string{metadata.ROOT, metadata.TIMESTAMP, metadata.SNAPSHOT, metadata.TARGETS} {
		have = append(have, k.version(role))
	}
	if !slices.Equal(have, want) {
		t.Fatalf("root, timestamp, snapshot, targets are at %v, not %v", have, want)
	}
}

var basicCases = slices.Concat([]conformance{
	{"test_basic_refresh_requests", "the timestamp is asked for first: unchanged, it is the only request", func(t *testing.T, s *simulator) {
		k := s.visitor()
		k.follows()
		if !slices.Equal(s.asked, all) {
			t.Errorf("asked for %v", s.asked)
		}
	}},
	{"test_basic_refresh_trusted_data", "", func(t *testing.T, s *simulator) {
		k := s.visitor()
		k.follows()
		files, _ := k.state.Keep()
		for _, role := range append([]string{metadata.ROOT}, everything...) {
			if !bytes.Equal(files[role], s.files[s.file(role)]) {
				t.Errorf("%s is not kept as it came", role)
			}
		}
	}},
	{"test_invalid_initial_root", "the enrolment is refused as a whole", func(t *testing.T, s *simulator) {
		s.files["metadata/1.root.json"] = bytes.Replace(s.files["metadata/1.root.json"], []byte(`"version":1,`), nil, 1)
		notEnrolled(t, s)
	}},
	{"test_unsigned_initial_root", "as before", func(t *testing.T, s *simulator) {
		resigned[metadata.RootType](s, metadata.ROOT, func(sigs []metadata.Signature) []metadata.Signature {
			sigs[0].Signature, sigs[1].Signature = sigs[1].Signature, sigs[0].Signature
			return sigs
		})
		notEnrolled(t, s)
	}},
}, unsignedCases(), mismatchCases(), []conformance{
	{"test_timestamp_content_changes", "refused, where a stock client goes on in silence", func(t *testing.T, s *simulator) {
		k := s.visitor()
		k.follows()
		s.stamp.Signed.Meta["snapshot.json"].Version = 100
		s.files[s.file(metadata.TIMESTAMP)] = s.signed(metadata.TIMESTAMP)
		mustRefuse(t, k, ErrMixed)
		mustHave(t, k, 1, 1, 1, 1)
		if slices.Contains(s.asked, "100.snapshot") {
			t.Error("asked for what it names")
		}
	}},
	{"test_basic_metadata_hash_support", "hashes and lengths must be there", func(t *testing.T, s *simulator) {
		k := s.visitor()
		s.publish(everything...)
		k.follows()
		mustHave(t, k, 1, 2, 2, 2)
		for _, role := range []string{"targets", Finance} {
			s.publish(everything...)
			s.snap.Signed.Meta[role+".json"].Hashes = nil
			relabel(s)
			mustRefuse(t, k, ErrMalformed)
		}
		s.publish(everything...)
		s.stamp.Signed.Meta["snapshot.json"].Length = 0
		s.files[s.file(metadata.TIMESTAMP)] = s.signed(metadata.TIMESTAMP)
		mustRefuse(t, k, ErrMalformed)
	}},
	{"test_targets_hash_mismatch", "and of every owner", func(t *testing.T, s *simulator) {
		k := s.visitor()
		k.follows()
		for _, role := range []string{metadata.TARGETS, Finance, Staffing, Policy} {
			s.publish(everything...)
			s.snap.Signed.Meta[role+".json"].Hashes["sha256"] = make([]byte, 32)
			relabel(s)
			mustRefuse(t, k, ErrMixed)
			mustHave(t, k, 1, 1, 1, 1)
		}
	}},
	{"test_snapshot_hash_mismatch", "", func(t *testing.T, s *simulator) {
		k := s.visitor()
		k.follows()
		s.publish(online...)
		s.stamp.Signed.Meta["snapshot.json"].Hashes["sha256"] = make([]byte, 32)
		s.files[s.file(metadata.TIMESTAMP)] = s.signed(metadata.TIMESTAMP)
		mustRefuse(t, k, ErrMixed)
		mustHave(t, k, 1, 1, 1, 1)
	}},
	{"test_metadata_bytes_match", "what is written otherwise than an office writes is refused; what is kept are the bytes that came", func(t *testing.T, s *simulator) {
		k := s.visitor()
		good := s.files[s.file(metadata.TIMESTAMP)]
		s.files[s.file(metadata.TIMESTAMP)] = append(bytes.Clone(good), ' ')
		mustRefuse(t, k, ErrMalformed)
		s.files[s.file(metadata.TIMESTAMP)] = good
		k.follows()
		if files, _ := k.state.Keep(); !bytes.Equal(files[metadata.TIMESTAMP], good) {
			t.Error("kept as something else")
		}
	}},
	{"test_custom_fields", "", func(t *testing.T, s *simulator) {
		k := s.visitor()
		k.follows()
		by := newSigner(t, "ed25519")
		by.key.UnrecognizedFields = map[string]any{"extra-field": map[string]any{"a": 1, "b": 2}}
		by = named(t, by.Signer, reread(t, by.key))
		s.root.Signed.UnrecognizedFields["custom-field"] = "value"
		s.root.Signed.Roles[metadata.ROOT].UnrecognizedFields = map[string]any{"another-field": "value"}
		s.addKey(metadata.ROOT, by)
		s.publish(append([]string{metadata.ROOT}, online...)...)
		k.follows()
		mustHave(t, k, 2, 2, 2, 1)
	}},
	{"test_deprecated_keyid_hash_algorithms", "", func(t *testing.T, s *simulator) {
		k := s.visitor()
		k.follows()
		by := newSigner(t, "ed25519")
		by.key.UnrecognizedFields = map[string]any{"keyid_hash_algorithms": "md5"}
		s.root.Signed.Roles[metadata.SNAPSHOT].KeyIDs, s.signers[metadata.SNAPSHOT] = nil, nil
		s.addKey(metadata.SNAPSHOT, named(t, by.Signer, reread(t, by.key)))
		s.publish(append([]string{metadata.ROOT}, online...)...)
		k.follows()
		mustHave(t, k, 2, 2, 2, 1)
	}},
	{"test_snapshot_404", "nothing of it is kept", func(t *testing.T, s *simulator) {
		k := s.visitor()
		k.follows()
		s.publish(online...)
		delete(s.files, "metadata/2.snapshot.json")
		mustRefuse(t, k, fs.ErrNotExist)
		if last := s.asked[len(s.asked)-1]; last != "2.snapshot" {
			t.Errorf("asked last for %s", last)
		}
		mustHave(t, k, 1, 1, 1, 1)
	}},
	{"test_targets_404", "and of every owner", func(t *testing.T, s *simulator) {
		for _, role := range []string{metadata.TARGETS, Finance, Staffing, Policy} {
			s := newSimulator(t)
			k := s.visitor()
			k.follows()
			s.publish(everything...)
			delete(s.files, s.file(role))
			mustRefuse(t, k, fs.ErrNotExist)
			if last := s.asked[len(s.asked)-1]; last != "2."+role {
				t.Errorf("asked last for %s", last)
			}
			mustHave(t, k, 1, 1, 1, 1)
		}
	}},
	{"test_timestamp_404", "", func(t *testing.T, s *simulator) {
		k := s.visitor()
		k.follows()
		delete(s.files, "metadata/timestamp.json")
		mustRefuse(t, k, fs.ErrNotExist)
		if !slices.Equal(s.asked, []string{"timestamp"}) {
			t.Errorf("asked for %v", s.asked)
		}
	}},
	{"test_incorrect_metadata_type", "", func(t *testing.T, s *simulator) {
		k := s.visitor()
		s.addKey(metadata.SNAPSHOT, s.signers[metadata.TIMESTAMP][0])
		s.publish(metadata.ROOT)
		s.snap.Signed.Meta = map[string]*metadata.MetaFiles{"snapshot.json": {Version: 1, Length: 1}}
		s.snap.Signed.UnrecognizedFields = s.stamp.Signed.UnrecognizedFields
		s.snap.Signed.Version = 2
		s.files["metadata/timestamp.json"] = s.signed(metadata.SNAPSHOT)
		mustRefuse(t, k, ErrMalformed)
		mustHave(t, k, 2, 0, 0, 0)
	}},
})

// reread is a key as if it had come from a file: its identifier is reckoned anew.
func reread(t *testing.T, key *metadata.Key) *metadata.Key {
	t.Helper()
	b, err := json.Marshal(key)
	if err != nil {
		t.Fatal(err)
	}
	out := &metadata.Key{}
	if err := json.Unmarshal(b, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// notEnrolled says that with this first root a kiosk neither is enrolled nor would follow.
func notEnrolled(t *testing.T, s *simulator) {
	t.Helper()
	e := Enrolment{
		Format: 1, Kiosk: "YD-01", Name: "白水港村查询点", County: "420581", CountyName: "宜都市", Emblem: "宜", Place: "420581101203",
		Office: "http://127.0.0.1:8420/", Root: s.files["metadata/1.root.json"], CountyKey: make([]byte, 32), PollMinutes: 10, Synthetic: true,
	}
	if _, err := e.Encode(); err == nil || !strings.Contains(err.Error(), "root") {
		t.Errorf("enrolled: %v", err)
	}
	k := s.visitor()
	if err := k.refresh(); err == nil {
		t.Error("followed")
	}
	if !slices.Equal(s.asked, all[:1]) {
		t.Errorf("asked for %v", s.asked)
	}
}

// relabel signs snapshot and timestamp as they were just changed.
func relabel(s *simulator) {
	s.files[s.file(metadata.SNAPSHOT)] = s.signed(metadata.SNAPSHOT)
	s.stamp.Signed.Meta["snapshot.json"] = listing(s.files[s.file(metadata.SNAPSHOT)], s.snap.Signed.Version)
	s.files[s.file(metadata.TIMESTAMP)] = s.signed(metadata.TIMESTAMP)
}

func unsignedCases() (out []conformance) {
	for role, parts := range map[string][]string{
		metadata.ROOT: {metadata.ROOT}, metadata.TIMESTAMP: {metadata.TIMESTAMP}, metadata.SNAPSHOT: {metadata.SNAPSHOT},
		metadata.TARGETS: {metadata.TARGETS, Finance, Staffing, Policy},
	} {
		out = append(out, conformance{"test_unsigned_metadata[" + role + "]", "and every owner's part; of root and owners one signature is missing, not all", func(t *testing.T, _ *simulator) {
			for _, part := range parts {
				s := newSimulator(t)
				k := s.visitor()
				threshold := map[string]int{metadata.ROOT: 2, Finance: 2, Staffing: 2, Policy: 2}
				s.signers[part] = s.signers[part][:max(threshold[part], 1)-1]
				s.publish(append([]string{metadata.ROOT}, everything...)...)
				mustRefuse(t, k, ErrSignature)
				mustHave(t, k, map[bool]int64{false: 2}[part == metadata.ROOT], 0, 0, 0)
			}
		}})
	}
	return out
}

func mismatchCases() (out []conformance) {
	for _, role := range []string{metadata.ROOT, metadata.SNAPSHOT, metadata.TARGETS} {
		out = append(out, conformance{"test_url_and_metadata_version_mismatch[" + role + "]", "", func(t *testing.T, s *simulator) {
			k := s.visitor()
			s.publish(append([]string{metadata.ROOT}, everything...)...)
			name := s.file(role)
			*s.version(role)++
			s.files[name] = s.signed(role)
			*s.version(role)--
			if role != metadata.SNAPSHOT {
				s.list(metadata.SNAPSHOT)
				s.files[s.file(metadata.SNAPSHOT)] = s.signed(metadata.SNAPSHOT)
			}
			s.list(metadata.TIMESTAMP)
			s.files[s.file(metadata.TIMESTAMP)] = s.signed(metadata.TIMESTAMP)
			mustRefuse(t, k, ErrMixed)
			mustHave(t, k, map[bool]int64{false: 2}[role == metadata.ROOT], 0, 0, 0)
		}})
	}
	return out
}

// In all of these a stock client refuses. A kiosk follows, says that the source is stale, and no longer follows after Grace.
var expiryCases = []conformance{
	{"test_root_expired", "applied as stale; the new root is kept either way", func(t *testing.T, s *simulator) {
		s.root.Signed.Expires = day0.AddDate(0, 0, -1)
		expired(t, s, 2, append([]string{metadata.ROOT}, everything...)...)
	}},
	{"test_timestamp_expired", "applied as stale", func(t *testing.T, s *simulator) {
		s.stamp.Signed.Expires = day0.AddDate(0, 0, -1)
		expired(t, s, 1, metadata.TIMESTAMP)
	}},
	{"test_snapshot_expired", "applied as stale", func(t *testing.T, s *simulator) {
		s.snap.Signed.Expires = day0.AddDate(0, 0, -1)
		expired(t, s, 1, online...)
	}},
	{"test_targets_expired", "applied as stale, and so for every owner", func(t *testing.T, _ *simulator) {
		for _, role := range []string{metadata.TARGETS, Finance, Staffing, Policy} {
			s := newSimulator(t)
			s.parts[role].Signed.Expires = day0.AddDate(0, 0, -1)
			expired(t, s, 1, everything...)
		}
	}},
	{"test_expired_local_root", "", func(t *testing.T, s *simulator) {
		k := s.visitor()
		s.root.Signed.Expires = day0.AddDate(0, 0, 7)
		s.publish(append([]string{metadata.ROOT}, online...)...)
		k.follows()
		s.root.Signed.Expires = day0.AddDate(0, 0, 21)
		s.publish(append([]string{metadata.ROOT}, online...)...)
		if err := k.refreshOn(day0.AddDate(0, 0, 18)); err != nil {
			t.Fatal(err)
		}
		mustHave(t, k, 3, 3, 3, 1)
	}},
	{"test_expired_local_timestamp", "", func(t *testing.T, s *simulator) {
		k := s.visitor()
		s.stamp.Signed.Expires = day0.AddDate(0, 0, 7)
		s.publish(metadata.TIMESTAMP)
		k.follows()
		s.stamp.Signed.Expires = day0.AddDate(0, 0, 21)
		s.publish(everything...)
		if err := k.refreshOn(day0.AddDate(0, 0, 18)); err != nil {
			t.Fatal(err)
		}
		mustHave(t, k, 1, 3, 2, 2)
	}},
}

// expired publishes the next edition, of which a part has expired a day ago, and takes the three ways that it may come.
func expired(t *testing.T, s *simulator, root int64, roles ...string) {
	t.Helper()
	fresh := s.visitor()
	s.stamp.Signed.UnrecognizedFields["x-seq"] = 2
	s.publish(roles...)
	if roles[len(roles)-1] != metadata.TIMESTAMP {
		t.Fatal("every change ends with a timestamp")
	}
	expired := day0.AddDate(0, 0, -1)
	for _, c := range []struct {
		by   Carrier
		late time.Duration
		want Verdict
	}{
		{Network, 24 * time.Hour, ApplyStale},
		{Asked, 24 * time.Hour, ApplyStale},
		{Stick, 24 * time.Hour, ConfirmOld},
		{Network, Grace, ApplyStale},
		{Asked, Grace, ApplyStale},
		{Stick, Grace, ConfirmOld},
		{Asked, Grace + time.Second, ApplyStale},
		{Stick, Grace + time.Second, ConfirmOld},
	} {
		v, err := fresh.state.Accept(s.get, expired.Add(c.late), c.by)
		if err != nil || v.Verdict != c.want || !v.Stale || v.Edition != 2 {
			t.Errorf("by %v, %v late: verdict %v, stale %t, %v", c.by, c.late, v.Verdict, v.Stale, err)
		}
	}
	if err := fresh.refreshOn(expired.Add(Grace + time.Second)); !errors.Is(err, ErrFreeze) {
		t.Errorf("after Grace: %v", err)
	}
	mustHave(t, fresh, map[int64]int64{2: 2}[root], 0, 0, 0)
}

var keyCases = slices.Concat([]conformance{
	{"test_snapshot_does_not_meet_threshold", "", func(t *testing.T, s *simulator) {
		k := s.visitor()
		s.root.Signed.Roles[metadata.SNAPSHOT].Threshold = 3
		s.addKey(metadata.SNAPSHOT, newSigner(t, ""))
		s.addKey(metadata.SNAPSHOT, newSigner(t, ""))
		s.publish(append([]string{metadata.ROOT}, online...)...)
		k.follows()
		s.signers[metadata.SNAPSHOT] = s.signers[metadata.SNAPSHOT][:2]
		s.publish(online...)
		mustRefuse(t, k, ErrSignature)
		mustHave(t, k, 2, 2, 2, 1)
	}},
	{"test_snapshot_has_too_few_keys", "", func(t *testing.T, s *simulator) {
		k := s.visitor()
		for range 4 {
			s.addKey(metadata.SNAPSHOT, newSigner(t, ""))
		}
		s.root.Signed.Roles[metadata.SNAPSHOT].Threshold = 6
		s.publish(append([]string{metadata.ROOT}, online...)...)
		mustRefuse(t, k, ErrSignature)
		mustHave(t, k, 2, 0, 0, 0)
	}},
	{"test_duplicate_keys", "", func(t *testing.T, s *simulator) {
		k := s.visitor()
		by := newSigner(t, "")
		for range 9 {
			s.allow(metadata.SNAPSHOT, by)
		}
		s.signers[metadata.SNAPSHOT] = slices.Repeat([]*signer{by}, 9)
		s.root.Signed.Roles[metadata.SNAPSHOT].Threshold = 6
		s.publish(append([]string{metadata.ROOT}, online...)...)
		if err := k.refresh(); !errors.Is(err, ErrSignature) && !errors.Is(err, ErrMalformed) {
			t.Error(err)
		}
		if k.version(metadata.SNAPSHOT) != 0 {
			t.Error("accepted")
		}
	}},
	{"test_duplicate_sig_keyids", "", func(t *testing.T, s *simulator) {
		for _, role := range []string{metadata.TIMESTAMP, metadata.SNAPSHOT, metadata.TARGETS, Finance} {
			s := newSimulator(t)
			s.signers[role] = append(s.signers[role], s.signers[role][0])
			s.publish(everything...)
			k := s.visitor()
			mustRefuse(t, k, ErrMalformed)
			mustHave(t, k, 0, 0, 0, 0)
		}
	}},
}, keyTypeCases(), []conformance{
	{"test_invalid_sig_in_valid_metadata", "but in a root every signature must be right", func(t *testing.T, s *simulator) {
		k := s.visitor()
		s.addKey(metadata.TIMESTAMP, newSigner(t, ""))
		s.publish(append([]string{metadata.ROOT}, online...)...)
		plausible := bytes.Repeat([]byte{7}, 64)
		for _, bad := range [][]byte{plausible, {}} {
			resigned[metadata.TimestampType](s, metadata.TIMESTAMP, func(sigs []metadata.Signature) []metadata.Signature {
				sigs[0].Signature = bad
				return sigs
			})
			k.follows()
			s.publish(metadata.TIMESTAMP)
		}
		s.publish(append([]string{metadata.ROOT}, online...)...)
		resigned[metadata.RootType](s, metadata.ROOT, func(sigs []metadata.Signature) []metadata.Signature {
			sigs[0].Signature = plausible
			return sigs
		})
		mustRefuse(t, k, ErrSignature)
		if k.version(metadata.ROOT) != 2 {
			t.Error("accepted")
		}
	}},
})

func keyTypeCases() (out []conformance) {
	for kind, name := range map[string]string{"rsa": "rsa/rsassa-pss-sha256", "ecdsa": "ecdsa/ecdsa-sha2-nistp256", "ed25519": "ed25519/ed25519"} {
		out = append(out, conformance{"test_keytype_and_scheme[" + name + "]", "an office makes ed25519 only", func(t *testing.T, s *simulator) {
			k := s.visitor()
			s.addKey(metadata.ROOT, newSigner(t, kind))
			s.root.Signed.Roles[metadata.ROOT].Threshold = 3
			s.publish(append([]string{metadata.ROOT}, online...)...)
			k.follows()
			mustHave(t, k, 2, 2, 2, 1)
			s.publish(append([]string{metadata.ROOT}, online...)...)
			resigned[metadata.RootType](s, metadata.ROOT, func(sigs []metadata.Signature) []metadata.Signature {
				sigs[3].Signature[9] ^= 1
				return sigs
			})
			mustRefuse(t, k, ErrSignature)
			mustHave(t, k, 2, 2, 2, 1)
		}})
	}
	return out
}

func roleNameCases() (out []conformance) {
	for _, role := range []string{"?", "#", "/delegatedrole", "../delegatedrole"} {
		out = append(out, conformance{"test_unusual_role_name[" + role + "]", "never asked for: the roles are known by name", func(t *testing.T, s *simulator) {
			k := s.visitor()
			s.delegate(metadata.TARGETS, metadata.DelegatedRole{Name: role, Threshold: 1, Paths: []string{"*"}, KeyIDs: []string{s.signers[Finance][0].id}})
			s.parts[role] = metadata.Targets(day0.AddDate(1, 0, 0))
			s.signers[role] = s.signers[Finance][:1]
			s.publish(append([]string{role}, everything...)...)
			k.follows()
			if want := []string{"timestamp", "2.root", "2.snapshot", "2.targets", "2.finance", "2.staffing", "2.policy"}; !slices.Equal(s.asked, want) {
				t.Errorf("asked for %v", s.asked)
			}
		}})
	}
	return out
}

var rollbackCases = slices.Concat([]conformance{
	{"test_new_timestamp_version_rollback", "", func(t *testing.T, s *simulator) {
		k := s.visitor()
		s.publish(metadata.TIMESTAMP)
		k.follows()
		s.stamp.Signed.Version = 1
		s.files[s.file(metadata.TIMESTAMP)] = s.signed(metadata.TIMESTAMP)
		mustRefuse(t, k, ErrRollback)
		mustHave(t, k, 1, 2, 1, 1)
	}},
}, bothWays("test_snapshot_rollback", func(t *testing.T, s *simulator) {
	k := s.visitor()
	s.publish(online...)
	k.follows()
	s.snap.Signed.Version = 1
	relabel(s)
	s.publish(metadata.TIMESTAMP)
	mustRefuse(t, k, ErrRollback)
	mustHave(t, k, 1, 2, 2, 1)
}), []conformance{
	{"test_targets_role_removal", "all owners must be listed, always", func(t *testing.T, s *simulator) {
		for _, role := range []string{metadata.TARGETS, Finance, Staffing, Policy} {
			k := s.visitor()
			k.follows()
			s.publish(online...)
			have := s.snap.Signed.Meta[role+".json"]
			delete(s.snap.Signed.Meta, role+".json")
			relabel(s)
			mustRefuse(t, k, ErrMalformed)
			s.snap.Signed.Meta[role+".json"] = have
			relabel(s)
		}
	}},
	{"test_targets_fast_forward_recovery", "", func(t *testing.T, s *simulator) {
		k := s.visitor()
		s.parts[metadata.TARGETS].Signed.Version = 100
		s.publish(metadata.TARGETS, metadata.SNAPSHOT, metadata.TIMESTAMP)
		k.follows()
		mustHave(t, k, 1, 2, 2, 100)
		s.rotate(metadata.SNAPSHOT)
		s.parts[metadata.TARGETS].Signed.Version = 1
		s.files[s.file(metadata.TARGETS)] = s.signed(metadata.TARGETS)
		s.publish(append([]string{metadata.ROOT}, online...)...)
		k.follows()
		mustHave(t, k, 2, 3, 3, 1)
	}},
	{"test_new_snapshot_fast_forward_recovery", "", func(t *testing.T, s *simulator) {
		k := s.visitor()
		s.snap.Signed.Version = 100
		s.publish(online...)
		k.follows()
		mustHave(t, k, 1, 2, 100, 1)
		s.rotate(metadata.SNAPSHOT)
		s.rotate(metadata.TIMESTAMP)
		s.snap.Signed.Version = 1
		relabel(s)
		s.publish(metadata.ROOT, metadata.TIMESTAMP)
		k.follows()
		mustHave(t, k, 2, 3, 1, 1)
	}},
	{"test_new_timestamp_fast_forward_recovery", "", func(t *testing.T, s *simulator) {
		k := s.visitor()
		s.stamp.Signed.Version = 99
		s.publish(metadata.TIMESTAMP)
		k.follows()
		mustHave(t, k, 1, 100, 1, 1)
		s.rotate(metadata.TIMESTAMP)
		s.stamp.Signed.Version = 1
		s.publish(metadata.ROOT)
		s.files[s.file(metadata.TIMESTAMP)] = s.signed(metadata.TIMESTAMP)
		k.follows()
		mustHave(t, k, 2, 1, 1, 1)
	}},
}, bothWays("test_targets_rollback", func(t *testing.T, _ *simulator) {
	for _, role := range []string{metadata.TARGETS, Finance, Staffing, Policy} {
		s := newSimulator(t)
		k := s.visitor()
		s.publish(everything...)
		k.follows()
		*s.version(role) = 1
		s.files[s.file(role)] = s.signed(role)
		s.publish(online...)
		mustRefuse(t, k, ErrRollback)
		mustHave(t, k, 1, 2, 2, 2)
	}
}))

// bothWays is a case that is there without hashes and with them. Without, a kiosk refuses anyway.
func bothWays(name string, run func(t *testing.T, s *simulator)) []conformance {
	return []conformance{{name + "[basic]", "never without hashes", run}, {name + "[with hashes]", "", run}}
}

// delegationCases has graphs of delegations. A kiosk knows the four owners, asks for these and no others, and for each once.
func delegationCases() (out []conformance) {
	type edge struct{ from, to string }
	for name, graph := range map[string][]edge{
		"basic-delegation":                                          {{"targets", "A"}},
		"single-level-delegations":                                  {{"targets", "A"}, {"targets", "B"}},
		"two-level-delegations":                                     {{"targets", "A"}, {"targets", "B"}, {"B", "C"}},
		"two-level-test-DFS-order-of-traversal":                     {{"targets", "A"}, {"targets", "B"}, {"A", "C"}, {"A", "D"}},
		"three-level-delegation-test-DFS-order-of-traversal":        {{"targets", "A"}, {"targets", "B"}, {"A", "C"}, {"C", "D"}},
		"two-level-terminating-ignores-all-but-roles-descendants":   {{"targets", "A"}, {"targets", "B"}, {"A", "C"}, {"A", "D"}},
		"three-level-terminating-ignores-all-but-roles-descendants": {{"targets", "A"}, {"targets", "B"}, {"A", "C"}, {"C", "D"}},
		"two-level-ignores-all-branches-not-matching-paths":         {{"targets", "A"}, {"targets", "B"}, {"A", "C"}},
		"three-level-ignores-all-branches-not-matching-paths":       {{"targets", "A"}, {"targets", "B"}, {"A", "C"}, {"C", "D"}},
		"cyclic-graph":                                    {{"targets", "A"}, {"targets", "B"}, {"B", "C"}, {"C", "D"}, {"D", "B"}},
		"two-roles-delegating-to-a-third":                 {{"targets", "A"}, {"targets", "B"}, {"B", "C"}, {"A", "C"}},
		"two-roles-delegating-to-a-third-different-paths": {{"targets", "A"}, {"targets", "B"}, {"B", "C"}, {"A", "C"}},
	} {
		// A and B are owners; what they say of others counts for nothing.
		as := map[string]string{"targets": metadata.TARGETS, "A": Finance, "B": Staffing, "C": Policy, "D": "stranger"}
		out = append(out, conformance{"test_graph_traversal[" + name + "]", "owners' delegations are not followed", func(t *testing.T, s *simulator) {
			thief := newSigner(t, "")
			for _, e := range graph {
				if e.from == "targets" {
					continue
				}
				from := s.parts[as[e.from]]
				if from == nil {
					from = metadata.Targets(day0.AddDate(1, 0, 0))
					s.parts[as[e.from]] = from
				}
				s.delegate(as[e.from], metadata.DelegatedRole{Name: as[e.to], Threshold: 1, KeyIDs: []string{thief.id}, Paths: []string{"*", "*/*"}})
				from.Signed.Delegations.Keys[thief.id] = thief.key
			}
			s.publish(everything...)
			k := s.visitor()
			k.follows()
			if want := []string{"timestamp", "2.root", "2.snapshot", "2.targets", "2.finance", "2.staffing", "2.policy"}; !slices.Equal(s.asked, want) {
				t.Errorf("asked for %v", s.asked)
			}
			s.signers[Policy] = []*signer{thief}
			s.publish(everything...)
			mustRefuse(t, k, ErrSignature)
		}})
	}
	return append(
		out,
		conformance{"test_cached_role_is_verified_against_current_delegator", "there is one delegator", func(t *testing.T, s *simulator) {
			k := s.visitor()
			k.follows()
			by := newSigner(t, "")
			s.delegate(Finance, metadata.DelegatedRole{Name: Staffing, Threshold: 1, KeyIDs: []string{by.id}, Paths: []string{"*/*"}})
			s.parts[Finance].Signed.Delegations.Keys[by.id] = by.key
			s.signers[Staffing] = []*signer{by}
			s.publish(everything...)
			mustRefuse(t, k, ErrSignature)
			mustHave(t, k, 1, 1, 1, 1)
		}},
		conformance{"test_delegation_not_in_snapshot", "an owner that is not listed is not asked for, and nothing is accepted", func(t *testing.T, s *simulator) {
			k := s.visitor()
			delete(s.snap.Signed.Meta, "policy.json")
			relabel(s)
			mustRefuse(t, k, ErrMalformed)
			if slices.Contains(s.asked, "1.policy") {
				t.Error("asked for it")
			}
			mustHave(t, k, 0, 0, 0, 0)
		}},
	)
}

// keying is who may sign, how many must, who does, and whether that is refused.
type keying struct {
	keys      []int
	threshold int
	sigs      []int
	refused   bool
}

// A root that one key can replace is refused here. So in each of these cases one more key, which always signs, must always sign.
func rootRotationCases() (out []conformance) {
	five, six := []int{0, 1, 2, 3, 4}, []int{0, 1, 3, 4, 5}
	last := []int{5, 6, 7, 8, 9}
	for name, roots := range map[string][]keying{
		"1-of-1-key-rotation":                            {{[]int{1}, 1, []int{1}, false}, {[]int{2}, 1, []int{2, 1}, false}, {[]int{2}, 1, []int{2}, false}},
		"1-of-1-key-rotation-unused-signatures":          {{[]int{1}, 1, []int{3, 1, 4}, false}, {[]int{2}, 1, []int{3, 2, 1, 4}, true}},
		"3-of-5-sign-with-different-keycombos":           {{five, 3, []int{0, 2, 4}, false}, {five, 3, []int{0, 4, 1}, false}, {five, 3, []int{0, 1, 3}, false}, {five, 3, []int{0, 1, 3}, false}},
		"3-of-5-one-key-rotated":                         {{five, 3, []int{0, 2, 4}, false}, {six, 3, []int{0, 4, 1}, false}},
		"3-of-5-one-key-rotated-with-intermediate-step":  {{five, 3, []int{0, 2, 4}, false}, {six, 3, []int{0, 2, 4, 5}, false}, {six, 3, []int{0, 4, 5}, false}},
		"3-of-5-all-keys-rotated-with-intermediate-step": {{five, 3, []int{0, 2, 4}, false}, {last, 3, []int{0, 2, 4, 5, 6, 7}, false}, {last, 3, []int{5, 6, 7}, false}},
		"1-of-3-threshold-increase-to-2-of-3":            {{[]int{1, 2, 3}, 1, []int{1}, false}, {[]int{1, 2, 3}, 2, []int{1, 2}, false}},
		"2-of-3-threshold-decrease-to-1-of-3":            {{[]int{1, 2, 3}, 2, []int{1, 2}, false}, {[]int{1, 2, 3}, 1, []int{1, 2}, false}, {[]int{1, 2, 3}, 1, []int{1}, false}},
		"1-of-2-threshold-increase-to-2-of-2":            {{[]int{1}, 1, []int{1}, false}, {[]int{1, 2}, 2, []int{1, 2}, false}},

		"1-of-1-key-rotation-fail-not-signed-with-old-key":                {{[]int{1}, 1, []int{1}, false}, {[]int{2}, 1, []int{2, 3, 4}, true}},
		"1-of-1-key-rotation-fail-not-signed-with-new-key":                {{[]int{1}, 1, []int{1}, false}, {[]int{2}, 1, []int{1, 3, 4}, true}},
		"3-of-5-one-key-rotate-fails-not-signed-with-3-new-keys":          {{five, 3, []int{0, 2, 4}, false}, {six, 3, []int{0, 2, 4}, true}},
		"3-of-5-one-key-rotate-fails-not-signed-with-3-old-keys":          {{five, 3, []int{0, 2, 4}, false}, {six, 3, []int{0, 4, 5}, true}},
		"1-of-3-threshold-bump-to-2-of-3-fails-new-threshold-not-reached": {{[]int{1, 2, 3}, 1, []int{1}, false}, {[]int{1, 2, 3}, 2, []int{2}, true}},
		"2-of-3-threshold-decr-to-1-of-3-fails-old-threshold-not-eached":  {{[]int{1, 2, 3}, 2, []int{1, 2}, false}, {[]int{1, 2, 3}, 1, []int{1}, true}},
	} {
		ours := ""
		if strings.HasSuffix(name, "unused-signatures") {
			ours = "signatures of strangers are refused in a root"
		}
		out = append(out, conformance{"test_root_rotation[" + name + "]", ours, func(t *testing.T, s *simulator) {
			signers := tenSigners(t)
			always := newSigner(t, "")
			s.root.Signed.Version = 1
			var k *visitor
			for _, r := range roots {
				s.root.Signed.Roles[metadata.ROOT].KeyIDs, s.signers[metadata.ROOT] = nil, nil
				s.root.Signed.Roles[metadata.ROOT].Threshold = r.threshold + 1
				for _, i := range append(slices.Clone(r.keys), -1) {
					s.allow(metadata.ROOT, signers(i, always))
				}
				for _, i := range append(slices.Clone(r.sigs), -1) {
					s.signers[metadata.ROOT] = append(s.signers[metadata.ROOT], signers(i, always))
				}
				if k == nil {
					s.files["metadata/1.root.json"] = s.signed(metadata.ROOT)
					k = s.visitor()
					continue
				}
				s.publish(metadata.ROOT)
			}
			s.publish(everything...)
			n := s.root.Signed.Version
			if !roots[len(roots)-1].refused {
				k.follows()
				if files, _ := k.state.Keep(); k.version(metadata.ROOT) != n || !bytes.Equal(files[metadata.ROOT], s.files[s.file(metadata.ROOT)]) {
					t.Errorf("ends at root %d, not %d", k.version(metadata.ROOT), n)
				}
				return
			}
			mustRefuse(t, k, ErrSignature)
			if k.version(metadata.ROOT) >= n {
				t.Error("accepted")
			}
		}})
	}
	return out
}

func tenSigners(t *testing.T) func(i int, always *signer) *signer {
	var made [10]*signer
	for i := range made {
		made[i] = newSigner(t, "")
	}
	return func(i int, always *signer) *signer {
		if i < 0 {
			return always
		}
		return made[i]
	}
}

func rotationCases() (out []conformance) {
	five, six := []int{0, 1, 2, 3, 4}, []int{0, 1, 3, 4, 5}
	for name, r := range map[string]keying{
		"1-of-1-key-rotation":                                            {[]int{2}, 1, []int{2}, false},
		"1-of-1-key-rotation-unused-signatures":                          {[]int{1}, 1, []int{3, 1, 4}, false},
		"1-of-1-key-rotation-fail-not-signed-with-new-key":               {[]int{2}, 1, []int{1, 3, 4}, true},
		"3-of-5-one-key-signature-wrong-not-signed-with-3-expected-keys": {six, 3, []int{0, 2, 4}, true},
		"2-of-5-one-key-signature-mising-threshold-not-reached":          {six, 3, []int{0, 4}, true},
		"3-of-5-sign-first-combo":                                        {five, 3, []int{0, 2, 4}, false},
		"3-of-5-sign-second-combo":                                       {five, 3, []int{0, 4, 1}, false},
		"3-of-5-sign-third-combo":                                        {five, 3, []int{0, 1, 3}, false},
		"3-of-5-sign-fourth-combo":                                       {five, 3, []int{1, 2, 3}, false},
		"3-of-5-sign-fifth-combo":                                        {five, 3, []int{2, 3, 4}, false},
	} {
		out = append(out, conformance{"test_non_root_rotations[" + name + "]", "", func(t *testing.T, _ *simulator) {
			for _, role := range []string{metadata.TIMESTAMP, metadata.SNAPSHOT, metadata.TARGETS} {
				s := newSimulator(t)
				k := s.visitor()
				k.follows()
				signers := tenSigners(t)
				s.root.Signed.Roles[role].KeyIDs, s.signers[role] = nil, nil
				s.root.Signed.Roles[role].Threshold = r.threshold
				for _, i := range r.keys {
					s.allow(role, signers(i, nil))
				}
				for _, i := range r.sigs {
					s.signers[role] = append(s.signers[role], signers(i, nil))
				}
				s.publish(append([]string{metadata.ROOT}, everything...)...)
				if r.refused {
					mustRefuse(t, k, ErrSignature)
					continue
				}
				k.follows()
				mustHave(t, k, 2, 2, 2, 2)
			}
		}})
	}
	return out
}

func TestOnlySHA256(t *testing.T) {
	for name, change := range map[string]func(metadata.Hashes){
		"none":            func(h metadata.Hashes) { delete(h, "sha256") },
		"another beside":  func(h metadata.Hashes) { h["sha512"] = make([]byte, 64) },
		"another instead": func(h metadata.Hashes) { h["sha512"] = make([]byte, 64); delete(h, "sha256") },
		"unknown":         func(h metadata.Hashes) { h["unknown-hash"] = h["sha256"]; delete(h, "sha256") },
		"short":           func(h metadata.Hashes) { h["sha256"] = h["sha256"][:31] },
	} {
		s := newSimulator(t)
		k := s.visitor()
		change(s.parts[Finance].Signed.Targets["finance/catalog"].Hashes)
		s.publish(everything...)
		err := k.refresh()
		if another := name == "another beside"; another != (err == nil) || !another && !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDelegationOfOtherPaths(t *testing.T) {
	for _, paths := range [][]string{nil, {"*"}, {"staffing/*"}, {"Finance/*"}, {"finance/catalo"}, {"finance/catalog/*"}, {"[/"}} {
		s := newSimulator(t)
		s.parts[metadata.TARGETS].Signed.Delegations.Roles[0].Paths = paths
		s.publish(everything...)
		if err := s.visitor().refresh(); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %v", paths, err)
		}
	}
}

// A root that lets a role do without signatures, or that names nobody for it.
func TestRolesOfNobody(t *testing.T) {
	for _, role := range []string{metadata.TIMESTAMP, metadata.SNAPSHOT, metadata.TARGETS} {
		for what, change := range map[string]func(*metadata.Role){
			"threshold 0":  func(r *metadata.Role) { r.Threshold = 0 },
			"threshold -1": func(r *metadata.Role) { r.Threshold = -1 },
			"no keys":      func(r *metadata.Role) { r.KeyIDs = nil },
			"unknown key":  func(r *metadata.Role) { r.KeyIDs = []string{"nobody"} },
		} {
			s := newSimulator(t)
			k := s.visitor()
			change(s.root.Signed.Roles[role])
			s.publish(append([]string{metadata.ROOT}, everything...)...)
			if err := k.refresh(); err == nil {
				t.Errorf("%s: %s: accepted", role, what)
			}
		}
	}
}

// What a kiosk has seen of keys it keeps, though the edition that came with it could not be had.
func TestARevokedKeyStaysRevoked(t *testing.T) {
	s := newSimulator(t)
	k := s.visitor()
	k.follows()
	before := maps.Clone(s.files)
	stolen := s.signers[metadata.TIMESTAMP]
	s.rotate(metadata.TIMESTAMP)
	s.publish(append([]string{metadata.ROOT}, everything...)...)
	delete(s.files, "metadata/2.finance.json") // the edition is half there
	mustRefuse(t, k, fs.ErrNotExist)
	if k.version(metadata.ROOT) != 2 {
		t.Fatalf("the new root is forgotten: %v", k.state.seen)
	}
	// The thief hides the new root, and signs a newer timestamp of what was there before.
	s.files = before
	s.signers[metadata.TIMESTAMP] = stolen
	s.stamp.Signed.Version = 50
	s.stamp.Signed.Meta["snapshot.json"] = listing(before["metadata/1.snapshot.json"], 1)
	s.files["metadata/timestamp.json"] = s.signed(metadata.TIMESTAMP)
	mustRefuse(t, k, ErrSignature)
	if v, err := s.visitor().state.Accept(s.get, day0, Network); err != nil || v.NewRoot {
		t.Errorf("a kiosk that never saw the new root: %v, %t", err, v.NewRoot)
	}
}

// Losing the files must not open the way back, though the walk from the first root comes by every change of keys again.
func TestLostFilesDoNotForgetVersions(t *testing.T) {
	s := newSimulator(t)
	k := s.visitor()
	s.rotate(metadata.TIMESTAMP)
	s.publish(append([]string{metadata.ROOT}, everything...)...)
	s.publish(everything...)
	k.follows()
	mustHave(t, k, 2, 3, 3, 3)
	_, seen := k.state.Keep()
	k.state = NewState(Enrolment{County: "420581", Root: s.files["metadata/1.root.json"]}, nil, seen)
	s.stamp.Signed.Version = 2
	s.files["metadata/timestamp.json"] = s.signed(metadata.TIMESTAMP)
	mustRefuse(t, k, ErrRollback)
	for name, files := range map[string]map[string][]byte{
		"empty":   {"root": {}, "timestamp": {}, "snapshot": {}},
		"cut":     {"root": s.files["metadata/2.root.json"][:99], "timestamp": s.files["metadata/timestamp.json"][:99]},
		"swapped": {"root": s.files["metadata/timestamp.json"], "timestamp": s.files["metadata/2.root.json"]},
	} {
		s.stamp.Signed.Version = 3
		s.publish(metadata.TIMESTAMP)
		k.state = NewState(Enrolment{County: "420581", Root: s.files["metadata/1.root.json"]}, files, seen)
		if err := k.refresh(); err != nil {
			t.Errorf("%s: a broken cached file is no more than a lost one: %v", name, err)
		}
	}
}

// All three root keys sign that from now on one is enough. A stock client would follow.
func TestARootThatOneKeyCanReplaceIsRefused(t *testing.T) {
	s := newSimulator(t)
	k := s.visitor()
	k.follows()
	s.root.Signed.Roles[metadata.ROOT].Threshold = 1
	s.publish(append([]string{metadata.ROOT}, online...)...)
	mustRefuse(t, k, ErrSignature)
	mustHave(t, k, 1, 1, 1, 1)
}

// The keys may be right and the county another: an office that mixed up two counties' roots, or a kiosk that was given another's enrolment.
func TestARootOfAnotherCounty(t *testing.T) {
	s := newSimulator(t)
	k := s.visitor()
	k.follows()
	s.root.Signed.UnrecognizedFields["x-county"] = "420923"
	s.publish(append([]string{metadata.ROOT}, online...)...)
	mustRefuse(t, k, ErrForeign)
	mustHave(t, k, 1, 1, 1, 1)
	s = newSimulator(t)
	other := &visitor{s, NewState(Enrolment{County: "420923", Root: s.files["metadata/1.root.json"]}, nil, Seen{})}
	mustRefuse(t, other, ErrForeign)
}
