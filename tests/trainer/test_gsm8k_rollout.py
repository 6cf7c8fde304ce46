"""GSM8K rows become calculator loops; the calculator parses and never evaluates code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mtp_trainer.batching import DataError
from mtp_trainer.gsm8k import read_gsm8k
from mtp_trainer.rollout import calculate

ROW = {
    "question": "Ann sold 48 clips in April and half as many in May. How many?",
    "answer": "She sold 48/2 = <<48/2=24>>24 clips in May.\nIn all 48+24 = <<48+24=72>>72 clips.\n#### 72",
}
SHARED = Path(__file__).parents[3] / "shared/data/gsm8k/train.jsonl"


def test_annotations_become_calls(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps(ROW) for _ in range(21)), encoding="utf-8")
    assert len(list(read_gsm8k(path, "heldout"))) == 2
    problem = next(iter(read_gsm8k(path, "train")))
    assert problem.answer == "72"
    assert [m.role for m in problem.gold] == ["assistant", "tool", "assistant", "tool", "assistant"]
    assert [c.arguments["expression"] for m in problem.gold for c in m.tool_calls] == ["48/2", "48+24"]
    assert problem.gold[0].reasoning == "She sold 48/2 ="
    assert problem.gold[2].reasoning == "24 clips in May.\nIn all 48+24 ="
    assert problem.gold[-1].content == "The answer is 72."


def test_bad_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"missing\.jsonl"):
        next(iter(read_gsm8k(tmp_path / "missing.jsonl", "train")))
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"question": "?"}\n{"question": "?"}\n', encoding="utf-8")
    with pytest.raises(DataError, match="Row 1"):
        next(iter(read_gsm8k(bad, "train")))


@pytest.mark.skipif(not SHARED.exists(), reason="GSM8K is not beside the checkout")
def test_the_calculator_agrees_with_the_data() -> None:
    problems = list(read_gsm8k(SHARED, "heldout"))
    assert len(problems) > 300
    pairs = [
        (call.arguments["expression"], result.content)
        for problem in problems
        for message, result in zip(problem.gold, problem.gold[1:], strict=False)
        for call in message.tool_calls
    ]
    agree = [_near(calculate(expression), result) for expression, result in pairs]
    assert sum(agree) / len(agree) > 0.97  # a few annotations are rounded or written with words


def _near(found: str, expected: str) -> bool:
    try:
        return abs(float(found) - float(expected)) < 0.01
    except ValueError:
        return False


@pytest.mark.parametrize(
    ("expression", "value"),
    [("48/2", "24"), ("(3+4)*2.5", "17.5"), ("-2*3", "-6"), ("$5+$1", "6"), ("50%*8", "4")],
)
def test_calculate(expression: str, value: str) -> None:
    assert calculate(expression) == value


@pytest.mark.parametrize("expression", ["1/0", "__import__('os')", "2**9", "", "a", "'a'*3", "(" * 300])
def test_what_is_no_arithmetic_is_an_error(expression: str) -> None:
    assert calculate(expression).startswith("Error: cannot compute")
