# ruff: noqa: E501 - requests are easier to compare when each is one line
"""Small knowledge base of invented people, cities, countries and companies: facts and chains of facts."""

from __future__ import annotations

from typing import Any

from mtp_trainer.toolworld.ops import STRING, Op, P, ToolFailure, World, enum
from mtp_trainer.toolworld.scene import Domain, Failed, Scene

FIELDS = ("birthplace", "employer", "headquarters", "country", "capital", "language", "currency")
KINDS = ("person", "company", "city", "country")
LANGUAGE_NAMES = ("French", "German", "Greek", "Arabic", "Hindi", "Swedish", "Welsh")
CURRENCIES = ("crown", "dollar", "franc", "peso", "pound", "rupee", "euro")

ENTITY = P(
    "entity",
    STRING,
    ("entity", "name", "subject", "about", "entity_name", "item_name", "of", "thing"),
    ("Name of the entity", "Person, company, city or country", "The name", "Whose fact it is", "Entity name"),
)
FIELD = P(
    "field",
    enum(*FIELDS),
    ("field", "fact", "attribute", "property", "field_name", "which_fact", "key", "relation"),
    ("Which fact", "The field of the fact", "Name of the field", "The fact that is meant", "Which field"),
)
VALUE = P(
    "value",
    STRING,
    ("value", "content", "text", "new_value", "field_value", "data", "is"),
    ("Value of the field", "What the field holds", "Text of the field", "What the fact is", "The value"),
)


def _entity(world: World, entity: str) -> dict[str, str]:
    if entity in world["facts"]:
        facts: dict[str, str] = world["facts"][entity]
        return facts
    near = [name for name in world["facts"] if entity and name.startswith(entity)]
    hint = f" Did you mean '{near[0]}'?" if near else ""
    raise ToolFailure(f"Nothing known about '{entity}'.{hint}")


def _lookup(world: World, entity: str, field: str) -> Any:
    facts = _entity(world, entity)
    if field not in facts:
        raise ToolFailure(f"No {field} is known of {entity}.")
    return facts[field]


def _search(world: World, field: str, value: str) -> Any:
    return [name for name, facts in world["facts"].items() if facts.get(field) == value]


def _list_kind(world: World, kind: str) -> Any:
    return [name for name, known in world["kinds"].items() if known == kind]


def _fields(world: World, entity: str) -> Any:
    return list(_entity(world, entity))


def _correct(world: World, entity: str, field: str, value: str) -> Any:
    _entity(world, entity)[field] = value
    return "saved"


def _entity_kind(world: World, entity: str) -> Any:
    _entity(world, entity)
    return world["kinds"][entity]


OPS = (
    Op(
        "lookup",
        (
            "lookup",
            "get_fact",
            "find_fact",
            "look_up_fact",
            "fact_of",
            "read_fact",
            "query_fact",
            "check_fact",
            "single_fact",
            "lookup_fact",
        ),
        (
            "Look up one fact about an entity.",
            "Find one field of a person, company, city or country.",
            "Get the value of a field of an entity.",
            "Look up a field of an entity, such as its country.",
            "Read one field of an entity.",
            "Tell the value that one field of an entity has.",
            "One fact about a person, company, city or country.",
            "Find one fact about a person, company, city or country.",
        ),
        (ENTITY, FIELD),
        _lookup,
        "value",
    ),
    Op(
        "search",
        (
            "search_by_fact",
            "find_entities",
            "search",
            "find_by_field",
            "find_by_value",
            "reverse_lookup",
            "who_has",
            "search_by_value",
            "find_matching",
            "search_entities",
        ),
        (
            "Search all entities of which a field has a given value.",
            "Find who or what has a given value in a field.",
            "Names of the entities that have this value in this field.",
            "Find every entity with a given value in one field.",
            "All names for which a field is equal to a value.",
            "Reverse search: from the value of a field to the names.",
            "Search the names of all entities that have a given value in a field.",
        ),
        (FIELD, VALUE),
        _search,
        "names",
    ),
    Op(
        "list_kind",
        (
            "list_entities",
            "list_names",
            "all_of_kind",
            "show_entities",
            "list_by_kind",
            "names_of_kind",
            "entities_of_kind",
            "all_entities",
            "get_names",
            "list_kind",
        ),
        (
            "List all entities of one kind.",
            "Names of all people, companies, cities or countries.",
            "All names of one kind, such as all cities.",
            "Give every name of one kind.",
            "Show who or what there is of one kind.",
            "All people, or all companies, all cities, all countries.",
            "List the names of all entities of one kind.",
        ),
        (
            P(
                "kind",
                enum(*KINDS),
                ("kind", "type", "category", "entity_kind", "class", "group", "sort"),
                (
                    "Kind of entity",
                    "Which kind",
                    "One of the four kinds",
                    "The kind to use",
                    "Which kind of entity",
                ),
            ),
        ),
        _list_kind,
        "names",
    ),
    Op(
        "fields",
        (
            "list_fields",
            "known_fields",
            "fields_of",
            "show_fields",
            "field_names",
            "which_fields",
            "entity_fields",
            "available_fields",
            "fields_known",
            "get_fields",
        ),
        (
            "List which fields are known of an entity.",
            "Names of the fields that an entity has.",
            "Show which kinds of facts there are about an entity, without their values.",
            "Tell which fields are filled for an entity.",
            "Which facts can be looked up for an entity.",
            "Field names of one entity, no values.",
            "List the names of the fields that an entity has.",
        ),
        (ENTITY,),
        _fields,
        "fields",
    ),
    Op(
        "correct",
        (
            "set_fact",
            "save_fact",
            "change_fact",
            "correct_fact",
            "edit_fact",
            "write_fact",
            "replace_fact",
            "put_fact",
            "fix_fact",
            "update_fact",
        ),
        (
            "Save a fact about an entity, which replaces the old one.",
            "Change a field of an entity to a new value.",
            "Correct one fact in the knowledge base.",
            "Write a new value into a field of an entity.",
            "Replace the value of one field of an entity.",
            "Update one field of a person, company, city or country.",
            "Change one fact about an entity to a new value.",
        ),
        (ENTITY, FIELD, VALUE),
        _correct,
        "status",
    ),
    Op(
        "kind",
        (
            "kind_of",
            "get_kind",
            "entity_kind",
            "what_is",
            "type_of",
            "get_type",
            "entity_type",
            "check_kind",
            "classify_name",
            "find_kind",
        ),
        (
            "Tell whether a name is a person, company, city or country.",
            "Kind of an entity: person, company, city or country.",
            "What kind of entity a name is.",
            "Say which kind of thing an entity is.",
            "Find out if a name stands for a person, company, city or country.",
            "The type of an entity.",
            "Tell what kind of entity a name is.",
        ),
        (ENTITY,),
        _entity_kind,
        "kind",
    ),
    Op(
        "count",
        (
            "count_entities",
            "how_many_entities",
            "size",
            "number_of_entities",
            "count_all",
            "total_entities",
            "knowledge_size",
            "entities_total",
            "number_of_names",
            "entity_count",
        ),
        (
            "Count all entities in the knowledge base.",
            "How many entities the knowledge base has.",
            "Number of entities in the knowledge base.",
            "Tell how large the knowledge base is.",
            "Total number of names that are known.",
            "Count everything in the knowledge base.",
            "Count how many entities the knowledge base has.",
        ),
        (),
        lambda world: len(world["facts"]),
        "count",
    ),
)


