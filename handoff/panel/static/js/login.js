// The log-in page.
import { tell } from "./api.js";
import { byId } from "./elements.js";

const WHY = {
  scaduta: "La sessione è terminata. Acceda di nuovo: le bozze sono ancora qui.",
  uscita: "È uscito dal pannello.",
};
const PAGES = ["formazione", "quadratura"]; // where one may go on
const form = byId("login");
const problem = byId("problem");

async function enter(event) {
  event.preventDefault();
  const { email, password } = Object.fromEntries(new FormData(form));
  problem.textContent = "";
  form.setAttribute("aria-busy", "true");
  try {
    await tell("login", { email, password });
    goOn();
  } catch (error) {
    refuse(error.message);
  }
}

function refuse(sentence) {
  form.removeAttribute("aria-busy");
  problem.textContent = sentence;
  byId("password").value = "";
  byId(form.email.value ? "password" : "email").focus();
}

function goOn() {
  const wanted = new URLSearchParams(location.search).get("poi");
  location.replace(`/panel${PAGES.includes(wanted) ? `/${wanted}` : ""}${location.hash}`);
}

function show() {
  const hidden = byId("password").type === "password";
  byId("password").type = hidden ? "text" : "password";
  byId("show").setAttribute("aria-pressed", String(hidden));
  byId("show").textContent = hidden ? "Nascondi" : "Mostra";
}

function start() {
  const why = WHY[new URLSearchParams(location.search).get("perche")];
  if (why) byId("why").textContent = why;
  byId("why").hidden = !why;
  form.addEventListener("submit", enter);
  byId("show").addEventListener("click", show);
  byId("email").focus();
}

start();
