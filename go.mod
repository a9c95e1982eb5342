module mingbai.local

go 1.26.0
