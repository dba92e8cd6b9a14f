"""How a text is read for events: words, names, numbers, dates; kind, certainty and parts."""
