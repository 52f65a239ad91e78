"""Lets tests import the modules of build/, which is a folder of programs and no package."""

from __future__ import annotations

import sys

from tests.gates.sources import ROOT

sys.path.insert(0, str(ROOT / "build"))
