"""Load a checkpoint with transformers' own classes, and find out what the decoder must know."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mtp_model.checkpoint.locate import check_weights, locate, read_json
from mtp_model.checkpoint.mask_token import MaskArgument, resolve_mask_tokens
from mtp_model.checkpoint.memory import is_out_of_memory
from mtp_model.checkpoint.published import PublishedStudent, published_student
from mtp_model.checkpoint.quantize import quantize_weights, require_torchao
from mtp_model.checkpoint.support import builtin_classes, check_supported, context_length, embedding_rows
from mtp_model.checkpoint.types import Checkpoint
from mtp_model.errors import CheckpointError, CheckpointNotFoundError, ConfigError, OutOfMemoryError
from mtp_model.layout import largest_k

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedConfig, PreTrainedModel, PreTrainedTokenizerBase

__all__ = ["load_checkpoint", "load_tokenizer"]

TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer.model",
    "vocab.json",
    "vocab.txt",
    "tekken.json",
    "spiece.model",
)

DEFAULT_K_MAX = 16
"""Assumed for students that do not say which k they were trained with: the paper's range is [2, 16]."""


def load_checkpoint(
    model: str | Path | None = None,
    *,
    mask_token: MaskArgument | None = None,
    dtype: str | torch.dtype | None = None,
    device: str | torch.device | None = None,
    revision: str | None = None,
    quantization: str | None = None,
) -> Checkpoint:
    """Load a causal language model and its tokenizer.

    Weights are read from safetensors only; no code of the checkpoint is executed and nothing is unpickled.

    Args:
        model: A folder, a hub id, or None for the student that ships inside the package.
        mask_token: The mask token, its id, or one of either per position; None to find it by the rules of
            `mtp_model.checkpoint.mask_token`.
        dtype: Floating-point type, e.g. "bfloat16"; None for the checkpoint's own type, but on the CPU for
            float32, unless the checkpoint is bfloat16 and the processor multiplies it in a matrix unit (AMX).
        device: None for the first CUDA device if there is one, else the CPU.
        revision: Branch, tag or commit of a hub id.
        quantization: "int8" or "float8" to keep the weights of the layers in 8 bits, by torchao (extra
            `quantization`); None for `dtype`. Activations, embedding and head have `dtype` all the same. It
            saves memory, not time.

    Returns:
        The checkpoint. Without a mask token its `mask_token_ids` is empty and its `k_max` is 1.

    Raises:
        CheckpointNotFoundError: No such folder or repository, or a file that is needed is missing.
        UnsafeCheckpointError: No safetensors, or only usable with remote code.
        UnsupportedModelError: The architecture cannot decode in blocks.
        CheckpointError: The files are damaged or do not fit together.
        OutOfMemoryError: The weights do not fit into memory.
        ConfigError: An argument makes no sense, or the model, its type or the device does not go with the
            quantisation, or torchao is missing.
    """
    if quantization is not None:
        require_torchao(quantization)
    folder = locate(model, revision)
    name = "embedded" if model is None else str(model)
    raw = read_json(folder / "config.json")
    config_class, model_class = builtin_classes(raw, name)
    config = config_class.from_pretrained(folder)
    check_supported(config, model_class, name)
    if quantization is not None and raw.get("quantization_config"):
        raise ConfigError(
            f"quantization={quantization!r}, but the weights of {name} are quantised already (see "
            "quantization_config in its config.json). Leave it out, or load the original weights."
        )
    target = _device(device)
    kind = _dtype(dtype, target, raw)
    weights = _load_weights(model_class, config, folder, kind, name, target, quantization)
    tokenizer = load_tokenizer(folder, name)
    published = published_student(name)
    masks = resolve_mask_tokens(mask_token, raw, tokenizer, published, embedding_rows(weights))
    return Checkpoint(
        model=weights,
        tokenizer=tokenizer,
        mask_token_ids=masks,
        k_max=_k_max(raw, masks, published),
        stop_token_ids=_stop_tokens(raw, folder, tokenizer, published),
        name=name,
        max_positions=context_length(config),
        device=target,
        dtype=weights.dtype,
    )


def _device(device: str | torch.device | None) -> torch.device:
    import torch

    if device is None:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        return torch.device(device)
    except RuntimeError as error:
        raise ConfigError(f"device={device!r} is no torch device: use 'cpu', 'cuda' or 'cuda:0'.") from error


def _dtype(
    dtype: str | torch.dtype | None, device: torch.device, raw: Mapping[str, Any]
) -> str | torch.dtype:
    import torch

    if dtype is None and device.type != "cpu":
        return "auto"
    if dtype is None:
        stored = raw.get("dtype", raw.get("torch_dtype"))
        return torch.bfloat16 if stored == "bfloat16" and _has_amx() else torch.float32
    resolved = getattr(torch, dtype, None) if isinstance(dtype, str) and dtype != "auto" else dtype
    if resolved == "auto" or (isinstance(resolved, torch.dtype) and resolved.is_floating_point):
        return resolved
    raise ConfigError(f"dtype={dtype!r} is no floating-point type: use 'float32', 'bfloat16' or 'float16'.")


