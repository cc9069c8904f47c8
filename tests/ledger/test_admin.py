"""The ledger in the admin can be read, and only read."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models
from django.test import Client
from django.urls import reverse

from ledger import alarms
from ledger.admin import ReadOnlyAdmin
from ledger.models import Alarm, AuditRun, Checkpoint, Key, Leaf, Party
from tests.database import tamper
from tests.ledger.world import World

MODELS: list[type[models.Model]] = [Leaf, Checkpoint, Party, Key, AuditRun, Alarm]


@pytest.fixture
def looker(world: World, client: Client) -> Client:
    """A superuser with a full ledger to look at."""
    world.log_all(world.entry())
    world.audit()
    alarms.raise_alarm(code="TREE_FORKED", about="", message="odd", at=world.now)
    client.force_login(User.objects.create_superuser("ann", password="a long password"))
    return client


def page(model: type[models.Model], name: str, *arguments: object) -> str:
    return reverse(f"admin:ledger_{model._meta.model_name}_{name}", args=arguments)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_superuser_may_look_and_not_touch(looker: Client, model: type[models.Model]) -> None:
    assert looker.get(page(model, "changelist")).status_code == 200
    row = model._default_manager.first()
    assert row is not None
    shown = looker.get(page(model, "change", row.pk))
    assert shown.status_code == 200
    assert b'name="_save"' not in shown.content
    assert looker.get(page(model, "add")).status_code == 403
    assert looker.post(page(model, "change", row.pk), {}).status_code == 403
    assert looker.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403


def test_a_leaf_shows_its_entry_or_that_it_is_gone(looker: Client) -> None:
    leaf = Leaf.objects.get(index=2)
    assert b"eyJ" in looker.get(page(Leaf, "change", 2)).content
    tamper("DELETE FROM ledger_entry WHERE entry_id = %s", [leaf.entry_id])
    assert b"run audit_ledger" in looker.get(page(Leaf, "change", 2)).content


def test_every_registered_table_of_the_ledger_is_read_only() -> None:
    registered = [site for model, site in admin.site._registry.items() if model in MODELS]
    assert len(registered) == len(MODELS)
    assert all(isinstance(site, ReadOnlyAdmin) for site in registered)
