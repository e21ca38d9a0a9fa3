"""Propose short answers in a sentence by the kind of thing a question asks for.

Every proposal is a clean range of the sentence's passage. These are rules of
the language (dates, titles with names, quotations, enumerations, head nouns);
where the bundled reader proposes too, `qa.answer.reply` weighs both.

Beside the rules: whether a short answer is the sort of thing that is asked for (a person, a time, a firm).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from qa.answer.evidence import View
from qa.chinese.fold import fold
from qa.chinese.tags import segment
from qa.question.query import Query

_TIME = re.compile(
    r"(?:(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2})"
    r"|(?:(?:19|20)\d\d年|[今去明当前]年)?(?:\d{1,2}|十[一二]?|[一二三四五六七八九])月(?:份|底|初|末|[上中下]旬|\d{1,2}[日号])?"
    r"|(?:19|20)\d\d年(?:初|底|末|春|夏|秋|冬|上半年|下半年)?"
    r"|每(?:天|日|周|旬|月|季度?|年|半年|两[天周月年]|\d+[天日周月年])(?:一次)?"
    r"|(?:[今去明当前后]年|年)(?:年?[初底末内前]|上半年|下半年)?|春节前?|[上下]半年|日前|近日|第?[一二三四]季度"
)
_TITLES = str.split(
    "副书记 书记 副主任 主任 负责人 董事长 总经理 副总经理 总裁 经理 区长 副区长 市长 副市长 县长 镇长 乡长 局长"  # noqa: E501
    " 副局长 处长 科长 会长 院长 校长 秘书长 理事长 指导员 记者 通讯员 部长 厂长 主席 委员 总监 工程师 教授 院士"  # noqa: E501
    " 博士 村长 队长 站长 行长 所长 馆长 园长 主编 作者 导演 创始人 法人代表 代表 市民 村民 居民 业主 员工 职工"  # noqa: E501
    " 老板 专家 发言人 召集人 总工 店主 医生 老师"
)
TITLE = "|".join(sorted(_TITLES, key=lambda t: -len(t)))
SURNAME = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳鲍史唐"
    "费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁"
    "杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉龚程"
    "邢裴陆荣翁荀羊惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸"
    "司韶郜黎蓟薄印宿白怀蒲台从鄂索咸籍赖卓蔺屠蒙池乔阴能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄"
    "晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾"
    "毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公旷肖覃佘岳商帅缑亢况郈有琴归海墨哈谯笪年爱阳佟"
)
_NAME = re.compile(
    rf"(?:{TITLE})(?:、(?:{TITLE}))*[，,:：]?([{SURNAME}][一-龥]{{1,2}})(?=[^一-龥]|[说表介亲率在等与和带为是的及登指告经出赴走主任到给对把向从])"
)
_SAID = re.compile(rf"([{SURNAME}][一-龥]{{1,2}})(?=说|表示|介绍|告诉|称|认为|坦言|透露)")
_QUOTED = re.compile(r"[“「『《〈‘]([^”」』》〉’]{1,60})[”」』》〉’]")


@dataclass(frozen=True, slots=True)
class Span:
    """A proposed answer: clean range of the passage, and how well it fits, 0 to 1."""

    start: int
    end: int
    fit: float


def times(text: str, start: int, end: int) -> list[Span]:
    """Dates and other expressions of time in text[start:end], the more exact the fitter."""
    return [
        Span(
            start + m.start(),
            start + m.end(),
            0.4 + 0.2 * any(c.isdigit() for c in m[0]) + 0.04 * min(len(m[0]), 10),
        )
        for m in _TIME.finditer(text[start:end])
        if len(m[0]) > 1
    ]


def is_time(text: str) -> bool:
    """Whether a text is nothing but an expression of time, give or take a 前 or 后."""
    return _TIME.fullmatch(text.rstrip("前后初底内时起")) is not None


def persons(text: str, start: int, end: int) -> list[Span]:
    """Names of persons after a title or before a verb of saying."""
    found = {(m.start(1), m.end(1)): 0.9 for m in _NAME.finditer(text, start, end)}
    for m in _SAID.finditer(text, start, end):
        found.setdefault((m.start(1), m.end(1)), 0.6)
    return [Span(s, e, fit) for (s, e), fit in sorted(found.items())]


def office(asked: str, text: str, start: int, end: int) -> float:
    """1, or less where the person in [start, end) holds another office than the question names (副书记 for 书记)."""  # noqa: E501
    wanted = next((t for t in sorted(_TITLES, key=len, reverse=True) if t in asked and t not in _LOOSE), "")
    inside = list(re.finditer(TITLE, text[start:end]))
    start += inside[-1].end() if inside else 0
    before = text[max(0, start - 16) : start]
    if not wanted or not re.search(TITLE, before):
        return 1.0
    if wanted[0] != "副" and re.search(f"(?<!副){wanted}", before):
        return 1.0
    return 1.0 if wanted[0] == "副" and wanted in before else 0.25


_LOOSE = ("老板", "负责人", "代表", "员工", "职工", "专家", "市民", "村民", "居民", "业主", "店主", "记者", "医生", "老师")  # noqa: E501
"""What speech calls people by, whatever their office is."""


def quotations(text: str, start: int, end: int) -> list[Span]:
    """What stands in quotation marks or title marks, without the marks."""
    return [Span(start + m.start(1), start + m.end(1), 0.6) for m in _QUOTED.finditer(text[start:end])]


def heads(text: str, start: int, end: int, noun: str) -> list[Span]:
    """Noun phrases that end in `noun` (项目, 桥, 中心), as far left as the phrase plausibly reaches."""
    if not noun:
        return []
    phrase = re.compile(rf"[一-龥a-zA-Z0-9·“”]{{0,16}}{re.escape(noun)}")
    found = []
    for m in phrase.finditer(text, start, end):
        cut = max(
            (
                x.end()
                for x in re.finditer(
                    r"的|了|在|是|与|和|为|到|由|将|把|从|对|及|有|该|以|被", m[0][: -len(noun)]
                )
            ),
            default=0,
        )
        if m.start() + cut < m.end() - len(noun):
            found.append(Span(m.start() + cut, m.end(), 0.6))
    return found


def phrases(text: str, start: int, end: int) -> list[Span]:
    """Noun phrases of two to twenty characters: runs of nouns and names without verbs or particles."""
    found, at, run = [], start, start
    for word, tag in (*segment(text[start:end]), ("", "")):
        if tag not in _NOMINAL:
            if 2 <= at - run <= 20:
                found.append(Span(run, at, 0.45))
            run = at + len(word)
        at += len(word)
    return found


_CELL = re.compile(r"\s*\|?\s*([^|\s][^|]{0,30}?)\s*\|")
"""The first cell of a row of a table: what the row is about."""
_LEAD = re.compile(
    r"(?:^|[,，;；。:：、”])([^,，;；。:：“”]{2,20}?)(?=正在|正式|已经|已|将|即将|是|为|由|被|位于|计划|预计|总投资|投资|实现|完成|拿到|获得?|荣获|入选"
    r"|共|以|在|于|达|的|成立|负责|承担|承办|主办|牵头|建成|启动|开工|投产|落户|签约)"
)


def leads(text: str, start: int, end: int) -> list[Span]:
    """What opens each clause, up to its verb: most often its subject."""
    found = [Span(m.start(1), m.end(1), 0.5) for m in _LEAD.finditer(text, start, end)]
    cell = _CELL.match(text, start, end)
    return [*found, Span(*cell.span(1), 0.6)] if cell else found


_REASON = re.compile(
    r"(?:因为|由于|因(?!此|而|素|特网)|鉴于|考虑到?了?|出于|得益于|受益于|归功于|旨在|以便|原因(?:是|在于)|为了|为(?=[^,，。]{2,16}[,，]))"
    r"([^,，;；。!！?？]{3,60})"
)
_CAUSE = re.compile(r"(?:^|[,，;；。!！?？])([^,，;；。!！?？]{3,50}?)(?:吸引|导致|使得|使(?!用)|促使|造成|引起|引发|推动)")  # noqa: E501
_MEANS = re.compile(r"(?:通过|采取|采用|利用|运用|依托|借助|凭借|按照|以(?=[^,，。]{2,20}(?:方式|形式|模式|办法)))([^,，;；。!！?？]{3,60})")  # noqa: E501


def reasons(text: str, start: int, end: int) -> list[Span]:
    """What a sentence gives as a reason: after 因, 由于, 为…, before 吸引, 导致."""
    found = [Span(*m.span(1), 0.8) for m in _REASON.finditer(text, start, end)]
    return found + [Span(*m.span(1), 0.6) for m in _CAUSE.finditer(text, start, end)]


def means(text: str, start: int, end: int) -> list[Span]:
    """How a sentence says that something is done: after 通过, 采取, 依托."""
    return [Span(*m.span(1), 0.7) for m in _MEANS.finditer(text, start, end)]


_NOMINAL = ("n", "nz", "ns", "nt", "nr", "x", "vn", "j", "b", "s", "f", "eng")

FITS, MAY, SELDOM = 1.0, 0.6, 0.25
_PERSON = re.compile(
    rf"(?:{TITLE})?[{SURNAME}][一-龥]{{1,2}}(?:{TITLE}|同志|先生|女士)?$|[一-龥a-z]+·[一-龥a-z·]+$"
)
_BODY = re.compile(
    r"(?:局|公司|集团|银行|政府|办公室|[管常]委会?|协会|商会|法院|[党团省市县区]委|学校|医院)$"
)
_TITLED = re.compile(rf"(?:{TITLE})[，,:：]?$")
_PLACE = re.compile(r"[省市县区镇乡村州国岛港湾园城路街道厅楼馆院校所中心站场厂店处室里上内旁侧部地带门口]$")
_CLOCK = re.compile(r"\s*\d{1,2}:\d\d|\s*(?:来源|作者|编辑|发布)")
_PUBLISHED = re.compile(r"发[布表出稿]|刊[登发]|报道|稿|[登上]报|见报|落款|公布")
_ANYTHING = re.compile(r"事情?$|方面$|东西$|内容$|情况$|办法$|做法$|步$|点$")
"""Nouns of a question that stand for anything: what is asked for need not be called so."""
AMOUNT = re.compile(r"\d[\d.]*[万亿千百多余]*(?:元|分$|分钟|小时|[个家亩户套%台吨件人名]|平方|公里)")
_COMMON = re.compile(r"(?:干部|内部|全部|外部|大部|局部|社会|机会|都会|[帮承主举经代协]办|问题|负责人)$")
_OFTEN = re.compile(r"多久|多长时间|频率|几[天日周]|几个[月季]|每")
_NUMBER = re.compile(r"\d[\d.,]*[万亿]?.?")
_ORGANISED = ("company", "park")


def type_fit(query: Query, view: View, start: int, end: int) -> float:
    """FITS, MAY or SELDOM for clean range [start, end) of a view as an answer to the question."""
    said = view.folded[start:end].strip(" 、，,。“”")
    kinds = {kind for s, e, kind, _ in view.passage.names if start <= s and e <= end and e >= end - 1}
    if query.kind == "when":
        return SELDOM if not is_time(said) else _dated(query, view, start, end)
    if query.kind == "who":
        titled = _TITLED.search(view.folded, max(0, start - 8), start) and 2 <= len(said) <= 6
        return FITS if titled or _PERSON.match(said) else MAY if kinds or _BODY.search(said) else SELDOM
    if query.kind == "where":
        return FITS if kinds & {"place", "zone", "park"} or _PLACE.search(said) else MAY
    if query.kind in ("why", "how"):
        return _explained(query, view, start, end)
    if query.kind == "which" and _NUMBER.fullmatch(said):
        return SELDOM
    if query.kind != "which" or not query.noun:
        return FITS
    return _named_like(query.noun, said, view.folded, start, end, kinds)


def _dated(query: Query, view: View, start: int, end: int) -> float:
    """SELDOM for the date of the text itself (at its head) where its publishing is not asked for."""
    if view.folded.startswith("每", start) != bool(_OFTEN.search(query.folded)):
        return SELDOM
    head = view.passage.kind in ("meta", "byline") or _CLOCK.match(view.folded, end) or not start
    return SELDOM if head and not _PUBLISHED.search(query.folded) else FITS


def _explained(query: Query, view: View, start: int, end: int) -> float:
    """FITS for what is said as a reason or as a means, SELDOM for a word or a date."""
    propose = reasons if query.kind == "why" else means
    told = propose(view.folded, *view.sentence_at(start))
    if any(min(p.end, end) - max(p.start, start) > 0.5 * (end - start) for p in told):
        return FITS
    return SELDOM if end - start < 5 or is_time(view.folded[start:end]) else MAY


def list_fit(query: Query, view: View, items: Sequence[Span]) -> float:
    """Whether a list is of what is asked for: its items are called so, or the words round it say so."""
    noun = query.noun
    if not noun or _ANYTHING.search(noun):
        return FITS
    text, endings = view.folded, (noun, noun[-2:], *_endings(noun))
    if sum(text[i.start : i.end].endswith(endings) for i in items) * 2 >= len(items):
        return FITS
    start, end = items[0].start, items[-1].end
    lead = re.split(r"[，,；;。]", text[max(0, start - 16) : start])[-1]
    if start == view.sentence_at(start)[0]:
        lead = text[slice(*view.sentence_at(max(0, start - 1)))]
    tail = re.split(r"[，,；;。]", text[end : end + 30])[0]
    near = f"{lead} {tail} {fold(view.passage.section)}"
    head = near + " " + text[slice(*view.sentence_at(max(0, start - 1)))]
    return FITS if noun[-2:] in near else MAY if noun[-2:] in head else SELDOM


def _named_like(noun: str, said: str, text: str, start: int, end: int, kinds: set[str]) -> float:
    endings = _endings(noun)
    if said.endswith((noun, noun[-1], *endings)) and not _COMMON.search(said):
        return FITS
    marks = text[max(0, start - 1) : start] + text[start : start + 1]
    if any(pair in endings and pair[0] in marks for pair in ("“”", "《》")):
        return FITS
    if "公司" in endings and "company" in kinds:
        return FITS
    return MAY if kinds & set(_ORGANISED) else SELDOM if len(endings) > 1 else MAY


def name_endings(noun: str) -> tuple[str, ...]:
    """What to look for names of a sort by: the noun itself and the longer endings of its sort."""
    return tuple(dict.fromkeys((noun, *(e for e in _endings(noun) if len(e) > 1 and e[0] not in "“《"))))


@cache
def _endings(noun: str) -> tuple[str, ...]:
    """What names of a sort end in, by the longest asked noun of the table that ends like `noun`."""
    table = _table()
    for cut in range(len(noun)):
        if noun[cut:] in table:
            return table[noun[cut:]]
    return (noun,)


_DATA = Path(__file__).parent.with_name("data")


@cache
def _table() -> dict[str, tuple[str, ...]]:
    made: dict[str, tuple[str, ...]] = {}
    for line in (_DATA / "answer_types.txt").read_text("utf-8").splitlines():
        if line and line[0] != "#":
            asked, endings = line.split("\t")
            made |= {noun: (*made.get(noun, ()), *endings.split()) for noun in asked.split()}
    return made
