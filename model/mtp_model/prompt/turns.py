"""Which tokens of a rendered conversation the model itself writes: the loss mask of training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mtp_model.errors import PromptError
from mtp_model.prompt.history import one_call_each
from mtp_model.prompt.messages import Message

if TYPE_CHECKING:
    from mtp_model.prompt.render import PromptRenderer

__all__ = ["AssistantTurns", "opening_of"]

_QUESTION = [Message("user", "x")]


def opening_of(renderer: PromptRenderer, thinking: bool | None = None) -> tuple[int, ...]:
    """Ids with which a template opens an assistant turn; empty if it does not open one."""
    bare = renderer.encode(_QUESTION, add_generation_prompt=False)
    prompt = renderer.encode(_QUESTION, thinking=thinking)
    return tuple(prompt[len(bare) :]) if prompt[: len(bare)] == bare else ()


class AssistantTurns:
    """Finds assistant turns in token ids, for one chat template.

    A turn begins behind its opening and ends with its closing token. Both are told by renderings of a probe,
    so templates need not be known. Texts of users and tools cannot contain them: they are control tokens.

    Args:
        renderer: Renders with the template.
    """

    def __init__(self, renderer: PromptRenderer) -> None:
        self._renderer = renderer
        self.opening = opening_of(renderer)
        """Ids with which the template opens an assistant turn; empty if it does not open one."""
        end = self._control_behind_text(_QUESTION)
        self.marked = bool(self.opening) or end is not None
        """Whether the template marks assistant turns at all."""
        self.closing: int | None = renderer.tokenizer.eos_token_id if end is None else end
        """The token that ends an assistant turn."""

    def mask(
        self, ids: list[int], messages: Sequence[Message], tools: Sequence[dict[str, Any]]
    ) -> list[bool]:
        """Which ids the model writes: the assistant turns behind the last user message.

        Args:
            ids: The rendered conversation.
            messages: The conversation.
            tools: Its tools.

        Returns:
            The mask, as long as `ids`; a turn's closing token belongs to the turn.

        Raises:
            PromptError: The template leaves open where turns begin.
        """
        mask = [False] * len(ids)
        for start in self._starts(ids, self._as_rendered(ids, messages, tools), tools):
            stop = self._end(ids, start)
            mask[start:stop] = [True] * (stop - start)
        return mask

    def _control_behind_text(self, question: list[Message]) -> int | None:
        try:
            one, other = (
                self._renderer.encode([*question, Message("assistant", text)], add_generation_prompt=False)
                for text in ("7", "answer")
            )
        except PromptError:  # a template that wants other conversations
            return None
        same = _common(one[::-1], other[::-1])
        control = self._renderer.tokenizer.added_tokens_decoder
        return next((token for token in one[len(one) - same :] if token in control), None)

    def _as_rendered(
        self, ids: list[int], messages: Sequence[Message], tools: Sequence[dict[str, Any]]
    ) -> Sequence[Message]:
        """The conversation with one call per turn, if it was rendered so."""
        if all(len(message.tool_calls) < 2 for message in messages):
            return messages
        split = one_call_each(messages)
        try:
            same = self._renderer.encode(split, tools, add_generation_prompt=False) == ids
        except PromptError:
            same = False
        return split if same else messages

    def _starts(
        self, ids: list[int], messages: Sequence[Message], tools: Sequence[dict[str, Any]]
    ) -> list[int]:
        """Where the assistant turns after the last user message begin."""
        speaks = [place for place, message in enumerate(messages) if message.role == "assistant"]
        last_user = max((i for i, m in enumerate(messages) if m.role == "user"), default=-1)
        wanted = [place for place in speaks if place > last_user]
        found = self._openings(ids)
        if len(found) == len(speaks):
            return found[len(speaks) - len(wanted) :]
        # The openings cannot be told by their ids: Mistral's turns have none, others open with a thought
        # only sometimes. The prompt from which the model writes a turn tells, at two renderings per turn.
        return [self._behind(ids, messages[:place], tools) for place in wanted]

    def _openings(self, ids: list[int]) -> list[int]:
        size, found, position = len(self.opening), [], 0
        while size and position <= len(ids) - size:
            if ids[position] == self.opening[0] and tuple(ids[position : position + size]) == self.opening:
                found.append(position + size)
                position = self._end(ids, found[-1])
            else:
                position += 1
        return found

    def _behind(self, ids: list[int], before: Sequence[Message], tools: Sequence[dict[str, Any]]) -> int:
        """Where the turn behind some messages begins: as far as the prompt for it goes along with `ids`."""
        start, least = 0, 1
        if before:
            start = _common(self._renderer.encode(before, tools), ids)
            least = len(self._renderer.encode(before, tools, add_generation_prompt=False))
        if start < least:
            raise PromptError(
                f"The chat template of {self._renderer.tokenizer.name_or_path!r} renders the messages before "
                "an assistant turn otherwise than in the prompt for that turn, so the text to train on "
                "cannot be told from the prompt. Leave such conversations out, or use another template."
            )
        return start

    def _end(self, ids: list[int], start: int) -> int:
        """One behind the closing token of the turn that begins at `start`."""
        return next((i + 1 for i in range(start, len(ids)) if ids[i] == self.closing), len(ids))


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    """Length of the longest common prefix."""
    pairs = zip(one, other, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
