"""The HTTP face of every error: its status, and the one JSON shape all of them have.

Knows nothing of routes. The sentences are in web/locales; the codes are explained in docs/errors.md.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import msgspec

from db.errors import (
    AddressUnavailable,
    AlreadyExists,
    AlreadyRunning,
    AuthenticationRequired,
    BackupDamaged,
    BackupPlaceFailed,
    BackupStopped,
    CloudBusy,
    CloudFailure,
    CloudHalted,
    CloudInterrupted,
    CloudInTrouble,
    CloudKeyRefused,
    CloudLimitReached,
    CloudNotConnected,
    CloudNotTrusted,
    CloudOffline,
    CloudPushAborted,
    CloudPushTooLarge,
    CloudRateLimited,
    DatabaseDamaged,
    DiskFull,
    ForeignBackup,
    HandshakeNeeded,
    HubError,
    InvalidInput,
    InvalidJson,
    KeyMissing,
    MethodNotAllowed,
    NewerDatabase,
    NoPin,
    NotAllowed,
    NotEnoughStock,
    NotFound,
    NotRunning,
    NotSignedIn,
    NotTheCloud,
    OtherCloud,
    PassphraseNeeded,
    PhoneNotApproved,
    PhoneRevoked,
    PinNeeded,
    PortTaken,
    RecoveryCodeMistyped,
    RecoveryCodeNeeded,
    RecoveryCodeUnseen,
    ReportPlaceFailed,
    StorageBusy,
    StorageFailed,
    TooLarge,
    TooManyAttempts,
    TooManyTries,
    UnknownProcedure,
    WindowLocked,
    WrongKey,
    WrongPassphrase,
    WrongPin,
    WrongRecoveryCode,
)
from db.update_errors import (
    UpdateDamaged,
    UpdateFailed,
    UpdateFeedFailed,
    UpdateNeedsNoPassphrase,
    UpdateNotNewer,
    UpdateNotTrusted,
    UpdateOfOtherSystem,
    UpdateRunning,
    UpdateTooFarAhead,
)
from web.i18n import DEFAULT_LANGUAGE, Translator, load_catalogue

STATUS: Mapping[type[HubError], int] = MappingProxyType(
    {
        HubError: 500,
        InvalidInput: 400,
        InvalidJson: 400,
        TooLarge: 413,
        NotSignedIn: 401,
        AuthenticationRequired: 403,  # only ever said inside an answer (web/rpc/channel.py)
        PhoneNotApproved: 401,
        PhoneRevoked: 401,
        HandshakeNeeded: 401,
        TooManyAttempts: 429,
        TooManyTries: 429,
        PinNeeded: 403,
        WrongPin: 403,
        NoPin: 409,
        WindowLocked: 423,
        NotAllowed: 403,
        NotFound: 404,
        UnknownProcedure: 404,
        MethodNotAllowed: 405,
        AlreadyExists: 409,
        NotEnoughStock: 409,
        StorageBusy: 503,
        StorageFailed: 507,
        DiskFull: 507,
        DatabaseDamaged: 503,
        WrongKey: 503,
        KeyMissing: 503,
        PortTaken: 503,
        AddressUnavailable: 503,
        AlreadyRunning: 503,
        NotRunning: 503,
        NewerDatabase: 503,
        CloudFailure: 502,
        CloudOffline: 503,
        CloudInterrupted: 502,
        NotTheCloud: 502,
        CloudNotTrusted: 502,
        CloudKeyRefused: 422,
        CloudInTrouble: 503,
        CloudRateLimited: 503,
        CloudPushAborted: 502,
        CloudPushTooLarge: 502,
        CloudNotConnected: 409,
        CloudHalted: 409,
        CloudBusy: 503,
        CloudLimitReached: 503,
        OtherCloud: 409,
        PassphraseNeeded: 503,
        WrongPassphrase: 403,
        RecoveryCodeMistyped: 400,
        WrongRecoveryCode: 403,
        RecoveryCodeNeeded: 409,
        RecoveryCodeUnseen: 409,
        BackupDamaged: 409,
        ForeignBackup: 409,
        BackupPlaceFailed: 507,
        BackupStopped: 503,
        ReportPlaceFailed: 507,
        UpdateDamaged: 409,
        UpdateNotTrusted: 409,
        UpdateOfOtherSystem: 409,
        UpdateNotNewer: 409,
        UpdateTooFarAhead: 409,
        UpdateFailed: 409,
        UpdateNeedsNoPassphrase: 409,
        UpdateRunning: 409,
        UpdateFeedFailed: 502,
    }
)


@dataclass(frozen=True)
class ErrorReply:
    """What goes over the wire. ``headers`` may be empty."""

    status: int
    body: bytes
    headers: dict[str, str]


def error_reply(error: HubError, translator: Translator, request_id: str) -> ErrorReply:
    """The reply for an error.

    The body has ``code`` (stable), ``error`` and ``message`` (the same sentence: the first generation of the app
    shows one, the second the other; PROTOCOL §2.4) and ``request_id``; for a fault in the input also ``path``.
    """
    sentence = translator.error(error.code, {**error.context, "request_id": request_id})
    body: dict[str, Any] = {
        "code": error.code,
        "error": sentence,
        "message": sentence,
        "request_id": request_id,
    }
    if "path" in error.context:
        body["path"] = error.context["path"]
    headers = {}
    if isinstance(error, NotSignedIn):
        headers["WWW-Authenticate"] = 'Basic realm="Hikma Health", charset="UTF-8"'
    if isinstance(error, TooManyAttempts):
        headers["Retry-After"] = str(error.context.get("seconds", 60))
    if isinstance(error, StorageBusy):
        headers["Retry-After"] = "5"
    return ErrorReply(STATUS[type(error)], msgspec.json.encode(body), headers)


def refusal(status: int) -> bytes:
    """The body for what cannot be parsed as a request at all. Nothing is known of its sender, not even the language."""
    error = HubError() if status >= 500 else InvalidInput(path="request")
    return error_reply(error, _default_translator(), secrets.token_hex(4)).body


@cache
def _default_translator() -> Translator:
    return load_catalogue().translator(DEFAULT_LANGUAGE)
