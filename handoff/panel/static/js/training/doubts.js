// Messages to be looked at: give the right topic, or leave them.
import { ask, tell } from "../api.js";
import { byId, icon, make } from "../elements.js";
import { spoken } from "../spoken.js";
import { short } from "../times.js";
import { channel } from "../words.js";
import { WHY, percent } from "./words.js";

export async function showDoubts(view, { say, suffer, isGone }) {
  const page = { ...(await ask("training/review")), open: null, say, suffer };
  if (isGone()) return;
  page.open = page.doubts[0]?.id ?? null;
  view.replaceChildren(
    make("h1", {}, "Da guardare"),
    make("p", { class: "lead" }, "Messaggi che l'assistente non ha capito, o che una persona ha dovuto correggere. I dati personali sono nascosti."),
    make("ul", { class: "doubts", id: "doubts", "aria-label": "Messaggi da guardare" }),
    make("details", { class: "decided" }, make("summary", {}, "Già decisi"), make("ul", { id: "decided" })),
  );
  draw(page);
}

function draw(page) {
  const empty = make("li", { class: "blank" }, icon("check-circle", "icon-xl"), make("p", { class: "blank-title" }, "Niente da guardare"), make("p", {}, "Quando l'assistente non capisce un messaggio, lo trova qui."));
  byId("doubts").replaceChildren(...(page.doubts.length ? page.doubts.map((doubt) => item(page, doubt)) : [empty]));
  byId("decided").replaceChildren(...page.decided.map((made) => decided(page, made)));
  byId("doubts-count").textContent = String(page.doubts.length);
  byId("doubts-count").hidden = page.doubts.length === 0;
}

function item(page, doubt) {
  const open = page.open === doubt.id;
  const toggle = () => {
    page.open = open ? null : doubt.id;
    draw(page);
    byId(open ? `decide-${doubt.id}` : `topic-${doubt.id}`)?.focus();
  };
  return make(
    "li",
    { class: "doubt", "data-id": doubt.id },
    make("p", { class: "doubt-why" }, make("strong", {}, WHY[doubt.why] ?? doubt.why), make("span", { class: "soft" }, channel(doubt)[0]), make("time", { class: "soft", datetime: doubt.created_at }, short(doubt.created_at)), doubt.times > 1 ? make("span", { class: "badge-ready" }, `${doubt.times} volte`) : null),
    make("blockquote", { class: "doubt-words", dir: "auto" }, ...spoken(doubt.text)),
    guesses(doubt),
    make("p", { class: "soft", dir: "auto" }, "Ha detto: ", ...spoken(doubt.said)),
    open ? form(page, doubt) : make("button", { type: "button", class: "btn btn-sm btn-outline-primary", id: `decide-${doubt.id}`, onclick: toggle, "aria-label": `Decidi: ${doubt.text.slice(0, 80)}` }, "Decidi"),
  );
}

function guesses({ guesses: found }) {
  if (!found.length) return null;
  return make("p", {}, "Pensava a: ", found.map(({ title, confidence }) => `${title} ${percent(confidence)}`).join(" · "));
}

function form(page, doubt) {
  const id = doubt.id;
  const topics = new Set(page.topics.map(({ key }) => key));
  const select = make("select", { id: `topic-${id}`, class: "form-select", "aria-describedby": `problem-${id}` }, make("option", { value: "" }, "Scelga l'argomento"), page.topics.map(({ key, title }) => make("option", { value: key }, title)));
  const quick = doubt.guesses.filter(({ topic }) => topics.has(topic)).map(({ topic, title }) => make("button", { type: "button", class: "chip-button", onclick: () => ((select.value = topic), select.focus()) }, title));
  const text = make("textarea", { id: `text-${id}`, rows: "2", maxlength: "1000", dir: "auto", "aria-describedby": `hint-${id} problem-${id}` });
  text.value = doubt.text;
  return make(
    "form",
    { class: "decide", novalidate: true, onsubmit: (event) => decide(event, page, doubt, { decision: "added", topic: select.value, text: text.value }) },
    make("div", { class: "field" }, make("label", { for: `topic-${id}` }, "Argomento giusto"), select, quick.length ? make("div", { class: "chips", role: "group", "aria-label": "Argomenti a cui pensava" }, quick) : null),
    make("div", { class: "field" }, make("label", { for: `text-${id}` }, "Frase da imparare"), text, make("p", { class: "soft", id: `hint-${id}` }, "Tolga nomi e dati personali: la frase resta fra quelle dell'assistente.")),
    make("p", { class: "problem", id: `problem-${id}`, role: "alert" }),
    make("div", { class: "buttons" }, make("button", { type: "submit", class: "btn btn-primary" }, "Aggiungi alle frasi"), make("button", { type: "button", class: "btn btn-outline-primary", onclick: (event) => decide(event, page, doubt, { decision: "ignored" }) }, "Ignora")),
  );
}

async function decide(event, page, doubt, body) {
  event.preventDefault();
  byId(`problem-${doubt.id}`).textContent = "";
  if (body.decision === "added" && !body.topic) return refuse(doubt, "Scelga l'argomento giusto dall'elenco.");
  try {
    done(page, doubt, await tell(`training/review/${doubt.id}`, body));
  } catch (problem) {
    if (problem.status === 401) return page.suffer(problem);
    if (!problem.present) return refuse(doubt, problem.message);
    done(page, doubt, problem.present, problem.message);
  }
}

function refuse(doubt, sentence) {
  byId(`problem-${doubt.id}`).textContent = sentence;
  byId(`topic-${doubt.id}`).focus();
}

/** On to the next one, with the hands where they were. */
function done(page, doubt, made, lost = "") {
  const place = page.doubts.findIndex(({ id }) => id === doubt.id);
  page.doubts = page.doubts.filter(({ id }) => id !== doubt.id);
  page.decided = [made, ...page.decided];
  page.open = (page.doubts[place] ?? page.doubts.at(-1))?.id ?? null;
  draw(page);
  page.say(lost ? `${lost} ${outcome(made)}` : outcome(made));
  (byId(`topic-${page.open}`) ?? byId("view")).focus();
}

const outcome = ({ decision, title }) => (decision === "added" ? `Aggiunta alle frasi di «${title}».` : "Messaggio ignorato.");

function decided(page, made) {
  const words = made.decision === "added" ? [make("strong", {}, made.title), ` «${made.text}»`] : [make("strong", {}, "Ignorato")];
  const label = `Annulla la decisione: ${made.text ?? "messaggio ignorato"}`;
  return make("li", { dir: "auto" }, ...words, make("span", { class: "soft" }, ` ${made.author}, ${short(made.created_at)} `), make("button", { type: "button", class: "plain", "aria-label": label, onclick: () => withdraw(page, made) }, icon("refresh"), "Annulla"));
}

/** The message stands among those to be looked at again. */
async function withdraw(page, made) {
  try {
    await tell(`training/review/${made.message_id}/withdraw`);
    Object.assign(page, await ask("training/review"));
    page.open = made.message_id;
    draw(page);
    page.say("Decisione annullata: il messaggio è di nuovo da guardare.");
    (byId(`topic-${page.open}`) ?? byId("decided")).focus();
  } catch (problem) {
    if (problem.status === 401) return page.suffer(problem);
    page.say(problem.message);
  }
}
