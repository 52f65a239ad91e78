"""The errors of the program: one small class for each thing that somebody reacts to.

Knows nothing of HTTP status codes or of the words people see (see web/errors.py and web/locales).
"""

from __future__ import annotations

from typing import ClassVar


class HubError(Exception):
    """Base of every expected error.

    ``code`` is stable: it is on the wire, in the log and in docs/errors.md. ``context`` holds
    what the message needs (a path, a number); never a value out of a record.
    """

    code: ClassVar[str] = "internal"

    def __init__(self, **context: str | int) -> None:
        self.context = context
        super().__init__(self.code)

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value}" for name, value in sorted(self.context.items()))
        return f"{self.code} ({details})" if details else self.code


class InvalidInput(HubError):
    """What was sent does not have the right shape. ``path`` names the place."""

    code = "invalid_input"


class InvalidJson(InvalidInput):
    """The body is not JSON."""

    code = "invalid_json"


class TooLarge(HubError):
    """The body is larger than the limit (``limit_mb``)."""

    code = "too_large"


class NotSignedIn(HubError):
    """No credentials, or not the right ones. Never says which of the two parts was wrong."""

    code = "not_signed_in"


class PhoneNotApproved(HubError):
    """The phone has knocked, and staff has not let it in."""

    code = "phone_not_approved"


class PhoneRevoked(HubError):
    """Staff has taken back the phone's access."""

    code = "phone_revoked"


class HandshakeNeeded(HubError):
    """What came over the encrypted channel cannot be opened with any key that this phone agreed with us."""

    code = "handshake_needed"


class AuthenticationRequired(HubError):
    """A procedure that needs a sign-in was called before anybody had signed in on the phone."""

    code = "authentication_required"


class TooManyAttempts(HubError):
    """Too many failed sign-ins; try again after ``seconds``."""

    code = "too_many_attempts"


class NotAllowed(HubError):
    """Signed in, but this is not permitted."""

    code = "not_allowed"


class NotFound(HubError):
    """There is no such thing."""

    code = "not_found"


class UnknownProcedure(NotFound):
    """There is no procedure of this ``kind`` and ``name``: the app is newer than this program."""

    code = "unknown_procedure"


class MethodNotAllowed(HubError):
    """The address exists but not for this HTTP method."""

    code = "method_not_allowed"


class AlreadyExists(HubError):
    """A thing of this name exists already."""

    code = "already_exists"


class NotEnoughStock(HubError):
    """A batch holds less (``available``) than is to be dispensed from it (``wanted``). Nothing was changed."""

    code = "not_enough_stock"


class StorageBusy(HubError):
    """Another writer held the database for too long. Trying again will work."""

    code = "storage_busy"


class StorageFailed(HubError):
    """The disk refused to store (full, read-only, broken). Nothing was stored."""

    code = "storage_failed"


class DiskFull(StorageFailed):
    """There is no space left. Nothing was stored."""

    code = "disk_full"


class DatabaseDamaged(HubError):
    """The database file fails its integrity check."""

    code = "database_damaged"


class WrongKey(HubError):
    """The key does not open this database file."""

    code = "wrong_key"


class KeyMissing(HubError):
    """The database exists but its key cannot be found on this computer."""

    code = "key_missing"


class PortTaken(HubError):
    """Another program listens on ``port`` (``holder`` names it when known)."""

    code = "port_taken"


class AddressUnavailable(HubError):
    """This computer does not have the address it should listen on."""

    code = "address_unavailable"


class AlreadyRunning(HubError):
    """Another server process has this data folder open."""

    code = "already_running"


class NotRunning(HubError):
    """No server runs for this data folder."""

    code = "not_running"


class NewerDatabase(HubError):
    """The database was made by a newer release of this program."""

    code = "newer_database"


