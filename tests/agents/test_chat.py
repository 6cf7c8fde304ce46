import io
from collections.abc import Callable
from typing import Any, cast

import pytest
from rich.console import Console

from mtp_agents.chat import Chat
from mtp_model.chat_model import MTPChatModel
from mtp_model.config import ConfAdapt, Static
from mtp_model.errors import ContextLengthError
from tests.agents.scripted import Scripted


def lines(*given: str | BaseException) -> Callable[[], str]:
    rest = iter(given)

    def read() -> str:
        line = next(rest, EOFError())
        if isinstance(line, BaseException):
            raise line
        return line

    return read


def talk(*given: str | BaseException, model: Any = None) -> tuple[Chat, str]:
    out = io.StringIO()
    chat = Chat(
        Console(file=out, width=100), lambda policy: model or Scripted(script=["Hello to you."]), ConfAdapt()
    )
    chat.run(lines(*given))
    return chat, out.getvalue()


def test_answers_arrive_in_blocks_with_their_cost() -> None:
    chat, text = talk("Hello", "", "Again")
    assert [message.type for message in chat.messages] == ["human", "ai", "human", "ai"]
    assert chat.messages[1].text == "Hello to you."
    assert "Hello to ₄you.₁" in text
    assert "13 tokens in 4 forward passes: 3.25 per pass" in text


def test_commands() -> None:
    chat, text = talk("Hello", "/reset", "/policy verified", "/policy fast", "/what", "/exit", "never read")
    assert chat.messages == []
    assert repr(chat.policy).startswith("Verified(")
    assert "unknown decoding policy 'fast'" in text
    assert "'/what' is not a command" in text


def test_ctrl_c_at_the_prompt_ends_nothing() -> None:
    chat, text = talk(KeyboardInterrupt(), "Hello")
    assert "/exit ends" in text
    assert len(chat.messages) == 2


class Interrupted(Scripted):
    after: int = 1
    error: Any = KeyboardInterrupt

    def _stream(self, *args: Any, **kwargs: Any) -> Any:
        for count, chunk in enumerate(super()._stream(*args, **kwargs)):
            if count == self.after:
                raise self.error
            yield chunk


@pytest.mark.parametrize(("after", "kept"), [(0, 0), (1, 2)])
def test_ctrl_c_stops_the_answer_and_not_the_program(after: int, kept: int) -> None:
    chat, text = talk("Hello", "/policy static", model=Interrupted(after=after))
    assert len(chat.messages) == kept
    assert "Static(k=1)" in text


def test_errors_are_shown_and_the_conversation_goes_on() -> None:
    error = ContextLengthError("9000 tokens are more than 8192 positions.")
    chat, text = talk("Hello", "/policy static", model=Interrupted(after=0, error=error))
    assert "9000 tokens are more than 8192 positions. /reset starts anew." in " ".join(text.split())
    assert chat.messages == []


def test_the_environment_names_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    from mtp_agents.chat import model_maker

    monkeypatch.setenv("MTP_MODEL", "from/the/environment")
    names = [cast(MTPChatModel, model_maker(given)(Static(1))).model for given in (None, "another")]
    assert names == ["from/the/environment", "another"]


def test_a_conversation_with_the_embedded_student(embedded: Any) -> None:
    from mtp_agents.chat import model_maker

    out = io.StringIO()
    chat = Chat(Console(file=out, width=100), model_maker(None), ConfAdapt())
    chat.run(lines("Hello"))
    assert len(chat.messages) == 2
    assert "forward passes" in out.getvalue()
