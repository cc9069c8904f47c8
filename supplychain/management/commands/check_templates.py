"""Compile every template of the project: a misspelt tag is found before a person finds it."""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.template import TemplateSyntaxError
from django.template.loader import get_template


class Command(BaseCommand):
    """All failures are shown, not only the first."""

    help = "Compile every template and name those that do not."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """No arguments of its own."""

    def handle(self, **_options: object) -> None:
        """Load each file of the project's template folder by its name."""
        faults = [fault for name in template_names() if (fault := fault_of(name))]
        if faults:
            raise CommandError("\n".join(faults))
        self.stdout.write(f"{len(template_names())} templates compile")


def template_names() -> list[str]:
    """Every file in the project's template folder, as a view would ask for it."""
    folder = Path(settings.BASE_DIR) / "templates"
    return sorted(
        str(file.relative_to(folder))
        for file in folder.rglob("*.*")
        if file.is_file() and not file.name.startswith(".")
    )


def fault_of(name: str) -> str:
    """Why a template does not compile; empty when it does."""
    try:
        get_template(name)
    except TemplateSyntaxError as error:
        return f"{name}: {error}"
    return ""
