# ruff: noqa: E501
"""To-do lists and timers: add, complete and rank tasks; start, read and stop timers in minutes."""

from __future__ import annotations

from typing import Any

from mtp_trainer.toolworld.ops import INTEGER, STRING, Op, P, ToolFailure, World, enum
from mtp_trainer.toolworld.scene import Domain, Failed, Scene

LEVELS = ("low", "normal", "high")
VERBS = ("repair", "buy", "clean", "sell", "paint", "return", "order")

TASK = P(
    "task",
    STRING,
    ("task", "title", "todo", "what", "job", "task_name", "task_title"),
    ("Title of the task", "What is to be done", "The task", "Title of what is to be done"),
)
PRIORITY = P(
    "priority",
    enum(*LEVELS),
    ("priority", "level", "importance", "rank", "importance_level", "how_important", "urgency"),
    ("Priority of the task", "How important it is", "How urgent it is", "The priority"),
)
TIMER = P(
    "timer",
    STRING,
    ("timer", "name", "timer_name", "timer_label", "which_timer", "timer_title", "label"),
    ("Name of the timer", "Which timer", "What the timer is called", "The timer"),
)
MINUTES = P(
    "minutes",
    INTEGER,
    ("minutes", "duration", "length", "time", "minute_count", "number_of_minutes", "mins"),
    ("Number of minutes", "Time in minutes", "How many minutes", "The minutes"),
)


def _task(world: World, task: str) -> str:
    if task in world["tasks"]:
        return task
    near = [known for known in world["tasks"] if task and known.endswith(task)]
    hint = f" Did you mean '{near[0]}'?" if near else ""
    raise ToolFailure(f"No task '{task}'.{hint}")


def _add(world: World, task: str, priority: str = "normal") -> Any:
    world["tasks"][task] = priority
    return "added"


def _complete(world: World, task: str) -> Any:
    del world["tasks"][_task(world, task)]
    world["done"] = sorted([*world["done"], task])
    return "completed"


def _prioritise(world: World, task: str, priority: str) -> Any:
    world["tasks"][_task(world, task)] = priority
    return "changed"


def _priority(world: World, task: str) -> Any:
    return world["tasks"][_task(world, task)]


def _with_priority(world: World, priority: str) -> Any:
    return [task for task, level in world["tasks"].items() if level == priority]


def _timer(world: World, timer: str) -> str:
    if timer not in world["timers"]:
        running = ", ".join(world["timers"]) or "none"
        raise ToolFailure(f"No timer '{timer}'. Timers: {running}.")
    return timer


def _start(world: World, timer: str, minutes: int) -> Any:
    if minutes <= 0:
        raise ToolFailure("A timer needs at least 1 minute.")
    world["timers"][timer] = minutes
    return "started"


def _stop(world: World, timer: str) -> Any:
    return world["timers"].pop(_timer(world, timer))


def _read(world: World, timer: str) -> Any:
    return world["timers"][_timer(world, timer)]


def _extend(world: World, timer: str, minutes: int) -> Any:
    world["timers"][_timer(world, timer)] += minutes
    return world["timers"][timer]


OPS = (
    Op(
        "add",
        (
            "add_task",
            "new_task",
            "create_task",
            "add_todo",
            "put_on_list",
            "insert_task",
            "note_task",
            "todo_add",
            "create_todo",
        ),
        (
            "Add a task to the to-do list.",
            "Put a new task on the to-do list.",
            "Create a task, with a priority if wanted.",
            "Note something that has to be done.",
            "Write one more task on the list.",
            "Enter a task that is still to be done.",
            "Add a new task to the list.",
        ),
        (TASK, P("priority", PRIORITY.schema, PRIORITY.names, PRIORITY.docs, optional=True)),
        _add,
        "status",
    ),
    Op(
        "complete",
        (
            "complete_task",
            "finish_task",
            "mark_done",
            "task_done",
            "tick_off",
            "close_task",
            "check_off_task",
            "set_done",
            "complete_todo",
        ),
        (
            "Mark a task as done.",
            "Complete a task on the to-do list.",
            "Tick off a task that is done.",
            "Say that a task is finished.",
            "Close a task that has been done.",
            "Note that a task has been completed.",
            "Mark a task on the to-do list as done.",
        ),
        (TASK,),
        _complete,
        "status",
    ),
    Op(
        "prioritise",
        (
            "set_priority",
            "change_priority",
            "prioritise_task",
            "rank_task",
            "update_priority",
            "give_priority",
            "edit_priority",
            "assign_priority",
            "prioritise",
        ),
        (
            "Change the priority of a task.",
            "Set how important a task is.",
            "Give a task another priority.",
            "Make a task more or less important.",
            "Move a task to another priority.",
            "Replace the priority that a task has.",
            "Set the priority of a task on the list.",
        ),
        (TASK, PRIORITY),
        _prioritise,
        "status",
    ),
    Op(
        "priority",
        (
            "get_priority",
            "read_priority",
            "priority_of",
            "show_priority",
            "look_up_priority",
            "importance_of",
            "find_priority",
            "check_priority",
            "task_priority",
        ),
        (
            "Tell the priority of a task.",
            "Read which priority a task has.",
            "Find out how important a task is.",
            "Look up the priority of one task.",
            "Get the priority that a task has now.",
            "Return low, normal or high for a task.",
            "Read the priority of a task.",
        ),
        (TASK,),
        _priority,
        "priority",
    ),
    Op(
        "all_tasks",
        (
            "list_tasks",
            "all_tasks",
            "show_todo_list",
            "open_tasks",
            "get_todo_list",
            "whole_list",
            "what_to_do",
            "get_all_tasks",
            "show_tasks",
        ),
        (
            "List all open tasks.",
            "Show the whole to-do list.",
            "All tasks that are still open.",
            "Tell everything that is still to be done.",
            "Get every task that is not done yet.",
            "Return the to-do list.",
            "List all tasks on the to-do list.",
        ),
        (),
        lambda world: list(world["tasks"]),
        "tasks",
    ),
    Op(
        "with_priority",
        (
            "tasks_with_priority",
            "list_by_priority",
            "filter_tasks",
            "tasks_of_priority",
            "find_by_priority",
            "only_priority",
            "tasks_by_level",
            "select_by_priority",
            "filter_by_priority",
        ),
        (
            "List the open tasks of one priority.",
            "Show only the tasks that have a given priority.",
            "Open tasks with this priority.",
            "Find all tasks of a certain priority.",
            "Pick the tasks with the given priority.",
            "Tasks on the list, but only those of one priority.",
            "List only the tasks that have one priority.",
        ),
        (PRIORITY,),
        _with_priority,
        "tasks",
    ),
    Op(
        "start",
        (
            "start_timer",
            "new_timer",
            "set_timer",
            "begin_timer",
            "run_timer",
            "open_timer",
            "count_down",
            "launch_timer",
            "create_timer",
        ),
        (
            "Start a timer of some minutes.",
            "Set a new timer that runs for some minutes.",
            "Start a new timer with a name.",
            "Let a new timer run.",
            "Create a timer that counts down minutes.",
            "Begin to count down a number of minutes.",
            "Start a new timer that runs for some minutes.",
        ),
        (TIMER, MINUTES),
        _start,
        "status",
    ),
    Op(
        "stop",
        (
            "stop_timer",
            "end_timer",
            "cancel_timer",
            "halt_timer",
            "turn_off_timer",
            "finish_timer",
            "remove_timer",
            "timer_off",
            "stop_one_timer",
        ),
        (
            "Stop a timer; returns the minutes that were left.",
            "End a timer and tell how many minutes were left.",
            "Cancel a running timer.",
            "Turn a timer off before its end.",
            "Halt one timer and return its remaining minutes.",
            "Make a timer stop.",
            "Stop a running timer and tell the minutes that were left.",
        ),
        (TIMER,),
        _stop,
        "minutes",
    ),
    Op(
        "read",
        (
            "read_timer",
            "time_left",
            "check_timer",
            "minutes_left",
            "get_time_left",
            "remaining_minutes",
            "look_at_timer",
            "remaining_time",
            "timer_left",
        ),
        (
            "Read how many minutes a timer has left.",
            "Minutes left on a timer, which goes on running.",
            "Check the time left on a timer.",
            "Tell how long a timer still runs.",
            "Look at a timer without stopping it.",
            "Remaining minutes of one timer.",
            "Read the minutes left on a timer.",
        ),
        (TIMER,),
        _read,
        "minutes",
    ),
    Op(
        "extend",
        (
            "extend_timer",
            "add_minutes",
            "prolong_timer",
            "add_time",
            "lengthen_timer",
            "more_minutes",
            "give_more_time",
            "longer_timer",
            "extend_time",
        ),
        (
            "Add minutes to a running timer.",
            "Let a timer run some minutes longer.",
            "Extend a timer by some minutes.",
            "Give a timer more time.",
            "Put extra minutes on a timer.",
            "Make a running timer longer.",
            "Extend a running timer by minutes.",
        ),
        (TIMER, MINUTES),
        _extend,
        "minutes",
    ),
    Op(
        "all_timers",
        (
            "list_timers",
            "running_timers",
            "all_timers",
            "show_timers",
            "which_timers",
            "timer_names",
            "active_timers",
            "name_timers",
            "get_timers",
        ),
        (
            "List the names of all running timers.",
            "Show which timers are running.",
            "Names of all timers.",
            "Tell which timers there are.",
            "Get the names of the timers that run now.",
            "Return all timers that are on.",
            "List which timers are running.",
        ),
        (),
        lambda world: list(world["timers"]),
        "timers",
    ),
)


