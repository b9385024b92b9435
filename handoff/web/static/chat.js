/** The chat page: joins session, transcript, composer, outbox and connection. */

import { closeSession, openSession, Refusal } from "./api.js";
import { pause, pauseAfter } from "./backoff.js";
import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import * as files from "./files.js";
import { Host } from "./host.js";
import { Outbox } from "./outbox.js";
import * as session from "./session.js";
import { Transcript } from "./transcript.js";

const PERSON = "parla_con_operatore";
const THINKING = 12_000; // ms; the bot answers or gives up before
const SETTLED = 300; // ms; screen readers look a little later than the page changes
const HOLDERS = {
  bot: "Assistente automatico",
  queue: "In attesa di un operatore",
  operator: "Operatore",
};
const LOST = "Connessione persa, riprovo…";

const at = (id) => document.getElementById(id);
const transcript = new Transcript({ log: at("log"), list: at("messages"), latest: at("latest") });
const composer = new Composer({
  form: at("composer"), text: at("text"), counter: at("counter"), problem: at("problem"),
});
const host = new Host();
let outbox = null;
let connection = null;
let holder = "bot";
let operator = "";
let thinking = 0;

function start() {
  show("chat");
  const mine = new Outbox(session.token);
  for (const [name, then] of Object.entries({ sent, waiting, refused })) {
    mine.addEventListener(name, ({ detail }) => mine === outbox && then(detail));
  }
  outbox = mine;
  for (const item of session.unsent()) put(item);
  if (session.token()) connect();
  else begin(outbox);
}

/** A new conversation; tried until the service answers or the citizen leaves. */
async function begin(mine) {
  for (let failures = 1; mine === outbox && !session.token(); failures += 1) {
    try {
      const { token, messages } = await openSession();
      if (mine !== outbox) return;
      session.keepToken(token);
      transcript.goLive();
      messages.forEach(add);
    } catch (error) {
      say(error instanceof Refusal ? error.message : "Il servizio non risponde, riprovo…");
      await pause(error.retryAfter ? error.retryAfter * 1000 : pauseAfter(failures));
    }
  }
  if (mine === outbox) connect();
}

function connect() {
  const mine = new Connection(session.token(), () => transcript.last);
  const listen = (name, then) => {
    mine.addEventListener(name, ({ detail }) => mine === connection && then(detail));
  };
  connection = mine;
  listen("works", works);
  listen("lost", () => say(LOST));
  listen("message", add);
  listen("holder", (news) => {
    hold(news.holder);
    setTimeout(() => transcript.goLive(), SETTLED); // what came before this was history
  });
  listen("typing", ({ typing }) => think(typing));
  listen("refused", (error) => (error.status === 401 ? lose() : say(error.message)));
  mine.run();
  outbox.start();
}

function works() {
  say("");
  at("end").hidden = false;
  outbox.hurry();
}

function add(message) {
  const isNew = transcript.add(message, outbox.current);
  if (!isNew || message.author === "citizen") return;
  think(false);
  host.answered();
  if (message.author === "operator") hold("operator", message.author_name);
}

function hold(who, name = "") {
  holder = who;
  operator = who === "operator" ? name || operator : "";
  if (who !== "bot") think(false);
  tell("holder", operator ? `Operatore ${operator}` : HOLDERS[who]);
}

function think(isThinking) {
  clearTimeout(thinking);
  at("typing").hidden = !isThinking;
  if (!isThinking) return;
  thinking = setTimeout(() => think(false), THINKING);
  transcript.follow();
}

function write(words) {
  if (outbox.isFull) {
    composer.complain("Troppi messaggi in attesa: riprovi quando torna la connessione.");
    return false;
  }
  put({ client_message_id: uuid(), created_at: new Date().toISOString(), ...words });
  return true;
}

