/* What every page does beyond its HTML. Without it all pages still work. */
const root = document.documentElement;
const store = navigator.serviceWorker;
const WORDS = {
  id: {ready: "Versi baru siap", take: "Perbarui sekarang", copied: "Tersalin", sending: "Sedang dikirim. Mohon tunggu."},
  en: {ready: "A new version is ready", take: "Update now", copied: "Copied", sending: "Sending. Please wait."},
};
const words = WORDS[root.lang] || WORDS.id;
const find = (what, act) => document.querySelectorAll(what).forEach(act);
const here = location.pathname + location.search;

/* The one Trusted Types policy of our pages: only the worker's address becomes a script. */
export const policy = (window.trustedTypes || {createPolicy: (_, rules) => rules}).createPolicy("jkn", {
  createScriptURL(address) {
    if (address === "/sw.js") return address;
    throw new TypeError(address);
  },
});

/* Asks the worker; undefined where there is none or it does not answer in time. */
export async function ask(question, patience = 5000) {
  const worker = (await store?.getRegistration())?.active;
  if (!worker) return undefined;
  return new Promise(ok => {
    const {port1, port2} = new MessageChannel();
    port1.onmessage = answer => ok(answer.data);
    worker.postMessage(question, [port2]);
    setTimeout(ok, patience);
  });
}

/* The line under the header, and news for a page that came from the phone. */
const came = root.matches("[data-stored],[data-offline]") && here !== "/luring/";
/* News must not undo a tap: whoever is on the way to another page is left alone. */
let going = false;
addEventListener("beforeunload", () => { going = true; });
addEventListener("pageshow", () => { going = false; });
const reload = () => going || location.reload();
async function renew() {
  const news = await ask({do: "renew", path: here}, 60000);
  if (news === "fresh" || news === "gone") reload();
  if (news === "off") root.setAttribute("data-offline", "");
}
addEventListener("offline", () => root.setAttribute("data-offline", ""));
addEventListener("online", () => came ? renew() : root.removeAttribute("data-offline"));
if (came) renew();

/* A code that lives a minute (data-again, in seconds) is renewed while somebody looks at it;
   with "Hemat data" it is marked as old instead. */
find("[data-again]", part => setInterval(() => {
  if ("saver" in root.dataset) root.setAttribute("data-stored", "");
  else if (!document.hidden && navigator.onLine) ask({do: "renew", path: here}).then(news => {
    if (news !== "off" && news !== "busy") reload();
  });
}, part.dataset.again * 1000));

/* Forms: a second press sends nothing; the guard ends with the page or after 20 seconds. */
addEventListener("submit", event => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  const line = document.createElement("p");
  line.setAttribute("role", "status");
  form.append(line);
  line.textContent = words.sending;
  form.dataset.sent = "1";
  form.setAttribute("aria-busy", "true");
  const release = () => {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
    line.remove();
  };
  setTimeout(release, 20000);
  addEventListener("pageshow", release, {once: true});
  if ("signout" in form.dataset) {
    event.preventDefault();
    signOut(form);
  }
});

/* Signing out: the worker wipes first, since the answer to a page it fetches cannot. Without
   internet the phone is wiped at once, and the session ends with the next page that has some. */
let leaving = "out" in localStorage;
async function signOut(form) {
  leaving = true;
  const wiped = await ask({do: "wipe"});
  if (navigator.onLine) {
    /* Once the worker has wiped, the browser need not: lists of public facts stay. */
    if (wiped === "wiped") form.action += "?bersih";
    return form.submit();
  }
  localStorage.out = "1";
  location.assign("/luring/");
}
if (leaving && navigator.onLine && !came) {
  const form = document.querySelector("form[data-signout]");
  if (form || here.startsWith("/pengaturan/")) localStorage.removeItem("out");
  if (form) signOut(form);
  else if (root.dataset.warm) location.assign("/pengaturan/");
}

document.querySelector(".errs")?.focus();

find("[data-copy]", button => {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    button.textContent = words.copied;
    button.setAttribute("role", "status");
  });
});

/* The offline page names what can be opened. */
if (document.querySelector("[data-kept]")) ask({do: "list"}).then(paths => find("[data-kept]", row => {
  row.hidden = !paths?.includes(row.dataset.kept);
}));

/* Installing: offered on the settings page, and only where the browser can. */
addEventListener("beforeinstallprompt", event => {
  event.preventDefault();
  find("[data-install]", button => {
    button.hidden = false;
    button.addEventListener("click", () => event.prompt(), {once: true});
  });
});

/* A new version waits until the person agrees, or until all pages are closed. */
function offer(worker) {
  if (document.getElementById("versi")) return;
  const note = document.createElement("div");
  note.id = "versi";
  note.className = "note";
  note.setAttribute("role", "status");
  const text = document.createElement("b");
  text.textContent = words.ready;
  const button = document.createElement("button");
  button.className = "btn alt";
  button.textContent = words.take;
  button.addEventListener("click", () => {
    store.addEventListener("controllerchange", () => location.reload(), {once: true});
    worker.postMessage({do: "take"});
  });
  const box = document.createElement("div");
  box.className = "flow";
  box.append(text, button);
  note.append(box);
  document.getElementById("isi").prepend(note);
}

async function begin() {
  const registration = await store.register(policy.createScriptURL("/sw.js"), {updateViaCache: "none"});
  const look = () => {
    if (registration.waiting && store.controller) offer(registration.waiting);
  };
  look();
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
  await store.ready;
  /* Another language or look: what the phone keeps is fetched again as the person wants it. */
  const shape = [root.lang, root.dataset.theme, "big" in root.dataset, "simple" in root.dataset].join();
  const again = (localStorage.look || shape) !== shape;
  localStorage.look = shape;
  const paths = root.dataset.warm?.split(" ") || [];
  if (!leaving && !came && (paths.length || again)) ask({do: "warm", paths, again});
}
/* Only after the page has loaded: the first visit is not slowed by what serves the second. */
if (store && !document.body.classList.contains("staff")) {
  /* On a line that breaks meanwhile the next page tries again. */
  const start = () => begin().catch(() => 0);
  if (document.readyState === "complete") start();
  else addEventListener("load", start);
}
