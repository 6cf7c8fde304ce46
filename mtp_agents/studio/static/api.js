// The LangGraph server's API, as far as the page needs it. All errors are ApiErrors that can be shown.

export class ApiError extends Error {
  /**
   * @param {string} message What to show.
   * @param {number} status HTTP status; 0 if there was no answer at all.
   */
  constructor(message, status) {
    super(message);
    this.status = status;
  }

  /** Whether nobody answered: the page's own process, or the server behind it. */
  get gone() {
    return this.status === 0 || this.status === 502;
  }
}

async function call(path, body, signal) {
  const post = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  let answer;
  try {
    answer = await fetch(path, { ...(body === undefined ? {} : post), signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError("This page's own server does not answer: is `mtp-agents studio` still running?", 0);
  }
  if (!answer.ok) throw new ApiError(await problem(answer), answer.status);
  return answer;
}

/** Reads on in an answer that has begun. */
async function read(part) {
  try {
    return await part();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError("The connection broke off before the answer was complete.", 0);
  }
}

async function problem(answer) {
  const text = await read(() => answer.text());
  try {
    const detail = JSON.parse(text).detail;
    return typeof detail === "string" ? detail : JSON.stringify(detail);
  } catch {
    return text.slice(0, 500) || `The server answered with status ${answer.status}.`;
  }
}

async function json(path, body) {
  const answer = await call(path, body);
  return read(() => answer.json());
}

export const about = () => json("about.json");
export const isUp = () => json("api/ok");
export const assistants = () => json("api/assistants/search", { limit: 100 });
export const schemas = (assistant) => json(`api/assistants/${assistant}/schemas`);
export const newThread = async () => (await json("api/threads", {})).thread_id;
export const threadState = (thread) => json(`api/threads/${thread}/state`);
export const cancelRun = (thread, run) => call(`api/threads/${thread}/runs/${run}/cancel`, {});

/** Starts a run on a thread; yields its server-sent events as {event, data}. */
export async function* streamRun(thread, run, signal) {
  const body = { ...run, stream_mode: ["messages-tuple", "updates", "custom"], stream_subgraphs: true,
    on_disconnect: "cancel" };
  const answer = await call(`api/threads/${thread}/runs/stream`, body, signal);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const part = await read(() => reader.read());
    if (part.done) return;
    const events = (rest + part.value.replaceAll("\r", "")).split("\n\n");
    rest = events.pop();
    for (const one of events) {
      const parsed = parseEvent(one);
      if (parsed) yield parsed;
    }
  }
}

/** One server-sent event; null for a heartbeat. */
function parseEvent(text) {
  let event = "message";
  const data = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("event:")) event = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).trimStart());
  }
  return data.length ? { event, data: JSON.parse(data.join("\n")) } : null;
}
