"""Talk that needs no tool: greetings, what was said before, and requests for which there is no tool."""

from __future__ import annotations

from mtp_trainer.toolworld.ops import World
from mtp_trainer.toolworld.scene import Domain, Scene


def world(s: Scene) -> World:
    """Nothing."""
    return {}


def greeting(s: Scene) -> None:
    """Hello."""
    s.ask(
        "Hello!",
        "Hi there.",
        "Good morning!",
        "Hey, how are you?",
        "Hello, who are you?",
        "Hi!",
        "Good evening!",
        "Hello there.",
    )
    s.think("The user greets me. No tool is needed.")
    s.answer("Hello! How can I help you?")


def thanks(s: Scene) -> None:
    """Thank you."""
    s.ask(
        "Thank you!",
        "Thanks a lot.",
        "Great, thank you.",
        "Thanks, that is all.",
        "Thank you very much.",
        "Great, thanks a lot.",
    )
    s.think("The user thanks me. No tool is needed.")
    s.answer("You are welcome!")


def own_name(s: Scene) -> None:
    """Repeat a name that the user gave."""
    name = s.person()
    s.ask(
        f"My name is {name}. What is my name?",
        f"I am {name}. Say hello to me by name.",
        f"Hello, I am {name}. Do you know my name now?",
        f"You can call me {name}. What is my name?",
        f"People call me {name}. So what is my name?",
        f"Hi, my name is {name}. Do you know my name now?",
        f"Hello, my name is {name}. What is my name?",
    )
    s.think("The user told me the name. No tool is needed.")
    s.answer(f"Your name is {name}.", expect=[name])


def told_fact(s: Scene) -> None:
    """Answer from the request itself."""
    thing, place = s.title(), s.city()
    s.ask(
        f"The {s.topic()} of {thing} is in {place}. Where is it?",
        f"I put {thing} in {place}. Where did I put it?",
        f"{thing} lives in {place}. Where does {thing} live?",
        f"Note that {thing} is now in {place}. Where is {thing}?",
        f"{thing} works in {place}. In which city is that?",
        f"I know that {thing} is in {place}. Where is {thing}?",
    )
    s.think("The user told me the place. No tool is needed.")
    s.answer(f"It is in {place}.", expect=[place])


def repeat(s: Scene) -> None:
    """Say a word."""
    word = s.title()
    s.ask(
        f'Say "{word}".',
        f'Repeat the word "{word}".',
        f'Please write "{word}" and nothing else.',
        f'Answer with "{word}".',
        f'Just say "{word}", please.',
        f'Please repeat "{word}".',
    )
    s.think("I can do that without a tool.")
    s.answer(f"{word}", expect=[word])


def no_such_tool(s: Scene) -> None:
    """A request that no tool here can fulfil."""
    what = s.wording(
        "order a pizza",
        "call a taxi",
        "sing a song",
        "buy a car",
        "write a poem",
        "draw a picture",
        "book a massage",
        "fly a drone",
        "sell my house",
        "call my mother",
        "buy a house",
        "order a taxi",
        "draw a car",
    )
    s.ask(
        f"Please {what} for me.",
        f"Can you {what}?",
        f"I want you to {what}.",
        f"Could you {what} for me?",
        f"Now {what}, please.",
        f"Can you {what} for me?",
    )
    s.think(f"I have no tool to {what}.")
    s.answer(f"I am sorry, I have no tool to {what}.", expect=["no tool"])


DOMAIN = Domain(
    "talk",
    (),
    world,
    (greeting, thanks, own_name, told_fact, repeat, no_such_tool),
    weight=0.7,
    composable=False,
)
