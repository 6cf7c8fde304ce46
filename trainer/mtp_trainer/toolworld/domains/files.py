"""A small file tree: list folders, read, write, append, move, delete, sizes, search."""
# ruff: noqa: E501 - wordings and tool descriptions are kept on one line each

from __future__ import annotations

from typing import Any

from mtp_trainer.toolworld.ops import BOOLEAN, NUMBERS, STRING, Op, P, ToolFailure, World, number
from mtp_trainer.toolworld.scene import Domain, Failed, Scene

PATH = P(
    "path", STRING, ("path", "file", "file_path", "filename"), ("Path of the file", "The file", "File path")
)
FOLDER = P(
    "folder",
    STRING,
    ("folder", "directory", "dir", "folder_name"),
    ("Name of the folder", "The folder", "Folder name"),
)
TEXT = P(
    "text",
    STRING,
    ("text", "content", "contents", "body"),
    ("The text", "Text to write", "Text for the file"),
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
        ("list_folders", "all_folders", "folders", "get_folders", "folder_names"),
        ("List all folders.", "Names of all folders.", "All folders.", "List the names of all folders."),
        (), _folders, "folders",
    ),
    Op(
        "list",
        ("list_files", "ls", "list_folder", "files_in_folder", "folder_files"),
        ("List the files in a folder.", "Files of a folder.", "Which files are in a folder.", "List all files in a folder."),
        (FOLDER,), _list, "files",
    ),
    Op(
        "read",
        ("read_file", "file_text", "open_file", "show_file", "get_file"),
        ("Read the text of a file.", "Text of a file.", "Open a file and return its text.", "Read a file and return its text."),
        (PATH,), _read, "text",
    ),
    Op(
        "size",
        ("file_size", "get_size", "size_of", "size_of_file", "get_file_size"),
        ("Size of a file in bytes.", "Return the size of a file.", "How big a file is, in bytes.", "Return the size of a file in bytes."),
        (PATH,), _size, "size",
    ),
    Op(
        "write",
        ("write_file", "save_file", "write_text", "save_text", "write_to_file"),
        ("Write a text into a file.", "Save a text as a file, or append it.", "Write or append text to a file.", "Write a text to a file, or append it."),
        (PATH, TEXT,
         P("append", BOOLEAN, ("append", "add_to_end", "keep_old", "append_text"),
           ("True to append the text", "Append to the file", "Whether to append the text"), optional=True)),
        _write, "status",
    ),
    Op(
        "move",
        ("move_file", "rename_file", "mv", "move", "move_to"),
        ("Move a file to a new path.", "Move or rename a file.", "Give a file a new path.", "Move a file, give it a new path."),
        (P("path", STRING, ("source", "path", "from_path", "file"), ("Path of the file", "The old path", "Old path of the file")),
         P("target", STRING, ("target", "new_path", "to_path", "destination"), ("The new path", "Path to move to", "New path of the file"))),
        _move, "status",
    ),
    Op(
        "delete",
        ("delete_file", "remove_file", "rm", "delete", "file_delete"),
        ("Delete a file.", "Remove a file.", "Delete one file for good.", "Delete or remove a file."),
        (PATH,), _delete, "status",
    ),
    Op(
        "search",
        ("search_files", "find_word", "search", "grep", "search_word"),
        ("Search which files contain a word.", "Find files that contain a word.", "Search the text of all files for a word.", "Find all files that contain a word."),
        (P("word", STRING, ("word", "query", "search_for", "find"), ("Word to search for", "The word", "Word to find")),),
        _search, "files",
    ),
    Op(
        "sum",
        ("sum_numbers", "add_up", "total", "sum", "sum_of_numbers"),
        ("Add up a list of numbers.", "Sum of a list of numbers.", "Total of several numbers.", "Sum or total of a list of numbers."),
        (P("numbers", NUMBERS, ("numbers", "values", "list", "sizes"), ("The numbers", "Numbers to add up", "List of numbers")),),
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
        f"What is the {what} of the file {p}?", f"Tell me the {what} of {p}.", f"Please give me the {what} of {p}.",
        f"{what} of {p}, please", f"I need the {what} of the file {p}.", f"There is a file {p}. What is its {what}?",
        f"Can you tell me the {what} of the file {p}?", f"Please tell me the {what} of {p}.", f"I need to know the {what} of {p}.",
    )  # fmt: skip
    value = s.call(op, f"get the {what} of {p}", path=p)
    if isinstance(value, Failed):
        value = s.call(op, f"get the {what} of {p}", path=p)
    s.answer(f"The {what} of {p} is: {value}", f"{value}", expect=[value])


