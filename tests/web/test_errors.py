"""The HTTP face of every error."""

from __future__ import annotations

import json

import pytest

from db import errors
from db.errors import HubError, InvalidInput, NotSignedIn, StorageBusy, TooManyAttempts
from web.errors import STATUS, error_reply, refusal
from web.i18n import LANGUAGES, load_catalogue

CATALOGUE = load_catalogue()
ALL_ERRORS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, HubError)]


@pytest.mark.parametrize("kind", ALL_ERRORS)
def test_every_error_has_a_status_of_its_own(kind: type[HubError]) -> None:
    assert 400 <= STATUS[kind] < 600


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ALL_ERRORS)
def test_every_error_has_the_one_shape_and_a_sentence_in_every_language(kind: type[HubError], language: str) -> None:
    reply = error_reply(kind(), CATALOGUE.translator(language), "abcd1234")
    body = json.loads(reply.body)
    assert body.keys() == {"code", "error", "message", "request_id"}
    assert body["code"] == kind.code
    assert body["error"] == body["message"]
    assert len(body["message"]) > 10
    assert "{" not in body["message"]
    assert reply.status == STATUS[kind]


def test_a_fault_in_the_input_names_its_place() -> None:
    reply = error_reply(InvalidInput(path="patients.created[3].id"), CATALOGUE.translator("en"), "1")
    body = json.loads(reply.body)
    assert body["path"] == "patients.created[3].id"
    assert "patients.created[3].id" in body["message"]


def test_no_other_context_is_sent() -> None:
    reply = error_reply(errors.StorageFailed(kind="OperationalError"), CATALOGUE.translator("en"), "1")
    assert b"OperationalError" not in reply.body


def test_someone_not_signed_in_is_told_how_to() -> None:
    headers = error_reply(NotSignedIn(), CATALOGUE.translator("en"), "1").headers
    assert headers["WWW-Authenticate"] == 'Basic realm="Hikma Health", charset="UTF-8"'


@pytest.mark.parametrize(("error", "seconds"), [(TooManyAttempts(seconds=17), "17"), (StorageBusy(), "5")])
def test_who_should_come_back_later_is_told_when(error: HubError, seconds: str) -> None:
    assert error_reply(error, CATALOGUE.translator("en"), "1").headers["Retry-After"] == seconds


@pytest.mark.parametrize(("status", "code"), [(400, "invalid_input"), (413, "invalid_input"), (500, "internal")])
def test_what_never_was_a_request_is_answered_in_the_same_shape(status: int, code: str) -> None:
    body = json.loads(refusal(status))
    assert body["code"] == code
    assert body["error"] == body["message"]
    assert {"code", "error", "message", "request_id"} <= body.keys()


def test_every_refusal_has_an_id_of_its_own() -> None:
    assert json.loads(refusal(400))["request_id"] != json.loads(refusal(400))["request_id"]
