# ruff: noqa: E501 - requests are easier to compare when each is one line
"""Conversion of units and currencies."""

from __future__ import annotations

import math
from typing import Any

from mtp_trainer.toolworld.ops import NUMBER, NUMBERS, STRING, Op, P, ToolFailure, World, enum, number
from mtp_trainer.toolworld.scene import Domain, Failed, Scene

LENGTHS = {
    "meter": 1.0,
    "kilometer": 1000.0,
    "mile": 1609.344,
    "foot": 0.3048,
    "inch": 0.0254,
    "yard": 0.9144,
}
WEIGHTS = {"kilogram": 1.0, "gram": 0.001, "pound": 0.45359237, "ounce": 0.028349523}
_CODES = (
    "USD EUR GBP JPY CHF SEK NOK PLN CAD AUD INR CNY BRL MXN KRW DKK CZK HUF TRY ZAR NZD SGD HKD THB"
    " ISK EGP MAD PEN CLP COP ARS PHP IDR VND UAH RON BGN KES NGN TND"
)
CURRENCIES = tuple(_CODES.split())


def _num(value: Any) -> Any:
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or abs(value) > 1e12
        or not math.isfinite(value)
    ):
        raise ToolFailure("Not a valid number.")
    return value


def _convert(table: dict[str, float], value: float, source: str, target: str) -> Any:
    for unit in (source, target):
        if unit not in table:
            raise ToolFailure(f"No unit '{unit}'. Units: {', '.join(table)}.")
    return number(_num(value) * table[source] / table[target])


def _length(world: World, value: float, source: str, target: str) -> Any:
    return _convert(LENGTHS, value, source, target)


def _weight(world: World, value: float, source: str, target: str) -> Any:
    return _convert(WEIGHTS, value, source, target)


def _temperature(world: World, value: float, target: str) -> Any:
    return number(_num(value) * 9 / 5 + 32 if target == "fahrenheit" else (_num(value) - 32) * 5 / 9)


def _currencies(world: World) -> Any:
    return list(world["rates"])


def _known(world: World, currency: str) -> float:
    if currency not in world["rates"]:
        raise ToolFailure(f"No currency '{currency}'. Currencies: {', '.join(world['rates'])}.")
    return float(world["rates"][currency])


def _rate(world: World, currency: str) -> Any:
    return number(_known(world, currency))


def _exchange(world: World, amount: float, source: str, target: str) -> Any:
    return number(_num(amount) * _known(world, source) / _known(world, target))


def _multiply(world: World, a: float, b: float) -> Any:
    return number(_num(a) * _num(b))


def _sum(world: World, values: list[Any]) -> Any:
    return number(sum(_num(v) for v in values))


def _from(schema: dict[str, Any], what: str) -> tuple[P, P]:
    return (
        P(
            "source",
            schema,
            ("source", f"from_{what}", "given", "from", f"old_{what}", f"source_{what}", "convert_from"),
            (
                f"The {what} to convert from",
                f"Old {what}",
                f"The {what} of the given value",
                f"From which {what}",
                f"Given {what}",
            ),
        ),
        P(
            "target",
            schema,
            ("target", f"to_{what}", "wanted", "to", f"new_{what}", f"target_{what}", "convert_to"),
            (
                f"The {what} to convert to",
                f"New {what}",
                f"The {what} of the result",
                f"To which {what}",
                f"Wanted {what}",
            ),
        ),
    )


