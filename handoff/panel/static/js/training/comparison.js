// How a version does on the test messages, beside the one that serves.
import { make } from "../elements.js";
import { MEASURES, percent } from "./words.js";

const NOTHING = 0.0005; // less than half a tenth of a per cent is the same

export function comparison({ number, evaluation }) {
  const { live, n } = evaluation;
  const heads = ["Su cento messaggi di prova", live && "In servizio", live ? `Versione ${number}` : "Risultato", live && "Differenza"].filter(Boolean);
  return make(
    "div",
    {},
    make("table", { class: "comparison" }, make("caption", { class: "visually-hidden" }, `Prova della versione ${number} su ${n} messaggi`), make("thead", {}, make("tr", {}, heads.map((head) => make("th", { scope: "col" }, head)))), make("tbody", {}, MEASURES.map((measure) => row(measure, evaluation)))),
    live ? topics("Che cosa peggiora", evaluation.worse, "Niente: nessun messaggio di prova va peggio.") : null,
    live ? topics("Che cosa migliora", evaluation.better, "Niente di nuovo, per ora.") : null,
  );
}

function row([name, word, moreIsBetter], { candidate, live }) {
  const change = live ? candidate[name] - live[name] : 0;
  return make("tr", {}, make("th", { scope: "row" }, word), live && make("td", {}, percent(live[name])), make("td", {}, percent(candidate[name])), live && difference(change, moreIsBetter));
}

function difference(change, moreIsBetter) {
  if (Math.abs(change) < NOTHING) return make("td", { class: "soft" }, "uguale");
  const [more, less] = ["più", "meno"];
  if (moreIsBetter === null) return make("td", {}, `${percent(Math.abs(change))} in ${change > 0 ? more : less}`);
  const better = change > 0 === moreIsBetter;
  return make("td", { class: better ? "better" : "worse" }, `${better ? "meglio" : "peggio"}: ${percent(Math.abs(change))} in ${change > 0 ? more : less}`);
}

function topics(title, found, none) {
  const words = found.map(({ title: topic, messages }) => `${topic} (${messages})`).join(", ");
  return make("p", {}, make("strong", {}, `${title}: `), words || none);
}
