"""Writes the pages of docs/reference/ that the code itself can tell: `make reference`.

`--check` writes nothing and ends with 1 where a page is not what the code says (a test runs it).
"""

from __future__ import annotations

import ast
import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jkn.config.settings")

import django  # noqa: E402 (needs the path and the settings' name)

django.setup()

from jkn.config import openapi  # noqa: E402
from jkn.core import errors  # noqa: E402
from jkn.core.money import rupiah  # noqa: E402
from jkn.gate import answers  # noqa: E402
from jkn.membership import rules  # noqa: E402
from jkn.membership.presenters import ADVICE, TITLES  # noqa: E402

FOLDER = ROOT / "docs" / "reference"
MADE = "<!-- Made by `make reference` from the code. Do not edit. -->"
# Migrations after the first that fill figures (`FIGURES`), in their order.
FIGURES_IN = ("0004_fines_and_wages", "0006_instalment_figures", "0008_ahead_figures")
_KINDS = ("Refused", "Conflict", "Forbidden", "SignInNeeded", "Limited", "Unavailable")


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def page(title: str, *parts: str) -> str:
    """Return a whole page."""
    return "\n\n".join([f"# {title}", MADE, *parts]) + "\n"


def states() -> str:
    """Return the statuses of membership and every transition, from `membership/rules.py`."""
    statuses = [
        [
            f"`{status}`", TITLES[status][1], ADVICE[status],
            "yes" if status in rules.FOLLOWS_PAYMENT else "",
        ]
        for status in rules.Status
    ]  # fmt: skip
    moves = [
        [f"`{before}`", f"`{event}`", f"`{after}`"]
        for (before, event), after in sorted(rules.NEXT.items())
    ]
    return page(
        "States of a membership",
        "What members read, and whether a payment of the family can change the status. "
        "How they come about: [membership.md](membership.md).",
        table(["status", "title", "what to do next", "follows payment"], statuses),
        "## Transitions\n\nWhat is not in this table is refused with `membership.transition`.",
        table(["from", "event", "to"], moves),
    )


def tariffs() -> str:
    """Return tariffs, figures and banks as the migration fills them."""
    law = import_module("jkn.contribution.migrations.0003_law")
    prices = [
        [care_class, begins.isoformat(), rupiah(monthly), rupiah(government), basis, yes(verified)]
        for care_class, begins, monthly, government, basis, verified in law.TARIFFS
    ]
    later = [import_module(f"jkn.contribution.migrations.{name}") for name in FIGURES_IN]
    figures = [
        [f"`{name}`", begins.isoformat(), str(value), basis, yes(verified)]
        for migration in (law, *later)
        for name, begins, value, basis, verified in migration.FIGURES
    ]
    banks = [[f"`{code}`", name, prefix] for code, name, prefix, _ in law.BANKS]
    segments = ", ".join(f"`{s}`" for s in law.SELF)
    return page(
        "Tariffs and figures",
        "The rows with which an empty database begins (migrations of `contribution`). Each has a "
        'first day and a legal basis; a rule takes the newest that has begun. "Verified" means: the '
        "figure was seen in public sources; the articles' own texts were not at hand. "
        "[A new one is a new row](../how-to/change-a-tariff.md).",
        f"## What one person pays a month ({segments})",
        table(["class", "from", "person", "government", "basis", "verified"], prices),
        "## Figures",
        table(["name", "from", "value", "basis", "verified"], figures),
        "## Banks\n\nA virtual account is the prefix and the last 11 digits of the head's card.",
        table(["code", "name", "prefix"], banks),
    )


def yes(is_so: bool) -> str:
    """Return how a table says yes or no."""
    return "yes" if is_so else "**no**"


def routes() -> str:
    """Return every address with its methods and who may use it."""
    rows = [
        [
            f"`{path}`", " ".join(m for m in door.methods if m != "HEAD"), door.who.name,
            door.kind, door.summary.rstrip("."),
        ]
        for path, _, doors in openapi.routes()
        for door in doors
    ]  # fmt: skip
    return page(
        "Addresses",
        "Also `manage.py routes --json`. A view that declares nobody is closed to everybody. "
        "`anyone` needs no sign-in; `partner` proves itself by its signature inside the door.",
        table(["address", "methods", "who", "kind", "what"], rows),
    )


@dataclass(frozen=True, order=True)
class Refusal:
    """One refusal as the source says it."""

    code: str
    status: int
    message: str
    file: str


def refusals() -> str:
    """Return every refusal of the source with its HTTP status and sentence."""
    found: set[Refusal] = set()
    for path in sorted((ROOT / "jkn").rglob("*.py")):
        parts = path.relative_to(ROOT).parts
        if not {"tests", "nonprod", "migrations"} & set(parts):
            found |= set(_refusals_of(ast.parse(path.read_text(encoding="utf-8")), "/".join(parts)))
    rows = [[f"`{r.code}`", str(r.status), r.message, f"`{r.file}`"] for r in sorted(found)]
    return page(
        "Refusals",
        "The code is for programs and never changes; the sentence is for people. Programs get "
        "`application/problem+json` with `code`, `title` (the sentence) and `status`; a page shows "
        "the sentence, with everything that was typed. `{…}` is filled in. Banks are answered in "
        "SNAP's words instead: [snap.md](snap.md).",
        table(["code", "HTTP", "sentence", "where"], rows),
    )


def _refusals_of(tree: ast.Module, file: str) -> Iterator[Refusal]:
    named = {
        target.id: text
        for node in tree.body
        if isinstance(node, ast.Assign) and (text := _marked(node.value, {}))
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        by_name = {k.arg: k.value for k in node.keywords if k.arg}
        kind = node.func.id if isinstance(node.func, ast.Name) else ""
        is_refusal = kind in _KINDS and len(node.args) >= 2
        code = _code(node.args[0] if is_refusal else by_name.get("code"))
        message = _marked(node.args[1] if is_refusal else by_name.get("message"), named)
        if code and message:
            yield Refusal(code, _status(kind if is_refusal else "Refused", code), message, file)


def _code(node: ast.expr | None) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ast.unparse(node)[2:-1] if isinstance(node, ast.JoinedStr) else ""


def _marked(node: ast.expr | None, named: dict[str, str]) -> str:
    if isinstance(node, ast.Name):
        return named.get(node.id, "")
    is_marked = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "N_"
    if is_marked and isinstance(node, ast.Call) and isinstance(node.args[0], ast.Constant):
        return str(node.args[0].value)
    return ""


def _status(kind: str, code: str) -> int:
    for fixed in (answers.NOT_FOUND, answers.BROKEN):
        if fixed.code == code:
            return answers.status_of(fixed)
    more = {"retry_after": 1} if kind == "Limited" else {}
    refused: errors.Refused = getattr(errors, kind)(code, "", **more)
    return answers.status_of(refused)


def pages() -> dict[str, str]:
    """Return every page that is made, by its file name."""
    return {
        "states.md": states(),
        "tariffs.md": tariffs(),
        "routes.md": routes(),
        "errors.md": refusals(),
        "openapi.json": json.dumps(openapi.openapi(), ensure_ascii=False, indent=1, sort_keys=True)
        + "\n",
    }


def main(words: list[str]) -> int:
    """Write the pages, or with `--check` say which are old."""
    old = []
    for name, text in pages().items():
        path = FOLDER / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        old.append(name)
        if "--check" not in words:
            path.write_text(text, encoding="utf-8")
    if "--check" in words and old:
        print(f"Old: {', '.join(old)}. Run `make reference`.")
        return 1
    print(f"Written: {', '.join(old) or 'nothing, all is as the code says'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
