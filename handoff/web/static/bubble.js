/** One message as an element. Texts only ever become text nodes. */

import { fileList } from "./files.js";
import { linked } from "./links.js";

const WHO = { bot: "Assistente", system: "Sportello", citizen: "Lei", operator: "Operatore" };
const SURVEY = /^voto:[1-5]$/u;
const clock = new Intl.DateTimeFormat("it-IT", { hour: "2-digit", minute: "2-digit" });
const calendar = new Intl.DateTimeFormat("it-IT", { weekday: "long", day: "numeric", month: "long" });

export function element(tag, className = "", ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

export function bubble(message) {
  const item = element("li", `message ${message.author}`);
  const text = element("p", "text", message.author === "citizen" ? message.text : linked(message.text));
  text.dir = "auto";
  item.append(element("p", "who", who(message)));
  if (message.text || !message.attachments?.length) item.append(text);
  if (message.attachments?.length) item.append(fileList(message.attachments, message.author === "citizen"));
  if (message.qr?.length) item.append(squares(message.qr));
  item.append(meta(message));
  if (message.topic === "emergenza" || message.topic === "crisi_psicologica") item.classList.add("urgent");
  if (message.buttons?.length) item.append(replies(message));
  return item;
}

/** QR codes for a telephone beside this screen; the text says the same. */
function squares(codes) {
  return element("div", "squares", ...codes.map(({ title, image }) => square(title, image)));
}

function square(title, address) {
  const image = element("img");
  image.src = address;
  image.alt = title ? `Codice QR che apre ${title}` : "Codice QR con le parole da scrivere";
  const caption = title ? `${title}: inquadri con il telefono` : "Inquadri per copiare le parole";
  return element("figure", "square", image, element("figcaption", "", caption));
}

export function dayLine(day) {
  return element("li", "day", element("span", "", dayName(day)));
}

/** The calendar day where the citizen is. */
export function dayOf(message) {
  return new Date(message.created_at).toDateString();
}

function dayName(day) {
  const today = new Date();
  if (day === today.toDateString()) return "Oggi";
  today.setDate(today.getDate() - 1);
  return day === today.toDateString() ? "Ieri" : calendar.format(new Date(day));
}

function who({ author, author_name: name }) {
  if (author !== "operator" || !name) return WHO[author] ?? WHO.system;
  return `${WHO.operator} ${name}`;
}

function meta({ created_at: moment }) {
  const time = element("time", "", clock.format(new Date(moment)));
  time.dateTime = moment;
  return element("p", "meta", time, element("span", "state"));
}

function replies({ buttons }) {
  const isSurvey = buttons.every(({ payload }) => SURVEY.test(payload));
  const group = element("div", isSurvey ? "replies survey" : "replies", ...buttons.map(reply));
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", isSurvey ? "Voto da 1 a 5" : "Risposte rapide");
  if (isSurvey) group.append(scale());
  return group;
}

function reply({ title, payload }) {
  const button = element("button", "chip", title);
  button.type = "button";
  button.dataset.payload = payload;
  if (!SURVEY.test(payload)) return button;
  button.setAttribute("aria-label", `${title} su 5`);
  button.setAttribute("aria-pressed", "false");
  return button;
}

function scale() {
  return element(
    "p",
    "scale",
    element("span", "", "1 = molto male"),
    element("span", "", "5 = molto bene"),
  );
}

/** The choice was made: a vote can still be changed, other choices remain as text. */
export function settle(group, title) {
  const isSurvey = group.classList.contains("survey");
  for (const button of group.querySelectorAll("button")) {
    const isChosen = button.textContent === title;
    if (isSurvey) button.setAttribute("aria-pressed", String(isChosen));
    else button.replaceWith(pastChoice(title, button.textContent));
  }
}

function pastChoice(chosen, title) {
  const past = element("span", chosen === title ? "past chosen" : "past", title);
  if (chosen === title) past.append(element("span", "hidden", " (scelto)"));
  return past;
}

/** Whether a button with this title can be pressed in the group. */
export function offers(group, title) {
  return [...group.querySelectorAll("button")].some((button) => button.textContent === title);
}

export function showState(item, state, retry = null) {
  const place = item.querySelector(".state");
  place.replaceChildren(state);
  item.classList.toggle("failed", Boolean(retry) || state.startsWith("non inviato"));
  if (!retry) return;
  const button = element("button", "retry", "Riprova");
  button.type = "button";
  button.addEventListener("click", retry);
  place.append(" ", button);
}
