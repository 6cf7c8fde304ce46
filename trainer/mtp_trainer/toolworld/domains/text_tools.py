# ruff: noqa: E501 - requests are easier to compare when each is one line
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
    "text",
    STRING,
    ("text", "string", "input_text", "txt", "source_text", "phrase", "content"),
    ("The text", "Text to work on", "The text in question", "Which text", "Input text"),
)
WORDS = P(
    "values",
    STRINGS,
    ("values", "items", "list", "words", "elements", "texts", "entries"),
    ("The list", "List of texts", "List to work on", "All items", "Items of the list"),
)
SEPARATOR = P(
    "separator",
    STRING,
    ("separator", "delimiter", "sep", "divider", "mark", "sep_text", "between"),
    (
        "The separator",
        "Text between the parts",
        "Which separator",
        "The text that separates the parts",
        "Separator between the parts",
    ),
)
COUNT = P(
    "count",
    INTEGER,
    ("count", "n", "how_many", "amount", "size", "limit", "number"),
    ("How many", "Number of items", "How many to take", "The count", "How many items"),
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
    ("descending", "reverse_order", "desc", "descending_order", "descend", "high_to_low", "backwards"),
    (
        "True for descending order",
        "Descending order",
        "True to sort from high to low",
        "Descending if true",
        "Whether to sort in descending order",
    ),
    optional=True,
)
OPS = (
    Op(
        "reverse",
        (
            "reverse_text",
            "reverse",
            "reverse_string",
            "text_backwards",
            "reverse_letters",
            "flip_text",
            "invert_text",
            "turn_text_around",
            "mirror_text",
            "backwards",
        ),
        (
            "Reverse a text.",
            "Write a text backwards.",
            "Reverse the letters of a text.",
            "Turn a text around, last letter first.",
            "Return the text from its end to its start.",
            "Give the letters of a text in reverse order.",
            "Reverse a text, backwards.",
        ),
        (TEXT,),
        _reverse,
        "reversed",
    ),
    Op(
        "case",
        (
            "change_case",
            "set_case",
            "convert_case",
            "letter_case",
            "text_case",
            "change_letters",
            "switch_case",
            "letters_case",
            "apply_case",
            "to_case",
        ),
        (
            "Change a text to upper case or lower case.",
            "Write a text in capital letters (upper) or small letters (lower).",
            "Convert a text to upper or lower case.",
            "Write a text in upper or lower case.",
            "Set the case of all letters: upper or lower.",
            "Turn a text into upper case or lower case.",
            "Change a text to capital letters (upper) or small letters (lower).",
        ),
        (
            TEXT,
            P(
                "case",
                enum("upper", "lower"),
                ("case", "mode", "style", "letter_case", "new_case", "form", "target_case"),
                ("The case", "Upper or lower", "Which case to use", "Case of the letters", "New case"),
            ),
        ),
        _case,
        "text",
    ),
    Op(
        "count_words",
        (
            "count_words",
            "word_count",
            "number_of_words",
            "words_in_text",
            "how_many_words",
            "get_word_count",
            "words_of_text",
            "num_words",
            "total_words",
            "words_count",
        ),
        (
            "Count the words of a text.",
            "How many words a text has.",
            "Number of words.",
            "Return the number of words in a text.",
            "Tell how many words there are in a text.",
            "Word count of a text.",
            "Count how many words.",
        ),
        (TEXT,),
        _count_words,
        "words",
    ),
    Op(
        "count_letters",
        (
            "count_characters",
            "text_length",
            "length",
            "character_count",
            "count_letters",
            "how_many_characters",
            "char_count",
            "num_characters",
            "size_of_text",
            "count_length",
        ),
        (
            "Count the characters of a text.",
            "Length of a text in characters.",
            "How many characters a text has.",
            "Return how long a text is, in characters.",
            "Number of characters in a text.",
            "Tell how many characters there are in a text.",
            "Count the characters: the length of a text.",
        ),
        (TEXT,),
        _count_letters,
        "characters",
    ),
    Op(
        "replace",
        (
            "replace",
            "replace_text",
            "substitute",
            "replace_word",
            "swap_word",
            "change_word",
            "find_and_replace",
            "replace_in_text",
            "exchange_word",
            "text_replace",
        ),
        (
            "Replace a word in a text by another word.",
            "Replace all occurrences of a word in a text.",
            "Substitute one word of a text with another one.",
            "Put one word in place of another in a text.",
            "Change a word of a text into another word.",
            "Swap a word of a text for a new one.",
            "Replace one word of a text with another.",
        ),
        (
            TEXT,
            P(
                "old",
                STRING,
                ("old", "find", "search", "old_word", "target", "from", "replace"),
                (
                    "Word to replace",
                    "The old word",
                    "The word to look for",
                    "Which word to change",
                    "Old word",
                ),
            ),
            P(
                "new",
                STRING,
                ("new", "replacement", "by", "new_word", "insert", "into", "with"),
                (
                    "The new word",
                    "Word to insert",
                    "The word to put in",
                    "Word that takes its place",
                    "New word",
                ),
            ),
        ),
        _replace,
        "text",
    ),
    Op(
        "join",
        (
            "join",
            "join_list",
            "join_texts",
            "concatenate",
            "join_with",
            "combine_list",
            "merge_items",
            "list_to_text",
            "connect_items",
            "join_items",
        ),
        (
            "Join the items of a list to one text with a separator.",
            "Join a list of texts with a separator.",
            "Put the items of a list together, with a separator between them.",
            "Make one text of a list, with a separator.",
            "Connect the items of a list by a separator.",
            "Write the items of a list as one text, with a separator.",
            "Join the items of a list, with a separator between them.",
        ),
        (WORDS, SEPARATOR),
        _join,
        "text",
    ),
    Op(
        "split",
        (
            "split",
            "split_text",
            "split_string",
            "cut_text",
            "split_at",
            "break_text",
            "divide_text",
            "text_to_list",
            "text_into_parts",
            "text_split",
        ),
        (
            "Split a text at a separator into a list.",
            "Split a text into parts.",
            "Cut a text into parts at each separator.",
            "Divide a text at a separator.",
            "Make a list of the parts of a text.",
            "Break a text at each separator.",
            "Split a text into parts at each separator.",
        ),
        (TEXT, SEPARATOR),
        _split,
        "parts",
    ),
    Op(
        "sort_words",
        (
            "sort_words",
            "sort_texts",
            "sort_list",
            "alphabetical_order",
            "order_words",
            "words_in_order",
            "alphabetize",
            "word_sort",
            "words_a_to_z",
            "sort_alphabetically",
        ),
        (
            "Sort a list of words alphabetically.",
            "Bring words into alphabetical order.",
            "Sort words in alphabetical order.",
            "Put words in order from A to Z.",
            "Order the words of a list by the alphabet.",
            "Return a list of words, sorted.",
            "Sort a list of words in alphabetical order.",
        ),
        (WORDS, DESCENDING),
        _sort_words,
        "sorted",
    ),
    Op(
        "sort_numbers",
        (
            "sort_numbers",
            "order_numbers",
            "sort_values",
            "number_sort",
            "sort_by_size",
            "rank_numbers",
            "numbers_in_order",
            "arrange_numbers",
            "sort_figures",
            "numbers_sorted",
        ),
        (
            "Sort a list of numbers.",
            "Sort numbers by size.",
            "Bring numbers into order.",
            "Put numbers in order.",
            "Order a list of numbers by their value.",
            "Return a list of numbers, sorted.",
            "Sort a list of numbers by size.",
        ),
        (
            P(
                "values",
                NUMBERS,
                ("numbers", "values", "list", "nums", "number_list", "figures", "data"),
                (
                    "The numbers",
                    "Numbers to sort",
                    "Numbers to put in order",
                    "All numbers",
                    "List of numbers",
                ),
            ),
            DESCENDING,
        ),
        _sort_numbers,
        "sorted",
    ),
    Op(
        "unique",
        (
            "remove_duplicates",
            "unique",
            "unique_items",
            "deduplicate",
            "distinct_items",
            "remove_repeats",
            "no_duplicates",
            "only_once",
            "strip_duplicates",
            "drop_duplicates",
        ),
        (
            "Remove the duplicates of a list.",
            "Keep each item of a list only once.",
            "Remove repeated items from a list.",
            "Drop items that occur more than once.",
            "Return a list without duplicates.",
            "Take repeated items out of a list.",
            "Remove the duplicates from a list.",
        ),
        (WORDS,),
        _unique,
        "items",
    ),
    Op(
        "first",
        (
            "first_items",
            "take_first",
            "head",
            "first_of_list",
            "first_n",
            "get_first_items",
            "top_items",
            "list_start",
            "leading_items",
            "take_items",
        ),
        (
            "Return the first items of a list.",
            "Take the first items of a list.",
            "The first items of a list.",
            "Keep only the first items of a list.",
            "Get a number of items from the start of a list.",
            "Return the start of a list.",
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
        f'For a riddle at a party, somebody has to read "{t}" from right to left. Rewrite it that way for me.',
        f'I copied "{t}" from a mirror, so it is the wrong way round. Invert it, please.',
        f'Somebody wrote "{t}", and I want to see the same letters from back to front.',
        f'The answer to our riddle is "{t}", but printed backwards. What do we have to print?',
        f'The last letter should stand first and the first letter last: do that with "{t}".',
        f'My friend likes secret writing, so I want to send him "{t}" the other way round. What do I send?',
        f'letters of "{t}", back to front',
        f'Invert the direction of "{t}": it should read from its end.',
        f'Take the letters of "{t}" one by one from the back and write them down as one text.',
        f'I copied the line "{t}". What does it look like once all its letters are in the opposite order?',
        f'Which text contains the same letters as "{t}", but in reverse order?',
        f'With "{t}" as the input, invert the text for me.',
        f'Reverse the text "{t}".',
        f'Write "{t}" backwards, please.',
        f'What is "{t}" backwards?',
        f'Could you reverse "{t}" for me?',
        f'reverse: "{t}"',
        f'I play a game with words. Please give me "{t}" backwards.',
        f'Reverse the letters of "{t}".',
        f'Please reverse the letters of "{t}" for me.',
        f'Turn "{t}" around, last letter first.',
        f'How is "{t}" written from back to front?',
        f'Spell "{t}" backwards.',
        f'Read from the end, what does "{t}" become?',
        f'My child asks how "{t}" looks in reverse. Can you tell us?',
        f'"{t}" in reverse, please',
        f'I want the letters of "{t}" in reverse order.',
        f'Would you please turn the text "{t}" backwards?',
        f'Mirror the text "{t}", please: the last letter comes first.',
        f'Can you flip "{t}" for me, so that it reads from right to left?',
        f'I would like to see "{t}" reversed, so that it runs from its end to its start.',
        f'We take "{t}" and want to get the reverse of it. Return that, please.',
        f'text to reverse: "{t}"',
        f'"{t}" backwards, please.',
        f'"{t}" is the text. Show it to me with its letters in reverse order.',
        f'The letters of "{t}" should run from the end to the start. What is that?',
        f'How do you spell "{t}" from back to front?',
        f'For a riddle, flip "{t}" so that the last letter is at the start.',
        f'What would "{t}" look like if somebody wrote it backwards?',
        f'Put the letters of "{t}" in the opposite order.',
        f'Could you turn "{t}" around so that it starts with its last letter?',
        f'I want to hide "{t}" in a puzzle by writing it backwards. How does it read then?',
        f'Invert the order of the letters in "{t}", please.',
        f'Show me "{t}" from the last letter to the first.',
        f'Start at the end of "{t}" and write every letter until you get to the start.',
        f'We need the text "{t}" reversed for a game. Can you do that?',
        f'If I read "{t}" from the end, what do I get?',
        f'Take "{t}" and return it in reverse, please.',
        f'Flip the text "{t}" so that it runs from the last letter to the first.',
        f'For a riddle we need "{t}" in reverse.',
        f'What do I get when I write "{t}" from the end to the start?',
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
        f'The rest of the page is in {letters} letters, so "{t}" has to be as well. How does it look then?',
        f'My boss thinks that "{t}" looks better in {letters} letters. Rewrite it for her, please.',
        f'Somebody wrote "{t}" with the wrong letters. All of them should be {letters}. Rewrite it, please.',
        f'I copied "{t}" from an old page. Now rewrite it, so that it is in {case} case.',
        f'{case} case for this text, please: "{t}"',
        f'Is it possible to have "{t}" in {letters} letters? Show me how that looks.',
        f'Into {case} case with "{t}", please.',
        f'Use {case} as the case and "{t}" as the text.',
        f'On the card with our riddle we want {letters} letters, namely in "{t}". What do we write?',
        f'If an entry contains the wrong letters, our form says no. Give me "{t}" in {case} case.',
        f'A label looks best in {letters} letters. Ours should say "{t}". Write it for us.',
        f'Change "{t}" to {case} case.',
        f'Write "{t}" in {letters} letters.',
        f'Please convert "{t}" to {case} case.',
        f'For a poster I need "{t}" in {letters} letters.',
        f'"{t}" in {case} case, please.',
        f'How does "{t}" look in {letters} letters?',
        f'Can you change the text "{t}" to {letters} letters?',
        f'I need "{t}" in {case} case, please.',
        f'Turn "{t}" into {case} case.',
        f'What is "{t}" in {case} case?',
        f'My text is "{t}". I would like it in {letters} letters.',
        f'{case} case: "{t}"',
        f'Use only {letters} letters for "{t}", please.',
        f'We have to print "{t}" in {letters} letters. What is the text then?',
        f'Would you put "{t}" into {case} case for me?',
        f'The form wants {letters} letters. My entry is "{t}". Please change it.',
        f'Set "{t}" in {letters} letters, please.',
        f'Switch "{t}" to {case} case.',
        f'Can you convert the text "{t}" so that it has only {letters} letters?',
        f'Return the text "{t}" in {case} case.',
        f'text: "{t}", case: {case}',
        f'"{t}" with {letters} letters, please.',
        f'Here is "{t}". Please turn all of it into {letters} letters.',
        f'What does "{t}" look like in {case} case?',
        f'The title is "{t}", but it looks wrong. Show it in {letters} letters.',
        f'The text "{t}" should be in {case} case. Please change it.',
        f'Our printer accepts {letters} letters only. How do I have to enter "{t}"?',
        f'How would I write "{t}" all in {letters} letters?',
        f'Transform "{t}" to {case} case for me.',
        f'For a sign at the door, I need the text "{t}" with {letters} letters.',
        f'Could you rewrite "{t}" in {case} case?',
        f'Every letter of "{t}" has to be in {case} case. What is the result?',
        f'Switch the letters of "{t}" to {case} case, please.',
        f'Would you show me the text "{t}" in {letters} letters?',
        f'The title "{t}" looks wrong on our poster. Give it to me in {case} case.',
        f'Return "{t}" in {case} case, please.',
        f'Give me "{t}" with {letters} letters only.',
        f'Could you show me "{t}" all in {case} case?',
        f'A sign should say "{t}", but with {letters} letters. How do I write that?',
        f'Please write the text "{t}" in {letters} letters.',
    )
    result = s.call("case", f'change "{t}" to {case} case', text=t, case=case)
    s.answer(f"In {case} case it is {result}.", f"{result}", expect=[result])


def count(s: Scene) -> None:
    """One call: words or characters of a text."""
    t = _phrase(s)
    op, what = s.pick((("count_words", "words"), ("count_letters", "characters")))
    s.ask(
        f'A riddle asks how many {what} there are in "{t}". Can you solve it?',
        f'Somebody wrote "{t}" on a card. Tell me its number of {what}.',
        f'I may not use more {what} than they allow, so count those of "{t}" for me.',
        f'My text contains a number of {what}. Which number is it, if the text is "{t}"?',
        f'{what} of "{t}", counted, please',
        f'Is "{t}" a long text? Say how many {what} it has.',
        f'I copied the line "{t}" and hope that nothing is gone. Give me the number of {what} that it contains.',
        f'For a customer who pays by the number of {what}: what is the count in "{t}"?',
        f'Go through "{t}" and count its {what}, please.',
        f'With "{t}" as the text, what number of {what} do you get?',
        f'Are there more {what} in "{t}" than I think? Count them, please.',
        f'Our sign has little room, so tell me how many {what} "{t}" takes.',
        f'How many {what} does "{t}" have?',
        f'Count the {what} of "{t}".',
        f'Please count the {what} in this text: "{t}"',
        f'I wrote "{t}". How many {what} are that?',
        f'number of {what} in "{t}"?',
        f'Tell me how many {what} the text "{t}" has.',
        f'Here is my text: "{t}". Count the {what}, please.',
        f'Please tell me how many {what} are in "{t}".',
        f'"{t}" - how many {what}?',
        f'I need the number of {what} in "{t}".',
        f'How long is "{t}", counted in {what}?',
        f'Find out how many {what} there are in "{t}".',
        f'The editor limits the {what}. How many are in "{t}"?',
        f'Give me the count of {what} for the text "{t}".',
        f'Would you count the {what} of "{t}" for me?',
        f'What is the total number of {what} in this line? "{t}"',
        f'Could you tell me the number of {what} in "{t}"?',
        f'What is the count of {what} in "{t}"?',
        f'{what} in "{t}": how many?',
        f'Before I print or send "{t}", show me the number of {what} that it has.',
        f'How many {what} are there in the line "{t}"?',
        f'Work out how many {what} "{t}" contains.',
        f'The text is "{t}". What is its total of {what}?',
        f'I want to know how many {what} "{t}" consists of.',
        f'There is a limit on the {what} of a line. Check "{t}" and say how many it has.',
        f'How many {what} did I write here? "{t}"',
        f'Can you count the {what} in "{t}", please?',
        f'"{t}" - count the {what} of this text.',
        f'Determine the length of "{t}" in {what}.',
        f'They pay me by the number of {what}. How many does "{t}" have?',
        f'Please find out how many {what} make up the text "{t}".',
        f'Let me know how many {what} the line "{t}" is long.',
        f'We have a limit on {what}. Before I send "{t}", count them for me.',
        f'Do you know the total number of {what} in "{t}"?',
        f'Show me the count of {what} for this line: "{t}"',
        f'Say how many {what} this text contains: "{t}"',
        f'My line is "{t}". What is its length in {what}?',
        f'Before I print "{t}" I have to know its number of {what}.',
        f'Do you know how many {what} make up "{t}"?',
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
        f'In "{t}" the word "{old}" should be gone, and "{new}" should stand in its place.',
        f'Where "{old}" stands in "{t}", write "{new}", please.',
        f'Somebody wrote "{old}" in "{t}", but "{new}" is right. Correct it, please.',
        f'If "{old}" is exchanged for "{new}", what becomes of "{t}"?',
        f'The line "{t}" contains the word "{old}". I want to have it exchanged for "{new}".',
        f'We copied "{t}" from last year. This year "{old}" is called "{new}", so rewrite the text.',
        f'word to be exchanged: "{old}", new word: "{new}", text: "{t}"',
        f'For our riddle, "{new}" sounds better than "{old}". Please have the word exchanged in "{t}".',
        f'Can "{old}" be exchanged for "{new}" in "{t}"? Show me the text after that.',
        f'My customer reads "{t}" and wants "{new}" rather than "{old}" in it. Rewrite it for her.',
        f'Take the word "{old}" out of "{t}" and put "{new}" in where it was.',
        f'"{t}" looks wrong to me: "{new}" should be in it instead of "{old}". Please correct that.',
        f'With "{new}" as the new word and "{old}" as the old one, what does "{t}" become?',
        f'Has "{old}" been exchanged for "{new}" in "{t}" yet? If not, please do it.',
        f'Replace "{old}" by "{new}" in "{t}".',
        f'In the text "{t}", replace "{old}" with "{new}".',
        f'My text is "{t}". Please replace the word "{old}" by "{new}".',
        f'Substitute "{old}" with "{new}" in this text: "{t}"',
        f'Take "{t}" and replace "{old}" by "{new}", please.',
        f'There is a mistake in "{t}": replace "{old}" with "{new}".',
        f'Could you replace the word "{old}" with "{new}" in "{t}"?',
        f'Please take the text "{t}" and replace the word "{old}" with "{new}".',
        f'Change "{old}" to "{new}" in "{t}".',
        f'"{t}" should have "{new}" in place of "{old}".',
        f'Put "{new}" where "{old}" stands in the text "{t}".',
        f'I wrote "{old}" but meant "{new}". The text is "{t}". Please replace the word.',
        f'text: "{t}", replace "{old}" -> "{new}"',
        f'What is "{t}" when "{old}" is replaced by "{new}"?',
        f'I need "{new}" instead of "{old}" in this text: "{t}"',
        f'Would you exchange "{old}" for "{new}" in "{t}", please?',
        f'Correct the text "{t}": it should say "{new}" where it says "{old}".',
        f'Please change the word "{old}" to "{new}" in the text "{t}".',
        f'Can you swap "{old}" for "{new}" in "{t}"?',
        f'Find "{old}" in "{t}" and put "{new}" in its place.',
        f'"{old}" has to become "{new}" in this text: "{t}"',
        f'Show me what I get after "{old}" is exchanged for "{new}" in "{t}".',
        f'I have the text "{t}" and want the word "{old}" replaced by "{new}".',
        f'The text "{t}" must not have "{old}" in it. Use "{new}" instead, please.',
        f'replace "{old}" with "{new}": "{t}"',
        f'Would you substitute the word "{old}" with "{new}" in the text "{t}"?',
        f'Look for "{old}" in the text "{t}" and write "{new}" there instead.',
        f'Here is a text: "{t}". The word "{old}" is wrong, it should be "{new}". Please correct it.',
        f'How does the text "{t}" read with "{new}" in place of "{old}"?',
        f'Exchange the word "{old}" for "{new}" in this text, please: "{t}"',
        f'We no longer say "{old}", we say "{new}". Please update the text "{t}".',
        f'Rewrite "{t}" with "{new}" where "{old}" is now.',
        f'What do I get if I change "{old}" to "{new}" in "{t}"?',
        f'Please take out "{old}" and put in "{new}" in the text "{t}".',
        f'The word "{old}" in "{t}" must be exchanged for "{new}". How does it read then?',
        f'Show me "{t}" after you replace "{old}" with "{new}".',
        f'Swap the word "{old}" for "{new}" in the text "{t}".',
        f'Where "{t}" says "{old}", it should say "{new}". Please correct the text.',
        f'How does "{t}" read if I use "{new}" and not "{old}"?',
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
        f"My friend wrote these {what} down as they came: {v}. Put them in a list that is sorted{how}.",
        f"I copied the {what} {v} from a letter. Could I have them sorted{how}?",
        f"The {what} {v} were copied by hand and are in no order. Sort them{how}.",
        f"For a tidy table, sort these {what}{how}: {v}",
        f"The list is not tidy, so sort its {what}{how}: {v}",
        f"In what order do these {what} stand when sorted{how}? {v}",
        f"sorted{how}, please: the {what} {v}",
        f"My boss asks for the {what} {v}. She wants them sorted{how}.",
        f"Once sorted{how}, what does this list of {what} look like? {v}",
        f"They are only a few {what}, namely {v}, but nobody has sorted them. Sort them{how}, please.",
        f"Will you sort a few {what} for me{how}? I mean {v}.",
        f"My list contains {what}, and it looks better sorted{how}. The {what} are {v}.",
        f"Sort the {what} {v}{how}.",
        f"Please sort these {what}{how}: {v}",
        f"Bring the {what} {v} into order: sort them{how}.",
        f"Here is a list of {what}: {v}. Sort it{how}.",
        f"Can you sort {v}{how}? They are {what}.",
        f"I have the {what} {v} and need them sorted{how}.",
        f"{what} to sort{how}: {v}",
        f"I have a list of {what}: {v}. Please sort them{how}.",
        f"My {what} are {v}. Sort them for me{how}, please.",
        f"Would you sort {v}{how} for me? These are {what}.",
        f"We need these {what} sorted{how}: {v}",
        f"What do the {what} {v} look like sorted{how}?",
        f"Give me the {what} {v}, sorted{how}.",
        f"The {what} {v} are all mixed up. Please sort them{how}.",
        f"sort{how}: {v} ({what})",
        f"{v} - please sort these {what}{how}.",
        f"Put the {what} {v} in a sorted list{how}, please.",
        f"Could you sort the {what} {v}{how}?",
        f"These {what} should be sorted{how}: {v}",
        f"Order these {what}{how}: {v}",
        f"Arrange the {what} {v} in a list that is sorted{how}.",
        f"We copied these {what} from a file or a page. Sort them{how}, please: {v}",
        f"Show me the {what} {v} sorted{how}.",
        f"I want these {what} to be sorted{how}: {v}",
        f"Take the {what} {v} and return them sorted{how}.",
        f"Please do a sort of these {what}{how}: {v}",
        f"list of {what} to sort{how}: {v}",
        f"My list holds the {what} {v}. It must be sorted{how}.",
        f"Nobody sorted the {what} {v} so far. Would you sort them{how}?",
        f"How do the {what} {v} look when they are sorted{how}?",
        f"For a table I have to arrange some {what}, sorted{how}: {v}",
        f"Make a list of the {what} {v}, sorted{how}.",
        f"What is the order of the {what} {v} if I sort them{how}?",
        f"We copied these {what} from a file: {v}. Now they have to be sorted{how}.",
        f"Can you return the {what} {v}, but sorted{how}?",
        f"Here they are, all the {what}: {v}. I need them sorted{how}.",
        f"I copied some {what} from a page and they have to be sorted{how}: {v}",
        f"Return {v} as a sorted list{how}. All of them are {what}.",
        f"In which order do the {what} {v} come when you sort them{how}?",
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
        f'Link {v} into one text, with "{sep}" as the link from each item to the next.',
        f'Can you link up these items with "{sep}" and give me the text? {v}',
        f'My boss wants one line in which "{sep}" stands between the items {v}. Write it for him.',
        f'Because our system reads only one line, link {v} with "{sep}".',
        f'In a file name, "{sep}" stands between each two items of my list. Which name is that, if the items are {v}?',
        f'A tidy line is what I need: {v}, all in one text, kept apart by "{sep}".',
        f'Several items, one text: {v}. The link between them is "{sep}".',
        f'The items {v} are still apart. I want them joined into one text with "{sep}".',
        f'{v}, joined by "{sep}", please',
        f'With "{sep}" as the glue, {v} should be joined into one text.',
        f'Write down {v} as a single text, and let "{sep}" stand between the parts.',
        f'I copied {v} from a list, and I want to link them with "{sep}" in one text.',
        f'Join {v} with the separator "{sep}".',
        f'Please join these with "{sep}": {v}',
        f'Put {v} together to one text, with "{sep}" between them.',
        f'I have the list {v}. Join it with "{sep}" as separator.',
        f'Make one text of {v}: join them with "{sep}".',
        f'separator "{sep}", join: {v}',
        f'Could you join the items {v} with "{sep}" between them?',
        f'Please join the list {v} with the separator "{sep}".',
        f'Connect {v} with "{sep}" to one text.',
        f'I need one text out of {v}, with the separator "{sep}".',
        f'Use "{sep}" to join the items {v}.',
        f'What text do I get when I join {v} with "{sep}"?',
        f'For a file name, join {v} with "{sep}", please.',
        f'list: {v}. Join with "{sep}".',
        f'Would you write {v} as one text with "{sep}" between the items?',
        f'My items are {v}. They should become one text, with "{sep}" in between.',
        f'Combine {v} into one text with "{sep}" between the items.',
        f'Could you combine the list {v} with "{sep}" as separator?',
        f'Merge the items {v} to one text, and put "{sep}" between them.',
        f'Link or string {v} together so that only "{sep}" stands in between.',
        f'items: {v}, separator: "{sep}", please join',
        f'I want {v} as one text in which "{sep}" separates the items.',
        f'Turn {v} into one text, separated by "{sep}".',
        f'Please write the items {v} in one line, with "{sep}" between them.',
        f'Here are my items: {v}. Please connect them with "{sep}".',
        f'With "{sep}" between them, what do {v} look like as one text?',
        f'The list {v} should become one line. The separator is "{sep}".',
        f'Take {v} and put "{sep}" between each item and the next, so that I get one text.',
        f'Can you join these items for me, separated by "{sep}"? {v}',
        f'Make a file name out of {v} by joining them with "{sep}".',
        f'"{sep}" must stand between the items. Please join {v} that way.',
        f'How does {v} look when it is joined with "{sep}"?',
        f'Link the items {v} to one text with the separator "{sep}".',
        f'We need the list {v} in one text, with only "{sep}" in between.',
        f'Would you string the items {v} together with "{sep}" between them?',
        f'Please make one text out of this list, with "{sep}" as separator: {v}',
        f'String {v} together so that "{sep}" stands between the items.',
        f'With "{sep}" as separator, turn the list {v} into one text.',
        f'We have to write {v} in one line with only "{sep}" between them. Can you do that?',
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
        f"No word more than once, please, and all in alphabetical order: {v}.{end}",
        f"If a word stands in {v} twice, leave only one of it. Sort what you then have.{end}",
        f"I copied {v} from two lists, so some words are there twice. Strip out the duplicates, then sort.{end}",
        f"My friend wrote the list {v}. Make it tidy: remove what is repeated, and sort it alphabetically.{end}",
        f"When all that is repeated is gone from {v}, sort the words from A to Z.{end}",
        f"Tidy up the words {v} for me: first strip off the duplicates, then sort.{end}",
        f"This list contains duplicates: {v}. Once they are gone, sort it from A to Z.{end}",
        f"duplicates out, then sort: {v}.{end}",
        f"Because my boss likes a tidy list, strip {v} of duplicates and sort it alphabetically.{end}",
        f"What do {v} look like with no duplicates and in order from A to Z? Take the duplicates out first.{end}",
        f"Two steps for the list {v}: with the duplicates gone, put the words in alphabetical order.{end}",
        f"Pick each word of {v} once and never twice, then bring what you picked into alphabetical order.{end}",
        f"Strip {v} of whatever it contains more than once, so that each word stands there only once. Then sort it.{end}",
        f"Remove the duplicates from {v} and sort the words.{end}",
        f"Here is a list: {v}. Remove the duplicates, then sort it alphabetically.{end}",
        f"Please remove the duplicates of {v}, then sort the words alphabetically.{end}",
        f"I wrote {v}, some of them twice. Remove the duplicates and sort the words.{end}",
        f"Take {v}. First remove the duplicates, then bring the words into alphabetical order.{end}",
        f"1. Remove the duplicates of the list {v}. 2. Sort the words.{end}",
        f"My list has duplicates: {v}. Remove them, then sort the words.{end}",
        f"Take the list {v}, remove the duplicates and sort it alphabetically.{end}",
        f"I need {v} without duplicates and in alphabetical order.{end}",
        f"Can you drop the duplicates in {v} and sort the rest?{end}",
        f"Clean up this list: {v}. No duplicates, and the words sorted.{end}",
        f"Each word should be there only once: {v}. After that, sort the words.{end}",
        f"Two people sent me words: {v}. Please remove what is there twice and sort them alphabetically.{end}",
        f"list: {v}. Remove duplicates, sort.{end}",
        f"What is left of {v} without the duplicates? Please sort the words as well.{end}",
        f"Would you take the duplicates out of {v} and put the words in alphabetical order?{end}",
        f"Delete the duplicates from the list {v} and put the rest in alphabetical order.{end}",
        f"Get rid of the duplicates in {v}, then sort the words from A to Z.{end}",
        f"Please tidy up {v}: remove the repeated words and sort the others.{end}",
        f"Could you remove the duplicates from {v} and sort what is left?{end}",
        f"words: {v}. No duplicates, alphabetical order.{end}",
        f"I want each word of {v} only once, and all of them sorted alphabetically.{end}",
        f"The list {v} has some words more than once. Drop the duplicates and sort it.{end}",
        f"Strip the repeated words from {v}. Then order the remaining words alphabetically.{end}",
        f"First drop the duplicates in {v}, after that arrange the words from A to Z.{end}",
        f"Make a tidy list of {v}, without duplicates and sorted.{end}",
        f"Here are some words: {v}. Keep each of them once and bring them into alphabetical order.{end}",
        f"Which words are in {v} if you delete the duplicates? Sort them, please.{end}",
        f"Would you clean up the words {v}, so that there are no duplicates, and then sort them?{end}",
        f"We collected {v} and some are repeated. Delete the repeats, then sort the words.{end}",
        f"I need a clean list of {v}: duplicates out, words in alphabetical order.{end}",
        f"Words that occur twice in {v} should be there once. Then sort the list alphabetically.{end}",
        f"Can you sort the words {v} for me once the duplicates are gone?{end}",
        f"Strip the duplicates from this list and sort what is left: {v}.{end}",
        f"After you delete the duplicates in {v}, put the words in alphabetical order, please.{end}",
        f"Somebody wrote {v} with duplicates. Remove these and sort the remaining words.{end}",
        f"Some words in {v} are there more than once. Keep one of each, then sort them.{end}",
        f"We want a tidy list. Delete the duplicates in {v} and sort what is left alphabetically.{end}",
        f"Could you sort the words {v} after you remove the duplicates?{end}",
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
        f'Break up the text "{t}": the parts are kept apart by "{sep}". Then {what} each part.',
        f'The text "{t}" is too long for me. Break it at "{sep}" and {what} each part.',
        f'Wherever "{sep}" stands in "{t}", break the text. After that, {what} each part.',
        f'Take apart "{t}" with "{sep}" as the separator, and {what} each of the parts.',
        f'I copied the line "{t}", in which "{sep}" stands between the parts. Split it, and then {what} every part.',
        f'With a break at each "{sep}", what parts does "{t}" have? Find them and {what} each one.',
        f'"{t}" contains several parts, set apart by "{sep}". Get them by splitting, then {what} each of them.',
        f'To solve a riddle, I have to break "{t}" into pieces at "{sep}". Do that and {what} each of them.',
        f'If you split "{t}" wherever "{sep}" stands, you get a few parts. Please {what} each of these.',
        f'Somebody wrote "{t}" as one line. Make a break at every "{sep}", then {what} each part.',
        f'At "{sep}" I want "{t}" split, and then I want you to {what} each part.',
        f'Pull "{t}" apart at "{sep}" for my friend and {what} all the parts.',
        f'Split "{t}" at "{sep}" and {what} each part.',
        f'Please split the text "{t}" at "{sep}", then {what} each part.',
        f'Take "{t}", split it with the separator "{sep}" and {what} every part.',
        f'1. Split "{t}" at "{sep}". 2. Then {what} each of the parts.',
        f'My text "{t}" has parts with "{sep}" between them. Split it and {what} each part.',
        f'The separator is "{sep}": split "{t}" and {what} all parts.',
        f'Can you split "{t}" at each "{sep}" and then {what} all of the parts?',
        f'Please take the text "{t}", split it at "{sep}" and then {what} each part.',
        f'Cut "{t}" into parts at "{sep}". Then {what} each part.',
        f'I need two things: split "{t}" at "{sep}", and {what} each part.',
        f'First split the text "{t}" at every "{sep}", then {what} all parts.',
        f'Would you split "{t}" at "{sep}" for me and {what} each part?',
        f'There is "{sep}" between the parts of "{t}". Split there, then {what} every part.',
        f'text "{t}", separator "{sep}": split, then {what} each part',
        f'Here is "{t}". Divide it at "{sep}" and {what} each of the parts.',
        f'I have to {what} each part of "{t}". Split the text at "{sep}" first.',
        f'Divide the text "{t}" at each "{sep}". Then {what} each of the parts, please.',
        f'Could you split "{t}" at "{sep}" and {what} each of the parts?',
        f'Separate "{t}" at every "{sep}" and {what} each part.',
        f'We got "{t}" with "{sep}" as separator. Take it apart there, then {what} each of the parts.',
        f'Once "{t}" is split up at "{sep}", please {what} all parts.',
        f'split at "{sep}", then {what} each part: "{t}"',
        f'Break the text "{t}" into parts at "{sep}", and then {what} every part.',
        f'The text is "{t}" and its separator is "{sep}". Split it, then {what} every part.',
        f'I want you to split "{t}" with the separator "{sep}" and {what} each part.',
        f'Would you divide "{t}" at each "{sep}" and then {what} every single part?',
        f'I have the line "{t}". Split it at "{sep}" first, then {what} each part.',
        f'Between the parts of "{t}" there is always "{sep}". Please split the text and {what} each part.',
        f'Make parts out of "{t}" by splitting at "{sep}", then {what} all of them.',
        f'Two steps, please: split the line "{t}" at "{sep}", then {what} each part.',
        f'Please {what} each part of "{t}" after you split it at "{sep}".',
        f'A file has the line "{t}", with the separator "{sep}". Cut it into parts and {what} each of them.',
        f'We need to {what} every part of "{t}". To get the parts, split it at "{sep}".',
        f'Once you have split "{t}" at "{sep}", please {what} all of the parts.',
        f'Take the line "{t}" apart at each "{sep}" and {what} every part.',
        f'Can you break up "{t}" at "{sep}" for us and {what} all the parts?',
        f'After you split "{t}" at "{sep}", {what} each part, please.',
        f'Break "{t}" up at "{sep}" and {what} every single part.',
        f'We got the line "{t}" from a file with "{sep}" as separator. Please split it and {what} all of the parts.',
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
        f"Select the first {n} items from the sorted list of these words: {v}. So sort them first.",
        f"I cannot take more than {n} words. Sort {v} from A to Z and select the first {n}.",
        f"Which {n} words stand at the front when you sort {v} alphabetically? Pick them for me.",
        f"Put the list {v} in alphabetical order and select {n} items from its start.",
        f"For my boss I have to pick the first {n} words out of {v}, but in alphabetical order. Sort them before you pick.",
        f"words {v}: sort, select first {n}",
        f"A friend wrote {v}. If these words are sorted, which are the first {n} items?",
        f"The list contains {v}. Not more than the first {n} items are needed, after the words are sorted alphabetically.",
        f"Make it tidy: the words {v} in alphabetical order, and of these the first {n} items.",
        f"With {v} as the words, sort them from A to Z and keep the first {n}.",
        f"I copied the words {v} from a page and want to pick the first {n} from them, when they are sorted alphabetically.",
        f"Sort first, then select: I need {n} items from the start of the alphabetical list of {v}.",
        f"Sort the words {v} and take the first {n} items.",
        f"Please sort {v} alphabetically, then give me the first {n} items.",
        f"Which are the first {n} items of {v} in alphabetical order? "
        f"Sort the words, then take the first {n}.",
        f"Here is a list of words: {v}. Sort it and return the first {n} items.",
        f"Bring the words {v} into alphabetical order and take the first {n}.",
        f"1. Sort the words {v}. 2. Take the first {n} items.",
        f"From the words {v} I need the first {n} after you sort them alphabetically.",
        f"Here are some words: {v}. Please sort them and give me the first {n} items.",
        f"I need the first {n} items of {v}, but sort the words first.",
        f"Put the words {v} in alphabetical order. The first {n} items are what I want.",
        f"Can you sort {v} and tell me the first {n} items?",
        f"Only the first {n} words matter to me. Sort {v} alphabetically and take those.",
        f"sort {v}, then first {n} items",
        f"Give me the first {n} of these words after sorting: {v}",
        f"Which words come first? Sort {v} and give me the first {n} items.",
        f"Would you order the words {v} alphabetically and return the first {n}?",
        f"Order the words {v} from A to Z and give me the first {n}.",
        f"Please put {v} in alphabetical order and return the first {n} items.",
        f"Could you sort the words {v} and pick the first {n} items?",
        f"words: {v}. Sort, then take the first {n}.",
        f"What are the first {n} words of {v} once they are sorted?",
        f"Get the words {v}, sort them and select only the first {n} items.",
        f"I want {v} sorted alphabetically, but only the first {n} items of it.",
        f"Show me the first {n} items after you sort the words {v}.",
        f"First arrange {v} alphabetically. Then choose the first {n} items.",
        f"Here is my list: {v}. When it is in alphabetical order, which are the first {n} items?",
        f"Return the first {n} words of {v} in alphabetical order. Sort them before that.",
        f"We have room for the first {n} only. Sort the words {v} from A to Z, please, and take those.",
        f"Would you arrange the words {v} alphabetically and tell me the first {n} items?",
        f"Let me have the first {n} items of the list {v} after sorting it.",
        f"Sort this list of words and pick the first {n}: {v}",
        f"After {v} is put in order from A to Z, I need the first {n} items.",
        f"Get the words {v} sorted. Then select the first {n} items for me, please.",
        f"My words are {v}. Once they are sorted alphabetically, give me the first {n}.",
        f"Can you arrange {v} from A to Z and choose the first {n} items?",
        f"From the list {v}, sorted alphabetically, I only want the first {n} items.",
        f"Once {v} is sorted alphabetically, what are the first {n} items?",
        f"There is room for the first {n} items only. The words are {v}, please sort them before you choose.",
        f"Arrange the words {v} from A to Z and pick the first {n} items.",
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
