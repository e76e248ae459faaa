// Every key presses something that is on the page; keys can be given to other actions, and stay so in this browser.
"use strict";
(() => {
  const KEPT = "samegoods-keys";
  let binding = null;
  function own() {
    try { return JSON.parse(localStorage.getItem(KEPT)) || {}; } catch { return {}; }
  }
  function keys() {
    const found = {}, changed = own();
    for (const one of document.querySelectorAll("#keys [data-key-of]")) {
      found[one.dataset.keyOf] = changed[one.dataset.keyOf] || one.dataset.default;
    }
    return found;
  }
  function write() {
    const now = keys();
    const names = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", " ": "␣" };
    for (const one of document.querySelectorAll("[data-key-of]")) {
      const key = now[one.dataset.keyOf] || one.dataset.default;
      one.textContent = names[key] || key;
    }
  }
  const dialog = () => document.getElementById("keys");
  const say = (text) => { dialog().querySelector("[data-key-status]").textContent = text; };
  function press(action) {
    if (action === "keys") { dialog().open ? dialog().close() : dialog().showModal(); return true; }
    const one = [...document.querySelectorAll(`main [data-action="${action}"]`)].find((found) => !found.disabled);
    if (!one) return false;
    if (one.tagName === "TEXTAREA") one.focus(); else one.click();
    return true;
  }
  document.addEventListener("keydown", (event) => {
    if (!dialog()) return;  // a page outside the case has no keys
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (binding) {
      event.preventDefault();
      bind(event.key);
      return;
    }
    const typing = event.target.closest("input:not([type=checkbox]):not([type=hidden]), select, textarea");
    if (typing) {
      if (event.key === "Escape") typing.blur();
      return;
    }
    if (dialog().open && event.key !== "?") return;
    const found = Object.entries(keys()).find(([, key]) => key === event.key);
    if (found && press(found[0])) event.preventDefault();
  });
  function bind(key) {
    const action = binding;
    binding = null;
    if (key === "Escape" || key === "Tab" || key === "Enter" || key === "Shift") { say(""); return; }
    const taken = Object.entries(keys()).some(([name, other]) => other === key && name !== action);
    if (taken) { say(dialog().querySelector("[data-key-status]").dataset.taken); return; }
    localStorage.setItem(KEPT, JSON.stringify(Object.assign(own(), { [action]: key })));
    say("");
    write();
  }
  document.addEventListener("click", (event) => {
    const one = event.target.closest("[data-rebind], [data-rebind-reset], [data-close], [data-action=keys]");
    if (!one) return;
    if (one.dataset.rebind) { binding = one.dataset.rebind; say(dialog().querySelector("[data-key-status]").dataset.press); }
    else if ("rebindReset" in one.dataset) { localStorage.removeItem(KEPT); write(); }
    else if ("close" in one.dataset) dialog().close();
    else press("keys");
  });
  function settle(event) {
    write();
    const page = document.getElementById("page");
    document.documentElement.dataset.theme = page.dataset.theme || "system";
    document.documentElement.lang = page.dataset.language || document.documentElement.lang;
    if (event && event.type === "htmx:afterSettle") {
      document.getElementById("main").focus({ preventScroll: true });
      document.getElementById("said").textContent = document.title;
    }
  }
  document.addEventListener("htmx:afterSettle", settle);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", settle); else settle();
})();
