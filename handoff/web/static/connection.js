/** Keeps the transcript up to date: a stream, or long polling where streams do not pass. */

import { openStream, readMessages, Refusal } from "./api.js";
import { pause, pauseAfter } from "./backoff.js";
import { readEvents } from "./events.js";
import { anyOf } from "./signals.js";

const FIRST_BYTES = 6_000; // ms; a proxy that collects the stream shows itself here
const SILENCE = 40_000; // ms without even a keep-alive: the line is dead
const POLL = 25; // s

export class Connection extends EventTarget {
  #abort = new AbortController();
  #failures = 0;
  #polls = false;

  /** `last()` is the highest seq received so far. */
  constructor(token, last) {
    super();
    this.token = token;
    this.last = last;
  }

  async run() {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      try {
        await (this.#polls ? this.#poll(signal) : this.#stream(signal));
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Refusal && !error.isPassing) return this.#tell("refused", error);
      }
      if (signal.aborted) return;
      this.#failures += 1;
      if (this.#failures > 1) this.#tell("lost"); // proxies end streams now and then
      await pause(pauseAfter(this.#failures), signal);
    }
  }

  stop() {
    this.#abort.abort();
  }

  async #stream(signal) {
    const dead = new AbortController();
    let heardAny = false;
    let timer = setTimeout(() => dead.abort(), FIRST_BYTES);
    try {
      const both = anyOf(signal, dead.signal);
      const response = await openStream(this.token, { after: this.last(), signal: both });
      for await (const event of readEvents(response.body)) {
        clearTimeout(timer);
        timer = setTimeout(() => dead.abort(), SILENCE);
        if (!heardAny) this.#works();
        heardAny = true;
        if (event.name !== "alive") this.#tell(event.name, event.data);
      }
    } finally {
      clearTimeout(timer);
      this.#polls = dead.signal.aborted && !heardAny && navigator.onLine;
    }
  }

  async #poll(signal) {
    let wait = 0; // the first answer shows at once that we are back
    for (;;) {
      const page = await readMessages(this.token, { after: this.last(), wait, signal });
      this.#works();
      for (const message of page.messages) this.#tell("message", message);
      this.#tell("holder", { holder: page.holder });
      wait = POLL;
    }
  }

  #works() {
    this.#failures = 0;
    this.#tell("works");
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
