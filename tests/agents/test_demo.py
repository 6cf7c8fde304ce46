import importlib
import io
import json
from typing import Any

import pytest
from rich.console import Console

from mtp_agents.demo.main import run_demo
from mtp_agents.demo.problem import DEFAULT, Problem
from mtp_agents.passes import Figures
from mtp_model.errors import ConfigError
from tests.agents.scripted import SUM, Scripted


def console(**options: Any) -> Console:
    return Console(file=io.StringIO(), width=100, **options)


def shown(view: Console) -> str:
    assert isinstance(view.file, io.StringIO)
    return view.file.getvalue()


def test_the_demo_shows_a_run_and_compares_it(example: Any) -> None:
    view = console()
    document = run_demo(view, example=example, k=16)
    text = shown(view)
    for part in (
        "Add up the prices of all products",
        "<think> This is step ₄",
        "tool calls",
        'unit_price(product="torch")',
        "list_articles returned",
        "182.4",
        "answer",
        "Verified(k_max=16, draft_threshold=0.5)",
        "Static(k=1)",
        "per pass",
    ):
        assert part in text, part
    assert "\x1b" not in text
    assert json.loads(json.dumps(document)) == document
    assert document["question"] == DEFAULT.question
    assert document["answer"] == SUM[-1]
    assert document["correct"] is document["baseline"]["correct"] is document["same_answer"] is True
    assert document["tokens"] == document["baseline"]["tokens"] == document["baseline"]["passes"]
    assert document["tokens_per_pass"] > 3.5
    assert document["baseline"]["tokens_per_pass"] == 1
    assert (document["replies"], document["tool_calls"]) == (4, 6)
    assert document["speedup"] == pytest.approx(
        document["baseline"]["seconds"] / document["seconds"], rel=0.1
    )


def test_runs_are_repeated_in_turn_without_the_view(example: Any) -> None:
    view = console()
    document = run_demo(view, example=example, runs=3)
    assert document["runs"] == 3
    assert len(document["seconds_of_runs"]) == len(document["baseline"]["seconds_of_runs"]) == 3
    assert document["seconds"] == sorted(document["seconds_of_runs"])[1]
    assert "<think>" not in shown(view)
    assert "median of 3" in " ".join(shown(view).split())


def test_nobody_knows_the_answer_to_another_question(example: Any) -> None:
    document = run_demo(console(), example=example, question="How far is the moon?")
    assert document["correct"] is document["baseline"]["correct"] is None
    assert document["question"] == "How far is the moon?"


def test_a_wrong_answer_is_said_to_be_wrong(example: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scripted, "_stream", _short)
    view = console()
    assert run_demo(view, example=example)["correct"] is False
    assert "The answer is wrong" in shown(view)


def _short(self: Scripted, messages: Any, *args: Any, **kwargs: Any) -> Any:
    turn = "It is 5."
    yield from (chunk for chunk in _chunks(self, turn))


def _chunks(model: Scripted, turn: str) -> Any:
    from langchain_core.outputs import ChatGenerationChunk

    yield ChatGenerationChunk(message=model._chunk(["It", "is", "5."], [], turn, True, 3, 1))


def test_blocks_are_coloured_on_a_terminal(example: Any) -> None:
    view = console(force_terminal=True, color_system="256")
    run_demo(view, example=example)
    assert "\x1b[2;38;5;249;48;5;30m" in shown(view)  # reasoning, a block of four
    plain = console(force_terminal=True, color_system="256", no_color=True)
    run_demo(plain, example=example)
    assert "48;5;30m" not in shown(plain)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"decoding": "fast"}, "'static', 'confadapt' or 'verified'"),
        ({"decoding": "confadapt", "threshold": 0.0}, r"\(0, 1\]"),
        ({"threshold": 1.5}, r"\[0, 1\]"),
        ({"k": 0}, "1 to 256"),
        ({"decoding": "static", "threshold": 0.5}, "it has none"),
        ({"runs": 0}, "at least 1"),
        ({"question": " "}, "empty"),
    ],
)
def test_bad_options_say_what_is_valid(example: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        run_demo(console(), example=example, **options)


@pytest.mark.parametrize(
    ("answer", "orders", "verdict"),
    [
        ("182.40 and 121.89; the order is K7413.", [{"customer": "Ann", "code": "K7413"}], True),
        ("182.4 and 121.8; the order is K7413.", [{"customer": "Ann"}], False),
        ("182.4, 121.89, K7413", [], False),
        ("182.4, 121.89, K7413", [{"customer": "Ann"}, {"customer": "Ann"}], False),
        ("182.4, 121.89, K7413", [{"customer": "Bob"}], False),
    ],
)
def test_answer_and_orders_are_judged(answer: str, orders: list[dict[str, str]], verdict: bool) -> None:
    problem = Problem("?", (182.4, 121.89, "K7413"), ({"customer": "Ann"},))
    assert problem.judge(answer, {"orders": orders}) is verdict


def test_the_expected_values_are_those_of_the_shop() -> None:
    tools = importlib.import_module("mtp_agents.examples.reasoning_agent.tools")
    prices = {product: price for product, (price, _) in tools.CATALOG.items()}
    assert DEFAULT.expected == (tools.money(sum(prices.values())),)


def test_figures_add_up() -> None:
    total = Figures(5, 2, ((1, 1), (4, 1))) + Figures(4, 1, ((4, 1),))
    assert total == Figures(9, 3, ((1, 1), (4, 2)))
    assert total.tokens_per_pass == 3
    assert Figures().tokens_per_pass == 0


def test_the_demo_solves_its_problem_on_the_embedded_student(embedded: Any) -> None:
    document = run_demo(console())
    assert document["correct"] is True
    assert document["baseline"]["correct"] is True
    assert document["tokens_per_pass"] > 3


def test_verified_says_what_single_token_decoding_says(embedded: Any) -> None:
    document = run_demo(console(), decoding="verified")
    assert document["same_answer"]
    assert document["tokens"] == document["baseline"]["tokens"]
    assert document["tokens_per_pass"] > 3
