"""Which architectures a block of masks leaves intact, judged by the config before any weight is read."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from mtp_model.errors import UnsafeCheckpointError, UnsupportedModelError

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedModel

__all__ = ["builtin_classes", "check_supported", "context_length", "embedding_rows"]

_INSTEAD = "Use a model with full attention in every layer: Llama, Qwen2, Qwen3, Mistral v0.3, OLMo 2, …"


def builtin_classes(raw: dict[str, Any], name: str) -> tuple[type[PreTrainedConfig], type[PreTrainedModel]]:
    """Transformers' own config and causal-LM classes for a config.json.

    A checkpoint may name remote code (`auto_map`) and still have a built-in architecture, as the published
    students do: their code is only a generate loop. Then the built-in class loads the weights, and their code
    is neither read nor run.

    Args:
        raw: The content of config.json.
        name: How to call the checkpoint in messages.

    Raises:
        UnsafeCheckpointError: It can only be run with its own code.
        UnsupportedModelError: It is no causal language model that this version of transformers has.
    """
    import transformers
    from transformers import CONFIG_MAPPING, MODEL_FOR_CAUSAL_LM_MAPPING

    model_type = raw.get("model_type")
    known = isinstance(model_type, str) and model_type in CONFIG_MAPPING
    config_class = CONFIG_MAPPING[str(model_type)] if known else None
    if config_class is not None and config_class in MODEL_FOR_CAUSAL_LM_MAPPING:
        found: Any = MODEL_FOR_CAUSAL_LM_MAPPING[config_class]
        return config_class, found[0] if isinstance(found, tuple) else found
    if raw.get("auto_map") and not known:
        raise UnsafeCheckpointError(
            f"{name} (model_type {model_type!r}) can only run with the code that it carries "
            f"({', '.join(sorted(map(str, raw['auto_map'].values())))}), and code from a checkpoint is never "
            "executed. Use a checkpoint whose architecture is built into transformers, e.g. Llama or Qwen3."
        )
    raise UnsupportedModelError(
        f"{name} has model_type {model_type!r}, which is no causal language model in transformers "
        f"{transformers.__version__}. Use a text-generation checkpoint, or a newer transformers."
    )


def check_supported(config: PreTrainedConfig, model_class: type[PreTrainedModel], name: str) -> None:
    """Refuse models whose state a block of masks would corrupt: their text would be wrong.

    Masks write keys and values that the next block overwrites in place. A sliding window drops old entries
    meanwhile, and recurrent or linear-attention layers fold the masks into a state that cannot be rewound.

    Raises:
        UnsupportedModelError: With the reason and what to use instead.
    """
    reason = _obstacle(config, model_class)
    if reason:
        what = f"{name} ({model_class.__name__})"
        raise UnsupportedModelError(f"{what} cannot decode in blocks: {reason}. {_INSTEAD}")


def _obstacle(config: PreTrainedConfig, model_class: type[PreTrainedModel]) -> str | None:
    if getattr(config, "is_encoder_decoder", False):
        return "it is an encoder-decoder"
    if model_class._is_stateful:
        return "it keeps a recurrent state, which cannot be rewound over rejected masks"
    positions = getattr(config, "max_position_embeddings", None) or 0
    window = getattr(config, "sliding_window", None)
    layer_types = set(getattr(config, "layer_types", None) or ())
    if layer_types:
        windowed = window if "sliding_attention" in layer_types else None
        others = sorted(layer_types - {"full_attention", "sliding_attention"})
        if others:
            return f"it has {', '.join(others)} layers, whose state cannot be rewound over rejected masks"
    else:
        windowed = window
    if windowed is not None and (not positions or windowed < positions):
        return (
            f"its attention slides over a window of {windowed} tokens, shorter than its context of "
            f"{positions}, and overwrites entries that a rejected block still needs"
        )
    parameters = inspect.signature(model_class.forward).parameters
    missing = [p for p in ("position_ids", "attention_mask", "past_key_values") if p not in parameters]
    if missing or getattr(config, "alibi", False):
        lacking = ", ".join(missing) or "rotary positions"
        return f"its attention takes no explicit positions and mask (no {lacking})"
    return None


def embedding_rows(model: PreTrainedModel) -> int:
    """Size of the vocabulary that the weights know, padding rows included."""
    embedding: Any = model.get_input_embeddings()
    return int(embedding.weight.shape[0])


def context_length(config: PreTrainedConfig) -> int:
    """Usable positions; with `dynamic` and `longrope` scaling, only those before the frequencies change.

    These two change the rotary frequencies of the whole sequence at a length; entries already in a cache
    keep the old ones, so text behind that point would be wrong.
    """
    declared: Any = getattr(config, "max_position_embeddings", None) or getattr(config, "n_positions", 2048)
    positions = int(declared)
    rope = getattr(config, "rope_parameters", None) or {}
    groups = [rope] if "rope_type" in rope else [group for group in rope.values() if isinstance(group, dict)]
    for group in groups:
        if group.get("rope_type") in ("dynamic", "longrope"):
            original = group.get("original_max_position_embeddings") or positions
            positions = min(positions, int(original))
    return positions
