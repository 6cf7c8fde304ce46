# ruff: noqa: E501
"""Smart home and weather: thermostats, lights, sensors, forecasts."""

from __future__ import annotations

from typing import Any

from mtp_trainer.toolworld.ops import (
    BOOLEAN,
    INTEGER,
    NUMBER,
    STRING,
    JsonSchema,
    Op,
    P,
    ToolFailure,
    World,
    enum,
    number,
)
from mtp_trainer.toolworld.scene import Domain, Failed, Scene
from mtp_trainer.toolworld.words import CITIES

ROOMS = ("kitchen", "bathroom", "bedroom", "hall", "study", "garage", "cellar", "attic", "office")
LIGHT_COLORS = ("red", "blue", "green", "white", "yellow", "purple")
SENSORS = ("temperature", "humidity", "noise")
SKIES = ("sunny", "cloudy", "rainy", "snowy", "foggy", "stormy")
PERIOD: JsonSchema = {
    "type": "object",
    "properties": {"start": {"type": "string"}, "end": {"type": "string"}},
    "required": ["start", "end"],
}

ROOM = P(
    "room", STRING, ("room", "room_name", "place", "where"), ("Name of the room", "Which room", "The room")
)
CITY = P(
    "city", STRING, ("city", "town", "location", "city_name"), ("Name of the city", "Which city", "The city")
)
DEGREES = P(
    "degrees",
    NUMBER,
    ("degrees", "temperature", "target", "celsius"),
    ("Degrees Celsius", "Target in degrees", "Degrees"),
)


def _room(world: World, room: str) -> dict[str, Any]:
    if room not in world["rooms"]:
        raise ToolFailure(f"No room '{room}'. Rooms: {', '.join(world['rooms'])}.")
    found: dict[str, Any] = world["rooms"][room]
    return found


def _city(world: World, city: str) -> dict[str, Any]:
    if city not in world["weather"]:
        raise ToolFailure(f"No forecast for '{city}'.")
    found: dict[str, Any] = world["weather"][city]
    return found


def _set(world: World, room: str, field: str, value: Any) -> Any:
    _room(world, room)[field] = value
    return "done"


def _thermostat(world: World, room: str, degrees: float) -> Any:
    if not 5 <= degrees <= 30:
        raise ToolFailure("A thermostat goes from 5 to 30 degrees.")
    return _set(world, room, "target", number(degrees))


def _dim(world: World, room: str, percent: int) -> Any:
    if not 0 <= percent <= 100:
        raise ToolFailure("The brightness goes from 0 to 100 percent.")
    return _set(world, room, "brightness", percent)


def _all_off(world: World) -> Any:
    for room in world["rooms"].values():
        room["light"] = False
    return "done"


