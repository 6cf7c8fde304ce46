"""The answer, as data: what the agent is done with is a report, and not a text."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict


# The model calls a tool of this name to end the run, so the class is named like a tool. It is a TypedDict
# because a checkpointer keeps plain data.
class file_report(TypedDict):
    """File a report."""

    product: Annotated[str, Field(description="The product")]
    amount: Annotated[float, Field(description="The amount")]