VALUE = P(
    "value",
    NUMBER,
    ("value", "number", "quantity", "figure", "given_value", "value_to_convert", "amount"),
    ("The value to convert", "How much", "Value that is to be converted", "The number to convert", "Value"),
)
CURRENCY = P(
    "currency",
    STRING,
    ("currency", "code", "currency_code", "currency_name", "money_code", "of_currency", "symbol"),
    ("Code of the currency", "Which currency", "Currency code", "Code such as USD", "The currency"),
)
OPS = (
    Op(
        "unit_length",
        (
            "convert_length",
            "length",
            "length_converter",
            "change_length_unit",
            "unit_length",
            "convert_distance",
            "length_to_unit",
            "length_in_unit",
            "distance_converter",
            "length_convert",
        ),
        (
            "Convert a length to another unit.",
            "Convert lengths.",
            "Length converter.",
            "Give a length in another unit.",
            "Turn a length of one unit into another.",
            "Length in a new unit.",
            "Convert a length.",
        ),
        (VALUE, *_from(enum(*LENGTHS), "unit")),
        _length,
        "length",
    ),
    Op(
        "unit_weight",
        (
            "convert_weight",
            "weight",
            "weight_converter",
            "change_weight_unit",
            "unit_weight",
            "convert_mass",
            "weight_to_unit",
            "weight_in_unit",
            "mass_converter",
            "weight_convert",
        ),
        (
            "Convert a weight to another unit.",
            "Convert weights.",
            "Weight converter.",
            "Give a weight in another unit.",
            "Turn a weight of one unit into another.",
            "Weight in a new unit.",
            "Convert a weight.",
        ),
        (VALUE, *_from(STRING, "unit")),
        _weight,
        "weight",
    ),
    Op(
        "unit_temperature",
        (
            "convert_temperature",
            "temperature",
            "temperature_converter",
            "change_temperature",
            "convert_degrees",
            "temperature_to_scale",
            "degrees_converter",
            "temperature_in_scale",
            "change_degrees",
            "temperature_convert",
        ),
        (
            "Convert a temperature to celsius or fahrenheit.",
            "Convert temperatures.",
            "Temperature converter.",
            "Give a temperature in the other scale.",
            "Turn celsius into fahrenheit or back.",
            "Temperature in celsius or in fahrenheit.",
            "Convert a temperature.",
        ),
        (
            VALUE,
            P(
                "target",
                enum("celsius", "fahrenheit"),
                ("target", "to", "scale", "new_scale", "target_scale", "to_scale", "unit"),
                (
                    "Scale to convert to",
                    "The new scale",
                    "Scale of the result",
                    "Which scale you want",
                    "Scale",
                ),
            ),
        ),
        _temperature,
        "temperature",
    ),
    Op(
        "money_currencies",
        (
            "list_currencies",
            "all_currencies",
            "known_currencies",
            "currencies",
            "show_currencies",
            "currency_list",
            "available_currencies",
            "which_currencies",
            "list_money_codes",
            "get_currencies",
        ),
        (
            "List all currencies.",
            "All currencies that have a rate.",
            "Codes of all currencies.",
            "Show which currencies exist.",
            "Return the list of currencies.",
            "Which currencies there are.",
            "List the currencies.",
        ),
        (),
        _currencies,
        "currencies",
    ),
    Op(
        "money_rate",
        (
            "get_rate",
            "exchange_rate",
            "rate_of",
            "currency_rate",
            "lookup_rate",
            "rate",
            "get_exchange_rate",
            "show_rate",
            "rate_for_currency",
            "find_rate",
        ),
        (
            "Rate of a currency.",
            "Look up the exchange rate of a currency.",
            "The rate of one currency.",
            "Return the rate of a currency.",
            "Find the exchange rate of one currency.",
            "What the rate of a currency is.",
            "Look up the rate of a currency.",
        ),
        (CURRENCY,),
        _rate,
        "rate",
    ),
    Op(
        "money_exchange",
        (
            "convert_money",
            "convert_currency",
            "exchange",
            "exchange_money",
            "change_money",
            "change_currency",
            "amount_in_currency",
            "money_converter",
            "currency_converter",
            "money_convert",
        ),
        (
            "Convert money to another currency.",
            "Exchange an amount of money.",
            "Change money into another currency.",
            "Give an amount of money in another currency.",
            "Turn money of one currency into another.",
            "How much an amount is in another currency.",
            "Exchange money.",
        ),
        (
            P(
                "amount",
                NUMBER,
                ("amount", "money", "sum", "money_amount", "sum_of_money", "how_much", "value"),
                (
                    "Amount of money",
                    "How much money",
                    "Money to convert",
                    "How much to exchange",
                    "The amount",
                ),
            ),
            *_from(STRING, "currency"),
        ),
        _exchange,
        "converted",
    ),
    Op(
        "unit_multiply",
        (
            "multiply",
            "times",
            "multiply_numbers",
            "product",
            "mul",
            "multiply_by",
            "times_number",
            "get_product",
            "multiplication",
            "multiply_two",
        ),
        (
            "Multiply two numbers.",
            "Multiply one number by another.",
            "Returns a times b.",
            "Product of two numbers.",
            "Return one number times another.",
            "Multiplication of two numbers.",
            "Multiply a by b.",
        ),
        (
            P(
                "a",
                NUMBER,
                ("a", "first", "x", "first_number", "number_1", "factor_1", "left"),
                (
                    "First number",
                    "The number to start from",
                    "First factor",
                    "One of the two numbers",
                    "Left number",
                ),
            ),
            P(
                "b",
                NUMBER,
                ("b", "second", "y", "second_number", "number_2", "factor_2", "right"),
                (
                    "Second number",
                    "The other number",
                    "Second factor",
                    "Number to multiply with",
                    "Right number",
                ),
            ),
        ),
        _multiply,
        "product",
    ),
    Op(
        "unit_sum",
        (
            "add_up",
            "sum_numbers",
            "sum",
            "total",
            "add_numbers",
            "sum_list",
            "total_of",
            "sum_values",
            "list_total",
            "sum_all",
        ),
        (
            "Add up a list of numbers.",
            "Sum of a list of numbers.",
            "Total of numbers.",
            "Return the sum of some numbers.",
            "Sum up all numbers of a list.",
            "Add numbers and return their total.",
            "Add up numbers.",
        ),
        (
            P(
                "values",
                NUMBERS,
                ("values", "numbers", "items", "number_list", "to_add", "all_numbers", "list"),
                ("List of numbers", "The numbers", "Numbers to add up", "Values to sum", "All numbers"),
            ),
        ),
        _sum,
        "sum",
    ),
)


def world(s: Scene) -> World:
    """Rates of three currencies."""
    return {"rates": {code: s.integer(5, 900) / 100 for code in s.sample(CURRENCIES, 3)}}


def _try(s: Scene, op: str, why: str, **arguments: Any) -> Any:
    value = s.call(op, why, **arguments)
    return s.call(op, f"try again to {why}", **arguments) if isinstance(value, Failed) else value


