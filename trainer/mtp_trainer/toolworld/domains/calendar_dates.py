"""Calendar: dates, weekdays, events and free slots."""

from __future__ import annotations

import datetime
from typing import Any

from mtp_trainer.toolworld.ops import INTEGER, STRING, Op, P, ToolFailure, World
from mtp_trainer.toolworld.scene import Domain, Failed, Scene
from mtp_trainer.toolworld.words import TOPICS

TITLE = P(
    "title",
    STRING,
    ("title", "event", "name", "subject", "event_name", "topic", "label", "event_title"),
    ("Title of the event", "Which event", "Name of the event", "What the event is called", "The event"),
)
DATE = P(
    "date",
    STRING,
    ("date", "day", "on", "the_date", "iso_date", "which_day", "when"),
    ("Date as YYYY-MM-DD", "The date", "Day in the form YYYY-MM-DD", "Date, year first", "Which day"),
)
TIME = P(
    "time",
    STRING,
    ("time", "start", "at", "clock", "time_of_day", "from_time", "hour"),
    ("Time as HH:MM", "The time", "Time of day as HH:MM", "When it starts, HH:MM", "Start time"),
)
DAYS = P(
    "days",
    INTEGER,
    ("days", "count", "number_of_days", "days_to_add", "amount", "day_count", "n"),
    ("How many days", "Number of days", "How many days to add", "Count of days", "Days"),
)


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise ToolFailure("Dates are written as YYYY-MM-DD.") from None


def _today(world: World) -> Any:
    return world["today"]


def _shift(world: World, date: str, days: int) -> Any:
    try:
        return (_date(date) + datetime.timedelta(days=days)).isoformat()
    except OverflowError:
        raise ToolFailure("Too many days.") from None


def _weekday(world: World, date: str) -> Any:
    return _date(date).strftime("%A")


def _between(world: World, first: str, second: str) -> Any:
    return abs((_date(second) - _date(first)).days)


def _event(world: World, title: str) -> dict[str, Any]:
    if title not in world["events"]:
        raise ToolFailure(f"No event '{title}'. Events: {', '.join(world['events']) or 'none'}.")
    found: dict[str, Any] = world["events"][title]
    return found


def _list(world: World) -> Any:
    return list(world["events"])


def _when(world: World, title: str) -> Any:
    return _event(world, title)["date"]


def _create(world: World, title: str, date: str, time: str) -> Any:
    if title in world["events"]:
        raise ToolFailure(f"There is already an event '{title}'.")
    world["events"][title] = {"date": _date(date).isoformat(), "time": time}
    return "created"


def _move(world: World, title: str, date: str) -> Any:
    _event(world, title)["date"] = _date(date).isoformat()
    return "moved"


def _cancel(world: World, title: str) -> Any:
    _event(world, title)
    del world["events"][title]
    return "cancelled"


def _free(world: World, date: str) -> Any:
    return list(world["_slots"][_date(date).toordinal() % len(world["_slots"])])


