"""The Unverified List: Supplement No. 6 to Part 744 of the Export Administration Regulations."""
