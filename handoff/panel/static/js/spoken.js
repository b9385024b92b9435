// What people wrote, with signs that turn or hide text made visible (Trojan Source).
import { make } from "./elements.js";

const HIDDEN = /([\u061c\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u0000-\u0008\u000b-\u001f\u007f])/u;

export function spoken(text) {
  return text.split(HIDDEN).filter(Boolean).map((piece) => (HIDDEN.test(piece) ? sign(piece) : piece));
}

function sign(character) {
  const code = character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
  return make("span", { class: "hidden-sign", title: "carattere invisibile" }, `U+${code}`);
}
