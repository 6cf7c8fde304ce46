"""A tiny random Llama with a tokenizer and chat template of its own kind, for tests."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from tests.templates import SPECIAL, TEMPLATES

TEXTS = ["What is the weather in Paris and in Köln? It is 21 degrees and sunny.", '{"name": "weather"}'] * 8


def make_tokenizer(template: str = "llama3", reserved: int = 0) -> PreTrainedTokenizerFast:
    """A byte-level tokenizer in the manner of Llama 3's or Mistral's.

    Args:
        template: Name in `tests.templates.TEMPLATES`.
        reserved: Tokens `<|reserved_special_token_N|>` in its vocabulary.
    """
    backend = Tokenizer(BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    special = [*SPECIAL[template.split()[0]], *(f"<|reserved_special_token_{i}|>" for i in range(reserved))]
    if template != "llama3":
        special.append("</s>")
    trainer = BpeTrainer(
        vocab_size=400, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=special
    )
    backend.train_from_iterator(TEXTS, trainer)
    begin, end = ("<|begin_of_text|>", "<|eot_id|>") if template == "llama3" else ("<s>", "</s>")
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend, bos_token=begin, eos_token=end)
    tokenizer.chat_template = TEMPLATES[template]
    return tokenizer


def make_llama(folder: Path, *, rows: int | None = None, reserved: int = 0, **shape: Any) -> Path:
    """Write a random Llama to a folder.

    Args:
        folder: Where to.
        rows: Of its embedding; as many as the tokenizer has tokens if not given.
        reserved: See `make_tokenizer`.
        shape: Other fields of its config.
    """
    tokenizer = make_tokenizer(reserved=reserved)
    torch.manual_seed(0)
    values: dict[str, Any] = {
        "vocab_size": rows or len(tokenizer),
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 512,
        "initializer_range": 0.3,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
    }
    LlamaForCausalLM(LlamaConfig(**(values | shape))).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


WEATHER: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}


def agent_row(city: str, degrees: int) -> dict[str, Any]:
    """A conversation with a tool call, in OpenAI's form."""
    call = {"id": "c1", "type": "function"}
    return {
        "messages": [
            {"role": "user", "content": f"What is the weather in {city}?"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    call | {"function": {"name": "weather", "arguments": f'{{"city": "{city}"}}'}}
                ],
            },
            {"role": "tool", "tool_call_id": "c1", "content": str(degrees)},
            {"role": "assistant", "content": f"It is {degrees} degrees in {city}."},
        ],
        "tools": [copy.deepcopy(WEATHER)],
    }
