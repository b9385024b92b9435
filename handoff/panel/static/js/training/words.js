// What the trainers' desk calls things.
import { make } from "../elements.js";

export const GROUPS = {
  contatti: "Contatti",
  conversazione: "Conversazione",
  diritti: "Diritti",
  documenti: "Documenti",
  fuori_ambito: "Fuori ambito",
  nascita_e_infanzia: "Nascita e infanzia",
  pagamenti: "Pagamenti",
  prenotazioni: "Prenotazioni",
  prevenzione: "Prevenzione",
  ricovero: "Ricovero",
  servizi: "Servizi",
  urgenze: "Urgenze",
};
export const FIELDS = {
  title: "il titolo",
  source: "la fonte",
  owner: "l'ufficio",
  verified: "la data del controllo",
  review: "la data per ricontrollare",
  sample: "il segno «di esempio»",
  next: "i pulsanti",
  variants: "gli altri testi",
  sites: "i testi per sede",
  more: "il testo più lungo",
  risk: "il rischio",
  kind: "il tipo",
  ticket: "la pratica",
};
export const WHY = {
  declined: "Non ha capito",
  offered: "Non era sicuro: ha proposto delle scelte",
  handed_over: "Non ha capito e ha chiamato una persona",
  not_solved: "Il cittadino ha detto che la risposta non andava",
  asked_for_person: "Subito dopo il cittadino ha chiesto una persona",
};
export const STEPS = [
  ["export", "Raccolgo risposte e frasi"],
  ["train", "L'assistente impara"],
  ["evaluate", "Lo metto alla prova"],
  ["compare", "Lo confronto con quello in servizio"],
];
export const MEASURES = [
  ["right", "Giuste", true],
  ["offered", "Proposte fra le scelte", null],
  ["wrong", "Sbagliate", false],
  ["declined", "Senza risposta", false],
  ["caught", "Emergenze riconosciute", true],
  ["false_alarms", "Falsi allarmi", false],
];

const DAY = new Intl.DateTimeFormat("it-IT", { day: "numeric", month: "long", year: "numeric" });
export const day = (iso) => DAY.format(new Date(iso));

const PERCENT = new Intl.NumberFormat("it-IT", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
export const percent = (share) => (typeof share === "number" ? PERCENT.format(share) : "–");

export function plain(name) {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function badges({ sample, expired, proposed }) {
  return [sample && make("span", { class: "badge-sample" }, "di esempio"), expired && make("span", { class: "badge-expired" }, "da ricontrollare"), proposed && make("span", { class: "badge-ready" }, "da pubblicare")].filter(Boolean);
}
