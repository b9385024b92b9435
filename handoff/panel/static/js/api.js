// The panel's API. Whatever fails becomes a Problem with a sentence to show.
export class Problem extends Error {
  constructor(status, sentence, { ticket = null, present = null, unread = false } = {}) {
    super(sentence);
    this.status = status; // 0: nothing came back
    this.ticket = ticket; // a conflict tells how things stand
    this.present = present; // the same, of what is no ticket
    this.unread = unread; // the citizen wrote again meanwhile
  }
}

const AWAY = "La connessione si è interrotta: riprovi, non parte due volte.";
let csrf = "";

/** What the page asks by itself is `background`: it does not keep a session alive. */
export async function ask(path, { background = false } = {}) {
  return read(await call(path, { headers: background ? { "X-Background": "1" } : {} }));
}

export async function tell(path, body = {}) {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf };
  return read(await call(path, { method: "POST", headers, body: JSON.stringify(body) }));
}

/** A file as it is; its name travels encoded, since headers are ASCII. */
export async function upload(path, file) {
  const headers = { "Content-Type": "application/octet-stream", "X-CSRF-Token": csrf, "X-File-Name": encodeURIComponent(file.name) };
  return read(await call(path, { method: "POST", headers, body: file }));
}

async function call(path, options) {
  try {
    return await fetch(`/api/panel/${path}`, { cache: "no-store", ...options });
  } catch {
    throw new Problem(0, AWAY);
  }
}

async function read(response) {
  const said = response.status === 204 ? {} : await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(response.status, sentence(said), said);
  if (said.csrf) csrf = said.csrf;
  return said;
}

function sentence(said) {
  return typeof said.detail === "string" ? said.detail : "Qualcosa non ha funzionato: riprovi tra poco.";
}
