// What is known about a request beside its conversation.
import { channelsOf } from "./elsewhere.js";
import { byId, icon, make, redraw } from "./elements.js";
import { askProtocol } from "./protocol.js";
import { reachable } from "./reach.js";
import { spoken } from "./spoken.js";
import { day, short, term } from "./times.js";
import { DECISIONS, EVENTS, REASONS, SCORES, STATES, channel, channelName, citizen, field, kind } from "./words.js";

export function drawDetails(ticket, me) {
  const { messages: _messages, ...seen } = ticket;
  redraw(byId("details-body"), [seen, network(ticket), term(ticket).word], () => [
    section("Cittadino", facts([["Nome", citizen(ticket)], ["Identità", identity(ticket)], ["Canale", channel(ticket)[0]], ["Rete", network(ticket)], ["Scrivergli", reachable(ticket)?.[0]]])),
    kin(ticket),
    others(ticket),
    section("Richiesta", facts(request(ticket, me))),
    register(ticket),
    terms(ticket),
    form(ticket),
    understood(ticket),
    survey(ticket),
    section("Storia", history(ticket)),
  ]);
}

/** Names and addresses are what their writers say; certified mail vouches for the mailbox. */
const identity = ({ channel: way }) => (way === "pec" ? "casella certificata, non la persona" : "non verificata");

/** Of a channel that brings in several: where the citizen wrote last. */
const network = ({ messages }) => messages.findLast(({ network: name }) => name)?.network;

function section(title, ...children) {
  return make("section", { class: "facts" }, make("h3", {}, title), ...children);
}

function facts(pairs) {
  return make("dl", {}, pairs.filter(([, value]) => value).map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", { dir: "auto" }, ...spoken(String(value))))));
}

function request(ticket, me) {
  const { word } = term(ticket);
  return [
    ["Numero", ticket.name],
    ["Tipo", kind(ticket)[0]],
    ["Perché", REASONS[ticket.reason] ?? ticket.reason],
    ["Argomento", ticket.topic_title],
    ["Stato", STATES[ticket.state]],
    [ticket.state === "closed" ? "Seguita da" : "In carico a", ticket.assignee && (ticket.assignee.id === me.id ? `${ticket.assignee.name} (Lei)` : ticket.assignee.name)],
    ["Aperta", short(ticket.opened_at)],
    ["Entro", ticket.state === "closed" ? null : `${short(ticket.due_at)} · ${word}`],
    ["Chiusa", ticket.closed_at && short(ticket.closed_at)],
  ];
}

/** Letters by certified mail stand in a register of their own. */
function register(ticket) {
  if (ticket.kind !== "posta" && !ticket.protocol) return null;
  const change = make("button", { type: "button", class: "btn btn-sm btn-outline-primary", "data-key": "protocol", onclick: () => askProtocol(ticket) }, ticket.protocol ? "Correggi il numero" : "Scrivi il numero");
  return section("Protocollo", facts([["Numero", ticket.protocol ?? "non ancora protocollata"]]), change);
}

function terms({ terms: legal }) {
  if (!legal) return null;
  const late = (stage) => (legal.stage === stage ? " · in ritardo" : "");
  const review = legal.review_by && `fino al ${day(legal.review_by)}`;
  return section("Termini del reclamo", facts([["Avvio", `entro il ${day(legal.start_by)}${late("late_start")}`], ["Risposta", `entro il ${day(legal.answer_by)}${late("late_answer")}`], ["Riesame", review]]));
}

function form(ticket) {
  const filled = Object.entries(ticket.fields ?? {}).map(([name, value]) => [field(name), value]);
  return filled.length ? section("Modulo", facts(filled)) : null;
}

function understood({ understood: found }) {
  if (!found) return null;
  const percent = typeof found.confidence === "number" ? `${Math.round(found.confidence * 100)} %` : null;
  return section("Che cosa ha capito l'assistente", facts([["Argomento", found.title], ["Sicurezza", percent], ["Allora", DECISIONS[found.decision] ?? found.decision]]));
}

function survey({ survey: asked }) {
  if (!asked) return null;
  const score = asked.score ? `${asked.score} su 5, ${SCORES[asked.score]}` : "non ha ancora risposto";
  return section("Soddisfazione", facts([["Voto", score], ["Commento", asked.comment]]));
}

function kin(ticket) {
  const found = channelsOf(ticket);
  return found && section("Stessa persona anche su", found);
}

function others({ others: found }) {
  if (!found.length) return null;
  const links = found.map((other) => make("li", {}, make("a", { href: `#${other.id}`, "data-key": other.id }, other.name), ` ${kind(other)[0]}, ${STATES[other.state].toLowerCase()}`));
  return section("Altre richieste di questa conversazione", make("ul", { class: "others" }, links));
}

function history(ticket) {
  return make("ol", { class: "history" }, ticket.events.map((event) => happened(event)));
}

function happened(event) {
  const [word, sign] = EVENTS[event.kind] ?? [event.kind, "info-circle"];
  const who = event.author ? ` · ${event.author}` : "";
  const text = ["linked", "unlinked", "replied_there"].includes(event.kind) ? channelName(event.text) : event.text;
  const told = ["detail", "protocol", "linked", "unlinked", "replied_there", "replied_for"].includes(event.kind) && text ? make("span", { dir: "auto" }, ": ", ...spoken(text)) : null;
  return make("li", {}, icon(sign, "icon-xs"), make("span", {}, make("strong", {}, word), who, told), make("time", { datetime: event.created_at }, short(event.created_at)));
}
