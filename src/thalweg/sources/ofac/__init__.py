"""The lists of the Office of Foreign Assets Control: the SDN List and the consolidated non-SDN lists."""
