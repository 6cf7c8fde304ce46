# ruff: noqa: E501 - requests are easier to compare when each is one line
"""Worlds that no other task has: things with properties, needs, states and owners, drawn afresh each time.

The other domains teach their own words; a student that knows nothing else writes those words where a request
speaks of other ones. Here nouns, verbs and properties differ from task to task, in requests of the shapes that
people's requests have: look up and use, list and do for each, do or else, one after the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mtp_trainer.toolworld.domains.invented import polite
from mtp_trainer.toolworld.scene import Domain, Failed, Scene
from mtp_trainer.toolworld.worlds import AMOUNTS, amount_of, ops_of, spoken_of, world


def _tools(s: Scene, *keys: str) -> None:
    """Defines the world's tools; some that the task does not need are shown as well."""
    ops = ops_of(s)
    for key in keys:
        s.define(ops[key])
        s.skin(key)
    others = [key for key in ops if key not in keys]
    for key in s.rng.sample(others, s.rng.choice((0, 0, 1, 2, 3))):
        s.add_tool(ops[key])


def _some(s: Scene) -> str:
    return str(s.rng.choice(list(s.world["things"])))


# -- what people ask ------------------------------------------------------------------------------


def do_one(s: Scene) -> None:
    """One action with an amount, perhaps at the second attempt."""
    _tools(s, "do")
    key, n, do = _some(s), s.integer(2, 90), s.world["_words"]["do"]
    if s.rng.random() < 0.15:
        s.outage("do")
    named, amount = spoken_of(s, key), amount_of(s, n)
    s.ask(
        polite(s, f"{do} {named} {amount}"),
        polite(s, f"{do} {named} now, and do it {amount}"),
        f"It is the turn of {named}. {do.capitalize()} it {amount}.",
        f"{named[0].upper()}{named[1:]}: {do} it {amount}.",
        polite(s, f"take {named} and {do} it {amount}"),
        f"{amount[0].upper()}{amount[1:]}, {do} {named}.",
        f"Nobody did it yet: {do} {named} {amount}.",
        polite(s, f"{do} {named} now {amount}"),
        more=(
            f"{named[0].upper()}{named[1:]} needs it again. Please {do} it {amount}.",
            f"Can you {do} {named} {amount}?",
            f"Could somebody {do} {named} {amount}?",
            f"I want you to {do} {named}, and I want it done {amount}.",
            f"{do.capitalize()} {named}. How much? {amount[0].upper()}{amount[1:]}.",
            polite(s, f"go to {named} and {do} it {amount}"),
            f"I can't {do} {named} myself today. Do it for me, {amount}.",
            f"My hands are full, so would you {do} {named} {amount}?",
            f"Today it is {named} that you have to {do}, {amount} as always.",
            f"{amount[0].upper()}{amount[1:]}: that is how to {do} {named}. Please start.",
            f"{amount[0].upper()}{amount[1:]} is what I was told. So {do} {named} like that.",
            f"You were going to {do} {named}, right? Make it {amount}.",
            f"There is one thing left to do: {do} {named} {amount}.",
            f"The boss says to {do} {named} {amount}.",
            f"It is time to {do} {named} again. Do it {amount}, please.",
            f"It rained all night. Anyway, {do} {named} {amount}, please.",
            f"{named[0].upper()}{named[1:]} is waiting. I think you should {do} it {amount}.",
            f"With {named}, do the usual: {do} it {amount}.",
            polite(s, f"get {named} ready: {do} it {amount}"),
            polite(s, f"{do}, {amount}, {named}"),
            f"Hey, {do} {named} for me, will you? {amount[0].upper()}{amount[1:]}, please.",
            f"As for {named}, it is best to {do} it {amount}.",
            f"to do: {do} {named}, {amount}",
            f"{do} {named} {amount} pls",
            f"{named} - {do} - {amount}",
            f"Quick one: {do} {named} {amount}. Thanks!",
            f"If you have a moment, {do} {named} {amount}.",
            f"Before the guests arrive, someone has to {do} {named} {amount}. Can you?",
            f"We forgot about {named}. It is necessary to {do} it {amount}.",
            f"I would be happy if you could {do} {named} {amount}.",
            f"What {named} needs is that you {do} it {amount}.",
            f"I have no time to {do} {named}. {amount[0].upper()}{amount[1:]} will be enough.",
            f"Don't ask why, just {do} {named} {amount}.",
            f"So that {named} lasts longer, {do} it {amount}.",
            polite(s, f"be so kind as to {do} {named} {amount}"),
            polite(s, f"help me with {named}, which I have to {do} {amount}"),
            f"Let us {do} {named} now, {amount}.",
            f"My plan for this morning is to {do} {named} {amount}. Go ahead with it.",
            f"You may {do} {named} now. Please do it {amount}, not more and not less.",
            f"Only {named} this time, not the others: {do} it {amount}.",
            f"You know {named}? I need you to {do} it {amount}.",
            f"One job for you. Thing: {named}. What to do: {do} it {amount}.",
            f"It must be {amount} when you {do} {named}. Please do so now.",
        ),
    )
    why = f"{do} {named} {amount}"
    if isinstance(s.call("do", why, key=key, n=n), Failed):
        s.call("do", why, key=key, n=n)
    s.answer(f"Done: {named} {amount}.", f"I did it {amount}.", expect=[n])


