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
    ("flight", "flight_id", "flight_number", "flight_no", "flight_name", "which_flight", "flight_code"),
    ("Number of the flight", "The flight", "Code of the flight", "Which flight", "Flight number"),
)
HOTEL = P(
    "hotel",
    STRING,
    ("hotel", "hotel_name", "name", "hotel_id", "at_hotel", "which_hotel", "house"),
    ("Name of the hotel", "The hotel", "Which hotel", "Full name of the hotel", "Hotel name"),
)
CITY = P(
    "city",
    STRING,
    ("city", "place", "town", "city_name", "in_city", "where", "location"),
    ("Name of the city", "The city", "Which city", "City to look in", "City name"),
)
BOOKING = P(
    "booking",
    STRING,
    ("booking", "booking_id", "reference", "code", "booking_number", "booking_ref", "booking_code"),
    ("Code of the booking", "The booking", "Which booking", "Code that the booking has", "Booking code"),
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
        ("search_flights", "find_flights", "flights_between", "flight_search", "search_route", "flights_from_to", "route_flights", "get_flights", "look_for_flights", "list_flights"),
        ("Search flights from one city to another.", "Find flights between two cities.", "Flights from a city to a city.", "Look for flights from a city to another.", "Return the flights of a route.", "Which flights go from one city to another.", "Find flights from one city to another."),
        (P("origin", STRING, ("origin", "from_city", "departure", "from", "origin_city", "start_city", "start"), ("City of departure", "From which city", "Where the flight starts", "City to leave from", "Start city")),
         P("city", STRING, ("destination", "to_city", "arrival", "to", "destination_city", "end_city", "target"), ("City of arrival", "To which city", "Where the flight ends", "City to fly to", "Target city"))),
        _search, "flights",
    ),
    Op(
        "price",
        ("flight_price", "get_flight_price", "price_of_flight", "fare", "cost_of_flight", "flight_cost", "ticket_price", "price_of_ticket", "get_fare", "flight_fare"),
        ("Price of a flight.", "What a flight costs.", "Return the price of a flight.", "Look up the price of a flight.", "How much a flight costs.", "Tell the fare of a flight.", "Price: what a flight costs."),
        (FLIGHT,), _price, "price",
    ),
    Op(
        "book",
        ("book_flight", "reserve_flight", "flight_booking", "buy_ticket", "reserve_ticket", "buy_flight", "make_flight_booking", "order_ticket", "ticket_booking", "book_ticket"),
        ("Book a flight for travellers; returns the booking code.", "Book a flight.", "Reserve a flight for one or more travellers.", "Buy tickets of a flight for travellers.", "Make a booking for a flight.", "Put travellers on a flight and return the code.", "Book a flight for one or more travellers."),
        (FLIGHT,
         P("travellers", STRINGS, ("travellers", "passengers", "people", "traveller_names", "persons", "who", "names"), ("Names of the travellers", "Who flies", "List of the travellers", "Names of all who fly", "The travellers")),
         P("cabin", enum("economy", "business", "first"), ("class", "cabin", "cabin_class", "travel_class", "seat_class", "flight_class", "service_class"), ("Class of the seat", "The class", "Which class to book", "Class of the ticket", "Travel class"), optional=True)),
        _book, "booking",
    ),
    Op(
        "hotels",
        ("search_hotels", "find_hotels", "hotels_in_city", "hotel_search", "get_hotels", "city_hotels", "look_for_hotels", "show_hotels", "hotels_of", "list_hotels"),
        ("Search hotels in a city.", "Find hotels of a city.", "List the hotels in a city.", "Look for hotels in a city.", "Return the hotels of a city.", "Which hotels a city has.", "Find the hotels in a city."),
        (CITY,), _hotels, "hotels",
    ),
    Op(
        "hotel_price",
        ("hotel_price", "get_hotel_price", "price_of_hotel", "hotel_cost", "price_of_stay", "stay_price", "room_price", "hotel_rate", "cost_of_hotel", "hotel_cost_of_stay"),
        ("Price of a hotel for some nights.", "What a hotel costs for a number of nights.", "Return the price of a hotel stay.", "Look up what a stay in a hotel costs.", "How much some nights in a hotel cost.", "Total price of the nights in a hotel.", "Price of a hotel for a number of nights."),
        (HOTEL, P("nights", INTEGER, ("nights", "night_count", "stay", "nights_count", "length_of_stay", "how_many_nights", "number_of_nights"), ("Number of nights", "How many nights", "Length of the stay in nights", "Nights of the stay", "The nights"))),
        _hotel_price, "price",
    ),
    Op(
        "book_hotel",
        ("book_hotel", "reserve_hotel", "hotel_booking", "book_room", "reserve_stay", "book_stay", "make_hotel_booking", "hotel_reservation", "book_nights", "reserve_room"),
        ("Book a hotel for a guest; returns the booking code.", "Book a hotel room.", "Reserve a hotel for some nights.", "Make a booking for a hotel.", "Reserve a room for a guest and return the code.", "Book some nights in a hotel.", "Book a hotel room for some nights."),
        (HOTEL,
         P("guest", STRING, ("guest", "guest_name", "person", "name_of_guest", "for_person", "guest_person", "traveller"), ("Name of the guest", "Who stays", "The person who stays", "Name for the room", "The guest")),
         P("nights", INTEGER, ("nights", "night_count", "stay", "nights_count", "length_of_stay", "how_many_nights", "number_of_nights"), ("Number of nights", "How many nights", "Length of the stay in nights", "Nights of the stay", "The nights"))),
        _book_hotel, "booking",
    ),
    Op(
        "cancel",
        ("cancel_booking", "cancel", "delete_booking", "cancel_trip", "remove_booking", "drop_booking", "end_booking", "cancel_reservation", "undo_booking", "booking_cancel"),
        ("Cancel a booking.", "Cancel a booked trip.", "Cancel a booking by its code.", "Remove a booking.", "Call off a booked trip.", "Cancel what was booked under a code.", "Cancel a booking, by code."),
        (BOOKING,), _cancel, "status",
    ),
    Op(
        "seat",
        ("set_seat", "choose_seat", "window_seat", "seat", "change_seat", "seat_choice", "pick_seat", "set_window", "seat_at_window", "set_window_seat"),
        ("Set whether a booking has a window seat.", "Choose a window seat (true) or no window seat (false).", "Window seat of a booking: true or false.", "Change the seat of a booking.", "Give a booking a window seat, or take it away.", "Say if a booking should have a window seat.", "Set a window seat for a booking: true or false."),
        (BOOKING, P("window", BOOLEAN, ("window", "window_seat", "at_window", "at_the_window", "with_window", "wants_window", "is_window"), ("True for a window seat", "Whether it is a window seat", "True if the seat is at the window", "Is it a window seat", "Window seat or not"))),
        _seat, "status",
    ),
    Op(
        "travellers",
        ("list_travellers", "travellers_of", "get_travellers", "passengers_of", "who_travels", "show_travellers", "travellers_of_booking", "names_of_travellers", "get_passengers", "passengers"),
        ("List the travellers of a booking.", "Who travels with a booking.", "Names of the travellers of a booking.", "Show who is on a booking.", "Return the names of the people of a booking.", "Which people travel on a booking.", "List the names of the travellers of a booking."),
        (BOOKING,), _travellers, "travellers",
    ),
    Op(
        "bookings",
        ("list_bookings", "all_bookings", "bookings", "get_bookings", "show_bookings", "booking_list", "which_bookings", "booking_codes", "list_all_bookings", "my_bookings"),
        ("List the codes of all bookings.", "All bookings.", "Codes of all bookings.", "Show all bookings by code.", "Return the codes of the bookings.", "Which bookings there are.", "List all bookings, by code."),
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
        f"I thought about {thing}, and the only question is the price. What is it?",
        f"I lost the page with the price of {thing}. Please find it.",
        f"Since we are interested in {thing}, please look up the price.",
        f"If somebody is interested in {thing}, what price do I tell them?",
        f"Nobody has told me yet what {thing} costs. Can you find out?",
        f"How much would I spend on {thing}?",
        f"I do not want to spend too much. How expensive would {thing} be?",
        f"A customer is interested in the price of {thing}. Please check it.",
        f"{thing} - price?",
        f"So that I make no mistake with my money, tell me what {thing} costs.",
        f"We have almost decided on {thing}. Only the price is missing, so find it, please.",
        f"With {thing} in mind, I ask for the price.",
        f"What is the price of {thing}?",
        f"How much does {thing} cost?",
        f"Please tell me the price of {thing}.",
        f"price of {thing}, please",
        f"We plan a trip. What does {thing} cost?",
        f"I want to know the price of {thing}.",
        f"Can you find the price of {thing}?",
        f"Please find the price of {thing}.",
        f"I need the price of {thing}.",
        f"What do I have to pay for {thing}?",
        f"Could you look up what {thing} costs?",
        f"We have to know how much {thing} costs.",
        f"{thing}: what is the price?",
        f"Find out the price of {thing} for me.",
        f"{s.person()} asked for the price of {thing}. Can you look it up?",
        f"Before I decide, I would like to see the price of {thing}.",
        f"Give me the price of {thing}, please.",
        f"Show me the price of {thing}.",
        f"What would {thing} cost me?",
        f"Please check how much {thing} costs.",
        f"How expensive is {thing}?",
        f"What is the cost of {thing}?",
        f"Check the price of {thing}, would you?",
        f"I wonder what {thing} costs. Please look it up.",
        f"We are thinking about {thing}. How much is that?",
        f"How much is {thing}?",
        f"cost of {thing}?",
        f"Could you tell me the price of {thing}?",
        f"Look up the cost of {thing}, please.",
        f"I would like to know how much I have to pay for {thing}.",
        f"Get me the price of {thing}.",
        f"What will we be charged for {thing}?",
        f"Is {thing} expensive? Tell me the price, please.",
        f"I am planning my budget. What is the price of {thing}?",
        f"Would you find out how much {thing} costs?",
        f"My boss wants to know what {thing} costs. Can you check?",
        f"Please let me know the price of {thing}.",
        f"What price do they ask for {thing}?",
        f"How much money do we need for {thing}?",
        f"I am interested in {thing}. Tell me the price.",
        f"Let me know how expensive {thing} is.",
        f"Can you tell me what {thing} costs?",
    )
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
        f"I thought about it and chose {f}. Buy tickets{end} for {n}, please.",
        f"For {n}, seats{end} on the flight {f}, please: make the booking.",
        f"Take seats{end} on {f} for {n} and make the booking.",
        f"The people travelling are {n}. Their flight is {f}, so book it{end}.",
        f"We chose the flight {f}. Get seats{end} for {n}, please.",
        f"With {n} as the passengers, book the flight {f}{end}.",
        f"After a long talk we have decided to take {f}. Please buy tickets{end} for {n}.",
        f"It was decided that {n} will fly{end}. The flight to book is {f}.",
        f"Because {n} must be there on time, book the flight {f}{end}.",
        f"{f}, passengers {n}: book{end}",
        f"So that {n} can travel{end}, make a booking for the flight {f}.",
        f"My boss chose {f} as the flight. It is to be reserved{end} for {n}.",
        f"Passengers on the flight {f} should be {n}. Make that booking{end}.",
        f"For {n} I would like tickets{end}, namely on the flight {f}. Please book.",
        f"Book the flight {f} for {n}{end}.",
        f"Please book {n} on the flight {f}{end}.",
        f"{n} want to travel{end}. Book the flight {f}.",
        f"Reserve the flight {f}{end} for {n}, please.",
        f"Can you book flight {f}{end}? Travellers: {n}.",
        f"flight {f}, for {n}{end}: please book",
        f"Please book the flight {f} for {n}{end}.",
        f"I need the flight {f} for {n}{end}. Please book it.",
        f"Travellers: {n}. Flight: {f}. Make the booking{end}, please.",
        f"Could you get tickets{end} for {n} on the flight {f}?",
        f"We would like to take the flight {f}{end}. The travellers are {n}.",
        f"Buy tickets for {n} on the flight {f}{end}.",
        f"Make a booking on {f}{end}. It is for {n}.",
        f"For {n}, please reserve the flight {f}{end}.",
        f"The flight {f} is the right one. Book it{end} for {n}.",
        f"I have to book a flight{end}. It is {f}, and the passengers are {n}.",
        f"Get tickets for the flight {f}{end} for {n}.",
        f"I would like to book the flight {f}{end} for {n}.",
        f"Please make a reservation on the flight {f}{end} for {n}.",
        f"Could you book {n} on flight {f}{end}?",
        f"Passengers: {n}. Please book the flight {f}{end}.",
        f"book {f}{end} for {n}",
        f"Would you reserve flight {f}{end}? The travellers are {n}.",
        f"Put {n} on the flight {f}{end}, please.",
        f"{n} would like to fly{end}. Please book the flight {f}.",
        f"I want to buy tickets{end} for the flight {f}. They are for {n}.",
        f"We need seats{end} on the flight {f} for {n}. Please book.",
        f"Please arrange the flight {f}{end} for {n}.",
        f"Let us take the flight {f}{end}. Make a booking for {n}.",
        f"Can you buy tickets for the flight {f}{end}? The passengers are {n}.",
        f"Reserve seats{end} for {n} on {f}.",
        f"Flight {f} fits our plans. Please reserve it{end} for {n}.",
        f"{n} should be booked on the flight {f}{end}.",
        f"Make a flight booking{end}, please: {f}, travellers {n}.",
        f"The travellers {n} need to be on the flight {f}{end}. Can you make the booking?",
        f"I decided on the flight {f}. Please get tickets{end} for {n}.",
        f"Would you put {n} on the flight {f}{end}?",
        f"The passengers are {n}, and they fly{end}. Make a booking for the flight {f}.",
        f"I would like to have the flight {f} booked for {n}{end}.",
        f"Can you book the flight {f} for {n}{end}?",
    )
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
        f"Because {g} is travelling soon, get {n} nights in {h}, please.",
        f"{g} thought about it and chose {h}. Reserve {n} nights, please.",
        f"As {g} has lost the key of the flat, book a room in {h} for {n} nights.",
        f"Travelling is tiring, so {g} wants a bed in {h} for {n} nights. Please book.",
        f"{g} chose {h} as the place to sleep. Please book {n} nights there.",
        f"The hotel that we chose is {h}. Reserve it for {n} nights, with {g} as the guest.",
        f"Because {g} has to spend {n} nights away from home, book a room in {h}.",
        f"It was decided to put {g} into {h}. Book {n} nights, please.",
        f"Guest {g}, {n} nights, {h}: reserve",
        f"My friend {g} plans to spend some time in {h}, namely {n} nights. Could you book that?",
        f"Where does {g} stay? In {h}, and for {n} nights. Make the reservation, please.",
        f"A room for {n} nights, with {g} as the guest, is what I need from {h}. Book it.",
        f"If you book {h} for {n} nights, {g} will have a bed. Please do so.",
        f"So that {g} can spend {n} nights in comfort, reserve a room at {h}.",
        f"Book {h} for {g} for {n} nights.",
        f"Please reserve {n} nights in {h} for {g}.",
        f"{g} needs a room in {h} for {n} nights. Book it.",
        f"Book a room: {h}, {n} nights, guest {g}.",
        f"Can you book {n} nights in {h} for {g}?",
        f"The guest is {g}. Reserve {h} for {n} nights.",
        f"Please book a room in {h} for {g} for {n} nights.",
        f"I need a room for {g} in {h}. The stay is {n} nights.",
        f"Guest: {g}. Hotel: {h}. Nights: {n}. Please book.",
        f"{g} wants to stay {n} nights in {h}. Make the booking, please.",
        f"Could you get {g} a room in {h} for {n} nights?",
        f"For {n} nights, reserve a room for {g} in {h}.",
        f"We have to book a hotel for {g}: {h}, {n} nights.",
        f"Make a booking at {h}. It is for {g} and for {n} nights.",
        f"{h} looks good. Book {n} nights there for {g}.",
        f"Would you please reserve a room? {g} will stay {n} nights, and the hotel is {h}.",
        f"Reserve a room in {h} for {g}, {n} nights.",
        f"I would like to book {h} for {g} for {n} nights.",
        f"Please make a reservation at {h} for {g}. The stay is {n} nights.",
        f"Could you book a room at {h} for {n} nights? The guest is {g}.",
        f"{g} will stay at {h} for {n} nights. Please book.",
        f"book {h}, {n} nights, for {g}",
        f"Get a room at {h} for {g}, please. It is for {n} nights.",
        f"Please arrange a stay of {n} nights in {h} for {g}.",
        f"Would you book {g} into {h} for {n} nights?",
        f"I want a room in {h} for {n} nights. It is for {g}.",
        f"{g} is travelling and needs {n} nights at {h}. Make a reservation, please.",
        f"Can you get a room for {g}? The hotel is {h} and the stay is {n} nights.",
        f"We need {n} nights in {h}. The guest will be {g}, so please reserve that.",
        f"Name of the guest: {g}. Please reserve {h}, {n} nights.",
        f"Let us take {h} for {n} nights. Book it for {g}.",
        f"Our guest {g} would like to spend {n} nights at {h}. Please reserve a room.",
        f"A room in {h} should be booked for {g}, for {n} nights.",
        f"I decided on {h}. Please make a booking of {n} nights for {g}.",
        f"For {g}, book {n} nights at {h}, please.",
        f"Make a hotel booking for {g}: {n} nights, {h}.",
        f"I would like to have {h} booked for {n} nights. The name of the guest is {g}.",
        f"{g} is going to spend {n} nights in {h}. Please get a room.",
        f"We chose {h} for {g}. The stay is {n} nights, so please make the booking.",
        f"Can you reserve {h} for {g} for {n} nights?",
    )
    code = s.call("book_hotel", f"book {h} for {g} for {n} nights", hotel=h, guest=g, nights=n)
    s.answer(f"{h} is booked. The booking code is {code}.", f"Booked: {code}.", expect=[code])