OPS = (
    Op(
        "cal_today",
        (
            "today",
            "get_today",
            "current_date",
            "todays_date",
            "what_date_is_it",
            "get_current_date",
            "date_now",
            "calendar_today",
            "present_date",
            "date_today",
        ),
        (
            "The date of today.",
            "Return today's date.",
            "Get the date of today.",
            "Tell which date it is today.",
            "Return the current date.",
            "Find out what today's date is.",
            "Today's date.",
        ),
        (),
        _today,
        "date",
    ),
    Op(
        "cal_add_days",
        (
            "add_days",
            "date_plus_days",
            "days_after",
            "date_after",
            "shift_date",
            "plus_days",
            "add_days_to_date",
            "count_forward",
            "date_in_days",
            "days_later",
        ),
        (
            "Add days to a date.",
            "The date some days after a date.",
            "Date plus days.",
            "Count a number of days forward from a date.",
            "Shift a date by some days.",
            "Calculate the date a number of days after a given date.",
            "The date some days later.",
        ),
        (DATE, DAYS),
        _shift,
        "date",
    ),
    Op(
        "cal_weekday",
        (
            "weekday",
            "weekday_of",
            "get_weekday",
            "day_of_week",
            "day_name",
            "weekday_for_date",
            "what_weekday",
            "name_of_day",
            "date_to_weekday",
            "find_weekday",
        ),
        (
            "Weekday of a date.",
            "Which weekday a date is.",
            "Get the weekday of a date.",
            "Name of the day of the week.",
            "Find out the day of the week of a date.",
            "Tell which day of the week a date is.",
            "The weekday of a date.",
        ),
        (DATE,),
        _weekday,
        "weekday",
    ),
    Op(
        "cal_between",
        (
            "days_between",
            "count_days",
            "date_difference",
            "number_of_days",
            "days_apart",
            "day_count_between",
            "diff_dates",
            "how_many_days",
            "gap_in_days",
            "days_from_to",
        ),
        (
            "Number of days between two dates.",
            "Count the days between two dates.",
            "How many days are between two dates.",
            "Difference of two dates in days.",
            "Calculate how many days apart two dates are.",
            "How far apart two dates are, in days.",
            "The number of days between dates.",
        ),
        (
            P(
                "first",
                STRING,
                ("first", "from_date", "start", "from", "date_a", "one_date", "date1"),
                ("First date", "The earlier date", "Date to count from", "One of the two dates", "Start"),
            ),
            P(
                "second",
                STRING,
                ("second", "to_date", "end", "to", "date_b", "other_date", "date2"),
                ("Second date", "The later date", "Date to count to", "The other date", "End"),
            ),
        ),
        _between,
        "days",
    ),
    Op(
        "cal_list",
        (
            "list_events",
            "all_events",
            "show_events",
            "get_events",
            "event_list",
            "calendar_events",
            "event_titles",
            "what_events",
            "fetch_all_events",
            "events",
        ),
        (
            "List the titles of all events.",
            "All events of the calendar.",
            "List all events.",
            "Show what events there are.",
            "Return every event of the calendar by its title.",
            "Get the titles of the events.",
            "Titles of all events.",
        ),
        (),
        _list,
        "events",
    ),
    Op(
        "cal_when",
        (
            "event_date",
            "date_of_event",
            "when_is",
            "find_event_date",
            "when_is_event",
            "event_day",
            "lookup_event",
            "day_of_event",
            "date_for_event",
            "get_event_date",
        ),
        (
            "Date of an event.",
            "When an event takes place.",
            "Find the date of an event.",
            "Look up on which date an event is.",
            "Tell when an event is.",
            "Get the day of an event.",
            "The date of an event.",
        ),
        (TITLE,),
        _when,
        "date",
    ),
    Op(
        "cal_create",
        (
            "create_event",
            "add_event",
            "new_event",
            "make_event",
            "schedule_event",
            "add_to_calendar",
            "insert_event",
            "book_event",
            "put_in_calendar",
            "event_create",
        ),
        (
            "Create a new event.",
            "Add an event to the calendar.",
            "Make a new event.",
            "Put a new event into the calendar.",
            "Schedule an event on a date at a time.",
            "Enter an event with its date and time.",
            "Create an event.",
        ),
        (TITLE, DATE, TIME),
        _create,
        "status",
    ),
    Op(
        "cal_move",
        (
            "move_event",
            "reschedule_event",
            "change_event_date",
            "reschedule",
            "shift_event",
            "postpone_event",
            "set_event_date",
            "update_event_date",
            "event_to_other_date",
            "event_move",
        ),
        (
            "Move an event to another date.",
            "Reschedule an event.",
            "Move an event.",
            "Change the date of an event.",
            "Give an event a new date.",
            "Set another date for an event.",
            "Move an event to a new date.",
        ),
        (TITLE, DATE),
        _move,
        "status",
    ),
    Op(
        "cal_cancel",
        (
            "cancel_event",
            "delete_event",
            "remove_event",
            "event_cancel",
            "drop_event",
            "erase_event",
            "delete_from_calendar",
            "take_out_event",
            "strike_event",
            "call_off_event",
        ),
        (
            "Cancel an event.",
            "Remove an event from the calendar.",
            "Delete an event.",
            "Delete an event from the calendar.",
            "Take an event out of the calendar.",
            "Call an event off.",
            "Cancel the event.",
        ),
        (TITLE,),
        _cancel,
        "status",
    ),
    Op(
        "cal_free",
        (
            "free_slots",
            "free_times",
            "find_free_slots",
            "get_free_times",
            "open_slots",
            "available_times",
            "when_free",
            "free_hours",
            "show_open_times",
            "list_free_slots",
        ),
        (
            "Free times of a day.",
            "List the free slots of a date.",
            "Free slots of a day.",
            "Which times of a day are free.",
            "Find the open times of a date.",
            "Get the times of a day without an event.",
            "List the free times.",
        ),
        (DATE,),
        _free,
        "times",
    ),
)


def world(s: Scene) -> World:
    """A calendar of four events."""
    events = {title: {"date": s.date(), "time": s.time()} for title in s.sample(TOPICS, 4)}
    slots = [sorted({s.time() for _ in range(3)}) for _ in range(7)]
    return {"today": s.date(), "events": events, "_slots": slots}


def _some(s: Scene) -> str:
    return s.rng.choice(sorted(s.world["events"])) if s.world["events"] else s.topic()


