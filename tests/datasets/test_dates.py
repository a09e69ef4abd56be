"""The dates: read back by other programs, each date in one part."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keraslm.errors import UsageError
from keraslm_datasets import dates

DATES = st.dates(dates.FIRST, dates.LAST)
# What the standard library reads.
STRPTIME = {
    "day month year": "%d %B %Y",
    "month day, year": "%B %d, %Y",
    "with weekday": "%A, %d %B %Y",
    "abbreviated": "%d-%b-%y",
    "slashes, day first": "%d/%m/%y",
    "slashes, month first": "%m/%d/%y",
    "slashes, year first": "%Y/%m/%d",
    "points": "%d.%m.%Y",
    "Chinese": "%Y年%m月%d日",
}


@given(DATES)
def test_what_the_standard_library_reads_it_reads_as_the_date(date):
    for name, form in STRPTIME.items():
        text = dates.written(date).get(name)
        if text is not None:
            found = datetime.datetime.strptime(text, form).date()
            # Two digits are taken for 1969 to 2068 there, for 1950 to 2049 here.
            century = (found.year - date.year) % 100 == 0 and "%y" in form
            assert found == date or (century and found.replace(year=date.year) == date)


@pytest.mark.parametrize(
    ("date", "name", "text"),
    [
        ("1994-05-03", "day in words", "the third of May, 1994"),
        ("1994-05-22", "all in words", "May the twenty-second, nineteen ninety-four"),
        ("2000-12-30", "all in words", "December the thirtieth, two thousand"),
        ("2005-01-12", "all in words", "January the twelfth, two thousand and five"),
        ("2040-08-20", "all in words", "August the twentieth, twenty forty"),
        ("2015-11-11", "ordinal, day first", "11th of November 2015"),
        ("2015-11-21", "ordinal, month first", "November 21st, 2015"),
        ("1999-03-02", "ordinal, month first", "March 2nd, 1999"),
        ("1999-03-13", "ordinal, day first", "13th of March 1999"),
        ("1999-03-31", "German", "31. März 1999"),
        ("1999-03-31", "Spanish", "31 de marzo de 1999"),
        ("1994-05-03", "Chinese numerals", "一九九四年五月三日"),
        ("2010-10-10", "Chinese numerals", "二〇一〇年十月十日"),
        ("2011-12-19", "Chinese numerals", "二〇一一年十二月十九日"),
        ("2011-11-20", "Chinese numerals", "二〇一一年十一月二十日"),
        ("2011-01-31", "Chinese numerals", "二〇一一年一月三十一日"),
    ],
)
def test_words_and_numerals(date, name, text):
    assert dates.written(datetime.date.fromisoformat(date))[name] == text
    assert dates.format_of(text, date) == name


def test_no_text_is_two_dates_or_two_formats():
    seen = set()
    for part in dates.SPLITS:
        for date in dates.dates_of(part):
            forms = list(dates.written(date).values())
            assert seen.isdisjoint(forms)
            seen.update(forms)
            assert len({*forms}) == len(forms)


def test_each_date_is_in_one_part():
    parts = {part: dates.dates_of(part) for part in dates.SPLITS}
    whole = sorted(date for part in parts.values() for date in part)
    assert len(whole) == len({*whole}) == (dates.LAST - dates.FIRST).days + 1
    assert [len(part) for part in parts.values()] == [29_201, 3_586, 3_738]


@pytest.mark.parametrize("seed", [0, 1])
def test_no_date_of_the_test_text_is_in_the_training_text(seed):
    learnt = {target for _, target in dates.pairs("train", 3000, seed=seed)}
    other = {target for _, target in dates.pairs("test", 3000, seed=1 - seed)}
    assert not learnt & other


def test_the_same_seed_gives_the_same_pairs_and_fewer_are_the_beginning():
    pairs = list(dates.pairs("valid", 60, seed=3))
    assert list(dates.pairs("valid", 20, seed=3)) == pairs[:20]
    assert list(dates.pairs("valid", 60, seed=4)) != pairs
    assert set(dates.formats_of(pairs)) <= set(dates.FORMATS)
    lines = "".join(f"{source}\t{target}\n" for source, target in pairs)
    assert dates.text("valid", 60, seed=3) == lines


def test_other_pairs_have_no_format():
    assert dates.formats_of([("3 May 1994", "1994-05-03"), ("a dog", "Hund")]) == []
    assert dates.format_of("3 May 1994", "1994-05-04") == ""


@pytest.mark.parametrize("size", ["huge", 0, True])
def test_a_size_that_is_none_is_refused(size):
    with pytest.raises(UsageError, match="a number of pairs"):
        list(dates.pairs("train", size))
