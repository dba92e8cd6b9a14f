"""What changed on the lists of parties."""
