"""Travel: flights, hotels, prices, bookings, upgrades, travellers."""
# ruff: noqa: E501 - wordings and tool descriptions are kept on one line each

from __future__ import annotations

from typing import Any

from mtp_trainer.toolworld.ops import (
    BOOLEAN,
    INTEGER,
    STRING,
    STRINGS,
    Op,
    P,
    ToolFailure,
    World,
    enum,
    number,
)
from mtp_trainer.toolworld.scene import Domain, Failed, Scene
from mtp_trainer.toolworld.words import CITIES

FLIGHT = P(
    "flight",
    STRING,
    ("flight", "flight_id", "flight_number", "flight_code"),
    ("Number of the flight", "The flight", "Flight number"),
)
HOTEL = P(
    "hotel",
    STRING,
    ("hotel", "hotel_name", "name", "house"),
    ("Name of the hotel", "The hotel", "Hotel name"),
)
CITY = P("city", STRING, ("city", "place", "town", "location"), ("Name of the city", "The city", "City name"))
BOOKING = P(
    "booking",
    STRING,
    ("booking", "booking_id", "reference", "booking_code"),
    ("Code of the booking", "The booking", "Booking code"),
)


def _flight(world: World, flight: str) -> dict[str, Any]:
    if flight not in world["flights"]:
        raise ToolFailure(f"No flight '{flight}'.")
    found: dict[str, Any] = world["flights"][flight]
    return found


def _hotel(world: World, hotel: str) -> dict[str, Any]:
    if hotel not in world["hotels"]:
        raise ToolFailure(f"No hotel '{hotel}'. Hotels: {', '.join(world['hotels'])}.")
    found: dict[str, Any] = world["hotels"][hotel]
    return found


def _booking(world: World, booking: str) -> dict[str, Any]:
    if booking not in world["bookings"]:
        raise ToolFailure(f"No booking '{booking}'.")
    found: dict[str, Any] = world["bookings"][booking]
    return found


def _search(world: World, origin: str, city: str) -> Any:
    found = [
        key for key, entry in world["flights"].items() if entry["from"] == origin and entry["to"] == city
    ]
    if not found:
        raise ToolFailure(f"No flight from {origin} to {city}.")
    return found


def _price(world: World, flight: str) -> Any:
    return _flight(world, flight)["price"]


def _book(world: World, flight: str, travellers: list[Any], cabin: str = "economy") -> Any:
    _flight(world, flight)
    if not travellers:
        raise ToolFailure("The list of travellers is empty.")
    return _store(world, {"what": flight, "who": [str(one) for one in travellers], "class": cabin})


def _store(world: World, booking: dict[str, Any]) -> str:
    code = world["_codes"].pop(0) if world["_codes"] else f"B{len(world['bookings'])}"
    world["bookings"][code] = booking
    return str(code)


def _hotels(world: World, city: str) -> Any:
    found = [key for key, entry in world["hotels"].items() if entry["city"] == city]
    if not found:
        raise ToolFailure(f"No hotel in {city}.")
    return found


def _hotel_price(world: World, hotel: str, nights: int) -> Any:
    if not 1 <= nights <= 365:
        raise ToolFailure("The nights must be from 1 to 365.")
    return number(_hotel(world, hotel)["price"] * nights)


def _book_hotel(world: World, hotel: str, guest: str, nights: int) -> Any:
    _hotel_price(world, hotel, nights)
    return _store(world, {"what": hotel, "who": [guest], "nights": nights})


def _cancel(world: World, booking: str) -> Any:
    _booking(world, booking)
    del world["bookings"][booking]
    return "cancelled"


def _seat(world: World, booking: str, window: bool) -> Any:
    _booking(world, booking)["window"] = window
    return "saved"


def _travellers(world: World, booking: str) -> Any:
    return _booking(world, booking)["who"]


def _bookings(world: World) -> Any:
    return list(world["bookings"])


