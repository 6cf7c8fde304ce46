"""The embedded student's corpus: toolworld conversations and GSM8K loops as a token dataset."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path

from transformers import AutoTokenizer, PreTrainedTokenizerBase

from mtp_model.errors import ConfigError
from mtp_model.prompt.messages import Message
from mtp_model.prompt.render import PromptRenderer
from mtp_trainer.batching import write_token_dataset
from mtp_trainer.config import CorpusConfig
from mtp_trainer.gsm8k import CALCULATOR, read_gsm8k
from mtp_trainer.tokenizer import spelling_pieces, train_tokenizer
from mtp_trainer.toolworld.drills import make_drill
from mtp_trainer.toolworld.tasks import make_task
from mtp_trainer.toolworld.words import COPIED

Example = tuple[list[int], list[bool]]
_CHUNK = 250  # tasks that a worker process makes at a time
_renderer: PromptRenderer | None = None
_pieces: list[str] = []
_emphasis: dict[str, float] = {}


def build_corpus(config: CorpusConfig, on_progress: Callable[[int], None] = lambda count: None) -> Path:
    """Writes the tokenizer (unless it is there) and the token dataset to `config.out`.

    Args:
        config: What to make.
        on_progress: Called with the number of conversations made since the last call.

    Returns:
        Directory of the token dataset, `out/tokens`; the tokenizer is in `out/tokenizer`.

    Raises:
        ConfigError: `emphasis` names no domain that training knows.
    """
    try:
        make_task(0, "train", emphasis=config.emphasis)
    except ValueError as error:
        raise ConfigError(f"emphasis: {error}") from error
    folder = config.out / "tokenizer"
    if not (folder / "tokenizer.json").exists():
        _train_tokenizer(config).save_pretrained(folder)
    return write_token_dataset(config.out / "tokens", _examples(config, folder, on_progress))


def _train_tokenizer(config: CorpusConfig) -> PreTrainedTokenizerBase:
    # A bootstrap tokenizer without words carries the chat template that renders the texts.
    bootstrap = train_tokenizer([], words=0)
    texts = []
    # Seeds from the far end, so that the texts are not the first ones of the corpus.
    for seed in range(10**8, 10**8 + config.tokenizer_conversations):
        task = make_task(seed, "train")
        texts.append(_text(bootstrap, [*task.messages, *task.gold], task.tools))
    if config.gsm8k is not None:
        problems = itertools.islice(read_gsm8k(config.gsm8k, "train"), config.tokenizer_conversations // 6)
        texts += [_text(bootstrap, [*p.messages, *p.gold], [CALCULATOR]) for p in problems]
    return train_tokenizer(texts, words=config.words, spelled=COPIED, model_max_length=config.context)


def _text(tokenizer: PreTrainedTokenizerBase, messages: list[Message], tools: list[dict[str, object]]) -> str:
    renderer = PromptRenderer(tokenizer)
    text = tokenizer.decode(renderer.encode(messages, tools, add_generation_prompt=False))
    assert isinstance(text, str)
    return text


def _examples(config: CorpusConfig, folder: Path, on_progress: Callable[[int], None]) -> Iterator[Example]:
    yield from _word_problems(config, folder)
    with get_context("spawn").Pool(config.workers, _start_worker, (str(folder), config.emphasis)) as pool:
        for chunk in pool.imap(_make_drills, _chunks(config.first_seed, config.drills)):
            yield from chunk
        for chunk in pool.imap(_make_conversations, _chunks(config.first_seed, config.conversations)):
            on_progress(len(chunk))
            joined = round(config.joined * len(chunk))
            yield from join(chunk[:joined], config.joined_length)
            yield from chunk[joined:]


def join(examples: list[Example], longest: int) -> Iterator[Example]:
    """Lays neighbours end to end while they have no more than `longest` tokens together."""
    ids: list[int] = []
    mask: list[bool] = []
    for more, theirs in examples:
        if ids and len(ids) + len(more) > longest:
            yield ids, mask
            ids, mask = [], []
        ids, mask = ids + more, mask + theirs
    if ids:
        yield ids, mask


def _chunks(first: int, count: int) -> list[tuple[int, int]]:
    end = first + count
    return [(start, min(start + _CHUNK, end)) for start in range(first, end, _CHUNK)]


def _word_problems(config: CorpusConfig, folder: Path) -> Iterator[Example]:
    if config.gsm8k is None:
        return
    renderer = PromptRenderer(AutoTokenizer.from_pretrained(folder))
    for problem in itertools.islice(read_gsm8k(config.gsm8k, "train"), config.gsm8k_rows):
        yield renderer.encode_training([*problem.messages, *problem.gold], [CALCULATOR])


def _start_worker(folder: str, emphasis: dict[str, float]) -> None:
    global _renderer, _pieces, _emphasis
    tokenizer = AutoTokenizer.from_pretrained(folder)
    _renderer, _pieces = PromptRenderer(tokenizer), spelling_pieces(tokenizer)
    _emphasis = emphasis


def _make_drills(seeds: tuple[int, int]) -> list[Example]:
    assert _renderer is not None
    return [_renderer.encode_training(make_drill(seed, _pieces)) for seed in range(*seeds)]


def _make_conversations(seeds: tuple[int, int]) -> list[Example]:
    assert _renderer is not None
    tasks = (make_task(seed, "train", emphasis=_emphasis) for seed in range(*seeds))
    return [_renderer.encode_training([*task.messages, *task.gold], task.tools) for task in tasks]
