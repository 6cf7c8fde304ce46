"""A small file tree: list folders, read, write, append, move, delete, sizes, search."""
# ruff: noqa: E501 - wordings and tool descriptions are kept on one line each

from __future__ import annotations

from typing import Any

from mtp_trainer.toolworld.ops import BOOLEAN, NUMBERS, STRING, Op, P, ToolFailure, World, number
from mtp_trainer.toolworld.scene import Domain, Failed, Scene

PATH = P(
    "path",
    STRING,
    ("path", "file", "file_path", "path_of_file", "full_path", "file_name", "filename"),
    ("Path of the file", "The file", "Path, as folder/file", "Which file", "File path"),
)
FOLDER = P(
    "folder",
    STRING,
    ("folder", "directory", "dir", "in_folder", "folder_path", "directory_name", "folder_name"),
    ("Name of the folder", "The folder", "Which folder", "Folder to look at", "Folder name"),
)
TEXT = P(
    "text",
    STRING,
    ("text", "content", "contents", "new_text", "words", "text_to_write", "body"),
    ("The text", "Text to write", "What to write", "The words to save", "Text for the file"),
)


def _file(world: World, path: str) -> str:
    if path not in world["files"]:
        near = [known for known in world["files"] if path and known.endswith("/" + path.split("/")[-1])]
        raise ToolFailure(f"No file '{path}'." + (f" Did you mean '{near[0]}'?" if near else ""))
    return path


def _folders(world: World) -> Any:
    return list(dict.fromkeys(path.split("/")[0] for path in world["files"]))


def _list(world: World, folder: str) -> Any:
    found = [path for path in world["files"] if path.startswith(folder.rstrip("/") + "/")]
    if not found:
        raise ToolFailure(f"No folder '{folder}'. Folders: {', '.join(_folders(world))}.")
    return found


def _read(world: World, path: str) -> Any:
    return world["files"][_file(world, path)]["text"]


def _size(world: World, path: str) -> Any:
    return world["files"][_file(world, path)]["size"]


def _write(world: World, path: str, text: str, append: bool = False) -> Any:
    if "/" not in path:
        raise ToolFailure("The path must have the form folder/file.")
    old = world["files"].get(path, {"text": "", "size": 0})
    world["files"][path] = {
        "text": f"{old['text']} {text}".strip() if append else text,
        "size": old["size"] + len(text),
    }
    return "written"


def _move(world: World, path: str, target: str) -> Any:
    _file(world, path)
    if target in world["files"]:
        raise ToolFailure(f"There is already a file '{target}'.")
    if "/" not in target:
        raise ToolFailure("The new path must have the form folder/file.")
    world["files"][target] = world["files"].pop(path)
    return "moved"


def _delete(world: World, path: str) -> Any:
    del world["files"][_file(world, path)]
    return "deleted"


def _search(world: World, word: str) -> Any:
    return [path for path, entry in world["files"].items() if word in entry["text"]]


def _sum(world: World, numbers: list[Any]) -> Any:
    for value in numbers:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > 1e12:
            raise ToolFailure("The list must hold numbers only.")
    return number(sum(numbers))


