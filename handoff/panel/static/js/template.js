// Writing first, by a text that the provider approved.
import { ask } from "./api.js";
import { byId, make } from "./elements.js";

let templates = [];

/** `send` gets the name and the values, and answers whether it was done. */
export function startTemplate(send) {
  byId("open-template").addEventListener("click", openTemplate);
  byId("template-name").addEventListener("change", draw);
  byId("template-cancel").addEventListener("click", () => byId("template").close());
  byId("template-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await send({ name: byId("template-name").value, values: [...byId("template-gaps").querySelectorAll("input")].map(({ value }) => value.trim()) });
      byId("template").close();
    } catch (problem) {
      complain(problem.message);
    }
  });
}

async function openTemplate() {
  complain("");
  byId("template").showModal();
  templates = (await ask("templates").catch((problem) => complain(problem.message) ?? { templates: [] })).templates;
  byId("template-name").replaceChildren(...templates.map(({ name, sample }) => make("option", { value: name }, sample ? `${name} (dimostrativo, non approvato)` : name)));
  draw();
}

function draw() {
  const chosen = templates.find(({ name }) => name === byId("template-name").value);
  byId("template-text").textContent = chosen?.text ?? "Non ci sono modelli.";
  byId("template-gaps").replaceChildren(...Array.from({ length: chosen?.gaps ?? 0 }, (_, place) => gap(place + 1)));
  byId("template-send").disabled = !chosen;
}

function gap(number) {
  return make("label", {}, `Al posto di {${number}}`, make("input", { type: "text", maxlength: "500", autocomplete: "off", "aria-describedby": "template-problem" }));
}

function complain(words) {
  byId("template-problem").textContent = words;
}
