"""LangChain's standard suites for chat models, on the embedded student, for two decoding policies."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, Literal

import pytest
import pytest_socket
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_tests.integration_tests import ChatModelIntegrationTests
from langchain_tests.unit_tests import ChatModelUnitTests

from mtp_model.chat_model import MTPChatModel
from mtp_model.config import ConfAdapt, DecodingPolicy, Verified
from tests.chat.tiny import write_checkpoint


@pytest.fixture(autouse=True)
def _no_sockets() -> Iterator[None]:
    """All is computed here; asyncio itself needs a pair of local sockets."""
    pytest_socket.disable_socket(allow_unix_socket=True)
    yield
    pytest_socket.enable_socket()


@pytest.fixture(scope="module")
def other_folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A second model, for the tests that name one for a single call."""
    folder = tmp_path_factory.mktemp("other")
    write_checkpoint(folder)
    return str(folder)


def coroutines_marked(suite: type[Any]) -> type[Any]:
    """The suites bring coroutines without the mark that pytest-asyncio wants in strict mode."""
    for name in dir(suite):
        if name.startswith("test_") and inspect.iscoroutinefunction(getattr(suite, name)):
            pytest.mark.asyncio(getattr(suite, name))
    return suite


class Student:
    """The model, and all that it can do; pictures, sound and PDF files are what it cannot.

    `test_serdes` is skipped because LangChain's loader takes the classes of its own list alone.
    """

    decoding: DecodingPolicy
    limits: dict[str, Any] = {}  # noqa: RUF012

    @property
    def chat_model_class(self) -> type[MTPChatModel]:
        return MTPChatModel

    @property
    def standard_chat_model_params(self) -> dict[str, Any]:
        standard: dict[str, Any] = super().standard_chat_model_params  # type: ignore[misc]
        return {name: value for name, value in standard.items() if name != "api_key"}  # there is none

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"decoding": self.decoding, "dtype": "float32", **self.limits}  # on every machine

    @property
    def init_from_env_params(self) -> tuple[dict[str, str], dict[str, Any], dict[str, Any]]:
        return {"MTP_MODEL": "some/folder"}, {}, {"model": "some/folder"}

    @property
    def supports_json_mode(self) -> bool:
        return True

    @property
    def supports_anthropic_inputs(self) -> bool:
        return True

    @property
    def supported_usage_metadata_details(self) -> dict[Literal["invoke", "stream"], list[str]]:
        return {
            "invoke": ["reasoning_output", "cache_read_input"],
            "stream": ["reasoning_output", "cache_read_input"],
        }

    @pytest.fixture(autouse=True)
    def _other_model(self, other_folder: str) -> None:
        self._other_folder = other_folder

    @property
    def model_override_value(self) -> str:
        return self._other_folder

    def invoke_with_reasoning_output(self, *, stream: bool = False) -> AIMessage:
        # The suite adds up all details, and forward passes, of which this takes few, stand among them.
        answer = self._answer("Thank you very much!", stream)
        assert answer.usage_metadata is not None
        assert answer.usage_metadata["output_token_details"]["reasoning"] > 0
        return answer

    def invoke_with_cache_read_input(self, *, stream: bool = False) -> AIMessage:
        self._answer("Hello", stream)
        answer = self._answer("Hello", stream)
        assert answer.usage_metadata is not None
        assert answer.usage_metadata["input_token_details"]["cache_read"] > 0
        return answer

    def _answer(self, text: str, stream: bool) -> AIMessage:
        model: BaseChatModel = MTPChatModel(decoding=self.decoding)
        if not stream:
            return model.invoke(text)
        whole: Any = None
        for chunk in model.stream(text):
            whole = chunk if whole is None else whole + chunk
        assert isinstance(whole, AIMessageChunk)
        return whole


class TestUnitConfAdapt(Student, ChatModelUnitTests):  # type: ignore[misc]
    decoding = ConfAdapt()


class TestUnitVerified(Student, ChatModelUnitTests):  # type: ignore[misc]
    decoding = Verified()


@coroutines_marked
@pytest.mark.usefixtures("embedded")
class TestConfAdapt(Student, ChatModelIntegrationTests):  # type: ignore[misc]
    decoding = ConfAdapt()
    limits = {"max_tokens": 300}  # noqa: RUF012


@coroutines_marked
@pytest.mark.usefixtures("embedded")
class TestVerified(Student, ChatModelIntegrationTests):  # type: ignore[misc]
    decoding = Verified()
    limits = {"max_tokens": 300}  # noqa: RUF012
