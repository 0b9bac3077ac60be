/* Takes the worker back: served at /sw.js while JKN_SW_KILL=1.
   Removes all that it kept and its registration; pages then come from the network alone. */
addEventListener("install", () => skipWaiting());

addEventListener("activate", event => event.waitUntil((async () => {
  for (const name of await caches.keys()) await caches.delete(name);
  await new Promise(ok => {
    const gone = indexedDB.deleteDatabase("jkn");
    gone.onsuccess = gone.onerror = gone.onblocked = ok;
  });
  await registration.unregister();
})()));
