-- +goose Up
-- recipient is to whom a new county key is sealed for this query point; empty where it was enrolled before there were any.
ALTER TABLE kiosk ADD COLUMN recipient TEXT NOT NULL DEFAULT '';
ALTER TABLE kiosk ADD COLUMN struck_off_at TEXT;

-- +goose Down
ALTER TABLE kiosk DROP COLUMN struck_off_at;
ALTER TABLE kiosk DROP COLUMN recipient;