OPS = (
    Op(
        "folders",
        ("list_folders", "all_folders", "folders", "get_folders", "show_folders", "list_directories", "directories", "which_folders", "folder_list", "folder_names"),
        ("List all folders.", "Names of all folders.", "All folders.", "Show which folders there are.", "Return the list of folders.", "Which folders exist.", "List the names of all folders."),
        (), _folders, "folders",
    ),
    Op(
        "list",
        ("list_files", "ls", "list_folder", "files_in_folder", "view_folder", "files_of", "dir_files", "files_in", "list_dir", "folder_files"),
        ("List the files in a folder.", "Files of a folder.", "Which files are in a folder.", "Show the files of a folder.", "Return the paths of the files in a folder.", "What a folder has in it.", "List all files in a folder."),
        (FOLDER,), _list, "files",
    ),
    Op(
        "read",
        ("read_file", "file_text", "open_file", "show_file", "read_text", "cat", "load_file", "view_file", "get_text", "get_file"),
        ("Read the text of a file.", "Text of a file.", "Open a file and return its text.", "Show what is in a file.", "Return what a file says.", "Give the text that a file has.", "Read a file and return its text."),
        (PATH,), _read, "text",
    ),
    Op(
        "size",
        ("file_size", "get_size", "size_of", "size_of_file", "size_in_bytes", "bytes_of_file", "how_big", "show_size", "file_bytes", "get_file_size"),
        ("Size of a file in bytes.", "Return the size of a file.", "How big a file is, in bytes.", "Get the size of one file.", "Tell how many bytes a file has.", "How many bytes are in a file.", "Return the size of a file in bytes."),
        (PATH,), _size, "size",
    ),
    Op(
        "write",
        ("write_file", "save_file", "write_text", "save_text", "put_text", "store_text", "save_to_file", "file_write", "text_to_file", "write_to_file"),
        ("Write a text into a file.", "Save a text as a file, or append it.", "Write or append text to a file.", "Put a text into a file.", "Save text in a file.", "Store a text in a file, or add it at the end.", "Write a text to a file, or append it."),
        (PATH, TEXT,
         P("append", BOOLEAN, ("append", "add_to_end", "keep_old", "at_end", "add", "is_append", "append_text"),
           ("True to append the text", "Append to the file", "Add the text after the old one", "True to keep what is there", "Whether to append the text"), optional=True)),
        _write, "status",
    ),
    Op(
        "move",
        ("move_file", "rename_file", "mv", "move", "change_path", "rename", "new_path", "file_move", "relocate_file", "move_to"),
        ("Move a file to a new path.", "Move or rename a file.", "Give a file a new path.", "Change the path of a file.", "Rename a file or put it in another folder.", "Bring a file to another path.", "Move a file, give it a new path."),
        (P("path", STRING, ("source", "path", "from_path", "old_path", "source_path", "move_from", "file"), ("Path of the file", "The old path", "Where the file is now", "File to move", "Old path of the file")),
         P("target", STRING, ("target", "new_path", "to_path", "to", "target_path", "move_to", "destination"), ("The new path", "Path to move to", "Where the file should be", "Path after the move", "New path of the file"))),
        _move, "status",
    ),
    Op(
        "delete",
        ("delete_file", "remove_file", "rm", "delete", "remove", "erase_file", "del_file", "remove_path", "drop_file", "file_delete"),
        ("Delete a file.", "Remove a file.", "Delete one file for good.", "Erase a file.", "Take a file away for good.", "Delete the file at a path.", "Delete or remove a file."),
        (PATH,), _delete, "status",
    ),
    Op(
        "search",
        ("search_files", "find_word", "search", "grep", "find_in_files", "files_with_word", "word_search", "find_text", "search_text", "search_word"),
        ("Search which files contain a word.", "Find files that contain a word.", "Search the text of all files for a word.", "Look for a word in all files.", "Return the files that have a word in them.", "Which files have a given word in their text.", "Find all files that contain a word."),
        (P("word", STRING, ("word", "query", "search_for", "search_word", "text_to_find", "term", "find"), ("Word to search for", "The word", "Which word to look for", "The word to search", "Word to find")),),
        _search, "files",
    ),
    Op(
        "sum",
        ("sum_numbers", "add_up", "total", "sum", "add_numbers", "sum_list", "sum_up", "list_total", "total_of_numbers", "sum_of_numbers"),
        ("Add up a list of numbers.", "Sum of a list of numbers.", "Total of several numbers.", "Add numbers and return the total.", "Return the sum of some numbers.", "Sum up all numbers of a list.", "Sum or total of a list of numbers."),
        (P("numbers", NUMBERS, ("numbers", "values", "list", "to_add", "number_list", "all_numbers", "sizes"), ("The numbers", "Numbers to add up", "Values to add", "All the numbers", "List of numbers")),),
        _sum, "sum",
    ),
)  # fmt: skip


def _name(s: Scene) -> str:
    return f"{s.pick((s.topic(), s.item(), s.word()))}.{s.pick(('txt', 'md', 'csv', 'log'))}"


def _text(s: Scene) -> str:
    t, i = s.topic(), s.item()
    return s.pick(
        (
            f"The {t} is in {s.city()}.",
            f"{s.person()} has the {i}.",
            f"{s.title()} {i} {s.integer(2, 90)}",
            f"{i} for the {t}",
        )
    )


def world(s: Scene) -> World:
    """Three folders with two to four files each."""
    folders = list(dict.fromkeys([s.topic(), s.word(), s.item()]))
    paths = [f"{folder}/{_name(s)}" for folder in folders for _ in range(s.integer(2, 4))]
    return {"files": {path: {"text": _text(s), "size": s.integer(20, 900)} for path in paths}}


def _path(s: Scene) -> str:
    return str(s.rng.choice(list(s.world["files"])))


def _new(s: Scene) -> str:
    return f"{s.rng.choice(_folders(s.world))}/{s.word()}.{s.pick(('txt', 'md', 'csv'))}"


def read(s: Scene) -> None:
    """One call: text or size of a file; may be down at first."""
    p = _path(s)
    op, what = s.pick((("read", "text"), ("size", "size")))
    if s.rng.random() < 0.25:
        s.outage(op)
    s.ask(
        f"I wrote {p} some time ago. Which {what} does this file have by now?",
        f"My boss is interested in {p}, more exactly in its {what}. Please look it up.",
        f"Whatever the {what} of {p} is, I want to know it.",
        f"A friend of mine mentioned the file {p}. What is its {what}, please?",
        f"If the file {p} is still there, tell me its {what}.",
        f"So that I can answer a customer, get me the {what} of {p}.",
        f"One thing only, please: the {what} of the file {p}.",
        f"As for {p}, it is the {what} that I am interested in.",
        f"Is it possible to see the {what} of {p}?",
        f"Somewhere on this disk is the file {p}. Its {what}, please.",
        f"{what}? The file is {p}.",
        f"What is the {what} of the file {p}?",
        f"Tell me the {what} of {p}.",
        f"Please give me the {what} of {p}.",
        f"{what} of {p}, please",
        f"I need the {what} of the file {p}.",
        f"There is a file {p}. What is its {what}?",
        f"Can you tell me the {what} of the file {p}?",
        f"Please tell me the {what} of {p}.",
        f"Show me the {what} of {p}.",
        f"Could you look up the {what} of the file {p}?",
        f"We have to know the {what} of {p}.",
        f"Find out the {what} of the file {p} for me.",
        f"I am looking at {p}. What is the {what}?",
        f"file {p}, {what}?",
        f"Do you know the {what} of the file {p}? Please check.",
        f"{s.person()} asked me for the {what} of {p}. Can you get it?",
        f"Get the {what} of the file {p}.",
        f"I would like the {what} of {p}, please.",
        f"Fetch the {what} of the file {p}, please.",
        f"Check the {what} of {p} and let me know.",
        f"What {what} does the file {p} have?",
        f"Could you get me the {what} of {p}?",
        f"I'd like to see the {what} of the file {p}.",
        f"The file is {p}, and I want to know its {what}.",
        f"Look up the {what} of {p} for me.",
        f"Let me know the {what} of the file {p}.",
        f"Would you mind telling me the {what} of {p}?",
        f"{p}: what's the {what}?",
        f"The {what} of {p} is what I need. Can you find it?",
        f"I can't remember the {what} of the file {p}. Please look it up.",
        f"Help me out with the {what} of the file {p}.",
        f"My question is about {p}. Which {what} does it have?",
        f"Have a look at the file {p} and tell me its {what}.",
        f"Please fetch the {what} of {p}.",
        f"{s.person()} wants to hear the {what} of the file {p}. Please find it out.",
        f"Give me the {what} of {p}.",
        f"Report the {what} of the file {p} to me, please.",
        f"Can you see what the {what} of {p} is?",
        f"I am interested in a file, {p}. Show me its {what}, please.",
        f"Before I send the file {p}, I have to check its {what}. Could you find it?",
        f"For my list I want the {what} of one file, {p}.",
        f"About the file {p}: give me its {what}.",
        f"Check the file {p} and report its {what}.",
        f"I need to know the {what} of {p}.",
    )
    value = s.call(op, f"get the {what} of {p}", path=p)
    if isinstance(value, Failed):
        value = s.call(op, f"get the {what} of {p}", path=p)
    s.answer(f"The {what} of {p} is: {value}", f"{value}", expect=[value])


