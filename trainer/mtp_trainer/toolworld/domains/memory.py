# ruff: noqa: E501 - requests are easier to compare when each is one line
"""Key-value memory: remember, recall, forget, count up."""

from __future__ import annotations

from typing import Any

from mtp_trainer.toolworld.ops import BOOLEAN, INTEGER, STRING, STRINGS, Op, P, ToolFailure, World
from mtp_trainer.toolworld.scene import Domain, Failed, Scene
from mtp_trainer.toolworld.words import TOPICS

KEY = P(
    "key",
    STRING,
    ("key", "name", "memory_key", "label", "entry", "key_name", "slot"),
    ("Key of the entry", "Name of the key", "The key in the memory", "Under which key", "Key in the memory"),
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
        (
            "remember",
            "save_value",
            "store_value",
            "memorize",
            "remember_value",
            "keep_text",
            "write_memory",
            "save_to_memory",
            "put_value",
            "save_text",
        ),
        (
            "Remember a text under a key.",
            "Save a text in the memory under a key.",
            "Store one text under a key.",
            "Keep one text in the memory.",
            "Write a text into the memory, with a key to find it again.",
            "Save a value as text under a key.",
            "Store a text in the memory under a key.",
        ),
        (
            KEY,
            P(
                "value",
                STRING,
                ("value", "text", "content", "memory_text", "string", "message", "data"),
                ("Text to remember", "Text to save", "What to keep", "Text of the entry", "The text"),
            ),
        ),
        _remember,
        "status",
    ),
    Op(
        "remember_list",
        (
            "remember_list",
            "save_list",
            "store_list",
            "memorize_list",
            "keep_list",
            "write_list",
            "put_list",
            "store_items",
            "list_to_memory",
            "save_items",
        ),
        (
            "Remember a list of items under a key.",
            "Save a whole list in the memory under a key.",
            "Store a list of items under a key.",
            "Keep several items in the memory as one list.",
            "Write a list of texts into the memory.",
            "Put all items of a list under one key.",
            "Save a list of items under a key.",
        ),
        (
            KEY,
            P(
                "values",
                STRINGS,
                ("values", "items", "list", "all_items", "elements", "texts", "entries"),
                (
                    "Items of the list",
                    "The list",
                    "What is on the list",
                    "Texts to save as a list",
                    "All items",
                ),
            ),
        ),
        _remember_list,
        "status",
    ),
    Op(
        "recall",
        (
            "recall",
            "get_value",
            "read_memory",
            "recall_value",
            "look_up_key",
            "value_of_key",
            "fetch_value",
            "load_value",
            "what_is_stored",
            "get_memory",
        ),
        (
            "Recall what is stored under a key.",
            "Read the value of a key from the memory.",
            "Get the value that was saved under a key.",
            "Look up one key in the memory.",
            "Tell what was saved under a key.",
            "Fetch one entry of the memory.",
            "Recall the value that is stored under a key.",
        ),
        (KEY,),
        _recall,
        "value",
    ),
    Op(
        "forget",
        (
            "forget",
            "delete_key",
            "remove_key",
            "forget_key",
            "erase_key",
            "clear_key",
            "delete_entry",
            "remove_entry",
            "discard_key",
            "drop_key",
        ),
        (
            "Forget one key and its value.",
            "Delete a key from the memory.",
            "Remove one key from the memory.",
            "Erase one entry of the memory.",
            "Drop a single key together with its value.",
            "Delete what is stored under one key.",
            "Forget a key, remove it from the memory.",
        ),
        (KEY,),
        _forget,
        "status",
    ),
    Op(
        "list_keys",
        (
            "list_keys",
            "all_keys",
            "show_keys",
            "get_keys",
            "which_keys",
            "stored_keys",
            "list_memory",
            "key_names",
            "read_keys",
            "memory_keys",
        ),
        (
            "List all keys in the memory.",
            "Show which keys the memory has.",
            "All keys that are stored.",
            "Names of all entries in the memory.",
            "Tell under which keys something is stored.",
            "Every key of the memory, without values.",
            "List the keys that the memory has.",
        ),
        (),
        lambda world: list(world["memory"]),
        "keys",
    ),
    Op(
        "count_keys",
        (
            "count_keys",
            "memory_size",
            "number_of_keys",
            "key_count",
            "how_many_keys",
            "keys_total",
            "entries_count",
            "count_entries",
            "total_keys",
            "count_memory",
        ),
        (
            "Count the keys in the memory.",
            "How many keys are stored.",
            "Number of keys in the memory.",
            "Total number of entries in the memory.",
            "Tell how many entries the memory has.",
            "Size of the memory, as a number of keys.",
            "Count how many keys are in the memory.",
        ),
        (),
        lambda world: len(world["memory"]),
        "count",
    ),
    Op(
        "increment",
        (
            "increment",
            "increase_number",
            "add_to_counter",
            "count_up",
            "raise_number",
            "plus",
            "raise_counter",
            "bump_counter",
            "add_number",
            "increase_counter",
        ),
        (
            "Increase the number stored under a key.",
            "Increase a counter; returns its new value.",
            "Add to the number under a key.",
            "Raise a stored number by one or by more.",
            "Make the number under a key larger.",
            "Count up the number that a key holds.",
            "Increase the number of a counter.",
        ),
        (
            KEY,
            P(
                "step",
                INTEGER,
                ("step", "by", "amount", "plus", "add", "delta", "increase"),
                (
                    "How much to add; 1 if left out",
                    "Step of the increase",
                    "Number to add, 1 by default",
                    "Size of the step",
                    "How much to increase by",
                ),
                optional=True,
            ),
        ),
        _increment,
        "value",
    ),
    Op(
        "clear",
        (
            "clear_memory",
            "erase_memory",
            "erase_all",
            "clear_all",
            "empty_memory",
            "reset_memory",
            "forget_all",
            "forget_everything",
            "delete_everything",
            "wipe_memory",
        ),
        (
            "Erase the whole memory.",
            "Clear everything in the memory.",
            "Erase all keys and values at once.",
            "Forget all that is stored, with no way back.",
            "Empty the memory completely.",
            "Remove every key of the memory.",
            "Clear the whole memory at once.",
        ),
        (
            P(
                "confirm",
                BOOLEAN,
                ("confirm", "sure", "confirmed", "confirmation", "yes", "is_sure", "really"),
                (
                    "Must be true",
                    "True to do it",
                    "Confirm with true",
                    "Whether it is confirmed",
                    "Must be true to do it",
                ),
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
        f"Among the contents of the memory there should be {key}. Let me hear its value.",
        f"Long ago I gave you a value to hold for me under {key}. What is it?",
        f"A while ago {key} was saved in the memory, and its value is what I am after.",
        f"Before I can go on, I must know one thing, namely the value of {key}.",
        f"My boss wants the value behind {key}. Would you read it from the memory?",
        f"An entry {key} should exist in the memory. Which value does it hold?",
        f"Memory, {key}, value?",
        f"So that I can send it to a friend, read out what you have as {key}.",
        f"I gave you {key} a week ago and do not know any more what I said. Could it be recalled?",
        f"With {key} as the key, what can be found in the memory?",
        f"Go to the memory and come back with whatever is saved as {key}.",
        f"It is {key} that I am asking about. What is its value?",
        f"Whatever you hold for {key} is what I need now, so please recall it.",
        f"I thought that I knew {key} by heart, but I really do not. Look up its value.",
        f"What is stored under {key}?",
        f"Recall the value of {key}.",
        f"I saved something under the key '{key}'. What was it?",
        f"Please read {key} from the memory for me.",
        f"What did you remember for {key}?",
        f"Memory key: {key}. Tell me its value.",
        f"Can you get the value that I saved as {key}?",
        f"Tell me what {key} holds.",
        f"I forgot what I saved as {key}. Look it up, please.",
        f"Get me the entry {key} from the memory.",
        f"I need the value of the key {key}.",
        f"What does the memory say for {key}?",
        f"Look into the memory: what is the value of {key}?",
        f"There is something in the memory called {key}. Show me its value.",
        f"{key}: what is its value in the memory?",
        f"Do you still have {key} in the memory? Tell me what it is.",
        f"Show me what you have under {key}.",
        f"Let me know the value of {key}, please.",
        f"Retrieve the value stored under {key}.",
        f"Give me what is kept under the key {key}.",
        f"I wonder what I put under {key}. Can you check?",
        f"Read me the content of {key}.",
        f"Could you check the memory for {key} and tell me which value it has?",
        f"Remind me what {key} was.",
        f"Find {key} in the memory and give me its value.",
        f"The content of the memory entry {key}, please.",
        f"I am looking for the value that is kept as {key}.",
        f"Pull up {key} from your memory.",
        f"Some time ago I asked you to remember {key}. What is it?",
        f"What have you got in the memory under the key '{key}'?",
        f"I once gave you {key} to keep. Please give it back to me.",
        f"Let me see what belongs to {key} in the memory.",
        f"Fetch the entry {key}, please.",
        f"Do you remember {key}? Tell me the value.",
        f"What value did I store as {key}?",
        f"Check what the memory holds under {key} and let me know.",
        f"Which value belongs to the key {key}?",
        f"Could you look up {key} in the memory?",
        f"Some time ago I gave you something to keep as {key}. I need it back.",
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
        f'By {key} I mean this text: "{value}". Let it be kept in the memory.',
        f'With {key} as the key, please store the text "{value}".',
        f'Because I will need it again, hold on to "{value}" as {key}.',
        f'"{value}" goes into the memory, and its key should be {key}.',
        f'A colleague just told me this: "{value}". Would you hold it in the memory under {key}?',
        f'{key} does not exist in the memory yet. Store "{value}" there, please.',
        f'My boss gave me a text that I must not forget, namely "{value}". It is to be kept as {key}.',
        f'An entry is missing: {key}, with the text "{value}". Put it in, please.',
        f'Key {key}, text "{value}": save.',
        f'If I ask for {key} one day, I want to hear "{value}". Store that, please.',
        f'May I ask you to keep something safe? {key} is the name for it, and it says "{value}".',
        f'Whatever else gets lost, this one has to stay: "{value}", kept as {key}.',
        f'A customer gave me this text a minute ago, and I want it saved as {key}: "{value}"',
        f'I really must not forget "{value}", so hold it for me under the key {key}.',
        f'Remember "{value}" under the key {key}.',
        f'Please save the text "{value}" as {key}.',
        f'Store this under {key}: "{value}"',
        f'I must not lose this: "{value}". Save it in the memory under {key}.',
        f'New memory entry. Key: {key}. Text: "{value}".',
        f'Could you keep "{value}" in the memory? The key is {key}.',
        f'{key} should hold the text "{value}". Please remember that.',
        f'Note for the memory: "{value}". Use {key} as the key.',
        f'Put "{value}" into the memory with the key {key}.',
        f'I need you to remember something: "{value}". The key is {key}.',
        f'Keep this text for me as {key}: "{value}"',
        f'Can you store "{value}" under {key}?',
        f'The text is "{value}". Save it with the key {key}, please.',
        f'Under {key}, write "{value}" into the memory.',
        f'I will ask for {key} later. It is "{value}", so please save that.',
        f'{key}: "{value}". Keep it in the memory.',
        f'Save "{value}" under {key}.',
        f'Please store "{value}" in the memory as {key}.',
        f'Please write down "{value}" and make {key} the key for it.',
        f'I would like you to know this: "{value}". Keep it under the key {key}.',
        f'Let {key} be "{value}" in the memory.',
        f'Write this into the memory: "{value}". Call it {key}.',
        f'Would you remember "{value}" for me? Use the key {key}.',
        f'Add an entry to the memory. The key is {key} and the text is "{value}".',
        f'Set {key} to "{value}" in the memory, please.',
        f'Record "{value}" under {key} so that I can ask for it later.',
        f'Here is a text to keep: "{value}". It goes under {key}.',
        f'Take a note: "{value}". File it under the key {key}.',
        f'For later: "{value}". Save it as {key}.',
        f'I always forget {key}, so please remember it for me: "{value}"',
        f'Create an entry called {key} with the content "{value}".',
        f'Do not forget this: "{value}". The name of the key is {key}.',
        f'Please make a note of "{value}" and keep it under {key}.',
        f'Add "{value}" to the memory under the key {key}.',
        f'I would like {key} to hold "{value}". Can you store that?',
        f'I will need this later, so keep it as {key}: "{value}"',
        f'Could you write down "{value}" for me and call it {key}?',
        f'Make an entry {key} in the memory with the text "{value}".',
        f'I always forget this, so you must know it for me: "{value}". I will ask for it as {key}.',
        f'Please remember this text under the key {key}: "{value}"',
    )
    s.call("remember", f"remember the text under {key}", key=key, value=value)
    s.answer(f"I saved it under {key}.", f"Done, {key} is saved.", expect=[key])


def remember_items(s: Scene) -> None:
    """A list is stored."""
    key, items = s.word(), s.sample([s.item() for _ in range(5)], s.integer(2, 4))
    text = ", ".join(items)
    s.ask(
        f"To be kept as one list: {text}. To be used as its key: {key}.",
        f"With {key} as its name, keep a list in the memory that holds {text}.",
        f"{text}: that is the list. Hold it in the memory as {key}.",
        f"My sister gave me a list: {text}. It should be saved as {key}.",
        f"The list {key} does not exist yet. Make it from these items: {text}.",
        f"A list is missing in the memory, namely {key}. It has to hold {text}, so please store it.",
        f"Because I go shopping tomorrow, I want {text} kept as one list. Its key is to be {key}.",
        f"List {key}, items {text}: save.",
        f"Would it be possible to store several items as one list? The items are {text}, and the key is {key}.",
        f"A while ago a friend gave me some things to buy, namely {text}. Store that list as {key}.",
        f"If I ask for {key}, I want to get the whole list: {text}. Save it that way, please.",
        f"Gather {text} into a single list, and let the memory hold it under {key}.",
        f"So that nothing is missing later, store all of these as a list: {text}. As the key, use {key}.",
        f"I thought of a list of things that we need, and they are {text}. May I have it saved under the key {key}?",
        f"Remember the list {text} under the key {key}.",
        f"Save these items as a list under {key}: {text}.",
        f"My list is: {text}. Store it under {key}.",
        f"Please keep a list in the memory. Key: {key}. Items: {text}.",
        f"The key {key} should hold this list: {text}. Remember it, please.",
        f"Store a list called {key} with the items {text}.",
        f"I have a list of items: {text}. Can you remember them under {key}?",
        f"Keep these items in the memory as the list {key}: {text}.",
        f"I need you to remember a list. It is called {key} and has {text} on it.",
        f"Put the items {text} into the memory, all as one list with the key {key}.",
        f"Can you store a list for me? Key: {key}. The list is {text}.",
        f"New list {key}: {text}. Save it.",
        f"We have to buy {text}. Remember this list under {key}.",
        f"{key}: {text}. Keep it as a list, please.",
        f"Write the list {text} into the memory and use the key {key}.",
        f"Under the key {key} I want a list of these items: {text}.",
        f"Store the list {text} under {key}.",
        f"Please add a list to the memory: {text}. Its key is {key}.",
        f"Memorize these items: {text}. Keep them as one list under {key}.",
        f"I want you to keep the list {text} under the key {key}.",
        f"Let {key} be a list of {text}.",
        f"Write down these things as a list: {text}. Call it {key}.",
        f"Could you remember a list for me, so that I can ask for {key} later? On it are {text}.",
        f"I would like you to make a list under {key} with these items: {text}.",
        f"Set {key} to the list {text}.",
        f"Record these items together as the list {key}: {text}.",
        f"Here is a list to keep: {text}. It goes under {key}.",
        f"Note this list for later: {text}. I will ask for {key} then.",
        f"For {key}, save a list with {text} on it.",
        f"All of these belong on the list {key}: {text}. Keep it in the memory, please.",
        f"Take a note of the following things: {text}. File them as a list under the key {key}.",
        f"Do not forget my list. It has the key {key} and these items: {text}.",
        f"Please make one list of {text} and store it as {key}.",
        f"Add the list {key} to the memory. The items are {text}.",
        f"I would like {key} to hold the items {text} as a list. Can you save that?",
        f"Could you keep {text} together for me, as a list called {key}?",
        f"Could you note the items {text} for me? Call the list {key}.",
        f"Make a list {key} in the memory. On it are {text}.",
        f"These things belong together: {text}. I will ask for the list as {key}, so keep it.",
        f"Please save the list {text} in the memory. The key is {key}.",
    )
    s.call("remember_list", f"remember the list under {key}", key=key, values=items)
    s.answer(f"I saved the list under {key}.", f"Done, {key} is saved.", expect=[key])


def rename(s: Scene) -> None:
    """Copies a value to a new key; half of the time the old one is forgotten."""
    old, new, copy = _text_key(s), _new_key(s), s.rng.random() < 0.5
    if copy:
        s.ask(
            f"I really need the value of {old} twice, the second time as {new}. Duplicate it, please.",
            f"Duplicate what {old} holds, so that {new} has it as well.",
            f"Under {new} I need a duplicate of whatever is stored as {old}, and both keys remain.",
            f"Copy whatever you find under {old} over to {new}, without touching {old}.",
            f"The key {new} does not exist yet. Recall {old} and make {new} its duplicate.",
            f"Something is missing: {new} should exist next to {old}, with the same value. Recall {old} and store it there as well.",
            f"A colleague looks for the value of {old} under {new}. Recall it and save it under that key as well.",
            f"Key {old}: read. Key {new}: save the same. Nothing is to be deleted.",
            f"Would you please recall whatever {old} holds? Then remember it for {new}, and leave {old} alone.",
            f"Because we use both names, {new} has to hold a duplicate of {old}.",
            f"My boss wants a copy of {old}, with {new} as the key of the copy. Do not remove anything.",
            f"I need a copy, namely of {old} into {new}. Nothing should be gone after that.",
            f"What {old} holds is right for {new} as well. Look it up and write it there.",
            f"If I ask for {new}, I want to hear the same as for {old}. Recall that value and store a duplicate of it.",
            f"Copy the value of {old} to the key {new}.",
            f"Recall {old} and remember the same value under {new} too.",
            f"I want what is stored under {old} to be stored under {new} as well.",
            f"Read {old}, then save that value as {new}. Keep both.",
            f"{new} should get the same value as {old}.",
            f"Make a copy of {old} in the memory. The new key is {new}.",
            f"Take the value of {old} and store it a second time as {new}.",
            f"Save under {new} what you have under {old}.",
            f"Can you copy {old} to {new} in the memory?",
            f"I need the value of {old} under a second key, {new}. Keep the first one.",
            f"{old} stays as it is, but its value should also be stored as {new}.",
            f"Look up {old} and write its value to {new}.",
            f"What is in {old}? Save the same under {new}, please.",
            f"The keys {old} and {new} should hold the same. Use the value of {old}.",
            f"First recall {old}. Then store this value under the key {new}.",
            f"We use two names for one thing. Store the value of {old} as {new} as well.",
            f"Duplicate the value of {old} under {new}.",
            f"Store the value of {old} under {new} as well, and keep {old}.",
            f"Let {new} have the same value as {old}. Do not delete {old}.",
            f"Please copy what {old} holds to {new}. The old entry stays.",
            f"Fetch the value of {old} and save it under {new} too.",
            f"I would like to find the value of {old} under {new} as well.",
            f"Write the value of {old} to the key {new} too. Leave {old} where it is.",
            f"Set {new} to the value that {old} has. Both keys should stay.",
            f"Could you make a second entry {new} with the value of {old}?",
            f"Read what is kept under {old} and put a copy under {new}.",
            f"Besides {old}, there should be a key {new} with the same value. Look it up and save it.",
            f"The value of {old} is needed a second time, as {new}. Please store it there too.",
            f"Check what {old} is, then remember the same for {new}.",
            f"{new} is still missing. Whatever {old} holds, save it under {new} as well, and keep {old}.",
            f"Create the key {new} with the value that is stored under {old}.",
            f"Add a copy of {old} to the memory and call it {new}.",
            f"Can you look up {old} and then store its value under {new} too?",
            f"I want a duplicate of {old} in the memory, with {new} as its key.",
            f"Keep {old} and save its value under {new} as well.",
            f"Whatever {old} holds, {new} should hold it too. Read it and save it there.",
            f"Could you give {new} the value that {old} has?",
            f"{new} is missing in the memory. It has the same value as {old}, so read that and save it.",
            f"Get what {old} holds and put it under {new} too.",
            f"Please recall the value of {old} and save a copy under {new}.",
            plan=[f"recall the value of {old}", f"remember it under {new}"],
        )
    else:
        s.ask(
            f"{old} means nothing to my colleagues, but {new} does. Have the value kept under the good name and erase the bad one.",
            f"Carry the value of {old} over to {new}, then discard {old}.",
            f"Whatever {old} holds should be found under {new} instead. Save it there and discard the old key.",
            f"{new} is a better name than {old}. Copy the value over, and then {old} should be gone.",
            f"Recall {old}, write a copy to {new}, and discard {old}.",
            f"Since nobody understands the name {old}, we call it {new} from today. Bring the value over and delete the old key.",
            f"When you are done, {new} should hold what {old} holds now, and {old} should be gone.",
            f"Key {old}: read, save as {new}, delete.",
            f"Would you give {old} another name, namely {new}? Take the value over first and discard the old entry after it.",
            f"My boss wants {new} to exist in place of {old}. Recall the old value, store it under the new key and erase {old}.",
            f"Under {new}, store whatever is kept as {old}, and once it is there, discard {old}.",
            f"I gave an entry a bad name, {old}. With {new} as its key it would be right, so save the value that way and delete {old}.",
            f"In the end {old} must be gone and {new} must have its value. Look it up, store it and take the old key away.",
            f"The new key is {new} and the old one is {old}. Bring the value over to the new one and discard the other.",
            f"Rename the key {old} to {new}: copy the value, then forget {old}.",
            f"Move the value of {old} to {new}. Forget the key {old} after that.",
            f"The key {old} has a bad name. Save its value under {new} and delete {old}.",
            f"Recall {old}, remember its value under {new}, then forget {old}.",
            f"Read {old}, save the value as {new}, and remove the key {old}.",
            f"{old} is to be called {new}. Store the value under the new key and delete the old one.",
            f"Store the value of {old} as {new} and get rid of the key {old}.",
            f"Can you rename {old} to {new}? Save the value under the new key first, then forget the old one.",
            f"I need {new} instead of {old}, with the same value. Delete {old} at the end.",
            f"Take what {old} holds and put it under {new}. The key {old} can go then.",
            f"First recall {old}. Then store this value as {new} and remove {old}.",
            f"The value of {old} should move to {new}, and nothing should be left under {old}.",
            f"From now on I use {new} for what is stored under {old}. Save it there and delete the old key.",
            f"Replace the key {old} by the key {new}; the value stays the same.",
            f"Look up {old}, write its value to {new} and then delete the key {old}.",
            f"We do not say {old} any more but {new}. Rename the key in the memory.",
            f"Change the key {old} to {new}. Save the value under the new key and delete the old one.",
            f"Please rename {old} to {new} in the memory, so that {old} is gone.",
            f"Move {old} to {new}. The old key should be removed.",
            f"Fetch the value of {old}, store it under {new}, and erase {old}.",
            f"The value of {old} needs a new key, {new}. Put it there and drop the old key.",
            f"Let {new} take the place of {old}: same value, and {old} is deleted.",
            f"I want {old} to be named {new}. Read the value, save it again and delete {old}.",
            f"Transfer the value of {old} to the key {new}, then remove {old} from the memory.",
            f"Could you move the value of {old} over to {new}? After that, {old} is no longer needed, so forget it.",
            f"Write what {old} holds to {new}. When that is done, delete {old}.",
            f"The name {old} is wrong. It should be {new}, so move the value there and erase the old key.",
            f"Give {new} the value of {old} and let the memory forget {old}.",
            f"Check what {old} is, save that as {new}, and throw the key {old} away.",
            f"Keep the value of {old}, but under {new}. The entry {old} itself must go.",
            f"Set {new} to the value of {old}. Next, get rid of {old}.",
            f"Look up what is stored as {old}. It belongs under {new} now, and {old} should be forgotten.",
            f"Can you move {old} to {new} and delete the old entry?",
            f"I want the value of {old} to be kept as {new} only. Remove {old} after you have saved it.",
            f"Swap the old key {old} for the new key {new}: same value, and {old} is gone.",
            f"Read the value of {old} and put it under {new}, then drop {old}.",
            f"Could you move what is stored as {old} over to {new} and remove {old}?",
            f"{old} was the wrong key. The value belongs under {new}, so put it there and forget the old key.",
            f"Get the value of {old}, keep it as {new}, and then {old} is no longer needed: delete it.",
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
            f"Just bump {key}, by one, and say what it has become.",
            f"Bump {key}: one more was counted.",
            f"We counted again and found another one. Please bump the counter {key}.",
            f"As one is missing on {key}, raise the number by one and tell me what you get.",
            f"My friend has not counted the last one yet. Would you bump the number under {key} by one?",
            f"Counter {key}, plus one, new value?",
            f"Only one was counted today. Add it to {key}, please.",
            f"By one, please, bump the counter that is called {key}.",
            f"My boss wants {key} to be larger by one. What does the counter hold after that?",
            f"If you add one to {key}, what does the counter hold? Do it and let me know.",
            f"The last one was never counted, which means that you have to bump {key} by one.",
            f"The counter {key} is too low by one. Put that right, please.",
            f"Would you be so kind as to bump {key} up, by one only?",
            f"Not all of them are in {key} yet: one more was counted. Put it in.",
            f"Increase {key} by one.",
            f"Count {key} up by one and tell me the new value.",
            f"One more for {key}, please. What is the number now?",
            f"Please increase the counter {key} by one.",
            f"The number under {key} goes up by one. Update it.",
            f"Add one to {key}.",
            f"Plus one for {key}.",
            f"Can you count {key} up by one?",
            f"Raise the number of {key} by one.",
            f"Another one for {key}. Please update the counter.",
            f"I need {key} to be one higher. What is the new number?",
            f"It happened once more, so increase {key} by one.",
            f"{key}: one more. Tell me the new value.",
            f"Make the counter {key} one larger.",
            f"The counter {key} must go up by one. What does it say then?",
            f"Let {key} grow by one and tell me the result.",
            f"Bump {key} up by one.",
            f"Let the counter {key} go up by one, please.",
            f"I counted one more for {key}. Please add it.",
            f"I want {key} to be one higher. How much is it then?",
            f"The counter {key} should grow by one.",
            f"Put one more on {key}. What is the total now?",
            f"Could you raise {key} by one?",
            f"Please update {key}: there is one more.",
            f"Make {key} higher by one and show me the result.",
            f"What does the counter {key} say after you add one?",
            f"There is one that we forgot to count. Add it to {key}, please.",
            f"Give {key} one more and let me know the new number.",
            f"It is time to count again: plus one on the counter {key}.",
            f"The value of {key} in the memory must be one larger. Change it, please.",
            f"Add another one to the number stored under {key}.",
            f"Can you put one on top of {key} and tell me what it is now?",
            f"Increase the number under {key} by one, please.",
            f"Let me have {key} go up by one. How much is it then?",
            f"One more has to be counted on {key}. Update the memory.",
            f"Bump the counter {key} by one and give me the new value.",
            f"Could you add one to the number of {key}?",
            f"One was not counted yet. Put it on the counter {key}, please.",
            f"What is {key} after one more? Update the number in the memory.",
            f"Please add one to the counter {key} and tell me the new value.",
        )
        value = s.call("increment", f"increase {key} by 1", key=key, step=1)
    else:
        s.ask(
            f"Just bump {key}, by {step}, and say what it has become.",
            f"Bump {key} by {step}, because that many were counted.",
            f"We counted again and found {step} more. Please bump the counter {key} by that number.",
            f"As {step} are missing on {key}, raise the number by that much and tell me what you get.",
            f"My friend has not counted the last {step} yet. Would you bump the number under {key} by that many?",
            f"Counter {key}, plus {step}, new value?",
            f"Today {step} were counted. Add them to {key}, please.",
            f"By {step}, please, bump the counter that is called {key}.",
            f"My boss wants {key} to be larger by {step}. What does the counter hold after that?",
            f"If you add {step} to {key}, what does the counter hold? Do it and let me know.",
            f"The last {step} were never counted, which means that you have to bump {key} by {step}.",
            f"The counter {key} is too low by {step}. Put that right, please.",
            f"Would you be so kind as to bump {key} up, by {step} in all?",
            f"Not all of them are in {key} yet: {step} more were counted. Put them in.",
            f"Increase {key} by {step}.",
            f"Add {step} to the counter {key}. What is it now?",
            f"Count {key} up by {step} and tell me the new value.",
            f"Please add {step} to the number stored under {key}.",
            f"There are {step} more for {key}. Update the number.",
            f"The number under {key} goes up by {step}. What is the new value?",
            f"Plus {step} for {key}.",
            f"Can you count {key} up by {step}?",
            f"Raise the number of {key} by {step}.",
            f"Another {step} for {key}. Please update the counter.",
            f"I need {key} to be {step} higher. What is the new number?",
            f"It happened {step} more times, so increase {key} by {step}.",
            f"{key}: {step} more. Tell me the new value.",
            f"Make the counter {key} larger by {step}.",
            f"The counter {key} must go up by {step}. What does it say then?",
            f"Let {key} grow by {step} and tell me the result.",
            f"Bump {key} up by {step}.",
            f"Let the counter {key} go up by {step}, please.",
            f"I counted {step} more for {key}. Please add them.",
            f"I want {key} to be higher by {step}. How much is it then?",
            f"The counter {key} should grow by {step}.",
            f"Put {step} more on {key}. What is the total now?",
            f"Could you raise {key} by {step}?",
            f"Please update {key}: there are {step} more.",
            f"Make {key} {step} higher and show me the result.",
            f"What does the counter {key} say after you add {step}?",
            f"There are {step} that we forgot to count. Add them to {key}, please.",
            f"Give {key} {step} more and let me know the new number.",
            f"It is time to count again: plus {step} on the counter {key}.",
            f"The value of {key} in the memory must be larger by {step}. Change it, please.",
            f"Add another {step} to the number stored under {key}.",
            f"Can you put {step} on top of {key} and tell me what it is now?",
            f"Increase the number under {key} by {step}, please.",
            f"Let me have {key} go up by {step}. How much is it then?",
            f"Another {step} have to be counted on {key}. Update the memory.",
            f"Bump the counter {key} by {step} and give me the new value.",
            f"Could you add {step} to the number of {key}?",
            f"We forgot to count {step}. Put them on the counter {key}, please.",
            f"What is {key} after {step} more? Update the number in the memory.",
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
        f"Whatever entries remain in the memory, I want to read them all. List their keys and recall the values {how}.",
        f"Which keys exist? List them, and let each value be recalled {how}.",
        f"An overview is what I need: list the keys that exist and read what they hold {how}.",
        f"My boss asked for an overview, which means that you list the keys and then recall what they hold {how}.",
        f"I gave you a lot to keep and forgot which entries exist. List the keys, and the values should then be recalled {how}.",
        f"Before anything is deleted, I want to see it all. List whatever keys there are and recall their values {how}.",
        f"Keys: list. Values: recall {how}. Show all.",
        f"Get the list of keys, and with that recall the values {how}. I want a full overview.",
        f"For a friend who takes over from me, please show the whole memory: list the keys and look their values up {how}.",
        f"Which contents does the memory have? List every key, and after that the values are to be recalled {how}.",
        f"Give me the contents as a whole: first a list of the keys that exist, then the values, read {how}.",
        f"All that I gave you should be recalled now, {how}. List the keys before you do that, and show me every value.",
        f"Is anything missing in the memory? Let me see for myself: list the keys, then recall all values {how}.",
        f"To show me everything means two steps: list the keys that exist, and recall each of them {how}.",
        f"Show me everything in the memory: list the keys, then recall the values {how}.",
        f"What is in the memory? List all keys and recall them {how}.",
        f"List the keys of the memory and read the value of each, {how}.",
        f"I want all keys with their values. Get the keys first, then recall them {how}.",
        f"First all keys, then recall every value {how}. Tell me all of them.",
        f"Please go through the memory: which keys are there, and what are their values? Recall them {how}.",
        f"Tell me all that you remember. List the keys, then get the values {how}.",
        f"I need an overview of the memory: all keys, and their values recalled {how}.",
        f"Which keys are there? Recall each of them {how} and show me the values.",
        f"Read the whole memory to me. Get the list of keys, then read them {how}.",
        f"Can you show me every key with its value? Recall them {how}, please.",
        f"Get the keys of the memory. After that, recall the values {how}.",
        f"All keys and all values, please. Read the values {how}.",
        f"What have I saved so far? List the keys and look up their values {how}.",
        f"Make a list of all entries in the memory: first the keys, then the values, {how}.",
        f"I do not know what is in the memory any more. Find the keys and look at all of them {how}.",
        f"Give me the whole contents of the memory: list its keys, then recall their values {how}.",
        f"Show me all keys that are stored. Then fetch the value of each, {how}.",
        f"I would like to see all that is in the memory. List the keys and read the values {how}.",
        f"Let me know everything that you have stored: first which keys there are, then their values, {how}.",
        f"Find out what keys the memory holds, and then look up all their values {how}.",
        f"Print every entry. List the keys first and get the values {how}.",
        f"Would you list the keys of the memory and then check the value of each {how}?",
        f"Look at the whole memory: get all the keys and, after that, their values {how}.",
        f"I forgot what I saved. Please list all keys and fetch all the values {how}.",
        f"Every key and every value, please. The values should be recalled {how}.",
        f"Check the contents of the memory. That means: list the keys, then recall each of them {how}.",
        f"What do you remember for me? Tell me all keys, and read every value {how}.",
        f"Start with the list of keys. Then recall the value of each key {how} and show me all of them.",
        f"We need to see what the memory contains. Find its keys and recall all of them {how}.",
        f"Could you print all entries of the memory? List its keys, then look at the values {how}.",
        f"My notes are all in the memory. Get the keys, read the values {how}, and tell me what they are.",
        f"Fetch all keys, then fetch the value of every key {how}.",
        f"Can you give me an overview of what is stored? First find the keys, then read the values {how}.",
        f"I want to check everything in the memory. Show me the keys and look up their values {how}.",
        f"See which keys exist in the memory and recall what each of them holds, {how}.",
        f"Could you tell me every value that is stored? You get the keys first and recall them {how}.",
        f"We want to check the memory. Find out which keys it has and get their values {how}.",
        f"Print the contents of the memory. That means all keys, and then the value of each, recalled {how}.",
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
        f"Somewhere among the entries there is {short}. What has been kept there?",
        f"Long ago I gave you something called {short}. Which value did it have?",
        f"Whatever you hold for {short}, I need it now.",
        f"An entry for {short} must exist in the memory. What does it hold?",
        f"My boss is asking for {short}. Please recall the value.",
        f"{short}, from the memory, please.",
        f"A week ago I gave you a value, with {short} as the key. May I hear it?",
        f"So that I can tell a colleague, look up what you kept as {short}.",
        f"I thought that I knew the value of {short}, but I do not. Can it be recalled?",
        f"Would you go and see what the memory holds for the key {short}?",
        f"There is one value that I need, namely that of {short}.",
        f"Value for {short}?",
        f"It was a while ago that {short} was put into the memory. Tell me what was saved.",
        f"The value that you hold as {short} is missing in my notes. What is it?",
        f"What is stored under {short}?",
        f"Recall the value of {short}.",
        f"I saved something under '{short}'. What was it?",
        f"Please read {short} from the memory for me.",
        f"What did you remember for {short}?",
        f"Memory key: {short}. Tell me its value.",
        f"Tell me what {short} holds.",
        f"I forgot what I saved as {short}. Look it up, please.",
        f"Get me the entry {short} from the memory.",
        f"I need the value of the key {short}.",
        f"What does the memory say for {short}?",
        f"Look into the memory: what is the value of {short}?",
        f"There is something in the memory called {short}. Show me its value.",
        f"{short}: what is its value in the memory?",
        f"Can you get the value that I saved as {short}?",
        f"Do you still have {short} in the memory? Tell me what it is.",
        f"Show me what you have under {short}.",
        f"Let me know the value of {short}, please.",
        f"Retrieve the value stored under {short}.",
        f"Give me what is kept under the key {short}.",
        f"I wonder what I put under {short}. Can you check?",
        f"Read me the content of {short}.",
        f"Could you check the memory for {short} and tell me which value it has?",
        f"Remind me what {short} was.",
        f"Find {short} in the memory and give me its value.",
        f"The content of the memory entry {short}, please.",
        f"I am looking for the value that is kept as {short}.",
        f"Pull up {short} from your memory.",
        f"Some time ago I asked you to remember {short}. What is it?",
        f"What have you got in the memory under the key '{short}'?",
        f"I once gave you {short} to keep. Please give it back to me.",
        f"Let me see what belongs to {short} in the memory.",
        f"Fetch the entry {short}, please.",
        f"Do you remember {short}? Tell me the value.",
        f"What value did I store as {short}?",
        f"Check what the memory holds under {short} and let me know.",
        f"Which value belongs to the key {short}?",
        f"Could you look up {short} in the memory?",
        f"Some time ago I gave you something to keep as {short}. I need it back.",
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
            f"{key} means nothing to us now. Erase it and let me know how many entries remain.",
            f"Discard {key}. With it gone, how many keys exist?",
            f"How many keys exist once {key} is gone? Remove it, then count.",
            f"{key} is over and done with. Erase it and count the keys that remain.",
            f"When {key} has been removed, the keys should be counted. Please do both.",
            f"Please discard the key {key}, and once it is gone, count those that remain.",
            f"Erase {key}; how many keys remain?",
            f"My boss says that {key} is out of date, so discard it. I also need to know how many keys are there then.",
            f"As we really do not need {key}, delete it from the memory. How many keys do you hold after that?",
            f"I want two things from you, namely that {key} is forgotten and that the keys are counted after it.",
            f"The project is over, which means that {key} can be deleted. What does the key count say then?",
            f"Without {key}, how many keys would the memory have? Take it out and count them.",
            f"I thought about it, and {key} is no use to me. Discard it and have the keys counted.",
            f"Yes, I confirm that {key} should be gone. Forget it, and tell me how many keys still exist.",
            f"Forget {key} and tell me how many keys are left.",
            f"Delete the key {key}, then count the keys.",
            f"I do not need {key} any more. Remove it. How many keys are in the memory then?",
            f"Please remove {key} from the memory and count what remains.",
            f"Forget the key '{key}'. After that, what is the number of keys?",
            f"Two things: delete {key}, then tell me the number of keys.",
            f"The key {key} is old. Delete it and count the keys that are left.",
            f"Get rid of {key}. How many keys does the memory have after that?",
            f"How many keys are left when {key} is gone? Forget it and count.",
            f"I need {key} to be removed. Then tell me how many keys there are.",
            f"Can you delete {key} from the memory and count the other keys?",
            f"{key} can go. What is the number of keys after that?",
            f"First forget {key}, then count what is in the memory.",
            f"Drop the entry {key} and give me the number of keys.",
            f"Take {key} out of the memory and then tell me the count of the keys.",
            f"Nobody uses {key} any more, so delete it. How many keys remain?",
            f"Erase {key} and let me know how many keys remain.",
            f"Throw {key} away, then give me the count of the keys.",
            f"Please delete the entry {key}. After that I want to know how many keys there are.",
            f"I have no use for {key} any more. Forget it and count the keys that remain.",
            f"Would you drop {key} and then count the keys?",
            f"Let the memory forget {key}. What is the new number of keys?",
            f"The entry {key} must go. Then count what is left in the memory.",
            f"Clean up the memory by removing {key}, and tell me how many entries it has then.",
            f"Remove the key {key}. Show me the number of keys when that is done.",
            f"When {key} is deleted, how many keys does the memory still hold? Do it and tell me.",
            f"{key} is not needed now, so erase it. How many other keys are there?",
            f"Could you get rid of {key} and give me the new key count?",
            f"Delete {key} first. Next, find out how many keys the memory has.",
            f"Discard {key}, we can do without it. Take it out and count the rest of the keys.",
            f"I would like {key} to be forgotten. How many keys remain after that?",
            f"Have {key} removed from the memory and report the number of keys that are left.",
            f"Can you erase the key {key} and count the keys after that?",
            f"Forget about {key}, it is old. Tell me the number of keys that remain.",
            f"Let {key} go, then check how many keys are in the memory.",
            f"Discard the entry {key} and tell me how many are left.",
            f"Could you remove the key {key} and tell me how many remain?",
            f"We have no use for {key}. Let the memory forget it, then give me the new number of keys.",
            f"Clean up a little: {key} must go. Count the keys when that is done.",
            f"Please forget the key {key}, then count how many keys are left.",
            plan=[f"forget the key {key}", "count the keys"],
        )
        s.call("forget", f"forget the key {key}", key=key)
    else:
        s.ask(
            "Reset the memory, confirmed. How many keys exist after it?",
            "Really, the memory should be reset. I confirm that, so do it and then count the keys.",
            "I confirm that all of it can be thrown away. Once the memory is empty, let the keys be counted.",
            "Have I thought about this? Yes, I really have. Erase the whole memory, then say how many keys there are.",
            "This was confirmed by my boss: all entries should be gone. Wipe the memory and count the keys.",
            "Everything gone, please, this is really confirmed. Then the number of keys.",
            "Confirmed: wipe all entries of the memory. Key count after that?",
            "As the project is over, reset the whole memory, which I confirm. What is the number of keys when it is done?",
            "I thought it over and I really want all keys to be gone. Clear the memory and count what is left.",
            "If you need me to confirm it: yes, confirmed. Discard all that the memory holds and count the keys.",
            "Before we begin again, the memory must be reset. It is confirmed. Count the keys that remain then.",
            "My friend takes over and needs a memory without any keys. I confirm that you may wipe it. Tell me then how many keys exist.",
            "Do discard every single entry, I thought about it and it is confirmed. Count the keys to see that all are gone.",
            "Am I sure? Really, I am. Let the memory be reset and the keys be counted.",
            "Erase the whole memory, I am sure. Then count the keys.",
            "Clear everything in the memory and tell me how many keys are left. Yes, I am sure.",
            "The whole memory should go. I confirm that. How many keys are there after it?",
            "Please erase all keys at once; this is confirmed. Count the keys after that.",
            "Wipe the memory, really. What is the number of keys then?",
            "I confirm: clear the memory. Then count what remains.",
            "Clear the memory completely. I confirm it. How many keys are left?",
            "Delete all that is in the memory, yes, all of it. Then count the keys.",
            "I want to start again with an empty memory. I am sure. Count the keys after it.",
            "Can you erase the whole memory? I am sure about it. Tell me the number of keys then.",
            "Everything in the memory can go, this is confirmed. What is the key count after that?",
            "Yes, really: erase all of the memory and then count the keys.",
            "Empty the memory and check that nothing is left by counting the keys. I confirm.",
            "We begin a new project, so wipe the memory. I am sure. How many keys does it have then?",
            "All keys must be erased. You have my confirmation. Then tell me how many there are.",
            "Forget everything, I mean it. After that, count the keys.",
            "Forget all that is stored, I am sure of it. How many keys remain?",
            "Reset the memory completely, this is confirmed. Tell me the number of keys after that.",
            "I really want to delete everything in the memory. Do it, then count the keys.",
            "Please empty the memory. Yes, I have thought about it. Then give me the count of the keys.",
            "Nothing should stay in the memory. I am sure, so wipe it all now. What is the number of keys at the end?",
            "Would you clear the whole memory? I do confirm. Let me know how many keys are left.",
            "Remove all keys and values, yes, really. Then check how many keys there are.",
            "Make sure that nothing stays in the memory: erase it all, confirmed. Then count the keys.",
            "You have my permission to erase the whole memory, I am sure. Show me the number of keys then.",
            "Let the memory forget everything. I confirm this. How many keys does it hold after that?",
            "Throw away all that the memory holds. I mean it. After that, tell me how many keys remain.",
            "Clean out the whole memory, confirmed. Give me the new number of keys.",
            "It is decided, and I am sure: the memory has to be empty. Clear it and count its keys.",
            "Yes, delete every key of the memory at once. Once that is done, count the keys.",
            "I have made up my mind: make the memory empty. I am sure. What does the key count show then?",
            "Could you delete all entries of the memory? Yes, I confirm it. Then find out the number of keys.",
            "Wipe everything in the memory. I am sure about this. How many keys are there now?",
            "I want the memory to be empty, and I confirm it. Count the keys after you clear it.",
            "Erase all that is stored, this is confirmed, and tell me how many keys are left.",
            "Can you reset the whole memory, please? Yes, I really mean it. Give me the key count then.",
            "Could you empty the whole memory and count the keys then? Yes, I really want that.",
            "I have thought about it and I am sure: nothing in the memory should stay. Give me the number of keys at the end.",
            "Make the memory empty, confirmed. What number of keys does it show now?",
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