OPS = (
    Op(
        "search",
        ("search_flights", "find_flights", "flights_between", "flight_search", "list_flights"),
        ("Search flights from one city to another.", "Find flights between two cities.", "Flights from a city to a city.", "Find flights from one city to another."),
        (P("origin", STRING, ("origin", "from_city", "departure", "start"), ("City of departure", "From which city", "Start city")),
         P("city", STRING, ("destination", "to_city", "arrival", "target"), ("City of arrival", "To which city", "Target city"))),
        _search, "flights",
    ),
    Op(
        "price",
        ("flight_price", "get_flight_price", "price_of_flight", "fare", "flight_fare"),
        ("Price of a flight.", "What a flight costs.", "Return the price of a flight.", "Price: what a flight costs."),
        (FLIGHT,), _price, "price",
    ),
    Op(
        "book",
        ("book_flight", "reserve_flight", "flight_booking", "buy_ticket", "book_ticket"),
        ("Book a flight for travellers; returns the booking code.", "Book a flight.", "Reserve a flight for one or more travellers.", "Book a flight for one or more travellers."),
        (FLIGHT,
         P("travellers", STRINGS, ("travellers", "passengers", "people", "names"), ("Names of the travellers", "Who flies", "The travellers")),
         P("cabin", enum("economy", "business", "first"), ("class", "cabin", "cabin_class", "service_class"), ("Class of the seat", "The class", "Travel class"), optional=True)),
        _book, "booking",
    ),
    Op(
        "hotels",
        ("search_hotels", "find_hotels", "hotels_in_city", "hotel_search", "list_hotels"),
        ("Search hotels in a city.", "Find hotels of a city.", "List the hotels in a city.", "Find the hotels in a city."),
        (CITY,), _hotels, "hotels",
    ),
    Op(
        "hotel_price",
        ("hotel_price", "get_hotel_price", "price_of_hotel", "hotel_cost", "hotel_cost_of_stay"),
        ("Price of a hotel for some nights.", "What a hotel costs for a number of nights.", "Return the price of a hotel stay.", "Price of a hotel for a number of nights."),
        (HOTEL, P("nights", INTEGER, ("nights", "night_count", "stay", "number_of_nights"), ("Number of nights", "How many nights", "The nights"))),
        _hotel_price, "price",
    ),
    Op(
        "book_hotel",
        ("book_hotel", "reserve_hotel", "hotel_booking", "book_room", "reserve_room"),
        ("Book a hotel for a guest; returns the booking code.", "Book a hotel room.", "Reserve a hotel for some nights.", "Book a hotel room for some nights."),
        (HOTEL,
         P("guest", STRING, ("guest", "guest_name", "person", "traveller"), ("Name of the guest", "Who stays", "The guest")),
         P("nights", INTEGER, ("nights", "night_count", "stay", "number_of_nights"), ("Number of nights", "How many nights", "The nights"))),
        _book_hotel, "booking",
    ),
    Op(
        "cancel",
        ("cancel_booking", "cancel", "delete_booking", "cancel_trip", "booking_cancel"),
        ("Cancel a booking.", "Cancel a booked trip.", "Cancel a booking by its code.", "Cancel a booking, by code."),
        (BOOKING,), _cancel, "status",
    ),
    Op(
        "seat",
        ("set_seat", "choose_seat", "window_seat", "seat", "set_window_seat"),
        ("Set whether a booking has a window seat.", "Choose a window seat (true) or no window seat (false).", "Window seat of a booking: true or false.", "Set a window seat for a booking: true or false."),
        (BOOKING, P("window", BOOLEAN, ("window", "window_seat", "at_window", "is_window"), ("True for a window seat", "Whether it is a window seat", "Window seat or not"))),
        _seat, "status",
    ),
    Op(
        "travellers",
        ("list_travellers", "travellers_of", "get_travellers", "passengers_of", "passengers"),
        ("List the travellers of a booking.", "Who travels with a booking.", "Names of the travellers of a booking.", "List the names of the travellers of a booking."),
        (BOOKING,), _travellers, "travellers",
    ),
    Op(
        "bookings",
        ("list_bookings", "all_bookings", "bookings", "get_bookings", "my_bookings"),
        ("List the codes of all bookings.", "All bookings.", "Codes of all bookings.", "List all bookings, by code."),
        (), _bookings, "bookings",
    ),
)  # fmt: skip


def world(s: Scene) -> World:
    """Flights on two routes, hotels in two cities, three bookings."""
    a, b, c = s.sample(CITIES, 3)
    flights = {
        s.code(): {"from": x, "to": y, "price": s.money(60, 700)}
        for x, y in ((a, b), (a, b), (a, b), (b, c))[s.integer(0, 2) :]
    }
    hotels = {
        f"Hotel {s.title()}": {"city": x, "price": s.money(40, 300)}
        for x in (a, a, b, b, b)[s.integer(0, 2) :]
    }
    bookings = {
        s.code(): {"what": f, "who": s.people(s.integer(1, 3)), "class": "economy"}
        for f in (*flights, *flights)[:3]
    }
    return {
        "flights": flights,
        "hotels": hotels,
        "bookings": bookings,
        "_codes": [s.code() for _ in range(12)],
    }