def wrong_folder(s: Scene) -> None:
    """A file name without its folder: the error message knows the path."""
    p = _path(s)
    n = p.split("/")[-1]
    s.ask(
        f"The contents of {n}, please.",
        f"As a favor to my boss, open {n} and read out the contents.",
        f"Whatever its contents are, read the file {n}.",
        f"Somewhere I have a file {n}. Open it and tell me the text.",
        f"Whatever is in the file {n}, read it to me.",
        f"My boss mentioned a file, {n}. Please tell me what it contains.",
        f"I wrote {n} long ago and would like to read it again.",
        f"It looks like I need the file {n}. What does the text say?",
        f"Is there anything in {n} that I should know? Read the file to me.",
        f"For a customer, find out what the file {n} contains.",
        f"text of {n}, please",
        f"A friend is interested in the file {n}. Show me what it says.",
        f"If you find the file {n} somewhere, read out what it contains.",
        f"Read the file {n}.",
        f"What is in the file {n}? Read it.",
        f"Open {n} and read me the text.",
        f"Please read {n} for me.",
        f"Can you open the file {n}?",
        f"I forgot what {n} says. Please open it.",
        f"Please open the file {n} and read it.",
        f"What does {n} say?",
        f"I need to know what is written in {n}.",
        f"Show me the text of {n}, please.",
        f"Could you tell me what the file {n} says?",
        f"{n}: what is in it?",
        f"There must be a file {n}. Please read its text to me.",
        f"We have to see the text of the file {n}. Open it.",
        f"{s.person()} sent me a file, {n}. Read it to me, please.",
        f"Get me the text of the file {n}.",
        f"Please show me what the file {n} says.",
        f"Fetch the text of {n} for me.",
        f"Let me know what's written in the file {n}.",
        f"Display the text of {n}.",
        f"I'd like to read {n}. Can you open it for me?",
        f"What text does the file {n} have?",
        f"The file is called {n}. Tell me what it says.",
        f"Have a look into {n} and let me know what is in there.",
        f"Would you mind reading the file {n} to me?",
        f"Give me the contents of {n}, please.",
        f"What are the contents of the file {n}?",
        f"read {n}, please",
        f"I can't remember what I wrote in {n}. Please show me the text.",
        f"Check the file {n} and tell me what is written there.",
        f"I have a file {n}. Find out what it says, please.",
        f"I want to see the content of {n}.",
        f"Before I go on, I have to know the text of {n}. Read it out to me.",
        f"Could you look into the file {n} and show me its content?",
        f"Can you fetch the contents of the file {n}?",
        f"My question is about {n}. What is written in this file?",
        f"I would like to hear what is in {n}. Would you open it?",
        f"Look into the file {n} and tell me its text.",
        f"Let me see what is in {n}.",
        f"Can you read the file {n} for me?",
    )
    value = s.call("read", f"read the file {n}", path=n)
    if isinstance(value, Failed):
        p = value.message.split("'")[-2]
        value = s.call("read", f"read the file {p}", path=p)
    s.answer(f"The file {p} says: {value}", f"{value}", expect=[value])


