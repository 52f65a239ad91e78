"""Checks of this computer, and what can be done about what they find."""
