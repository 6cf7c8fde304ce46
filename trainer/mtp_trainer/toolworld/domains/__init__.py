"""The domains of the toolworld: every module here with a `DOMAIN` (or several `DOMAINS`)."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from mtp_trainer.toolworld.scene import Domain

_MODULES = [import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)]
_ALL: tuple[Domain, ...] = tuple(
    d for m in _MODULES for d in getattr(m, "DOMAINS", (getattr(m, "DOMAIN", None),)) if d
)

SEEN = tuple(domain for domain in _ALL if not domain.unseen)
UNSEEN = tuple(domain for domain in _ALL if domain.unseen)