def world(s: Scene) -> World:
    """Five tasks, at least two of them urgent, and three running timers."""
    tasks: dict[str, str] = {}
    while len(tasks) < 5:
        tasks[f"{s.pick(VERBS)} the {s.item()}"] = "high" if len(tasks) < 2 else s.pick(LEVELS)
    entries = list(tasks.items())
    s.rng.shuffle(entries)
    timers: dict[str, int] = {}
    while len(timers) < 3:
        timers[s.topic()] = s.integer(2, 58)
    return {"tasks": dict(entries), "done": [], "timers": timers}


def _new_task(s: Scene) -> str:
    while True:
        task = f"{s.pick(VERBS)} the {s.word()} {s.item()}" if s.rng.random() < 0.5 else f"call {s.person()}"
        if task not in s.world["tasks"]:
            return task


def _new_timer(s: Scene) -> str:
    while True:
        name = s.pick((s.item(), s.topic(), s.word()))
        if name not in s.world["timers"]:
            return name


def add_one(s: Scene) -> None:
    """A new task, with or without a priority."""
    task, level = _new_task(s), s.pick(LEVELS)
    if s.rng.random() < 0.4:
        s.ask(
            f'I promised my boss to do something, namely "{task}". Put it on the to-do list.',
            f'Since I cannot remember everything, have "{task}" noted on my list of tasks.',
            f'Soon I will have to do "{task}". Add a task for it, please.',
            f'I just thought of one more thing to do: "{task}". Write it on the list.',
            f'My friend is waiting for me to do this: "{task}". Make it a task.',
            f'Is "{task}" noted yet? If not, put it on my list of tasks.',
            f'While I think of it: "{task}" has to go on the to-do list.',
            f'One thing has been left out of my to-do list, namely "{task}". Please add it.',
            f'insert into my to-do list: "{task}"',
            f'So that it does not get lost, save "{task}" among my tasks.',
            f'A customer was promised this: "{task}". It should be noted on my to-do list.',
            f'With "{task}" as the title, insert an item into the list of things that I must do.',
            f'Add "{task}" to my to-do list.',
            f'Put the task "{task}" on the list.',
            f'I must not forget to do this: "{task}". Add it to the list of tasks.',
            f'New task: "{task}".',
            f'Can you create the task "{task}" for me?',
            f'One more thing to be done: "{task}". Please put it on the to-do list.',
            f'I need a new entry on my to-do list: "{task}".',
            f'To do: "{task}". Please note it as a task.',
            f'There is something that I still have to do: "{task}". Make a task of it.',
            f'Could you put "{task}" on my list so that I remember it?',
            f'Write "{task}" on the to-do list, please.',
            f'Would you add one task for me? It is "{task}".',
            f'My list of tasks needs one more: "{task}".',
            f'I have been asked to do this: "{task}". Note it on my to-do list.',
            f'Make a task with the title "{task}".',
            f'"{task}" is not on my to-do list yet. Add it.',
            f'Jot down "{task}" on my list of tasks.',
            f'Please create a to-do: "{task}".',
            f'Next on my list should be "{task}". Enter it, please.',
            f'I have to do "{task}" at some point, so save it as a task.',
            f'Would you mind adding "{task}" to the things that I have to do?',
            f'Please remember this job for me: "{task}". It belongs on the to-do list.',
            f'To-do list: add "{task}".',
            f'Another job came up: "{task}". Add that to my tasks, please.',
            f'Could a task called "{task}" be created?',
            f'Let us put one more entry on the list, "{task}".',
            f'Something new to do: "{task}". Write it down on my list.',
            f'I want "{task}" to be on my to-do list.',
            f'Set up a new task for me named "{task}".',
            f'Do not let me forget this: "{task}". Please record it as an open task.',
            f'Include "{task}" in my list of things to do, please.',
            f'My to-do list is missing an item: "{task}". Can you insert it?',
            f'Here is a task to add: "{task}".',
            f'I would like to have "{task}" noted among my tasks.',
            f'You may put one more thing on my list, namely "{task}".',
            f'Since I still have to do "{task}", make a new to-do entry for it.',
            f'I promised to do this soon: "{task}". Please note it as a task.',
            f'Can "{task}" go on my list of things to do?',
            f'Enter "{task}" as a task.',
            f'Please add a new task to my list: "{task}".',
        )
        s.call("add", f'add the task "{task}"', task=task)
    else:
        s.ask(
            f'I promised my boss to do something, namely "{task}". Put it on the list as a task of {level} priority.',
            f'The next item for my list is of {level} priority, namely "{task}". Add it, please.',
            f'Since a friend is waiting for it, add "{task}" with the priority {level}.',
            f'Soon I will have to deal with "{task}". It should be noted as a task, and its priority is {level}.',
            f'I just thought of another thing: "{task}". It should be noted with {level} priority.',
            f'priority {level}, task to insert: "{task}"',
            f'While I think of it: with {level} as its priority, "{task}" has to go on the to-do list.',
            f'Is "{task}" noted yet? If not, add it to my tasks as one of {level} priority.',
            f'So that it does not get lost, save "{task}" among my tasks, the priority being {level}.',
            f'The customer was promised this: "{task}". Enter it as a to-do, and choose the priority {level}.',
            f'What I cannot forget is "{task}", so insert it into the list, namely with {level} priority.',
            f'My boss thought of a task of {level} priority for me: "{task}". Add it like that.',
            f'Add "{task}" to my to-do list with {level} priority.',
            f'Put the task "{task}" on the list. Its priority is {level}.',
            f'I must not forget to do this: "{task}". Add it with the priority {level}.',
            f'New task: "{task}". Priority: {level}.',
            f'Can you create the task "{task}" for me? The priority should be {level}.',
            f'One more thing to be done, of {level} priority: "{task}".',
            f'I need a new entry on my to-do list: "{task}", with {level} priority.',
            f'To do: "{task}" ({level} priority). Please note it as a task.',
            f'There is something that I still have to do: "{task}". Make it a task of {level} priority.',
            f'Could you put "{task}" on my list? Use {level} as its priority.',
            f'Write "{task}" on the to-do list, please, and give it the priority {level}.',
            f'Would you add one task with {level} priority for me? It is "{task}".',
            f'My list of tasks needs one more: "{task}". How important is it? The priority is {level}.',
            f'I have been asked to do this: "{task}". Note it with {level} priority.',
            f'Make a task of {level} priority with the title "{task}".',
            f'"{task}" is not on my to-do list yet. Add it, priority {level}.',
            f'Jot down "{task}" on my list of tasks, {level} priority.',
            f'Please create a to-do with the priority {level}: "{task}".',
            f'Next on my list should be "{task}". Enter it and set the priority to {level}.',
            f'I have to do "{task}" at some point, so save it as a task of {level} priority.',
            f'Would you mind adding "{task}" to the things that I have to do? It has {level} priority.',
            f'Please remember this job for me: "{task}". On the to-do list it should get {level} priority.',
            f'To-do list: add "{task}", priority {level}.',
            f'Another job came up: "{task}". Add that to my tasks and choose {level} as the priority.',
            f'Could a task called "{task}" be created with {level} priority?',
            f'Let us put one more entry on the list, "{task}", and mark it as {level} priority.',
            f'Something new to do, and its priority is {level}: "{task}". Write it down on my list.',
            f'I want "{task}" to be on my to-do list as a task of {level} priority.',
            f'Set up a new {level} priority task for me named "{task}".',
            f'Do not let me forget this: "{task}". Please record it as an open task, importance: {level}.',
            f'Include "{task}" in my list of things to do, please, and use the priority {level}.',
            f'My to-do list is missing an item of {level} priority: "{task}". Can you insert it?',
            f'Here is a task to add: "{task}". Give it {level} priority.',
            f'I would like to have "{task}" noted among my tasks. How urgent is it? Priority {level}.',
            f'With {level} priority, put one more thing on my list, namely "{task}".',
            f'Since I still have to do "{task}", make a new to-do entry for it. The priority level is {level}.',
            f'I promised to do this: "{task}". Please note it as a task, the priority is {level}.',
            f'Can "{task}" go on my list of things to do, with {level} priority?',
            f'Enter "{task}" as a task and choose {level} for the priority.',
            f'Please add a new task of {level} priority to my list: "{task}".',
        )
        s.call("add", f'add the task "{task}" with the priority {level}', task=task, priority=level)
    s.answer(f'I added "{task}".', f'The task "{task}" is on the list.', expect=[task])