def _titles(s: Scene, count: int) -> list[str]:
    found: list[str] = []
    while len(found) < count:
        title = s.title()
        if title not in found:
            found.append(title)
    return found


def world(s: Scene) -> World:
    """Two countries, three cities, two companies and four people."""
    names = _titles(s, 7)
    countries, cities, companies = names[:2], names[2:5], names[5:]
    people = s.people(4)
    while not set(people).isdisjoint(names):  # a name stands for one entity
        people = s.people(4)
    facts: dict[str, dict[str, str]] = {}
    kinds: dict[str, str] = {}
    capitals = s.sample(cities, 2)
    for country, capital in zip(countries, capitals, strict=True):
        facts[country] = {
            "capital": capital,
            "language": s.pick(LANGUAGE_NAMES),
            "currency": s.pick(CURRENCIES),
        }
        kinds[country] = "country"
    for city in cities:
        home = countries[capitals.index(city)] if city in capitals else s.pick(countries)
        facts[city], kinds[city] = {"country": home}, "city"
    for company in companies:
        facts[company], kinds[company] = {"headquarters": s.pick(cities)}, "company"
    for person in people:
        facts[person] = {"birthplace": s.pick(cities), "employer": s.pick(companies)}
        kinds[person] = "person"
    return {"facts": facts, "kinds": kinds}


def _of_kind(s: Scene, kind: str) -> list[str]:
    return [name for name, known in s.world["kinds"].items() if known == kind]


def _chain(s: Scene, entity: str, *fields: str) -> Any:
    """Follows fields from an entity, one lookup each."""
    for field in fields:
        entity = s.call("lookup", f"find the {field} of {entity}", entity=entity, field=field)
    return entity


def one_fact(s: Scene) -> None:
    """One lookup; the knowledge base may be busy at first, or the name incomplete."""
    entity = s.pick(list(s.world["facts"]))
    field = s.pick(list(s.world["facts"][entity]))
    trouble = s.integer(1, 4)
    if trouble == 1:
        s.outage("lookup")
    s.ask(
        f"I have a question regarding {entity}: what is the {field}?",
        f"I was trying to remember the {field} of {entity}, but I cannot. Look it up.",
        f"Regarding the {field} of {entity}, what does the knowledge base say?",
        f"My list lacks one fact, the {field} of {entity}. Look it up, please.",
        f"Is the {field} of {entity} recorded? If so, what is it?",
        f"One fact is missing on my form: for {entity} I have to enter the {field}.",
        f"I heard about {entity} today and am interested in the {field}.",
        f"Whatever is recorded as the {field} of {entity}, tell me.",
        f"A friend wants to know a fact about {entity}, namely the {field}.",
        f"Does anybody know the {field} of {entity}? It should be in the knowledge base.",
        f"In the knowledge base, go to {entity} and read off the {field}.",
        f"{entity}, and of this only the {field}, please",
        f"So that my boss can go on, find out which {field} belongs to {entity}.",
        f"With {entity} as the name, what do you have for the {field}?",
        f"What is the {field} of {entity}?",
        f"Look up the {field} of {entity}.",
        f"Which {field} does {entity} have?",
        f"I would like to know one fact about {entity}: the {field}.",
        f"Please find the {field} of {entity} in the knowledge base.",
        f"{entity}: {field}?",
        f"Somebody asked me about {entity}. Can you tell me the {field}?",
        f"Tell me the {field} of {entity}.",
        f"Can you find out the {field} of {entity}?",
        f"I need the {field} of {entity} for a form.",
        f"Check the knowledge base: what does it say about the {field} of {entity}?",
        f"My question is about {entity}. What is the {field}?",
        f"Quick question: {field} of {entity}?",
        f"Do you know the {field} of {entity}? Look it up, please.",
        f"For my notes: what {field} is given for {entity}?",
        f"Give me the {field} that is known of {entity}.",
        f"Show me the {field} of {entity}.",
        f"I wonder what the {field} of {entity} is.",
        f"Let me know the {field} of {entity}, please.",
        f"What do we have as the {field} of {entity}?",
        f"Pull up the {field} recorded for {entity}.",
        f"Fetch the {field} of {entity}, please.",
        f"There are some facts about {entity}. I am only interested in the {field}, so name just that.",
        f"Any idea what the {field} of {entity} is? The knowledge base should say.",
        f"I have to fill in the {field} of {entity}, but I do not know it. Can you help?",
        f"For {entity}, what is listed as the {field}?",
        f"Would you mind telling me the {field} of {entity}?",
        f"The {field} of {entity} is still missing in the text that I am writing. Get it for me, please.",
        f"Open the entry of {entity} and read me the {field}.",
        f"The {field} of {entity} is what I am looking for.",
        f"Regarding {entity}: which {field} is on record? Let me see it.",
        f"I am trying to figure out the {field} of {entity}. Could you help me?",
        f"Get me the {field} of {entity}.",
        f"What does the entry for {entity} give as the {field}?",
        f"Name the {field} of {entity}, please.",
        f"Hello, could you let me know which {field} is recorded for {entity}?",
        f"We are writing a text about {entity} and the {field} is still missing. Find it, please.",
        f"Could you check what the {field} of {entity} is?",
        f"There is an entry for {entity}. I am only interested in the {field}.",
        f"Please look up one fact about {entity}, the {field}.",
    )
    value = s.call("lookup", f"find the {field} of {entity}", entity=entity, field=field)
    if isinstance(value, Failed):
        value = s.call("lookup", f"find the {field} of {entity}", entity=entity, field=field)
    s.answer(f"The {field} of {entity} is {value}.", f"{value}", expect=[value])


