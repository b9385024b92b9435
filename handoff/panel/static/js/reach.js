// Whether one may still write to a citizen, and why a message did not arrive.
import { clock, date } from "./times.js";

export const BLOCKED = "il cittadino ha bloccato il canale o non esiste più";

/** A sentence for whoever is about to write, and whether it is a warning; null: nothing to say. */
export function reachable({ reach }) {
  if (!reach) return null;
  if (reach.unreachable) return [`${upper(BLOCKED)}: quello che scrive potrebbe non arrivare.`, true];
  if (reach.standing === "inactive") return ["Il canale non è attivo: da qui non parte nulla.", true];
  if (reach.standing === "by_hand") return ["Da qui non parte nulla: richiami il cittadino o lo aspetti allo sportello. Quello che scrive resta nella richiesta.", false];
  const over = reach.until && Date.parse(reach.until) <= Date.now(); // while the page stood open
  const standing = over ? (reach.has_templates ? "template_only" : "closed") : reach.standing;
  if (standing === "template_only") return [`Solo un modello approvato: ${silent(reach)}.`, true];
  if (standing === "closed") return [`Finestra chiusa: ${silent(reach)}. Lo cerchi per un'altra via.`, true];
  return reach.until ? [`Può scrivere fino ${until(reach.until)}.`, false] : null;
}

/** Whether a reply would not arrive here, or the last one did not. */
export function blocked(ticket) {
  const last = ticket.messages.findLast(({ author }) => author === "operator");
  return Boolean(reachable(ticket)?.[1]) || ["failed", "unknown"].includes(last?.delivery);
}

/** Why a message failed, by its cause; the provider's own words where there is no better. */
export function failure({ delivery_cause: cause, delivery_reason: reason }, reach) {
  if (cause === "window_closed") return silent(reach);
  if (cause === "unreachable") return BLOCKED;
  if (cause === "late") return "non è partito entro un giorno";
  if (cause === "refused") return reason ? `il canale l'ha rifiutato: ${reason}` : "il canale l'ha rifiutato";
  return reason ?? "";
}

const until = (iso) => (date(iso) === date(Date.now()) ? `alle ${clock(iso)}` : `alle ${clock(iso)} di ${date(iso)}`);

function silent(reach) {
  return `il cittadino non scrive da ${reach?.window_hours ? `più di ${long(reach.window_hours)}` : "troppo tempo"}`;
}

function long(hours) {
  if (hours > 48) return `${Math.round(hours / 24)} giorni`;
  return hours === 1 ? "un'ora" : `${Math.round(hours)} ore`;
}

const upper = (words) => words.charAt(0).toUpperCase() + words.slice(1);
