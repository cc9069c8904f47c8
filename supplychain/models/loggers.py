"""What an organisation said once about its loggers, so that nobody is asked again."""

from typing import ClassVar, Literal

from django.db import models


class LoggerMapping(models.Model):
    """How tables of one model of loggers are read, as somebody of the organisation confirmed."""

    placement: ClassVar[Literal["local"]] = "local"

    pk = models.CompositePrimaryKey("gln", "model")
    gln = models.CharField(max_length=13)
    model = models.CharField(max_length=64)
    mapping = models.JSONField()
    said_by = models.CharField(max_length=150)
    said_at = models.DateTimeField()

    class Meta:
        ordering = ("model",)

    def __str__(self) -> str:
        return f"{self.model} of {self.gln}"


class LoggerClock(models.Model):
    """The fixed offset of one device's clock, which its files do not say (C11)."""

    placement: ClassVar[Literal["local"]] = "local"

    pk = models.CompositePrimaryKey("gln", "device")
    gln = models.CharField(max_length=13)
    device = models.CharField(max_length=64)
    zone = models.CharField(max_length=6)
    said_by = models.CharField(max_length=150)
    said_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.device} of {self.gln}: {self.zone}"
