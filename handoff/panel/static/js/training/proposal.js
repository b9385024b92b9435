// What one person proposes for an answer of high risk, and another publishes or refuses.
import { isAgreed } from "../asking.js";
import { byId, make } from "../elements.js";
import { short } from "../times.js";
import { differing } from "./revisions.js";

/** `decide(how, proposal, reason)` with `publish` or `drop`. */
export function proposal({ proposal: found, title }, decide) {
  if (!found) return [];
  const act = (how) => () => decide(how, found, byId("why-not")?.value ?? "");
  return [
    make(
      "section",
      { class: `proposal notice ${found.refused_by ? "notice-bad" : "notice-info"}`, "aria-labelledby": "proposal-title" },
      make("h2", { id: "proposal-title", tabindex: "-1" }, heading(found)),
      make("p", { class: "revision-head" }, make("span", {}, found.author), make("time", { class: "soft", datetime: found.created_at }, short(found.created_at)), make("span", {}, `«${found.reason}»`)),
      make("blockquote", { dir: "auto" }, found.text),
      make("details", {}, make("summary", {}, "Che cosa cambia rispetto al testo in uso"), make("p", { class: "difference", dir: "auto" }, ...differing(found))),
      ...state(found),
      ...buttons(found, { title, act }),
    ),
  ];
}

function heading({ mine, author, refused_by: by }) {
  if (by) return mine ? "La Sua proposta non è stata pubblicata" : `La proposta di ${author} non è stata pubblicata`;
  return mine ? "La Sua proposta aspetta un'altra persona" : `${author} propone questo testo`;
}

function state({ refused_by: by, answer, overtaken, mine }) {
  if (by) return [make("p", {}, answer ? `${by}: «${answer}»` : `L'ha rifiutata ${by}.`)];
  if (overtaken) return [make("p", {}, "Nel frattempo la risposta in uso è cambiata: questa proposta non si può più pubblicare.")];
  return mine ? [make("p", { class: "soft" }, "I cittadini la leggeranno quando un'altra persona che cura le risposte l'avrà pubblicata.")] : [];
}

function buttons({ mine, refused_by: by, overtaken }, { title, act }) {
  if (by) return [];
  if (mine) return [row(press("Ritira la proposta", act("drop"), "btn-outline-primary"))];
  const sure = () => isAgreed("Pubblicare questo testo?", `Da subito i cittadini leggono questo testo per «${title}». Resta scritto che l'ha pubblicato Lei.`, "Pubblica");
  const publish = async () => (await sure()) && act("publish")();
  return [
    make("div", { class: "field" }, make("label", { for: "why-not" }, "Se non va bene, perché"), make("input", { class: "form-control", id: "why-not", type: "text", maxlength: "300", autocomplete: "off" })),
    row(overtaken ? null : press("Pubblica: vale subito", publish, "btn-primary"), press("Non pubblicare", act("drop"), "btn-outline-primary")),
  ];
}

const row = (...found) => make("div", { class: "buttons" }, ...found.filter(Boolean));
const press = (word, onclick, kind) => make("button", { type: "button", class: `btn ${kind}`, onclick }, word);
