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
    "a",
    NUMBER,
    ("a", "first", "x", "num1", "first_number", "n1", "left"),
    ("First number", "The number to start from", "Number on the left", "The first one", "Left number"),
)
SECOND = P(
    "b",
    NUMBER,
    ("b", "second", "y", "num2", "second_number", "n2", "right"),
    ("Second number", "The other number", "Number on the right", "The second one", "Right number"),
)
LIST = P(
    "values",
    NUMBERS,
    ("values", "numbers", "items", "nums", "series", "array", "list"),
    ("List of numbers", "The numbers", "Numbers to work on", "The list", "All numbers"),
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
        (
            "add",
            "add_numbers",
            "plus",
            "addition",
            "add_pair",
            "do_addition",
            "plus_number",
            "add_both",
            "add_together",
            "add_two",
        ),
        (
            "Add two numbers.",
            "Add one number to another.",
            "Returns a plus b.",
            "Addition of two numbers.",
            "What two numbers make together.",
            "Gives the first number plus the second.",
            "Add a number to a number.",
        ),
        (FIRST, SECOND),
        _add,
        "total",
    ),
    Op(
        "subtract",
        (
            "subtract",
            "subtract_numbers",
            "minus",
            "subtraction",
            "difference",
            "do_subtraction",
            "minus_number",
            "reduce_by",
            "deduct",
            "take_away",
        ),
        (
            "Subtract the second number from the first.",
            "Subtract two numbers.",
            "Returns the first number minus the second.",
            "Difference of two numbers.",
            "Take the second number away from the first.",
            "The first number less the second.",
            "Subtract the second from the first number.",
        ),
        (FIRST, SECOND),
        _subtract,
        "difference",
    ),
    Op(
        "multiply",
        (
            "multiply",
            "multiply_numbers",
            "times",
            "multiplication",
            "product",
            "do_multiplication",
            "times_number",
            "multiply_by",
            "multiply_pair",
            "multiply_two",
        ),
        (
            "Multiply two numbers.",
            "Multiply one number by another.",
            "Returns a times b.",
            "Product of two numbers.",
            "The first number times the second.",
            "Multiplication of two numbers.",
            "Multiply a by b.",
        ),
        (FIRST, SECOND),
        _multiply,
        "product",
    ),
    Op(
        "divide",
        (
            "divide",
            "divide_numbers",
            "divided_by",
            "division",
            "quotient",
            "do_division",
            "divide_by",
            "ratio",
            "divide_pair",
            "divide_two",
        ),
        (
            "Divide the first number by the second.",
            "Divide two numbers.",
            "Returns the first number divided by the second.",
            "Division of two numbers.",
            "How often the second number goes into the first.",
            "Quotient of two numbers.",
            "Divide one number by another.",
        ),
        (FIRST, SECOND),
        _divide,
        "quotient",
    ),
    Op(
        "percent",
        (
            "percent_of",
            "percentage",
            "take_percent",
            "percent",
            "percent_part",
            "calc_percent",
            "percent_of_number",
            "find_percent",
            "percent_amount",
            "get_percent",
        ),
        (
            "Take a percent of a number.",
            "Percent of a number.",
            "How much some percent of a number is.",
            "Find a percent of an amount.",
            "Work out so many percent of a number.",
            "The part of a number that a percent is.",
            "Get percent of a number.",
        ),
        (
            P(
                "percent",
                NUMBER,
                ("percent", "rate", "pct", "percent_rate", "share", "percents", "percentage"),
                ("How many percent", "The percent", "Rate in percent", "Percent to take", "Percent"),
            ),
            P(
                "value",
                NUMBER,
                ("value", "number", "amount", "total", "whole", "of", "base"),
                (
                    "Number to take percent of",
                    "The number",
                    "The whole amount",
                    "What 100 percent is",
                    "Of what",
                ),
            ),
        ),
        _percent,
        "part",
    ),
    Op(
        "round",
        (
            "round",
            "round_number",
            "to_integer",
            "round_off",
            "nearest_integer",
            "to_whole_number",
            "round_to_integer",
            "whole_number",
            "round_result",
            "round_value",
        ),
        (
            "Round to a whole number.",
            "Round a number.",
            "Round a number to an integer.",
            "Gives the nearest whole number.",
            "Make a whole number of a number with decimals.",
            "Nearest integer of a number.",
            "Round off to a whole number.",
        ),
        (
            P(
                "value",
                NUMBER,
                ("value", "number", "x", "num", "input_number", "n", "amount"),
                ("Number to round", "The number", "Number with decimals", "Value to round", "What to round"),
            ),
        ),
        _round,
        "rounded",
    ),
    Op(
        "sum",
        (
            "sum_list",
            "total_of_list",
            "sum_numbers",
            "sum_all",
            "list_total",
            "total_all",
            "sum_of_values",
            "add_up_list",
            "sum_values",
            "list_sum",
        ),
        (
            "Sum of a list of numbers.",
            "Add up a list.",
            "Total of all numbers in a list.",
            "Sum up some numbers.",
            "Gives the total of a list.",
            "What all numbers of a list make together.",
            "Add up all numbers of a list.",
        ),
        (LIST,),
        _sum,
        "sum",
    ),
    Op(
        "average",
        (
            "average",
            "mean",
            "average_of_list",
            "mean_value",
            "avg",
            "mean_of_list",
            "find_average",
            "average_value",
            "list_mean",
            "list_average",
        ),
        (
            "Average of a list of numbers.",
            "Mean of a list.",
            "Average of numbers.",
            "Find the average of some numbers.",
            "Gives the mean of all numbers.",
            "Mean value of a list of numbers.",
            "The average of a list.",
        ),
        (LIST,),
        _average,
        "average",
    ),
    Op(
        "largest",
        (
            "largest",
            "maximum",
            "max_of_list",
            "find_largest",
            "max_value",
            "biggest",
            "find_maximum",
            "highest_number",
            "biggest_of_list",
            "largest_of_list",
        ),
        (
            "Largest number of a list.",
            "The largest of some numbers.",
            "Find the largest number.",
            "Maximum of a list.",
            "The biggest of all numbers.",
            "Gives the highest number in a list.",
            "Largest of a list.",
        ),
        (LIST,),
        _largest,
        "largest",
    ),
    Op(
        "smallest",
        (
            "smallest",
            "minimum",
            "min_of_list",
            "find_smallest",
            "min_value",
            "least",
            "find_minimum",
            "lowest_number",
            "lowest_of_list",
            "smallest_of_list",
        ),
        (
            "Smallest number of a list.",
            "The smallest of some numbers.",
            "Find the smallest number.",
            "Minimum of a list.",
            "The least of all numbers.",
            "Gives the lowest number in a list.",
            "Smallest of a list.",
        ),
        (LIST,),
        _smallest,
        "smallest",
    ),
)


