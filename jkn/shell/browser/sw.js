/* The service worker of jkn.

It keeps the pages that the server marks with X-Offline: the server's own HTML, encrypted with a key
that cannot leave the browser. One person at a time: another X-Owner empties the vault.
It stores nothing of sign-in, payment or staff pages (no X-Offline there) and nothing of a POST. It
sends no POST by itself: where the line breaks under a member's form it answers with a page that
holds what was typed, and the person sends it again with the same key.
Served by worker.py, which fills in %PRECACHE% and puts the version first. */
const PRECACHE = %PRECACHE%;
const LOST = "/luring/";
const UNSURE = "/luring/kirim/";
const FIRST = /^\/kartu\//;
/* Forms without secrets, whose acts count once however often they are sent. */
const FORM = /^\/(keluarga|iuran|faskes|daftar\/keluarga)\//;
const SIGN_IN = /^\/(masuk|daftar|pulih)/;
const SIGN_OUT = /^\/keluar/;
const NEVER = /^\/(api|openapi|fhir|static|healthz|readyz)\b|\.js$/;
const KEPT_HEADERS = ["content-type", "content-language", "content-security-policy",
  "cross-origin-opener-policy", "permissions-policy", "referrer-policy", "x-content-type-options"];
const SHELF = "faskes";
const HOUR = 36e5;
const MOST_PAGES = 40;
const AFTER_ACT = 12e3;

/* What one run of the worker remembers; losing it costs a little speed, never a promise. */
let generation = 0;
let left = 0;
let posted = 0, acted = 0;
let opened, keyed;
let line = Promise.resolve();
const fresh = new Map();

/* IndexedDB: "pages" path → {iv, data, at, until}; "self" key, owner, locked. */
const base = () => opened ??= new Promise((ok, no) => {
  const asked = indexedDB.open("jkn", 1);
  asked.onupgradeneeded = () => ["pages", "self"].forEach(n => asked.result.createObjectStore(n));
  asked.onsuccess = () => {
    const forget = () => { opened = undefined; };
    asked.result.onclose = forget;
    asked.result.onversionchange = () => { forget(); asked.result.close(); };
    ok(asked.result);
  };
  asked.onerror = () => { opened = undefined; no(asked.error); };
});
const run = async (store, act) => {
  const step = (await base()).transaction(store, "readwrite");
  const asked = act(step.objectStore(store));
  return new Promise((ok, no) => {
    step.oncomplete = () => ok(asked.result);
    step.onabort = step.onerror = () => no(step.error);
  });
};
const get = (store, name) => run(store, s => s.get(name));
const put = (store, name, value) => run(store, s => s.put(value, name));
const drop = (store, name) => run(store, s => s.delete(name));

/* The vault. */
const bytes = text => new TextEncoder().encode(text);
const key = () => keyed ??= get("self", "key").then(async known => {
  if (known) return known;
  const made = await crypto.subtle.generateKey({name: "AES-GCM", length: 256}, false, ["encrypt", "decrypt"]);
  await put("self", "key", made);
  return made;
});
const lock = (path, iv) => ({name: "AES-GCM", iv, additionalData: bytes(path)});

const keptOf = ({headers}) => KEPT_HEADERS.filter(n => headers.has(n)).map(n => [n, headers.get(n)]);

async function store(path, response) {
  const mine = generation;
  const until = Date.now() + 1e3 * response.headers.get("X-Offline");
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = JSON.stringify([await response.text(), keptOf(response)]);
  const data = await crypto.subtle.encrypt(lock(path, iv), await key(), bytes(text));
  /* Wiped meanwhile: what was on its way belongs to somebody who has left. */
  if (mine === generation) await put("pages", path, {iv, data, at: Date.now(), until});
}

async function read(path) {
  try {
    const kept = await get("pages", path);
    /* Somebody went through sign-in and has not been recognised yet: nobody's pages are shown. */
    if (!kept || kept.until < Date.now() || await get("self", "locked")) return;
    const plain = await crypto.subtle.decrypt(lock(path, kept.iv), await key(), kept.data);
    return JSON.parse(new TextDecoder().decode(plain));
  } catch { /* broken entry or no storage: as if never stored */ }
}

/* A page that stays for whoever holds the phone (facility/pack.js), with its public facts. */
async function shelf(path) {
  const held = await caches.match(path, {cacheName: SHELF, ignoreSearch: true, ignoreVary: true});
  return held && [await held.text(), keptOf(held)];
}

async function wipe() {
  generation++;
  keyed = undefined;
  fresh.clear();
  await run("pages", s => s.clear());
  await run("self", s => s.clear());
}

async function prune() {
  const names = await run("pages", s => s.getAllKeys());
  const ages = await Promise.all(names.map(async n => [n, await get("pages", n)]));
  ages.sort((a, b) => b[1].at - a[1].at);
  for (const [i, [name, kept]] of ages.entries())
    if (i >= MOST_PAGES || kept.until < Date.now()) await drop("pages", name);
}

/* Signing out: what is still on its way is not stored either. */
async function leave() {
  left++;
  await wipe();
}

/* Obeys the headers of an answer that was asked for while `left` stood at `then`; one after the
   other, so that two answers cannot undo each other. */
const settle = (path, response, then) => line = line.catch(() => 0).then(async () => {
  if (then !== left) return;
  const owner = response.headers.get("X-Owner");
  if (response.status === 401 || response.headers.has("X-Revoked")) await wipe();
  else if (owner) {
    if (owner !== await get("self", "owner")) {
      await wipe();
      await put("self", "owner", owner);
    }
    await drop("self", "locked");
  }
  if (response.status === 200 && !response.redirected && response.headers.has("X-Offline"))
    await store(path, response);
});