def ask_value(s: Scene) -> None:
    """A property of one thing, or of two or three in parallel."""
    _tools(s, "value")
    w, things = s.world["_words"], s.world["things"]
    keys = s.rng.sample(list(things), s.rng.choice((1, 1, 2, 2, 3)))
    ask, attribute = w["ask"], w["attribute"]
    names = [spoken_of(s, key) for key in keys]
    shown = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
    s.ask(
        f"What is the {attribute} of {shown}?",
        polite(s, f"{ask} the {attribute} of {shown}"),
        f"Which {attribute} has {shown}?",
        f"{attribute.capitalize()} of {shown}, please.",
        polite(s, f"{ask} how high the {attribute} of {shown} is"),
        f"I wonder about {shown}. How high is the {attribute}?",
        f"Somebody asks for the {attribute} of {shown}. What do I say?",
        polite(s, f"{ask} the {attribute} that {shown} has"),
        f"How high is the {attribute} of {shown}?",
        polite(s, f"{ask} which {attribute} {shown} has"),
        more=(
            f"Tell me the {attribute} of {shown}.",
            polite(s, f"tell me the {attribute} of {shown}"),
            polite(s, f"{ask} for me the {attribute} of {shown}"),
            f"I need the {attribute} of {shown}.",
            f"I have to know the {attribute} of {shown} before lunch.",
            f"For my list I still lack the {attribute} of {shown}.",
            f"Do you know the {attribute} of {shown}?",
            f"Can you {ask} the {attribute} of {shown}?",
            f"{shown}: what {attribute}?",
            f"{shown}, {attribute}?",
            f"{attribute} of {shown}",
            f"{ask} {attribute}, {shown}",
            f"{shown[0].upper()}{shown[1:]}: please {ask} the {attribute}.",
            f"About {shown}: I want you to {ask} the {attribute}.",
            f"For {shown}, {ask} the {attribute}, please.",
            f"Look at {shown} and {ask} the {attribute} for me.",
            polite(s, f"look at {shown} and say what the {attribute} is"),
            f"I forgot the {attribute} of {shown}. What was it?",
            f"A customer is on the phone. What is the {attribute} of {shown}?",
            f"It's the {attribute} that I care about. What is it for {shown}?",
            f"With {shown} in mind, what {attribute} do we have there?",
            f"My form has an empty box for the {attribute} of {shown}. What goes in?",
            f"I have no way to {ask} the {attribute} of {shown} from here. Can you do it?",
            f"Somebody has to {ask} the {attribute} of {shown}. Would you?",
            f"Before I decide anything, {ask} the {attribute} of {shown}.",
            f"Let me know what the {attribute} of {shown} is.",
            f"Let us {ask} the {attribute} of {shown}.",
            polite(s, f"find out the {attribute} of {shown}"),
            polite(s, f"{ask} what {attribute} there is for {shown}"),
            f"How high is the {attribute} of {shown} right now?",
            f"How about {shown}? I mean the {attribute}.",
            f"The {attribute} of {shown}, quickly please.",
            f"Nobody could tell me the {attribute} of {shown}. Can you?",
            f"I'm thinking about {shown} and would like to hear the {attribute}.",
            f"If you can, {ask} the {attribute} of {shown} and tell me.",
            f"We argue about {shown}. Please {ask} the {attribute}, so that we know.",
            f"You can help me with {shown}: {ask} the {attribute}.",
            f"Since I cannot see {shown} from here: what is the {attribute}?",
            f"I'd like you to {ask} the {attribute} now, and it is about {shown}.",
            f"What would you say is the {attribute} of {shown}? {ask.capitalize()} it if you are not sure.",
            f"Give me a number: the {attribute} of {shown}.",
            polite(s, f"report the {attribute} of {shown}"),
            f"My question is short. The {attribute} of {shown}?",
        ),
    )
    # a verb that the request does not say cannot be known
    verb = ask if ask in s.parts[-1].question.lower() else "get"
    values = s.parallel(f"{verb} the {attribute} of {shown}", *(("value", {"key": key}) for key in keys))
    told = ", ".join(f"{key}: {value}" for key, value in zip(keys, values, strict=True))
    s.answer(f"The {attribute} is {values[0]}." if len(keys) == 1 else f"{told}.", f"{told}.", expect=values)


def need_then_do(s: Scene) -> None:
    """Looks up an amount and uses it."""
    _tools(s, "need", "do")
    w = s.world["_words"]
    w["amount"] = w["amount"] if "{unit}" in w["amount"] else AMOUNTS[0]
    key, unit, do = _some(s), w["unit"], w["do"]
    named = spoken_of(s, key)
    s.ask(
        f"How many {unit} does {named} need? {do.capitalize()} it that much.",
        polite(s, f"find how many {unit} {named} needs, then {do} it with that"),
        f"{do.capitalize()} {named} for as many {unit} as it needs. Look that up first.",
        polite(s, f"look up how many {unit} {named} needs and {do} it accordingly"),
        f"I do not know how many {unit} {named} needs. Find out, and {do} it with this number.",
        f"First find the {unit} that {named} needs, then {do} it.",
        polite(s, f"see how many {unit} are needed for {named}, and {do} it with just as many"),
        polite(s, f"check how many {unit} {named} needs; {do} it with so many"),
        f"{named[0].upper()}{named[1:]} needs some {unit}. See how many, then {do} it.",
        polite(s, f"{do} {named} with the {unit} that it needs; find out how many"),
        more=(
            f"{do.capitalize()} {named}, please. It should get the number of {unit} that it needs, so look this up before.",
            f"There is a number of {unit} that {named} needs. Find it and {do} {named} with it.",
            f"Please {do} {named}. I forgot how many {unit} it needs, so you have to check.",
            f"Can you {do} {named} with the right number of {unit}? You will have to look up what it needs.",
            f"{named[0].upper()}{named[1:]} is due. See how many {unit} it needs and {do} it with that number.",
            f"{named[0].upper()}{named[1:]}: how many {unit} does it need? {do.capitalize()} it with so many.",
            f"{named[0].upper()}{named[1:]} must get as many {unit} as it needs. Find the number, then {do} it.",
            f"How many {unit} are right for {named}? When you know, {do} it with that many.",
            f"How many {unit}? That depends on {named}. Look up its need and {do} it with that.",
            f"I want you to {do} {named}, not with any number of {unit} but with what it needs. Find that out.",
            f"I can't {do} {named} because I don't know how many {unit} it needs. Can you look it up and do it?",
            f"Before you {do} {named}, find out how many {unit} it needs, and use this number.",
            f"After you have checked how many {unit} {named} needs, {do} it with this number.",
            f"Once you know how many {unit} {named} needs, {do} it with just that.",
            f"As soon as you have found the number of {unit} for {named}, {do} it with that.",
            polite(s, f"{do} {named} with as many {unit} as it needs"),
            polite(s, f"{do} {named} with the number of {unit} that it needs, which you have to look up"),
            polite(s, f"get the number of {unit} that {named} needs and {do} it with this number"),
            polite(s, f"give {named} what it needs: look up how many {unit}, and {do} it with that"),
            polite(s, f"find the right number of {unit} for {named} and {do} it with that"),
            polite(s, f"first check how many {unit} are needed for {named} and then {do} it with so many"),
            polite(s, f"use the number of {unit} that {named} needs when you {do} it; look it up first"),
            f"{do} {named}, {unit} as needed (look it up)",
            f"check {unit} for {named}, then {do} it with that many",
            f"{named}: look up {unit} needed, {do} with that",
            f"Someone should {do} {named}. The number of {unit} that it needs is on record, so look there first.",
            f"It is time to {do} {named} again. The {unit}? As many as it needs, please check.",
            f"The need of {named} in {unit} is what I want you to find. Then {do} it with this number.",
            f"The question is how many {unit} {named} needs. The task is to {do} it with that number.",
            f"Two things about {named}: find how many {unit} it needs; {do} it with that many.",
            f"My neighbour knew how many {unit} {named} needs, but she is away. Look it up and {do} it with that.",
            f"Not too many {unit} and not too few: {do} {named} with what it needs. Find this out before.",
            f"If you don't know how many {unit} {named} needs, look it up. Then {do} it with that number.",
            f"With the number of {unit} that it needs, {do} {named}. You can look up the number.",
            f"Let us {do} {named}. To do it right, see first how many {unit} it needs.",
            f"Look up {named}. It needs some number of {unit}, and with this number you should {do} it.",
            f"Hey, could you {do} {named} for me? It needs some {unit}; see how many, and take that many.",
            f"We must {do} {named} today. Find out its number of {unit} and use it.",
            f"I trust the records. What they say {named} needs in {unit}, {do} it with that.",
            f"What {named} needs, it should get: look up the number of {unit} and {do} it with that.",
            f"You know better than I how many {unit} {named} needs. Check it, please, and {do} it with that many.",
            f"To {do} {named} you need to know how many {unit}. Look that up, then do it.",
            f"Get me the number of {unit} needed for {named}, and then {do} it with so many.",
        ),
        plan=[f"find how many {unit} {named} needs", f"{do} {named} with this number"],
        parts=(
            (
                f"find how many {unit} {named} needs",
                f"look up the {unit} that {named} needs",
                f"see how many {unit} are needed for {named}",
                f"find out about the {unit} for {named}",
                f"get the number of {unit} that {named} should have",
                f"check how many {unit} {named} needs",
                f"find the right number of {unit} for {named}",
                f"look up how many {unit} {named} needs",
                f"ask how many {unit} are right for {named}",
                f"find the need of {named} in {unit}",
                f"see what {named} needs in {unit}",
                f"learn how many {unit} {named} must get",
                f"find out how many {unit} it takes for {named}",
                f"look for the number of {unit} that is right for {named}",
                f"get to know how many {unit} {named} needs",
            ),
            (
                f"{do} it with that",
                f"{do} {named} with so many",
                f"{do} {named} for as many as it needs",
                f"{do} it with this number of {unit}",
                f"{do} it accordingly",
                f"{do} {named} with the number found",
                f"{do} it with just as many {unit}",
                f"{do} {named} for that many {unit}",
                f"use this number to {do} {named}",
                f"{do} {named} with what it needs",
                f"{do} {named} with exactly so many {unit}",
                f"{do} it with the right number of {unit}",
                f"take this number of {unit} and {do} {named}",
                f"{do} {named} as the number says",
                f"{do} {named} accordingly",
            ),
        ),
    )
    n = s.call("need", f"find how many {unit} {named} needs", key=key)
    s.call("do", f"{do} {named} {amount_of(s, n)}", key=key, n=n)
    s.answer(f"Done: {named} {amount_of(s, n)}.", f"Done, {n} {unit}.", expect=[n])


