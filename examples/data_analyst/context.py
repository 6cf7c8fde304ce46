"""What may differ from run to run: the model, how it decodes, and what it may do."""

from pydantic import Field

from mtp_agents import MTPSettings

from . import prompts


class Context(MTPSettings):
    """Settings of one run; LangGraph Studio shows them as a form."""

    system_prompt: str = Field(default=prompts.SYSTEM_PROMPT, description="What the model is told first.")
    free_sql: bool = Field(
        default=False,
        description="Whether the model may also write queries itself; the embedded student cannot. In any "
        "case, the database can only be read.",
    )
    max_model_calls: int = Field(
        default=24, ge=1, le=1000, description="Most replies to one question; then the loop ends."
    )
