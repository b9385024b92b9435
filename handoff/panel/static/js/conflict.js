// Somebody was faster: say it kindly, with who has it now.
import { byId, icon, make } from "./elements.js";

export function showConflict(reason, ticket, me) {
  const close = make("button", { type: "button", class: "plain", onclick: hideConflict }, "Ho capito");
  const words = make("p", {}, make("strong", {}, state(ticket, me)), ` ${reason}`);
  byId("conflict").replaceChildren(make("div", { class: "conflict" }, icon("info-circle"), words, close));
}

export function hideConflict() {
  byId("conflict").replaceChildren();
}

function state(ticket, me) {
  const who = ticket.assignee && (ticket.assignee.id === me.id ? "Lei" : ticket.assignee.name);
  if (ticket.state === "taken") return who === "Lei" ? "La richiesta è già in carico a Lei." : `${who} è arrivato prima: ci pensa ora ${who}.`;
  if (ticket.state === "closed") return who === "Lei" ? "Ha già chiuso questa richiesta." : `La richiesta è stata chiusa${who ? ` da ${who}` : ""}.`;
  return "La richiesta è di nuovo da prendere.";
}