def _maybe_outage(s: Scene, op: str) -> None:
    if s.rng.random() < 0.2 and all(skin.op.key != op for skin in s.toolbox.skins):
        s.outage(op)


def one_unit(s: Scene) -> None:
    """One length or weight, maybe multiplied afterwards."""
    kind = s.rng.choice(("length", "weight"))
    one, two = s.rng.sample(sorted(LENGTHS if kind == "length" else WEIGHTS), 2)
    value, times = s.money(5, 500), s.rng.choice((0, s.integer(2, 12)))
    end = f" Then multiply the result by {times}." if times else ""
    _maybe_outage(s, f"unit_{kind}")
    s.ask(
        f"To get a feeling for a {kind} of {value} {one}, I have to see it in {two}.{end}",
        f"Measured in {one}, the {kind} is {value}. I have to figure out what it is worth in {two}.{end}",
        f"If you change {value} {one}, which is a {kind}, to {two}, what is the equivalent?{end}",
        f"The {kind} was measured by a friend, who gave me {value} {one}. Now I need {two}.{end}",
        f"My friend told me a {kind} of {value} {one}. I have no feeling for {one}, so give it to me in {two} instead.{end}",
        f"On the box somebody wrote its {kind}, namely {value} {one}. My list uses {two}, so please turn it into that unit.{end}",
        f"Using {two}, express the {kind} {value} {one}.{end}",
        f"Could you express this {kind} as {two} instead of {one}? The number I have is {value}.{end}",
        f"The following {kind} is in {one}: {value}. What is the equivalent in {two}?{end}",
        f"As my customer uses only {two}, I cannot give her the {kind} in {one}. It is {value}, so please change it.{end}",
        f"{value} {one} ({kind}), in {two}?{end}",
        f"I was told that the {kind} is {value} {one}. For a form I have to put it into {two}.{end}",
        f"Into {two}: a {kind} of {value} {one}, please.{end}",
        f"So that my boss can read the list, bring the {kind} of {value} {one} into {two}.{end}",
        f"Is there a conversion for a {kind} of {value} {one} into {two}? If so, do it for me.{end}",
        f"What number of {two} is the following {kind} worth: {value} {one}?{end}",
        f"Convert the {kind} {value} {one} to {two}.{end}",
        f"A {kind} of {value} {one}: how much is that in {two}?{end}",
        f"I have a {kind} of {value} {one}. Please convert it to {two}.{end}",
        f"What is the {kind} {value} {one} in {two}?{end}",
        f"{s.person()} needs a {kind} in {two}. It is {value} {one}.{end}",
        f"Please convert from {one} to {two}: a {kind} of {value}.{end}",
        f"{kind.capitalize()}: {value} {one}. Convert to {two}.{end}",
        f"Please convert a {kind} of {value} {one} to {two}.{end}",
        f"We have to know this {kind} in {two}: {value} {one}.{end}",
        f"Could you turn a {kind} of {value} {one} into {two}, please?{end}",
        f"The label says {value} {one}. I think of this {kind} in {two}, so please convert it.{end}",
        f"In {two}, what does a {kind} of {value} {one} come to?{end}",
        f"{kind} conversion from {one} to {two}, value {value}.{end}",
        f"Do a quick {kind} conversion for me: {one} to {two}. The value is {value}.{end}",
        f"Would you mind changing this {kind} from {one} into {two}? It is {value}.{end}",
        f"My plan is in {two}, but I was given a {kind} of {value} {one}. What is it in {two}?{end}",
        f"Here is a {kind} in {one}: {value}. Give it to me in {two}.{end}",
        f"Figure out how much a {kind} of {value} {one} is in {two}.{end}",
        f"What does a {kind} of {value} {one} equal in {two}?{end}",
        f"Calculate this {kind} in {two} for me: {value} {one}.{end}",
        f"The {kind} is given as {value} {one}. Switch it to {two}, please.{end}",
        f"{value} {one}, that is the {kind} I have. I'd like to see it in {two}.{end}",
        f"I only work with {two}. Can you translate a {kind} of {value} {one} for me?{end}",
        f"{value} {one} into {two}, please. It is a {kind}.{end}",
        f"Let me know what {value} {one} is in {two}. We are talking about a {kind}.{end}",
        f"Compute the equivalent in {two} of a {kind} of {value} {one}.{end}",
        f"Someone gave me the {kind} in {one}, namely {value}. I have to enter it in {two}, so change the unit.{end}",
        f"The {kind} should be stated in {two}. At the moment it reads {value} {one}.{end}",
        f"Which number of {two} corresponds to a {kind} of {value} {one}?{end}",
        f"Hi! Can you help me get a {kind} of {value} {one} converted to {two}?{end}",
        f"Unit change, {kind}: {value} {one} -> {two}.{end}",
        f"Take a {kind} of {value} {one} and work out what it makes in {two}.{end}",
        f"Show me the {kind} {value} {one} with {two} as the unit.{end}",
        f"I measured a {kind} of {value} {one}. How many {two} would that be?{end}",
        f"If a {kind} is {value} {one}, how much is it in {two}?{end}",
        f"The {kind} of a box is {value} {one}, but the form asks for {two}. Please calculate it.{end}",
        f"We got a {kind} in {one} and want {two} instead. The value is {value}.{end}",
        f"Find out what the {kind} of {value} {one} is worth in {two}, if you can.{end}",
        f"{s.person()} wrote down {value} {one} as the {kind}. Tell me the same in {two}.{end}",
        f"Express a {kind} of {value} {one} in {two}.{end}",
        f"How many {two} are in a {kind} of {value} {one}?{end}",
        f"I need the {kind} {value} {one} in {two}.{end}",
        plan=[f"convert {value} {one} to {two}", *([f"multiply by {times}"] if times else [])],
    )
    result = _try(
        s, f"unit_{kind}", f"convert the {kind} {value} {one} to {two}", value=value, source=one, target=two
    )
    if times:
        result = s.call("unit_multiply", f"multiply {result} by {times}", a=result, b=times)
        s.answer(f"The result is {result}.", f"It is {result}.", expect=[result])
        return
    s.answer(f"{value} {one} is {result} {two}.", f"It is {result} {two}.", expect=[result])


