// Who changed an answer, when and why, with what changed in it.
import { isAgreed } from "../asking.js";
import { make } from "../elements.js";
import { short } from "../times.js";
import { FIELDS } from "./words.js";

export function history(answer, restore) {
  return make("ol", { class: "revisions" }, answer.revisions.map((revision) => item(revision, answer, restore)));
}

function item(revision, answer, restore) {
  const live = revision.number === answer.number;
  return make(
    "li",
    { class: "revision" },
    make("p", { class: "revision-head" }, make("strong", {}, `Versione ${revision.number}`), live ? make("span", { class: "badge-live" }, "in uso") : null, make("span", {}, people(revision)), make("time", { class: "soft", datetime: revision.created_at }, short(revision.created_at))),
    make("p", { class: "revision-why" }, `«${revision.reason}»`),
    make("p", { class: "difference", dir: "auto" }, ...differing(revision)),
    revision.also.length ? make("p", { class: "soft" }, `Cambiati anche: ${revision.also.map((name) => FIELDS[name] ?? name).join(", ")}`) : null,
    live ? null : button(revision, restore),
  );
}

const people = ({ author, approved_by: by }) => (by ? `${author}, pubblicata da ${by}` : author);

/** A text with what it changes; whole when it is the first. */
export function differing({ difference, text }) {
  if (!difference) return [text];
  return difference.map(({ kind, text: piece }) => (kind === "same" ? piece : changed(kind, piece)));
}

/** Said as well as coloured. */
function changed(kind, piece) {
  const [tag, word] = kind === "added" ? ["ins", "aggiunto"] : ["del", "tolto"];
  return make(tag, {}, make("span", { class: "visually-hidden" }, ` ${word}: `), piece);
}

function button(revision, restore) {
  const sure = () => isAgreed(`Rimettere la versione ${revision.number}?`, "I cittadini leggeranno di nuovo quel testo. Quello di adesso resta nella storia.", "Rimetti questa versione");
  return make("button", { type: "button", class: "btn btn-sm btn-outline-primary", onclick: async () => (await sure()) && restore(revision.number) }, `Rimetti la versione ${revision.number}`);
}
