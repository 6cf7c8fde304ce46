"""Parking garage: free spaces by level, parking, fees, more time. Never part of training."""

from __future__ import annotations

from typing import Any

from mtp_trainer.toolworld.ops import BOOLEAN, INTEGER, STRING, Op, P, ToolFailure, World
from mtp_trainer.toolworld.scene import Domain, Failed, Scene

CAR = P(
    "car",
    STRING,
    ("car", "plate", "vehicle", "car_plate"),
    ("Plate of the car", "Which car", "The car's plate"),
)
LEVEL = P(
    "level",
    INTEGER,
    ("level", "floor", "deck", "storey"),
    ("Number of the level", "Which level", "The level"),
)
MINUTES = P(
    "minutes",
    INTEGER,
    ("minutes", "duration", "mins", "extra_minutes"),
    ("Number of minutes", "How many minutes", "The minutes"),
)


def _free(world: World, level: int) -> Any:
    if str(level) not in world["free"]:
        raise ToolFailure(f"No level {level}. Levels: {', '.join(world['free'])}.")
    return world["free"][str(level)]


def _park(world: World, car: str, level: int) -> Any:
    if _free(world, level) <= 0:
        raise ToolFailure(f"Level {level} is full.")
    if car in world["cars"]:
        raise ToolFailure(f"Car {car} is already parked.")
    world["free"][str(level)] -= 1
    world["cars"][car] = {"fee": 0, "minutes": 60}
    return "parked"


def _car(world: World, car: str) -> dict[str, Any]:
    if car not in world["cars"]:
        raise ToolFailure(f"Car {car} is not parked here.")
    found: dict[str, Any] = world["cars"][car]
    return found


def _extend(world: World, car: str, minutes: int) -> Any:
    if minutes <= 0:
        raise ToolFailure("The minutes must be positive.")
    _car(world, car)["minutes"] += minutes
    return world["cars"][car]["minutes"]


def _gate(world: World, on: bool) -> Any:
    world["gate"] = on
    return "done"


OPS = (
    Op(
        "free",
        ("free_spaces", "get_free_spaces", "spaces_on_level", "count_free", "level_spaces"),
        (
            "Number of free spaces on a level.",
            "How many spaces are free on a level of the garage.",
            "Count the free spaces of one level.",
            "Count how many spaces are free on a level.",
        ),
        (LEVEL,),
        _free,
        "spaces",
    ),
    Op(
        "levels",
        ("list_levels", "all_levels", "garage_levels", "get_levels", "show_levels"),
        (
            "List the levels of the garage.",
            "Numbers of all levels of the garage.",
            "Which levels the garage has.",
            "List all levels of the garage.",
        ),
        (),
        lambda world: [int(level) for level in world["free"]],
        "levels",
    ),
    Op(
        "park",
        ("park_car", "park", "enter_garage", "take_space", "park_vehicle"),
        (
            "Park a car on a level.",
            "Park a car in a free space of a level.",
            "Let a car park on a level of the garage.",
            "Park one car on a level of the garage.",
        ),
        (CAR, LEVEL),
        _park,
        "status",
    ),
    Op(
        "fee",
        ("parking_fee", "get_fee", "fee_of_car", "check_fee", "car_fee"),
        (
            "Parking fee of a car.",
            "How much a parked car has to pay.",
            "Check the fee of a parked car.",
            "Check the parking fee of a car.",
        ),
        (CAR,),
        lambda world, car: _car(world, car)["fee"],
        "fee",
    ),
    Op(
        "extend",
        ("extend_time", "add_parking_time", "extend_parking", "more_time", "extend_minutes"),
        (
            "Extend the parking time of a car by minutes; returns the minutes left.",
            "Add minutes to the parking time of a car.",
            "Give a parked car more minutes.",
            "Extend the parking time of a car by some minutes.",
        ),
        (CAR, MINUTES),
        _extend,
        "minutes",
    ),
    Op(
        "gate",
        ("set_gate", "garage_gate", "switch_gate", "move_gate", "gate"),
        (
            "Open or close the gate of the garage.",
            "Gate of the garage: open or closed.",
            "Set the gate open or closed.",
            "Open the gate of the garage, or close it.",
        ),
        (
            P(
                "on",
                BOOLEAN,
                ("open", "on", "is_open", "state"),
                ("True to open, false to close", "Whether it is open", "True: open; false: closed"),
            ),
        ),
        _gate,
        "status",
    ),
)


def world(s: Scene) -> World:
    """Three or four levels and three parked cars."""
    cars: dict[str, Any] = {}
    while len(cars) < 3:
        cars[s.code()] = {"fee": s.money(2, 40), "minutes": s.integer(5, 120)}
    free = {str(level): s.integer(1, 60) for level in range(1, s.integer(3, 4) + 1)}
    return {"free": free, "cars": cars, "gate": False}


def _level(s: Scene) -> int:
    return int(s.pick(list(s.world["free"])))


