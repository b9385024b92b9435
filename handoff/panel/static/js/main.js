// The panel: one state, drawn again whenever it changes.
import { drawAlarm, emergencies } from "./alarm.js";
import { Problem, ask, tell } from "./api.js";
import { isStillMeant, isSure } from "./asking.js";
import { drawComposer, startComposer, write } from "./composer.js";
import { hideConflict, showConflict } from "./conflict.js";
import { openContact, startContact } from "./contact.js";
import { addEarlier, drawConversation, firstSeq, watchScrolling } from "./conversation.js";
import { drawDetails } from "./details.js";
import { dropDrafts } from "./drafts.js";
import { startElsewhere } from "./elsewhere.js";
import { byId } from "./elements.js";
import { drawHeader, possible } from "./header.js";
import { startKeys } from "./keys.js";
import { listen } from "./live.js";
import { startProtocol } from "./protocol.js";
import { startTemplate } from "./template.js";
import { drawFilters, drawQueue, shown } from "./queue.js";

const TICKET = /^[0-9a-f]{32}$/;
const TICK = 15_000; // ages and deadlines grow by themselves
const AT_WORK = 5 * 60_000; // how often typing alone tells the server that somebody is here
const state = { me: null, tickets: [], counts: null, loaded: false, filter: "open", search: "", openId: null, open: null, busy: false, leaving: false };
let workedAt = Date.now();

function draw() {
  drawFilters(state, choose);
  drawQueue(state);
  drawAlarm(state);
  drawOpen();
}

function drawOpen() {
  const ticket = state.open;
  byId("open").hidden = !ticket;
  byId("nothing-open").hidden = Boolean(ticket);
  byId("details").hidden = !ticket;
  if (!ticket) return;
  drawHeader(ticket, { me: state.me, busy: state.busy, act, back, toggleDetails });
  drawComposer(ticket, state.me); // first: its height decides where the conversation ends
  drawConversation({ ...ticket, can_resend: ticket.state === "taken" && ticket.assignee?.id === state.me.id });
  drawDetails(ticket, state.me);
}

async function readQueue({ background = true } = {}) {
  const { tickets, counts } = await ask("tickets?state=all", { background });
  Object.assign(state, { tickets, counts, loaded: true });
  draw();
}

async function readOpen({ background = true } = {}) {
  const id = state.openId;
  if (!id) return;
  const ticket = await ask(`tickets/${id}`, { background });
  // an answer to an older question must not undo what was done meanwhile
  if (state.openId === id && !(state.open?.id === id && state.open.version > ticket.version)) state.open = ticket;
  draw();
}

const refresh = () => Promise.all([readQueue(), readOpen()]).catch(suffer);

function suffer(problem) {
  if (!(problem instanceof Problem)) throw problem;
  if (problem.status === 401) loggedOut();
  if (problem.status === 404) leaveTicket();
}

const loggedOut = () => state.leaving || location.assign(`/panel/login?perche=scaduta${location.hash}`);

let hinted = null;
/** Many hints in a moment are one question. */
function hint() {
  hinted ??= setTimeout(() => {
    hinted = null;
    refresh();
  }, 60);
}

function choose(filter) {
  state.filter = filter;
  draw();
}

async function follow() {
  const id = location.hash.slice(1);
  if (id === (state.openId ?? "") || (id && !TICKET.test(id))) return; // a skip link
  hideConflict();
  state.openId = id || null;
  state.open = null;
  show(id ? "conversation" : "queue");
  draw();
  await readOpen({ background: false }).catch(suffer);
}

const leaveTicket = () => (location.hash = "");

function show(view) {
  document.body.dataset.view = view;
}

function back() {
  leaveTicket();
  focusQueue();
}

function toggleDetails() {
  show(document.body.dataset.view === "details" ? "conversation" : "details");
  if (document.body.dataset.view === "details") byId("close-details").focus();
}

function closeDetails() {
  show("conversation");
  document.querySelector('#open-head [data-key="details"]')?.focus();
}

async function act(action) {
  const ticket = state.open;
  if (!ticket || state.busy || !possible(ticket, state.me).includes(action)) return;
  if (!(await isSure(action, ticket))) return;
  const next = action === "close" ? neighbour(1) : null;
  const now = state.open?.id === ticket.id ? state.open : ticket; // it may have changed behind the question
  if (await change(now, action).catch(complain)) goOn(action, next);
}

/** True if it was done; a conflict shows how things stand instead. */
async function change(ticket, action, body = {}) {
  const step = { path: `tickets/${ticket.id}/${action}`, text: body.text, version: versionFor(ticket, action, body) };
  setBusy(true);
  try {
    accept(await tell(step.path, { version: step.version, ...seen(ticket, action), ...body }));
    hideConflict();
    unsure = null;
    return true;
  } catch (problem) {
    unsure = problem.status === 0 || problem.status >= 502 ? step : null;
    if (problem.status !== 409) throw problem;
    return lose(problem, ticket, action, body);
  } finally {
    setBusy(false);
  }
}

let unsure = null; // a step whose receipt got lost: it may have arrived

/** Said again, such a step carries its old version, so that the server does it once. */
function versionFor(ticket, action, body) {
  const again = unsure?.path === `tickets/${ticket.id}/${action}` && unsure.text === body.text;
  return again ? unsure.version : ticket.version;
}

