// Single keys, by what they type (not where they lie), and the switch that turns them off.
import { byId } from "./elements.js";

const SETTING = "sportello:tasti";
let on = localStorage.getItem(SETTING) !== "no";

export function startKeys(deeds, leave) {
  byId("keys-on").checked = on;
  byId("keys-on").addEventListener("change", (event) => {
    on = event.target.checked;
    localStorage.setItem(SETTING, on ? "si" : "no");
  });
  byId("open-keys").addEventListener("click", showKeys);
  document.addEventListener("keydown", (event) => press(event, { "?": showKeys, ...deeds }, leave));
}

function showKeys() {
  byId("keys").showModal();
}

function press(event, deeds, leave) {
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") leave(event);
  if (!on || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || writes(event.target)) return;
  const deed = deeds[event.key];
  if (!deed) return;
  event.preventDefault();
  deed();
}

const writes = (element) => element.matches("input, textarea, select, [contenteditable]");
