"""What stands of a lot is found by keys, whatever the tables hold."""

import uuid

import pytest
from django.db import connection

from supplychain.recording.standing import _SQL


@pytest.mark.django_db
def test_outputs_are_found_by_their_key_and_not_among_all_that_are_unspent() -> None:
    values = {"stream": str(uuid.uuid5(uuid.NAMESPACE_URL, "lot")), "sources": ["a"], "named": []}
    with connection.cursor() as cursor:
        keep, _, execute = _SQL.text(cursor, values).rpartition("; ")
        cursor.execute(f"{keep}; EXPLAIN {execute}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "supplychain_output_pkey" in plan
    assert "output_held" not in plan
