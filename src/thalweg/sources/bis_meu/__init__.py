"""The Military End-User List: Supplement No. 7 to Part 744 of the Export Administration Regulations."""
