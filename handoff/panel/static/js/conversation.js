// The conversation: what was said, in order, and the notes of colleagues between it.
import { byId, icon, make } from "./elements.js";
import { attached, filesState } from "./files.js";
import { failure } from "./reach.js";
import { spoken } from "./spoken.js";
import { clock, date, short } from "./times.js";
import { AUTHORS, DELIVERIES, channelName } from "./words.js";

const NEAR = 80; // pixels from the end that count as being there
let resend = null; // what to do with a message that did not arrive
let drawn = null; // the ticket whose conversation stands there
let earlier = []; // pages before the one that comes with the ticket

export function drawConversation(ticket) {
  const isNew = drawn !== ticket.id;
  if (isNew) atEnd = true;
  const log = byId("log");
  if (isNew) forget(ticket, log);
  const before = log.children.length;
  place(log, ticket);
  byId("earlier").hidden = !hasEarlier(ticket);
  if (atEnd) toEnd();
  else if (log.children.length > before) byId("to-last").hidden = false;
  // a change of ticket is not news: the heading is read, the old messages are not
  if (isNew) requestAnimationFrame(() => byId("live-log").setAttribute("aria-live", "polite"));
}

function forget(ticket, log) {
  drawn = ticket.id;
  earlier = [];
  byId("live-log").setAttribute("aria-live", "off");
  log.replaceChildren();
}

let atEnd = true;

function toEnd() {
  byId("scroll").scrollTop = byId("scroll").scrollHeight;
}

function notice() {
  const scroll = byId("scroll");
  atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR;
  if (atEnd) byId("to-last").hidden = true;
}

export function watchScrolling(again) {
  resend = again;
  byId("scroll").addEventListener("scroll", notice, { passive: true });
  new ResizeObserver(() => atEnd && toEnd()).observe(byId("scroll"));
  byId("to-last").addEventListener("click", () => {
    toEnd();
    byId("scroll").focus();
  });
}

/** What may change of a message that stands there already. */
const look = ({ id, delivery, delivery_cause: cause, delivery_reason: reason, text, attachments, receipts }, ticket) => [delivery, cause, reason, text?.length, filesState(attachments), receipts?.length, ticket.can_resend, ticket.reach?.standing, ticket.messages.some(({ resent_of: original }) => original === id)].join("|");

const hasEarlier = (ticket) => (earlier.length ? earlier[0].seq > 1 : ticket.earlier);
export const firstSeq = (ticket) => (earlier[0] ?? ticket.messages[0]).seq;

export function addEarlier(ticket, messages) {
  const scroll = byId("scroll");
  const fromEnd = scroll.scrollHeight - scroll.scrollTop;
  earlier = [...messages, ...earlier];
  place(byId("log"), ticket);
  byId("earlier").hidden = !hasEarlier(ticket);
  scroll.scrollTop = scroll.scrollHeight - fromEnd;
}

function lines(ticket) {
  const known = new Set(ticket.messages.map((message) => message.id));
  const messages = [...earlier.filter((message) => !known.has(message.id)), ...ticket.messages];
  const notes = ticket.events.filter((event) => event.kind === "note");
  const there = ticket.events.filter((event) => event.kind === "replied_there");
  const all = [...messages.map((said) => ({ key: `m${said.id}`, said })), ...notes.map((said) => ({ key: `n${said.id}`, said, build: note })), ...there.map((said) => ({ key: `e${said.id}`, said, build: saidThere }))];
  all.sort((one, other) => Date.parse(one.said.created_at) - Date.parse(other.said.created_at));
  return all;
}

/** Adds what is missing and leaves what stands there: a screen reader reads only the new. */
function place(log, ticket) {
  const all = lines(ticket);
  const standing = new Map([...log.children].map((element) => [element.dataset.id, element]));
  let day = null;
  let spot = log.firstElementChild;
  const put = (key, state, build) => {
    let element = standing.get(key);
    if (element?.dataset.state !== state) {
      const fresh = build();
      Object.assign(fresh.dataset, { id: key, state });
      if (element) element.replaceWith(fresh);
      if (element && element === spot) spot = fresh;
      element = fresh;
    }
    if (element === spot) spot = spot.nextElementSibling;
    else log.insertBefore(element, spot);
    standing.delete(key);
  };
  for (const line of all) {
    const today = date(line.said.created_at);
    if (today !== day) put(`d${today}`, "", () => make("li", { class: "day" }, make("span", {}, today)));
    day = today;
    put(line.key, look(line.said, ticket), () => (line.build ?? message)(line.said, ticket));
  }
  for (const gone of standing.values()) gone.remove();
}

