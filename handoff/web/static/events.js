/** Server-sent events over fetch: EventSource cannot carry our header. */

/** Yields {name, data} for each event, and {name: "alive"} for keep-alives. */
export async function* readEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      yield* blocks.map(parse);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function parse(block) {
  const fields = { data: "" };
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
  }
  return fields.event ? { name: fields.event, data: JSON.parse(fields.data) } : { name: "alive" };
}
