"""Exports: the model card, what is refused, and the hub, whose HTTP is replaced."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import huggingface_hub
import pytest
import torch
import yaml
from huggingface_hub.utils import _http as hub_http
from transformers import AutoModelForCausalLM, AutoTokenizer
from typer.testing import CliRunner

from mtp_model.checkpoint import load_checkpoint
from mtp_model.errors import CheckpointError, ConfigError
from mtp_trainer import export as exporting
from mtp_trainer.cli import app
from mtp_trainer.export import export, read_recipe, read_scores
from mtp_trainer.push import check_push, push
from mtp_trainer.spare_token import with_mask_tokens
from tests.trainer.llama import make_llama

ROW = {"success": 0.5, "success_unseen_tools": 0.25, "tokens_per_pass": 2.0, "identical": 1.0}
SCORES = {
    "tasks": 4,
    "policies": {"static1": ROW},
    "grid": [ROW | {"k": 1, "threshold": None}, ROW | {"k": 4, "threshold": 0.9}],
    "agreement": {"blocks": 7, "k": 2, "judges": {"same_weights": {"by_depth": [1.0, 0.75]}}},
}


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random Llama whose mask token is an added `<MTP>`, of which its config says nothing."""
    folder = tmp_path_factory.mktemp("student")
    checkpoint, _ = with_mask_tokens(load_checkpoint(make_llama(folder / "base", rows=448)), 1)
    checkpoint.model.save_pretrained(folder / "model")
    checkpoint.tokenizer.save_pretrained(folder / "model")
    return folder / "model"


def test_an_export_names_its_masks_and_carries_card_recipe_and_scores(student: Path, tmp_path: Path) -> None:
    options: Any = {"recipe": {"distill": {"k_max": 4}}, "scores": SCORES, "license": "apache-2.0"}
    out = export(student, tmp_path / "mine", dtype="float16", **options)
    config = json.loads((out / "config.json").read_text())
    mask = AutoTokenizer.from_pretrained(out).get_vocab()["<MTP>"]
    assert config["mtp"]["mask_token_id"] == config["pard_token"] == mask
    assert json.loads((out / "scores.json").read_text()) == SCORES
    assert yaml.safe_load((out / "recipe.yaml").read_text()) == {"distill": {"k_max": 4}}
    assert AutoModelForCausalLM.from_pretrained(out).dtype == torch.float16
    card = (out / "README.md").read_text()
    front, _, text = card.removeprefix("---\n").partition("\n---\n")
    metadata = yaml.safe_load(front)
    assert metadata["library_name"] == "transformers" and "mtp" in metadata["tags"]
    assert metadata["license"] == "apache-2.0"
    assert "base_model" not in metadata  # a random model comes from nowhere
    for line in ("# mine", "| `static1` | 50.0% | 25.0% | 100.0% | 2.00 |", "  k_max: 4"):
        assert line in text.splitlines()
    for line in ("| 1 | - | 50.0% | 25.0% | 2.00 |", "| 4 | 0.9 | 50.0% | 25.0% | 2.00 |", "| 2 | 75.0% |"):
        assert line in text.splitlines()


def test_the_card_links_a_base_model_of_the_hub(student: Path, tmp_path: Path) -> None:
    checkpoint = load_checkpoint(student)
    checkpoint.model.config.mtp = {"base_model": "Qwen/Qwen3-4B", "base_revision": "abc", "k_range": [2, 8]}
    card = exporting.model_card(checkpoint, "mine", "bfloat16")
    assert yaml.safe_load(card.split("---\n")[1])["base_model"] == "Qwen/Qwen3-4B"
    assert "* trained from: `Qwen/Qwen3-4B`, revision `abc`" in card and "## Scores" not in card


