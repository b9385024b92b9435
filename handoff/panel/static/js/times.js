// Moments as people say them, and how much time is left for a request.
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SOON = 0.25; // of the whole term is left
const CLOCK = new Intl.DateTimeFormat("it-IT", { hour: "2-digit", minute: "2-digit" });
const DATE = new Intl.DateTimeFormat("it-IT", { weekday: "long", day: "numeric", month: "long" });
const DAY_ONLY = new Intl.DateTimeFormat("it-IT", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const SHORT = new Intl.DateTimeFormat("it-IT", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

export const clock = (iso) => CLOCK.format(new Date(iso));
export const date = (iso) => DATE.format(new Date(iso));
export const short = (iso) => SHORT.format(new Date(iso));

/** A day of the calendar, `2026-12-26`: the same wherever the panel is read. */
export const day = (iso) => DAY_ONLY.format(new Date(iso));

export function age(iso, now = Date.now()) {
  const passed = now - Date.parse(iso);
  if (passed < MINUTE) return "adesso";
  if (passed < HOUR) return `da ${Math.floor(passed / MINUTE)} min`;
  if (passed < DAY) return `da ${Math.floor(passed / HOUR)} h`;
  return `da ${Math.floor(passed / DAY)} g`;
}

/** A tone for the colour and a word that says the same. */
export function term(ticket, now = Date.now()) {
  if (ticket.state === "closed") return { tone: "done", word: "Chiusa" };
  const [opened, due] = [Date.parse(ticket.opened_at), Date.parse(ticket.due_at)];
  // legal terms run until the request is closed, others until the first reply
  if (now > due && (ticket.terms || !ticket.replied_at)) return { tone: "late", word: "In ritardo" };
  if (ticket.replied_at && ticket.awaits_reply) return { tone: "soon", word: "Attende risposta" };
  if (ticket.replied_at && !ticket.terms) return { tone: "fine", word: "Risposto" };
  if (ticket.priority === 0) return { tone: "late", word: "Subito" };
  if (due - now < (due - opened) * SOON) return { tone: "soon", word: "In scadenza" };
  return { tone: "fine", word: "In tempo" };
}