/* Answers. */
const shown = ([html, headers], mark) =>
  new Response(mark ? html.replace("<html ", `<html data-${mark} `) : html, {headers});
const lost = async () => await caches.match(LOST) || Response.error();
const patience = html => {
  const net = navigator.connection || {};
  return net.saveData || /[23]g/.test(net.effectiveType) || /^[^>]*>\s*<html[^>]* data-saver/.test(html) ? 1200 : 2500;
};

async function page(event, path) {
  const kept = await read(path) || await shelf(path);
  const renewed = fresh.get(path) > Date.now() - 1e4;
  fresh.delete(path);
  if (kept && renewed) return shown(kept);
  /* The card is shown at once, its page then asks for news; after a POST the news come first. */
  if (kept && FIRST.test(path) && posted < Date.now() - 6e4) return shown(kept, navigator.onLine ? "stored" : "offline");
  const then = left;
  let copy;
  const net = fetch(event.request).then(response => {
    copy = response.headers.has("X-Offline") ? response.clone() : response;
    return response;
  });
  event.waitUntil(net.then(() => settle(path, copy, then)).catch(() => 0));
  if (!kept) return net.catch(lost);
  /* What is kept may be older than what the person just did: shown only on a line that seems dead. */
  const wait = acted > Date.now() - 6e4 ? AFTER_ACT : patience(kept[0]);
  const late = new Promise(ok => setTimeout(ok, wait, "stored"));
  const first = await Promise.race([net.catch(() => "offline"), late]);
  return typeof first === "string" ? shown(kept, first) : first;
}

/* The line broke under a form: nobody knows on which side, unless there was none to begin with. */
const quoted = text => text.replace(/[&"<]/g, sign => `&#${sign.charCodeAt()};`);
async function unsure(sent, online) {
  const page = await caches.match(UNSURE);
  const typed = [...await sent.formData()];
  if (!page || typed.some(([, value]) => typeof value !== "string")) return lost();
  const fields = typed.map(([name, value]) => `<input type="hidden" name="${quoted(name)}" value="${quoted(value)}">`);
  let html = (await page.text()).replace(" hidden data-typed>", () => ">" + fields.join(""));
  if (!online) html = html.replace(" hidden data-unsent>", ">").replace(" data-unsure>", " hidden>");
  return shown([html, keptOf(page)]);
}
async function send(request) {
  const copy = request.clone();
  const online = navigator.onLine;
  return fetch(request).catch(() => unsure(copy, online));
}

async function asset(request) {
  const kept = await caches.match(request, {ignoreVary: true});
  if (kept) return kept;
  const response = await fetch(request);
  /* Only names that carry their content's hash never change. */
  if (response.ok && /\.[0-9a-f]{12}\./.test(request.url)) (await caches.open("static")).put(request, response.clone());
  return response;
}

/* Fetches a page for later. Says what became of it: fresh, off (no net), busy (our fault), gone. */
async function refresh(path) {
  const then = left;
  const response = await fetch(path, {cache: "no-store", headers: {Accept: "text/html"}}).catch(() => 0);
  if (!response) return "off";
  await settle(path, response, then);
  if (response.status >= 500) return "busy";
  if (response.ok && !response.redirected && response.headers.has("X-Offline")) return "fresh";
  if (response.ok && !response.redirected && await shelf(path)) {
    await (await caches.open(SHELF)).put(path.split("?")[0], response);
    return "fresh";
  }
  await drop("pages", path);
  return "gone";
}

const acts = {
  take: () => skipWaiting(),
  wipe: () => leave().then(() => "wiped"),
  async list() {
    const shelved = await (await caches.open(SHELF)).keys();
    return [...await run("pages", s => s.getAllKeys()), ...shelved.map(one => new URL(one.url).pathname)];
  },
  async renew({path}) {
    const news = await refresh(path);
    if (news === "fresh") fresh.set(path, Date.now());
    return news;
  },
  async warm({paths, again}) {
    const then = left;
    if (again) await (await caches.open("static")).addAll([LOST, UNSURE]);
    for (const path of paths) {
      const kept = await get("pages", path);
      if (then !== left) return;
      if (again || !kept || kept.at < Date.now() - 6 * HOUR) await refresh(path);
    }
    await prune();
  },
};

addEventListener("install", event => event.waitUntil(caches.open("static").then(c => c.addAll(PRECACHE))));

addEventListener("activate", event => event.waitUntil((async () => {
  /* Pages in the vault still name the files of older versions; those go after 35 days. */
  const cache = await caches.open("static");
  for (const request of await cache.keys()) {
    const at = Date.parse((await cache.match(request, {ignoreVary: true})).headers.get("date"));
    if (!PRECACHE.includes(new URL(request.url).pathname) && at < Date.now() - 840 * HOUR) await cache.delete(request);
  }
})()));

addEventListener("fetch", event => {
  const {request} = event;
  const {origin, pathname, search} = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.method !== "GET") {
    posted = Date.now();
    if (SIGN_IN.test(pathname)) event.waitUntil(put("self", "locked", 1));
    else acted = posted;
    if (SIGN_OUT.test(pathname)) event.waitUntil(leave());
    if (request.mode === "navigate" && FORM.test(pathname)) event.respondWith(send(request));
  } else if (pathname.startsWith("/static/")) event.respondWith(asset(request));
  else if (request.mode === "navigate" && !NEVER.test(pathname)) event.respondWith(page(event, pathname + search));
});

addEventListener("message", event => {
  const say = what => event.ports[0]?.postMessage(what);
  const act = acts[event.data.do];
  if (act) event.waitUntil(Promise.resolve(act(event.data)).then(say, () => say("fail")));
});
