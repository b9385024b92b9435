// Versions of the assistant: train one, see how it does, publish it, go back.
import { ask, tell } from "../api.js";
import { isAgreed } from "../asking.js";
import { byId, icon, make, redraw } from "../elements.js";
import { short } from "../times.js";
import { comparison } from "./comparison.js";
import { STEPS } from "./words.js";

const LOOK = 2000; // while something is on its way

export async function showVersions(view, { say, suffer, isGone }) {
  const page = { state: await ask("training/releases"), busy: false, say, suffer, isGone };
  if (isGone()) return;
  view.replaceChildren(
    make("h1", {}, "Addestra e pubblica"),
    make("p", { class: "lead" }, "Le risposte corrette valgono subito. Le frasi nuove, invece, l'assistente le impara addestrandosi: poi decide Lei se metterlo in servizio."),
    make("div", { id: "problem", role: "alert" }),
    make("section", { class: "serving", id: "serving", "aria-label": "Versione in servizio" }),
    make("ul", { class: "versions", id: "versions", "aria-label": "Versioni" }),
  );
  draw(page);
  watch(page);
}

function draw(page) {
  const { state, busy } = page;
  redraw(byId("serving"), [state.live, state.bot, state.previous, state.possible, isRunning(state), busy], () => serving(page));
  redraw(byId("versions"), [state.releases, busy], () => state.releases.map((release) => card(page, release)));
}

const isRunning = ({ releases }) => releases.some(({ state }) => state === "running");
const isComing = ({ live, bot }) => Boolean(live && bot && `${bot}.tar.gz` !== live);

async function watch(page) {
  while (!page.isGone()) {
    await new Promise((done) => setTimeout(done, LOOK));
    if (page.isGone() || page.busy || document.hidden || !(isRunning(page.state) || isComing(page.state))) continue;
    const before = isRunning(page.state);
    try {
      page.state = await ask("training/releases", { background: true });
    } catch (problem) {
      if (problem.status === 401) return page.suffer(problem);
      continue; // it is away for a moment
    }
    if (page.isGone()) return;
    draw(page);
    if (before && !isRunning(page.state)) page.say(ended(page.state.releases[0]));
  }
}

const ended = ({ state }) => (state === "failed" ? "L'addestramento non è riuscito." : "L'addestramento è finito: guardi il risultato.");

function serving(page) {
  const { live, live_number: number, previous, possible } = page.state;
  const running = isRunning(page.state);
  const words = number ? `Versione ${number}` : live ? "Versione dell'installazione" : "Nessuna versione";
  return [
    make("div", {}, make("h2", {}, words), make("p", {}, make("span", { class: "badge-live" }, "in servizio"), ` ${news(page.state)}`)),
    make(
      "div",
      { class: "buttons" },
      make("button", { type: "button", class: "btn btn-primary", "data-key": "train", disabled: page.busy || running || !possible, onclick: () => train(page) }, running ? "Addestramento in corso…" : "Addestra una nuova versione"),
      previous && make("button", { type: "button", class: "btn btn-outline-primary", "data-key": "back", disabled: page.busy, onclick: () => goBack(page) }, icon("refresh"), "Torna alla versione precedente"),
    ),
    possible ? null : make("p", { class: "soft" }, "Su questa installazione l'assistente si addestra insieme al programma, non da qui."),
  ];
}

function news(state) {
  if (!state.bot) return "L'assistente non risponde in questo momento: appena torna, usa questa.";
  return isComing(state) ? "L'assistente la sta caricando: intanto risponde con quella di prima." : "L'assistente la usa.";
}

function card(page, release) {
  const [word, tone] = standing(release);
  return make(
    "li",
    { class: "version" },
    make("div", { class: "version-head" }, make("h2", {}, `Versione ${release.number}`), make("span", { class: `badge-${tone}` }, word), make("span", { class: "soft" }, made(release))),
    release.state === "running" ? progress(release) : null,
    release.reason ? make("p", { class: "notice notice-bad" }, release.reason) : null,
    release.evaluation ? comparison(release) : null,
    release.can_serve ? make("button", { type: "button", class: "btn btn-primary", "data-key": `publish-${release.number}`, disabled: page.busy, onclick: () => publish(page, release) }, release.published_at ? `Rimetti in servizio la versione ${release.number}` : `Pubblica la versione ${release.number}`) : null,
  );
}

function standing({ state, is_live: live, published_at: published }) {
  if (state === "running") return ["in preparazione", "running"];
  if (state === "failed") return ["fallita", "failed"];
  if (live) return ["in servizio", "live"];
  return published ? ["è stata in servizio", "before"] : ["pronta", "ready"];
}

function made({ state, author, created_at: created, published_at: published, published_by: by }) {
  const word = state === "ready" ? "addestrata" : "avviata";
  const start = author === "installazione" ? `dell'installazione, ${short(created)}` : `${word} da ${author}, ${short(created)}`;
  return published && author !== by ? `${start}; pubblicata da ${by}, ${short(published)}` : start;
}

function progress({ step }) {
  const at = STEPS.findIndex(([name]) => name === step);
  return make("div", {}, make("ol", { class: "steps" }, STEPS.map(([, words], place) => make("li", { class: place < at ? "step-done" : place === at ? "step-now" : "step-next", "aria-current": place === at ? "step" : null }, words, place < at ? make("span", { class: "visually-hidden" }, " (fatto)") : null))), make("p", { class: "soft" }, "Dura qualche minuto. Intanto l'assistente continua a rispondere, e Lei può lasciare questa pagina."));
}

const train = (page) => act(page, "training/releases", {}, "Addestramento avviato.");

async function publish(page, release) {
  const words = ["L'assistente la usa entro pochi secondi e nessun messaggio va perso. Si può tornare indietro.", ...warnings(release.evaluation)];
  if (!(await isAgreed(`Pubblicare la versione ${release.number}?`, words.join(" "), "Pubblica"))) return;
  await act(page, `training/releases/${release.number}/publish`, { live: page.state.live }, `La versione ${release.number} è in servizio.`);
}

/** What one should know before saying yes. */
function warnings(evaluation) {
  if (!evaluation?.live) return ["Attenzione: non è stata confrontata con quella in servizio."];
  const { candidate, live, worse } = evaluation;
  const messages = worse.reduce((sum, topic) => sum + topic.messages, 0);
  return [
    candidate.caught < live.caught && "Attenzione: riconosce meno emergenze di quella in servizio.",
    messages && `Attenzione: su ${messages} ${messages === 1 ? "messaggio" : "messaggi"} di prova fa peggio di quella in servizio.`,
  ].filter(Boolean);
}

async function goBack(page) {
  const { previous, live } = page.state;
  await act(page, "training/releases/rollback", { live }, `La versione ${previous} è di nuovo in servizio.`);
}

async function act(page, path, body, done) {
  complain("");
  page.busy = true;
  draw(page);
  try {
    page.state = await tell(path, body);
    page.say(done);
  } catch (problem) {
    if (problem.status === 401) return page.suffer(problem);
    page.state = problem.present ?? page.state;
    complain(problem.message);
  } finally {
    page.busy = false;
    if (!page.isGone()) draw(page);
  }
}

function complain(sentence) {
  byId("problem").replaceChildren(...(sentence ? [make("p", { class: "notice notice-bad" }, sentence)] : []));
}
