"""Library loans: borrow, return, reserve, due dates, fines. Never part of training."""

from __future__ import annotations

from typing import Any

from mtp_trainer.toolworld.ops import NUMBER, STRING, Op, P, ToolFailure, World, number
from mtp_trainer.toolworld.scene import Domain, Failed, Scene

BOOK = P(
    "book", STRING, ("book", "title", "book_title", "volume"), ("Title of the book", "Which book", "The book")
)
MEMBER = P(
    "member",
    STRING,
    ("member", "reader", "person", "name"),
    ("Name of the member", "Which member", "The member"),
)
AMOUNT = P(
    "amount",
    NUMBER,
    ("amount", "money", "sum", "euros"),
    ("Amount to pay", "How much to pay", "Amount in euros"),
)


def _book(world: World, book: str) -> dict[str, str]:
    if book not in world["books"]:
        raise ToolFailure(f"No book '{book}'.")
    found: dict[str, str] = world["books"][book]
    return found


def _borrow(world: World, book: str, member: str) -> Any:
    if _book(world, book)["loan"]:
        raise ToolFailure(f"'{book}' is on loan. Reserve it.")
    world["books"][book]["loan"] = member
    return world["books"][book]["due"]


def _return(world: World, book: str) -> Any:
    _book(world, book)["loan"] = ""
    return "returned"


def _reserve(world: World, book: str, member: str) -> Any:
    _book(world, book)["reserved"] = member
    return "reserved"


def _due(world: World, book: str) -> Any:
    if not _book(world, book)["loan"]:
        raise ToolFailure(f"'{book}' is not on loan.")
    return world["books"][book]["due"]


def _loans(world: World, member: str) -> Any:
    return [title for title, book in world["books"].items() if book["loan"] == member]


def _fine(world: World, member: str) -> Any:
    if member not in world["fines"]:
        raise ToolFailure(f"No member '{member}'.")
    return world["fines"][member]


def _pay(world: World, member: str, amount: float) -> Any:
    fine = _fine(world, member)
    if not 0 <= amount <= fine:
        raise ToolFailure(f"The fine of {member} is {fine}.")
    world["fines"][member] = number(world["fines"][member] - amount)
    return world["fines"][member]


OPS = (
    Op(
        "borrow",
        ("borrow_book", "lend_book", "loan_book", "check_out", "borrow"),
        (
            "Borrow a book for a member; returns the due date.",
            "Lend a book to a member and tell the due date.",
            "Let a member borrow a book.",
            "Borrow a book for a member and tell the due date.",
        ),
        (BOOK, MEMBER),
        _borrow,
        "due",
    ),
    Op(
        "return",
        ("return_book", "give_back", "check_in", "bring_back", "book_returned"),
        (
            "Return a book to the library.",
            "Give a book back to the library.",
            "Bring back a book that was on loan.",
            "Return a book that was on loan.",
        ),
        (BOOK,),
        _return,
        "status",
    ),
    Op(
        "reserve",
        ("reserve_book", "hold_book", "book_reservation", "reserve", "place_hold"),
        (
            "Reserve a book for a member.",
            "Reserve a book that is on loan for a member.",
            "Keep a book for a member, as a reservation.",
            "Reserve a book for one member.",
        ),
        (BOOK, MEMBER),
        _reserve,
        "status",
    ),
    Op(
        "due",
        ("due_date", "get_due_date", "when_due", "book_due", "find_due_date"),
        (
            "Due date of a book that is on loan.",
            "When a book is due.",
            "The date on which a book must be back.",
            "Find the due date of a book.",
        ),
        (BOOK,),
        _due,
        "date",
    ),
    Op(
        "loans",
        ("list_loans", "books_of", "loans_of_member", "borrowed_books", "get_loans"),
        (
            "List the books that a member has on loan.",
            "Books that a member has borrowed.",
            "All loans of a member.",
            "List the books that a member has borrowed.",
        ),
        (MEMBER,),
        _loans,
        "books",
    ),
    Op(
        "fine",
        ("get_fine", "fine_of", "check_fine", "read_fine", "member_fine"),
        (
            "The fine that a member has to pay.",
            "How high the fine of a member is.",
            "Check the fine of a member.",
            "Tell how high the fine of a member is.",
        ),
        (MEMBER,),
        _fine,
        "fine",
    ),
    Op(
        "pay",
        ("pay_fine", "settle_fine", "fine_payment", "pay", "record_payment"),
        (
            "Pay an amount of the fine of a member; returns what is left.",
            "Pay the fine of a member.",
            "Record that a member pays a fine.",
            "Pay an amount of a member's fine.",
        ),
        (MEMBER, AMOUNT),
        _pay,
        "left",
    ),
)


def world(s: Scene) -> World:
    """Five books, of which three are on loan to one or two members."""
    members = s.people(3)
    books: dict[str, dict[str, str]] = {}
    while len(books) < 5:
        loan = members[0] if len(books) < 2 else members[1] if len(books) == 2 else ""
        books[s.title()] = {"loan": loan, "due": s.date(), "reserved": ""}
    return {"books": books, "fines": {member: s.money(2, 30) for member in members}}


def _some_book(s: Scene, on_loan: bool) -> str:
    books: list[str] = [title for title, book in s.world["books"].items() if bool(book["loan"]) == on_loan]
    return s.pick(books)


