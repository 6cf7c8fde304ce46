"""Tiny random models whose confidences and acceptances really vary, and a byte-level tokenizer for them."""

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    AutoModelForCausalLM,
    LlamaConfig,
    MistralConfig,
    PreTrainedConfig,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen3Config,
)

from mtp_model.checkpoint import Checkpoint

ARCHITECTURES = ("llama", "qwen2", "qwen3", "mistral")
CONTEXT = 192
WORDS = ["ab", "abc", "\n\n", "END", " the", "é", "日", "本"]  # tokens of more than one byte


def tokenizer() -> PreTrainedTokenizerFast:
    """256 bytes, a few words made by merges, and three special tokens."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {symbol: place for place, symbol in enumerate(alphabet)}
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    merges: list[tuple[str, str]] = []
    for word in WORDS:
        ((symbols, _),) = byte_level.pre_tokenize_str(word)
        for end in range(2, len(symbols) + 1):
            if symbols[:end] not in vocabulary:
                vocabulary[symbols[:end]] = len(vocabulary)
                merges.append((symbols[: end - 1], symbols[end - 1]))
    inner = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    inner.pre_tokenizer = byte_level
    inner.decoder = decoders.ByteLevel()
    special = ["<|end|>", "<|start|>", "<MTP>"]
    inner.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    return PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="<|end|>")


TOKENIZER = tokenizer()
VOCABULARY = len(TOKENIZER)
MASK = TOKENIZER.convert_tokens_to_ids("<MTP>")
END = TOKENIZER.convert_tokens_to_ids("<|end|>")


def config(architecture: str, **changes: object) -> PreTrainedConfig:
    """Two layers, grouped queries."""
    kinds = {"llama": LlamaConfig, "qwen2": Qwen2Config, "qwen3": Qwen3Config, "mistral": MistralConfig}
    values: dict[str, object] = {
        "vocab_size": VOCABULARY,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 8,
        "max_position_embeddings": CONTEXT,
        "initializer_range": 0.25,
        "tie_word_embeddings": False,
        "bos_token_id": None,
        "eos_token_id": END,
        "sliding_window": None,
    }
    if architecture == "llama":
        del values["sliding_window"]
    if architecture == "qwen2":
        del values["head_dim"]
    return kinds[architecture](**values | changes)


def checkpoint(
    architecture: str = "qwen3",
    *,
    seed: int = 0,
    sharpness: float = 3.0,
    words: int = VOCABULARY,
    masks: tuple[int, ...] = (MASK,),
    stop: tuple[int, ...] = (END,),
    **changes: object,
) -> Checkpoint:
    """A random model in float32.

    Args:
        architecture: One of `ARCHITECTURES`.
        seed: Of the weights.
        sharpness: Factor on the logits; larger means more confident.
        words: Only this many tokens are likely, so that drafts are often right by chance.
        masks: Mask tokens; several for one per position.
        stop: Stop tokens.
        changes: To the config.
    """
    torch.manual_seed(seed)
    shape = config(architecture, **changes)
    model = AutoModelForCausalLM.from_config(shape, attn_implementation="sdpa", dtype=torch.float32).eval()
    with torch.no_grad():
        head = model.get_output_embeddings().weight
        head.mul_(sharpness)
        size = head.shape[0]
        likely = torch.randperm(size, generator=torch.Generator().manual_seed(seed))[:words]
        faint = torch.ones(size, dtype=torch.bool)
        faint[likely] = False
        head[faint] *= 0.02
    return Checkpoint(
        model=model.requires_grad_(False),
        tokenizer=TOKENIZER,
        mask_token_ids=masks,
        k_max=min(16, len(masks) + 1) if len(masks) != 1 else 16,
        stop_token_ids=stop,
        name=f"tiny {architecture}",
        max_positions=CONTEXT,
        device=torch.device("cpu"),
        dtype=torch.float32,
    )