def price(s: Scene) -> None:
    """Price of a flight or of a hotel stay; may be down at first."""
    if s.rng.random() < 0.5:
        op, thing = "price", f"the flight {(f := s.rng.choice(list(s.world['flights'])))}"
        arguments: dict[str, Any] = {"flight": f}
    else:
        h, n = s.rng.choice(list(s.world["hotels"])), s.integer(2, 14)
        op, thing, arguments = "hotel_price", f"{h} for {n} nights", {"hotel": h, "nights": n}
    if s.rng.random() < 0.25:
        s.outage(op)
    s.ask(
        f"What is the price of {thing}?", f"How much does {thing} cost?", f"Please tell me the price of {thing}.", f"price of {thing}, please",
        f"We plan a trip. What does {thing} cost?", f"I want to know the price of {thing}.", f"Can you find the price of {thing}?",
        f"Please find the price of {thing}.", f"Can you tell me what {thing} costs?",
    )  # fmt: skip
    value = s.call(op, f"find the price of {thing}", **arguments)
    if isinstance(value, Failed):
        value = s.call(op, f"find the price of {thing}", **arguments)
    s.answer(f"The price of {thing} is {value}.", f"{value}", expect=[value])


def book_flight(s: Scene) -> None:
    """Book for a list of travellers, with or without a class; an unknown flight is explained."""
    f = s.word().upper() if s.rng.random() < 0.2 else s.rng.choice(list(s.world["flights"]))
    who, cabin = s.people(s.integer(1, 3)), s.pick((None, "business", "first"))
    n, end = " and ".join(who), f" in {cabin} class" if cabin else ""
    s.ask(
        f"Book the flight {f} for {n}{end}.", f"Please book {n} on the flight {f}{end}.", f"{n} want to travel{end}. Book the flight {f}.",
        f"Reserve the flight {f}{end} for {n}, please.", f"Can you book flight {f}{end}? Travellers: {n}.", f"flight {f}, for {n}{end}: please book",
        f"Please book the flight {f} for {n}{end}.", f"Can you book the flight {f} for {n}{end}?",
    )  # fmt: skip
    code = s.call(
        "book",
        f"book the flight {f} for {n}{end}",
        flight=f,
        travellers=who,
        **({"cabin": cabin} if cabin else {}),
    )
    if isinstance(code, Failed):
        s.answer(f"That is not possible: there is no flight {f}.", expect=[f])
        return
    s.answer(f"The flight {f} is booked. The booking code is {code}.", f"Booked: {code}.", expect=[code])


def book_hotel(s: Scene) -> None:
    """Book a hotel room."""
    h, n, g = s.rng.choice(list(s.world["hotels"])), s.integer(2, 14), s.person()
    s.ask(
        f"Book {h} for {g} for {n} nights.", f"Please reserve {n} nights in {h} for {g}.", f"{g} needs a room in {h} for {n} nights. Book it.",
        f"Book a room: {h}, {n} nights, guest {g}.", f"Can you book {n} nights in {h} for {g}?", f"The guest is {g}. Reserve {h} for {n} nights.",
        f"Please book a room in {h} for {g} for {n} nights.", f"Can you reserve {h} for {g} for {n} nights?",
    )  # fmt: skip
    code = s.call("book_hotel", f"book {h} for {g} for {n} nights", hotel=h, guest=g, nights=n)
    s.answer(f"{h} is booked. The booking code is {code}.", f"Booked: {code}.", expect=[code])


def change_booking(s: Scene) -> None:
    """Cancel a booking or set its seat."""
    b = s.rng.choice(list(s.world["bookings"]) or [s.code()])
    if s.rng.random() < 0.4:
        s.ask(
            f"Cancel the booking {b}.", f"Please cancel {b}.", f"I cannot travel. Cancel my booking {b}.", f"Can you cancel the booking {b}?",
            f"Booking {b}: cancel it, please.", f"The trip is off, so cancel {b}.", f"Please cancel my booking {b}.", f"Can you cancel my booking {b}, please?",
        )  # fmt: skip
        op, why, done, arguments = "cancel", f"cancel the booking {b}", f"The booking {b} is cancelled.", {}
    else:
        window = s.rng.random() < 0.5
        seat = "a window seat" if window else "no window seat"
        s.ask(
            f"I want {seat} for the booking {b}.", f"Set {seat} for {b}.", f"Please choose {seat} for my booking {b}.", f"Booking {b}: {seat}, please.",
            f"For the booking {b} I would like {seat}.", f"Can you set {seat} for the booking {b}?", f"Please set {seat} for the booking {b}.",
            f"For my booking {b} I want {seat}, please.",
        )  # fmt: skip
        op, why, done, arguments = (
            "seat",
            f"set {seat} for {b}",
            f"The booking {b} now has {seat}.",
            {"window": window},
        )
    if isinstance(s.call(op, why, booking=b, **arguments), Failed):
        s.answer(f"There is no booking {b}.", expect=[b])
        return
    s.answer(done, expect=[b])