def due_one(s: Scene) -> None:
    """One due date."""
    book = _some_book(s, True)
    s.ask(
        f'When is the book "{book}" due?',
        f'Tell me the due date of "{book}".',
        f'By which date must the book "{book}" be back?',
        f'Due date of "{book}", please.',
        f'I borrowed "{book}". Can you find the due date?',
        f'Look up when the book "{book}" is due.',
        f'Please find the due date of the book "{book}".',
    )
    value = s.call("due", f'find the due date of "{book}"', book=book)
    s.answer(f'"{book}" is due on {value}.', f"The due date is {value}.", expect=[value])


def borrow_or_reserve(s: Scene) -> None:
    """Borrows a book, or reserves it if it is on loan."""
    book, member = _some_book(s, s.rng.random() < 0.5), s.pick(list(s.world["fines"]))
    s.ask(
        f'Borrow the book "{book}" for {member}. If it is on loan, reserve it.',
        f'{member} would like to borrow "{book}". Reserve it for {member} if it is on loan.',
        f'Lend "{book}" to {member}, or reserve the book if somebody else has it on loan.',
        f'Let {member} borrow "{book}". Is it on loan? Then reserve it.',
        f'Book: "{book}". Member: {member}. Borrow it, or reserve it if it is on loan.',
        f'Can {member} borrow the book "{book}"? If not, reserve it for {member}.',
        f'Please borrow "{book}" for {member}. Reserve the book if it is on loan.',
        plan=[f'borrow "{book}" for {member}', "reserve it if it is on loan"],
    )
    due = s.call("borrow", f'borrow "{book}" for {member}', book=book, member=member)
    if isinstance(due, Failed):
        s.call("reserve", f'reserve "{book}" for {member}', book=book, member=member)
        s.answer(f'"{book}" is on loan, so I reserved it for {member}.', expect=[book, member])
        return
    s.answer(f'{member} has "{book}" now. It is due on {due}.', f"Done. The due date is {due}.", expect=[due])


def return_one(s: Scene) -> None:
    """Returns a book; half of the time another member reserves it."""
    book, member, more = _some_book(s, True), s.pick(list(s.world["fines"])), s.rng.random() < 0.5
    then = f" Then reserve it for {member}." if more else ""
    s.ask(
        f'Return the book "{book}" to the library.{then}',
        f'I bring back "{book}". Please return it.{then}',
        f'The book "{book}" is back, so return it.{then}',
        f'Give back the book "{book}".{then}',
        f'Can you return "{book}" for me?{then}',
        f'I do not need "{book}" any more. Return the book, please.{then}',
        f'Please return the book "{book}".{then}',
        plan=[f'return "{book}"', f"reserve it for {member}"] if more else [],
    )
    s.call("return", f'return "{book}"', book=book)
    if more:
        s.call("reserve", f'reserve "{book}" for {member}', book=book, member=member)
        s.answer(f'"{book}" is returned and reserved for {member}.', expect=[book, member])
        return
    s.answer(f'"{book}" is returned.', f'Done, I returned "{book}".', expect=[book])


def loans_and_dates(s: Scene) -> None:
    """The loans of a member, then the due date of each."""
    member = s.pick([book["loan"] for book in s.world["books"].values() if book["loan"]])
    s.ask(
        f"List the books that {member} has on loan and find the due date of each.",
        f"Which books has {member} borrowed, and when is each due?",
        f"Get the loans of {member}. Then find the due date of each book.",
        f"{member} asks: which books do I have on loan, and what are the due dates?",
        f"First list the loans of {member}, then tell me when each book is due.",
        f"I need all books that {member} has borrowed, with the due date of each.",
        f"Please list the loans of {member}, then find the due date of each.",
        plan=[f"list the loans of {member}", "find the due date of each"],
    )
    books = s.call("loans", f"list the loans of {member}", member=member)
    dates = s.parallel(
        f"find the due date of {', '.join(books)}", *[("due", {"book": book}) for book in books]
    )
    shown = ", ".join(f"{book}: {date}" for book, date in zip(books, dates, strict=True))
    s.answer(f"The due dates are {shown}.", shown, expect=[*books, *dates])


def fine_and_pay(s: Scene) -> None:
    """Reads a fine, and perhaps pays all of it."""
    member = s.pick(list(s.world["fines"]))
    if s.rng.random() < 0.5:
        s.ask(
            f"How high is the fine of {member}?",
            f"Check the fine of {member}.",
            f"What fine does {member} have to pay?",
            f"Fine of {member}, please.",
            f"Can you tell me the fine that {member} has to pay?",
            f"Look up how high the fine of {member} is.",
            f"Please check how high the fine of {member} is.",
        )
        fine = s.call("fine", f"check the fine of {member}", member=member)
        s.answer(f"The fine of {member} is {fine}.", f"{member} has to pay {fine}.", expect=[fine])
        return
    s.ask(
        f"Check the fine of {member} and pay all of it.",
        f"How high is the fine of {member}? Pay the whole amount.",
        f"{member} wants to pay the whole fine. Check how high it is, then pay it.",
        f"First check the fine of {member}, then pay this amount.",
        f"Look up the fine of {member}, then pay the same amount.",
        f"Can you find the fine of {member} and pay all of it?",
        f"Please check how high the fine of {member} is, then pay it.",
        plan=[f"check the fine of {member}", "pay this amount"],
    )
    fine = s.call("fine", f"check the fine of {member}", member=member)
    s.call("pay", f"pay {fine} for {member}", member=member, amount=fine)
    s.answer(f"The fine of {fine} is paid for {member}.", f"Done, {member} paid {fine}.", expect=[fine])


DOMAIN = Domain(
    "unseen_library",
    OPS,
    world,
    (due_one, borrow_or_reserve, return_one, loans_and_dates, fine_and_pay),
    unseen=True,
)
