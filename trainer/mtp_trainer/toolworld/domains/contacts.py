"""Contacts and messages: phone numbers, e-mail addresses, sending, unread messages, forwarding."""
# ruff: noqa: E501 - wordings and tool descriptions are kept on one line each

from __future__ import annotations

from typing import Any

from mtp_trainer.toolworld.ops import BOOLEAN, STRING, Op, P, ToolFailure, World
from mtp_trainer.toolworld.scene import Domain, Failed, Scene

NAME = P(
    "name",
    STRING,
    ("name", "contact", "person", "contact_name"),
    ("Name of the contact", "Who", "The person"),
)
PHONE = P(
    "phone", STRING, ("phone", "number", "phone_number", "tel"), ("The phone number", "Phone", "Phone number")
)
TEXT = P(
    "text",
    STRING,
    ("text", "message", "content", "body"),
    ("The text", "Text to send", "Text of the message"),
)
IDENT = P(
    "ident",
    STRING,
    ("id", "message_id", "ref", "message"),
    ("Id of the message", "The message id", "Message id"),
)
EMAIL = P(
    "email",
    STRING,
    ("email", "address", "mail", "email_address"),
    ("E-mail address", "The e-mail", "The address"),
)


def _contact(world: World, name: str) -> dict[str, Any]:
    if name not in world["contacts"]:
        near = [known for known in world["contacts"] if name and known.startswith(name)]
        raise ToolFailure(f"No contact '{name}'." + (f" Did you mean '{near[0]}'?" if near else ""))
    found: dict[str, Any] = world["contacts"][name]
    return found


def _phone(world: World, name: str) -> Any:
    return _contact(world, name)["phone"]


def _email(world: World, name: str) -> Any:
    return _contact(world, name)["email"]


def _list(world: World) -> Any:
    return list(world["contacts"])


def _add(world: World, name: str, phone: str, favorite: bool = False) -> Any:
    if name in world["contacts"]:
        raise ToolFailure(f"There is already a contact '{name}'.")
    world["contacts"][name] = {"phone": phone, "email": "", "favorite": favorite}
    return "added"


def _set_phone(world: World, name: str, phone: str) -> Any:
    _contact(world, name)["phone"] = phone
    return "updated"


def _send(world: World, name: str, text: str) -> Any:
    _contact(world, name)
    world["sent"].append([name, text])
    return "sent"


def _send_email(world: World, email: str, text: str) -> Any:
    if "@" not in email:
        raise ToolFailure("That is not an e-mail address.")
    world["sent"].append([email, text])
    return "sent"


def _unread(world: World) -> Any:
    return list(world["unread"])


def _read(world: World, ident: str) -> Any:
    if ident not in world["messages"]:
        raise ToolFailure(f"No message '{ident}'.")
    return world["messages"][ident]


def _forward(world: World, ident: str, name: str) -> Any:
    _read(world, ident)
    _contact(world, name)
    world["sent"].append([name, ident])
    return "forwarded"


