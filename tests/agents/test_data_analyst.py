import importlib
import json
import sqlite3
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage, ToolMessage

from mtp_agents.demo.agent import load_example
from tests.agents.scripted import Script, Scripted

ANALYST = load_example("data_analyst")
DATABASE = importlib.import_module("mtp_agents.examples.data_analyst.database")
CHART = importlib.import_module("mtp_agents.examples.data_analyst.chart")
AMOUNTS = {"east": 280.5, "north": 454.75, "south": 457.0, "west": 243.6}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path: Path = DATABASE.make_database(tmp_path / "sales of #1?.db")
    return path


def run(script: Script, database: Path, **settings: Any) -> dict[str, Any]:
    graph = ANALYST.build_graph(
        lambda context: Scripted(script=script), database, charts=database.parent / "charts"
    )
    state: dict[str, Any] = graph.invoke(
        {"messages": [HumanMessage("Go.")]}, context=ANALYST.Context(**settings)
    )
    return state


def results(state: dict[str, Any]) -> list[str]:
    return [str(message.text) for message in state["messages"] if isinstance(message, ToolMessage)]


def statistic(kind: str, column: str = "amount", **more: str) -> tuple[str, dict[str, Any]]:
    return ("compute_statistic", {"table": "sales", "column": column, "kind": kind, **more})


def test_it_looks_computes_and_draws(database: Path) -> None:
    state = run(
        [
            [("list_tables", {})],
            [("list_columns", {"table": "sales"})],
            [statistic("sum"), statistic("count"), statistic("average", where="region", equals="south")],
            [statistic("largest", "pieces", where="pieces", equals="10")],
            [("calculate", {"a": 1435.85, "operator": "divide", "b": 12})],
            [("draw_chart", {"table": "sales", "column": "amount", "group": "region"})],
            "Done.",
        ],
        database,
    )
    assert results(state) == [
        '["products", "sales"]',
        '["day", "region", "product", "pieces", "amount"]',
        "1435.85", "12", "152.33",
        "10",
        "119.65",
        "amount_by_region.svg",
    ]  # fmt: skip
    (chart,) = state["charts"]
    texts = [text.text for text in ET.parse(chart).iter("{http://www.w3.org/2000/svg}text")]
    assert texts == [
        "amount by region",
        *(word for bar in AMOUNTS.items() for word in (bar[0], f"{bar[1]:g}")),
    ]


def test_bars_are_as_long_as_their_values_and_text_is_escaped() -> None:
    svg = ET.fromstring(CHART.bar_chart("a < b & c", ["x", "<y>"], [-5, 10]))
    _, first, second = svg.iter("{http://www.w3.org/2000/svg}rect")
    widths = [float(bar.attrib["width"]) for bar in (first, second)]
    assert widths[1] == pytest.approx(2 * widths[0], abs=0.2)
    assert float(first.attrib["x"]) + widths[0] == pytest.approx(float(second.attrib["x"]), abs=0.2)
    assert CHART.bar_chart("nothing", ["x"], [0.0]).startswith("<svg")


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (("list_columns", {"table": "moon"}), "Error: No table 'moon'. Tables: products, sales."),
        (
            statistic("sum", 'x" FROM sales; --'),
            "Error: No column 'x\" FROM sales; --' in sales. Columns: day, region, product, pieces, amount.",
        ),
        (statistic("sum", where="moon"), "Error: No column 'moon' in sales."),
        (statistic("largest", "region"), "Error: There is no largest of region: it has no numbers."),
        (statistic("sum", where="region", equals="moon"), "Error: There is no sum of amount"),
        (statistic("median"), "Error: "),
        (("calculate", {"a": 1, "operator": "divide", "b": 0}), "Error: Division by zero is not possible."),
        (("run_query", {"sql": "SELECT 1"}), "Error: Free queries are switched off."),
        (("", {}), "Error: this is not a valid tool call"),
    ],
)
def test_errors_go_to_the_model(database: Path, call: Any, error: str) -> None:
    state = run([[call], "I see."], database)
    assert results(state)[0].startswith(error)
    assert state["messages"][-1].text == "I see."


def test_models_that_can_may_write_queries(database: Path) -> None:
    state = run(
        [[("run_query", {"sql": "SELECT region, SUM(pieces) n FROM sales GROUP BY 1"})], "Done."],
        database,
        free_sql=True,
    )
    assert json.loads(results(state)[0]) == {
        "columns": ["region", "n"],
        "rows": [["east", 12], ["north", 13], ["south", 15], ["west", 8]],
    }


def test_only_models_that_may_see_the_tool(database: Path) -> None:
    for free in (False, True):
        model = Scripted(script=["Hi."])
        graph = ANALYST.build_graph(lambda context, model=model: model, database)
        graph.invoke({"messages": [HumanMessage("Go.")]}, context=ANALYST.Context(free_sql=free))
        assert ("run_query" in model.bound[0]["tools"]) is free


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM sales",
        "INSERT INTO products VALUES ('moon', 1)",
        "UPDATE sales SET amount = 0",
        "DROP TABLE sales",
        "CREATE TABLE mine (x)",
        "CREATE TEMP TABLE mine (x)",
        "ATTACH DATABASE '/tmp/other.db' AS other",
        "PRAGMA query_only = OFF",
        "PRAGMA writable_schema = ON",
        "VACUUM INTO '/tmp/copy.db'",
        "SELECT load_extension('x')",
        "SELECT 1; DELETE FROM sales",
        "SELECT length(zeroblob(900000000))",
        "not SQL",
    ],
)
def test_sqlite_itself_lets_nobody_write(database: Path, sql: str) -> None:
    before = database.read_bytes()
    state = run([[("run_query", {"sql": sql})], "I see."], database, free_sql=True)
    assert results(state)[0].startswith("Error: SQLite: ")
    assert database.read_bytes() == before


def test_the_file_is_read_only_without_the_other_guards(database: Path) -> None:
    with DATABASE.reading(database) as connection:
        connection.set_authorizer(None)
        connection.execute("PRAGMA query_only = OFF")
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("DELETE FROM sales")


def test_endless_queries_are_stopped(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DATABASE, "SECONDS", 0.05)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"
    state = run([[("run_query", {"sql": endless})], "I see."], database, free_sql=True)
    assert results(state) == ["Error: SQLite: interrupted"]


def test_long_results_are_cut(database: Path) -> None:
    sql = "SELECT 1 FROM sales a, sales b"
    state = run([[("run_query", {"sql": sql})], "Done."], database, free_sql=True)
    assert len(json.loads(results(state)[0])["rows"]) == 100


def test_the_loop_ends_at_its_limit(database: Path) -> None:
    state = run([[("list_tables", {})]], database, max_model_calls=3)
    assert state["messages"][-1].text == "I could not finish within 3 steps."


def test_without_a_database_it_makes_its_own() -> None:
    state = ANALYST.build_graph(lambda context: Scripted(script=[[statistic("count")], "Done."])).invoke(
        {"messages": [HumanMessage("Go.")]}
    )
    assert results(state) == ["12"]