def write(s: Scene) -> None:
    """Write a new file or append to one."""
    t, more = _text(s), s.rng.random() < 0.45
    p = _path(s) if more else _new(s)
    verb = "Append" if more else "Write"
    put, into = ("Add", "at the end of") if more else ("Put", "into")
    s.ask(
        f'As a favor to my boss, {verb.lower()} the sentence "{t}" to {p}.',
        f'I will forget this sentence unless you {put.lower()} it {into} {p}: "{t}"',
        f'It would be a favor to all of us if you {put.lower()} "{t}" {into} {p}.',
        f'My friend wrote the sentence "{t}". {put} it {into} the file {p}, please.',
        f'The sentence "{t}" is for the file {p}. {verb} it there.',
        f'So that nobody forgets it, {verb.lower()} the sentence "{t}" to {p}.',
        f'{put} whatever is between the quotation marks {into} {p}: "{t}"',
        f'There is one sentence that I want {into} {p}, namely "{t}". Could you {verb.lower()} it?',
        f'With {p} as the file, {verb.lower()} the following text: "{t}"',
        f'What my boss mentioned is "{t}". Please {put.lower()} that {into} the file {p}.',
        f'As the text, use "{t}", and {verb.lower()} it to the file {p}.',
        f'"{t}" -> {p}, please {verb.lower()} it',
        f'A customer wrote "{t}" to us. It should be kept {into} {p}, so {put.lower()} it there.',
        f'If you can, {put.lower()} a sentence {into} {p}. It is the following: "{t}"',
        f'{verb} "{t}" to the file {p}.',
        f'{verb} the text "{t}" to {p}.',
        f'Please {verb.lower()} to {p}: "{t}"',
        f'{verb} this to {p}, please: "{t}"',
        f'I want to {verb.lower()} "{t}" to {p}.',
        f'Can you {verb.lower()} a text to {p}? It is "{t}"',
        f'Text: "{t}". {verb} it to the file {p}.',
        f'Please {verb.lower()} the text "{t}" to {p}.',
        f'{put} "{t}" {into} the file {p}.',
        f'{put} the following text {into} {p}: "{t}"',
        f'I need the text "{t}" {into} the file {p}. {verb} it, please.',
        f'Could you {put.lower()} "{t}" {into} {p}?',
        f'File {p}: {verb.lower()} "{t}"',
        f'We have to {verb.lower()} something to {p}. The text is "{t}"',
        f'In {p} I want to see a new text: "{t}". Please {verb.lower()} it.',
        f'{s.person()} told me "{t}". {verb} that to the file {p}.',
        f'Would you {verb.lower()} one line to {p}? It should say "{t}"',
        f'To the file {p}, {verb.lower()} the words "{t}"',
        f'"{t}": {verb.lower()} this to the file {p}, please.',
        f'{verb} a line to the file {p}, please: "{t}"',
        f'Here is a text: "{t}". I would like you to {verb.lower()} it to {p}.',
        f'Would you {put.lower()} the words "{t}" {into} {p} for me?',
        f'Can you {put.lower()} this sentence {into} the file {p}? "{t}"',
        f'The line "{t}" should go {into} {p}. Please {put.lower()} it there.',
        f'Go to the file {p} and {verb.lower()} "{t}" to it.',
        f'My note says "{t}". Please {verb.lower()} it to the file {p}.',
        f'Save the text "{t}" {into} the file {p}.',
        f'{put} this {into} {p}: "{t}"',
        f'{verb} what I say to the file {p}: "{t}"',
        f'I have some words for {p}: "{t}". Could you {verb.lower()} them to the file?',
        f'{p} needs a new text. {verb} "{t}" to it, please.',
        f'Please save this {into} {p}: "{t}"',
        f'The words "{t}" should go {into} the file {p}.',
        f'Do me a favor and {put.lower()} "{t}" {into} the file {p}.',
        f'Before I forget it, {verb.lower()} "{t}" to {p}, please.',
        f'{s.person()} wants me to {verb.lower()} "{t}" to the file {p}. Can you do it?',
        f'Take the text "{t}" and {put.lower()} it {into} {p}.',
        f'The file is {p} and the text is "{t}". Please {verb.lower()} it to the file.',
        f'Can you save the sentence "{t}" {into} the file {p}?',
        f'{verb.lower()} to {p}: "{t}"',
        f'For the file {p} I have this text: "{t}". Please {put.lower()} it {into} the file.',
        f'It would help me if you {verb.lower()} "{t}" to {p}.',
        f'{put} my new line {into} {p}, please. It is "{t}"',
        f'I want to {verb.lower()} this text to the file {p}: "{t}"',
    )
    s.call("write", f'{verb.lower()} "{t}" to {p}', path=p, text=t, **({"append": True} if more else {}))
    s.answer(f"The text is in {p} now.", f"Done: {p}", expect=[p])


