// An answer in a citizen's chat, while it is being written.
import { make } from "../elements.js";

export function preview(text, { withheld, caveats, buttons }) {
  if (withheld) return make("p", { class: "notice notice-bad" }, "È scaduta e il rischio è alto: il cittadino non la legge, parla con una persona.");
  return make(
    "div",
    { class: "bubble-ground" },
    make("div", { class: "bubble", dir: "auto" }, text.trim() || "…", ...caveats.map((line) => make("span", { class: "caveat" }, line))),
    buttons.length ? make("ul", { class: "bubble-buttons", "aria-label": "Pulsanti proposti" }, buttons.map((title) => make("li", {}, title))) : null,
  );
}
