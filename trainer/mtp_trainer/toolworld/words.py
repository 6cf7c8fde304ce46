"""Word pools of the toolworld, each divided into a part for training and a part held out."""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from typing import Literal, TypeVar

Split = Literal["train", "heldout"]
T = TypeVar("T")

NAMES = (
    "Anna Ben Carla David Emma Felix Grace Hugo Ines Jonas Kira Liam Mara Noah Olga Paul Quinn Rosa Sam "
    "Tara Uma Victor Wendy Xaver Yara Zoe Amir Bella Chen Dana Elif Farid Gina Hana Igor Jade Karim Lena "
    "Marco Nina Oscar Priya Ravi Sofia Tom Ulla Vera Walter Yusuf Zara José Zoë André Renée Björn Søren "
    "Łukasz Chloé Núria Jürgen Márta Ólafur Анна Борис Вера Дмитрий Елена Иван Мария Ольга Павел Сергей "
    "美咲 健太 陽菜 大輔 さくら 结衣 小明 丽华 伟强 雨欣"
).split()
CITIES = (
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
COLORS = "red blue green black white yellow grey brown purple orange pink silver".split()

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


def choose(rng: random.Random, options: Sequence[T], split: Split) -> T:
    """Draws from `options`; the last fifth (at least one of three or more) is for the held-out split."""
    held = max(1, len(options) // 5) if len(options) >= 3 else 0
    if held == 0:
        return rng.choice(options)
    cut = len(options) - held
    return rng.choice(options[:cut] if split == "train" else options[cut:])


def invented_word(rng: random.Random, split: Split, syllables: int | None = None) -> str:
    """A pronounceable word that no language has, of the split's own set."""
    while True:
        wide = rng.random() < 0.5
        onsets, vowels, codas = _WIDE if wide else _PLAIN
        count = syllables or rng.choice((1, 1, 2) if wide else (2, 2, 3))
        word = "".join(rng.choice(onsets) + rng.choice(vowels) + rng.choice(codas) for _ in range(count))
        if in_split(word, split):
            return word


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
