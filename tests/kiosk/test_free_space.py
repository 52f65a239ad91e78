"""kiosk/free_space.py"""

from __future__ import annotations

import shutil
from pathlib import Path

from kiosk.free_space import free_bytes


def test_it_is_what_the_disk_of_the_folder_has_free(tmp_path: Path) -> None:
    assert 0 < free_bytes(tmp_path) <= shutil.disk_usage(tmp_path).total
