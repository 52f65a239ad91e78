"""The phones' tables against the server's catalogue: two lists, written apart, that must agree.

Knows nothing of syncing.
"""

from __future__ import annotations

import pytest

from db.catalogue import CATALOGUE, ColumnType, tables_for_schema
from tests.phone.client import PhoneDriver
from tests.phone.convergence import FIRST_GENERATION_TABLES, PHONE_ONLY_TABLES

_TYPES = {ColumnType.NUMBER: "number", ColumnType.TIME: "number", ColumnType.BOOLEAN: "boolean"}


@pytest.mark.parametrize("version", range(4, 10))
def test_the_phones_tables_are_those_of_the_servers_catalogue(driver: PhoneDriver, version: int) -> None:
    described = driver.call("schema", version=version)
    phones = {
        table: {(c["name"], c["type"], c.get("isOptional", False)) for c in columns}
        for table, columns in described["tables"].items()
        if table not in PHONE_ONLY_TABLES
    }
    servers = {
        table.name: {
            (column.name, _TYPES.get(column.type, "string"), column.is_optional)
            for column in table.columns.values()
            if column.since_schema <= version
        }
        for table in tables_for_schema(version)
    }
    assert phones == servers
    assert set(described["firstGeneration"]) == FIRST_GENERATION_TABLES
    assert {name for name, table in CATALOGUE.items() if table.is_first_generation} == FIRST_GENERATION_TABLES
