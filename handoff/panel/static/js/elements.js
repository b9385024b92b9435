// Makes elements. Text goes in as text only: nothing here parses HTML.
const SVG = "http://www.w3.org/2000/svg";
const SPRITES = "/vendor/bootstrap-italia/svg/sprites.svg";

export const byId = (id) => document.getElementById(id);

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) give(element, name, value);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

function give(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else element.setAttribute(name, value === true ? "" : value);
}

export function icon(name, classes = "icon-sm") {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${SPRITES}#it-${name}`);
  svg.setAttribute("class", `icon ${classes}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** Keeps the elements that stay: focus and scrolling survive a refresh. */
export function arrange(parent, wanted) {
  wanted.forEach((element, place) => {
    if (parent.children[place] !== element) parent.insertBefore(element, parent.children[place]);
  });
  while (parent.children.length > wanted.length) parent.lastElementChild.remove();
}

/** Redraws only what changed, and gives focus back to the control that had it. */
export function redraw(element, seen, children) {
  const signature = JSON.stringify(seen);
  if (element.dataset.seen === signature) return;
  const focused = element.contains(document.activeElement) && document.activeElement.dataset.key;
  element.dataset.seen = signature;
  element.replaceChildren(...children().filter(Boolean));
  if (focused) (element.querySelector(`[data-key="${focused}"]`) ?? element.querySelector("h2"))?.focus();
}
