"""Background work of the money office: telling families how far their refund is."""

from __future__ import annotations

from procrastinate.contrib.django import app

from jkn.account.actions.contacts import tell_all
from jkn.account.queries import accounts_of_family
from jkn.core.money import rupiah
from jkn.core.words import N_
from jkn.gate.jobs import RETRY
from jkn.treasury.queries import refund_of
from jkn.treasury.rules import RefundState
from jkn.treasury.totals import roll_up


@app.periodic(cron="25 * * * *")
@app.task(name="treasury.roll_up", queueing_lock="treasury.roll_up")
def add_up(timestamp: int = 0) -> None:
    """Add the open months up every hour, and a closed one a last time."""
    roll_up()


_TOLD = {
    RefundState.REQUESTED: (
        N_("Permintaan pengembalian diterima"),
        N_("Pengembalian {amount} kami periksa. Paling lambat selesai {until}."),
    ),
    RefundState.PROPOSED: (
        N_("Pengembalian sudah diperiksa"),
        N_("Pengembalian {amount} menunggu keputusan petugas kedua."),
    ),
    RefundState.APPROVED: (
        N_("Pengembalian disetujui"),
        N_("Pengembalian {amount} dikirim bank ke rekening Anda."),
    ),
    RefundState.PAID: (
        N_("Pengembalian sudah dikirim"),
        N_("Bank mengirim {amount}. Periksa rekening Anda."),
    ),
    RefundState.REFUSED: (
        N_("Pengembalian ditolak"),
        N_("{amount} kembali menjadi titipan Anda. Alasan petugas: {reason}"),
    ),
    RefundState.RETURNED: (
        N_("Pengembalian gagal dikirim"),
        N_("Bank mengembalikan {amount}. Periksa nomor rekening, lalu minta lagi."),
    ),
}


@app.task(name="treasury.tell_refund", retry=RETRY)
def tell_refund(family_id: int, refund_id: int, state: str) -> None:
    """Tell every account of the family about one step of a refund; each step once."""
    row = refund_of(family_id, refund_id)
    title, body = _TOLD[RefundState(state)]
    tell_all(
        accounts_of_family(family_id),
        kind="treasury.refund",
        once=f"{refund_id}:{state}",
        title=title,
        body=body,
        amount=rupiah(row.amount),
        until=row.due_on.isoformat(),
        reason=row.decided_reason,
        link="/iuran/pengembalian/",
    )
