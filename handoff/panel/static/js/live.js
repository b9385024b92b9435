// Hints from the server that something changed. After every silence everything is read again.
import { byId } from "./elements.js";

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;
const WORDS = {
  connecting: "Mi collego",
  live: "In diretta",
  lost: "Connessione persa, riprovo",
};
let pause = FIRST_PAUSE;
let source = null;
let retry = null;

export function listen({ refresh, hint, loggedOut }) {
  const open = () => connect({ refresh, hint, loggedOut, open });
  addEventListener("online", open);
  addEventListener("offline", () => show("lost"));
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
  open();
}

function connect({ refresh, hint, loggedOut, open }) {
  clearTimeout(retry);
  source?.close();
  source = new EventSource("/api/panel/events");
  source.addEventListener("open", () => {
    pause = FIRST_PAUSE;
    show("live");
    refresh();
  });
  source.addEventListener("ticket", (event) => hint(JSON.parse(event.data)));
  source.addEventListener("logout", loggedOut);
  source.addEventListener("error", () => {
    show("lost");
    source.close();
    retry = setTimeout(open, pause * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, LONGEST_PAUSE);
    refresh(); // tells a lost connection from a session that is over
  });
}

function show(state) {
  if (byId("live").dataset.state === state) return;
  byId("live").dataset.state = state;
  byId("live").querySelector(".live-word").textContent = WORDS[state];
}