def shift(s: Scene) -> None:
    """Days after a date or after today, then maybe the weekday."""
    days, known, more = s.integer(2, 200), s.rng.random() < 0.5, s.rng.random() < 0.5
    date = s.date() if known else "today"
    end = " Which weekday is that?" if more else ""
    s.ask(
        f"The plants from the shop stay fresh for {days} days after {date}. Give me the last date.{end}",
        f"Which date lies {days} days further on than {date}?{end}",
        f"We agreed to meet again {days} days later than {date}. I need help in finding the date.{end}",
        f"I lost count: {days} days further from {date}, what is the date?{end}",
        f"My sister gets married {days} days after {date}, and I need that date for the card.{end}",
        f"Counted from {date}, the visa lasts {days} days. What is the date at the end of it?{end}",
        f"The plants on my balcony want water again {days} days after {date}. Which date should I mark?{end}",
        f"So that nobody is late: what date is it {days} days after {date}?{end}",
        f"The paint must dry for {days} days, counted from {date}. Give me the date when it is dry.{end}",
        f"{days} days from {date} as a date, please.{end}",
        f"With {date} as the start and {days} days to go, which date is the end?{end}",
        f"In {days} days, counted from {date}, my plants go into the garden. Name the date.{end}",
        f"I promised my boss a report {days} days after {date}. Turn that into a date for me, please.{end}",
        f"My sister starts her new job {days} days later than {date}. Say the date, please.{end}",
        f"Which date is {days} days after {date}?{end}",
        f"Add {days} days to {date}.{end}",
        f"What is the date {days} days after {date}?{end}",
        f"My trip starts {days} days after {date}. On which date?{end}",
        f"Please add {days} days to {date} and tell me the date.{end}",
        f"Start: {date}. Add {days} days.{end}",
        f"{s.person()} waits {days} days, counted after {date}. Tell me the date.{end}",
        f"Count {days} days forward from {date} and give me the date.{end}",
        f"I have to pay a bill {days} days after {date}. What date do I write down?{end}",
        f"{date} plus {days} days, which date?{end}",
        f"If I count {days} days from {date}, on which date do I land?{end}",
        f"My ticket is good for {days} days from {date}. On which date does it end?{end}",
        f"We need the date that comes {days} days after {date}.{end}",
        f"Could you work out the date {days} days later than {date}?{end}",
        f"Sent: {date}. The parcel needs {days} days. On which date does it arrive?{end}",
        f"date wanted: {date} + {days} days.{end}",
        f"On which date are we {days} days after {date}?{end}",
        f"What date comes {days} days after {date}?{end}",
        f"Please calculate the date {days} days from {date}.{end}",
        f"Starting from {date}, go {days} days forward. Which date do you reach?{end}",
        f"A guarantee runs for {days} days from {date}. On what date does it expire?{end}",
        f"Can you tell me what the date will be {days} days after {date}?{end}",
        f"{days} days after {date}: which date is that?{end}",
        f"Take {date}, add {days} days, and tell me the date you get.{end}",
        f"We must deliver the goods {days} days after {date}. What date should we note?{end}",
        f"The deadline is {days} days after {date}. Give me the date, please.{end}",
        f"The library wants its book back {days} days after {date}. Find the date.{end}",
        f"I want to know the date {days} days on from {date}.{end}",
        f"Shift {date} by {days} days into the future. What is the date then?{end}",
        f"Which date do I get when I add {days} days to {date}?{end}",
        f"Would you mind finding the date that is {days} days later than {date}?{end}",
        f"{date}, then {days} days further on. Say which date that is.{end}",
        f"The plants need {days} days, counted from {date}. On which date are they ready?{end}",
        f"My exam takes place {days} days after {date}. Which date must I write down?{end}",
        f"Look {days} days ahead of {date}. Which date do we have then?{end}",
        f"I will meet my sister again {days} days after {date}. Work out the date for me.{end}",
        f"I must be back {days} days after {date}. Please give me that date.{end}",
        f"Take {date} and go {days} days ahead. What is the date then?{end}",
        f"We meet again in {days} days, counted from {date}. Which date should I note?{end}",
        f"Tell me the date {days} days after {date}.{end}",
        plan=[
            *([] if known else ["get the date of today"]),
            f"add {days} days",
            *(["get the weekday of the result"] if more else []),
        ],
    )
    start = date if known else s.call("cal_today", "get the date of today")
    result = s.call("cal_add_days", f"add {days} days to {start}", date=start, days=days)
    if more:
        name = s.call("cal_weekday", f"get the weekday of {result}", date=result)
        s.answer(f"It is {result}, a {name}.", expect=[result, name])
        return
    s.answer(f"The date is {result}.", f"It is {result}.", expect=[result])


def weekday(s: Scene) -> None:
    """The weekday of a date or of an event."""
    title, date = _some(s), s.date()
    direct = title not in s.world["events"] or s.rng.random() < 0.4
    what = f"the date {date}" if direct else f"the event '{title}'"
    s.ask(
        f"Would you help me in finding the weekday of {what}?",
        f"I lost my calendar and do not know the weekday of {what}. Which is it?",
        f"Nobody is working at weekends. What weekday is {what}?",
        f"Is that a working day or not? I am asking for the weekday of {what}.",
        f"An invitation lacks the weekday of {what}. Which one do I put there?",
        f"I work from Monday to Friday. Is {what} on one of my working days? Tell me the weekday.",
        f"My sister wonders what day of the week {what} will be. Do you know?",
        f"Before I go on writing the invitation, find out the weekday for {what}.",
        f"{what}: weekday?",
        f"Nobody here knows what weekday {what} is. Please look.",
        f"In order to plan my working week, I must know the day of the week for {what}.",
        f"A customer would like to hear which weekday belongs to {what}.",
        f"Monday, Tuesday, Wednesday or which other weekday? That is my question about {what}.",
        f"The shop opens only on working days, so tell me what day of the week {what} is.",
        f"Which weekday is {what}?",
        f"On which weekday is {what}?",
        f"Tell me the weekday of {what}.",
        f"Please find the weekday of {what}.",
        f"Weekday of {what}?",
        f"{s.person()} asks me for the weekday of {what}.",
        f"I need to know which weekday {what} is.",
        f"Look up the weekday for {what}, would you?",
        f"What day of the week is {what}?",
        f"Does {what} fall on a weekend? Give me the weekday.",
        f"Is it a Monday, a Friday or some other day? I mean the weekday of {what}.",
        f"For my plan I have to know the weekday of {what}.",
        f"day of the week for {what}, please",
        f"Name the weekday on which {what} falls.",
        f"Can you check what weekday {what} falls on?",
        f"I am filling in a form. Which day of the week do I enter for {what}?",
        f"What weekday is {what}?",
        f"What is the weekday of {what}?",
        f"Please name the weekday of {what}.",
        f"Can you tell me which weekday {what} falls on?",
        f"I would like to know the day of the week of {what}.",
        f"Find out on which day of the week {what} is.",
        f"Give me the weekday for {what}, please.",
        f"weekday wanted: {what}",
        f"On what day of the week does {what} fall?",
        f"I forgot which weekday {what} is. Could you look it up?",
        f"Is {what} at the start or at the end of the week? Say which weekday it is.",
        f"Regarding {what}, which day of the week will it be?",
        f"Check which day of the week {what} is, please.",
        f"My boss wants the weekday of {what}. Please work it out.",
        f"We are not sure what weekday {what} is. Would you check?",
        f"Could you find the weekday on which {what} falls?",
        f"I am writing an invitation and have to add the weekday. Which one is it for {what}?",
        f"Just the weekday of {what}, please.",
        f"Tell us the name of the weekday for {what}.",
        f"About {what}: is it on a working day? Say which weekday, please.",
        f"We have to be sure about the day of the week of {what}. Could you look?",
        f"Could you say which day of the week {what} falls on?",
        f"About {what}: what weekday will that be?",
        f"Please tell me on which weekday {what} is.",
        plan=[] if direct else [f"find the date of '{title}'", "get its weekday"],
    )
    day = date if direct else s.call("cal_when", f"find the date of '{title}'", title=title)
    name = s.call("cal_weekday", f"get the weekday of {day}", date=day)
    s.answer(f"It is a {name}.", f"{name}.", expect=[name])