def _has_amx() -> bool:
    """Whether the processor multiplies bfloat16 matrices in a unit of its own.

    Without one, bfloat16 is no faster than float32 on the CPU, or slower.
    """
    import torch

    capabilities: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(capabilities.get("amx_bf16"))


def _load_weights(
    model_class: type[PreTrainedModel],
    config: PreTrainedConfig,
    folder: Path,
    dtype: str | torch.dtype,
    name: str,
    device: torch.device,
    quantization: str | None,
) -> PreTrainedModel:
    """Read the safetensors into transformers' own class; a missing tensor is an error, not a random one."""
    check_weights([path.name for path in folder.iterdir()], name)
    try:
        model, info = _read_weights(model_class, config, folder, dtype, device, quantization)
    except ConfigError:  # of the quantisation
        raise
    except Exception as error:  # safetensors, JSON, shape and memory errors of many types
        if not is_out_of_memory(error):
            raise CheckpointError(
                f"the weights of {name} in {folder} cannot be loaded: {type(error).__name__}: {error}. "
                "Fetch or export the checkpoint again."
            ) from error
        problem = str(error) or type(error).__name__
    else:
        if info["missing_keys"]:
            missing = sorted(info["missing_keys"])
            raise CheckpointError(
                f"the weights of {name} lack {len(missing)} tensors that {model_class.__name__} needs "
                f"(first: {missing[0]}). Fetch or export the checkpoint again."
            )
        model.eval().requires_grad_(False)
        return model
    # Raised here and not above: the error's traceback would hold what was allocated.
    size = sum(path.stat().st_size for path in folder.glob("*.safetensors")) / 2**30
    raise OutOfMemoryError(
        f"the weights of {name}, {size:.1f} GiB of files, do not fit into the memory of {device} as {dtype} "
        f"({problem.splitlines()[0]}). Take a smaller type (dtype='bfloat16'), 8-bit weights "
        "(quantization='int8'), another device or a smaller model."
    )


def _read_weights(
    model_class: type[PreTrainedModel],
    config: PreTrainedConfig,
    folder: Path,
    dtype: str | torch.dtype,
    device: torch.device,
    quantization: str | None,
) -> tuple[PreTrainedModel, dict[str, Any]]:
    """The model on its device, quantised if asked for, and what transformers says about the loading."""
    loaded: Any = model_class.from_pretrained(
        folder,
        config=config,
        dtype=dtype,
        attn_implementation="sdpa" if model_class._supports_sdpa else "eager",
        use_safetensors=True,
        local_files_only=True,
        output_loading_info=True,
    )
    if quantization is not None:
        quantize_weights(loaded[0], quantization, device)
    return loaded[0].to(device), loaded[1]


def load_tokenizer(folder: Path, name: str) -> PreTrainedTokenizerBase:
    """The tokenizer of a checkpoint's folder.

    Args:
        folder: The folder, as `locate` found it.
        name: How to call the checkpoint in messages.

    Raises:
        CheckpointNotFoundError: There is none.
        CheckpointError: It is damaged, or only usable with its own code.
    """
    from transformers import AutoTokenizer

    # Without any of these transformers would quietly make an empty tokenizer.
    if not any((folder / file).is_file() for file in TOKENIZER_FILES):
        raise CheckpointNotFoundError(
            f"the tokenizer of {name} cannot be loaded: {folder} has none of {', '.join(TOKENIZER_FILES)}. "
            "Copy the base model's beside the weights: tokenizer.save_pretrained(folder)."
        )
    try:
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            folder, trust_remote_code=False, local_files_only=True
        )
    except Exception as error:  # missing files, unknown classes, damaged JSON
        raise CheckpointError(
            f"the tokenizer of {name} in {folder} cannot be loaded: {type(error).__name__}: {error}. The "
            "folder needs tokenizer.json and tokenizer_config.json, and no tokenizer code of its own."
        ) from error
    return tokenizer


def _k_max(raw: dict[str, Any], masks: tuple[int, ...], published: PublishedStudent | None) -> int:
    """Most tokens per pass: from config.json, the table, or the paper's range; bounded by the masks."""
    block = raw.get("mtp")
    k_range = block.get("k_range") if isinstance(block, dict) else None
    if isinstance(k_range, list) and k_range and isinstance(k_range[-1], int) and k_range[-1] >= 1:
        k = k_range[-1]
    else:
        k = published.k_max if published else DEFAULT_K_MAX
    limit = largest_k(masks)
    return k if limit is None else limit if len(masks) > 1 and k_range is None else min(k, limit)


def _stop_tokens(
    raw: dict[str, Any], folder: Path, tokenizer: PreTrainedTokenizerBase, published: PublishedStudent | None
) -> tuple[int, ...]:
    """End tokens of generation_config.json (else config.json), of the tokenizer and of the table."""
    generation = read_json(folder / "generation_config.json")
    found: list[int] = []
    declared = generation.get("eos_token_id", raw.get("eos_token_id"))
    for source in (declared, tokenizer.eos_token_id, list(published.stop_token_ids) if published else None):
        found += source if isinstance(source, list) else [source] if source is not None else []
    return tuple(dict.fromkeys(int(token) for token in found))
