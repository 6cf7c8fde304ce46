"""Key-value memory: remember, recall, forget, count up."""

from __future__ import annotations

from typing import Any

from mtp_trainer.toolworld.ops import BOOLEAN, INTEGER, STRING, STRINGS, Op, P, ToolFailure, World
from mtp_trainer.toolworld.scene import Domain, Failed, Scene
from mtp_trainer.toolworld.words import TOPICS

KEY = P(
    "key",
    STRING,
    ("key", "name", "memory_key", "label", "slot"),
    ("Key of the entry", "Name of the key", "The key in the memory", "Key in the memory"),
)
TEXT_KINDS = ("code", "email", "place", "contact")
COUNT_KINDS = ("count", "score", "visits")


def _key(world: World, key: str) -> str:
    """The key itself, or a failure that suggests the key that begins like it."""
    if key in world["memory"]:
        return key
    near = [known for known in world["memory"] if key and known.startswith(key)]
    hint = f" Did you mean '{near[0]}'?" if near else ""
    raise ToolFailure(f"No key '{key}'.{hint}")


def _remember(world: World, key: str, value: str) -> Any:
    world["memory"][key] = value
    return "saved"


def _remember_list(world: World, key: str, values: list[str]) -> Any:
    world["memory"][key] = [str(value) for value in values]
    return "saved"


def _recall(world: World, key: str) -> Any:
    return world["memory"][_key(world, key)]


def _forget(world: World, key: str) -> Any:
    del world["memory"][_key(world, key)]
    return "forgotten"


def _increment(world: World, key: str, step: int = 1) -> Any:
    value = world["memory"][_key(world, key)]
    if not isinstance(value, int):
        raise ToolFailure(f"'{key}' is not a number.")
    world["memory"][key] = value + step
    return value + step


def _clear(world: World, confirm: bool) -> Any:
    if not confirm:
        raise ToolFailure("Not confirmed.")
    world["memory"].clear()
    return "empty"


OPS = (
    Op(
        "remember",
        ("remember", "save_value", "store_value", "memorize", "remember_value", "save_text"),
        (
            "Remember a text under a key.",
            "Save a text in the memory under a key.",
            "Store one text under a key.",
            "Store a text in the memory under a key.",
        ),
        (
            KEY,
            P(
                "value",
                STRING,
                ("value", "text", "content", "data"),
                ("Text to remember", "Text to save", "The text"),
            ),
        ),
        _remember,
        "status",
    ),
    Op(
        "remember_list",
        ("remember_list", "save_list", "store_list", "memorize_list", "save_items"),
        (
            "Remember a list of items under a key.",
            "Save a whole list in the memory under a key.",
            "Store a list of items under a key.",
            "Save a list of items under a key.",
        ),
        (
            KEY,
            P(
                "values",
                STRINGS,
                ("values", "items", "list", "entries"),
                ("Items of the list", "The list", "All items"),
            ),
        ),
        _remember_list,
        "status",
    ),
    Op(
        "recall",
        ("recall", "get_value", "read_memory", "recall_value", "get_memory"),
        (
            "Recall what is stored under a key.",
            "Read the value of a key from the memory.",
            "Get the value that was saved under a key.",
            "Recall the value that is stored under a key.",
        ),
        (KEY,),
        _recall,
        "value",
    ),
    Op(
        "forget",
        ("forget", "delete_key", "remove_key", "forget_key", "drop_key"),
        (
            "Forget one key and its value.",
            "Delete a key from the memory.",
            "Remove one key from the memory.",
            "Forget a key, remove it from the memory.",
        ),
        (KEY,),
        _forget,
        "status",
    ),
    Op(
        "list_keys",
        ("list_keys", "all_keys", "show_keys", "get_keys", "memory_keys"),
        (
            "List all keys in the memory.",
            "Show which keys the memory has.",
            "All keys that are stored.",
            "List the keys that the memory has.",
        ),
        (),
        lambda world: list(world["memory"]),
        "keys",
    ),
    Op(
        "count_keys",
        ("count_keys", "memory_size", "number_of_keys", "key_count", "count_memory"),
        (
            "Count the keys in the memory.",
            "How many keys are stored.",
            "Number of keys in the memory.",
            "Count how many keys are in the memory.",
        ),
        (),
        lambda world: len(world["memory"]),
        "count",
    ),
    Op(
        "increment",
        ("increment", "increase_number", "add_to_counter", "count_up", "increase_counter"),
        (
            "Increase the number stored under a key.",
            "Increase a counter; returns its new value.",
            "Add to the number under a key.",
            "Increase the number of a counter.",
        ),
        (
            KEY,
            P(
                "step",
                INTEGER,
                ("step", "by", "amount", "increase"),
                ("How much to add; 1 if left out", "Step of the increase", "How much to increase by"),
                optional=True,
            ),
        ),
        _increment,
        "value",
    ),
    Op(
        "clear",
        ("clear_memory", "erase_memory", "erase_all", "clear_all", "wipe_memory"),
        (
            "Erase the whole memory.",
            "Clear everything in the memory.",
            "Erase all keys and values at once.",
            "Clear the whole memory at once.",
        ),
        (
            P(
                "confirm",
                BOOLEAN,
                ("confirm", "sure", "confirmed", "really"),
                ("Must be true", "True to do it", "Must be true to do it"),
            ),
        ),
        _clear,
        "status",
    ),
)


