"""The few files of packages that our pages load, found where the packages lie.

django-leaflet brings Leaflet along. It is no app of ours: its templates and widgets are for inline
scripts, and its other files (1.9 MB) would be collected for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

# The style sheet names the pictures.
PACKAGED = {
    "leaflet": (
        "leaflet/leaflet.js", "leaflet/leaflet.css", "leaflet/images/layers.png",
        "leaflet/images/layers-2x.png", "leaflet/images/marker-icon.png",
    ),
}  # fmt: skip


class PackagedFinder(BaseFinder):
    """Finds the files of `PACKAGED`, and no others of those packages."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.storages: dict[str, FileSystemStorage] = {}
        for package, names in PACKAGED.items():
            spec = find_spec(package)
            if spec is None or spec.origin is None:
                raise ModuleNotFoundError(package)
            storage = FileSystemStorage(location=Path(spec.origin).parent / "static")
            self.storages |= dict.fromkeys(names, storage)

    def check(self, **_: Any) -> list[Any]:
        """Return nothing: there is nothing to set wrongly."""
        return []

    def find(self, path: str, find_all: bool = False, **_: Any) -> Any:
        """Return where a file lies; where it is none of ours, an empty list as Django wants."""
        storage = self.storages.get(path)
        if storage is None:
            return []
        return [storage.path(path)] if find_all else storage.path(path)

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Storage]]:
        """Yield each file with the storage that holds it."""
        yield from self.storages.items()
