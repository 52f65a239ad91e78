"""SQLite's full-text search over parts of words (FTS5 with the trigram tokenizer), as SQLAlchemy expressions.

Every three letters in a row are in the index. So that one or two letters can be looked for as well, each word gets
two marks in front: these find words that begin so, longer patterns any part of the text. Knows nothing of what is
searched. Patterns are quoted here; columns come from our own tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

SHORTEST_PATTERN = 3
"""Shorter ones are only found at the beginning of a word."""
_MARK = "\x02"
_PAGES_AT_ONCE = 1_000


def indexed_words(text: str) -> str:
    """A text as it is to be put into the index."""
    return " ".join(f"{_MARK}{_MARK}{word}" for word in text.split())


def matches(table: sa.TableClause, parameter: str) -> sa.ColumnElement[bool]:
    """Whether a row of a full-text table matches the expression given as a bound parameter."""
    return sa.literal_column(table.name).op("MATCH")(sa.bindparam(parameter))


def merge_some(table: sa.TableClause) -> sa.Executable:
    """Brings pieces of the index together that many small additions have left; a bounded part of the work."""
    name = table.name  # what is written into a column of this name is an order
    return sa.table(name, sa.column(name), sa.column("rank")).insert().values({name: "merge", "rank": -_PAGES_AT_ONCE})


def contains_all(patterns: Mapping[str, str]) -> str:
    """The expression for rows in which each column holds its pattern."""
    return " AND ".join(f"{column} : {_quoted(pattern)}" for column, pattern in patterns.items())


def contains_each(column: str, patterns: Iterable[str]) -> str:
    """The expression for rows in which the column holds every pattern."""
    return f"{column} : ({' AND '.join(map(_quoted, patterns))})"


def contains_most(column: str, patterns: Sequence[str]) -> str:
    """The expression for rows in which the column holds every pattern but one; of a single pattern, that one."""
    if len(patterns) == 1:
        return contains_each(column, patterns)
    quoted = [_quoted(pattern) for pattern in patterns]
    rest = (" AND ".join(quoted[:place] + quoted[place + 1 :]) for place in range(len(quoted)))
    return f"{column} : ({' OR '.join(f'({some})' for some in rest)})"


def contains_any(columns: Iterable[str], patterns: Iterable[str]) -> str:
    """The expression for rows in which one of the columns holds one of the patterns."""
    return f"{{{' '.join(columns)}}} : ({' OR '.join(map(_quoted, patterns))})"


def _quoted(pattern: str) -> str:
    if len(pattern) < SHORTEST_PATTERN:
        pattern = f"{_MARK * (SHORTEST_PATTERN - len(pattern))}{pattern}"
    else:
        pattern = pattern.replace(" ", f" {_MARK}{_MARK}")
    return '"' + pattern.replace('"', '""') + '"'
