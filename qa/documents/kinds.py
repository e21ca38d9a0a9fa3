"""What a line or block is: portal boilerplate, meta line, byline, caption, headline, heading.

Everything is read from the folded text, so one pattern serves Simplified and Traditional,
full and half width.

Single lines are read first; then blocks are seen together, and their neighbours decide, too.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from statistics import median

from qa.chinese.fold import fold
from qa.chinese.names import is_person
from qa.documents.datelines import is_dateline
from qa.documents.lines import HAN_CHAR, Line, ends_sentence
from qa.schema import BlockKind

_HAN = r"[\u3007\u3400-\u9fff]"
_BOILERPLATE = re.compile(
    r"""^(?:[\s·•>»|\-\[\]【]*+(?:
    (?:您?(?:的|现在的|当前)?(?:当前)?(?:所在)?(?:的)?位置|当前页面|当前栏目)\s*[:>]
    |(?:网站|返回)?首页(?:\s*$|\s*[>»/|\-])
    |(?:上一[篇页条]|下一[篇页条]|相关(?:阅读|新闻|链接|文章|报道|推荐)|延伸阅读|热门(?:排行|推荐|新闻|文章)|推荐阅读|猜你喜欢|精彩推荐)\s*(?:[:>].*)?$
    |更多\s*>+|(?:.*\s|(?<=\s))更多\s*>*$
    |(?:分享|转发)(?:到|至|给)\S{0,12}\s*:?|扫一扫|扫码|微信扫
    |(?:打印|关闭|收藏|字体|字号|【?字体)(?:本页|此页|窗口|页面|大小)?\s*[:：\[【(]?.{0,16}$
    |(?:[【\[(]?(?:打印|关闭|收藏|返回|分享)\S{0,4}[】\])]?\s*){1,5}$
    |版权(?:所有|声明|归).*|copyright\b.*|.*\ball\ rights\ reserved\b.*
    |.*(?:icp备|icp证|公网安备|网站标识码|备案号).*
    |(?:主办|承办|技术支持|维护)(?:单位)?\s*:.{0,40}$
    |(?:浏览|访问|阅读|点击)(?:次数|量|数)?\s*:\s*\d+\s*次?$
    |(?:请注意语言文明|文明上网|发表评论|用户评论|我要评论|登录后|免责声明|声明:|特别声明).*
    |网友评论.{0,12}$
    |返回搜狐.{0,40}$|查看更多.{0,20}$|.{0,12}展开全文.{0,12}$|分享让更多人看到$|举报/反馈$|特别声明$
    |[(【\[]?\s*(?:完|全文完|未完待续|end)\s*[)】\]]?$
    |(?:联系我们|网站地图|关于我们|设为首页|加入收藏|无障碍|帮助中心)(?:\s*[|/·].*)?$
    )|(?:[\s·•>»|\-\[\]【]*[•>»\[\]【])?+[=\-*_~#·.…—━─|:\s]{3,}+$
    )""",
    re.X,
)
_META = re.compile(
    r"""^[\s(【\[]*(?:
    (?:文章|信息|稿件|新闻)?(?:来源|出处)\s*[:：].{0,80}$
    |(?:发布|发表|更新|发文|成文|印发|生成|公开)?(?:时间|日期)\s*+[:：]?\s*+\d{2,4}\s*[-/.年].{0,80}$
    |(?:发文字号|文号|索引号|信息分类|主题词|公开方式|主题分类|发文机关|公文种类|有效性|发布机构)\s*[:：].{0,80}$
    |\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?(?:\s+\S.{0,40})?$
    )""",
    re.X,
)
# Newspapers and stations, one after the other, each read in one way: up to the nearest end of a name.
_ROLE = (
    r"(?>本报|本刊|本网|特约|见习|实习|首席|全媒体|融媒体|新闻|通讯社|\S{0,6}?(?:日报|晚报|时报|网|社|台)){0,12}"
    r"\s{0,60}+(?:记者|通讯员|实习生|特派员|评论员)"
)
_CREDIT = (
    r"(?:文/图|图/文|文|图|摄影|撰文|作者|编辑|责任编辑|责编|校对|值班编辑|审核|编审|供稿|供图|主编|制图"
)
_CREDIT += r"|统筹|策划)"
_NAMED = rf"(?:{_HAN}|[\s、,/·:|■●◎()])"
_BYLINE = re.compile(
    rf"^[■●◆□○▲★◎\s(【\[]*(?:(?:文/?|图/?|摄/?)?(?P<role>{_ROLE})\s*+[:/|]?\s*+(?P<names>{_NAMED}{{2,60}}|(?<=\s){_NAMED}|(?<=\s\s))"
    rf"|{_CREDIT}\s*[:/|丨](?:{_HAN}|[\s、,/·:|丨])++)[)】\]]*+\s*$"
)
_NOT_NAMES = re.compile(rf"{_ROLE}|{_CREDIT}|报道|摄影|综合|[/:|■●◎()]")
_CAPTION = re.compile(
    r"^(?:[①-⑳▲△▼▽◀▶↑↓←→⬆⬇]|\(?图片?\s*+[一二三四五六七八九十\d]*+\s*+[:：)]|图为|图[一二三四五六七八九十\d]+\s|(?:上|下|左|右)图)"
    r"|(?:摄|供图|摄影报道|资料图片?|资料照片|图片来源\S{0,120}|示意图|效果图|\((?:左|右|前|后|中)(?:排)?[一二三四五六]?\))\s*[)】\]]?[。.]?$"
    r"|\((?:左|右|前排|后排|中)[一二三四五六]?\)"
)
_CREDIT_ONLY = re.compile(r"^[(【\[][^()]{0,40}(?:摄|供图|图/?\S{0,8}|摄影|制图)\s*[)】\]]$")
_ENUMERATOR = re.compile(
    r"^(?:第[一二三四五六七八九十百\d]+[章节条编部]|[一二三四五六七八九十]{1,3}、"
    r"|\([一二三四五六七八九十\d]{1,3}\)|\d{1,2}[、.](?!\d))"
)
_CHAPTER = re.compile(
    r"^(?:第[一二三四五六七八九十百]+[章节節编編]|[一二三四五六七八九十]{1,3}、(?![一二三四五六七八九十]))"
)
_MARKDOWN = re.compile(r"^(?:#{1,6}\s|[-*+]\s|>\s?|\d{1,2}[.)]\s|```|~~~|\|)")
_CUES = re.compile(
    "现场|一瞥|一角|全景|新貌|外景|俯瞰|航拍|走访|调研|施工|签约|揭牌"
    "|合影|参观|考察|慰问|忙碌|作业|展示|风采|场景|厂房|车间|工地|大道"
)


def line_kind(text: str) -> BlockKind | None:
    """Kind of a line that is a block whatever stands around it, or None.

    >>> line_kind("来源：新闻中心 发布时间：2019-07-03")
    'meta'
    >>> line_kind("■通讯员 蔡华波 李强 记者 袁礼成")
    'byline'
    """
    if len(text) > 200:
        return None
    folded = fold(text)
    if _BOILERPLATE.match(folded):
        return "boilerplate"
    if _META.match(folded):
        return "meta"
    if _is_byline(folded):
        return "byline"
    if re.match(r"#{1,6}\s", text):
        return "heading" if text.startswith("##") else "headline"
    return "paragraph" if text.startswith(("|", "```", "~~~")) or _is_tabular(text) else None


def opens_block(text: str) -> bool:
    """Whether a block starts with this line: a dateline, a list mark of Markdown, a dash of a subtitle."""
    return _MARKDOWN.match(text) is not None or is_dateline(text) or text.startswith(("■", "◆", "●"))


def is_enumerated(text: str) -> bool:
    """Whether a text opens with an enumerator: 一、 （二） 3. 第四章, or a dash before an item."""
    return text.startswith("——") or _ENUMERATOR.match(fold(text[:12])) is not None


def is_chapter_start(text: str) -> bool:
    """Whether a text opens with an enumerator that hardly stands in mid-sentence: 四、坚持."""
    return _CHAPTER.match(text) is not None


def is_caption(text: str) -> bool:
    """Whether a text shows by its own words that it stands under a picture."""
    return len(text) <= 120 and _CAPTION.search(fold(text)) is not None


def is_credit(text: str) -> bool:
    """Whether a text is nothing but a picture's credit: （本报记者 马贵 摄）."""
    return _CREDIT_ONLY.match(fold(text)) is not None


def is_scene(text: str) -> bool:
    """Whether a short sentence names what a picture would show."""
    return len(text) <= 40 and _CUES.search(fold(text)) is not None


def _is_tabular(text: str) -> bool:
    """Cells: a tab inside, or several wide gaps."""
    return "\t" in text or len(re.findall(r"\S(?: {3,}|\u3000{2,})(?=\S)", text)) >= 2


def _is_byline(folded: str) -> bool:
    """Roles and names, and nothing else: ■通讯员 蔡华波 李强 记者 袁礼成."""
    match = _BYLINE.match(folded)
    if match is None or folded.count("(") != folded.count(")"):
        return _count_names(folded) >= 2
    return match["names"] is None or _count_names(_NOT_NAMES.sub(" ", match["names"])) >= 1


def _count_names(folded: str) -> int:
    """How many names a text consists of, 0 where it holds anything else or more than eight."""
    names = re.sub(rf"(?<!{_HAN}{_HAN})(?<={_HAN})\s+(?={_HAN}(?:[\s、,]|$))", "", folded.strip())
    found = [name for name in re.split(r"[\s、,]+", names) if name]
    return len(found) if len(found) <= 8 and all(map(is_person, found)) else 0


@dataclass(frozen=True, slots=True)
class Draft:
    """Lines of one block to be, and the kind as far as the lines themselves tell it."""

    lines: tuple[Line, ...]
    text: str
    kind: BlockKind | None


def is_body(text: str) -> bool:
    """Running text: long enough, with a pause or an end inside."""
    return len(text) >= 30 and re.search(r"[，,。；;、]", text[:-1]) is not None


def block_kinds(drafts: list[Draft]) -> list[BlockKind]:
    """The kind of every block, from its words and its neighbours."""
    bodies = [len(d.text) for d in drafts if d.kind is None and is_body(d.text)]
    lines = [len(d.lines) for d in drafts if d.kind is None and is_body(d.text)]
    typical = median(bodies) if bodies else 0
    kinds = [draft.kind or _own_kind(draft, typical) for draft in drafts]
    _mark_footer(drafts, kinds)
    _mark_short_sentences(drafts, kinds, bool(lines) and median(lines) == 1 and typical >= 40)
    _mark_headlines(drafts, kinds)
    return kinds


def _mark_footer(drafts: list[Draft], kinds: list[BlockKind]) -> None:
    """Everything after the first line of a page's footer is the footer, in place."""
    bodies = (
        i
        for i, d in enumerate(drafts)
        if kinds[i] == "paragraph" and is_body(d.text) and d.text[0] not in "·•"
    )
    tail = False
    for i in range(max(bodies, default=-1) + 1, len(drafts)):
        tail = tail or (kinds[i] == "boilerplate" and any(map(str.isalpha, drafts[i].text)))
        if tail and kinds[i] not in ("meta", "byline"):
            kinds[i] = "boilerplate"


def _own_kind(draft: Draft, typical: float) -> BlockKind:
    """The kind that a block's own words tell, "heading" standing for headlines, too."""
    text = draft.text
    if is_caption(text):
        return "caption"
    if ends_sentence(text):
        return "caption" if _is_plain(text) and is_scene(text) and typical >= 40 else "paragraph"
    if is_body(text) and (len(text) > 40 or "。" in text or len(draft.lines) > 2):
        return "paragraph"
    if len(text) > 60 or text[-1] in "；;，,、" or not any(map(str.isalnum, text)):
        return "paragraph"
    return "heading"


def _is_plain(text: str) -> bool:
    """A short sentence of one clause, as captions and some headings are."""
    one = len(text) <= 30 and re.search(r"[，,；;：:“”！？!?]", text) is None
    return one and text[0] not in "我你他她它这這那但而" and HAN_CHAR.search(text) is not None


def _mark_short_sentences(drafts: list[Draft], kinds: list[BlockKind], flat: bool) -> None:
    """Short sentences by themselves that are headings or captions after all, in place.

    Headings run parallel: several open alike, or are made of clauses of four to
    nine characters. In a text whose paragraphs are one line each (`flat`) the
    others that look like its captions are captions, too; so are lines without
    a mark that stand as far off as those that cut a sentence.
    """
    plain = [
        i for i, d in enumerate(drafts) if kinds[i] == "paragraph" and len(d.lines) == 1 and _is_plain(d.text)
    ]
    alike = Counter(drafts[i].text[:4] for i in plain)
    chants = [i for i, d in enumerate(drafts) if kinds[i] == "paragraph" and _is_chant(d.text)]
    captions = [i for i, kind in enumerate(kinds) if kind == "caption"]
    for i in plain:
        if alike[drafts[i].text[:4]] > 1:
            kinds[i] = "heading"
        elif flat and len(captions) > 1:
            kinds[i] = "caption"
    if len(chants) > 1:
        for i in chants:
            kinds[i] = "heading"
    off = min(
        (drafts[i].lines[0].gap for i in captions if i and not ends_sentence(drafts[i].text)), default=0
    )
    for i, draft in enumerate(drafts):
        if off > 1 and kinds[i] == "heading" and draft.lines[0].gap >= off:
            kinds[i] = "caption"


def _is_chant(text: str) -> bool:
    """Two or more clauses of four to nine characters and no figure: 推行看板管理,高速压茬推进。"""
    clauses = re.split("[,，、]", text.rstrip("。.!！")) if len(text) <= 30 else []
    even = len(clauses) > 1 and all(4 <= len(clause) <= 9 for clause in clauses)
    return even and re.search(r"[\d。：:“”；;]", text[:-1]) is None


def _mark_headlines(drafts: list[Draft], kinds: list[BlockKind]) -> None:
    """Tell headlines from section headings, in place.

    A run of lines without a sentence mark is a headline where a dateline, byline
    or meta line follows, where it opens or ends the text or stands before a
    caption; of a run with a dash line, what goes before that is.
    """
    end = 0
    while end < len(kinds):
        start = end
        while end < len(kinds) and kinds[end] == "heading" and not ends_sentence(drafts[end].text):
            end += 1
        if end > start:
            upto = _headline_end(drafts, kinds, start, end)
            kinds[start:upto] = ["headline"] * (upto - start)
        end = max(end, start + 1)


def _headline_end(drafts: list[Draft], kinds: list[BlockKind], start: int, end: int) -> int:
    """Where the headlines of a run of headings end."""
    if end == len(kinds) or kinds[end] in ("byline", "meta", "caption") or is_dateline(drafts[end].text):
        return end
    dash = max((k for k in range(start, end) if drafts[k].text.startswith(("—", "--"))), default=None)
    if dash is not None:
        return dash + 1
    return end if start == 0 else start