def between(s: Scene) -> None:
    """The days between two dates, one of which may be an event's."""
    title, one, two = _some(s), s.date(), s.date()
    direct = title not in s.world["events"] or s.rng.random() < 0.4
    what = two if direct else f"the event '{title}'"
    s.ask(
        f"How many days lie in the gap between {one} and {what}?",
        f"Between {one} and {what} there lie some days. Finding out how many is your task.",
        f"Do {one} and {what} lie far apart? Tell me the number of days.",
        f"We agreed on {one}, and I must know how many days lie between that date and {what}.",
        f"There is a gap between {one} and {what}. How many days does it have?",
        f"With {one} as the start and {what} as the end, what is the day count?",
        f"Counted in days, how far is {what} from {one}?",
        f"My sister travels on {one}. Say how many days that is away from {what}.",
        f"{one} to {what}, in days?",
        f"Because I have to plan my leave, I need to see how many days there are between {what} and {one}.",
        f"A customer asks for the time from {one} until {what}. Give it in days, please.",
        f"Compare {one} with {what}: how many days make up the gap?",
        f"Nobody has counted the days from {one} to {what} yet. Can you?",
        f"The plants were put in on {one}. How many days are there between that date and {what}?",
        f"How many days are between {one} and {what}?",
        f"Count the days between {one} and {what}.",
        f"What is the number of days between {one} and {what}?",
        f"Please tell me how many days lie between {one} and {what}.",
        f"Days between {one} and {what}?",
        f"{s.person()} wants to count the days between {one} and {what}.",
        f"I need the number of days between {one} and {what}.",
        f"How long is it from {one} to {what}, in days?",
        f"From {one} until {what}: how many days is that?",
        f"I start a course on {one}. How many days lie between that day and {what}?",
        f"Work out how many days separate {one} and {what}.",
        f"Could you tell me the distance in days from {what} to {one}?",
        f"We have to know how many days there are from {one} to {what}.",
        f"{one} and {what}: number of days between them, please.",
        f"My calendar shows {one} and {what}. Give me the days in between.",
        f"Is it a long time between {what} and {one}? Tell me in days.",
        f"Tell me how many days there are between {one} and {what}.",
        f"What is the distance in days between {one} and {what}?",
        f"Calculate the days from {one} to {what}.",
        f"How far apart are {one} and {what}, in days?",
        f"Please find the number of days from {one} to {what}.",
        f"day count between {one} and {what}, please",
        f"Can you count how many days pass between {one} and {what}?",
        f"How big is the gap between {one} and {what}? I want it in days.",
        f"My holiday begins on {one}. How many days is that from {what}?",
        f"Give me the difference between {one} and {what} in days.",
        f"I would like to know how many days separate {what} from {one}.",
        f"Take {one} and {what} and tell me how many days apart they are.",
        f"We are planning a project and need the time between {one} and {what}, counted in days.",
        f"By how many days do {one} and {what} differ?",
        f"Would you work out how many days lie between {what} and {one}?",
        f"Is {one} far from {what}? Give me the number of days.",
        f"In days, how long is the time from {one} until {what}?",
        f"I am looking at {one} and {what}. How many days go by in between?",
        f"Check how many days it takes to get from {one} to {what}.",
        f"I have marked {one} and {what}. Please count the days between them.",
        f"I am planning ahead and would like the gap between {one} and {what} in days.",
        f"How many days pass from {one} to {what}?",
        f"Please work out the day count between {what} and {one}.",
        f"Please count the number of days between {one} and {what}.",
        plan=[] if direct else [f"find the date of '{title}'", f"count the days from {one}"],
    )
    day = two if direct else s.call("cal_when", f"find the date of '{title}'", title=title)
    count = s.call("cal_between", f"count the days between {one} and {day}", first=one, second=day)
    s.answer(f"There are {count} days between them.", f"{count} days.", expect=[count])