def _calculator(words: bool) -> Op:
    operator = enum(*(_APPLY if words else _SIGNS))
    names = ("operator", "operation", "op", "sign", "function", "kind", "action")
    return Op(
        "calculate",
        (
            "calculate",
            "calculator",
            "compute",
            "calc",
            "use_calculator",
            "calculate_step",
            "compute_result",
            "calc_step",
            "do_calculation",
            "run_calculator",
        ),
        (
            "A calculator for two numbers and an operator.",
            "Calculator: applies an operator to two numbers.",
            "Calculator with an operator.",
            "Does one step of a calculation.",
            "Calculator that can add, subtract, multiply and divide.",
            "Compute with two numbers; the operator says how.",
            "A calculator: two numbers and an operator.",
        ),
        (
            FIRST,
            P(
                "operator",
                operator,
                names,
                (
                    "What to do",
                    "The operator",
                    "Which operation",
                    "What to do with both numbers",
                    "Operator to apply",
                ),
            ),
            SECOND,
        ),
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
            f"let it grow by {n}",
            f"count {n} on top of it",
            f"make it {n} larger",
            f"give it {n} more",
            f"add {n}",
            f"add {n} to it",
            f"increase it by {n}",
            f"plus {n}",
            f"add {n} more",
            f"raise it by {n}",
            f"put {n} on top",
            f"add {n} to that",
            f"increase the result by {n}",
            f"add {n} to the result",
        )
    if kind == "subtract":
        return s.wording(
            f"lower it by {n}",
            f"let it shrink by {n}",
            f"make it {n} smaller",
            f"cut it down by {n}",
            f"subtract {n}",
            f"subtract {n} from it",
            f"take away {n}",
            f"minus {n}",
            f"reduce it by {n}",
            f"decrease it by {n}",
            f"take {n} off",
            f"deduct {n} from it",
            f"subtract {n} from the result",
            f"take {n} away",
        )
    if kind == "multiply":
        return s.wording(
            f"take it {n} times",
            f"let it grow to {n} times its size",
            f"go on with {n} times that value",
            f"make {n} times that number of it",
            f"multiply by {n}",
            f"multiply it by {n}",
            f"times {n}",
            f"make it {n} times as large",
            f"make it {n} times as much",
            f"multiply what you have by {n}",
            f"multiply that by {n}",
            f"multiply the result by {n}",
        )
    return s.wording(
        f"cut it into {n} equal parts and keep one",
        f"share it equally among {n} and keep one share",
        f"go on with one of {n} equal parts of it",
        f"make {n} equal parts of it and keep a single one",
        f"divide by {n}",
        f"divide it by {n}",
        f"divided by {n}",
        f"split it by {n}",
        f"split it {n} ways",
        f"divide what you have by {n}",
        f"divide that by {n}",
        f"divide the result by {n}",
    )


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
        f"We have two different answers in class. What does {start} {word} {n} really make?",
        f"My friend wrote {start} {sign} {n} on the board. Which number belongs behind it?",
        f"To check the price of a box of eggs, I must {_say(kind, start, n)}. What should come out?",
        f"The waiter was not really sure how much it is, so please {_say(kind, start, n)} for him.",
        f"{start} {word} {n}: result?",
        f"{n} is the second number and {start} the first one. Please give me the first {word} the second.",
        f"For a box of beads and marbles, I want to see {start} {sign} {n} worked out. How much is it?",
        f"I heard that good students {_say(kind, start, n)} in their heads. What do you get?",
        f"My neighbour measured two rooms yesterday and wants to know {start} {word} {n}. Which number do I report?",
        f"What is {start} {word} {n}?",
        f"{start} {sign} {n} = ?",
        f"Please {_say(kind, start, n)}.",
        f"Can you {_say(kind, start, n)} for me?",
        f"{start} {word} {n}, please.",
        f"How much is {start} {sign} {n}?",
        f"I have to {_say(kind, start, n)}. What is the result?",
        f"How much is {start} {word} {n}?",
        f"Quick question: what does {start} {word} {n} give?",
        f"I need to know what {start} {sign} {n} makes.",
        f"{_say(kind, start, n).capitalize()}.",
        f"My homework says {start} {sign} {n}. What should I write as the result?",
        f"Work out {start} {word} {n}.",
        f"Would you {_say(kind, start, n)} and give me the result?",
        f"Calculate {start} {sign} {n} for me.",
        f"I want the value of {start} {word} {n} for my notes.",
        f"Solve {start} {sign} {n}.",
        f"Give me the answer to {start} {word} {n}.",
        f"What do I get if I {_say(kind, start, n)}?",
        f"Could you calculate {start} {word} {n}?",
        f"{start} {sign} {n}",
        f"What is the answer if you {_say(kind, start, n)}?",
        f"Let me know what {start} {word} {n} equals.",
        f"I am stuck on {start} {sign} {n}. Could you solve it?",
        f"Compute {start} {sign} {n}, please.",
        f"Tell me the value of {start} {sign} {n}.",
        f"Someone asked me for {start} {word} {n}. Which number is that?",
        f"I would like you to {_say(kind, start, n)}.",
        f"The task is to {_say(kind, start, n)}. Which number is the answer?",
        f"Show me what comes out of {start} {word} {n}.",
        f"Do you know how much {start} {word} {n} is?",
        f"Please work out {start} {sign} {n} and tell me the answer.",
        f"Find {start} {word} {n} for me.",
        f"I get a different number each time I {_say(kind, start, n)}. What is it really?",
        f"Please calculate what {start} {word} {n} gives.",
        f"Could you tell me the result if I {_say(kind, start, n)}?",
        f"We have to know how much {start} {word} {n} comes to.",
        f"Please find the result of {start} {sign} {n}.",
        f"If I {_say(kind, start, n)}, which number do I get?",
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
        f"I saw a puzzle in the paper this month. It begins with {start}. Then {text}. What must I write as the answer?",
        f"The price of the marbles was {start}, and a friend gave me steps for that number:\n{lines}\nWhat do I get?",
        f"My coins and beads came to {start} when I counted them yesterday. From that number on, {text}. What do you get?",
        f"The beads in this box weigh {start} grams. Take that as the first number and {text}. What is the value now?",
        f"So far, eggs, lamps and beads were sold for {start}. Use this as your number, then {text}. Which number do you have then?",
        f"Help me settle a bet with a friend: we start out with {start}, then {text}. What does it come to?",
        f"We each came to a different result. With {start} as the number to start from, {text}. Which result is really right?",
        f"First number {start}; then {text}; last number?",
        f"I measured {start} at home and wrote down what to do with it:\n{lines}\nWhat value do I get when all is done?",
        f"Start with {start}, then {text}. What is the result?",
        f"Take {start}, {text}.",
        f"I think of the number {start}. Now {text}. Which number do I get?",
        f"Begin with {start} and do this:\n{lines}\nTell me the result.",
        f"My number is {start}. Please {text}. What comes out?",
        f"{start}: {text}.",
        f"Please do these steps with {start}:\n{lines}",
        f"Start with the number {start}. Please {text}. Which number comes out?",
        f"Let us begin at {start}. First {text}. Which number is that?",
        f"Here are some steps for the number {start}:\n{lines}\nWhat do I have after the last one?",
        f"I need the result of a few steps. The first number is {start}. Then {text}.",
        f"Write down {start}, then {text}. How much is it now?",
        f"Could you take {start}, {text} and give me what comes out?",
        f"Work through this list, starting from {start}:\n{lines}",
        f"We have {start} on the board. The teacher says: {text}. What is the answer?",
        f"What is the result if I take {start}, then {text}?",
        f"Using {start} as the first number, {text}. Give me the final result.",
        f"Can you begin at {start}, then {text}? Tell me the answer.",
        f"Starting number: {start}. Steps:\n{lines}\nFinal number?",
        f"Please calculate this for me: take {start}, then {text}.",
        f"Which number do you get if you start with {start}, then {text}?",
        f"Let us play a number game. You start at {start}. Then {text}. Where do you end?",
        f"Carry out these steps one after the other, beginning with {start}:\n{lines}",
        f"I have {start} and want to do some steps with it. Please {text}. What is the final number?",
        f"My homework starts from {start}. Next, {text}. Could you find the answer?",
        f"Put down {start}. Now {text}. What value do you have at the end?",
        f"Given the number {start}, {text}. Show me the final value.",
        f"Apply these steps to {start} in order:\n{lines}\nWhat is the answer?",
        f"A puzzle for you: the start is {start}. Then {text}. Which value is left at the end?",
        f"Please find the final value. We start at {start}, then {text}.",
        f"Follow this list with the number {start} and say what you end up with:\n{lines}",
        f"What do I end up with when I begin at {start}, then {text}?",
        f"Let the first number be {start}. Please {text}. Tell me what you get.",
        f"Would you work this out? Begin with {start}, then {text}.",
        f"Take the number {start} and follow these steps:\n{lines}\nWhich number is the result?",
        f"I start from {start}. After that, {text}. Please give me the answer.",
        f"The first number is {start}. From there, {text}. What do you end up with?",
        f"I wrote {start} on paper. Which number is left after these steps?\n{lines}",
        f"Would you start from {start} for me, then {text}? I need the last number.",
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
        f"A box at home holds the {things} that {who} owns, {start} in all. {text}. What number of {things} belongs to {who} now?",
        f"When {who} came to school, there were {start} {things} in the bag. {text}. How many {things} does {who} take home?",
        f"I counted the {things} that my friend {who} has and came to {start}. {text}. How many does {who} really have by now?",
        f"{who} likes marbles, coins and beads as well, but let us only count the {things}. There are {start} at first. {text}. How many {things} does {who} have when all is done?",
        f"To settle a question: {who} has {start} {things} when the month begins. {text}. How many {things} are there when the month is over?",
        f"In a notebook {who} wrote yesterday that there were {start} {things}. {text}. If all of this is true, how many {things} does {who} have?",
        f"Please keep count for {who}, whose parents brought home {start} {things}. {text}. How many is it by the evening?",
        f"{things.capitalize()} of {who}, first count: {start}. {text}. Last count?",
        f"Because {who} does not like to count, do it for {who}: it begins with {start} {things}. {text}. What is the number of {things} now?",
        f"{who} has {start} {things}. {text}. How many {things} does {who} have now?",
        f"{who} owns {start} {things}. {text}. How many {things} are there in the end?",
        f"At first {who} has {start} {things}. {text}. How many {things} does {who} have in the end?",
        f"There are {start} {things} in the bag of {who}. {text}. How many {things} are in the bag?",
        f"How many {things} does {who} have in the end? {who} has {start} {things} at first. {text}.",
        f"In the morning {who} has {start} {things}. {text}. Tell me how many {things} {who} has now.",
        f"Please solve this: {who} has {start} {things}. {text}. How many {things} are left?",
        f"Please solve this: {who} owns {start} {things}. {text}. How many {things} does {who} have now?",
        f"{who} starts the day with {start} {things}. {text}. What is the number of {things} after that?",
        f"Can you count for me? {who} has {start} {things} at first. {text}. How many {things} does {who} have then?",
        f"A small puzzle: {start} {things} belong to {who}. {text}. How many {things} belong to {who} now?",
        f"I need to know how many {things} {who} has at the end. First there are {start}. {text}.",
        f"{who} had {start} {things} yesterday. This happens today. {text}. Count the {things} of {who}, please.",
        f"{who}: {start} {things}. {text}. Number of {things} now?",
        f"On Monday {who} has {start} {things}. {text}. Could you say how many {things} {who} has on Sunday?",
        f"Work this out for me. {who} begins with {start} {things}. {text}. How many {things} is that?",
        f"Suppose {who} has {start} {things}. {text}. How many {things} remain?",
        f"{who} holds {start} {things} to start with. {text}. Find the number of {things} at the end.",
        f"Imagine that {who} owns {start} {things}. {text}. How many {things} does {who} own after that?",
        f"Help me with this one, please. {who} has {start} {things}. {text}. How many {things} does {who} end up with?",
        f"Here is a word problem. There are {start} {things} that belong to {who}. {text}. How many are there now?",
        f"{who} has collected {start} {things} so far. {text}. What is the count of {things} now?",
        f"What number of {things} does {who} have after all this? It starts with {start} {things}. {text}.",
        f"Let us say {who} starts with {start} {things}. {text}. How many {things} does that leave?",
        f"My homework is about {who}, who has {start} {things}. {text}. How many {things} are left at the end?",
        f"{start} {things} are on the table of {who}. {text}. Say how many {things} {who} has then.",
        f"The story goes like this: {who} begins with {start} {things}. {text}. Calculate how many {things} there are now.",
        f"I wonder how many {things} {who} has today. Last week it was {start}. {text}.",
        f"Before the trip, {who} had {start} {things}. {text}. How many {things} does {who} have after the trip?",
        f"Start: {who} with {start} {things}. {text}. How many at the end?",
        f"Could you keep track of the {things} of {who}? There are {start} of them at first. {text}. Give me the final number.",
        f"Yesterday {start} {things} were in the drawer of {who}. {text}. Please find out how many {things} there are today.",
        f"Would you work out how many {things} {who} has in the end? At the start it is {start}. {text}.",
        f"{who} came home with {start} {things}. {text}. Please count how many {things} {who} has now.",
        f"This morning there were {start} {things} in the box of {who}. {text}. How many {things} are left in the box?",
        f"Tell me the final number of {things}. {who} begins with {start} {things}. {text}.",
        f"{who} keeps {start} {things} in a box. {text}. How many {things} are in the box now?",
        f"We want to know the number of {things} that {who} has. It is {start} to begin with. {text}.",
        f"My friend {who} had {start} {things} last week. {text}. Please tell me how many {things} {who} has today.",
        f"In the morning {who} owns {start} {things}. {text}. How many {things} are there in the end?",
        plan=[_plain(*step) for step in steps],
    )
    value = _run(s, start, steps)
    s.answer(f"{who} has {value} {things}.", f"{who} has {value} {things} now.", expect=[value])