OPS = (
    Op(
        "phone",
        ("get_phone", "phone_number", "lookup_phone", "find_phone", "phone_of"),
        ("Find the phone number of a contact.", "Phone number of a person.", "Look up a phone number.",
         "Look up the phone number of a contact."),
        (NAME,), _phone, "phone",
    ),
    Op(
        "email",
        ("get_email", "email_of", "lookup_email", "find_email", "email_address_of"),
        ("Find the e-mail address of a contact.", "E-mail address of a person.", "Look up an e-mail address.",
         "Look up the e-mail address of a contact."),
        (NAME,), _email, "email",
    ),
    Op(
        "list",
        ("list_contacts", "all_contacts", "contacts", "contact_list", "get_contacts"),
        ("List the names of all contacts.", "All contacts.", "Names of all contacts.", "List all contacts."),
        (), _list, "contacts",
    ),
    Op(
        "add",
        ("add_contact", "new_contact", "create_contact", "save_contact", "contact_add"),
        ("Add a new contact.", "Create a contact with a phone number.", "Save a new contact.",
         "Add a new contact with a phone number."),
        (NAME, PHONE,
         P("favorite", BOOLEAN, ("favorite", "is_favorite", "starred", "favourite"),
           ("Whether it is a favorite", "True for a favorite", "Mark as favorite"), optional=True)),
        _add, "status",
    ),
    Op(
        "set_phone",
        ("update_phone", "change_phone", "set_phone", "edit_phone", "change_number"),
        ("Change the phone number of a contact.", "Update a phone number.", "Set the new phone number of a contact.",
         "Update the phone number of a contact."),
        (NAME, PHONE), _set_phone, "status",
    ),
    Op(
        "send",
        ("send_message", "send_text", "message", "text_message", "message_contact"),
        ("Send a message to a contact.", "Send a text message to a person.", "Message a contact.",
         "Send a text message to a contact."),
        (NAME, TEXT), _send, "status",
    ),
    Op(
        "send_email",
        ("send_email", "send_mail", "email_to", "write_email", "mail_to"),
        ("Send an e-mail to an address.", "Write an e-mail to an e-mail address.", "E-mail a text to an address.",
         "Send an e-mail to an e-mail address."),
        (EMAIL, TEXT), _send_email, "status",
    ),
    Op(
        "unread",
        ("list_unread", "unread_messages", "unread", "new_messages", "get_unread"),
        ("List the ids of the unread messages.", "Ids of all unread messages.", "All unread messages, by id.",
         "List the ids of all unread messages."),
        (), _unread, "unread",
    ),
    Op(
        "read",
        ("read_message", "open_message", "get_message", "show_message", "message_text"),
        ("Read a message by its id.", "Text of a message.", "Open a message.", "Read the text of a message."),
        (IDENT,), _read, "text",
    ),
    Op(
        "forward",
        ("forward", "forward_message", "pass_on", "forward_to", "message_forward"),
        ("Forward a message to a contact.", "Pass a message on to a contact.", "Forward a received message.",
         "Forward a message to a person."),
        (IDENT, NAME), _forward, "status",
    ),
)  # fmt: skip


def _number(s: Scene) -> str:
    return s.pick((f"{s.integer(100, 999)}-{s.integer(1000, 9999)}", f"0{s.integer(100000, 999999)}"))


def world(s: Scene) -> World:
    """Four contacts, some with a surname, and up to four messages."""
    names = [f"{n} {s.title()}" if s.rng.random() < 0.5 else n for n in s.people(4)]
    contacts = {n: {"phone": _number(s), "email": s.email(), "favorite": False} for n in names}
    messages = {s.code(): _text(s) for _ in range(4)}
    return {
        "contacts": contacts,
        "messages": messages,
        "unread": list(messages)[: s.integer(2, 4)],
        "sent": [],
    }


def _text(s: Scene) -> str:
    t, i, c, p = s.topic(), s.item(), s.city(), s.person()
    return s.wording(
        f"The {t} is at {s.time()}.", f"Please bring the {i}.", f"I am in {c} now.", f"{p}, {s.title()}!",
        f"Thanks for the {i}, {p}.", f"See you at the {t} in {c}.", f"{s.title()} {s.title()}", f"The {i} is in {c}.",
        f"Please bring the {i}, {p}.", f"See you in {c} at {s.time()}.",
    )  # fmt: skip


def _one(s: Scene) -> str:
    return str(s.rng.choice([name for name, entry in s.world["contacts"].items() if entry["email"]]))


