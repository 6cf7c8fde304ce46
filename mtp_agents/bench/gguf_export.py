"""A checkpoint's weights as a GGUF file, in float32, for the peer llama.cpp."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

from mtp_model.checkpoint import Checkpoint
from mtp_model.errors import UnsupportedModelError

__all__ = ["write_gguf"]

_OUTER = {
    "model.embed_tokens.weight": "token_embd.weight",
    "model.norm.weight": "output_norm.weight",
    "lm_head.weight": "output.weight",
}
_LAYER = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def write_gguf(checkpoint: Checkpoint, path: Path) -> None:
    """Write the weights of a Qwen3 model.

    The benchmark sends token ids and reads token ids, so the tokenizer in the file only has to be one that
    llama.cpp accepts: it does not split text as the checkpoint's own does.

    Raises:
        UnsupportedModelError: The model is none of the Qwen3 architecture.
    """
    config: Any = checkpoint.model.config
    if config.model_type != "qwen3":
        raise UnsupportedModelError(
            f"{checkpoint.name} is a {config.model_type} model: only Qwen3 weights are converted to GGUF."
        )
    gguf = import_module("gguf")
    writer = gguf.GGUFWriter(path, "qwen3")
    _write_shape(writer, config, checkpoint.max_positions)
    _write_vocabulary(writer, checkpoint, config.vocab_size)
    for name, tensor in checkpoint.model.state_dict().items():
        if name == "lm_head.weight" and config.tie_word_embeddings:
            continue  # llama.cpp takes the embeddings where there is no output matrix
        writer.add_tensor(_gguf_name(name), tensor.detach().float().cpu().contiguous().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _write_shape(writer: Any, config: Any, positions: int) -> None:
    writer.add_context_length(positions)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(float(config.rope_parameters["rope_theta"]))
    writer.add_vocab_size(config.vocab_size)


def _write_vocabulary(writer: Any, checkpoint: Checkpoint, size: int) -> None:
    """The tokens' names, and fillers up to the number of embeddings."""
    tokenizer: Any = checkpoint.tokenizer
    inner = json.loads(tokenizer.backend_tokenizer.to_str())
    known = tokenizer.convert_ids_to_tokens(list(range(min(size, len(tokenizer)))))
    tokens = [token or f"[unused {place}]" for place, token in enumerate(known)]
    tokens += [f"[unused {place}]" for place in range(len(tokens), size)]
    added = {token["id"]: 3 if token["special"] else 4 for token in inner["added_tokens"]}
    types = [added.get(place, 1) for place in range(size)]  # llama.cpp: 1 normal, 3 control, 4 user-defined
    merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in inner["model"]["merges"]]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    # llama.cpp loads no vocabulary without a merge; prompts come as ids, so that it merges nothing here.
    writer.add_token_merges(merges or ["a b"])
    writer.add_eos_token_id(next(iter(checkpoint.stop_token_ids), 0))
    writer.add_add_bos_token(False)


def _gguf_name(name: str) -> str:
    """`model.layers.3.mlp.up_proj.weight` -> `blk.3.ffn_up.weight`."""
    if name in _OUTER:
        return _OUTER[name]
    _, _, layer, rest = name.split(".", 3)
    return f"blk.{layer}.{_LAYER[rest.removesuffix('.weight')]}.weight"
