"""The problem that the demo solves unless it is given another one.

To change it: `QUESTION` is what the agent is asked, `EXPECTED` what a right answer states, `ORDERS` what
the shop must have sold afterwards. Tools and prices are those of `examples/reasoning_agent/tools.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["DEFAULT", "Problem"]

QUESTION = "Add up the prices of all products of the shop. Look them up all at once."
EXPECTED: tuple[float | str, ...] = (182.4,)
ORDERS: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Problem:
    """A question, and how to tell a right answer.

    Attributes:
        question: What the agent is asked.
        expected: Numbers and texts that a right answer states; None if nobody knows.
        orders: The orders that must have been placed, each with at least these values.
    """

    question: str
    expected: tuple[float | str, ...] | None = None
    orders: tuple[dict[str, Any], ...] = ()

    def judge(self, answer: str, state: Mapping[str, Any]) -> bool | None:
        """Whether a run solved the problem; None where nobody knows.

        Args:
            answer: The agent's last message.
            state: The graph's state at the end.
        """
        if self.expected is None:
            return None
        placed = state.get("orders", [])
        right_orders = len(placed) == len(self.orders) and all(
            wanted.items() <= order.items() for wanted, order in zip(self.orders, placed, strict=True)
        )
        return right_orders and all(_states(answer, value) for value in self.expected)


DEFAULT = Problem(QUESTION, EXPECTED, ORDERS)


def _states(text: str, value: float | str) -> bool:
    if isinstance(value, str):
        return value.casefold() in text.casefold()
    numbers = (float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text))
    return any(abs(number - value) < 0.005 for number in numbers)
