"""The Consolidated Screening List of the US Department of Commerce."""
