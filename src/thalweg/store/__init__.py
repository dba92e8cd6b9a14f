"""The store: copies of lists with their history, and what reviewers decided, on SQLite or PostgreSQL."""