def move_or_delete(s: Scene) -> None:
    """One change of the tree."""
    p, q = _path(s), _new(s)
    if s.rng.random() < 0.5 or len(s.world["files"]) < 4:
        s.ask(
            f"I won't find {p} where it is. Relocate it to {q}.",
            f"The file {p} is to be renamed, namely to {q}.",
            f"Relocate the file {p}, because its place is wrong. It should be {q}.",
            f"Nobody looks for {p} where it is. Please have it renamed to {q}.",
            f"By mistake I put a file at {p}. Its right place is {q}, so move it.",
            f"The file that is {p} now gets renamed: {q} is what it is called from today.",
            f"My boss wants the file {p} to be renamed, with {q} as its path.",
            f"Under {q} I want to find what is now {p}. Please move the file.",
            f"The file {p} is in the way where it is now. Relocate it to {q}.",
            f"So that everything is in its place, the file {p} must become {q}. Rename it.",
            f"{p} -> {q}, move",
            f"Is it possible to have {p} moved? Its place is going to be {q}.",
            f"The path {p} was a mistake that I made. The file must be renamed, with {q} as its new path.",
            f"With {q} as the target, relocate the file {p}.",
            f"Move {p} to {q}.",
            f"Please move the file {p} to {q}.",
            f"The new path of {p} should be {q}. Move it.",
            f"Can you rename {p} to {q}?",
            f"I want to move {p}. The new path is {q}.",
            f"Rename the file {p} to {q}, please.",
            f"Can you move the file {p} to {q}?",
            f"The file {p} is in the wrong place. It should be {q}.",
            f"Could you move {p}? It belongs at {q}.",
            f"I need {p} to be at {q}. Please move it.",
            f"from {p} to {q}: move the file, please",
            f"Give the file {p} the new path {q}.",
            f"Take {p} and move it to {q}.",
            f"We have to rename a file: {p} becomes {q}.",
            f"{q} is a better path for the file {p}. Rename it, please.",
            f"Would you please put the file {p} at {q}? I want it moved, not copied.",
            f"Transfer the file {p} to {q}, please.",
            f"I'd like to rename {p}. It should be called {q}.",
            f"Please relocate {p} to {q}.",
            f"Could you change the path of the file {p}? It should become {q}.",
            f"The file {p} has to go to {q}. Would you move it?",
            f"{p} to {q}, please. I want the file moved.",
            f"Let {p} be called {q} from now on.",
            f"Bring the file {p} to {q}.",
            f"Put {p} at {q}, please, so that it is no longer in its old place.",
            f"I made a mistake with the path of {p}. Please rename the file to {q}.",
            f"My file {p} should be moved to {q}.",
            f"Would you mind moving the file {p} to {q}?",
            f"The path of the file {p} is wrong. Change it to {q}, please.",
            f"{s.person()} asked me to move {p} to {q}. Can you do that?",
            f"Can you transfer the file {p} over to {q}?",
            f"I have to relocate a file. {p} should be at {q}.",
            f"Make {q} the new path of the file {p}.",
            f"old path: {p}, new path: {q}. Move the file, please.",
            f"Help me move a file. It is at {p} now and should be at {q}.",
            f"I want to have the file {p} renamed to {q}.",
            f"{p} should have the path {q} from now on. Please change it.",
            f"I would like the file {p} to be moved. {q} is where it should go.",
            f"Change the path of {p} to {q}, please.",
            f"Please rename {p}. The new path is {q}.",
        )
        s.call("move", f"move {p} to {q}", path=p, target=q)
        s.answer(f"{p} is now {q}.", f"Moved to {q}.", expect=[q])
        return
    s.ask(
        f"I won't need {p} any more, so delete it.",
        f"We won't keep the file {p}. Please discard it.",
        f"As a favor to me, erase the file {p}.",
        f"Nobody is interested in {p} any longer, so it must be removed.",
        f"It was a mistake to keep {p}. I want to be rid of the file, so delete it.",
        f"Nobody needs the file {p}, and it takes up space. Discard it.",
        f"My boss won't need {p} again. Have it removed, please.",
        f"Whatever is in {p}, we won't read it any more. Erase it.",
        f"Because {p} gets in my way, I want it off the disk. Remove it.",
        f"What I made in {p} is a mistake. Discard this file.",
        f"out with {p}, please: delete it",
        f"If the file {p} is still there, discard it.",
        f"So that there is more room on the disk, have the file {p} removed.",
        f"No program uses the file {p} now. You can get rid of it.",
        f"Delete {p}.",
        f"Please delete the file {p}.",
        f"Remove the file {p}, please.",
        f"I do not need {p}. Delete it.",
        f"Can you remove {p}?",
        f"The file {p} is old. Please delete it.",
        f"Can you delete the file {p}?",
        f"Get rid of {p}, please.",
        f"I have to delete a file, {p}. Can you do it?",
        f"Would you delete {p} for me?",
        f"We no longer need the file {p}, so remove it.",
        f"{p}: delete",
        f"There is a file {p} that should go. Remove it, please.",
        f"{s.person()} wants the file {p} to be deleted.",
        f"Please take the file {p} away. I have no use for it.",
        f"I want {p} gone. Please delete this file.",
        f"Erase the file {p}, please.",
        f"Throw away the file {p}.",
        f"I'd like to get rid of {p}. Would you delete it?",
        f"Could you please erase {p}?",
        f"The file {p} is useless. Throw it away, please.",
        f"Let's remove {p}. It is not needed any more.",
        f"delete the file {p}, please",
        f"Make sure that the file {p} is gone. I don't want to keep it.",
        f"Would you mind removing the file {p}?",
        f"The file {p} has to be deleted.",
        f"{p} should be removed, please.",
        f"We are cleaning up. Please delete {p}.",
        f"{s.person()} told me to remove {p}. Please do it.",
        f"Discard the file {p}. I have finished with it.",
        f"Can you erase the file {p} for me?",
        f"Help me delete a file. It is {p}.",
        f"My file {p} is out of date, so you can throw it away.",
        f"Discard {p}, please. We won't use it again.",
        f"I want to have the file {p} removed.",
        f"That file {p} is just in the way. Delete it for me, please.",
        f"The file {p} can go now. Please get rid of it.",
        f"I made {p} by mistake, so please delete it.",
        f"Nobody uses {p} any more. Could you remove this file?",
        f"I do not need the file {p}. Please remove it.",
    )
    s.call("delete", f"delete {p}", path=p)
    s.answer(f"{p} is deleted.", f"Deleted {p}.", expect=[p])


