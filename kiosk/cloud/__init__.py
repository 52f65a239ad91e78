"""The exchange with the organisation's cloud: every answer of the real one, however odd, has its place here."""