def temperature(s: Scene) -> None:
    """One temperature."""
    value, target = s.integer(-20, 120), s.rng.choice(("celsius", "fahrenheit"))
    source = "celsius" if target == "fahrenheit" else "fahrenheit"
    s.ask(
        f"To get a feeling for the water, I want its {value} degrees {source} in {target}.",
        f"I measured the water, and it is at {value} degrees {source}. Now I need {target}.",
        f"Help me figure out what {value} degrees {source} is worth in {target}.",
        f"For the following temperature, give me the equivalent in {target}: {value} {source}.",
        f"A friend who has a feeling only for {target} asks how warm {value} degrees {source} is.",
        f"A friend wrote to me that it is {value} degrees {source} at her place. I would understand it better in {target}, so please convert it.",
        f"The water in the pool is at {value} {source}. My app uses {target}, so I want that instead.",
        f"I was told to bring the water to {value} degrees {source}. What temperature do I set in {target}?",
        f"Which {target} temperature is the equivalent of {value} {source}?",
        f"In degrees {target}, express a temperature of {value} degrees {source}.",
        f"As I have no feeling for {source}, please put the following temperature into {target}: {value}.",
        f"{target} instead of {source}, please. The temperature that I wrote down is {value}.",
        f"Before I go swimming I want to know how cold or warm the water is in {target}. The sign says {value} degrees {source}.",
        f"A customer uses {target} only. Express {value} degrees {source} for her.",
        f"temperature of {value} {source} in {target}, please",
        f"My boss gave me {value} {source} as the temperature of the cold room, and the form is in {target}. Do the conversion for me.",
        f"I am getting {value} degrees {source} on my screen, but I only have a feeling for {target}. What is the temperature?",
        f"Convert the temperature {value} {source} to {target}.",
        f"What is a temperature of {value} {source} in {target}?",
        f"The temperature in {s.city()} is {value} {source}. How much is that in {target}?",
        f"Please convert {value} degrees {source} to {target}.",
        f"Temperature: {value} {source}. I need it in {target}.",
        f"My oven shows {value} {source}. Convert this temperature to {target}.",
        f"How many degrees {target} is a temperature of {value} {source}?",
        f"{value} {source} as {target}, please. It is a temperature.",
        f"Could you turn a temperature of {value} {source} into {target}?",
        f"We have to know this temperature in {target}: {value} {source}.",
        f"The recipe says {value} {source}, but my oven only shows {target}. Convert the temperature.",
        f"Tell me in {target} how warm {value} degrees {source} is.",
        f"Temperature from {source} to {target}: the value is {value}.",
        f"{s.person()} measured {value} degrees {source}. What temperature is that in {target}?",
        f"I only understand {target}. What is a temperature of {value} degrees {source}?",
        f"Change the temperature of {value} {source} into {target}, please.",
        f"In {target}, what is the temperature if it is {value} {source}?",
        f"It is {value} degrees {source} outside. What's that in {target}?",
        f"Calculate {value} degrees {source} in {target} for me.",
        f"What does {value} degrees {source} equal in {target}?",
        f"The thermometer reads {value} {source}. Switch that to {target}, please.",
        f"The weather report for {s.city()} gives {value} degrees {source}. I'd like to have it in {target}.",
        f"{value} degrees {source} to {target}",
        f"Figure out what a temperature of {value} {source} comes to in {target}.",
        f"Which temperature in {target} corresponds to {value} degrees {source}?",
        f"Can you translate {value} degrees {source} into {target}? I am used to that scale.",
        f"Show me the temperature in {target}. At the moment it is given as {value} {source}.",
        f"Compute the {target} value of a temperature of {value} degrees {source}.",
        f"If the heater is set to {value} {source}, what temperature is that in {target}?",
        f"Let me know how hot or cold {value} degrees {source} is in {target}.",
        f"The room has a temperature of {value} {source}. Work out the same in {target}.",
        f"How much is {value} {source} on the {target} scale? I mean the temperature.",
        f"{s.person()} set the oven to {value} degrees {source}. Find out what this is in {target}, please.",
        f"Can you help me with a temperature? I have {value} {source} and want {target}.",
        f"Turn {value} degrees {source} into degrees {target}.",
        f"The morning was at {value} {source}. Please calculate what this temperature is in {target}.",
        f"My friend told me it was {value} degrees {source} there. I have no feeling for that, so express it in {target}.",
        f"Temperature conversion, please: {value} {source} -> {target}.",
        f"The water has {value} degrees {source}. Give me its temperature in {target}.",
        f"Would you convert a temperature for me? It is {value} {source}, and I think in {target}.",
        f"My guide says {value} degrees {source} for the morning. Express this temperature in {target}.",
        f"I need the temperature {value} {source} in {target}.",
    )
    result = s.call(
        "unit_temperature", f"convert the temperature {value} to {target}", value=value, target=target
    )
    s.answer(f"It is {result} {target}.", expect=[result])


