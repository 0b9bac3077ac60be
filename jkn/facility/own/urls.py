"""Addresses of a facility's own page."""

from __future__ import annotations

from django.urls import path

from jkn.facility.own import staff

app_name = "own"

urlpatterns = [
    path("petugas/faskes/", staff.start, name="start"),
    path("petugas/faskes/profil/", staff.profile, name="profile"),
    path("petugas/faskes/jadwal/", staff.plans, name="plans"),
    path("petugas/faskes/jadwal/tambah/", staff.add_plan, name="add-plan"),
    path("petugas/faskes/jadwal/<int:session_id>/", staff.change_plan, name="change-plan"),
    path("petugas/faskes/jadwal/<int:session_id>/akhiri/", staff.end_plan, name="end-plan"),
    path("petugas/faskes/jadwal/cuti/", staff.leave, name="leave"),
    path("petugas/faskes/jadwal/cuti/<int:leave_id>/", staff.end_leave, name="end-leave"),
    path("petugas/faskes/tempat-tidur/", staff.rooms, name="rooms"),
    path("petugas/faskes/tempat-tidur/tambah/", staff.new_room, name="new-room"),
    path("petugas/faskes/tempat-tidur/<int:bed_id>/", staff.room, name="room"),
    path("petugas/faskes/tempat-tidur/<int:bed_id>/hapus/", staff.close_room, name="close-room"),
    path("petugas/faskes/<slug:code>/", staff.look, name="look"),
]