OPS = (
    Op(
        "thermostat",
        ("set_thermostat", "set_heating", "heat_room", "set_temperature", "thermostat"),
        (
            "Set the thermostat of a room to some degrees.",
            "Set how warm a room should be, in degrees.",
            "Set the target temperature of a room.",
            "Set the thermostat of a room.",
        ),
        (ROOM, DEGREES),
        _thermostat,
        "status",
    ),
    Op(
        "switch",
        ("switch_light", "light_switch", "turn_light", "set_light", "toggle_light"),
        (
            "Switch the light of a room on or off.",
            "Turn the light in a room on or off.",
            "Light of a room: on or off.",
            "Turn the light of a room on or off.",
        ),
        (
            ROOM,
            P(
                "on",
                BOOLEAN,
                ("on", "state", "power", "lit"),
                ("True for on, false for off", "Whether the light is on", "True: on; false: off"),
            ),
        ),
        lambda world, room, on: _set(world, room, "light", on),
        "status",
    ),
    Op(
        "dim",
        ("set_brightness", "dim_light", "light_brightness", "brightness", "dim"),
        (
            "Set the brightness of the light in a room, in percent.",
            "Dim the light of a room to some percent.",
            "How bright the light of a room is to be, in percent.",
            "Set the brightness of the light of a room.",
        ),
        (
            ROOM,
            P(
                "percent",
                INTEGER,
                ("percent", "brightness", "level", "value"),
                ("Brightness in percent", "Percent, 0 to 100", "How bright, in percent"),
            ),
        ),
        _dim,
        "status",
    ),
    Op(
        "color",
        ("set_light_color", "light_color", "color_light", "change_color", "set_color"),
        (
            "Set the colour of the light in a room.",
            "Change the colour of the light of a room.",
            "Give the light in a room another colour.",
            "Change the colour of the light in a room.",
        ),
        (
            ROOM,
            P(
                "color",
                enum(*LIGHT_COLORS),
                ("color", "colour", "light_color", "tint"),
                ("Colour of the light", "Which colour", "The colour"),
            ),
        ),
        lambda world, room, color: _set(world, room, "color", color),
        "status",
    ),
    Op(
        "sensor",
        ("read_sensor", "sensor_value", "measure", "get_sensor", "check_sensor"),
        (
            "Read a sensor of a room.",
            "Measure the temperature, humidity or noise in a room.",
            "Read what a sensor in a room measures now.",
            "Read the temperature, humidity or noise in a room.",
        ),
        (
            ROOM,
            P(
                "sensor",
                enum(*SENSORS),
                ("sensor", "quantity", "kind", "measure"),
                ("Which sensor", "What to measure", "Kind of sensor"),
            ),
        ),
        lambda world, room, sensor: _room(world, room)[sensor],
        "value",
    ),
    Op(
        "period",
        ("schedule_heating", "heating_period", "plan_heating", "heating_times", "set_heating_times"),
        (
            "Plan the hours between which a room is heated.",
            "Set from when to when a room is heated.",
            "Heating times of a room, with start and end.",
            "Set the times between which a room is heated.",
        ),
        (
            ROOM,
            P(
                "period",
                PERIOD,
                ("period", "times", "hours", "interval"),
                ("Start and end as HH:MM", "From when to when, as HH:MM", "Times as HH:MM"),
            ),
        ),
        lambda world, room, period: _set(
            world, room, "period", {key: str(period.get(key, "")) for key in ("start", "end")}
        ),
        "status",
    ),
    Op(
        "forecast",
        ("forecast", "weather_forecast", "get_weather", "weather", "get_forecast"),
        (
            "Weather forecast of a city for tomorrow: sky and degrees.",
            "What the weather will be in a city tomorrow.",
            "Tomorrow's weather in a city.",
            "Weather in a city tomorrow: sky and degrees.",
        ),
        (CITY,),
        lambda world, city: dict(_city(world, city)["forecast"]),
    ),
    Op(
        "rain",
        ("rain_chance", "chance_of_rain", "rain_probability", "will_it_rain", "get_rain"),
        (
            "Chance of rain in a city, in percent.",
            "How likely rain is in a city.",
            "Percent chance that it will rain in a city.",
            "How likely rain is in a city, in percent.",
        ),
        (CITY,),
        lambda world, city: _city(world, city)["rain"],
        "percent",
    ),
    Op(
        "rooms",
        ("list_rooms", "all_rooms", "get_rooms", "show_rooms", "rooms"),
        (
            "List the rooms of the house.",
            "Names of all rooms.",
            "Show which rooms the house has.",
            "List all rooms of the house.",
        ),
        (),
        lambda world: list(world["rooms"]),
        "rooms",
    ),
    Op(
        "all_off",
        ("all_lights_off", "lights_out", "turn_off_all", "everything_off", "all_off"),
        (
            "Turn off all lights in the house.",
            "Switch every light in the house off.",
            "All lights off at once.",
            "Switch off all lights in the house.",
        ),
        (),
        _all_off,
        "status",
    ),
)


def world(s: Scene) -> World:
    """Four rooms and three cities."""
    rooms = {
        room: {
            "target": s.integer(16, 22),
            "light": s.rng.random() < 0.5,
            "brightness": s.integer(1, 100),
            "color": s.pick(LIGHT_COLORS),
            "temperature": number(s.integer(8, 27) + s.pick((0, 0.5, 0.2))),
            "humidity": s.integer(25, 80),
            "noise": s.integer(20, 70),
        }
        for room in s.sample(ROOMS, 4)
    }
    weather = {
        city: {"forecast": {"sky": s.pick(SKIES), "degrees": s.integer(6, 29)}, "rain": s.integer(0, 100)}
        for city in s.sample(CITIES, 3)
    }
    return {"rooms": rooms, "weather": weather}


def _a_room(s: Scene) -> str:
    rooms: list[str] = list(s.world["rooms"])
    return s.pick(rooms)


def set_one(s: Scene) -> None:
    """Sets the thermostat, which may be busy at first."""
    room, degrees = _a_room(s), number(s.integer(15, 25) + s.pick((0, 0, 0.5)))
    if s.integer(1, 3) == 1:
        s.outage("thermostat")
    s.ask(
        f"Set the thermostat of the {room} to {degrees} degrees.",
        f"Heat the {room} to {degrees} degrees, please.",
        f"I am cold. The {room} should have {degrees} degrees.",
        f"Thermostat, {room}: {degrees} degrees.",
        f"Can you set the target temperature in the {room} to {degrees}?",
        f"How about {degrees} degrees in the {room}? Set the thermostat, please.",
        f"Please set the thermostat in the {room} to {degrees} degrees.",
    )
    why = f"set the thermostat of the {room} to {degrees} degrees"
    if isinstance(s.call("thermostat", why, room=room, degrees=degrees), Failed):
        s.call("thermostat", why, room=room, degrees=degrees)
    s.answer(
        f"The {room} is set to {degrees} degrees.",
        f"Done, {degrees} degrees in the {room}.",
        expect=[room, degrees],
    )