def search_prices(s: Scene) -> None:
    """A loop: find the flights of a route (or none), then the price of each."""
    entry = s.world["flights"][s.rng.choice(list(s.world["flights"]))]
    a, b = entry["from"], s.city() if s.rng.random() < 0.15 else entry["to"]
    s.ask(
        f"Find the flights from {a} to {b} and the price of each.", f"Which flights are there from {a} to {b}, and what does each cost?",
        f"Please search flights from {a} to {b} and get the price of each flight.", f"I fly from {a} to {b}. Find all flights and their prices.",
        f"List the flights from {a} to {b} with the price of each one.", f"flights {a} to {b}, with all prices, please",
        f"Please find the flights from {a} to {b} and their prices.", f"Which flights go from {a} to {b}? Get the price of each flight.",
        plan=[f"find the flights from {a} to {b}", "find the price of each flight"],
    )  # fmt: skip
    found = s.call("search", f"find the flights from {a} to {b}", origin=a, city=b)
    if isinstance(found, Failed):
        s.answer(f"There is no flight from {a} to {b}.", expect=[a, b])
        return
    if s.style.index % 2:
        prices = [s.call("price", f"find the price of {one}", flight=one) for one in found]
    else:
        prices = s.parallel("find the price of each flight", *(("price", {"flight": one}) for one in found))
    pairs = ", ".join(f"{one}: {value}" for one, value in zip(found, prices, strict=True))
    s.answer(f"The prices are {pairs}.", f"{pairs}", expect=[*found, *prices])


def hotel_prices(s: Scene) -> None:
    """A loop: the hotels of a city, then the price of each for some nights."""
    c, n = s.world["hotels"][s.rng.choice(list(s.world["hotels"]))]["city"], s.integer(2, 14)
    s.ask(
        f"Find the hotels in {c} and the price of each for {n} nights.", f"What do the hotels in {c} cost for {n} nights? Give me each price.",
        f"Please search hotels in {c} and get each price for {n} nights.", f"We stay {n} nights in {c}. Find all hotels and their prices.",
        f"List the hotels in {c} with the price of each for {n} nights.", f"hotels in {c} for {n} nights, with all prices, please",
        f"Please find the hotels in {c} and their prices for {n} nights.", f"We stay in {c} for {n} nights. Get the price of each hotel.",
        plan=[f"find the hotels in {c}", f"find the price of each hotel for {n} nights"],
    )  # fmt: skip
    found = s.call("hotels", f"find the hotels in {c}", city=c)
    if s.style.index % 2:
        prices = [
            s.call("hotel_price", f"find the price of {one} for {n} nights", hotel=one, nights=n)
            for one in found
        ]
    else:
        calls = [("hotel_price", {"hotel": one, "nights": n}) for one in found]
        prices = s.parallel(f"find the price of each hotel for {n} nights", *calls)
    pairs = ", ".join(f"{one}: {value}" for one, value in zip(found, prices, strict=True))
    s.answer(f"The prices are {pairs}.", f"{pairs}", expect=[*found, *prices])


def who_travels(s: Scene) -> None:
    """All bookings, then the travellers of each."""
    s.ask(
        "List all bookings and the travellers of each.", "Who travels? List my bookings and the travellers of each booking.", "Please show all bookings with their travellers.",
        "For each of my bookings, tell me the travellers.", "Which bookings do I have, and who are the travellers of each?", "all bookings with the travellers of each, please",
        "Please list my bookings and the travellers of each booking.", "Which bookings do I have? Tell me the travellers of each.",
        plan=["list all bookings", "list the travellers of each booking"],
    )  # fmt: skip
    found = s.call("bookings", "list all bookings")
    if not found:
        s.answer("There are no bookings.")
        return
    if s.style.index % 2:
        names = [s.call("travellers", f"list the travellers of {one}", booking=one) for one in found]
    else:
        names = s.parallel(
            "list the travellers of each booking", *(("travellers", {"booking": one}) for one in found)
        )
    s.answer(
        "; ".join(f"{one}: {', '.join(who)}" for one, who in zip(found, names, strict=True)), expect=names
    )


DOMAIN = Domain(
    "travel",
    OPS,
    world,
    (price, book_flight, book_hotel, change_booking, search_prices, hotel_prices, who_travels),
)
