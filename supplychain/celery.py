"""The task queue. Tasks only wake work up: what is to be done is a row in our tables."""

import os

from celery import Celery

from supplychain import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supplychain.settings")

broker.announce()
app = Celery("supplychain")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["supplychain"])
