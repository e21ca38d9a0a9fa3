"""Bytes to text: strict UTF-8 first, then the encoding that makes the likeliest Chinese.

What a byte sequence decodes to is not enough: almost any GBK text is valid Big5 in
places and the other way round. Candidates are therefore judged by their characters.
"""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from qa.errors import LoadError
from qa.visible import visible

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CANDIDATES = ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
_NO_FILES = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"})
"""Python's codecs of characters that no file is written in; most make something of any bytes."""
_SAMPLE = 1 << 16
# The commonest characters of Chinese, in both scripts: about 45 % of any text.
_COMMON = frozenset(
    "的一是在不了有和人这這中大为為上个個国國我以要他时時来來用们們生到作地于於出就分对對成会會可主发發年动動同工也能下过過子说說产產"
    "种種面而方后後多定行学學法所民得经經十三之进進着等部度家电電力里如水化高自二理起小物现現实實加量都两兩体體制机機当當使点點从從业業"
    "本去把性好应應开開它合还還因由其些然前外天政四日那社义義事平形相全表间間样樣与與关關各重新线線内內数數正心反你明看原又么利比或但质質"
    "气氣第向道命此变變条條只没沒结結解问問意建月公无無系军軍很情者最立代想已通并並提直题題党黨程展五果料象员員革位入常文总總次品式活设設"
    "及管特件长長求老头頭基资資边邊流路级級少图圖山统統接知较較将將组組见見计計别別她手角期根论論运運农農指几幾九区區强強放决決西被干做必"
    "战戰先回则則任取据據处處队隊南给給色光门門即保治北造百规規热熱领領七海口东東导導器压壓志世金增争爭济濟阶階油思术術极極交受联聯什认認"
    "六共权權收证證改清己美再采转轉更单單风風切打白教速花带帶安场場身车車例真务務具万萬每目至达達走积積示议議声聲报報斗完类類八离離华華名"
    "确確才科张張信马馬节節话話米整空元况況今集温溫传傳土许許步群广廣石记記需段研界拉林律叫且究观觀越织織装裝影算低持音众眾书書布复復容儿"
    "须須际際商非验驗连連断斷深难難近矿礦千周委素技备備半办辦青省列习習响響约約支般史感劳勞便团團往酸历歷市克何除消构構府称稱太准準精值号號"
    "投亿億项項企创創园園款股银銀价價额額购購，。、；：！？“”（）《》"
)
_HAN_NAME = re.compile("[\\x20-\\x7e\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e—–‘’“”…·×℃Ⅰ-Ⅻ①-⑩]+")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f\ue000-\uf8ff\ufffe\uffff]")


def decode(data: bytes, encoding: str | None = None) -> tuple[str, str]:
    """The text of a file without its BOM, and the name of its encoding; `encoding` forces one (see `codec`).

    Line ends stay as they are. Raises LoadError, whose text goes on after the
    file's name ("is not UTF-8 …"), for binary files and undecodable bytes.
    """
    if encoding is not None:
        return _strict(data, encoding).removeprefix("\ufeff"), encoding
    for mark, marked in _BOMS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], marked), marked
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        failure = error
    else:
        if "\x00" not in text[:_SAMPLE]:
            return text, "utf-8"
        failure = UnicodeDecodeError("utf-8", data[:1], 0, 1, "NUL")
    if (found := _detected(data)) is not None:
        return data.decode(found), found
    if _is_binary(data):
        raise LoadError("is a binary file, not text. Leave it out, or convert it to text first.")
    where = f"byte 0x{data[failure.start]:02x} at {failure.start}"
    raise LoadError(f"is not UTF-8 ({where}). Try --encoding {_nearest(data)}.")


def codec(encoding: str) -> str:
    """The name by which Python knows an encoding of text files. Raises LoadError for any other.

    >>> codec("GBK"), codec("utf8")
    ('gbk', 'utf-8')
    """
    try:
        found = codecs.lookup(encoding)
        known = found.name not in _NO_FILES and "".encode(found.name) is not None
    except (LookupError, UnicodeError, ValueError):  # unknown; no characters to bytes; a NUL in the name
        known = False
    if not known:
        text = f"Unknown encoding '{visible(encoding)}'. Known ones: utf-8, gb18030, big5, utf-16."
        raise LoadError(text)
    return found.name


def name_text(name: str) -> str:
    """A file name as it was meant: its bytes may be GBK or Big5, as often after unzipping.

    Bytes that are neither stay escapes.

    >>> name_text("报告.txt".encode("gbk").decode("utf-8", "surrogateescape"))
    '报告.txt'
    """
    raw = name.encode("utf-8", "surrogateescape")
    if raw.isascii() or _decodes(raw, "utf-8"):
        return name
    found = {encoding: raw.decode(encoding) for encoding in _CANDIDATES[:2] if _decodes(raw, encoding)}
    meant = [text for text in found.values() if _HAN_NAME.fullmatch(text)]
    return max(meant, key=plausibility) if meant else raw.decode("utf-8", "backslashreplace")


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        where = f"byte 0x{data[error.start]:02x} at {error.start}" if error.start < len(data) else "cut short"
        nearest = _nearest(data)
        remedy = f"Try --encoding {nearest}." if nearest != encoding else "The file may be damaged."
        raise LoadError(f"is not {encoding.upper()} ({where}). {remedy}") from None
    except UnicodeError:
        raise LoadError(f"is not {encoding.upper()}. Try --encoding {_nearest(data)}.") from None


def _detected(data: bytes) -> str | None:
    """The encoding that decodes all bytes and makes the likeliest Chinese, or None."""
    sample = data[:_SAMPLE]
    scores = {}
    for encoding in _CANDIDATES:
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(sample, final=len(sample) == len(data))
        except UnicodeError:
            continue
        scores[encoding] = plausibility(text)
    for encoding in sorted(scores, key=lambda name: -scores[name]):
        # Chance puts 3 % of random characters into the table; the thinnest real text has 15 %.
        if scores[encoding] >= 0.1 and _decodes(data, encoding):
            return encoding
    return None


def plausibility(text: str) -> float:
    """Share of the characters beyond ASCII that Chinese uses most, less ten for each control character."""
    beyond = [char for char in text if char > "\x7f"]
    if not beyond:
        return 0.0 if _CONTROL.search(text) else 0.2
    common = sum(char in _COMMON for char in beyond)
    return (common - 10 * len(_CONTROL.findall(text))) / len(beyond)


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeError:
        return False
    return True


def _is_binary(data: bytes) -> bool:
    """Control bytes that no text has, in its first 8 KB."""
    sample = data[:8192]
    return (
        b"\x00" in sample
        or sum(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in sample) > len(sample) // 100
    )


def _nearest(data: bytes) -> str:
    """The encoding to suggest: the one that makes most sense of the bytes if errors are overlooked."""
    best = from_bytes(data[:_SAMPLE], cp_isolation=["gb18030", "big5", "big5hkscs", "utf_8", "utf_16"]).best()
    if best is not None:
        return best.encoding.replace("_", "-")
    sample = data[:_SAMPLE]
    return max(("gb18030", "big5", "utf-8"), key=lambda name: plausibility(sample.decode(name, "replace")))
