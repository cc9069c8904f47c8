"""The application's role adds to the ledger and changes nothing in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from pytest_django import Settings

from supplychain.domain.verdicts import VerdictCode
from supplychain.services.verify_scan import verify_scan
from tests.stages import HEALS, MAKES, SELLS, Stage, a_lot

pytestmark = pytest.mark.django_db
ROLE = "unbroken_application"
EVIDENCE = ("entry", "outputuse", "attachment", "leaf", "checkpoint")


@pytest.fixture
def as_application(tmp_path: Path, settings: Settings) -> Iterator[Stage]:
    """A stage on which everything is done by the application's role."""
    settings.KEYS_DIR, settings.CHECKPOINT_FILE = tmp_path, tmp_path / "checkpoint"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE}")
        cursor.execute(f"GRANT {ROLE} TO CURRENT_USER")
    call_command("grant_role", ROLE)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
    yield Stage(tmp_path).open()
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def test_the_whole_story_is_told_by_the_applications_role(as_application: Stage) -> None:
    lot = a_lot()
    as_application.register(lot, 100)
    as_application.deliver(MAKES, lot, 60, SELLS)
    as_application.deliver(SELLS, lot, 20, HEALS)
    as_application.log()
    answer = verify_scan(
        scanned=f"(01){lot.gtin}(10){lot.lot}", at=as_application.later(), asking=HEALS
    )
    assert answer.verdict.code is VerdictCode.OK


@pytest.mark.parametrize("table", EVIDENCE)
@pytest.mark.parametrize("deed", ["DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET {} = {}"])
def test_the_applications_role_may_not_touch_what_is_evidence(
    as_application: Stage, table: str, deed: str
) -> None:
    as_application.log()
    column = {"checkpoint": "root", "leaf": "entry_id"}.get(table, "entry_id")
    column = "used_by" if table == "outputuse" else column
    sql = deed.format(f"ledger_{table}", column, column)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_a_role_that_is_not_there_is_said_so() -> None:
    with pytest.raises(CommandError, match="There is no role 'nobody-at-all'"):
        call_command("grant_role", "nobody-at-all")