def exchange(s: Scene) -> None:
    """One exchange of money; the currency may be unknown."""
    one, two = s.rng.sample(sorted(s.world["rates"]), 2)
    if s.rng.random() < 0.2:
        two = s.pick([c for c in CURRENCIES if c not in s.world["rates"]])
    amount = s.money(10, 900)
    _maybe_outage(s, "money_exchange")
    s.ask(
        f"{amount} {one} is what my friend earned. Express it in {two}, please.",
        f"How many {two} is a bill of {amount} {one} worth?",
        f"To figure out the equivalent in {two}, start with {amount} {one}.",
        f"My friend gave me {amount} {one}. What would that be worth to somebody who uses {two}?",
        f"I have earned {amount} {one} this week. Express that in {two}, please.",
        f"In {two}, what is the worth of {amount} {one}?",
        f"What is the equivalent in {two} of {amount} {one}?",
        f"The shop takes only {two}, and {amount} {one} is all that I have. How much money will I receive?",
        f"A customer paid {amount} {one}. My boss wants {two} instead, so convert it, please.",
        f"My friend wrote me a check for {amount} {one}. If I take it to a bank that uses {two}, what do I receive?",
        f"I was told that I earned {amount} {one}, and the tax form is in {two}. What should I enter?",
        f"{amount} {one}, how many {two}?",
        f"I am getting {amount} {one} from a customer. As I need {two} instead, convert it for me.",
        f"Because I pay for my flat in {two}, I have to change the {amount} {one} that I earned. What do I receive?",
        f"Instead of {amount} {one} I want to hold {two}. How much do I receive?",
        f"Convert {amount} {one} to {two}.",
        f"How much is {amount} {one} in {two}?",
        f"{s.person()} has {amount} {one} and wants to exchange it into {two}. How much is that?",
        f"Exchange {amount} {one} into {two}, please.",
        f"I have {amount} {one} in my wallet. How much money is that in {two}?",
        f"Please change {amount} {one} into {two}.",
        f"{amount} {one} in {two}?",
        f"Please convert {amount} {one} into {two}.",
        f"What do I get in {two} for {amount} {one}?",
        f"We have to pay {amount} {one}. How much money is that in {two}?",
        f"Could you turn {amount} {one} into {two} for me?",
        f"The bill is {amount} {one}, but {s.person()} pays in {two}. Convert the amount.",
        f"I would like to know the value of {amount} {one} in {two}.",
        f"money: {amount} {one} to {two}",
        f"From {one} to {two}: convert {amount}, please.",
        f"Into {two}, please: {amount} {one}. How much do I get?",
        f"Do a currency conversion for me. I have {amount} {one} and need {two}.",
        f"A ticket costs {amount} {one}. What is this price in {two}?",
        f"Calculate how much {amount} {one} is in {two}.",
        f"What does {amount} {one} equal in {two}?",
        f"I'd like to swap {amount} {one} for {two}. How much would I receive?",
        f"Figure out the amount in {two} for {amount} {one}, please.",
        f"Let me know how much {two} I can buy with {amount} {one}.",
        f"The price is {amount} {one}. Show it to me in {two}.",
        f"Can you switch {amount} {one} to {two}?",
        f"My budget is {amount} {one}, and I want to spend it in {two}. How much is it?",
        f"{amount} {one} to {two}, please. How much does that make?",
        f"I got {amount} {one} in cash. What's this worth in {two}?",
        f"How many {two} will I get for {amount} {one}?",
        f"A sum of {amount} {one} should be converted to {two}.",
        f"{s.person()} owes me {amount} {one}. I'd like to see that sum in {two}, please.",
        f"currency exchange: {amount} {one} -> {two}",
        f"Please compute the value in {two} of {amount} {one}.",
        f"Hello! Can you help me change {amount} {one} into {two}?",
        f"The hotel costs {amount} {one}. Find out what we pay in {two}.",
        f"Take {amount} {one} and exchange it for {two}. What comes out?",
        f"If something costs {amount} {one}, what does it cost in {two}?",
        f"I earned {amount} {one}, but my bank uses {two}. Calculate how much money I receive.",
        f"Give me the equivalent of {amount} {one} in {two}.",
        f"We want to swap {amount} {one} for {two}. Work out the amount, please.",
        f"If I exchange {amount} {one}, how much {two} will I have?",
        f"Tell me what {amount} {one} is worth in {two}.",
        f"I need {two} for my trip and have {amount} {one}. Work out how much I get.",
        f"How much money is {amount} {one} in {two}?",
    )
    why = f"convert {amount} {one} to {two}"
    value = s.call("money_exchange", why, amount=amount, source=one, target=two)
    if isinstance(value, Failed) and value.message.startswith("Temp"):
        value = s.call("money_exchange", f"try again to {why}", amount=amount, source=one, target=two)
    if isinstance(value, Failed):
        s.answer(f"That is not possible: there is no currency {two}.", expect=[two])
        return
    s.answer(f"{amount} {one} is {value} {two}.", f"It is {value} {two}.", expect=[value])