def set_value(s: Scene) -> None:
    """Sets a property of one thing, or of two, one after the other."""
    _tools(s, "set")
    attribute = s.world["_words"]["attribute"]
    keys = s.rng.sample(list(s.world["things"]), s.rng.choice((1, 1, 2)))
    pairs = [(key, s.integer(1, 999)) for key in keys]
    texts = [f"the {attribute} of {spoken_of(s, key)} to {n}" for key, n in pairs]
    shown = " and ".join(texts)
    s.ask(
        polite(s, f"set {shown}"),
        polite(s, f"change {shown}"),
        f"From now on, set {shown}.",
        polite(s, f"put {shown}"),
        f"We decided to change {shown}. Do it now.",
        polite(s, f"see to it that you set {shown}"),
        f"A change: {shown}.",
        polite(s, f"please set {shown}"),
        more=(
            f"Set {shown}.",
            f"Please set {shown}.",
            f"Change {shown}, please.",
            f"Can you set {shown}?",
            f"Would you mind changing {shown}?",
            f"I need you to set {shown}.",
            f"I want to change {shown}.",
            f"I would like to have you set {shown}.",
            f"I can't do this from here: set {shown}.",
            f"It is necessary to change {shown}. Please do that.",
            f"The numbers are wrong. Set {shown}.",
            f"There was a mistake, so change {shown}.",
            f"My boss called. We have to set {shown}.",
            f"The plan says to set {shown}. Go ahead.",
            f"Before I forget it, set {shown}.",
            f"Before we start, somebody must set {shown}. Can you?",
            f"When you have a minute, put {shown}.",
            f"As of today, we want to move {shown}.",
            f"For the test tomorrow, bring {shown}.",
            f"Nothing else is to be changed, only this: set {shown}.",
            f"New value: {shown}.",
            f"set {shown} pls",
            f"{shown}",
            f"update: {shown}",
            f"Just {shown}, thanks.",
            f"{shown[0].upper()}{shown[1:]}, please.",
            f"{shown[0].upper()}{shown[1:]}: that is what I want you to set.",
            f"{shown[0].upper()}{shown[1:]}. Can you see to that?",
            f"Here is what to set: {shown}.",
            f"What I need is easy: set {shown}.",
            f"It was decided that we change {shown}, so do it.",
            f"You should set {shown}, as we said this morning.",
            f"Let us set {shown}.",
            f"Let us try something new and change {shown}.",
            f"Could you quickly put {shown}?",
            f"Somebody forgot to set {shown}. Do it now.",
            f"We agreed on it at last: set {shown}.",
            f"It would help me a lot if you could set {shown}.",
            f"If nothing speaks against it, change {shown}.",
            polite(s, f"adjust {shown}"),
            polite(s, f"bring {shown}"),
            polite(s, f"go and set {shown}"),
            polite(s, f"make a change and set {shown}"),
            polite(s, f"help me to set {shown}"),
            polite(s, f"take care of this and set {shown}"),
        ),
        plan=[f"set {text}" for text in texts],
    )
    for (key, n), text in zip(pairs, texts, strict=True):
        s.call("set", f"set {text}", key=key, n=n)
    s.answer(
        f"I set {shown}.",
        "The change is made.",
        expect=[n for _, n in pairs] if s.style.index % 2 == 0 else [],
    )


def _listing(thing: str, group: str) -> tuple[str, ...]:
    """Ways to ask for the things of a group."""
    return (
        f"list the {thing}s of the {group}",
        f"get the {thing}s on the {group}",
        f"see which {thing}s are on the {group}",
        f"look up the {group} with its {thing}s",
        f"find all {thing}s of the {group}",
        f"go through the {group} for its {thing}s",
        f"find out which {thing}s the {group} has",
        f"list all {thing}s on the {group}",
        f"get a list of the {thing}s of the {group}",
        f"see what {thing}s there are on the {group}",
        f"look up which {thing}s belong to the {group}",
        f"read the {group} to find its {thing}s",
        f"check which {thing}s are on the {group}",
        f"take the {group} and list its {thing}s",
        f"get all {thing}s that the {group} has",
        f"make a list of the {thing}s on the {group}",
    )


