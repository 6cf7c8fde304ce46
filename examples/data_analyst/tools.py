"""Looking at tables, computing, drawing.

Small models cannot write SQL, so the common queries are tools with arguments; `run_query` is for models that
can (`Context.free_sql`). Names of tables and columns are looked up before they come into a query, values are
bound to it.
"""

import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool, ToolException, tool
from langgraph.prebuilt import ToolRuntime
from langgraph.types import Command

from .chart import bar_chart
from .database import quoted, rows, schema

Table = Annotated[str, "Name of the table"]
Kind = Literal["sum", "average", "largest", "smallest", "count"]
FUNCTIONS = {"sum": "SUM", "average": "AVG", "largest": "MAX", "smallest": "MIN", "count": "COUNT"}
BARS = 40


def make_tools(database: Callable[[], Path], charts: Path) -> list[BaseTool]:
    """The tools on a database; the last one takes any query.

    Args:
        database: Gives the database's file, when it is needed.
        charts: Folder for charts.
    """

    def column_of(table: str, column: str) -> str:
        columns = columns_of(table)
        if column not in columns:
            raise ToolException(f"No column '{column}' in {table}. Columns: {', '.join(columns)}.")
        return quoted(column)

    def columns_of(table: str) -> list[str]:
        tables = schema(database())
        if table not in tables:
            raise ToolException(f"No table '{table}'. Tables: {', '.join(tables)}.")
        return tables[table]

    @tool
    def list_tables() -> list[str]:
        """List all tables of the database."""
        return list(schema(database()))

    @tool
    def list_columns(table: Table) -> list[str]:
        """List the columns of a table."""
        return columns_of(table)

    @tool
    def compute_statistic(
        table: Table,
        column: Annotated[str, "Name of the column"],
        kind: Annotated[Kind, "Kind of the statistic"],
        where: Annotated[str, "Only rows in which this column ..."] = "",
        equals: Annotated[str, "... has this value"] = "",
    ) -> float:
        """Compute a statistic."""
        measured, source = f"{FUNCTIONS[kind]}({column_of(table, column)})", quoted(table)
        if not where:
            (found,) = rows(database(), f"SELECT {measured} FROM {source}")[1]
        else:
            query = f"SELECT {measured} FROM {source} WHERE {column_of(table, where)} = ?"
            (found,) = rows(database(), query, (equals,))[1]
        if not isinstance(found[0], (int, float)):
            raise ToolException(f"There is no {kind} of {column}: it has no numbers.")
        return short(found[0])

    @tool
    def calculate(
        a: Annotated[float, "First number"],
        operator: Annotated[Literal["add", "subtract", "multiply", "divide"], "What to do"],
        b: Annotated[float, "Second number"],
    ) -> float:
        """A calculator for two numbers and an operator."""
        match operator:
            case "add":
                return short(a + b)
            case "subtract":
                return short(a - b)
            case "multiply":
                return short(a * b)
        if b == 0:
            raise ToolException("Division by zero is not possible.")
        return short(a / b)

    @tool
    def draw_chart(
        table: Table,
        column: Annotated[str, "Name of the column"],
        group: Annotated[str, "Column with the names of the bars"],
        runtime: ToolRuntime[Any, Any],
    ) -> Command[None]:
        """Draw a chart."""
        measured, by, source = column_of(table, column), column_of(table, group), quoted(table)
        query = f"SELECT {by}, SUM({measured}) FROM {source} GROUP BY {by} ORDER BY {by}"
        _, bars = rows(database(), query, limit=BARS)
        if not bars:
            raise ToolException(f"The table {table} is empty.")
        path = charts / f"{file_name(column)}_by_{file_name(group)}.svg"
        charts.mkdir(parents=True, exist_ok=True)
        labels, values = [str(label) for label, _ in bars], [short(float(value or 0)) for _, value in bars]
        path.write_text(bar_chart(f"{column} by {group}", labels, values), encoding="utf-8")
        done = ToolMessage(path.name, tool_call_id=runtime.tool_call_id or "", name="draw_chart")
        return Command(update={"charts": [str(path)], "messages": [done]})

    @tool
    def run_query(
        sql: Annotated[str, "One SELECT statement of SQLite"], runtime: ToolRuntime[Any, Any]
    ) -> str:
        """Run a query and return its first 100 rows."""
        if not getattr(runtime.context, "free_sql", False):  # a model may call what it was not offered
            raise ToolException("Free queries are switched off. Use the other tools.")
        try:
            names, found = rows(database(), sql)
        except sqlite3.Error as error:
            raise ToolException(f"SQLite: {error}") from error
        return json.dumps({"columns": names, "rows": found}, ensure_ascii=False, default=str)

    return [list_tables, list_columns, compute_statistic, calculate, draw_chart, run_query]


def file_name(name: str) -> str:
    """A name of which nothing leads out of the folder."""
    return re.sub(r"\W+", "_", name)


def short(value: float) -> float:
    """At most two decimals; whole numbers without any."""
    rounded = round(value, 2)
    return int(rounded) if rounded == int(rounded) else rounded