def world(s: Scene) -> World:
    """Three texts and one or two counters."""
    topics = s.sample(TOPICS, 4)
    memory: World = {}
    for topic in topics[:3]:
        kind = s.pick(TEXT_KINDS)
        value = {"code": s.code, "email": s.email, "place": s.city, "contact": s.person}[kind]()
        memory[f"{topic}_{kind}"] = value
    memory[f"{topics[3]}_{s.pick(COUNT_KINDS)}"] = s.integer(1, 90)
    entries = list(memory.items())
    s.rng.shuffle(entries)
    return {"memory": dict(entries)}


def _text_key(s: Scene) -> str:
    keys: list[str] = [key for key, value in s.world["memory"].items() if isinstance(value, str)]
    return s.pick(keys)


def _counter(s: Scene) -> str:
    keys: list[str] = [key for key, value in s.world["memory"].items() if isinstance(value, int)]
    return s.pick(keys)


def _new_key(s: Scene) -> str:
    return f"{s.word()}_{s.pick(TEXT_KINDS)}"


def recall_one(s: Scene) -> None:
    """One lookup; the memory may be busy at first, or the key unknown."""
    key = s.pick(list(s.world["memory"])) if s.integer(1, 5) > 1 else _new_key(s)
    if s.integer(1, 4) == 1:
        s.outage("recall")
    s.ask(
        f"What is stored under {key}?",
        f"Recall the value of {key}.",
        f"I saved something under the key '{key}'. What was it?",
        f"Please read {key} from the memory for me.",
        f"What did you remember for {key}?",
        f"Memory key: {key}. Tell me its value.",
        f"Can you get the value that I saved as {key}?",
        f"Please recall what is stored under the key '{key}'.",
    )
    value = s.call("recall", f"recall the value of {key}", key=key)
    if isinstance(value, Failed) and "Temporarily" in value.message:
        value = s.call("recall", f"recall the value of {key}", key=key)
    if isinstance(value, Failed):
        s.answer(f"There is no key {key} in the memory.", expect=[key])
        return
    s.answer(f"The value of {key} is {value}.", f"{key}: {value}", expect=[value])


def remember_one(s: Scene) -> None:
    """One text is stored."""
    key = _new_key(s)
    value = s.pick(
        [f"the {s.item()} is with {s.person()}", s.code(), s.email(), f"call {s.person()} on {s.date()}"]
    )
    s.ask(
        f'Remember "{value}" under the key {key}.',
        f'Please save the text "{value}" as {key}.',
        f'Store this under {key}: "{value}"',
        f'I must not lose this: "{value}". Save it in the memory under {key}.',
        f'New memory entry. Key: {key}. Text: "{value}".',
        f'Could you keep "{value}" in the memory? The key is {key}.',
        f'{key} should hold the text "{value}". Please remember that.',
        f'Please remember this text under the key {key}: "{value}"',
    )
    s.call("remember", f"remember the text under {key}", key=key, value=value)
    s.answer(f"I saved it under {key}.", f"Done, {key} is saved.", expect=[key])


