# make run   shows the whole product: an office publishes a sample county, a kiosk syncs it and opens.
# make test  runs everything that continuous integration runs.
# make help  lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run build packages test check race peers screen pages strokes rare-parts bench-main bench-screen bench-search bench-sync bench-input hand-sources hand-tables test-monkey test-faults clean

# No path of the machine that builds goes into a program.
export GOFLAGS := $(GOFLAGS) -trimpath

VERSION := $(shell sed -n 's/^ *Version = "\(.*\)"/\1/p' FyneApp.toml)
LDFLAGS := -s -w -X main.version=$(VERSION)

# Counts the packages that the compiler has done, and lets everything else that it says through.
PROGRESS := awk '/^[a-z0-9][a-zA-Z0-9._\/-]*$$/ { if (++n % 25 == 0) printf "    %d packages compiled, now %s\n", n, $$0; next } { print }' >&2

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

run: build ## show it: sample county, office, kiosk; without a display a tour in out/tour
	@.ci/demo

packages:
	@.ci/install

build: packages ## build bin/kiosk, bin/office and, for townships, bin/stick and bin/stick.exe
	@[ -f bin/kiosk ] || echo "Building. The first build compiles the graphics library and takes several minutes; later ones take seconds." >&2
	@echo "  office …" >&2
	@CGO_ENABLED=0 go build -ldflags '$(LDFLAGS)' -v -o bin/office ./cmd/office 2>&1 | $(PROGRESS)
	@echo "  stick …" >&2
	@CGO_ENABLED=0 go build -ldflags '$(LDFLAGS)' -o bin/stick ./cmd/stick
	@GOOS=windows GOARCH=amd64 CGO_ENABLED=0 go build -ldflags '$(LDFLAGS)' -o bin/stick.exe ./cmd/stick
	@echo "  kiosk …" >&2
	@go build -ldflags '$(LDFLAGS)' -tags migrated_fynedo,release -v -o bin/kiosk ./cmd/kiosk 2>&1 | $(PROGRESS)
	@echo "  built: $$(bin/kiosk --version)" >&2

test: packages check race peers screen ## all that .ci/run runs

check: ## formatting, vet, staticcheck, the house rules
	@test -z "$$(go tool gofumpt -l .)" || { echo "not gofumpt'ed:"; go tool gofumpt -l .; exit 1; }
	go vet ./...
	go tool staticcheck ./...
	cd tools && go vet ./...

# What has no window runs under the race detector. The sample's largest counties, the house rules and the layout of pages, which
# have no goroutines to race, run without it, and so does what is done to a damaged book.
race: ## unit tests, under the race detector where there is no window
	go test -race -short -timeout 15m $$(go list ./... | grep -vE '/app/screen|/cmd/kiosk|/cmd/internal')
	go test -timeout 15m ./app/book ./app/sample ./app/screen/... ./cmd/internal/...

# SQLite is C, which gcc of .ci/packages compiles once, in about two minutes.
peers: packages ## the book, SQLite and bleve give the same answers over a small county
	cd cmd/peers && CGO_ENABLED=1 go vet -tags sqlite_fts5 ./... && CGO_ENABLED=1 go test -tags sqlite_fts5 ./...

screen: build ## the built kiosk in a real window under Xvfb, touched by real touches
	go test -timeout 15m -count=1 ./cmd/kiosk/...

# The pictures are to be looked at before they are committed: a master is what somebody has seen and found good.
pages: ## paint docs/pages anew, the pictures of every page that tests compare with
	go test -count=1 ./app/screen -run Masters -masters

# Needs rime-data-stroke and unicode-data. The same sources give the same bytes, which a test knows by their hash.
strokes: hand-sources ## make the table of strokes anew from Debian's rime-data-stroke
	cd tools && go run ./strokes

# Needs out/hand from make hand-sources. The same font and source give the same bytes.
rare-parts: hand-sources ## make the tables of rare characters anew
	go run ./cmd/internal/rareparts -sources out/hand -out assets/rare

# make test flips 1,500 of them.
test-flips: ## flip 100,000 bits of a book one after another: none may go unnoticed; a quarter of an hour
	go test -timeout 4h -count=1 -v -run TestEveryFlippedBit ./app/book -flips 100000

# make test cuts the power 100 times. The table is printed and lies in out/faults/long.txt. A run that broke off goes on with what is missing;
# ONLY="power cut" tries some parts, again if need be; SEED=n repeats what a run has met.
test-faults: packages ## power cuts, full disks, kills and flipped bits by the thousand, as root: nothing may be lost; an hour
	go run ./cmd/internal/faults $(if $(ONLY),-only "$(ONLY)") $(if $(SEED),-seed $(SEED))

# make test lets it loose for 1,000.
test-monkey: build ## 10,000 random touches and key chords; SEED=n for others; a quarter of an hour
	go test -timeout 4h -count=1 -v -run TestMonkey ./cmd/kiosk -monkey 10000 $(if $(SEED),-seed $(SEED))

bench-main: build ## measure the main job; writes docs/benchmarks/main.json
	go run ./cmd/internal/benchmain -out docs/benchmarks/main.json

# The whole takes two hours and a half, one of them for the drift of memory; ONLY=keys,stock measures some parts and keeps the rest.
bench-screen: build ## measure the screen by real touches; writes docs/benchmarks/screen.json
	go run ./cmd/internal/benchscreen $(if $(ONLY),-only $(ONLY)) -out docs/benchmarks/screen.json

# Five million payments take half an hour and 8 GB of disk under out/bench-sync, which later runs go on with; ONLY=wire,build measures
# some parts and keeps the rest. The fleet is simulated; all else is measured on the built programs.
bench-sync: build ## measure editions: wire, polls, building, beside zsync and casync; writes docs/benchmarks/sync.json
	@.ci/install ../cmd/internal/benchsync/packages
	go run ./cmd/internal/benchsync $(if $(ONLY),-only $(ONLY)) -out docs/benchmarks/sync.json

# Five million payments take six minutes and 5 GB of disk; ROWS=500000 takes three and writes search-500000.json.
# ROWS=50000000 measures the book alone, and what it finds is taken over into search.json.
bench-search: packages ## measure search beside SQLite and bleve; writes docs/benchmarks/search.json
	cd cmd/peers && CGO_ENABLED=1 go run -tags sqlite_fts5 . $(if $(ROWS),-rows $(ROWS)) -out ../../docs/benchmarks/search$(if $(ROWS),-$(ROWS)).json

# What handwriting is trained and measured with: 40 MB under out/hand, each file by its hash.
hand-sources: packages
	@cmd/internal/trainhand/fetch out/hand

hand-tables: hand-sources ## train the tables of handwriting anew: the same sources give the same bytes; some minutes
	go run ./cmd/internal/trainhand -sources out/hand -out assets/hand

# ONLY=actions,hands measures some parts and keeps what the others found: handwriting, surnames, update,
# dialect, actions, hands, speech.
bench-input: hand-sources ## measure handwriting beside Zinnia, names by every method, speech; writes docs/benchmarks/input.json
	@.ci/install ../cmd/internal/benchinput/packages
	go run ./cmd/internal/benchinput $(if $(ONLY),-only $(ONLY)) -sources out/hand -out docs/benchmarks/input.json

clean: ## remove what was built and generated
	rm -rf bin out