def lookup(s: Scene) -> None:
    """One lookup, which may be down at first."""
    n = _one(s)
    op, what = s.pick((("phone", "phone number"), ("email", "e-mail address")))
    if s.rng.random() < 0.25:
        s.outage(op)
    s.ask(
        f"What is the {what} of {n}?", f"Find {n}'s {what}.", f"Please look up the {what} of {n}.",
        f"I lost the {what} of {n}. Can you find it?", f"{what} of {n}, please", f"Tell me the {what} of {n}.",
        f"I want to reach {n}. Which {what} do I need?", f"I need the {what} of {n}. Please look it up.",
        f"Can you tell me {n}'s {what}?",
    )  # fmt: skip
    value = s.call(op, f"find the {what} of {n}", name=n)
    if isinstance(value, Failed):
        value = s.call(op, f"find the {what} of {n}", name=n)
    s.answer(f"The {what} of {n} is {value}.", f"{value}", expect=[value])


def short_name(s: Scene) -> None:
    """The user gives only the first name; the error message may know the full one."""
    n = _one(s)
    first = n.split(" ")[0]
    s.ask(
        f"What is the phone number of {first}?", f"Find the phone number of {first}, please.", f"Phone number of {first}?",
        f"Can you look up {first}'s phone number?", f"I must call {first}. Find the phone number.",
        f"Give me the phone number of my friend {first}.", f"Please find {first}'s phone number.",
        f"Can you find the phone number of {first}?",
    )  # fmt: skip
    value = s.call("phone", f"find the phone number of {first}", name=first)
    if isinstance(value, Failed):
        n = value.message.split("'")[-2]
        value = s.call("phone", f"find the phone number of {n}", name=n)
    else:
        n = first
    s.answer(f"The phone number of {n} is {value}.", f"{value}", expect=[value])


def send(s: Scene) -> None:
    """One message to one or two contacts."""
    who = s.rng.sample(list(s.world["contacts"]), s.pick((1, 1, 2)))
    n, t = " and ".join(who), _text(s)
    s.ask(
        f'Send {n} the message "{t}"', f'Send a message to {n}: "{t}"', f'Please write to {n}: "{t}"',
        f'Message "{t}" to {n}, please.', f'I am late. Send the text "{t}" to {n}.',
        f'Could you send this message to {n}? "{t}"', f'Text "{t}" - send it as a message to {n}.',
        f'Please send "{t}" as a message to {n}.', f'Could you send a message with the text "{t}" to {n}?',
    )  # fmt: skip
    s.parallel(f'send "{t}" to {n}', *(("send", {"name": one, "text": t}) for one in who))
    s.answer(f"The message to {n} is sent.", f"Sent to {n}.", expect=who)


def send_email(s: Scene) -> None:
    """An e-mail to a contact, whose address must be found first, or to an address."""
    known, t = s.rng.random() < 0.3, _text(s)
    n = s.email() if known else _one(s)
    s.ask(
        f'Send an e-mail to {n}: "{t}"', f'Please e-mail {n} the text "{t}"', f'Write an e-mail to {n} with "{t}"',
        f'E-mail to {n}, please. Text: "{t}"', f'I want to send {n} an e-mail that says "{t}"',
        f'Could you send "{t}" to {n} by e-mail?', f'Mail {n} this text by e-mail: "{t}"',
        f'Please send {n} an e-mail with the text "{t}"', f'Could you write an e-mail to {n}? It says "{t}"',
        plan=[*([] if known else [f"find the e-mail address of {n}"]), f"send the e-mail to {n}"],
    )  # fmt: skip
    email = n if known else s.call("email", f"find the e-mail address of {n}", name=n)
    s.call("send_email", f'send the e-mail "{t}" to {email}', email=email, text=t)
    s.answer(f"The e-mail to {email} is sent.", f"Sent to {email}.", expect=[email])


