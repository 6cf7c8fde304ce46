"""What the embedded student cannot do yet, among the standard tests."""

from __future__ import annotations

import pytest

_BEYOND = {
    "TestConfAdapt.test_unicode_tool_call_integration": "its blocks do not copy Japanese yet",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect these to fail."""
    for item in items:
        name = f"{item.parent.name}.{item.name.partition('[')[0]}" if item.parent else item.name
        if item.path.parent.name == "standard" and name in _BEYOND:
            item.add_marker(pytest.mark.xfail(reason=_BEYOND[name], strict=True))
