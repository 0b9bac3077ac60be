"""What `make bench` runs: the table of docs/reference/performance.md, measured anew."""