def change_one(s: Scene) -> None:
    """Completes a task or changes its priority; the request may name it by its end, which the error corrects."""
    task = s.pick(list(s.world["tasks"]))
    last = task.split()[-1]
    unique = sum(known.endswith(last) for known in s.world["tasks"]) == 1
    said = last if unique and s.rng.random() < 0.4 else task
    if s.rng.random() < 0.5:
        s.ask(
            f'I have been busy with "{said}" and now it is done. Have the task ticked off, please.',
            f'Since I finished "{said}" this morning, mark the task as done.',
            f'I had to deal with "{said}", and that has been done. It can be ticked off on my list.',
            f'One item is behind me, namely "{said}". Complete the task.',
            f'As promised, I did "{said}". The task should be ticked off now.',
            f'I was doing "{said}" all day, and now it is finished. Mark it as done.',
            f'done and finished: "{said}" (please mark it)',
            f'With "{said}" behind us, would you set the task to completed?',
            f'The customer has been told that "{said}" is done, so the list should say so too. Mark it.',
            f'Can I have "{said}" ticked off? I did it a while ago.',
            f'The thing called "{said}" has been finished, so I want it noted as completed.',
            f'My list is behind: it still shows "{said}" as open, but that is done. Mark it as complete.',
            f'If "{said}" has not been ticked off yet, do that now, as the work is over.',
            f'Mark the task "{said}" as done.',
            f'I have done the task "{said}". Tick it off.',
            f'Complete "{said}" on my to-do list, please.',
            f'The task "{said}" is done. Can you mark it?',
            f'Done: "{said}". Please tick off this task.',
            f'Please complete the task "{said}".',
            f'I am finished with "{said}". Mark the task as complete.',
            f'"{said}": done. Update my to-do list.',
            f'Could you tick off "{said}" for me?',
            f'We can tick off the task "{said}", it is finished.',
            f'Task "{said}" is over and done with. Please mark it so.',
            f'I just did "{said}". Take it as completed.',
            f'Set the task "{said}" to done.',
            f'Would you mark the to-do "{said}" as completed?',
            f'I got "{said}" done at last! Please complete the task.',
            f'I need "{said}" to be marked as done.',
            f'Check off "{said}" on my list.',
            f'You can cross "{said}" off as done.',
            f'Good news: "{said}" is completed. Please note that on the to-do list.',
            f'Close the task "{said}", I have finished it.',
            f'Is "{said}" still open? I did it, so mark it as finished.',
            f'"{said}" has been taken care of. Tick the task off, please.',
            f'Record that I completed the task "{said}".',
            f'The to-do "{said}" can be closed now.',
            f'Would you please check off the task "{said}"? It has been done.',
            f'Today I finished "{said}". Update the list and mark it done.',
            f'Task done: "{said}".',
            f'I want the task "{said}" to count as completed.',
            f'No more work is needed on "{said}", so set it to done.',
            f'Let my to-do list show that "{said}" is done.',
            f'Change "{said}" from open to done, please.',
            f'All finished with the job "{said}". Could you mark it as complete?',
            f'Note "{said}" as a finished task.',
            f'The work is over: put a tick next to "{said}".',
            f'As "{said}" is now behind me, complete that entry on my list of tasks.',
            f'May I ask you to mark one task as done? It is "{said}".',
            f'My work on "{said}" is finished, so tick it off the list.',
            f'Can you note that the task "{said}" has been done?',
            f'Finish the task "{said}" on my list.',
            f'Please mark "{said}" on my to-do list as done.',
        )
        done = s.call("complete", f'mark "{said}" as done', task=said)
        if isinstance(done, Failed):
            s.call("complete", f'mark "{task}" as done', task=task)
        s.answer(f'"{task}" is done.', f'I marked "{task}" as done.', expect=[task])
        return
    level = s.pick(LEVELS)
    s.ask(
        f'I thought that "{said}" had the right priority, but it should be {level} instead. Change it.',
        f'Not the old priority, but {level} instead: change that for "{said}".',
        f'Since my boss asked for it, set "{said}" to the priority {level}.',
        f'A friend is waiting for "{said}". Let the task have {level} priority from now on.',
        f'With {level} as its new priority, "{said}" should stay on my list. Change it, please.',
        f'I cannot leave the priority of "{said}" as it is. Set it to {level}.',
        f'One item on my list, namely "{said}", needs a new priority, namely {level}.',
        f'"{said}" -> {level} priority',
        f'Could "{said}" be moved into the tasks of {level} priority instead?',
        f'Soon it will matter how "{said}" is ranked. Make that {level} priority.',
        f'I have been doing "{said}" with the wrong priority. From today it is {level}, so set that.',
        f'What if "{said}" had {level} priority instead? Yes, change it to that.',
        f'My plan for "{said}" was another one, but now the priority is to be {level}. Edit the task.',
        f'Change the priority of "{said}" to {level}.',
        f'The task "{said}" should have {level} priority.',
        f'Set the priority of the task "{said}" to {level}, please.',
        f'Give "{said}" the priority {level}.',
        f'Task: "{said}". New priority: {level}.',
        f'From now on the task "{said}" is of {level} priority. Can you change that?',
        f'I need "{said}" to have {level} priority.',
        f'"{said}" gets the priority {level} now.',
        f'Could you change how important "{said}" is? Make it {level} priority.',
        f'We have to move "{said}" to {level} priority.',
        f'Would you give {level} priority to the task "{said}"?',
        f'Make the task "{said}" one of {level} priority.',
        f'The priority of "{said}" is wrong. It must be {level}.',
        f'Use {level} as the priority of "{said}" from now on.',
        f'My plans have changed: the priority of "{said}" becomes {level}.',
        f'Update the task "{said}": priority {level}.',
        f'Switch "{said}" to {level} priority.',
        f'Please adjust the priority of "{said}", it should be {level}.',
        f'I have decided that "{said}" is a {level} priority task. Change it.',
        f'On my to-do list, set "{said}" to the priority {level}.',
        f'Can you assign the priority {level} to "{said}"?',
        f'Priority of "{said}": {level} from now on.',
        f'Would you mind changing the task "{said}" to {level} priority?',
        f'Things look different now, so mark "{said}" as a task of {level} priority.',
        f'Let "{said}" be {level} in priority.',
        f'The importance of "{said}" has changed. Its priority is {level} now.',
        f'How urgent is "{said}"? I would say {level}, so update its priority.',
        f'I want the priority of the task "{said}" changed to {level}.',
        f'Rank "{said}" as {level} priority, please.',
        f'Treat the task "{said}" as one with {level} priority.',
        f'Edit the to-do "{said}" and choose {level} as the priority.',
        f'"{said}" has the wrong priority. Could you correct it to {level}?',
        f'My boss asked about "{said}". Move the task to the priority {level}.',
        f'The priority level of "{said}" should now be {level}. Please set it.',
        f'Replace the old priority of "{said}" with {level}.',
        f'{level} is the right priority for the task "{said}", so give it that.',
        f'I thought about "{said}" again. Let its priority be {level}.',
        f'Can the task "{said}" get {level} priority instead?',
        f'Put {level} as the new priority on the task "{said}".',
        f'Please set the task "{said}" to {level} priority.',
    )
    changed = s.call("prioritise", f'set the priority of "{said}" to {level}', task=said, priority=level)
    if isinstance(changed, Failed):
        s.call("prioritise", f'set the priority of "{task}" to {level}', task=task, priority=level)
    s.answer(f'The priority of "{task}" is now {level}.', f'"{task}" is now {level}.', expect=[task, level])


