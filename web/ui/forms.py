"""Reading the small forms of the kiosk's pages off the wire, bounded and in memory only.

Knows nothing of what the fields mean. Bottle's own readers are not used: they may write to temporary files.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from db.errors import InvalidInput, TooLarge

BODY_LIMIT = 64 * 1024
_FORM_TYPE = "application/x-www-form-urlencoded"
_MOST_FIELDS = 50


def read_form(environ: Mapping[str, Any]) -> dict[str, str]:
    """The fields of an url-encoded form; the last one wins when a name is repeated.

    Raises TooLarge above 64 KB and InvalidInput (``path`` = "body") for anything that is not such a form.
    """
    if str(environ.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower() != _FORM_TYPE:
        raise InvalidInput(path="body")
    body = _read_bounded(environ)
    try:
        fields = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise InvalidInput(path="body") from error
    return dict(fields)


def _read_bounded(environ: Mapping[str, Any]) -> bytes:
    declared = str(environ.get("CONTENT_LENGTH") or "")
    if declared:
        if not (declared.isascii() and declared.isdigit()):
            raise InvalidInput(path="body")
        wanted = int(declared)
    elif environ.get("wsgi.input_terminated"):
        wanted = BODY_LIMIT + 1  # chunked: the end of the stream is the end of the body
    else:
        return b""
    if declared and wanted > BODY_LIMIT:
        raise TooLarge()
    body = bytearray()
    while len(body) < wanted:
        part = environ["wsgi.input"].read(wanted - len(body))
        if not part:
            break
        body += part
    if len(body) > BODY_LIMIT:
        raise TooLarge()
    return bytes(body)