def incomplete_name(s: Scene) -> None:
    """The request has the beginning of a name; the error says the whole name."""
    facts = s.world["facts"]
    long = [name for name in facts if len(name) > 5 and name[:-2] not in facts]
    entity = s.pick(long or list(facts))
    field = s.pick(list(facts[entity]))
    short = entity[:-2] if long else entity
    s.ask(
        f"I have a question regarding {short}: what is the {field}?",
        f"I was trying to remember the {field} of {short}, but I cannot. Look it up.",
        f"Regarding the {field} of {short}, what does the knowledge base say?",
        f"My list lacks one fact, the {field} of {short}. Look it up, please.",
        f"Is the {field} of {short} recorded? If so, what is it?",
        f"One fact is missing on my form: for {short} I have to enter the {field}.",
        f"I heard about {short} today and am interested in the {field}.",
        f"Whatever is recorded as the {field} of {short}, tell me.",
        f"A friend wants to know a fact about {short}, namely the {field}.",
        f"Does anybody know the {field} of {short}? It should be in the knowledge base.",
        f"In the knowledge base, go to {short} and read off the {field}.",
        f"{short}, and of this only the {field}, please",
        f"So that my boss can go on, find out which {field} belongs to {short}.",
        f"With {short} as the name, what do you have for the {field}?",
        f"What is the {field} of {short}?",
        f"Look up the {field} of {short}.",
        f"Which {field} does {short} have?",
        f"I would like to know one fact about {short}: the {field}.",
        f"Please find the {field} of {short} in the knowledge base.",
        f"{short}: {field}?",
        f"Tell me the {field} of {short}.",
        f"Can you find out the {field} of {short}?",
        f"I need the {field} of {short} for a form.",
        f"Check the knowledge base: what does it say about the {field} of {short}?",
        f"My question is about {short}. What is the {field}?",
        f"Somebody asked me about {short}. Can you tell me the {field}?",
        f"Quick question: {field} of {short}?",
        f"Do you know the {field} of {short}? Look it up, please.",
        f"For my notes: what {field} is given for {short}?",
        f"Give me the {field} that is known of {short}.",
        f"Show me the {field} of {short}.",
        f"I wonder what the {field} of {short} is.",
        f"Let me know the {field} of {short}, please.",
        f"What do we have as the {field} of {short}?",
        f"Pull up the {field} recorded for {short}.",
        f"Fetch the {field} of {short}, please.",
        f"There are some facts about {short}. I am only interested in the {field}, so name just that.",
        f"Any idea what the {field} of {short} is? The knowledge base should say.",
        f"I have to fill in the {field} of {short}, but I do not know it. Can you help?",
        f"For {short}, what is listed as the {field}?",
        f"Would you mind telling me the {field} of {short}?",
        f"The {field} of {short} is still missing in the text that I am writing. Get it for me, please.",
        f"Open the entry of {short} and read me the {field}.",
        f"The {field} of {short} is what I am looking for.",
        f"Regarding {short}: which {field} is on record? Let me see it.",
        f"I am trying to figure out the {field} of {short}. Could you help me?",
        f"Get me the {field} of {short}.",
        f"What does the entry for {short} give as the {field}?",
        f"Name the {field} of {short}, please.",
        f"Hello, could you let me know which {field} is recorded for {short}?",
        f"We are writing a text about {short} and the {field} is still missing. Find it, please.",
        f"Could you check what the {field} of {short} is?",
        f"There is an entry for {short}. I am only interested in the {field}.",
        f"Please look up one fact about {short}, the {field}.",
    )
    value = s.call("lookup", f"find the {field} of {short}", entity=short, field=field)
    if isinstance(value, Failed):
        name = value.message.split("'")[3]  # the suggestion, which need not be the name that was meant
        value = s.call("lookup", f"find the {field} of {name}", entity=name, field=field)
        if isinstance(value, Failed):
            s.answer(value.message)
            return
        entity = name
    s.answer(f"The {field} of {entity} is {value}.", f"{value}", expect=[value])


def two_hops(s: Scene) -> None:
    """A fact of a fact."""
    if s.rng.random() < 0.5:
        who, first, second = s.pick(_of_kind(s, "person")), "birthplace", "country"
        s.ask(
            f"Regarding the birthplace of {who}: which country does it lie in?",
            f"I am filling in a table. What I lack is the country of birth of {who}.",
            f"I was trying to figure out which country has the birthplace of {who}. Please look it up.",
            f"The birthplace of {who} is recorded, so find out in what country this city lies.",
            f"My overview lacks one fact: the country where the birthplace of {who} lies.",
            f"I heard that {who} was born abroad. Which country does the birthplace lie in?",
            f"From which country is {who}, if you go by the place of birth?",
            f"country of birth of {who}, please",
            f"A friend is interested in where {who} was born. He needs the country, so take the birthplace and look that up.",
            f"Whatever city {who} was born in, tell me the country that this city belongs to.",
            f"With the birthplace of {who} as the start, find the country.",
            f"One fact is missing in my text: what country was {who} born in?",
            f"So that I can fix my notes, tell me in what country the city lies where {who} was born.",
            f"In which country is the birthplace of {who}?",
            f"Which country does the birthplace of {who} belong to?",
            f"Find the birthplace of {who} and the country of that city.",
            f"{who} was born somewhere. Look up the birthplace and tell me its country.",
            f"What is the country of the birthplace of {who}?",
            f"Please tell me in which country {who} was born. You need the birthplace first.",
            f"Look up where {who} was born. Which country is that city in?",
            f"Tell me the country that the birthplace of {who} lies in.",
            f"I need the country of birth of {who}. Find the birthplace, then its country.",
            f"We know the birthplace of {who}, but not its country. Which one is it?",
            f"Birthplace of {who}: in which country is it?",
            f"Can you find out which country {who} comes from by birth?",
            f"{who}: birthplace, then country. Tell me the country.",
            f"Check where {who} was born and give me the country of that place.",
            f"First get the birthplace of {who}. Then find the country of this city.",
            f"A form asks for the country in which {who} was born. What should I write?",
            f"Show me the country that contains the birthplace of {who}.",
            f"Where was {who} born, and which country is that place in? I only need the country.",
            f"I am writing about {who}. What country does the birthplace lie in?",
            f"Let me know the country of the city in which {who} was born.",
            f"Name the country in which the birthplace of {who} lies.",
            f"Get the birthplace of {who}, then look up what country it is in.",
            f"In what country did {who} come into the world? Check the birthplace.",
            f"Quick question: what is the country of birth of {who}?",
            f"Give me the country to which the city where {who} was born belongs.",
            f"For a text about {who}, I want to name the country of birth. Which is it?",
            f"Would you check which country the birthplace of {who} is part of?",
            f"{who} comes from a city. Find this birthplace and the country that it lies in.",
            f"Somebody asked me in which country {who} was born. Can you find it out?",
            f"Could you take the birthplace of {who} and see in what country it is located?",
            f"I am filling in a form and need the country where {who} was born.",
            f"Do you know the country that {who} was born in? Go by the birthplace.",
            f"Figure out the country of the place where {who} was born.",
            f"The birthplace of {who} is in which country?",
            f"I have to write down the country of birth of {who}. Please find the birthplace and then its country.",
            f"What country does {who} come from, going by the birthplace?",
            f"Could you tell me the country that {who} was born in?",
            f"Take the city where {who} was born. What country does it lie in?",
            f"I am writing about {who} and want to name the country of the birthplace. Find it, please.",
            f"Please find the country in which {who} was born.",
            plan=[f"find the birthplace of {who}", "find the country of that city"],
        )
    else:
        who, first, second = s.pick(_of_kind(s, "person")), "employer", "headquarters"
        s.ask(
            f"I am trying to write to the employer of {who}. In what city are its headquarters?",
            f"Regarding the employer of {who}: where are the headquarters?",
            f"For whom is {who} working? Look that up and give me the headquarters of the company.",
            f"It is recorded for whom {who} works. In what city are the headquarters of that company?",
            f"By whom is {who} employed? Look it up and tell me the headquarters of the company.",
            f"Of all companies I am interested in one, the employer of {who}. Where does it have its headquarters?",
            f"My letter to the employer of {who} still lacks the city. Look up the headquarters, please.",
            f"headquarters of the company of {who}, please",
            f"I heard that {who} has found work. In which city is the head office, that is, the headquarters of the employer?",
            f"Does anybody know where the employer of {who} is at home? I mean the headquarters.",
            f"A friend wants to write to the company that {who} works for, so tell me which headquarters it has.",
            f"Whatever company {who} works for, I want to hear where its headquarters are.",
            f"One of the companies is the employer of {who}. Which headquarters are recorded for it?",
            f"Where are the headquarters of the employer of {who}?",
            f"{who} works for a company. Find the headquarters of that employer.",
            f"Look up the employer of {who}, then its headquarters.",
            f"In which city does the employer of {who} have its headquarters?",
            f"Find the employer of {who} and tell me where its headquarters are.",
            f"I must visit the company of {who}. Who is the employer, and where are the headquarters?",
            f"What are the headquarters of the company that {who} works for?",
            f"Tell me the headquarters of the company where {who} works.",
            f"I need the headquarters of the company that employs {who}.",
            f"{who}: employer, then headquarters. Tell me the headquarters.",
            f"Can you find out in which city the company of {who} has its headquarters?",
            f"We want to send a letter to the employer of {who}. Where are its headquarters?",
            f"First get the employer of {who}. Then find the headquarters of that company.",
            f"Headquarters of the employer of {who}?",
            f"Check who employs {who} and where that company has its headquarters.",
            f"Which city has the headquarters of the company that {who} works for?",
            f"Show me where the headquarters of the employer of {who} are.",
            f"Which company employs {who}, and in what city are its headquarters?",
            f"I wonder where the employer of {who} has its headquarters.",
            f"Let me know the headquarters of the company that {who} is employed by.",
            f"Name the city in which the company of {who} has its headquarters.",
            f"Get the employer of {who} and then look up the headquarters of that company.",
            f"Quick question: where does the employer of {who} have its headquarters?",
            f"{who} has a job at some company. Where are the headquarters of that company?",
            f"Give me the headquarters of the company that pays {who}, that is, of the employer.",
            f"Who does {who} work for? I want to know the headquarters of that employer.",
            f"Would you check in which city the employer of {who} has the headquarters?",
            f"Somebody asked me about the employer of {who}. Tell me where its headquarters are.",
            f"Take the company that {who} works for and find the city of its headquarters.",
            f"I know who {who} is, but not the employer. Could you look up the headquarters of that company?",
            f"Do you know where the company that is the employer of {who} has its headquarters? Look it up.",
            f"A letter must go to the headquarters of the company that employs {who}. Which city is that?",
            f"Figure out who employs {who}, then where the headquarters of that company are.",
            f"Quick question: in which city are the headquarters of the employer of {who}?",
            f"I know {who}, but not the employer. Find the company and get me its headquarters.",
            f"What is the city of the headquarters of the company for which {who} works?",
            f"For whom does {who} work, and where are the headquarters of that company? I need the city.",
            f"Could you tell me where the company that employs {who} has its headquarters?",
            f"I know that {who} has a job. Get me the headquarters of the employer.",
            f"Please look up the headquarters of the company that is the employer of {who}.",
            plan=[f"find the employer of {who}", "find the headquarters of that company"],
        )
    value = _chain(s, who, first, second)
    s.answer(f"It is {value}.", f"{value}", expect=[value])