def list_then_do(s: Scene) -> None:
    """Lists things, then does something with each, one by one."""
    _tools(s, "list", "do")
    w, n = s.world["_words"], s.integer(2, 90)
    thing, group, do, amount = w["thing"], w["group"], w["do"], amount_of(s, n)
    s.ask(
        f"List the {thing}s of the {group} and {do} each {amount}, one by one.",
        f"Which {thing}s are on the {group}? {do.capitalize()} each of them {amount}, one by one.",
        polite(s, f"list the {thing}s of the {group}, then {do} each one {amount}"),
        f"Go through the {group} and {do} every {thing} {amount}.",
        polite(s, f"{do} all {thing}s on the {group} {amount}; list them first"),
        f"Every {thing} on the {group} is due: {do} each one {amount}, after you have listed them.",
        f"First the {thing}s of the {group}. Then {do} them {amount}, one after the other.",
        polite(s, f"get the {group} with its {thing}s and {do} each of them {amount}"),
        f"{do.capitalize()} each {thing} {amount}. The {group} tells which ones there are.",
        polite(s, f"look at the {group}, then {do} each {thing} on it {amount}, one by one"),
        more=(
            f"Please {do} every {thing} of the {group} {amount}. You find them when you list the {group}.",
            f"Can you {do} each {thing} on the {group} {amount}? List them first.",
            f"Could you see which {thing}s are on the {group} and {do} each of them {amount}?",
            f"I want every {thing} of the {group} to get the same: {do} each one {amount}. List them before.",
            f"I don't know which {thing}s are on the {group}, but you have to {do} all of them {amount}.",
            f"I can't {do} all the {thing}s of the {group} myself. List them and {do} each {amount}, please.",
            f"{amount[0].upper()}{amount[1:]}, {do} every {thing} that is on the {group}. List them first.",
            f"{amount[0].upper()}{amount[1:]} each: {do} the {thing}s of the {group}, one by one, after listing them.",
            f"The {group} has some {thing}s. Find out which, and {do} each of them {amount}.",
            f"The {group}, please: list its {thing}s, {do} each {amount}.",
            f"The {thing}s of the {group} are waiting. {do.capitalize()} them {amount}, one by one; the list comes first.",
            f"The whole {group} is due. Get its {thing}s and {do} every one of them {amount}.",
            f"All {thing}s, please. I mean those on the {group}. List them and {do} each {amount}.",
            f"Each {thing} that you find on the {group}: {do} it {amount}.",
            f"For each {thing} on the {group}, do this: {do} it {amount}. You need the list first.",
            f"On the {group} there are {thing}s that you must {do} {amount}, one after the other. List them first.",
            f"Look up which {thing}s the {group} has. When you have them, {do} each {amount}.",
            f"Once you have the list of the {thing}s on the {group}, {do} them one by one, {amount} each.",
            f"After you have listed the {thing}s of the {group}, {do} each of them {amount}.",
            f"Before you {do} the {thing}s of the {group}, list them. Then {do} each one {amount}.",
            f"What {thing}s does the {group} have? I need you to {do} every one {amount}.",
            f"What is on the {group}? Whatever {thing}s you see there, {do} each {amount}.",
            f"It is time to {do} the {thing}s on the {group} again, {amount} each. Please list them and start.",
            f"Not one {thing} of the {group} should be left out: list them, and {do} each {amount}.",
            f"list {group}, {do} each {thing} {amount}",
            f"{group}: {do} all {thing}s {amount}, one by one",
            f"{thing}s of the {group} - list, then {do} each {amount}",
            f"{do} every {thing} on the {group} {amount} pls, list first",
            f"Hey, the {thing}s on the {group}, could you {do} them {amount}, one after the other?",
            f"We have visitors tomorrow. So {do} each {thing} of the {group} {amount}; get the list first.",
            f"My colleague is ill, so you must {do} the {thing}s of the {group}. List them; it is {amount} for each.",
            f"The job has two parts. List the {thing}s of the {group}; {do} each of them {amount}.",
            f"Let us {do} all {thing}s of the {group} {amount}. To know them, list them first.",
            f"Take the {thing}s of the {group} one at a time and {do} each {amount}. You get them from the list.",
            f"Start with a list of the {thing}s on the {group}. From there, go on and {do} each of them {amount}.",
            f"If a {thing} is on the {group}, {do} it {amount}. List them to see.",
            f"You should {do} the {thing}s {amount}, one by one, all those that the {group} has.",
            polite(s, f"{do} each {thing} of the {group} {amount}"),
            polite(s, f"{do} one {thing} after the other {amount}, all that are on the {group}"),
            polite(s, f"find all {thing}s of the {group} and {do} every one of them {amount}"),
            polite(s, f"see which {thing}s are on the {group} and {do} each {amount}, one by one"),
            polite(
                s,
                f"look at the {group}, get its {thing}s, and {do} all of them {amount}, one after the other",
            ),
            polite(s, f"take the list of the {group} and {do} every {thing} on it {amount}"),
            polite(s, f"make sure to {do} every {thing} on the {group} {amount}, after a look at the list"),
        ),
        plan=[f"list the {thing}s of the {group}", f"{do} each {amount}, one by one"],
        parts=(
            _listing(thing, group),
            (
                f"{do} each {amount}, one by one",
                f"{do} every one of them {amount}",
                f"{do} all {thing}s {amount}, one after the other",
                f"{do} each {thing} {amount}",
                f"{do} them {amount}, one by one",
                f"{do} every {thing} on the list {amount}",
                f"{do} each one that is listed {amount}",
                f"take one {thing} after the other and {do} it {amount}",
                f"{do} all of them {amount}",
                f"{do} each {thing} on the {group} {amount}, one by one",
                f"go from {thing} to {thing} and {do} each {amount}",
                f"{do} them all {amount}, one at a time",
                f"{do} each of these {thing}s {amount}",
                f"{do} the {thing}s that you found, {amount} each",
                f"{do} one after the other {amount}",
            ),
        ),
    )
    keys = s.call("list", f"list the {thing}s of the {group}")
    for key in keys:
        s.call("do", f"{do} {spoken_of(s, key)} {amount}", key=key, n=n)
    s.answer(f"Done {amount}: {', '.join(keys)}.", f"Done: {', '.join(keys)}.", expect=keys)


