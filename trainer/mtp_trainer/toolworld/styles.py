"""How assistants of the toolworld think aloud: a few styles, each announced by its system prompts.

The wording of a turn is a function of the style and of what is known, so a reader of the system prompt
can predict it; what users say varies freely.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from mtp_model.prompt.messages import ToolCall
from mtp_trainer.toolworld.ops import ToolResult, to_json
from mtp_trainer.toolworld.words import Split, choose


@dataclass(frozen=True)
class Turn:
    """One assistant turn that calls tools: its purpose (infinitive), calls, results, tools' descriptions."""

    why: str
    calls: tuple[ToolCall, ...]
    results: tuple[ToolResult, ...]
    docs: tuple[str, ...]


@dataclass(frozen=True)
class Style:
    """A way of thinking aloud.

    Attributes:
        index: Number of the style; answers choose their wording by it.
        systems: System prompts that announce it; the last fifth is held out. May include "".
        first: Thought before the first call: `{why}`, `{tool}`, `{doc}`, `{args}`.
        later: Thought before a later call: also `{got}`, what the last turn gave.
        done: Thought before the answer: `{got}`.
        failed: What `{got}` says of a failed call: `{error}`.
        gave: What `{got}` says of a short result: `{result}`.
        silent: What `{got}` says of a result too long to repeat.
        plan: Opening of the first thought of a task with a plan; "" for styles that do not plan aloud.
    """

    index: int
    systems: tuple[str, ...]
    first: str
    later: str
    done: str
    failed: str
    gave: str
    silent: str
    plan: str = ""

    def before_call(self, turn: Turn, last: Turn | None, plan: Sequence[str]) -> str:
        """The reasoning of a turn that calls tools."""
        names = " and ".join(dict.fromkeys(call.name for call in turn.calls))
        arguments = "; ".join(_spoken(call) for call in turn.calls)
        facts = {"why": turn.why, "tool": names, "doc": turn.docs[0], "args": arguments}
        if last is None:
            opening = ""
            if self.plan and len(plan) > 1:
                steps = "\n".join(f"{i}. {step}" for i, step in enumerate(plan, 1))
                opening = f"{self.plan}\n{steps}\n"
            return opening + self.first.format(**facts)
        return self.later.format(got=self.got(last), **facts)

    def before_answer(self, last: Turn | None, thought: str) -> str:
        """The reasoning of the turn that answers; `thought` is for tasks without calls."""
        return thought if last is None else self.done.format(got=self.got(last))

    def got(self, turn: Turn) -> str:
        """What the results of `turn` say, in this style."""
        failures = [result.text for result in turn.results if not result.ok]
        if failures:
            return self.failed.format(error=failures[0].removeprefix("Error: "))
        shown = " and ".join(_short(result) for result in turn.results)
        return self.gave.format(result=shown) if shown and len(shown) <= 64 else self.silent


def _spoken(call: ToolCall) -> str:
    return ", ".join(f"{key} = {to_json(value)}" for key, value in call.arguments.items()) or "none"


def _short(result: ToolResult) -> str:
    value = result.value
    if isinstance(value, list) and all(isinstance(v, (str, int, float)) for v in value):
        return ", ".join(str(v) for v in value)
    return value if isinstance(value, str) else to_json(value)


STYLES = (
    Style(
        0,
        (
            "",
            "You are a helpful assistant.",
            "You are a helpful assistant. Use the tools when you need them.",
            "You help people with their daily work. Use the tools.",
            "You are an assistant with tools.",
            "You are an assistant that can call tools. Call them when they help.",
            "Help the user. You may call the tools.",
            "You work for the user. Tools are there for you to use.",
            "Answer the user. If a tool is needed, call it.",
            "You are here to help. Use tools where they are useful.",
            "You support the user with these tools.",
            "You are a friendly helper.",
            "Assist the user. Call tools when needed.",
            "You are a friendly assistant. Use the tools when you need them.",
        ),
        "I need to {why}. The tool {tool} can do that.",
        "{got} Now I need to {why}. The tool {tool} can do that.",
        "{got} That is all I need.",
        "That failed: {error}",
        "The result is {result}.",
        "I have the result.",
    ),
    Style(
        1,
        (
            "You are a careful assistant. Think step by step.",
            "Think step by step and use the tools.",
            "You are an agent. Make a plan, then use the tools step by step.",
            "You are an agent that plans. Work step by step.",
            "Always make a plan first and follow it step by step.",
            "You plan your work before you start it.",
            "Make a plan of the steps, then take one after the other.",
            "You are an assistant that thinks step by step.",
            "Think first, make a plan, and then use the tools.",
            "Go step by step. Plan before you act.",
            "You are a planner with tools. Take it step by step.",
            "Solve the task step by step with the tools.",
            "Plan first, then act. Use the tools step by step.",
            "You are a careful agent. Make a plan and think step by step.",
        ),
        "First, {why} with {tool}.",
        "{got} Next, {why} with {tool}.",
        "{got} All steps are done.",
        "The tool reports: {error}",
        "This gives {result}.",
        "This worked.",
        plan="My plan:",
    ),
    Style(
        2,
        (
            "Be brief.",
            "You are a brief assistant.",
            "You are an assistant. Keep it short.",
            "Use few words.",
            "Say little and act. Keep answers short.",
            "You are a brief assistant with tools.",
            "Be short and clear.",
            "Keep your thoughts brief.",
            "Answer briefly. Use the tools.",
            "Brief answers only.",
            "You are an assistant of few words.",
            "Be brief, and use the tools.",
            "Short answers, please. Use the tools.",
            "You are a brief assistant. Keep it short.",
        ),
        "To {why}: {tool}.",
        "{got} To {why}: {tool}.",
        "{got} Done.",
        "Failed: {error}",
        "Got {result}.",
        "Ok.",
    ),
    Style(
        3,
        (
            "You are an assistant with tools. Explain what you do.",
            "Explain each step. Use the tools and say which arguments you give them.",
            "You explain your work. Say why a tool fits before you call it.",
            "Explain which tool you choose and why.",
            "Before each call, explain the tool and its arguments.",
            "You are an assistant that explains every step.",
            "Explain yourself: which tool, why, and with which arguments.",
            "You have tools. Explain each of your steps in detail.",
            "Explain what each tool says and what you give it.",
            "Be thorough: explain all that you do.",
            "You are a thorough assistant. Explain each step before you act.",
            "You are a thorough assistant with tools. Explain what you do before you act.",
        ),
        "The user wants me to {why}. The tool {tool} fits, because it says: {doc} I give it {args}.",
        "{got} The next step is to {why}. The tool {tool} fits, because it says: {doc} I give it {args}.",
        "{got} No step is left, so I can answer the user.",
        "The last call failed with this message: {error}",
        "The last call returned {result}.",
        "The last call returned what I asked for.",
        plan="There are several steps to take:",
    ),
)


def draw_style(rng: random.Random) -> Style:
    """Draws a style; the plain one most often."""
    return rng.choices(STYLES, weights=(4, 3, 2, 1.5))[0]


def draw_system(style: Style, rng: random.Random, split: Split) -> str:
    """Draws a system prompt that announces `style`; none at all announces the plain one."""
    if split == "train" and "" in style.systems and rng.random() < 0.25:
        return ""
    return choose(rng, style.systems, split)
