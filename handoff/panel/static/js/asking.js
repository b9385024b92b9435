// Asks before something that a citizen will notice.
import { byId } from "./elements.js";

const QUESTIONS = {
  close: [(ticket) => `Chiudere ${ticket.name}?`, "Il cittadino legge che la richiesta è chiusa e può dare un voto da 1 a 5. Si può sempre riaprire.", "Chiudi la richiesta"],
  "hand-back": [() => "Restituire all'assistente?", "Al cittadino risponde di nuovo l'assistente automatico. La richiesta torna fra quelle da prendere.", "Restituisci"],
};

/** Whether a reply still fits what the citizen has written since. */
export const isStillMeant = () => isAgreed("Inviare lo stesso?", "Mentre Lei scriveva, il cittadino ha aggiunto un messaggio: ora lo vede nella conversazione. Il Suo testo è conservato.", "Invia lo stesso");

export async function isSure(action, ticket) {
  if (!QUESTIONS[action]) return true;
  const [title, words, yes] = QUESTIONS[action];
  return isAgreed(title(ticket), words, yes);
}

export async function isAgreed(title, words, yes) {
  byId("confirm-title").textContent = title;
  byId("confirm-words").textContent = words;
  byId("confirm-yes").textContent = yes;
  const dialog = byId("confirm");
  dialog.returnValue = "no";
  dialog.showModal();
  byId("confirm-yes").focus();
  await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
  return dialog.returnValue === "yes";
}
