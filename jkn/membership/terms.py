"""Terms of membership: days, ages and months that decide who may be registered, and from when.

Pure like `rules.py`; the figures come as arguments from dated rows (`MembershipFigure`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from jkn.core.errors import Conflict, Refused
from jkn.core.identifiers import age_on
from jkn.core.month import Month, months_between
from jkn.core.words import N_
from jkn.membership.rules import PAYS_ITSELF, Cover, Relation, Segment, Status, status_on

ADULT_AGE = 17  # who has a KTP is no newborn any more


def months_after(day: date, months: int) -> date:
    """Return the same day some months later; the month's last day where it has no such day."""
    month = Month.of(day).plus(months)
    return min(date(month.year, month.number, 1) + timedelta(days=day.day - 1), month.last_day())


def is_registered_in_time(*, born: date, on: date, days: int) -> bool:
    """Whether a newborn is registered within the days after birth (Perpres 82/2018 art. 16).

    The day of birth is day 0: with 28 days, day 28 is in time and day 29 is late.
    """
    return on <= born + timedelta(days=days)


def newborn_months(*, born: date, on: date, days: int, cap_months: int) -> Sequence[Month]:
    """Return the months that a self-paying family owes for a newborn at registration.

    In time: the month of registration alone (unverified), to be paid within the days too; what
    follows if it is not, `months_unpaid_in_time` says. Late: from the birth month on, at most
    `cap_months` before the current one, and the current one.
    """
    current = Month.of(on)
    if is_registered_in_time(born=born, on=on, days=days):
        return [current]
    return months_between(max(Month.of(born), current.plus(-cap_months)), current)


def newborn_pay_by(*, born: date, registered: date, days: int) -> date | None:
    """Return the last day on which a newborn's first contribution is paid in time.

    Perpres 82/2018 art. 16 asks for both within the days: registered and paid. None where nothing
    hangs on the day: registered late, or in the birth month, contributions count from there anyway.
    """
    in_time = is_registered_in_time(born=born, on=registered, days=days)
    if not in_time or Month.of(born) == Month.of(registered):
        return None
    return born + timedelta(days=days)


def months_unpaid_in_time(
    *, born: date, registered: date, on: date, days: int, cap_months: int
) -> Sequence[Month]:
    """Return the months owed besides for a newborn whose first contribution is not paid by a day.

    From the birth month to the one before the registration, at most `cap_months` before the
    current one; none while the days last.
    """
    pay_by = newborn_pay_by(born=born, registered=registered, days=days)
    if pay_by is None or on <= pay_by:
        return []
    first = max(Month.of(born), Month.of(on).plus(-cap_months))
    return months_between(first, Month.of(registered).plus(-1))


def check_newborn(*, born: date, on: date, has_nik: bool, nik_months: int) -> None:
    """Refuse a birth date that cannot be, an adult, and a baby who must have a NIK by now.

    Until three months after birth a baby may be registered without NIK, and name, date, sex and
    NIK are corrected later; an older one needs it (`newborn.nik_needed`).
    """
    if born > on:
        raise Refused("newborn.not_born", N_("Tanggal lahir ini belum tiba. Periksa lagi."))
    if age_on(born, on=on) >= ADULT_AGE:
        raise Refused("newborn.adult", N_("Ini bukan bayi. Bawa Kartu Keluarga ke kantor cabang."))
    if not has_nik and on > months_after(born, nik_months):
        raise Refused(
            "newborn.nik_needed",
            N_("Bayi sudah lebih dari {months} bulan. Isi NIK dari Kartu Keluarga."),
            months=nik_months,
        )


def check_parent(status: Status) -> None:
    """Refuse `newborn.parent_inactive` where the mother is not covered on the day.

    That arrears must be cleared first is unverified.
    """
    if status is Status.SUSPENDED_ARREARS:
        raise Conflict(
            "newborn.parent_inactive",
            N_("Ibu belum dijamin karena iuran. Lunasi tunggakan dulu, lalu daftarkan bayi."),
        )
    if status is not Status.ACTIVE:
        raise Conflict(
            "newborn.parent_inactive",
            N_("Ibu belum dijamin. Telepon 165 untuk mengaktifkannya, lalu daftarkan bayi."),
        )


def birthday(birth: date, years: int) -> date:
    """Return the day on which an age is reached; 29 February counts from 1 March."""
    try:
        return birth.replace(year=birth.year + years)
    except ValueError:
        return date(birth.year + years, 3, 1)


def over_age_from(
    birth: date,
    *,
    student_until: date | None,
    is_disabled: bool,
    limit: int,
    student_limit: int,
) -> date | None:
    """Return the first day on which a worker's child is too old; None: never (disability).

    At 21; in education, while the proof lasts, at 25 at the latest (Perpres 82/2018).
    """
    if is_disabled:
        return None
    ends = birthday(birth, limit)
    if student_until is not None:
        ends = max(ends, student_until + timedelta(days=1))
    return min(ends, birthday(birth, student_limit))