def list_then_ask(s: Scene) -> None:
    """Lists things, then finds a property or a count of each: in parallel, or one by one."""
    w = s.world["_words"]
    counts = s.rng.random() < 0.4
    op = "count" if counts else "value"
    _tools(s, "list", op)
    thing, group = w["thing"], w["group"]
    verb = "count" if counts else w["ask"]
    what = f"{w['kind']} {w['place']}s" if counts else w["attribute"]
    slowly = s.rng.random() < 0.5
    end = " one by one" if slowly else ""
    s.ask(
        f"List the {thing}s of the {group} and {verb} the {what} of each{end}.",
        polite(s, f"list the {thing}s of the {group}, then {verb} the {what} of each{end}"),
        f"Which {thing}s are on the {group}? {verb.capitalize()} the {what} of each{end}.",
        polite(s, f"{verb} the {what} of each {thing} on the {group}{end}; list them first"),
        f"I want a table of the {group}: each {thing} with its {what}. {verb.capitalize()} them{end}.",
        f"First get the {thing}s of the {group}, then {verb} the {what} of all of them{end}.",
        polite(s, f"go through the {group} and {verb} the {what} of every {thing}{end}"),
        f"For each {thing} of the {group}, {verb} the {what}{end}. You have to list them first.",
        polite(s, f"look up the {thing}s of the {group} and {verb} the {what} for each{end}"),
        more=(
            f"Can you list the {thing}s of the {group} and {verb} the {what} of each{end}?",
            f"Could you {verb} the {what} of every {thing} on the {group}{end}? You need the list of them first.",
            f"Please {verb} the {what} of all {thing}s of the {group}{end}. Get the list before.",
            f"I need the {what} of each {thing} on the {group}. List them, then {verb} them{end}.",
            f"I need to know which {thing}s the {group} has. Then {verb} the {what} of each{end}.",
            f"I don't know what {thing}s are on the {group}. List them, and for each {verb} the {what}{end}.",
            f"I can't {verb} the {what} of all the {thing}s on the {group} myself. List them and do it for me{end}.",
            f"My report is about the {group}. List its {thing}s and {verb} the {what} of each{end}.",
            f"My boss wants to see the {what} of every {thing} of the {group}. List the {thing}s, then {verb}{end}.",
            f"The {group}: which {thing}s? And then {verb} the {what} of each{end}.",
            f"The {group} has several {thing}s. List them and {verb} the {what} of every one{end}.",
            f"The {what} of each {thing} on the {group}, please. List the {thing}s and {verb} it all{end}.",
            f"The {thing}s of the {group} interest me. Get the list and {verb} the {what} of each{end}.",
            f"All {thing}s of the {group}, each with its {what}: list first, then {verb}{end}.",
            f"Each {thing} of the {group} has to be looked at. List them, {verb} the {what} of each{end}.",
            f"It's about the {what} of the {thing}s on the {group}. List these and {verb} that for each{end}.",
            f"What {thing}s does the {group} have? For every one of them, {verb} the {what}{end}.",
            f"What is on the {group}? List the {thing}s, and {verb} the {what} of all of them{end}.",
            f"After you have listed the {thing}s of the {group}, {verb} the {what} of each{end}.",
            f"Before you {verb} the {what} of each {thing}{end}, list the {thing}s of the {group}.",
            f"Once you have the {thing}s of the {group}, {verb} the {what} of every one{end}.",
            f"When you know which {thing}s are on the {group}, {verb} the {what} of each of them{end}.",
            f"As soon as you have a list of the {group}, {verb} the {what} of each {thing}{end}.",
            f"Look up the {thing}s on the {group}. I also want you to {verb} the {what} of each{end}.",
            f"Take the {group}, list its {thing}s, and {verb} their {what}{end}.",
            f"Start with the list of {thing}s on the {group}. With that, {verb} the {what} of each{end}.",
            f"list {group}, {verb} {what} of each {thing}{end}",
            f"{group}: list {thing}s, then {verb} the {what} of each{end}",
            f"{thing}s of the {group} - {verb} the {what} of each{end}, list first",
            f"{verb} the {what} for every {thing} of the {group}{end} pls",
            f"{verb.capitalize()} the {what} of every {thing} on the {group}{end}, but list the {thing}s before.",
            f"{verb.capitalize()} the {what} of each {thing}{end}. I mean the {thing}s of the {group}, so list those first.",
            f"We move next week, so list the {thing}s of the {group} and {verb} the {what} of each{end}.",
            f"Someone must {verb} the {what} of each {thing} of the {group}{end}. Will you? The list comes first.",
            f"Let us list the {thing}s of the {group} and {verb} the {what} of each{end}.",
            f"Two things: a list of the {thing}s on the {group}; then {verb} the {what} of each{end}.",
            f"If you list the {group}, you see its {thing}s. {verb.capitalize()} the {what} of each{end}, please.",
            f"Hey, which {thing}s do we have on the {group}? And could you {verb} the {what} of each{end}?",
            f"To fill my table, {verb} the {what} of each {thing} that the {group} has{end}. List them first.",
            polite(s, f"{verb} the {what} of all {thing}s that are on the {group}{end}"),
            polite(s, f"find all {thing}s of the {group} and {verb} the {what} of every one{end}"),
            polite(s, f"get a list of the {group} and {verb} the {what} of each {thing} on it{end}"),
            polite(s, f"see which {thing}s are on the {group} and {verb} the {what} of each{end}"),
            polite(s, f"look up the {thing}s of the {group} so that you can {verb} the {what} of each{end}"),
            polite(
                s, f"make a list of the {thing}s on the {group} and for each of them {verb} the {what}{end}"
            ),
        ),
        plan=[f"list the {thing}s of the {group}", f"{verb} the {what} of each{end}"],
        parts=(
            _listing(thing, group),
            (
                f"{verb} the {what} of each{end}",
                f"{verb} the {what} for all of them{end}",
                f"{verb} the {what} of every {thing}{end}",
                f"{verb} each {thing}'s {what}{end}",
                f"{verb} the {what} of every one{end}",
                f"{verb} the {what} of all {thing}s{end}",
                f"{verb} the {what} for each {thing}{end}",
                f"{verb} the {what} of each of the {thing}s{end}",
                f"{verb} the {what} of the {thing}s{end}",
                f"{verb} their {what}{end}",
                f"{verb} the {what} of each of them{end}",
                f"{verb} the {what} of each {thing} on the list{end}",
                f"{verb} the {what} of these {thing}s{end}",
                f"take the {thing}s and {verb} the {what} of each{end}",
            ),
        ),
    )
    keys = s.call("list", f"list the {thing}s of the {group}")
    if slowly:
        values = [s.call(op, f"{verb} the {what} of {spoken_of(s, key)}", key=key) for key in keys]
    else:
        named = ", ".join(spoken_of(s, key) for key in keys)
        values = s.parallel(f"{verb} the {what} of {named}", *((op, {"key": key}) for key in keys))
    told = ", ".join(f"{key}: {value}" for key, value in zip(keys, values, strict=True))
    s.answer(f"{told}.", f"Here they are: {told}.", expect=[*keys, *values])


