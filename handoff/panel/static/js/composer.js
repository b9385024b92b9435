// Where one writes: a reply for the citizen or a note for colleagues, never mistaken.
import { draft, keepDraft } from "./drafts.js";
import { drawElsewhere } from "./elsewhere.js";
import { byId } from "./elements.js";
import { drawFiles, dropFiles, filesOf, startFiles } from "./files.js";
import { blocked, reachable } from "./reach.js";

const MOST = 4000;
const NUMBER = new Intl.NumberFormat("it-IT", { useGrouping: "always" });
const BY_VOICE = ["Che cosa ha detto al cittadino", "Registra"];
const MODES = {
  reply: ["Risposta: la legge il cittadino", "Invia risposta"],
  note: ["Nota interna: la leggono solo i colleghi", "Salva nota"],
};
let ticket = null;
let me = null;
let mode = "reply";
let sending = false;

/** `send` takes kind, text and files; `sendThere` another conversation of the citizen, text and files. */
export function startComposer(send, sendThere) {
  byId("tab-reply").addEventListener("click", () => write("reply"));
  byId("tab-note").addEventListener("click", () => write("note"));
  byId("composer").querySelector("[role=tablist]").addEventListener("keydown", turn);
  byId("text").addEventListener("input", keep);
  byId("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) byId("composer").requestSubmit();
  });
  byId("composer").addEventListener("submit", (event) => submit(event, send));
  byId("elsewhere").addEventListener("click", ({ target }) => target.dataset.id && there(target.dataset.id, sendThere));
  startFiles(() => ticket, say);
}

/** Another ticket brings its own draft; the same one leaves the text alone. */
export function drawComposer(shown, operator) {
  const isNew = ticket?.id !== shown.id;
  [ticket, me] = [shown, operator];
  if (isNew) {
    mode = "reply";
    say("");
  }
  draw(isNew);
}

export function write(wanted) {
  mode = wanted;
  say("");
  draw(true);
  (barrier() ? byId(`tab-${mode}`) : byId("text")).focus();
}

function turn(event) {
  if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
  event.preventDefault();
  mode = mode === "reply" ? "note" : "reply";
  draw(true);
  byId(`tab-${mode}`).focus();
}

function draw(withText) {
  const [label, button] = mode === "reply" && ticket.reach?.standing === "by_hand" ? BY_VOICE : MODES[mode];
  byId("composer").dataset.mode = mode;
  for (const name of ["reply", "note"]) {
    byId(`tab-${name}`).setAttribute("aria-selected", String(name === mode));
    byId(`tab-${name}`).tabIndex = name === mode ? 0 : -1;
  }
  byId("composer-panel").setAttribute("aria-labelledby", `tab-${mode}`);
  byId("text-label").textContent = label;
  byId("send").textContent = button;
  drawAttach();
  drawFiles(mode === "reply" ? ticket.id : null);
  if (withText) byId("text").value = draft(ticket.id, mode);
  close(barrier());
  warn();
  count();
}

/** Where no file can go, the reason stands in the button's place. */
function drawAttach() {
  const elsewhere = blocked(ticket) && ticket.elsewhere?.some((other) => other.writable && other.takes_files);
  const none = ticket.reach?.takes_files === false && !elsewhere;
  byId("attach").hidden = mode !== "reply" || none;
  byId("no-files").hidden = mode !== "reply" || !none || barrier();
  byId("no-files").textContent = ticket.reach?.no_files ?? "";
}

/** Whether the citizen can be reached: said where one writes to them, before one writes. */
function warn() {
  const [sentence, isWarning] = (mode === "reply" && !byId("composer-body").hidden && reachable(ticket)) || ["", false];
  byId("open-template").hidden = !(mode === "reply" && !barrier() && ticket.reach?.has_templates);
  drawElsewhere(ticket, mode === "reply" && !barrier());
  byId("reach").textContent = sentence;
  byId("reach").hidden = !sentence;
  byId("reach").classList.toggle("reach-warning", isWarning);
}

/** Why one cannot write now. */
function barrier() {
  if (mode === "note") return "";
  if (ticket.state === "open") return "Per rispondere prenda in carico la richiesta. Una nota interna la può lasciare già ora.";
  if (ticket.state === "closed") return "La richiesta è chiusa: per scrivere al cittadino la riapra e la prenda in carico.";
  if (ticket.assignee?.id !== me.id) return `Risponde ${ticket.assignee?.name ?? "un collega"}. Può lasciare una nota interna.`;
  return "";
}

function close(sentence) {
  byId("composer-closed").textContent = sentence;
  byId("composer-closed").hidden = !sentence;
  byId("composer-body").hidden = Boolean(sentence);
}

function keep() {
  keepDraft(ticket.id, mode, byId("text").value);
  say("");
  count();
}

function count() {
  const length = [...byId("text").value.trim()].length;
  byId("counter").textContent = `${NUMBER.format(length)} / ${NUMBER.format(MOST)}`;
  byId("counter").classList.toggle("counter-over", length > MOST);
  byId("send").disabled = sending || length === 0 || length > MOST;
}

const say = (sentence) => (byId("composer-problem").textContent = sentence);

async function submit(event, send) {
  event.preventDefault();
  const text = byId("text").value.trim();
  if (sending || !text || barrier()) return;
  const files = mode === "reply" ? filesOf(ticket.id) : [];
  await deliver(files, (as) => send(as, text, files));
}

/** The same words, by another channel of the same citizen. */
async function there(conversationId, sendThere) {
  const text = byId("text").value.trim();
  if (sending || barrier()) return;
  const files = filesOf(ticket.id);
  if (!text) say("Scriva prima la risposta: parte sul canale che sceglie.");
  else await deliver(files, () => sendThere(conversationId, text, files));
}

async function deliver(files, post) {
  const [from, as] = [ticket.id, mode];
  hold(true);
  try {
    if (await post(as)) sent(from, as, files);
  } catch (problem) {
    say(`${problem.message} Il testo è conservato.`);
  } finally {
    hold(false);
  }
}

function sent(from, as, files) {
  dropFiles(from, files);
  keepDraft(from, as, "");
  if (ticket.id === from && mode === as) byId("text").value = "";
}

function hold(on) {
  sending = on;
  byId("composer").setAttribute("aria-busy", String(on));
  count();
}
