"""The fixtures of the end-to-end tests, here too: a running server with accounts."""

from tests.e2e.conftest import running_server, staffed_folder

__all__ = ["running_server", "staffed_folder"]
