"""The program: command line, server process, window, and the one place where objects meet."""

__version__ = "0.1.0"

RELEASED_MS = 1_795_564_800_000
"""2026-11-25, when this version was made: a clock that shows an earlier time is wrong. Changed with the version."""