def show_tasks(s: Scene) -> None:
    """The list, either whole or of one priority."""
    if s.rng.random() < 0.4:
        s.ask(
            "Is any task still waiting to be done? Name all of them.",
            "I thought that I was finished. Is there a task left? Show me all.",
            "What remains on my list? Read me every item.",
            "Since I cannot remember my tasks, list all that are open.",
            "I promised to be at home soon, so tell me all the things that I still have to do.",
            "The whole list, please: what have I not finished yet?",
            "My boss wants to know what I am doing. List all my open tasks for him.",
            "While I have my coffee, read me the whole to-do list.",
            "tasks, all of them, please",
            "Which things have not been ticked off yet? I want to see all of them.",
            "What should I do before the day is over? Show me all my tasks.",
            "For a friend who wants to help me: what are all my open tasks?",
            "I am behind with my work, so let me see everything that is on my list.",
            "What is on my to-do list?",
            "Show me all open tasks.",
            "Which tasks are still open?",
            "List all my tasks, please.",
            "I have an hour. Tell me everything that is on the to-do list.",
            "Can you show me the whole list of tasks?",
            "Give me the whole to-do list, please.",
            "What do I still have to do?",
            "I need to see all my tasks.",
            "My open tasks, please.",
            "Could you read me everything on the to-do list?",
            "We have to plan the day. Which tasks are there?",
            "Tell me all the tasks that are not done yet.",
            "Is there anything left to do? Show me the list.",
            "Let me see the complete list of tasks.",
            "Would you name all the things that I have to do?",
            "Display my to-do list.",
            "What else is there to be done? Read me all the tasks.",
            "Print the full list of open tasks, please.",
            "Which jobs are waiting for me? List every one of them.",
            "I would like an overview of all my tasks.",
            "Tell me what I have left to do.",
            "All unfinished tasks, please.",
            "Do I have any open tasks? Name them all.",
            "What are all the things on my list right now?",
            "I forgot what I have to do. Please look at my to-do list and tell me.",
            "Could you go to my list and tell me each task on it?",
            "Everything that is still open: what is it?",
            "Before I start working, let me know which tasks there are.",
            "Would you get my list of things to do and read it out?",
            "To-do list, please. The whole of it.",
            "Name each entry of the to-do list.",
            "What tasks remain to be done?",
            "Find out what is still waiting on my list of tasks.",
            "I wonder how much work is left. Give me all open tasks.",
            "Can I have a look at everything that I still need to do?",
            "I lost track of my work. Which tasks are on the list?",
            "Get me every open task.",
            "How does my to-do list look at the moment?",
            "Please list all tasks that are still open.",
        )
        tasks = s.call("all_tasks", "list all open tasks")
    else:
        level = "high" if s.rng.random() < 0.6 else s.pick(LEVELS)
        s.ask(
            f"Forget the rest of the list: which tasks are ranked as {level} priority?",
            f"I cannot deal with everything today, so show me just the tasks with {level} priority. The rest can wait.",
            f"Since I have been asked for them, list my tasks of {level} priority.",
            f"My boss wants to hear about the tasks of {level} priority and not about the rest. Which are they?",
            f"{level} priority tasks on my list, please",
            f"Is anything of {level} priority still waiting on my list? Show me those tasks.",
            f"Which tasks should I be doing if only the priority {level} counts?",
            f"With {level} as the priority, what remains on my list? Leave the rest aside.",
            f"For a friend: the names of the tasks that I ranked as {level} priority.",
            f"Some tasks have been given {level} priority. I want to see those and nothing of the rest.",
            f"While I wait, read me what is on the list as {level} priority.",
            f"Before the day is over, I want to know the tasks of {level} priority. What are they?",
            f"Which tasks have {level} priority?",
            f"Show me only the tasks of {level} priority.",
            f"List the open tasks with the priority {level}.",
            f"What is on my list with {level} priority?",
            f"I want to see the {level} priority tasks only.",
            f"Priority {level}: which tasks are these?",
            f"I need to see all tasks whose priority is {level}.",
            f"Give me the tasks with {level} priority, please.",
            f"Are there tasks of {level} priority? Which ones?",
            f"Could you read me the tasks that have the priority {level}?",
            f"We have to plan the day: which open tasks are of {level} priority?",
            f"Tasks of {level} priority only, please.",
            f"Find all the tasks on my list that have {level} priority.",
            f"Tell me every task with the priority {level}.",
            f"Let me see what has {level} priority on the to-do list.",
            f"Would you name the things with {level} priority that I have to do?",
            f"Display the tasks that have {level} priority.",
            f"What are my {level} priority tasks?",
            f"Filter my to-do list: only the priority {level}.",
            f"Which jobs on my list are of {level} priority?",
            f"I would like an overview of the tasks with {level} priority.",
            f"Tell me what I have to do that is of {level} priority.",
            f"All open tasks with {level} priority, please.",
            f"Do I have any {level} priority tasks? Name them.",
            f"Please look at my to-do list and tell me the tasks of the priority {level}.",
            f"Only {level} priority interests me now. What tasks are there?",
            f"Could you pick out the tasks whose priority is {level}?",
            f"Everything with the priority {level}: what is it?",
            f"Before I start working, let me know which tasks are set to {level} priority.",
            f"Would you get the {level} priority entries from my list and read them out?",
            f"Name each task on the list that has the priority {level}.",
            f"Select the tasks of {level} priority and show them to me.",
            f"What remains to be done with {level} priority?",
            f"I wonder which things on the list are marked as {level} priority. Please check.",
            f"Can I have a look at just the tasks of {level} priority?",
            f"Leave out the rest of my list and give me only what has the priority {level}.",
            f"I have time for tasks of {level} priority now. Which are there?",
            f"Get me every open task that is marked with {level} priority.",
            f"Which of my tasks did I give {level} priority?",
            f"Please list only the tasks that have {level} priority.",
        )
        tasks = s.call("with_priority", f"list the tasks with the priority {level}", priority=level)
    if not tasks:
        s.answer("There are no such tasks.", "None.")
        return
    shown = ", ".join(tasks)
    s.answer(f"The tasks are: {shown}.", shown, expect=tasks)


def finish_all_of(s: Scene) -> None:
    """Lists the tasks of high priority, then changes every one."""
    done, level = s.rng.random() < 0.5, s.pick(("low", "normal"))
    what = "mark each as done" if done else f"set each to {level} priority"
    s.ask(
        f"Since my boss is waiting for it, find the tasks of high priority and, one by one, {what}.",
        f"One thing remains for today: list the high priority tasks, then {what}, one by one.",
        f"I promised to deal with it soon: get all tasks with high priority and {what}, one by one.",
        f"high priority tasks: list, then {what}, one by one",
        f"Leave the rest of the list alone. Look up only what has high priority, and one by one, {what}.",
        f"First comes the list of tasks with high priority. Second, {what}, one by one.",
        f"Which of my tasks have the priority high? As soon as you know, {what}, one after the other.",
        f"I thought about my high priority tasks: look them up and {what}, one at a time.",
        f"With high as the priority, look for tasks on my list. When that is finished, {what}, one by one.",
        f"I cannot do this by hand, so please list the tasks with high priority for me and {what}, one by one.",
        f"Before the day is over, look up all tasks of high priority and {what}, one by one.",
        f"My boss wants me to deal with what has high priority. List these tasks, and one at a time, {what}.",
        f"List the tasks of high priority and {what}, one by one.",
        f"Find all tasks with high priority. Then {what}, one by one.",
        f"Which tasks have high priority? One by one, {what}.",
        f"Go through the high priority tasks one by one: {what}.",
        f"First list the tasks with high priority, then {what}, one after the other.",
        f"I want you to list all tasks of high priority, and then, one by one, {what}.",
        f"Take all tasks of high priority. One by one, {what}.",
        f"Get the tasks that have high priority and {what}, one after the other.",
        f"Can you look for the tasks with high priority and {what}, one by one?",
        f"I need you to find the high priority tasks, and then to {what}, one by one.",
        f"For the tasks with high priority: {what}, one at a time.",
        f"Could you get a list of the tasks with high priority? Then, one by one, {what}.",
        f"We have to clear up the high priority tasks. List them and {what}, one by one.",
        f"Look which tasks are of high priority. After that, {what}, one at a time.",
        f"High priority tasks: list them, then {what}, one by one.",
        f"See what has high priority on my list, and one by one, {what}.",
        f"Show me the tasks of high priority, then, one by one, {what}.",
        f"Pick out every task with high priority and {what}, one by one.",
        f"What are my high priority tasks? List them and {what}, one after the other.",
        f"Select the tasks whose priority is high. Then go through them one by one and {what}.",
        f"I would like you to look up the tasks with high priority and {what}, one at a time.",
        f"Check which open tasks have the priority high. Next, one by one, {what}.",
        f"Please search my to-do list for high priority tasks, and one by one, {what}.",
        f"There are tasks of high priority on my list. Get them and {what}, one after another.",
        f"Would you mind finding all high priority tasks? After that, {what}, one by one.",
        f"List what has the priority high, and then {what}, one at a time.",
        f"Only the high priority tasks matter here: find them, and one by one, {what}.",
        f"Two steps: list the tasks of high priority, then {what}, one by one.",
        f"Can you work through the tasks with high priority and {what}, one after the other?",
        f"One after the other, {what}: I mean all tasks that have high priority. List these first.",
        f"The high priority tasks need a change. Read the list of them, then {what}, one by one.",
        f"Let us deal with the tasks of high priority. Show which they are, and {what}, one by one.",
        f"Filter my tasks by high priority. When you have them, {what}, one at a time.",
        f"Tell me every task with high priority, and then, one by one, {what}.",
        f"Everything of high priority on the to-do list should be changed: list it, then {what}, one by one.",
        f"Could you name the tasks that are of high priority, and {what}, one after another?",
        f"My list has some tasks of high priority. Find out which, then {what}, one by one.",
        f"Would you show the tasks with high priority and then {what}, one after another?",
        f"Start with the list of high priority tasks. Then go on and {what}, one by one.",
        f"Please list the high priority tasks, then {what} one by one.",
        plan=["list the tasks with the priority high", what],
    )
    tasks = s.call("with_priority", "list the tasks with the priority high", priority="high")
    for task in tasks:
        if done:
            s.call("complete", f'mark "{task}" as done', task=task)
        else:
            s.call("prioritise", f'set the priority of "{task}" to {level}', task=task, priority=level)
    shown = ", ".join(tasks)
    s.answer(f"Done for these tasks: {shown}.", f"Done: {shown}.", expect=tasks)


