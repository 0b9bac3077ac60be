"""Files of facilities as others write them: CSV, GeoJSON, OpenStreetMap (XML, Overpass JSON). Pure.

Each row becomes texts under our own names; what they are worth is for `vetting` to say.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

# Names of columns, properties and tags, as files have them. The first that holds something counts.
COLUMNS: dict[str, tuple[str, ...]] = {
    "code": ("code", "kode", "kode_faskes", "kodeppk", "ref:bpjs"),
    "name": ("name", "nama", "nama_faskes", "nama_rumah_sakit", "nmppk"),
    "kind": ("kind", "jenis", "jenis_faskes", "tipe", "type", "healthcare", "amenity", "shop"),
    "grade": ("grade", "kelas", "kelas_rs", "class"),
    "district": ("district", "kecamatan", "kecamatan_menurut_sumber", "addr:subdistrict"),
    "village": ("village", "kelurahan", "kode_kelurahan", "kode_kelurahan_senama", "addr:village"),
    "address": ("address", "alamat", "addr:full", "addr:street"),
    "phone": ("phone", "telepon", "telp", "no_telp", "contact:phone"),
    "latitude": ("latitude", "lat", "lintang", "lat_a", "y"),
    "longitude": ("longitude", "lon", "lng", "long", "bujur", "lng_a", "x"),
    "latitude_2": ("latitude_2", "lat_b"),
    "longitude_2": ("longitude_2", "lng_b", "lon_b"),
    "hours": ("hours", "jam_buka", "opening_hours"),
    "services": ("services", "layanan"),
    "wheelchair": ("wheelchair",),
    "emergency": ("emergency",),
    "contract_from": ("contract_from", "kontrak_mulai"),
    "contract_to": ("contract_to", "kontrak_sampai"),
    "origin": ("origin", "@id"),
    "note": ("note", "catatan", "keterangan"),
}
LARGEST = 200 * 1024 * 1024  # bytes
_LONGEST_FIELD = 10_000
_ENTITIES = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


class Unreadable(Exception):
    """The file as a whole cannot be read; nothing of it was used."""


@dataclass(frozen=True, slots=True)
class Raw:
    """One row: its number in the file (the line of a CSV) and its texts under our names."""

    number: int
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: its rows, and the columns that nothing was taken from."""

    rows: Sequence[Raw]
    columns: frozenset[str]
    unused: tuple[str, ...]


def read(data: bytes) -> Source:
    """Read a file of any of the kinds; raises `Unreadable`."""
    if len(data) > LARGEST:
        raise Unreadable("the file is larger than 200 MB")
    head = data[:2000].lstrip(b"\xef\xbb\xbf \r\n\t")
    if head.startswith(b"<"):
        return _source(_osm_xml(data))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8 at byte {error.start}") from None
    if head[:1] in (b"{", b"["):
        return _source(_json(text))
    return _source(_csv(text))


def _source(rows: Iterable[tuple[int, Mapping[str, str]]]) -> Source:
    found: list[Raw] = []
    columns: dict[str, None] = {}
    for number, texts in rows:
        columns.update(dict.fromkeys(texts))
        found.append(Raw(number, _renamed(texts)))
    known = {alias for aliases in COLUMNS.values() for alias in aliases}
    return Source(found, frozenset(columns), tuple(c for c in columns if c not in known))


def _renamed(texts: Mapping[str, str]) -> dict[str, str]:
    named = {
        name: next((texts[a] for a in aliases if texts.get(a)), "")
        for name, aliases in COLUMNS.items()
    }
    return {name: text for name, text in named.items() if text}


