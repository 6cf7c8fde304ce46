"""Contacts and messages: phone numbers, e-mail addresses, sending, unread messages, forwarding."""
# ruff: noqa: E501 - wordings and tool descriptions are kept on one line each

from __future__ import annotations

from typing import Any

from mtp_trainer.toolworld.ops import BOOLEAN, STRING, Op, P, ToolFailure, World
from mtp_trainer.toolworld.scene import Domain, Failed, Scene

NAME = P(
    "name",
    STRING,
    ("name", "contact", "person", "full_name", "who", "person_name", "contact_name"),
    ("Name of the contact", "Who", "Name of the person", "Which contact", "The person"),
)
PHONE = P(
    "phone",
    STRING,
    ("phone", "number", "phone_number", "phone_no", "telephone", "mobile", "tel"),
    ("The phone number", "Phone", "Number to call", "The number of the phone", "Phone number"),
)
TEXT = P(
    "text",
    STRING,
    ("text", "message", "content", "msg", "words", "message_text", "body"),
    ("The text", "Text to send", "What to write", "What the message says", "Text of the message"),
)
IDENT = P(
    "ident",
    STRING,
    ("id", "message_id", "ref", "msg_id", "message_ref", "code", "message"),
    ("Id of the message", "The message id", "Which message", "Id that names the message", "Message id"),
)
EMAIL = P(
    "email",
    STRING,
    ("email", "address", "mail", "mail_address", "recipient", "to", "email_address"),
    ("E-mail address", "The e-mail", "Address to write to", "E-mail address of the receiver", "The address"),
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
        ("get_phone", "phone_number", "lookup_phone", "find_phone", "phone_number_of", "contact_phone", "fetch_phone", "lookup_number", "phone_for", "phone_of"),
        ("Find the phone number of a contact.", "Phone number of a person.", "Look up a phone number.", "Get a person's phone number.", "Find out under which number a contact can be called.", "Return the phone number of a contact.", "Look up the phone number of a contact."),
        (NAME,), _phone, "phone",
    ),
    Op(
        "email",
        ("get_email", "email_of", "lookup_email", "find_email", "contact_email", "fetch_email_address", "lookup_address", "find_email_address", "address_of", "email_address_of"),
        ("Find the e-mail address of a contact.", "E-mail address of a person.", "Look up an e-mail address.", "Get a person's e-mail address.", "Find out to which address one can write to a contact.", "Return the e-mail address of a contact.", "Look up the e-mail address of a contact."),
        (NAME,), _email, "email",
    ),
    Op(
        "list",
        ("list_contacts", "all_contacts", "contacts", "contact_list", "show_contacts", "contact_names", "list_people", "fetch_contacts", "names_of_contacts", "get_contacts"),
        ("List the names of all contacts.", "All contacts.", "Names of all contacts.", "Show who is in the contacts.", "Return the name of every contact.", "Get the contacts by name.", "List all contacts."),
        (), _list, "contacts",
    ),
    Op(
        "add",
        ("add_contact", "new_contact", "create_contact", "save_contact", "insert_contact", "store_contact", "make_contact", "register_contact", "put_in_contacts", "contact_add"),
        ("Add a new contact.", "Create a contact with a phone number.", "Save a new contact.", "Put a person into the contacts.", "Store a person with a phone number.", "Make a contact for a new person.", "Add a new contact with a phone number."),
        (NAME, PHONE,
         P("favorite", BOOLEAN, ("favorite", "is_favorite", "starred", "fav", "as_favorite", "star", "favourite"),
           ("Whether it is a favorite", "True for a favorite", "Whether to star the contact", "Set for a favorite contact", "Mark as favorite"), optional=True)),
        _add, "status",
    ),
    Op(
        "set_phone",
        ("update_phone", "change_phone", "set_phone", "edit_phone", "set_phone_number", "replace_phone", "new_phone", "modify_phone", "correct_number", "change_number"),
        ("Change the phone number of a contact.", "Update a phone number.", "Set the new phone number of a contact.", "Replace the phone number of a contact by a new one.", "Correct the number of a contact.", "Give a contact a new phone number.", "Update the phone number of a contact."),
        (NAME, PHONE), _set_phone, "status",
    ),
    Op(
        "send",
        ("send_message", "send_text", "message", "text_message", "write_message", "text_contact", "send_to_contact", "send_sms", "tell_contact", "message_contact"),
        ("Send a message to a contact.", "Send a text message to a person.", "Message a contact.", "Send a text to a contact by name.", "Write a message to a person.", "Text a contact.", "Send a text message to a contact."),
        (NAME, TEXT), _send, "status",
    ),
    Op(
        "send_email",
        ("send_email", "send_mail", "email_to", "write_email", "email_send", "compose_email", "send_to_address", "new_email", "write_mail", "mail_to"),
        ("Send an e-mail to an address.", "Write an e-mail to an e-mail address.", "E-mail a text to an address.", "Send a mail with a text to an address.", "Write to an e-mail address.", "Send a text by e-mail.", "Send an e-mail to an e-mail address."),
        (EMAIL, TEXT), _send_email, "status",
    ),
    Op(
        "unread",
        ("list_unread", "unread_messages", "unread", "new_messages", "unread_ids", "list_new_messages", "check_unread", "inbox_unread", "messages_not_read", "get_unread"),
        ("List the ids of the unread messages.", "Ids of all unread messages.", "All unread messages, by id.", "Which messages have not been read, by id.", "Get the ids of messages that are still unread.", "Return the ids of new messages.", "List the ids of all unread messages."),
        (), _unread, "unread",
    ),
    Op(
        "read",
        ("read_message", "open_message", "get_message", "show_message", "view_message", "fetch_message", "get_message_text", "message_content", "see_message", "message_text"),
        ("Read a message by its id.", "Text of a message.", "Open a message.", "Show what a message says.", "Get the text of the message with this id.", "Return the text of a message.", "Read the text of a message."),
        (IDENT,), _read, "text",
    ),
    Op(
        "forward",
        ("forward", "forward_message", "pass_on", "forward_to", "relay_message", "send_on", "forward_to_contact", "share_message", "hand_on", "message_forward"),
        ("Forward a message to a contact.", "Pass a message on to a contact.", "Forward a received message.", "Send a received message on to a contact.", "Share a message with another contact.", "Send a message on to someone else, by its id.", "Forward a message to a person."),
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
        f"Someone is filling in a list and needs {n}'s {what}. Can you look?",
        f"I had the idea to contact {n}. Tell me the {what}, please.",
        f"I promised someone the {what} of {n}. Look it up, please.",
        f"Do me the favor of finding {n}'s {what}.",
        f"Do me a favour and find the {what} of {n}.",
        f"I have no idea what {n}'s {what} is. Please look in my contacts.",
        f"A form asks me for the {what} of {n}. What should I write?",
        f"While filling in my address book, I noticed that {n}'s {what} is missing. What is it?",
        f"I need the {what} by which {n} is best reached.",
        f"Because I want to contact {n}, I ask you for the {what}.",
        f"It is important: what is the {what} of {n}?",
        f"{n} gave me the {what} once, and I have lost it. Look it up, would you?",
        f"For a colleague: {n}'s {what}, please.",
        f"contact {n}: {what} wanted",
        f"What is the {what} of {n}?",
        f"Find {n}'s {what}.",
        f"Please look up the {what} of {n}.",
        f"I lost the {what} of {n}. Can you find it?",
        f"{what} of {n}, please",
        f"Tell me the {what} of {n}.",
        f"I want to reach {n}. Which {what} do I need?",
        f"I need the {what} of {n}. Please look it up.",
        f"Which {what} is saved for {n}?",
        f"Check my contacts for the {what} of {n}.",
        f"A colleague asks for {n}'s {what}. What is it?",
        f"Could you give me {n}'s {what}?",
        f"Get me the {what} of {n}, would you?",
        f"We have to contact {n} today. Look up the {what}, please.",
        f"{n}, {what}?",
        f"Do you know the {what} of {n}?",
        f"Show me the {what} of {n}.",
        f"What {what} do I have for {n}?",
        f"Please fetch {n}'s {what} for me.",
        f"I cannot remember {n}'s {what}. Would you check it?",
        f"Retrieve the {what} for {n}.",
        f"Pull up the {what} of {n}, please.",
        f"I am trying to get in touch with {n}. Can you give me the {what}?",
        f"Would you mind checking what {n}'s {what} is?",
        f"Hi! I am looking for the {what} of {n}.",
        f"Is the {what} of {n} in my contacts? If so, tell me.",
        f"{n}'s {what} is what I need right now.",
        f"Somebody wants to know the {what} of {n}. Please find out.",
        f"look up {n}: {what}",
        f"Let me know the {what} of {n}, please.",
        f"I have to write down the {what} of {n}. What is it?",
        f"Open the contact {n} and tell me the {what}.",
        f"Send me the {what} that belongs to {n}, could you?",
        f"I would like to have {n}'s {what}, please.",
        f"Please search for the {what} of {n} and show it to me.",
        f"Any idea what the {what} of {n} is? Please check my contacts.",
        f"Under which {what} can {n} be reached?",
        f"I am filling in a form about {n} and the {what} is missing. Can you get it?",
        f"Search my contacts: {n}, {what}.",
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
        f"I owe {first} a call. Give me the phone number.",
        f"I missed a call from {first}. What phone number do I have?",
        f"My colleague has no idea how to reach {first} by phone. Tell me the number.",
        f"I promised someone the phone number of {first}. Which is it?",
        f"Have you any idea which phone number is {first}'s?",
        f"{first} can be reached by phone, but I do not have the number at hand. What is it?",
        f"A colleague wants to phone {first}. Find the number, please.",
        f"Do me a favor and look for the phone number of {first}.",
        f"It is important that I call {first}. Which phone number is the right one?",
        f"Because I promised to call {first}, I need the phone number now.",
        f"On a form that I am filling in, {first}'s phone number is missing. What do I write?",
        f"{first} - which phone number?",
        f"In order to ring {first}, what do I have to dial? Give me the phone number.",
        f"{first} wrote that I should call. Please get the phone number from my contacts.",
        f"What is the phone number of {first}?",
        f"Find the phone number of {first}, please.",
        f"Phone number of {first}?",
        f"Can you look up {first}'s phone number?",
        f"I must call {first}. Find the phone number.",
        f"Give me the phone number of my friend {first}.",
        f"Please find {first}'s phone number.",
        f"Which phone number does {first} have?",
        f"{first}'s phone number, please. I want to call.",
        f"Look for {first} in my contacts and give me the phone number.",
        f"I would like to ring {first}. What phone number do I dial?",
        f"We need to phone {first}. Please look up the number.",
        f"Do I have a phone number for {first}? Tell me.",
        f"phone: {first}?",
        f"Could you get me the phone number of {first}?",
        f"I forgot the phone number of {first}. What was it?",
        f"Show me {first}'s phone number.",
        f"I need to get hold of {first} by phone. What is the number?",
        f"Fetch the phone number of {first} for me.",
        f"Would you tell me the phone number of {first}?",
        f"I want to give {first} a call. Look up the phone number, please.",
        f"What is {first}'s number? I have to make a phone call.",
        f"Retrieve {first}'s phone number from my contacts.",
        f"{first} is expecting my call. Which phone number should I dial?",
        f"I cannot find {first}'s phone number anywhere. Please search for it.",
        f"Hey, what was the phone number of {first} again?",
        f"look up {first}, phone number",
        f"Let me know {first}'s phone number, please.",
        f"Pull up the phone number that I have for {first}.",
        f"I have to speak to {first} on the phone. Could you get the number?",
        f"Do you have {first}'s phone number?",
        f"Someone asked me for the phone number of {first}. Can you check it?",
        f"The phone number of {first} is what I am looking for.",
        f"I would like to know the phone number of {first}, please.",
        f"Time to ring {first}. Give me the phone number, would you?",
        f"Please check my contacts for {first} and tell me the phone number.",
        f"What number do I call to reach {first}?",
        f"Check under which phone number I saved {first}.",
        f"It is {first}'s birthday and I want to phone. Which number is it?",
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
        f'I missed {n} today, so send the message "{t}"',
        f'Someone has to tell {n} this, so compose and send the message "{t}"',
        f'The message for {n} reads "{t}" Please compose and send it.',
        f'What {n} will receive from me is this message: "{t}" Please send it.',
        f'Do me a favour and message {n}: "{t}"',
        f'It is important that I tell {n} the following by message: "{t}"',
        f'I promised to write to {n}. Please send the message "{t}"',
        f'With "{t}" as the text, send a message to {n}.',
        f'Compose this message for {n} and send it off: "{t}"',
        f'I owe {n} a message. Make it "{t}"',
        f'Because my phone is broken, please send {n} the following message: "{t}"',
        f'My day is full, so could you write to {n} for me? The message: "{t}"',
        f'The following goes to {n} as a text message: "{t}"',
        f'{n}, by message: "{t}"',
        f'Send {n} the message "{t}"',
        f'Send a message to {n}: "{t}"',
        f'Please write to {n}: "{t}"',
        f'Message "{t}" to {n}, please.',
        f'I am late. Send the text "{t}" to {n}.',
        f'Could you send this message to {n}? "{t}"',
        f'Text "{t}" - send it as a message to {n}.',
        f'Please send "{t}" as a message to {n}.',
        f'Let {n} know by message: "{t}"',
        f'"{t}" is what {n} should read. Send it as a message.',
        f'I need a message to go to {n}. It says "{t}"',
        f'message for {n}: "{t}"',
        f'Can you tell {n} this by message? "{t}"',
        f'Drop {n} a message with the words "{t}"',
        f'I have no time to write to {n}. Please send the message "{t}" for me.',
        f'Would you text {n} "{t}"?',
        f'Shoot {n} a quick message: "{t}"',
        f'Send "{t}" to {n}, please.',
        f'Please let {n} know: "{t}"',
        f'Message {n} and say "{t}"',
        f'I would like to send {n} a text. It goes "{t}"',
        f'Inform {n} by text message: "{t}"',
        f'Would you drop {n} a line by message? Write "{t}"',
        f'Please pass this text to {n} as a message: "{t}"',
        f'Text {n} the following words: "{t}"',
        f'There is something {n} has to know. Send a message: "{t}"',
        f'I am driving. Can you text {n} for me? The message is "{t}"',
        f'"{t}" - could you message that to {n}?',
        f'text to {n}: "{t}"',
        f'Get a message to {n}, please. It should say "{t}"',
        f'I want {n} to receive the message "{t}"',
        f'The words "{t}" should go to {n} in a text message.',
        f'Compose a message with the text "{t}" and send it to {n}.',
        f'Write {n} a short message that reads "{t}"',
        f'Tell {n} the following in a message, please: "{t}"',
        f'A message has to be sent to {n}. Its content: "{t}"',
        f'{n} should get this message from me: "{t}"',
        f'Write "{t}" to {n} in a message, would you?',
        f'My hands are full, so please message {n} the following: "{t}"',
        f'Could you send a message with the text "{t}" to {n}?',
    )  # fmt: skip
    s.parallel(f'send "{t}" to {n}', *(("send", {"name": one, "text": t}) for one in who))
    s.answer(f"The message to {n} is sent.", f"Sent to {n}.", expect=who)


