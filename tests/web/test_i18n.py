"""The catalogue's reader: plural forms, numbers, times, directions, errors and the browser's wish."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from web.i18n import LANGUAGES, Catalogue, Plural, Translator, load_catalogue, negotiate, plural_form

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NOW = 1_790_000_000_000  # 21 September 2026, 14:13:20 UTC
ISOLATED = "\u2068{}\u2069"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(params=LANGUAGES)
def words(request: pytest.FixtureRequest, catalogue: Catalogue) -> Translator:
    return catalogue.translator(request.param)


@pytest.mark.parametrize(
    ("number", "form"),
    [
        (0, "zero"),
        (1, "one"),
        (2, "two"),
        (3, "few"),
        (10, "few"),
        (11, "many"),
        (99, "many"),
        (100, "other"),
        (102, "other"),
        (103, "few"),
        (111, "many"),
        (200, "other"),
        (1_000_000, "other"),
    ],
)
def test_arabic_numbers_fall_into_their_six_forms(number: int, form: str) -> None:
    assert plural_form("ar", number) == form


@pytest.mark.parametrize(
    ("number", "form"),
    [(0, "other"), (1, "one"), (2, "other"), (1_000_000, "many"), (2_000_000, "many"), (1_500_000, "other")],
)
def test_spanish_says_a_million_of_something(number: int, form: str) -> None:
    assert plural_form("es", number) == form


def test_english_knows_one_and_other() -> None:
    assert [plural_form("en", number) for number in (0, 1, 2, 1_000_000)] == ["other", "one", "other", "other"]


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (1, "استلم هاتف ليلى سجلًا واحدًا"),
        (2, "استلم هاتف ليلى سجلين"),
        (5, "استلم هاتف ليلى ٥ سجلات"),
        (11, "استلم هاتف ليلى ١١ سجلًا"),
        (100, "استلم هاتف ليلى ١٠٠ سجل"),
        (12_345, "استلم هاتف ليلى ١٢٬٣٤٥ سجلًا"),
    ],
)
def test_an_arabic_sentence_takes_the_form_of_its_number(catalogue: Catalogue, count: int, sentence: str) -> None:
    assert catalogue.translator("ar").text("log.pull", user="ليلى", count=count) == sentence


def test_a_spanish_million_takes_de(catalogue: Catalogue) -> None:
    sentence = catalogue.translator("es").text("log.push", user="Ana", count=1_000_000)
    assert sentence == "El teléfono de Ana envió 1.000.000 de registros"


@pytest.mark.parametrize(
    ("language", "number", "text"),
    [
        ("en", 1234, "1,234"),
        ("es", 1234, "1234"),
        ("es", 12345, "12.345"),
        ("ar", 1234, "١٬٢٣٤"),
        ("en", 7.84, "7.8"),
        ("es", 7.84, "7,8"),
        ("ar", 7.84, "٧٫٨"),
        ("en", 0, "0"),
    ],
)
def test_numbers_look_as_the_language_writes_them(
    catalogue: Catalogue, language: str, number: float, text: str
) -> None:
    assert catalogue.translator(language).number(number) == text


def test_a_port_stays_as_it_is_typed(words: Translator) -> None:
    assert "4001" in words.text("state.port_taken.detail", port=4001)


@pytest.mark.parametrize(
    ("elapsed", "in_english", "in_arabic", "in_spanish"),
    [
        (-5 * MINUTE, "just now", "الآن", "ahora mismo"),
        (59_999, "just now", "الآن", "ahora mismo"),
        (MINUTE, "1 minute ago", "منذ دقيقة واحدة", "hace 1 minuto"),
        (5 * MINUTE, "5 minutes ago", "منذ ٥ دقائق", "hace 5 minutos"),
        (2 * HOUR, "2 hours ago", "منذ ساعتين", "hace 2 horas"),
        (23 * HOUR + 59 * MINUTE, "23 hours ago", "منذ ٢٣ ساعة", "hace 23 horas"),
        (11 * DAY, "11 days ago", "منذ ١١ يومًا", "hace 11 días"),
        (29 * DAY, "29 days ago", "منذ ٢٩ يومًا", "hace 29 días"),
        (30 * DAY, "1 month ago", "منذ شهر واحد", "hace 1 mes"),
        (364 * DAY, "12 months ago", "منذ ١٢ شهرًا", "hace 12 meses"),
        (365 * DAY, "1 year ago", "منذ سنة واحدة", "hace 1 año"),
        (3 * 365 * DAY, "3 years ago", "منذ ٣ سنوات", "hace 3 años"),
    ],
)
def test_a_moment_is_told_as_time_gone_by(
    catalogue: Catalogue, elapsed: int, in_english: str, in_arabic: str, in_spanish: str
) -> None:
    told = [catalogue.translator(name).relative_time(NOW - elapsed, NOW) for name in ("en", "ar", "es")]
    assert told == [in_english, in_arabic, in_spanish]


@pytest.mark.parametrize(
    ("left", "in_english", "in_arabic", "in_spanish"),
    [
        (-5 * MINUTE, "in a moment", "بعد لحظات", "en un momento"),
        (59_999, "in a moment", "بعد لحظات", "en un momento"),
        (MINUTE, "in 1 minute", "بعد دقيقة واحدة", "en 1 minuto"),
        (4 * MINUTE + 29_000, "in 4 minutes", "بعد ٤ دقائق", "en 4 minutos"),
        (59 * MINUTE + 40_000, "in 1 hour", "بعد ساعة واحدة", "en 1 hora"),
        (11 * HOUR, "in 11 hours", "بعد ١١ ساعة", "en 11 horas"),
    ],
)
def test_a_moment_to_come_is_told_as_time_left(
    catalogue: Catalogue, left: int, in_english: str, in_arabic: str, in_spanish: str
) -> None:
    told = [catalogue.translator(name).time_until(NOW + left, NOW) for name in ("en", "ar", "es")]
    assert told == [in_english, in_arabic, in_spanish]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "21 September 2026, 15:13"),
        ("ar", "٢١ سبتمبر ٢٠٢٦، ١٥:١٣"),
        ("es", "21 de septiembre de 2026, 15:13"),
    ],
)
def test_a_moment_is_told_as_date_and_time(catalogue: Catalogue, language: str, text: str) -> None:
    told = catalogue.translator(language).date_time(NOW, timezone(timedelta(hours=1)))
    assert told.replace("\u2068", "").replace("\u2069", "") == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 KB"),
        (65_432, "65 KB"),
        (1_234_567, "1.2 MB"),
        (5 * 10**10, "50 GB"),
    ],
)
def test_an_amount_of_data_has_a_fitting_unit(catalogue: Catalogue, count: int, text: str) -> None:
    assert catalogue.translator("en").size(count) == text


def test_only_arabic_runs_from_right_to_left(catalogue: Catalogue) -> None:
    assert [catalogue.translator(name).direction for name in LANGUAGES] == ["ltr", "rtl", "ltr"]


def test_an_address_inside_an_arabic_sentence_is_isolated(catalogue: Catalogue) -> None:
    sentence = catalogue.translator("ar").text("notices.address_changed", old="192.168.1.4", new="10.0.0.2")
    assert ISOLATED.format("192.168.1.4") in sentence
    assert ISOLATED.format("10.0.0.2") in sentence


def test_an_arabic_name_inside_an_english_sentence_is_isolated(catalogue: Catalogue) -> None:
    english = catalogue.translator("en")
    assert english.text("phones.phone_of", user="سارة") == "Phone of " + ISOLATED.format("سارة")
    assert english.text("phones.phone_of", user="Amina") == "Phone of Amina"


def test_a_value_that_looks_like_a_placeholder_stays_text(catalogue: Catalogue) -> None:
    assert catalogue.translator("en").text("phones.phone_of", user="{user} {0}") == "Phone of {user} {0}"


def test_a_missing_value_or_key_is_a_mistake_of_the_program(words: Translator) -> None:
    with pytest.raises(KeyError):
        words.text("phones.phone_of")
    with pytest.raises(KeyError):
        words.text("no.such.key")


def test_an_error_is_told_with_its_values(catalogue: Catalogue) -> None:
    english = catalogue.translator("en")
    assert "patients.created[3].id" in english.error("invalid_input", {"path": "patients.created[3].id"})
    assert "30 seconds" in english.error("too_many_attempts", {"seconds": 30})


def test_an_error_without_its_values_still_has_a_whole_sentence(words: Translator) -> None:
    for code in ("invalid_input", "too_many_attempts", "port_taken", "too_large", "internal"):
        assert "{" not in words.error(code)
        assert words.error(code) == words.text(f"errors_plain.{code}")


def test_an_error_of_another_release_is_told_as_an_unforeseen_one(words: Translator) -> None:
    assert words.error("not_invented_yet") == words.text("errors_plain.internal")


def test_an_unknown_language_is_answered_in_english(catalogue: Catalogue) -> None:
    assert catalogue.translator("fr").language == "en"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("ar", "ar"),
        ("es-CO,es;q=0.9,en;q=0.8", "es"),
        ("fr-FR,fr;q=0.9,ar;q=0.5,en;q=0.4", "ar"),
        ("en;q=0.3, AR-eg;q=0.7", "ar"),
        ("es;q=0, en;q=0.1", "en"),
        ("es;q=0", "en"),
        ("es;q=nonsense,ar;q=0.1", "ar"),
        ("*", "en"),
        (",;,;q=", "en"),
    ],
)
def test_the_browsers_wish_chooses_the_language(header: str | None, language: str) -> None:
    assert negotiate(header) == language


def test_a_plural_may_be_decided_by_another_value_than_count(catalogue: Catalogue) -> None:
    text = catalogue.texts["en"]["errors.too_many_attempts"]
    assert isinstance(text, Plural)
    assert text.by == "seconds"
