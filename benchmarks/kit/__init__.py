"""What the benchmarks share: processes to measure, peers from npm, results in README.md."""
