/** What this device remembers of the conversation: the token, and messages not sent yet. */

const TOKEN = "sportello.token";
const UNSENT = "sportello.unsent";
let kept = null; // where storage is forbidden the conversation lives as long as the page

export function token() {
  return reading(localStorage_, TOKEN) ?? kept;
}

export function keepToken(value) {
  kept = value;
  writing(localStorage_, TOKEN, value);
}

export function unsent() {
  try {
    return JSON.parse(reading(sessionStorage_, UNSENT) ?? "[]");
  } catch {
    return [];
  }
}

export function keepUnsent(messages) {
  writing(sessionStorage_, UNSENT, messages.length ? JSON.stringify(messages) : null);
}

export function forget() {
  keepToken(null);
  keepUnsent([]);
}

/** Another tab ended the conversation, or began a new one. */
export function whenChangedElsewhere(then) {
  addEventListener("storage", (event) => {
    if (event.key === TOKEN || event.key === null) then();
  });
}

function localStorage_() {
  return window.localStorage;
}

function sessionStorage_() {
  return window.sessionStorage;
}

function reading(storage, key) {
  try {
    return storage().getItem(key);
  } catch {
    return null; // forbidden in this frame
  }
}

function writing(storage, key, value) {
  try {
    if (value === null) storage().removeItem(key);
    else storage().setItem(key, value);
  } catch {
    // forbidden in this frame, or full: memory serves
  }
}
