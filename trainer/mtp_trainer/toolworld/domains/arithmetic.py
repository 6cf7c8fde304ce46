# ruff: noqa: E501 - requests are easier to compare when each is one line
"""Arithmetic: short word problems in which every step is one call of a calculator tool."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from mtp_trainer.toolworld.ops import NUMBER, NUMBERS, Op, P, ToolFailure, World, enum, number
from mtp_trainer.toolworld.scene import Domain, Failed, Scene

_THINGS = (
    "apples coins books stamps cards marbles eggs tickets shells pencils stickers beads cups lamps nails "
    "plates ropes stones balls keys"
)
THINGS = tuple(_THINGS.split())
FIRST = P(
    "a", NUMBER, ("a", "first", "x", "left"), ("First number", "The number to start from", "Left number")
)
SECOND = P("b", NUMBER, ("b", "second", "y", "right"), ("Second number", "The other number", "Right number"))
LIST = P(
    "values",
    NUMBERS,
    ("values", "numbers", "items", "list"),
    ("List of numbers", "The numbers", "All numbers"),
)


def _num(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ToolFailure("Only numbers are allowed.")
    if abs(value) > 1e15 or not math.isfinite(value):
        raise ToolFailure("The number is too large.")
    return value


def _add(world: World, a: float, b: float) -> Any:
    return number(_num(_num(a) + _num(b)))


def _subtract(world: World, a: float, b: float) -> Any:
    return number(_num(_num(a) - _num(b)))


def _multiply(world: World, a: float, b: float) -> Any:
    return number(_num(_num(a) * _num(b)))


def _divide(world: World, a: float, b: float) -> Any:
    if _num(b) == 0:
        raise ToolFailure("Division by zero is not possible.")
    return number(_num(_num(a) / b))


def _percent(world: World, percent: float, value: float) -> Any:
    return number(_num(_num(percent) * _num(value) / 100))


def _round(world: World, value: float) -> Any:
    return math.floor(_num(value) + 0.5)


def _filled(values: list[Any]) -> list[Any]:
    if not values:
        raise ToolFailure("The list is empty.")
    return [_num(v) for v in values]


def _sum(world: World, values: list[Any]) -> Any:
    return number(_num(sum(_filled(values))))


def _average(world: World, values: list[Any]) -> Any:
    return number(sum(_filled(values)) / len(values))


def _largest(world: World, values: list[Any]) -> Any:
    return number(max(_filled(values)))


def _smallest(world: World, values: list[Any]) -> Any:
    return number(min(_filled(values)))


_APPLY: dict[str, Callable[..., Any]] = {
    "add": _add,
    "subtract": _subtract,
    "multiply": _multiply,
    "divide": _divide,
}
_SIGNS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}


def _calculate(world: World, a: float, operator: str, b: float) -> Any:
    return _APPLY[_SIGNS.get(operator, operator)](world, a, b)


OPS = (
    Op(
        "add",
        ("add", "add_numbers", "plus", "addition", "add_two"),
        ("Add two numbers.", "Add one number to another.", "Returns a plus b.", "Add a number to a number."),
        (FIRST, SECOND),
        _add,
        "total",
    ),
    Op(
        "subtract",
        ("subtract", "subtract_numbers", "minus", "subtraction", "take_away"),
        (
            "Subtract the second number from the first.",
            "Subtract two numbers.",
            "Returns the first number minus the second.",
            "Subtract the second from the first number.",
        ),
        (FIRST, SECOND),
        _subtract,
        "difference",
    ),
    Op(
        "multiply",
        ("multiply", "multiply_numbers", "times", "multiplication", "multiply_two"),
        (
            "Multiply two numbers.",
            "Multiply one number by another.",
            "Returns a times b.",
            "Multiply a by b.",
        ),
        (FIRST, SECOND),
        _multiply,
        "product",
    ),
    Op(
        "divide",
        ("divide", "divide_numbers", "divided_by", "division", "divide_two"),
        (
            "Divide the first number by the second.",
            "Divide two numbers.",
            "Returns the first number divided by the second.",
            "Divide one number by another.",
        ),
        (FIRST, SECOND),
        _divide,
        "quotient",
    ),
    Op(
        "percent",
        ("percent_of", "percentage", "take_percent", "percent", "get_percent"),
        (
            "Take a percent of a number.",
            "Percent of a number.",
            "How much some percent of a number is.",
            "Get percent of a number.",
        ),
        (
            P(
                "percent",
                NUMBER,
                ("percent", "rate", "pct", "percentage"),
                ("How many percent", "The percent", "Percent"),
            ),
            P(
                "value",
                NUMBER,
                ("value", "number", "amount", "base"),
                ("Number to take percent of", "The number", "Of what"),
            ),
        ),
        _percent,
        "part",
    ),
    Op(
        "round",
        ("round", "round_number", "to_integer", "round_off", "round_value"),
        (
            "Round to a whole number.",
            "Round a number.",
            "Round a number to an integer.",
            "Round off to a whole number.",
        ),
        (
            P(
                "value",
                NUMBER,
                ("value", "number", "x", "amount"),
                ("Number to round", "The number", "What to round"),
            ),
        ),
        _round,
        "rounded",
    ),
    Op(
        "sum",
        ("sum_list", "total_of_list", "sum_numbers", "sum_all", "list_sum"),
        (
            "Sum of a list of numbers.",
            "Add up a list.",
            "Total of all numbers in a list.",
            "Add up all numbers of a list.",
        ),
        (LIST,),
        _sum,
        "sum",
    ),
    Op(
        "average",
        ("average", "mean", "average_of_list", "mean_value", "list_average"),
        ("Average of a list of numbers.", "Mean of a list.", "Average of numbers.", "The average of a list."),
        (LIST,),
        _average,
        "average",
    ),
    Op(
        "largest",
        ("largest", "maximum", "max_of_list", "find_largest", "largest_of_list"),
        (
            "Largest number of a list.",
            "The largest of some numbers.",
            "Find the largest number.",
            "Largest of a list.",
        ),
        (LIST,),
        _largest,
        "largest",
    ),
    Op(
        "smallest",
        ("smallest", "minimum", "min_of_list", "find_smallest", "smallest_of_list"),
        (
            "Smallest number of a list.",
            "The smallest of some numbers.",
            "Find the smallest number.",
            "Smallest of a list.",
        ),
        (LIST,),
        _smallest,
        "smallest",
    ),
)


def _calculator(words: bool) -> Op:
    operator = enum(*(_APPLY if words else _SIGNS))
    names = ("operator", "operation", "op", "action")
    return Op(
        "calculate",
        ("calculate", "calculator", "compute", "calc", "run_calculator"),
        (
            "A calculator for two numbers and an operator.",
            "Calculator: applies an operator to two numbers.",
            "Calculator with an operator.",
            "A calculator: two numbers and an operator.",
        ),
        (FIRST, P("operator", operator, names, ("What to do", "The operator", "Operator to apply")), SECOND),
        _calculate,
    )


def world(s: Scene) -> World:
    """Nothing but the kind of calculator."""
    return {"_words": s.rng.random() < 0.5}


def _say(kind: str, value: Any, n: Any) -> str:
    return {
        "add": f"add {n} to {value}",
        "subtract": f"subtract {n} from {value}",
        "multiply": f"multiply {value} by {n}",
        "divide": f"divide {value} by {n}",
    }[kind]


def _order(s: Scene, kind: str, n: Any) -> str:
    """A step as an order."""
    if kind == "add":
        return s.wording(
            f"add {n}", f"add {n} to it", f"increase it by {n}", f"plus {n}", f"add {n} to the result"
        )
    if kind == "subtract":
        return s.wording(
            f"subtract {n}", f"subtract {n} from it", f"take away {n}", f"minus {n}", f"take {n} away"
        )
    if kind == "multiply":
        return s.wording(
            f"multiply by {n}", f"multiply it by {n}", f"times {n}", f"multiply the result by {n}"
        )
    return s.wording(f"divide by {n}", f"divide it by {n}", f"divided by {n}", f"divide the result by {n}")


def _steps(s: Scene, count: int) -> tuple[Any, list[tuple[str, Any]]]:
    """A start and steps whose values stay positive and not too large."""
    start: Any = s.money(5, 300)
    value, steps = start, []
    for _ in range(count):
        kind = s.rng.choice(("add", "subtract", "multiply", "divide"))
        if (kind == "subtract" and value < 12) or (kind == "multiply" and value > 5000):
            kind = "add"
        n: Any = s.integer(2, 12) if kind in ("multiply", "divide") else s.money(2, 400)
        if kind == "subtract":
            n = s.integer(1, int(value) - 1)
        value = _APPLY[kind]({}, value, n)
        steps.append((kind, n))
    return start, steps


def single(s: Scene) -> None:
    """One operation on two numbers."""
    start, [(kind, n)] = _steps(s, 1)
    word = {"add": "plus", "subtract": "minus", "multiply": "times", "divide": "divided by"}[kind]
    sign = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}[kind]
    s.ask(
        f"What is {start} {word} {n}?",
        f"{start} {sign} {n} = ?",
        f"Please {_say(kind, start, n)}.",
        f"Can you {_say(kind, start, n)} for me?",
        f"{start} {word} {n}, please.",
        f"How much is {start} {sign} {n}?",
        f"I have to {_say(kind, start, n)}. What is the result?",
        f"How much is {start} {word} {n}?",
        f"Can you tell me what {start} {word} {n} is?",
    )
    value = s.call(kind, _say(kind, start, n), a=start, b=n)
    s.answer(f"The result is {value}.", f"It is {value}.", expect=[value])


def _run(s: Scene, value: Any, steps: list[tuple[str, Any]]) -> Any:
    for kind, n in steps:
        value = s.call(kind, _say(kind, value, n), a=value, b=n)
    return value


def chain(s: Scene) -> None:
    """A number and 2 to 6 orders, one after the other."""
    start, steps = _steps(s, s.integer(2, 6))
    orders = [_order(s, kind, n) for kind, n in steps]
    text, lines = ", then ".join(orders), "\n".join(f"- {order}" for order in orders)
    s.ask(
        f"Start with {start}, then {text}. What is the result?",
        f"Take {start}, {text}.",
        f"I think of the number {start}. Now {text}. Which number do I get?",
        f"Begin with {start} and do this:\n{lines}\nTell me the result.",
        f"My number is {start}. Please {text}. What comes out?",
        f"{start}: {text}.",
        f"Please do these steps with {start}:\n{lines}",
        f"Start with the number {start}. Please {text}. Which number comes out?",
        f"Begin with {start}, then {text}. Tell me the result.",
        plan=[
            f"start with {start} and {_plain(*steps[0])}",
            *(f"then {_plain(*step)}" for step in steps[1:]),
        ],
    )
    value = _run(s, start, steps)
    s.answer(f"The result is {value}.", f"It is {value}.", expect=[value])


def _plain(kind: str, n: Any) -> str:
    return f"{kind} by {n}" if kind in ("multiply", "divide") else f"{kind} {n}"


def story(s: Scene) -> None:
    """Things that a person gets and gives away, 1 to 6 steps."""
    who, other = s.people(2)
    things = s.pick(THINGS)
    value = start = s.integer(10, 90)
    steps: list[tuple[str, Any]] = []
    events: list[str] = []
    for _ in range(s.integer(1, 6)):
        kind = s.rng.choice(("add", "subtract", "multiply", "divide"))
        if (kind == "subtract" and value < 8) or (kind == "multiply" and value > 3000):
            kind = "add"
        divisors = [d for d in range(2, 9) if value % d == 0]
        if kind == "divide" and not divisors:
            kind = "add"
        n = s.integer(2, 50)
        if kind == "subtract":
            n = s.integer(2, value - 2)
        elif kind == "multiply":
            n = s.integer(2, 6)
        elif kind == "divide":
            n = s.rng.choice(divisors)
        events.append(_event(s, kind, n, who, other, things))
        steps.append((kind, n))
        value = int(_APPLY[kind]({}, value, n))
    text = ". Then ".join(events)
    s.ask(
        f"{who} has {start} {things}. {text}. How many {things} does {who} have now?",
        f"{who} owns {start} {things}. {text}. How many {things} are there in the end?",
        f"At first {who} has {start} {things}. {text}. How many {things} does {who} have in the end?",
        f"There are {start} {things} in the bag of {who}. {text}. How many {things} are in the bag?",
        f"How many {things} does {who} have in the end? {who} has {start} {things} at first. {text}.",
        f"In the morning {who} has {start} {things}. {text}. Tell me how many {things} {who} has now.",
        f"Please solve this: {who} has {start} {things}. {text}. How many {things} are left?",
        f"Please solve this: {who} owns {start} {things}. {text}. How many {things} does {who} have now?",
        f"In the morning {who} owns {start} {things}. {text}. How many {things} are there in the end?",
        plan=[_plain(*step) for step in steps],
    )
    value = _run(s, start, steps)
    s.answer(f"{who} has {value} {things}.", f"{who} has {value} {things} now.", expect=[value])


def _event(s: Scene, kind: str, n: int, who: str, other: str, things: str) -> str:
    if kind == "add":
        return s.wording(
            f"{who} buys {n} more",
            f"{who} gets {n} more from {other}",
            f"{who} finds {n} {things}",
            f"{other} gives {who} {n} {things}",
            f"{who} gets {n} more",
        )
    if kind == "subtract":
        return s.wording(
            f"{who} gives {n} {things} to {other}",
            f"{who} loses {n}",
            f"{who} sells {n} {things}",
            f"{other} takes {n} away from {who}",
            f"{who} sells {n} to {other}",
        )
    if kind == "multiply":
        return s.wording(
            f"the number of {things} is multiplied by {n}",
            f"{who} wins and has {n} times as many",
            f"{who} gets {n} times as many as before",
            f"{who} has {n} times as many as before",
        )
    return s.wording(
        f"{who} divides the {things} into {n} equal parts and keeps one part",
        f"{who} shares the {things} equally among {n} people and keeps one share",
        f"the {things} are divided by {n}",
        f"{who} divides the {things} equally among {n} people and keeps one part",
    )


def shopping_cost(s: Scene) -> None:
    """Two products in parallel, their sum, and maybe what is left of the money."""
    one, two = s.sample(THINGS, 2)
    n, m, p, q = s.integer(2, 20), s.integer(2, 20), s.money(1, 30), s.money(1, 30)
    have = s.integer(1300, 2000) if s.rng.random() < 0.5 else 0
    who = s.person()
    tail = f" {who} pays with {have}. How much money is left?" if have else " How much is that together?"
    s.ask(
        f"{who} buys {n} {one} for {p} each and {m} {two} for {q} each.{tail}",
        f"{n} {one} cost {p} each, {m} {two} cost {q} each. {who} buys all of them.{tail}",
        f"In the shop {who} takes {n} {one} at {p} each and {m} {two} at {q} each.{tail}",
        f"{who} needs {n} {one} and {m} {two}. The {one} cost {p} each, the {two} cost {q} each.{tail}",
        f"{who} orders two things:\n- {n} {one}, {p} each\n- {m} {two}, {q} each\n{tail.strip()}",
        f"Please help {who}: {n} {one} for {p} each plus {m} {two} for {q} each.{tail}",
        f"In the shop {who} buys {n} {one} for {p} each and {m} {two} for {q} each.{tail}",
        f"{who} orders {n} {one} at {p} each and {m} {two} at {q} each.{tail}",
        plan=[
            f"multiply {n} by {p} and {m} by {q}",
            "add both costs",
            *([f"subtract the total from {have}"] if have else []),
        ],
    )
    why = f"multiply {n} by {p} and {m} by {q}"
    a, b = s.parallel(why, ("multiply", {"a": n, "b": p}), ("multiply", {"a": m, "b": q}))
    value = s.call("add", f"add {b} to {a}", a=a, b=b)
    if not have:
        s.answer(f"Together that is {value}.", f"The total is {value}.", expect=[value])
        return
    rest = s.call("subtract", f"subtract {value} from {have}", a=have, b=value)
    s.answer(f"{who} has {rest} left.", f"{rest} is left.", expect=[rest])


def percent_change(s: Scene) -> None:
    """A part of a price, then what remains or what it grows to, maybe rounded."""
    price, percent, item = s.money(40, 900), s.integer(3, 60), s.item()
    up, rounded = s.rng.random() < 0.5, s.rng.random() < 0.4
    verb = "add" if up else "subtract"
    change = f"{verb} that {'to' if up else 'from'} {price}"
    end = " Round the result to a whole number." if rounded else ""
    more = "more expensive" if up else "cheaper"
    goes = "rises" if up else "falls"
    s.ask(
        f"What is {percent} percent of {price}? Then {change}.{end}",
        f"A {item} costs {price}. It gets {percent} percent {more}. What is the new price?{end}",
        f"The price of a {item} is {price} and {goes} by {percent} percent. What is the new price?{end}",
        f"Take {percent} percent of {price} and {change}.{end}",
        f"A {item} for {price} is now {percent} percent {more}. How much does it cost?{end}",
        f"Please tell me the new price: {price} for a {item}, and it {goes} by {percent} percent.{end}",
        f"The price of a {item} {goes} by {percent} percent. It was {price}. How much does it cost now?{end}",
        f"A {item} costs {price} and its price {goes} by {percent} percent. What is the new price?{end}",
        f"A {item} for {price} gets {percent} percent {more}. What is the new price?{end}",
        plan=[f"take {percent} percent of {price}", change, *(["round the result"] if rounded else [])],
    )
    part = s.call("percent", f"take {percent} percent of {price}", percent=percent, value=price)
    value = s.call(verb, _say(verb, price, part), a=price, b=part)
    if rounded:
        value = s.call("round", f"round {value} to a whole number", value=value)
    s.answer(f"The result is {value}.", f"It is {value}.", expect=[value])


def list_of_numbers(s: Scene) -> None:
    """Sum, average, largest or smallest of a list, and maybe one step more."""
    numbers = [s.money(1, 200) for _ in range(s.integer(3, 7))]
    text = ", ".join(str(n) for n in numbers)
    kind = s.rng.choice(("sum", "average", "largest", "smallest"))
    name = {"sum": "sum", "average": "average", "largest": "largest number", "smallest": "smallest number"}[
        kind
    ]
    steps = [("multiply", s.integer(2, 9))] if s.rng.random() < 0.5 else []
    end = f" Then multiply it by {steps[0][1]}." if steps else ""
    s.ask(
        f"What is the {name} of this list: {text}?{end}",
        f"Here is a list of numbers: {text}. Find the {name}.{end}",
        f"{text}\nGive me the {name} of these numbers.{end}",
        f"Please tell me the {name} of {text}.{end}",
        f"I measured {text}. What is the {name}?{end}",
        f"{s.person()} wrote down these numbers: {text}. Tell me the {name}.{end}",
        f"Find the {name} of the list {text}.{end}",
        f"I wrote down {text}. Please give me the {name} of this list.{end}",
        f"Here are my numbers: {text}. What is the {name} of the list?{end}",
        plan=[f"find the {name} of the list", *(f"multiply it by {n}" for _, n in steps)],
    )
    value = s.call(kind, f"find the {name} of {text}", values=numbers)
    if steps:
        value = _run(s, value, steps)
        s.answer(f"The result is {value}.", f"It is {value}.", expect=[value])
        return
    s.answer(f"The {name} is {value}.", f"It is {value}.", expect=[value])


def with_calculator(s: Scene) -> None:
    """A chain on one calculator tool that takes an operator."""
    s.define(_calculator(s.world["_words"]))
    start, steps = _steps(s, s.integer(1, 4))
    orders = [_plain(kind, n) for kind, n in steps]
    text = ", then ".join(orders)
    s.ask(
        f"Use the calculator: start with {start}, {text}.",
        f"With the calculator, take {start}, then {text}. What is the result?",
        f"Take the calculator and start with {start}. Please {text}.",
        f"Type {start} into the calculator. Now {text}. What does the calculator show?",
        f"Calculator: {start}, {text}.",
        f"Please use the calculator for this. Begin with {start} and {text}. Tell me the result.",
        f"I need the calculator. Start with {start}, {text}. What comes out?",
        f"Please take the calculator. Begin with {start}, then {text}.",
        f"With the calculator, start with {start} and {text}. Tell me the result.",
        plan=[f"start with {start} and {orders[0]}", *(f"then {order}" for order in orders[1:])],
    )
    signs = {name: sign for sign, name in _SIGNS.items()}
    value = start
    for kind, n in steps:
        operator = kind if s.world["_words"] else signs[kind]
        why = f"{_say(kind, value, n)} with the calculator"
        value = s.call("calculate", why, a=value, operator=operator, b=n)
    s.answer(f"The result is {value}.", f"It is {value}.", expect=[value])


def bill(s: Scene) -> None:
    """A bill with a tip that friends share; a tool may be down at first; sharing among 0 people fails."""
    total, tip, people = s.money(30, 400), s.integer(5, 25), s.integer(2, 9)
    if s.rng.random() < 0.12:
        people = 0
    if s.rng.random() < 0.25 and all(skin.op.key != "percent" for skin in s.toolbox.skins):
        s.outage("percent")
    who = s.person()
    s.ask(
        f"The bill is {total}. Take {tip} percent of it as a tip, add the tip to the bill and divide by {people}.",
        f"{who} gets a bill of {total}, adds a tip of {tip} percent and divides the total by {people}. What comes out?",
        f"A dinner costs {total}. The tip is {tip} percent. Add it and divide the total by {people}, please.",
        f"How much is one share? The bill is {total}, the tip is {tip} percent. Add it and divide the total by {people}.",
        f"{who} pays {total} plus {tip} percent tip. Divide that by {people}.",
        f"Add a tip of {tip} percent to the bill of {total}. Then divide it by {people}. How much is it?",
        f"Please help {who}: the bill is {total}, the tip is {tip} percent. Add them and divide the total by {people}.",
        f"A dinner costs {total}. Add a tip of {tip} percent and divide the total by {people}.",
        plan=[f"take {tip} percent of {total}", f"add the tip to {total}", f"divide the total by {people}"],
    )
    part = s.call("percent", f"take {tip} percent of {total}", percent=tip, value=total)
    if isinstance(part, Failed):
        part = s.call("percent", f"try again to take {tip} percent of {total}", percent=tip, value=total)
    value = s.call("add", _say("add", total, part), a=total, b=part)
    share = s.call("divide", _say("divide", value, people), a=value, b=people)
    if isinstance(share, Failed):
        s.answer(f"With the tip it is {value}, but division by zero is not possible.", expect=[value])
        return
    s.answer(f"Each share is {share}.", f"It is {share} for each.", expect=[share])


DOMAIN = Domain(
    "arithmetic",
    OPS,
    world,
    (
        single,
        chain,
        chain,
        story,
        story,
        shopping_cost,
        percent_change,
        list_of_numbers,
        with_calculator,
        bill,
    ),
)
