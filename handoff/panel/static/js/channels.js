// How each channel is: whether it works, what waits, what failed.
import { ask } from "./api.js";
import { byId, icon, make } from "./elements.js";
import { complain, suffer } from "./problems.js";
import { age, short } from "./times.js";
import { channel as called } from "./words.js";

const TICK = 30_000;

async function draw(background) {
  const { channels, scanner } = await ask("channels", { background });
  byId("list").replaceChildren(...channels.map(card));
  tellOf(scanner);
  complain("");
}

function tellOf({ is_set: isSet, trouble }) {
  const [tone, words] = trouble
    ? ["bad", `Antivirus: ${trouble}.`]
    : isSet
      ? ["fine", "Antivirus: funziona."]
      : ["odd", "Antivirus: non configurato. I file si controllano solo per tipo, contenuto e dimensione."];
  byId("scanner").dataset.tone = tone;
  byId("scanner").textContent = words;
}

function card(one) {
  const [word, sign] = called({ channel: one.name });
  const [tone, state] = stands(one);
  return make("li", { class: "channel", "data-tone": tone }, make("h2", {}, icon(sign), one.title || word), make("p", { class: "channel-state" }, state), numbers(one));
}

function stands({ trouble, since, checked_at: checked, quiet, last_in: last, by_hand: byHand }) {
  if (trouble) return ["bad", `Non funziona ${age(since)}: ${trouble}`];
  if (quiet) return ["odd", `Silenzioso più del solito: nessun messaggio ${age(last)}`];
  if (byHand) return ["fine", "I contatti li registrano gli operatori"];
  return checked ? ["fine", `Funziona, ${age(since)}`] : ["odd", "Non ancora controllato"];
}

function numbers(one) {
  if (one.by_hand) return make("dl", {}, fact("Ultimo contatto registrato", moment(one.last_in)));
  const waits = one.waiting ? `${one.waiting}, il più vecchio ${age(one.waiting_since)}` : "0";
  return make(
    "dl",
    {},
    fact("Ultimo messaggio ricevuto", moment(one.last_in)),
    fact("Ultimo messaggio inviato", moment(one.last_out)),
    one.pulled ? null : fact("In coda", waits),
    one.pulled ? null : fact("Esiti ignoti", one.unknown, one.unknown > 0),
    one.pulled ? null : fact("Falliti oggi", one.failed_today, one.failed_today > 0),
    fact("Notizie non comprese", one.oddities),
    fact("Ultimo controllo", moment(one.checked_at)),
  );
}

function fact(name, value, isBad = false) {
  return make("div", {}, make("dt", {}, name), make("dd", { class: isBad ? "bad" : null }, String(value)));
}

const moment = (iso) => (iso ? short(iso) : "mai");

setInterval(() => draw(true).catch(suffer), TICK);
draw(false).catch(suffer);
