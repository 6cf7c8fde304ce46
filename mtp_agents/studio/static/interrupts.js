// The form for a run that waits for a person: approve, edit or reject each call, or answer in JSON.

import { make } from "./view.js";

const WORDS = { approve: "Approve", edit: "Edit", reject: "Reject", respond: "Respond" };
let forms = 0; // radio groups need names of their own

/**
 * Draws the form.
 * @param {Array} interrupts As the server tells them: {id, value}.
 * @param {(resume: any) => void} onAnswer Takes the value of the command `resume`.
 * @returns {HTMLFormElement}
 */
export function interruptForm(interrupts, onAnswer) {
  const form = make("form", "item interrupt");
  form.setAttribute("aria-label", "The agent asks");
  const questions = interrupts.map((one) => question(one.value, form));
  const send = make("button", "primary", "Continue");
  const problem = make("p", "problem");
  problem.setAttribute("role", "alert");
  form.append(make("h3", "", "The agent waits for you"), ...questions.map((one) => one.element), problem, send);
  const check = () => { send.disabled = !questions.every((one) => one.ready()); };
  form.addEventListener("input", check);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    try {
      const answers = questions.map((one) => one.answer());
      for (const control of form.elements) control.disabled = true;
      onAnswer(answers.length === 1 ? answers[0] : Object.fromEntries(answers.map((answer, i) => [interrupts[i].id, answer])));
    } catch (error) {
      problem.textContent = error.message;
    }
  });
  check();
  return form;
}

function question(value) {
  return value?.action_requests ? review(value) : free(value);
}

/** Calls in the form of LangChain's HumanInTheLoopMiddleware: one decision for each. */
function review(value) {
  const actions = value.action_requests.map((request) => {
    const config = (value.review_configs ?? []).find((one) => one.action_name === request.name);
    return action(request, config?.allowed_decisions ?? ["approve", "edit", "reject"]);
  });
  const error = value.error ? make("p", "problem", value.error) : null;
  return {
    element: make("div", "", error, ...actions.map((one) => one.element)),
    ready: () => actions.every((one) => one.ready()),
    answer: () => ({ decisions: actions.map((one) => one.decision()) }),
  };
}

function action(request, allowed) {
  const group = `decision-${++forms}`;
  const args = request.args ?? request.arguments ?? {};
  const edited = make("textarea", "code", JSON.stringify(args, null, 2));
  edited.rows = Math.min(12, edited.value.split("\n").length);
  edited.spellcheck = false;
  const edit = make("label", "more", "Arguments (JSON)", edited);
  const reason = make("input", "");
  reason.type = "text";
  const why = make("label", "more", "What the agent is told", reason);
  const choices = make("div", "choices");
  let chosen = null;
  for (const name of allowed) {
    const radio = make("input", "");
    Object.assign(radio, { type: "radio", name: group, value: name });
    radio.addEventListener("input", () => { // before the form looks whether all is decided
      chosen = name;
      edit.hidden = name !== "edit";
      why.hidden = name !== "reject" && name !== "respond";
    });
    choices.append(make("label", `choice ${name}`, radio, make("span", "", WORDS[name] ?? name)));
  }
  edit.hidden = why.hidden = true;
  const shown = make("pre", "code", JSON.stringify(args, null, 2));
  const legend = make("legend", "", make("code", "", request.name));
  const words = request.description ? make("p", "", request.description) : null;
  return {
    element: make("fieldset", "", legend, words, shown, choices, edit, why),
    ready: () => chosen !== null,
    decision() {
      if (chosen === "edit") return { type: "edit", edited_action: { name: request.name, args: asObject(edited.value) } };
      if (chosen === "approve" || !reason.value.trim()) return { type: chosen };
      return { type: chosen, message: reason.value.trim() };
    },
  };
}

/** Any other question: shown as it is, and answered with JSON or, failing that, with plain text. */
function free(value) {
  const box = make("textarea", "code");
  box.rows = 3;
  return {
    element: make("div", "", make("pre", "code", typeof value === "string" ? value : JSON.stringify(value, null, 2)),
      make("label", "more", "Your answer (JSON, or text)", box)),
    ready: () => box.value.trim() !== "",
    answer() {
      try {
        return JSON.parse(box.value);
      } catch {
        return box.value;
      }
    },
  };
}

function asObject(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`The arguments are no JSON: ${error.message}`);
  }
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new Error("The arguments must be a JSON object, such as {\"amount\": 5}.");
  return value;
}
