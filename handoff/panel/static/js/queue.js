// The queue: filters with counts, a search, and a card per request.
import { arrange, byId, icon, make, redraw } from "./elements.js";
import { spoken } from "./spoken.js";
import { age, short, term } from "./times.js";
import { EMPTY, FILTERS, channel, citizen, kind } from "./words.js";

const cards = new Map();

export function shown({ tickets, filter, search, me }) {
  return tickets.filter((ticket) => belongs(ticket, filter, me) && fits(ticket, search));
}

function belongs(ticket, filter, me) {
  if (filter === "mine") return ticket.state === "taken" && ticket.assignee?.id === me.id;
  return ticket.state === filter;
}

function fits(ticket, search) {
  const words = [ticket.name, citizen(ticket), ticket.excerpt, kind(ticket)[0], channel(ticket)[0], ticket.assignee?.name];
  return words.join(" ").toLowerCase().includes(search.trim().toLowerCase());
}

export function drawFilters(state, choose) {
  redraw(byId("filters"), [state.filter, state.counts], () =>
    FILTERS.map(([name, word]) =>
      make(
        "button",
        { type: "button", class: "filter", "data-key": name, "aria-pressed": String(state.filter === name), onclick: () => choose(name) },
        make("span", { class: "filter-word" }, word),
        make("span", { class: "filter-count" }, state.counts ? String(state.counts[name]) : "–"),
      ),
    ),
  );
}

export function drawQueue(state) {
  const list = shown(state);
  const wanted = state.loaded ? list.map((ticket) => card(ticket, state)) : skeletons();
  arrange(byId("queue-list"), wanted);
  byId("queue-list").setAttribute("aria-busy", String(!state.loaded));
  drawBlank(state, list);
  for (const id of cards.keys()) if (!state.tickets.some((ticket) => ticket.id === id)) cards.delete(id);
}

function skeletons() {
  return Array.from({ length: 6 }, () => make("li", { class: "skeleton", "aria-hidden": "true" }));
}

function drawBlank(state, list) {
  const blank = byId("queue-blank");
  blank.hidden = !state.loaded || list.length > 0;
  byId("how-to-open").hidden = !list.length;
  if (blank.hidden) return;
  const [title, words, sign] = state.search ? ["Niente di simile", "Provi con un'altra parola o un altro filtro.", "search"] : EMPTY[state.filter];
  redraw(blank, title, () => [icon(sign, "icon-xl"), make("p", { class: "blank-title" }, title), make("p", {}, words)]);
}

function card(ticket, state) {
  const item = cards.get(ticket.id) ?? make("li", { "data-id": ticket.id });
  cards.set(ticket.id, item);
  const { tone, word } = term(ticket);
  const since = age(ticket.state === "closed" ? ticket.closed_at : ticket.opened_at);
  const current = ticket.id === state.openId;
  const seen = [ticket, tone, since, current];
  redraw(item, seen, () => [link(ticket, { tone, word, since, current, me: state.me })]);
  return item;
}

function link(ticket, { tone, word, since, current, me }) {
  return make(
    "a",
    {
      class: `card-link${ticket.priority === 0 && ticket.state !== "closed" ? " card-urgent" : ""}`,
      href: `#${ticket.id}`,
      "data-key": "link",
      "aria-current": current ? "true" : null,
    },
    top(ticket),
    make("span", { class: "card-who", dir: "auto" }, ...spoken(citizen(ticket)), make("span", { class: "card-name" }, ticket.name)),
    make("span", { class: "card-words", dir: "auto" }, ...spoken(ticket.excerpt || "Nessuna parola")),
    bottom(ticket, { tone, word, since, me }),
  );
}

function top(ticket) {
  const [word, sign] = kind(ticket);
  const [way, waySign] = channel(ticket);
  return make(
    "span",
    { class: "card-top" },
    make("span", { class: "card-kind" }, icon(sign, "icon-xs"), word),
    make("span", { class: "card-channel" }, icon(waySign, "icon-xs"), way),
  );
}

function bottom(ticket, { tone, word, since, me }) {
  return make(
    "span",
    { class: "card-bottom" },
    make("span", { class: `term term-${tone}` }, word),
    make("time", { datetime: ticket.opened_at, title: short(ticket.opened_at) }, since),
    ticket.assignee && make("span", { class: "card-assignee" }, icon("user", "icon-xs"), ticket.assignee.id === me.id ? "Lei" : ticket.assignee.name),
  );
}
