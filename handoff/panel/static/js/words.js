// What the panel calls things.
export const KINDS = {
  emergenza: ["Emergenza", "warning-circle"],
  crisi: ["Crisi psicologica", "warning-circle"],
  persona: ["Parlare con una persona", "user"],
  reclamo: ["Reclamo", "horn"],
  elogio: ["Elogio", "star-full"],
  suggerimento: ["Suggerimento", "pencil"],
  oggetti: ["Oggetti smarriti", "search"],
  rimborso: ["Rimborso del ticket", "card"],
  cartella: ["Cartella clinica", "file"],
  dati: ["Dati personali", "lock"],
  guasto: ["Assistente senza risposta", "tool"],
  consegna: ["Messaggio non consegnato", "tool"],
  posta: ["Posta certificata", "mail"],
  contatto: ["Contatto registrato", "user"],
};
export const CHANNELS = {
  webchat: ["Chat del sito", "comment"],
  telegram: ["Telegram", "telegram"],
  whatsapp: ["WhatsApp", "whatsapp"],
  messenger: ["Messenger", "facebook"],
  instagram: ["Instagram", "instagram"],
  x: ["X", "twitter"],
  email: ["E-mail", "mail"],
  pec: ["PEC", "mail"],
  desk: ["Sportello", "pa"],
  phone: ["Telefono", "telephone"],
  bridge: ["Ponte", "exchange-circle"],
};
export const REASONS = {
  richiesta: "l'ha chiesto il cittadino",
  non_risolto: "la risposta non bastava",
  non_capito: "l'assistente non ha capito",
  lingua: "scrive in un'altra lingua",
  modulo: "ha compilato il modulo",
  sicurezza: "parole di emergenza nel messaggio",
  bot_muto: "l'assistente non rispondeva",
  parole_mancanti: "manca una risposta approvata",
  messaggio_bloccato: "il messaggio non si lasciava elaborare",
  altrove: "un operatore ha risposto dall'app del canale",
  non_consegnata: "un messaggio non è stato consegnato",
  altro_canale: "un operatore ha risposto qui invece che su un altro canale",
  scritto: "ha scritto all'ufficio",
  registrato: "l'ha registrato un operatore",
};
export const STATES = { open: "Da prendere", taken: "In corso", closed: "Chiusa" };
export const FILTERS = [
  ["open", "Da prendere"],
  ["mine", "Mie"],
  ["taken", "In corso"],
  ["closed", "Chiuse"],
];
export const AUTHORS = {
  citizen: "Cittadino",
  bot: "Assistente",
  operator: "Operatore",
  system: "Sistema",
};
export const EVENTS = {
  opened: ["Aperta", "inbox"],
  joined: ["Nuovo messaggio aggiunto", "comment"],
  escalated: ["Diventata urgente", "warning-circle"],
  taken: ["Presa in carico", "user"],
  replied: ["Risposta inviata", "comment"],
  note: ["Nota interna", "locked"],
  closed: ["Chiusa", "check-circle"],
  reopened: ["Riaperta", "refresh"],
  detail: ["Dettaglio aggiunto dal cittadino", "comment"],
  withdrawn: ["Ritirata dal cittadino", "close-circle"],
  protocol: ["Numero di protocollo", "file"],
  resent: ["Messaggio inviato di nuovo", "refresh"],
  linked: ["Collegata a un altro canale", "exchange-circle"],
  unlinked: ["Scollegata", "exchange-circle"],
  replied_there: ["Risposta inviata su un altro canale", "comment"],
  replied_for: ["Risposta inviata per la richiesta", "comment"],
  handed_back: ["Restituita all'assistente", "exchange-circle"],
};
export const DELIVERIES = {
  ready: ["in coda", "wait"],
  run: ["in coda", "wait"],
  sent: ["inviato", "fine"],
  delivered: ["consegnato", "fine"],
  read: ["letto", "fine"],
  failed: ["fallito", "bad"],
  unknown: ["esito ignoto: forse è arrivato, lo verifichi con il cittadino", "bad"],
  withheld: ["non inviato", "held"],
};
export const FIELDS = {
  cosa: "Che cosa è successo",
  dove: "Dove",
  quando: "Quando",
  contatto: "Come ricontattarlo",
  destinatario: "A chi",
  messaggio: "Messaggio",
  proposta: "Proposta",
  tipo: "Perso o trovato",
  oggetto: "Che oggetto",
  prestazione: "Prestazione",
  pagamento: "Come ha pagato",
  motivo: "Motivo",
  reparto: "Ospedale e reparto",
  periodo: "Ricovero",
  per_chi: "Per chi",
  ritiro: "Come riceverla",
};
export const DECISIONS = {
  answer: "ha risposto",
  offer: "ha proposto delle scelte",
  decline: "non ha risposto",
  handoff: "ha passato la mano",
  form: "stava compilando un modulo",
};
export const SCORES = ["", "per niente soddisfatto", "poco soddisfatto", "abbastanza soddisfatto", "soddisfatto", "molto soddisfatto"];
export const EMPTY = {
  open: ["Nessuna richiesta da prendere", "Quando ne arriva una compare qui da sola.", "check-circle"],
  mine: ["Non ha richieste in carico", "Ne prenda una da «Da prendere».", "user"],
  taken: ["Nessuna richiesta in corso", "Qui vede chi sta rispondendo a chi.", "comment"],
  closed: ["Nessuna richiesta chiusa", "Le ultime cento richieste chiuse compaiono qui.", "box"],
};

export const channelName = (name) => channel({ channel: name })[0];
export const kind = (ticket) => KINDS[ticket.kind] ?? [plain(ticket.kind), "help-circle"];
export const channel = (ticket) => CHANNELS[ticket.channel] ?? [plain(ticket.channel), "comment"];
export const field = (name) => FIELDS[name] ?? plain(name);
export const citizen = (ticket) => ticket.citizen || "Cittadino senza nome";

function plain(name) {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
