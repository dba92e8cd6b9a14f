"""Documents of the Federal Register."""
