// Reports wait in this browser until they are sent; photos are made small here, which drops all that is written in them.
"use strict";
(() => {
  const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", SIDE_PX = 1600, QUALITY = 0.85, AGAIN_MS = 20000;
  const form = document.getElementById("report"), queue = document.getElementById("queue"), words = queue.dataset;
  let sending = false, timer = 0;

  // What is kept: an object store, a report to a receipt code.
  const opened = new Promise((resolve, reject) => {
    const asked = indexedDB.open("samegoods-ground", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("reports", { keyPath: "code" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  async function stored(mode, act) {
    const store = (await opened).transaction("reports", mode).objectStore("reports");
    return new Promise((resolve, reject) => {
      const asked = act(store);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  }
  const all = async () => (await stored("readonly", (store) => store.getAll())).sort((a, b) => b.at - a.at);
  const put = (one) => stored("readwrite", (store) => store.put(one));
  const remove = (code) => stored("readwrite", (store) => store.delete(code));

  function newCode() {
    const drawn = Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => LETTERS[n & 31]).join("");
    return drawn.match(/.{4}/g).join("-");
  }

  async function small(file) {
    let picture;
    try { picture = await createImageBitmap(file, { imageOrientation: "from-image" }); } catch { return file; }
    const scale = Math.min(1, SIDE_PX / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob || file), "image/jpeg", QUALITY));
  }

  function element(name, text, className) {
    const one = document.createElement(name);
    if (text) one.textContent = text;
    if (className) one.className = className;
    return one;
  }

  function line(one) {
    const item = element("li");
    item.append(element("strong", one.label));
    if (one.state === "sent") {
      item.append(element("p", words.sent), element("p", one.code, "code"), element("p", words.note, "soft"));
      for (const outcome of one.photos) item.append(element("p", queue.getAttribute("data-" + outcome.replaceAll("_", "-"))));
      if (one.withheld) item.append(element("p", words.withheld));
      const look = element("form");
      look.method = "post";
      look.action = "/receipt" + location.search;
      const code = element("input");
      code.type = "hidden"; code.name = "code"; code.value = one.code;
      look.append(code, element("button", words.look));
      item.append(look);
    } else if (one.state === "refused") item.append(element("p", words.refused + " " + one.said, "wrong"));
    else item.append(element("p", one.state === "sending" ? words.sending : words.waiting));
    if (one.state !== "sending") {
      const away = element("button", words.remove);
      away.type = "button";
      away.addEventListener("click", async () => { await remove(one.code); await show(); });
      item.append(away);
    }
    item.dataset.state = one.state;
    return item;
  }

  async function show(now) {
    const found = await all();
    for (const one of found) if (one.code === now) one.state = "sending";
    queue.hidden = !found.length;
    queue.querySelector("ul").replaceChildren(...found.map(line));
  }

  async function sendOne(one) {
    const body = new FormData();
    for (const [name, value] of Object.entries(one.fields)) body.append(name, value);
    body.append("code", one.code);
    one.blobs.forEach((blob, n) => body.append("photos", blob, n + 1 + ".jpg"));  // its own name tells of the phone
    const answer = await fetch("/reports" + location.search, { method: "POST", body, headers: { Accept: "application/json" } });
    if (answer.status === 429 || answer.status >= 500) throw new Error(answer.statusText);
    const said = await answer.json();
    const told = { code: one.code, label: one.label, at: one.at };
    if (answer.ok) await put({ ...told, code: said.receipt, state: "sent", photos: said.photos, withheld: said.withheld });
    else await put({ ...told, state: "refused", said: said.error });
    if (answer.ok && said.receipt !== one.code) await remove(one.code);
  }

  async function flush() {
    clearTimeout(timer);
    if (sending) return;
    sending = true;
    try {
      for (const one of (await all()).reverse()) {
        if (one.state !== "waiting") continue;
        await show(one.code);
        await sendOne(one);
      }
    } catch { timer = setTimeout(flush, AGAIN_MS); } finally {
      sending = false;
      await show();
    }
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button.main");
    if (button.disabled) return;
    button.disabled = true;
    try {
      const fields = {};
      for (const [name, value] of new FormData(form)) if (typeof value === "string" && name !== "code") fields[name] = value;
      const good = form.querySelector("[name=product]:checked").closest("label").querySelector("span").textContent;
      const label = good + ", " + form.elements.site.selectedOptions[0].textContent;
      const blobs = [];
      for (const file of form.elements.photos.files) blobs.push(await small(file));
      await put({ code: newCode(), label, fields, blobs, state: "waiting", at: Date.now() });
    } catch {  // private windows of some browsers keep nothing
      queue.hidden = false;
      queue.querySelector("ul").replaceChildren(element("li", words.nothing));
      form.submit();
      return;
    } finally { button.disabled = false; }
    form.reset();
    await show();
    queue.scrollIntoView({ block: "start" });
    await flush();
  });

  const photos = form.elements.photos;
  photos.addEventListener("change", () => {
    if (photos.files.length <= Number(photos.dataset.most)) return;
    const kept = new DataTransfer();
    for (const file of Array.from(photos.files).slice(0, Number(photos.dataset.most))) kept.items.add(file);
    photos.files = kept.files;
  });
  window.addEventListener("online", flush);
  if (!document.querySelector(".wrong")) {  // this page may have been kept since another day
    const now = new Date(), day = form.elements.day;
    day.max = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
    day.value = day.max;
  }
  async function keepPage() {
    await navigator.serviceWorker.register("/worker.js");
    const parts = [...document.querySelectorAll("link[rel=stylesheet], script[src], img")].map((one) => one.href || one.src);
    await (await caches.open("samegoods-form-1")).addAll([location.pathname + location.search, ...parts]);
  }
  if (navigator.serviceWorker && navigator.onLine) keepPage().catch(() => {});
  show().then(flush, () => {});
})();