def three_hops(s: Scene) -> None:
    """From a person's birthplace to its country, and to a fact of the country."""
    who, last = s.pick(_of_kind(s, "person")), s.pick(("capital", "language", "currency"))
    s.ask(
        f"I am trying to learn about the country where {who} was born. What is its {last}?",
        f"To figure out the {last} that I need, go from the birthplace of {who} to its country.",
        f"Regarding the country of birth of {who}: what {last} does it have?",
        f"I am filling in a form about {who}. It asks for the {last} of the country of birth.",
        f"My overview lacks the {last} of the country where the birthplace of {who} lies.",
        f"I heard that {who} was born abroad. What {last} does that country have?",
        f"For my boss: in the country where {who} was born, what is the {last}?",
        f"I am interested in a country, the one that the birthplace of {who} lies in. What is its {last}?",
        f"{last} of the birth country of {who}?",
        f"One fact is missing: the {last} of the country from which {who} comes by birth.",
        f"Whatever country the birthplace of {who} lies in, tell me the {last} of it.",
        f"With the birthplace of {who} as the start, find the country and then its {last}.",
        f"If I go to the country where {who} was born, what {last} will I find there?",
        f"So that I can finish a text about {who}, look up the birthplace, the country it lies in and the {last} of this country.",
        f"What is the {last} of the country where {who} was born?",
        f"Find the {last} of the country of the birthplace of {who}.",
        f"{who} was born in some city. What is the {last} of the country of that city?",
        f"Look up the birthplace of {who}, then its country, then the {last} of that country.",
        f"I want to know the {last} of the country in which {who} was born.",
        f"Which {last} does the country have where the birthplace of {who} is?",
        f"{who}: birthplace, then country, then {last}. Tell me the last one.",
        f"Tell me the {last} of the country that {who} was born in.",
        f"I need the {last} of the home country of {who}, the one with the birthplace.",
        f"Can you find out the {last} of the country to which the birthplace of {who} belongs?",
        f"First find where {who} was born, then in which country that is, then the {last} of this country.",
        f"Take the birthplace of {who} and its country. What is the {last} there?",
        f"Country of the birthplace of {who}: what is its {last}?",
        f"For a quiz: what {last} does the country have in which {who} was born?",
        f"Check the city where {who} was born. Which country is it in, and what is the {last} of that country?",
        f"We know where {who} was born. Now we need the {last} of that country.",
        f"Show me the {last} of the country in which {who} was born.",
        f"{who} was born in a country. Let me know the {last} of it.",
        f"I wonder what {last} the country of birth of {who} has.",
        f"Get the birthplace of {who}, find the country of that city, and tell me the {last} of the country.",
        f"Name the {last} of the country where the birthplace of {who} lies.",
        f"Give me the {last} of the country of birth of {who}.",
        f"Where was {who} born, and in which country is that? I am looking for the {last} of that country.",
        f"For my notes: start with the birthplace of {who}, go on to its country, and give me the {last} of it.",
        f"The birthplace of {who} belongs to a country. Which {last} does this country have?",
        f"Do you know the {last} of the country to which the birthplace of {who} belongs?",
        f"Would you check what the {last} is in the country that {who} was born in?",
        f"Somebody asked me about the {last} of the country where {who} was born. Can you find it out?",
        f"I am writing about {who}. What is the {last} of the country of the birthplace?",
        f"Go from {who} to the birthplace, on to the country, and end with the {last}. What is it?",
        f"Could you please figure out the {last} of the country that contains the birthplace of {who}?",
        f"The city where {who} was born lies in some country. I need to know the {last} there.",
        f"Find out what {last} there is in the country where {who} was born.",
        f"For my notes I need the {last} of the country in which the birthplace of {who} lies.",
        f"Check the birthplace of {who}, then its country, and give me the {last} of that country.",
        f"What {last} does the country of birth of {who} have? Look it up, please.",
        f"The country where {who} was born has a {last}. Find out which.",
        f"Could you give me the {last} of the country that the birthplace of {who} lies in?",
        f"Start with the birthplace of {who} and go on to its country. I need the {last} of that one.",
        f"Please look up the {last} of the country in which {who} was born.",
        plan=[
            f"find the birthplace of {who}",
            "find the country of that city",
            f"find the {last} of that country",
        ],
    )
    value = _chain(s, who, "birthplace", "country", last)
    s.answer(f"The {last} is {value}.", f"{value}", expect=[value])