def list_folder(s: Scene) -> None:
    """The files of a folder, or the folders; an unknown folder is explained."""
    if s.rng.random() < 0.3:
        s.ask(
            "Give me an overview: what directories exist here?",
            "Whatever folders I have, name them all.",
            "I wrote files into several folders somewhere. What are the folders called?",
            "My boss needs an overview of the directories. List their names.",
            "Which names do the directories have?",
            "Before I make a new folder, I want to see the ones that exist.",
            "names of the directories, please",
            "I am interested in my folders. What are all of them called?",
            "So that I can find my way, show me all the directories.",
            "Is there more than one folder? Name every one of them.",
            "List all folders.",
            "Which folders are there?",
            "Please show me the names of all folders.",
            "What folders do I have?",
            "all folders, please",
            "Tell me the names of my folders.",
            "Please list all my folders.",
            "What are the names of all my folders?",
            "I need a list of all folders.",
            "Could you show me which folders exist?",
            "Give me the names of the folders, please.",
            "folder list, please",
            "We have to know which folders there are.",
            "I do not know my folders any more. List them for me.",
            "Show me every folder that you can find.",
            "How are my folders called? Tell me all their names.",
            "Show me a list of all my folders.",
            "Display all folders, please.",
            "I'd like to know what folders exist.",
            "Which directories are there?",
            "List every folder, please.",
            "Let me see the names of all the folders.",
            "Could you list all the folders for me?",
            "Find out which folders I have.",
            "What directories do I have? Please list them.",
            "I have lost track of my folders. Show me all of them.",
            "Would you mind telling me what folders there are?",
            "Get me the names of all folders.",
            "I need to see which folders exist.",
            "my folders, please: all the names",
            "I want an overview of all folders.",
            "Let me know the names of all my folders.",
            "Can you tell me the names of all directories?",
            "Do you know what folders we have? Please show them.",
            "Check which folders there are and tell me their names.",
            "Please give me an overview of the folders.",
            "Can you give me a list of the folders?",
            "I would like to see all my folders.",
            "Before I start, let me know what folders we have.",
            "Which folders do I have?",
        )
        names = s.call("folders", "list all folders")
        s.answer(f"The folders are {', '.join(names)}.", f"{', '.join(names)}", expect=names)
        return
    known = _folders(s.world)
    f = s.word() if s.rng.random() < 0.25 else s.rng.choice(known)
    s.ask(
        f"I do not remember the contents of {f}. List its files.",
        f"contents of {f}, please: all the files",
        f"As a favor to a friend, tell me what files are in {f}.",
        f"Whatever the folder {f} contains, list it for me.",
        f"Somewhere in {f} must be the file that I look for. Show me all files in this folder.",
        f"I wrote some files and put them into {f}. What are they called?",
        f"If {f} does hold any files, name all of them.",
        f"How many files {f} may hold, I do not know. List them, please.",
        f"The directory is {f}. Which files does it contain?",
        f"overview of the files in {f}, please",
        f"For a friend who is interested in the folder {f}: give me the names of its files.",
        f"It looks like {f} is a folder. What are the files that it contains?",
        f"Among the directories there is one called {f}. List all its files.",
        f"List the files in the folder {f}.",
        f"Which files are in {f}?",
        f"Please show me the files of the folder {f}.",
        f"What is in the folder {f}?",
        f"files in {f}, please",
        f"I have a folder {f}. Which files are in it?",
        f"Please list the files in {f}.",
        f"I need a list of the files in {f}.",
        f"Could you show me what is in the folder {f}?",
        f"Give me the names of all files in {f}.",
        f"Folder {f}: which files?",
        f"We have to know what files the folder {f} has.",
        f"Look into the folder {f} and tell me the files.",
        f"Is there anything in the folder {f}? List its files, please.",
        f"{s.person()} asked which files are in {f}. Can you find out?",
        f"I would like to see the files of {f}.",
        f"Show me the files in {f}.",
        f"Display the files of the folder {f}, please.",
        f"What does the folder {f} contain?",
        f"Which files can I find in the folder {f}?",
        f"I'd like a list of all files in the folder {f}.",
        f"List everything in {f}, please.",
        f"Let me know which files are in the folder {f}.",
        f"Could you list the files of {f} for me?",
        f"Find out what files are in {f}.",
        f"Open the folder {f} and show me its files.",
        f"Would you mind telling me what the folder {f} has in it?",
        f"Check the folder {f}. What files are there?",
        f"Get me the file names in {f}, please.",
        f"I can't remember what is in {f}. Show me the files.",
        f"{f}: list the files of this folder",
        f"I want to know the contents of the folder {f}.",
        f"What are the names of the files in the folder {f}?",
        f"Have a look at the folder {f} and list what is in there.",
        f"There is a folder {f}, I think. Can you show me all its files?",
        f"Please display what the folder {f} contains.",
        f"What files does the folder {f} hold?",
        f"Tell me what I have in the folder {f}.",
        f"Let me see all the files that are in {f}.",
        f"Which files are in the folder {f}?",
    )
    files = s.call("list", f"list the files in {f}", folder=f)
    if isinstance(files, Failed):
        s.answer(f"There is no folder {f}. The folders are {', '.join(known)}.", expect=known)
        return
    s.answer(f"The files in {f} are {', '.join(files)}.", f"{', '.join(files)}", expect=files)


def _each(s: Scene, op: str, what: str, paths: list[str]) -> list[Any]:
    if s.style.index % 2:
        return [s.call(op, f"{what} {path}", path=path) for path in paths]
    return s.parallel(f"{what} each file", *((op, {"path": path}) for path in paths))


