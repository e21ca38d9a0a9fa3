"""Numbers that are no figures: names, slogans, document and house numbers, clock times, ordinals.

They are blanked out, length kept, before quantities are read. The examples of `RULES` are read as the
text with "_" for every character that is blanked out.
"""

from __future__ import annotations

import re
from functools import cache

from qa.chinese.rules import Rule, patterns

BLANK = "\x01"
_MEASURED = re.compile(r"\d\s?(?:余|多)?[万亿]?(?:元|亩|吨|公里|平方|千瓦|mw|%|公顷|立方)")
_H = "[一二三四五六七八九十百零〇两]"
# Runs of digits and numerals are taken from their beginning and whole, never again from each character.
_D = r"(?<!\d)\d++"
_T = "(?<![一二三四五六七八九十])[一二三四五六七八九十]++"
_C = "(?<![一二两三四五六七八九十百千])[一二两三四五六七八九十百千]++"
_MEASURES = r"[\d.,]*\s?[%万亿元家个台辆架款股名]"
_NO_NUMERAL = r"(?<![一二三四五六七八九十百千万亿两零〇点\d之])"

QUOTES = (
    Rule(
        "quoted words",
        r"“[^”,。;]{1,14}”|‘[^’,。;]{1,14}’|「[^」,。;]{1,14}」|\"[^\",。;]{1,14}\"",
        (("实施“333”行动", "实施_____行动"), ("实施「333」行动", "实施_____行动")),
    ),
    Rule(
        "title", "《[^》]{1,80}》|〈[^〉]{1,60}〉", (("印发《333行动》,投资3亿元", "印发_______,投资3亿元"),)
    ),
    Rule("topic", "#[^#]{1,30}#", (("参与#333行动#话题", "参与_______话题"),)),
)
"""What stands between marks; a measure in quotation marks stays ("3亿元")."""

