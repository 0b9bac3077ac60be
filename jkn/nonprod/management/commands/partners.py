"""`manage.py partners`: runs the simulated bank, message gateway and population register."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from jkn.nonprod.partners.run import PARTNERS, port_of, words_of

_LOOK_SECONDS = 0.5


class Command(BaseCommand):
    """Starts the partners as processes of their own and ends them together."""

    help = "Run the simulated partners (all, or the ones that are named)."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take which partners, and the seed of the register's people."""
        parser.add_argument("partner", nargs="*", choices=[[], *PARTNERS], default=[])
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM, SIGINT, or until one of them ends."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        running = []
        for name in options["partner"] or PARTNERS:
            words = words_of(name, port=settings.PORT, var=settings.VAR, seed=options["seed"])
            running.append(subprocess.Popen(words))  # noqa: S603 (our own command, no shell)
            self.stdout.write(f"{name}: http://127.0.0.1:{port_of(name, settings.PORT)}/")
        try:
            while not stop.wait(_LOOK_SECONDS) and all(p.poll() is None for p in running):
                pass
        finally:
            for process in running:
                process.terminate()
            for process in running:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(5)
                process.kill()
