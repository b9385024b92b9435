/* Sportello's chat on any page: <script src="https://…/widget.js" async></script>
 *
 * Optional: data-label="Scriva allo Sportello". Only a button is added until it is pressed; the
 * conversation itself lives in a frame of our own origin, out of reach for this page's scripts.
 * The site's address must stand in SPORTELLO_FRAME_ANCESTORS; a site with a content policy of
 * its own allows our address in script-src and frame-src, and nothing unsafe. */
(() => {
  "use strict";
  const script = document.currentScript;
  const ORIGIN = new URL(script.src).origin;
  const NAME = "sportello";
  const ID = "sportello-chat";
  const PHONE = matchMedia("(max-width: 30em), (max-height: 30em)");
  const STYLE = `
    :host { all: initial; }
    button { font: 600 1rem/1.25 "Titillium Web", "Segoe UI", Roboto, Arial, sans-serif; cursor: pointer;
      min-width: 44px; min-height: 44px; color: #fff; background: #06c; border: 2px solid #fff; box-sizing: border-box; }
    button:hover { background: #004d99; }
    button:focus-visible { outline: 3px solid #17324d; outline-offset: 2px; }
    svg { width: 1.5rem; height: 1.5rem; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; }
    .launcher { position: fixed; z-index: 2147483000; right: max(1rem, env(safe-area-inset-right));
      bottom: max(1rem, env(safe-area-inset-bottom)); display: flex; align-items: center; gap: .625rem;
      max-width: calc(100vw - 2rem); padding: .75rem 1.25rem; border-radius: 2rem; box-shadow: 0 4px 16px #0005; }
    .count { min-width: 1.5rem; padding: 0 .375rem; border-radius: 1rem; background: #fff; color: #17324d; text-align: center; }
    [hidden] { display: none !important; }
    dialog { position: fixed; z-index: 2147483000; inset: auto 1rem 5.5rem auto; margin: 0; padding: 0; border: 0;
      width: 25rem; height: min(42rem, 100vh - 7rem); max-width: calc(100vw - 2rem); max-height: none; overflow: hidden;
      border-radius: .75rem; background: #eff4fa; box-shadow: 0 8px 40px #0005; }
    iframe { display: block; width: 100%; height: 100%; border: 0; color-scheme: light dark; }
    .close { position: absolute; top: .625rem; right: .75rem; padding: 0; border: 1px solid #ffffffb3;
      border-radius: .375rem; display: grid; place-items: center; }
    .close:focus-visible { outline-color: #fff; }
    dialog:modal { inset: 0; width: 100vw; height: 100vh; height: 100dvh; max-width: none; border-radius: 0; }
    @media print { .launcher, dialog { display: none; } }
  `;

  function make(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  function icon(path) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  }

  class Widget {
    constructor(label) {
      this.label = label;
      this.count = make("span", { class: "count", "aria-hidden": "true", hidden: "" });
      this.launcher = make("button", { type: "button", class: "launcher", "aria-expanded": "false", "aria-controls": "chat" });
      this.launcher.append(icon("M4 5h16v11H11l-5 4v-4H4z"), make("span", {}, label), this.count);
      this.close_ = make("button", { type: "button", class: "close", "aria-label": "Chiudi la chat" }, icon("M6 6l12 12M18 6L6 18"));
      this.dialog = make("dialog", { id: "chat", "aria-label": "Chat dello Sportello" });
      this.frame = null;
      this.isLoaded = false; // until then the frame is an empty page of the host's own origin
    }

    mount() {
      const root = make("div", { id: ID });
      const shadow = root.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet(); // a style element would need the host's policy to allow it
      sheet.replaceSync(STYLE);
      shadow.adoptedStyleSheets = [sheet];
      shadow.append(this.launcher, this.dialog);
      document.body.append(root);
      this.launcher.addEventListener("click", () => (this.dialog.open ? this.dialog.close() : this.open()));
      this.close_.addEventListener("click", () => this.dialog.close());
      this.dialog.addEventListener("close", () => this.closed());
      this.dialog.addEventListener("keydown", (event) => event.key === "Escape" && this.dialog.close());
      addEventListener("message", (event) => this.hear(event));
    }

    open() {
      if (!this.frame) this.load();
      if (PHONE.matches) this.dialog.showModal(); // fills the screen, so it also keeps the focus
      else this.dialog.show();
      this.launcher.setAttribute("aria-expanded", "true");
      this.showCount(0);
      this.frame.focus();
      this.say("opened");
    }

    load() {
      this.frame = make("iframe", { src: `${ORIGIN}/chat`, title: "Chat dello Sportello" });
      this.frame.addEventListener("load", () => {
        this.isLoaded = true;
        this.say(this.dialog.open ? "opened" : "closed");
      });
      this.dialog.append(this.frame, this.close_);
    }

    closed() {
      this.launcher.setAttribute("aria-expanded", "false");
      this.launcher.focus();
      this.say("closed");
    }

    say(kind) {
      if (this.isLoaded) this.frame.contentWindow.postMessage({ source: NAME, kind }, ORIGIN);
    }

    hear({ origin, source, data }) {
      if (origin !== ORIGIN || !this.frame || source !== this.frame.contentWindow) return;
      if (data?.source !== NAME) return;
      if (data.kind === "close") this.dialog.close();
      if (data.kind === "unread" && Number.isInteger(data.count)) this.showCount(data.count);
    }

    showCount(count) {
      this.count.hidden = count === 0;
      this.count.textContent = String(count);
      const news = count === 1 ? "1 messaggio nuovo" : `${count} messaggi nuovi`;
      if (count) this.launcher.setAttribute("aria-label", `${this.label}, ${news}`);
      else this.launcher.removeAttribute("aria-label");
    }
  }

  function start() {
    if (document.getElementById(ID)) return; // the tag stands on the page twice
    new Widget(script.dataset.label || "Scriva allo Sportello").mount();
  }

  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
})();
