"""The docs are true of the code: links, files, commands, settings, words, generated pages."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest

from jkn.account.rules import How
from jkn.config.environment import ROOT
from jkn.contribution.rules import BillStatus, Chart, PaymentVerdict
from jkn.core.actor import Level, Role
from jkn.facility.rules import Kind
from jkn.gate.limits import ALLOWANCES
from jkn.membership.rules import Event, Relation, Segment, Status
from jkn.nonprod.cast import CAST, cast_family
from jkn.nonprod.demo import SEED

TOP = ("README", "GLOSSARY", "CONTRIBUTING", "CHANGELOG", "SECURITY")
DOCS = sorted([*(ROOT / f"{name}.md" for name in TOP), *(ROOT / "docs").rglob("*.md")])
NAMES = [str(path.relative_to(ROOT)) for path in DOCS]
SOURCE = [
    path for path in (ROOT / "jkn").rglob("*.py") if not {"tests", "migrations"} & set(path.parts)
]

LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)|src=\"([^\"]+)\"")
OUR_FILE = re.compile(r"`((?:jkn|docs|deploy|scripts)/[\w./-]+)`")
COMMAND = re.compile(r"manage\.py ([a-z_]+)")
TARGET = re.compile(r"\bmake ([a-z][a-z0-9]+)")
READ = re.compile(
    r"(?:env|environment)\.(?:text|number|switch)\(\s*\"(\w+)\""
    r"|os\.environ(?:\.get)?[\[(]\"(\w+)\""
)


def text(name: str | Path) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name):
    page = ROOT / name
    links = {a or b for a, b in LINK.findall(text(name))}
    local = {link for link in links if not re.match(r"\w+:", link)}
    assert {link for link in local if not (page.parent / link).exists()} == set()


@pytest.mark.parametrize("name", NAMES)
def test_files_that_are_named_exist(name):
    # An example of a file to write stands in a code block, not between single quotes.
    named = set(OUR_FILE.findall(text(name)))
    assert {path for path in named if not (ROOT / path).exists()} == set()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_outside_the_project_is_needed(name):
    around = re.escape(f"{ROOT.parent}/")  # wherever this copy of the project happens to lie
    outside = rf"\.\./shared|{around}|design\.md|reliability\.md|scale\.md"
    assert not re.search(outside, text(name))


def test_files_that_the_code_names_exist():
    named = set(chain(*(re.findall(r"docs/[\w/-]+\.(?:md|json)", text(p)) for p in SOURCE)))
    assert {path for path in named if not (ROOT / path).exists()} == set()


def test_commands_that_the_docs_name_exist():
    targets = set(re.findall(r"^([a-z0-9-]+):", text("Makefile"), re.MULTILINE))
    folders = chain((ROOT / "jkn").glob("*/management/commands/*.py"))
    known = {path.stem for path in folders} | {"migrate", "shell", "procrastinate"}
    for page in DOCS:
        assert set(TARGET.findall("\n".join(_code(page)))) <= targets, page.name
        assert set(COMMAND.findall(text(page))) <= known, page.name


def _code(page: Path) -> list[str]:
    """Return what stands as code in a page: single quotes and blocks."""
    whole = text(page)
    blocks = re.findall(r"```.*?\n(.*?)```", whole, re.DOTALL)
    return blocks + re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", whole, flags=re.DOTALL))


def test_every_setting_is_documented_and_none_is_invented():
    page = text("docs/reference/settings.md")
    read = {a or b for path in SOURCE for a, b in READ.findall(text(path))}
    assert {name for name in read - {"DJANGO_SETTINGS_MODULE"} if f"`{name}`" not in page} == set()
    told = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    assert told - read - {"JKN_CHROMIUM", "JKN_LONG"} == set()  # these two are the Makefile's


def test_every_module_stands_in_the_readme():
    modules = {path.parent.name for path in (ROOT / "jkn").glob("*/__init__.py")}
    assert {name for name in modules if f"`jkn/{name}/`" not in text("README.md")} == set()


@pytest.mark.parametrize(
    "values", [Segment, Status, Event, Relation, Role, BillStatus, Chart, PaymentVerdict, Kind]
)
def test_the_glossary_has_every_word(values):
    page = text("GLOSSARY.md")
    assert {value.value for value in values if f"`{value.value}`" not in page} == set()


def test_levels_proofs_and_limits_are_told():
    assert all(f"`{level.name}`" in text("docs/reference/levels.md") for level in Level)
    proofs = text("docs/reference/levels.md").lower()
    words = {How.TOTP: "authenticator", How.DESK: "seen at a branch", How.RECOVERY: "recovery code"}
    assert all(words.get(how, how.value) in proofs for how in How)
    limits = text("docs/reference/limits.md")
    for name, allowances in ALLOWANCES.items():
        (line,) = [one for one in limits.splitlines() if one.startswith(f"| `{name}` |")]
        assert all(f"{a.count} " in line for a in allowances)


def test_every_outcome_of_a_payment_is_told():
    page = text("docs/reference/snap.md")
    door = text("jkn/contribution/bridging.py")
    va, _, scanned = door.partition("_QRIS_REFUSALS = {")
    for service, told, fewest in (("25", va, 6), ("52", scanned.partition("}")[0], 2)):
        found = re.findall(r"\((\d{3}), \"(\d\d)\"", told)
        codes = {f"{status}{service}{case}" for status, case in found}
        assert len(codes) >= fewest
        assert {code for code in codes if code not in page} == set()


def test_the_people_of_the_readme_are_the_demos():
    told = dict(re.findall(r"^\| ([A-Z][\w ]+) \| (\d{16}) \|", text("README.md"), re.MULTILINE))
    families = [cast_family(SEED, number) for number in range(len(CAST))]
    people = {person.nik: person.name for family in families for person in family.members}
    members = {nik: name for name, nik in told.items() if nik in people}
    assert len(members) >= 4
    assert all(people[nik] == name for nik, name in members.items())


def test_each_decision_is_listed_once():
    folder = ROOT / "docs" / "adr"
    files = sorted(path.name for path in folder.glob("0*.md"))
    assert re.findall(r"\((0\d{3}[\w-]+\.md)\)", text(folder / "README.md")) == files
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))


def test_generated_pages_are_what_the_code_says():
    words = [sys.executable, "scripts/reference.py", "--check"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
