"""Read what a question asks: its kind, unit, period, operation, and the words that carry it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from qa.chinese.fold import fold
from qa.chinese.periods import Period, read_period
from qa.chinese.tags import segment

Kind = Literal["figure", "which", "who", "when", "where", "list", "yesno", "why", "how", "what", "compare"]
Op = Literal["", "difference", "ratio", "share", "sum", "rest", "more", "top"]

UNITS = {
    "money": "亿元 万元 千元 亿美元 万美元 美元 欧元 港元 日元 元 块钱 块 钱 资金 资本 费用",
    "area": "平方公里 平方千米 平方米 公顷 万亩 亩 平米",
    "length": "公里 千米 毫米 厘米 里路 米",
    "percent": "个百分点 百分点 百分比 % 成",
    "power": "兆瓦 千瓦时 千瓦 mw kw gw 度电",
    "mass": "万吨 吨 公斤 千克 克 斤",
    "time": "分钟 小时 个月 个星期 个工作日 工作日 周年 年 天 周 日",
    "times": "倍 番",
    "count": "批次 家次 人次 名 个 家 套 栋 幢 户 人 位 条 项 次 座 批 种 件 份 台 辆 支 所 处 间 部 期"
    " 款 场 只 艘 架 枚 门 类 届 轮 层 块地 宗 起 例 村 岁"
    " 笔 趟 列 班 棵 株 头 本 册 篇 张 床 根 组 对 单 口",
}
_UNIT_OF = {u: d for d, units in UNITS.items() for u in units.split()}
_UNIT = "|".join(sorted(map(re.escape, _UNIT_OF), key=lambda u: (-len(u), u)))
_MONEY = re.compile(
    r"投资|产值|税|收入|资金|贷款|利润|销售额|营业额|融资|融到|经费|成本|总额|价|花|投了|营收|营利|债|gdp|生产总值"
    r"|增加值|慰问金|奖金|补贴|补助|奖补|进出口额|出口额|支出|金额|耗资|投入|资本|外资|拨款|薪"
)
_AREA = re.compile(r"面积|占地|用地|多大的(?:地|场地|办公|厂房|园)|腾[出了]*.{0,4}地|地块|多大地方")
_PERCENT = re.compile(
    r"百分之(?:几|多少)|增速|增幅|涨幅|降幅|增长率|比率|占比|比重|比例|百分比|增长(?:了)?多少|几个点|"
    r"同比(?:涨|增|升|降)|[一-龥]率(?:现在|目前|已经)?(?:是|为|有|达到?|到了?|降到了?|升到了?)?(?:多少|几|百分)|增长(?:率)?(?:达|是)?(?:多少|几)|幅度"
    r"|[一-龥][率比](?:有|是|能)?多高|(?:增长?|涨|提高|下降|降)得"
)
FILLER = re.compile(
    r"一共|总共|拢共|大概|大约|大致|差不多|请问|到底|究竟|报道(?:里|中|说)?|资料(?:里|中)?|文章?(?:里|中)|据说|分别(?:是|为)?"
    r"|(?:是|有|为|达|达到|能达到|能有|叫|要|会)(?=多|几|什么|哪|谁)|请|帮我|告诉我|知道|想问|一下|能不能说|请介绍"
)
ASK = re.compile(
    rf"(?:大概|大约|总共|一共)?(?:百分之(?:几|多少)|(?:多少|几多|几)(?:[百千万亿]{{0,2}}?(?:{_UNIT}))?|多大|多高|多长|多久|多远|多宽|第几|几成|几倍|几分之几|是?什么时候|何时"
    r"|什么水平|什么地方|什么地点|什么人|什么样的?|什么|何处|何人|哪里|哪儿|哪一?(?:年|天|日|月)|几(?:月|号|日|点)"
    rf"|为什么|为何|为啥|怎么样|怎么|怎样|如何|啥|谁|哪(?:一|几|两|三|四|五|六|些)?(?:{_UNIT}|句|步)?)"
    r"|吗|呢|吧|[?]"
)

_RANK = re.compile(r"第几|排名|位次|名列|排多少名|排在?几")
_WHEN = re.compile(
    r"(?:多久|多长时间|几天).{0,6}一次|频率|[什啥]么?时[候间]|何时|哪一?[年天日月]|几月|几号|几时|多会儿|哪个月|哪一个月|日期是"
)
_WHO = re.compile(r"(?:书记|主任|经理|董事长|负责人|老板|[校院县市区局镇会部处科]长)(?:的名字)?(?:叫|姓)(?:什么|啥)|谁|何人|什么人|哪位|哪个人|哪一位|叫什么名字")  # noqa: E501
_WHERE = re.compile(r"哪里|哪儿|何处|什么地方|什么地点|在哪(?!个|家|座|条|些|几|一|项|天|年|所)|哪个地方")
_WHY = re.compile(r"为什么|为何|为啥|什么原因|原因是什么|凭什么|怎么会")
_HOW = re.compile(r"怎么|怎样|如何|什么办法|什么方式")
_LIST = re.compile(
    r"哪些|哪[几两二三四五六七八九十]|哪\d+[个家项条种类]|[做干搞说讲]?些(?:什么|啥)|由.{0,6}(?:组成|构成)|分别(?:是|有|为)?(?:什么|哪|多少|谁)"
    r"|都(?:有|是|涉及|包括)(?:什么|哪|谁)|包括(?:什么|哪)|列(?:出|举)|哪几"
)
_WHICH = re.compile(
    r"哪(?:一|几|两|二|三|四|五|六|七|八|九|十|\d+|些)?(个|家|座|条|项|所|种|部|款|位|批|类|支|名|处|片|块|门|届|只|间|栋|句)?"
    r"([一-龥a-z“”]{0,12})"
)
_COUNTED = {"家": "企业", "句": "话", "座": "桥", "届": "届"}
"""What a classifier counts where a question names nothing (哪家)."""
_WHAT_NOUN = re.compile(r"什么([一-龥]{1,6})")
_YESNO = re.compile(r"吗|是不是|是否|有没有|了没有|了没|能否|对不对|可不可以|会不会")
_WORDS = (
    "列车|班[列车]|本[科地]|单位|口岸|头部|组织|对外|项目|人[口才员]|家庭|户籍|场[所地]|门[店面]|部[门队]"
    "|台[资商企]|支部|位置|成[本果]|层级|种类|处理"
)
"""Words that begin like a unit but are none after 多少 (多少项目)."""
_HOWMANY = re.compile(
    rf"(?:多少|几多|几|第几)\s*(?:[百千万亿]{{0,2}}?((?!{_WORDS})(?:{_UNIT})))?\s*([一-龥]{{0,8}})"
)
_HOWBIG = re.compile(r"多大(?:的)?(?:面积|规模|数量)?的?([一-龥]{1,6})")
_FIGURE = re.compile(
    r"多少|几多|几(?!乎)|多大|多高|多长|多久|多远|多宽|百分之|什么水平|数量是|规模是|数目|面积是|增速|增幅|总额是"
)
_COMPARE = (
    ("difference", re.compile(r"^(?!.*比(?!重|例)).*(?:提高|上升|下降|降低|提升)了?(?:多少|几)个?百分点")),
    (
        "share",
        re.compile(
            r"占.{0,20}(?:百分之(?:几|多少)|比(?:重|例)|几成|多大比例)|(?:完成|达到|实现)了?.{0,16}(?:几成|百分之(?:几|多少))"
        ),
    ),
    ("ratio", re.compile(r"(?:几|多少)倍|倍数")),
    (
        "difference",
        re.compile(
            r"多(?:出)?(?:多少|几)|少(?:了)?(?:多少|几)|差(?:了)?(?:多少|几|距)|相差|高(?:出)?(?:多少|几)|低(?:了)?(?:多少|几)"
            r"|大(?:了|出)?(?:多少|几)|超(?:出)(?:多少|几)|比(?!重|例).{2,30}[多少高低大小长短快慢][一-龥]{0,2}(?:多少|几)"
        ),
    ),
    (
        "rest",
        re.compile(
            r"还(?:有|剩|差|缺)|剩(?:下|余|多少|几)|尚未|(?:没有?|未)(?=[一-龥])(?!有(?:多少|几))|其余"
        ),
    ),
    (
        "sum",
        re.compile(
            r"合计|加起来|加在一起|合起来|总和|之和|一共合|相加|共计|两[期个项家者]一共|两[期个项家者]总共"
        ),
    ),
    (
        "top",
        re.compile(
            r"(?:投资|产值|税收|收入|面积|占地|用地|数|增速|增幅|规模|吞吐量|产量|销售额)[^,，。]{0,6}最(?:多|大|高|快)"
            r"|最(?:多|大|高|快)的?前?[三五十\d]|前[三五十\d]+(?:名|位|家|的|大|强|个(?!月|季|工))"
        ),
    ),
    (
        "more",
        re.compile(
            r"哪[个家一]?.{0,12}(?:更|比较|最)?(?:多|大|高|少|小|低|早|晚|快)|谁(?:更|比较)?(?:多|大|高|少|小|低)|相比"
        ),
    ),
)
_SEVERAL = re.compile(r"[两三四五六几各][期个项家者批条类座]|分别|全部|所有|加起来|加在一起|合起来")
_LEFT = re.compile(
    r"(?:还|尚)(?:有|剩|差|缺).{0,8}(?:没|未|多少|几)|剩(?:下|余|多少|几)|尚未|(?:没有?|未)(?:实际|真正|正式)?[一-龥]{1,4}(?:的|完|好|成|到|了)?.{0,6}(?:多少|几)|(?:多少|几).{0,6}(?:没有?|未)[一-龥]|还差"
)
_MODE = (
    ("expected", re.compile(r"预计|预期|有望|可达|能达到|建成后|达产后|投产后|可实现")),
    ("planned", re.compile(r"计划|规划|目标|准备|打算|拟|定于|定在")),
    (
        "actual",
        re.compile(
            r"实际|已经|已完成|到目前|到现在|[至迄]今|目前已|实打实|真正|决算|完成额|最后|[一-龥]了(?:多少|几|百分)"
        ),
    ),
)
# A number is taken whole, with a unit or without (group 1): to look for the unit from each of its digits
# anew would take the square of their number.
_NUMBER = re.compile(rf"(?<!哪)\d[\d.,]*+\s*+([多余几]?[万亿千百]?(?:{_UNIT})|[万亿])?")
_PERIODS = re.compile(
    r"(?:19|20)\d\d年|\d{1,2}月?\s*[至到—–~-]+\s*\d{1,2}月|\d{1,2}月(?:\d{1,2}日)?|前\d++个月|(?<!\d)\d++[+]\d+"
)
_PERIOD_WORDS = re.compile(
    r"(?:截至|截止|到)?(?:(?:19|20)\d\d年|[今去明当前本]年)?(?:(?:[前头]|(?<![\d一二三四五六七八九十]))[\d一二三四五六七八九十]++个?月份?(?:\d++[日号]|底|末)?(?:\s*[至到—–~-]+\s*\d{1,2}月份?)?"
    r"|\d{1,2}\s*[至到—–~-]+\s*\d{1,2}月份?|前?[一二三四]个?季度|[上下]半年|全年)|(?:19|20)\d\d年|[今去明当本]年"
)
_SPAN = re.compile(r"(?:年|月|天|日|小时|周)$")
_BASE = re.compile(r"(?:比|较|相比于?)(?:[去上前]一?年|(?:19|20)\d\d年)(?:的?同期)?")
"""What a growth is measured against, no period of its own (比上年多了百分之几)."""
_EXCLUDED = re.compile(
    r"(?:不要|不是|不只是|不仅是|而非|除了?|不含|不包括|并非)([^,，()。；;]{2,8}?)(?:数|值)?(?=[,，()；;]|$|以外|之外|外)"
)
_BESIDE = re.compile(r"([一-龥a-z]{2,6})[”\"]?(?:以|之)外的")
_PHASE = re.compile(r"[一二三四首]期(?!间|待|望|刊|货|权|限|末|初)")
_SIDES = re.compile(
    r"^(.{2,30}?)(?:和|与|跟|同|、)(.{2,40}?)(?:相比|比较|比起来|[,，:：]|哪|谁|的?(?:合计|加起来|一共|之和|总和|相差))"
)
_MORE = r"(?:多|少|高|低|大|小|超|长|短|快|慢)"
_GAP = re.compile(
    rf"^(.{{2,40}}?)(?<!相)比(?!较|例|重)(.{{2,40}}?){_MORE}[^多少高低大小超长短快慢]{{0,3}}?(?:多少|几)"
)
_VERSUS = re.compile(r"^(.{2,40}?)(?<!相)比(?!较|例|重)(.{2,40}?)(?:多|少|高|低|大|小|超|长|短|快|慢)")


@dataclass(frozen=True, slots=True)
class Query:
    """A question as understood. `content` is `folded` with the asking words blanked, same length.

    `dimension` and `unit` are those of the figure asked for ("" where none is
    named), `noun` the kind of thing asked for (项目, 桥, 指标), `sides` the two
    operands of a comparison as written, `numbers` the figures it gives itself (总投资2.1亿元的),
    `excluded` what it says it does not mean (不要预计数), `phase` a 一期, 二期,
    `years` the first and last of the years it allows (2017年以后).
    """

    text: str
    folded: str
    kind: Kind
    content: str
    op: Op = ""
    dimension: str = ""
    unit: str = ""
    noun: str = ""
    period: Period = field(default_factory=Period)
    mode: str = ""
    sides: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    phase: str = ""
    years: tuple[int, int] | tuple[()] = ()

    @property
    def wants_figure(self) -> bool:
        return self.kind == "figure" or (self.kind == "compare" and self.op != "more")


def read_query(text: str) -> Query:
    """What `text` asks, by its wording alone.

    >>> q = read_query("渌口区规划里的骨干路网有多少公里？")
    >>> q.kind, q.unit, q.dimension
    ('figure', '公里', 'length')
    >>> read_query("渌口区哪座桥已经正式通车？").noun
    '桥'
    """
    folded = fold(text)
    op, sides = _operation(folded)
    kind: Kind = "compare" if op else _kind(folded)
    unit, noun = _asked(folded, kind)
    content = _content(_blank(_BASE, folded) if kind == "figure" else folded)
    return Query(
        text,
        folded,
        kind,
        _blank(_PERIOD_WORDS, content) if kind in ("figure", "compare") else content,
        op,
        _dimension(folded, unit) if kind in ("figure", "compare") else "",
        unit,
        noun,
        read_period(_BASE.sub(" ", folded) if kind == "figure" else folded),
        next((m for m, pattern in _MODE if pattern.search(folded)), ""),
        sides,
        tuple(
            n
            for m in _NUMBER.finditer(_PERIODS.sub(" ", folded))
            if m[1] and not _SPAN.search(n := re.sub(r"\s", "", m[0]))
        ),
        tuple(m[1] for m in (*_EXCLUDED.finditer(folded), *_BESIDE.finditer(folded))),
        m[0] if (m := _PHASE.search(folded)) else "",
        _years(folded),
    )


_SINCE = re.compile(r"((?:19|20)\d\d)年(?:及?以后|之后|以来|起)")
_UNTIL = re.compile(r"((?:19|20)\d\d)年(?:及?以前|之前|前)(?!\d|[一二三四五六七八九十个])")


def _years(folded: str) -> tuple[int, int] | tuple[()]:
    since, until = _SINCE.search(folded), _UNTIL.search(folded)
    if not since and not until:
        return ()
    return (int(since[1]) if since else 0, int(until[1]) if until else 9999)


def _blank(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda m: " " * len(m[0]), text)


def _content(folded: str) -> str:
    return _blank(ASK, _blank(FILLER, folded))


def _kind(folded: str) -> Kind:
    if _WHY.search(folded):
        return "why"
    if _LIST.search(folded):
        return "list"
    if _WHEN.search(folded):
        return "when"
    for kind, pattern in (("who", _WHO), ("where", _WHERE)):
        if pattern.search(folded):
            return kind  # type: ignore[return-value]
    if "哪" in folded:
        return "which"
    if _FIGURE.search(folded):
        return "figure"
    if _YESNO.search(folded):
        return "yesno"
    return "how" if _HOW.search(folded) else "what"


def _asked(folded: str, kind: Kind) -> tuple[str, str]:
    """Unit asked for and noun asked for."""
    if kind in ("figure", "compare"):
        for m in _HOWMANY.finditer(folded):
            if m[1] or m[2]:
                return m[1] or "", counted((m[2] or "").rstrip("吗呢了的"))
        big = _HOWBIG.search(folded)
        return "", counted(big[1]) if big else ""
    if (which := _WHICH.search(folded)) is not None and not which[2].startswith(("儿", "里")):
        noun = _noun(re.split(r"[的是在有被已正要了把与和上里做搞]", which[2])[0])
        return "", noun or _COUNTED.get(which[1] or "", "") or _noun_before(folded[: which.start()])
    what = _WHAT_NOUN.search(folded)
    return "", what[1] if what else ""


def counted(words: str) -> str:
    """The noun that a question counts, of the words behind 多少: nothing where they begin with a verb.

    >>> counted("亿元以上的项目"), counted("件没办完"), counted("隧道")
    ('项目', '件', '隧道')
    """
    noun = ""
    for word, tag in segment(re.split("[没未不]", words.rpartition("的")[2])[0]):
        if tag[0] not in "nxbjag" and tag != "vn":
            break
        noun += word
    return "" if noun in ("亿", "万", "千", "百", "元") else noun


def _noun_before(said: str) -> str:
    """The noun that ends words before 有哪些, 是哪几个 (存在的问题有: 问题); "" where another word does."""
    words = segment(re.sub(r"(?:一共|总共|都|分别|各)?(?:有|是|为|包括|涉及|涵盖)?(?:了)?$", "", said[-12:]))
    return words[-1][0] if words and words[-1][1] in ("n", "vn") and len(words[-1][0]) > 1 else ""


def _noun(said: str) -> str:
    """The noun phrase that words begin with (市级部门一起搞机制: 市级部门); all where there is none."""
    end = 0
    for word, tag in segment(said):
        if tag in ("v", "d", "p", "c", "u", "r") and end:
            break
        end += len(word)
    return said[:end]


def _dimension(folded: str, unit: str) -> str:
    if _RANK.search(folded):
        return "rank"
    if _PERCENT.search(folded) and _UNIT_OF.get(unit, "") in ("", "percent"):
        return "percent"
    if unit:
        return _UNIT_OF[unit]
    if re.search(r"多久|多长时间", folded):
        return "time"
    if re.search(r"多[长远高宽]", folded):
        return "length"
    if _AREA.search(folded):
        return "area"
    if _MONEY.search(folded):
        return "money"
    return "area" if re.search(r"面积|有多大$", folded.rstrip("?")) else ""


def _operation(folded: str) -> tuple[Op, tuple[str, ...]]:
    """The arithmetic a question calls for, and its two sides where it names them."""
    sides = next((m.groups() for p in (_GAP, _VERSUS, _SIDES) if (m := p.search(folded))), ())
    for op, pattern in _COMPARE:
        if not pattern.search(folded):
            continue
        if op == "more" and not sides:
            continue
        if op == "sum" and re.search("哪|谁", folded) and not _FIGURE.search(folded):
            continue
        if op == "top" and (
            sides
            or ("哪" not in folded and "谁" not in folded and "什么" not in folded and "前" not in folded)
        ):
            continue
        if op == "sum" and not sides and not _SEVERAL.search(folded):
            continue
        if op == "rest" and not (_FIGURE.search(folded) and _LEFT.search(folded)):
            continue
        if op == "difference" and not sides and _LEFT.search(folded):
            continue
        return op, tuple(s.strip() for s in sides)  # type: ignore[return-value]
    return "", ()
