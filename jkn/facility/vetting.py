"""Judges the rows of a file of facilities: what each says, and what is doubtful about it. Pure.

A doubt names its row and lets it pass, corrected where that is safe; a refusal leaves it out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from jkn.core.errors import Refused
from jkn.facility import hours
from jkn.facility.nearby import metres
from jkn.facility.places import Point, Swapped, degrees, within_indonesia
from jkn.facility.rules import GRADES, HOSPITALS, Kind, Service, district_of
from jkn.facility.sources import Raw
from jkn.facility.spelling import folded, squeezed

TWINS_WITHIN = 300.0  # metres between two hospitals that share a word and may be one
_LENGTHS = {"code": 12, "name": 120, "address": 200, "phone": 20, "origin": 80}
_KIND_BEGINNINGS: tuple[tuple[str, Kind], ...] = (
    ("puskesmas", Kind.PUSKESMAS), ("rs pratama", Kind.PRIMARY_HOSPITAL),
    ("rs d pratama", Kind.PRIMARY_HOSPITAL), ("rumah sakit pratama", Kind.PRIMARY_HOSPITAL),
    ("rsia", Kind.SPECIAL_HOSPITAL), ("rsj", Kind.SPECIAL_HOSPITAL),
    ("rsk", Kind.SPECIAL_HOSPITAL), ("rs khusus", Kind.SPECIAL_HOSPITAL),
    ("rs mata", Kind.SPECIAL_HOSPITAL), ("rs ibu dan anak", Kind.SPECIAL_HOSPITAL),
    ("rs jiwa", Kind.SPECIAL_HOSPITAL), ("rumah sakit ibu", Kind.SPECIAL_HOSPITAL),
    ("rumah sakit jiwa", Kind.SPECIAL_HOSPITAL), ("rs", Kind.HOSPITAL),
    ("rumah sakit", Kind.HOSPITAL), ("klinik utama", Kind.MAIN_CLINIC), ("klinik", Kind.CLINIC),
    ("apotek", Kind.PHARMACY), ("apotik", Kind.PHARMACY), ("optik", Kind.OPTICIAN),
    ("lab", Kind.LABORATORY), ("drg", Kind.DENTIST), ("praktik drg", Kind.DENTIST),
    ("praktik dokter gigi", Kind.DENTIST), ("dr", Kind.DOCTOR), ("praktik dr", Kind.DOCTOR),
    ("praktik dokter", Kind.DOCTOR), ("kantor bpjs", Kind.OFFICE), ("bpjs", Kind.OFFICE),
)  # fmt: skip
_KIND_TAGS = {
    "hospital": Kind.HOSPITAL, "clinic": Kind.CLINIC, "doctors": Kind.DOCTOR,
    "doctor": Kind.DOCTOR, "dentist": Kind.DENTIST, "pharmacy": Kind.PHARMACY,
    "laboratory": Kind.LABORATORY, "optician": Kind.OPTICIAN, "optometrist": Kind.OPTICIAN,
    "apotek": Kind.PHARMACY, "rumah sakit": Kind.HOSPITAL, "puskesmas": Kind.PUSKESMAS,
    "klinik": Kind.CLINIC, "klinik pratama": Kind.CLINIC, "klinik utama": Kind.MAIN_CLINIC,
    "optik": Kind.OPTICIAN, "laboratorium": Kind.LABORATORY, **{k.value: k for k in Kind},
}  # fmt: skip
_DISTRICT, _VILLAGE = 2, 3  # dots in their codes
_KEEP_OUT = re.compile(r"salinan|jangan dipakai", re.IGNORECASE)
_TO_CHECK = re.compile(r"perlu diperiksa", re.IGNORECASE)
_YES = ("yes", "ya", "1", "true", "designated")


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is doubtful in a row: a stable code, and the words for people who import."""

    row: int
    name: str
    code: str
    says: str
    is_refusal: bool = False