def rate_times(s: Scene) -> None:
    """A rate from a tool, multiplied by an amount."""
    code, amount = s.rng.choice(sorted(s.world["rates"])), s.integer(2, 400)
    s.ask(
        f"Do a multiplication for me: the rate of {code}, which you look up, by {amount}.",
        f"The multiplication of the rate of {code} by {amount} is what I need. Look up the rate before.",
        f"In order to figure out a price, I need the rate of {code} and a multiplication of it by {amount}.",
        f"By getting the rate of {code} and multiplying it by {amount}, find the number that I need.",
        f"Before multiplying by {amount}, the rate of {code} has to be fetched. What is the result?",
        f"I have to fill in a form with {amount} times the rate of {code}. Getting the rate is the first step.",
        f"{amount} x the exchange rate of {code}, please",
        f"My boss gave me the number {amount} and the currency {code}. Multiply the rate of the currency by the number.",
        f"With {amount} as the factor, multiply the rate of {code}.",
        f"Once the rate of {code} is fetched, take it times {amount}.",
        f"If you have fetched the exchange rate of {code} and multiply it by {amount}, what does that make?",
        f"A friend told me to look at {code}. Find its rate for me, and then give me {amount} times that rate.",
        f"So that I can check a bill, find the product of the rate of {code} and the number {amount}.",
        f"Look up the rate of {code} and multiply it by {amount}.",
        f"What is the rate of {code}? Multiply it by {amount}, please.",
        f"Get the rate of {code}, then multiply it by {amount}.",
        f"I need the rate of {code} times {amount}. Look it up first.",
        f"Find the exchange rate of {code}. Then multiply by {amount} and tell me the result.",
        f"Please multiply the exchange rate of {code} by {amount}.",
        f"Take the rate of {code} and multiply it by {amount}. What is the result?",
        f"What do you get if you multiply the rate of {code} by {amount}?",
        f"We have to know {amount} times the rate of {code}.",
        f"Could you find the rate of {code} and then multiply it by {amount}?",
        f"rate of {code} times {amount}, please",
        f"Look up what the rate of {code} is. After that, multiply this rate by {amount}.",
        f"Multiply {amount} by the rate of {code}, please. You have to look up the rate.",
        f"How much is {amount} times the exchange rate of {code}?",
        f"{s.person()} asks for the rate of {code}, multiplied by {amount}. Find the result.",
        f"By {amount}, please multiply the rate that you find for {code}.",
        f"Fetch the rate of {code} and tell me what it is multiplied by {amount}.",
        f"Calculate {amount} times the rate of {code}. The rate has to be looked up.",
        f"What is the product of {amount} and the exchange rate of {code}?",
        f"Check the current rate of {code}, please, and then give me {amount} times that.",
        f"The currency is {code}. Find its rate and multiply this number by {amount}.",
        f"I'd like to know what the rate of {code} multiplied by {amount} is.",
        f"Can you get the exchange rate of {code} for me and take it times {amount}?",
        f"rate of {code}, multiplied by {amount}: what's the result?",
        f"Find out the rate for {code}. Once you have it, multiply it by {amount}.",
        f"Compute the rate of {code} times {amount}, please.",
        f"Someone wants to hear how much {amount} times the rate of {code} is. Can you work it out?",
        f"See what rate {code} has and multiply that by {amount}.",
        f"Would you check the rate of {code} and let me know the product with {amount}?",
        f"I do not know the exchange rate of {code}. Please find it and multiply it by {amount}.",
        f"The rate of {code} should be multiplied by {amount}. Show me what you get.",
        f"For {code}, fetch the exchange rate, then do the multiplication by {amount}.",
        f"Let me know the result of {amount} times the rate of {code}, which you can look up.",
        f"Figure out the product: the rate of {code} times {amount}.",
        f"{s.person()} needs {amount} times the exchange rate of {code}. Please calculate it.",
        f"Start by getting the rate of {code}. Next, multiply it by {amount} and show me the result.",
        f"For my table I want the rate of {code} times {amount}. Could you get it?",
        f"First the exchange rate of {code}, then that number times {amount}. Tell me what comes out.",
        f"Work out {amount} times the rate of {code} for me.",
        f"Please look up the exchange rate of {code}, then multiply it by {amount}.",
        plan=[f"look up the rate of {code}", f"multiply it by {amount}"],
    )
    rate = s.call("money_rate", f"look up the rate of {code}", currency=code)
    value = s.call("unit_multiply", f"multiply {rate} by {amount}", a=rate, b=amount)
    s.answer(f"The result is {value}.", f"It is {value}.", expect=[value])


