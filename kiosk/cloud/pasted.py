"""What a person types or pastes to connect the cloud, made exact: its address and the API key.

Knows nothing of what is at the address. Paste brings white space, invisible characters and half an address line.
"""

from __future__ import annotations

import unicodedata
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from db.errors import InvalidInput

LONGEST_KEY: Final = 512
_DEFAULT_PORTS: Final = (("https", 443), ("http", 80))


def check_cloud_url(text: str) -> str:
    """The address as it is stored and compared: scheme, host in lower case, port unless it is the usual one.

    ``https://`` is added where nothing stands; everything behind the host is left out. Raises InvalidInput (``url``)
    for what is no address, names a user, or is not https without being this very computer.
    """
    cleaned = _without_invisible(text)
    try:
        parts = urlsplit(cleaned if "://" in cleaned else f"https://{cleaned}")
        host, port = _host(parts), parts.port
    except ValueError:
        raise InvalidInput(path="url") from None
    if "@" in parts.netloc or port == 0:
        raise InvalidInput(path="url")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_this_computer(host)):
        raise InvalidInput(path="url")
    name = f"[{host}]" if ":" in host else host
    has_port = port is not None and (parts.scheme, port) not in _DEFAULT_PORTS
    return f"{parts.scheme}://{name}:{port}" if has_port else f"{parts.scheme}://{name}"


def check_api_key(text: str) -> str:
    """The key without what paste brought along. Raises InvalidInput (``key``) for what no header can carry."""
    key = _without_invisible(text)
    if not 0 < len(key) <= LONGEST_KEY or not all("!" <= character <= "~" for character in key):
        raise InvalidInput(path="key")
    return key


def is_this_computer(host: str) -> bool:
    """Whether a host is the loopback, where nobody listens on the way."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _host(parts: SplitResult) -> str:
    """In the form that is sent. Raises ValueError."""
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        return str(ip_address(host))
    name = host.encode("idna").decode()  # of ASCII names too: labels of a wrong length are found
    if not name or not all(character.isalnum() or character in "-._" for character in name):
        raise ValueError("not a name")
    return name


def _without_invisible(text: str) -> str:
    """Without white space around it and without characters that show nothing, such as marks of direction."""
    return "".join(character for character in text if unicodedata.category(character) != "Cf").strip()
