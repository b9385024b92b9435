// The emergency strip: there as long as an emergency waits, said once, counted in the title.
import { byId } from "./elements.js";
import { age } from "./times.js";
import { kind } from "./words.js";

const told = new Set();

export const emergencies = (tickets) => tickets.filter((ticket) => ticket.priority === 0 && ticket.state === "open");

export function drawAlarm({ tickets, counts, loaded }) {
  const waiting = emergencies(tickets);
  byId("alarm").hidden = waiting.length === 0;
  document.title = title(waiting.length, counts?.open ?? 0);
  if (waiting.length) fill(waiting);
  if (loaded) announce(tickets);
}

function title(urgent, open) {
  const count = open ? `(${open}) ` : "";
  const alarm = urgent ? `⚠ ${urgent} ${urgent === 1 ? "emergenza" : "emergenze"} · ` : "";
  return `${alarm}${count}Sportello`;
}

function fill(waiting) {
  const [first] = waiting;
  byId("alarm-count").textContent = waiting.length === 1 ? "1 emergenza da prendere." : `${waiting.length} emergenze da prendere.`;
  byId("alarm-first").textContent = `${first.name}, ${age(first.opened_at)}: «${first.excerpt}»`;
  byId("alarm-open").dataset.id = first.id;
}

/** Said once per request; what was there when the page opened is only counted. */
function announce(tickets) {
  const open = tickets.filter((ticket) => ticket.state === "open");
  const fresh = open.filter((ticket) => !told.has(ticket.id));
  const isFirst = told.size === 0 && fresh.length > 1;
  for (const ticket of fresh) told.add(ticket.id);
  if (!fresh.length) return;
  const [most] = fresh;
  const word = most.priority === 0 ? `${kind(most)[0]} da prendere subito` : "Nuova richiesta da prendere";
  byId("announcer").textContent = isFirst ? `${open.length} richieste da prendere` : `${word}: ${most.name}`;
}
