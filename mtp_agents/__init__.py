"""LangChain and LangGraph agents on multi-token-prediction students.

    >>> from mtp_agents import ConfAdapt, MTPChatModel
    >>> model = MTPChatModel(decoding=ConfAdapt(threshold=0.9))

Importing this package is cheap: it loads neither torch nor the trainer. Each name is imported from its
module when it is first used; only `MTPMiddleware` needs the package langchain.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mtp_agents.middleware import MTPMiddleware
    from mtp_agents.settings import MTPSettings
    from mtp_agents.turns import arun_turn, run_turn
    from mtp_model.chat_model import MTPChatModel
    from mtp_model.config import ConfAdapt, Static, Verified

__all__ = [
    "ConfAdapt",
    "MTPChatModel",
    "MTPMiddleware",
    "MTPSettings",
    "Static",
    "Verified",
    "__version__",
    "arun_turn",
    "run_turn",
]

__version__ = "0.1.0"

_HOME = {
    "ConfAdapt": "mtp_model.config",
    "MTPChatModel": "mtp_model.chat_model",
    "MTPMiddleware": "mtp_agents.middleware",
    "MTPSettings": "mtp_agents.settings",
    "Static": "mtp_model.config",
    "Verified": "mtp_model.config",
    "arun_turn": "mtp_agents.turns",
    "run_turn": "mtp_agents.turns",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its home module on first use (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
