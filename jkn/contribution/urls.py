"""Addresses of contribution."""

from __future__ import annotations

from django.urls import path

from jkn.contribution import api, bridging
from jkn.contribution.web import (
    ahead,
    amnesty,
    autodebit,
    bills,
    care_class,
    fine,
    former,
    instalments,
    move,
    newborn,
    register,
    years,
)
from jkn.gate.doors import methods

app_name = "contribution"

urlpatterns = [
    path("iuran/", bills.contribution, name="contribution"),
    path("iuran/bayar/", bills.pay, name="pay"),
    path("iuran/bayar/ulang/", bills.renew, name="renew"),
    path("iuran/bayar/<slug:bank>/", bills.pay, name="pay-at"),
    path("iuran/riwayat/", bills.history, name="history"),
    path("iuran/riwayat/<int:id>/", bills.receipt, name="receipt"),
    path("iuran/riwayat/<int:id>/kuitansi.pdf", bills.receipt_file, name="receipt-file"),
    path("daftar/keluarga/", register.identity, name="register"),
    path("daftar/keluarga/pilih/", register.choose, name="register-choose"),
    path("api/v1/bills", api.bills, name="api-bills"),
    path("api/v1/bills/<int:id>/pay", api.pay, name="api-pay"),
    path("api/v1/payments", api.payments, name="api-payments"),
    path("api/v1/statement", api.statement, name="api-statement"),
    path("openapi/v1.0/access-token/b2b", bridging.access_token, name="snap-token"),
    path("openapi/v1.0/transfer-va/inquiry", bridging.inquiry, name="snap-inquiry"),
    path("openapi/v1.0/transfer-va/payment", bridging.payment, name="snap-payment"),
    path("openapi/v1.0/transfer-va/status", bridging.status, name="snap-status"),
    path("openapi/v1.0/qr/qr-mpm-notify", bridging.qr_notify, name="snap-qr-notify"),
    path("api/v1/bills/<int:id>/qris", api.qris, name="api-qris"),
    path("iuran/cicilan/", instalments.instalments, name="instalments"),
    path("iuran/cicilan/berhenti/", instalments.stop, name="instalments-stop"),
    path("api/v1/instalments", api.instalments, name="api-instalments"),
    path("iuran/otomatis/", autodebit.autodebit, name="autodebit"),
    path("iuran/otomatis/berhenti/", autodebit.end, name="autodebit-end"),
    path("iuran/otomatis/periksa/", autodebit.check, name="autodebit-check"),
    path(
        "api/v1/autodebit",
        methods(GET=api.autodebit, POST=api.give_autodebit, DELETE=api.end_autodebit),
        name="api-autodebit",
    ),
    path("iuran/lama/", former.former, name="former"),
    path("iuran/di-muka/", ahead.ahead, name="ahead"),
    path("iuran/keluarga-lain/", ahead.other, name="other-family"),
    path("iuran/riwayat/bulan/", years.month, name="history-month"),
    path("iuran/riwayat/tahun/<int:year>.pdf", years.year_file, name="history-year"),
    path("iuran/denda/", fine.fine, name="fine"),
    path("keluarga/kelas/", care_class.own, name="care-class"),
    path("petugas/kepesertaan/<int:family_id>/kelas/", care_class.desk, name="desk-class"),
    path("petugas/kepesertaan/<int:family_id>/pindah/", move.desk, name="desk-move"),
    path("petugas/pemutihan/", amnesty.amnesty, name="amnesty"),
    path("petugas/pemutihan/<int:batch_id>/", amnesty.batch, name="amnesty-batch"),
    path("keluarga/bayi/", newborn.own, name="newborn"),
    path("petugas/kepesertaan/<int:family_id>/bayi/", newborn.desk, name="desk-newborn"),
]
