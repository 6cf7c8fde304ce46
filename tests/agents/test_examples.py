"""What all examples have in common."""

import ast
import importlib
import json
import re
from pathlib import Path

import pytest

from mtp_agents import MTPSettings
from mtp_agents.demo.agent import load_example

NAMES = ["approval", "data_analyst", "parallel_planner", "ready_made", "reasoning_agent"]
FILES = {"__init__.py", "README.md", "context.py", "graph.py", "prompts.py", "state.py", "tools.py"}
MORE = {
    "approval": {"review.py"},
    "data_analyst": {"chart.py", "database.py", "seed.sql"},
    "parallel_planner": {"worker.py"},
    "ready_made": {"errors.py"},
}


def test_langgraph_json_names_them_all(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = json.loads((root / "examples/langgraph.json").read_text())
    assert sorted(config["graphs"]) == NAMES
    monkeypatch.syspath_prepend(str(root / "examples"))  # as `langgraph dev` does
    for source in config["graphs"].values():
        module, _, name = source.partition(":")
        graph = getattr(importlib.import_module(module), name)
        assert {"model", "planner"} & set(graph.nodes)
        assert graph.checkpointer is None  # the server has its own, and refuses others


@pytest.mark.parametrize("name", NAMES)
def test_each_is_a_few_small_files_and_a_readme(root: Path, name: str) -> None:
    folder = root / "examples" / name
    files = {path.name for path in folder.iterdir() if path.is_file()}
    assert files == FILES | MORE.get(name, set())
    assert all(len((folder / file).read_text().splitlines()) <= 200 for file in files)


@pytest.mark.parametrize("name", NAMES)
def test_each_has_the_settings_and_a_builder(name: str) -> None:
    module = load_example(name)
    assert issubclass(module.Context, MTPSettings)
    assert module.graph.name == module.build_graph().name == name
    schema = module.graph.get_context_jsonschema()
    assert {"decoding", "threshold", "k", "temperature", "max_tokens", "model"} <= set(schema["properties"])


@pytest.mark.parametrize("name", NAMES)
def test_each_readme_names_its_files_and_its_python_compiles(root: Path, name: str) -> None:
    readme = (root / "examples" / name / "README.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```", readme, flags=re.DOTALL)
    assert blocks
    for block in blocks:
        compile(block, f"{name}/README.md", "exec")
    for file in (FILES | MORE.get(name, set())) - {"__init__.py", "README.md"}:
        assert f"| `{file}` |" in readme


@pytest.mark.parametrize("name", NAMES)
def test_each_is_a_folder_to_copy(root: Path, name: str) -> None:
    """Nothing of the project but mtp_agents, nothing of another example, and no eval or exec."""
    for path in (root / "examples" / name).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                assert node.module.split(".")[0] not in {"mtp_model", "mtp_trainer", *NAMES}
                assert not node.module.startswith("mtp_agents."), path
            if isinstance(node, ast.Name):
                assert node.id not in {"eval", "exec"}, path
