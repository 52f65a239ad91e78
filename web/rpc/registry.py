"""What a procedure is: its name, what it takes, what permission it needs where, and what it does.

Knows nothing of encryption or HTTP. Every procedure is declared with a Rule; a gate walks them (tests/gates).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import msgspec

from db.accounts import Account
from db.catalogue import CATALOGUE
from db.clock import Clock
from db.database import Database, Snapshot
from db.errors import InvalidInput, InvalidJson, NotAllowed, NotSignedIn
from db.permissions import Flag, Permissions
from db.record_clinics import RecordClinics, known_clinics
from db.record_edits import Author
from db.records import load_rows
from web.credentials import Credentials
from web.tokens import TokenIssuer

P = TypeVar("P", bound=msgspec.Struct)


_NULL, _EMPTY = msgspec.Raw(b"null"), msgspec.Raw(b"{}")


class Kind(StrEnum):
    """The two routes; also the first half of the associated data of a sealed message."""

    COMMAND = "command"
    QUERY = "query"


@dataclass(frozen=True)
class Services:
    """What procedures work with. ``credentials`` and ``tokens``: for the sign-in, None where nobody can sign in."""

    database: Database
    clock: Clock
    credentials: Credentials | None = None
    tokens: TokenIssuer | None = None


@dataclass(frozen=True)
class Visitor:
    """Who calls what is open: a paired phone, whoever holds it."""

    device_id: str
    address: str


@dataclass(frozen=True)
class Caller:
    """Who calls: a signed-in member of staff on a paired phone. ``clinic_id``: the login clinic ("" for none)."""

    account: Account
    device_id: str
    address: str
    permissions: Permissions

    @property
    def clinic_id(self) -> str:
        """The clinic that counts where a record names none."""
        return self.account.clinic_id or ""

    def author(self, action: str) -> Author:
        """For db/record_edits.py."""
        return Author(self.account.id, self.device_id, action)

    def may(self, flag: Flag, clinic_id: str) -> bool:
        """Whether the flag is granted at the clinic ("": at the login clinic)."""
        return self.permissions.has(flag, clinic_id or self.clinic_id)

    def require(self, flag: Flag, clinic_id: str) -> None:
        """Raises NotAllowed unless the flag is granted there."""
        if not self.may(flag, clinic_id):
            raise NotAllowed(flag=flag.value)


@dataclass(frozen=True)
class AtLogin:
    """The permission is needed at the clinic of the sign-in."""


@dataclass(frozen=True)
class AtField:
    """... at the clinic whose id is the parameter ``name``; the login clinic when this hub knows no such clinic."""

    name: str


@dataclass(frozen=True)
class AtRecord:
    """... at the clinic of the stored record of ``table`` whose id is the parameter ``name``.

    A record that is not there counts as of the login clinic: the procedure itself then says "not found".
    """

    table: str
    name: str


@dataclass(frozen=True)
class Inside:
    """The procedure itself looks at every record (filters what it lists, or checks what it writes)."""


Place = AtLogin | AtField | AtRecord | Inside


@dataclass(frozen=True)
class Rule:
    """``flags``: all of them are needed at ``place``; none: any signed-in member of staff may call it.
    ``is_open``: not even a sign-in is needed."""

    flags: tuple[Flag, ...] = ()
    place: Place = AtLogin()
    is_open: bool = False


OPEN = Rule(is_open=True)
SIGNED_IN = Rule()


@dataclass(frozen=True)
class Procedure(Generic[P]):
    """One procedure. ``run`` gets (services, caller, parameters) and returns what is sent, an object or a list
    (the app takes anything falsy for a failure): a value for JSON; or, for an answer that may be large, an iterator of
    its pieces in UTF-8 that has ``close``, as generators do. Under OPEN the caller may be a Visitor, or None where
    no phone is known."""

    kind: Kind
    name: str
    rule: Rule
    parameters: type[P]
    run: Callable[[Services, Any, P], Any]


class Nothing(msgspec.Struct):
    """The parameters of a procedure that takes none; whatever comes is ignored."""


class Registry:
    """All procedures, by kind and name."""

    def __init__(self, procedures: Iterable[Procedure[Any]]) -> None:
        known: dict[tuple[Kind, str], Procedure[Any]] = {}
        for procedure in procedures:
            if (procedure.kind, procedure.name) in known:
                raise ValueError(f"{procedure.kind} {procedure.name} is declared twice")
            known[procedure.kind, procedure.name] = procedure
        self._known: Mapping[tuple[Kind, str], Procedure[Any]] = MappingProxyType(known)

    def __iter__(self) -> Iterator[Procedure[Any]]:
        return iter(self._known.values())

    def find(self, kind: Kind, name: str) -> Procedure[Any] | None:
        """The procedure of this name."""
        return self._known.get((kind, name))


def parse_parameters(procedure: Procedure[P], raw: object) -> P:
    """The parameters as the procedure's type. Unknown keys are left out. Raises InvalidInput naming the place.

    ``raw``: a value, or JSON text that nobody has looked into (msgspec.Raw).
    """
    whole = "params" if procedure.kind is Kind.QUERY else "data"
    try:
        text = raw if isinstance(raw, msgspec.Raw) else msgspec.Raw(msgspec.json.encode(raw))
        return msgspec.json.decode(_EMPTY if text == _NULL else text, type=procedure.parameters)
    except msgspec.ValidationError as fault:
        raise InvalidInput(path=path_of(fault, whole)) from None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise InvalidJson(path=whole) from None


def call(procedure: Procedure[Any], services: Services, caller: Caller | Visitor | None, raw: object) -> Any:
    """Checks parameters and permission, and runs the procedure. ``raw``: see ``parse_parameters``.

    Raises NotSignedIn, NotAllowed, InvalidInput, NotFound and whatever else the procedure raises.
    """
    if not isinstance(caller, Caller) and not procedure.rule.is_open:
        raise NotSignedIn
    parameters = parse_parameters(procedure, raw)
    if isinstance(caller, Caller) and procedure.rule.flags and not isinstance(procedure.rule.place, Inside):
        with services.database.read() as snapshot:
            clinic = _clinic_at(snapshot, procedure.rule.place, parameters)
        for flag in procedure.rule.flags:
            caller.require(flag, clinic)
    return procedure.run(services, caller, parameters)


def _clinic_at(snapshot: Snapshot, place: Place, parameters: msgspec.Struct) -> str:
    if isinstance(place, AtField):
        named = getattr(parameters, place.name)
        return named if isinstance(named, str) and named in known_clinics(snapshot) else ""
    if isinstance(place, AtRecord):
        record_id = str(getattr(parameters, place.name) or "")
        row = load_rows(snapshot, place.table, [record_id]).get(record_id)
        if row is not None and place.table in CATALOGUE:
            return RecordClinics(snapshot).clinic_of(place.table, row.data)
    return ""


def path_of(fault: msgspec.ValidationError, whole: str) -> str:
    """Where the fault is, without what msgspec says of the value: "Expected `str`, got `int` - at `$.patient.id`".

    ``whole``: what to call the document itself.
    """
    text = str(fault)
    _, found, path = text.rpartition(" - at `$")
    if found:
        return path.rstrip("`").lstrip(".") or whole
    _, found, name = text.partition("missing required field `")
    return name.rstrip("`") if found else whole
