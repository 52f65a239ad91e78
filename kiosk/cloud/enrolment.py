"""Connecting this computer with its organisation's cloud: the key is checked before anything is remembered (CLOUD §1).

Knows nothing of rounds.
"""

from __future__ import annotations

from db.cloud.reckoning import begin_anew
from db.cloud.state import CloudAccess, change_state, read_access, read_state, write_access
from db.database import Database
from db.errors import OtherCloud
from kiosk.cloud.connecting import Connect
from kiosk.cloud.pasted import check_api_key, check_cloud_url


def enrol(database: Database, connect: Connect, url: str, key: str, *, may_replace: bool = False) -> CloudAccess:
    """Checks the key with the cloud and remembers both. Returns the connection.

    Raises InvalidInput (``path`` "url" or "key"), CloudKeyRefused or another CloudFailure, and OtherCloud where this
    computer was connected with another cloud, or as another computer, unless ``may_replace``: then everything made
    here goes to the new one.
    """
    access = CloudAccess(check_cloud_url(url), check_api_key(key), "", "", ())
    client = connect(access)
    try:
        device = client.verify_key()
    finally:
        client.close()
    access = CloudAccess(access.url, access.key, device.id, device.name, device.clinic_ids)
    cloud_id = f"{access.device_id} {access.url}"
    with database.read() as snapshot:
        before = read_state(snapshot).cloud_id
    is_other = before not in ("", cloud_id)
    if is_other and not may_replace:
        raise OtherCloud
    if is_other:
        begin_anew(database)  # first: broken off here, it is asked again
    with database.write() as transaction:
        write_access(transaction, access)
        change_state(transaction, cloud_id=cloud_id, halt="", is_paused=False, is_full_pull_due=True)
    return access


def end_enrolment(database: Database) -> None:
    """Forgets the key. Records, and what waits, stay; connected with the same cloud again, the exchange goes on."""
    with database.write() as transaction:
        before = read_access(transaction)
        if before is not None:
            write_access(transaction, None)
            change_state(transaction, halt="", is_paused=False, last_result="")
