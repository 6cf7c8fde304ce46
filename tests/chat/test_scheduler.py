"""Slots go in order of arrival, and are never more than there are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtp_model.serve.scheduler import Scheduler


@given(st.integers(1, 4), st.lists(st.integers(1, 5), max_size=12))
def test_jobs_are_admitted_in_order_and_wait_no_longer_than_they_must(slots: int, lengths: list[int]) -> None:
    scheduler: Scheduler[int] = Scheduler(slots)
    for job in range(len(lengths)):
        scheduler.submit(job)
    left, admitted, passes = dict(enumerate(lengths)), [], 0
    while scheduler:
        admitted += scheduler.admit()
        assert len(scheduler.running) == min(slots, len([job for job in left if left[job] > 0]))
        passes += 1
        for job in list(scheduler.running):
            left[job] -= 1
            if not left[job]:
                scheduler.release(job)
    assert admitted == list(range(len(lengths)))
    # no slot is idle while somebody waits: the bound of greedy scheduling
    assert passes <= -(-sum(lengths) // slots) + max(lengths, default=0)


def test_a_job_that_does_not_fit_waits_and_those_behind_it_do_too() -> None:
    scheduler: Scheduler[int] = Scheduler(9)
    for size in (3, 2, 4, 1):
        scheduler.submit(size)

    def fits(size: int) -> bool:
        return sum(scheduler.running) + size <= 5

    assert list(scheduler.admit(fits)) == [3, 2]
    scheduler.release(2)
    assert list(scheduler.admit(fits)) == []
    scheduler.release(3)
    assert list(scheduler.admit(fits)) == [4, 1]


def test_a_job_that_ends_when_it_is_admitted_leaves_its_slot_to_the_next() -> None:
    scheduler: Scheduler[str] = Scheduler(1)
    for job in "abc":
        scheduler.submit(job)
    seen = []
    for job in scheduler.admit():
        seen.append(job)
        if job != "c":
            scheduler.release(job)
    assert seen == ["a", "b", "c"]
    assert scheduler.running == ["c"]
    assert scheduler.drain() == ["c"]
    assert not scheduler


def test_slots_are_needed() -> None:
    with pytest.raises(ValueError, match="at least one slot"):
        Scheduler(0)
