"""The desk: gathers what a question needs, asks the engines, and answers. Each verb has its own file; none is loaded for another's sake."""