def light(s: Scene) -> None:
    """Switches a light, all lights, or sets brightness and colour."""
    room, kind = _a_room(s), s.integer(1, 4)
    if kind <= 2:
        on = s.rng.random() < 0.5
        word = "on" if on else "off"
        s.ask(
            f"Switch the light in the {room} {word}.",
            f"Turn {word} the light of the {room}, please.",
            f"The light in the {room} should be {word}.",
            f"Light, {room}: {word}.",
            f"Can you turn the {room} light {word}?",
            f"I want the light in the {room} to be {word} now.",
            f"Please switch the light of the {room} {word}.",
        )
        s.call("switch", f"switch the light in the {room} {word}", room=room, on=on)
        s.answer(
            f"The light in the {room} is {word}.", f"Done, the {room} light is {word}.", expect=[room, word]
        )
    elif kind == 3:
        s.ask(
            "Turn off all lights in the house.",
            "All lights off, please.",
            "I am leaving. Switch every light in the house off.",
            "Can you turn all the lights off at once?",
            "Every light should be off now.",
            "The whole house should be dark: all lights off.",
            "Please switch off all the lights in the house.",
        )
        s.call("all_off", "turn off all lights")
        s.answer("All lights are off.", "Done, all lights are off.", expect=["off"])
    else:
        percent, color = s.integer(1, 20) * 5, s.pick(LIGHT_COLORS)
        s.ask(
            f"Set the brightness of the light in the {room} to {percent} percent and make it {color}.",
            f"Dim the light in the {room} to {percent} percent and change the colour to {color}.",
            f"The light in the {room} should have {percent} percent brightness and a {color} colour.",
            f"Light, {room}: brightness {percent} percent, colour {color}.",
            f"For the film, dim the {room} light to {percent} percent. Then set its colour to {color}.",
            f"I would like {percent} percent brightness and {color} as the colour of the {room} light.",
            f"Please set the light in the {room} to {percent} percent brightness, then to the colour {color}.",
            plan=[
                f"set the brightness in the {room} to {percent} percent",
                f"set the colour in the {room} to {color}",
            ],
        )
        s.call("dim", f"set the brightness in the {room} to {percent} percent", room=room, percent=percent)
        s.call("color", f"set the colour in the {room} to {color}", room=room, color=color)
        s.answer(f"The light in the {room} is {color} at {percent} percent.", expect=[color, percent])


def read_one(s: Scene) -> None:
    """Reads a sensor; the room may not exist."""
    room, sensor = s.pick(ROOMS) if s.integer(1, 4) == 1 else _a_room(s), s.pick(SENSORS)
    s.ask(
        f"What is the {sensor} in the {room}?",
        f"Read the {sensor} sensor of the {room}.",
        f"Measure the {sensor} in the {room}, please.",
        f"{room}, {sensor}: what does the sensor say?",
        f"Can you check the {sensor} in the {room} for me?",
        f"I want to know the {sensor} in the {room} now.",
        f"Please read the {sensor} in the {room}.",
    )
    value = s.call("sensor", f"read the {sensor} in the {room}", room=room, sensor=sensor)
    if isinstance(value, Failed):
        rooms = list(s.world["rooms"])
        s.answer(f"There is no room {room}. The rooms are {', '.join(rooms)}.", expect=[room, *rooms])
        return
    s.answer(f"The {sensor} in the {room} is {value}.", f"It is {value}.", expect=[value])