def remember_items(s: Scene) -> None:
    """A list is stored."""
    key, items = s.word(), s.sample([s.item() for _ in range(5)], s.integer(2, 4))
    text = ", ".join(items)
    s.ask(
        f"Remember the list {text} under the key {key}.",
        f"Save these items as a list under {key}: {text}.",
        f"My list is: {text}. Store it under {key}.",
        f"Please keep a list in the memory. Key: {key}. Items: {text}.",
        f"The key {key} should hold this list: {text}. Remember it, please.",
        f"Store a list called {key} with the items {text}.",
        f"I have a list of items: {text}. Can you remember them under {key}?",
        f"Please save the list {text} in the memory. The key is {key}.",
    )
    s.call("remember_list", f"remember the list under {key}", key=key, values=items)
    s.answer(f"I saved the list under {key}.", f"Done, {key} is saved.", expect=[key])


def rename(s: Scene) -> None:
    """Copies a value to a new key; half of the time the old one is forgotten."""
    old, new, copy = _text_key(s), _new_key(s), s.rng.random() < 0.5
    if copy:
        s.ask(
            f"Copy the value of {old} to the key {new}.",
            f"Recall {old} and remember the same value under {new} too.",
            f"I want what is stored under {old} to be stored under {new} as well.",
            f"Read {old}, then save that value as {new}. Keep both.",
            f"{new} should get the same value as {old}.",
            f"Make a copy of {old} in the memory. The new key is {new}.",
            f"Please recall the value of {old} and save a copy under {new}.",
            plan=[f"recall the value of {old}", f"remember it under {new}"],
        )
    else:
        s.ask(
            f"Rename the key {old} to {new}: copy the value, then forget {old}.",
            f"Move the value of {old} to {new}. Forget the key {old} after that.",
            f"The key {old} has a bad name. Save its value under {new} and delete {old}.",
            f"Recall {old}, remember its value under {new}, then forget {old}.",
            f"Read {old}, save the value as {new}, and remove the key {old}.",
            f"{old} is to be called {new}. Store the value under the new key and delete the old one.",
            f"Please save the value of {old} under {new}, then forget the key {old}.",
            plan=[f"recall the value of {old}", f"remember it under {new}", f"forget the key {old}"],
        )
    value = s.call("recall", f"recall the value of {old}", key=old)
    s.call("remember", f"remember {value} under {new}", key=new, value=value)
    if not copy:
        s.call("forget", f"forget the key {old}", key=old)
    s.answer(f"{new} now holds {value}.", f"Done. The value of {new} is {value}.", expect=[new, value])


def count_up(s: Scene) -> None:
    """Increases a counter, by one or by a step."""
    key, step = _counter(s), s.integer(2, 40)
    if s.rng.random() < 0.3:
        s.ask(
            f"Increase {key} by one.",
            f"Count {key} up by one and tell me the new value.",
            f"One more for {key}, please. What is the number now?",
            f"Please increase the counter {key} by one.",
            f"The number under {key} goes up by one. Update it.",
            f"Add one to {key}.",
            f"Please add one to the counter {key} and tell me the new value.",
        )
        value = s.call("increment", f"increase {key} by 1", key=key, step=1)
    else:
        s.ask(
            f"Increase {key} by {step}.",
            f"Add {step} to the counter {key}. What is it now?",
            f"Count {key} up by {step} and tell me the new value.",
            f"Please add {step} to the number stored under {key}.",
            f"There are {step} more for {key}. Update the number.",
            f"The number under {key} goes up by {step}. What is the new value?",
            f"Please increase the counter {key} by {step} and tell me the new value.",
        )
        value = s.call("increment", f"increase {key} by {step}", key=key, step=step)
    s.answer(f"{key} is now {value}.", f"The new value of {key} is {value}.", expect=[value])


