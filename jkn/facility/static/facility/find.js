/* Searches the list of an area as the server searches all (spelling.py, matching.py, searching.py):
   names by groups of three letters, so that spaces and small mistakes do not matter. */
const RADIUS = 6371008.8; // metres
const DEGREE = 10000;
const [CODE, NAME, KIND, PLACE, ADDRESS, , LATITUDE, LONGITUDE, , CLINICS, FIRST, LAST] = Array(12).keys();
const [OF_QUERY, OF_BEST] = [0.4, 0.75];

const folded = text => text.toLowerCase().normalize("NFKD").replace(/[^\0-\x7f]/g, "").replace(/[^a-z0-9]+/g, " ").trim();
const squeezed = text => folded(text).replaceAll(" ", "");
const threes = text => Array.from({length: Math.max(0, text.length - 2)}, (_, at) => text.slice(at, at + 3));

function grams(parts) {
  const found = new Set();
  for (const part of parts) {
    const words = folded(part);
    for (const gram of threes(words.replaceAll(" ", ""))) found.add(gram);
    for (const word of words.split(" ")) if (word) found.add("^" + word[0]).add("^" + word.slice(0, 2));
  }
  return found;
}

function gramsOfQuery(text) {
  const query = squeezed(text.slice(0, 100));
  if (query.length > 2) return [...new Set(threes(query))];
  return query ? ["^" + query] : [];
}

const district = place => place.slice(0, 8);
export const point = row => row[LATITUDE] === null ? undefined : [row[LATITUDE] / DEGREE, row[LONGITUDE] / DEGREE];

export function metres(a, b) {
  const radians = degrees => degrees * Math.PI / 180;
  const [up, side] = [radians(b[0] - a[0]) / 2, radians(b[1] - a[1]) / 2];
  const chord = Math.sin(up) ** 2 + Math.cos(radians(a[0])) * Math.cos(radians(b[0])) * Math.sin(side) ** 2;
  return 2 * RADIUS * Math.asin(Math.sqrt(chord));
}

/* A list made ready: for each gram which rows have it, in their names and in all their texts. */
export function ready(pack) {
  const places = new Map(pack.places);
  const clinics = new Map(pack.clinics.map(([code, name, words]) => [code, `${name} ${words}`]));
  const list = [...pack.rows].map(row => ({row, name: squeezed(row[NAME])}));
  list.sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : a.row[CODE] < b.row[CODE] ? -1 : 1);
  const [inName, inAll] = [new Map(), new Map()];
  const note = (index, gram, at) => index.has(gram) ? index.get(gram).push(at) : index.set(gram, [at]);
  list.forEach(({row}, at) => {
    for (const gram of grams([row[NAME]])) note(inName, gram, at);
    const offered = row[CLINICS].split(" ").map(code => clinics.get(code) || "");
    const where = [places.get(row[PLACE]) || "", places.get(district(row[PLACE])) || ""];
    for (const gram of grams([row[NAME], pack.kinds[row[KIND]] || "", row[ADDRESS], ...where, ...offered])) note(inAll, gram, at);
  });
  return {rows: list.map(one => one.row), places, inName, inAll};
}

/* About where a kelurahan lies: the middle of its facilities, else of its kecamatan's. */
export function middle(list, village) {
  for (const fits of [row => row[PLACE] === village, row => district(row[PLACE]) === district(village)]) {
    const points = list.rows.filter(fits).map(point).filter(Boolean);
    const mean = axis => points.reduce((sum, one) => sum + one[axis], 0) / points.length;
    if (points.length) return [mean(0), mean(1)];
  }
}

function chosen({rows}, {kinds, clinic, day, today}) {
  return row => (!kinds || kinds.includes(rows[row][KIND]))
    && (rows[row][FIRST] || today) <= today && today <= (rows[row][LAST] || today)
    && (!clinic && !day || rows[row][CLINICS].split(" ").some(
      code => clinic ? code === clinic + day : code.endsWith(day)));
}

function counted(index, query, size) {
  const hits = new Uint8Array(size);
  for (const gram of query) for (const row of index.get(gram) || []) hits[row]++;
  return hits;
}

/* Returns {row, far} for all that fit, best or nearest first. `search`: text, kinds, clinic, day,
   village, at, today; all but the last may be empty. */
export function find(list, search) {
  const size = list.rows.length;
  let found = [...Array(size).keys()].filter(chosen(list, search));
  const order = [];
  if (search.text) {
    const query = gramsOfQuery(search.text);
    const [hits, named] = [counted(list.inAll, query, size), counted(list.inName, query, size)];
    const best = found.reduce((most, row) => Math.max(most, hits[row]), 0);
    const least = Math.max(1, Math.ceil(Math.floor(query.length * OF_QUERY * 100) / 100), Math.ceil(best * Math.floor(OF_BEST * 100) / 100));
    found = found.filter(row => hits[row] >= least);
    order.push(row => -hits[row], row => -named[row]);
  }
  const at = search.at || search.village && middle(list, search.village);
  const far = new Map(found.map(row => [row, at && point(list.rows[row]) ? metres(at, point(list.rows[row])) : Infinity]));
  if (at) order.splice(0, 2, row => far.get(row));
  if (!search.at && search.village) {
    const ring = place => place === search.village ? 0 : district(place) === district(search.village) ? 1 : 2;
    order.unshift(row => ring(list.rows[row][PLACE]));
  }
  found.sort((a, b) => {
    for (const rank of order) if (rank(a) !== rank(b)) return rank(a) - rank(b);
    return a - b;
  });
  return found.map(row => ({row: list.rows[row], far: far.get(row)}));
}