def check_study_proof(
    *, birth: date, until: date, on: date, student_limit: int, proof_months: int
) -> None:
    """Refuse a proof of study that has ended, is for too long, or comes at 25 or later."""
    if on >= birthday(birth, student_limit):
        raise Refused(
            "age.too_old",
            N_("Anak sudah {limit} tahun. Daftar sendiri sebagai peserta."),
            limit=student_limit,
        )
    if not on <= until <= months_after(on, proof_months):
        raise Refused(
            "age.proof_days",
            N_("Surat kuliah berlaku mulai hari ini sampai {months} bulan lagi."),
            months=proof_months,
        )


def class_on(care_class: str, *, following: str, begins: date | None, on: date) -> str:
    """Return the class of care on a day: the following one from its first day on."""
    return following if begins is not None and on >= begins else care_class


_NUMBERED = frozenset("123")  # "1" is the highest; another class (KRIS) is one for all


def class_after_wages(
    *, today: str, coming: tuple[str, date] | None, unlisted: str | None, by_wage: str, on: date
) -> tuple[str, date] | None:
    """Return the class that a family of workers comes to, and from when; None: all stays.

    It is the highest of those that its jobs give: `by_wage` by the wages that employers tell of,
    "" where neither spouse works for one, and `unlisted` by a job of which no employer tells us,
    "" where there is none. `None` is not known: the class of `today` is taken for one. `coming` is
    a change that is written already, with its first day. A higher class holds at once, as that of
    a new family does; a lower one from the next month.
    """
    known = [c for c in (by_wage, today if unlisted is None else unlisted) if c]
    after = today if coming is None else coming[0]
    if not known or not _NUMBERED.issuperset({today, after, *known}):
        return None
    highest = min(known)
    if highest == after:
        return None
    if coming is not None and highest == today:
        return highest, coming[1]  # the lower class that was to come does not come
    return highest, on if highest < today else Month.of(on).plus(1).first_day()


def class_change_from(
    *, on: date, paid_until: Month | None, billed_until: Month | None = None
) -> date:
    """Return the first day of a changed class: the next month that is neither paid nor billed.

    That it begins with the next month is unverified; months paid ahead keep their class, and so
    does a month whose bill is made already.
    """
    taken = [month for month in (paid_until, billed_until) if month is not None]
    return max([Month.of(on), *taken]).plus(1).first_day()


def check_class_change(
    *, segment: Segment, care_class: str, wanted: str, pending_from: date | None,
    statuses: Sequence[Status], class_since: date, on: date, wait_months: int,
) -> None:  # fmt: skip
    """Refuse a change of class that the rules do not allow.

    Only PBPU and BP choose; the family is active, one year in its class, and changes together.
    """
    if segment not in PAYS_ITSELF:
        raise Refused(
            "class.not_self_paying",
            N_("Kelas Anda ditentukan pemerintah atau pemberi kerja. Tanyakan ke sana."),
        )
    if pending_from is not None:
        raise Conflict("class.pending", N_("Perubahan kelas sudah dicatat. Tunggu sampai berlaku."))
    if wanted == care_class:
        raise Refused("class.same", N_("Keluarga Anda sudah di kelas ini. Pilih kelas lain."))
    if Status.SUSPENDED_ARREARS in statuses or Status.ACTIVE not in statuses:
        raise Conflict(
            "class.not_active", N_("Keluarga belum aktif. Lunasi iuran dulu, lalu pindah kelas.")
        )
    first = months_after(class_since, wait_months)
    if on < first:
        raise Conflict(
            "class.too_soon",
            N_("Pindah kelas dapat dilakukan mulai {day}."),
            day=first,
        )


def joining_status(
    segment: Segment, *, paid_until: Month | None, relation: Relation, covered_children: int,
    most_children: int, on: date, pay_by: date | None = None,
) -> Status:  # fmt: skip
    """Return how a person stands who moves into a family: as the family does.

    Where it pays for itself and never paid, a candidate, or lapsed with it after `pay_by`; where
    it is behind, suspended with it. A worker's parents are not of the household that the wage covers:
    they wait, and are covered as extra family where the worker pays for them.
    """
    if segment in PAYS_ITSELF:
        unpaid = Status.CANDIDATE if paid_until is None else Status.ACTIVE
        return status_on(Cover(segment, unpaid, paid_until, pay_by), on=on)
    if segment is Segment.WORKER and relation is Relation.PARENT:
        return Status.WAITING_PLACE
    if relation is Relation.CHILD:
        return newborn_status(
            segment, covered_children=covered_children, most_children=most_children
        )
    return Status.ACTIVE


def check_past(day: date, *, since: date, on: date) -> None:
    """Refuse `day.outside` a day of an event that is to come, or before there was a member."""
    if not since <= day <= on:
        raise Refused(
            "day.outside",
            N_("Tanggal antara {first} dan hari ini. Periksa lagi."),
            first=since,
        )


def newborn_status(segment: Segment, *, covered_children: int, most_children: int) -> Status:
    """Return how a newborn begins: the mother's segment decides who pays.

    A mother on a list of the government makes the baby one of the list. A worker's baby is
    covered while fewer than three children are; else it waits for a place. Who pays for
    themselves pays for the baby first.
    """
    if segment in PAYS_ITSELF:
        return Status.CANDIDATE
    if segment is Segment.WORKER and covered_children >= most_children:
        return Status.WAITING_PLACE
    return Status.ACTIVE