def send_email(s: Scene) -> None:
    """An e-mail to a contact, whose address must be found first, or to an address."""
    known, t = s.rng.random() < 0.3, _text(s)
    n = s.email() if known else _one(s)
    s.ask(
        f'{n} likes to get e-mails. Make one with the text "{t}" and send it.',
        f'I owe several people e-mails. First, compose and send "{t}" to {n}.',
        f'The best way is by e-mail: {n} should receive the words "{t}"',
        f'{n} sees e-mails sooner than anything else, so e-mail the text "{t}", please.',
        f'I promised that {n} would hear from me. Send the e-mail "{t}"',
        f'For {n} it is best to use e-mail. Write "{t}" and send it.',
        f'Because {n} likes to read e-mails, send the text "{t}" as one.',
        f'With the following text, compose an e-mail for {n} and send it: "{t}"',
        f'As a favor to me, would you write {n} an e-mail? Text: "{t}"',
        f'Of all the e-mails that I owe people, this one is for {n}: "{t}" Send it, please.',
        f'"{t}" - to {n}, as an e-mail',
        f'It is important that {n} sees the words "{t}" in an e-mail from me. Please send it.',
        f'When you have a minute, compose an e-mail for {n} with "{t}" in it and send it.',
        f'{n} wrote to me. Answer by e-mail with "{t}"',
        f'Send an e-mail to {n}: "{t}"',
        f'Please e-mail {n} the text "{t}"',
        f'Write an e-mail to {n} with "{t}"',
        f'E-mail to {n}, please. Text: "{t}"',
        f'I want to send {n} an e-mail that says "{t}"',
        f'Could you send "{t}" to {n} by e-mail?',
        f'Mail {n} this text by e-mail: "{t}"',
        f'Please send {n} an e-mail with the text "{t}"',
        f'By e-mail to {n}: "{t}"',
        f'I need an e-mail to go out to {n}. The text is "{t}"',
        f'"{t}" - please send this as an e-mail to {n}.',
        f'Would you e-mail {n} for me and write "{t}"?',
        f'{n} is waiting for an e-mail. Send the words "{t}"',
        f'Use e-mail to tell {n} this: "{t}"',
        f'Let us send {n} an e-mail. Content: "{t}"',
        f'Can an e-mail with the text "{t}" go to {n}, please?',
        f'Compose an e-mail to {n} that reads "{t}"',
        f'Shoot {n} a quick e-mail: "{t}"',
        f'Please send "{t}" to {n} as an e-mail.',
        f'Let {n} know by e-mail: "{t}"',
        f'e-mail for {n}: "{t}"',
        f'Draft an e-mail with the words "{t}" and send it to {n}.',
        f'I have to e-mail {n}. The message is "{t}"',
        f'Drop {n} an e-mail, would you? It should say "{t}"',
        f'{n} should receive an e-mail from me with the content "{t}"',
        f'Could you mail {n} for me? The e-mail says "{t}"',
        f'An e-mail must be sent to {n}. Its text: "{t}"',
        f'"{t}" is what I want to tell {n}. Send it by e-mail, please.',
        f'Inform {n} by e-mail of the following: "{t}"',
        f'I would like an e-mail to be sent to {n} with the message "{t}"',
        f'Can you write to {n} by e-mail? The text reads "{t}"',
        f'There is no time for me to write, so please e-mail "{t}" to {n}.',
        f'Do me a favor and send {n} this e-mail: "{t}"',
        f'Please get an e-mail out to {n}. Write "{t}"',
        f'The following should go to {n} by e-mail: "{t}"',
        f'I owe {n} an e-mail. Please write and send it: "{t}"',
        f'{n} likes e-mails best, so send one with "{t}"',
        f'I promised {n} an e-mail. It should read "{t}"',
        f'Get this to {n} by e-mail, please: "{t}"',
        f'Could you write an e-mail to {n}? It says "{t}"',
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
        f"A colleague whom I had not saved yet: {n}, {p}. Make a contact{end}.",
        f"Someone new works with us: {n}, a colleague with the phone number {p}. Save the contact{end}.",
        f"I missed a call from {p}, and it was {n}. Please add the contact{end}.",
        f"I promised to keep in touch with {n}. Save the number {p} in my contacts{end}.",
        f"My new colleague gave me a phone number, {p}. Save it{end} under the name {n}.",
        f"{n} is not in my contacts yet. Please add the number {p} under this name{end}.",
        f"You can reach {n} at {p}. Please store this contact{end}.",
        f"With {p} as the phone number, add {n} to my contacts{end}.",
        f"{n} is missing from my contacts. Add an entry{end} with the phone number {p}.",
        f"So that {n} can always be reached, keep the number {p} in a new contact{end}.",
        f"Since {n} gave me a number, namely {p}, please create the contact{end}.",
        f"{n}, {p}: add to contacts{end}",
        f"The number {p} is not saved yet. Put it into my contacts{end}; the name is {n}.",
        f"A customer, {n}, is best reached on {p}. Put this customer into my contacts{end}.",
        f"Add {n} with the phone number {p} to my contacts{end}.",
        f"Save a new contact{end}: {n}, phone {p}.",
        f"Please create a contact{end} for {n}. The phone number is {p}.",
        f"New contact{end}: {n}, {p}",
        f"I met {n} today. Add a contact{end} with the number {p}.",
        f"Put {n}, phone {p}, into my contacts{end}.",
        f"Please add {n} to my contacts{end}. The number is {p}.",
        f"I need {n} in my contacts{end}. Phone: {p}.",
        f"{p} is the phone number of {n}. Save this contact{end}.",
        f"Could you store {n}{end} in my contacts, number {p}?",
        f"Make a contact{end} for {n}, who has the phone number {p}.",
        f"There is a new neighbour, {n}. Phone {p}. Put that into my contacts{end}.",
        f"contact to add{end}: {n}, {p}",
        f"Would you save a new contact{end}? The number is {p}, the name is {n}.",
        f"We will work with {n} now. Please add a contact with {p}{end}.",
        f"Enter {n} into my contacts{end}, with {p} as phone number.",
        f"Register {n} with the number {p} in my contacts{end}.",
        f"Please save {n} to my contacts{end}, phone number {p}.",
        f"Can you add {n}{end} to my contacts? The phone number is {p}.",
        f"I have just got the number of {n}: {p}. Store it as a new contact{end}.",
        f"Store {n}, phone number {p}, in my contacts{end}.",
        f"I would like to add {n} to my contacts{end}. The number is {p}.",
        f"Could you create a new contact{end} for {n} with {p} as the number?",
        f"{n} is someone new. Make a new contact{end} with the phone number {p}.",
        f"save {n}, {p}, to contacts{end}",
        f"Please enter a new contact{end}. Name: {n}. Phone: {p}.",
        f"Record {n} in my contacts{end}, phone {p}.",
        f"I want to keep the number {p} of {n}. Please make a contact{end}.",
        f"Include {n} in my contacts{end}. The phone number to save is {p}.",
        f"A new contact should be created{end}: {n}, number {p}.",
        f"Would you put {n} in my contacts{end}? You can call {p} to reach this person.",
        f"The phone number {p} belongs to {n}. Please add the contact{end}.",
        f"We have a new colleague called {n}, phone {p}. Add this person to my contacts{end}.",
        f"Set up a contact{end} for {n}. The number is {p}.",
        f"Keep {n} in my contacts{end}, with the phone number {p}, please.",
        f"Let us add a new person to my contacts{end}: {n}, phone number {p}.",
        f"Write down a new contact{end}: {n} can be reached at {p}.",
        f"{n} gave me the number {p}. Can you save the contact{end}?",
        f"My contacts do not have {n} yet. Add the person{end}, phone number {p}.",
        f"Create a new contact{end}: {n}, phone number {p}.",
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
        f"Edit the phone number of {n} and make it {p}.{end}",
        f"Please modify my contacts: {n} is to have the number {p}.{end}",
        f"{n} has changed to a different phone company. The number is {p}, so edit the contact.{end}",
        f"I missed a call because the number of {n} is different now. Modify it to {p}.{end}",
        f"Modify the phone number that I have for {n}: it is {p} now.{end}",
        f"Do me a favor and modify {n}'s entry. Its new phone number is {p}.{end}",
        f"{n} gave me a different number. Please set it: {p}.{end}",
        f"With {p} as the new number, update the contact {n}.{end}",
        f"Because {n} moved to a different phone company, the number must be changed to {p}.{end}",
        f"{n}: number now {p}, please modify.{end}",
        f"While filling in a form I saw that {n} has a new number, {p}. Update it, please.{end}",
        f"My colleague says that {n} has {p} as the phone number now. Change it, would you?{end}",
        f"In the entry of {n}, write {p} over the old phone number.{end}",
        f"To reach {n} one must dial a different number now, namely {p}. Change it in my contacts.{end}",
        f"Change the phone number of {n} to {p}.{end}",
        f"{n} has a new phone number: {p}. Update the contact.{end}",
        f"Please update {n}'s phone number to {p}.{end}",
        f"Set the phone number of {n} to {p}.{end}",
        f"The number of {n} is wrong. Change it to {p}.{end}",
        f"New phone number of {n}: {p}, please update it.{end}",
        f"Please change {n}'s phone number to {p}.{end}",
        f"From now on {n} has the number {p}. Please note it in my contacts.{end}",
        f"Can you set {n}'s phone to {p}?{end}",
        f"My entry for {n} is out of date. The phone number is {p} now.{end}",
        f"{p} is the new phone number of {n}. Save it, please.{end}",
        f"I need the number of {n} changed. It should be {p}.{end}",
        f"Replace the old phone number of {n} by {p}.{end}",
        f"contact {n}, new phone: {p}.{end}",
        f"Would you correct the phone number in the contact {n}? The right one is {p}.{end}",
        f"{n} bought a new phone. Change the number to {p}, please.{end}",
        f"Edit the contact {n}: the phone number is now {p}.{end}",
        f"Can you change the number of {n} to {p}?{end}",
        f"Please replace {n}'s phone number with {p}.{end}",
        f"Update the contact {n} with the new phone number {p}.{end}",
        f"{n}'s number has changed to {p}. Please update my contacts.{end}",
        f"I have the wrong phone number for {n}. Correct it to {p}, please.{end}",
        f"Switch the phone number of {n} to {p}.{end}",
        f"update {n}: phone number {p}.{end}",
        f"The old number of {n} does not work any more. The new one is {p}, so please change it.{end}",
        f"Would you update the phone number that is saved for {n}? It is {p} now.{end}",
        f"Please correct {n}'s number. It must be {p}.{end}",
        f"{n} can now be reached at {p}. Update the phone number in the contact, please.{end}",
        f"I would like you to set the number of {n} to {p}.{end}",
        f"Make {p} the new phone number of {n}.{end}",
        f"Please edit the entry of {n} so that the phone number is {p}.{end}",
        f"There is a mistake in the contact {n}. The phone number should be {p}.{end}",
        f"{n} got a different phone number, {p}. Can you replace the old one?{end}",
        f"Could you save {p} as the new number of {n}?{end}",
        f"The phone number of {n} needs to be changed to {p}.{end}",
        f"Modify the contact {n}, please: new number {p}.{end}",
        f"Use {p} as the phone number of {n} from today.{end}",
        f"{n} called from a new number, {p}. Put it into the contact.{end}",
        f"Could the number that I have for {n} be changed to {p}?{end}",
        f"{n} has a new number. Please set it to {p}.{end}",
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
        "I have missed some messages. Read me the full text of all unread ones.",
        "If someone wrote to me, I want the full text. Read all unread messages.",
        "I may have missed something. Open every unread message and read it out.",
        "What did I receive? Read me all messages that are still unread.",
        "Somebody wrote to me while I was asleep. Read me every unread message.",
        "People wrote to me, and I have not had a look yet. Read out all unread messages, please.",
        "Because my hands are full, I want you to read all unread messages to me.",
        "Who wrote what? Tell me the full text of each unread message.",
        "It is important that I miss nothing, so open each unread message and tell me what it says.",
        "everything unread in my messages, read out in full",
        "Do me a favour and read me all messages that I have not opened yet.",
        "Whatever is unread in my messages, please read it to me.",
        "I have no idea what the unread messages say. Open all of them and tell me.",
        "My colleagues wrote to me over the weekend. What do the unread messages say? Go through all of them.",
        "Read me all my unread messages.",
        "List my unread messages and read each of them.",
        "What do my unread messages say?",
        "Please open every unread message and tell me the text.",
        "I was away. Which messages are unread, and what do they say?",
        "Any unread messages? Read all of them.",
        "Please read each of my unread messages.",
        "What did people write to me? Read out every unread message.",
        "Go through my unread messages and give me their text.",
        "unread messages, full text please",
        "I have not looked at my messages today. Read the unread ones to me.",
        "Could you open all messages that I have not read yet and tell me what they say?",
        "I need to know what is in my unread messages.",
        "Show me the content of every unread message.",
        "Is there anything I have not read? Tell me what the messages say.",
        "Find out which messages are unread, then open them and read them to me.",
        "Read out all messages that are unread.",
        "Show me the text of all unread messages.",
        "Check for unread messages and read each of them to me.",
        "Let me hear all my unread messages.",
        "Which messages have I not read yet? Please open each of them and tell me the text.",
        "Please show me what every unread message says.",
        "Do I have new messages? Read all the unread ones out to me.",
        "Get my unread messages and give me the content of each.",
        "I want to catch up on my messages. Read me everything that is unread.",
        "Did anyone write to me? Open my unread messages and tell me what they say.",
        "Could you read me the messages that I have missed, all the unread ones?",
        "read all unread messages",
        "Look at my unread messages and let me know what is in each of them.",
        "Please go through all unread messages and read them out.",
        "What have I missed? Tell me the content of all unread messages.",
        "I just got back. Open the unread messages and show me their text.",
        "Would you check my unread messages and tell me what each one says?",
        "I would like to see the full text of every message that I have not read.",
        "Find all unread messages, open each of them and give me the text.",
        "Can you tell me what people wrote in the messages that are still unread?",
        "What is new in my messages? Open everything unread and read it to me.",
        "I would like to hear every message that is still unread.",
        "My phone was off all day. Please tell me the text of each unread message.",
        "What do all of my unread messages say? Tell me the text.",
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
        f"By forwarding, let {n} receive {what}.",
        f"I owe {n} a look at {what}, so forward please.",
        f"It would be best if {n} sees {what} too, so please forward.",
        f"Would you do me the favour of forwarding {what} to {n}?",
        f"For {n}, {what} would be important. Forward that, please.",
        f"Please hand {what} to my colleague {n} by forwarding.",
        f"By forwarding, {what} should get to {n}.",
        f"Be so kind as to pass along {what} to {n} by forwarding.",
        f"Until {n} sees {what}, we cannot go on. Please forward.",
        f"With {n} as the receiver, forward {what}.",
        f"Because {n} has to answer, please hand over {what}: just forward.",
        f"As a favour to {n}, forward {what}.",
        f"{n} likes to be kept up to date. Forward {what}, please.",
        f"When {n} sees {what}, everything will be clear. Forward that, please.",
        f"Forward {what} to {n}.",
        f"Please pass {what} on to {n}.",
        f"{n} must see {what}. Forward it all, please.",
        f"Can you forward {what} to {n}?",
        f"Forward to {n}: {what}.",
        f"I want {n} to get {what}, so forward please.",
        f"Please forward {what} to {n}.",
        f"{n} asked for {what}, so pass that on, please.",
        f"Send {what} on to {n}.",
        f"Let {n} have {what}: forward, please.",
        f"I need {what} forwarded to {n}.",
        f"Share {what} with {n} by forwarding.",
        f"Would you hand {what} on to {n}?",
        f"forward {what} -> {n}",
        f"For {n}: please forward {what}.",
        f"{n} is in charge now and needs {what}. Please forward.",
        f"Relay {what} to {n}, please.",
        f"Could you forward {what} to {n}?",
        f"Please share {what} with {n}. Just forward.",
        f"{n} needs {what}. Can you pass that on?",
        f"Would you forward {what} to {n} for me?",
        f"I would like to forward {what} to {n}.",
        f"Pass along {what} to {n}.",
        f"{n} has not seen {what} yet. Please forward that.",
        f"Please send {what} on to {n} for me.",
        f"to {n}: forward {what}",
        f"{n} wants to read {what}, so please forward that.",
        f"Can you share {what} with {n}? Forward that, please.",
        f"Let us forward {what} to {n}.",
        f"Do me a favor: forward {what} to {n}.",
        f"We should pass {what} on to {n}. Please do it.",
        f"Make sure {n} receives {what}. Please forward.",
        f"I have to hand {what} over to {n}. Can you forward that?",
        f"{what}: please forward to {n}.",
        f"It is important that {n} sees {what}. Send that on, please.",
        f"Get {what} over to {n} by forwarding, please.",
        f"Could you see to it that {n} gets {what}? Just forward.",
        f"I think {n} would like to read {what}. Please pass on.",
        f"Do me a favour and pass {what} along to {n}.",
        f"{n} must get {what}. Can you forward that?",
        plan=["list the unread messages", f"forward each message to {n}"] if everything else [],
    )  # fmt: skip
    ids = s.call("unread", "list the unread messages") if everything else [m]
    for one in ids:
        s.call("forward", f"forward the message {one} to {n}", ident=one, name=n)
    s.answer(f"Forwarded to {n}: {', '.join(ids)}.", expect=ids)


DOMAIN = Domain(
    "contacts", OPS, world, (lookup, short_name, send, send_email, add, new_number, read_unread, forward)
)