def start_timers(s: Scene) -> None:
    """One timer, which may fail at first, or two in parallel."""
    one, m1, m2 = _new_timer(s), s.integer(2, 90), s.integer(2, 90)
    two = _new_timer(s)
    if s.rng.random() < 0.5 or one == two:
        if s.integer(1, 3) == 1:
            s.outage("start")
        s.ask(
            f"I need a countdown of {m1} minutes. {one} should be its name.",
            f"A countdown, please: the new timer {one}, which counts {m1} minutes.",
            f"Soon I start with {one}. Set up a timer of that name, and give it {m1} minutes.",
            f"I cannot be late for {one}, so start a timer called {one} that rings in {m1} minutes.",
            f"While I am doing something else, a timer should run for {m1} minutes. Use {one} as its name.",
            f"I promised to be finished in {m1} minutes. Start a timer for that and call it {one}.",
            f"countdown {one}, {m1} minutes, go",
            f"With {one} as the name and {m1} as the minutes, start a new timer.",
            f"My boss gives us {m1} minutes for {one}. Start a timer that is called {one}.",
            f"One timer, namely {one}, has to run for {m1} minutes. Start it, please.",
            f"How soon will {m1} minutes be over? Start a timer with the name {one} to tell me.",
            f"If I do not look at the clock, I forget the time, so please set a countdown {one} to {m1} minutes.",
            f"Since {one} takes {m1} minutes, start a timer for it under this name.",
            f"Start a timer called {one} for {m1} minutes.",
            f"Set a timer of {m1} minutes. Name it {one}.",
            f"New timer: {one}, {m1} minutes.",
            f"I need a timer for {m1} minutes with the name {one}.",
            f"Please let a timer named {one} run for {m1} minutes.",
            f"Can you start the timer {one}? It should run for {m1} minutes.",
            f"{one}: {m1} minutes. Start that timer, please.",
            f"Let me know when {m1} minutes are over: start a timer with the name {one}.",
            f"Could you set the timer {one} to {m1} minutes?",
            f"Begin a timer now. Its name is {one} and it takes {m1} minutes.",
            f"We have to measure {m1} minutes. Call the timer {one}.",
            f"Create a timer of {m1} minutes for {one}.",
            f"I want a timer with the name {one}, {m1} minutes long.",
            f"Would you run a timer for {m1} minutes? The name should be {one}.",
            f"Timer please: {m1} minutes, name {one}.",
            f"Count down {m1} minutes with a new timer named {one}.",
            f"Launch a timer named {one}, {m1} minutes.",
            f"{m1} minutes on the clock, please. The timer is called {one}.",
            f"Give me a new timer called {one} that lasts {m1} minutes.",
            f"Set {one} as a timer for {m1} minutes.",
            f"Open a new timer with the name {one} and a length of {m1} minutes.",
            f"Would you mind starting a timer for {one}? {m1} minutes should be enough.",
            f"How about a timer? Call it {one} and let it run {m1} minutes.",
            f"I'd like to time {one}. Please set {m1} minutes.",
            f"Please put {m1} minutes on a timer with the name {one}.",
            f"Get a timer going: {one}, for {m1} minutes.",
            f"A timer is needed for {one}. It must last {m1} minutes.",
            f"Could a new timer be set to {m1} minutes? Its name is {one}.",
            f"In {m1} minutes I have to stop with {one}, so start a timer called {one}.",
            f"Add a timer: name {one}, duration {m1} minutes.",
            f"Run the new timer {one} for {m1} minutes.",
            f"Time {m1} minutes for me, and use {one} as the name of the timer.",
            f"Begin the countdown for {one}: {m1} minutes.",
            f"You can start the timer {one} now. The duration is {m1} minutes.",
            f"Let a countdown of {m1} minutes begin, under the name {one}.",
            f"The next {m1} minutes belong to {one}. Start a timer with that name.",
            f"I start with {one} now and have {m1} minutes. Set a timer of that name.",
            f"Make me a timer, {m1} minutes, and name it {one}.",
            f"Can I have {m1} minutes on a new timer called {one}?",
            f"Please start a new timer named {one} that runs for {m1} minutes.",
        )
        why = f"start the timer {one} for {m1} minutes"
        if isinstance(s.call("start", why, timer=one, minutes=m1), Failed):
            s.call("start", why, timer=one, minutes=m1)
        s.answer(
            f"The timer {one} runs for {m1} minutes.", f"{one} is set to {m1} minutes.", expect=[one, m1]
        )
        return
    s.ask(
        f"While the timer {one} runs for {m1} minutes, the timer {two} should run for {m2} minutes. Start both.",
        f"Start a countdown {one} of {m1} minutes and a second countdown {two} of {m2} minutes.",
        f"I cannot watch the clock while I am doing two things, so set {one} to {m1} minutes and {two} to {m2} minutes as new timers.",
        f"The first countdown is called {one} and has {m1} minutes, and the second is called {two} and has {m2} minutes. Start them.",
        f"{m1} minutes as {one}, {m2} minutes as {two}: two new timers, please",
        f"Since two things are in the oven, start a timer {one} that counts {m1} minutes and a timer {two} that counts {m2} minutes.",
        f"I need one timer to count down {m1} minutes, namely {one}, and another to count down {m2} minutes, namely {two}.",
        f"My friend is doing {one} while I am doing {two}. Start a timer {one} for {m1} minutes and a timer {two} for {m2} minutes.",
        f"Soon two things begin: {one}, for which I have {m1} minutes, and {two}, for which I have {m2}. Start a timer of each name.",
        f"A timer that counts down {m1} minutes should be called {one}, and one that counts down {m2} minutes should be called {two}. Let both begin.",
        f"With {one} as the name of the first and {two} as that of the second, start two timers, the first of {m1} and the second of {m2} minutes.",
        f"If both timers start together, nobody is late: {one} has {m1} minutes and {two} has {m2} minutes. Start them, please.",
        f"Start two timers: {one} for {m1} minutes and {two} for {m2} minutes.",
        f"Set a timer {one} of {m1} minutes and a timer {two} of {m2} minutes.",
        f"I need the timers {one} ({m1} minutes) and {two} ({m2} minutes).",
        f"New timers: {one}, {m1} minutes; {two}, {m2} minutes.",
        f"Please let a timer named {one} run for {m1} minutes and one named {two} for {m2} minutes.",
        f"Can you start {one} for {m1} minutes and also {two} for {m2} minutes?",
        f"{one}: {m1} minutes, {two}: {m2} minutes. Start both timers, please.",
        f"Could you set the timer {one} to {m1} minutes and the timer {two} to {m2} minutes?",
        f"Begin two timers now: {one} takes {m1} minutes, {two} takes {m2} minutes.",
        f"We have to measure two times: {m1} minutes as {one}, and {m2} minutes as {two}.",
        f"Create a timer of {m1} minutes for {one} and another of {m2} minutes for {two}.",
        f"I want two timers. The first is {one}, {m1} minutes long, the second is {two}, {m2} minutes long.",
        f"Would you run a timer {one} for {m1} minutes and, at the same time, a timer {two} for {m2} minutes?",
        f"Timers please: {m1} minutes for {one}, {m2} minutes for {two}.",
        f"Start {one} ({m1} minutes) and {two} ({m2} minutes) together.",
        f"Set a timer for {m1} minutes, called {one}. Set one more for {m2} minutes, called {two}.",
        f"Launch two timers, {one} for {m1} minutes and {two} for {m2} minutes.",
        f"{m1} minutes for the timer {one}, {m2} minutes for the timer {two}. Please start both.",
        f"Give me a timer called {one} that lasts {m1} minutes, and one called {two} that lasts {m2} minutes.",
        f"Set {one} as a timer for {m1} minutes, and {two} as a timer for {m2} minutes.",
        f"Open two new timers: {one} with a length of {m1} minutes, {two} with a length of {m2} minutes.",
        f"Would you mind starting a timer {one} for {m1} minutes and another one, {two}, for {m2} minutes?",
        f"How about two timers? Call the first {one} ({m1} minutes) and the second {two} ({m2} minutes).",
        f"I'd like to time {one} and {two}: {m1} minutes for the former, {m2} minutes for the latter.",
        f"Please put {m1} minutes on a timer named {one} and {m2} minutes on a timer named {two}.",
        f"Get two timers going: {one}, for {m1} minutes, and {two}, for {m2} minutes.",
        f"Both {one} and {two} need a timer. {one} must last {m1} minutes and {two} must last {m2} minutes.",
        f"Could two timers be set, {one} to {m1} minutes and {two} to {m2} minutes?",
        f"Add these timers: name {one}, duration {m1} minutes; name {two}, duration {m2} minutes.",
        f"Run the new timers {one} and {two} side by side, {one} for {m1} minutes, {two} for {m2} minutes.",
        f"Time {m1} minutes for {one}, and at the same time {m2} minutes for {two}.",
        f"Begin the countdown for {one}, {m1} minutes, and the countdown for {two}, {m2} minutes.",
        f"You can start the timers now: {one} should run {m1} minutes, {two} should run {m2} minutes.",
        f"Let {one} count down {m1} minutes while {two} counts down {m2} minutes. Both are new timers.",
        f"I have {m1} minutes for {one} and {m2} minutes for {two}, so start a timer for each.",
        f"One timer is {one} and takes {m1} minutes, the other is {two} and takes {m2} minutes. Set both.",
        f"I am doing two things at once: {one} needs {m1} minutes and {two} needs {m2} minutes. Set a timer for each.",
        f"Make me two timers, {one} with {m1} minutes and {two} with {m2} minutes.",
        f"Can I have {m1} minutes on a new timer {one} and {m2} minutes on a new timer {two}?",
        f"Please start two new timers: {one} with {m1} minutes, {two} with {m2} minutes.",
    )
    s.parallel(
        f"start the timers {one} for {m1} minutes and {two} for {m2} minutes",
        ("start", {"timer": one, "minutes": m1}),
        ("start", {"timer": two, "minutes": m2}),
    )
    s.answer(
        f"The timers {one} ({m1} minutes) and {two} ({m2} minutes) are running.", expect=[one, m1, two, m2]
    )


