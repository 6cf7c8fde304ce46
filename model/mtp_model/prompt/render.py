"""Messages -> token ids, the same way in serving and in training.

The checkpoint's own chat template renders the text. What users, tools and documents contribute can never
become a control token: every occurrence of one in their text is taken out before rendering and encoded as
plain characters afterwards. What the model itself wrote behind a prompt keeps, behind the same prompt, the
ids with which it wrote it, so that a conversation's next prompt begins with the tokens that are in the cache.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from mtp_model.errors import ConfigError, EmptyPromptError, PromptError
from mtp_model.formats import format_of
from mtp_model.prompt.history import one_call_each, short_id
from mtp_model.prompt.messages import Message
from mtp_model.prompt.tools import canonical_tool
from mtp_model.prompt.turns import AssistantTurns, opening_of

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

# Private-use characters that frame a guarded control string: OPEN + chr(FIRST + index) + CLOSE.
_OPEN, _CLOSE, _FIRST = "\ue000", "\ue001", 0xE100
_SWITCHES = ("enable_thinking", "thinking")  # of Qwen3 and many others; of DeepSeek V3.1 and Granite
_SPELLINGS = 256  # turns whose ids are remembered
_GUARDED = re.compile(f"{_OPEN}(.){_CLOSE}")


class _Turn(NamedTuple):
    """A turn that the model wrote.

    Attributes:
        before: Hash of the text of its prompt.
        text: Its own.
        closing: What the template writes behind it.
    """

    before: int
    text: str
    closing: str


class PromptRenderer:
    """Renders conversations for one tokenizer.

    Args:
        tokenizer: Tokenizer with a chat template.

    Raises:
        PromptError: If the tokenizer has no chat template.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        if not getattr(tokenizer, "chat_template", None):
            raise PromptError(
                f"The tokenizer of {tokenizer.name_or_path!r} has no chat template, so messages cannot "
                "become a prompt. Use an instruction-tuned checkpoint, or set tokenizer.chat_template."
            )
        self.tokenizer = tokenizer
        form = format_of(tokenizer.chat_template)
        self._short_ids = form is not None and form.style in ("list", "named")
        added = tokenizer.added_tokens_decoder
        self._control_ids = frozenset(added)
        # Longest first, so that a control string inside another is not cut out of it.
        strings = {token.content for token in added.values() if token.content.strip()} | {_OPEN, _CLOSE}
        self._control = sorted(strings, key=lambda text: (-len(text), text))
        self._pattern = re.compile("|".join(re.escape(text) for text in self._control))
        self._spelled = [self._spell(text) for text in self._control]
        self._assistant_turns: AssistantTurns | None = None
        self._spellings: OrderedDict[_Turn, list[int]] = OrderedDict()
        self._lock = threading.Lock()

    def encode(
        self,
        messages: Sequence[Message],
        tools: Sequence[dict[str, Any]] = (),
        *,
        add_generation_prompt: bool = True,
        thinking: bool | None = None,
    ) -> list[int]:
        """Token ids of a conversation.

        Args:
            messages: The conversation so far; at least one message.
            tools: Tools in OpenAI format that the model may call.
            add_generation_prompt: Whether to end with the opening of an assistant turn.
            thinking: Position of the template's switch for reasoning; None for the template's own.

        Returns:
            Token ids, length T.

        Raises:
            EmptyPromptError: If `messages` is empty.
            ConfigError: `thinking` is given, and the template has no switch.
            PromptError: If the chat template refuses the conversation.
        """
        if not messages:
            raise EmptyPromptError(
                "The list of messages is empty; a prompt needs at least one message. "
                "Pass a string or a list such as [('user', 'Hello')]."
            )
        if thinking is not None and not self._has_switch:
            raise ConfigError(
                f"thinking={thinking}: the chat template of {self.tokenizer.name_or_path!r} has no switch "
                f"for reasoning ({' or '.join(_SWITCHES)}). Leave `thinking` out, or take a model "
                "whose template has one, such as Qwen3's."
            )
        try:
            text = self._render(messages, tools, add_generation_prompt, thinking)
        except Exception as error:
            roles = ", ".join(message.role for message in messages)
            raise PromptError(
                f"The chat template of {self.tokenizer.name_or_path!r} refuses a conversation of the roles "
                f"[{roles}]: {error}. Change the order or the kinds of the messages to "
                "what this model was trained on."
            ) from error
        return self._encode_text(text)

    def remember(self, prompt: Sequence[int], ids: Sequence[int]) -> None:
        """Keep the ids of a turn that the model wrote, where the tokenizer would spell its text otherwise.

        Args:
            prompt: Ids behind which it was written.
            ids: Its own, without the token that ended it.
        """
        text = self._decode(ids)
        if not text or self._encode_piece(text) == list(ids):
            return
        try:
            closing = self._turns().closing
        except PromptError:  # a template that wants other conversations than the probe's
            return
        turn = _Turn(hash(self._decode(prompt)), text, "" if closing is None else self._decode([closing]))
        with self._lock:
            self._spellings[turn] = list(ids)
            self._spellings.move_to_end(turn)
            while len(self._spellings) > _SPELLINGS:
                self._spellings.popitem(last=False)

    def encode_training(
        self, messages: Sequence[Message], tools: Sequence[dict[str, Any]] = ()
    ) -> tuple[list[int], list[bool]]:
        """Token ids of a whole conversation and which of them the model itself writes.

        Only assistant turns after the last user message count: templates render earlier ones without
        their reasoning.

        Returns:
            Token ids and loss mask, both of length T; a turn's closing token belongs to the turn.

        Raises:
            PromptError: If the template does not mark assistant turns.
        """
        turns = self._turns()
        if not turns.marked:
            raise self._no_opening()
        ids = self.encode(messages, tools, add_generation_prompt=False)
        return ids, turns.mask(ids, messages, tools)

    def encode_plain(self, text: str) -> list[int]:
        """Token ids of a text that is no markup, as it counts inside a message."""
        return self._encode_text(self._guard(text))

    def turn_opening(self, thinking: bool | None = None) -> tuple[int, ...]:
        """Ids with which the template opens an assistant turn.

        Args:
            thinking: As for `encode`.

        Raises:
            PromptError: The template does not open one.
        """
        opening = opening_of(self, thinking)
        if not opening:
            raise self._no_opening()
        return opening

    @cached_property
    def _has_switch(self) -> bool:
        """Whether the template heeds a switch for reasoning: tried, since names in it may be anything."""
        question = [Message("user", "x")]
        try:
            off, on = (self._render(question, (), True, thinking) for thinking in (False, True))
        except Exception:  # a template that wants other conversations; it will say so
            return True
        return off != on

    def _turns(self) -> AssistantTurns:
        if self._assistant_turns is None:
            self._assistant_turns = AssistantTurns(self)
        return self._assistant_turns

    def _no_opening(self) -> PromptError:
        return PromptError(
            f"The chat template of {self.tokenizer.name_or_path!r} adds no opening for an assistant turn, so "
            "the text to train on cannot be told from the prompt. Use a template with a generation prompt."
        )

    def _render(
        self,
        messages: Sequence[Message],
        tools: Sequence[dict[str, Any]],
        add_generation_prompt: bool,
        thinking: bool | None = None,
    ) -> str:
        """The guarded text of a conversation. Raises whatever the template raises."""
        switches: dict[str, Any] = {} if thinking is None else dict.fromkeys(_SWITCHES, thinking)
        try:
            text = self.tokenizer.apply_chat_template(
                [self._template_message(message) for message in messages],
                tools=[self._guard(canonical_tool(tool)) for tool in tools] or None,
                add_generation_prompt=add_generation_prompt,
                tokenize=False,
                **switches,
            )
        except Exception:
            if all(len(message.tool_calls) < 2 for message in messages):
                raise
            return self._render(one_call_each(messages), tools, add_generation_prompt, thinking)
        assert isinstance(text, str)
        return text

    def _template_message(self, message: Message) -> dict[str, Any]:
        rendered: dict[str, Any] = {"role": message.role, "content": self._guard(message.content)}
        if message.reasoning:
            rendered["reasoning_content"] = self._guard(message.reasoning)
        if message.tool_calls:
            rendered["tool_calls"] = [
                {
                    "type": "function",
                    "id": self._call_id(call.id),
                    "function": {"name": self._guard(call.name), "arguments": self._guard(call.arguments)},
                }
                for call in message.tool_calls
            ]
        if message.role == "tool":
            rendered |= {
                "name": self._guard(message.name),
                "tool_call_id": self._call_id(message.tool_call_id),
            }
        return rendered

    def _call_id(self, call_id: str) -> str:
        return short_id(call_id) if self._short_ids else str(self._guard(call_id))

    def _frame(self, match: re.Match[str]) -> str:
        return f"{_OPEN}{chr(_FIRST + self._control.index(match[0]))}{_CLOSE}"

    def _unframe(self, match: re.Match[str]) -> str:
        return self._control[ord(match[1]) - _FIRST]

    def _guard(self, value: Any) -> Any:
        """`value` with every control string in its texts replaced by a frame that names it."""
        if isinstance(value, str):
            return self._pattern.sub(self._frame, value)
        if isinstance(value, dict):
            return {self._guard(key): self._guard(part) for key, part in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._guard(part) for part in value]
        return value

    def _encode_text(self, text: str) -> list[int]:
        """Ids of a guarded text; turns that the model wrote keep theirs."""
        ids: list[int] = []
        done = 0
        for start, end, written in self._written(text):
            if start >= done:
                ids += [*self._encode_guarded(text[done:start]), *written]
                done = end
        return ids + self._encode_guarded(text[done:])

    def _written(self, text: str) -> list[tuple[int, int, list[int]]]:
        """Where the turns stand that the model wrote behind just what stands before them: start, end, ids."""
        with self._lock:
            known = list(self._spellings.items())
        return sorted(
            (start, start + len(turn.text), ids)
            for turn, ids in known
            for start in _places(text, turn.text + turn.closing)
            if hash(_GUARDED.sub(self._unframe, text[:start])) == turn.before
        )

    def _encode_guarded(self, text: str) -> list[int]:
        ids: list[int] = []
        for index, piece in enumerate(_GUARDED.split(text)):
            if index % 2:
                ids += self._spelled[ord(piece) - _FIRST]
            elif piece:
                ids += self._encode_piece(piece)
        return ids

    def _encode_piece(self, text: str) -> list[int]:
        ids: list[int] = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids

    def _decode(self, ids: Sequence[int]) -> str:
        text = self.tokenizer.decode(list(ids), skip_special_tokens=False, clean_up_tokenization_spaces=False)
        return str(text)

    def _spell(self, text: str) -> list[int]:
        """Ids of a control string as plain text."""
        pieces = [text[:1], text[1:]]
        ids = self._plain(pieces)
        return self._plain(list(text)) if self._control_ids.intersection(ids) else ids

    def _plain(self, pieces: Sequence[str]) -> list[int]:
        encoded = [self.tokenizer(piece, add_special_tokens=False)["input_ids"] for piece in pieces if piece]
        return [token for ids in encoded for token in ids]


def _places(text: str, part: str) -> Iterator[int]:
    """Where a part stands in a text."""
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)
