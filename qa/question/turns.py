"""A turn of a conversation written out in full: what it leaves out is taken from the question before it.

Only the language decides what stands where: names, periods, pronouns, particles and question words are of
closed classes or known to the corpus; which words of the question before a phrase of the turn replaces is
decided by the figures that the documents hold (`swapped`). What cannot be written out surely stays behind
the question before it, with TURN between the two, as the reader was trained.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from qa.chinese.fold import fold
from qa.chinese.periods import time_expressions
from qa.chinese.tags import segment
from qa.chinese.units import base
from qa.schema import Figure

TURN = "；"
"""What stands between a question and the one that goes on from it."""
Names = Callable[[str], Iterable[str]]
"""The known names in a folded text."""
PRONOUN = re.compile(
    r"[它他她]们?|这些(?!年)|那些|前者|后者|[两二]者|该(?:[区县市镇村厂院校所局]|园区|公司|企业|项目|集团|单位)?|"
    r"这(?:[个家座条所位项](?:[区县市镇村厂院校所局]|园区|公司|企业|项目|集团|单位|地方|人)?)(?=的|[^\W\d]|$)|其(?!中|他|它|余|实|次)"
)
_LEAD = re.compile(r"^(?:那么|那(?![个家些年里边])|还有|而|再|又|则|嗯|哦|好的?|[,，、。 ])+")
_TAIL = re.compile(r"(?:[呢吗嘛吧啊呀?？。!！,， ]|(?<![什怎那这多])么){1,12}$")
ASKS = re.compile(
    r"(?:是|(?<!现)有|为|达到?|约|共|分别|一共|总共){0,4}(?:多少|几(?!乎)|多[大高长久远快重宽深](?!的)|什么|啥|谁|哪|怎么|怎样|如何|为何|何时|何地|吗$)"
)
_UNIT = re.compile(r"(?<=多少)[^\W\d_]?(?:亿|万|千|百)*(?:元|美元|欧元|吨|亩|人|家|个|户|%)+|(?<=几)[^\W\d_]")
_COUNTED = re.compile(r"多少|几")
_MEASURED = re.compile(r"(?:多少|几)[^\W\d_]?$")
_RATE = re.compile(r"(?:[率幅速]|比[重例])$")
_GLUE = re.compile(r"^[的在于,，、 ]*$")
_OWNED = re.compile(r"[^\W\d的]{2,8}的$")
_YEAR = re.compile(r"(?:19|20)\d\d年|[今本当]年")
CONTENT = ("n", "vn", "ns", "nz", "nr", "nt", "l", "i", "j", "an")


@dataclass(frozen=True, slots=True)
class Sense:
    """How a question was understood.

    `resolved` is it as a complete question, to show; `asked` what is searched and read for; `near` the
    documents that the last answer is from; `operation` the arithmetic on the last answers ("" for none);
    `carried` says whether anything was taken from the question before.
    """

    resolved: str
    asked: str
    near: tuple[str, ...] = ()
    operation: str = ""
    carried: bool = False


def complete(question: str) -> Sense:
    """A question that stands by itself."""
    return Sense(question, question)


@dataclass(frozen=True, slots=True)
class Asked:
    """A complete question taken apart: `prefix` holds names and periods, `tail` begins with the asking word.

    `name` and `period` are ranges of the text, (0, 0) where there is none.
    """

    text: str
    name: tuple[int, int]
    period: tuple[int, int]
    prefix: int
    tail: int

    @property
    def subject(self) -> str:
        return self.text[slice(*self.name)]

    @property
    def body(self) -> str:
        return self.text[self.prefix : self.tail]

    @property
    def counted(self) -> str:
        """What is counted behind the asking word: 安置小区 of 几个安置小区."""
        tail = _TAIL.sub("", self.text[self.tail :])
        found = _COUNTED.search(fold(tail))
        if not found:
            return ""
        rest = tail[found.end() :]
        rest = rest[1:] if base(fold(rest[:1]))[2] == "count" else rest
        return rest if len(rest) > 1 and content(rest) else ""


def taken_apart(text: str, names: Names) -> Asked:
    """The parts of a complete question.

    >>> a = taken_apart("东湖区2017年1至10月税收多少？", lambda text: ["东湖区"])
    >>> a.subject, a.text[slice(*a.period)], a.body
    ('东湖区', '2017年1至10月', '税收')
    """
    folded = fold(text)
    asks = ASKS.search(folded)
    tail = asks.start() if asks else len(_TAIL.sub("", folded))
    name = _subject(folded, names)
    period = _period(folded)
    prefix = 0
    for start, end in sorted(span for span in (name, period) if span[1]):
        if end <= tail and (_GLUE.match(folded[prefix:start]) or (not prefix and start < 5)):
            prefix = end
    return Asked(text, name, period, prefix, max(tail, prefix))


def _subject(folded: str, names: Names) -> tuple[int, int]:
    """From the first known name to the last that 的 or nothing joins to it."""
    spans = sorted((at, at + len(name)) for name in names(folded) if (at := folded.find(name)) >= 0)
    if not spans:
        return 0, 0
    start, end = spans[0]
    for a, b in spans[1:]:
        if folded[end:a] in ("", "的"):
            end = max(end, b)
    return (0 if _OWNED.match(folded[:start]) else start), end


def _period(folded: str) -> tuple[int, int]:
    """The longest calendar time of a text, (0, 0) where it says none."""
    times = time_expressions(folded, folded)
    spans = [(t.start, t.end) for t in times if t.kind in ("when", "iso", "span", "day")]
    return max(spans, key=lambda s: s[1] - s[0], default=(0, 0))


def core(turn: str) -> str:
    """What a turn says, bare of the particles around it and of a lead like 不对，我问的是.

    >>> core("那税收呢？"), core("不对，我问的是预计全年")
    ('税收', '预计全年')
    """
    text = _LEAD.sub("", _TAIL.sub("", turn.strip()))
    for cut in (r"[,，]", r"[我你您].{0,4}是"):
        found = list(re.finditer(cut, text))
        if found and found[-1].end() < len(text) and not content(text[: found[-1].start()]):
            text = text[found[-1].end() :]
    return _LEAD.sub("", text)


def asks_nothing(turn: str, names: Names) -> bool:
    """Whether a turn has no asking word, and a particle in its stead or nothing but a name and a period.

    >>> known = lambda text: ["东湖区"]
    >>> asks_nothing("换成东湖区呢？", known), asks_nothing("东湖区的面积", known)
    (True, False)
    """
    said = core(turn)
    folded = fold(said)
    if ASKS.search(fold(turn.strip("?？ "))):
        return False
    name, period = _subject(folded, names), _period(folded)
    return turn.strip("?？ ").endswith("呢") or (
        bool(name[1] or period[1]) and not content(_without(said, name, period))
    )


def content(text: str) -> list[str]:
    """The nouns of a text and unknown stretches of it, bare of asking words and pronouns."""
    bare = ASKS.sub(" ", PRONOUN.sub(" ", fold(text)))
    found: list[str] = []
    open_ = False
    for word, tag in segment(bare):
        loose = tag == "x" and len(word) == 1 and "一" <= word <= "鿿" and word not in "呢吗啊呀吧么个几"
        if tag in CONTENT:
            found.append(word)
        elif loose and open_:
            found.append(found.pop() + word if found and len(found[-1]) < 8 else word)
        open_ = loose
    return found


def written_out(
    turn: str, before: str, names: Names, recent: Sequence[str] = (), figures: Sequence[Figure] = ()
) -> str:
    """`turn` as a complete question after `before`; behind it, where it cannot be written out surely.

    `recent` are the names of the conversation, the last one last, for pronouns; `figures` those of the
    passages found, which decide what a phrase stands for.

    >>> known = lambda text: [n for n in ("湘乡经开区", "岳阳经开区") if n in text]
    >>> written_out("那岳阳经开区呢？", "湘乡经开区2017年税收多少？", known)
    '岳阳经开区2017年税收多少？'
    >>> written_out("预计全年呢？", "湘乡经开区2017年1—11月税收多少？", known)
    '湘乡经开区2017年预计全年税收多少？'
    """
    asked = taken_apart(before, names)
    said = _unpronouned(core(turn), asked, recent)
    folded = fold(said)
    name, period = _subject(folded, names), _period(folded)
    rest = _without(said, name, period)
    question = ASKS.search(fold(rest))
    bare = rest[: question.start()] + rest[question.end() :] if question else ""
    if question and ((name[1] and len(bare) > 1) or _opens_with_stranger(folded)):
        return _TAIL.sub("", said) + "？"
    if not content(rest) and (name[1] or period[1]):
        whole = (not name[1] or asked.name[1]) and (not period[1] or asked.name[1] or asked.period[1])
        return _replaced(asked, said, name, period, bool(question)) if whole else behind(turn, before)
    if not 0 < asked.name[1] <= asked.prefix:
        return behind(turn, before)  # whom it is about stands in what would be replaced
    if name[1] and not question and asked.name[1]:
        asked = taken_apart(
            _replaced(asked, said[slice(*name)], (0, name[1] - name[0]), (0, 0), False), names
        )
        said, period = rest, _period(fold(rest))
    if folded.startswith("其中"):
        return _of_which(asked, said)
    if question:
        return _predicated(asked, said, period)
    if period[1]:
        asked = taken_apart(
            _replaced(asked, said[slice(*period)], (0, 0), (0, period[1] - period[0]), False), names
        )
        said = _without(said, (0, 0), period)
    return swapped(asked, said.strip("的 "), figures) or behind(turn, before)


def behind(turn: str, before: str) -> str:
    """A turn behind the question before it."""
    return f"{_TAIL.sub('', before)}{TURN}{turn}"


def _opens_with_stranger(folded: str) -> bool:
    """Whether a turn opens with a place or another proper name."""
    return [tag for _, tag in segment(folded)[:1]] in (["ns"], ["nz"])


def _without(text: str, *spans: tuple[int, int]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + text[end:]
    return text.strip("的 ,，、")


def _unpronouned(said: str, asked: Asked, recent: Sequence[str]) -> str:
    """The pronoun of a turn replaced by the name it stands for."""
    found = PRONOUN.search(fold(said))
    if not found or found[0][0] in "两二":
        return said
    stands = asked.subject
    if found[0] in ("前者", "后者") and len(recent) > 1:
        stands = recent[-2] if found[0] == "前者" else recent[-1]
    if not stands or found[0] in ("这些", "那些", "其"):
        return said
    return said[: found.start()] + stands + said[found.end() :]


def _replaced(asked: Asked, said: str, name: tuple[int, int], period: tuple[int, int], question: bool) -> str:
    """The question before with its name, its period or both replaced by those of the turn."""
    text = asked.text
    if period[1]:
        new = _without(said, name) if name[1] else said
        new = ASKS.split(new)[0] if question else new
        repeated = [w for w, tag in segment(fold(new)) if tag in "dv" and len(w) > 1 and w in asked.body]
        for word in repeated:
            new = new.replace(word, "")
        if asked.period[1]:
            old = text[slice(*asked.period)]
            text = text[: asked.period[0]] + _dated(old, new) + text[asked.period[1] :]
        else:
            at = asked.name[1]
            text = text[:at] + new + text[at:]
    if name[1]:
        new = said[slice(*name)]
        shift = len(text) - len(asked.text) if asked.period[1] and asked.period[0] < asked.name[0] else 0
        start, end = asked.name[0] + shift, asked.name[1] + shift
        text = text[:start] + new + text[end:].replace(asked.subject, new)
    return text


def _dated(old: str, new: str) -> str:
    """A new period with the year of the old one, where it says none itself."""
    year = _YEAR.search(old)
    own = re.search(r"(?:19|20)\d\d|[今去明前本当上后]年|同期", fold(new))
    return f"{year[0]}{new}" if year and not own else new


def _of_which(asked: Asked, said: str) -> str:
    """A part of what was asked for: 其中…的 behind the whole, with its asking word."""
    whole = asked.text[: asked.tail].rstrip("有了共") + asked.counted
    tail = _TAIL.sub("", asked.text[asked.tail :]).removesuffix(asked.counted or "\0")
    return f"{whole}，{said}" + ("" if ASKS.search(fold(said)) else tail) + "？"


def _predicated(asked: Asked, said: str, period: tuple[int, int]) -> str:
    """A turn that asks by itself, behind subject and period, with what was counted where it names nothing."""
    if not asked.prefix:
        return behind(f"{said}？", asked.text)
    when = asked.period[1] and not period[1]
    start = asked.text[: asked.prefix] if when or not asked.period[1] else asked.subject
    counted = asked.counted if not content(said) and _MEASURED.search(fold(said)) else ""
    return f"{start}{counted}{said}？"


def swapped(asked: Asked, phrase: str, figures: Sequence[Figure]) -> str:
    """The question with part of its body replaced by `phrase`, as some figure is called; "" where none is so.

    What is kept of the body is as much as the best fitting figure says; a rate is one of the body.
    """
    own = pairs(phrase)
    called = [(f, pairs(f.of) | pairs(f.metric)) for f in figures]
    called = [(f, name) for f, name in called if own and len(own & name) * 2 >= len(own)]
    unit = _unit_of(asked)
    best, score = "", (0.0, 0)
    for body in _bodies(asked, phrase):
        for figure, name in called:
            fit = dice(pairs(body), name) + SAME_UNIT * (unit in ("", figure.value.unit[-1:]))
            if (fit, len(body)) > score:
                best, score = body, (fit, len(body))
    if score[0] < SURE:
        best = (asked.counted or asked.body) + phrase if _RATE.search(phrase) else ""
    if not best:
        return ""
    tail = asked.text[asked.tail :]
    asking = (
        "多少？" if asked.counted or tail[:1] == "几" or not ASKS.search(fold(tail)) else _UNIT.sub("", tail)
    )
    return asked.text[: asked.prefix] + best + asking


def _bodies(asked: Asked, phrase: str) -> Iterator[str]:
    """The body, or what is counted, with any stretch of its words replaced by the phrase."""
    for body in dict.fromkeys((asked.body, asked.counted or asked.body)):
        words = [word for word, _ in segment(body)]
        for start in range(len(words) + 1):
            for end in range(start, len(words) + 1):
                if start < end or end == len(words):
                    yield "".join(words[:start]) + phrase + "".join(words[end:])


SURE = 0.5
"""Share of the character pairs, from which a phrase is taken to be what a figure is called."""
SAME_UNIT = 0.01
"""Decides between figures that fit alike."""


def _unit_of(asked: Asked) -> str:
    found = _UNIT.search(asked.text[asked.tail :])
    return found[0][-1:] if found else ""


def pairs(text: str) -> frozenset[str]:
    text = fold(text)
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))


def dice(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 0.0
