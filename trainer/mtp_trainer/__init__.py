"""Trainer of multi-token-prediction students: data, objective, loop, evaluation and export.

The command line ``mtp-train`` runs each step. Serving code never imports this package; this package
imports ``mtp_model``, so that training renders and masks with the same code that serves.
"""

from mtp_model.logs import mute_torchao

__all__: list[str] = []

mute_torchao()  # before accelerate is imported
