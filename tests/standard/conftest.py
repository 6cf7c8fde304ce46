"""What the embedded student cannot do yet, among the standard tests."""

from __future__ import annotations

import pytest

_WHY = "the embedded student is under-trained: "
_BEYOND = {
    "test_unicode_tool_call_integration": _WHY + "it cannot copy these characters",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect these to fail, strictly: whoever mends one hears of it."""
    for item in items:
        function = item.name.partition("[")[0]
        names = {function, f"{item.parent.name}.{function}"} if item.parent else {function}
        if item.path.parent.name == "standard" and (known := names & _BEYOND.keys()):
            item.add_marker(pytest.mark.xfail(reason=_BEYOND[known.pop()], strict=True))
