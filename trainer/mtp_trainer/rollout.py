"""Agent runs without a framework: a model, a task's tools and a loop."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from mtp_model.config import DecodingPolicy, GenerationOptions
from mtp_model.decode import Decoder
from mtp_model.grammar import Grammar
from mtp_model.prompt.messages import Message, ToolCall
from mtp_model.prompt.parse import parse_assistant
from mtp_model.prompt.render import PromptRenderer

MAX_TURNS = 16
MAX_NEW_TOKENS = 512

CallTool = Callable[[ToolCall], str]


@dataclass
class Run:
    """What an agent run produced and what it cost.

    Attributes:
        answer: Text of the last assistant message; "" if the loop was cut.
        turns: Token ids of each assistant turn, the end token excluded.
        tokens: Tokens written, over all turns.
        passes: Forward passes, over all turns.
        seconds: Prefill and decoding, without the tools.
    """

    answer: str = ""
    turns: list[tuple[int, ...]] = field(default_factory=list)
    tokens: int = 0
    passes: int = 0
    seconds: float = 0.0


def run_agent(
    decoder: Decoder,
    renderer: PromptRenderer,
    policy: DecodingPolicy,
    messages: Sequence[Message],
    tools: Sequence[dict[str, Any]],
    call_tool: CallTool,
    grammar: Grammar | None = None,
) -> Run:
    """Lets the model act until it answers without a tool call, at most `MAX_TURNS` turns.

    Args:
        decoder: The student.
        renderer: Renderer of its tokenizer.
        policy: How it decodes; greedily.
        messages: The conversation up to the request.
        tools: Tools in OpenAI format.
        call_tool: Runs a call and returns the text of the tool message.
        grammar: What each turn is held to; None for any text.
    """
    run = Run()
    history = list(messages)
    # Whether `<think>` is a special token or not: it is text that the parser needs.
    tokenizer = decoder.checkpoint.tokenizer
    for _ in range(MAX_TURNS):
        prompt = renderer.encode(history, tools)
        room = decoder.checkpoint.max_positions - len(prompt)
        if room <= 0:
            break
        options = GenerationOptions(max_new_tokens=min(MAX_NEW_TOKENS, room))
        with decoder.stream(prompt, policy, options, grammar=grammar) as stream:
            for _event in stream:
                pass
            generation = stream.generation()
        run.turns.append(tuple(generation.token_ids))
        run.tokens += generation.stats.tokens
        run.passes += generation.stats.passes
        run.seconds += generation.stats.prefill_seconds + generation.stats.decode_seconds
        turn = parse_assistant(str(tokenizer.decode(generation.token_ids)))
        if turn.invalid_tool_calls:
            break
        if not turn.tool_calls:
            run.answer = turn.content
            break
        history.append(Message("assistant", turn.content, turn.reasoning, turn.tool_calls))
        history += [
            Message("tool", call_tool(call), name=call.name, tool_call_id=call.id) for call in turn.tool_calls
        ]
    return run


_OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def calculate(expression: str) -> str:
    """An arithmetic expression's value as text; parsed, never evaluated as code.

    Args:
        expression: Numbers, + - * / and parentheses; a leading `%` or `$` is ignored as people write them.
    """
    try:
        tree = ast.parse(expression.replace("$", "").replace("%", "/100").replace(",", ""), mode="eval")
        value = round(_value(tree.body), 4)
    except (SyntaxError, ValueError, ZeroDivisionError, OverflowError, RecursionError) as error:
        return f"Error: cannot compute {expression!r}: {error}"
    return str(int(value)) if value == int(value) else str(value)


def _value(node: ast.expr) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return float(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return float(_OPERATORS[type(node.op)](_value(node.left), _value(node.right)))
    raise ValueError("only numbers, + - * / and parentheses are known")
