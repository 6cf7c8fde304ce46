"""A conversation with a student in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from typing import TYPE_CHECKING, Any

from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    HumanMessage,
    message_chunk_to_message,
)

from mtp_agents.blocks import BlockWriter, legend
from mtp_agents.passes import figures_of, passes_of
from mtp_model.config import DecodingPolicy, policy_from_name
from mtp_model.errors import ContextLengthError, MTPError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from rich.console import Console

__all__ = ["Chat", "model_maker"]

HELP = "/exit ends, /reset forgets the conversation, /policy NAME decodes with static, confadapt or verified."


class Chat:
    """A conversation: what was said, and how the next answer is decoded.

    Args:
        console: Where to.
        make_model: Makes the chat model that decodes with a policy.
        policy: How to decode at first.
    """

    def __init__(
        self, console: Console, make_model: Callable[[DecodingPolicy], BaseChatModel], policy: DecodingPolicy
    ) -> None:
        self._console = console
        self._make_model = make_model
        self.policy = policy
        self.messages: list[BaseMessage] = []

    def run(self, read: Callable[[], str]) -> None:
        """Talks until the user leaves.

        Args:
            read: Gives the user's next line; raises EOFError at the end.
        """
        self._say(f"{self.policy}. {HELP} Ctrl-C stops an answer.")
        self._console.print(legend())
        while True:
            try:
                line = read().strip()
            except EOFError:
                return
            except KeyboardInterrupt:
                self._console.print()
                self._say("Nothing to stop. /exit ends the conversation.")
                continue
            if line == "/exit":
                return
            if line.startswith("/"):
                self._command(line)
            elif line:
                self._turn(line)

    def _command(self, line: str) -> None:
        name, *arguments = line.split()
        if name == "/reset" and not arguments:
            self.messages.clear()
            self._say("The conversation is forgotten.")
        elif name == "/policy" and len(arguments) == 1:
            try:
                self.policy = policy_from_name(arguments[0])
                self._say(f"From now on: {self.policy}.")
            except MTPError as error:
                self._say(str(error), "red")
        else:
            self._say(f"{line!r} is not a command. {HELP}", "red")

    def _turn(self, line: str) -> None:
        """One question and its answer; a question that gets no answer at all is forgotten."""
        self.messages.append(HumanMessage(line))
        reply: AIMessageChunk | None = None
        stopped = False
        try:
            with closing(self._stream()) as stream:
                for chunk in stream:
                    reply = chunk if reply is None else reply + chunk
        except KeyboardInterrupt:
            stopped = True
        except MTPError as error:
            hint = " /reset starts anew." if isinstance(error, ContextLengthError) else ""
            self._say(f"{error}{hint}", "red")
        if reply is None:
            self.messages.pop()
            self._say("No answer; the question is forgotten.")
            return
        answer = message_chunk_to_message(reply)
        assert isinstance(answer, AIMessage)
        self.messages.append(answer)
        self._say("stopped" if stopped else _cost(answer))

    def _stream(self) -> Generator[AIMessageChunk, None, None]:
        """The answer's chunks, each drawn before it is handed on."""
        blocks = BlockWriter(self._console)
        stream: Any = self._make_model(self.policy).stream(self.messages)
        try:
            for chunk in stream:
                for one in passes_of(chunk):
                    blocks.write(one)
                yield chunk
        finally:
            stream.close()  # also after Ctrl-C: it ends the decoding
            blocks.end()

    def _say(self, text: str, style: str = "dim") -> None:
        self._console.print(text, style=style, highlight=False, markup=False)


def model_maker(model: str | None) -> Callable[[DecodingPolicy], BaseChatModel]:
    """Chat models of one checkpoint; the weights are loaded once."""
    from mtp_agents import MTPChatModel

    given = {} if model is None else {"model": model}  # else what MTP_MODEL says
    return lambda policy: MTPChatModel(decoding=policy, **given)


def _cost(answer: AIMessage) -> str:
    figures = figures_of(answer)
    return (
        f"{figures.tokens} tokens in {figures.passes} forward passes: {figures.tokens_per_pass:.2f} per pass"
    )
