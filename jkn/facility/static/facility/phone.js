/* The page /faskes/luring/: the list of an area on this phone, and the search in it. */
import {drop, held, keep, keepPage, open, take} from "./pack.js";
import {find, point, ready} from "./find.js";

const root = document.documentElement;
const part = name => document.querySelector(`[data-part=${name}]`);
const box = part("list");
const form = part("form");
const words = box.dataset;
const fields = form.elements;
const DAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH"];
const STEP = 20;
const [CODE, NAME, KIND, PLACE, ADDRESS, PHONE, , , HOURS, , , , FLAGS] = Array(13).keys();
const kindNames = new Map([...part("kinds").content.querySelectorAll("b")].map(b => [b.id, b.textContent]));
const locale = root.lang === "en" ? "en" : "id";
const isFromPhone = root.matches("[data-offline],[data-stored]");
let pack, list, here, renewal, shown = STEP;

const say = text => { part("say").textContent = text; };
const moment = at => {
  const wib = {timeZone: "Asia/Jakarta"};
  const day = new Date(at).toLocaleDateString(locale === "en" ? "en-GB" : "id-ID", {...wib, day: "numeric", month: "long", year: "numeric"});
  return `${day}, ${new Date(at).toLocaleTimeString("en-GB", {...wib, hour: "2-digit", minute: "2-digit"}).replace(":", ".")} WIB`;
};
const distance = (far, mark) => {
  const text = far < 950 ? `${Math.max(50, Math.round(far / 50) * 50)} m` : `${(far / 1000).toFixed(far < 99950 ? 1 : 0)} km`;
  return mark + (locale === "en" ? text : text.replace(".", ","));
};
const opening = hours => hours === "24/7" ? words.always : hours && words.hours + " " + hours
  .replace(/\b(Mo|Tu|We|Th|Fr|Sa|Su|PH)\b/g, day => words.days.split(",")[DAYS.indexOf(day)])
  .replaceAll("off", words.closed).replaceAll(":", ".");

/* The field's day in Bekasi, as the contracts have it. */
const today = () => new Date().toLocaleDateString("sv-SE", {timeZone: "Asia/Jakarta"});

function line({row, far}) {
  const one = part("one").content.cloneNode(true);
  const put = (name, text) => { one.querySelector(`[data-${name}]`).textContent = text; };
  const where = list.places.get(row[PLACE]) || "";
  put("name", row[NAME]);
  put("small", [kindNames.get(row[KIND]), where, Number.isFinite(far) ? distance(far, row[FLAGS] & 1 ? "± " : "") : ""].filter(Boolean).join(" · "));
  put("more", [row[ADDRESS], opening(row[HOURS])].filter(Boolean).join(" · "));
  const [call, way] = ["tel", "geo"].map(name => one.querySelector(`[data-${name}]`));
  if (row[PHONE]) call.href = "tel:" + row[PHONE];
  else call.remove();
  const at = point(row);
  if (at) way.href = `geo:${at}?q=${at}(${encodeURIComponent(row[NAME])})`;
  else way.remove();
  for (const link of [call, way]) link.setAttribute("aria-label", `${link.textContent.trim()}: ${row[NAME]}`);
  one.querySelector("[data-made]").hidden = !(row[FLAGS] & 2);
  return one;
}

function search() {
  const {q, kind, clinic, day, village} = fields;
  const given = new URLSearchParams(new FormData(form));
  [...given].forEach(([name, value]) => value || given.delete(name));
  history.replaceState(null, "", location.pathname + (String(given) && `?${given}`));
  const found = find(list, {
    text: q.value.trim(), kinds: kind.selectedOptions[0].dataset.kinds?.split(" "), clinic: clinic.value, day: day.value,
    village: village.value, at: here, today: today(),
  });
  part("count").textContent = found.length ? words.found.replace("%", found.length) : words.none;
  part("found").replaceChildren(...found.slice(0, shown).map(line));
  part("more").hidden = found.length <= shown;
}

function fill(select, options) {
  const first = select.options[0];
  select.replaceChildren(first, ...options);
  select.value = new URLSearchParams(location.search).get(select.name) || "";
  if (select.selectedIndex < 0) select.value = "";
}

function villages() {
  const groups = new Map();
  for (const [code, name] of pack.places) {
    if (code.length === 8) {
      const group = document.createElement("optgroup");
      group.label = name;
      groups.set(code, group);
    } else groups.get(code.slice(0, 8))?.append(new Option(name, code));
  }
  return [...groups.values()];
}

function show() {
  for (const name of ["take", "keep"]) part(name).hidden = (name === "take") === Boolean(pack);
  if (!pack) return;
  list = ready(pack);
  const has = code => pack.rows.some(row => row[9].split(" ").includes(code));
  fill(fields.clinic, pack.clinics.filter(([code]) => has(code)).map(([code, name]) => new Option(name, code)));
  fill(fields.village, villages());
  part("at").textContent = moment(pack.at);
  search();
}

/* One act at a time, with what becomes of it said aloud. */
async function act(button, waiting, work, done) {
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  say(waiting);
  try {
    await work();
    show();
    say(done);
  } catch {
    say(words.failed);
  }
  button.ariaBusy = "false";
}

/* One at a time: a tap while the page renews by itself waits for that one. */
const renew = () => renewal ??= renewed().finally(() => { renewal = undefined; });

async function renewed() {
  const before = pack;
  const shelf = await open();
  const news = await take(shelf, words.area, words.version, before);
  await keepPage(shelf);
  if (pack === before) pack = news;
}

/* Opened with internet: the page is kept anew, and what changed since is fetched; not with "Hemat
   data", where a tap does it. */
async function freshen() {
  if (isFromPhone || !navigator.onLine) return;
  const thrifty = "saver" in root.dataset || navigator.connection?.saveData;
  if (pack.version === words.version) {
    const shelf = await open();
    pack.at = Date.parse(words.now);
    await keep(shelf, words.area, pack);
    if (!thrifty) await keepPage(shelf);
  } else if (thrifty) return say(words.old);
  else await renew();
  show();
}

async function begin() {
  part("plain").hidden = true;
  if (!globalThis.caches || !crypto.subtle) return say(words.cannot);
  for (const [name, value] of new URLSearchParams(location.search)) if (fields[name]) fields[name].value = value;
  pack = await held(words.area).catch(() => undefined);
  show();
  part("take").querySelector("button").addEventListener("click", event => act(event.currentTarget, words.waiting, async () => {
    await renew();
    navigator.storage?.persist?.();
  }, words.taken));
  part("renew").addEventListener("click", event => act(event.currentTarget, words.waiting, renew, words.renewed));
  part("drop").addEventListener("click", event => act(event.currentTarget, "", async () => {
    pack = renewal = undefined;
    await drop();
  }, words.dropped));
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("input", () => {
    shown = STEP;
    if (fields.village.value) here = undefined;
    search();
  });
  part("more").addEventListener("click", () => {
    shown += STEP;
    search();
  });
  part("here").hidden = !navigator.geolocation;
  part("here").addEventListener("click", () => {
    say(words.seeking);
    navigator.geolocation.getCurrentPosition(({coords}) => {
      here = [coords.latitude, coords.longitude];
      fields.village.value = "";
      say(words.located);
      search();
    }, () => say(words.lost), {timeout: 15000, maximumAge: 300000});
  });
  if (pack) await freshen().catch(() => 0);
}

begin();