def four_hops(s: Scene) -> None:
    """From a person's employer to its headquarters, their country, and a fact of the country."""
    who, last = s.pick(_of_kind(s, "person")), s.pick(("capital", "language", "currency"))
    s.ask(
        f"Regarding the employer of {who}: what is the {last} of the country where the headquarters are?",
        f"I am trying to figure out the {last} of a country. It is the country with the headquarters of the company that employs {who}.",
        f"While writing to the employer of {who}, I came to this: which {last} does the country of its headquarters have?",
        f"For whom does {who} work? Go to the headquarters of that company and their country, and tell me its {last}.",
        f"My overview of companies lacks a fact about the employer of {who}: the {last} of the country where its headquarters lie.",
        f"I heard about the company that employs {who}. What is the {last} of the country that has its headquarters?",
        f"Whatever city has the headquarters of the employer of {who}, I am interested in the {last} of the country it lies in.",
        f"{last} of the country with the headquarters of the employer of {who}, please",
        f"Of all companies, take the one where {who} works. In which country are its headquarters, and what {last} is recorded for that country?",
        f"A fact is missing in my text. It is the {last} of the country in which the company of {who} has put its headquarters.",
        f"With the employer of {who} as the start, look up the headquarters, the country and then the {last}.",
        f"If I visit the headquarters of the company that {who} works for, what is the {last} of the country that I come to?",
        f"So that my boss can plan a trip to the headquarters of the employer of {who}, find the {last} of the country that they lie in.",
        f"What is the {last} of the country in which the employer of {who} has its headquarters?",
        f"Find the {last} of the country of the headquarters of the employer of {who}.",
        f"{who} works for a company. What is the {last} of the country where its headquarters are?",
        f"Look up the employer of {who}, its headquarters, the country of that city and its {last}.",
        f"{who}: employer, then headquarters, then country, then {last}. Tell me the last one.",
        f"Which {last} does the country have where the employer of {who} has its headquarters?",
        f"The company of {who} has its headquarters in some country. What is the {last} of it?",
        f"Tell me the {last} of the country where the company of {who} has its headquarters.",
        f"I need the {last} of the country in which the employer of {who} is at home, that is, where the headquarters are.",
        f"Can you find out the {last} of the country to which the headquarters of the employer of {who} belong?",
        f"First find who employs {who}, then the headquarters, then their country, then its {last}.",
        f"Take the employer of {who} and the city of its headquarters. What is the {last} of the country of that city?",
        f"Country of the headquarters of the employer of {who}: what is its {last}?",
        f"For a quiz: what {last} does the country have in which the company of {who} has its headquarters?",
        f"Check for which company {who} works and where its headquarters are. What is the {last} of that country?",
        f"We want to visit the headquarters of the employer of {who}. Which {last} does that country have?",
        f"Show me the {last} of the country in which the company of {who} has its headquarters.",
        f"I wonder what {last} the country has where the headquarters of the employer of {who} are.",
        f"Let me know the {last} of the country of the headquarters of the company that employs {who}.",
        f"Name the {last} of the country in which the headquarters of the employer of {who} lie.",
        f"Get the employer of {who}, the headquarters of that company, their country, and finally its {last}.",
        f"{who} has an employer with headquarters in some city. Give me the {last} of the country of that city.",
        f"Where does the company of {who} have its headquarters, and in which country? I am looking for the {last} there.",
        f"Please start with the employer of {who}, go on to its headquarters, to their country, and tell me its {last}.",
        f"The headquarters of the company that {who} works for are in a country. Which {last} does it have?",
        f"Do you know the {last} of the country where the company that employs {who} has its headquarters?",
        f"Would you check the {last} of the country in which the employer of {who} has its headquarters?",
        f"Somebody asked me about the {last} of the country where the employer of {who} has its headquarters. Look it up.",
        f"I am writing about the employer of {who}. What is the {last} of the country that its headquarters are in?",
        f"Who employs {who}, where are the headquarters, and what is the {last} of the country that they lie in?",
        f"Could you figure out the {last} of the country to which the headquarters of the company of {who} belong?",
        f"We need the {last} of a country: the one with the headquarters of the company where {who} works.",
        f"Look up for which company {who} works, then the city of its headquarters, then the country, then the {last}.",
        f"For my notes I need the {last} of the country in which the company that employs {who} has its headquarters.",
        f"Find out what {last} there is in the country of the headquarters of the employer of {who}.",
        f"Take the company that {who} works for. What {last} does the country of its headquarters have?",
        f"The company that employs {who} has its headquarters in a city. I need the {last} of the country of that city.",
        f"Could you give me the {last} of the country that the headquarters of the company of {who} lie in?",
        f"Start with the employer of {who} and go on to its headquarters and their country. What is its {last}?",
        f"Please find the {last} of the country where the employer of {who} has its headquarters.",
        plan=[
            f"find the employer of {who}",
            "find the headquarters of that company",
            "find the country of that city",
            f"find the {last} of that country",
        ],
    )
    value = _chain(s, who, "employer", "headquarters", "country", last)
    s.answer(f"The {last} is {value}.", f"{value}", expect=[value])


