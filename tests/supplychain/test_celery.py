"""The schedule wakes tasks that exist."""

from django.conf import settings

from supplychain.celery import app


def test_every_scheduled_task_exists() -> None:
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled <= set(app.tasks)


def test_every_task_of_ours_is_scheduled() -> None:
    """What a lost message would have done, the schedule does."""
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if name.startswith("supplychain.")}
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    if not settings.TILES_STORE:  # nothing to publish to, and nobody to be woken
        ours.remove("supplychain.tasks.publish_tiles")
    assert ours <= scheduled