def give_or_else(s: Scene) -> None:
    """Does one thing for a person, or another one if the first is not possible."""
    _tools(s, "give", "else")
    w = s.world["_words"]
    key = _some(s)
    person = s.rng.choice(s.world["people"])
    taken = s.rng.random() < 0.55
    for each in (s.world, s.start):
        each["things"][key]["state"] = w["state"] if taken else ""
    named, give, instead, state = spoken_of(s, key), w["give"], w["else"], w["state"]
    s.ask(
        polite(s, f"{give} {named} for {person}, and if it is {state}, {instead} it"),
        f"{give.capitalize()} {named} for {person}. If it is {state}, {instead} it.",
        f"{person} wants you to {give} {named}. Should it be {state}, then {instead} it.",
        polite(s, f"{give} {named} for {person}, or {instead} it if it is {state}"),
        f"Is {named} {state}? Then {instead} it for {person}. If not, {give} it.",
        f"For {person}: {give} {named}, or {instead} it in case it is {state}.",
        polite(s, f"{instead} {named} for {person} in case it is {state}, but first try to {give} it"),
        f"Try to {give} {named} for {person}. When that fails because it is {state}, {instead} it.",
        polite(s, f"try and {give} {named} for {person}; {instead} it when it is {state}"),
        more=(
            f"Can you {give} {named} for {person}? If it is {state}, please {instead} it.",
            f"Could you {give} {named}? It is for {person}. And {instead} it if it is {state}.",
            f"{person} needs {named}. Please {give} it, or if it is {state}, {instead} it.",
            f"{person} asked for {named}: {give} it if you can, {instead} it if it is {state}.",
            f"{person} called. I should {give} {named} for {person}, or {instead} it in case it is {state}. Please do that for me.",
            f"{person} would be happy with {named}. {give.capitalize()} it, and only if it is {state}, {instead} it.",
            f"{named[0].upper()}{named[1:]} is what {person} wants. {give.capitalize()} it, and if it turns out to be {state}, {instead} it.",
            f"{named[0].upper()}{named[1:]} is for {person}: {give} it. It is {state}? Then {instead} it.",
            f"{named[0].upper()}{named[1:]} may be {state} already. If so, {instead} it for {person}; if not, {give} it.",
            f"{named[0].upper()}{named[1:]}, for {person}. Try to {give} it, and {instead} it when it is {state}.",
            f"If {named} is {state}, {instead} it for {person}, but if you can, {give} it.",
            f"If you can, {give} {named} for {person}. If you can't because it is {state}, {instead} it.",
            f"Unless {named} is {state}, {give} it for {person}. If it is, {instead} it.",
            f"In case {named} is {state}, {instead} it for {person}. Otherwise {give} it.",
            f"Should {named} be {state}, {instead} it for {person}. In any other case, {give} it.",
            f"Please {give} {named} for {person}. I hope it is not {state}; if it is, {instead} it.",
            f"Please {give} {named} to help {person}, or else, if it is {state}, {instead} it for {person}.",
            f"I want to {give} {named} for {person}. If that does not work because it is {state}, {instead} it.",
            f"I promised {person} that we {give} {named}. If it is {state} by now, {instead} it.",
            f"I can't do this myself: {give} {named} for {person}, and {instead} it should it be {state}.",
            f"I don't know whether {named} is {state}. If it is, {instead} it for {person}. If it isn't, {give} it.",
            f"I'm not sure if it still works, but {give} {named} for {person}. Is it {state}? Then {instead} it.",
            f"We have to {give} {named} for {person}. It is possible that it is {state}, and then you must {instead} it.",
            f"We are in a hurry. {give.capitalize()} {named} for {person}; {instead} it if it is {state}.",
            f"First choice for {person}: {give} {named}. Second choice, if it is {state}: {instead} it.",
            f"Best for {person} would be to {give} {named}. If it is {state}, it is enough to {instead} it.",
            f"Plan A is to {give} {named} for {person}. Plan B, in case it is {state}, is to {instead} it.",
            f"It is the birthday of {person}, so {give} {named}. In case it is {state}, {instead} it.",
            f"As {person} asked me this morning: {give} {named}, and {instead} it if it is {state}.",
            f"See if you can {give} {named} for {person}. When it is {state}, {instead} it.",
            f"Do one of two things for {person}: {give} {named}, or, if it is {state}, {instead} it.",
            f"Only when {named} is {state} should you {instead} it for {person}. Try to {give} it before.",
            f"Don't {instead} {named} for {person} unless it is {state}. The first thing to try is to {give} it.",
            f"{give} {named} for {person}, if {state} {instead} it",
            f"{person}: {give} {named}; {state} -> {instead} it",
            f"{named} for {person} - {give}, or {instead} if {state}",
            f"for {person}, {give} {named}. if it's {state}, {instead} it pls",
            f"Hey, {person} is here about {named}. Can you {give} it, or {instead} it if it is {state}?",
            f"Let us {give} {named} for {person}, and if it is {state}, let us {instead} it.",
            f"Is it possible to {give} {named} for {person}? If not, as it is {state}, {instead} it.",
            polite(s, f"{give} {named} for {person} if it is not {state}, and {instead} it if it is"),
            polite(
                s, f"try to {give} {named} for {person}, and if you find that it is {state}, {instead} it"
            ),
            polite(s, f"do something for {person}: {give} {named}, or, if it is {state}, {instead} it"),
            polite(s, f"help {person}, who wants {named}: {give} it, and if it is {state}, {instead} it"),
            polite(s, f"see to it for {person}: {give} {named}, and should it be {state}, {instead} it"),
        ),
        plan=[f"{give} {named} for {person}", f"{instead} it if it is {state}"],
    )
    if isinstance(s.call("give", f"{give} {named} for {person}", key=key, person=person), Failed):
        s.call("else", f"{instead} {named} for {person}", key=key, person=person)
        s.answer(f"{key} is {state}, so I did the other thing for {person}.", expect=[key, person])
        return
    s.answer(f"It is done for {person}.", f"Done for {person}.", expect=[person])