def search_one(s: Scene) -> None:
    """One search by the value of a field, then perhaps one fact of each that was found."""
    person = s.pick(_of_kind(s, "person"))
    field, other = s.pick((("birthplace", "employer"), ("employer", "birthplace")))
    value, more = s.world["facts"][person][field], s.rng.random() < 0.6
    if more:
        s.ask(
            f"I was trying to figure out who has the {field} {value}. Find them, and the {other} of each.",
            f"Regarding people with the {field} {value}: who are they, and what is the {other} of each?",
            f"Is anybody recorded with {value} as {field}? Look up the {other} of each person that you find.",
            f"I am interested in people whose {field} is {value}, and in the {other} of each of them.",
            f"My overview of everybody with the {field} {value} lacks the {other} of each. Find the people and look it up.",
            f"With {value} as the {field}, who is there? Then give me the {other} of each.",
            f"{field} {value}: names, and the {other} of each",
            f"Whatever people match the {field} {value}, name them and the {other} of each.",
            f"I heard that more than one person may have the {field} {value}. Who are they, and which {other} is recorded for each?",
            f"A friend asks whose {field} is {value}. He needs the {other} of each person as well.",
            f"Does anybody have {value} as {field}? I need the names and, for each name, the {other}.",
            f"Search for {value} as {field}. Of all people that match, tell me the {other}.",
            f"Who has the {field} {value}, and what is the {other} of each?",
            f"Search everybody whose {field} is {value} and look up the {other} of each.",
            f"Find all people with the {field} {value}. Then tell me the {other} of each of them.",
            f"First search who has {value} as {field}, then look up the {other} of each.",
            f"I need the {other} of everybody who has the {field} {value}.",
            f"Which people have {value} as their {field}? Tell me the {other} of each of them, too.",
            f"Get me everyone with {value} as {field}, and the {other} of each of them.",
            f"Look for people whose {field} is {value}. What is the {other} of each?",
            f"Who are the people with the {field} {value}? Add the {other} of each.",
            f"For each person who has the {field} {value}, tell me the {other}.",
            f"I am making a table: all people with {value} as their {field}, and next to each name the {other}.",
            f"{field}: {value}. Who is that, and which {other} does each of them have?",
            f"Can you find everybody with the {field} {value} and check the {other} of each?",
            f"Tell me the {other} of each person whose {field} is {value}.",
            f"Some people have {value} as {field}. Find them, then find the {other} of each.",
            f"We must know who has the {field} {value}. After that, get the {other} of each.",
            f"Show me who has {value} as {field}, together with the {other} of each.",
            f"Give me the names of all people whose {field} is {value}, plus the {other} of each.",
            f"My table is about people who have the {field} {value}. Please find them and find out the {other} of each.",
            f"Could you let me know which people have the {field} {value} and what the {other} of each is?",
            f"Fetch everybody whose {field} is {value}, and after that the {other} of each person.",
            f"List everyone with the {field} {value} and add the {other} of each.",
            f"Identify the people with {value} as {field}. Next, check the {other} of each.",
            f"Whose {field} is {value}? For each of these people, also look up the {other}.",
            f"Would you search for people with {value} as their {field} and give me the {other} of each?",
            f"Here is what I need: everybody with the {field} {value}, and the {other} of each.",
            f"Several people may share the {field} {value}. Find all of them and get the {other} of each.",
            f"Start with a search for the {field} {value}. Take each name that you get and find its {other}.",
            f"Is there anybody whose {field} is {value}? If so, report the {other} of each one.",
            f"We are writing a report on everybody who has {value} as {field}. Tell me their names and the {other} of each.",
            f"Everyone with {value} as {field}: who are they, and what is the {other} of each?",
            f"Can you make a list of the people whose {field} is {value}, with the {other} of each person next to the name?",
            f"Go through the people who have the {field} {value} and tell me which {other} each of them has.",
            f"Find out who has {value} as {field}. Could you then look up the {other} of each?",
            f"For a table I need all names with the {field} {value}, and the {other} for each name.",
            f"Who are the people that have {value} as their {field}? I would like to see the {other} of each, too.",
            f"Could you list the people whose {field} is {value}, each with the {other}?",
            f"Take all people with {value} as {field}. Which {other} does each of them have?",
            f"My report is about people with the {field} {value}. I need their names and the {other} of each.",
            f"Please search all people with the {field} {value} and tell me the {other} of each.",
            plan=[f"search who has the {field} {value}", f"find the {other} of each"],
        )
    else:
        s.ask(
            f"I was trying to figure out who has the {field} {value}. Can you tell me?",
            f"Regarding the {field} {value}: which people have it?",
            f"Is anybody recorded with {value} as {field}? Name them all.",
            f"I am interested in everybody whose {field} is {value}. What are their names?",
            f"My overview lacks the names of the people who have the {field} {value}.",
            f"With {value} as the {field}, who is there?",
            f"{field} {value}, names please",
            f"Whatever people match the {field} {value}, name them.",
            f"I heard that somebody has the {field} {value}. Who could that be?",
            f"Does anybody have {value} as {field}? A friend asks me for the names.",
            f"For whom is {value} the {field}? Search the knowledge base.",
            f"So that I can write to them, find the people for whom {value} is recorded as {field}.",
            f"Who has the {field} {value}?",
            f"Search everybody whose {field} is {value}.",
            f"Find all people with the {field} {value}.",
            f"Please search who has {value} as {field}.",
            f"I need the names of everybody who has the {field} {value}.",
            f"Which people have {value} as their {field}?",
            f"Get me everyone with {value} as {field}.",
            f"Look for people whose {field} is {value}.",
            f"Who are the people with the {field} {value}?",
            f"Tell me all names with the {field} {value}.",
            f"I am making a list of people who have {value} as their {field}. Who is on it?",
            f"{field}: {value}. Who is that?",
            f"Can you find everybody with the {field} {value}?",
            f"Whose {field} is {value}?",
            f"Some people have {value} as {field}. Find them.",
            f"We must know who has the {field} {value}. Search, please.",
            f"Show me who has {value} as {field}.",
            f"Give me the names of all people whose {field} is {value}.",
            f"My table is about people with the {field} {value}. Who are they?",
            f"Could you let me know which people have the {field} {value}?",
            f"Fetch the names of everybody whose {field} is {value}.",
            f"List everyone with the {field} {value}.",
            f"Identify the people with {value} as {field}.",
            f"I wonder whose {field} is {value}. Can you search through the knowledge base for that?",
            f"Would you search for people with {value} as their {field}?",
            f"Here is what I need: the names of everybody with the {field} {value}.",
            f"Several people may share the {field} {value}. Find out who they are.",
            f"Do you know anybody whose {field} is {value}? Look it up, please.",
            f"Is there anyone in the knowledge base with {value} as {field}? Give me the names.",
            f"We are writing a report on everybody who has {value} as {field}. Tell me their names.",
            f"Everyone with {value} as {field}: who are they?",
            f"Can you make a list of the people whose {field} is {value}?",
            f"Look through the knowledge base for people who have the {field} {value}.",
            f"Could you find out who has {value} as {field}?",
            f"All names with the {field} {value}, please.",
            f"Who is known to have {value} as their {field}?",
            f"Could you give me the names of the people whose {field} is {value}?",
            f"Is there anybody with {value} as {field}? Tell me who.",
            f"My report is about people with the {field} {value}. I need their names.",
            f"Please search all people with the {field} {value}.",
        )
    names = s.call("search", f"search who has the {field} {value}", field=field, value=value)
    if not more:
        shown = ", ".join(names)
        s.answer(f"{value} is the {field} of {shown}.", shown, expect=names)
        return
    why = f"find the {other} of {', '.join(names)}"
    found = s.parallel(why, *[("lookup", {"entity": name, "field": other}) for name in names])
    shown = ", ".join(f"{name}: {fact}" for name, fact in zip(names, found, strict=True))
    s.answer(f"The {other} of each is {shown}.", shown, expect=[*names, *found])


