// The reference beside the pack: zoom and pan of both together, swipe, blink, onion skin, heat map. What is looked at is
// the view box of both drawings, so outlines stay sharp. Zoom and mode are kept from pack to pack.
"use strict";
(() => {
  const KEPT = "samegoods-viewer";
  const STEP = 1.25, MOST = 24, BLINK_MS = 700;
  let viewer = null, width = 1, height = 1, blinking = null, at = 0;
  const state = Object.assign({ mode: "side", zoom: 1, x: 0.5, y: 0.5, amount: 50, outlines: true }, kept());

  function kept() {
    try { return JSON.parse(sessionStorage.getItem(KEPT)) || {}; } catch { return {}; }
  }
  function keep() {
    try { sessionStorage.setItem(KEPT, JSON.stringify(state)); } catch { /* it is not kept, then */ }
  }
  const all = (selector) => viewer ? [...viewer.querySelectorAll(selector)] : [];
  const drawings = () => all(".pane svg");

  function show() {
    if (!viewer) return;
    state.zoom = Math.min(MOST, Math.max(1, state.zoom));
    const half = 0.5 / state.zoom;
    state.x = Math.min(1 - half, Math.max(half, state.x));
    state.y = Math.min(1 - half, Math.max(half, state.y));
    const box = [(state.x - half) * width, (state.y - half) * height, width / state.zoom, height / state.zoom];
    for (const one of drawings()) one.setAttribute("viewBox", box.map((v) => v.toFixed(2)).join(" "));
    for (const one of all(".badge")) {
      const circle = one.querySelector("circle"), x = circle.getAttribute("cx"), y = circle.getAttribute("cy");
      one.setAttribute("transform", `translate(${x} ${y}) scale(${(1 / state.zoom).toFixed(3)}) translate(${-x} ${-y})`);
    }
    for (const one of all("[data-zoom]")) one.textContent = `${Math.round(100 * state.zoom)} %`;
    const cut = state.mode === "swipe" ? box[0] + box[2] * state.amount / 100 : 0;
    const clip = viewer.querySelector("#cut rect");
    if (clip) { clip.setAttribute("x", cut); clip.setAttribute("width", Math.max(0, width - cut)); }
    const seam = viewer.querySelector(".seam");
    if (seam) { seam.setAttribute("x1", cut); seam.setAttribute("x2", cut); }
    const upper = viewer.querySelector(".upper");
    if (upper) upper.setAttribute("opacity", state.mode === "onion" ? state.amount / 100 : 1);
    keep();
  }

  function mode(name) {
    if (name === "heat" && !viewer.querySelector(".warm")) name = "side";
    state.mode = name;
    viewer.dataset.mode = name;
    for (const one of all("[data-mode-of]")) one.setAttribute("aria-pressed", String(one.dataset.modeOf === name));
    clearInterval(blinking);
    viewer.classList.remove("blinked");
    if (name === "blink") {
      if (matchMedia("(prefers-reduced-motion: reduce)").matches) blinking = null;
      else blinking = setInterval(() => viewer && viewer.classList.toggle("blinked"), BLINK_MS);
    }
    if (name === "heat") warm();
    show();
  }
  function warm() {
    const image = viewer.querySelector(".warm"), waiting = viewer.querySelector("[data-waiting]");
    if (image.hasAttribute("href")) return;
    waiting.hidden = false;
    image.addEventListener("load", () => { waiting.hidden = true; }, { once: true });
    image.addEventListener("error", () => {
      waiting.hidden = true;
      waiting.parentNode.querySelector("[data-failed]").hidden = false;
    }, { once: true });
    image.setAttribute("href", image.dataset.href);
  }
  function zoom(by, x = 0.5, y = 0.5) {
    const before = state.zoom, after = Math.min(MOST, Math.max(1, before * by));
    state.x += (x - 0.5) * (1 / before - 1 / after);
    state.y += (y - 0.5) * (1 / before - 1 / after);
    state.zoom = after;
    show();
  }
  function pan(dx, dy) { state.x += dx / state.zoom; state.y += dy / state.zoom; show(); }
  function go(number) {
    const marks = all(`.mark[data-number="${number}"]`);
    if (!marks.length) return;
    const [x0, y0, x1, y1] = marks[0].dataset.box.split(" ").map(Number);
    state.x = (x0 + x1) / 2 / width; state.y = (y0 + y1) / 2 / height;
    state.zoom = Math.max(1, 0.45 / Math.max((x1 - x0) / width, (y1 - y0) / height));
    for (const one of all(".mark")) one.classList.toggle("current", one.dataset.number === String(number));
    at = number;
    show();
  }
  function nextDifference() {
    const numbers = [...new Set(all(".mark").map((one) => Number(one.dataset.number)))];
    if (numbers.length) go(numbers[(numbers.indexOf(Number(at)) + 1) % numbers.length]);
  }
  function outlines(on) {
    state.outlines = on;
    viewer.classList.toggle("bare", !on);
    for (const one of all('[data-action="outlines"]')) one.setAttribute("aria-pressed", String(on));
    keep();
  }
  function markSight() {
    const region = document.querySelector('input[name="region"]'), said = document.querySelector("[data-marked]");
    if (!region) return;
    const half = 0.5 / state.zoom;
    const [x0, x1] = [state.x - half, state.x + half].map((v) => Number((v * width).toFixed(1)));
    const [y0, y1] = [state.y - half, state.y + half].map((v) => Number((v * height).toFixed(1)));
    region.value = JSON.stringify([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]);
    region.closest("details").open = true;
    said.textContent = said.dataset.text;
  }
  const actions = {
    side: () => mode("side"), swipe: () => mode("swipe"), onion: () => mode("onion"), heat: () => mode("heat"),
    blink: () => {
      if (state.mode === "blink" && matchMedia("(prefers-reduced-motion: reduce)").matches) viewer.classList.toggle("blinked");
      else mode("blink");
    },
    in: () => zoom(STEP), out: () => zoom(1 / STEP), whole: () => { state.zoom = 1; show(); },
    left: () => pan(-0.12, 0), right: () => pan(0.12, 0), up: () => pan(0, -0.12), down: () => pan(0, 0.12),
    less: () => amount(state.amount - 5), more: () => amount(state.amount + 5),
    outlines: () => outlines(!state.outlines), difference: nextDifference, mark: markSight,
  };
  function amount(value) {
    state.amount = Math.min(100, Math.max(0, value));
    for (const one of all("[data-amount]")) one.value = state.amount;
    show();
  }

  // Fingers and mouse: one drags, two spread.
  const fingers = new Map();
  function place(svg, event) {
    const box = svg.getBoundingClientRect(), scale = Math.min(box.width / width, box.height / height);
    const x = (event.clientX - box.left - box.width / 2) / (width * scale) + 0.5;
    const y = (event.clientY - box.top - box.height / 2) / (height * scale) + 0.5;
    return [x, y];
  }
  function handled(svg) {
    svg.addEventListener("wheel", (event) => {
      event.preventDefault();
      zoom(event.deltaY < 0 ? STEP : 1 / STEP, ...place(svg, event));
    }, { passive: false });
    svg.addEventListener("pointerdown", (event) => {
      svg.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, place(svg, event));
      svg.classList.add("dragging");
    });
    svg.addEventListener("pointermove", (event) => {
      if (!fingers.has(event.pointerId)) return;
      const now = place(svg, event), before = fingers.get(event.pointerId);
      if (fingers.size === 2) {
        const other = [...fingers].find(([id]) => id !== event.pointerId)[1];
        const spread = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]) || 1e-3;
        zoom(spread(now) / spread(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
      } else if (state.mode === "swipe" && event.shiftKey === false && state.zoom === 1) {
        amount(100 * now[0]);
      } else pan(before[0] - now[0], before[1] - now[1]);
      fingers.set(event.pointerId, now);
    });
    for (const name of ["pointerup", "pointercancel"]) svg.addEventListener(name, (event) => {
      fingers.delete(event.pointerId);
      svg.classList.remove("dragging");
    });
    svg.addEventListener("dblclick", () => { state.zoom = state.zoom > 1 ? 1 : 3; show(); });
  }

  function begin() {
    const found = document.getElementById("viewer");
    if (found === viewer) return;
    viewer = found;
    at = 0;
    fingers.clear();
    clearInterval(blinking);
    if (!viewer) return;
    width = Number(viewer.dataset.width);
    height = Number(viewer.dataset.height);
    for (const one of drawings()) handled(one);
    for (const one of all("[data-amount]")) one.addEventListener("input", () => amount(Number(one.value)));
    amount(state.amount);
    outlines(state.outlines);
    mode(state.mode);
    ahead();
  }
  function ahead() {
    // The next pack's pictures, once this one's are there.
    const names = (viewer.dataset.ahead || "").split(" ").filter(Boolean);
    setTimeout(() => { for (const name of names) new Image().src = name; }, 150);
  }
  function many() {
    const form = document.getElementById("many");
    if (!form || form.dataset.begun) return;
    form.dataset.begun = "yes";
    const boxes = [...form.querySelectorAll("[data-seen]")], buttons = [...form.querySelectorAll("[data-many]")];
    const check = () => { for (const one of buttons) one.disabled = !boxes.every((box) => box.checked); };
    const watch = new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting) setTimeout(() => {
        const box = entry.target.querySelector("[data-seen]"), place = entry.target.getBoundingClientRect();
        if (place.top < innerHeight && place.bottom > 0) { box.checked = true; check(); watch.unobserve(entry.target); }
      }, 400);
    }, { threshold: 0.8 });
    for (const one of form.querySelectorAll(".card")) watch.observe(one);
    form.addEventListener("change", check);
    check();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-action], [data-go]");
    if (!button || !viewer) return;
    if (button.dataset.go) go(button.dataset.go);
    else if (viewer.isConnected && actions[button.dataset.action]) actions[button.dataset.action]();
  });
  const start = () => { begin(); many(); };
  document.addEventListener("htmx:afterSettle", start);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
