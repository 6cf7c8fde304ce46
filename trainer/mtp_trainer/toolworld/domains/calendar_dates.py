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
    ("title", "event", "name", "subject", "event_title"),
    ("Title of the event", "Which event", "The event"),
)
DATE = P("date", STRING, ("date", "day", "on", "when"), ("Date as YYYY-MM-DD", "The date", "Which day"))
TIME = P("time", STRING, ("time", "start", "at", "hour"), ("Time as HH:MM", "The time", "Start time"))
DAYS = P(
    "days", INTEGER, ("days", "count", "number_of_days", "n"), ("How many days", "Number of days", "Days")
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
        ("today", "get_today", "current_date", "todays_date", "date_today"),
        ("The date of today.", "Return today's date.", "Get the date of today.", "Today's date."),
        (),
        _today,
        "date",
    ),
    Op(
        "cal_add_days",
        ("add_days", "date_plus_days", "days_after", "date_after", "days_later"),
        (
            "Add days to a date.",
            "The date some days after a date.",
            "Date plus days.",
            "The date some days later.",
        ),
        (DATE, DAYS),
        _shift,
        "date",
    ),
    Op(
        "cal_weekday",
        ("weekday", "weekday_of", "get_weekday", "day_of_week", "find_weekday"),
        (
            "Weekday of a date.",
            "Which weekday a date is.",
            "Get the weekday of a date.",
            "The weekday of a date.",
        ),
        (DATE,),
        _weekday,
        "weekday",
    ),
    Op(
        "cal_between",
        ("days_between", "count_days", "date_difference", "number_of_days", "days_from_to"),
        (
            "Number of days between two dates.",
            "Count the days between two dates.",
            "How many days are between two dates.",
            "The number of days between dates.",
        ),
        (
            P(
                "first",
                STRING,
                ("first", "from_date", "start", "date1"),
                ("First date", "The earlier date", "Start"),
            ),
            P(
                "second",
                STRING,
                ("second", "to_date", "end", "date2"),
                ("Second date", "The later date", "End"),
            ),
        ),
        _between,
        "days",
    ),
    Op(
        "cal_list",
        ("list_events", "all_events", "show_events", "get_events", "events"),
        (
            "List the titles of all events.",
            "All events of the calendar.",
            "List all events.",
            "Titles of all events.",
        ),
        (),
        _list,
        "events",
    ),
    Op(
        "cal_when",
        ("event_date", "date_of_event", "when_is", "find_event_date", "get_event_date"),
        (
            "Date of an event.",
            "When an event takes place.",
            "Find the date of an event.",
            "The date of an event.",
        ),
        (TITLE,),
        _when,
        "date",
    ),
    Op(
        "cal_create",
        ("create_event", "add_event", "new_event", "make_event", "event_create"),
        ("Create a new event.", "Add an event to the calendar.", "Make a new event.", "Create an event."),
        (TITLE, DATE, TIME),
        _create,
        "status",
    ),
    Op(
        "cal_move",
        ("move_event", "reschedule_event", "change_event_date", "reschedule", "event_move"),
        (
            "Move an event to another date.",
            "Reschedule an event.",
            "Move an event.",
            "Move an event to a new date.",
        ),
        (TITLE, DATE),
        _move,
        "status",
    ),
    Op(
        "cal_cancel",
        ("cancel_event", "delete_event", "remove_event", "event_cancel", "call_off_event"),
        ("Cancel an event.", "Remove an event from the calendar.", "Delete an event.", "Cancel the event."),
        (TITLE,),
        _cancel,
        "status",
    ),
    Op(
        "cal_free",
        ("free_slots", "free_times", "find_free_slots", "get_free_times", "list_free_slots"),
        (
            "Free times of a day.",
            "List the free slots of a date.",
            "Free slots of a day.",
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
        f"Which date is {days} days after {date}?{end}",
        f"Add {days} days to {date}.{end}",
        f"What is the date {days} days after {date}?{end}",
        f"My trip starts {days} days after {date}. On which date?{end}",
        f"Please add {days} days to {date} and tell me the date.{end}",
        f"Start: {date}. Add {days} days.{end}",
        f"{s.person()} waits {days} days, counted after {date}. Tell me the date.{end}",
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
        f"Which weekday is {what}?",
        f"On which weekday is {what}?",
        f"Tell me the weekday of {what}.",
        f"Please find the weekday of {what}.",
        f"Weekday of {what}?",
        f"{s.person()} asks me for the weekday of {what}.",
        f"I need to know which weekday {what} is.",
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
        f"How many days are between {one} and {what}?",
        f"Count the days between {one} and {what}.",
        f"What is the number of days between {one} and {what}?",
        f"Please tell me how many days lie between {one} and {what}.",
        f"Days between {one} and {what}?",
        f"{s.person()} wants to count the days between {one} and {what}.",
        f"I need the number of days between {one} and {what}.",
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
        f"Create an event '{title}' on {date} at {time}.",
        f"Please add the event '{title}' to my calendar: {date}, {time}.",
        f"New event: '{title}', {date} at {time}.",
        f"On {date} at {time} there is '{title}'. Add this event.",
        f"Can you make a new event for {date}? It is '{title}' at {time}.",
        f"Add an event.\n- title: '{title}'\n- date: {date}\n- time: {time}",
        f"I have '{title}' on {date} at {time}. Please create the event.",
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
        f"Move the event '{title}' to {days} days later.",
        f"Find the date of '{title}', add {days} days and move the event to that date.",
        f"The event '{title}' is {days} days late. Please move it.",
        f"Please reschedule the event '{title}': it should be {days} days later.",
        f"Can you move '{title}' by {days} days?",
        f"'{title}' has to take place {days} days later. Move this event.",
        f"We need {days} more days for '{title}'. Move the event.",
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
        f"Cancel the event '{title}'.",
        f"Please remove '{title}' from the calendar.",
        f"The event '{title}' does not take place. Cancel it.",
        f"Delete the event '{title}', please.",
        f"Can you cancel '{title}' for me?",
        f"I do not need the event '{title}' any more. Remove it.",
        f"Call off the event '{title}'.",
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
        f"List all events and find the date of each, {hint}.",
        f"Which events are in my calendar and on which dates? Look the dates up {hint}.",
        f"I need the dates of all my events. Find them {hint}.",
        f"Show me all events of the calendar. Then find their dates {hint}.",
        f"Please list the events and then get the date of every event {hint}.",
        f"Go through all events and tell me the date of each. Do it {hint}.",
        f"Tell me the dates of all events, please. Look them up {hint}.",
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
        f"What are the free times on {date}?{end}",
        f"List the free slots of {date}.{end}",
        f"When am I free on {date}?{end}",
        f"Please find the free slots on {date}.{end}",
        f"Free times on {date}?{end}",
        f"{s.person()} wants to know my free times on {date}.{end}",
        f"Show me the free slots of the day {date}.{end}",
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