def change_booking(s: Scene) -> None:
    """Cancel a booking or set its seat."""
    b = s.rng.choice(list(s.world["bookings"]) or [s.code()])
    if s.rng.random() < 0.4:
        s.ask(
            f"I thought about the trip again. Cancel the booking {b}, please.",
            f"The meeting will not happen, so nobody needs {b}. Cancel it.",
            f"I have lost interest in travelling. Please cancel {b}.",
            f"Will the trip {b} happen? No, so cancel it.",
            f"It was a mistake to book {b}, so cancel it for me.",
            f"Somebody made a mistake, and so we have the booking {b}. Please cancel it.",
            f"What was booked as {b} is not going to happen. Please cancel.",
            f"Nobody will use the booking {b}. Please call it off.",
            f"Because nobody has time to travel, the booking {b} can be cancelled. Do so, please.",
            f"We decided to stay here. Cancel the booking with the code {b}.",
            f"{b}: cancel this booking",
            f"What do I do with {b}? I made this booking too early. Please cancel it.",
            f"The journey cannot happen now, so have the booking {b} cancelled.",
            f"I made a reservation under the code {b}, and now I want it cancelled.",
            f"Cancel the booking {b}.",
            f"Please cancel {b}.",
            f"I cannot travel. Cancel my booking {b}.",
            f"Can you cancel the booking {b}?",
            f"Booking {b}: cancel it, please.",
            f"The trip is off, so cancel {b}.",
            f"Please cancel my booking {b}.",
            f"I do not need the booking {b} any more. Cancel it.",
            f"Our plans have changed. Please cancel the booking {b}.",
            f"Would you cancel {b} for me?",
            f"We have to cancel a booking. Its code is {b}.",
            f"cancel {b}, please",
            f"I want to cancel the booking with the code {b}.",
            f"{s.person()} is ill, so the booking {b} must be cancelled.",
            f"Can the booking {b} be cancelled? Then please do it.",
            f"We will stay at home. The booking {b} should be cancelled, please.",
            f"Call off the booking {b}.",
            f"Could you cancel the booking {b}, please?",
            f"Please delete the booking {b}. I cannot go.",
            f"I would like to cancel {b}.",
            f"Drop my booking {b}, please.",
            f"My booking {b} is no longer needed. Please cancel it.",
            f"Get rid of the booking {b}, would you?",
            f"We are not going to travel after all, so please call off {b}.",
            f"Something came up and I cannot go. Cancel {b}, please.",
            f"cancellation of the booking {b}, please",
            f"Please remove my booking {b}.",
            f"Can you call off the booking with the code {b}?",
            f"I changed my mind about the booking {b}. Cancel it.",
            f"We will not need {b}. Would you please cancel it?",
            f"Please see to it that the booking {b} is cancelled.",
            f"There is a booking, {b}, that I want to cancel.",
            f"Our trip will not happen. Could you delete the booking {b}?",
            f"Go ahead and cancel the booking {b}.",
            f"The booking {b} has to be called off, please.",
            f"I made the booking {b} by mistake. Make sure that it is cancelled.",
            f"I have to cancel {b}. Could you do that?",
            f"The code of my booking is {b}. I will not use it, so cancel it.",
            f"Nobody can go on this trip. Make sure that {b} is cancelled.",
            f"Can you cancel my booking {b}, please?",
        )
        op, why, done, arguments = "cancel", f"cancel the booking {b}", f"The booking {b} is cancelled.", {}
    else:
        window = s.rng.random() < 0.5
        seat = "a window seat" if window else "no window seat"
        s.ask(
            f"I thought that {b} had {seat}, but it does not. Set it, please.",
            f"Seats matter to me: for {b} I want {seat}.",
            f"We are travelling with the booking {b} and chose {seat}. Please set it.",
            f"For the people travelling on {b}, set {seat}.",
            f"Because my knees hurt, I ask for {seat} on the booking {b}.",
            f"With {seat}, the booking {b} would be right. Please set it.",
            f"My boss chose {seat} for the booking {b}. Please set that.",
            f"I decided to have {seat}. The code of the booking is {b}, so please set it there.",
            f"{b}, {seat}",
            f"There was a mistake in {b}: it must have {seat}. Set that, please.",
            f"What kind of seat do we want for {b}? The answer is {seat}. Please set that.",
            f"So that everyone is happy, choose {seat} for the booking {b}.",
            f"One of the passengers asked for {seat}. It is the booking {b}. Please change it.",
            f"As for the seat of my booking {b}, I chose {seat}. Set it, please.",
            f"I want {seat} for the booking {b}.",
            f"Set {seat} for {b}.",
            f"Please choose {seat} for my booking {b}.",
            f"Booking {b}: {seat}, please.",
            f"For the booking {b} I would like {seat}.",
            f"Can you set {seat} for the booking {b}?",
            f"Please set {seat} for the booking {b}.",
            f"I need {seat} for {b}.",
            f"Could we have {seat} on the booking {b}?",
            f"My booking is {b}. I would rather have {seat}.",
            f"Change the booking {b} so that it has {seat}.",
            f"{seat} for {b}, please",
            f"We have to set {seat} for our booking {b}.",
            f"{s.person()} asked for {seat}. The booking is {b}.",
            f"Would you choose {seat} for {b}?",
            f"{b} is my booking. Please set {seat} for it.",
            f"Give the booking {b} {seat}.",
            f"Could you set {seat} for my booking {b}?",
            f"I would like {seat} for {b}, please.",
            f"Please pick {seat} for the booking {b}.",
            f"Can you give me {seat} on the booking {b}?",
            f"We would prefer {seat} for the booking {b}.",
            f"Update the booking {b}: {seat}.",
            f"Select {seat} for {b}.",
            f"seat of the booking {b}: {seat}",
            f"Please change {b} to {seat}.",
            f"When I fly, I prefer {seat}. Please set that for the booking {b}.",
            f"Would you change the seat of the booking {b}? I want {seat}.",
            f"We need {seat} on our booking {b}. Please arrange it.",
            f"Make sure that the booking {b} has {seat}.",
            f"The code is {b}. Choose {seat} for this booking, please.",
            f"I have thought about the seat for {b}: I want {seat}.",
            f"Let the booking {b} have {seat}, please.",
            f"About my booking {b}: could I have {seat}?",
            f"Is it possible to get {seat} for {b}? Then please set it.",
            f"Put {seat} down for the booking {b}, please.",
            f"The booking {b} should have {seat}. Can you change that?",
            f"It is about the booking {b}: we would like {seat}.",
            f"Make it {seat} for {b}, please.",
            f"For my booking {b} I want {seat}, please.",
        )
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
        f"We are travelling from {a} to {b}. Look for all flights, including the price of each.",
        f"I am interested in flights that start in {a} and end in {b}. Find all, each with its price.",
        f"I lost my list of flights from {a} to {b}. Search them again, including all prices.",
        f"We are planning to fly from {a} to {b}. What flights are there, and what is each price?",
        f"An overview would help me: which flights leave {a} for {b}, and at what price each?",
        f"Name all flights from {a} to {b}, including their prices.",
        f"My sister travels from {a} to {b}. Which flights are there for her, and what is the price of each?",
        f"With {a} as the start and {b} as the end, list all flights and the price of each.",
        f"Because I have to be in {b} and live in {a}, look for flights and get each price.",
        f"{a} to {b}: all flights, including prices",
        f"Whoever travels to {b} from {a} needs a flight. Find all of them and the price of each.",
        f"How can one fly from {a} to {b}, and how much would one spend on each flight?",
        f"Leaving from {a} and landing in {b}: find all the flights, then the price of each one.",
        f"A customer is interested in flights to {b}, starting in {a}. Search them and look up each price.",
        f"Find the flights from {a} to {b} and the price of each.",
        f"Which flights are there from {a} to {b}, and what does each cost?",
        f"Please search flights from {a} to {b} and get the price of each flight.",
        f"I fly from {a} to {b}. Find all flights and their prices.",
        f"List the flights from {a} to {b} with the price of each one.",
        f"flights {a} to {b}, with all prices, please",
        f"Please find the flights from {a} to {b} and their prices.",
        f"I need all flights from {a} to {b} and what each of them costs.",
        f"What does each flight from {a} to {b} cost?",
        f"To {b} from {a}: which flights are there, and what are their prices?",
        f"Could you look for flights from {a} to {b} and tell me every price?",
        f"We have to go from {a} to {b}. Show us each flight with its price.",
        f"{s.person()} wants to fly from {a} to {b}. Find each flight and look up its price.",
        f"Get me a list of flights from {a} to {b}. For each of them I want the price.",
        f"I want to compare the prices of all flights that go from {a} to {b}.",
        f"How much are the flights from {a} to {b}? Give me the price of every one.",
        f"Show me all flights from {a} to {b} and the price of each one.",
        f"Can you list every flight from {a} to {b} and its price?",
        f"What flights go from {a} to {b}, and how much is each of them?",
        f"Look for flights from {a} to {b} and check what each costs.",
        f"Search for flights from {a} to {b}. Then get the price of each.",
        f"I am planning to travel from {a} to {b}. Show me the flights and the price of every one.",
        f"all flights from {a} to {b} and what they cost",
        f"Tell me which flights go from {a} to {b} and how much each of them costs.",
        f"How much does each flight from {a} to {b} cost? Please check all of them.",
        f"We want to fly from {a} to {b}. Please list all flights with their prices.",
        f"Check the flights from {a} to {b} and give me the price of each.",
        f"Could you find out what flights there are from {a} to {b} and what each one costs?",
        f"Please get me every flight from {a} to {b} along with its price.",
        f"I have to be in {b} soon and I start in {a}. Find all flights and the cost of each.",
        f"Let me see the flights that go from {a} to {b}, with the price of each flight.",
        f"Would you look up all flights from {a} to {b} and tell me their prices?",
        f"I would like to know the price of every flight from {a} to {b}.",
        f"From {a} to {b}, please: list each flight and its price.",
        f"What would it cost to fly from {a} to {b}? Search all flights and tell me each price.",
        f"Give me an overview of the flights from {a} to {b}, including the cost of every flight.",
        f"My trip starts in {a} and ends in {b}. Tell me the flights and what each one costs.",
        f"I would like to see what flights go from {a} to {b}, each with its price.",
        f"Look up every flight from {a} to {b}, then its price.",
        f"Which flights go from {a} to {b}? Get the price of each flight.",
        plan=[f"find the flights from {a} to {b}", "find the price of each flight"],
    )
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
        f"I am interested in a stay of {n} nights in {c}. Find the hotels and each price.",
        f"Travelling to {c} for {n} nights, I need all hotels, including the price of each.",
        f"We lost the list of hotels in {c}. Make a new one, including each price for {n} nights.",
        f"I thought about {n} nights in {c}. What hotels are there, and what is the price of each?",
        f"For an overview I need all hotels of {c} and what one pays in each for {n} nights.",
        f"Name every hotel in {c}, including its price. We want {n} nights.",
        f"I am going to spend {n} nights in {c}. Which hotels are there, and at what price each?",
        f"With {c} as the city and {n} nights as the stay, find all hotels and the price of each.",
        f"Because my sister travels to {c} for {n} nights, look for all hotels there and get every price.",
        f"{c}, {n} nights: each hotel, including price",
        f"How much does one spend on {n} nights in {c}? Look at every hotel and give me its price.",
        f"A customer is interested in hotels in {c}. Find them all, and for each the price of {n} nights.",
        f"We decided to go to {c} for {n} nights. List the hotels and look up what each of them costs.",
        f"Nobody knows the hotels in {c}. Search them and tell us the price of each for {n} nights.",
        f"Find the hotels in {c} and the price of each for {n} nights.",
        f"What do the hotels in {c} cost for {n} nights? Give me each price.",
        f"Please search hotels in {c} and get each price for {n} nights.",
        f"We stay {n} nights in {c}. Find all hotels and their prices.",
        f"List the hotels in {c} with the price of each for {n} nights.",
        f"hotels in {c} for {n} nights, with all prices, please",
        f"Please find the hotels in {c} and their prices for {n} nights.",
        f"I need a list of the hotels in {c}. What does each cost for {n} nights?",
        f"For {n} nights in {c}, what is the price of each hotel?",
        f"Could you look for hotels in {c} and tell me every price for {n} nights?",
        f"We have to stay {n} nights in {c}. Show us each hotel with its price.",
        f"{s.person()} will be in {c} for {n} nights. Find each hotel and look up its price.",
        f"Which hotels are there in {c}, and how much are {n} nights in each?",
        f"{n} nights, city {c}: all hotels and their prices",
        f"I want to compare the prices of all hotels in {c}. The stay is {n} nights.",
        f"How much would we pay for {n} nights in {c}? Give me the price of every hotel.",
        f"Show me all hotels in {c} and the price of each for {n} nights.",
        f"Can you list every hotel in {c} and its price for {n} nights?",
        f"Which hotels does {c} have, and what does each of them cost for {n} nights?",
        f"Look for hotels in {c} and check what {n} nights cost in each.",
        f"Search for hotels in {c}. Then get the price of {n} nights for each.",
        f"I am planning to spend {n} nights in {c}. Show me the hotels and the price of every one.",
        f"all hotels in {c} and what they cost for {n} nights",
        f"Tell me which hotels there are in {c} and how much each costs for {n} nights.",
        f"How much is each hotel in {c} for {n} nights? Please check all of them.",
        f"We want to stay in {c} for {n} nights. Please list all hotels with their prices.",
        f"Check the hotels in {c} and give me the price of each for {n} nights.",
        f"Could you find out what hotels there are in {c} and what a stay of {n} nights costs in each?",
        f"Please get me every hotel in {c} along with its price for {n} nights.",
        f"I need somewhere to sleep in {c} for {n} nights. Find all hotels and the cost of each.",
        f"Let me see the hotels in {c}, with the price of {n} nights in each hotel.",
        f"Would you look up all hotels in {c} and tell me their prices for {n} nights?",
        f"I would like to know the price of every hotel in {c} for a stay of {n} nights.",
        f"In {c}, for {n} nights: list each hotel and its price, please.",
        f"What would it cost to stay in {c} for {n} nights? Search all hotels and tell me each price.",
        f"Give me an overview of the hotels in {c}, including the cost of {n} nights in every hotel.",
        f"My trip goes to {c}. Tell me the hotels there and what each one costs for {n} nights.",
        f"Look up every hotel in {c}, then its price for a stay of {n} nights.",
        f"I would like to see what hotels {c} has, each with the price of {n} nights.",
        f"We stay in {c} for {n} nights. Get the price of each hotel.",
        plan=[f"find the hotels in {c}", f"find the price of each hotel for {n} nights"],
    )
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
        "Who is travelling, and with which booking? Look at all bookings, please.",
        "I lost my papers. List all my bookings again, including the travellers.",
        "I thought I knew who travels, but I do not. Show me every booking and its travellers.",
        "For all bookings: who are the people travelling on each?",
        "I want to see all bookings, including the passengers of each.",
        "Who are the passengers? Go through every booking and list them.",
        "Every booking has its passengers. Tell me all bookings and who those people are.",
        "Because I need an overview, list all my bookings, and for each one the people who travel.",
        "bookings, including all passengers",
        "My boss asks who travels with us. List every booking and its travellers.",
        "Nobody here knows who travels on which booking. Look through all of them, please.",
        "With each booking comes at least one traveller. Show me all bookings and these names.",
        "So that no mistake happens, check all bookings and name the passengers of each.",
        "In order to write an overview, I need the list of bookings and the travellers of each.",
        "List all bookings and the travellers of each.",
        "Who travels? List my bookings and the travellers of each booking.",
        "Please show all bookings with their travellers.",
        "For each of my bookings, tell me the travellers.",
        "Which bookings do I have, and who are the travellers of each?",
        "all bookings with the travellers of each, please",
        "Please list my bookings and the travellers of each booking.",
        "I need a list of my bookings and who the travellers are.",
        "Could you show me who travels on each of my bookings?",
        "We have to know the travellers of every booking.",
        "Get all bookings. Then find the travellers of each one.",
        "Show me every booking together with its travellers.",
        "Who are the travellers on my bookings? Please check all of them.",
        "bookings and travellers, all of them",
        "I forgot who travels with which booking. Please look at all of them.",
        "Go through all bookings and tell me the travellers.",
        "Show me all my bookings and the travellers of each one.",
        "Can you list every booking and the people who travel on it?",
        "Find all bookings and tell me who travels on each of them.",
        "Look at all my bookings and give me the names of the travellers of each.",
        "What bookings are there, and who travels on each?",
        "Please check every booking and tell me who the travellers are.",
        "list of bookings, each with its travellers",
        "Tell me which bookings there are and the names of the travellers on each.",
        "I want to see every booking and all the people on it.",
        "Could you go through my bookings and list the travellers of each?",
        "Get me the bookings, and for each of them the names of the people who travel.",
        "Who is on which booking? Please go through all of them.",
        "We would like an overview of all bookings with the travellers of every booking.",
        "Would you look up each booking and show me its travellers?",
        "I have lost track of my bookings. Show me all of them and who is travelling on each.",
        "Let me know who the passengers are on each of my bookings.",
        "Give me all bookings and the passengers of each one, please.",
        "Please find every booking that I have. Then list the people on each of them.",
        "Names of the travellers, please, for each of all my bookings.",
        "Do I have any bookings? List them all and tell me who travels on each.",
        "For every booking that we have, give me the names of the travellers.",
        "I would like to know who is on each booking. Check them all, please.",
        "Look up all my bookings and tell me who travels on each one.",
        "Which bookings do I have? Tell me the travellers of each.",
        plan=["list all bookings", "list the travellers of each booking"],
    )
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