def folder_size(s: Scene) -> None:
    """A loop: list, size of each file, sum."""
    f = s.rng.choice(_folders(s.world))
    s.ask(
        f"For the contents of the folder {f}, all files together, tell me the overall number of bytes.",
        f"Get the size of each file in {f} so that we know the overall size.",
        f"Nobody knows how many bytes are in {f}. Find the size of each file and add them up.",
        f"My boss is interested in the folder {f}: how large are its files when they are put together?",
        f"In bytes, what do all the files of the folder {f} make together?",
        f"If you sum up the sizes of whatever files are in {f}, how many bytes do you get?",
        f"The directory {f} looks full. What is the size of all its files as one sum?",
        f"bytes in {f}, all files together?",
        f"So that I can buy a disk, work out how many bytes the folder {f} takes up with all of its files.",
        f"It looks to me as if {f} needs a lot of space. Check the size of every file and add the sizes.",
        f"Whatever the folder {f} contains, I want one overall size for it.",
        f"With the sizes of all files in {f}, make a sum for me.",
        f"A friend wants a copy of {f}. How many bytes will I send him, counting each file?",
        f"What is the total size of the files in {f}?",
        f"Add up the sizes of all files in the folder {f}.",
        f"How big are the files in the folder {f} in total?",
        f"Please find the total size of the folder {f}.",
        f"List the files in {f}, get the size of each and add them up.",
        f"My disk is full. What is the total size of the folder {f}?",
        f"Please add up the sizes of the files in {f}.",
        f"I need to know how big all files in {f} are together.",
        f"Could you tell me how much space the folder {f} takes? Add up its file sizes.",
        f"total size of {f}, please",
        f"Get the sizes of all files in the folder {f} and give me the sum.",
        f"How much do the files in {f} add up to in size?",
        f"For the folder {f}, find the size of every file and then the total.",
        f"We have to know the size of the whole folder {f}.",
        f"Sum of all file sizes in {f}: can you work it out?",
        f"I want to copy the folder {f}. How many bytes do its files have in total?",
        f"Calculate the total size of all files in {f}.",
        f"Sum up the sizes of the files in the folder {f}.",
        f"How large are all the files of the folder {f} together?",
        f"I'd like to know the total file size of {f}.",
        f"Please check how much space the files in {f} take up in total.",
        f"How many bytes are in the folder {f} altogether?",
        f"Let me know how big the folder {f} is as a whole.",
        f"Figure out the size of all files in {f} combined.",
        f"Would you sum up the file sizes of the folder {f} for me?",
        f"Look at each file in {f}, check its size, and tell me the sum.",
        f"What do the sizes of all files in {f} come to?",
        f"size of the folder {f} in total?",
        f"I am running out of space. How big is the folder {f} with everything in it?",
        f"Compute the combined size of the files in the folder {f}, please.",
        f"Show me the sum of the sizes of every file in {f}.",
        f"Give me the overall size of the folder {f}.",
        f"Can you add together the sizes of all the files in {f}?",
        f"{s.person()} wants to know how large the folder {f} is in total. Can you find out?",
        f"Go through the files of {f}, get their sizes, and calculate the total.",
        f"Before I back up the folder {f}, tell me how many bytes all its files are together.",
        f"Find out how large the folder {f} is, with all its files.",
        f"The folder {f} looks big. Get the size of each file in it and tell me the total.",
        f"I would like one number, the sum of the sizes of the files in {f}.",
        f"What is the total size of all files in the folder {f}?",
        plan=[f"list the files in {f}", "get the size of each file", "add up the sizes"],
    )
    paths = s.call("list", f"list the files in {f}", folder=f)
    sizes = _each(s, "size", "get the size of", paths)
    total = s.call("sum", "add up the sizes", numbers=sizes)
    s.answer(f"The total size of {f} is {total}.", f"{total} in total.", expect=[total])


def folder_loop(s: Scene) -> None:
    """A loop: list a folder, then read or delete each file."""
    f = s.rng.choice(_folders(s.world))
    gone = s.rng.random() < 0.4 and len(_folders(s.world)) > 2
    verb = "delete" if gone else "read"
    s.ask(
        f"Look at the contents of the folder {f} and {verb} each file there.",
        f"As a favor to my boss, {verb} all the contents of the folder {f}.",
        f"Whatever the folder {f} contains, {verb} it, one file after the other.",
        f"My boss wants me to {verb} the files of {f}. Do all of them for me.",
        f"So that I am done with {f}, {verb} every file that it may hold.",
        f"In {f} there are some files that I wrote. {verb.capitalize()} them all, please.",
        f"{f}, every file: {verb} it",
        f"Please {verb} the files in {f}. None of them should be left out.",
        f"Is it possible to {verb} whatever files {f} has?",
        f"What I made is in the folder {f}. Please list it and {verb} all the files.",
        f"For a customer I must {verb} all that is in {f}, each file of it. Please help me.",
        f"One way to go: see what files {f} contains, then {verb} each of them.",
        f"{verb.capitalize()} all files in the folder {f}.",
        f"Please {verb} every file in {f}.",
        f"List the files in {f} and {verb} each of them.",
        f"Can you {verb} each file of the folder {f}?",
        f"There are files in {f}. Please {verb} all of them.",
        f"Folder {f}: {verb} every file.",
        f"Please {verb} all of the files in the folder {f}.",
        f"I need you to {verb} every file that is in {f}.",
        f"For each file in the folder {f}: {verb} it.",
        f"We have to {verb} all files of the folder {f}.",
        f"Go through the folder {f} and {verb} every file.",
        f"Would you {verb} the files in {f} for me, all of them?",
        f"{verb} everything in the folder {f}, please",
        f"Find out which files are in {f}, then {verb} them all.",
        f"{s.person()} asked me to {verb} all files in the folder {f}. Can you do that?",
        f"In the folder {f}, please {verb} each single file.",
        f"Go to the folder {f} and {verb} all the files there.",
        f"I want to {verb} all files in {f}. Please do it for me.",
        f"Would you mind helping me {verb} every file of the folder {f}?",
        f"Take each file in {f} and {verb} it.",
        f"Could you {verb} all the files in {f}, please?",
        f"{verb} the files in {f}, every one of them",
        f"The folder {f} has some files. I'd like you to {verb} each one.",
        f"See what files are in the folder {f} and {verb} all of them, please.",
        f"Check which files {f} has. Then {verb} each of them.",
        f"My folder is {f}. {verb.capitalize()} all its files, please.",
        f"All files in {f}: please {verb} them.",
        f"Let's {verb} every single file in the folder {f}.",
        f"You should {verb} the whole folder {f}, file by file.",
        f"I have to {verb} what is in {f}. Can you {verb} all the files?",
        f"Start with a list of the files in {f}. After that, {verb} every file on it.",
        f"Please open the folder {f} and {verb} each file in it.",
        f"{verb.capitalize()} each and every file that you see in the folder {f}.",
        f"{s.person()} wants you to {verb} all the files in {f}.",
        f"Help me with the folder {f}: {verb} all of its files.",
        f"Whatever files there are in the folder {f}, please {verb} all of them.",
        f"Look into {f}, and whatever file is there, {verb} it.",
        f"It is time to {verb} the files of the folder {f}. Do it for every one of them.",
        f"I would like you to {verb} all the files that you find in {f}.",
        f"Can you {verb} every file in the folder {f}?",
        plan=[f"list the files in {f}", f"{verb} each file"],
    )
    paths = s.call("list", f"list the files in {f}", folder=f)
    results = _each(s, verb, verb, paths)
    if gone:
        s.answer(f"Deleted: {', '.join(paths)}.", expect=paths)
        return
    s.answer(" ".join(f"{path}: {text}" for path, text in zip(paths, results, strict=True)), expect=results)


