"""Word pools of the toolworld, each divided into a part for training and a part held out."""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from typing import Literal, TypeVar

Split = Literal["train", "heldout"]
T = TypeVar("T")

NAMES = (
    "Aaron Abigail Ada Adele Adrian Agnes Alan Albert Alex Alice Alma Amelia Amy Andrea Andrew Angela "
    "Anita Antonio Arthur Astrid Aurora Barbara Beatrice Benjamin Bernard Bertha Bianca Boris Brenda "
    "Brian Bruno Caleb Camila Carl Caroline Cecilia Charles Charlotte Christian Claire Clara Colin "
    "Conrad Cora Cynthia Daniel Daphne Deborah Derek Diana Dominic Doris Dorothy Edith Edward Eleanor "
    "Elena Elias Eliza Elliot Ellen Eric Ernest Esther Ethan Eugene Evelyn Fatima Fiona Florence Francis "
    "Frank Frederick Gabriel George Gerald Gilbert Gloria Gordon Gregory Harold Harriet Harvey Heather "
    "Hector Heidi Helen Henry Herbert Howard Ibrahim Ida Ingrid Irene Isaac Isabel Ivan Jack Jacob Janet "
    "Jasper Jennifer Jeremy Jessica Joan Joel Johanna Jonathan Joseph Joyce Judith Julia Karen Katherine "
    "Keith Kenneth Kevin Kimberly Lara Laura Lauren Leonard Leo Leila Linda Lloyd Louis Lucas Lucy Lydia "
    "Mabel Magnus Malcolm Marcus Margaret Marian Martha Martin Matthew Maurice Max Megan Melissa Michael "
    "Miriam Mohammed Monica Nadia Naomi Natalie Nathan Nicholas Nigel Norman Olivia Omar Otto Patricia "
    "Pauline Peter Philip Phoebe Rachel Ralph Raymond Rebecca Richard Robert Robin Roger Roland Ruby "
    "Russell Ruth Samira Samuel Sandra Sarah Sebastian Sharon Shirley Sibyl Simon Stella Stephen Susan "
    "Sylvia Teresa Theodore Thomas Timothy Tobias Ursula Valentin Vanessa Veronica Vincent Viola "
    "Virginia Vivian Wilfred William Winston Yolanda Yvonne Zachary "
    "Anna Ben Carla David Emma Felix Grace Hugo Ines Jonas Kira Liam Mara Noah Olga Paul Quinn Rosa Sam "
    "Tara Uma Victor Wendy Xaver Yara Zoe Amir Bella Chen Dana Elif Farid Gina Hana Igor Jade Karim Lena "
    "Marco Nina Oscar Priya Ravi Sofia Tom Ulla Vera Walter Yusuf Zara José Zoë André Renée Björn Søren "
    "Łukasz Chloé Núria Jürgen Márta Ólafur Анна Борис Вера Дмитрий Елена Иван Мария Ольга Павел Сергей "
    "美咲 健太 陽菜 大輔 さくら 结衣 小明 丽华 伟强 雨欣"
).split()
CITIES = (
    "Aberdeen Albany Algiers Amman Amsterdam Ankara Antwerp Atlanta Baghdad Baltimore Bangkok Barcelona "
    "Basel Beirut Belfast Belgrade Birmingham Bologna Bordeaux Brisbane Brussels Bucharest Buffalo "
    "Calgary Canberra Caracas Cardiff Casablanca Charleston Cleveland Cologne Colombo Columbus "
    "Copenhagen Cordoba Dakar Dallas Damascus Detroit Dresden Dubai Durban Edinburgh Florence Frankfurt "
    "Genoa Glasgow Granada Gothenburg Halifax Hanoi Harare Havana Houston Istanbul Jerusalem "
    "Johannesburg Kabul Kampala Karachi Khartoum Kingston Lahore Leipzig Liverpool Ljubljana Luxembourg "
    "Managua Manchester Marseille Melbourne Memphis Miami Milan Minsk Montreal Moscow Nashville "
    "Newcastle Nicosia Nottingham Omaha Orlando Ottawa Oxford Palermo Philadelphia Phoenix Pittsburgh "
    "Portland Pretoria Reykjavik Riga Rotterdam Sacramento Salzburg Santiago Sarajevo Savannah Sheffield "
    "Shanghai Singapore Sofia Southampton Stockholm Strasbourg Stuttgart Tallinn Tampa Tehran Toledo "
    "Toulouse Trieste Tripoli Turin Utrecht Valencia Vancouver Venice Vilnius Wellington Winnipeg "
    "Yerevan Zagreb "
    "Paris Berlin Madrid Rome Vienna Lisbon Oslo Prague Dublin Athens Warsaw Helsinki Budapest Zürich "
    "Malmö Kraków Geneva Lyon Porto Seville Naples Munich Hamburg Leeds Bristol Boston Denver Austin "
    "Seattle Chicago Toronto Lima Bogotá Quito Cairo Nairobi Lagos Tunis Mumbai Delhi Jakarta Manila "
    "Seoul Osaka Kyoto Tokyo Sydney Perth Auckland Москва Киев Минск 北京 上海 広州 東京 京都 大阪 "
    "São_Paulo New_York San_José Las_Palmas"
).split()
ITEMS = (
    "apple banana bottle brush bucket cable camera candle chair clock cup desk drill fan flute fork glove "
    "hammer hat jacket kettle knife ladder lamp lantern laptop mirror monitor mug notebook paint pan pen "
    "pencil phone pillow plate printer radio ring rope ruler scarf shelf shirt shovel soap sofa spoon "
    "stapler stool table tent torch towel tripod umbrella vase wallet watch whistle"
).split()
TOPICS = (
    "budget garden lunch meeting project report roof school team trip website workshop birthday concert "
    "course dentist exam festival hike interview kitchen library market picnic rehearsal review sale "
    "training wedding webinar"
).split()
# Everyday words: what an item, a topic or a name may also be, and the stuff of which words are invented.
ENGLISH = (
    "abbey accent account acorn actor adapter advice agency airport alarm album alley almond amber "
    "anchor angle ankle antenna apron arcade archer armor arrow artist ash atlas autumn avenue award "
    "axle badge bakery balcony ballet bamboo banner barber bargain bark barley barn basement basil basin "
    "bathtub battery bay beach bead beam beard beaver bedroom beetle bell belt berry billboard biscuit "
    "blanket blender blossom blouse board bolt bone border boulder bracelet brake branch bread breeze "
    "brick bridle broom broth bubble bucket bud buffalo bulb bullet bumper bundle burger burrow bush "
    "butter button cabbage cactus cafe cage cake calm camel campus canal canary cannon canoe canyon cape "
    "captain caramel caravan carbon cardboard cargo carol carrot carton cashew castor catalog cattle "
    "cave cedar celery cellar cement cereal chalk chamber champion channel chapel chapter charcoal "
    "cheese cherry chest chicken chimney chisel chocolate cinema cinnamon circuit citizen clarinet clay "
    "clerk cliff clinic closet clover coal coast cobalt cockpit cocoa coconut coffee colony column comb "
    "compass concrete condor console cookie copper coral cord cork corner cotton couch counter coupon "
    "cousin cover cowboy cradle crayon cream creek crew cricket crocus crown crumb crust cuckoo cucumber "
    "cupboard cushion cutlery cyclone dagger dairy daisy dancer dawn deck decor denim depot dew dial "
    "diamond dinner dish dock dolphin domino donkey dough dove draft drain dress drum duck dune dust "
    "eagle ear earth easel echo editor elbow elephant elm ember emblem emerald engraver envelope estate "
    "evening exhibit fabric falcon family fashion feather fence fern fiddle field fig film finger fire "
    "firm fish flag flame flannel flask fleet floor flour flower foam fog folder font forge fossil fox "
    "frame freight frost fruit fuel funnel fur furnace galaxy gallon garlic garment gas gate gear gem "
    "giant ginger giraffe glacier glove glue goat gold goose gown grain granite grape grass gravel gravy "
    "grid grove guard gull gum gutter hail hall hamster handle harbour harvest hazel heart hedge heron "
    "herring hill hinge hive hockey honey hook horizon horn hose hostel hound hour hut ice igloo ink inn "
    "insect iron ivory ivy jar jasmine jelly jewel jigsaw judge jug juice jumper kayak kernel key kitten "
    "knight knot label lace lagoon lamb lane latch laurel lava lawn leather lemon lentil leopard letter "
    "lettuce level lever lily lime linen liner lizard lobby lobster locker lodge log loom lorry lotus "
    "lounge lumber lunar lynx magnolia maize mango manor maple marble margin marina marsh mast mattress "
    "meadow melon mercury metal meteor midnight milk mill mineral mint minute mist mitten mole moon "
    "moose morning mosaic moss moth motor mouse muffin mule mushroom mustard nail napkin neck nest "
    "nickel noodle north novel nursery nut oak oasis oat ocean olive onion opera orbit orchard orchid "
    "otter oven owl oyster paddle page painter pancake panda panther papaya paper parade parcel parsley "
    "pasta pastry patch pavement peach peanut pebble pedal pelican pepper petal piano pickle pier pigeon "
    "pilot pin pine pinecone pirate pistachio pitcher pizza plank plaster plaza plum plumber polar pole "
    "pony poplar poppy porch port postman potato potter powder prairie present prism puddle pump pumpkin "
    "purse pyramid quail quarry quilt quiver radish raft rail rain raisin ranch raven razor reef "
    "reindeer resin ribbon rice ridge river road robin rocket rodeo roll rose rudder rug rum saddle "
    "safari saffron salad salmon salt sand sandal sapphire sardine satin sauce sausage scale scholar "
    "scissors score screw seal season seed sesame shadow shampoo shark sheep sheet sherry shield shore "
    "shrimp shutter sidewalk silk sink skate skirt skunk slate sleeve slipper slope smoke snail snow "
    "socket soda sofa soil soup south sparrow spider spinach sponge spring spruce square squash stair "
    "star steam steel stem stew stitch stone stork storm stove straw stream string sugar suit summer sun "
    "surf swan swing syrup tablet tailor talent tango tank tape target tart tea team temper tennis tent "
    "textile thimble thistle thread throne thunder ticket tide tile timber tin toast toaster toffee "
    "tomato tongue tooth topaz tower toy track trail tray treasure tree tribe trolley trout trunk tulip "
    "tuna tunnel turbine turkey turnip twig valley vanilla veil velvet vest vine vinegar viper waffle "
    "walnut walrus wand wardrobe wasp wave wax weather weaver web west wharf wheat willow wind windmill "
    "wine wing winter wire wood wool wren yard yarn yeast yogurt zinc zipper"
).split()
COLORS = "red blue green black white yellow grey brown purple orange pink silver".split()
# What requests are about: words that are copied from a request into a call.
COPIED = frozenset(word.lower() for word in (*NAMES, *CITIES, *ITEMS, *TOPICS, *ENGLISH, *COLORS))

