"""The Entity List: Supplement No. 4 to Part 744 of the Export Administration Regulations."""