def _csv(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(_LONGEST_FIELD * 100)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        heads = [head.strip().lower() for head in next(reader, [])]
        if len(heads) < 2:
            raise Unreadable("no table: the first line has no columns")
        for cells in reader:
            if not any(cells):
                continue
            row = {h: c.strip() for h, c in zip(heads, cells, strict=False)}
            if len(cells) > len(heads):
                row["name"] = row["nama"] = ""  # nobody knows which cell belongs where
            yield reader.line_num, {h: c for h, c in row.items() if len(c) <= _LONGEST_FIELD}
    except csv.Error as error:
        raise Unreadable(f"line {reader.line_num}: {error}") from None


def _json(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not JSON: {error}") from None
    features = whole.get("features") if isinstance(whole, dict) else None
    elements = whole.get("elements") if isinstance(whole, dict) else None
    if not isinstance(features, list) and not isinstance(elements, list):
        raise Unreadable("JSON, but neither GeoJSON features nor Overpass elements")
    if isinstance(features, list):
        for number, feature in enumerate(features, 1):
            yield number, _feature(feature)
        return
    for number, element in enumerate(elements or [], 1):
        if isinstance(element, dict) and element.get("tags"):
            yield number, _element(element)


def _feature(feature: Any) -> dict[str, str]:
    if not isinstance(feature, dict):
        return {}
    row = _texts(feature.get("properties"))
    geometry = feature.get("geometry")
    corners = list(_corners(geometry.get("coordinates"))) if isinstance(geometry, dict) else []
    if corners:
        row["longitude"] = str(sum(c[0] for c in corners) / len(corners))
        row["latitude"] = str(sum(c[1] for c in corners) / len(corners))
    if isinstance(feature.get("id"), str | int) and "@id" not in row:
        row["origin"] = str(feature["id"])
    return row


def _corners(coordinates: Any, depth: int = 0) -> Iterator[tuple[float, float]]:
    """Yield the points of a geometry of any kind."""
    if not isinstance(coordinates, list) or depth > 4:
        return
    if len(coordinates) >= 2 and all(isinstance(c, int | float) for c in coordinates[:2]):
        yield float(coordinates[0]), float(coordinates[1])
        return
    for part in coordinates:
        yield from _corners(part, depth + 1)


def _element(element: Mapping[str, Any]) -> dict[str, str]:
    row = _texts(element.get("tags"))
    middle = element.get("center")
    at = middle if isinstance(middle, dict) else element
    row["latitude"], row["longitude"] = str(at.get("lat", "")), str(at.get("lon", ""))
    row["origin"] = f"osm:{element.get('type')}/{element.get('id')}"
    return row


def _texts(values: Any) -> dict[str, str]:
    if not isinstance(values, dict):
        return {}
    simple = {k: v for k, v in values.items() if isinstance(v, str | int | float)}
    return {str(k).lower(): str(v).strip()[:_LONGEST_FIELD] for k, v in simple.items()}


def _osm_xml(data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    if _ENTITIES.search(data):
        raise Unreadable("XML with a document type or entities")
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 (no entities, see above)
    except ElementTree.ParseError as error:
        raise Unreadable(f"not XML: {error}") from None
    if root.tag != "osm":
        raise Unreadable("XML, but not of OpenStreetMap")
    nodes = {n.get("id"): (n.get("lat", ""), n.get("lon", "")) for n in root.iter("node")}
    number = 0
    for thing in root:
        tags = {tag.get("k", "").lower(): tag.get("v", "") for tag in thing.iter("tag")}
        if thing.tag in ("node", "way", "relation") and tags:
            number += 1
            latitude, longitude = _middle(thing, nodes)
            yield number, {
                **tags, "latitude": latitude, "longitude": longitude,
                "origin": f"osm:{thing.tag}/{thing.get('id')}",
            }  # fmt: skip


def _middle(
    thing: ElementTree.Element, nodes: Mapping[str | None, tuple[str, str]]
) -> tuple[str, str]:
    centre = thing.find("center")
    at = thing if thing.tag == "node" else centre
    if at is not None:
        return at.get("lat", ""), at.get("lon", "")
    corners = [nodes[n.get("ref")] for n in thing.iter("nd") if n.get("ref") in nodes]
    try:
        points = [(float(a), float(b)) for a, b in corners]
    except ValueError:
        return "", ""
    if not points:
        return "", ""
    return (
        str(sum(p[0] for p in points) / len(points)),
        str(sum(p[1] for p in points) / len(points)),
    )