def _reading(timer: str) -> tuple[str, ...]:
    """Requests to read a timer."""
    return (
        f"How soon is the timer {timer} over? Tell me in minutes.",
        f"I cannot wait much longer. What remains on the timer {timer}?",
        f"Since I lost sight of the timer {timer}, tell me how many minutes it has left.",
        f"My friend is waiting for {timer}. How many minutes does its timer still have?",
        f"What is the rest of the time on the timer {timer}?",
        f"I thought the timer {timer} would be finished. What remains of it?",
        f"time left on {timer}, in minutes",
        f"If the timer {timer} has not been stopped yet, how many minutes are still to come?",
        f"While the timer {timer} goes on, I want to know its remaining minutes.",
        f"Will I be late? Look at how many minutes the timer {timer} still has.",
        f"Let me hear the minutes that the countdown {timer} still has, and do not change it.",
        f"Soon I have to go. Read the timer {timer} before that, please.",
        f"Please say what remains of the countdown {timer}, in minutes.",
        f"How many minutes does the timer {timer} have left?",
        f"Read the timer {timer}.",
        f"How much time is left on {timer}?",
        f"Check the {timer} timer: how many minutes are left?",
        f"Timer {timer}: minutes left?",
        f"Can you tell me how long the timer {timer} still runs?",
        f"I need to know how many minutes {timer} still has.",
        f"What does the timer {timer} say?",
        f"Could you look at the timer {timer} and tell me the minutes left?",
        f"Is the timer {timer} nearly over? How many minutes are left?",
        f"Look at {timer}: how long will this timer run?",
        f"Tell me the time left on the timer {timer}.",
        f"Minutes left on {timer}, please.",
        f"Would you check how long {timer} has to go?",
        f"We are waiting for the timer {timer}. How many more minutes is it?",
        f"Give me the remaining minutes of {timer}.",
        f"Show me how many minutes remain on the timer {timer}.",
        f"What's left on the timer {timer}?",
        f"Look up the remaining time of the {timer} timer.",
        f"Let me know how many minutes the timer called {timer} has left.",
        f"How long until the timer {timer} ends?",
        f"{timer}: how many minutes to go?",
        f"Please have a look at the timer {timer} and say how much time is left.",
        f"In how many minutes will the timer {timer} be finished?",
        f"I'd like to see what the {timer} timer shows.",
        f"The timer {timer} is still running. How long will it take?",
        f"Status of the timer {timer}, please. I want the minutes left.",
        f"Would you read out the minutes that remain on {timer}?",
        f"Do not stop the timer {timer}, just tell me what it says.",
        f"Get me the remaining minutes from the timer named {timer}.",
        f"Has the timer {timer} got much time left? Check the minutes, please.",
        f"I wonder how much longer the timer {timer} is going to run.",
        f"Could you find out what time remains for {timer}?",
        f"How far is the timer {timer}? Say how many minutes it still needs.",
        f"See how long the {timer} timer goes on, in minutes.",
        f"Before I leave, I want to know how much time {timer} still has.",
        f"When will {timer} be over? I mean, in how many minutes?",
        f"I cannot see the timer {timer} from here. What is left on it?",
        f"Find out how much longer the timer {timer} takes.",
        f"Please read how many minutes are left on the timer {timer}.",
    )


def read_and_change(s: Scene) -> None:
    """Reads a timer, then extends or stops another or the same; the first name may be unknown."""
    timer, plus = s.pick(list(s.world["timers"])), s.integer(2, 40)
    if s.rng.random() < 0.35:
        s.ask(
            *_reading(timer),
        )
        left = s.call("read", f"read the timer {timer}", timer=timer)
        s.answer(f"The timer {timer} has {left} minutes left.", f"{left} minutes are left.", expect=[left])
        return
    s.ask(
        f"Extend {timer}, namely by {plus} minutes, and read me what remains.",
        f"I am late, so let the timer {timer} have {plus} extra minutes.",
        f"There is a delay of {plus} minutes, so the timer {timer} has to run that much longer.",
        f"Because of a delay, the timer {timer} should get {plus} extra minutes. What remains on it then?",
        f"We thought {timer} would be over soon, but it takes {plus} minutes more. Extend the timer by that.",
        f"My boss lets me have {plus} minutes more than before. Add them to the timer {timer}.",
        f"extra time for {timer}: {plus} minutes",
        f"I cannot finish in time. Put {plus} extra minutes on the timer {timer} and tell me how many are left.",
        f"The timer {timer} must not be stopped yet. Instead, extend it by {plus} minutes.",
        f"The guests are late: extend the timer {timer}, and let the extra time be {plus} minutes.",
        f"If you extend {timer} by {plus} minutes, what time remains? Please do it and tell me.",
        f"Since we are behind, the timer {timer} needs {plus} extra minutes. Extend it.",
        f"Delay the timer {timer}: it is to end {plus} minutes later than planned.",
        f"Can you delay the moment when {timer} is over, namely by {plus} minutes?",
        f"Add {plus} minutes to the timer {timer}. How many are left then?",
        f"Extend the timer {timer} by {plus} minutes and tell me what is left.",
        f"The timer {timer} must run {plus} minutes longer.",
        f"I need {plus} more minutes on {timer}.",
        f"Timer {timer}: {plus} more minutes, please.",
        f"Can you let the timer {timer} run {plus} minutes longer?",
        f"The time on {timer} is too short. Add {plus} minutes and say how many there are.",
        f"Could you put {plus} more minutes on the timer {timer}?",
        f"{timer}: plus {plus} minutes. What is left in all?",
        f"Give the timer {timer} another {plus} minutes.",
        f"We need longer for {timer}: make it {plus} minutes more.",
        f"Would you extend the {timer} timer? It needs {plus} more minutes.",
        f"Let {timer} run on for {plus} minutes more than planned, and tell me the time left.",
        f"Make the timer {timer} {plus} minutes longer.",
        f"I am not ready yet. Please add {plus} minutes to {timer}.",
        f"Increase the time of {timer} by {plus} minutes.",
        f"Prolong the timer {timer} by {plus} minutes. How much time is left after that?",
        f"{plus} minutes should be added to the timer {timer}.",
        f"Let the {timer} timer go on for another {plus} minutes.",
        f"Lengthen {timer} by {plus} minutes and show me what remains.",
        f"Would you mind giving the timer {timer} {plus} additional minutes?",
        f"Not enough time on {timer}! Please extend it by {plus} minutes.",
        f"Raise the timer {timer} by {plus} minutes and let me know the new time.",
        f"How many minutes does {timer} have if you add {plus} minutes? Please do so.",
        f"I want the timer {timer} to run longer, by {plus} minutes.",
        f"Can you increase {timer} by {plus} minutes and report the minutes left?",
        f"The timer {timer} ends too early. It needs {plus} minutes more.",
        f"Allow {plus} extra minutes for the timer {timer}, please.",
        f"Put {plus} minutes on top of what {timer} has, then say how many are left in all.",
        f"Could the timer called {timer} be extended by {plus} minutes?",
        f"More time for {timer}, please: {plus} minutes. What does the timer show then?",
        f"I'd like another {plus} minutes on the {timer} timer.",
        f"Delay the end of the timer {timer} by {plus} minutes.",
        f"Add to the time of {timer}: {plus} minutes. Give me the remaining minutes.",
        f"We are running late, so make {timer} {plus} minutes longer and read me the time left.",
        f"Keep the timer {timer} running {plus} minutes longer than it is set, and tell me the new remaining time.",
        f"It takes longer than I thought, so give {timer} {plus} extra minutes.",
        f"Can {timer} get {plus} minutes on top? I want to know the minutes left after that.",
        f"Put another {plus} minutes on {timer}, and read me the result.",
        f"Please extend {timer} by {plus} minutes and tell me how many minutes are left.",
    )
    left = s.call("extend", f"add {plus} minutes to the timer {timer}", timer=timer, minutes=plus)
    s.answer(f"The timer {timer} has {left} minutes left.", f"{left} minutes are left.", expect=[left])