def create(s: Scene) -> None:
    """A new event, which may exist already."""
    title, date, time = f"{s.topic()} {s.title()}", s.date(), s.time()
    if s.rng.random() < 0.15:
        title = _some(s)
    s.ask(
        f"Everyone agreed to '{title}', {date}, {time}. Please create the event.",
        f"'{title}' is planned for {time} on {date}. Please put it in the calendar.",
        f"I looked through my calendar, and '{title}' on {date} at {time} is missing. Add the event.",
        f"Rather than a note, I want a real event for '{title}' on {date} at {time}.",
        f"An invitation says '{title}', {date}, {time}. Turn it into an event in my calendar.",
        f"Everyone can come to '{title}' at {time} on {date}, so please create the event.",
        f"We decided on {time} as the time and {date} as the date for '{title}'. Add the event.",
        f"Because I forget things so easily, please enter '{title}' into the calendar for {date}, at {time}.",
        f"With '{title}' as its title, an event is to be created on {date}, starting at {time}.",
        f"My sister planned '{title}' for {time} on {date}. Can you put it onto my calendar?",
        f"{date}, {time}: '{title}' (new event)",
        f"Mark {date}, {time}, as the date and time of a new event named '{title}'.",
        f"So that nobody misses '{title}', add an event on {date} for {time}, please.",
        f"I got an invitation to '{title}'. It begins on {date} at {time}. Make that a new event.",
        f"Create an event '{title}' on {date} at {time}.",
        f"Please add the event '{title}' to my calendar: {date}, {time}.",
        f"New event: '{title}', {date} at {time}.",
        f"On {date} at {time} there is '{title}'. Add this event.",
        f"Can you make a new event for {date}? It is '{title}' at {time}.",
        f"Add an event.\n- title: '{title}'\n- date: {date}\n- time: {time}",
        f"I have '{title}' on {date} at {time}. Please create the event.",
        f"Put '{title}' in my calendar for {date}, {time}.",
        f"Could you enter '{title}' at {time} on {date}?",
        f"Book {date} at {time} for '{title}', please.",
        f"We agreed on {date}, {time}, for '{title}'. Make an event of it.",
        f"'{title}' starts at {time} on {date}. I want that in the calendar.",
        f"calendar: {date} {time} '{title}'",
        f"I need a calendar entry for '{title}', at {time} on {date}.",
        f"At {time} on {date} I must be at '{title}'. Note it in the calendar.",
        f"Would you set up an event for me? Title '{title}', day {date}, time {time}.",
        f"Make an event '{title}' on {date} at {time}.",
        f"Add '{title}' to the calendar on {date} at {time}.",
        f"Please schedule an event called '{title}' on {date} at {time}.",
        f"Set up '{title}' for {date} at {time}, please.",
        f"Could you create a calendar event for me? It is called '{title}' and starts on {date} at {time}.",
        f"Enter the event '{title}' in my calendar: day {date}, time {time}.",
        f"event '{title}', {date}, {time}, please add it",
        f"There will be '{title}' on {date}, starting at {time}. Please put it in the calendar.",
        f"I want a new event on {date} at {time} with the title '{title}'.",
        f"Can '{title}' be added to my calendar on {date} at {time}, please?",
        f"Note down '{title}' for {date} at {time} in my calendar.",
        f"Would you book an event for me on {date} at {time}? Its name is '{title}'.",
        f"We planned '{title}' for {date}, and it begins at {time}. Schedule it, please.",
        f"Save an event: '{title}' at {time} on {date}.",
        f"For {date} at {time}, create an event with the name '{title}'.",
        f"I must not forget '{title}', which is on {date} at {time}. Add it as an event.",
        f"A new entry for the calendar, please: '{title}', on {date}, at {time}.",
        f"My calendar needs '{title}' on {date}. The event starts at {time}.",
        f"I would like '{title}' saved as an event for {date}, {time}.",
        f"Date {date}, time {time}, title '{title}': please make a calendar event of this.",
        f"Save the date: {date}, {time}, '{title}'. Put it in as an event.",
        f"Schedule '{title}' for {time} on {date}, please.",
        f"My calendar should have an event at {time} on {date}, called '{title}'.",
        f"Please create the event '{title}' for {date} at {time}.",
    )
    why = f"create the event '{title}' on {date} at {time}"
    if isinstance(s.call("cal_create", why, title=title, date=date, time=time), Failed):
        s.answer(f"There is already an event '{title}'.", expect=["already", title])
        return
    s.answer(f"The event '{title}' is created on {date} at {time}.", f"Created: '{title}'.", expect=[title])


