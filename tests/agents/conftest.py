from types import SimpleNamespace
from typing import Any

import pytest

from mtp_agents.demo.agent import load_example
from tests.agents.scripted import SUM, Scripted


@pytest.fixture
def example() -> Any:
    """The example agent with a scripted model: `Static(1)` says one word per pass, other policies four."""
    module = load_example("reasoning_agent")

    def make_model(context: Any) -> Scripted:
        return Scripted(script=SUM, size=1 if context.decoding == "static" else 4)

    return SimpleNamespace(Context=module.Context, build_graph=lambda: module.build_graph(make_model))