export function message(said, ticket) {
  const name = said.author === "operator" && said.author_name ? ` · ${said.author_name}` : "";
  return make(
    "li",
    { class: `said said-${said.author}` },
    make("p", { class: "said-who" }, make("strong", {}, `${AUTHORS[said.author] ?? said.author}${name}`), make("time", { datetime: said.created_at }, clock(said.created_at))),
    beside(said, ticket),
    said.text || !said.attachments?.length ? make("div", { class: "said-words", dir: "auto" }, ...spoken(said.text)) : null,
    attached(said.attachments),
    offered(said.buttons),
    delivered(said, ticket.reach),
    proofs(said.receipts),
    lost(said, ticket),
  );
}

function offered(buttons) {
  if (!buttons?.length) return null;
  return make("ul", { class: "offered", "aria-label": "Pulsanti proposti" }, buttons.map((button) => make("li", {}, button.title)));
}

/** What a reader must know before the words: who really wrote them, and of what. */
function beside(said, ticket) {
  const corrected = said.edits && ticket.messages.find(({ seq }) => seq === said.edits);
  const facts = [
    said.participant && ["said-stranger", "scrive un'altra persona, non verificata"],
    said.late && ["said-aside", `scritto il ${short(said.late)}, arrivato più tardi`],
    said.subject && ["said-subject", `Oggetto: ${said.subject}`],
    said.edits && ["said-aside", corrected ? `corregge il messaggio delle ${clock(corrected.created_at)}` : "corregge un messaggio precedente"],
    said.template && ["said-aside", `modello approvato «${said.template}»`],
    said.resent_of && ["said-aside", "inviato di nuovo"],
  ].filter(Boolean);
  return facts.map(([sort, words]) => make("p", { class: `said-beside ${sort}`, dir: "auto" }, ...spoken(words)));
}

/** What a certified provider wrote about the message, as it came. */
function proofs(receipts) {
  if (!receipts?.length) return null;
  const links = receipts.map(({ id, name, sha256, created_at: at }) => make("li", {}, make("a", { href: `/allegati/${id}`, download: true, title: `SHA-256: ${sha256}` }, icon("clip", "icon-xs"), name), make("span", { class: "file-about" }, `${date(at)}, ${clock(at)}`)));
  return make("ul", { class: "files", "aria-label": "Ricevute PEC" }, links);
}

function delivered(said, reach) {
  if (!said.delivery) return null;
  const [word, tone] = DELIVERIES[said.delivery] ?? [said.delivery, "wait"];
  if (said.author !== "operator" && !["bad", "held"].includes(tone)) return null;
  const sign = { bad: "warning-circle", fine: "check", wait: "refresh", held: "info-circle" }[tone];
  const why = said.delivery === "failed" ? failure(said, reach) : said.delivery !== "unknown" && said.delivery_reason;
  return make("p", { class: `delivery delivery-${tone}` }, icon(sign, "icon-xs"), why ? `${word}: ${why}` : word);
}

/** One press, one more message: what is unknown may have arrived, so the button says so. What
 * would fail again is not offered: there the way that is left is told. */
function lost(said, ticket) {
  if (!["failed", "unknown"].includes(said.delivery) || !ticket.can_resend) return null;
  if (ticket.messages.some(({ resent_of: original }) => original === said.id)) return null;
  const vain = said.template ? null : ticket.reach?.not_again?.[said.author === "operator" ? "operator" : "bot"];
  if (vain) return make("p", { class: "delivery delivery-held" }, vain);
  const word = said.delivery === "unknown" ? "Invia di nuovo (forse arriva due volte)" : "Invia di nuovo";
  return make("p", { class: "delivery" }, make("button", { type: "button", class: "btn btn-sm btn-outline-primary", onclick: () => resend(said.id) }, word));
}

function saidThere(said) {
  return make(
    "li",
    { class: "said said-system" },
    make("p", { class: "said-who" }, make("time", { datetime: said.created_at }, clock(said.created_at))),
    make("div", { class: "said-words" }, `${said.author ?? "Un operatore"} ha risposto su ${channelName(said.text ?? "")}: il cittadino lo legge lì.`),
  );
}

function note(said) {
  return make(
    "li",
    { class: "said said-note" },
    make(
      "p",
      { class: "said-who" },
      icon("locked", "icon-xs"),
      make("strong", {}, `Nota interna · ${said.author ?? ""}`),
      make("span", { class: "said-for" }, "la leggono solo i colleghi"),
      make("time", { datetime: said.created_at }, clock(said.created_at)),
    ),
    make("div", { class: "said-words", dir: "auto" }, ...spoken(said.text ?? "")),
  );
}