# Two sounds of invented words: a plain one, and a wide one that has the spellings of English in it, so that
# a reader must learn to copy any piece of a word, not only frequent ones.
_PLAIN = (
    "b c d f g h j k l m n p r s t v w z br cr dr fl gr kl pl pr sk sl sn st tr".split(),
    "a e i o u ai au ea io ou".split(),
    ["", "", "", "l", "n", "r", "s", "t", "m", "k", "x", "nd", "rt"],
)
_WIDE = (
    [
        *"b bl br c ch cl cr d dr f fl fr g gh gl gr h j k kn l m n p ph pl pr qu r rh s sc sch sh".split(),
        *"sk sl sm sn sp spr squ st str sw t th tr tw v w wh wr y z".split(),
        "",
    ],
    "a e i o u y aa ae ai au ay ea ee ei eo eu ey ia ie io iu oa oe oi oo ou ow oy ua ue ui".split(),
    [
        *"b ck ct d dge f ff ft g gh ht k l ld lf lk ll lt m mb mp n nce nch nd ng nk nt p pt que r".split(),
        *"rch rd rge rk rm rn rth s sh sk sp ss st t tch th tt ve w x z day er est ing ish le ly".split(),
        *"man ment ness or ter tion ton y".split(),
        *[""] * 12,
    ],
)
_KANJI = (
    "山川田中木林森水火土日月空海花雪風雨石金銀東西南北春夏秋冬高"
    "大小新古青白黒赤明光星心手道町村島橋駅門車店本人"
)
_KANA = (
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわん"
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン"
)
_CYRILLIC = "абвгдезиклмнопрстуфхцчшя"


