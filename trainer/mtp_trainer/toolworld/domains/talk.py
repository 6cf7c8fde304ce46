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
        "Good afternoon.",
        "Hey!",
        "Hello, nice to meet you.",
        "Hi, how is it going?",
        "Good day!",
        "Hello again.",
        "Hi, are you there?",
        "Hey, good to see you.",
        "Morning! How are things?",
        "Hi, how are you today?",
        "Hey, good morning.",
        "A good day to you.",
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
        "Thanks!",
        "Many thanks.",
        "Perfect, thanks.",
        "Thank you for your help.",
        "That was very helpful, thank you.",
        "Thanks for that.",
        "Good work, thank you.",
        "I thank you.",
        "That is all I need. Thanks.",
        "Thank you so much for this.",
        "Very kind of you, thanks.",
        "Thanks so much.",
        "Thank you, that helped me.",
        "Nice work. Thanks for the help.",
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
        f"{name} is my name. Please repeat my name.",
        f"I am called {name}. Can you say my name?",
        f"What is my name? I told you that I am {name}.",
        f"This is {name} speaking. Who am I?",
        f"Please remember that I am {name}. Now tell me my name.",
        f"It is me, {name}. What am I called?",
        f"My parents named me {name}. Which name do I have?",
        f"Good morning, {name} here. Which name did I give you?",
        f"Name: {name}. Now you say it.",
        f"I want to see if you listen. I am {name}. What is my name?",
        f"They all know me as {name}. Can you tell me my name?",
        f"Good evening, I am {name}. Please tell me what I am called.",
        f"I go by the name of {name}. Do you still know who I am?",
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
        f"{thing} has moved to {place}. Tell me where {thing} is now.",
        f"Where is {thing}? My notes say that it is in {place}.",
        f"Yesterday {thing} arrived in {place}. In which place is {thing} now?",
        f"We left {thing} in {place}. Can you tell me where {thing} is?",
        f"{thing}: {place}. Where is {thing}?",
        f"You can find {thing} in {place}. Now tell me where to look for {thing}.",
        f"The home of {thing} is {place}. What is the home of {thing}?",
        f"Please remember that {thing} is in {place}. Which place is it?",
        f"My friend saw {thing} in {place}. Where did my friend see {thing}?",
        f"The {s.topic()} with {thing} takes place in {place}. Where do I have to go?",
        f"{place} is the place where {thing} is. So where is {thing}?",
        f"{thing} stays in {place} this week. Could you tell me where {thing} stays?",
        f"They brought {thing} to {place}. Where can I find {thing} now?",
        f"Somebody told me that {thing} is in {place}. In which city must I look?",
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
        f'Can you say "{word}"?',
        f'Write "{word}".',
        f'I want you to answer "{word}".',
        f'Your answer should be "{word}".',
        f'Say the word "{word}" for me.',
        f'Tell me "{word}".',
        f'The word is "{word}". Please repeat it.',
        f'Reply with the word "{word}" only.',
        f'Could you repeat "{word}" for me?',
        f'I need to read the word "{word}" in your answer.',
        f'Give me back this word: "{word}".',
        f'Would you write the word "{word}" for me?',
        f'Here is a word: "{word}". Say it.',
        f'I would like to hear "{word}" from you.',
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
        f"I need you to {what}.",
        f"Would you {what}?",
        f"Please {what} right now.",
        f"Is it possible for you to {what}?",
        f"I have no time today. Please {what}.",
        f"You have to {what} for me.",
        f"Are you able to {what}?",
        f"It would be nice if you could {what}.",
        f"Next, {what} for me.",
        f"I would like you to {what} today.",
        f"Somebody has to {what}. Can you do it?",
        f"My friend says that you can {what}. Please do that.",
        f"Would it be possible to {what} for me?",
        f"We want to {what}. Could you do that for us?",
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
