"""`k_max="auto"`: k follows acceptance and cost, costs little where blocks do not pay, changes no text."""

import random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mtp_model.config import ConfAdapt, GenerationOptions, Static, Verified, policy_from_name
from mtp_model.decode import Decoder
from mtp_model.decode.costs import ROWS, WIDTHS, PassCosts, measure_costs, measured_costs
from mtp_model.decode.forward import BlockModel
from mtp_model.decode.pace import FIRST, PROBE_SHARE, Acceptance, Pace
from mtp_model.decode.rows import Row, new_row
from mtp_model.errors import ConfigError
from tests.decode.reference import reference
from tests.decode.strategies import CHECKPOINTS, prompts
from tests.decode.tiny import ARCHITECTURES, END, MASK, checkpoint

ONE = checkpoint("qwen3", words=4, sharpness=5.0, seed=1, stop=())
OPTIONS = GenerationOptions(max_new_tokens=40)


class Given(PassCosts):
    """Costs that stay as they are."""

    def observe(self, *args: Any) -> None:
        pass


FREE = Given({(b, w): 1.0 for b in ROWS for w in WIDTHS})  # width costs nothing
LINEAR = Given({(b, w): 1.0 * b * w for b in ROWS for w in WIDTHS})  # arithmetic is the limit


def rows_of(
    pace: Pace,
    count: int,
    policy: Any = Verified("auto"),  # noqa: B008
    length: int = 2,
) -> list[Row]:
    decoder = Decoder(ONE)
    rows = [new_row(ONE, decoder.request([1] * length, policy, OPTIONS), index) for index in range(count)]
    for row in rows:
        pace.enter(row)
    return rows


def live(pace: Pace, rows: list[Row], passes: int, stands: float, seed: int = 0) -> list[int]:
    """Choose k for so many passes in which each further token stands with a probability."""
    dice, chosen = random.Random(seed), list[int]()
    for place in range(passes):
        if place % 8 == 0:
            k = pace.choose(rows, 100)
        for row in rows:
            row.k = k
            asked = row.asked if row.request.lossless else k - 1
            extra = next((n for n in range(asked) if dice.random() >= stands), asked)
            pace.observe(row, extra)
        chosen.append(k)
    return chosen


def test_k_grows_where_width_is_free_and_tokens_stand() -> None:
    pace = Pace(FREE)
    rows = rows_of(pace, 1)
    assert live(pace, rows, 200, 0.98)[-1] == 16
    assert live(pace, rows, 600, 0.0, seed=1)[-1] == 1


def test_lengths_are_learned_apart() -> None:
    pace = Pace(FREE)
    live(pace, rows_of(pace, 1), 300, 0.98)
    (first,) = rows_of(pace, 1, length=60)
    assert first.k > FIRST, "the first row of a length starts from the nearest one"
    live(pace, [first], 600, 0.0)
    (hard,) = rows_of(pace, 1, length=40)
    assert hard.k == FIRST, "the block behind a prompt always asks"
    assert pace.choose([hard], 100) == 1
    assert rows_of(pace, 1)[0].k > FIRST


def test_k_is_1_where_blocks_cost_what_they_bring() -> None:
    for stands in (0.0, 0.5, 0.95):
        pace = Pace(LINEAR)
        assert set(live(pace, rows_of(pace, 16), 60, stands)) == {1}


@pytest.mark.parametrize("policy", [Verified("auto"), ConfAdapt(0.9, "auto")], ids=str)
@pytest.mark.parametrize("count", [1, 16])
def test_probes_cost_little_and_find_what_has_changed(policy: Any, count: int) -> None:
    """A student whose tokens never stand, on a device where four columns cost twice as much as one."""
    costs = PassCosts({(b, w): 1.0 + (w - 1) / 3 for b in ROWS for w in WIDTHS})
    pace = Pace(costs)
    rows = rows_of(pace, count, policy)
    live(pace, rows, 400, 0.0)  # it learns
    chosen = live(pace, rows, 5000, 0.0)
    extra = sum(costs.seconds(count, k, 100) - costs.seconds(count, 1, 100) for k in chosen)
    assert 0 < extra <= PROBE_SHARE * len(chosen) * 1.2
    again = live(pace, rows, 5000, 0.97)
    assert again[-1] > 4, "the text has become easy"


def test_costs_follow_the_passes_that_were_made() -> None:
    costs = PassCosts({(b, w): 1.0 for b in ROWS for w in WIDTHS})
    for _ in range(50):
        costs.observe(8, 12, 4000, 7.0)
    costs.observe(8, 12, 4000, 1e6)  # the machine slept
    assert 6.0 < costs.seconds(8, 12, 4000) < 9.0
    assert costs.seconds(8, 1, 4000) == costs.seconds(8, 12, 100) == 1.0


