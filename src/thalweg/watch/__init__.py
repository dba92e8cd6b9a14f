"""From documents to events, and from events to what they change: pure, no network and no disk."""
