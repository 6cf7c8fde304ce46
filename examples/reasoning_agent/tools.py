"""A small shop: prices, stock, arithmetic on amounts, and orders.

Tools are plain functions. Their names, docstrings and parameters are all that the model learns of them,
so the docstrings speak to the model. A tool that cannot do its work raises `ToolException`; the model
reads the message and goes on.
"""

from typing import Annotated, Any

from langchain_core.messages import ToolMessage
from langchain_core.tools import ToolException, tool
from langgraph.prebuilt import ToolRuntime
from langgraph.types import Command
from pydantic import BaseModel

from .state import Order, State

CATALOG: dict[str, tuple[float, int]] = {  # product: price of one piece, pieces in stock
    "camera": (84.5, 9),
    "jacket": (61.25, 14),
    "bottle": (12.75, 40),
    "torch": (23.9, 26),
}
Runtime = ToolRuntime[Any, Any]  # given by LangGraph; the model never sees it
Product = Annotated[str, "Name of the product"]
Pieces = Annotated[int, "How many pieces"]


class Line(BaseModel):
    """Product and quantity."""

    product: str
    quantity: int


@tool
def list_articles() -> dict[str, list[str]]:
    """Names of all products of the shop."""
    return {"products": list(CATALOG)}


@tool
def unit_price(product: Product) -> float:
    """Price of one piece of a product."""
    return money(_known(product)[0])


@tool
def pieces_left(product: Product, runtime: Runtime) -> int:
    """How many pieces of a product are in stock."""
    return _left(product, runtime.state)


@tool
def price_of_pieces(price: Annotated[float, "Price of one piece"], quantity: Pieces) -> float:
    """What several pieces cost at a price per piece."""
    return money(price * quantity)


@tool
def take_off_percent(
    amount: Annotated[float, "The amount"], percent: Annotated[float, "Discount in percent"]
) -> float:
    """Take a discount in percent off an amount."""
    return money(amount * (100 - percent) / 100)


@tool
def sum_amounts(amounts: Annotated[list[float], "List of amounts"]) -> float:
    """Add up a list of amounts."""
    return money(sum(amounts))


@tool
def submit_order(
    customer: Annotated[str, "Name of the customer"],
    line: Annotated[Line, "Product and quantity"],
    runtime: Runtime,
) -> Command[None]:
    """Order a product for a customer and return the order code."""
    left = _left(line.product, runtime.state)
    if not 0 < line.quantity <= left:
        raise ToolException(f"Only {left} of {line.product} in stock.")
    code = f"K{7400 + 13 * (len(runtime.state.orders) + 1)}"
    order = Order(code=code, customer=customer, product=line.product, quantity=line.quantity)
    receipt = ToolMessage(code, tool_call_id=runtime.tool_call_id or "", name="submit_order")
    return Command(update={"orders": [order], "messages": [receipt]})


TOOLS = [list_articles, unit_price, pieces_left, price_of_pieces, take_off_percent, sum_amounts, submit_order]


def money(amount: float) -> float:
    """An amount with at most two decimals; whole amounts without any."""
    rounded = round(amount, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def _known(product: str) -> tuple[float, int]:
    if product not in CATALOG:
        raise ToolException(f"No product '{product}'. Products: {', '.join(CATALOG)}.")
    return CATALOG[product]


def _left(product: str, state: State) -> int:
    ordered = sum(order["quantity"] for order in state.orders if order["product"] == product)
    return _known(product)[1] - ordered
