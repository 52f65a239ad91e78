"""A report as one zip.

Knows nothing of what is in it.
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

from kiosk.diagnostics.report import Report
from kiosk.diagnostics.short_code import in_groups
from web.ui.diagnostics_port import ReportArchive


def pack(report: Report) -> ReportArchive:
    """The report as a zip."""
    moment = datetime.fromtimestamp(report.made_at_ms / 1000, UTC)
    stamp = (max(moment.year, 1980), moment.month, moment.day, moment.hour, moment.minute, moment.second)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in report.files:
            archive.writestr(zipfile.ZipInfo(file.name, stamp), file.content, zipfile.ZIP_DEFLATED)
    name = f"hikma-diagnostics-{moment:%Y-%m-%d-%H%M}-{in_groups(report.support_code)}.zip"
    return ReportArchive(name, report.support_code, out.getvalue())
