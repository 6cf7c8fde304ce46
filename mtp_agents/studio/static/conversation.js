// What was said, as plain data: the server's events and states -> a list of items. Nothing here touches the page.
//
// {kind: "human", text}
// {kind: "ai", id, where, node, passes: [{text, tokens}], content, reasoning, calls, broken, figures, streaming}
//    calls: [{id, name, args, written, result}]   written: the arguments as JSON text, while they grow
//    result: {text, failed}
// {kind: "tool", name, result}                    a result whose call is not here
// {kind: "note" | "error", title, text} and {kind: "total", figures}

export class Conversation {
  constructor() {
    this.items = [];
    this.interrupts = [];
    this.changed = new Set(); // items to draw again
    this.branches = new Map(); // namespace -> its name, such as "worker 2"
    this.results = new Set(); // ids of tool messages that have been taken
    this.runStart = 0; // place of the first item of the latest run
  }

  add(item, place = this.items.length) {
    this.items.splice(place, 0, item);
    this.changed.add(item);
    return item;
  }

  startRun() {
    this.runStart = this.items.length;
    this.interrupts = [];
  }

  /** Takes one event of a run's stream. */
  take({ event, data }) {
    const [mode, namespace = ""] = event.split(/\|(.*)/s);
    if (mode === "messages") this.#message(data[0], namespace, data[1]?.langgraph_node);
    else if (mode === "updates") this.#updates(data, namespace);
    else if (mode === "custom") this.#custom(data, namespace);
  }

  /** Takes a thread's state, at the end of a run or after the page was loaded again. */
  takeState(state) {
    for (const message of state.values?.messages ?? []) {
      if (message.type === "human") {
        const id = message.id;
        if (!this.items.some((item) => item.kind === "human" && (item.id === id || (!item.id && item.text === textOf(message.content)))))
          this.add({ kind: "human", id, text: textOf(message.content) });
      } else this.#whole(message, "");
    }
    this.takeInterrupts(state);
  }

  /** Takes what a thread waits for. */
  takeInterrupts(state) {
    this.interrupts = (state.tasks ?? []).flatMap((task) => task.interrupts ?? []);
  }

  /** Ends what is still being written, and sums up the latest run. */
  endRun() {
    const replies = this.items.slice(this.runStart).filter((item) => item.kind === "ai");
    for (const item of replies.filter((one) => one.streaming)) {
      item.streaming = false;
      this.changed.add(item);
    }
    const figures = replies.map((item) => item.figures).filter(Boolean);
    if (figures.length > 1) this.add({ kind: "total", figures: sum(figures) });
  }

