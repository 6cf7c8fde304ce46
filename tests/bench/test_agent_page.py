"""The report as HTML: whole, self-contained, and safe whatever is in it."""

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from mtp_agents.bench.agent.charts import Bar, Line, bars, columns, lines, scatter
from mtp_agents.bench.agent.metrics import comparable
from mtp_agents.bench.agent.page import render_page, write_page
from mtp_agents.bench.agent.recorder import Limit
from mtp_agents.bench.agent.report import Skipped, to_json
from mtp_agents.bench.agent.schedule import Measured, make_units, run_units
from tests.bench.agents import Stub, agent_task, reply


def page(concurrencies: tuple[int, ...] = (1, 4), **more: Any) -> tuple[str, dict[str, Any]]:
    blocks = (reply("Try <b>this</b>.", 1, 4, 8, 13), reply("So it is.", 2, 2))
    runners = [
        Stub(),
        Stub(policy="ConfAdapt(0.9)", replies=blocks),
        Stub(policy="Verified", replies=blocks),
        Stub(policy="ConfAdapt(0.9)", reuse=False, replies=blocks),
        Stub("mtp, no grammar", "ConfAdapt(0.9)", grammar=False, replies=blocks),
        Stub("hf", "greedy", False, False),
        Stub("llama.cpp", "greedy", True, False),
        Stub("endpoint", "some/model", None, None),
    ]
    cases = [Measured(runner, number) for number in concurrencies for runner in runners]
    tasks = [agent_task(name, success=name != "b") for name in "abcd"]
    if concurrencies:
        run_units(cases, make_units(tasks, concurrencies, 1), max_tokens=8, limit=Limit())
    skipped = [Skipped("vLLM & others", reason="not <installed>")]
    document = {**to_json(cases, skipped, "complete", {}, None), **more}
    return render_page(document, comparable(cases)), document


def test_it_has_everything_and_needs_nothing() -> None:
    html, document = page()
    for heading in (
        "One agent at a time",
        "4 agents at a time",
        "Success against speed",
        "Where a turn",
        "history grows",
        "Tokens of a forward pass",
        "One task, pass by pass",
        "Not measured",
    ):
        assert heading in html
    assert html.count("<svg") == 6
    for svg in re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL):
        ElementTree.fromstring(svg)
    assert not re.search(r'(src|href)="|url\(|@import|https?://', html)
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', html)
    assert json.loads(data) == json.loads(json.dumps(document))


def test_text_is_text() -> None:
    html, _ = page()
    assert "<b>this" not in html
    assert "Try &lt;b&gt;this&lt;/b&gt;." in html
    assert "vLLM &amp; others" in html
    assert "not &lt;installed&gt;" in html


def test_each_pass_of_the_transcript_has_its_colour() -> None:
    html, _ = page()
    talk = html[html.index('class="talk"') :]
    for style, tokens in (("s0", 1), ("s2", 4), ("s3", 8), ("s4", 13), ("s1", 2)):
        assert f'<span class="b {style}" title="{tokens} tokens in one pass">' in talk
    assert "26 tokens, 4 passes: 6.5 per pass" in talk


def test_nothing_measured_is_a_page_too(tmp_path: Path) -> None:
    html, document = page((), ending="interrupted")
    assert "Nothing was measured" in html
    assert "Interrupted" in html
    write_page(tmp_path / "agent.html", document, {})
    assert (tmp_path / "agent.html").read_text() == html


@pytest.mark.parametrize("value", [0.0, 1e-7, 0.3, 99.99, 123456.0])
def test_charts_of_any_size_are_drawn(value: float) -> None:
    drawn = [
        bars([Bar("a < b", (("plain", value), ("hf", value)), "1", reach=value * 3, title="t")], "s"),
        columns([("1", [("plain", value, "t")]), ("2", [])], "passes"),
        lines([Line("a", "plain", ((0.0, value, "t"), (value, value, "u")))], "x", "y"),
        scatter([Line(str(n), "hf", ((value, 100.0, "t"),)) for n in range(20)], "x", "y", 100.0),
        bars([], "s"),
    ]
    for svg in drawn:
        root = ElementTree.fromstring(svg)
        _, _, width, height = map(float, root.attrib["viewBox"].split())
        for node in root.iter():
            for name, most in (("x", width), ("cx", width), ("y", height), ("cy", height)):
                assert -1 <= float(node.attrib.get(name, 0)) <= most


def test_names_beside_a_scatter_do_not_touch() -> None:
    svg = scatter([Line(str(n), "hf", ((1.0, 100.0, "t"),)) for n in range(11)], "x", "y", 100.0)
    names = [node for node in ElementTree.fromstring(svg).iter("text") if float(node.attrib["x"]) > 600]
    places = sorted(float(node.attrib["y"]) for node in names)
    assert min(after - before for before, after in pairwise(places)) >= 16