def _event(s: Scene, kind: str, n: int, who: str, other: str, things: str) -> str:
    if kind == "add":
        return s.wording(
            f"{who} brings home {n} more {things}",
            f"{who} picks up {n} more {things} in the garden",
            f"{other} brings {who} {n} more",
            f"{who} wins {n} {things} in a game",
            f"{who} buys {n} more",
            f"{who} gets {n} more from {other}",
            f"{who} finds {n} {things}",
            f"{other} gives {who} {n} {things}",
            f"{who} receives {n} {things} from {other}",
            f"{who} collects {n} more {things}",
            f"{who} buys {n} {things} from {other}",
            f"{other} hands {who} {n} more {things}",
            f"{who} finds {n} more {things}",
            f"{who} gets {n} more",
        )
    if kind == "subtract":
        return s.wording(
            f"{who} drops {n} {things} and they are gone",
            f"{n} {things} go from {who} to {other}",
            f"{who} picks {n} {things} for {other} and gives them away",
            f"{other} comes and takes {n} {things} of {who} home",
            f"{who} gives {n} {things} to {other}",
            f"{who} loses {n}",
            f"{who} sells {n} {things}",
            f"{other} takes {n} away from {who}",
            f"{who} hands {n} {things} to {other}",
            f"{who} throws away {n} {things}",
            f"{who} lets {other} have {n} {things}",
            f"{other} buys {n} {things} from {who}",
            f"{who} gives {n} to {other}",
            f"{who} sells {n} to {other}",
        )
    if kind == "multiply":
        return s.wording(
            f"{who} trades so well that there are {n} times as many {things}",
            f"the {things} of {who} become {n} times as many",
            f"the count of {things} grows to {n} times what it was",
            f"{who} comes home with {n} times as many {things}",
            f"the number of {things} is multiplied by {n}",
            f"{who} wins and has {n} times as many",
            f"{who} gets {n} times as many as before",
            f"{who} now has {n} times as many {things}",
            f"{who} ends up with {n} times as many {things}",
            f"the {things} of {who} are multiplied by {n}",
            f"{who} has {n} times as many {things} as before",
            f"{who} has {n} times as many as before",
        )
    return s.wording(
        f"{who} divides the {things} so that there are {n} equal groups and keeps just one group",
        f"{n} friends, {who} among them, split the {things} equally and {who} keeps one share",
        f"only one of {n} equal parts of the {things} stays with {who}",
        f"{who} fills {n} boxes with equal numbers of {things} and keeps one box",
        f"{who} divides the {things} into {n} equal parts and keeps one part",
        f"{who} shares the {things} equally among {n} people and keeps one share",
        f"the {things} are divided by {n}",
        f"{who} splits the {things} into {n} equal parts and keeps one part",
        f"{who} puts the {things} into {n} equal piles and keeps one pile",
        f"the number of {things} is divided by {n}",
        f"{who} shares the {things} equally among {n} people and keeps one part",
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
        f"For {p} apiece {who} brings home {n} {one}, and for {q} apiece {m} {two}.{tail}",
        f"In the window, {one} are listed at {p} apiece and {two} at {q} apiece. {who} picks {n} {one} and {m} {two}.{tail}",
        f"A friend of {who} brings {n} {one} and {m} {two} from town. The seller charges {p} per piece for the {one} and {q} per piece for the {two}.{tail}",
        f"Every one of the {n} {one} was {p}, every one of the {m} {two} was {q}, and {who} took them all home.{tail}",
        f"{who} came to the counter with {n} {one}, listed at {p} apiece, and with {m} {two}, listed at {q} apiece.{tail}",
        f"Since it is a gift, {who} picks only good things: {n} {one}, {p} for every one of them, and {m} {two}, {q} for every one of them.{tail}",
        f"{n} x {one} ({p} apiece), {m} x {two} ({q} apiece), customer {who}.{tail}",
        f"What {who} saw in the shop were {one} for {p} apiece and {two} for {q} apiece. {n} of the {one} and {m} of the {two} go home with {who}.{tail}",
        f"The seller charges {who} {p} for one of the {one} and {q} for one of the {two}, no matter how many. {who} wants {n} of the first kind and {m} of the second kind.{tail}",
        f"{who} buys {n} {one} for {p} each and {m} {two} for {q} each.{tail}",
        f"{n} {one} cost {p} each, {m} {two} cost {q} each. {who} buys all of them.{tail}",
        f"In the shop {who} takes {n} {one} at {p} each and {m} {two} at {q} each.{tail}",
        f"{who} needs {n} {one} and {m} {two}. The {one} cost {p} each, the {two} cost {q} each.{tail}",
        f"{who} orders two things:\n- {n} {one}, {p} each\n- {m} {two}, {q} each\n{tail.strip()}",
        f"Please help {who}: {n} {one} for {p} each plus {m} {two} for {q} each.{tail}",
        f"In the shop {who} buys {n} {one} for {p} each and {m} {two} for {q} each.{tail}",
        f"{who} went to the market. On the list: {n} {one} ({p} each) and {m} {two} ({q} each).{tail}",
        f"The {one} are {p} each and the {two} are {q} each. {who} takes {n} {one} and {m} {two}.{tail}",
        f"I need to know what {who} spends. It is {n} {one} at {p} each and {m} {two} at {q} each.{tail}",
        f"Bill for {who}: {n} {one}, one for {p}, and {m} {two}, one for {q}.{tail}",
        f"{who} puts {n} {one} in the basket, each for {p}. Then {m} {two} go in, each for {q}.{tail}",
        f"Can you work this out? {who} gets {n} {one} for {p} apiece and {m} {two} for {q} apiece.{tail}",
        f"The shop asks {p} for each of the {n} {one} and {q} for each of the {m} {two} that {who} wants.{tail}",
        f"We are at the checkout with {who}. There are {n} {one}, price {p} each, and {m} {two}, price {q} each.{tail}",
        f"Note for {who}: get {n} {one} and {m} {two}. Price of one: {p} for the {one}, {q} for the {two}.{tail}",
        f"{who} purchases {n} {one} priced at {p} each and {m} {two} priced at {q} each.{tail}",
        f"Shopping list of {who}: {n} {one} at {p} apiece, {m} {two} at {q} apiece.{tail}",
        f"At the market one can get {one} for {p} each and {two} for {q} each. {who} buys {n} {one} and {m} {two}.{tail}",
        f"Let us say {who} wants to buy {n} {one} at a price of {p} each and {m} {two} at a price of {q} each.{tail}",
        f"{who} would like {n} {one} and {m} {two}. Each of the {one} is {p} and each of the {two} is {q}.{tail}",
        f"Calculate this for {who}, please: {n} {one}, {p} each, and {m} {two}, {q} each.{tail}",
        f"Order of {who}:\n- {n} {one} at {p} each\n- {m} {two} at {q} each\n{tail.strip()}",
        f"{who} is out shopping and chooses {n} {one} for {p} each and also {m} {two} for {q} each.{tail}",
        f"In the cart of {who} there are {n} {one} that cost {p} each and {m} {two} that cost {q} each.{tail}",
        f"Today {who} bought {n} {one} and paid {p} for each. {who} also bought {m} {two} and paid {q} for each.{tail}",
        f"We are helping {who} with the shopping: {n} {one}, each {p}, then {m} {two}, each {q}.{tail}",
        f"For a party {who} gets {n} {one} and {m} {two}. The store charges {p} for each of the {one} and {q} for each of the {two}.{tail}",
        f"Prices: {one} {p} each, {two} {q} each. {who} takes {n} {one} and {m} {two}.{tail}",
        f"{n} {one} at {p} each and {m} {two} at {q} each are sold to {who}.{tail}",
        f"Would you add this up? {who} picks up {n} {one}, which are {p} each, and {m} {two}, which are {q} each.{tail}",
        f"My neighbour {who} wants {n} {one} for {p} each together with {m} {two} for {q} each.{tail}",
        f"The price of the {one} is {p} each and the price of the {two} is {q} each. {who} buys {n} {one} and {m} {two}.{tail}",
        f"Please work it out for {who}. There are {n} {one} that cost {p} each, as well as {m} {two} that cost {q} each.{tail}",
        f"At the store {who} picks {n} {one} for {p} apiece and {m} {two} for {q} apiece.{tail}",
        f"{who} has {n} {one} and {m} {two} in the basket. The shop charges {p} for each of the {one} and {q} for each of the {two}.{tail}",
        f"A shop sells {one} for {p} each and {two} for {q} each. {who} wants {n} {one} and {m} {two}.{tail}",
        f"Could you help with this? {who} picks {n} {one}, {p} each, as well as {m} {two}, {q} each.{tail}",
        f"The basket of {who} holds {n} {one} and {m} {two}. Each of the {one} costs {p} and each of the {two} costs {q}.{tail}",
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
        f"At {price}, the {item} was fine for me. But in the shop I heard that the price {goes} by {percent} percent this month. What is the price then?{end}",
        f"With {percent} as the percent and {price} as the amount, work out that part, and then {change}.{end}",
        f"By {percent} percent the price of a {item} {goes}. On the internet it was listed as {price} before. What do I have to pay now?{end}",
        f"The tag that my friend saw on a {item} said {price}. When it becomes {percent} percent {more}, what will the tag say?{end}",
        f"Old: {price}. Change: {goes} by {percent} percent. Thing: {item}. New price?{end}",
        f"Each month the shop writes new tags. Which number must be on the tag of a {item}, {price} so far, when it becomes {percent} percent {more}?{end}",
        f"For our boss we must find what a shop charges for a {item} that is {percent} percent {more} than the one for {price}. What is it?{end}",
        f"First get {percent} percent of {price}, since you need that part. Once it is there, {change}.{end}",
        f"Before I bring the {item} home, I want to know what it really costs. It was {price}, but the price {goes} by {percent} percent.{end}",
        f"What is {percent} percent of {price}? Then {change}.{end}",
        f"A {item} costs {price}. It gets {percent} percent {more}. What is the new price?{end}",
        f"The price of a {item} is {price} and {goes} by {percent} percent. What is the new price?{end}",
        f"Take {percent} percent of {price} and {change}.{end}",
        f"A {item} for {price} is now {percent} percent {more}. How much does it cost?{end}",
        f"Please tell me the new price: {price} for a {item}, and it {goes} by {percent} percent.{end}",
        f"The price of a {item} {goes} by {percent} percent. It was {price}. How much does it cost now?{end}",
        f"A {item} costs {price} and its price {goes} by {percent} percent. What is the new price?{end}",
        f"Yesterday the {item} was {price}. Today it is {percent} percent {more}. What does it cost today?{end}",
        f"I need the new price of a {item}. The old one is {price} and it {goes} by {percent} percent.{end}",
        f"The shop has a {item} for {price}. On Monday the price {goes} by {percent} percent. How much is it then?{end}",
        f"One {item}, {price}, now {percent} percent {more}. New price?{end}",
        f"Could you work out {percent} percent of {price} and then {change}?{end}",
        f"We have to know what a {item} costs after its price {goes} by {percent} percent. It is {price} before that.{end}",
        f"How much do I pay for a {item} of {price} if it gets {percent} percent {more}?{end}",
        f"Find {percent} percent of {price}, the price of a {item}. After that {change}.{end}",
        f"The {item} used to cost {price}. Now it is {percent} percent {more}. Calculate the new price.{end}",
        f"Work out {percent} percent of {price}, then {change}.{end}",
        f"If the price of a {item} is {price} and {goes} by {percent} percent, what will it be?{end}",
        f"Calculate {percent} percent of {price}. Next, {change}.{end}",
        f"A {item} sells for {price}. Then its price {goes} by {percent} percent. Tell me how much it sells for now.{end}",
        f"They made the {item} {percent} percent {more}. Before, it was {price}. What is the price now?{end}",
        f"Old price of the {item}: {price}. It {goes} by {percent} percent. What is the updated price?{end}",
        f"How much is {percent} percent of {price}? Once you have it, {change}.{end}",
        f"Let us say a {item} costs {price}, and next month it is {percent} percent {more}. What would it cost?{end}",
        f"What will I pay for the {item}? The price tag said {price}, but now it is {percent} percent {more}.{end}",
        f"Please calculate the price of the {item} after it {goes} by {percent} percent from {price}.{end}",
        f"Our shop makes the {item} {percent} percent {more}. The price was {price} until now. Which price do we put on the tag?{end}",
        f"The cost of a {item} was {price} and {goes} by {percent} percent. Find the new cost.{end}",
        f"Can you figure out the new price of my {item}? At first it was {price}, then it got {percent} percent {more}.{end}",
        f"Get {percent} percent of {price} for me and {change}.{end}",
        f"{item.capitalize()}: {price}. The price {goes} by {percent} percent. New amount?{end}",
        f"Could you tell me what a {item} costs now? It was {price} and then the price {goes} by {percent} percent.{end}",
        f"I saw a {item} for {price}. This week it is {percent} percent {more}. How much must I pay?{end}",
        f"Please find {percent} percent of {price} and then {change}.{end}",
        f"My {item} was {price} last month. If it gets {percent} percent {more}, what is the new price?{end}",
        f"I heard that a {item} gets {percent} percent {more}. So far the price was {price}. How much is it after that?{end}",
        f"My {item} was listed at {price}, and that price {goes} by {percent} percent. Please give me the new one.{end}",
        f"I want to buy a {item}. It cost {price} last week and is {percent} percent {more} this week. What must I pay?{end}",
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
        f"My boxes of marbles weigh {text}. Please say which number is the {name}.{end}",
        f"The eggs were {text} in different shops. What is the {name} of these prices?{end}",
        f"My neighbour put lamps and beads in a row and measured them, with {text} as the result. I want to have the {name} of that.{end}",
        f"The {name} is wanted, namely of {text}.{end}",
        f"To settle what the {name} is, my friend wrote this list: {text}. What do you say?{end}",
        f"I heard these numbers on the radio this month: {text}. Do you know their {name}?{end}",
        f"The coins and beads that I counted at home are worth {text}. How much is the {name} of all that?{end}",
        f"{name.capitalize()}? The row of numbers: {text}.{end}",
        f"Because my boss asked for it, I must have the {name} of what was measured, which is {text}.{end}",
        f"What is the {name} of this list: {text}?{end}",
        f"Here is a list of numbers: {text}. Find the {name}.{end}",
        f"{text}\nGive me the {name} of these numbers.{end}",
        f"Please tell me the {name} of {text}.{end}",
        f"I measured {text}. What is the {name}?{end}",
        f"{s.person()} wrote down these numbers: {text}. Tell me the {name}.{end}",
        f"Find the {name} of the list {text}.{end}",
        f"I wrote down {text}. Please give me the {name} of this list.{end}",
        f"I need the {name} of {text}.{end}",
        f"{name.capitalize()} of {text}, please.{end}",
        f"Could you look at these numbers and tell me the {name}? They are {text}.{end}",
        f"My values this week were {text}. Which number is the {name}?{end}",
        f"These are the scores of {s.person()}: {text}. Please work out the {name}.{end}",
        f"Take the list {text} and give me its {name}.{end}",
        f"We have to report the {name} of our readings. The readings are {text}.{end}",
        f"For the values {text}, what is the {name}?{end}",
        f"Calculate the {name} of {text}.{end}",
        f"I have the numbers {text}. Could you work out the {name}?{end}",
        f"Numbers: {text}. Wanted: the {name}.{end}",
        f"Show me the {name} of the following numbers: {text}.{end}",
        f"Look at this list: {text}. What would be the {name}?{end}",
        f"Can you determine the {name} of {text}?{end}",
        f"The teacher gave us {text}. We should find the {name}.{end}",
        f"Let me know the {name} for these values: {text}.{end}",
        f"I would like to know the {name} of these numbers, please: {text}.{end}",
        f"Using the list {text}, work out the {name}.{end}",
        f"Which number is the {name} of the values {text}?{end}",
        f"My notes show {text}. I am looking for the {name}.{end}",
        f"Do you see the {name} of this series? It is {text}.{end}",
        f"The data from today: {text}. Please calculate the {name}.{end}",
        f"Compute the {name} for the numbers {text}, please.{end}",
        f"There is a row of numbers here, {text}, and I want its {name}.{end}",
        f"We wrote down the values {text}. Could you give us the {name}?{end}",
        f"Would you calculate the {name} of these values for me? They are {text}.{end}",
        f"On my list there are {text}. Tell me the {name}.{end}",
        f"Here are the numbers that we measured: {text}. Now find the {name}.{end}",
        f"There are these numbers on my paper: {text}. Can you find the {name}?{end}",
        f"Would you get the {name} out of {text} for me?{end}",
        f"We counted {text}. Now we want to know the {name}.{end}",
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
        f"My friend does not trust me, so let the calculator settle it: from {start} on, {text}. What is the true result?",
        f"The shop charges {start} for the coins and beads. Take that amount, {text}, and use the calculator for it. What does it show?",
        f"As the first entry, the calculator gets {start}. As the next ones: {text}. What is on the display?",
        f"I saw {start} on the screen of the calculator. If I go on and {text}, what will I see there?",
        f"{start} on the calculator, {text}, result?",
        f"In my head I came to a different number each day, so let us try the calculator. It begins at {start}. Then {text}. What do you read there?",
        f"Do it with the calculator, as you work so well with it: {start} goes in first, then {text}. Say what you read at the end.",
        f"The eggs and the marbles cost {start} together. Now {text}, all of it with the calculator, and tell me the value that comes up.",
        f"At home I have no calculator, but you do. So {text}, with {start} as the number to begin with, and say what you get.",
        f"Use the calculator: start with {start}, {text}.",
        f"With the calculator, take {start}, then {text}. What is the result?",
        f"Take the calculator and start with {start}. Please {text}.",
        f"Type {start} into the calculator. Now {text}. What does the calculator show?",
        f"Calculator: {start}, {text}.",
        f"Please use the calculator for this. Begin with {start} and {text}. Tell me the result.",
        f"I need the calculator. Start with {start}, {text}. What comes out?",
        f"Please take the calculator. Begin with {start}, then {text}.",
        f"Take the number {start} and {text}. Use the calculator for each step.",
        f"Could you use the calculator? Start from {start}, then {text}.",
        f"Please do this on the calculator: {start}, then {text}.",
        f"On the calculator, begin at {start}. After that {text}. What is on the screen?",
        f"I want this done with the calculator. The first number is {start}. Then {text}.",
        f"What does the calculator give if you start with {start} and {text}?",
        f"A job for the calculator: take {start}, {text}. Which number is the result?",
        f"We have to use the calculator here. Enter {start} and {text}.",
        f"Grab the calculator and enter {start}. Next, {text}. Tell me what it shows.",
        f"Calculate this with the calculator: start at {start} and {text}.",
        f"Use the calculator to find the result: {start}, {text}.",
        f"Put {start} into the calculator, then {text}. What is the answer?",
        f"I would like you to use the calculator. Take {start}, then {text}.",
        f"Starting from {start}, {text}. Please use the calculator and give me the final number.",
        f"Open the calculator and type in {start}. After that, {text}. What do you get?",
        f"Which number does the calculator show if I enter {start} and {text}?",
        f"Do these steps on the calculator, please. Start with {start} and {text}.",
        f"Run this through the calculator: begin with {start}, then {text}.",
        f"For this you need the calculator. Begin from {start} and {text}. What comes out at the end?",
        f"Would you take the calculator, start at {start} and {text}? Give me the answer.",
        f"I want to see what the calculator says. Put in {start}, then {text}.",
        f"My calculator is broken, so please use yours. The number is {start}. Now {text}.",
        f"Calculator job: start from {start}, then {text}. Final result?",
        f"Work this out with the calculator for me. First comes {start}. Then {text}.",
        f"Can you enter {start} on the calculator and then {text}? Which number comes out?",
        f"Please type {start} into the calculator and {text}. I need the result.",
        f"We want the calculator to do this: take {start}, then {text}. What does it give?",
        f"Could you get the calculator? Put in the number {start}, then {text}. Tell me the last number.",
        f"Get out the calculator and put in {start}. Then {text}. Which number do you see?",
        f"Let the calculator work on {start}: {text}. I need the last number.",
        f"Can the calculator do this for me? The start is {start}, then {text}.",
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
        f"A restaurant charges {total} for our food, and the waiter should get {tip} percent of that in addition. Divided by {people}, how much is the whole?",
        f"{people} is the number to divide by, {total} is the restaurant bill and {tip} percent is the tip, which you add to the bill. How much is each share?",
        f"For my neighbour {who}, who owns a restaurant but does not like numbers: tip {tip} percent, bill {total}. Add both and split the total by {people}.",
        f"Before we came home from the restaurant yesterday, we had food for {total}. Our waiter gets {tip} percent as a tip as well. Divide it all together by {people}, please.",
        f"If the waiter gets a tip of {tip} percent and the food was {total}, what is the total divided by {people}?",
        f"As soon as {tip} percent of it has been added for the waiter, a bill of {total} is divided by {people}. How much is a part?",
        f"We ate eggs at a restaurant, {total} in all. {who} adds {tip} percent as a tip, and {people} is what the total is divided by. How much is it for each?",
        f"Friends like to settle things at once: {total} for the food, {tip} percent of it as the tip, the total divided by {people}. How much is a share?",
        f"How big is one share, when the restaurant charges {total}, a tip of {tip} percent is put on it, and the sum is divided by {people}?",
        f"The bill is {total}. Take {tip} percent of it as a tip, add the tip to the bill and divide by {people}.",
        f"{who} gets a bill of {total}, adds a tip of {tip} percent and divides the total by {people}. What comes out?",
        f"A dinner costs {total}. The tip is {tip} percent. Add it and divide the total by {people}, please.",
        f"How much is one share? The bill is {total}, the tip is {tip} percent. Add it and divide the total by {people}.",
        f"{who} pays {total} plus {tip} percent tip. Divide that by {people}.",
        f"Add a tip of {tip} percent to the bill of {total}. Then divide it by {people}. How much is it?",
        f"Please help {who}: the bill is {total}, the tip is {tip} percent. Add them and divide the total by {people}.",
        f"We ate for {total}. Take {tip} percent as a tip, add it and divide everything by {people}.",
        f"I need to know each share. Bill: {total}. Tip: {tip} percent of that. Bill and tip divided by {people}.",
        f"Could you add {tip} percent tip to {total} and then divide the sum by {people}?",
        f"The restaurant wants {total}. {who} puts {tip} percent on top as a tip and divides the whole by {people}. How much is one part?",
        f"Bill {total}, tip {tip} percent, then divide the total by {people}.",
        f"What is a share if a bill of {total} plus a tip of {tip} percent is divided by {people}?",
        f"{who} has to divide a bill of {total} by {people} after adding {tip} percent tip. What is each part?",
        f"Lunch was {total} today. Please put {tip} percent tip on it. After that divide the total by {people}.",
        f"Our evening cost {total} and we give {tip} percent as a tip. Would you divide both together by {people}?",
        f"Calculate each share for me: a bill of {total}, a tip of {tip} percent on top, all of it divided by {people}.",
        f"{who} wants to split a bill of {total}. First a tip of {tip} percent is added, then the total is divided by {people}.",
        f"The check comes to {total}. Include a tip of {tip} percent and divide the total by {people}.",
        f"We want to leave a tip of {tip} percent on {total}. After adding it, divide the sum by {people}. What does each one pay?",
        f"Work out {tip} percent of {total} for the tip. Add that to the bill, then divide the total by {people}.",
        f"Dinner: {total}. Tip: {tip} percent. Total divided by {people}. How much is each part?",
        f"Can you split this for us? The meal cost {total}, we tip {tip} percent, and the total is divided by {people}.",
        f"If {who} adds {tip} percent tip to a check of {total} and divides everything by {people}, how much is one share?",
        f"Please put a tip of {tip} percent on the bill of {total} and split the total by {people}.",
        f"The food was {total}. On top of that comes a tip of {tip} percent. Then the whole is divided by {people}. What does one pay?",
        f"What would each part be? {who} has a restaurant bill of {total}, adds {tip} percent for the waiter and divides by {people}.",
        f"I paid {total} for our meal and gave a tip of {tip} percent. Divide the whole amount by {people}, please.",
        f"Find out what each person owes: {total} for dinner, {tip} percent tip added, then divided by {people}.",
        f"Let us settle up. It was {total} plus {tip} percent tip, and the total gets divided by {people}.",
        f"Would you find the tip first? It is {tip} percent of {total}. Add it to the bill and split everything by {people}.",
        f"{who} asks for the share of each person. The lunch was {total}, with a tip of {tip} percent added, and all is divided by {people}.",
        f"How much does each person pay if we add {tip} percent tip to a bill of {total} and divide the sum by {people}?",
        f"Our dinner was {total}. Please add {tip} percent as a tip and then divide the whole by {people}.",
        f"I have a bill of {total} here. Add the tip, which is {tip} percent, and divide the total by {people}. What is each share?",
        f"The restaurant bill of {who} is {total}. Put a tip of {tip} percent on top and divide all of it by {people}.",
        f"The waiter brings {who} a bill of {total}. With a tip of {tip} percent on top, divide it by {people}. What is each share?",
        f"We have to settle a bill of {total}. Work out a tip of {tip} percent, add it to the bill and divide all of it by {people}.",
        f"How much does each one pay? It is {total} for the food, plus a tip of {tip} percent, divided by {people}.",
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