  #message(message, namespace, node) {
    if (message.type === "AIMessageChunk") this.#chunk(message, namespace, node);
    else this.#whole(message, namespace, node);
  }

  #chunk(message, namespace, node) {
    const item = this.#reply(message.id, namespace, node);
    item.passes.push(...(message.additional_kwargs?.passes ?? []));
    item.content += textOf(message.content);
    item.reasoning += message.additional_kwargs?.reasoning_content ?? "";
    for (const part of message.tool_call_chunks ?? []) {
      const index = part.index ?? item.calls.length;
      const call = (item.calls[index] ??= { id: null, name: "", written: "", args: null, result: null });
      call.id ??= part.id;
      call.name += part.name ?? "";
      call.written += part.args ?? "";
    }
    if (message.usage_metadata) item.figures = figuresOf(message, item.figures);
    item.streaming = message.chunk_position !== "last";
    this.changed.add(item);
  }

  #whole(message, namespace, node) {
    if (message.type === "tool") this.#result(message, namespace);
    else if (message.type === "ai") {
      const item = this.#reply(message.id, namespace, node);
      const results = new Map(item.calls.map((call) => [call.id, call.result]));
      item.passes = message.additional_kwargs?.passes ?? [];
      item.content = textOf(message.content);
      item.reasoning = message.additional_kwargs?.reasoning_content ?? "";
      item.calls = (message.tool_calls ?? []).map((call) => (
        { ...call, written: JSON.stringify(call.args), result: results.get(call.id) ?? null }));
      item.broken = message.invalid_tool_calls ?? [];
      item.figures = figuresOf(message, item.figures);
      item.streaming = false;
      this.changed.add(item);
    }
  }

  #result(message, namespace) {
    if (message.id && this.results.has(message.id)) return;
    this.results.add(message.id);
    const result = { text: textOf(message.content), failed: message.status === "error" };
    const replies = this.items.filter((item) => item.kind === "ai").reverse();
    const near = [...replies.filter((item) => item.where === namespace), ...replies];
    for (const item of near) {
      const call = item.calls.find((one) => one?.id === message.tool_call_id && !one.result);
      if (call) {
        call.result = result;
        this.changed.add(item);
        return;
      }
    }
    this.add({ kind: "tool", name: message.name ?? "tool", result });
  }

  #updates(data, namespace) {
    for (const [node, update] of Object.entries(data ?? {})) {
      if (node === "__interrupt__") {
        if (!namespace) this.interrupts = update;
        continue;
      }
      for (const part of [update].flat()) {
        for (const message of [part?.messages ?? []].flat()) {
          if (message?.type) this.#whole(message, namespace, node);
        }
      }
    }
  }

  #custom(data, namespace) {
    if (data?.type !== "mtp_turn") return;
    const replies = this.items.slice(this.runStart).filter((item) => item.kind === "ai").reverse();
    const item = replies.find((one) => one.id === data.message_id)
      ?? replies.find((one) => one.where === namespace && !one.figures?.seconds);
    if (!item) return;
    item.figures = { ...data };
    this.changed.add(item);
  }

  /** The reply with this id; a new one stands behind the others of its branch. */
  #reply(id, namespace, node = "") {
    const known = this.items.find((item) => item.kind === "ai" && item.id === id);
    if (known) return known;
    const item = { kind: "ai", id, where: namespace, node, branch: this.#branch(namespace), passes: [], content: "",
      reasoning: "", calls: [], broken: [], figures: null, streaming: true };
    const last = namespace ? this.items.findLastIndex((one) => one.where === namespace) : -1;
    return this.add(item, last < 0 ? this.items.length : last + 1);
  }

  #branch(namespace) {
    if (!namespace) return "";
    if (!this.branches.has(namespace)) {
      const name = namespace.split("|").map((part) => part.split(":")[0]).join(" › ");
      const number = [...this.branches.values()].filter((other) => other.replace(/ \d+$/, "") === name).length + 1;
      this.branches.set(namespace, `${name} ${number}`);
    }
    return this.branches.get(namespace);
  }
}

/** Text of a message's content, which is a string or a list of blocks. */
function textOf(content) {
  if (typeof content === "string") return content;
  return (content ?? []).map((block) => (typeof block === "string" ? block : block.text ?? "")).join("");
}

/** A reply's cost as its message tells it; the event of the stream, if it came, knows more. */
function figuresOf(message, event) {
  const decoding = message.response_metadata?.decoding ?? {};
  const usage = message.usage_metadata;
  if (event?.type === "mtp_turn" || !usage) return event ?? null;
  const passes = usage.output_token_details?.forward_passes ?? 0;
  return {
    tokens: usage.output_tokens,
    passes,
    tokens_per_pass: passes ? usage.output_tokens / passes : 0,
    block_sizes: decoding.block_sizes ?? {},
    cache_read: usage.input_token_details?.cache_read ?? 0,
    ttft_seconds: decoding.prefill_seconds ?? null,
    seconds: decoding.decode_seconds === undefined ? null : decoding.prefill_seconds + decoding.decode_seconds,
  };
}

function sum(all) {
  const total = (name) => all.reduce((sofar, one) => sofar + (one[name] ?? 0), 0);
  const sizes = {};
  for (const one of all) {
    for (const [size, count] of Object.entries(one.block_sizes ?? {})) sizes[size] = (sizes[size] ?? 0) + count;
  }
  const [tokens, passes] = [total("tokens"), total("passes")];
  return { replies: all.length, tokens, passes, tokens_per_pass: passes ? tokens / passes : 0, block_sizes: sizes,
    cache_read: total("cache_read"), ttft_seconds: all[0].ttft_seconds, seconds: total("seconds") };
}
