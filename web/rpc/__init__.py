"""The encrypted channel of newer phones: pairing, sessions, and the procedures they call (PROTOCOL §4)."""
