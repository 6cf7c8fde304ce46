// The page: chooses an agent, sends messages, shows the stream, answers interrupts, cancels.

import * as api from "./api.js";
import { Conversation } from "./conversation.js";
import { interruptForm } from "./interrupts.js";
import { Settings } from "./settings.js";
import { make, View } from "./view.js";

const at = (id) => document.getElementById(id);
const SUGGESTIONS = {
  reasoning_agent: ["What is the price of torch?", "Order 2 pieces of bottle for Igor."],
  data_analyst: ["List all tables.", "Draw a chart with table sales, column amount and group region."],
  parallel_planner: ["What is the weather forecast for Oslo, Lima and Cairo?"],
  approval: ["Transfer 40 from Anna to Tom and tell me the new balance of Tom."],
  ready_made: ["Get the price of the product bottle, then file a report with the price that you get as amount and product bottle."],
};

let conversation = new Conversation();
const view = new View(at("items"));
const settings = new Settings((style) => {
  view.style = style;
  conversation.items.forEach((item) => conversation.changed.add(item));
  draw();
});
view.style = settings.view;
let agents = [];
let thread = null;
let run = null; // {id, abort, cancelled} while one is on
let waiting = null; // the form of an interrupt
let ready = false; // the chosen agent takes messages
let drawing = false;

// --- what is shown -----------------------------------------------------------------------------

function draw() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    const chat = at("chat");
    const atEnd = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 80;
    view.draw(conversation);
    at("empty").hidden = conversation.items.length > 0;
    if (atEnd) chat.scrollTop = chat.scrollHeight;
  });
}

function controls() {
  at("send").hidden = run !== null;
  at("cancel").hidden = run === null;
  at("cancel").disabled = run?.cancelled ?? false;
  at("message").disabled = !ready || waiting !== null;
  at("send").disabled = at("message").disabled || !at("message").value.trim();
  at("agent").disabled = run !== null || agents.length === 0;
  at("new").disabled = run !== null;
}

const say = (text) => { if (at("status").textContent !== text) at("status").textContent = text; };

function showError(title, error) {
  conversation.add({ kind: "error", title, text: error.message });
  draw();
}

/** Says that nobody answers, and looks again until somebody does. */
function showGone(error) {
  at("banner").textContent = `${error.message} Trying again …`;
  if (!at("banner").hidden) return;
  at("banner").hidden = false;
  const again = async () => {
    try {
      await api.isUp();
      at("banner").hidden = true;
      if (!agents.length) start();
      else if (!ready) choose();
    } catch {
      setTimeout(again, 2000);
    }
  };
  setTimeout(again, 2000);
}

// --- agents ------------------------------------------------------------------------------------

async function start() {
  try {
    agents = (await api.assistants()).sort((a, b) => a.graph_id.localeCompare(b.graph_id));
  } catch (error) {
    showGone(error);
    return;
  }
  const name = (one) => (one.metadata?.created_by === "system" ? one.graph_id : `${one.name} (${one.graph_id})`);
  at("agent").replaceChildren(...agents.map((one) => new Option(name(one), one.assistant_id)));
  const [graph, known] = location.hash.slice(1).split("/").map(decodeURIComponent);
  const chosen = agents.find((one) => one.graph_id === graph) ?? agents.find((one) => one.graph_id === "reasoning_agent");
  if (chosen) at("agent").value = chosen.assistant_id;
  if (!agents.length) showError("No agents", new Error("The server has no graphs."));
  else await choose();
  if (known && chosen?.graph_id === graph) await reopen(known);
  at("message").focus();
}

const agent = () => agents.find((one) => one.assistant_id === at("agent").value);

async function choose() {
  const chosen = agent();
  ready = false;
  controls();
  try {
    const found = await api.schemas(chosen.assistant_id);
    if (agent() !== chosen) return; // the user was quicker, and another call is on its way
    const state = found.input_schema ?? found.state_schema;
    settings.allow("decoding" in (found.context_schema?.properties ?? {}));
    ready = !state?.properties || "messages" in state.properties;
    say(ready ? "" : "This agent takes no messages: its state has no `messages`. Use LangGraph Studio for it.");
  } catch (error) {
    if (agent() !== chosen) return;
    if (error.gone) showGone(error);
    else showError("The agent cannot be read", error);
  }
  const words = SUGGESTIONS[chosen.graph_id] ?? [];
  at("suggestions").replaceChildren(...words.map((text) => {
    const button = make("button", "", text);
    button.type = "button";
    button.addEventListener("click", () => { at("message").value = text; grow(); at("message").focus(); controls(); });
    return button;
  }));
  controls();
}

function newChat() {
  conversation = new Conversation();
  thread = null;
  closeInterrupt();
  view.clear();
  say("");
  history.replaceState(null, "", `#${encodeURIComponent(agent()?.graph_id ?? "")}`);
  conversation.changed.clear();
  draw();
  controls();
}

/** Shows a thread of the server again, after the page was loaded anew. */
async function reopen(id) {
  try {
    const state = await api.threadState(id);
    thread = id;
    conversation.takeState(state);
    openInterrupt();
  } catch (error) {
    if (error.status === 404 || error.status === 422) newChat(); // the server does not know it any more
    else if (error.gone) showGone(error);
    else showError("The conversation cannot be read", error);
  }
  draw();
  controls();
}

