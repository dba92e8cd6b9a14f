"""Documents on public inspection at the Federal Register, before they are published."""
