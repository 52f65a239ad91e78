from __future__ import annotations

import json
from pathlib import Path

import sbom
from inventory import Component

PRODUCT = sbom.Product("hikma-local-server", "1.2.3", 1_700_000_000)
BOTTLE = Component("bottle", "0.13", "pkg:pypi/bottle@0.13", "MIT")
ZLIB = Component("zlib", "1:1.2", "pkg:deb/debian/zlib@1:1.2")


def test_the_list_has_what_cyclonedx_asks_for() -> None:
    document = sbom.cyclonedx(PRODUCT, [BOTTLE, ZLIB])
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    assert document["metadata"]["timestamp"] == "2023-11-14T22:13:20Z"
    assert document["components"][0] == {
        "type": "library",
        "bom-ref": "pkg:pypi/bottle@0.13",
        "name": "bottle",
        "version": "0.13",
        "purl": "pkg:pypi/bottle@0.13",
        "licenses": [{"expression": "MIT"}],
    }
    assert "licenses" not in document["components"][1]
    references = [document["metadata"]["component"]["bom-ref"], *(entry["bom-ref"] for entry in document["components"])]
    assert len(set(references)) == 3
    assert document["dependencies"][0]["dependsOn"] == sorted(references[1:])


def test_the_same_list_is_the_same_document_and_another_is_another() -> None:
    assert sbom.cyclonedx(PRODUCT, [BOTTLE]) == sbom.cyclonedx(PRODUCT, [BOTTLE])
    assert sbom.cyclonedx(PRODUCT, [BOTTLE])["serialNumber"] != sbom.cyclonedx(PRODUCT, [ZLIB])["serialNumber"]


def test_the_table_says_what_is_not_known() -> None:
    text = sbom.table(PRODUCT, [BOTTLE, ZLIB])
    assert "bottle 0.13: MIT" in text
    assert "zlib 1:1.2: not stated by its authors" in text


def test_texts_go_into_a_folder_of_each_component_and_nothing_old_stays(tmp_path: Path) -> None:
    text = tmp_path / "LICENSE"
    text.write_bytes(b"You may.\r\n\xff")
    folder = tmp_path / "about"
    (folder / "old").mkdir(parents=True)
    component = Component("zlib", "1:1.2", ZLIB.purl, texts=(text,))
    written = sbom.write(folder, PRODUCT, [component], {"commit": "abc"})
    assert sorted(path.relative_to(folder).as_posix() for path in written) == [
        "licences.txt",
        "licences/zlib-1_1.2/LICENSE",
        "sbom.cdx.json",
        "version.json",
    ]
    assert json.loads((folder / "version.json").read_text()) == {
        "name": "hikma-local-server",
        "version": "1.2.3",
        "commit": "abc",
    }
    assert not (folder / "old").exists()
