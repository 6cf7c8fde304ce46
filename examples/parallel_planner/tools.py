"""The planner's one tool, which stands for a worker, and the tools of the workers."""

from typing import Annotated

from langchain_core.tools import ToolException, tool
from typing_extensions import TypedDict

WEATHER: dict[str, tuple[str, int, int]] = {  # city: sky, degrees, chance of rain in percent
    "Oslo": ("cloudy", 9, 40),
    "Lima": ("sunny", 24, 5),
    "Cairo": ("hot", 35, 0),
    "Paris": ("rainy", 14, 85),
    "Sydney": ("windy", 21, 20),
}
City = Annotated[str, "Name of the city"]


class Forecast(TypedDict):
    """Tomorrow's weather."""

    sky: str
    degrees: int


@tool
def get_city_report(city: City) -> str:
    """Get the report of a city."""
    raise NotImplementedError("the graph sends a worker instead")


@tool
def weather_forecast(city: City) -> Forecast:
    """Weather forecast of a city for tomorrow: sky and degrees."""
    sky, degrees, _ = known(city)
    return {"sky": sky, "degrees": degrees}


@tool
def rain_chance(city: City) -> int:
    """Chance of rain in a city, in percent."""
    return known(city)[2]


PLANNER_TOOLS = [get_city_report]
WORKER_TOOLS = [weather_forecast, rain_chance]


def known(city: str) -> tuple[str, int, int]:
    """The weather of a city."""
    if city not in WEATHER:
        raise ToolException(f"No city '{city}'. Cities: {', '.join(WEATHER)}.")
    return WEATHER[city]