def all_rates(s: Scene) -> None:
    """List the currencies, look up each rate in one go or one by one."""
    at_once = s.rng.random() < 0.5
    hint = "all at once" if at_once else "one by one"
    s.ask(
        f"By adding the rates of all currencies that exist, what do you get? Look them up {hint}.",
        f"Before adding the rates of all currencies, get each of them. Please do this {hint}.",
        f"Do you know which currencies exist? Their rates, fetched {hint}, have an overall sum that I need.",
        f"What is the overall total of the rates? Begin with the currencies that exist and look up the rates {hint}.",
        f"A friend asked me what the rates of all currencies make. Get the rates {hint}, then sum them up.",
        f"For a form I must know the overall sum of the rates of all currencies, looked up {hint}.",
        f"Because new currencies may exist, make a list of them first. Then have their rates fetched {hint} and tell me the sum.",
        f"Include every currency on the list: look up the rates {hint} and give me their sum.",
        f"list of currencies, then rates ({hint}), then the total",
        f"My boss told me to add up the rates of all currencies, and they have to be fetched {hint}. List the currencies first.",
        f"By getting the rates of all currencies {hint}, find out their sum.",
        f"In the sum, include the rate of every currency that you have. I want the rates looked up {hint}.",
        f"List all currencies and look up their rates {hint}. Then add up the rates.",
        f"Which currencies are there? Look up the rate of each {hint} and add them up.",
        f"I need the sum of the rates of all currencies. Look them up {hint}.",
        f"Please list the currencies, get the rates {hint} and tell me their total.",
        f"Look up the rate of every currency, {hint}, and add up the rates.",
        f"Get all currencies, then their rates ({hint}), then the sum of the rates.",
        f"Add up the rates of all currencies. Look them up {hint}, please.",
        f"What is the sum of all currency rates? Please look them up {hint}.",
        f"Find out which currencies you have, look up their rates {hint}, and give me the sum.",
        f"We have to know the total of all rates. Get the list of currencies and look up each rate, {hint}.",
        f"sum of the rates of all currencies, looked up {hint}",
        f"Could you look up the rates of all the currencies {hint} and tell me the sum?",
        f"For every currency that you know, get its rate. Do it {hint}, and then add up the rates.",
        f"{s.person()} wants the total of all the rates. Start with the list of currencies and get the rates {hint}.",
        f"Do this {hint}: look up the rate of each currency in the list. At the end, add them up.",
        f"I would like one number, the total of the rates of all currencies. Please get them {hint}.",
        f"Calculate the total of the rates of all currencies. Fetch the rates {hint}.",
        f"See which currencies exist, check the rate of each of them {hint}, and sum up the rates.",
        f"Show me the sum of the exchange rates of all currencies, please. They should be looked up {hint}.",
        f"I do not know which currencies you have. List them, find out their rates {hint} and add everything up.",
        f"What do all the rates add up to? List the currencies and get the rates {hint}.",
        f"Can you sum up the rates of all currencies? Please fetch them {hint}.",
        f"Get me a list of the currencies, check their rates {hint}, and let me know the sum.",
        f"Sum up the exchange rates of every currency. It is important that you look them up {hint}.",
        f"{hint.capitalize()}, please look up the rate of every currency, and then calculate the sum.",
        f"Figure out the total of all exchange rates. First list the currencies, then get each rate, {hint}.",
        f"total of all rates, please. Fetch them {hint}.",
        f"Let me know what the rates of all currencies come to in total. Get the rates {hint}, please.",
        f"There is a list of currencies. Find each of their rates {hint} and compute the sum.",
        f"My report needs the sum of all currency rates. Would you look them up {hint} and add them?",
        f"Please see what currencies there are and check the rates {hint}. In the end, tell me the total.",
        f"I'd like you to get the exchange rate of each currency, {hint}, and to give me the total.",
        f"Once you have the list of all currencies, look up their rates {hint}. After that, sum them up.",
        f"Compute the sum of the rates of all the currencies that exist. The rates should be fetched {hint}.",
        f"Can you find the rates of all currencies, {hint}, and calculate how much they are together?",
        f"Work out what you get if you add up the rates of all currencies. Look up the rates {hint}.",
        f"How much do the rates of all currencies make together? Get them {hint}.",
        f"First I need the list of currencies. Then find the rate of each, {hint}, and the sum of them all.",
        f"Take every currency there is, find the rates {hint}, and work out their total.",
        f"Please look up the rates of all currencies {hint} and add them up.",
        plan=["list all currencies", "look up the rate of each currency", "add up the rates"],
    )
    codes = s.call("money_currencies", "list all currencies")
    if at_once:
        why = f"look up the rates of {', '.join(codes)}"
        rates = s.parallel(why, *(("money_rate", {"currency": code}) for code in codes))
    else:
        rates = [s.call("money_rate", f"look up the rate of {code}", currency=code) for code in codes]
    total = s.call("unit_sum", f"add up {', '.join(str(r) for r in rates)}", values=rates)
    s.answer(f"The sum of the rates is {total}.", f"The sum is {total}.", expect=[total])


