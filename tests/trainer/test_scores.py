"""The scores beside the embedded weights are true: the recorded evaluation gives them again."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from mtp_trainer.evaluate import default_policies, evaluate

SCORES = Path(__file__).parents[2] / "model/mtp_model/checkpoint/embedded/scores.json"


@pytest.mark.timeout(900)
def test_recorded_scores_come_again(embedded: Any) -> None:
    recorded = json.loads(SCORES.read_text(encoding="utf-8"))
    report = evaluate(None, recorded["tasks"], default_policies(), workers=os.cpu_count() or 1)
    found, scores = report["policies"], recorded["policies"]
    assert found["static1"]["tokens_per_pass"] == 1.0
    assert found["verified"]["identical"] == scores["verified"]["identical"] == 1.0
    # Greedy and float32, so equal but for ties that another processor breaks otherwise: one or two tasks.
    for name, row in found.items():
        assert row["success"] == pytest.approx(scores[name]["success"], abs=0.06)
        assert row["success_unseen_tools"] == pytest.approx(scores[name]["success_unseen_tools"], abs=0.09)
        assert row["tokens_per_pass"] == pytest.approx(scores[name]["tokens_per_pass"], rel=0.05)
