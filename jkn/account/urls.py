"""Addresses of accounts."""

from __future__ import annotations

from django.urls import path

from jkn.account import api
from jkn.account.web import devices, keys, recover, settings, sign_in

app_name = "account"
urlpatterns = [
    path("masuk/", sign_in.sign_in, name="sign-in"),
    path("masuk/kunci/", sign_in.by_passkey, name="by-passkey"),
    path("masuk/kode/", sign_in.code, name="code"),
    path("masuk/kode/kirim/", sign_in.resend, name="resend"),
    path("masuk/pilih/", sign_in.choose, name="choose"),
    path("masuk/kedua/", sign_in.second, name="second"),
    path("keluar/", sign_in.leave, name="sign-out"),
    path("lupa/", recover.forgotten, name="forgotten"),
    path("lupa/sandi/", recover.new_password, name="new-password"),
    path("pengaturan/perangkat/", devices.devices, name="devices"),
    path("pengaturan/perangkat/lain/", devices.end_others, name="end-others"),
    path("pengaturan/perangkat/<int:session_id>/", devices.end_device, name="end-device"),
    path("pengaturan/token/", devices.tokens, name="tokens"),
    path("pengaturan/token/<int:token_id>/", devices.end_token, name="end-token"),
    path("pengaturan/masuk/", settings.overview, name="settings"),
    path("pengaturan/masuk/sandi/", settings.password, name="password"),
    path("pengaturan/masuk/hp/", settings.contact, {"kind": "phone"}, name="phone"),
    path("pengaturan/masuk/email/", settings.contact, {"kind": "email"}, name="email"),
    path("pengaturan/masuk/kontak/kode/", settings.contact_code, name="contact-code"),
    path(
        "pengaturan/masuk/kontak/kode/kirim/", settings.resend_own, {"purpose": "contact"},
        name="contact-resend",
    ),
    path("pengaturan/masuk/batal/<slug:kind>/", settings.stop_change, name="stop-change"),
    path("pengaturan/masuk/kunci/", keys.add_key, name="add-key"),
    path("pengaturan/masuk/kunci/<int:passkey_id>/", keys.one_key, name="one-key"),
    path("pengaturan/masuk/autentikator/", keys.authenticator, name="authenticator"),
    path(
        "pengaturan/masuk/autentikator/hapus/", keys.drop_authenticator, name="drop-authenticator"
    ),
    path("pengaturan/masuk/pemulihan/", keys.recovery_codes, name="recovery-codes"),
    path("pengaturan/bukti/", settings.proof, name="proof"),
    path("pengaturan/bukti/kunci/", keys.prove_by_key, name="proof-key"),
    path("pengaturan/bukti/kode/", settings.proof_code, name="proof-code"),
    path(
        "pengaturan/bukti/kode/kirim/", settings.resend_own, {"purpose": "proof"},
        name="proof-resend",
    ),
    path("api/v1/session", api.session, name="api-session"),
    path("api/v1/sessions", api.sessions, name="api-sessions"),
    path("api/v1/sessions/<int:session_id>", api.end_session, name="api-session-end"),
]  # fmt: skip