@dataclass(frozen=True, slots=True)
class Vetted:
    """A row that can be used: only what it says; empty fields change nothing."""

    row: int
    kind: Kind
    values: Mapping[str, object]

    @property
    def name(self) -> str:
        """The facility's name."""
        return str(self.values["name"])

    @property
    def point(self) -> Point | None:
        """Where it lies, or None."""
        latitude, longitude = self.values.get("latitude"), self.values.get("longitude")
        if isinstance(latitude, float) and isinstance(longitude, float):
            return latitude, longitude
        return None


class Areas:
    """The kecamatan and kelurahan that are known, found by their names without spaces."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names  # code → name
        self._codes: dict[tuple[int, str], list[str]] = defaultdict(list)
        for code, name in names.items():
            self._codes[code.count("."), squeezed(name)].append(code)
        self.words = {word for name in names.values() for word in folded(name).split()}
        spellings = {(squeezed(name), folded(name), name) for name in names.values()}
        self.by_length = sorted(spellings, key=lambda s: (-len(s[0]), s))

    def district(self, name: str) -> str:
        """Return the code of a kecamatan, or "" where none or several have the name."""
        return self._code(name, _DISTRICT)

    def village(self, text: str) -> str:
        """Return the code of a kelurahan by its code or its name, or ""."""
        if text in self.names and text.count(".") == _VILLAGE:
            return text
        return self._code(text, _VILLAGE)

    def _code(self, name: str, dots: int) -> str:
        found = self._codes.get((dots, squeezed(name)), [])
        return found[0] if len(found) == 1 else ""


class Vetting:
    """Judges one file: rows one by one, then what only several rows together show."""

    def __init__(self, areas: Areas) -> None:
        self._areas = areas
        self.doubts: list[Doubt] = []

    def judge(self, raws: Iterable[Raw]) -> list[Vetted]:
        """Return the rows that can be used; `doubts` then tells of the others and of these."""
        rows = [row for raw in raws if (row := self._one(raw)) is not None]
        rows = self._without_twice(rows)
        rows = self._without_copied_points(rows)
        self._name_twins(rows)
        return rows

    def doubt(self, row: int, name: str, code: str, says: str) -> None:
        """Name something doubtful in a row that is used all the same."""
        self.doubts.append(Doubt(row, name, code, says))

    def refuse(self, row: int, name: str, code: str, says: str) -> None:
        """Leave a row out, and say why."""
        self.doubts.append(Doubt(row, name, code, says, is_refusal=True))

    def _one(self, raw: Raw) -> Vetted | None:
        texts, name = raw.texts, " ".join(raw.texts.get("name", "").split())
        if not name or "\0" in "".join(texts.values()):
            self.refuse(raw.number, name, "row.broken", "no name, or cells in the wrong place")
            return None
        for text, most in ((t, m) for t, m in _LENGTHS.items() if len(texts.get(t, "")) > m):
            self.refuse(raw.number, name[:60], f"{text}.long", f"{text} has over {most} letters")
            return None
        kind = kind_of(name, texts.get("kind", ""))
        if kind is None:
            self.refuse(raw.number, name, "kind.unknown", "neither name nor kind tells what it is")
            return None
        values: dict[str, object] = {"name": name, "kind": kind.value}
        values |= {k: texts[k] for k in ("code", "address", "phone", "origin") if texts.get(k)}
        self._compare_spaces(raw.number, name)
        values |= self._area(raw, name)
        values |= self._place(raw, name)
        values |= self._offers(raw, name, kind)
        return Vetted(raw.number, kind, values)

    def _area(self, raw: Raw, name: str) -> dict[str, object]:
        """Return kecamatan and kelurahan; the kelurahan's own code wins over a kecamatan's name."""
        said = _TO_CHECK.sub("", raw.texts.get("district", "")).strip(" ()")
        if said != raw.texts.get("district", ""):
            self.doubt(raw.number, name, "district.to_check", "the file says: to be checked")
        district = said if said.count(".") == _DISTRICT else self._areas.district(said)
        if said and (not district or district not in self._areas.names):
            self.doubt(raw.number, name, "district.unknown", f"kecamatan {said} is not known")
            district = ""
        given = raw.texts.get("village", "")
        village = self._areas.village(given) if given else ""
        if given and not village:
            self.doubt(raw.number, name, "village.unknown", f"kelurahan {given} is not known")
        if village and district and district_of(village) != district:
            right = self._areas.names[district_of(village)]
            self.doubt(raw.number, name, "district.wrong", f"{said} is wrong, taken as {right}")
        if village:
            return {"village_id": village, "district_id": district_of(village)}
        if _TO_CHECK.search(raw.texts.get("note", "")):
            self.doubt(raw.number, name, "district.to_check", "the file says: to be checked")
        if not said and not given:
            self.doubt(raw.number, name, "district.missing", "no kecamatan")
        return {"district_id": district} if district else {}

    def _compare_spaces(self, row: int, name: str) -> None:
        """Name a facility whose area is written with other spaces than officially."""
        words, together = folded(name), squeezed(name)
        for squeezed_area, folded_area, area in self._areas.by_length:
            if squeezed_area in together:
                if folded_area not in words:
                    self.doubt(row, name, "name.spaces", f"officially written {area}")
                return

    def _place(self, raw: Raw, name: str) -> dict[str, object]:
        texts = raw.texts
        if not texts.get("latitude") and not texts.get("longitude"):
            self.doubt(raw.number, name, "point.missing", "no coordinates")
            return {}
        if _KEEP_OUT.search(texts.get("note", "")):
            self.doubt(raw.number, name, "point.copy", "the file says: not to be used")
            return {}
        point = self._point(raw.number, name, texts.get("latitude", ""), texts.get("longitude", ""))
        if point is None:
            return {}
        if texts.get("latitude_2") and texts.get("longitude_2"):
            other = self._point(raw.number, name, texts["latitude_2"], texts["longitude_2"])
            if other and other != point:
                apart = f"two points, {metres(point, other):.0f} m apart; the first is taken"
                self.doubt(raw.number, name, "point.two", apart)
        return {"latitude": round(point[0], 5), "longitude": round(point[1], 5)}

    def _point(self, row: int, name: str, latitude: str, longitude: str) -> Point | None:
        try:
            return within_indonesia((degrees(latitude), degrees(longitude)))
        except ValueError:
            said = f"{latitude[:30]}, {longitude[:30]} is no position"
            self.doubt(row, name, "point.unreadable", said)
        except Swapped as swapped:
            self.doubt(row, name, "point.swapped", "latitude and longitude swapped; put right")
            return swapped.point
        except Refused:
            self.doubt(row, name, "point.outside", f"{latitude}, {longitude} is not in Indonesia")
        return None

    def _offers(self, raw: Raw, name: str, kind: Kind) -> dict[str, object]:
        texts, found = raw.texts, dict[str, object]()
        if texts.get("hours"):
            try:
                found["hours"] = str(hours.parse(texts["hours"]))
            except ValueError:
                self.doubt(raw.number, name, "hours.unreadable", f"hours {texts['hours'][:60]}")
        grade = texts.get("grade", "").upper().removeprefix("KELAS ").strip()
        if grade in GRADES and kind in HOSPITALS:
            found["grade"] = grade
        services = {s for s in re.split(r"[ ,;]+", texts.get("services", "").lower()) if s}
        services |= {w for w in ("wheelchair", "emergency") if texts.get(w, "").lower() in _YES}
        known = sorted(services & {s.value for s in Service})
        if services - set(known):
            strange = ", ".join(sorted(services - set(known)))[:60]
            self.doubt(raw.number, name, "services.unknown", f"services {strange}")
        if known:
            found["services"] = known
        for column in ("contract_from", "contract_to"):
            if texts.get(column):
                try:
                    found[column] = date.fromisoformat(texts[column])
                except ValueError:
                    self.doubt(raw.number, name, "contract.unreadable", f"day {texts[column][:20]}")
        return found

    def _without_twice(self, rows: Sequence[Vetted]) -> list[Vetted]:
        """Leave out rows that claim one code together, and a name that stands there again."""
        for key in ("code", "origin"):
            claims: dict[object, list[Vetted]] = defaultdict(list)
            for row in rows:
                if row.values.get(key):
                    claims[row.values[key]].append(row)
            gone = {r.row for claim in claims.values() if len(claim) > 1 for r in claim}
            for row in (r for r in rows if r.row in gone):
                with_it = [o.row for o in claims[row.values[key]] if o.row != row.row]
                said = f"{key} {row.values[key]} also in row {', '.join(map(str, with_it[:5]))}"
                self.refuse(row.row, row.name, f"{key}.twice", said)
            rows = [r for r in rows if r.row not in gone]
        first: dict[tuple[object, ...], int] = {}
        kept = []
        for row in rows:
            place = row.values.get("village_id") or row.values.get("district_id") or row.point
            known = first.setdefault((squeezed(row.name), place, row.values.get("code")), row.row)
            if known == row.row:
                kept.append(row)
            else:
                self.refuse(row.row, row.name, "name.twice", f"the same as row {known}")
        return kept

    def _without_copied_points(self, rows: Sequence[Vetted]) -> list[Vetted]:
        """Drop a point that several rows claim to the last digit: nobody knows whose it is."""
        claims: dict[Point, list[Vetted]] = defaultdict(list)
        for row in rows:
            if row.point is not None:
                claims[row.point].append(row)
        copied = {r.row for claim in claims.values() if len(claim) > 1 for r in claim}
        for row in (r for r in rows if r.row in copied):
            self.doubt(row.row, row.name, "point.copy", "several rows have this very point")
        return [_pointless(r) if r.row in copied else r for r in rows]

    def _name_twins(self, rows: Sequence[Vetted]) -> None:
        """Name hospitals that stand close together and share a word of their own."""
        cells: dict[tuple[int, int], list[Vetted]] = defaultdict(list)
        for row in rows:
            if row.kind in HOSPITALS and row.point is not None:
                for other, apart in self._near(cells, row):
                    said = f"{apart:.0f} m from row {other.row}, {other.name}: may be one"
                    self.doubt(row.row, row.name, "hospital.twin", said)
                cells[_cell(row.point)].append(row)

    def _near(
        self, cells: Mapping[tuple[int, int], Sequence[Vetted]], row: Vetted
    ) -> Iterator[tuple[Vetted, float]]:
        point = row.point
        if point is None:
            return
        r, c = _cell(point)
        for other in (
            o for i in (-1, 0, 1) for j in (-1, 0, 1) for o in cells.get((r + i, c + j), ())
        ):
            apart = metres(point, other.point) if other.point else TWINS_WITHIN
            if apart < TWINS_WITHIN and self._own_words(row.name) & self._own_words(other.name):
                yield other, apart

    def _own_words(self, name: str) -> set[str]:
        words = set(folded(name).split()) - self._areas.words
        return {word for word in words if len(word) > 3}


def kind_of(name: str, said: str) -> Kind | None:
    """Return the kind that a name begins with, else the one that is said; None where neither."""
    words = folded(name)
    for beginning, kind in _KIND_BEGINNINGS:
        is_word = beginning not in ("rs",)
        if words == beginning or words.startswith(beginning + (" " if is_word else "")):
            return kind
    return _KIND_TAGS.get(said.strip().lower())


def _pointless(row: Vetted) -> Vetted:
    kept = {k: v for k, v in row.values.items() if k not in ("latitude", "longitude")}
    return replace(row, values=kept)


def _cell(point: Point) -> tuple[int, int]:
    return int(point[0] * 300), int(point[1] * 300)  # some 370 m: wider than TWINS_WITHIN