def move(s: Scene) -> None:
    """An event moves by some days; the tool may be down or the event unknown."""
    title, days = _some(s), s.integer(1, 30)
    if s.rng.random() < 0.15:
        title = s.topic()
    elif s.rng.random() < 0.2 and all(skin.op.key != "cal_when" for skin in s.toolbox.skins):
        s.outage("cal_when")
    s.ask(
        f"I am against having '{title}' so soon. Postpone the event by {days} days.",
        f"Everything takes longer than planned, so please delay the event '{title}' by {days} days.",
        f"Kindly reschedule '{title}' with a delay of {days} days.",
        f"We agreed to reschedule '{title}', and that means {days} days later. Please do it.",
        f"Because the hall is closed, postpone '{title}' by {days} days, please.",
        f"There is a delay of {days} days for the event '{title}'. Please move it to the later date.",
        f"Take the current date of '{title}' and make it {days} days later.",
        f"We decided to postpone '{title}'. Its date should be {days} days later than planned.",
        f"Nobody can come to '{title}' on its current date, so make it {days} days later.",
        f"'{title}': delay of {days} days, please move",
        f"To give everyone time, the event '{title}' should come {days} days later. Change it, please.",
        f"Do you mind if we postpone the event '{title}', namely by {days} days? Please move it.",
        f"Because my sister is ill, the event '{title}' is delayed by {days} days. Move it, please.",
        f"If you count {days} days from the current date of '{title}', you get its new date. Please set it.",
        f"Move the event '{title}' to {days} days later.",
        f"Find the date of '{title}', add {days} days and move the event to that date.",
        f"The event '{title}' is {days} days late. Please move it.",
        f"Please reschedule the event '{title}': it should be {days} days later.",
        f"Can you move '{title}' by {days} days?",
        f"'{title}' has to take place {days} days later. Move this event.",
        f"We need {days} more days for '{title}'. Move the event.",
        f"Push the event '{title}' back by {days} days.",
        f"Delay '{title}' by {days} days, please.",
        f"The plans changed: '{title}' comes {days} days later now. Please change the calendar.",
        f"Shift the event '{title}' {days} days into the future.",
        f"I cannot make it to '{title}' in time. Put it {days} days later.",
        f"Put off '{title}' for {days} days.",
        f"{days} days later would be better for '{title}'. Could you change the date?",
        f"Take the date of '{title}', count {days} days on, and set that as its new date.",
        f"event '{title}': {days} days later, please",
        f"Postpone the event '{title}' by {days} days.",
        f"Move '{title}' {days} days later, please.",
        f"Could you reschedule '{title}' to {days} days later?",
        f"Please shift '{title}' to {days} days later.",
        f"Look up when '{title}' is, add {days} days, and give the event that new date.",
        f"The event '{title}' should happen {days} days later than planned. Please change its date.",
        f"I need '{title}' to be {days} days later. Can you set the new date?",
        f"Delay the event '{title}' for {days} days.",
        f"'{title}' is postponed by {days} days. Update the calendar, please.",
        f"We are not ready for '{title}'. Push it {days} days later.",
        f"Change the date of '{title}' to {days} days after the present one.",
        f"Would you put the event '{title}' off by {days} days?",
        f"Can the event '{title}' be moved to {days} days later, please?",
        f"Set '{title}' to a date {days} days after the one it has now.",
        f"move '{title}', {days} days later",
        f"Everyone agreed to have '{title}' {days} days later. Reschedule the event.",
        f"I want to delay '{title}'. Make it {days} days later than its current date.",
        f"Because of a delay, the event '{title}' has to be put back {days} days. Please do that.",
        f"Add {days} days to the date of the event '{title}' and move it there.",
        f"My guests need more time: please postpone the event '{title}' for {days} days.",
        f"Could you set the event '{title}' {days} days later than planned?",
        f"Everyone needs more time, so postpone '{title}' by {days} days.",
        f"I want '{title}' to be {days} days after its present date. Please change it.",
        f"Please move the event '{title}' by {days} days.",
        plan=[f"find the date of '{title}'", f"add {days} days", f"move '{title}' to the new date"],
    )
    why = f"find the date of '{title}'"
    date = s.call("cal_when", why, title=title)
    if isinstance(date, Failed) and date.message.startswith("Temp"):
        date = s.call("cal_when", f"try again to {why}", title=title)
    if isinstance(date, Failed):
        s.answer(f"I could not move it: there is no event '{title}'.", expect=[f"no event '{title}'"])
        return
    new = s.call("cal_add_days", f"add {days} days to {date}", date=date, days=days)
    s.call("cal_move", f"move the event '{title}' to {new}", title=title, date=new)
    s.answer(f"'{title}' is moved to {new}.", f"Moved to {new}.", expect=[new])


