"""Text and list operations: reverse, change case, join, split, count, sort, replace, take the first ones."""

from __future__ import annotations

from typing import Any

from mtp_trainer.toolworld.ops import (
    BOOLEAN,
    INTEGER,
    NUMBERS,
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
from mtp_trainer.toolworld.words import ITEMS

TEXT = P(
    "text", STRING, ("text", "string", "input_text", "content"), ("The text", "Text to work on", "Input text")
)
WORDS = P(
    "values",
    STRINGS,
    ("values", "items", "list", "entries"),
    ("The list", "List of texts", "Items of the list"),
)
SEPARATOR = P(
    "separator",
    STRING,
    ("separator", "delimiter", "sep", "between"),
    ("The separator", "Text between the parts", "Separator between the parts"),
)
COUNT = P(
    "count", INTEGER, ("count", "n", "how_many", "number"), ("How many", "Number of items", "How many items")
)
SEPARATORS = ("-", ";", "/", "+", "|", "_")


def _texts(values: list[Any]) -> list[str]:
    return [str(value) for value in values]


def _reverse(world: World, text: str) -> Any:
    return text[::-1]


def _case(world: World, text: str, case: str) -> Any:
    return text.upper() if case == "upper" else text.lower()


def _count_words(world: World, text: str) -> Any:
    return len(text.split())


def _count_letters(world: World, text: str) -> Any:
    return len(text)


def _replace(world: World, text: str, old: str, new: str) -> Any:
    if not old or old not in text:
        raise ToolFailure(f"'{old}' does not occur in the text.")
    return text.replace(old, new)


def _join(world: World, values: list[Any], separator: str) -> Any:
    return separator.join(_texts(values))


def _split(world: World, text: str, separator: str) -> Any:
    if not separator:
        raise ToolFailure("The separator is empty.")
    return text.split(separator)


def _sort_words(world: World, values: list[Any], descending: bool = False) -> Any:
    return sorted(_texts(values), reverse=descending)


def _sort_numbers(world: World, values: list[Any], descending: bool = False) -> Any:
    for value in values:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > 1e12:
            raise ToolFailure("The list must hold numbers only.")
    return sorted((number(value) for value in values), reverse=descending)


def _unique(world: World, values: list[Any]) -> Any:
    return list(dict.fromkeys(_texts(values)))


def _first(world: World, values: list[Any], count: int) -> Any:
    if not 1 <= count <= len(values):
        raise ToolFailure(f"The list has only {len(values)} items.")
    return _texts(values)[:count]


DESCENDING = P(
    "descending",
    BOOLEAN,
    ("descending", "reverse_order", "desc", "backwards"),
    ("True for descending order", "Descending order", "Whether to sort in descending order"),
    optional=True,
)
OPS = (
    Op(
        "reverse",
        ("reverse_text", "reverse", "reverse_string", "text_backwards", "backwards"),
        (
            "Reverse a text.",
            "Write a text backwards.",
            "Reverse the letters of a text.",
            "Reverse a text, backwards.",
        ),
        (TEXT,),
        _reverse,
        "reversed",
    ),
    Op(
        "case",
        ("change_case", "set_case", "convert_case", "letter_case", "to_case"),
        (
            "Change a text to upper case or lower case.",
            "Write a text in capital letters (upper) or small letters (lower).",
            "Convert a text to upper or lower case.",
            "Change a text to capital letters (upper) or small letters (lower).",
        ),
        (
            TEXT,
            P(
                "case",
                enum("upper", "lower"),
                ("case", "mode", "style", "target_case"),
                ("The case", "New case"),
            ),
        ),
        _case,
        "text",
    ),
    Op(
        "count_words",
        ("count_words", "word_count", "number_of_words", "words_in_text", "words_count"),
        (
            "Count the words of a text.",
            "How many words a text has.",
            "Number of words.",
            "Count how many words.",
        ),
        (TEXT,),
        _count_words,
        "words",
    ),
    Op(
        "count_letters",
        ("count_characters", "text_length", "length", "character_count", "count_length"),
        (
            "Count the characters of a text.",
            "Length of a text in characters.",
            "How many characters a text has.",
            "Count the characters: the length of a text.",
        ),
        (TEXT,),
        _count_letters,
        "characters",
    ),
    Op(
        "replace",
        ("replace", "replace_text", "substitute", "replace_word", "text_replace"),
        (
            "Replace a word in a text by another word.",
            "Replace all occurrences of a word in a text.",
            "Substitute one word of a text with another one.",
            "Replace one word of a text with another.",
        ),
        (
            TEXT,
            P(
                "old",
                STRING,
                ("old", "find", "search", "replace"),
                ("Word to replace", "The old word", "Old word"),
            ),
            P(
                "new",
                STRING,
                ("new", "replacement", "by", "with"),
                ("The new word", "Word to insert", "New word"),
            ),
        ),
        _replace,
        "text",
    ),
    Op(
        "join",
        ("join", "join_list", "join_texts", "concatenate", "join_items"),
        (
            "Join the items of a list to one text with a separator.",
            "Join a list of texts with a separator.",
            "Put the items of a list together, with a separator between them.",
            "Join the items of a list, with a separator between them.",
        ),
        (WORDS, SEPARATOR),
        _join,
        "text",
    ),
    Op(
        "split",
        ("split", "split_text", "split_string", "cut_text", "text_split"),
        (
            "Split a text at a separator into a list.",
            "Split a text into parts.",
            "Cut a text into parts at each separator.",
            "Split a text into parts at each separator.",
        ),
        (TEXT, SEPARATOR),
        _split,
        "parts",
    ),
    Op(
        "sort_words",
        ("sort_words", "sort_texts", "sort_list", "alphabetical_order", "sort_alphabetically"),
        (
            "Sort a list of words alphabetically.",
            "Bring words into alphabetical order.",
            "Sort words in alphabetical order.",
            "Sort a list of words in alphabetical order.",
        ),
        (WORDS, DESCENDING),
        _sort_words,
        "sorted",
    ),
    Op(
        "sort_numbers",
        ("sort_numbers", "order_numbers", "sort_values", "number_sort", "numbers_sorted"),
        (
            "Sort a list of numbers.",
            "Sort numbers by size.",
            "Bring numbers into order.",
            "Sort a list of numbers by size.",
        ),
        (
            P(
                "values",
                NUMBERS,
                ("numbers", "values", "list", "data"),
                ("The numbers", "Numbers to sort", "List of numbers"),
            ),
            DESCENDING,
        ),
        _sort_numbers,
        "sorted",
    ),
    Op(
        "unique",
        ("remove_duplicates", "unique", "unique_items", "deduplicate", "drop_duplicates"),
        (
            "Remove the duplicates of a list.",
            "Keep each item of a list only once.",
            "Remove repeated items from a list.",
            "Remove the duplicates from a list.",
        ),
        (WORDS,),
        _unique,
        "items",
    ),
    Op(
        "first",
        ("first_items", "take_first", "head", "first_of_list", "take_items"),
        (
            "Return the first items of a list.",
            "Take the first items of a list.",
            "The first items of a list.",
            "Take the first items from a list.",
        ),
        (WORDS, COUNT),
        _first,
        "items",
    ),
)


def world(s: Scene) -> World:
    """Nothing: these tools have no state."""
    return {}


def _phrase(s: Scene, low: int = 2, high: int = 5) -> str:
    words = [
        s.pick((s.word(), s.item(), s.topic(), s.title(), s.person())) for _ in range(s.integer(low, high))
    ]
    return " ".join(words)


def _items(s: Scene, low: int = 3, high: int = 5) -> list[str]:
    return s.sample(ITEMS, s.integer(low, high)) if s.rng.random() < 0.6 else s.people(s.integer(low, high))


def _list(values: list[Any]) -> str:
    return ", ".join(str(value) for value in values)


def reverse(s: Scene) -> None:
    """One call: a text backwards."""
    t = s.pick((s.word(), s.title(), s.person(), s.city(), _phrase(s, 2, 2)))
    if s.rng.random() < 0.3:
        s.outage("reverse")
    s.ask(
        f'Reverse the text "{t}".',
        f'Write "{t}" backwards, please.',
        f'What is "{t}" backwards?',
        f'Could you reverse "{t}" for me?',
        f'reverse: "{t}"',
        f'I play a game with words. Please give me "{t}" backwards.',
        f'Reverse the letters of "{t}".',
        f'Please reverse the letters of "{t}" for me.',
        f'I need the text "{t}" backwards.',
    )
    result = s.call("reverse", f'reverse "{t}"', text=t)
    if isinstance(result, Failed):
        result = s.call("reverse", f'reverse "{t}"', text=t)
    s.answer(f"Backwards it is {result}.", f"{result}", expect=[result])


def change_case(s: Scene) -> None:
    """One call with an enum."""
    t = s.pick((s.word(), _phrase(s, 2, 3), s.item() + " " + s.topic()))
    case, letters = s.pick((("upper", "capital"), ("lower", "small")))
    s.ask(
        f'Change "{t}" to {case} case.',
        f'Write "{t}" in {letters} letters.',
        f'Please convert "{t}" to {case} case.',
        f'For a poster I need "{t}" in {letters} letters.',
        f'"{t}" in {case} case, please.',
        f'How does "{t}" look in {letters} letters?',
        f'Can you change the text "{t}" to {letters} letters?',
        f'I need "{t}" in {case} case, please.',
        f'Please write the text "{t}" in {letters} letters.',
    )
    result = s.call("case", f'change "{t}" to {case} case', text=t, case=case)
    s.answer(f"In {case} case it is {result}.", f"{result}", expect=[result])


def count(s: Scene) -> None:
    """One call: words or characters of a text."""
    t = _phrase(s)
    op, what = s.pick((("count_words", "words"), ("count_letters", "characters")))
    s.ask(
        f'How many {what} does "{t}" have?',
        f'Count the {what} of "{t}".',
        f'Please count the {what} in this text: "{t}"',
        f'I wrote "{t}". How many {what} are that?',
        f'number of {what} in "{t}"?',
        f'Tell me how many {what} the text "{t}" has.',
        f'Here is my text: "{t}". Count the {what}, please.',
        f'Please tell me how many {what} are in "{t}".',
        f'Count how many {what} this text has: "{t}"',
    )
    result = s.call(op, f'count the {what} of "{t}"', text=t)
    s.answer(f"The text has {result} {what}.", f"{result} {what}.", expect=[result])


def replace(s: Scene) -> None:
    """One call, which fails if the word is not in the text."""
    words = s.sample(ITEMS, s.integer(3, 4))
    new, other = s.word(), s.word()
    t = " ".join(words)
    old = other if s.rng.random() < 0.25 else s.pick(words)
    s.ask(
        f'Replace "{old}" by "{new}" in "{t}".',
        f'In the text "{t}", replace "{old}" with "{new}".',
        f'My text is "{t}". Please replace the word "{old}" by "{new}".',
        f'Substitute "{old}" with "{new}" in this text: "{t}"',
        f'Take "{t}" and replace "{old}" by "{new}", please.',
        f'There is a mistake in "{t}": replace "{old}" with "{new}".',
        f'Could you replace the word "{old}" with "{new}" in "{t}"?',
        f'Please take the text "{t}" and replace the word "{old}" with "{new}".',
        f'In "{t}", please replace "{old}" by "{new}".',
    )
    result = s.call("replace", f'replace "{old}" by "{new}"', text=t, old=old, new=new)
    if isinstance(result, Failed):
        s.answer(f"That is not possible: '{old}' does not occur in the text.", expect=[old])
        return
    s.answer(f"The text is now: {result}", f"{result}", expect=[result])


def sort(s: Scene) -> None:
    """One call: a list of words or numbers in order, ascending or descending."""
    if s.rng.random() < 0.5:
        values: list[Any] = _items(s)
        op, what = "sort_words", "words"
    else:
        values = [
            s.money(1, 99) if s.rng.random() < 0.3 else s.integer(-20, 300) for _ in range(s.integer(3, 5))
        ]
        op, what = "sort_numbers", "numbers"
    v = _list(values)
    down = s.rng.random() < 0.4
    how = " in descending order" if down else ""
    s.ask(
        f"Sort the {what} {v}{how}.",
        f"Please sort these {what}{how}: {v}",
        f"Bring the {what} {v} into order: sort them{how}.",
        f"Here is a list of {what}: {v}. Sort it{how}.",
        f"Can you sort {v}{how}? They are {what}.",
        f"I have the {what} {v} and need them sorted{how}.",
        f"{what} to sort{how}: {v}",
        f"I have a list of {what}: {v}. Please sort them{how}.",
        f"Can you sort these {what}{how}? Here they are: {v}",
    )
    arguments = {"values": values} | ({"descending": True} if down else {})
    result = s.call(op, f"sort the {what}{how}", **arguments)
    s.answer(f"Sorted: {_list(result)}.", f"{_list(result)}", expect=[_list(result)])


def join(s: Scene) -> None:
    """One call: a list and a separator."""
    values, sep = _items(s), s.pick(SEPARATORS)
    v = _list(values)
    s.ask(
        f'Join {v} with the separator "{sep}".',
        f'Please join these with "{sep}": {v}',
        f'Put {v} together to one text, with "{sep}" between them.',
        f'I have the list {v}. Join it with "{sep}" as separator.',
        f'Make one text of {v}: join them with "{sep}".',
        f'separator "{sep}", join: {v}',
        f'Could you join the items {v} with "{sep}" between them?',
        f'Please join the list {v} with the separator "{sep}".',
        f'I have {v}. Could you join them to one text with "{sep}"?',
    )
    result = s.call("join", f'join the list with "{sep}"', values=values, separator=sep)
    s.answer(f"The text is {result}", f"{result}", expect=[result])


def clean_list(s: Scene) -> None:
    """Two or three calls in a chain: remove duplicates, sort, and often join."""
    values = _items(s)
    values = [*values, *s.rng.sample(values, s.integer(1, 2))]
    s.rng.shuffle(values)
    v = _list(values)
    sep = s.pick(SEPARATORS) if s.rng.random() < 0.6 else None
    end = f' At the end, join them with "{sep}".' if sep else ""
    s.ask(
        f"Remove the duplicates from {v} and sort the words.{end}",
        f"Here is a list: {v}. Remove the duplicates, then sort it alphabetically.{end}",
        f"Please remove the duplicates of {v}, then sort the words alphabetically.{end}",
        f"I wrote {v}, some of them twice. Remove the duplicates and sort the words.{end}",
        f"Take {v}. First remove the duplicates, then bring the words into alphabetical order.{end}",
        f"1. Remove the duplicates of the list {v}. 2. Sort the words.{end}",
        f"My list has duplicates: {v}. Remove them, then sort the words.{end}",
        f"Take the list {v}, remove the duplicates and sort it alphabetically.{end}",
        f"Please remove the duplicates from this list: {v}. Then sort the words.{end}",
        plan=["remove the duplicates", "sort the words", *([f'join the list with "{sep}"'] if sep else [])],
    )
    result = s.call("unique", "remove the duplicates", values=values)
    result = s.call("sort_words", "sort the words", values=result)
    if sep:
        text = s.call("join", f'join the list with "{sep}"', values=result, separator=sep)
        s.answer(f"The text is {text}", f"{text}", expect=[text])
        return
    s.answer(f"The list is now {_list(result)}.", f"{_list(result)}", expect=[_list(result)])


def split_and_each(s: Scene) -> None:
    """A loop: split a text, then reverse, count or capitalise each part, in parallel or one by one."""
    sep = s.pick(SEPARATORS)
    parts = [s.pick((s.word(), s.item(), s.topic())) for _ in range(s.integer(2, 5))]
    t = sep.join(parts)
    op, what, extra = s.pick(
        (
            ("reverse", "reverse", {}),
            ("count_letters", "count the characters of", {}),
            ("case", "change to upper case", {"case": "upper"}),
        )
    )
    s.ask(
        f'Split "{t}" at "{sep}" and {what} each part.',
        f'Please split the text "{t}" at "{sep}", then {what} each part.',
        f'Take "{t}", split it with the separator "{sep}" and {what} every part.',
        f'1. Split "{t}" at "{sep}". 2. Then {what} each of the parts.',
        f'My text "{t}" has parts with "{sep}" between them. Split it and {what} each part.',
        f'The separator is "{sep}": split "{t}" and {what} all parts.',
        f'Can you split "{t}" at each "{sep}" and then {what} all of the parts?',
        f'Please take the text "{t}", split it at "{sep}" and then {what} each part.',
        f'Can you split the text "{t}" with the separator "{sep}" and {what} each part?',
        plan=[f'split the text at "{sep}"', f"{what} each part"],
    )
    found = s.call("split", f'split the text at "{sep}"', text=t, separator=sep)
    if s.style.index % 2:
        results = [s.call(op, f'{what} "{part}"', text=part, **extra) for part in found]
    else:
        results = s.parallel(f"{what} each part", *((op, {"text": part, **extra}) for part in found))
    pairs = ", ".join(f"{part}: {result}" for part, result in zip(found, results, strict=True))
    s.answer(f"The results are {pairs}.", f"{pairs}", expect=results)


def first_items(s: Scene) -> None:
    """The first ones of a sorted list; asking for too many fails."""
    values = _items(s, 3, 6)
    n = s.integer(7, 9) if s.rng.random() < 0.2 else s.integer(2, len(values) - 1)
    v = _list(values)
    s.ask(
        f"Sort the words {v} and take the first {n} items.",
        f"Please sort {v} alphabetically, then give me the first {n} items.",
        f"Which are the first {n} items of {v} in alphabetical order? "
        f"Sort the words, then take the first {n}.",
        f"Here is a list of words: {v}. Sort it and return the first {n} items.",
        f"Bring the words {v} into alphabetical order and take the first {n}.",
        f"1. Sort the words {v}. 2. Take the first {n} items.",
        f"From the words {v} I need the first {n} after you sort them alphabetically.",
        f"Here are some words: {v}. Please sort them and give me the first {n} items.",
        f"Sort {v} alphabetically. Then I need the first {n} items.",
        plan=["sort the words", f"take the first {n} items"],
    )
    ordered = s.call("sort_words", "sort the words", values=values)
    result = s.call("first", f"take the first {n} items", values=ordered, count=n)
    if isinstance(result, Failed):
        s.answer(f"That is not possible: {result.message}", expect=[len(values)])
        return
    s.answer(f"The first {n} are {_list(result)}.", f"{_list(result)}", expect=[_list(result)])


DOMAIN = Domain(
    "text_tools",
    OPS,
    world,
    (reverse, change_case, count, replace, sort, join, clean_list, split_and_each, first_items),
)
