/** Where the citizen writes. Enter sends, Shift+Enter begins a new line. */

const MOST = 4_000; // characters, as the server counts them
const COUNT_FROM = 3_600;
const number = new Intl.NumberFormat("it-IT", { useGrouping: "always" });

export class Composer extends EventTarget {
  constructor({ form, text, counter, problem }) {
    super();
    Object.assign(this, { form, text, counter, problem });
    form.addEventListener("submit", (event) => this.#submit(event));
    text.addEventListener("input", () => this.#changed());
    text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.#submit(event);
    });
  }

  clear() {
    this.text.value = "";
    this.#changed();
  }

  focus() {
    this.text.focus({ preventScroll: true });
  }

  complain(sentence) {
    this.problem.textContent = sentence;
    this.text.setAttribute("aria-invalid", String(Boolean(sentence)));
  }

  #submit(event) {
    event.preventDefault();
    const text = this.text.value.trim();
    const surplus = length(text) - MOST;
    if (!text) this.complain("Scriva prima la sua domanda.");
    else if (surplus > 0) this.complain(tooLong(surplus));
    else this.dispatchEvent(new CustomEvent("written", { detail: text }));
    this.focus();
  }

  #changed() {
    this.complain("");
    const count = length(this.text.value.trim());
    const shown = count >= COUNT_FROM ? `${number.format(count)} di ${number.format(MOST)} caratteri` : "";
    this.counter.textContent = shown;
    this.counter.classList.toggle("over", count > MOST);
    this.text.rows = Math.min(5, this.text.value.split("\n").length); // where field-sizing is unknown
  }
}

function length(text) {
  return [...text].length;
}

function tooLong(surplus) {
  const characters = surplus === 1 ? "un carattere" : `${number.format(surplus)} caratteri`;
  return `Il messaggio è troppo lungo: tolga ${characters}.`;
}
