"""Loaded models, each with the one thread that owns its device.

`mtp_model.serve.engine` is imported when the first model is loaded, so that this package loads no torch.
"""

from mtp_model.serve.registry import EngineKey, clear_prefixes, engine_for, unload
from mtp_model.serve.worker import Job, Step, Worker

__all__ = ["EngineKey", "Job", "Step", "Worker", "clear_prefixes", "engine_for", "unload"]
