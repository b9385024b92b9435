/** Files: what operators sent can be saved, and the citizen can send one. */

import { readFile, Refusal, sendFile } from "./api.js";
import { pause, pauseAfter } from "./backoff.js";

const LARGEST = 20 * 1024 * 1024;
const TRIES = 4; // with the same number: it arrives once
const STATES = { ready: "in arrivo", run: "in arrivo", held: "in verifica", refused: "non accettato" };
const NOT_SENT = "Il file non è partito: riprovi, per favore.";
const number = new Intl.NumberFormat("it-IT", { maximumFractionDigits: 1 });

/** The files of a message, as an element. Names only ever become text nodes. */
export function fileList(files, isMine) {
  const list = document.createElement("ul");
  list.className = "files";
  list.append(...files.map((file) => line(file, isMine)));
  return list;
}

function line(file, isMine) {
  const item = document.createElement("li");
  const about = [file.name, file.size && sized(file.size)].filter(Boolean).join(" · ");
  if (file.state === "kept" && !isMine) item.append(saving(file, about));
  else item.append(isMine ? about : `${about} (${STATES[file.state] ?? file.state})`);
  return item;
}

function saving({ id, name }, about) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "chip", textContent: `Scarica ${about}` });
  Object.assign(button.dataset, { file: id, name });
  return button;
}

function sized(bytes) {
  if (bytes < 1024 * 1024) return `${number.format(Math.ceil(bytes / 1024))} kB`;
  return `${number.format(bytes / 1024 / 1024)} MB`;
}

/** Saves a file: the token travels in a header, so a plain link would not do. */
export async function save(token, { file, name }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await readFile(token, file));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Throws an Error with a sentence for people. */
export async function send(token, file, id) {
  if (file.size > LARGEST) throw new Error("Il file è troppo grande: al massimo 20 MB.");
  for (let tries = 1; ; tries += 1) {
    try {
      return await sendFile(token, file, id);
    } catch (error) {
      if (error instanceof Refusal && !error.isPassing) throw error;
      if (tries === TRIES) throw error instanceof Refusal ? error : new Error(NOT_SENT);
      await pause(error.retryAfter ? error.retryAfter * 1000 : pauseAfter(tries));
    }
  }
}
