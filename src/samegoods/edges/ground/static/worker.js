// Keeps the form at hand without a network. It keeps no answer to anything that was sent.
"use strict";
const KEPT = "samegoods-form-1";
const mayKeep = (url) => url.pathname === "/" || url.pathname.startsWith("/static/") || url.pathname.startsWith("/pictures/");

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function answer(request) {
  const kept = await caches.open(KEPT);
  try {
    const fresh = await fetch(request);
    if (fresh.ok) await kept.put(request, fresh.clone());
    return fresh;
  } catch (error) {
    const found = (await kept.match(request)) || (request.mode === "navigate" && (await kept.match("/", { ignoreSearch: true })));
    if (found) return found;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method === "GET" && url.origin === self.location.origin && mayKeep(url)) event.respondWith(answer(event.request));
});
