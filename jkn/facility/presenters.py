"""Facilities in words: kinds, services, hours, distances, schedules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote

from django.utils.translation import get_language, gettext

from jkn.core.words import N_
from jkn.facility.directory import holidays, local_now
from jkn.facility.hours import Hours, parse
from jkn.facility.queries import BedFacts, FacilityFacts, SessionFacts
from jkn.facility.rules import BEDS_STALE_AFTER, HOLIDAY, Kind, Service

KINDS = {
    Kind.PUSKESMAS: N_("Puskesmas"),
    Kind.CLINIC: N_("Klinik pratama"),
    Kind.DOCTOR: N_("Dokter praktik"),
    Kind.DENTIST: N_("Dokter gigi praktik"),
    Kind.PRIMARY_HOSPITAL: N_("Rumah sakit kelas D pratama"),
    Kind.HOSPITAL: N_("Rumah sakit"),
    Kind.SPECIAL_HOSPITAL: N_("Rumah sakit khusus"),
    Kind.MAIN_CLINIC: N_("Klinik utama"),
    Kind.PHARMACY: N_("Apotek"),
    Kind.OPTICIAN: N_("Optik"),
    Kind.LABORATORY: N_("Laboratorium"),
    Kind.OFFICE: N_("Kantor BPJS Kesehatan"),
}
GROUP_NAMES = {
    "puskesmas": N_("Puskesmas"),
    "clinic": N_("Klinik"),
    "hospital": N_("Rumah sakit"),
    "doctor": N_("Dokter dan dokter gigi praktik"),
    "pharmacy": N_("Apotek"),
    "optician": N_("Optik"),
    "laboratory": N_("Laboratorium"),
    "office": N_("Kantor BPJS Kesehatan"),
}
SERVICES = {
    Service.EMERGENCY: N_("Gawat darurat (IGD)"),
    Service.ICU: N_("Perawatan intensif (ICU)"),
    Service.NICU: N_("Perawatan intensif bayi (NICU)"),
    Service.DIALYSIS: N_("Cuci darah"),
    Service.INPATIENT: N_("Rawat inap"),
    Service.MATERNITY: N_("Persalinan"),
    Service.LABORATORY: N_("Laboratorium"),
    Service.RADIOLOGY: N_("Rontgen dan USG"),
    Service.PHARMACY: N_("Obat di tempat"),
    Service.AMBULANCE: N_("Ambulans"),
    Service.WHEELCHAIR: N_("Akses kursi roda"),
}
WEEKDAY_NAMES = (
    N_("Senin"), N_("Selasa"), N_("Rabu"), N_("Kamis"), N_("Jumat"), N_("Sabtu"), N_("Minggu"),
    N_("Libur nasional"),
)  # fmt: skip
_WEEK = 7
_JOINER = "–\u2060"  # a range never breaks after its dash


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a facility is open now, in words; `kind` is that of a tag, empty where unknown."""

    kind: str
    text: str
    is_open: bool | None


@dataclass(frozen=True, slots=True)
class Line:
    """One facility in a list: what it is, where, how far, and whether it is open."""

    code: str
    name: str
    small: str
    opening: Opening


def line(facts: FacilityFacts, metres: float | None) -> Line:
    """Return a facility as it stands in a list."""
    area = facts.village_name or facts.district_name
    parts = [kind_words(facts), area, distance_words(metres, facts) if metres is not None else ""]
    return Line(facts.code, facts.name, " · ".join(p for p in parts if p), opening(facts))


def kind_words(facts: FacilityFacts) -> str:
    """Return the kind, and the class of a hospital where it is known."""
    name = gettext(KINDS[facts.kind])
    has_grade = facts.grade and facts.kind is not Kind.PRIMARY_HOSPITAL
    return gettext(N_("{kind} kelas {grade}")).format(kind=name, grade=facts.grade) if has_grade \
        else name  # fmt: skip


def distance_words(metres: float, facts: FacilityFacts) -> str:
    """Return `1,4 km` or `350 m`; `±` stands before a distance to an approximate point."""
    if metres < 950:
        text = f"{max(50, round(metres / 50) * 50)} m"
    else:
        text = f"{metres / 1000:.1f} km" if metres < 99_950 else f"{metres / 1000:.0f} km"
    if get_language() != "en":
        text = text.replace(".", ",")
    return f"± {text}" if facts.is_approximate else text


