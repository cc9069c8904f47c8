"""Temperature loggers of an organisation: which ones, and when they were calibrated."""

from typing import ClassVar, Literal

from django.db import models


class Device(models.Model):
    """A logger or sensor. `name` is what its files call it; it is due every so many days."""

    placement: ClassVar[Literal["local"]] = "local"

    gln = models.CharField(max_length=13)
    name = models.CharField(max_length=64)
    model = models.CharField(max_length=100, blank=True, default="")
    place = models.CharField(max_length=100, blank=True, default="")
    calibrated_on = models.DateField(null=True, blank=True)
    every_days = models.PositiveSmallIntegerField(default=365)

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("gln", "name"), name="device_once"),)

    def __str__(self) -> str:
        return self.name
