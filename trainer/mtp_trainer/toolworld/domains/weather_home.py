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
    "room",
    STRING,
    ("room", "room_name", "place", "in_room", "room_id", "where"),
    ("Name of the room", "Which room", "Room of the house", "The room"),
)
CITY = P(
    "city",
    STRING,
    ("city", "town", "location", "town_name", "for_city", "city_name"),
    ("Name of the city", "Which city", "For which city", "The city"),
)
DEGREES = P(
    "degrees",
    NUMBER,
    ("degrees", "temperature", "target", "temp", "warmth", "celsius"),
    ("Degrees Celsius", "Target in degrees", "How warm, in degrees Celsius", "Degrees"),
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
        (
            "set_thermostat",
            "set_heating",
            "heat_room",
            "set_temperature",
            "change_thermostat",
            "room_temperature",
            "adjust_thermostat",
            "target_temperature",
            "set_degrees",
            "thermostat",
        ),
        (
            "Set the thermostat of a room to some degrees.",
            "Set how warm a room should be, in degrees.",
            "Set the target temperature of a room.",
            "Change how many degrees a room is heated to.",
            "Heat a room to a given temperature.",
            "Tell the thermostat of a room which temperature to keep.",
            "Set the thermostat of a room.",
        ),
        (ROOM, DEGREES),
        _thermostat,
        "status",
    ),
    Op(
        "switch",
        (
            "switch_light",
            "light_switch",
            "turn_light",
            "set_light",
            "room_light",
            "lamp_switch",
            "light_on_off",
            "switch_lamp",
            "turn_lamp",
            "toggle_light",
        ),
        (
            "Switch the light of a room on or off.",
            "Turn the light in a room on or off.",
            "Light of a room: on or off.",
            "Put the light of one room on or off.",
            "On or off for the light in one room.",
            "Control whether the light of a room is on.",
            "Turn the light of a room on or off.",
        ),
        (
            ROOM,
            P(
                "on",
                BOOLEAN,
                ("on", "state", "power", "switched_on", "light_on", "turn_on", "lit"),
                (
                    "True for on, false for off",
                    "Whether the light is on",
                    "On or off",
                    "Whether to turn it on",
                    "True: on; false: off",
                ),
            ),
        ),
        lambda world, room, on: _set(world, room, "light", on),
        "status",
    ),
    Op(
        "dim",
        (
            "set_brightness",
            "dim_light",
            "light_brightness",
            "brightness",
            "change_brightness",
            "dim_lamp",
            "light_level",
            "brightness_percent",
            "set_light_level",
            "dim",
        ),
        (
            "Set the brightness of the light in a room, in percent.",
            "Dim the light of a room to some percent.",
            "How bright the light of a room is to be, in percent.",
            "Change how bright a room's light is.",
            "Make the light in a room brighter or darker, in percent.",
            "Percent of brightness for the light of a room.",
            "Set the brightness of the light of a room.",
        ),
        (
            ROOM,
            P(
                "percent",
                INTEGER,
                ("percent", "brightness", "level", "light_percent", "how_bright", "intensity", "value"),
                (
                    "Brightness in percent",
                    "Percent, 0 to 100",
                    "Brightness from 0 to 100",
                    "Level in percent",
                    "How bright, in percent",
                ),
            ),
        ),
        _dim,
        "status",
    ),
    Op(
        "color",
        (
            "set_light_color",
            "light_color",
            "color_light",
            "change_color",
            "light_colour",
            "choose_color",
            "lamp_color",
            "tint_light",
            "color_of_light",
            "set_color",
        ),
        (
            "Set the colour of the light in a room.",
            "Change the colour of the light of a room.",
            "Give the light in a room another colour.",
            "Choose the colour that the light of a room has.",
            "Let the light of a room shine in another colour.",
            "Colour for the light in one room.",
            "Change the colour of the light in a room.",
        ),
        (
            ROOM,
            P(
                "color",
                enum(*LIGHT_COLORS),
                ("color", "colour", "light_color", "new_color", "colour_name", "shade", "tint"),
                ("Colour of the light", "Which colour", "New colour", "One of the colours", "The colour"),
            ),
        ),
        lambda world, room, color: _set(world, room, "color", color),
        "status",
    ),
    Op(
        "sensor",
        (
            "read_sensor",
            "sensor_value",
            "measure",
            "get_sensor",
            "sensor_reading",
            "room_sensor",
            "measure_room",
            "sensor_data",
            "query_sensor",
            "check_sensor",
        ),
        (
            "Read a sensor of a room.",
            "Measure the temperature, humidity or noise in a room.",
            "Read what a sensor in a room measures now.",
            "Get the value of one sensor in one room.",
            "What a room's sensor shows: temperature, humidity or noise.",
            "Current temperature, humidity or noise of a room.",
            "Read the temperature, humidity or noise in a room.",
        ),
        (
            ROOM,
            P(
                "sensor",
                enum(*SENSORS),
                ("sensor", "quantity", "kind", "sensor_kind", "sensor_type", "type", "measure"),
                (
                    "Which sensor",
                    "What to measure",
                    "What the sensor measures",
                    "Temperature, humidity or noise",
                    "Kind of sensor",
                ),
            ),
        ),
        lambda world, room, sensor: _room(world, room)[sensor],
        "value",
    ),
    Op(
        "period",
        (
            "schedule_heating",
            "heating_period",
            "plan_heating",
            "heating_times",
            "heating_hours",
            "heating_plan",
            "heating_schedule",
            "plan_heating_hours",
            "time_heating",
            "set_heating_times",
        ),
        (
            "Plan the hours between which a room is heated.",
            "Set from when to when a room is heated.",
            "Heating times of a room, with start and end.",
            "Plan when the heating of a room starts and ends.",
            "Hours of the day in which a room is heated.",
            "Change the daily heating hours of a room.",
            "Set the times between which a room is heated.",
        ),
        (
            ROOM,
            P(
                "period",
                PERIOD,
                ("period", "times", "hours", "time_span", "from_to", "heating_hours", "interval"),
                (
                    "Start and end as HH:MM",
                    "From when to when, as HH:MM",
                    "When it starts and ends",
                    "Hours as HH:MM",
                    "Times as HH:MM",
                ),
            ),
        ),
        lambda world, room, period: _set(
            world, room, "period", {key: str(period.get(key, "")) for key in ("start", "end")}
        ),
        "status",
    ),
    Op(
        "forecast",
        (
            "forecast",
            "weather_forecast",
            "get_weather",
            "weather",
            "weather_tomorrow",
            "city_weather",
            "tomorrow_weather",
            "check_weather",
            "look_up_weather",
            "get_forecast",
        ),
        (
            "Weather forecast of a city for tomorrow: sky and degrees.",
            "What the weather will be in a city tomorrow.",
            "Tomorrow's weather in a city.",
            "Get the forecast for one city.",
            "Look up what weather is expected in a city tomorrow.",
            "The sky and the temperature tomorrow, for a city.",
            "Weather in a city tomorrow: sky and degrees.",
        ),
        (CITY,),
        lambda world, city: dict(_city(world, city)["forecast"]),
    ),
    Op(
        "rain",
        (
            "rain_chance",
            "chance_of_rain",
            "rain_probability",
            "will_it_rain",
            "rain_percent",
            "rain_risk",
            "rain_forecast",
            "check_rain",
            "rain_odds",
            "get_rain",
        ),
        (
            "Chance of rain in a city, in percent.",
            "How likely rain is in a city.",
            "Percent chance that it will rain in a city.",
            "Tell how probable rain is in a city.",
            "Risk of rain in one city, as a percentage.",
            "Look up the chance that a city gets rain.",
            "How likely rain is in a city, in percent.",
        ),
        (CITY,),
        lambda world, city: _city(world, city)["rain"],
        "percent",
    ),
    Op(
        "rooms",
        (
            "list_rooms",
            "all_rooms",
            "get_rooms",
            "show_rooms",
            "room_list",
            "room_names",
            "house_rooms",
            "which_rooms",
            "find_rooms",
            "rooms",
        ),
        (
            "List the rooms of the house.",
            "Names of all rooms.",
            "Show which rooms the house has.",
            "Give the names of the rooms in the house.",
            "Which rooms there are.",
            "All rooms that can be heated or lit.",
            "List all rooms of the house.",
        ),
        (),
        lambda world: list(world["rooms"]),
        "rooms",
    ),
    Op(
        "all_off",
        (
            "all_lights_off",
            "lights_out",
            "turn_off_all",
            "everything_off",
            "switch_all_off",
            "no_lights",
            "lights_off_everywhere",
            "darken_house",
            "put_out_lights",
            "all_off",
        ),
        (
            "Turn off all lights in the house.",
            "Switch every light in the house off.",
            "All lights off at once.",
            "Make the whole house dark.",
            "Turn every lamp in every room off.",
            "Put out the lights in all rooms.",
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
        f"My mother feels cold when she is in the {room}. Set it to {degrees} degrees for her.",
        f"A friend sleeps in the {room} tonight and likes {degrees} degrees. Set the thermostat there.",
        f"My wish is {degrees} degrees in the {room}. Would you set the heating?",
        f"I have made my choice: {degrees} degrees for the {room}. Set the thermostat, please.",
        f"Guests are expected, and nobody should be cold in the {room}. Heat it to {degrees} degrees.",
        f"When the {room} feels wrong, nobody stays there. Make it {degrees} degrees, please.",
        f"target of the {room}: {degrees} degrees",
        f"With {degrees} degrees as the target, set the thermostat in the {room}.",
        f"The baby sleeps best at {degrees} degrees, so set the {room} to that.",
        f"Whatever the thermostat of the {room} shows now, set it to {degrees} degrees.",
        f"Could the heating in the {room} be turned to {degrees} degrees?",
        f"I am coming home and want to feel well in the {room}: {degrees} degrees, please.",
        f"For the night, the {room} gets {degrees} degrees. Please set that.",
        f"Set the thermostat of the {room} to {degrees} degrees.",
        f"Heat the {room} to {degrees} degrees, please.",
        f"I am cold. The {room} should have {degrees} degrees.",
        f"Thermostat, {room}: {degrees} degrees.",
        f"Can you set the target temperature in the {room} to {degrees}?",
        f"How about {degrees} degrees in the {room}? Set the thermostat, please.",
        f"Make it {degrees} degrees in the {room}.",
        f"Bring the {room} to {degrees} degrees.",
        f"I need {degrees} degrees in the {room}. Set the thermostat to that.",
        f"The thermostat in the {room} must be at {degrees} degrees.",
        f"{degrees} degrees for the {room}, please.",
        f"We have guests in the {room}. Put the thermostat there to {degrees} degrees.",
        f"Turn the heating in the {room} to {degrees} degrees.",
        f"Would you set the {room} to {degrees} degrees?",
        f"The target for the {room} is {degrees} degrees. Please set it.",
        f"Change the temperature in the {room} to {degrees} degrees.",
        f"Adjust the thermostat in the {room} to {degrees} degrees.",
        f"Could you put the {room} at {degrees} degrees?",
        f"I would like the {room} to be heated to {degrees} degrees.",
        f"{room}: {degrees} degrees, please.",
        f"Please make the {room} {degrees} degrees warm.",
        f"My choice is {degrees} degrees in the {room}. Keep it like that, please.",
        f"Change the thermostat of the {room} so that it shows {degrees} degrees.",
        f"It does not feel warm in the {room}. Would you turn the thermostat to {degrees} degrees?",
        f"The temperature in the {room} should be {degrees} degrees.",
        f"Please let the {room} get {degrees} degrees.",
        f"Nobody feels well in the {room}. Change the thermostat to {degrees} degrees, please.",
        f"I want a temperature of {degrees} degrees in the {room}.",
        f"Use {degrees} degrees as the target temperature for the {room}.",
        f"Heating in the {room} to {degrees} degrees, please.",
        f"Can you see to it that the {room} has {degrees} degrees?",
        f"We would like {degrees} degrees in the {room}. Can you heat it to that?",
        f"It feels cold in the {room}. Please adjust the heating to {degrees} degrees.",
        f"The heating of the {room} is to be set to {degrees} degrees.",
        f"My choice for the {room} is {degrees} degrees. Adjust the thermostat, please.",
        f"Let us have {degrees} degrees in the {room}, please.",
        f"Could you heat the {room} so that it gets {degrees} degrees?",
        f"It does not feel right in the {room}. I would like {degrees} degrees there.",
        f"Let the thermostat keep the {room} at {degrees} degrees.",
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
            f"My wish is that the light in the {room} gets turned {word}.",
            f"Nobody has turned the light in the {room} {word}. Do it, please.",
            f"A friend sleeps in the {room} and wants the light {word}. Do that for her.",
            f"Has the light of the {room} been turned {word}? If not, do that.",
            f"light of the {room}, {word}",
            f"Somebody is coming to the {room}. The lamp there should be turned {word}.",
            f"I am not at home, so please have the light in the {room} turned {word} for me.",
            f"With the light {word}, the {room} would be as I want it. Can you do that?",
            f"For the night, I want the lamp of the {room} turned {word}.",
            f"Whatever the light in the {room} is now, let it be {word}.",
            f"What I wish for is the {room} with its light {word}.",
            f"My choice for the light in the {room} is {word}. Please turn it that way.",
            f"Switch the light in the {room} {word}.",
            f"Turn {word} the light of the {room}, please.",
            f"The light in the {room} should be {word}.",
            f"Light, {room}: {word}.",
            f"Can you turn the {room} light {word}?",
            f"I want the light in the {room} to be {word} now.",
            f"Put the light in the {room} {word}.",
            f"I need the light in the {room} {word}.",
            f"{room}: light {word}, please.",
            f"Make sure that the light in the {room} is {word}.",
            f"Would you switch the {room} light {word} for me?",
            f"Turn the light in the {room} {word}.",
            f"The {room} light must be {word}.",
            f"Lights in the {room}: I want them {word}.",
            f"We need the light of the {room} to be {word}. Do that, please.",
            f"Switch {word} the light that is in the {room}.",
            f"Could you switch {word} the light in the {room}?",
            f"The lamp in the {room} should be {word}, please.",
            f"Set the light of the {room} to {word}.",
            f"Please turn {word} the {room} light.",
            f"I am going to the {room}. Let the light there be {word}, please.",
            f"Switch the lamp in the {room} {word}.",
            f"I would like the light of the {room} to be turned {word}.",
            f"Have the {room} light {word}, please.",
            f"Do me a favour and turn the light in the {room} {word}.",
            f"Would you turn {word} the lamp in the {room}?",
            f"Please see to it that the light in the {room} is {word}.",
            f"Light {word} in the {room}, please.",
            f"The light of the {room} has to be {word}.",
            f"In the {room}, turn the light {word}.",
            f"Can you make sure the {room} lamp is {word}?",
            f"For the {room}, I want the light {word}.",
            f"We will be in the {room} later. Please put the light there {word}.",
            f"Let the light in the {room} be {word} from now.",
            f"Could the light in the {room} be turned {word}, please?",
            f"My wish for the {room}: light {word}.",
            f"Could you put the light {word} in the {room}?",
            f"I am going to the {room} later, and its light should be {word}.",
            f"The lamp in the {room}, please: {word}.",
            f"Please switch the light of the {room} {word}.",
        )
        s.call("switch", f"switch the light in the {room} {word}", room=room, on=on)
        s.answer(
            f"The light in the {room} is {word}.", f"Done, the {room} light is {word}.", expect=[room, word]
        )
    elif kind == 3:
        s.ask(
            "To save power at night, switch all the lights of the house off.",
            "It is night and everybody sleeps. Turn off all lights.",
            "Nobody is home any more. Have all the lights turned off.",
            "My wish is a dark house, so put every light out.",
            "Power is expensive. Do not leave any light on in the house.",
            "Let all lights be turned off everywhere in the house, as we are going away.",
            "Have all the lights been turned off? If not, please do that.",
            "lights off, all rooms",
            "Nobody needs light at night. In all the rooms, switch off whatever light is on.",
            "Before I go home for the night, every light has to be turned off.",
            "My boss wants us to save power. Could all lights be turned off at once?",
            "I am worried that some light is still on, so switch off every one in the house.",
            "Everywhere in our home it should be dark. Turn every light off.",
            "Turn off all lights in the house.",
            "All lights off, please.",
            "I am leaving. Switch every light in the house off.",
            "Can you turn all the lights off at once?",
            "Every light should be off now.",
            "The whole house should be dark: all lights off.",
            "Switch off every light.",
            "Lights out in the whole house, please.",
            "I am going to bed. Turn off all the lights.",
            "No light should be on any more. Turn them all off.",
            "Make the whole house dark.",
            "We are out for the day, so all lights must be off.",
            "Would you turn off every light in the house?",
            "I need all the lights in the house to be off.",
            "House: all lights off.",
            "Turn out all the lights, please.",
            "Turn every lamp in the house off, please.",
            "Put out all the lights.",
            "Could you switch all lights off for me?",
            "I want every light in the house to be off.",
            "Please turn off the lights in all rooms.",
            "Everything dark, please: no lights on in the house.",
            "Nobody will stay at home. Lights off in every room.",
            "We are leaving the house. Turn out all the lights.",
            "Good night. Please put out every lamp.",
            "Make it dark everywhere: switch off all the lights.",
            "Make sure that all lamps are off in the whole house.",
            "Can you make the whole house dark?",
            "I do not want any light on. Switch them all off, please.",
            "Would you put all the lights out before I go to bed?",
            "See to it that all lamps in the house are off.",
            "To save power, turn off all the lights we have.",
            "Nobody is at home, so no lamp should be on. Switch every one off.",
            "Is any light still on? Then make sure all of them are off.",
            "Every lamp in the house should go off now.",
            "The lights must be off everywhere, please.",
            "Could you make sure that no light in the house is on?",
            "We want to save power. Put out every light we have.",
            "Good night! No lamp in the house should stay on.",
            "Please switch off all the lights in the house.",
        )
        s.call("all_off", "turn off all lights")
        s.answer("All lights are off.", "Done, all lights are off.", expect=["off"])
    else:
        percent, color = s.integer(1, 20) * 5, s.pick(LIGHT_COLORS)
        s.ask(
            f"I want {color} light to shine in the {room}, with {percent} percent brightness.",
            f"A friend is expected in the {room}. Let the light there shine at {percent} percent and choose {color} as the colour.",
            f"My choice of colour for the light in the {room} is {color}, and {percent} percent is my choice of brightness.",
            f"With {percent} percent as the brightness and {color} as the colour, set the light in the {room}.",
            f"For the night, the lamp in the {room} should shine at {percent} percent, in the colour {color}.",
            f"{percent} percent, {color}: light in the {room}",
            f"My wish for the light of the {room} is the colour {color} and a brightness of {percent} percent.",
            f"Could the light in the {room} be turned to {percent} percent, and its colour to {color}?",
            f"I feel at home in {color} light. Make the lamp of the {room} shine like that, at {percent} percent brightness.",
            f"The child sleeps in the {room}. Dim the light there to {percent} percent and let it shine {color}.",
            f"If the {room} had {color} light of {percent} percent brightness, it would feel nice. Please set it so.",
            f"So that the {room} feels nice, set the brightness of its lamp to {percent} percent, then its colour to {color}.",
            f"Turn the {room} into a {color} room: the light should shine {color} and be {percent} percent bright.",
            f"Set the brightness of the light in the {room} to {percent} percent and make it {color}.",
            f"Dim the light in the {room} to {percent} percent and change the colour to {color}.",
            f"The light in the {room} should have {percent} percent brightness and a {color} colour.",
            f"Light, {room}: brightness {percent} percent, colour {color}.",
            f"For the film, dim the {room} light to {percent} percent. Then set its colour to {color}.",
            f"I would like {percent} percent brightness and {color} as the colour of the {room} light.",
            f"Make the {room} light {color}, with {percent} percent brightness.",
            f"Change the light of the {room}: {percent} percent brightness, {color} colour.",
            f"{room}: light at {percent} percent, in {color}.",
            f"Can you set the {room} light to {percent} percent and turn it {color}?",
            f"I need {color} light in the {room}, at {percent} percent brightness.",
            f"First bring the brightness in the {room} to {percent} percent, then make the light {color}.",
            f"We have a party in the {room}. Make the light {color} and its brightness {percent} percent.",
            f"How bright? {percent} percent. Which colour? {color}. That is for the light in the {room}.",
            f"Give the {room} a {color} light and set it to {percent} percent.",
            f"The {room} needs another light: {percent} percent bright and {color}.",
            f"Adjust the light in the {room}: {color}, with {percent} percent brightness.",
            f"Dim the {room} light to {percent} percent and give it a {color} colour.",
            f"Could you dim the lamp in the {room} to {percent} percent and make it {color}?",
            f"The lamp in the {room} should be {color} and {percent} percent bright.",
            f"Let the {room} light be {color}, at a brightness of {percent} percent.",
            f"Guests are coming. Lamp in the {room}: {percent} percent, {color}.",
            f"Put the light in the {room} at {percent} percent and let it shine {color}.",
            f"Would you make the light of the {room} {color} and dim it to {percent} percent?",
            f"I want the {room} light to have {percent} percent brightness and to shine in {color}.",
            f"Please change the brightness in the {room} to {percent} percent and the colour of the light to {color}.",
            f"For the {room}, choose {color} as the light colour and {percent} percent as the brightness.",
            f"Bring the light of the {room} to {percent} percent brightness. Its colour should be {color}.",
            f"We want to watch a film in the {room}. Dim the light to {percent} percent and turn it {color}, please.",
            f"In the {room} I would like a {color} light with a brightness of {percent} percent.",
            f"Turn the light in the {room} to {percent} percent and then to {color}.",
            f"How about a {color} light in the {room}, at {percent} percent? Please set it like that.",
            f"Guests are coming to the {room}. The brightness there should be {percent} percent and the light {color}.",
            f"Can you adjust the {room} lamp so that it is {percent} percent bright and {color}?",
            f"Please give the light of the {room} the colour {color} and {percent} percent of its brightness.",
            f"Let the lamp in the {room} shine at {percent} percent, with {color} as its colour.",
            f"Could you change the light in the {room} to {color}, at {percent} percent of its brightness?",
            f"I want to read in the {room}. The light there should be at {percent} percent, and its colour {color}.",
            f"Let the light of the {room} shine in {color} with a brightness of {percent} percent.",
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
        f"My friend sleeps in the {room}, so I have to know its {sensor}.",
        f"It feels strange in the {room}. Read me the {sensor}.",
        f"I do not feel well in the {room}, so tell me its {sensor}.",
        f"Nobody is in the {room}, but I am worried about something strange. What is the {sensor} in it?",
        f"current {sensor}, {room}",
        f"Because something strange goes on in the {room}, measure its {sensor} and tell me.",
        f"Before I come home, I want to know what {sensor} the {room} has.",
        f"With the sensor of the {room}, find the {sensor}.",
        f"Whatever the {sensor} in the {room} may be, tell me the value.",
        f"The sensor in the {room} can tell us the {sensor}. What does it say?",
        f"For my overview of the house, I need to know the {sensor} in one room, namely the {room}.",
        f"If I go into the {room} now, what is the {sensor} there?",
        f"Which {sensor} should I expect in the {room}? Read the sensor there.",
        f"What is the {sensor} in the {room}?",
        f"Read the {sensor} sensor of the {room}.",
        f"Measure the {sensor} in the {room}, please.",
        f"{room}, {sensor}: what does the sensor say?",
        f"Can you check the {sensor} in the {room} for me?",
        f"I want to know the {sensor} in the {room} now.",
        f"Tell me the {sensor} of the {room}.",
        f"How high is the {sensor} in the {room}?",
        f"I need the {sensor} of the {room}.",
        f"Check the sensor in the {room}: {sensor}?",
        f"What {sensor} do we have in the {room} at the moment?",
        f"Get the value of the {sensor} sensor in the {room}.",
        f"Look at the {room} and tell me the {sensor}.",
        f"Would you measure the {sensor} of the {room}?",
        f"{sensor} in the {room}, please.",
        f"The {room} has a sensor for {sensor}. Read it for me.",
        f"Show me the {sensor} in the {room}.",
        f"Give me the {sensor} of the {room}, please.",
        f"What does the {sensor} sensor in the {room} say?",
        f"Could you read the {sensor} sensor in the {room}?",
        f"Look up what the sensor in the {room} shows for {sensor} right now.",
        f"I am worried about the {room}. Current {sensor} there?",
        f"{room}: {sensor}, please.",
        f"Find out what the {sensor} of the {room} is.",
        f"Please check the {sensor} sensor of the {room}.",
        f"Do you know the {sensor} in the {room} at the moment?",
        f"Let me know the {sensor} in the {room}.",
        f"What value does the {sensor} sensor of the {room} have now?",
        f"I would like to know how high the {sensor} of the {room} is.",
        f"Take a reading of the {sensor} in the {room}.",
        f"Get me the {sensor} in the {room}, please.",
        f"Something is strange in the {room}. What is the {sensor} there?",
        f"We are worried about the {sensor} in the {room}. Can you measure it?",
        f"Look up what the sensor for {sensor} in the {room} shows.",
        f"The {sensor} of the {room} is what I have to know. Please measure it.",
        f"Would you find out how high the {sensor} in the {room} is at the moment?",
        f"Could you tell me what the {sensor} in the {room} is?",
        f"We have to know what the {sensor} sensor in the {room} shows.",
        f"I am not in the {room} now. Find out the {sensor} there.",
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
            f"For a friend who lives in {one}, look up the weather of tomorrow.",
            f"My bag is still empty and tomorrow I go to {one}. What is the forecast there?",
            f"Whatever the weather in {one} is tomorrow, I want to know it.",
            f"Do I need clothes for cold and wet weather in {one} tomorrow? Read me the forecast.",
            f"forecast {one}, please",
            f"We are coming to {one} tomorrow and are worried about the weather. What is the forecast?",
            f"My boss flies to {one} tomorrow. Tell me what weather he can expect.",
            f"What should somebody who lives in {one} expect from the sky tomorrow, and how many degrees?",
            f"My bag has little room for clothes, so what will the weather in {one} be tomorrow?",
            f"Since my sister lives in {one}, I want to know the weather that is expected there tomorrow.",
            f"If I travel to {one} tomorrow, which weather should I expect?",
            f"One city interests me, namely {one}. What is the weather forecast for it?",
            f"Tomorrow I leave home for {one} with a bag full of clothes. Let me know the sky and the degrees there.",
            f"What is the weather forecast for {one}?",
            f"Tell me what the weather will be in {one} tomorrow.",
            f"I travel to {one} tomorrow. What does the forecast say?",
            f"Weather tomorrow: {one}?",
            f"Can you look up tomorrow's weather in {one}?",
            f"Sky and degrees in {one} tomorrow, please.",
            f"Get the forecast for {one}.",
            f"How will the weather be in {one} tomorrow?",
            f"I need the weather forecast for {one}.",
            f"What can I expect of the weather tomorrow in {one}?",
            f"{one}, weather for tomorrow, please.",
            f"We plan a trip to {one} tomorrow. How is the weather there?",
            f"Check the weather forecast of {one} for me.",
            f"Look up the forecast: what will it be like in {one} tomorrow?",
            f"What does the forecast say for {one}?",
            f"Show me the weather of tomorrow for {one}.",
            f"Give me the weather forecast for {one}, please.",
            f"What weather do they expect in {one} tomorrow?",
            f"Could you check the weather in {one} for tomorrow?",
            f"How is the weather going to be in {one} tomorrow?",
            f"Find out what the weather in {one} will be like tomorrow.",
            f"I would like to know the weather of tomorrow in {one}.",
            f"I pack my clothes for {one}. Read me the forecast, please.",
            f"Tomorrow I visit {one}. What will the weather be like?",
            f"Do you know what the weather will be in {one} tomorrow?",
            f"Please get me the weather for {one}, I go there tomorrow.",
            f"Let me know the forecast for {one}.",
            f"What kind of sky and how many degrees can {one} expect tomorrow?",
            f"I want to hear the weather forecast for {one}.",
            f"A friend of ours lives in {one}. Would you show me the forecast of the weather there?",
            f"My family travels to {one} tomorrow and asks what weather they will have there.",
            f"Check what sky and which degrees {one} will get tomorrow.",
            f"Weather forecast, {one}.",
            f"We have a friend in {one} and want to know the weather there tomorrow. Please look it up.",
            f"Which clothes should I pack for {one}? Tell me the weather there tomorrow.",
            f"Is there a forecast for {one}? Read it to me, please.",
            f"Could you tell me what weather {one} will get tomorrow?",
            f"I have to pack my bag for {one}. Which sky and how many degrees will they have tomorrow?",
            f"A friend lives in {one} and asks about the weather tomorrow. Find out, please.",
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
        f"Rain is expected in {one} and in {two}. How likely is it in each, in percent?",
        f"My clothes must not get wet. How likely is rain in {one}, and how likely in {two}?",
        f"A friend of mine lives in {one} and another lives in {two}. What is the risk of rain for each of them?",
        f"risk of rain, {one} and {two}, in percent",
        f"Will I get wet in {one} or in {two}? Look up how likely rain is in both.",
        f"Nobody likes wet clothes, so give me the risk of rain for the two cities, {one} and {two}.",
        f"We are worried that we get wet on our trip, which goes to {one} and to {two}. Tell me the risk of rain for each.",
        f"Do I need rain clothes in my bag? It depends on {one} and {two}: how likely is rain there?",
        f"For my boss, who flies to {one} and then to {two}: the risk of rain in both, please.",
        f"Two cities, two numbers: how high is the risk of rain in {one}, and how high in {two}?",
        f"Since it is wet everywhere, look up the chance of rain in {one} and in {two}.",
        f"If the risk of rain is high, I stay at home. What is it in {one}, and what is it in {two}?",
        f"With rain as the question, compare {one} with {two}: what percent does each have?",
        f"What is the chance of rain in {one} and in {two}?",
        f"How likely is rain in {one} and {two}?",
        f"Tell me the percent chance of rain for two cities: {one} and {two}.",
        f"Will it rain in {one} or {two}? Give me the chance for both.",
        f"Chance of rain: {one}, {two}.",
        f"I go to {one} and then to {two}. How likely is rain in each?",
        f"Get the chance of rain for {one} and for {two}.",
        f"Rain in {one}? Rain in {two}? Tell me how likely it is.",
        f"I need the chance of rain in two cities, {one} and {two}.",
        f"Check how likely rain is in {one}, and the same for {two}.",
        f"Can you compare {one} and {two} for me? I want the chance of rain in both.",
        f"Do I need an umbrella in {one} or {two}? Give me the chance of rain for each.",
        f"What are the chances of rain in {one} and in {two}, in percent?",
        f"Look up the rain for {one} and {two}: how many percent in each?",
        f"We are going to {one} and {two}. What is the chance of rain there?",
        f"{one} and {two}: chance of rain in percent, please.",
        f"Find out the chance of rain in {one} and in {two}.",
        f"Could you check the chance of rain for {one} and {two}?",
        f"What is the risk of rain in {one} and in {two}?",
        f"Give me the probability of rain for both {one} and {two}.",
        f"How probable is rain in {one} and in {two}?",
        f"rain, in percent: {one} and {two}",
        f"Show me how likely it is to rain in {one} and {two}.",
        f"Let me know the percent chance of rain in {one} and in {two}.",
        f"Would you look up how likely rain is in both {one} and {two}?",
        f"I ask about rain, as I do not like to get wet: what is the chance for {one}, and for {two}?",
        f"How many percent is the chance of rain in {one}, and how many in {two}?",
        f"Will it be a dry day in {one} and in {two}? Check the chance of rain in both.",
        f"We visit {one} first, then {two}. How probable is rain in each of them?",
        f"Is rain likely in {one} and in {two}? Please give me the percent for each.",
        f"For {one} and {two}, look up the chance of rain, please.",
        f"Do you know how likely it is that {one} and {two} get rain?",
        f"I do not like to get wet. What is the risk of rain in {one}, and what in {two}?",
        f"Please compare how likely it is to rain in {one} and in {two}.",
        f"The chance of rain is what I ask for, in {one} and in {two}.",
        f"Which city will be dry, {one} or {two}? Find out the percent chance of rain for both.",
        f"Could you find out how likely it is to rain in {one} and in {two}?",
        f"We want a dry day, in {one} or in {two}. What is the percent chance of rain in each?",
        f"Is it going to rain? I ask for {one} and {two} and need the percent for both.",
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
        f"For an overview of the {sensor} in our home, list the rooms and read it in each, one by one.",
        f"I am worried about the {sensor}. Get the list of rooms and measure it everywhere, one by one.",
        f"An overview, please: all rooms and the {sensor} in them, which you read one by one.",
        f"Whatever rooms the house has, list them and tell me the {sensor} of each, one by one.",
        f"{sensor}, every room: list the rooms, read one by one",
        f"My boss wants an overview of the {sensor}. List the rooms for him and read the sensors one by one.",
        f"Nobody knows the {sensor} of our rooms. Find out which rooms there are and measure it in each, one by one.",
        f"Since it feels different everywhere, list the rooms and check the {sensor} in each, one by one.",
        f"Before the night, go from room to room, one by one, and read the {sensor}. Get the list of rooms for that.",
        f"Make an overview of our home: first the list of rooms, then the {sensor} in each of them, read one by one.",
        f"If you list all the rooms first, you can read the {sensor} in them one by one. Please do so.",
        f"With the list of rooms as your guide, measure the {sensor} in each room, one by one.",
        f"List all rooms and read the {sensor} in each, one by one.",
        f"Which rooms does the house have? Measure the {sensor} in each one by one.",
        f"Go through all rooms of the house, one by one, and tell me the {sensor} of each.",
        f"First list the rooms. Then read the {sensor} in every room, one by one.",
        f"I need the {sensor} of all rooms. Get the rooms, then read one by one.",
        f"For every room of the house, tell me the {sensor}. List them, then go one by one.",
        f"Measure the {sensor} in all rooms of the house, one by one. Get the list of rooms first.",
        f"Can you check the {sensor} in every room? List the rooms and do it one by one.",
        f"What is the {sensor} in each room? Find out which rooms there are, then read one by one.",
        f"Make a table of the rooms and the {sensor} of each. Read the sensors one by one.",
        f"We want to compare the rooms: list them and read the {sensor} one by one.",
        f"Tell me the {sensor} everywhere in the house, room by room, one by one.",
        f"Get all rooms. Then check the {sensor} of each, one by one.",
        f"Show me the {sensor} of every room. You have to list the rooms and read them one by one.",
        f"I want to know the {sensor} in each room of the house. Take the rooms one by one.",
        f"All rooms, one by one: what is the {sensor}?",
        f"Show me all rooms of the house and check the {sensor} in each of them, one by one.",
        f"Find out which rooms we have. Then measure the {sensor} in each, one by one.",
        f"Could you get the list of rooms and read the {sensor} in all of them, one by one?",
        f"What is the {sensor} in all rooms? List the rooms first, then check them one by one.",
        f"{sensor} of all rooms, one by one, please.",
        f"Give me the {sensor} for each room of the house. Get the rooms, then measure one by one.",
        f"Check every room of the house for its {sensor}, one by one.",
        f"Please find all rooms and tell me the {sensor} in every one of them, going one by one.",
        f"Look up the rooms of the house and read their {sensor} one by one.",
        f"My overview should have all rooms with the {sensor} of each, read one by one.",
        f"How high is the {sensor} in every room? Go through the list of rooms one by one.",
        f"Would you list the rooms and then measure the {sensor} in each room, one by one?",
        f"Take all rooms of the house one by one and read the {sensor} sensor there.",
        f"We need to know the {sensor} in every room. Start with the list of rooms and go one by one.",
        f"Get me the names of all rooms, and after that the {sensor} of each room, one by one.",
        f"Let me know the {sensor} of each room. Find out the rooms, then do them one by one.",
        f"One by one, please check the {sensor} in each room of the house.",
        f"My table of the house should have the {sensor} of all rooms. List them and read it one by one.",
        f"Can you go through every room, one by one, and measure the {sensor}? List the rooms first.",
        f"I want to compare the {sensor} of all rooms in the house. Find them and check them one by one.",
        f"Could you list the rooms and tell me the {sensor} for each, read one by one?",
        f"My overview of the house needs the {sensor} of every room. Find the rooms and check them one by one.",
        f"Start with the list of rooms. After that I need the {sensor} in all of them, one by one.",
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
        f"My aunt lives in {city} and is coming to us. She sleeps in the {room}, so heat it to the degrees that they expect in {city} tomorrow.",
        f"Look up the degrees in {city} tomorrow and, whatever they are, set the {room} to them.",
        f"I am used to the weather of {city}, so I would like the degrees of its forecast in the {room}.",
        f"It feels cold in the {room}. Set it to the degrees that are expected tomorrow in {city}.",
        f"What degrees are expected in {city} tomorrow? The thermostat of the {room} gets the same.",
        f"into the thermostat of the {room}: the degrees from the forecast for {city}",
        f"A friend who lives in {city} is coming, and the {room} should feel like home to him. Set it to the degrees that his city gets tomorrow.",
        f"With the forecast for {city} as the target, heat the {room} to the same degrees.",
        f"I want to feel as if I were in {city}: let the thermostat of the {room} have the degrees of tomorrow there.",
        f"My wife is used to {city}. Check its forecast and let the {room} be as warm as that, please.",
        f"My wish for the {room} is the degrees that {city} will have tomorrow. Look at the forecast and set them.",
        f"If it is cold in {city} tomorrow, the {room} should be as cold. Set the thermostat to the degrees of the forecast, whatever they are.",
        f"My choice for the {room} is not a number but a city, namely {city}: set the thermostat to the degrees of its forecast.",
        f"Set the thermostat of the {room} to the degrees of the forecast for {city}.",
        f"Look up the weather in {city} tomorrow and heat the {room} to the same degrees.",
        f"How many degrees will {city} have tomorrow? Set the thermostat in the {room} to that.",
        f"I want the {room} as warm as {city} tomorrow. Check the forecast, then set the thermostat.",
        f"Forecast for {city}, then thermostat of the {room} to the same degrees.",
        f"The {room} should have the degrees that the forecast says for {city}.",
        f"Make the {room} as warm as {city} will be tomorrow.",
        f"Get the forecast for {city}. Its degrees are the target for the {room}.",
        f"Take the degrees of tomorrow in {city} and set the {room} to them.",
        f"Can you heat the {room} to as many degrees as {city} will have tomorrow?",
        f"I need the same degrees in the {room} as in {city} tomorrow. Look up the weather first.",
        f"First find out how many degrees the forecast gives for {city}, then set the {room} to this.",
        f"Check the weather for {city}. The thermostat of the {room} should get the same degrees.",
        f"Thermostat, {room}: the degrees of {city} tomorrow.",
        f"The degrees of the forecast for {city} are what I want in the {room}. Set that, please.",
        f"We want to feel the weather of {city} in the {room}: same degrees as tomorrow there.",
        f"Adjust the thermostat of the {room} to the degrees that {city} will get tomorrow.",
        f"Find out the degrees in {city} tomorrow and use them for the thermostat of the {room}.",
        f"Could you check how warm it will be in {city} tomorrow and heat the {room} to the same degrees?",
        f"The temperature in the {room} should be the same as in {city} tomorrow. Look at the forecast for that.",
        f"Heat the {room} to the degrees of the forecast for {city}.",
        f"I fly to {city}. The {room} should be as warm as {city} tomorrow, please.",
        f"My guest in the {room} is used to {city}. Give it the degrees that the forecast has for {city}.",
        f"What does the forecast say for {city}? Put the thermostat of the {room} to these degrees.",
        f"I would like the {room} to be just as warm as it will be in {city} tomorrow.",
        f"See how many degrees they expect in {city} tomorrow, and set the thermostat in the {room} to that.",
        f"Use the forecast of {city}: set the {room} to the same degrees.",
        f"Would you make the {room} as warm as {city} is going to be tomorrow?",
        f"After you look up the forecast for {city}, change the thermostat in the {room} to its degrees.",
        f"My target for the {room} is what the forecast for {city} says in degrees. Please set it.",
        f"Bring the {room} to the degrees expected in {city} tomorrow.",
        f"We travel to {city} tomorrow and want to feel its weather. Set the {room} to the same degrees.",
        f"In the {room}, I want the degrees of tomorrow in {city}. Check the weather and then adjust the thermostat.",
        f"Can you get the weather of {city} for tomorrow and bring the {room} to the same degrees?",
        f"A guest from {city} sleeps in the {room}. Heat it to the degrees that they will have there tomorrow.",
        f"Whatever degrees the forecast has for {city}, use them as the target of the {room}.",
        f"Could you look up how warm {city} will be tomorrow and set the {room} to that?",
        f"I will fly to {city} tomorrow and want to get used to it. Heat the {room} to the degrees they expect.",
        f"The {room} should be just as warm as {city} tomorrow. Use the degrees of the forecast for the thermostat.",
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
        f"Heating of the {room}, beginning: {start}, ending: {end}.",
        f"The heating in the {room} begins at {start} and stops at {end} from now on. Set that, please.",
        f"My friend sleeps in the {room} and feels cold. Plan the heating there from {start} until {end}.",
        f"Nobody is in the {room} before {start} or after {end}, so heat it only between these times.",
        f"With {start} as the beginning and {end} as the end, plan the heating of the {room}.",
        f"Our day in the {room} begins at {start} and stops at {end}. It should be heated in that time.",
        f"Ending at {end} and beginning at {start}, the heating of the {room} should run every day.",
        f"Until {end}, beginning at {start}, keep the {room} warm. Plan the heating like that.",
        f"If the heating of the {room} is on from {start} and stops at {end}, we save power. Plan it so.",
        f"When the clock says {start}, the heating in the {room} begins, and when it says {end}, the heating stops. Plan that.",
        f"My choice for the heating of the {room}: it stops at {end} and begins at {start}.",
        f"To save power, heat the {room} only from {start} until {end}.",
        f"Guests are coming at {start} and leave at {end}. Plan the heating in the {room} for that time.",
        f"What if the {room} were heated, beginning with {start} and ending with {end}? Plan it, please.",
        f"Heat the {room} from {start} to {end}.",
        f"Plan the heating times of the {room}: start {start}, end {end}.",
        f"The {room} should be heated between {start} and {end}.",
        f"Heating hours, {room}: {start} to {end}.",
        f"Can you plan that the {room} is heated from {start} until {end}?",
        f"Set the heating of the {room} to start at {start} and end at {end}.",
        f"Make the heating in the {room} run from {start} to {end}.",
        f"I need the {room} warm between {start} and {end}. Plan the heating, please.",
        f"From {start} to {end} the {room} should be heated.",
        f"{room}: heating on at {start}, off at {end}.",
        f"We use the {room} from {start} until {end}. Plan the heating for these hours.",
        f"Would you set the heating hours of the {room} to {start} until {end}?",
        f"Start heating the {room} at {start} and stop at {end}.",
        f"Change the heating plan of the {room}: from {start} to {end}.",
        f"Between {start} and {end}, heat the {room}.",
        f"The heating of the {room} should begin at {start} and stop at {end}.",
        f"Set the heating times in the {room} to {start} until {end}.",
        f"Could you heat the {room} between {start} and {end}?",
        f"I want the heating of the {room} on from {start} to {end}.",
        f"Heating of the {room}: start at {start}, end at {end}.",
        f"Schedule the heating in the {room} from {start} until {end}.",
        f"Let the heating of the {room} run between {start} and {end}.",
        f"My heating in the {room} begins at {start}, goes on and stops at {end}. Plan it like that.",
        f"Please have the {room} heated from {start} to {end}.",
        f"Would you turn the heating of the {room} on for the hours from {start} to {end}?",
        f"Adjust the heating hours in the {room}: {start} until {end}.",
        f"Somebody works in the {room}. Keep it heated from {start} to {end}.",
        f"Every day, heat the {room} starting at {start} and ending at {end}.",
        f"We want to have it warm in the {room} from {start} until {end}, so plan the heating for that time.",
        f"Can you schedule heating for the {room}, with {start} as the start and {end} as the end?",
        f"Begin to heat the {room} at {start}, and stop it at {end}.",
        f"The new heating hours for the {room} are {start} to {end}. Please set them.",
        f"Somebody is in the {room} from {start} to {end}. Please keep it heated in these hours.",
        f"My plan for the {room} is heating that begins at {start} and goes on until {end}.",
        f"Change the times of the heating in the {room}, so that it starts at {start} and stops at {end}.",
        f"Turn the heating of the {room} on at {start} and off at {end}.",
        f"Could you plan heating for the {room}, beginning at {start} and ending at {end}?",
        f"Somebody works in the {room} every day from {start} to {end}. Heat it in that time, please.",
        f"New times for the {room}: the heating starts at {start} and goes until {end}.",
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
