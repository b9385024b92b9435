// What stands above a conversation: whose it is, how it stands, what can be done.
import { byId, icon, make, redraw } from "./elements.js";
import { spoken } from "./spoken.js";
import { age, short, term } from "./times.js";
import { STATES, channel, citizen, kind } from "./words.js";

const ACTIONS = {
  take: ["Prendi in carico", "p", "btn-primary"],
  close: ["Chiudi", "e", "btn-outline-primary"],
  "hand-back": ["Restituisci all'assistente", null, "btn-outline-primary"],
  reopen: ["Riapri", null, "btn-primary"],
};

export function possible(ticket, me) {
  if (ticket.state === "open") return ["take", "close"];
  if (ticket.state === "closed") return ["reopen"];
  if (ticket.assignee?.id !== me.id) return [];
  return ticket.reach?.assistant === false ? ["close"] : ["close", "hand-back"];
}

export function drawHeader(ticket, { me, busy, act, back, toggleDetails }) {
  const { tone, word } = term(ticket);
  const since = age(ticket.opened_at);
  const seen = [ticket.id, ticket.version, ticket.state, ticket.citizen, tone, since, busy];
  redraw(byId("open-head"), seen, () => [
    make(
      "div",
      { class: "open-line" },
      make("button", { type: "button", class: "plain only-narrow", "data-key": "back", onclick: back }, icon("arrow-left"), "Coda"),
      make("h2", { id: "conversation-title", tabindex: "-1", dir: "auto" }, ...spoken(citizen(ticket))),
      make("span", { class: `state state-${ticket.state}` }, STATES[ticket.state]),
      ticket.state === "closed" ? null : make("span", { class: `term term-${tone}` }, word),
      make("button", { type: "button", class: "plain only-no-aside", "data-key": "details", onclick: toggleDetails }, icon("info-circle"), "Dettagli"),
    ),
    make("div", { class: "open-line" }, about(ticket, { me, since }), actions(ticket, { me, busy, act })),
  ]);
}

function about(ticket, { me, since }) {
  const [word, sign] = kind(ticket);
  const [way, waySign] = channel(ticket);
  const by = ticket.assignee && (ticket.assignee.id === me.id ? "Lei" : ticket.assignee.name);
  const holder = by && (ticket.state === "closed" ? `seguita da ${by}` : `in carico a ${by}`);
  return make(
    "p",
    { class: "about" },
    make("strong", { class: "about-name" }, ticket.name),
    make("span", { class: ticket.priority === 0 ? "about-urgent" : null }, icon(sign, "icon-xs"), word),
    make("span", {}, icon(waySign, "icon-xs"), way),
    make("time", { datetime: ticket.opened_at, title: short(ticket.opened_at) }, since),
    holder && make("span", {}, icon("user", "icon-xs"), holder),
  );
}

function actions(ticket, { me, busy, act }) {
  return make("div", { class: "actions" }, possible(ticket, me).map((name) => action(name, { busy, act })));
}

function action(name, { busy, act }) {
  const [word, key, look] = ACTIONS[name];
  const attributes = { type: "button", class: `btn btn-sm ${look}`, "data-key": name, disabled: busy, onclick: () => act(name) };
  return make("button", attributes, word, key && make("kbd", { "aria-hidden": "true" }, key));
}