def list_and_look_up(s: Scene) -> None:
    """Lists a kind, then looks up one field of each, one by one."""
    kind, plural, field = s.pick(
        (
            ("country", "countries", "capital"),
            ("country", "countries", "currency"),
            ("city", "cities", "country"),
            ("company", "companies", "headquarters"),
            ("person", "people", "employer"),
        )
    )
    s.ask(
        f"I am filling in a table of all {plural}. List them and find the {field} for each, one by one.",
        f"Regarding all {plural}: what is the {field} of each? Make a list, then look them up one by one.",
        f"In my table of all {plural}, the {field} is missing. List the {plural} and look it up for each {kind}, one by one.",
        f"An overview of the {plural} is what my boss wants. List them and, one by one, look up the {field} of each.",
        f"Whatever {plural} are recorded, list them. Then look up one fact about each {kind}, one by one, namely the {field}.",
        f"I am interested in the {field} of each {kind}. So list all {plural} first and go through them one by one.",
        f"{plural}: a list, then the {field} of each, one by one",
        f"Before you look up the {field} of each {kind}, one by one, make a list of all {plural}.",
        f"Which {field} is recorded for every {kind}? List the {plural} and check one by one.",
        f"I have heard of some {plural}, but I need all of them. List them and find each {field}, one by one.",
        f"The report that I write lacks a fact about the {plural}. List them, then find the {field} of each one by one.",
        f"To begin with I need a list of all {plural}, and next the {field} of each {kind}, checked one by one.",
        f"List all {plural} and look up the {field} of each, one by one.",
        f"Which {plural} are in the knowledge base? Find the {field} of each one by one.",
        f"Go through all {plural}, one by one, and tell me the {field} of each.",
        f"First list the {plural}. Then look up the {field} of each, one by one.",
        f"I need a list of all {plural} with the {field} of each. Look them up one by one.",
        f"For every {kind} in the knowledge base, tell me the {field}. List them, then go one by one.",
        f"Take all {plural} of the knowledge base and find the {field} of each {kind}, one by one.",
        f"Tell me the {field} of every {kind}. Get the list of {plural} first and then check one by one.",
        f"Make a table of all {plural} and the {field} of each. Look up one {kind} at a time, one by one.",
        f"Can you go through the list of {plural} one by one and find each {field}?",
        f"We want to know the {field} of each {kind}. List the {plural} and look them up one by one.",
        f"Show me the {plural} with the {field} of each; look up one by one, please.",
        f"All {plural}, and for each {kind} the {field}. Do it one by one.",
        f"What {plural} are there, and what is the {field} of each {kind}? One by one, please.",
        f"Get every {kind} of the knowledge base. Then check the {field} of the {plural} one by one.",
        f"One by one, find the {field} of all {plural}. You have to list each {kind} first.",
        f"Show me every {kind} first. Then find the {field} of all these {plural}, one by one.",
        f"Get a list of all {plural}, then fetch the {field} of each {kind}, one by one.",
        f"I want to know which {plural} there are. After that, look up the {field} of each, one by one.",
        f"Give me all {plural} that are known, and then, one by one, the {field} of each.",
        f"Name all {plural}. Next, go one by one and tell me the {field} of each.",
        f"Let me know the {field} of each {kind}. Start with the list of {plural} and do them one by one.",
        f"Would you list every {kind} and then check each {field}, one by one?",
        f"Find all the {plural} you have and look at the {field} of each {kind}, one by one.",
        f"I am making an overview: all {plural}, each with the {field}. Look these up one by one.",
        f"Here is what I need: the list of {plural}, then the {field} for each {kind}, one by one.",
        f"Work through the {plural} one by one: list them, then get the {field} of each.",
        f"What {field} does each {kind} have? List all {plural} and check them one by one.",
        f"My table lacks the {plural} and their {field}. Get every {kind}, then look up the {field} of each one by one.",
        f"See which {plural} are in the knowledge base, then report the {field} of each, one by one.",
        f"The {field} of every {kind}, please. List the {plural}, then look them up one by one.",
        f"Could you start with the list of all {plural} and then find the {field} of each {kind}, one by one?",
        f"We need an overview of all {plural} with their {field}. List them, then go one by one.",
        f"Fetch the names of all {plural}. After this, look up the {field} of each name one by one.",
        f"List each {kind} that you know. I need the {field} of all of them, one by one.",
        f"Can you tell me what {plural} we have and then, one by one, give me the {field} of each {kind}?",
        f"Could you list the {plural} and then get the {field} for each {kind}, one by one?",
        f"My overview of the {plural} lacks the {field} of each {kind}. Fill it in one by one.",
        f"Start with a list of every {kind}. After that I need the {field} of all these {plural}, one by one.",
        f"Please list the {plural}, then find the {field} of each one by one.",
        plan=[f"list all {plural}", f"find the {field} of each, one by one"],
    )
    names = s.call("list_kind", f"list all {plural}", kind=kind)
    found = [_chain(s, name, field) for name in names]
    shown = ", ".join(f"{name}: {fact}" for name, fact in zip(names, found, strict=True))
    s.answer(f"The {field} of each is {shown}.", shown, expect=[*names, *found])


