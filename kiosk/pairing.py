"""What the codes on the screen say (PROTOCOL §1): a bare address for older apps, JSON for newer ones.

Knows nothing of how a code is drawn.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from db.settings import Setting


def address_code(ip: str, port: int) -> str:
    """The code older apps scan or type: they store it as it is, so without a trailing slash."""
    return f"http://{ip}:{port}"


def hub_code(url: str, server_id: str, public_key: str) -> str:
    """The code newer apps scan; ``public_key`` is base64url without padding."""
    return msgspec.json.encode({"type": "sync_hub", "url": url, "id": server_id, "pk": public_key}).decode()


def public_key_of(private_key: str) -> str:
    """The public half of the server's X25519 key, which is kept as hexadecimal digits, as ``hub_code`` wants it."""
    public = X25519PrivateKey.from_private_bytes(bytes.fromhex(private_key)).public_key().public_bytes_raw()
    return base64.urlsafe_b64encode(public).decode("ascii").rstrip("=")


def code_of_server(settings: Mapping[Setting, str], url: str) -> str:
    """The code newer apps scan for the server with these settings at ``url``."""
    return hub_code(url, settings[Setting.SERVER_ID], public_key_of(settings[Setting.HUB_PRIVATE_KEY]))
