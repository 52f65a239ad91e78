from __future__ import annotations

import json
import platform
from typing import Any

from kiosk.diagnostics.computer_part import about_part, checks_part
from kiosk.diagnostics.safe import Pseudonyms, render
from web.ui.check_port import Area, Cure, Finding, Verdict

NOW_MS = 1_790_000_000_000


def told(*findings: Finding) -> list[dict[str, Any]]:
    content: list[dict[str, Any]] = json.loads(render(checks_part(findings, Pseudonyms())))["checks"]
    return content


def test_the_program_and_the_system_are_told_and_not_the_computers_name() -> None:
    about = render(about_part("linux", "00106T04HP", NOW_MS, "ar"))
    content = json.loads(about)
    assert content["python"] == platform.python_version()
    assert (content["system"], content["language"], content["support_code"]) == ("linux", "ar", "00106T04HP")
    assert content["libraries"]["bottle"]
    assert platform.node().encode() not in about


def test_a_finding_is_told_with_numbers_and_codes() -> None:
    (check,) = told(Finding("disk", Area.COMPUTER, Verdict.WARN, "low", {"size": 5}, Cure.DISK_HELP))
    assert check == {
        "name": "disk",
        "area": "computer",
        "verdict": "warn",
        "reason": "low",
        "cure": "disk_help",
        "values": {"size": 5},
    }


def test_how_networks_and_programs_are_called_is_not_told() -> None:
    values = {"adapter": "Amina's phone", "address": "192.168.1.7", "network": "Al Noor", "holder": "Amina.exe"}
    (check,) = told(Finding("adapters", Area.PHONES, Verdict.WARN, "several", values | {"strange": "Amina"}))
    assert check["values"]["address"] == "192.168.1.7"
    assert "strange" not in check["values"]
    assert "Amina" not in json.dumps(check)
    assert "Noor" not in json.dumps(check)


def test_a_check_of_another_release_has_no_name() -> None:
    (check,) = told(
        Finding("Amina", Area.DATA, Verdict.FAIL, "Amina", {"code": "Amina", "zone": "a b", "version": "x"})
    )
    assert (check["name"], check["reason"]) == ("other", "other")
    assert check["values"] == {"code": "other", "zone": "other", "version": "other"}


def test_several_addresses_are_told_one_by_one() -> None:
    (check,) = told(Finding("reachable", Area.PHONES, Verdict.PASS, "all", {"addresses": "10.0.0.7, 8.8.8.8"}))
    first, second = check["values"]["addresses"]
    assert (first, second[:8]) == ("10.0.0.7", "address-")
