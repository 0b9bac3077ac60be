"""Addresses of facilities."""

from __future__ import annotations

from django.urls import path

from jkn.facility import api, bridging, maps, phone, queue_bridging, reference_bridging, web
from jkn.gate.bpjs import all_below, any_case

app_name = "facility"

urlpatterns = [
    path("faskes/", web.search, name="search"),
    path("faskes/dekat/", web.places, name="places"),
    path("faskes/luring/", phone.search, name="phone"),
    path("api/v1/packs/<slug:area>", phone.facilities, name="api-pack"),
    path("faskes/peta/", maps.show, name="map"),
    path("faskes/<slug:code>/", web.one, name="one"),
    path("api/v1/facilities", api.search, name="api-search"),
    path("api/v1/facilities/<slug:code>", api.one, name="api-one"),
    any_case("aplicaresws/rest/ref/kelas", bridging.classes, name="aplicares-classes"),
    any_case(
        "aplicaresws/rest/bed/read/<ppk>/<start>/<limit>", bridging.read, name="aplicares-read"
    ),
    any_case("aplicaresws/rest/bed/create/<ppk>", bridging.create, name="aplicares-create"),
    any_case("aplicaresws/rest/bed/update/<ppk>", bridging.update, name="aplicares-update"),
    any_case("aplicaresws/rest/bed/delete/<ppk>", bridging.delete, name="aplicares-delete"),
    all_below("aplicaresws/", bridging.unknown, name="aplicares-unknown"),
    any_case("antreanrs/ref/poli", queue_bridging.clinics, name="antrean-clinics"),
    any_case("antreanrs/ref/poli/fp", queue_bridging.fingerprint_clinics, name="antrean-fp"),
    any_case("antreanrs/ref/dokter", queue_bridging.doctors, name="antrean-doctors"),
    any_case(
        "antreanrs/jadwaldokter/kodepoli/<clinic>/tanggal/<day>",
        queue_bridging.schedule,
        name="antrean-schedule",
    ),
    any_case(
        "antreanrs/jadwaldokter/updatejadwaldokter",
        queue_bridging.update_schedule,
        name="antrean-schedule-update",
    ),
    any_case(
        "vclaim-rest/referensi/poli/<keyword>", reference_bridging.clinics, name="vclaim-clinics"
    ),
    any_case(
        "vclaim-rest/referensi/faskes/<keyword>/<kind>",
        reference_bridging.facilities,
        name="vclaim-facilities",
    ),
    any_case(
        "vclaim-rest/referensi/dokter/pelayanan/<kind>/tglPelayanan/<day>/Spesialis/<clinic>",
        reference_bridging.attending,
        name="vclaim-attending",
    ),
    any_case(
        "vclaim-rest/referensi/dokter/<keyword>", reference_bridging.doctors, name="vclaim-doctors"
    ),
    any_case(
        "vclaim-rest/referensi/propinsi", reference_bridging.provinces, name="vclaim-provinces"
    ),
    any_case(
        "vclaim-rest/referensi/kabupaten/propinsi/<province>",
        reference_bridging.regencies,
        name="vclaim-regencies",
    ),
    any_case(
        "vclaim-rest/referensi/kecamatan/kabupaten/<regency>",
        reference_bridging.districts,
        name="vclaim-districts",
    ),
    any_case(
        "vclaim-rest/referensi/kelasrawat", reference_bridging.room_classes, name="vclaim-classes"
    ),
    any_case(
        "vclaim-rest/referensi/carakeluar", reference_bridging.ways_out, name="vclaim-ways-out"
    ),
    all_below("antreanrs/", queue_bridging.unknown, name="antrean-unknown"),
]
