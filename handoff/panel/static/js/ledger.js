// What each channel received, what became of it, and what does not balance.
import { ask } from "./api.js";
import { byId, icon, make } from "./elements.js";
import { complain, suffer } from "./problems.js";
import { age, date } from "./times.js";
import { channel as called } from "./words.js";

const TICK = 60_000;
const FATES = [
  ["bot", "Assistente"],
  ["people", "Persone"],
  ["waiting_bot", "Attende l'assistente"],
  ["waiting_people", "Attende una persona"],
  ["not_due", "Senza risposta dovuta"],
  ["failed", "Non riusciti"],
  ["missing", "Mancano"],
];
const OUT = [
  ["sent", "Inviati"],
  ["delivered", "Consegnati"],
  ["read", "Letti"],
  ["fetched", "A disposizione nella chat"],
  ["under_way", "In partenza"],
  ["failed", "Non riusciti"],
  ["unknown", "Esito ignoto"],
  ["withheld", "Trattenuti"],
  ["elsewhere", "Scritti altrove"],
];
const WORRYING = ["failed", "unknown", "missing"];

async function draw(background) {
  const { lines, silent } = await ask(`ledger?days=${byId("days").value}`, { background });
  const open = new Set([...document.querySelectorAll("details[open]")].map((one) => one.id));
  const days = [...new Set(lines.map((line) => line.day))];
  byId("list").replaceChildren(...days.map((day, place) => section(day, lines.filter((line) => line.day === day), place, open)));
  judge(lines, silent);
  complain("");
}

function judge(lines, silent) {
  const faults = lines.filter((line) => !line.balances).length;
  const quiet = Object.entries(silent).map(([channel, heard]) => `${title({ channel })} tace più del solito: nessun messaggio ${age(heard)}.`);
  byId("verdict").dataset.tone = faults ? "bad" : quiet.length ? "odd" : "fine";
  byId("verdict").replaceChildren(
    ...[
      faults ? `Non quadra: ${faults === 1 ? "1 riga" : `${faults} righe`}, qui sotto in rosso.` : "Tutto quadra: nulla è andato perso.",
      ...quiet,
    ].map((words) => make("span", {}, words)),
  );
}

function section(day, lines, place, open) {
  const bad = lines.some((line) => !line.balances);
  const total = lines.reduce((sum, line) => sum + fates(line).received, 0);
  return make(
    "details",
    { class: "ledger-day", id: `day-${day}`, "data-tone": bad ? "bad" : "fine", open: bad || place === 0 || open.has(`day-${day}`) },
    make("summary", {}, make("h2", {}, date(`${day}T12:00`)), make("span", {}, `${total} ricevuti`), make("span", { class: "stands" }, bad ? "Non quadra" : "Quadra")),
    lines.flatMap((line) => line.faults.map((fault) => faultOf(line, fault))),
    table("Ricevuti, e che cosa ne è stato", [["received", "Ricevuti"], ...FATES], lines, fates),
    table("Scritti dallo sportello", [["written", "Scritti"], ...shown(OUT, lines)], lines, (line) => ({ written: line.written, ...line.out })),
    numbered(lines),
  );
}

/** What was received, by whichever count has more. */
const fates = (line) => ({ ...line.fates, received: Math.max(line.received, line.taken ?? 0), missing: line.missing });

/** Columns without a single number would only be in the way. */
const shown = (columns, lines) => columns.filter(([name]) => lines.some((line) => line.out[name]));

function faultOf(line, { told, ids }) {
  return make(
    "div",
    { class: "fault" },
    make("p", {}, icon("warning-circle", "icon-xs"), make("strong", {}, `${title(line)}: ${told}.`)),
    ids.length ? make("p", { class: "fault-ids" }, `Dove guardare: ${ids.join(", ")}`) : null,
  );
}

function table(caption, columns, lines, numbers) {
  const sums = (name) => lines.reduce((sum, line) => sum + numbers(line)[name], 0);
  return make(
    "table",
    { class: "ledger-table" },
    make("caption", {}, caption),
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Canale"), columns.map(([, word]) => make("th", { scope: "col" }, word)))),
    make("tbody", {}, lines.map((line) => row(title(line), columns, (name) => numbers(line)[name], line.balances))),
    lines.length > 1 ? make("tfoot", {}, row("In tutto", columns, sums, true)) : null,
  );
}

function row(name, columns, number, balances) {
  const cell = ([key, word]) => make("td", { "data-word": word, "data-none": number(key) === 0, class: WORRYING.includes(key) && number(key) ? "bad" : null }, String(number(key)));
  return make("tr", { "data-tone": balances ? null : "bad" }, make("th", { scope: "row" }, name), columns.map(cell));
}

function numbered(lines) {
  const series = lines.flatMap((line) => line.series.map((one) => `${title(line)}, ${one.name}: presi ${one.taken}, ultimo ${one.last}${one.missing ? `, mancanti ${one.missing}` : ""}`));
  return series.length ? make("div", { class: "ledger-series" }, make("h3", {}, "Numeri dei fornitori"), make("ul", {}, series.map((words) => make("li", {}, words)))) : null;
}

const title = (line) => called(line)[0];

byId("days").addEventListener("change", () => draw(false).catch(suffer));
setInterval(() => draw(true).catch(suffer), TICK);
draw(false).catch(suffer);
