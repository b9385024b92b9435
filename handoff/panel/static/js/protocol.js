// The number of a letter in the official register.
import { byId } from "./elements.js";

/** `save` gets the number and answers whether it was written. */
export function startProtocol(save) {
  byId("protocol-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await save(byId("protocol-number").value.trim());
      byId("protocol").close();
    } catch (problem) {
      byId("protocol-problem").textContent = problem.message;
    }
  });
  byId("protocol-cancel").addEventListener("click", () => byId("protocol").close());
}

export function askProtocol(ticket) {
  byId("protocol-number").value = ticket.protocol ?? "";
  byId("protocol-problem").textContent = "";
  byId("protocol").showModal();
}
