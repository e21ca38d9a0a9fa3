"""Short answers proposed by rule: dates, persons, quotations, phrases."""

from qa.answer.spans import heads, leads, office, persons, phrases, quotations, times


def said(text: str, found: list) -> list[str]:  # type: ignore[type-arg]
    return [text[s.start : s.end] for s in found]


def test_times() -> None:
    text = "项目2021年3月开工,5月底封顶,每周更新一次"
    assert said(text, times(text, 0, len(text))) == ["2021年3月", "5月底", "每周"]


def test_persons_after_titles_and_before_saying() -> None:
    text = "区委书记林海涛走访企业,总经理赵岚说订单充足"
    assert said(text, persons(text, 0, len(text))) == ["林海涛", "赵岚"]


def test_the_deputy_is_not_the_secretary() -> None:
    text = "区党工委副书记、管委会主任林海涛走访企业"
    at = text.index("林海涛")
    assert [office(q, text, at, at + 3) for q in ("书记是谁", "副书记是谁", "主任是谁", "谁走访企业")] == [0.25, 1.0, 1.0, 1.0]  # noqa: E501


def test_quotations() -> None:
    text = "以“绿色发展”为主题,出台《招商办法》"
    assert said(text, quotations(text, 0, len(text))) == ["绿色发展", "招商办法"]


def test_heads_leads_and_phrases() -> None:
    text = "青溪大桥正式通车,月湖大道正在进行路基施工"
    assert said(text, heads(text, 0, len(text), "桥")) == ["青溪大桥"]
    assert said(text, leads(text, 0, len(text))) == ["青溪大桥", "月湖大道"]
    assert "青溪大桥" in said(text, phrases(text, 0, len(text)))


def test_the_first_cell_leads_a_row_of_a_table() -> None:
    text = "| 江北冷链中心 | 9亿元 | 桩基施工 |"
    assert "江北冷链中心" in said(text, leads(text, 0, len(text)))