def several(s: Scene) -> None:
    """Two or three lengths or weights to one unit in parallel, then their sum."""
    kind = s.rng.choice(("length", "weight"))
    target, *units = s.rng.sample(sorted(LENGTHS if kind == "length" else WEIGHTS), s.integer(3, 4))
    given = [(s.integer(2, 300), unit) for unit in units]
    text = ", ".join(f"{n} {unit}" for n, unit in given)
    s.ask(
        f"By adding the {kind}s {text}, what overall {kind} do you get in {target}?",
        f"Before adding these {kind}s, convert each to {target}: {text}.",
        f"I measured some {kind}s, and they are {text}. Adding them up in {target} is what I want you to do.",
        f"The following are {kind}s of boxes: {text}. Express them in {target} and add them up.",
        f"My friend gave me a list of {kind}s, namely {text}. With {target} as the unit, what is the sum?",
        f"On a box somebody wrote several {kind}s, which are {text}. What is the overall number of {target}?",
        f"As one overall {kind} in {target}, what do you get for {text}?",
        f"Include all of the following {kind}s in one sum, with {target} as the unit: {text}.",
        f"A customer told me {text} as the {kind}s. Instead of different units I want {target}, and then the sum.",
        f"{text}, as a sum of {kind}s in {target}?",
        f"So that I can fill in a form, convert the {kind}s {text} to {target} and find the overall sum.",
        f"If my boss puts {text} on one list of {kind}s, what is the sum in {target}?",
        f"The total must include these {kind}s: {text}. Convert each into {target} before you add.",
        f"How much would all of it be in {target}, if the {kind}s are {text}?",
        f"Convert these {kind}s to {target} and add them up: {text}.",
        f"{text}: convert each {kind} to {target}, then give me the sum.",
        f"I have the {kind}s {text}. What is their sum in {target}?",
        f"What is the total {kind} in {target}? The parts are {text}.",
        f"Please add up these {kind}s in {target}: {text}. Convert them first.",
        f"{s.person()} measured the {kind}s {text}. Convert all to {target} and add them up.",
        f"Convert to {target}, then add up. The {kind}s are {text}.",
        f"How much {target} do these {kind}s make together: {text}?",
        f"We have to know the sum of the {kind}s {text} in {target}.",
        f"Could you turn the {kind}s {text} into {target} and tell me the total?",
        f"sum of {kind}s in {target}: {text}",
        f"I need one total in {target} for these {kind}s: {text}.",
        f"There are several {kind}s on my list: {text}. Bring them all to {target} and give me the total.",
        f"In {target}, what do the {kind}s {text} add up to?",
        f"My notes have {kind}s in different units: {text}. Add them up in {target}, please.",
        f"First convert each {kind} to {target}, then find the sum. Here they are: {text}.",
        f"Calculate the sum of these {kind}s in {target}: {text}.",
        f"Sum up the {kind}s {text} and tell me the result in {target}.",
        f"I'd like to know the total {kind} of {text} in {target}.",
        f"Change all of these {kind}s into {target} and sum them up: {text}.",
        f"My {kind}s are {text}. Switch them all to {target}, then add them together.",
        f"What do you get in {target} if you add the {kind}s {text}?",
        f"Here is a list of {kind}s: {text}. Figure out the total in {target}, please.",
        f"total {kind} in {target}, please: {text}",
        f"Can you add the {kind}s {text} together and give me the sum in {target}?",
        f"The parts have the {kind}s {text}. Let me know how much {target} they are in all.",
        f"Compute the {kind}s {text} in {target}, and after that their total.",
        f"The {kind}s {text} should be converted to {target} and summed up.",
        f"Every {kind} here has its own unit: {text}. Turn each into {target} and find the total.",
        f"Show me what the {kind}s {text} come to in {target}, all together.",
        f"Would you mind adding up some {kind}s for me? They are {text}, and I want {target}.",
        f"If I put the {kind}s {text} together, what is the total in {target}?",
        f"For my form I need the overall sum in {target}. The {kind}s to include are {text}.",
        f"Take the {kind}s {text}, change each of them to {target}, and sum up the results.",
        f"{s.person()} gave me these {kind}s: {text}. How many {target} is that in total?",
        f"Calculate the overall {kind} in {target} of the following: {text}.",
        f"Work out the {kind} of all of this in {target}: {text}.",
        f"{s.person()} has the {kind}s {text} and asks what they are together in {target}.",
        f"Here are some {kind}s: {text}. I want each of them in {target} and then the total.",
        f"Please convert the {kind}s {text} to {target} and give me the sum.",
        plan=[f"convert {text} to {target}", "add up the results"],
    )
    calls = [(f"unit_{kind}", {"value": n, "source": unit, "target": target}) for n, unit in given]
    values = s.parallel(f"convert the {kind}s {text} to {target}", *calls)
    total = s.call("unit_sum", f"add up {', '.join(str(v) for v in values)}", values=values)
    s.answer(f"The sum is {total} {target}.", f"Together {total} {target}.", expect=[total])


DOMAIN = Domain("conversion", OPS, world, (one_unit, temperature, exchange, rate_times, all_rates, several))