// --- runs --------------------------------------------------------------------------------------

async function send() {
  const text = at("message").value.trim();
  if (!text || run || waiting || !ready || !settings.valid()) return;
  at("message").value = "";
  grow();
  const human = conversation.add({ kind: "human", text });
  const began = await follow({ input: { messages: [{ role: "user", content: text }] } });
  if (!began && conversation.items.includes(human)) { // nothing was taken: the user may try again
    at("message").value ||= text;
    grow();
  }
  controls();
}

/** Runs the agent and shows its stream; says whether the server took the run. */
async function follow(what) {
  const mine = (run = { id: null, abort: new AbortController(), cancelled: false });
  const shown = conversation;
  const asked = shown.interrupts; // what this run answers, if it answers something
  const began = performance.now();
  shown.startRun();
  const clock = setInterval(() => { // apart from the status, which screen readers read out
    at("clock").textContent = `${Math.round((performance.now() - began) / 1000)} s`;
  }, 1000);
  say("Waiting for the agent; its first run loads the model …");
  controls();
  draw();
  let failure = null;
  try {
    if (!thread) {
      thread = await api.newThread();
      history.replaceState(null, "", `#${encodeURIComponent(agent().graph_id)}/${thread}`);
    }
    const body = { assistant_id: agent().assistant_id, context: settings.context, ...what };
    for await (const event of api.streamRun(thread, body, mine.abort.signal)) {
      if (event.event === "metadata") mine.id = event.data.run_id;
      else if (event.event === "error") failure = event.data;
      else shown.take(event);
      if (shown.items.length > shown.runStart && !mine.cancelled) say("Running …");
      draw();
      if (mine.cancelled && mine.id && !mine.asked) askToCancel(mine);
    }
  } catch (error) {
    if (error.name !== "AbortError") failure = error;
  }
  clearInterval(clock);
  at("clock").textContent = "";
  await finish(mine, failure, asked);
  return mine.id !== null;
}

/** What is left to do when a stream is over, whatever ended it. */
async function finish(mine, failure, asked) {
  let state = null;
  try {
    state = thread && mine.id && !failure?.gone ? await api.threadState(thread) : null;
    if (state && !mine.cancelled) conversation.takeState(state);
    else if (state) conversation.takeInterrupts(state);
  } catch (error) {
    failure ??= error;
  }
  if (!state && failure) conversation.interrupts = asked; // the answer may not have arrived
  conversation.endRun();
  run = null;
  if (mine.cancelled) {
    conversation.add({ kind: "note", text: "Cancelled. What was written is above; you can go on." });
    openInterrupt();
    say("Cancelled.");
  } else if (failure) {
    const gone = failure.gone || failure.error === "ServerGone";
    if (gone) showGone(failure);
    showError(gone ? "The server is gone" : `The run failed${failure.error ? `: ${failure.error}` : ""}`, { message: reason(failure, state) });
    openInterrupt();
    say("The run failed.");
  } else {
    openInterrupt();
    say(waiting ? "The agent waits for your decision." : "Done.");
  }
  draw();
  controls();
  if (!waiting) at("message").focus();
}

/** The server hides the messages of errors that it does not know; the thread's state has them. */
function reason(failure, state) {
  if (failure.status === 404) return `The server does not know this conversation any more. Begin a new chat. (${failure.message})`;
  const kept = (state?.tasks ?? []).map((task) => task.error).find(Boolean);
  if (!kept || failure.message !== "An internal error occurred") return failure.message ?? String(failure);
  const [, quoted] = /^\w+\((["'].*["'])\)$/s.exec(kept) ?? [];
  return quoted ? quoted.slice(1, -1).replaceAll("\\n", "\n").replaceAll("\\'", "'") : kept;
}

function cancel() {
  if (!run || run.cancelled) return;
  run.cancelled = true;
  say("Cancelling …");
  controls();
  if (run.id) askToCancel(run);
}

async function askToCancel(mine) {
  mine.asked = true;
  setTimeout(() => mine.abort.abort(), 5000); // the stream ends by itself, unless the server is stuck
  try {
    await api.cancelRun(thread, mine.id);
  } catch { /* the run may be over already */ }
}

function openInterrupt() {
  if (!conversation.interrupts.length) return;
  waiting = interruptForm(conversation.interrupts, async (resume) => {
    closeInterrupt();
    await follow({ command: { resume } });
  });
  at("chat").append(waiting);
  waiting.scrollIntoView({ block: "end" });
  waiting.querySelector("input, textarea")?.focus();
}

function closeInterrupt() {
  waiting?.remove();
  waiting = null;
}

// --- controls ----------------------------------------------------------------------------------

function grow() {
  const box = at("message");
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, 200)}px`;
}

at("composer").addEventListener("submit", (event) => { event.preventDefault(); send(); });
at("message").addEventListener("input", () => { grow(); controls(); });
at("message").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
});
document.addEventListener("keydown", (event) => { if (event.key === "Escape") cancel(); });
at("cancel").addEventListener("click", cancel);
at("new").addEventListener("click", () => { newChat(); at("message").focus(); });
at("agent").addEventListener("change", () => { newChat(); choose(); });
if (matchMedia("(max-width: 800px)").matches) at("settings-box").open = false;
start();
