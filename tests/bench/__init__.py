"""The benchmarks: what the program costs over HTTP against the bare floor, measured in the same run."""
