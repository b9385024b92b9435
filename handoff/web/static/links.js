/** Addresses, mailboxes and phone numbers in a text become links; everything else stays text. */

const WEB = String.raw`https?:\/\/[^\s<>"']+|(?<![\w@.\/-])(?:[a-z\d-]+\.)+it(?:\/[^\s<>"']*)?(?![\w@-]|\.\w)`;
const MAIL = String.raw`[\w.+-]+@[\w-]+(?:\.[\w-]+)+`;
// Italian land lines, mobiles, toll-free numbers. A date or a postcode is none of them.
const PHONE = String.raw`(?<![\w\/.-])(?:\+39 ?)?(?:0\d{1,3}|3\d{2}|800|803)[ .\/-]?\d{2,8}(?: ?\d{2,4}){0,3}(?![\w\/-])`;
// 112 and the CUP's number mean the same in every language, unless a room or a price has it.
const ALONE = String.raw`(?<![\w\/.,€-]|\d:|(?:stanza|camera|interno|civico|ambulatorio|n\.|€) ?)(?:112|1533)(?![\w\/-]|[.,:]\d| ?€| euro)`;
const SHORT = String.raw`(?:${ALONE}|(?<=(?:^|[\s'’(])(?:[Ii]l|al|l['’]|[Nn]umero|[Cc]hiami|[Tt]el\.?:?) ?)(?:118|1522|116117|19696)(?!\d))`;
// A request's name (URP-26-7K3Q) and its key stay in one piece: people copy them down.
const CODE = String.raw`(?<![\w-])(?=[\d-]*[A-Z])[A-Z0-9]{3,5}(?:-[A-Z0-9]{2,5}){2,}(?![\w-])`;
const LINK = new RegExp(
  `(?<web>${WEB})|(?<mail>${MAIL})|(?<phone>${PHONE})|(?<short>${SHORT})|(?<code>${CODE})`,
  "gu",
);
const TAIL = /[.,;:!?)\]»”]+$/u;
const SHORTEST_PHONE = 8; // digits, without +39

export function linked(text) {
  const parts = document.createDocumentFragment();
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const { web, mail, code } = match.groups;
    const found = web || mail ? match[0].replace(TAIL, "") : match[0];
    const piece = code ? marked(found) : anchor(found, addressOf(found, match.groups));
    if (!piece) continue;
    parts.append(text.slice(end, match.index), piece);
    end = match.index + found.length;
  }
  parts.append(text.slice(end));
  return parts;
}

function addressOf(shown, { web, mail, short }) {
  if (web) return webAddress(shown.includes("://") ? shown : `https://${shown}`);
  if (mail) return `mailto:${shown}`;
  if (short) return `tel:${shown}`;
  const digits = shown.replace(/[^\d+]/gu, "");
  if (digits.replace("+39", "").length < SHORTEST_PHONE) return null;
  return `tel:${digits.startsWith("+") || digits.startsWith("80") ? digits : `+39${digits}`}`;
}

/** Without encryption only our own pages, where the office tries them out. */
function webAddress(text) {
  try {
    const url = new URL(text);
    return url.protocol === "https:" || url.origin === location.origin ? text : null;
  } catch {
    return null;
  }
}

function marked(code) {
  const piece = document.createElement("strong");
  piece.className = "code";
  piece.textContent = code;
  return piece;
}

function anchor(found, address) {
  if (!address) return null;
  const link = document.createElement("a");
  link.href = address;
  link.textContent = found.replace(/^https?:\/\//u, "");
  if (/^https?:/u.test(address)) {
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    const hint = document.createElement("span");
    hint.className = "hidden";
    hint.textContent = " (si apre in una nuova scheda)";
    link.append(hint);
  }
  return link;
}
