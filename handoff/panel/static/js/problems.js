// What goes wrong on a page of its own: said where everybody sees it.
import { Problem } from "./api.js";
import { byId } from "./elements.js";

export function complain(words) {
  byId("problem").textContent = words;
  byId("problem").className = words ? "notice notice-bad" : "notice";
}

export function suffer(problem) {
  if (!(problem instanceof Problem)) throw problem;
  if (problem.status === 401) location.assign("/panel/login?perche=scaduta");
  complain(problem.message);
}
