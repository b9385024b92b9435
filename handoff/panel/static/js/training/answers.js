// All answers: search, and those that need somebody's eye.
import { ask } from "../api.js";
import { make } from "../elements.js";
import { GROUPS, badges, plain } from "./words.js";

const FILTERS = [
  ["all", "Tutte", () => true],
  ["sample", "Di esempio", (answer) => answer.sample],
  ["expired", "Da ricontrollare", (answer) => answer.expired],
  ["proposed", "Da pubblicare", (answer) => answer.proposed],
];
const chosen = { search: "", filter: "all" }; // kept while one looks at an answer

export async function showAnswers(view, { isGone }) {
  const { answers } = await ask("training/answers");
  if (isGone()) return;
  const list = make("ul", { class: "topics", "aria-label": "Risposte" });
  const filters = make("div", { class: "chips", role: "group", "aria-label": "Quali risposte mostrare" });
  const count = make("p", { class: "soft", role: "status" });
  const draw = () => {
    const found = answers.filter((answer) => belongs(answer) && fits(answer));
    filters.replaceChildren(...FILTERS.map((filter) => chip(filter, answers, draw)));
    list.replaceChildren(...found.map(card));
    count.textContent = found.length ? `${found.length} ${found.length === 1 ? "risposta" : "risposte"}` : "Nessuna risposta così: provi con un'altra parola o un altro filtro.";
  };
  view.replaceChildren(make("h1", {}, "Risposte"), make("p", { class: "lead" }, "Quello che i cittadini leggono. Una modifica vale subito, senza addestrare; dove un errore può fare danno, la pubblica un'altra persona."), search(draw), filters, count, list);
  draw();
}

function search(draw) {
  const input = make("input", { class: "form-control", id: "search", type: "search", autocomplete: "off", spellcheck: "false", value: chosen.search });
  input.addEventListener("input", () => {
    chosen.search = input.value;
    draw();
  });
  return make("div", { class: "field" }, make("label", { for: "search" }, "Cerca fra argomenti e testi"), input);
}

function chip([name, word, holds], answers, draw) {
  const choose = (event) => {
    chosen.filter = name;
    const place = [...event.currentTarget.parentElement.children].indexOf(event.currentTarget);
    const group = event.currentTarget.parentElement;
    draw();
    group.children[place].focus();
  };
  return make("button", { type: "button", class: "chip-button", "aria-pressed": String(chosen.filter === name), onclick: choose }, `${word} `, make("strong", {}, String(answers.filter(holds).length)));
}

const belongs = (answer) => FILTERS.find(([name]) => name === chosen.filter)[2](answer);
const fits = (answer) => [answer.title, answer.text, answer.key].some((text) => simple(text).includes(simple(chosen.search.trim())));
const simple = (text) => text.toLowerCase().normalize("NFD").replaceAll(/\p{M}/gu, "");

function card(answer) {
  return make(
    "li",
    {},
    make("a", { href: `#risposte/${answer.key}`, class: "topic" }, make("span", { class: "topic-head" }, make("strong", {}, answer.title), make("span", { class: "soft" }, GROUPS[answer.group] ?? plain(answer.group)), ...badges(answer)), make("span", { class: "topic-words" }, answer.text)),
  );
}
