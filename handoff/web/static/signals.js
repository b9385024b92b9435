/** Abort signals; AbortSignal.any is younger than many citizens' phones. */

/** Aborts as soon as one of them does. */
export function anyOf(...signals) {
  const either = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) either.abort();
    else signal.addEventListener("abort", () => either.abort(), { once: true });
  }
  return either.signal;
}

/** Aborts after so many milliseconds. */
export function after(ms) {
  const late = new AbortController();
  setTimeout(() => late.abort(), ms);
  return late.signal;
}
