"""What is told when there is nothing to show, or nothing to be done."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

pytestmark = pytest.mark.django_db


def test_before_the_first_checkpoint_the_log_page_says_so(client: Client) -> None:
    assert "No checkpoint yet" in client.get("/log").content.decode()
    assert client.get("/log/checkpoint").status_code == 404


def test_without_keys_there_is_no_policy(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.KEYS_DIR = tmp_path
    assert client.get("/policy.json").status_code == 404


def test_a_page_that_is_not_there_is_told_in_the_same_frame(client: Client) -> None:
    response = client.get("/nowhere")
    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()


def test_too_many_fields_are_a_bad_request_in_the_same_frame(client: Client) -> None:
    response = client.get("/scan?" + "&".join(f"a{n}=1" for n in range(1_001)))
    assert response.status_code == 400
    assert "could not be read" in response.content.decode()
