"""Graphs that the test's server serves beside the examples: the same, with models that know their text."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from langchain_core.outputs import ChatGenerationChunk

from mtp_agents.examples.approval.graph import build_graph as build_approval
from mtp_agents.examples.data_analyst.graph import build_graph as build_analyst
from mtp_agents.examples.parallel_planner.graph import build_graph as build_planner
from mtp_agents.examples.ready_made.graph import build_graph as build_ready_made
from mtp_agents.examples.reasoning_agent.graph import build_graph as build_reasoning
from mtp_model.errors import CheckpointNotFoundError
from tests.agents.scripted import SOLUTION, Scripted

PAY = ("transfer", {"source": "Anna", "target": "Tom", "amount": 40})
LOOK = ("get_balance", {"account": "Tom"})
CITIES = ("Oslo", "Lima", "Cairo")
WORKERS: Any = {
    f"What is the weather forecast for {city}?": [[("weather_forecast", {"city": city})], f"{city} is fine."]
    for city in CITIES
}


class Native(Scripted):
    """Streams with asyncio of its own, as `MTPChatModel` does."""

    pause: float = 0.0

    async def _astream(self, messages: Any, *args: Any, **kwargs: Any) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in self._stream(messages):
            await asyncio.sleep(self.pause)
            yield chunk


class Meeting(Native):
    """Answers when three are at it."""

    async def _astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[ChatGenerationChunk]:
        _present.append(self)
        while len(_present) < 3:
            await asyncio.sleep(0.01)
        async for chunk in super()._astream(*args, **kwargs):
            yield chunk


_present: list[Meeting] = []

scripted = build_reasoning(lambda context: Native(script=SOLUTION))
slow = build_reasoning(lambda context: Native(script=["word " * 400], size=1, pause=0.05))
meeting = build_reasoning(lambda context: Meeting(script=["All are here."]))
approval = build_approval(lambda context: Native(script=[[PAY], [LOOK], "Done."]))
planner = build_planner(
    lambda context: Native(
        script=[[("get_city_report", {"city": city}) for city in CITIES], "All are fine."], scripts=WORKERS
    )
)
analyst = build_analyst(
    lambda context: Native(
        script=[
            [("list_tables", {})],
            [("compute_statistic", {"table": "sales", "column": "amount", "kind": "sum"})],
            [("draw_chart", {"table": "sales", "column": "amount", "group": "region"})],
            "It is 1435.85.",
        ]
    ),
    charts=Path(mkdtemp(prefix="charts_")),
)
ready_made = build_ready_made(
    Native(
        script=[
            [("get_price", {"product": "moon"})],
            [("get_price", {"product": "bottle"})],
            [("file_report", {"product": "bottle", "amount": 12.75})],
        ]
    )
)


def _no_model(context: Any) -> Any:
    raise CheckpointNotFoundError("no checkpoint at 'x': check the spelling.")


failing = build_reasoning(_no_model)