def cancel(s: Scene) -> None:
    """One event is cancelled; it may be unknown."""
    title = _some(s) if s.rng.random() < 0.8 else s.topic()
    s.ask(
        f"Everyone agreed to erase '{title}' from the calendar. Do it, please.",
        f"'{title}' was planned by mistake. Would you erase it?",
        f"Strike through '{title}' in my calendar: I am against it.",
        f"Rather than reschedule '{title}', cancel it.",
        f"Because nobody signed up, '{title}' has to be cancelled.",
        f"Strike out '{title}', please: it does not take place.",
        f"We voted against '{title}', so I want it removed from the calendar.",
        f"'{title}' can be removed. We decided to do something else.",
        f"Is '{title}' still in the calendar? Strike it, please.",
        f"Because of the rain there is no '{title}'. Cancel the event, would you?",
        f"Everyone is against '{title}', and it must be removed from my events.",
        f"I decided not to go to '{title}'. Rid my calendar of that event.",
        f"After a long talk we are against having '{title}'. Kindly call the event off.",
        f"In my calendar, strike the event '{title}' and leave the rest.",
        f"Cancel the event '{title}'.",
        f"Please remove '{title}' from the calendar.",
        f"The event '{title}' does not take place. Cancel it.",
        f"Delete the event '{title}', please.",
        f"Can you cancel '{title}' for me?",
        f"I do not need the event '{title}' any more. Remove it.",
        f"Call off the event '{title}'.",
        f"Take '{title}' off my calendar.",
        f"'{title}' is off. Clear it from the calendar, please.",
        f"Would you drop the event '{title}'?",
        f"I am ill and cannot come to '{title}'. Please cancel that event.",
        f"We no longer need '{title}' in the calendar, so delete it.",
        f"cancel '{title}', please",
        f"There will be no '{title}'. Remove the event.",
        f"My plans changed, so the event '{title}' must go.",
        f"Can the event '{title}' be removed from my calendar, please?",
        f"Please cancel '{title}'.",
        f"Delete '{title}' from my calendar.",
        f"Remove the event '{title}', please.",
        f"Could you call off '{title}'?",
        f"Would you please delete the event '{title}' for me?",
        f"'{title}' will not happen. Please cancel the event.",
        f"I want to cancel the event '{title}'.",
        f"Drop '{title}' from the calendar.",
        f"Strike '{title}' from my calendar, please.",
        f"Nobody is coming to '{title}', so call it off.",
        f"Get '{title}' out of my calendar.",
        f"Please get rid of '{title}'. It is not needed any more.",
        f"The event '{title}' was called off. Delete it from the calendar.",
        f"remove '{title}' from my events, please",
        f"I have no time for '{title}'. Can you take it off the calendar?",
        f"Please erase the event '{title}'.",
        f"I would like the event '{title}' removed.",
        f"We decided against '{title}'. Clear the event from the calendar.",
        f"The event '{title}' should be cancelled. Can you do that?",
        f"My calendar still has '{title}' in it. I want that event deleted.",
        f"Nobody has time for '{title}'. Strike the event from the calendar.",
        f"Get rid of the event '{title}', would you?",
        f"I want '{title}' deleted from my events.",
        f"Please cancel the event '{title}' for me.",
    )
    if isinstance(s.call("cal_cancel", f"cancel the event '{title}'", title=title), Failed):
        s.answer(f"I could not cancel it: there is no event '{title}'.", expect=[f"no event '{title}'"])
        return
    s.answer(f"The event '{title}' is cancelled.", f"Cancelled: '{title}'.", expect=[title])


def all_dates(s: Scene) -> None:
    """List the events, then the date of each, at once or one by one."""
    at_once = s.rng.random() < 0.5
    hint = "all at once" if at_once else "one by one"
    s.ask(
        f"I have lost my notes. Find all events in the calendar, and then, {hint}, look up their dates.",
        f"Every event should be listed, and every date looked up {hint}.",
        f"I looked at my calendar and saw nothing. Tell me all events and their dates, looked up {hint}.",
        f"Which events are planned? After finding the list, get their dates {hint}.",
        f"I lost my paper calendar. List all events and, {hint}, get their dates.",
        f"My sister has lost track of what I planned. List every event, then look for its date, {hint}.",
        f"So that everyone can plan, name all events with their dates. You should get the dates {hint}.",
        f"events and dates, all of them, checked {hint}",
        f"For an invitation I need the date of every event in the calendar. Please get them {hint}.",
        f"With the list of my events as the start, find out their dates {hint}.",
        f"Nobody told me when the events are. List them and look the dates up {hint}, please.",
        f"What have I planned, and for which dates? Take all events and fetch the dates {hint}.",
        f"Once you have all events, look up the date of each, {hint}, and tell me.",
        f"My boss would like to have every event as a line with its date. Look up the dates {hint}.",
        f"List all events and find the date of each, {hint}.",
        f"Which events are in my calendar and on which dates? Look the dates up {hint}.",
        f"I need the dates of all my events. Find them {hint}.",
        f"Show me all events of the calendar. Then find their dates {hint}.",
        f"Please list the events and then get the date of every event {hint}.",
        f"Go through all events and tell me the date of each. Do it {hint}.",
        f"Tell me the dates of all events, please. Look them up {hint}.",
        f"When are my events? Look up every date, {hint}.",
        f"Give me an overview of my calendar: every event with its date. Get the dates {hint}.",
        f"For each event in the calendar I want the date. Fetch them {hint}.",
        f"Could you check the date of all my events? Please check {hint}.",
        f"I am planning the year and need every event with its date. Look them up {hint}.",
        f"all events with their dates, please, looked up {hint}",
        f"First get the list of events, then {hint} the date of each one.",
        f"What is in my calendar, and when? Search the dates {hint}.",
        f"Ask the calendar for all events and, {hint}, for their dates.",
        f"Get all my events and look up the date of each, {hint}.",
        f"Please tell me when each of my events is. Check the dates {hint}.",
        f"List every event in the calendar. After that get the date of each, {hint}.",
        f"I want to know the dates of all events. Search for them {hint}.",
        f"Find all the events in my calendar and then, {hint}, their dates.",
        f"What are my events and what are their dates? Fetch the dates {hint}.",
        f"On which dates are all my events? Please find them {hint}.",
        f"dates of all my events, fetched {hint}, please",
        f"Could you go through my calendar and give me the date of every event? Do it {hint}.",
        f"We need a list of all events with the date of each. Get the dates {hint}.",
        f"See which events there are and ask for the date of each, {hint}.",
        f"Show me when everything in my calendar takes place. Look up the dates {hint}.",
        f"Check all events in the calendar for their dates, {hint}.",
        f"I would like to print a list of my events with dates. Please look the dates up {hint}.",
        f"Every event has a date. Tell me all of them, and find the dates {hint}.",
        f"Can you show me what is in the calendar, with the date for each event? Fetch the dates {hint}.",
        f"Read me all of my events and their dates. The dates should be looked up {hint}.",
        f"When does each event in my calendar take place? Get every date, {hint}.",
        f"My events: list them, then look for the date of each one, {hint}.",
        f"I have lost track of my calendar. Which events are there, and when? Check the dates {hint}.",
        f"Which date does each of my events have? Check them {hint}.",
        f"I want to print my calendar. Get every event and look up its date, {hint}.",
        f"We have to know when all of the events are. Fetch the dates {hint}.",
        f"Please go through all my events and find the date of each, {hint}.",
        plan=["list all events", "find the date of each event"],
    )
    titles = s.call("cal_list", "list all events")
    if not titles:
        s.answer("There are no events.", expect=["no events"])
        return
    if at_once:
        why = f"find the dates of {', '.join(titles)}"
        dates = s.parallel(why, *(("cal_when", {"title": title}) for title in titles))
    else:
        dates = [s.call("cal_when", f"find the date of '{title}'", title=title) for title in titles]
    text = ", ".join(f"{title}: {date}" for title, date in zip(titles, dates, strict=True))
    s.answer(f"{text}.", expect=dates)


