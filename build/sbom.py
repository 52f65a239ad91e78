"""The list of components as files: CycloneDX for programs, a table and the licence texts for people.

Knows nothing of where the list comes from (build/inventory.py).
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from inventory import Component

NAMESPACE = uuid.UUID("6f4f0d0a-6a43-5f0b-9a5c-1f5b1f6f2b10")


@dataclass(frozen=True)
class Product:
    """The program the list is about. ``at``: seconds since 1970, the same for every build of one commit."""

    name: str
    version: str
    at: int


def cyclonedx(product: Product, components: Sequence[Component]) -> dict[str, Any]:
    """The list as CycloneDX 1.6; equal for equal lists."""
    root = f"pkg:generic/{product.name}@{product.version}"
    entries = [_entry(component) for component in components]
    serial = uuid.uuid5(NAMESPACE, json.dumps([root, product.at, entries], sort_keys=True))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(product.at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": product.name,
                "version": product.version,
                "licenses": [{"license": {"id": "MIT"}}],
            },
        },
        "components": entries,
        "dependencies": [{"ref": root, "dependsOn": sorted({entry["bom-ref"] for entry in entries})}],
    }


def _entry(component: Component) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "type": "library",
        "bom-ref": component.purl,
        "name": component.name,
        "version": component.version,
        "purl": component.purl,
    }
    if component.licence:
        entry["licenses"] = [{"expression": component.licence}]
    return entry


def write(folder: Path, product: Product, components: Sequence[Component], facts: dict[str, object]) -> list[Path]:
    """Writes ``version.json`` (``facts``), ``sbom.cdx.json``, ``licences.txt`` and the texts; returns all files."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    about = {"name": product.name, "version": product.version, **facts}
    written = [
        _file(folder / "version.json", json.dumps(about, indent=2, sort_keys=True)),
        _file(folder / "sbom.cdx.json", json.dumps(cyclonedx(product, components), indent=2)),
        _file(folder / "licences.txt", table(product, components)),
    ]
    for component in components:
        for text in component.texts:
            place = folder / "licences" / f"{component.name}-{component.version}".replace(":", "_") / text.name
            written.append(_file(place, text.read_text(encoding="utf-8", errors="replace")))
    return written


def table(product: Product, components: Sequence[Component]) -> str:
    """One line a component."""
    lines = [f"{product.name} {product.version} is under the MIT licence and contains:", ""]
    for component in components:
        licence = component.licence or ("see its text" if component.texts else "not stated by its authors")
        lines.append(f"{component.name} {component.version}: {licence}")
    return "\n".join([*lines, "", "The texts are in the folder licences."])


def _file(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.rstrip() + "\n", encoding="utf-8", newline="\n")
    return path
