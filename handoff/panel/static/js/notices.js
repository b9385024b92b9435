// Notices: what citizens read first, and what those who read it are told when it is over.
import { ask, tell } from "./api.js";
import { byId, make } from "./elements.js";
import { complain, suffer } from "./problems.js";
import { short } from "./times.js";

const WRITERS = new Set(["manager", "administrator"]);
let [me, topics] = [null, []];

async function start() {
  me = (await ask("me")).operator;
  byId("new").hidden = !WRITERS.has(me.role);
  await draw();
  byId("topics").replaceChildren(...topics.map(choice));
}

async function draw() {
  const { notices, topics: known } = await ask("notices");
  topics = known;
  byId("none").hidden = notices.length > 0;
  byId("list").replaceChildren(...notices.map(card));
}

function choice({ id, title }) {
  const box = make("input", { type: "checkbox", value: id, onchange: count });
  return make("label", { class: "topic", "data-title": title.toLowerCase() }, box, ` ${title}`);
}

function chosen() {
  return [...byId("topics").querySelectorAll("input:checked")].map(({ value }) => value);
}

function count() {
  const many = chosen().length;
  byId("chosen").textContent = many
    ? `Argomenti scelti: ${many}.`
    : "Nessun argomento scelto: l'avviso vale per tutte le risposte.";
}

function filter() {
  const words = byId("filter").value.trim().toLowerCase();
  for (const label of byId("topics").children) label.hidden = !label.dataset.title.includes(words);
}

function card(notice) {
  const titles = notice.topics.map((id) => topics.find((topic) => topic.id === id)?.title ?? id);
  const close = notice.in_force && WRITERS.has(me.role) ? closer(notice) : null;
  return make(
    "li",
    { class: "notice-card", "data-force": String(notice.in_force) },
    make("p", { class: "notice-state" }, stands(notice)),
    make("p", { class: "notice-text" }, notice.text),
    make("p", { class: "hint" }, `${titles.join(", ") || "Tutte le risposte"} · scritto da ${notice.author} · letto in ${notice.reached} conversazioni`),
    close,
  );
}

function stands({ in_force, ends_at, closed_at }) {
  if (in_force) return `In corso, fino a ${short(ends_at)}`;
  return closed_at ? `Chiuso, ${short(closed_at)}` : `Finito, ${short(ends_at)}`;
}

function closer(notice) {
  const words = `Chiudi l'avviso: ${notice.text.slice(0, 40)}`;
  return make("button", { type: "button", class: "btn btn-sm btn-outline-primary", "aria-label": words, onclick: () => askToClose(notice) }, "Chiudi l'avviso");
}

function askToClose(notice) {
  const dialog = byId("close");
  byId("closing").value = "";
  dialog.returnValue = "no";
  dialog.onclose = () => dialog.returnValue === "yes" && close(notice).catch(suffer);
  dialog.showModal();
}

async function close(notice) {
  await tell(`notices/${notice.id}/close`, { text: byId("closing").value.trim() || null });
  await draw();
  announce("Avviso chiuso.");
}

async function publish(event) {
  event.preventDefault();
  const ends = new Date(byId("ends").value);
  const wanted = { text: byId("text").value, topics: chosen(), ends_at: Number.isNaN(ends.getTime()) ? "" : ends.toISOString() };
  await tell("notices", wanted);
  event.target.reset();
  count();
  complain("");
  await draw();
  announce("Avviso pubblicato.");
}

function announce(words) {
  byId("announcer").textContent = words;
}

byId("new").addEventListener("submit", (event) => publish(event).catch(suffer));
byId("filter").addEventListener("input", filter);
start().catch(suffer);