def change_fact(s: Scene) -> None:
    """Corrects a fact; the new value may be that of another entity."""
    who, other = s.sample(_of_kind(s, "person"), 2)
    field = s.pick(("birthplace", "employer"))
    if s.rng.random() < 0.5:
        value = s.pick(_of_kind(s, "city" if field == "birthplace" else "company"))
        s.ask(
            f"As it turns out, {value} is the {field} of {who}. Edit what is recorded.",
            f"I have to modify one fact about {who}: the {field} becomes {value}. Save it.",
            f"Regarding {who}, we have learned that the {field} is {value}. Please edit that.",
            f"I heard today that {who} has another {field}, namely {value}. Edit the entry, please.",
            f"In the entry of {who} the right {field} is missing. Enter {value}.",
            f"My boss has learned how it turns out: the {field} of {who} is {value}. Please fix what is recorded.",
            f"Edit what is recorded about {who}: as {field}, put down {value}.",
            f"So that the entry of {who} is right, fix the {field}. It has to be {value}.",
            f"{who}, {field}: {value} from now on. Save it, please.",
            f"One fact about {who} is wrong, so edit it: {value} is the {field}.",
            f"With {value} as the new {field}, update {who} in the knowledge base.",
            f"Whatever is recorded as the {field} of {who}, overwrite it with {value}.",
            f"As I learned from a friend, {value} is now the {field} of {who}. Would you save that?",
            f"Would somebody fix the {field} of {who} for me? I learned that {value} is right.",
            f"Change the {field} of {who} to {value}.",
            f"The {field} of {who} is wrong, it must be {value}. Correct it, please.",
            f"Please save that the {field} of {who} is {value}.",
            f"Correct a fact about {who}: the {field} is {value}.",
            f"{who} has a new {field}: {value}. Change it in the knowledge base.",
            f"Set the {field} of {who}. The new value is {value}.",
            f"Update the {field} of {who} to {value}.",
            f"Please write down that {who} has {value} as {field}.",
            f"{who}: the {field} is {value} now. Save it.",
            f"Can you change the {field} of {who}? It should be {value}.",
            f"I made a mistake with {who}. The right {field} is {value}, so please correct it.",
            f"We have to fix an entry: {value} is the {field} of {who}.",
            f"New fact for the knowledge base: the {field} of {who} is {value}.",
            f"From now on, the {field} of {who} is {value}. Update the knowledge base.",
            f"Replace the {field} of {who} with {value}.",
            f"Make {value} the {field} of {who}.",
            f"Please enter {value} as the new {field} of {who}.",
            f"Edit the entry of {who}: put {value} as the {field}.",
            f"The {field} of {who} should read {value}. Adjust it, please.",
            f"Store {value} as the {field} of {who}.",
            f"Record that the {field} of {who} is {value}.",
            f"I need the {field} of {who} to be {value}. Please edit the knowledge base.",
            f"There is an error in the entry of {who}. The {field} has to be {value}.",
            f"Would you set the {field} of {who} to {value}?",
            f"{who} needs another {field}: use {value}.",
            f"I heard from somebody that the {field} of {who} is {value}. Please put it into the knowledge base.",
            f"Let the knowledge base say that {value} is the {field} of {who}.",
            f"The entry for {who} is out of date: the {field} is now {value}. Fix it.",
            f"Whatever the {field} of {who} was before, it is {value} now. Please save this.",
            f"Could you fix the {field} of {who}? The correct one is {value}.",
            f"It turns out that {who} has {value} as {field}. Please note that in the knowledge base.",
            f"Modify the {field} of {who} so that it is {value}.",
            f"Use {value} as the {field} of {who} from now on, please.",
            f"Can you record {value} as the {field} of {who}?",
            f"The knowledge base has the wrong {field} for {who}. Change it to {value}.",
            f"We learned that the {field} of {who} is {value}, so edit the entry.",
            f"Could you enter {value} as the {field} of {who}?",
            f"I heard that {value} is the {field} of {who}. Put this into the knowledge base, please.",
            f"The knowledge base is out of date for {who}. As {field} it needs {value}.",
            f"Please correct the {field} of {who}: the new value is {value}.",
        )
    else:
        s.ask(
            f"As it turns out, {who} and {other} have the same {field}. Look up that of {other} and save it for {who}.",
            f"Please modify {who}: the {field} is to be the one of {other}, so look it up.",
            f"Regarding the {field} of {who}, I learned that it is the one of {other}. Look this up and edit {who}.",
            f"I heard that {who} and {other} share one fact, the {field}. Look it up for {other} and save it for {who}.",
            f"Edit the {field} of {who} so that it will match the {field} recorded for {other}.",
            f"Whatever {field} you find for {other}, write the same one into the entry of {who}.",
            f"The {field} of {who} has to match that of {other}. Look up the second one and fix the first.",
            f"With the {field} of {other} as the value, fix the {field} of {who}. You have to look it up first.",
            f"Now it turns out that the {field} is the same for {who} and {other}. Look up the one of {other} and edit {who}.",
            f"{field} of {other}: look it up, then save it as the {field} of {who}",
            f"So that both entries match, put the {field} of {other} into the entry of {who}. Look it up before.",
            f"The {field} of {who} does not match the one of {other}, but it should. Find what {other} has and change {who}.",
            f"As the {field} of {who}, save what is recorded as the {field} of {other}.",
            f"{who} has the same {field} as {other}. Look it up and save it for {who}.",
            f"Find the {field} of {other} and change the {field} of {who} to the same.",
            f"The {field} of {who} is wrong, it must be the same as that of {other}. Correct it.",
            f"Look up the {field} of {other}, then save that as the {field} of {who}.",
            f"Change the {field} of {who} to the {field} that {other} has.",
            f"Take the {field} of {other} and set it as the {field} of {who}, too.",
            f"Copy the {field} of {other} to {who}.",
            f"Give {who} the same {field} as {other}.",
            f"{other} has a {field}, and {who} should have the same one. Look it up and save it.",
            f"Can you look up the {field} of {other} and enter it for {who}?",
            f"I made a mistake: {who} has the {field} that {other} has. Please find it and correct {who}.",
            f"What is the {field} of {other}? Save the same {field} for {who}.",
            f"Update {who}: the {field} is the one of {other}. You have to look it up.",
            f"From now on, {who} and {other} have the same {field}, that of {other}. Change the entry of {who}.",
            f"Replace the {field} of {who} with the {field} of {other}.",
            f"First get the {field} of {other}. Then set the {field} of {who} to it.",
            f"Look at the {field} of {other} and enter the same one for {who}.",
            f"The {field} of {who} should be that of {other}. Find it and put it into the entry of {who}.",
            f"Fetch the {field} of {other} and store it as the {field} of {who}.",
            f"Edit the entry of {who}: the {field} is the same as that of {other}, so look that up first.",
            f"Whatever {other} has as {field}, save it as the {field} of {who}, too.",
            f"Set the {field} of {who} to the one that {other} has.",
            f"Check what the {field} of {other} is. Then record it for {who} as well.",
            f"Could you copy the {field} from {other} to {who}, please?",
            f"We need the {field} of {who} to be equal to the {field} of {other}. Please look it up and save it.",
            f"The entry of {who} is out of date and needs the {field} of {other}. Look it up and fix it.",
            f"We found out that {who} shares the {field} of {other}. Please save it as the new {field} of {who}.",
            f"Read the {field} of {other}, then overwrite the {field} of {who} with it.",
            f"Let {who} have the same {field} as {other}. Look it up and change the entry of {who}.",
            f"Make the {field} of {who} the same as the {field} that is known of {other}.",
            f"It turns out that {who} has the {field} of {other}. Find out what it is and correct the entry of {who}.",
            f"For {who}, enter the {field} that the knowledge base has for {other}.",
            f"Find out the {field} of {other} and use it as the new {field} of {who}.",
            f"Can you give {who} the {field} that {other} has? Look it up first, then save it.",
            f"The {field} of {who} is out of date. Get the one of {other} and put it there.",
            f"Take whatever {field} is on record for {other} and fix the {field} of {who} to match it.",
            f"Could you make the {field} of {who} equal to the {field} of {other}?",
            f"{who} needs a new {field}. Use the one that is known of {other}.",
            f"We found out that {who} shares the {field} of {other}. Put this into the entry of {who}, please.",
            f"Please find the {field} of {other}, then correct the {field} of {who} to the same.",
            plan=[f"find the {field} of {other}", f"save it as the {field} of {who}"],
        )
        value = _chain(s, other, field)
    s.call("correct", f"save {value} as the {field} of {who}", entity=who, field=field, value=value)
    s.answer(f"The {field} of {who} is now {value}.", f"Done, the {field} is {value}.", expect=[value])


DOMAIN = Domain(
    "knowledge",
    OPS,
    world,
    (
        one_fact,
        incomplete_name,
        two_hops,
        three_hops,
        four_hops,
        search_one,
        list_and_look_up,
        change_fact,
    ),
)
