"""The stylesheet, scripts and pictures of the pages, read into memory once.

Knows nothing of sessions. Only files that were read at start can be asked for, so no path can lead elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType

_TYPES = MappingProxyType(
    {
        "css": "text/css; charset=utf-8",
        "mjs": "text/javascript; charset=utf-8",
        "svg": "image/svg+xml",
    }
)


@dataclass(frozen=True)
class StaticFile:
    """A file as it goes over the wire."""

    content: bytes
    content_type: str


def load_static_files() -> MappingProxyType[str, StaticFile]:
    """The files of ``web/static`` by name."""
    folder = resources.files("web") / "static"
    files: dict[str, StaticFile] = {}
    for file in folder.iterdir():
        content_type = _TYPES.get(file.name.rpartition(".")[2])
        if content_type:
            files[file.name] = StaticFile(file.read_bytes(), content_type)
    return MappingProxyType(files)