def two_steps(s: Scene) -> None:
    """One to three of the world's tools, one after the other; their results do not meet."""
    w = s.world["_words"]
    person = s.rng.choice(s.world["people"])
    on = s.rng.random() < 0.5
    flip = "open" if on else "close"

    def make(op: str, key: str) -> tuple[str, dict[str, Any]]:
        named, n = spoken_of(s, key), s.integer(2, 90)
        steps: dict[str, tuple[str, dict[str, Any]]] = {
            "do": (f"{w['do']} {named} {amount_of(s, n)}", {"key": key, "n": n}),
            "value": (f"{w['ask']} the {w['attribute']} of {named}", {"key": key}),
            "count": (f"count the {w['kind']} {w['place']}s of {named}", {"key": key}),
            "give": (f"{w['give']} {named} for {person}", {"key": key, "person": person}),
            "else": (f"{w['else']} {named} for {person}", {"key": key, "person": person}),
            "switch": (f"{flip} the main {w['place']}", {"on": on}),
        }
        return steps[op]

    chosen = s.rng.sample(["do", "value", "count", "give", "else", "switch"], s.rng.choice((1, 2, 2, 2, 3)))
    _tools(s, *chosen)
    keys = [_some(s)] * 3 if s.rng.random() < 0.5 else s.rng.sample(list(s.world["things"]), 3)
    steps = [(op, *make(op, key)) for op, key in zip(chosen, keys, strict=False)]
    texts = [text for _, text, _ in steps]
    s.ask(
        polite(s, ", then ".join(texts)),
        polite(s, " and ".join(texts)),
        "Please do this:\n" + "\n".join(f"{i}. {text}" for i, text in enumerate(texts, 1)),
        ". Then ".join([texts[0][0].upper() + texts[0][1:], *texts[1:]]) + ".",
        polite(s, "; after that, ".join(texts)),
        "To do: " + "; ".join(texts) + ".",
        polite(s, ", and when this is done, ".join(texts)),
        ". ".join(text[0].upper() + text[1:] for text in texts) + ".",
        polite(s, ", and then ".join(texts)),
        more=(
            ("First " + ", then ".join(texts) + "." if len(texts) > 1 else f"Just one thing: {texts[0]}."),
            "I need you to " + ", and then to ".join(texts) + ".",
            "I want you to " + ", then ".join(texts) + ", please.",
            "Can you " + " and then ".join(texts) + "?",
            "Could you " + ", and after that ".join(texts) + "?",
            "Would you please " + " and ".join(texts) + "?",
            "There is something to do. "
            + ". After that, ".join([texts[0][0].upper() + texts[0][1:], *texts[1:]])
            + ".",
            ". And when you are done, ".join([texts[0][0].upper() + texts[0][1:], *texts[1:]]) + ".",
            ". Next, ".join([texts[0][0].upper() + texts[0][1:], *texts[1:]]) + ". Thanks!",
            ". Also, ".join([texts[0][0].upper() + texts[0][1:], *texts[1:]]) + ".",
            "? And can you ".join(["Can you " + texts[0], *texts[1:]]) + "?",
            "I have to " + ". Then I have to ".join(texts) + ". Can you do that for me?",
            "My list for today:\n" + "\n".join(f"- {text}" for text in texts),
            "\n".join(f"{i}) {text}" for i, text in enumerate(texts, 1)),
            "\n".join(texts),
            " -> ".join(texts),
            ", ".join(texts) + " pls",
            "Hey, " + " + ".join(texts) + ", thanks",
            "I can't do it myself today, so " + ", and then ".join(texts) + ", please.",
            "It is late, but please " + "; then ".join(texts) + ".",
            "We must " + " and after this ".join(texts) + ". Please start now.",
            "Let us " + ", then ".join(texts) + ".",
            ("In this order: " + ", ".join(texts) + "." if len(texts) > 1 else f"Only this: {texts[0]}."),
            "What I need: " + "; and next, ".join(texts) + ".",
            (
                "Before you " + f"{texts[-1]}, " + ", then ".join(texts[:-1]) + "."
                if len(texts) > 1
                else f"It is time to {texts[0]}."
            ),
            (
                "The last thing to do is to "
                + f"{texts[-1]}. Before that, "
                + ", then ".join(texts[:-1])
                + "."
                if len(texts) > 1
                else f"The thing to do is to {texts[0]}."
            ),
            (
                f"After you {texts[0]}, " + ", then ".join(texts[1:]) + "."
                if len(texts) > 1
                else f"When you can, {texts[0]}."
            ),
            (
                f"As soon as you were able to {texts[0]}, " + ", then ".join(texts[1:]) + "."
                if len(texts) > 1
                else f"If you are able to, {texts[0]}."
            ),
            f"Start with this: {texts[0]}. "
            + "".join(f"Go on with this: {text}. " for text in texts[1:])
            + "Thank you.",
            "It would be good if you could " + ", and then ".join(texts) + ".",
            "Someone has to " + ", and also to ".join(texts) + ". Will you?",
            "".join(f"Step {i}: {text}. " for i, text in enumerate(texts, 1)).strip(),
            polite(s, ", next ".join(texts)),
            polite(s, ", and then ".join(texts)),
            polite(s, "; when you are ready with it, ".join(texts)),
            polite(s, ", and also ".join(texts)),
            polite(s, "do some work for me: " + ", then ".join(texts)),
            polite(s, "first " + ", then ".join(texts) if len(texts) > 1 else f"go ahead and {texts[0]}"),
        ),
        plan=texts,
    )
    values = [s.call(op, text, **arguments) for op, text, arguments in steps]
    results = [value for value in values if value != "done"]
    told = " The results are: " + ", ".join(str(value) for value in results) + "." if results else ""
    s.answer(f"Done.{told}", f"All is done.{told}", expect=results)


