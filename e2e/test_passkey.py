"""Passkey and authenticator: put in place, and used to sign in."""

from __future__ import annotations

import re
import time

import pyotp

PHONES_OWN_KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}

# Browsers offer keys above the keyboard; the virtual finger takes that offer before any press.
NO_OFFER = """window.offered = PublicKeyCredential.isConditionalMediationAvailable;
PublicKeyCredential.isConditionalMediationAvailable = async () => false;"""
OFFER = "PublicKeyCredential.isConditionalMediationAvailable = window.offered;"


def signs_out(person):
    person.open("/keluar/")
    person.press("Keluar")
    person.page.wait_for_url(lambda url: "/keluar/" not in url)


def test_a_passkey_signs_in_without_a_password(phone, stack):
    member = stack.member("paid")
    person = phone()
    keys = person.page.context.new_cdp_session(person.page)
    keys.send("WebAuthn.enable")
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": PHONES_OWN_KEY})
    person.page.add_init_script(NO_OFFER)

    person.sign_in(member)
    person.open("/pengaturan/masuk/kunci/")
    person.type("Nama", "Ponsel Ibu")
    person.press("Pasang")
    person.sees(re.compile("Ponsel Ibu"))
    person.check("passkey-added")
    signs_out(person)
    person.press("Masuk dengan kunci ponsel")
    person.sees("Kepesertaan Anda aktif")

    person.page.add_init_script(OFFER)
    signs_out(person)
    person.sees("Kepesertaan Anda aktif")  # the virtual finger took the browser's own offer


def test_an_authenticator_is_the_second_proof(phone, stack, script):
    member = stack.member("paid")
    person = phone(java_script_enabled=script)
    person.sign_in(member)
    person.open("/pengaturan/masuk/autentikator/")
    secret = person.page.locator("#rahasia").inner_text().replace(" ", "")
    app = pyotp.TOTP(secret)
    person.type_code("Kode 6 angka", app.now())
    person.press("Pasang")
    person.sees("Catat sekarang. Kode ini hanya tampil sekali.")
    person.shot("recovery-codes")
    recovery = person.page.locator("#kode li").first.inner_text()

    signs_out(person)
    person.sign_in(member)
    person.sees("Bukti kedua")
    person.type_code(
        "Kode autentikator atau kode pemulihan", app.at(int(time.time()) + 30)
    )  # the last one is used
    person.press("Masuk")
    person.sees("Kepesertaan Anda aktif")

    signs_out(person)
    person.sign_in(member)
    person.type("Kode autentikator atau kode pemulihan", recovery)
    person.press("Masuk")
    person.sees("Kepesertaan Anda aktif")


def test_without_a_key_the_page_names_the_other_ways(phone):
    person = phone(java_script_enabled=False)
    person.open("/masuk/")
    person.press("Masuk dengan kunci ponsel")
    person.is_at("/masuk/kunci/")
    person.press("Masuk dengan cara lain")
    person.is_at("/masuk/")
