/** Addresses, mailboxes and phone numbers in a text become links; everything else stays text. */

const WEB = String.raw`https:\/\/[^\s<>"']+`;
const MAIL = String.raw`[\w.+-]+@[\w-]+(?:\.[\w-]+)+`;
// Italian land lines, mobiles, toll-free numbers. A date or a postcode is none of them.
const PHONE = String.raw`(?<![\w\/.-])(?:\+39 ?)?(?:0\d{1,3}|3\d{2}|800|803)[ .\/-]?\d{2,8}(?: ?\d{2,4}){0,3}(?![\w\/-])`;
const SHORT = String.raw`(?<=(?:^|[\s'’(])(?:il|al|l['’]|numero|chiami|tel\.?:?) ?)(?:112|118|1522|116117|19696)(?!\d)`;
const LINK = new RegExp(`(?<web>${WEB})|(?<mail>${MAIL})|(?<phone>${PHONE})|(?<short>${SHORT})`, "giu");
const TAIL = /[.,;:!?)\]»”]+$/u;
const SHORTEST_PHONE = 8; // digits, without +39

export function linked(text) {
  const parts = document.createDocumentFragment();
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const shown = match.groups.phone || match.groups.short ? match[0] : match[0].replace(TAIL, "");
    const address = addressOf(shown, match.groups);
    if (!address) continue;
    parts.append(text.slice(end, match.index), anchor(shown, address));
    end = match.index + shown.length;
  }
  parts.append(text.slice(end));
  return parts;
}

function addressOf(shown, { web, mail, short }) {
  if (web) return URL.canParse(shown) && new URL(shown).protocol === "https:" ? shown : null;
  if (mail) return `mailto:${shown}`;
  if (short) return `tel:${shown}`;
  const digits = shown.replace(/[^\d+]/gu, "");
  if (digits.replace("+39", "").length < SHORTEST_PHONE) return null;
  return `tel:${digits.startsWith("+") || digits.startsWith("80") ? digits : `+39${digits}`}`;
}

function anchor(shown, address) {
  const link = document.createElement("a");
  link.href = address;
  link.textContent = shown;
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