/** What had been read when the reply was sent: the citizen may have written since. */
const seen = ({ messages }, action) => (action === "reply" ? { seen: messages.at(-1)?.seq ?? 0 } : {});

async function lose(problem, ticket, action, body) {
  accept(problem.ticket);
  if (problem.unread) return (await isStillMeant()) && change(problem.ticket, action, body);
  if (wasSaid(problem.ticket, action, body.text)) return true;
  if (state.openId === ticket.id) showConflict(problem.message, problem.ticket, state.me);
  return false;
}

function wasSaid({ messages, events }, action, text) {
  if (action === "reply") {
    const last = messages.findLast(({ author }) => author === "operator");
    return last?.text === text && last.author_name === state.me.name;
  }
  const last = events.findLast(({ kind }) => kind === "note");
  return action === "note" && last?.text === text && last.author === state.me.name;
}

function accept(ticket) {
  if (state.openId === ticket.id) state.open = ticket;
  state.tickets = state.tickets.map((known) => (known.id === ticket.id ? { ...known, ...card(ticket) } : known));
  refresh();
}

function card({ state: stands, version, assignee, replied_at, awaits_reply, closed_at }) {
  return { state: stands, version, assignee, replied_at, awaits_reply, closed_at };
}

function complain(problem) {
  suffer(problem);
  byId("composer-problem").textContent = problem.message;
}

function setBusy(busy) {
  state.busy = busy;
  if (state.open) drawOpen();
}

function goOn(action, next) {
  if (action === "take") return write("reply");
  if (action === "close" && next) return openCard(next.id);
  if (action === "close") leaveTicket();
  return focusQueue();
}

function neighbour(step) {
  const list = shown(state);
  const place = list.findIndex((ticket) => ticket.id === state.openId);
  const found = list[place < 0 ? 0 : place + step];
  return found?.id === state.openId ? null : (found ?? (step > 0 && place > 0 ? list[place - 1] : null));
}

function go(step) {
  const list = shown(state);
  const place = list.findIndex((ticket) => ticket.id === state.openId);
  const target = list[place < 0 ? 0 : Math.min(Math.max(place + step, 0), list.length - 1)];
  if (target) openCard(target.id);
}

function openCard(id) {
  location.hash = id;
  focusQueue(id);
}

function focusQueue(id = state.openId) {
  const link = id && document.querySelector(`#queue-list [data-id="${CSS.escape(id)}"] a`);
  const target = link || document.querySelector("#queue-list a") || byId("queue-list");
  target.focus();
  target.scrollIntoView({ block: "nearest" });
}

function leave() {
  if (document.body.dataset.view === "details") return closeDetails();
  if (document.activeElement === byId("search") && state.search) return search("");
  return focusQueue();
}

function search(words) {
  state.search = byId("search").value = words;
  draw();
}

async function readEarlier() {
  const ticket = state.open;
  const { messages } = await ask(`tickets/${ticket.id}/messages?before=${firstSeq(ticket)}`).catch(suffer);
  if (state.open?.id === ticket.id) addEarlier({ ...state.open, can_resend: false }, messages);
}

/** A contact that goes on is opened; one that is closed is told, and the work goes on. */
function written(ticket) {
  if (ticket.state === "closed") byId("announcer").textContent = `Contatto registrato: ${ticket.name}.`;
  else location.hash = ticket.id;
  readQueue().catch(suffer);
}

function openAlarm() {
  const [first] = emergencies(state.tickets);
  if (!first) return;
  state.filter = "open";
  state.search = byId("search").value = "";
  openCard(first.id);
  draw();
}

async function logOut() {
  state.leaving = true;
  dropDrafts();
  await tell("logout").catch(() => {});
  location.assign("/panel/login?perche=uscita");
}

/** Typing a long reply is work too. */
function work() {
  if (Date.now() - workedAt < AT_WORK) return;
  workedAt = Date.now();
  ask("me").catch(suffer);
}

function wire() {
  startComposer((mode, text, files) => change(state.open, mode, files.length ? { text, attachments: files } : { text }), (conversation_id, text, attachments) => change(state.open, "reply-elsewhere", { conversation_id, text, attachments }));
  startElsewhere();
  startKeys({ j: () => go(1), k: () => go(-1), "/": () => byId("search").focus(), p: () => act("take"), r: () => state.open && write("reply"), n: () => state.open && write("note"), e: () => act("close"), c: openContact }, leave);
  startContact(written);
  startTemplate((wanted) => change(state.open, "template", wanted));
  startProtocol((protocol) => change(state.open, "protocol", { protocol }));
  watchScrolling((id) => change(state.open, `messages/${id}/resend`).catch(complain));
  byId("search").addEventListener("input", (event) => search(event.target.value));
  byId("earlier").addEventListener("click", readEarlier);
  byId("alarm-open").addEventListener("click", openAlarm);
  byId("close-details").addEventListener("click", closeDetails);
  byId("logout").addEventListener("click", logOut);
  addEventListener("hashchange", follow);
  for (const name of ["keydown", "pointerdown"]) addEventListener(name, work, { passive: true });
  setInterval(draw, TICK);
}

async function start() {
  state.me = (await ask("me")).operator;
  byId("who").textContent = state.me.name;
  byId("to-training").hidden = !["trainer", "administrator"].includes(state.me.role);
  wire();
  draw();
  await Promise.all([readQueue().catch(suffer), follow()]);
  listen({ refresh, hint, loggedOut });
}

start().catch(suffer);
