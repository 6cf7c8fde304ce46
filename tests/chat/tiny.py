"""A tiny random Qwen3 with the embedded student's kind of tokenizer."""

from pathlib import Path
from typing import Any

import torch
from transformers import Qwen3Config, Qwen3ForCausalLM

from mtp_model.config import Verified
from mtp_trainer.tokenizer import MTP, train_tokenizer
from tests.templates import SPECIAL, TEMPLATES

TEXTS = [
    '{"name": "add", "arguments": {"a": 2, "b": 3}} the sum of the numbers is five',
    "Add the numbers and tell the user what the sum is. Zoë paid 12,50 € in Köln 東京",
] * 4
LIKELY = ("a", "b", "\n", " the", "é", "<think>", "</think>", "1")  # what the model writes

FIXED = Verified(16)
"""The default with a fixed k: its passes come again, with k auto only the text does."""


def write_checkpoint(folder: Path, *, thinks: bool = True, template: str = "") -> None:
    """Save a checkpoint that writes nonsense in blocks of changing size and never stops by itself.

    Args:
        folder: Where to.
        thinks: Whether it may; else the template closes the reasoning before each turn, or there are no tags.
        template: Name of another chat template in `tests.templates`, with its special tokens.
    """
    positions = 2048 if template else 512
    tokenizer = train_tokenizer(TEXTS, words=40, model_max_length=positions)
    if template:
        special: Any = [token for token in SPECIAL[template.split()[0]] if thinks or "THINK" not in token]
        tokenizer.add_special_tokens({"bos_token": special[0], "additional_special_tokens": special})
        tokenizer.chat_template = TEMPLATES[template]
    torch.manual_seed(5)
    config = Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        max_position_embeddings=positions,
        initializer_range=0.25,
        tie_word_embeddings=False,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        mtp={"mask_token_id": tokenizer.convert_tokens_to_ids(MTP), "k_range": [2, 8]},
    )
    model = Qwen3ForCausalLM(config)
    texts = [text for text in LIKELY if thinks or "think" not in text]
    likely = {token for text in texts for token in tokenizer(text, add_special_tokens=False)["input_ids"]}
    with torch.no_grad():
        head = model.lm_head.weight
        head.mul_(3.0)
        head[[token for token in range(len(tokenizer)) if token not in likely]] *= 0.02
    if not thinks and not template:
        opening = "{{- '<|im_start|>assistant\\n' -}}"
        template = str(tokenizer.chat_template)
        assert opening in template.splitlines()[-1]
        closed = opening.replace("assistant\\n", "assistant\\n<think>\\n\\n</think>\\n\\n")
        tokenizer.chat_template = template.replace(opening + "{%- endif -%}", closed + "{%- endif -%}")
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
