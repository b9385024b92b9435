// Writing down a contact by voice: few fields, all of them within reach of the keyboard.
import { ask, tell } from "./api.js";
import { byId, make } from "./elements.js";
import { CHANNELS } from "./words.js";

let id = null; // of the contact being written: sent again after a lost answer, it is the same one
let filled = false;

export async function openContact() {
  const dialog = byId("contact");
  if (dialog.open) return;
  complain("");
  dialog.showModal();
  await fill().catch((problem) => complain(problem.message));
  (dialog.querySelector("[name=channel]:checked") ?? byId("contact-text")).focus();
}

/** `done` gets the ticket that came of it. */
export function startContact(done) {
  const form = byId("contact-form");
  form.addEventListener("submit", (event) => submit(event, done));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  byId("contact-cancel").addEventListener("click", () => byId("contact").close());
  byId("open-contact").addEventListener("click", openContact);
}

async function fill() {
  if (filled) return;
  const { channels, topics } = await ask("contacts");
  byId("contact-channels").replaceChildren(...channels.map(way));
  byId("contact-topic").append(...topics.map((topic) => make("option", { value: topic.id }, topic.title)));
  filled = true;
}

function way(name, place) {
  const [word] = CHANNELS[name] ?? [name];
  return make("label", { class: "contact-choice" }, make("input", { type: "radio", name: "channel", value: name, checked: place === 0 }), ` ${word}`);
}

async function submit(event, done) {
  event.preventDefault();
  const form = event.target;
  id ??= crypto.randomUUID?.() ?? fallbackId();
  const written = new FormData(form);
  const said = (name) => written.get(name)?.trim() || null;
  hold(true);
  try {
    const ticket = await tell("contacts", { id, channel: said("channel") ?? "", name: said("name"), topic: said("topic"), text: said("text") ?? "", answer: said("answer"), outcome: said("outcome") });
    id = null;
    form.reset();
    byId("contact").close();
    done(ticket);
  } catch (problem) {
    complain(problem.message);
  } finally {
    hold(false);
  }
}

/** randomUUID is missing where the page does not come by https. */
const fallbackId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const hold = (on) => (byId("contact-save").disabled = on);

const complain = (words) => (byId("contact-problem").textContent = words);
