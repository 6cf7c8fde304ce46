"""Runners whose times are known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mtp_agents.bench.models import Subject
from mtp_agents.bench.runners import Sample
from mtp_agents.bench.schedule import Case, Measured


@dataclass(frozen=True, eq=False)
class Stub:
    """Takes `seconds` for each run, by its own account; `calls` lists the tokens asked for."""

    engine: str = "mtp"
    policy: str = "Static(1)"
    seconds: tuple[float, ...] = (1.0,)
    passes: int = 100
    model_seconds: float | None = 0.75
    before: Callable[[], None] = lambda: None
    calls: list[int] = field(default_factory=list)
    loop: str | None = "host"

    def check(self, batch: int) -> None:
        pass

    def run(self, prompts: Sequence[Sequence[int]], tokens: int) -> Sample:
        self.before()
        self.calls.append(tokens)
        seconds = self.seconds[len(self.calls) % len(self.seconds)]
        written = tuple(tuple(prompt[:4]) for prompt in prompts)
        return Sample(100, self.passes, seconds, self.model_seconds, written)


def measured(subject: Subject, runner: Stub, batch: int = 1, context: int = 64) -> Measured:
    return Measured(Case(subject, runner, batch, context))