def opening(facts: FacilityFacts) -> Opening:
    """Return whether the facility is open at this moment, and what comes next."""
    if not facts.hours:
        return Opening("", "", None)
    moment, days = local_now(), holidays()
    hours = parse(facts.hours)
    if hours.is_always:
        return Opening("ok", gettext(N_("Buka 24 jam")), True)
    until = hours.open_until(moment, days)
    if until is not None:
        return Opening("ok", gettext(N_("Buka sampai {time}")).format(time=_clock(until)), True)
    following = hours.opens_next(moment, days)
    if following is None:
        return Opening("warn", gettext(N_("Tutup")), False)
    text = gettext(N_("Tutup, buka {day} {time}"))
    return Opening("warn", text.format(day=_near_day(following, moment), time=_clock(following)),
                   False)  # fmt: skip


def _near_day(when: datetime, moment: datetime) -> str:
    if when.date() == moment.date():
        return gettext(N_("hari ini"))
    if when.date() == moment.date() + timedelta(days=1):
        return gettext(N_("besok"))
    return gettext(WEEKDAY_NAMES[when.weekday()])


def _clock(when: datetime) -> str:
    return f"{when:%H.%M}"


def hours_lines(text: str) -> list[tuple[str, str]]:
    """Return (day, spans) for each weekday and for holidays.

    Nothing where the hours are unknown, and where it never closes, which is said above.
    """
    if not text or parse(text).is_always:
        return []
    hours = parse(text)
    return [(WEEKDAY_NAMES[day], _spans(hours, day)) for day in range(HOLIDAY)]


def _spans(hours: Hours, day: int) -> str:
    spans = hours.days[day]
    if not spans:
        return gettext(N_("Tutup"))
    return ", ".join(f"{_minutes(start)}{_JOINER}{_minutes(end)}" for start, end in spans)


def _minutes(minutes: int) -> str:
    minutes %= 24 * 60
    return f"{minutes // 60:02}.{minutes % 60:02}"


@dataclass(frozen=True, slots=True)
class DayPlan:
    """The sessions of one weekday, with its name."""

    weekday: int
    name: str
    sessions: Sequence[Mapping[str, object]]


def plans(sessions: Sequence[SessionFacts], *, on: date) -> list[DayPlan]:
    """Return sessions by weekday, today's first; those of national holidays come last."""
    first = on.isoweekday()
    order = sorted({s.weekday for s in sessions}, key=lambda d: (d == HOLIDAY, (d - first) % _WEEK))
    return [
        DayPlan(day, WEEKDAY_NAMES[day - 1], [_session(s) for s in sessions if s.weekday == day])
        for day in order
    ]


def _session(session: SessionFacts) -> dict[str, object]:
    return {
        "clinic": session.clinic_name,
        "doctor": session.doctor,
        "hours": f"{session.opens:%H.%M}{_JOINER}{session.closes:%H.%M}",
        "away_until": session.away_until,
    }


@dataclass(frozen=True, slots=True)
class BedLine:
    """The beds of a room in words; no figures where they are too old."""

    name: str
    text: str
    age: str
    is_stale: bool


def bed_lines(beds: Sequence[BedFacts], *, at: datetime) -> list[BedLine]:
    """Return free beds by room, each with its age; a stale figure is replaced."""
    return [_bed_line(bed, at - bed.updated_at) for bed in beds]


def _bed_line(bed: BedFacts, age: timedelta) -> BedLine:
    name = f"{bed.class_name} · {bed.name}"
    minutes = max(0, int(age.total_seconds() // 60))
    if age > BEDS_STALE_AFTER:
        text = gettext(N_("Angka terakhir {hours} jam lalu. Telepon rumah sakit."))
        return BedLine(name, text.format(hours=minutes // 60), "", is_stale=True)
    told = gettext(N_("{free} kosong dari {all}")).format(free=bed.free, all=bed.capacity)
    said = gettext(N_("Diperbarui {minutes} menit lalu")).format(minutes=minutes)
    return BedLine(name, told, said, is_stale=False)


def geo_link(facts: FacilityFacts) -> str:
    """Return the address that a phone opens in its map, or "" where no point is known."""
    if facts.latitude is None:
        return ""
    point = f"{facts.latitude},{facts.longitude}"
    return f"geo:{point}?q={point}({quote(facts.name)})"


def map_link(facts: FacilityFacts) -> str:
    """Return the address of a public map in the browser, or "" where no point is known."""
    if facts.latitude is None:
        return ""
    return f"https://www.openstreetmap.org/?mlat={facts.latitude}&mlon={facts.longitude}&zoom=17"
