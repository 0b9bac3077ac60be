"""What the branch reads of a debt that nobody living in the family can see, and what to do."""

from __future__ import annotations

from datetime import date

from jkn.contribution.former import former_debt
from jkn.contribution.left_debts import is_empty, viewers_of
from jkn.contribution.queries import banks, family_bills, virtual_accounts_of
from jkn.core.words import N_
from jkn.membership.desk_notes import DeskNote, note_on_desk
from jkn.membership.queries import FamilyView

_SEEN = (
    N_("Yang ikut ditagih dan sudah pindah melihatnya: halaman Iuran, Tunggakan keluarga lama."),
    N_("Di sana mereka membayar atau mencicil. Tanpa aplikasi: bayar ke nomor ini."),
)
_UNSEEN = (
    N_("Tidak ada lagi yang ditagih: yang ikut ditagih sudah meninggal atau tidak terdaftar."),
    N_("Aturan untuk ahli waris belum diperiksa: jangan menagih mereka."),
    N_("Siapa yang mau membayar: ke nomor ini."),
    N_("Tanyakan ke bagian keuangan apakah utang ini dapat dihapus."),
)


def empty_family(family: FamilyView, *, on: date) -> DeskNote | None:
    """Tell of the debt of a family in which nobody lives any more: who sees it, where it is paid."""
    if not is_empty(family.family_id):
        return None
    owed = family_bills(family.family_id, on=on).debt.whole
    if not owed:
        return None
    numbers = virtual_accounts_of(family.family_id)
    return DeskNote(
        title=N_("Tunggakan tanpa anggota di keluarga ini"),
        amount=owed,
        lines=_SEEN if viewers_of(family.family_id) else _UNSEEN,
        numbers=tuple((bank.name, numbers[bank.code]) for bank in banks() if bank.code in numbers),
    )


def left_family(family: FamilyView, *, on: date) -> DeskNote | None:
    """Tell of the debt that members of a family left behind in an earlier one."""
    debt = former_debt(family.family_id, on=on)
    if debt is None:
        return None
    return DeskNote(
        title=N_("Tunggakan keluarga lama"),
        amount=debt.bills.debt.whole,
        lines=(N_("Keluarga ini melihatnya di halaman Iuran, dan dapat membayar atau mencicil."),),
        link=f"/petugas/kepesertaan/{debt.family_id}/",
        link_text=N_("Buka keluarga lama"),
    )


note_on_desk(empty_family)
note_on_desk(left_family)