/** A file goes at once or not at all: it is too large to be remembered by the page. */
async function sendFile() {
  const [file] = at("file").files;
  at("file").value = "";
  if (!file) return;
  if (!session.token()) {
    composer.complain("Aspetti che la conversazione sia aperta, per favore.");
    return;
  }
  composer.complain("");
  say("Invio del file…");
  at("attach").disabled = true;
  await files.send(session.token(), file, uuid()).catch((error) => composer.complain(error.message));
  at("attach").disabled = false;
  say("");
}

function put(item) {
  transcript.echo(item);
  outbox.put(item);
}

function sent({ item, receipt }) {
  transcript.sent(item, receipt);
  say("");
  if (holder === "bot" && !transcript.isAnswered(receipt.id)) think(true);
}

function waiting({ item, sentence }) {
  transcript.waiting(item, () => outbox.hurry());
  say(sentence || "Messaggio non inviato, riprovo…");
}

function refused({ item, error }) {
  if (error.status === 401) lose();
  else transcript.refused(item, error.message);
  if (error.status !== 401) say(error.message);
}

function leave() {
  connection?.stop();
  outbox.stop();
  connection = outbox = null;
  session.forget();
  transcript.clear();
  composer.clear();
  think(false);
}

function lose() {
  leave();
  end("Conversazione non disponibile", "È stata terminata, oppure è troppo vecchia. Può aprirne una nuova.");
}

function terminate() {
  const token = session.token();
  leave();
  if (token) closeSession(token).catch(() => {}); // this device forgot it in any case
  end("Conversazione cancellata", "Su questo dispositivo non ne resta traccia. Grazie di averci scritto.");
  at("ended-title").focus();
}

function end(title, text) {
  tell("ended-title", title);
  tell("ended-text", text);
  show("ended");
}

function show(what) {
  at("log").hidden = at("desk").hidden = what !== "chat";
  at("ended").hidden = what !== "ended";
  at("end").hidden = true;
  tell("holder", "Ufficio Relazioni con il Pubblico");
  holder = "bot";
  say("");
}

function say(sentence) {
  tell("status", sentence);
}

/** Unchanged text stays untouched: screen readers would read it again. */
function tell(id, sentence) {
  if (at(id).textContent !== sentence) at(id).textContent = sentence;
}

/** Where the focus goes when its place vanished; no keyboard pops up on a phone. */
function rest() {
  if (matchMedia("(pointer: fine)").matches) composer.focus();
  else at("log").focus();
}

/** randomUUID wants a secure context; an intranet address without TLS is none. */
function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const digits = [..."10000000-1000-4000-8000-100000000000"];
  const random = (digit) => (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16);
  return digits.map((digit) => (/[018]/u.test(digit) ? random(digit) : digit)).join("");
}

composer.addEventListener("written", ({ detail }) => write({ text: detail }) && composer.clear());
transcript.addEventListener("chosen", ({ detail }) => {
  write(detail);
  if (document.activeElement === document.body) rest(); // the pressed button became text
});
transcript.addEventListener("wanted", ({ detail }) => {
  files.save(session.token(), detail).catch(() => say("Il file non si scarica ora: riprovi tra poco."));
});
at("attach").addEventListener("click", () => at("file").click());
at("file").addEventListener("change", sendFile);
at("person").addEventListener("click", () => {
  write({ payload: PERSON, text: at("person").textContent.trim() });
});
at("end").addEventListener("click", () => at("confirm").showModal());
at("confirm").addEventListener("close", () => {
  if (at("confirm").returnValue === "end") terminate();
  at("confirm").returnValue = "";
});
at("restart").addEventListener("click", () => {
  start();
  at("title").focus();
});
host.addEventListener("opened", () => {
  if (at("desk").hidden) at("title").focus();
  else rest();
});
session.whenChangedElsewhere(() => {
  if (session.token() === connection?.token) return;
  if (session.token()) location.reload();
  else lose();
});
document.documentElement.classList.toggle("framed", host.isThere);
start();