def wrong_folder(s: Scene) -> None:
    """A file name without its folder: the error message knows the path."""
    p = _path(s)
    n = p.split("/")[-1]
    s.ask(
        f"Read the file {n}.", f"What is in the file {n}? Read it.", f"Open {n} and read me the text.",
        f"Please read {n} for me.", f"Can you open the file {n}?", f"I forgot what {n} says. Please open it.",
        f"Please open the file {n} and read it.", f"Can you read the file {n} for me?",
    )  # fmt: skip
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
    s.ask(
        f'{verb} "{t}" to the file {p}.', f'{verb} the text "{t}" to {p}.', f'Please {verb.lower()} to {p}: "{t}"',
        f'{verb} this to {p}, please: "{t}"', f'I want to {verb.lower()} "{t}" to {p}.',
        f'Can you {verb.lower()} a text to {p}? It is "{t}"', f'Text: "{t}". {verb} it to the file {p}.',
        f'Please {verb.lower()} the text "{t}" to {p}.', f'I want to {verb.lower()} this text to the file {p}: "{t}"',
    )  # fmt: skip
    s.call("write", f'{verb.lower()} "{t}" to {p}', path=p, text=t, **({"append": True} if more else {}))
    s.answer(f"The text is in {p} now.", f"Done: {p}", expect=[p])


def move_or_delete(s: Scene) -> None:
    """One change of the tree."""
    p, q = _path(s), _new(s)
    if s.rng.random() < 0.5 or len(s.world["files"]) < 4:
        s.ask(
            f"Move {p} to {q}.", f"Please move the file {p} to {q}.", f"The new path of {p} should be {q}. Move it.",
            f"Can you rename {p} to {q}?", f"I want to move {p}. The new path is {q}.", f"Rename the file {p} to {q}, please.",
            f"Can you move the file {p} to {q}?", f"Please rename {p}. The new path is {q}.",
        )  # fmt: skip
        s.call("move", f"move {p} to {q}", path=p, target=q)
        s.answer(f"{p} is now {q}.", f"Moved to {q}.", expect=[q])
        return
    s.ask(
        f"Delete {p}.", f"Please delete the file {p}.", f"Remove the file {p}, please.", f"I do not need {p}. Delete it.",
        f"Can you remove {p}?", f"The file {p} is old. Please delete it.", f"Can you delete the file {p}?",
        f"I do not need the file {p}. Please remove it.",
    )  # fmt: skip
    s.call("delete", f"delete {p}", path=p)
    s.answer(f"{p} is deleted.", f"Deleted {p}.", expect=[p])


def list_folder(s: Scene) -> None:
    """The files of a folder, or the folders; an unknown folder is explained."""
    if s.rng.random() < 0.3:
        s.ask(
            "List all folders.", "Which folders are there?", "Please show me the names of all folders.", "What folders do I have?",
            "all folders, please", "Tell me the names of my folders.", "Please list all my folders.", "Which folders do I have?",
        )  # fmt: skip
        names = s.call("folders", "list all folders")
        s.answer(f"The folders are {', '.join(names)}.", f"{', '.join(names)}", expect=names)
        return
    known = _folders(s.world)
    f = s.word() if s.rng.random() < 0.25 else s.rng.choice(known)
    s.ask(
        f"List the files in the folder {f}.", f"Which files are in {f}?", f"Please show me the files of the folder {f}.",
        f"What is in the folder {f}?", f"files in {f}, please", f"I have a folder {f}. Which files are in it?",
        f"Please list the files in {f}.", f"Which files are in the folder {f}?",
    )  # fmt: skip
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
        f"What is the total size of the files in {f}?", f"Add up the sizes of all files in the folder {f}.",
        f"How big are the files in the folder {f} in total?", f"Please find the total size of the folder {f}.",
        f"List the files in {f}, get the size of each and add them up.", f"My disk is full. What is the total size of the folder {f}?",
        f"Please add up the sizes of the files in {f}.", f"What is the total size of all files in the folder {f}?",
        plan=[f"list the files in {f}", "get the size of each file", "add up the sizes"],
    )  # fmt: skip
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
        f"{verb.capitalize()} all files in the folder {f}.", f"Please {verb} every file in {f}.", f"List the files in {f} and {verb} each of them.",
        f"Can you {verb} each file of the folder {f}?", f"There are files in {f}. Please {verb} all of them.", f"Folder {f}: {verb} every file.",
        f"Please {verb} all of the files in the folder {f}.", f"Can you {verb} every file in the folder {f}?",
        plan=[f"list the files in {f}", f"{verb} each file"],
    )  # fmt: skip
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
        f'Which files contain the word "{w}"?', f'Search all files for "{w}".', f'Find the files that contain "{w}".',
        f'I look for a file with the word "{w}". Search it, please.', f'Please search for the word "{w}" in all files.', f'search "{w}" in files',
        f'Please find all files that contain the word "{w}".', f'Which files have the word "{w}"? Please search.',
    )  # fmt: skip
    found = s.call("search", f'search for "{w}"', word=w)
    s.answer(f"The word is in {', '.join(found)}.", f"{', '.join(found)}", expect=found)


DOMAIN = Domain(
    "files",
    OPS,
    world,
    (read, wrong_folder, write, move_or_delete, list_folder, folder_size, folder_loop, search_word),
)
