// The trainers' desk: which of its views is shown, and what they all need.
import { Problem, ask, tell } from "../api.js";
import { dropDrafts } from "../drafts.js";
import { byId, make } from "../elements.js";
import { showAnswer } from "./answer.js";
import { showAnswers } from "./answers.js";
import { showDoubts } from "./doubts.js";
import { showVersions } from "./versions.js";

const VIEWS = { "da-guardare": showDoubts, risposte: showAnswers, versioni: showVersions };
const TITLES = { "da-guardare": "Da guardare", risposte: "Risposte", versioni: "Addestra e pubblica" };
const AT_WORK = 5 * 60_000; // how often typing alone tells the server that somebody is here
const TOLD = 8000; // how long what was done stands there
let workedAt = Date.now();
let leave = () => {};
let isFirst = true;

async function follow() {
  if (location.hash === "#view") return byId("view").focus(); // the skip link
  const [name, key] = location.hash.slice(1).split("/");
  const view = VIEWS[name] ? name : "da-guardare";
  leave();
  say("");
  const shown = { gone: false };
  leave = () => (shown.gone = true);
  mark(view);
  const show = view === "risposte" && key ? showAnswer : VIEWS[view];
  await show(byId("view"), { key, suffer, say, isGone: () => shown.gone }).catch(suffer);
  if (!isFirst && !shown.gone) focusTitle();
  isFirst = false;
}

/** Where a screen reader begins to read the new view. */
function focusTitle() {
  const title = byId("view").querySelector("h1") ?? byId("view");
  title.tabIndex = -1;
  title.focus();
}

function mark(view) {
  document.title = `${TITLES[view]} · Formazione · Sportello`;
  for (const link of document.querySelectorAll(".sections a")) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/** What went wrong where no form can tell it. */
function suffer(problem) {
  if (!(problem instanceof Problem)) throw problem;
  if (problem.status === 401) return location.assign(`/panel/login?perche=scaduta&poi=formazione${location.hash}`);
  byId("view").replaceChildren(make("p", { class: "notice notice-bad", role: "alert" }, problem.message));
}

let silence = null;
function say(sentence) {
  clearTimeout(silence);
  byId("announcer").textContent = sentence;
  silence = setTimeout(() => (byId("announcer").textContent = ""), TOLD);
}

async function logOut() {
  dropDrafts();
  await tell("logout").catch(() => {});
  location.assign("/panel/login?perche=uscita&poi=formazione");
}

function work() {
  if (Date.now() - workedAt < AT_WORK) return;
  workedAt = Date.now();
  ask("me").catch(suffer);
}

async function start() {
  byId("who").textContent = (await ask("me")).operator.name;
  byId("logout").addEventListener("click", logOut);
  addEventListener("hashchange", follow);
  for (const name of ["keydown", "pointerdown"]) addEventListener(name, work, { passive: true });
  await follow();
}

start().catch(suffer);
