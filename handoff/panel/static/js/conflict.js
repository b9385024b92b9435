// Somebody was faster: say it kindly, with who has it now.
import { byId, icon, make } from "./elements.js";

export function showConflict(reason, ticket, me) {
  const close = make("button", { type: "button", class: "plain", onclick: hideConflict }, "Ho capito");
  const words = make("p", {}, state(ticket, me) ?? reason);
  byId("conflict").replaceChildren(make("div", { class: "conflict" }, icon("info-circle"), words, close));
}

export function hideConflict() {
  byId("conflict").replaceChildren();
}

/** Who has it; nothing when that does not explain it. */
function state({ state: stands, assignee }, me) {
  if (!assignee) return null;
  const mine = assignee.id === me.id;
  if (stands === "closed") return mine ? "Ha già chiuso questa richiesta." : `${assignee.name} ha già chiuso questa richiesta.`;
  return mine ? null : `Un attimo prima di Lei l'ha presa in carico ${assignee.name}: ci pensa ${assignee.name}.`;
}