def test_costs_are_linear_between_and_beyond_what_was_measured() -> None:
    costs = PassCosts({(b, w): 2.0 + b * w for b in ROWS for w in WIDTHS})
    for rows, width in ((1, 1), (2, 3), (10, 7), (32, 31)):
        assert costs.seconds(rows, width, 100) == pytest.approx(2.0 + rows * width)


def test_the_measurement_is_short_complete_and_done_once() -> None:
    model = BlockModel(ONE)
    costs = measured_costs(model)
    assert measured_costs(BlockModel(ONE)) is costs, "the same weights are measured once"
    assert all(costs.seconds(b, w, 10) > 0 for b in ROWS for w in WIDTHS)
    hasty = measure_costs(model, limit=0.0)  # a single pass: all else counts as dear
    assert hasty.seconds(16, 16, 10) == pytest.approx(256 * hasty.seconds(1, 1, 10))


def test_what_stands_behind_the_block_is_thought_to_go_on_alike() -> None:
    acceptance = Acceptance([0.5] * 15)
    for _ in range(200):
        acceptance.observe(2, 2, 0.1)
    assert acceptance.expected(16) > 14
    for _ in range(200):
        acceptance.observe(0, 2, 0.1)
    assert acceptance.expected(16) < 1.01
    acceptance.observe(0, 0, 0.1)  # nothing was asked, nothing is learned


class Dice(Pace):
    """Chooses at random, so that blocks of every width follow each other."""

    def choose(self, rows: Any, context: int, passes: int = 1) -> int:
        return random.Random(context).choice([1, 2, 5, 16, 3])


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@settings(max_examples=6)
@given(
    batch=st.lists(st.tuples(prompts, st.integers(1, 24)), min_size=1, max_size=3),
    threshold=st.sampled_from([0.0, 0.3]),
    temperature=st.sampled_from([0.0, 1.0]),
    fixed_width=st.booleans(),
)
def test_verified_equals_single_tokens_whatever_is_chosen(
    architecture: str,
    batch: list[tuple[list[int], int]],
    threshold: float,
    temperature: float,
    fixed_width: bool,
) -> None:
    one = CHECKPOINTS[architecture]
    margins = [reference(one, p, Static(1), n, frozenset({END})).margin for p, n in batch]
    assume(min(margins) > 1e-4)
    options = [GenerationOptions(max_new_tokens=n, temperature=temperature, seed=n) for _, n in batch]
    texts = []
    for policy in (Static(1), Verified("auto", threshold)):
        decoder = Decoder(one)
        decoder._model.fixed_width = fixed_width
        decoder._model.pace = Dice(FREE)
        mixed = decoder.generate(
            [*(p for p, _ in batch), [7, 8]],
            [*(policy for _ in batch), ConfAdapt(0.4, "auto")],
            [*options, OPTIONS],
        )
        assert MASK not in mixed[-1].token_ids
        texts.append([made.token_ids for made in mixed[: len(batch)]])
    assert texts[0] == texts[1]


def test_confadapt_writes_what_its_k_would_have_written() -> None:
    for costs, policy in ((FREE, ConfAdapt(0.5, 16)), (LINEAR, Static(1))):
        decoder = Decoder(ONE)
        decoder._model.pace = Pace(costs)
        made = decoder.generate([[1, 2]], ConfAdapt(0.5, "auto"), OPTIONS)[0]
        plain = decoder.generate([[1, 2]], policy, OPTIONS)[0]
        if policy == Static(1):
            assert (made.token_ids, made.stats.passes) == (plain.token_ids, plain.stats.passes)
        else:
            assert made.stats.tokens_per_pass > 1.5


def test_real_costs_and_acceptance_work_together() -> None:
    decoder = Decoder(ONE)
    plain = decoder.generate([[1, 2], [3]], Static(1), OPTIONS)
    for _ in range(3):
        made = decoder.generate([[1, 2], [3]], Verified("auto"), OPTIONS)
        assert [each.token_ids for each in made] == [each.token_ids for each in plain]


def test_auto_is_a_name_among_the_numbers() -> None:
    assert policy_from_name("verified", k="auto") == Verified("auto")
    assert policy_from_name("confadapt", k="auto", threshold=0.5) == ConfAdapt(0.5, "auto")
    with pytest.raises(ConfigError, match=r"static.*k='auto'"):
        policy_from_name("static", k="auto")
    for make in (Verified, lambda k: ConfAdapt(0.9, k)):
        with pytest.raises(ConfigError, match=r"k_max='fast'.*'auto'"):
            make("fast")
    with pytest.raises(ConfigError, match="k='auto'"):
        Static("auto")  # type: ignore[arg-type]
    assert not Decoder(checkpoint(masks=())).request([1], Static(1)).auto
