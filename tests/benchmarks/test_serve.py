"""The scorer of the benchmark on the review page."""

import pytest

pytest.importorskip("httpx", reason="it asks with httpx")

from serve import Answer, answers_table, openings_table, pictures_in, quantile


def test_answers_are_counted_by_what_was_asked_for():
    answers = [Answer("a pack", ms, True) for ms in (10, 20, 199, 200)] + [Answer("a list", 500, False)]
    table = answers_table(answers)
    packs, lists, every = table.rows
    assert packs == ("a pack", "4", "75.0%", "199 ms", "200 ms", "200 ms", "0")
    assert lists == ("a list", "1", "0.0%", "500 ms", "500 ms", "500 ms", "1")
    assert every[:3] == ("all", "5", "60.0%")


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 3), (0.95, 5), (1.0, 5)])
def test_a_quantile_is_one_of_the_values(share: float, value: int):
    assert quantile([5, 1, 4, 2, 3], share) == value


def test_where_no_browser_was_there_no_line_is():
    assert openings_table({"a decision": []}).rows == ()
    assert openings_table({"a decision": [10.0, 30.0]}).rows == (("a decision", "2", "30 ms", "30 ms", "30 ms"),)


def test_the_pictures_of_a_page_are_the_two_large_ones():
    text = (
        '<image href="/a?v=1" width="2"/><image class="under" href="/a?v=1"/><g><image class="upper" href="/b"/></g>'
    )
    assert pictures_in(text + '<image class="warm" data-href="/heat"/><img src="/small">') == ["/a?v=1", "/b"]
