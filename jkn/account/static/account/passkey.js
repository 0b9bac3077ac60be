/* Passkeys: fills a plain form with the phone's answer and sends it. Without it the pages offer
   the other ways. The question (challenge) is the text in the field "tanya". */
const WORDS = {
  id: {none: "Ponsel ini belum bisa memakai kunci. Pakai cara lain.", stopped: "Kunci belum dipakai. Coba lagi, atau pakai cara lain."},
  en: {none: "This phone cannot use a passkey yet. Use another way.", stopped: "The passkey was not used. Try again, or use another way."},
};
const words = WORDS[document.documentElement.lang] || WORDS.id;
const bytes = text => new TextEncoder().encode(text);
const plain = part => btoa(String.fromCharCode(...new Uint8Array(part))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const raw = text => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), c => c.charCodeAt(0));
const isNumber = /^[\d.]+$|:/.test(location.hostname);
let waiting;

function say(button, text) {
  const place = button.parentNode;
  let line = place.querySelector("[role=status]");
  if (!line) {
    line = document.createElement("p");
    line.setAttribute("role", "status");
    place.append(line);
  }
  line.textContent = text;
}

function send(form, key) {
  const {response} = key;
  const answer = {id: key.id, rawId: plain(key.rawId), type: key.type, response: {clientDataJSON: plain(response.clientDataJSON)}};
  if (response.attestationObject) {
    answer.response.attestationObject = plain(response.attestationObject);
    answer.response.transports = response.getTransports?.() || [];
  } else {
    answer.response.authenticatorData = plain(response.authenticatorData);
    answer.response.signature = plain(response.signature);
    answer.response.userHandle = response.userHandle ? plain(response.userHandle) : "";
  }
  form.elements.jawab.value = JSON.stringify(answer);
  form.requestSubmit();
}

const question = form => ({challenge: bytes(form.elements.tanya.value), userVerification: "required", timeout: 120000});

function newKey(form) {
  const {host, account, name, known} = form.dataset;
  return navigator.credentials.create({publicKey: {
    challenge: bytes(form.elements.tanya.value),
    rp: {id: host, name: "jkn"},
    user: {id: raw(account), name, displayName: name},
    pubKeyCredParams: [-7, -257, -8].map(alg => ({type: "public-key", alg})),
    authenticatorSelection: {residentKey: "required", userVerification: "required"},
    excludeCredentials: known.split(" ").filter(Boolean).map(id => ({type: "public-key", id: raw(id)})),
    timeout: 120000,
  }});
}

for (const button of document.querySelectorAll("[data-passkey]")) {
  const form = document.getElementById(button.dataset.passkey);
  button.addEventListener("click", async event => {
    event.preventDefault();
    if (!window.PublicKeyCredential || isNumber) return say(button, words.none);
    if ("account" in form.dataset && !form.reportValidity()) return undefined;
    waiting?.abort();
    try {
      send(form, "account" in form.dataset ? await newKey(form) : await navigator.credentials.get({publicKey: question(form)}));
    } catch {
      say(button, words.stopped);
    }
    return undefined;
  });
}

/* The phone offers its keys above the keyboard, where the browser can. */
const own = document.querySelector("form[data-autofill]");
if (own && !isNumber && await window.PublicKeyCredential?.isConditionalMediationAvailable?.()) {
  waiting = new AbortController();
  try {
    send(own, await navigator.credentials.get({publicKey: question(own), mediation: "conditional", signal: waiting.signal}));
  } catch { /* the person chose another way */ }
}
