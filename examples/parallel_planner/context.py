"""What may differ from run to run: the model, how it decodes, and the limits of planner and workers."""

from pydantic import Field

from mtp_agents import MTPSettings


class Context(MTPSettings):
    """Settings of one run; LangGraph Studio shows them as a form."""

    max_rounds: int = Field(default=4, ge=1, le=100, description="Most replies of the planner.")
    max_workers: int = Field(default=16, ge=1, le=256, description="Most workers of one round.")
    max_worker_calls: int = Field(default=6, ge=1, le=100, description="Most replies of one worker.")
