"""The live view of an agent at work."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from langchain_core.messages import AIMessage, ToolMessage
from rich.panel import Panel
from rich.text import Text

from mtp_agents.blocks import BlockWriter, legend
from mtp_agents.demo.agent import AgentEvent
from mtp_agents.passes import Pass

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["LiveView"]


class LiveView:
    """Draws the events of a run as they come.

    Args:
        console: Where to.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._blocks = BlockWriter(console)

    def open(self, question: str, policy: str) -> None:
        """Shows what is asked, and how to read the blocks."""
        self._console.print(_panel(question, "question", "bold"))
        self._console.print(Text(f"decoding with {policy}; ", "dim") + legend(), soft_wrap=True)
        self._console.print()

    def __call__(self, event: AgentEvent) -> None:
        """Draws one event."""
        if isinstance(event, Pass):
            self._blocks.write(event)
            return
        self._blocks.end()
        if isinstance(event, ToolMessage):
            self._result(event)
        else:
            self._reply(event)

    def _reply(self, reply: AIMessage) -> None:
        lines = [f"{call['name']}({_arguments(call['args'])})" for call in reply.tool_calls]
        if lines:
            self._console.print(_panel("\n".join(lines), "tool call" + "s" * (len(lines) > 1), "cyan"))
        for broken in reply.invalid_tool_calls:
            self._console.print(_panel(broken.get("args") or "", "broken tool call", "red"))
        if not lines and not reply.invalid_tool_calls:
            self._console.print(_panel(str(reply.text).strip() or "(empty)", "answer", "bold green"))

    def _result(self, result: ToolMessage) -> None:
        failed = result.status == "error"
        title = f"{result.name or 'tool'} {'failed' if failed else 'returned'}"
        self._console.print(_panel(str(result.text), title, "red" if failed else "magenta"))


def _panel(text: str, title: str, style: str) -> Panel:
    return Panel(Text(text), title=title, title_align="left", border_style=style, expand=False)


def _arguments(arguments: dict[str, object]) -> str:
    return ", ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in arguments.items())