class CloudFailure(HubError):
    """The exchange with the cloud did not work, for a reason that has no class of its own.

    ``phase`` is what was being asked (``verify_key``, ``pull``, ``push``), ``status`` the HTTP status when there was an
    answer, ``retry_after_s`` for how long the cloud asked to be left alone. Never a text of the cloud: it may quote a
    record. Nothing is lost by any of these: what waits goes on waiting.
    """

    code = "cloud_failure"

    @property
    def status(self) -> int | None:
        """The HTTP status; None when there was no answer."""
        status = self.context.get("status")
        return status if isinstance(status, int) else None

    @property
    def retry_after_s(self) -> int | None:
        """For how many seconds the cloud asked to be left alone; None when it did not."""
        seconds = self.context.get("retry_after_s")
        return seconds if isinstance(seconds, int) else None


class CloudOffline(CloudFailure):
    """No connection could be made (no network, no name, refused, no answer to knocking): nothing was sent."""

    code = "cloud_offline"


class CloudInterrupted(CloudFailure):
    """The connection broke off or fell silent. What was pushed may have been applied, and may still be on its way."""

    code = "cloud_interrupted"


class NotTheCloud(CloudFailure):
    """Something else than the cloud answered: the sign-in page of a wifi, a proxy, another server."""

    code = "not_the_cloud"


class CloudNotTrusted(CloudFailure):
    """The encrypted connection cannot be trusted, so nothing was sent. ``verify_code`` is OpenSSL's reason when it is
    the certificate (9: not valid yet, 10: expired; both also when this computer's clock is wrong)."""

    code = "cloud_not_trusted"


class CloudKeyRefused(CloudFailure):
    """The cloud knows no device with this API key."""

    code = "cloud_key_refused"


class CloudInTrouble(CloudFailure):
    """The cloud, or what stands in front of it, has a problem of its own.

    With ``status`` 401 the key may be refused or not: kiosk.cloud.client.why_unauthorized finds out.
    """

    code = "cloud_in_trouble"


class CloudRateLimited(CloudFailure):
    """Too many requests; ``retry_after_s`` says when to come back."""

    code = "cloud_rate_limited"


class CloudPushAborted(CloudFailure):
    """The cloud stopped at a record that it could not store: what stands before it is applied, nothing after it."""

    code = "cloud_push_aborted"


class CloudPushTooLarge(CloudFailure):
    """The push is larger than what is let through to the cloud; a smaller one may pass."""

    code = "cloud_push_too_large"


class OtherCloud(HubError):
    """This computer works with another cloud than the one it is to be connected with; to be asked about first."""

    code = "other_cloud"


class CloudNotConnected(HubError):
    """This computer is connected with no cloud."""

    code = "cloud_not_connected"


class CloudHalted(HubError):
    """The exchange waits for a person to decide; ``why`` is a Halt (db/cloud/state.py)."""

    code = "cloud_halted"


class CloudBusy(HubError):
    """Another process exchanges changes with the cloud just now."""

    code = "cloud_busy"


class CloudLimitReached(HubError):
    """As much has gone over the line today as staff allows."""

    code = "cloud_limit_reached"


class PassphraseNeeded(HubError):
    """The database opens only with the passphrase that was set for the start."""

    code = "passphrase_needed"


class WrongPassphrase(HubError):
    """This is not the passphrase of this data folder."""

    code = "wrong_passphrase"


class RecoveryCodeMistyped(HubError):
    """A recovery code cannot be right: the first wrong part is number ``group``."""

    code = "recovery_code_mistyped"


class WrongRecoveryCode(HubError):
    """The recovery code is well formed but of something else."""

    code = "wrong_recovery_code"


class RecoveryCodeNeeded(HubError):
    """No key on this computer opens the backup: only its recovery code does."""

    code = "recovery_code_needed"


class BackupDamaged(HubError):
    """The file is no backup, or not all of it, or not as it was written."""

    code = "backup_damaged"


class ForeignBackup(HubError):
    """The backup is of another server (``server``), and the data folder holds records of its own."""

    code = "foreign_backup"


class BackupPlaceFailed(HubError):
    """The place where a backup is to be written is not there, or refused (an unplugged stick)."""

    code = "backup_place_failed"


class ReportPlaceFailed(HubError):
    """The report for support cannot be written to the place that was chosen."""

    code = "report_place_failed"


class BackupStopped(HubError):
    """The program is closing, so the backup under way was given up. Nothing is left of it."""

    code = "backup_stopped"