def unknown_timer(s: Scene) -> None:
    """The timer does not exist; the answer says which do."""
    timer, stop = _new_timer(s), s.rng.random() < 0.5
    if stop:
        s.ask(
            f"I thought the timer {timer} had been stopped. Stop it now, please.",
            f"The countdown {timer} must be ended.",
            f"Since the work is over, have the timer {timer} ended.",
            f"I cannot stand the noise of the timer {timer}. Abort it.",
            f"Has the timer {timer} been stopped? If not, do it.",
            f"We are finished, so the countdown {timer} should be stopped.",
            f"abort timer, name {timer}",
            f"Instead of waiting for {timer}, abort its timer now.",
            f"My boss wants the timer {timer} to be stopped, so do that for him.",
            f"With {timer} behind us, the timer of that name should be stopped.",
            f"Let {timer} be over: cancel the timer.",
            f"One timer has to be stopped or ended early, namely {timer}.",
            f"I am no longer waiting for {timer}, so I want its timer to be ended.",
            f"Stop the timer {timer}.",
            f"Please end the {timer} timer.",
            f"Cancel the timer {timer}, I do not need it.",
            f"The timer {timer} should stop now.",
            f"Timer {timer}: stop it.",
            f"Can you stop the timer named {timer}?",
            f"I need the timer {timer} to stop.",
            f"{timer} is ready, so stop its timer.",
            f"Could you turn off the timer {timer}?",
            f"Halt the timer {timer}, please.",
            f"We are finished with {timer}. End the timer.",
            f"Would you cancel the {timer} timer for me?",
            f"No more time for {timer}: stop the timer.",
            f"Make the timer {timer} stop.",
            f"End {timer}. I mean the timer.",
            f"Do not let the timer {timer} run on. Stop it.",
            f"Switch off the timer {timer}.",
            f"Please have the timer {timer} stopped.",
            f"Shut the {timer} timer off, please.",
            f"I am done with {timer}, so cancel its timer.",
            f"The timer {timer} can be turned off now.",
            f"Would you mind stopping the timer {timer}?",
            f"Why is the timer {timer} still on? Turn it off.",
            f"Stop {timer}, the timer is no longer needed.",
            f"I'd like you to end the timer named {timer}.",
            f"Finish the timer {timer} right away.",
            f"Let the timer {timer} end here.",
            f"Could the timer called {timer} be cancelled?",
            f"Timer off, please: {timer}.",
            f"That is enough time for {timer}. Halt the timer.",
            f"Abort the timer {timer}, plans have changed.",
            f"You can stop the {timer} timer now, thank you.",
            f"Bring the timer {timer} to an end before its time is over.",
            f"The {timer} timer should not go on. Please cancel it.",
            f"We do not have to wait for {timer} any more: switch its timer off.",
            f"Can you make sure that the timer {timer} is stopped?",
            f"I want to have the {timer} timer stopped at once.",
            f"Can the timer {timer} be ended? It is not needed any longer.",
            f"Turn the timer called {timer} off.",
            f"Please stop the timer named {timer} now.",
        )
        s.call("stop", f"stop the timer {timer}", timer=timer)
    else:
        s.ask(
            *_reading(timer),
        )
        s.call("read", f"read the timer {timer}", timer=timer)
    known = list(s.world["timers"])
    s.answer(f"There is no timer {timer}. The timers are {', '.join(known)}.", expect=[timer, *known])


def stop_all(s: Scene) -> None:
    """Lists the timers, then stops or reads every one."""
    stop = s.rng.random() < 0.5
    what = "stop each of them" if stop else "read each of them"
    s.ask(
        f"I cannot say which timers were started. List them, {what}, and tell me the minutes that were left.",
        f"Since I lost count of the timers, show all of them, {what}, and tell me how many minutes were left on each.",
        f"The first thing is the list of timers. Second, {what}. Third, tell me the minutes left.",
        f"If any timers are running, list them and {what}. How much time was left on each, in minutes?",
        f"My boss asks about the timers: which are on? Get their names, {what}, and tell me what time was left on each.",
        f"timers: list all, {what}, say minutes left",
        f"Before the day is over, find all running timers and {what}, then tell me the minutes that were left on every one.",
        f"I thought that no timer was on. Please list those that are, {what}, and say how many minutes were left.",
        f"One thing first: the names of all running timers. The second thing is to {what}. The third is to tell me the minutes left.",
        f"While I clean up, go over the timers: get their names, {what}, and report the minutes that were left.",
        f"For a friend who lost his timers: list the running ones, {what}, and name the minutes left on each.",
        f"Some timers were started this morning and never stopped. See which still run, {what}, and tell me what each of them had left.",
        f"List all running timers and {what}. How many minutes were left on each?",
        f"Which timers are running? Then {what} and tell me the minutes left.",
        f"I want to know which timers there are. After that {what} and tell me the minutes.",
        f"First list the timers, then {what}. Tell me the minutes left on each.",
        f"Go through all running timers: {what} and tell me how many minutes each had left.",
        f"All timers, please: list them, {what}, and tell me the minutes left.",
        f"Get all the timers that are running. Then {what} and give me the minutes left on each.",
        f"Can you find the running timers, {what}, and tell me how many minutes were left?",
        f"I need you to list the timers and to {what}. What minutes were left?",
        f"Several timers are running. See which, {what}, and say how many minutes each has left.",
        f"Take the list of running timers, then {what}. I want the minutes left of every one.",
        f"Running timers: list, {what}, report the minutes left.",
        f"Could you show the timers that run now, then {what} and report the minutes left on each?",
        f"We have to look after the timers. List them all and {what}, then tell me the minutes left.",
        f"See which timers there are and {what}. How long did each still have, in minutes?",
        f"Look for all timers first. Second, {what}. Third, name the minutes left on each.",
        f"Show me all running timers and {what}. Tell me how many minutes were left on each.",
        f"What timers are on at the moment? Get the list, then {what} and report the minutes left.",
        f"Find all the timers, then {what}. I would like to hear how many minutes each had left.",
        f"Look up which timers run right now, {what}, and let me know the minutes left.",
        f"I would like a list of the running timers. Next, {what} and give me the minutes left on each.",
        f"Name the timers that are on, {what}, and tell me the remaining minutes.",
        f"Check which timers are active. After that, {what} and say how many minutes were left.",
        f"Would you mind listing all timers? Then {what} and tell me what minutes remained on each.",
        f"Every running timer matters: get them all, {what}, and report how much time each has, in minutes.",
        f"Two steps, please: list the timers that run, then {what}. Finally, tell me the minutes left.",
        f"There are some timers running. Find them, {what}, and give me the remaining minutes of each.",
        f"Can you go through the timers that are on? List them first, {what}, then name the minutes left.",
        f"Timers: which are running? Then {what}. Minutes left on each, please.",
        f"Let me know all timers that run, {what}, and show the minutes that each still had.",
        f"To start with, find out which timers exist. Then {what}, and report the time left in minutes.",
        f"Work through the timers: see which are on, {what}, and tell me the remaining time of every one.",
        f"Could you get the names of all running timers, {what}, and read me the minutes left on each?",
        f"I lost track of my timers. Show which are running, then {what} and say what minutes were left.",
        f"With all the timers that are running now, do this: list them, {what}, and tell me the minutes left.",
        f"How much time was left on each timer? Look which timers there are, and {what} to find out.",
        f"How many minutes are left on the timers? Find out which are running and {what}.",
        f"I do not know which timers are on. Get the list, {what}, and give me the minutes that were left.",
        f"Would you go over every running timer, {what}, and say what was left in minutes?",
        f"Please list the running timers, then {what} and tell me the minutes left on each.",
        plan=["list the running timers", what],
    )
    timers = s.call("all_timers", "list the running timers")
    op = "stop" if stop else "read"
    left = s.parallel(f"{op} the timers {', '.join(timers)}", *[(op, {"timer": timer}) for timer in timers])
    shown = ", ".join(f"{timer}: {minutes}" for timer, minutes in zip(timers, left, strict=True))
    s.answer(f"The minutes left are {shown}.", shown, expect=[*timers, *left])


