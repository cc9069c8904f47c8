"""Preparing makes secrets once, readable by their owner alone."""

import stat
from pathlib import Path

from supplychain.management.commands.prepare import make_local_env


def test_secrets_are_made_once_and_stay(tmp_path: Path) -> None:
    file = tmp_path / "var" / "local.env"
    assert make_local_env(file)
    first = file.read_text()
    assert not make_local_env(file)
    assert file.read_text() == first
    assert "SECRET_KEY=" in first
    assert "CUSTODIAL_KEKS=first:" in first


def test_nobody_else_can_read_the_secrets(tmp_path: Path) -> None:
    make_local_env(tmp_path / "local.env")
    assert stat.S_IMODE((tmp_path / "local.env").stat().st_mode) == 0o600


def test_two_installations_share_no_secret(tmp_path: Path) -> None:
    make_local_env(tmp_path / "one.env")
    make_local_env(tmp_path / "two.env")
    one = set((tmp_path / "one.env").read_text().splitlines()[1:])
    assert not one & set((tmp_path / "two.env").read_text().splitlines()[1:])
