"""Prices, and a calculator that reads formulas itself: no `eval`."""

import ast
import operator
from collections.abc import Callable
from typing import Annotated

from langchain_core.tools import ToolException, tool

PRICES = {"camera": 84.5, "jacket": 61.25, "bottle": 12.75, "torch": 23.9}
OPERATORS: dict[type[ast.AST], Callable[..., float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


@tool
def get_price(product: Annotated[str, "Name of the product"]) -> float:
    """Get the price of a product."""
    if product not in PRICES:
        raise ToolException(f"No product '{product}'. Products: {', '.join(PRICES)}.")
    return PRICES[product]


@tool
def calculate(formula: Annotated[str, "Formula with + - * / and brackets"]) -> float:
    """Calculate a formula."""
    try:
        tree = ast.parse(formula.strip(), mode="eval")
        return round(value_of(tree.body), 6)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ToolException(f"'{formula}' is no formula of numbers, + - * / and brackets.") from error
    except ZeroDivisionError as error:
        raise ToolException("Division by zero is not possible.") from error
    except OverflowError as error:
        raise ToolException("The number is too large.") from error


TOOLS = [get_price, calculate]


def value_of(node: ast.AST) -> float:
    """The value of a formula's syntax tree. What is not listed here is refused, names and calls above all."""
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number)
        case ast.UnaryOp(op=sign, operand=inner) if type(sign) in OPERATORS:
            return OPERATORS[type(sign)](value_of(inner))
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in OPERATORS:
            return OPERATORS[type(sign)](value_of(left), value_of(right))
    raise ValueError(f"{type(node).__name__} is not allowed")
