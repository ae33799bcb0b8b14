"""Benchmarks: ratios against a bare HTTP loop in the same run, never absolute promises."""
