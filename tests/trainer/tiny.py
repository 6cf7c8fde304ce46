"""A distillation of seconds: a random teacher of two layers, a vocabulary of 24 words, random texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

from mtp_trainer.batching import write_token_dataset
from mtp_trainer.config import DistillConfig
from mtp_trainer.distill import distill

VOCABULARY = 24
MASK, END = 23, 22


def make_teacher(path: Path, *, mask: bool = True, layers: int = 2, rows: int = VOCABULARY) -> Path:
    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=rows,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=layers,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
        max_position_embeddings=64,
        initializer_range=0.3,
        tie_word_embeddings=True,
        eos_token_id=END,
    )
    Qwen3ForCausalLM(config).save_pretrained(path)
    name = "<MTP>" if mask else "w23"
    words = {f"w{i}": i for i in range(END)} | {"<end>": END, name: MASK}
    tokenizer = Tokenizer(WordLevel(words, unk_token="w0"))
    tokenizer.add_special_tokens(["<end>", name] if mask else ["<end>"])
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>").save_pretrained(path)
    return path


def write_data(folder: Path) -> Path:
    """64 examples of random words that end, the first four not to be learned."""
    random = torch.Generator().manual_seed(1)
    examples = []
    for length in torch.randint(12, 33, (64,), generator=random).tolist():
        ids = torch.randint(0, END, (length,), generator=random).tolist()
        examples.append(([*ids, END], [i >= 4 for i in range(length + 1)]))
    return write_token_dataset(folder, examples)


def settings(teacher: Path, data: Path, run_dir: Path, **changes: Any) -> DistillConfig:
    values: dict[str, Any] = {
        "model": str(teacher),
        "data": data,
        "run_dir": run_dir,
        "steps": 9,
        "tokens_per_batch": 128,
        "max_length": 40,
        "k_max": 5,
        "lr": 3e-3,
        "warmup_steps": 2,
        "optimizer": "muon",
        "precision": "fp32",
        "checkpoint_every": 2,
        "log_every": 3,
        "trackers": [],
    }
    return DistillConfig(**(values | changes))


def run(config: DistillConfig) -> Path:
    return distill(config, show_progress=False)
