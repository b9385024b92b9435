/** Inside the widget: talks with the page around the frame, and only with it.
 *
 * The server's frame-ancestors names who may frame us; nothing said here quotes the citizen.
 */

const NAME = "sportello";

export class Host extends EventTarget {
  #origin = null; // known once the page around us has said hello
  #isOpen = true;
  #unread = 0;

  constructor() {
    super();
    this.isThere = window.parent !== window;
    if (!this.isThere) return;
    addEventListener("message", (event) => this.#hear(event));
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) {
        this.#say({ kind: "close" });
      }
    });
  }

  /** Somebody answered while the widget was closed. */
  answered() {
    if (!this.isThere || this.#isOpen) return;
    this.#unread += 1;
    this.#say({ kind: "unread", count: this.#unread });
  }

  #hear({ source, origin, data }) {
    if (source !== window.parent || data?.source !== NAME) return;
    this.#origin ??= origin;
    if (origin !== this.#origin) return;
    this.#isOpen = data.kind === "opened";
    if (!this.#isOpen) return;
    this.#unread = 0;
    this.dispatchEvent(new Event("opened"));
  }

  #say(message) {
    if (this.#origin) window.parent.postMessage({ source: NAME, ...message }, this.#origin);
  }
}