def free_on_level(s: Scene) -> None:
    """Free spaces of one level, which may not exist."""
    level = s.integer(5, 9) if s.integer(1, 5) == 1 else _level(s)
    s.ask(
        f"How many spaces are free on level {level}?",
        f"Count the free spaces on level {level}.",
        f"Are there free spaces on level {level} of the garage? How many?",
        f"Level {level}: number of free spaces, please.",
        f"Can you tell me how many free spaces level {level} has?",
        f"I want to park on level {level}. How many spaces are free there?",
        f"Please count how many spaces are free on level {level}.",
    )
    spaces = s.call("free", f"count the free spaces on level {level}", level=level)
    if isinstance(spaces, Failed):
        levels = ", ".join(s.world["free"])
        s.answer(f"There is no level {level}. The levels are {levels}.", expect=[level, levels])
        return
    s.answer(f"Level {level} has {spaces} free spaces.", f"{spaces} spaces are free.", expect=[spaces])


def park_and_count(s: Scene) -> None:
    """Parks a car, then counts the free spaces that are left."""
    car, level = s.code(), _level(s)
    while car in s.world["cars"]:
        car = s.code()
    s.ask(
        f"Park the car {car} on level {level} and tell me how many spaces are free there then.",
        f"Park {car} on level {level}, then count the free spaces of this level.",
        f"Car {car} wants to park on level {level}. How many free spaces are there after that?",
        f"First park the car {car} on level {level}, then count the free spaces on this level.",
        f"Let the car {car} park on level {level}. How many spaces are free on the level then?",
        f"Can you park {car} on level {level} and count the free spaces that are left?",
        f"Please park the car {car} on level {level}, then count how many spaces are free there.",
        plan=[f"park the car {car} on level {level}", f"count the free spaces on level {level}"],
    )
    s.call("park", f"park the car {car} on level {level}", car=car, level=level)
    spaces = s.call("free", f"count the free spaces on level {level}", level=level)
    s.answer(f"The car {car} is parked. Level {level} has {spaces} free spaces.", expect=[car, spaces])


def fees(s: Scene) -> None:
    """The fee of one car, or of two in parallel."""
    one, two = s.sample(list(s.world["cars"]), 2)
    both = s.rng.random() < 0.5
    what = f"the cars {one} and {two}" if both else f"the car {one}"
    s.ask(
        f"What is the parking fee of {what}?",
        f"Check the fee of {what}.",
        f"Tell me the parking fee for {what}, please.",
        f"Parking fee of {what}?",
        f"Can you check the fee for {what}?",
        f"I want to pay for {what}. What is the parking fee?",
        f"Please check the parking fee of {what}.",
    )
    cars = [one, two] if both else [one]
    values = s.parallel(f"check the parking fee of {what}", *[("fee", {"car": car}) for car in cars])
    shown = ", ".join(f"{car}: {value}" for car, value in zip(cars, values, strict=True))
    s.answer(f"The parking fee is {shown}.", shown, expect=values)


def extend_one(s: Scene) -> None:
    """Extends the parking time, perhaps at the second attempt."""
    car, minutes = s.pick(list(s.world["cars"])), s.integer(5, 90)
    if s.integer(1, 3) == 1:
        s.outage("extend")
    s.ask(
        f"Extend the parking time of {car} by {minutes} minutes.",
        f"Add {minutes} minutes to the parking time of the car {car}.",
        f"The car {car} needs {minutes} more minutes. Extend the parking time, please.",
        f"Give the car {car} {minutes} more minutes. How many are left then?",
        f"Car {car}: extend the time by {minutes} minutes.",
        f"I am late. Can you extend the parking time of my car {car} by {minutes} minutes?",
        f"Please extend the parking time of the car {car} by {minutes} minutes.",
    )
    why = f"extend the parking time of {car} by {minutes} minutes"
    left = s.call("extend", why, car=car, minutes=minutes)
    if isinstance(left, Failed):
        left = s.call("extend", why, car=car, minutes=minutes)
    s.answer(f"The car {car} has {left} minutes left.", f"Done, {left} minutes are left.", expect=[left])


def all_levels(s: Scene) -> None:
    """Lists the levels, then counts the free spaces of each, one by one."""
    s.ask(
        "List the levels of the garage and count the free spaces of each, one by one.",
        "Which levels does the garage have? Count the free spaces on each one by one.",
        "Go through all levels of the garage, one by one, and tell me how many spaces are free.",
        "First list the levels. Then count the free spaces on every level, one by one.",
        "I need the free spaces of all levels. Get the levels, then count one by one.",
        "For every level of the garage, tell me the free spaces. List them, then go one by one.",
        "Please list the levels of the garage, then count the free spaces on each one by one.",
        plan=["list the levels", "count the free spaces on each, one by one"],
    )
    levels = s.call("levels", "list the levels of the garage")
    spaces = [s.call("free", f"count the free spaces on level {level}", level=level) for level in levels]
    shown = ", ".join(f"level {level}: {count}" for level, count in zip(levels, spaces, strict=True))
    s.answer(f"The free spaces are {shown}.", shown, expect=spaces)


SCENARIOS = (free_on_level, park_and_count, fees, extend_one, all_levels)
DOMAIN = Domain("unseen_parking", OPS, world, SCENARIOS, unseen=True)
