"""A newer program put in the place of this one, from a signed file, with a way back (ADR 22)."""
