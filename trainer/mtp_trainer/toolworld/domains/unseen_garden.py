"""Garden irrigation: water beds, soil moisture, watering plan. Never part of training."""

from __future__ import annotations

from typing import Any

from mtp_trainer.toolworld.ops import BOOLEAN, INTEGER, STRING, Op, P, ToolFailure, World
from mtp_trainer.toolworld.scene import Domain, Failed, Scene

BEDS = ("roses", "herbs", "beans", "carrots", "peas", "onions", "tulips", "lettuce", "berries")
BED = P(
    "bed", STRING, ("bed", "garden_bed", "plants", "area"), ("Name of the bed", "Which bed", "The garden bed")
)
MINUTES = P(
    "minutes",
    INTEGER,
    ("minutes", "duration", "mins", "length"),
    ("Number of minutes", "How many minutes", "The minutes"),
)
TIME = P(
    "time",
    STRING,
    ("time", "start", "at", "start_time"),
    ("Time as HH:MM", "When to start, as HH:MM", "Start as HH:MM"),
)


def _bed(world: World, bed: str) -> dict[str, Any]:
    if bed not in world["beds"]:
        raise ToolFailure(f"No bed '{bed}'. Beds: {', '.join(world['beds'])}.")
    found: dict[str, Any] = world["beds"][bed]
    return found


def _water(world: World, bed: str, minutes: int) -> Any:
    if minutes <= 0:
        raise ToolFailure("Water for at least 1 minute.")
    _bed(world, bed)["watered"] += minutes
    return "watered"


def _schedule(world: World, bed: str, time: str, minutes: int) -> Any:
    _bed(world, bed)["schedule"] = f"{time}, {minutes}"
    return "saved"


def _valve(world: World, on: bool) -> Any:
    world["valve"] = on
    return "done"


OPS = (
    Op(
        "water",
        ("water_bed", "irrigate", "water", "start_watering", "water_plants"),
        (
            "Water a bed for some minutes.",
            "Give water to a bed for some minutes.",
            "Water one garden bed now.",
            "Water one bed for some minutes.",
        ),
        (BED, MINUTES),
        _water,
        "status",
    ),
    Op(
        "moisture",
        ("soil_moisture", "get_moisture", "measure_moisture", "check_soil", "read_moisture"),
        (
            "Soil moisture of a bed, in percent.",
            "How wet the soil of a bed is, in percent.",
            "Measure the moisture of the soil in a bed.",
            "Measure the soil moisture of a bed.",
        ),
        (BED,),
        lambda world, bed: _bed(world, bed)["moisture"],
        "percent",
    ),
    Op(
        "plan",
        ("watering_plan", "beds_to_water", "todays_plan", "get_plan", "list_plan"),
        (
            "Plan of watering: list the beds to water today.",
            "Which beds the plan wants to be watered today.",
            "Beds on the watering plan of today.",
            "List the beds on the watering plan of today.",
        ),
        (),
        lambda world: list(world["plan"]),
        "beds",
    ),
    Op(
        "need",
        ("minutes_needed", "planned_minutes", "watering_time", "minutes_for_bed", "needed_minutes"),
        (
            "How many minutes of water a bed needs.",
            "Minutes of watering that a bed needs.",
            "Find out how many minutes a bed should be watered.",
            "Tell how many minutes of water a bed needs.",
        ),
        (BED,),
        lambda world, bed: _bed(world, bed)["need"],
        "minutes",
    ),
    Op(
        "schedule",
        ("set_schedule", "schedule_watering", "plan_watering", "daily_watering", "save_schedule"),
        (
            "Set the daily schedule of a bed: time and minutes.",
            "Schedule the watering of a bed every day at a time.",
            "Set when and how long a bed is watered every day.",
            "Set the daily watering schedule of a bed.",
        ),
        (BED, TIME, MINUTES),
        _schedule,
        "status",
    ),
    Op(
        "valve",
        ("main_valve", "set_valve", "switch_valve", "water_valve", "valve"),
        (
            "Open or close the main valve.",
            "Main valve of the water: open or closed.",
            "Set the main valve open or closed.",
            "Open the main valve, or close it.",
        ),
        (
            P(
                "on",
                BOOLEAN,
                ("open", "on", "is_open", "state"),
                ("True to open, false to close", "Whether it is open", "True: open; false: closed"),
            ),
        ),
        _valve,
        "status",
    ),
)


def world(s: Scene) -> World:
    """Four beds, of which two or three are on today's plan."""
    beds = {
        bed: {"moisture": s.integer(5, 90), "need": s.integer(4, 40), "watered": 0, "schedule": ""}
        for bed in s.sample(BEDS, 4)
    }
    return {"beds": beds, "plan": s.sample(list(beds), s.integer(2, 3)), "valve": s.rng.random() < 0.5}


