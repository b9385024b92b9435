// The same citizen's other channels: what was said there, and answering there.
import { ask } from "./api.js";
import { message } from "./conversation.js";
import { byId, make, redraw } from "./elements.js";
import { blocked } from "./reach.js";
import { STATES, channelName } from "./words.js";

export function startElsewhere() {
  byId("there-close").addEventListener("click", () => byId("there").close());
}

/** Each with its request, or else with what was said; null: this is the only channel. */
export function channelsOf(ticket) {
  if (!ticket.elsewhere?.length) return null;
  return make("ul", { class: "others" }, ticket.elsewhere.map((other) => make("li", { class: "kin" }, ...way(ticket, other))));
}

function way(ticket, other) {
  const name = make("strong", {}, channelName(other.channel));
  const read = make("button", { type: "button", class: "btn btn-sm btn-outline-primary", "data-key": `read-${other.conversation_id}`, "aria-label": `Leggi la conversazione su ${channelName(other.channel)}`, onclick: () => openThere(ticket, other) }, "Leggi");
  const request = other.ticket && make("span", {}, make("a", { href: `#${other.ticket.id}`, "data-key": other.ticket.id }, other.ticket.name), ` ${STATES[other.ticket.state].toLowerCase()}`);
  return [name, request, read];
}

async function openThere(ticket, other) {
  byId("there-title").textContent = `Conversazione su ${channelName(other.channel)}`;
  byId("there-log").replaceChildren();
  byId("there-problem").textContent = "";
  byId("there").showModal();
  try {
    const { messages } = await ask(`tickets/${ticket.id}/elsewhere/${other.conversation_id}/messages`);
    byId("there-log").replaceChildren(...messages.map((said) => message(said, { messages, reach: null })));
    byId("there-scroll").scrollTop = byId("there-scroll").scrollHeight;
  } catch (problem) {
    byId("there-problem").textContent = problem.message;
  }
}

/** Where this channel cannot carry a reply, those that can; `mayReply`: it is the operator's to answer. */
export function drawElsewhere(ticket, mayReply) {
  const ways = mayReply && blocked(ticket) ? (ticket.elsewhere ?? []).filter(({ writable }) => writable) : [];
  byId("elsewhere").hidden = !ways.length;
  redraw(byId("elsewhere"), ways, () => ways.map(({ conversation_id: id, channel }) => make("button", { type: "button", class: "btn btn-sm btn-primary", "data-key": id, "data-id": id }, `Rispondi su ${channelName(channel)}`)));
}
