/* The map beside the list: it shows what the list says, and nothing is to be learnt from it alone. */
const {L} = globalThis;
const box = document.querySelector("[data-map]");
const still = matchMedia("(prefers-reduced-motion:reduce)").matches;
const LABELS_FROM = 12; // zoom; farther away the names would cover each other
const FIRST = 8; // so many of the list are in sight at first, the nearest or best
const point = text => text.split(",").map(Number);

function text(name, words) {
  const part = document.createElement("span");
  part.className = name;
  part.textContent = words;
  return part;
}
const pin = (at, name, words) => L.marker(at, {
  icon: L.divIcon({className: "", html: text(name, words), iconSize: null}), keyboard: false, interactive: name === "pin", zIndexOffset: name === "pin" ? 1000 : 0,
});

function draw() {
  const map = L.map(box, {
    zoomControl: false, attributionControl: false, keyboard: false, scrollWheelZoom: false,
    zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still, minZoom: 9, maxZoom: 18,
  });
  if (box.dataset.tiles) L.tileLayer(box.dataset.tiles, {referrerPolicy: "origin"}).addTo(map);
  const seen = [];
  document.querySelectorAll("[data-at]").forEach(row => {
    const at = point(row.dataset.at);
    if (row.dataset.number <= FIRST || !seen.length) seen.push(at);
    pin(at, "pin", row.dataset.number).addTo(map).on("click", () => {
      const link = row.querySelector("a");
      link.scrollIntoView({block: "center"});
      link.focus();
    });
  });
  if (box.dataset.here) {
    seen.push(point(box.dataset.here));
    pin(point(box.dataset.here), "here", "").addTo(map);
  }
  const names = L.layerGroup([...document.querySelectorAll("[data-label]")].map(
    part => pin(point(part.dataset.label), "name", part.textContent)));
  const scale = document.querySelector("[data-scale]");
  const bar = scale.querySelector("span");
  map.on("zoomend moveend", () => {
    if (map.getZoom() >= LABELS_FROM) names.addTo(map);
    else names.remove();
    const {x, y} = map.getSize();
    const [left, right] = [0, x].map(at => map.containerPointToLatLng([at, y / 2]));
    bar.style.inlineSize = `${1000 * x / map.distance(left, right)}px`;
  });
  map.fitBounds(seen, {padding: [32, 32], maxZoom: 15, animate: false});
  scale.hidden = false;
  document.querySelectorAll("[data-zoom]").forEach(button => button.addEventListener("click", () => map.zoomIn(Number(button.dataset.zoom))));
}

document.querySelector("[data-plain]").hidden = true;
if (document.querySelector("[data-at]")) {
  document.querySelector("[data-shown]").hidden = false;
  draw();
}