def add(s: Scene) -> None:
    """A new contact, sometimes as a favorite."""
    n, p, star = f"{s.person()} {s.title()}", _number(s), s.rng.random() < 0.4
    if n in s.world["contacts"]:
        n += f" {s.word().capitalize()}"
    end = " as a favorite" if star else ""
    s.ask(
        f"Add {n} with the phone number {p} to my contacts{end}.", f"Save a new contact{end}: {n}, phone {p}.",
        f"Please create a contact{end} for {n}. The phone number is {p}.", f"New contact{end}: {n}, {p}",
        f"I met {n} today. Add a contact{end} with the number {p}.", f"Put {n}, phone {p}, into my contacts{end}.",
        f"Please add {n} to my contacts{end}. The number is {p}.", f"Create a new contact{end}: {n}, phone number {p}.",
    )  # fmt: skip
    s.call(
        "add", f"add the contact {n} with {p}{end}", name=n, phone=p, **({"favorite": True} if star else {})
    )
    s.answer(f"{n} is now in your contacts{end}.", f"Added {n}.", expect=[n])


def new_number(s: Scene) -> None:
    """Change a number, then tell another contact."""
    n, other = s.rng.sample(list(s.world["contacts"]), 2)
    p, tell = _number(s), s.rng.random() < 0.5
    end = f' Then send {other} the message "{n}: {p}".' if tell else ""
    s.ask(
        f"Change the phone number of {n} to {p}.{end}", f"{n} has a new phone number: {p}. Update the contact.{end}",
        f"Please update {n}'s phone number to {p}.{end}", f"Set the phone number of {n} to {p}.{end}",
        f"The number of {n} is wrong. Change it to {p}.{end}", f"New phone number of {n}: {p}, please update it.{end}",
        f"Please change {n}'s phone number to {p}.{end}", f"{n} has a new number. Please set it to {p}.{end}",
        plan=[f"change the phone number of {n} to {p}", *([f"send the message to {other}"] if tell else [])],
    )  # fmt: skip
    s.call("set_phone", f"change the phone number of {n} to {p}", name=n, phone=p)
    if tell:
        s.call("send", f'send "{n}: {p}" to {other}', name=other, text=f"{n}: {p}")
    done = f"The phone number of {n} is now {p}."
    s.answer(done + (f" {other} has the message." if tell else ""), expect=[p])


def read_unread(s: Scene) -> None:
    """A loop: list the unread messages, then read each one."""
    s.ask(
        "Read me all my unread messages.", "List my unread messages and read each of them.",
        "What do my unread messages say?", "Please open every unread message and tell me the text.",
        "I was away. Which messages are unread, and what do they say?", "Any unread messages? Read all of them.",
        "Please read each of my unread messages.", "What do all of my unread messages say? Tell me the text.",
        plan=["list the unread messages", "read each message"],
    )  # fmt: skip
    ids = s.call("unread", "list the unread messages")
    if s.style.index % 2:
        texts = [s.call("read", f"read the message {one}", ident=one) for one in ids]
    else:
        texts = s.parallel("read each message", *(("read", {"ident": one}) for one in ids))
    s.answer(" ".join(f"{one}: {text}" for one, text in zip(ids, texts, strict=True)), expect=texts)


def forward(s: Scene) -> None:
    """One message, or all the unread ones, passed on."""
    n, everything = _one(s), s.rng.random() < 0.4
    m = s.rng.choice(list(s.world["messages"]))
    what = "all unread messages" if everything else f"the message {m}"
    s.ask(
        f"Forward {what} to {n}.", f"Please pass {what} on to {n}.", f"{n} must see {what}. Forward it all, please.",
        f"Can you forward {what} to {n}?", f"Forward to {n}: {what}.", f"I want {n} to get {what}, so forward please.",
        f"Please forward {what} to {n}.", f"{n} must get {what}. Can you forward that?",
        plan=["list the unread messages", f"forward each message to {n}"] if everything else [],
    )  # fmt: skip
    ids = s.call("unread", "list the unread messages") if everything else [m]
    for one in ids:
        s.call("forward", f"forward the message {one} to {n}", ident=one, name=n)
    s.answer(f"Forwarded to {n}: {', '.join(ids)}.", expect=ids)


DOMAIN = Domain(
    "contacts", OPS, world, (lookup, short_name, send, send_email, add, new_number, read_unread, forward)
)
