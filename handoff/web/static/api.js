/** Calls to our server: a token in a header, never in an address. */

import { after as expiry, anyOf } from "./signals.js";

const ROOT = "/api/webchat";
const PATIENCE = 15_000; // ms for an ordinary answer
const LONG = 300_000; // ms for a file on a slow line

/** The server refused: `status`, a sentence for people, seconds to wait if it said so. */
export class Refusal extends Error {
  constructor(status, sentence, retryAfter) {
    super(sentence);
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /** Trying the same again can help. */
  get isPassing() {
    return this.status === 429 || this.status >= 500;
  }
}

export async function openSession() {
  return (await request("/sessions", { method: "POST" })).json();
}

export async function closeSession(token) {
  await request("/sessions", { method: "DELETE", token, keepalive: true });
}

export async function sendMessage(token, message) {
  return (await request("/messages", { method: "POST", token, body: message })).json();
}

export async function sendFile(token, file, id) {
  const headers = { "Content-Type": "application/octet-stream", "X-Client-Message-Id": id, "X-File-Name": encodeURIComponent(file.name) };
  return (await request("/attachments", { method: "POST", token, headers, raw: file, patience: LONG })).json();
}

export async function readFile(token, id) {
  return (await request(`/attachments/${id}`, { token, patience: LONG })).blob();
}

export async function readMessages(token, { after, wait, signal }) {
  const patience = wait * 1000 + PATIENCE;
  const path = `/messages?after=${after}&wait=${wait}`;
  return (await request(path, { token, signal, patience })).json();
}

export function openStream(token, { after, signal }) {
  return request(`/events?after=${after}`, { token, signal, patience: null });
}

async function request(path, { method = "GET", token, body, raw, headers: more, signal, patience = PATIENCE, keepalive }) {
  const headers = { ...more };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  const signals = [signal, patience && expiry(patience)].filter(Boolean);
  const response = await fetch(ROOT + path, {
    method,
    headers,
    body: raw ?? (body && JSON.stringify(body)),
    signal: anyOf(...signals),
    cache: "no-store",
    credentials: "omit",
    keepalive,
  });
  if (!response.ok) throw await refusal(response);
  return response;
}

async function refusal(response) {
  const body = await response.json().catch(() => ({}));
  const sentence = typeof body.detail === "string" ? body.detail : "Il servizio non ha risposto.";
  return new Refusal(response.status, sentence, Number(response.headers.get("Retry-After")) || null);
}