def value_then_use(s: Scene) -> None:
    """Reads a property and gives it to another thing."""
    _tools(s, "value", "set")
    w = s.world["_words"]
    one, other = s.rng.sample(list(s.world["things"]), 2)
    attribute, ask = w["attribute"], w["ask"]
    for each in (s.world, s.start):  # an amount must be an integer
        each["things"][one]["value"] = int(each["things"][one]["value"])
    first, second = spoken_of(s, one), spoken_of(s, other)
    s.ask(
        polite(s, f"{ask} the {attribute} of {first}, then set the {attribute} of {second} to it"),
        f"Give {second} the same {attribute} as {first}. {ask.capitalize()} it first.",
        polite(s, f"{ask} the {attribute} of {first} and set that of {second} to the same value"),
        f"The {attribute} of {second} should be that of {first}. {ask.capitalize()} it and set it.",
        f"What is the {attribute} of {first}? {ask.capitalize()} it and set the {attribute} of {second} to this number.",
        polite(s, f"set the {attribute} of {second} to what {first} has; {ask} that first"),
        f"{second[0].upper()}{second[1:]} gets the {attribute} of {first}: {ask} it, then set it.",
        polite(s, f"use the {attribute} of {first} for {second} too; {ask} it first"),
        more=(
            f"Can you {ask} the {attribute} of {first} and set the {attribute} of {second} to that number?",
            f"Could you set the {attribute} of {second} to that of {first}? You must {ask} it first.",
            f"Please {ask} the {attribute} of {first}. Whatever it is, set the {attribute} of {second} to it.",
            f"I want {second} to have the {attribute} of {first}. So {ask} that and set it.",
            f"I want the same {attribute} for {second} as for {first}. {ask.capitalize()} it there, set it here.",
            f"I like the {attribute} of {first}. Please {ask} it, and set the {attribute} of {second} to it too.",
            f"I don't know the {attribute} of {first}, but set that of {second} to it. {ask.capitalize()} it before.",
            f"I can't do it myself: {ask} the {attribute} of {first} and set that of {second} to the same.",
            f"We need equal numbers: {ask} the {attribute} of {first}, and set the {attribute} of {second} to it.",
            f"We have decided that {second} gets the same {attribute} as {first}. {ask.capitalize()} that, then set it.",
            f"{second[0].upper()}{second[1:]} needs a new {attribute}, namely the one of {first}. {ask.capitalize()} this and set it.",
            f"{second[0].upper()}{second[1:]} must be like {first} as to the {attribute}: {ask} it for {first}, set it for {second}.",
            f"{second[0].upper()}{second[1:]} should have the {attribute} that {first} has. Please {ask} it and set it.",
            f"{second[0].upper()}{second[1:]}: set its {attribute} to that of {first}. To know it, {ask} it first.",
            f"{first[0].upper()}{first[1:]} has the right {attribute}. {ask.capitalize()} it and set the {attribute} of {second} to this value.",
            f"{first[0].upper()}{first[1:]} has some {attribute}; {ask} it, and then set that of {second} to the same number.",
            f"{first[0].upper()}{first[1:]} is the model for {second}. So {ask} the {attribute} of {first} and set the {attribute} of {second} to it.",
            f"As {first}, so {second}: {ask} the {attribute} of the first and set that of the second to it.",
            f"The {attribute} of {first} is what {second} should get. {ask.capitalize()} it, then set it.",
            f"The {attribute} of {second} is wrong. Set it to that of {first}, which you have to {ask} first.",
            f"The {attribute} is to be the same for both: {ask} it for {first} and set it for {second}.",
            f"The number I want for the {attribute} of {second} is that of {first}. {ask.capitalize()} it and set it.",
            f"Before you set the {attribute} of {second}, {ask} that of {first}. It has to be the same number.",
            f"After you {ask} the {attribute} of {first}, set the {attribute} of {second} to the same value.",
            f"Once you know the {attribute} of {first} ({ask} it), set that of {second} to it.",
            f"When you have the {attribute} of {first}, set the {attribute} of {second} to this. You have to {ask} it.",
            f"How high is the {attribute} of {first}? {ask.capitalize()} it, and set the {attribute} of {second} just as high.",
            f"Whatever {attribute} {first} has, set that of {second} to it. So {ask} it first.",
            f"Set the {attribute} of {second} to the one of {first}. First {ask} it, of course.",
            f"Set {second} to the {attribute} of {first}; to find this number, {ask} it.",
            f"Copy the {attribute} of {first} to {second}: {ask} the one, set the other.",
            f"Use the {attribute} of {first} for {second} as well. {ask.capitalize()} it, then set it.",
            f"Take the {attribute} from {first} and put it on {second}. You have to {ask} it before you can set it.",
            f"Make the {attribute} of {second} equal to that of {first}: {ask} it and set it.",
            f"{ask} {attribute} of {first}, set {second} to same",
            f"{second}: same {attribute} as {first} pls, {ask} it then set it",
            f"{attribute} {first} -> {second} ({ask} it, then set it)",
            f"Two steps: {ask} the {attribute} of {first}; set the {attribute} of {second} to the result.",
            f"Let us {ask} the {attribute} of {first} and set that of {second} to it.",
            f"Hey, {second} and {first} should not differ. {ask.capitalize()} the {attribute} of {first} and set it for {second} too.",
            f"My colleague wants {second} to have the {attribute} of {first}, so {ask} it and then set it.",
            f"It was a long day, but one more thing: {ask} the {attribute} of {first}, and set that of {second} to it.",
            polite(
                s, f"{ask} which {attribute} {first} has, and set the {attribute} of {second} to just that"
            ),
            polite(s, f"set the {attribute} of {second} to that of {first}, after you {ask} it"),
            polite(
                s,
                f"make {second} the same as {first}: {ask} the {attribute} of {first}, then set that of {second} to it",
            ),
            polite(s, f"give {second} the {attribute} of {first}; {ask} it first and then set it"),
            polite(
                s,
                f"copy a number: {ask} the {attribute} of {first} and set the {attribute} of {second} to it",
            ),
            polite(s, f"use what {first} has for {second}: {ask} the {attribute} and set it"),
        ),
        plan=[f"{ask} the {attribute} of {first}", f"set the {attribute} of {second} to it"],
        parts=(
            (
                f"{ask} the {attribute} of {first}",
                f"{ask} the {attribute} that {first} has",
                f"{ask} how high the {attribute} of {first} is",
                f"{ask} {first}'s {attribute}",
                f"{ask} the {attribute} for {first}",
                f"{ask} what the {attribute} of {first} is",
                f"{ask} which {attribute} {first} has",
                f"go to {first} and {ask} the {attribute}",
                f"look at {first} and {ask} its {attribute}",
                f"{ask} the value of {first}, its {attribute}",
                f"{ask}, for {first}, the {attribute}",
                f"{ask} the {attribute} of {first} for me",
                f"{ask} the present {attribute} of {first}",
                f"take {first} and {ask} the {attribute}",
            ),
            (
                f"set the {attribute} of {second} to it",
                f"set that of {second} to the same value",
                f"set {second} to the same {attribute}",
                f"give {second} this {attribute}",
                f"put it on {second} too",
                f"set the {attribute} of {second} to this number",
                f"set the {attribute} of {second} to the same",
                f"set the {attribute} of {second} to that value",
                f"set that of {second} to it",
                f"use this number as the {attribute} of {second}",
                f"give {second} the same {attribute}",
                f"change the {attribute} of {second} to it",
                f"put this number on {second} as its {attribute}",
                f"make the {attribute} of {second} the same",
                f"set {second}'s {attribute} to it",
            ),
        ),
    )
    n = s.call("value", f"{ask} the {attribute} of {first}", key=one)
    s.call("set", f"set the {attribute} of {second} to {n}", key=other, n=n)
    s.answer(f"Done. The {attribute} is {n} now.", f"I set it to {n}.", expect=[n])


_SCENARIOS: tuple[Callable[[Scene], None], ...] = (
    do_one,
    ask_value,
    need_then_do,
    set_value,
    list_then_do,
    list_then_ask,
    give_or_else,
    two_steps,
    two_steps,
    value_then_use,
)
DOMAIN = Domain("worlds", (), world, _SCENARIOS, weight=8.0, composable=False)
