/** The conversation on the screen: ordered by seq, each message once, what is unsent last. */

import { bubble, dayLine, dayOf, offers, settle, showState } from "./bubble.js";

const NEAR = 80; // px from the end that still count as reading the end

export class Transcript extends EventTarget {
  #shown = new Map(); // message id → element
  #echoes = new Map(); // client_message_id → element
  #answered = new Set(); // ids of the citizen's messages
  #last = 0;
  #follows = true; // the citizen reads the end, so the end stays in view

  constructor({ log, list, latest }) {
    super();
    this.log = log;
    this.list = list;
    this.latest = latest;
    list.addEventListener("click", (event) => this.#press(event));
    latest.addEventListener("click", () => this.#showEnd());
    log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.follow()).observe(log);
  }

  get last() {
    return this.#last;
  }

  isAnswered(id) {
    return this.#answered.has(id);
  }

  /** Something at the end grew. */
  follow() {
    if (this.#follows) this.#showEnd();
  }

  /** From now on new messages are read aloud; history was not. */
  goLive() {
    this.log.setAttribute("aria-live", "polite");
  }

  clear() {
    this.log.setAttribute("aria-live", "off");
    this.list.replaceChildren();
    this.#shown.clear();
    this.#echoes.clear();
    this.#answered.clear();
    this.#last = 0;
    this.#hideLatest();
  }

  /** A message of the server. `current` is the one that is on its way out. False if known. */
  add(message, current) {
    this.#last = Math.max(this.#last, message.seq);
    if (this.#shown.has(message.id)) return false;
    this.#answered.add(message.reply_to);
    const echo = message.author === "citizen" && this.#echoOf(current, message.text);
    if (echo) {
      this.#confirm(echo, message);
      return false;
    }
    this.#insert(bubble(message), message);
    return true;
  }

  /** What the citizen just said, before the server has it. */
  echo(item) {
    const message = { ...item, author: "citizen", created_at: item.created_at };
    const echo = bubble(message);
    showState(echo, "invio…");
    this.#echoes.set(item.client_message_id, echo);
    this.#place(echo, { ...message, seq: Number.MAX_SAFE_INTEGER });
    this.#showEnd();
  }

  sent(item, { id, seq }) {
    const echo = this.#echoes.get(item.client_message_id);
    if (!echo) return;
    const shown = this.#shown.get(id);
    if (shown && shown !== echo) this.#drop(echo);
    else this.#confirm(echo, { id, seq });
    this.#echoes.delete(item.client_message_id);
  }

  waiting(item, retry) {
    const echo = this.#echoes.get(item.client_message_id);
    if (echo) showState(echo, "non inviato –", retry);
  }

  refused(item, sentence) {
    const echo = this.#echoes.get(item.client_message_id);
    if (echo) showState(echo, `non inviato: ${sentence}`);
  }

  #echoOf(current, text) {
    const echo = current && this.#echoes.get(current.client_message_id);
    return echo && !echo.dataset.id && current.text === text ? echo : null;
  }

  #confirm(echo, { id, seq }) {
    showState(echo, "inviato");
    if (echo.dataset.id) return;
    echo.dataset.id = id;
    echo.dataset.seq = seq;
    this.#shown.set(id, echo);
    const next = this.#nextOf(seq);
    if (next && echo.nextElementSibling !== next) this.#before(next, echo);
  }

  #insert(item, message) {
    item.dataset.id = message.id;
    this.#shown.set(message.id, item);
    this.#place(item, message);
    this.follow();
    if (!this.#follows && message.author !== "citizen") this.latest.hidden = false;
  }

  #place(item, message) {
    item.dataset.seq = message.seq;
    item.dataset.day = dayOf(message);
    this.#before(this.#nextOf(message.seq), item);
    if (message.author === "citizen") this.#settle(item, message.text);
  }

  /** The first message that belongs behind this number. */
  #nextOf(seq) {
    const behind = (item) => item.dataset.seq && Number(item.dataset.seq) > seq;
    return [...this.list.children].find(behind) ?? null;
  }

  #before(next, item) {
    const line = next?.previousElementSibling;
    const isOlder = line?.classList.contains("day") && line.dataset.of !== item.dataset.day;
    this.list.insertBefore(item, isOlder ? line : next);
    if (this.#dayBefore(item) === item.dataset.day) return;
    const day = dayLine(item.dataset.day);
    day.dataset.of = item.dataset.day;
    item.before(day);
  }

  #dayBefore(item) {
    const before = item.previousElementSibling;
    return before?.dataset.of ?? before?.dataset.day;
  }

  #settle(item, title) {
    const groups = [...this.list.querySelectorAll(".replies")].reverse();
    const isBefore = (group) => group.compareDocumentPosition(item) & Node.DOCUMENT_POSITION_FOLLOWING;
    const group = groups.find((each) => isBefore(each) && offers(each, title));
    if (group) settle(group, title);
  }

  #drop(echo) {
    const day = echo.previousElementSibling;
    if (day?.dataset.of && !echo.nextElementSibling?.dataset.day) day.remove();
    echo.remove();
  }

  #press(event) {
    const file = event.target.closest("button[data-file]");
    if (file) this.dispatchEvent(new CustomEvent("wanted", { detail: { ...file.dataset } }));
    const button = event.target.closest("button[data-payload]");
    if (!button) return;
    const detail = { payload: button.dataset.payload, text: button.textContent };
    this.dispatchEvent(new CustomEvent("chosen", { detail }));
  }

  #scrolled() {
    const { scrollTop, clientHeight, scrollHeight } = this.log;
    this.#follows = scrollTop + clientHeight >= scrollHeight - NEAR;
    if (this.#follows) this.#hideLatest();
  }

  #showEnd() {
    this.#follows = true;
    this.log.scrollTop = this.log.scrollHeight;
    if (this.log.scrollHeight === this.log.clientHeight) this.list.lastElementChild?.scrollIntoView({ block: "nearest" });
    this.#hideLatest();
  }

  #hideLatest() {
    this.latest.hidden = true;
  }
}