def water_one(s: Scene) -> None:
    """Waters a bed, perhaps at the second attempt."""
    bed, minutes = s.pick(list(s.world["beds"])), s.integer(3, 45)
    if s.integer(1, 3) == 1:
        s.outage("water")
    s.ask(
        f"Water the {bed} for {minutes} minutes.",
        f"The {bed} are dry. Give them water for {minutes} minutes.",
        f"Please water the bed with the {bed} for {minutes} minutes.",
        f"Bed: {bed}. Water it for {minutes} minutes.",
        f"Can you water the {bed} now, for {minutes} minutes?",
        f"{minutes} minutes of water for the {bed}, please.",
        f"Please water the {bed} now for {minutes} minutes.",
    )
    why = f"water the {bed} for {minutes} minutes"
    if isinstance(s.call("water", why, bed=bed, minutes=minutes), Failed):
        s.call("water", why, bed=bed, minutes=minutes)
    s.answer(
        f"I watered the {bed} for {minutes} minutes.",
        f"Done, {minutes} minutes for the {bed}.",
        expect=[bed, minutes],
    )


def moisture(s: Scene) -> None:
    """The soil moisture of one bed, or of two in parallel."""
    one, two = s.sample(list(s.world["beds"]), 2)
    both = s.rng.random() < 0.5
    what = f"the {one} and the {two}" if both else f"the {one}"
    s.ask(
        f"What is the soil moisture of {what}?",
        f"Measure the moisture of the soil of {what}.",
        f"How wet is the soil of {what}?",
        f"Check the soil moisture of {what}, please.",
        f"I want to know how wet the soil is. Measure it for {what}.",
        f"Soil moisture of {what}, in percent?",
        f"Please measure how wet the soil of {what} is.",
    )
    beds = [one, two] if both else [one]
    values = s.parallel(f"measure the soil moisture of {what}", *[("moisture", {"bed": bed}) for bed in beds])
    shown = ", ".join(f"{bed}: {value} percent" for bed, value in zip(beds, values, strict=True))
    s.answer(f"The soil moisture is {shown}.", shown, expect=values)


def schedule_one(s: Scene) -> None:
    """Sets a daily schedule."""
    bed, time, minutes = s.pick(list(s.world["beds"])), s.time(), s.integer(3, 45)
    s.ask(
        f"Set the daily schedule of the {bed}: {time}, {minutes} minutes.",
        f"Schedule the watering of the {bed} every day at {time} for {minutes} minutes.",
        f"The {bed} should get water every day at {time}, for {minutes} minutes.",
        f"Every day at {time}, the {bed} need {minutes} minutes of water. Set the schedule.",
        f"Can you set a schedule for the {bed}? Time: {time}. Minutes: {minutes}.",
        f"Daily watering of the {bed}: start at {time}, {minutes} minutes.",
        f"Please set the schedule of the {bed} to {time} every day for {minutes} minutes.",
    )
    s.call(
        "schedule",
        f"set the schedule of the {bed} to {time} for {minutes} minutes",
        bed=bed,
        time=time,
        minutes=minutes,
    )
    s.answer(f"The {bed} get water every day at {time} for {minutes} minutes.", expect=[bed, time, minutes])


def water_as_needed(s: Scene) -> None:
    """Finds how many minutes a bed needs, then waters it that long."""
    bed = s.pick(list(s.world["beds"]))
    s.ask(
        f"How many minutes of water do the {bed} need? Water them that long.",
        f"Find out how many minutes the {bed} need and water them for these minutes.",
        f"Water the {bed} for as many minutes as they need. Look that up first.",
        f"First find the minutes of water that the {bed} need, then water the bed.",
        f"The {bed} need water. Look up how many minutes, then water them.",
        f"Can you look up how many minutes of water the {bed} need, and water them that long?",
        f"Please find how many minutes of water the {bed} need, then water them that long.",
        plan=[f"find how many minutes the {bed} need", f"water the {bed} for these minutes"],
    )
    minutes = s.call("need", f"find how many minutes the {bed} need", bed=bed)
    s.call("water", f"water the {bed} for {minutes} minutes", bed=bed, minutes=minutes)
    s.answer(
        f"I watered the {bed} for {minutes} minutes.",
        f"Done, {minutes} minutes for the {bed}.",
        expect=[bed, minutes],
    )


def water_plan(s: Scene) -> None:
    """Lists the beds of today's plan, then waters each, one by one."""
    minutes = s.integer(3, 45)
    s.ask(
        f"List the beds on today's watering plan and water each for {minutes} minutes, one by one.",
        f"Which beds are on the plan today? Water each of them for {minutes} minutes, one by one.",
        f"Get the watering plan of today. Then water every bed on it, one by one, for {minutes} minutes.",
        f"Go through the plan of today one by one and water each bed for {minutes} minutes.",
        f"First list the beds to water today, then water each one by one for {minutes} minutes.",
        f"Water all beds on today's plan one by one, {minutes} minutes each. List the plan first.",
        f"Please list the watering plan of today, then water each bed for {minutes} minutes one by one.",
        plan=["list the beds on the plan", f"water each for {minutes} minutes, one by one"],
    )
    beds = s.call("plan", "list the beds on the watering plan")
    for bed in beds:
        s.call("water", f"water the {bed} for {minutes} minutes", bed=bed, minutes=minutes)
    shown = ", ".join(beds)
    s.answer(f"I watered these beds for {minutes} minutes: {shown}.", f"Done: {shown}.", expect=beds)


DOMAIN = Domain(
    "unseen_garden", OPS, world, (water_one, moisture, schedule_one, water_as_needed, water_plan), unseen=True
)
