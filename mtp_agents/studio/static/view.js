// Draws the items of a conversation. Each item has one element, whose parts are filled again when it changes.

import { drawBlocks, parts, sizeBar } from "./blocks.js";

/** An element with a class, and children or text. */
export function make(tag, name, ...children) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export class View {
  /** @param {HTMLElement} list Where the items stand. */
  constructor(list) {
    this.list = list;
    this.drawn = new Map(); // item -> its element and a function that fills it
    this.style = "blocks";
  }

  /** Draws what has changed, and the order. */
  draw(conversation) {
    for (const item of conversation.changed) {
      if (!this.drawn.has(item)) this.drawn.set(item, DRAWERS[item.kind](item));
      this.drawn.get(item).fill(item, this.style);
    }
    if (conversation.changed.size) {
      conversation.changed.clear();
      const wanted = conversation.items.map((item) => this.drawn.get(item)?.element).filter(Boolean);
      wanted.forEach((element, place) => {
        if (this.list.children[place] !== element) this.list.insertBefore(element, this.list.children[place] ?? null);
      });
    }
  }

  clear() {
    this.drawn.clear();
    this.list.replaceChildren();
  }
}

const DRAWERS = {
  human(item) {
    return fixed(make("article", "item human", make("h3", "hidden", "You"), make("p", "words", item.text)));
  },
  error(item) {
    const box = fixed(make("article", "item error", make("h3", "", item.title), make("p", "words", item.text)));
    box.element.setAttribute("role", "alert");
    return box;
  },
  note: (item) => fixed(make("p", "item note", item.text)),
  tool(item) {
    return fixed(make("article", "item tool", make("h3", "", item.name), resultOf(item.result, item.name)));
  },
  total(item) {
    const element = make("div", "item total", make("span", "of", `${item.figures.replies} replies`));
    element.append(...figures(item.figures, true));
    return fixed(element);
  },
  ai: reply,
};

const fixed = (element) => ({ element, fill: () => {} });

/** A reply of the model: reasoning, answer, calls with their results, figures. */
function reply(first) {
  const name = first.branch || "Assistant";
  const waiting = make("p", "waiting", make("i"), make("i"), make("i"));
  waiting.setAttribute("role", "img");
  waiting.setAttribute("aria-label", "Waiting for the first token");
  const thought = make("div", "blocks thought");
  const reasoning = make("details", "reasoning", make("summary", "", "Reasoning"), thought);
  reasoning.open = true;
  const answer = make("div", "blocks answer");
  const calls = make("div", "calls");
  const cost = make("footer", "figures");
  const heading = make("h3", "", name, first.node && first.node !== "model" ? make("small", "", first.node) : null);
  const element = make("article", "item ai", heading, reasoning, answer, calls, waiting, cost);
  if (first.branch) element.classList.add("branch");

  function fill(item, style) {
    const found = parts(item);
    const blocks = style === "blocks" && item.passes.length > 0;
    element.classList.toggle("streaming", item.streaming);
    waiting.hidden = item.passes.length > 0 || item.content || item.reasoning || item.calls.length || !item.streaming;
    section(thought, reasoning, blocks ? found.reasoning : null, item.reasoning || plain(found.reasoning));
    const said = item.content || (item.streaming ? plain(found.answer) : "");
    section(answer, answer, blocks ? found.answer : null, said);
    drawCalls(calls, item, blocks ? found.calls : null);
    cost.replaceChildren(...(item.figures ? figures(item.figures) : []));
    cost.hidden = !item.figures;
  }
  return { element, fill };
}

const plain = (pieces) => pieces.filter((piece) => !piece.mark).map((piece) => piece.text).join("").trim();

/** Fills a section with blocks, or with text where there are none; an empty one is cleared and hidden. */
function section(element, box, pieces, text) {
  const empty = pieces ? pieces.length === 0 : !text.trim();
  box.hidden = empty;
  if (empty) element.replaceChildren();
  else if (pieces) drawBlocks(element, pieces);
  else element.replaceChildren(text.trim());
}

function drawCalls(element, item, pieces) {
  element.hidden = !(item.calls.length || item.broken.length || pieces?.length);
  const boxes = [];
  if (pieces?.length) {
    const written = make("div", "blocks code");
    drawBlocks(written, pieces);
    boxes.push(written);
  }
  for (const call of item.calls) boxes.push(callBox(call));
  for (const call of item.broken) {
    const text = make("code", "", call.args ?? "");
    boxes.push(make("div", "call broken", make("h4", "", make("span", "badge", "broken call"), call.name ?? ""), text));
  }
  element.replaceChildren(...boxes.filter(Boolean));
}

function callBox(call) {
  if (!call) return null;
  const shown = call.args ? argumentsOf(call.args) : call.written;
  const head = make("h4", "", make("span", "badge", "tool call"), make("code", "", `${call.name}(${shown})`));
  return make("div", "call", head, call.result ? resultOf(call.result, call.name) : null);
}

const argumentsOf = (args) => Object.entries(args).map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(", ");

function resultOf(result, name) {
  const box = make("div", `result${result.failed ? " failed" : ""}`);
  const badge = make("span", "badge", result.failed ? "tool error" : "result");
  badge.title = `${name} ${result.failed ? "failed" : "returned"}`;
  box.append(badge, make("pre", "", result.text || "(nothing)"));
  return box;
}

const seconds = (value) => (value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(value < 10 ? 2 : 1)} s`);

/** The figures of a reply, or of all of a run. */
function figures(one, total = false) {
  const shown = [["tokens", one.tokens]];
  if (one.passes) shown.push(["passes", one.passes], ["tokens per pass", one.tokens_per_pass.toFixed(2)]);
  if (one.ttft_seconds !== null && one.ttft_seconds !== undefined && !total)
    shown.push(["first token", seconds(one.ttft_seconds), "Time to the first token (TTFT)"]);
  if (one.seconds) shown.push([total ? "in the model" : "in all", seconds(one.seconds), "Time of the model’s calls"]);
  shown.push(["from cache", one.cache_read ?? 0, "Tokens of the prompt that were computed before (cache_read)"]);
  const list = make("dl", "");
  for (const [name, value, title] of shown) {
    const pair = make("div", "", make("dt", "", name), make("dd", "", String(value)));
    if (title) pair.title = title;
    list.append(pair);
  }
  return [list, one.passes ? sizeBar(one.block_sizes) : null].filter(Boolean);
}