def search_word(s: Scene) -> None:
    """Search a word, then tell the files."""
    w = s.world["files"][_path(s)]["text"].strip(".").split(" ")[-1]
    s.ask(
        f'Find the word "{w}". I want to know each file that it occurs in.',
        f'If the word "{w}" is somewhere in the contents of a file, name that file.',
        f'My boss mentioned "{w}" and is interested in the files that have this word. Which are they?',
        f'Somewhere there must be a file with "{w}" in its text. Search for all of them.',
        f'If "{w}" occurs in a file, I am interested in that file. List them all.',
        f'A friend wrote about "{w}". Where is the word mentioned? Name the files.',
        f'Is "{w}" mentioned in any file? If so, in which ones?',
        f'Whatever file contains the word "{w}", I need its path.',
        f'"{w}" occurs where? Give me the file names.',
        f'With "{w}" as the word, do a search of all files.',
        f'I wrote a sentence with the word "{w}" in it. Which file is it in? There may be more than one.',
        f'So that I can change a word, find each file that uses "{w}".',
        f'Every file whose text contains "{w}" is one that I want to see. Search for the word.',
        f'Which files contain the word "{w}"?',
        f'Search all files for "{w}".',
        f'Find the files that contain "{w}".',
        f'I look for a file with the word "{w}". Search it, please.',
        f'Please search for the word "{w}" in all files.',
        f'search "{w}" in files',
        f'Please find all files that contain the word "{w}".',
        f'Where does the word "{w}" appear? Tell me the files.',
        f'I need all files with the word "{w}" in them.',
        f'Could you look for "{w}" in my files?',
        f'Look through all files for the word "{w}" and tell me which ones have it.',
        f'word "{w}": in which files?',
        f'Is there a file that has the word "{w}" in it? Find all of them.',
        f'We have to know which files have "{w}" in their text.',
        f'{s.person()} asked which of the files contain "{w}". Please find out.',
        f'"{w}" is the word. Show me every file that contains it.',
        f'Show me all files with the word "{w}".',
        f'I would like to know which files contain "{w}".',
        f'Check which files have the word "{w}" in their text.',
        f'Let me know in which files the word "{w}" appears.',
        f'Can you find the files that mention "{w}"?',
        f'List all files that contain the word "{w}", please.',
        f'Which of my files mention the word "{w}"?',
        f'The word is "{w}". Search for it in all the files.',
        f'Go through my files and find the ones with "{w}" in them.',
        f'Would you search the files for the word "{w}"?',
        f'I do not remember which file has "{w}" in it. Please look for it.',
        f'Get me every file where the word "{w}" occurs.',
        f'files with the word "{w}", please',
        f'Do any files contain "{w}"? Tell me which ones.',
        f'Find out which files use the word "{w}".',
        f'Does the word "{w}" occur in my files? Show me where.',
        f'I am looking for the word "{w}". What files is it in?',
        f'Help me find all the files in which "{w}" is mentioned.',
        f'{s.person()} needs every file that has the word "{w}". Could you search for them?',
        f'Please check all files for the word "{w}" and list the ones that have it.',
        f'In what files can I find the word "{w}"?',
        f'I wrote "{w}" somewhere. Tell me the files that have this word.',
        f'Give me a list of the files in which "{w}" occurs.',
        f'Which files have the word "{w}"? Please search.',
    )
    found = s.call("search", f'search for "{w}"', word=w)
    s.answer(f"The word is in {', '.join(found)}.", f"{', '.join(found)}", expect=found)


DOMAIN = Domain(
    "files",
    OPS,
    world,
    (read, wrong_folder, write, move_or_delete, list_folder, folder_size, folder_loop, search_word),
)
