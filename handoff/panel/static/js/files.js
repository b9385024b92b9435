// Files: those that came and went with messages, and those that wait to go with a reply.
import { upload } from "./api.js";
import { byId, icon, make } from "./elements.js";

const LARGEST = 20 * 1024 * 1024;
const MOST = 10;
const NUMBER = new Intl.NumberFormat("it-IT", { maximumFractionDigits: 1 });
const STATES = { ready: "in arrivo", run: "in arrivo", held: "in verifica", refused: "non accettato" };
const waiting = new Map(); // ticket id → files that the next reply takes along
let shownFor = null;

/** The files of a message; only what was found harmless can be opened. */
export function attached(files) {
  if (!files?.length) return null;
  return make("ul", { class: "files", "aria-label": "Allegati" }, files.map((file) => make("li", {}, ...line(file))));
}

/** What makes a message look different from before. */
export const filesState = (files) => (files ?? []).map(({ state }) => state).join();

function line(file) {
  const name = [icon("clip", "icon-xs"), file.name];
  const size = file.size ? make("span", { class: "file-about" }, sized(file.size)) : null;
  if (file.state === "kept") return [make("a", { href: `/allegati/${file.id}`, download: true }, ...name), size].filter(Boolean);
  const state = [STATES[file.state] ?? file.state, file.state === "refused" && file.reason].filter(Boolean).join(": ");
  return [make("span", { class: "file-name" }, ...name), size, make("span", { class: "file-about" }, state)].filter(Boolean);
}

function sized(bytes) {
  return bytes < 1024 * 1024 ? `${NUMBER.format(Math.ceil(bytes / 1024))} kB` : `${NUMBER.format(bytes / 1024 / 1024)} MB`;
}

export const filesOf = (ticketId) => (waiting.get(ticketId) ?? []).map(({ id }) => id);

export function dropFiles(ticketId, ids) {
  keep(ticketId, (waiting.get(ticketId) ?? []).filter(({ id }) => !ids.includes(id)));
}

function keep(ticketId, files) {
  waiting.set(ticketId, files);
  if (ticketId === shownFor) drawFiles(ticketId);
}

export function drawFiles(ticketId) {
  shownFor = ticketId;
  const files = waiting.get(ticketId) ?? [];
  byId("files").hidden = !files.length;
  byId("files").replaceChildren(...files.map((file) => make("li", {}, icon("clip", "icon-xs"), file.name, make("span", { class: "file-about" }, sized(file.size)), removal(ticketId, file))));
}

function removal(ticketId, file) {
  const drop = () => {
    dropFiles(ticketId, [file.id]);
    byId("attach").focus();
  };
  return make("button", { type: "button", class: "plain", onclick: drop }, icon("close", "icon-xs"), make("span", { class: "visually-hidden" }, `Togli ${file.name}`));
}

/** `ticket()` is the one that is open; `say` shows a sentence under the text. */
export function startFiles(ticket, say) {
  byId("attach").addEventListener("click", () => byId("file").click());
  byId("file").addEventListener("change", async () => {
    const [file] = byId("file").files;
    byId("file").value = "";
    if (file) await add(ticket().id, file, say);
  });
}

async function add(ticketId, file, say) {
  const files = waiting.get(ticketId) ?? [];
  if (file.size > LARGEST) return say("Il file è troppo grande: al massimo 20 MB.");
  if (files.length >= MOST) return say("Una risposta porta al massimo dieci file.");
  say("");
  byId("attach").disabled = true;
  try {
    const kept = await upload(`tickets/${ticketId}/attachments`, file);
    keep(ticketId, [...(waiting.get(ticketId) ?? []), kept]);
  } catch (problem) {
    say(problem.message);
  } finally {
    byId("attach").disabled = false;
  }
}