def test_files_that_decode_to_something_else_are_refused(
    student: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "_likeliest", lambda *_: False)
    with pytest.raises(CheckpointError, match=r"decodes to other tokens with Static"):
        export(student, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_weights_that_come_back_different_are_refused(
    student: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = exporting._write

    def damage(checkpoint: Any, folder: Path, *others: Any) -> None:
        write(checkpoint, folder, *others)
        weights = load_checkpoint(folder).model
        weights.get_output_embeddings().weight.zero_()
        weights.save_pretrained(folder)

    monkeypatch.setattr(exporting, "_write", damage)
    with pytest.raises(CheckpointError, match=r"logits that differ by .* export again"):
        export(student, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_tokens_that_are_not_the_likeliest_are_noticed(student: Path) -> None:
    checkpoint = load_checkpoint(student)
    with torch.no_grad():
        logits = checkpoint.model(torch.tensor([[5, 6]])).logits[0, -1]
    logits[list(checkpoint.mask_token_ids)] = -torch.inf
    assert exporting._likeliest(checkpoint, [5, 6], [int(logits.argmax())])
    assert not exporting._likeliest(checkpoint, [5, 6], [int(logits.argsort()[-20])])


def test_a_full_disk_leaves_the_earlier_export(
    student: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = export(student, tmp_path / "out")
    before = (out / "model.safetensors").read_bytes()

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("transformers.PreTrainedModel.save_pretrained", full)
    with pytest.raises(CheckpointError, match=r"cannot be written.*No space left.*Free disk space"):
        export(student, out)
    assert (out / "model.safetensors").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_recipes_and_scores_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "bad").write_text("[1", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"--recipe .*bad cannot be read"):
        read_recipe([tmp_path / "bad"])
    with pytest.raises(ConfigError, match=r"--scores .*none cannot be read.*mtp-train eval --out"):
        read_scores(tmp_path / "none")
    (tmp_path / "list").write_text("[1]", encoding="utf-8")
    with pytest.raises(ConfigError, match="no JSON object"):
        read_scores(tmp_path / "list")


class Hub:
    """The hub's side of a push: what it was asked, and answers that a test may change."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.bodies: dict[str, str] = {}
        self.status: dict[str, int] = {}
        self.role = "write"

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        assert request.headers["authorization"] == "Bearer hf_test"
        path = request.url.path
        self.asked.append((request.method, path))
        self.bodies[path] = request.read().decode()
        if status := self.status.get(path):
            return httpx2.Response(status, json={"error": "no"})
        return httpx2.Response(200, json=self._answer(path))

    def _answer(self, path: str) -> dict[str, Any]:
        address = "https://huggingface.co/me/mine"
        if path == "/api/whoami-v2":
            return {"type": "user", "name": "me", "auth": {"accessToken": {"role": self.role}}}
        if path == "/api/repos/create":
            return {"url": address, "name": "me/mine", "id": "me/mine"}
        if "/preupload/" in path:
            files = json.loads(self.bodies[path])["files"]
            kinds = [{"path": f["path"], "uploadMode": "regular", "shouldIgnore": False} for f in files]
            return {"files": kinds}
        if "/commit/" in path:
            return {"commitUrl": f"{address}/commit/1", "commitOid": "1", "success": True}
        return {"sha": "0" * 40, "id": "me/mine", "siblings": []}


def _client(hub: Hub) -> Callable[[], httpx2.Client]:
    return lambda: httpx2.Client(transport=httpx2.MockTransport(hub))


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """The hub client, online and with a token, on a transport that answers in this process."""
    found = Hub()
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setenv("HF_TOKEN", "hf_test")
    huggingface_hub.set_client_factory(_client(found))
    yield found
    huggingface_hub.set_client_factory(hub_http.default_client_factory)


def test_a_push_makes_the_repository_and_uploads_every_file(hub: Hub, student: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ["export", "--model", str(student), "--out", str(out), "--push", "me/mine"]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0 and "Pushed to https://huggingface.co/me/mine" in result.stdout
    assert hub.asked[0] == ("GET", "/api/whoami-v2")  # before the export
    made = json.loads(hub.bodies["/api/repos/create"])
    assert made["name"] == "mine" and made["visibility"] == "private"
    (commit,) = (body for path, body in hub.bodies.items() if "/commit/" in path)
    lines = [json.loads(line) for line in commit.splitlines()]
    sent = {line["value"]["path"] for line in lines if line["key"] == "file"}
    assert sent == {path.name for path in out.iterdir()}
    assert "# mine\n" in (out / "README.md").read_text()


def test_what_cannot_be_pushed_is_refused_first(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match=r"'me/mine/x' is no name of a repository"):
        check_push("me/mine/x")
    hub.role = "read"
    with pytest.raises(ConfigError, match=r"the token of me may only read"):
        check_push("me/mine")
    hub.status["/api/whoami-v2"] = 401
    with pytest.raises(ConfigError, match=r"refuses the token .401.*hf auth login"):
        check_push("me/mine")
    hub.status["/api/whoami-v2"] = 500
    with pytest.raises(CheckpointError, match=r"the Hugging Face hub gave HfHubHTTPError"):
        check_push("me/mine")
    asked = len(hub.asked)
    monkeypatch.setattr("mtp_trainer.push.get_token", lambda: None)
    with pytest.raises(ConfigError, match=r"there is no token.*hf auth login"):
        check_push("me/mine")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ConfigError, match=r"HF_HUB_OFFLINE is set"):
        check_push("me/mine")
    assert len(hub.asked) == asked


def test_a_push_that_fails_says_that_the_export_is_complete(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    hub.status["/api/models/me/mine/preupload/main"] = 403
    with pytest.raises(ConfigError, match=rf"refuses the token .403.*export is complete in {tmp_path}"):
        push(tmp_path, "me/mine")
