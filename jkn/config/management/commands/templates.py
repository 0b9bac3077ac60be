"""`manage.py templates`: compiles every Jinja2 template, so that a slip shows before a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.template import engines
from jinja2 import TemplateSyntaxError


class Command(BaseCommand):
    """Compiles all templates of all modules and names those that do not."""

    help = __doc__
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Raise `CommandError` where one does not compile."""
        environment: Any = engines["jinja2"].env  # type: ignore[attr-defined]
        wrong, count = [], 0
        for app in apps.get_app_configs():
            for folder in ("jinja2", "templates"):
                for path in sorted((Path(app.path) / folder).rglob("*.jinja")):
                    count += 1
                    try:
                        environment.compile(path.read_text(encoding="utf-8"), filename=str(path))
                    except TemplateSyntaxError as error:
                        wrong.append(f"{path}:{error.lineno}: {error.message}")
        if wrong:
            raise CommandError("\n".join(wrong))
        self.stdout.write(f"{count} templates compile")
