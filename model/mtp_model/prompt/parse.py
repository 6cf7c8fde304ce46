r"""What an assistant wrote -> reasoning, text and tool calls, also while it is still writing.

    feed("<think>\nAdd th")  ->  reasoning "Add th"
    feed("em.\n</think>\n\n<tool_")  ->  reasoning "em."          (a tag may be beginning: held back)
    feed('call>\n{"name": "add", "argu')  ->  the beginning of a call of add
    feed('ments": {"a": 1}}\n</tool_call>')  ->  its arguments {"a": 1}, the tool call

One parser per style of format: `tagged` for Qwen3 and Hermes, `bare` for Llama 3, `mistral`. `parser_for`
chooses.
"""

from __future__ import annotations

from mtp_model.formats import HERMES, TurnFormat, format_of
from mtp_model.prompt.bare import BareParser
from mtp_model.prompt.calls import InvalidToolCall
from mtp_model.prompt.events import ParsedTurn, ParserEvent, TurnParser
from mtp_model.prompt.mistral import MistralParser
from mtp_model.prompt.tagged import StreamParser

__all__ = [
    "BareParser",
    "InvalidToolCall",
    "MistralParser",
    "ParsedTurn",
    "ParserEvent",
    "StreamParser",
    "TurnParser",
    "parse_assistant",
    "parser_for",
    "parser_of",
]


def parser_of(form: TurnFormat, *, opened: bool = False, answers: bool = False) -> TurnParser:
    """The parser for turns of a format; the arguments are those of `parser_for`."""
    if form.style == "tagged":
        return StreamParser(opened=opened, form=form)
    if form.style == "bare":
        return BareParser(opened=opened, form=form, answers=answers)
    return MistralParser(opened=opened, form=form)


def parser_for(chat_template: str, *, opened: bool = False, answers: bool = False) -> TurnParser:
    """The parser for what a model with this chat template writes.

    Args:
        chat_template: Jinja source. In a format that is not known, text without tags passes unchanged.
        opened: Whether the generation prompt ends inside the reasoning.
        answers: Whether an answer in JSON was asked for: then bare JSON is no call.
    """
    return parser_of(format_of(chat_template) or HERMES, opened=opened, answers=answers)


def parse_assistant(text: str, *, opened: bool = False, form: TurnFormat = HERMES) -> ParsedTurn:
    """Read a whole turn.

    Args:
        text: What the assistant wrote, without its closing token.
        opened: Whether the prompt already opened the reasoning.
        form: How the model writes its turns.
    """
    parser = parser_of(form, opened=opened)
    events = parser.feed(text) + parser.finish()
    return ParsedTurn(
        content="".join(event.text for event in events if event.kind == "text"),
        reasoning="".join(event.text for event in events if event.kind == "reasoning"),
        tool_calls=tuple(event.tool_call for event in events if event.tool_call),
        invalid_tool_calls=tuple(event.invalid for event in events if event.invalid),
    )
