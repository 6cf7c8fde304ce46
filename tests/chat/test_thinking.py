"""Reasoning on and off: the switch of a chat template, and what follows from it for parser and grammar."""

import shutil
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langchain_core.tools import tool

from mtp_model.chat_model import MTPChatModel
from mtp_model.checkpoint import Checkpoint
from mtp_model.checkpoint.locate import EMBEDDED
from mtp_model.errors import ConfigError

OPENING = "{{- '<|im_start|>assistant\\n' -}}{%- endif -%}"
SWITCH = (  # as Qwen3's template has it
    "{{- '<|im_start|>assistant\\n' -}}"
    "{%- if enable_thinking is defined and enable_thinking is false -%}"
    "{{- '<think>\\n\\n</think>\\n\\n' -}}{%- endif -%}{%- endif -%}"
)


@tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@pytest.fixture(scope="module")
def switched(embedded: Checkpoint, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The embedded student with a template that has the switch."""
    folder = tmp_path_factory.mktemp("switched") / "student"
    shutil.copytree(EMBEDDED, folder)
    template = folder / "chat_template.jinja"
    text = template.read_text()
    assert OPENING in text
    template.write_text(text.replace(OPENING, SWITCH))
    return str(folder)


def test_a_model_reasons_or_not(switched: str) -> None:
    question = "What is 2 + 3?"
    usual = MTPChatModel(model=switched, max_tokens=60).invoke(question)
    on = MTPChatModel(model=switched, max_tokens=60, thinking=True).invoke(question)
    off = MTPChatModel(model=switched, max_tokens=60).invoke(question, thinking=False)
    assert on.content == usual.content
    assert usual.additional_kwargs["reasoning_content"]
    assert not off.additional_kwargs.get("reasoning_content")
    assert off.usage_metadata["input_tokens"] > usual.usage_metadata["input_tokens"]
    counted = MTPChatModel(model=switched, thinking=False).get_num_tokens_from_messages(
        [HumanMessage(question)]
    )
    assert counted == off.usage_metadata["input_tokens"]


def test_a_forced_call_comes_at_once(switched: str) -> None:
    model = MTPChatModel(model=switched, max_tokens=200)
    calls: dict[bool, Any] = {}
    for thinking in (True, False):
        bound = model.bind_tools([add], tool_choice="add", thinking=thinking)
        calls[thinking] = bound.invoke("What is the sum of 2 and 3?")
        call, *_ = calls[thinking].tool_calls
        assert call["name"] == "add"
        assert isinstance(call["args"]["a"], int)
    begins = {key: "".join(p["text"] for p in m.additional_kwargs["passes"])[:9] for key, m in calls.items()}
    assert begins[False] == "<tool_cal"
    assert begins[True].startswith("<think>")


def test_a_template_without_the_switch_is_told(embedded: Checkpoint) -> None:
    for thinking in (True, False):
        with pytest.raises(ConfigError, match=rf"thinking={thinking}: the chat template .* no switch"):
            MTPChatModel(thinking=thinking).invoke("Hello!")
