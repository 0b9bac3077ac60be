"""Static files: small, hashed, and there even where nothing was collected."""

from __future__ import annotations

import json
import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage, Storage

import jkn
from jkn.shell.finders import PackagedFinder
from jkn.shell.statics import PageFiles

SOURCE = Path(__file__).parents[1] / "static"


def collected(folder: Path) -> PageFiles:
    source = FileSystemStorage(location=SOURCE)
    storage = PageFiles(location=folder, base_url="/static/")
    paths: dict[str, tuple[Storage, str]] = {}
    for name in ("shell/app.css", "shell/app.js", "shell/icon-192.png"):
        with source.open(name) as file:
            storage.save(name, file)
        paths[name] = (source, name)
    list(storage.post_process(paths))
    return storage


def test_collected_files_are_hashed_small_and_compressed(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    storage = collected(tmp_path)
    address = storage.url("shell/app.css")
    assert re.fullmatch(r"/static/shell/app\.[0-9a-f]{12}\.css", address)
    file = tmp_path / address.removeprefix("/static/")
    assert "/*" not in file.read_text(encoding="utf-8")
    assert file.with_name(f"{file.name}.br").exists()
    manifest = json.loads((tmp_path / "staticfiles.json").read_text(encoding="utf-8"))
    assert "shell/icon-192.png" in manifest["paths"]


def test_without_collecting_a_file_keeps_its_plain_name(tmp_path):
    storage = PageFiles(location=tmp_path, base_url="/static/")
    assert storage.url("shell/app.css") == "/static/shell/app.css"


def test_every_file_that_a_template_names_exists():
    named = set()
    for template in Path(jkn.__file__).parent.rglob("*.jinja"):
        text = template.read_text(encoding="utf-8")
        named |= set(re.findall(r"static\([\"']([^\"']+)[\"']\)", text))
    assert "shell/app.css" in named
    assert [name for name in sorted(named) if not finders.find(name)] == []


def test_files_of_packages_come_whole_but_for_the_address_of_their_source_map(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    storage = PageFiles(location=tmp_path, base_url="/static/")
    paths: dict[str, tuple[Storage, str]] = {}
    for name, source in PackagedFinder().list([]):
        with source.open(name) as file:
            storage.save(name, file)
        paths[name] = (source, name)
    list(storage.post_process(paths))
    address = storage.url("leaflet/leaflet.js").removeprefix("/static/")
    given = Path(str(finders.find("leaflet/leaflet.js"))).read_text(encoding="utf-8")
    kept = (tmp_path / address).read_text(encoding="utf-8")
    assert kept == re.sub("//# sourceMappingURL.*", "", given)
    assert "Leaflet 1.9.3" in kept[:200]
    assert finders.find("leaflet/leaflet.forms.js") is None
