"""Addresses of employers."""

from __future__ import annotations

from django.urls import path

from jkn.employer import api, extra_api, staff
from jkn.employer.web import bills, employees, extra, own, uploads, years
from jkn.gate.doors import methods

app_name = "employer"

urlpatterns = [
    path("iuran/pemberi-kerja/", own.own, name="own"),
    path("keluarga/tambahan/", extra.extras, name="extras"),
    path("keluarga/tambahan/<int:id>/berhenti/", extra.end, name="extra-end"),
    path(
        "api/v1/extra-family", methods(GET=extra_api.extras, POST=extra_api.ask), name="api-extras"
    ),
    path("api/v1/extra-family/<int:id>", extra_api.end, name="api-extra"),
    path("perusahaan/", bills.start, name="start"),
    path("perusahaan/pekerja/", employees.employees, name="employees"),
    path("perusahaan/pekerja/tambah/", employees.add, name="add"),
    path("perusahaan/pekerja/unggah/", uploads.upload, name="upload"),
    path("perusahaan/pekerja/unggah/<int:id>/", uploads.confirmation, name="preview"),
    path("perusahaan/pekerja/contoh.csv", uploads.example_file, name="example"),
    path("perusahaan/pekerja/<int:id>/", employees.employee, name="employee"),
    path("perusahaan/pekerja/<int:id>/upah/", employees.wage, name="wage"),
    path("perusahaan/pekerja/<int:id>/berhenti/", employees.end, name="end"),
    path("perusahaan/pekerja/<int:id>/ulang/", employees.again, name="again"),
    path("perusahaan/tagihan/", bills.bills, name="bills"),
    path("perusahaan/tagihan/<int:id>/", bills.bill, name="bill"),
    path("perusahaan/tahun/<int:year>/", years.year, name="year"),
    path("perusahaan/tahun/<int:year>.pdf", years.year_file, name="year-file"),
    path("perusahaan/riwayat/", bills.history, name="history"),
    path("perusahaan/riwayat/<int:id>/", bills.receipt, name="receipt"),
    path("perusahaan/riwayat/<int:id>/kuitansi.pdf", bills.receipt_file, name="receipt-file"),
    path("petugas/badan-usaha/", staff.desk, name="desk"),
    path("petugas/badan-usaha/<slug:number>/", staff.desk_employer, name="desk-employer"),
    path("api/v1/employer/bills", api.bills, name="api-bills"),
    path(
        "api/v1/employer/employees",
        methods(GET=api.employees, POST=api.import_),
        name="api-employees",
    ),
]
