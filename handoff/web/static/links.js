/** Addresses, mailboxes and phone numbers in a text become links; everything else stays text. */

const WEB = String.raw`https:\/\/[^\s<>"']+`;
const MAIL = String.raw`[\w.+-]+@[\w-]+(?:\.[\w-]+)+`;
// Italian land lines, mobiles, toll-free numbers. A date or a postcode is none of them.
const PHONE = String.raw`(?<![\w\/.-])(?:\+39 ?)?(?:0\d{1,3}|3\d{2}|800|803)[ .\/-]?\d{2,8}(?: ?\d{2,4}){0,3}(?![\w\/-])`;
const SHORT = String.raw`(?<=(?:^|[\s'’(])(?:[Ii]l|al|l['’]|[Nn]umero|[Cc]hiami|[Tt]el\.?:?) ?)(?:112|118|1522|116117|19696)(?!\d)`;
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
  if (web) return isAddress(shown) ? shown : null;
  if (mail) return `mailto:${shown}`;
  if (short) return `tel:${shown}`;
  const digits = shown.replace(/[^\d+]/gu, "");
  if (digits.replace("+39", "").length < SHORTEST_PHONE) return null;
  return `tel:${digits.startsWith("+") || digits.startsWith("80") ? digits : `+39${digits}`}`;
}

function isAddress(text) {
  try {
    return new URL(text).protocol === "https:";
  } catch {
    return false;
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
  link.textContent = found.replace("https://", "");
  if (address.startsWith("https:")) {
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    const hint = document.createElement("span");
    hint.className = "hidden";
    hint.textContent = " (si apre in una nuova scheda)";
    link.append(hint);
  }
  return link;
}
