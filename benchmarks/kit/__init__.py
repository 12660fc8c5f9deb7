"""Shared parts of the benchmarks: measured processes, peers from npm, results in README.md."""
