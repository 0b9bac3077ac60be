/* The list of an area on this phone: taken on a tap, renewed by what changed, thrown away on a tap.

   It lies in Cache Storage under "faskes", with the page that searches it and that page's files:
   public facts for whoever holds the phone, apart from the vault (browser/sw.js shows the page). */
const SHELF = "faskes";
const FORM = 1; // counts up when the columns change: a list of another form is taken anew
const KEYED = 0; // the code stands first in each row
const address = area => `/api/v1/packs/${area}`;

/* What is held, or undefined: {version, name, places, clinics, kinds, rows, at}. */
export async function held(area) {
  const kept = await globalThis.caches?.match(address(area), {cacheName: SHELF});
  const pack = await kept?.json();
  return pack?.form === FORM ? pack : undefined;
}

/* Opened before the work begins: what is still on its way when the list is thrown away is then put
   on the shelf that was thrown away with it. */
export const open = () => caches.open(SHELF);

/* Takes the whole list, or what changed since `before`; what does not add up is taken whole. */
export async function take(shelf, area, version, before) {
  const since = before ? `since=${before.version}&` : "";
  const answer = await fetch(`${address(area)}?${since}v=${version}`, {credentials: "omit"});
  if (!answer.ok) throw new Error(answer.status);
  const news = await answer.json();
  const pack = news.since ? joined(before, news) : {...news, rows: rows(news.columns)};
  pack.form = FORM;
  pack.at = Date.parse(answer.headers.get("date")) || Date.now();
  delete pack.columns;
  if (pack.version.split("-")[1] !== await digest(pack.rows)) {
    if (!before) throw new Error("digest");
    return take(shelf, area, version);
  }
  await keep(shelf, area, pack);
  return pack;
}

export const keep = (shelf, area, pack) =>
  shelf.put(address(area), new Response(JSON.stringify(pack), {headers: {"Content-Type": "application/json"}}));

/* The page itself and all that it loaded, so that it opens without internet. */
export async function keepPage(shelf) {
  const files = performance.getEntriesByType("resource").map(one => new URL(one.name));
  const own = files.filter(one => one.origin === location.origin && one.pathname.startsWith("/static/"));
  await shelf.addAll([location.pathname, ...new Set(own.map(one => one.pathname))]);
}

export const drop = () => caches.delete(SHELF);

/* Columns as rows, each an array in the order of the columns. */
export function rows(columns) {
  const lists = Object.values(columns).map(one => Array.isArray(one) ? one : one.at.map(at => one.values[at]));
  return lists[KEYED].map((_, at) => lists.map(list => list[at]));
}

function joined(before, news) {
  if (!news.columns) return {...before};
  const known = new Map(before.rows.map(row => [row[KEYED], row]));
  for (const code of news.gone || []) known.delete(code);
  for (const row of rows(news.columns)) known.set(row[KEYED], row);
  return {...news, rows: [...known.values()].sort((a, b) => a[KEYED] < b[KEYED] ? -1 : 1)};
}

/* The same reckoning as packing.py's. */
async function digest(list) {
  const text = list.map(row => row.map(value => value ?? "").join("\t")).join("\n");
  const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(sum).slice(0, 8)].map(byte => byte.toString(16).padStart(2, "0")).join("");
}
