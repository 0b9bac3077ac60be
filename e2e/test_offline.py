"""The card without a network, and a phone that several people use."""

from __future__ import annotations

import statistics
import time

import pytest

from e2e.times import busy, largest_paint

MOST_SECONDS = 1.0
SLOW_CPU = 4  # times slower than this machine, as a cheap phone

_KEPT = """() => new Promise(async ok => {
  const worker = (await navigator.serviceWorker.ready).active;
  const {port1, port2} = new MessageChannel();
  port1.onmessage = answer => ok(answer.data || []);
  worker.postMessage({do: "list"}, [port2]);
  setTimeout(() => ok([]), 2000);
})"""
# All that a site can leave on a phone, as text: what is encrypted shows its bytes.
_LEFT = """async () => {
  const text = value => value instanceof ArrayBuffer || ArrayBuffer.isView(value)
    ? new TextDecoder("latin1").decode(value)
    : value instanceof CryptoKey ? "key"
    : value && typeof value === "object" ? Object.entries(value).map(([k, v]) => k + text(v)).join()
    : String(value);
  const left = {pages: 0, storage: JSON.stringify(localStorage) + JSON.stringify(sessionStorage)};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys())
      left.storage += request.url + await (await cache.match(request, {ignoreVary: true})).text();
  }
  for (const {name} of await indexedDB.databases()) {
    const base = await new Promise((ok, no) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => ok(asked.result);
      asked.onerror = no;
    });
    for (const store of base.objectStoreNames) {
      const all = what => new Promise(ok => {
        const asked = base.transaction(store).objectStore(store)[what]();
        asked.onsuccess = () => ok(asked.result);
      });
      const [keys, values] = [await all("getAllKeys"), await all("getAll")];
      left.storage += keys.join() + values.map(text).join();
      if (store === "pages") left.pages += keys.length;
    }
    base.close();
  }
  return left;
}"""


def kept(person, path):
    """Wait until the phone keeps a page that nobody opened."""
    deadline = time.monotonic() + 15
    while path not in person.page.evaluate(_KEPT):
        assert time.monotonic() < deadline, f"{path} was not kept"
        time.sleep(0.1)


def cut(person, line):
    line.cut()
    person.page.context.set_offline(True)


def mend(person, line):
    line.mend()
    person.page.context.set_offline(False)


def left_of(person, *people):
    """Return which facts of people lie in Cache Storage, IndexedDB or localStorage."""
    left = person.page.evaluate(_LEFT)
    facts = [p[fact] for p in people for fact in ("name", "nik", "card", "phone")]
    spaced = [f"{p['card'][:4]} {p['card'][4:8]} {p['card'][8:]}" for p in people]
    return left["pages"], [fact for fact in (*facts, *spaced) if fact in left["storage"]]


@pytest.fixture
def shared(phone, line):
    """One phone on a line of its own."""
    laid = line()
    return phone(laid.base), laid


def test_the_card_opens_offline_though_never_visited(stack, shared):
    person, line = shared
    siti = stack.account("Siti Rahmawati")
    person.sign_in(siti)
    kept(person, "/kartu/")
    cut(person, line)
    slow = person.page.context.new_cdp_session(person.page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_CPU})
    seconds = []
    for _ in range(5):
        person.open("/kartu/")
        seconds.append(largest_paint(person))
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    person.sees(siti["name"])
    person.sees("Salinan tanpa internet. Tunjukkan juga KTP.")
    assert person.page.locator("html[data-offline]").count() == 1
    person.check("offline-card")
    median = statistics.median(seconds)
    print(f"offline card: {median:.2f} s, CPU {SLOW_CPU} times slower")
    if not busy():
        assert median <= MOST_SECONDS

    person.open("/iuran/bayar/")
    person.sees("Halaman ini perlu internet")
    person.sees("Kartu keluarga")
    person.check("offline-lost")
    mend(person, line)
    person.open("/kartu/")
    person.sees(siti["name"])


