/** What the citizen said and the server has not confirmed yet, sent one by one in order. */

import { Refusal, sendMessage } from "./api.js";
import { pause, pauseAfter } from "./backoff.js";
import { keepUnsent } from "./session.js";

export const MOST = 20; // messages that wait for the network

/** Events: `waiting` (with a sentence), `sent`, `refused`; detail.item is the message. */
export class Outbox extends EventTarget {
  #items = [];
  #busy = false;
  #abort = new AbortController();
  #hurry = new AbortController();

  /** `token()` is null until the conversation is open; messages wait for it. */
  constructor(token) {
    super();
    this.token = token;
  }

  start() {
    this.#run();
  }

  get isFull() {
    return this.#items.length >= MOST;
  }

  /** The message that is on its way now, if any. */
  get current() {
    return this.#busy ? this.#items[0] : undefined;
  }

  put(item) {
    this.#items.push(item);
    this.#keep();
    this.#run();
  }

  /** The citizen or the connection says that now is a good moment. */
  hurry() {
    this.#hurry.abort();
    this.#hurry = new AbortController();
  }

  stop() {
    this.#abort.abort();
    this.hurry();
  }

  async #run() {
    if (this.#busy || !this.token()) return;
    this.#busy = true;
    for (let failures = 0; this.#items.length && !this.#abort.signal.aborted; ) {
      failures = (await this.#send(this.#items[0], failures)) ? 0 : failures + 1;
    }
    this.#busy = false;
  }

  /** True when the first message is done with, one way or the other. */
  async #send(item, failures) {
    try {
      const receipt = await sendMessage(this.token(), body(item));
      this.#done("sent", { item, receipt });
      return true;
    } catch (error) {
      if (this.#abort.signal.aborted) return false;
      if (error instanceof Refusal && !error.isPassing) {
        this.#done("refused", { item, error });
        return true;
      }
      this.#tell("waiting", { item, sentence: error instanceof Refusal ? error.message : "" });
      await pause(error.retryAfter ? error.retryAfter * 1000 : pauseAfter(failures + 1), this.#hurry.signal);
      return false;
    }
  }

  #done(name, detail) {
    this.#items.shift();
    this.#keep();
    this.#tell(name, detail);
  }

  #keep() {
    if (!this.#abort.signal.aborted) keepUnsent(this.#items);
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function body({ client_message_id, text, payload }) {
  return payload ? { client_message_id, payload } : { client_message_id, text };
}
