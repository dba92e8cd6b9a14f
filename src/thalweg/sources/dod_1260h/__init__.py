"""Chinese military companies under section 1260H, as the US Department of Defense publishes them."""