def test_the_next_person_on_a_phone_sees_nothing_of_the_last(stack, shared):
    person, line = shared
    siti, wati = stack.account("Siti Rahmawati"), stack.account("Wati Kusuma")
    person.sign_in(siti)
    kept(person, "/kartu/")
    pages, facts = left_of(person, siti)
    assert pages > 0
    assert facts == [], "what is kept is encrypted"

    person.page.context.clear_cookies()  # her session ended without a sign-out
    person.sign_in(wati)
    cut(person, line)
    for path in ("/kartu/", "/", "/iuran/"):
        person.open(path)
        assert siti["name"] not in person.page.content()
        assert siti["card"][8:] not in person.page.content()
    mend(person, line)
    person.open("/")
    person.sees("Wati Kusuma")
    kept(person, "/kartu/")
    assert left_of(person, siti)[1] == []


def test_signing_out_leaves_nothing_on_the_phone(stack, shared):
    person, line = shared
    wati = stack.account("Wati Kusuma")
    person.sign_in(wati)
    kept(person, "/kartu/")
    person.open("/pengaturan/")
    person.press("Keluar")
    person.page.wait_for_url("**/masuk/")
    assert left_of(person, wati) == (0, [])
    person.page.evaluate(_KEPT)  # the worker is there again: it went with the storage
    cut(person, line)
    person.open("/kartu/")
    person.sees("Halaman ini perlu internet")
    assert wati["name"] not in person.page.content()
    mend(person, line)


def test_signing_out_without_internet_wipes_at_once_and_ends_the_session_later(stack, shared):
    person, line = shared
    wati = stack.account("Wati Kusuma")
    person.sign_in(wati)
    person.open("/pengaturan/")
    kept(person, "/kartu/")
    cut(person, line)
    person.press("Keluar")
    person.sees("Halaman ini perlu internet")
    assert left_of(person, wati) == (0, [])
    mend(person, line)
    person.open("/")
    person.sees("Sekali masuk di ponsel ini.")
    person.open("/kartu/")
    person.sees("Sekali masuk di ponsel ini.")


def test_a_phone_signed_out_from_elsewhere_is_wiped(phone, stack, shared):
    lost, _line = shared
    wati = stack.member("paid")
    lost.sign_in(wati)
    kept(lost, "/kartu/")
    other = phone()
    other.sign_in(wati)
    other.open("/pengaturan/perangkat/")
    other.press("Keluarkan semua yang lain")
    other.sees("Tersimpan")
    lost.open("/")
    lost.sees("Masuk")
    lost.open("/kartu/")
    lost.sees("Sekali masuk di ponsel ini.")
    assert left_of(lost, wati) == (0, [])


def test_what_is_shown_is_the_server_s_own_page(stack, shared):
    """The kept copy carries the policy of its page, so the same rules hold offline."""
    person, line = shared
    person.sign_in(stack.account("Siti Rahmawati"))
    kept(person, "/kartu/")
    cut(person, line)
    answers = []
    person.page.on("response", lambda answer: answers.append(answer))
    person.open("/kartu/")
    page = next(a for a in answers if a.url.endswith("/kartu/"))
    assert page.from_service_worker
    assert "require-trusted-types-for 'script'" in page.headers["content-security-policy"]
    mend(person, line)


def test_a_form_sent_on_a_broken_line_is_kept_and_sent_again(stack, shared):
    person, line = shared
    person.sign_in(stack.account("Siti Rahmawati"))
    kept(person, "/kartu/")
    person.open("/iuran/keluarga-lain/")
    person.type("Nomor virtual account keluarga itu", "12")
    cut(person, line)
    person.press("Periksa nomor")
    person.sees("Belum terkirim")
    person.check("offline-form")
    mend(person, line)
    line.cut()  # the phone believes that it has a line
    person.press("Kirim lagi")
    person.sees("Belum pasti terkirim")
    line.mend()
    person.press("Kirim lagi")
    person.sees("Periksa lagi isian Anda")
    assert person.page.get_by_label("Nomor virtual account keluarga itu").input_value() == "12"