def free(s: Scene) -> None:
    """The free times of a day; the first one may be taken for a new event."""
    date, title, book = s.date(), f"{s.topic()} {s.title()}", s.rng.random() < 0.5
    end = f" Create the event '{title}' at the first free time of that day." if book else ""
    s.ask(
        f"Where are the gaps in my plan for {date}? List the free times.{end}",
        f"Gaps in my calendar on {date}: which are there?{end}",
        f"I need help in finding the free times on {date}.{end}",
        f"At which times is nothing planned on {date}?{end}",
        f"Are there gaps in my calendar on {date}? Tell me every free time.{end}",
        f"My sister wants to visit me on {date}. At which times is there a gap?{end}",
        f"Find each gap that I have on {date}, please.{end}",
        f"Nobody told me when I am free on {date}. Please list the times.{end}",
        f"I am planning to see a customer on {date} and need to know the free times of that day.{end}",
        f"{date}: gaps?{end}",
        f"With {date} as the day, which times are not taken?{end}",
        f"How does {date} look? I mean the times at which I am free.{end}",
        f"For an invitation I need a free time on {date}. Which ones are there?{end}",
        f"List the gaps of {date}, that is, the times with no event in them.{end}",
        f"What are the free times on {date}?{end}",
        f"List the free slots of {date}.{end}",
        f"When am I free on {date}?{end}",
        f"Please find the free slots on {date}.{end}",
        f"Free times on {date}?{end}",
        f"{s.person()} wants to know my free times on {date}.{end}",
        f"Show me the free slots of the day {date}.{end}",
        f"Which times are still free on {date}?{end}",
        f"I need to know when I have time on {date}.{end}",
        f"Look at {date} and tell me the open times.{end}",
        f"On {date}, which slots are free?{end}",
        f"A friend wants to meet me on {date}. When do I have time?{end}",
        f"Could you check my calendar for free times on {date}?{end}",
        f"Give me every free slot of {date}, please.{end}",
        f"{date}: when is there room in my calendar?{end}",
        f"Do I have any free times on {date}? Name them.{end}",
        f"At what times am I free on {date}?{end}",
        f"Which slots are open on {date}?{end}",
        f"Tell me my free times on {date}.{end}",
        f"Please check which times are free on {date}.{end}",
        f"Find the free times of {date}.{end}",
        f"Can you list the open slots on {date}?{end}",
        f"What times are available on {date}?{end}",
        f"I want to see my free slots on {date}.{end}",
        f"Give me a list of the times when I am free on {date}.{end}",
        f"Could you tell me when there is a gap in my calendar on {date}?{end}",
        f"Show all open times for {date}, please.{end}",
        f"I have to see the doctor on {date}. Which times do I have free?{end}",
        f"Name the free times on {date}, please.{end}",
        f"{date}, free slots, please.{end}",
        f"We are looking for a time to meet on {date}. Which slots do I have open?{end}",
        f"Is there any room in my calendar on {date}? List the free times.{end}",
        f"Look for free slots in my calendar on {date}.{end}",
        f"My day on {date} may have some gaps. Please list them.{end}",
        f"When do I still have time on {date}?{end}",
        f"Would you look up what times are still open on {date}?{end}",
        f"What slots do I have open on {date}?{end}",
        f"I am looking for a gap on {date}. At which times am I free?{end}",
        f"Check {date} for me and list what is free.{end}",
        f"Please list my free times on {date}.{end}",
        plan=[f"list the free times on {date}", f"create '{title}' at the first one"] if book else [],
    )
    times = s.call("cal_free", f"list the free times on {date}", date=date)
    if book:
        why = f"create the event '{title}' on {date} at {times[0]}"
        s.call("cal_create", why, title=title, date=date, time=times[0])
        s.answer(f"The event '{title}' is created on {date} at {times[0]}.", expect=[title, times[0]])
        return
    s.answer(f"Free times: {', '.join(times)}.", expect=times)


DOMAIN = Domain(
    "calendar_dates", OPS, world, (shift, weekday, between, create, move, cancel, all_dates, free)
)
