// One answer: its text, how citizens read it, and where it came from.
import { ask, tell } from "../api.js";
import { draft, keepDraft } from "../drafts.js";
import { byId, icon, make } from "../elements.js";
import { preview } from "./preview.js";
import { proposal } from "./proposal.js";
import { history } from "./revisions.js";
import { GROUPS, badges, day, plain } from "./words.js";

const words = (text) => text.trim().split(/\s+/u).filter(Boolean).length;
const slot = (key) => `risposta:${key}`;

export async function showAnswer(view, { key, say, suffer, isGone }) {
  const found = await ask(`training/answers/${encodeURIComponent(key)}`);
  if (isGone()) return;
  const page = { answer: found, say, suffer, isGone, busy: false };
  const back = make("a", { class: "plain", href: "#risposte" }, icon("arrow-left"), "Tutte le risposte");
  view.replaceChildren(back, make("h1", { dir: "auto" }, found.title), make("div", { id: "about" }), make("div", { id: "proposal" }), make("div", { class: "halves" }, form(page), make("section", { "aria-labelledby": "preview-title" }, make("h2", { id: "preview-title" }, "Come la leggono i cittadini"), make("div", { id: "preview" }))), make("div", { id: "others" }), make("section", { "aria-labelledby": "history-title" }, make("h2", { id: "history-title" }, "Storia"), make("div", { id: "history" })));
  byId("text").value = draft(slot(key), "text") || found.text;
  draw(page);
}

/** All but what one is writing. */
function draw(page) {
  const { answer } = page;
  byId("about").replaceChildren(about(answer));
  byId("proposal").replaceChildren(...proposal(answer, (how, ...what) => decide(page, how, ...what)));
  byId("others").replaceChildren(...others(answer));
  byId("history").replaceChildren(history(answer, (number) => restore(page, number)));
  drawText(page);
}

function drawText({ answer, busy }) {
  const text = byId("text").value;
  const many = words(text);
  byId("counter").textContent = `${many} ${many === 1 ? "parola" : "parole"} su ${answer.most}`;
  byId("counter").classList.toggle("counter-over", many > answer.most);
  byId("save").disabled = busy || many === 0 || many > answer.most || text.trim() === answer.text.trim();
  byId("preview").replaceChildren(preview(text, answer.preview));
}

function about(answer) {
  const facts = [
    ["Gruppo", GROUPS[answer.group] ?? plain(answer.group)],
    ["Ufficio", answer.owner],
    ["Fonte", answer.source],
    ["Da ricontrollare entro", answer.review && day(answer.review)],
  ];
  return make("div", { class: "about-answer" }, ...badges(answer), make("dl", { class: "line" }, facts.filter(([, value]) => value).map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value)))));
}

function form(page) {
  const fields = page.answer.fields.length ? make("p", { class: "soft" }, `Campi che si riempiono da soli: ${page.answer.fields.map((name) => `{${name}}`).join(", ")}`) : null;
  const text = make("textarea", { id: "text", rows: "8", dir: "auto", "aria-describedby": "counter problem" });
  text.addEventListener("input", () => {
    keepDraft(slot(page.answer.key), "text", text.value.trim() === page.answer.text.trim() ? "" : text.value);
    drawText(page);
  });
  return make(
    "form",
    { class: "edit", id: "edit", novalidate: true, onsubmit: (event) => save(event, page) },
    make("div", { id: "problem", role: "alert" }),
    make("div", { class: "field" }, make("label", { for: "text" }, "Testo della risposta"), text, make("p", { class: "counter", id: "counter" }), fields),
    make("div", { class: "field" }, make("label", { for: "reason" }, page.answer.takes_two ? "Perché va cambiata" : "Perché la cambia"), make("input", { class: "form-control", id: "reason", type: "text", maxlength: "300", autocomplete: "off", "aria-describedby": "problem" })),
    page.answer.takes_two ? make("p", { class: "soft field" }, "Qui un errore può fare danno: il testo nuovo lo pubblica un'altra persona che cura le risposte.") : null,
    make("button", { class: "btn btn-primary", type: "submit", id: "save" }, page.answer.takes_two ? "Proponi il testo" : "Salva: vale subito"),
  );
}

async function save(event, page) {
  event.preventDefault();
  if (!byId("reason").value.trim()) {
    complain("Scriva in poche parole il motivo: lo leggerà chi viene dopo di Lei.");
    return byId("reason").focus();
  }
  const body = { text: byId("text").value, reason: byId("reason").value, seen: page.answer.number };
  if (await change(page, `training/answers/${page.answer.key}`, body)) {
    keepDraft(slot(page.answer.key), "text", "");
    byId("text").value = page.answer.text;
    byId("reason").value = "";
    draw(page);
    page.say(page.answer.takes_two ? "Proposta salvata: la pubblica un'altra persona." : "Salvata: i cittadini la leggono da adesso.");
  }
}

const DECIDED = {
  publish: "Pubblicata: i cittadini la leggono da adesso.",
  drop: "La proposta è stata tolta: la risposta resta com'è.",
};

async function decide(page, how, { number }, reason) {
  const body = { proposal: number, ...(reason.trim() && { reason }) };
  const shown = page.answer.text;
  if (await change(page, `training/answers/${page.answer.key}/${how}`, body)) {
    if (byId("text").value.trim() === shown.trim()) byId("text").value = page.answer.text;
    draw(page);
    page.say(DECIDED[how]);
    byId("text").focus();
  } else if (!page.isGone() && byId("why-not")) {
    byId("why-not").value = reason;
    byId("proposal-title").focus();
  }
}

async function restore(page, number) {
  const body = { number, reason: `rimessa la versione ${number}`, seen: page.answer.number };
  if (await change(page, `training/answers/${page.answer.key}/restore`, body)) {
    keepDraft(slot(page.answer.key), "text", "");
    byId("text").value = page.answer.text;
    draw(page);
    page.say(page.answer.number === body.seen ? "Quel testo è ora una proposta: lo pubblica un'altra persona." : `La versione ${number} è di nuovo in uso.`);
    byId("history-title").scrollIntoView({ block: "nearest" });
  }
}

/** True if it was done; what one wrote stays whatever happens. */
async function change(page, path, body) {
  if (page.busy) return false;
  complain("");
  page.busy = true;
  try {
    page.answer = await tell(path, body);
    return !page.isGone();
  } catch (problem) {
    if (problem.status === 401) page.suffer(problem);
    else if (!page.isGone()) lose(page, problem);
    return false;
  } finally {
    page.busy = false;
    if (!page.isGone()) drawText(page);
  }
}

function lose(page, problem) {
  const present = problem.present;
  if (present) {
    page.answer = present;
    draw(page);
  }
  complain(problem.message, present && make("blockquote", { dir: "auto" }, present.text));
}

function complain(sentence, ...more) {
  const place = byId("problem");
  place.replaceChildren(...(sentence ? [make("div", { class: "notice notice-bad" }, make("p", {}, sentence), ...more.filter(Boolean))] : []));
  if (sentence) place.scrollIntoView({ block: "nearest" });
}

function others({ others: found }) {
  if (!found.length) return [];
  return [make("h2", {}, "Altri testi di questo argomento"), make("dl", { class: "other-texts" }, found.map(({ name, text }) => make("div", {}, make("dt", {}, name === "more" ? "Per chi vuole sapere di più" : plain(name)), make("dd", { dir: "auto" }, text))))];
}
