"""Steps of a model that says what a test wants, without a model."""

from collections.abc import Sequence

from transformers import PreTrainedTokenizerFast

from mtp_model.config import ConfAdapt
from mtp_model.decode import DecodeStats, Generation, PassEvent
from mtp_model.formats import HERMES, TurnFormat
from mtp_model.langchain.results import TurnReader
from mtp_model.prompt.detokenize import Detokenizer
from mtp_model.prompt.parse import parser_of
from mtp_model.serve import Step


def steps(tokenizer: PreTrainedTokenizerFast, text: str, sizes: Sequence[int]) -> list[Step]:
    """The passes that would write `text`, so many tokens in each; the last pass writes the rest."""
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    stats, made, place = DecodeStats(prompt_tokens=10, cached_tokens=4), [], 0
    for index, size in enumerate([*sizes, len(ids)]):
        piece = tuple(ids[place : place + size])
        place += size
        last = place >= len(ids)
        event = PassEvent(
            0, index, piece, (1.0,) * len(piece), "stop" if last else None, 0.1, len(piece) + last
        )
        stats.add(event)
        made.append(Step(event, Generation(ids, "stop", stats) if last else None))
        if last:
            break
    return made


def reader(tokenizer: PreTrainedTokenizerFast, form: TurnFormat = HERMES) -> TurnReader:
    """A reader as the chat model makes it."""

    def count(text: str) -> int:
        return len(tokenizer(text, add_special_tokens=False)["input_ids"])

    return TurnReader(Detokenizer(tokenizer, form.tags), parser_of(form), count, "scripted", ConfAdapt())
