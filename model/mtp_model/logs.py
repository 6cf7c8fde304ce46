"""Lines that other libraries log and that say nothing to users."""

import logging

__all__ = ["mute_torchao"]


def mute_torchao() -> None:
    """Drop what torchao logs on import about kernels that it lacks; call it before anything imports it.

    transformers and accelerate import torchao wherever it is installed, for every model, and on a build of
    torch without CUDA it then names the kernels that it lacks. Weight-only layers need none of them.
    """
    for name in ("torchao", "torch.utils._pytree"):
        logging.getLogger(name).addFilter(_worth_a_line)


def _worth_a_line(record: logging.LogRecord) -> bool:
    message = record.getMessage()
    return not message.startswith("Failed to load") and "register_constant" not in message
