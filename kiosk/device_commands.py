"""What the commands about phones and settings do: the CLI's words in, plain values out. Works beside a running server.

Knows nothing of argument parsing or printing (kiosk/cli.py).
"""

from __future__ import annotations

import argparse
from typing import Any

from db.accounts import clinic_named, find_account, set_permissions
from db.clock import SystemClock
from db.database import Database, Snapshot
from db.devices import Device, find_device_and_user, list_devices
from db.errors import AddressUnavailable, InvalidInput, NotFound
from db.pairing import approve, block, close_pairing, open_pairing, pairing_open_until, rename, revoke
from db.permissions import Flag, permissions_of
from db.scope import PhoneScope, read_phone_scope, write_phone_scope
from db.settings import Setting, read_setting, read_settings, write_setting
from db.sync_log import last_sent_by
from kiosk.commands import CHANNEL, opened_database
from kiosk.config import DEFAULT_PORT
from kiosk.network import choose, current_addresses, remembered_address
from kiosk.pairing import address_code, code_of_server
from kiosk.paths import data_folder
from kiosk.runtime_file import running_server

MOST_LISTED = 10_000
MINUTE_MS = 60_000
ON, OFF = "on", "off"


def list_phones(words: argparse.Namespace) -> list[dict[str, Any]]:
    """``devices list``."""
    with opened_database(words) as database, database.read() as snapshot:
        return [_device(device) for device in list_devices(snapshot, MOST_LISTED)]


def approve_phone(words: argparse.Namespace) -> dict[str, Any]:
    """``devices approve``."""
    with opened_database(words) as database:
        approve(database, words.id, CHANNEL)
        return _told(database, words.id)


def block_phone(words: argparse.Namespace) -> dict[str, Any]:
    """``devices block``."""
    with opened_database(words) as database:
        block(database, words.id, CHANNEL)
        return _told(database, words.id)


def revoke_phone(words: argparse.Namespace) -> dict[str, Any]:
    """``devices revoke``: with what the phone sent last, so that staff knows what may be missing."""
    with opened_database(words) as database:
        revoke(database, words.id, CHANNEL)
        with database.read() as snapshot:
            last = last_sent_by(snapshot, words.id)
        sent = {"at": last.at, "records": last.entry.counts} if last else None
        return _told(database, words.id) | {"last_sent": sent}


def rename_phone(words: argparse.Namespace) -> dict[str, Any]:
    """``devices rename``."""
    with opened_database(words) as database:
        rename(database, words.id, words.name or "")
        return _told(database, words.id)


def open_door(words: argparse.Namespace) -> dict[str, Any]:
    """``devices pairing open``."""
    with opened_database(words) as database, database.write() as transaction:
        return {"open_until": open_pairing(transaction, words.minutes * MINUTE_MS)}


def close_door(words: argparse.Namespace) -> dict[str, Any]:
    """``devices pairing close``."""
    with opened_database(words) as database, database.write() as transaction:
        close_pairing(transaction)
    return {"open_until": None}


def show_codes(words: argparse.Namespace) -> dict[str, Any]:
    """``devices pairing show``: what the codes on the page "Add a phone" say. Raises AddressUnavailable when this
    computer is on no network and no server runs."""
    with opened_database(words) as database, database.read() as snapshot:
        settings = read_settings(snapshot)
        url = _phones_url(words, settings.get(Setting.PHONE_PORT))
        return {
            "newer": code_of_server(settings, url),
            "older": url,
            "open_until": pairing_open_until(snapshot, SystemClock().now_ms()),
        }


def user_permissions(words: argparse.Namespace) -> dict[str, Any]:
    """``user permissions``: what the account may do at the clinic, after the changes asked for."""
    granted, taken = _flags(words.grant, "grant"), _flags(words.revoke, "revoke")
    if granted & taken:
        raise InvalidInput(path="grant")
    with opened_database(words) as database:
        with database.read() as snapshot:
            clinic, before = _clinic_and_flags(snapshot, words)
        after = (before | granted) - taken
        if granted or taken:
            set_permissions(database, words.email, clinic, after, CHANNEL)
    return {"email": words.email, "clinic_id": clinic, **{flag.value: flag in after for flag in Flag}}


def phones_receive(words: argparse.Namespace) -> dict[str, Any]:
    """``settings phones-receive``: shows it, or chooses it."""
    if words.value and words.value not in set(PhoneScope):
        raise InvalidInput(path="value")
    with opened_database(words) as database:
        if words.value:
            with database.write() as transaction:
                write_phone_scope(transaction, PhoneScope(words.value))
        with database.read() as snapshot:
            return {"phones_receive": read_phone_scope(snapshot).value}


def announcing(words: argparse.Namespace) -> dict[str, Any]:
    """``settings announce``: shows it, or chooses it. A running server follows within half a minute."""
    if words.value and words.value not in (ON, OFF):
        raise InvalidInput(path="value")
    with opened_database(words) as database:
        if words.value:
            with database.write() as transaction:
                write_setting(transaction, Setting.ANNOUNCE, words.value)
        with database.read() as snapshot:
            return {"announce": OFF if read_setting(snapshot, Setting.ANNOUNCE) == OFF else ON}


def _phones_url(words: argparse.Namespace, chosen_port: str | None) -> str:
    """Where the running server is; without one, where the next would be."""
    folder = data_folder(words.data_dir)
    running = running_server(folder)
    if running and running.phones_url:
        return running.phones_url
    address = choose(current_addresses(), remembered_address(folder)).address
    if address is None:
        raise AddressUnavailable
    return address_code(address.ip, int(chosen_port or DEFAULT_PORT))


def _flags(typed: list[str] | None, path: str) -> frozenset[Flag]:
    if not set(typed or ()) <= set(Flag):
        raise InvalidInput(path=path)
    return frozenset(Flag(name) for name in typed or ())


def _clinic_and_flags(snapshot: Snapshot, words: argparse.Namespace) -> tuple[str, frozenset[Flag]]:
    account = find_account(snapshot, words.email)
    if account is None:
        raise NotFound(table="users")
    clinic = clinic_named(snapshot, words.clinic) if words.clinic else account.clinic_id or ""
    return clinic, permissions_of(snapshot, account.id).by_clinic.get(clinic, frozenset())


def _told(database: Database, device_id: str) -> dict[str, Any]:
    with database.read() as snapshot:
        device = find_device_and_user(snapshot, device_id)
    if device is None:
        raise NotFound(table="devices")
    return _device(device)


def _device(device: Device) -> dict[str, Any]:
    return {
        "id": device.id,
        "name": device.name,
        "status": device.status.value,
        "user": device.user_name,
        "address": device.address,
        "app": device.app_generation.value,
        "paired_at": device.paired_at,
        "seen_at": device.seen_at,
        "last_sync_at": device.last_sync_at or None,
        "records_received": device.records_received,
        "records_sent": device.records_sent,
    }
