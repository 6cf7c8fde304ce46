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
        "Hello, good morning.",
        "Hi, is anybody here?",
        "Hi, good afternoon.",
        "Hey there!",
        "Hello, how are you?",
        "Hello, how are things?",
        "Hey, how is it going?",
        "Good morning, how are you today?",
        "Hi, nice to see you.",
        "Good to see you again.",
        "Greetings!",
        "Hello to you.",
        "Hey, are you there?",
        "Evening! How is it going?",
        "Hi, who are you?",
        "A very good morning to you.",
        "Hi again.",
        "Hello, is anybody there?",
        "Hey, nice to meet you.",
        "Good afternoon, how are things today?",
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
        "Thank you, that is all.",
        "Thanks for your help.",
        "Thanks for the help.",
        "Thank you so much.",
        "Thank you for this.",
        "Great work, thanks.",
        "Perfect, thank you very much.",
        "Nice, thank you.",
        "You are very good, thanks.",
        "Thanks, that was helpful.",
        "Thanks, you helped me a lot.",
        "That helped. Thank you.",
        "Many thanks for your help.",
        "Great, that is what I need. Thank you.",
        "That was kind of you. Many thanks.",
        "I want to thank you for your work.",
        "Thank you, you are very kind.",
        "Good, that is all. Thanks for this.",
        "Nice of you to help, thanks so much.",
        "Very helpful, thanks a lot.",
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
        f"I am {name}. What is my name?",
        f"My name is {name}. Who am I?",
        f"Hi, I am {name}. What am I called?",
        f"Hey, I am known as {name}. Would you say my name?",
        f"The name is {name}. Could you repeat it?",
        f"They gave me the name of {name}. Tell me again what my name is.",
        f"Remember this: my name is {name}. Which name is mine?",
        f"Good evening, this is {name}. Do you know who I am?",
        f"Who am I? I just told you: {name}.",
        f"{name} is what people call me. What do they call me?",
        f"I have the name {name}. Now tell me which name I have.",
        f"All my friends know me as {name}. So who am I?",
        f"Let me say who I am: {name}. Can you say it too?",
        f"Can you remember my name? It is {name}. Now repeat it, please.",
        f"I go by {name}. Please tell me the name that I go by.",
        f"Good morning, they call me {name}. Do you still know my name?",
        f"Hey, it is {name} here. Say my name, please.",
        f"My parents gave me the name {name}. What did they call me?",
        f"I am known as {name}. Would you tell me my name again?",
        f"Do you know who I am? My name is {name}. Say it, please.",
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
        f"{thing} is in {place}. Where is {thing}?",
        f"{thing} can be found in {place}. Can you tell me where it is too?",
        f"I left {thing} in {place}. Where is it now?",
        f"If {thing} is in {place}, in which city will I see {thing}?",
        f"We put {thing} in {place}. Can you tell me where it is?",
        f"Remember that {thing} lives in {place}. In which place does {thing} live?",
        f"My friend told me that {thing} is in {place}. Where can I find {thing}?",
        f"Somebody brought {thing} to {place}. Where must I look for {thing}?",
        f"The {s.topic()} for {thing} is held in {place}. In which city is it held?",
        f"In which city is {thing}? I know that it is {place}.",
        f"{place} is where {thing} works. Where does {thing} work?",
        f"They say that {thing} moved to {place}. So where is {thing} now?",
        f"Last week {thing} went to {place}. Where did {thing} go?",
        f"Note this: {thing}, {place}. Could you say where {thing} is?",
        f"In {place} you will find {thing}. Where will I find {thing}?",
        f"Since yesterday {thing} stays in {place}. Where does {thing} stay?",
        f"If you look for {thing}, go to {place}. Where do I have to look for {thing}?",
        f"I know where {thing} is, in {place}. Do you know it now too?",
        f"They told me to look for {thing} in {place}. What is the place where I find {thing}?",
        f"This week {thing} can be found in {place}. Please tell me where {thing} is.",
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
        f'Please say "{word}".',
        f'Repeat "{word}", please.',
        f'Repeat after me: "{word}".',
        f'Could you say the word "{word}"?',
        f'Can you write "{word}" for me?',
        f'Would you repeat "{word}", please?',
        f'Your reply should be "{word}" and nothing else.',
        f'All I need is a word, "{word}". Just write it.',
        f'Please answer with the word "{word}" only.',
        f'I would like you to say "{word}".',
        f'I want to hear the word "{word}".',
        f'Here is my word: "{word}". Please give it back to me.',
        f'"{word}" is the word that I want to read. Write it, please.',
        f'Reply "{word}".',
        f'Send me back the word "{word}".',
        f'Let me hear "{word}" from you.',
        f'Say this for me: "{word}".',
        f'I need you to write this word: "{word}".',
        f'"{word}" - would you say that, please?',
        f'All I want to read in your reply is "{word}".',
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
        "bake a cake",
        "play the piano",
        "paint a picture",
        "wash my car",
        "clean my house",
        "feed my cat",
        "knit a scarf",
        "cook a soup",
        "repair my bike",
        "iron my shirt",
        "clean my car",
        "bake a pizza",
        "paint my house",
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
        f"Please {what}.",
        f"Could you please {what}?",
        f"Can you please {what} today?",
        f"I would like you to {what}.",
        f"Would you please {what} for us?",
        f"Now I want you to {what} for me.",
        f"I have to {what}. Can you do that for me?",
        f"My list says that you have to {what}. Do you think that you can?",
        f"My mother wants somebody to {what}. Is it possible?",
        f"My friend asks if you could {what}.",
        f"It would help me a lot if you {what}.",
        f"Please be so kind and {what}.",
        f"I wish that somebody would {what} for me.",
        f"Are you able to {what} right now?",
        f"We need somebody to {what}. Would you do it?",
        f"There is no time, so please {what} now.",
        f"My friend wants you to {what}. Is that possible?",
        f"You can {what}, I think. Please do it for me.",
        f"Would you be able to {what} for us today?",
        f"Next I need you to {what}, please.",
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
