/** Pauses between attempts: longer each time, never in step with other browsers. */

const SHORTEST = 1_000; // ms
const LONGEST = 30_000;

export function pauseAfter(failures, random = Math.random) {
  const longest = Math.min(LONGEST, SHORTEST * 2 ** Math.max(0, failures - 1));
  return longest / 2 + (random() * longest) / 2;
}

/** Resolves after `ms`, or as soon as the network is back, or when the signal aborts. */
export function pause(ms, signal) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener("online", done);
    signal?.addEventListener("abort", done);
  });
}
