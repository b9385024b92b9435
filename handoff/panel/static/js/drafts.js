// Drafts: one per ticket and kind, kept by this tab until they are sent or one logs out.
const name = (ticketId, mode) => `bozza:${ticketId}:${mode}`;

export const draft = (ticketId, mode) => sessionStorage.getItem(name(ticketId, mode)) ?? "";

export function keepDraft(ticketId, mode, text) {
  if (text) sessionStorage.setItem(name(ticketId, mode), text);
  else sessionStorage.removeItem(name(ticketId, mode));
}

export function dropDrafts() {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith("bozza:")) sessionStorage.removeItem(key);
  }
}