NAMES = (
    Rule("time of day", r"(?<!\d)\d{1,2}:\d{2}(?::\d{2})?", (("15:24开工", "_____开工"),)),
    Rule(
        "date in digits",
        r"(?<!\d)\d{4}[-/]\d{1,2}(?:[-/]\d{1,2})?(?![\d.]*[%万亿元])",
        (("2019-07-03发布", "__________发布"),),
    ),
    Rule(
        "hour of a part of the day",
        r"(?:[上下]午|凌晨|清晨|早上|早晨|中午|晚上?|傍晚|夜间|当地时间|北京时间)\s?"
        rf"(?:\d{{1,2}}|{_H}{{1,3}})[点时](?:半|整|\d{{1,2}}分?)?",
        (("上午9点半开工", "_____开工"), ("晚八点开工", "___开工")),
    ),
    Rule("hour and minute", r"(?<!\d)\d{1,2}[点时]\d{1,2}分(?:\d+秒)?", (("9时30分开工", "_____开工"),)),
    Rule("hour", r"(?<![\d.])\d{1,2}时(?=[,。许至起左\-—]|$)", (("8时许开工", "__许开工"),)),
    Rule("number of a document", r"[(〔\[]\d{4}[)〕\]]\s?第?\d+号", (("国发〔2019〕5号", "国发________"),)),
    Rule("number of a house", r"(?<![\d.])\d+号(?!线?口?[人位])", (("中山路128号", "中山路____"),)),
    Rule("line of a railway", rf"{_D}\s?号线", (("地铁3 号线开通", "地铁____开通"),)),
    Rule(
        "code of a share",
        r"\(?\d{5,6}(?:\.[a-z]{2})?\)|(?<!\d)\d{6}\.[a-z]{2}",
        (("农业银行(601288)涨停", "农业银行________涨停"), ("601288.sh涨停", "_________涨停")),
    ),
    Rule(
        "letters and digits",
        rf"(?<![a-z])[a-z]++-?\d++(?:(?:[-a-z][-a-z\d]*+)?+(?!{_MEASURES})|(?=[-a-z])[-a-z\d]*(?=[-a-z]))",
        (("a380客机", "____客机"), ("g60高速", "___高速")),
    ),
    Rule(
        "telephone or account",
        r"(?<![\d.])1[3-9]\d{9}(?!\d)|(?<!\d)0?\d{3,4}-\d{7,8}(?!\d)|(?<![\d.])\d{9,}+(?![\d.]*\s?[元吨人])",
        (("热线400-8888666接听", "热线___________接听"), ("账号622202123456", "账号____________")),
    ),
    Rule(
        "version",
        rf"{_D}(?:\.\d++){{2,}}+|{_D}\.\d++(?=标准|版|时代|系统)",
        (("升到4.1.2", "升到_____"), ("工业4.0标准", "工业___标准")),
    ),
    Rule(
        "ordinal",
        rf"第(?:\d+|{_H}+)(?:个|届|次|批|期|条|章|节|轮|季|名|位|款|项|部|代|版|站|场|天|年|号|家|产业|类|组)?",
        (("第5届大赛", "___大赛"), ("第三批项目", "___项目")),
    ),
    Rule(
        "slogan of numbers",
        rf"(?:{_D}|(?<!{_H}){_H}++)(?:[+＋](?:\d++|{_H}++|n|x))++|{_D}[+](?=[^\d%])",
        (("实施2+10工程", "实施____工程"), ("链接100+家企业", "链接____家企业")),
    ),
    Rule("road", r"g\d{1,4}(?!\w)|s\d{1,4}(?!\w)|\d{3,4}国道|\d{3}省道", (("沿107国道", "沿_____"),)),
    Rule("division or regiment", rf"{_D}(?:师|团)(?=[\u4e00-\u9fff])", (("165师官兵", "____官兵"),)),
    Rule(
        "number of a service",
        r"(?<!\d)(?:110|119|120|12345|12315|12306|12366|315)(?=急救|电话|热线|报警|指挥|平台|晚会|接)",
        (("拨打12345热线", "拨打_____热线"),),
    ),
    Rule("index of shares", rf"{_D}股指", (("沪深300股指", "沪深_____"),)),
    Rule("century", r"(?<!\d)\d{1,2}世纪", (("21世纪", "____"),)),
    Rule("on the one hand", "一方面", (("一方面扩大", "___扩大"),)),
    Rule(
        "voltage of a line",
        r"(?<![\d.])\d{1,4}\s?(?:kv|千伏)(?=[\u4e00-\u9fff])(?![^,。;]{0,3}[,。;])",
        (("220千伏变电站工程", "_____变电站工程"),),
    ),
    Rule("class", r"(?<!\d)\d?[一二三四五六七八九]?类(?=[\u4e00-\u9fff]{2})", (("一类口岸", "__口岸"),)),
    Rule("for a time", "一度(?![电])", (("一度停产", "__停产"),)),
    Rule("in equal parts", r"(?<!\d)五五分", (("五五分成", "___成"),)),
    Rule("generation", r"\d{1,3}后(?!的)", (("90后青年", "___青年"),)),
    Rule("best of many", r"(?<![\d.])\d+强", (("世界500强", "世界____"),)),
    Rule(
        "network or sight",
        r"(?<![\d.])\d+[ag]\s?级?(?=[\u4e00-\u9fff])",
        (("5g基站", "__基站"), ("4a级景区", "___景区")),
    ),
    Rule("tier", rf"(?:{_D})?[一二三四五六七八九十]线", (("一线城市", "__城市"),)),
    Rule("thousand as k", rf"{_D}k(?=[\u4e00-\u9fff])", (("4k电视", "__电视"),)),
    Rule("grade", rf"{_NO_NUMERAL}[二三四五六七八九]级", (("二级医院", "__医院"),)),
    Rule(
        "one of a thing",
        rf"{_NO_NUMERAL}一[个家名位条项件次座套户些种批级步把只支台点]",
        (("一项目标", "__目标"),),
    ),
    Rule("stage", rf"{_T}期(?=[\u4e00-\u9fff(,。;])", (("二期工程", "__工程"),)),
    Rule("congress", rf"十[一二三四五六七八九]?大|{_T}届", (("十九大", "___"), ("十三届人大", "___人大"))),
    Rule(
        "numeral in a word",
        rf"{_C}(?=岸|县[,。、]|方[式案针]|手[抓车]|路|线|流|体|致|定|样|系列|般|起(?!交|案)|切|点建|直|同|旦|分[重必]"
        "|把手|中全会|位一体|新城|高|低|纵|横|字|月|不|建|优|化|转)",
        (("一流园区", "_流园区"), ("两岸交流", "_岸交流")),
    ),
    Rule("delta", "[长珠金铁]三角", (("长三角", "___"),)),
    Rule(
        "second time",
        r"(?<![一二三四五六七八九十百千万亿])二[次度轮](?=[\u4e00-\u9fff])",
        (("二次创业", "__创业"),),
    ),
    Rule(
        "numeral of a saying",
        "[三四五六七八九]个代表|[一二三四五六七八九十]个一(?:批|百|工程)?|千[方家]百[计]|千家万户|千方百计|万[元科]户|百[姓强]|[千万]里"
        "|十分(?!之)|万[物象众]|三三两两",
        (("七个一批", "____"), ("千家万户", "____"), ("万元户", "___")),
    ),
    Rule(
        "day of the year",
        "五[一四]|七一|八一|十一(?=[黄长假期,])",
        (("七一前夕", "__前夕"), ("十一黄金周", "__黄金周")),
    ),
)
"""Names, in the order in which they are tried at a place."""

RULES = QUOTES + NAMES


@cache
def _grammar(off: frozenset[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Patterns of what is quoted and of names, without the rules that are `off`.

    As in `periods`, a look-ahead for the first character spares most positions all the alternatives.
    """
    quoted, names = ("|".join(patterns(rules, off).values()) for rules in (QUOTES, NAMES))
    firsts = r"[\d(〔\[a-z一二三四五六七八九十百零〇两千万上下凌清早中晚傍夜当北第长珠金铁]"
    return re.compile(rf"(?=[“‘「\"《〈#])(?:{quoted})"), re.compile(f"(?={firsts})(?:{names})")


def _blank(m: re.Match[str]) -> str:
    return BLANK * (m.end() - m.start())


def _quoted(m: re.Match[str]) -> str:
    text = m[0]
    if _MEASURED.search(text) and text[0] not in "《〈":
        return text
    return BLANK * len(text)


def mask(folded: str, off: frozenset[str] = frozenset()) -> str:
    """`folded` with every number that is no figure blanked out, character for character.

    `off` names rules of `RULES` that are not used.

    >>> mask("入选“2+10”工程,投资3亿元").replace(BLANK, "_")
    '入选______工程,投资3亿元'
    """
    quoted, names = _grammar(off)
    return names.sub(_blank, quoted.sub(_quoted, folded))
