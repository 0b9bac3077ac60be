"""How our files go out: small, named by their content, compressed once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from jkn.shell.finders import PACKAGED
from jkn.shell.minify import MINIFIERS, without_map


class _Minified:
    """Opens the files of another storage, ours made smaller. Django hashes what this gives.

    Files of packages are small already, and keep the notices of their licences.
    """

    def __init__(self, source: Storage) -> None:
        self.source = source

    def open(self, name: str) -> File[Any]:
        path = PurePosixPath(name)
        is_packaged = path.parts[0] in PACKAGED
        minify = without_map if is_packaged else MINIFIERS.get(path.suffix)
        if minify is None or path.suffix not in MINIFIERS:
            return self.source.open(name)
        with self.source.open(name) as file:
            return ContentFile(minify(file.read().decode()).encode(), name=name)


class PageFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """The storage of `static()`: names with a hash where collectstatic has run.

    Where it has not (tests, a developer's first minute), a file keeps its plain name and WhiteNoise
    serves it from the module's folder.
    """

    support_js_module_import_aggregation = True

    def post_process(
        self, paths: dict[str, tuple[Storage, str]], **options: Any
    ) -> Iterator[tuple[str, str, bool]]:
        """Hash and compress the files after making ours smaller."""
        ours = {name: (_Minified(source), path) for name, (source, path) in paths.items()}
        yield from super().post_process(ours, **options)

    def stored_name(self, name: str) -> str:
        """Return the name with its hash; the plain name of a file that was never collected."""
        hashed: str | None = self.hashed_files.get(self.hash_key(self.clean_name(name)))
        return hashed or name