def weather(s: Scene) -> None:
    """The forecast or chance of rain of one or two cities."""
    one, two = s.sample(list(s.world["weather"]), 2)
    if s.rng.random() < 0.5:
        s.ask(
            f"What is the weather forecast for {one}?",
            f"Tell me what the weather will be in {one} tomorrow.",
            f"I travel to {one} tomorrow. What does the forecast say?",
            f"Weather tomorrow: {one}?",
            f"Can you look up tomorrow's weather in {one}?",
            f"Sky and degrees in {one} tomorrow, please.",
            f"Please tell me the forecast of the weather in {one} for tomorrow.",
        )
        found = s.call("forecast", f"get the forecast for {one}", city=one)
        sky, degrees = found["sky"], found["degrees"]
        s.answer(
            f"Tomorrow in {one} it will be {sky} with {degrees} degrees.",
            f"{sky}, {degrees} degrees.",
            expect=[sky, degrees],
        )
        return
    s.ask(
        f"What is the chance of rain in {one} and in {two}?",
        f"How likely is rain in {one} and {two}?",
        f"Tell me the percent chance of rain for two cities: {one} and {two}.",
        f"Will it rain in {one} or {two}? Give me the chance for both.",
        f"Chance of rain: {one}, {two}.",
        f"I go to {one} and then to {two}. How likely is rain in each?",
        f"Please tell me how likely rain is in {one} and in {two}.",
    )
    a, b = s.parallel(
        f"get the chance of rain in {one} and {two}", ("rain", {"city": one}), ("rain", {"city": two})
    )
    s.answer(f"The chance of rain is {a} percent in {one} and {b} percent in {two}.", expect=[a, b])


def all_rooms(s: Scene) -> None:
    """Lists the rooms, then reads a sensor in each, one by one."""
    sensor = s.pick(SENSORS)
    s.ask(
        f"List all rooms and read the {sensor} in each, one by one.",
        f"Which rooms does the house have? Measure the {sensor} in each one by one.",
        f"Go through all rooms of the house, one by one, and tell me the {sensor} of each.",
        f"First list the rooms. Then read the {sensor} in every room, one by one.",
        f"I need the {sensor} of all rooms. Get the rooms, then read one by one.",
        f"For every room of the house, tell me the {sensor}. List them, then go one by one.",
        f"Please list the rooms of the house, then read the {sensor} in each one by one.",
        plan=["list all rooms", f"read the {sensor} in each, one by one"],
    )
    rooms = s.call("rooms", "list all rooms")
    values = [
        s.call("sensor", f"read the {sensor} in the {room}", room=room, sensor=sensor) for room in rooms
    ]
    shown = ", ".join(f"{room}: {value}" for room, value in zip(rooms, values, strict=True))
    s.answer(f"The {sensor} in each room is {shown}.", shown, expect=values)


def like_the_weather(s: Scene) -> None:
    """Sets the thermostat to the degrees of a forecast."""
    room, city = _a_room(s), s.pick(list(s.world["weather"]))
    s.ask(
        f"Set the thermostat of the {room} to the degrees of the forecast for {city}.",
        f"Look up the weather in {city} tomorrow and heat the {room} to the same degrees.",
        f"How many degrees will {city} have tomorrow? Set the thermostat in the {room} to that.",
        f"I want the {room} as warm as {city} tomorrow. Check the forecast, then set the thermostat.",
        f"Forecast for {city}, then thermostat of the {room} to the same degrees.",
        f"The {room} should have the degrees that the forecast says for {city}.",
        f"Please check the forecast for {city}, then set the thermostat in the {room} to the same degrees.",
        plan=[f"get the forecast for {city}", f"set the thermostat of the {room} to these degrees"],
    )
    degrees = s.call("forecast", f"get the forecast for {city}", city=city)["degrees"]
    s.call("thermostat", f"set the thermostat of the {room} to {degrees} degrees", room=room, degrees=degrees)
    s.answer(
        f"The {room} is set to {degrees} degrees.",
        f"Done, {degrees} degrees in the {room}.",
        expect=[room, degrees],
    )


def heating_times(s: Scene) -> None:
    """Plans heating times: a nested object."""
    room, start, end = (
        _a_room(s),
        f"0{s.integer(5, 9)}:{s.pick(('00', '30'))}",
        f"{s.integer(15, 22)}:{s.pick(('00', '30'))}",
    )
    s.ask(
        f"Heat the {room} from {start} to {end}.",
        f"Plan the heating times of the {room}: start {start}, end {end}.",
        f"The {room} should be heated between {start} and {end}.",
        f"Heating hours, {room}: {start} to {end}.",
        f"Can you plan that the {room} is heated from {start} until {end}?",
        f"Set the heating of the {room} to start at {start} and end at {end}.",
        f"Please plan the heating of the {room} between {start} and {end}.",
    )
    s.call(
        "period",
        f"plan the heating of the {room} from {start} to {end}",
        room=room,
        period={"start": start, "end": end},
    )
    s.answer(
        f"The {room} is heated from {start} to {end}.",
        f"Done: {room}, {start} to {end}.",
        expect=[room, start, end],
    )


DOMAIN = Domain(
    "weather_home",
    OPS,
    world,
    (set_one, light, read_one, weather, all_rooms, like_the_weather, heating_times),
)
