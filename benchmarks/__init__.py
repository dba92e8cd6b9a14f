"""Times the engine: `python -m benchmarks [--smoke]`."""