def in_split(text: str, split: Split) -> bool:
    """Whether `text` belongs to `split`; every fifth word (by checksum) is held out."""
    return (zlib.crc32(text.encode()) % 5 == 0) == (split == "heldout")


def pool(words: Sequence[str], split: Split) -> list[str]:
    """The words of `words` that belong to `split` (underscores stand for spaces)."""
    return [w.replace("_", " ") for w in words if in_split(w, split)]


def choose(rng: random.Random, options: Sequence[T], split: Split, more: Sequence[T] = ()) -> T:
    """Draws from `options`; the last fifth (at least one of three or more) is for the held-out split.

    Args:
        rng: Source of the draw.
        options: What both splits draw from.
        split: `train` or `heldout`.
        more: What training alone draws from as well.
    """
    held = held_out(options)
    if split == "heldout" and held:
        return rng.choice(held)
    return rng.choice([*options[: len(options) - len(held)], *(more if split == "train" else ())])


def held_out(options: Sequence[T]) -> Sequence[T]:
    """The last fifth of `options`, at least one of three or more: what the held-out split draws from."""
    return options[len(options) - max(1, len(options) // 5) :] if len(options) >= 3 else ()


def everyday_word(rng: random.Random, split: Split) -> str:
    """A word of `ENGLISH`, lower case, of the split's own set."""
    return rng.choice(_ENGLISH[split])


def blended_word(rng: random.Random, split: Split) -> str:
    """The beginning of one everyday word and the end of another, such as `camtern`.

    In such words the pieces of which a tokenizer spells English follow each other freely.
    """
    while True:
        first, last = everyday_word(rng, split), everyday_word(rng, split)
        word = first[: rng.randint(1, 5)] + last[-rng.randint(2, 5) :]
        if in_split(word, split):
            return word


def invented_word(rng: random.Random, split: Split, syllables: int | None = None) -> str:
    """A word that no language has, of the split's own set."""
    if syllables is None and rng.random() < 0.4:
        return blended_word(rng, split)
    while True:
        wide = rng.random() < 0.5
        onsets, vowels, codas = _WIDE if wide else _PLAIN
        count = syllables or rng.choice((1, 1, 2) if wide else (2, 2, 3))
        word = "".join(rng.choice(onsets) + rng.choice(vowels) + rng.choice(codas) for _ in range(count))
        if in_split(word, split):
            return word


_ENGLISH: dict[Split, list[str]] = {"train": pool(ENGLISH, "train"), "heldout": pool(ENGLISH, "heldout")}


def any_word(rng: random.Random, split: Split) -> str:
    """A word of everyday English, or more often an invented one, of the split's own set."""
    return everyday_word(rng, split) if rng.random() < 0.3 else invented_word(rng, split)


def foreign_word(rng: random.Random) -> str:
    """A short string in Cyrillic, Chinese or Japanese characters."""
    kind = rng.randrange(4)
    if kind == 0:
        return "".join(rng.choice(_CYRILLIC) for _ in range(rng.randint(3, 7))).capitalize()
    if kind == 1:
        return "".join(chr(rng.randint(0x4E00, 0x7FFF)) for _ in range(rng.randint(2, 4)))
    alphabet = _KANJI if kind == 2 else _KANA
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(2, 5)))


def code(rng: random.Random) -> str:
    """An identifier such as `KX-482`, `b77f` or `ORD-1205`."""
    kind = rng.randrange(4)
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    if kind == 0:
        return f"{rng.choice(letters)}{rng.choice(letters)}-{rng.randint(100, 999)}"
    if kind == 1:
        return rng.choice("abcdef") + "".join(rng.choice("0123456789abcdef") for _ in range(3))
    if kind == 2:
        return f"{rng.choice(letters)}{rng.randint(10, 9999)}"
    return f"{rng.choice(letters)}{rng.choice(letters)}{rng.choice(letters)}{rng.randint(1, 99)}"