def show_everything(s: Scene) -> None:
    """Lists the keys, then recalls every one, one after the other or in parallel."""
    slow = s.rng.random() < 0.5
    ways = ("one by one", "one after the other") if slow else ("all at once", "at the same time")
    how = s.pick(ways)
    s.ask(
        f"Show me everything in the memory: list the keys, then recall the values {how}.",
        f"What is in the memory? List all keys and recall them {how}.",
        f"List the keys of the memory and read the value of each, {how}.",
        f"I want all keys with their values. Get the keys first, then recall them {how}.",
        f"First all keys, then recall every value {how}. Tell me all of them.",
        f"Please go through the memory: which keys are there, and what are their values? Recall them {how}.",
        f"Please list all keys, then read every value {how}.",
        plan=["list the keys", f"recall every key {how}"],
    )
    keys = s.call("list_keys", "list the keys")
    if slow:
        values = [s.call("recall", f"recall the value of {key}", key=key) for key in keys]
    else:
        values = s.parallel("recall the values of all keys", *[("recall", {"key": key}) for key in keys])
    shown = ", ".join(f"{key}: {value}" for key, value in zip(keys, values, strict=True))
    s.answer(f"The memory holds {shown}.", f"{shown}", expect=values)


def incomplete_key(s: Scene) -> None:
    """The request names a key incompletely; the error says the right one."""
    key = s.pick(list(s.world["memory"]))
    short = key.split("_")[0]
    s.ask(
        f"What is stored under {short}?",
        f"Recall the value of {short}.",
        f"I saved something under '{short}'. What was it?",
        f"Please read {short} from the memory for me.",
        f"What did you remember for {short}?",
        f"Memory key: {short}. Tell me its value.",
        f"Please recall what is stored under the key '{short}'.",
    )
    s.call("recall", f"recall the value of {short}", key=short)
    value = s.call("recall", f"recall the value of {key}", key=key)
    s.answer(f"The value of {key} is {value}.", f"{key}: {value}", expect=[value])


def forget_and_count(s: Scene) -> None:
    """Forgets one key, or all, and counts what is left."""
    key = s.pick(list(s.world["memory"]))
    if s.rng.random() < 0.7:
        s.ask(
            f"Forget {key} and tell me how many keys are left.",
            f"Delete the key {key}, then count the keys.",
            f"I do not need {key} any more. Remove it. How many keys are in the memory then?",
            f"Please remove {key} from the memory and count what remains.",
            f"Forget the key '{key}'. After that, what is the number of keys?",
            f"Two things: delete {key}, then tell me the number of keys.",
            f"Please forget the key {key}, then count how many keys are left.",
            plan=[f"forget the key {key}", "count the keys"],
        )
        s.call("forget", f"forget the key {key}", key=key)
    else:
        s.ask(
            "Erase the whole memory, I am sure. Then count the keys.",
            "Clear everything in the memory and tell me how many keys are left. Yes, I am sure.",
            "The whole memory should go. I confirm that. How many keys are there after it?",
            "Please erase all keys at once; this is confirmed. Count the keys after that.",
            "Wipe the memory, really. What is the number of keys then?",
            "I confirm: clear the memory. Then count what remains.",
            "Please clear the whole memory, I am sure. How many keys are left then?",
            plan=["erase the whole memory", "count the keys"],
        )
        s.call("clear", "erase the whole memory", confirm=True)
    left = s.call("count_keys", "count the keys")
    s.answer(f"Done. The number of keys is now {left}.", f"Done, keys left: {left}.", expect=[left])


DOMAIN = Domain(
    "memory",
    OPS,
    world,
    (
        recall_one,
        remember_one,
        remember_items,
        rename,
        count_up,
        show_everything,
        incomplete_key,
        forget_and_count,
    ),
)