def task_with_timer(s: Scene) -> None:
    """Reads the priority of a task, then starts a timer for it, then completes it."""
    task, timer, minutes = s.pick(list(s.world["tasks"])), _new_timer(s), s.integer(5, 60)
    s.ask(
        f'Three things. The first is the priority of "{task}", the second a timer called {timer} for {minutes} minutes, the third is to mark the task as done.',
        f'As soon as you have told me the priority of "{task}", start a timer {timer} with {minutes} minutes. After that the task should be ticked off.',
        f'First, second, third: read the priority of "{task}", start the timer {timer} for {minutes} minutes, mark the task as finished.',
        f'I promised my boss to deal with "{task}". What is its priority? Then start the timer {timer} for {minutes} minutes and have the task ticked off.',
        f'I cannot remember the priority of "{task}", so tell me. Next comes a countdown {timer} of {minutes} minutes, and then complete the task.',
        f'Since "{task}" is nearly finished, read me its priority, let a timer named {timer} run {minutes} minutes and mark the task as done.',
        f'priority of "{task}"; timer {timer}, {minutes} minutes; task ticked off',
        f'With "{task}" as the task: say its priority, start a timer of {minutes} minutes called {timer}, and complete it.',
        f'I thought of "{task}". Look up its priority, then start {timer}, a countdown of {minutes} minutes, and then tick the task off.',
        f'What priority has been given to "{task}"? Second, I need the timer {timer} for {minutes} minutes. Third, have the task noted as done.',
        f'My friend is waiting for "{task}". Read its priority for me, start a timer for {minutes} minutes with the name {timer}, and tick the task off.',
        f'For "{task}" I want three steps: find its priority, set {minutes} minutes on a countdown called {timer}, have it ticked off.',
        f'What is the priority of "{task}"? Then start a timer {timer} for {minutes} minutes and mark the task as done.',
        f'Read the priority of "{task}", start the timer {timer} for {minutes} minutes, then complete the task.',
        f'Three things: the priority of "{task}", a timer {timer} of {minutes} minutes, then tick off the task.',
        f'First tell me which priority "{task}" has, next set a timer {timer} of {minutes} minutes, last mark "{task}" '
        f"as done.",
        f'Check the priority of "{task}". Start a timer called {timer} for {minutes} minutes. Then complete the task.',
        f'I work on "{task}" now: tell me its priority, start the timer {timer} for {minutes} minutes, mark it as done.',
        f'I need to know the priority of "{task}". After that start a timer {timer} of {minutes} minutes and tick off the task.',
        f'Can you look up the priority of "{task}", set the timer {timer} to {minutes} minutes, and mark the task as done?',
        f'How important is "{task}"? Read its priority, then let a timer {timer} run for {minutes} minutes and complete the task.',
        f'1. Priority of "{task}"?\n2. Timer {timer}, {minutes} minutes.\n3. Mark the task as done.',
        f'Find the priority of "{task}". Next, a new timer: {timer}, {minutes} minutes. At the end, mark "{task}" as done.',
        f'Would you tell me which priority "{task}" has, begin a timer {timer} for {minutes} minutes and finish the task?',
        f'About "{task}": say its priority, run a timer called {timer} for {minutes} minutes, then set the task to done.',
        f'We start on "{task}": first its priority, then a timer of {minutes} minutes named {timer}, then it is done, so tick it off.',
        f'Look up which priority the task "{task}" has. Then set a timer of {minutes} minutes with the name {timer}. Then complete it.',
        f'Give me the priority of "{task}", then a timer {timer} with {minutes} minutes, and mark the task as complete.',
        f'Tell me how important "{task}" is, then set a timer {timer} for {minutes} minutes, and check the task off.',
        f'Show me the priority of "{task}". Next, launch a timer named {timer} for {minutes} minutes. Finally, close the task.',
        f'Before anything else, check which priority "{task}" has. Then run a timer {timer} for {minutes} minutes and mark the task as finished.',
        f'Which priority does "{task}" have? After that, set the timer {timer} to {minutes} minutes and tick the task off.',
        f'Priority of "{task}", timer {timer} for {minutes} minutes, task done. In this order, please.',
        f'I would like to know the priority of "{task}". Then please create a timer {timer} of {minutes} minutes and complete the task.',
        f'Let me know what priority "{task}" has, get a timer {timer} going for {minutes} minutes, then set the task to done.',
        f'Would you mind reading the priority of "{task}", starting a timer {timer} of {minutes} minutes and marking the task as done?',
        f'Task "{task}": look up the priority, start {timer} as a timer of {minutes} minutes, check it off.',
        f'See how important "{task}" is on my list. Then begin a timer called {timer}, {minutes} minutes long, and mark the task as complete.',
        f'Start by telling me the priority of "{task}". Go on with a new timer {timer}, {minutes} minutes. End by ticking off the task.',
        f'Say which priority the task "{task}" has. Then put {minutes} minutes on a timer named {timer}. Last, finish the task.',
        f'Could you first find the priority of "{task}", then open a timer {timer} for {minutes} minutes, and at last close the task?',
        f'It is time for "{task}". Get its priority, then let a timer named {timer} run for {minutes} minutes, then tick it off as done.',
        f'Can you tell me what the priority of "{task}" is? Then I want {timer} as a timer for {minutes} minutes, and the task completed.',
        f'How urgent is "{task}"? Give me its priority, set up a timer {timer} over {minutes} minutes and then mark the task done.',
        f'I need the priority of "{task}" first, a timer {timer} with {minutes} minutes second, and third the task marked as completed.',
        f'Check "{task}" for its priority, then make a timer of {minutes} minutes called {timer}, and note the task as done.',
        f'Please show which priority "{task}" has, start the timer {timer} with {minutes} minutes, and then set the task as finished.',
        f'Read me the priority of the task "{task}", count down {minutes} minutes with a timer called {timer}, and complete the task.',
        f'Could you see what priority "{task}" has? Then I need {minutes} minutes on a timer called {timer}, and the task ticked off.',
        f'The task "{task}" is next. I want its priority, then a timer {timer} over {minutes} minutes, and the task marked as done.',
        f'Get the priority of "{task}". As soon as you have it, set {timer} as a timer for {minutes} minutes and finish the task.',
        f'Please read the priority of "{task}", then start a timer {timer} for {minutes} minutes, last complete "{task}".',
        plan=[
            f'read the priority of "{task}"',
            f"start the timer {timer} for {minutes} minutes",
            f'mark "{task}" as done',
        ],
    )
    level = s.call("priority", f'read the priority of "{task}"', task=task)
    s.call("start", f"start the timer {timer} for {minutes} minutes", timer=timer, minutes=minutes)
    s.call("complete", f'mark "{task}" as done', task=task)
    s.answer(
        f'The priority of "{task}" was {level}. The timer {timer} runs and the task is done.',
        expect=[level, task],
    )


DOMAIN = Domain(
    "todo_timers",
    OPS,
    world,
    (
        add_one,
        change_one,
        show_tasks,
        finish_all_of,
        start_timers,
        read_and_change,
        unknown_timer,
        stop_all,
        task_with_timer,
    ),
)
