"""A small bank. Looking is free; `transfer` moves money, so a person has to agree to it (`review.py`)."""

from typing import Annotated, Any

from langchain_core.messages import ToolMessage
from langchain_core.tools import ToolException, tool
from langgraph.prebuilt import ToolRuntime
from langgraph.types import Command

from .state import Transfer

OPENING: dict[str, float] = {"Anna": 640, "Bruno": 85.5, "Clara": 310, "Tom": 120}  # account: money on it
Runtime = ToolRuntime[Any, Any]  # given by LangGraph; the model never sees it


@tool
def get_balance(account: Annotated[str, "Name of the account"], runtime: Runtime) -> float:
    """Return the balance of an account."""
    return balance(account, runtime.state["transfers"])


@tool
def transfer(
    source: Annotated[str, "Account to take from"],
    target: Annotated[str, "Account to pay to"],
    amount: Annotated[float, "Amount of money"],
    runtime: Runtime,
) -> Command[None]:
    """Transfer money between two accounts."""
    balance(target, runtime.state["transfers"])
    have = balance(source, runtime.state["transfers"])
    if not 0 < amount <= have:
        raise ToolException(f"Balance too low: {source} has {have}.")
    receipt = ToolMessage("done", tool_call_id=runtime.tool_call_id or "", name="transfer")
    moved = Transfer(source=source, target=target, amount=amount)
    return Command(update={"transfers": [moved], "messages": [receipt]})


TOOLS = [get_balance, transfer]
NEEDS_APPROVAL = {"transfer"}


def balance(account: str, transfers: list[Transfer]) -> float:
    """Money on an account after the transfers of this conversation; whole amounts without decimals."""
    if account not in OPENING:
        raise ToolException(f"No account '{account}'. Accounts: {', '.join(OPENING)}.")
    total = OPENING[account]
    for moved in transfers:
        total += moved["amount"] * ((moved["target"] == account) - (moved["source"] == account))
    rounded = round(total, 2)
    return int(rounded) if rounded == int(rounded) else rounded
