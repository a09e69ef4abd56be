"""The numbers of dates, in words: of days from 1 to 31, of months and of years."""

ONES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
TENS = "ten twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
    "twenty": "twentieth",
    "thirty": "thirtieth",
}
ENDINGS = {1: "st", 2: "nd", 3: "rd"}
DIGITS = "〇一二三四五六七八九"
TEN = "十"


def in_words(number: int) -> str:
    """Write a number from 1 to 99: twenty-three."""
    if number <= len(ONES):
        return ONES[number - 1]
    tens, ones = divmod(number, 10)
    return f"{TENS[tens - 1]}-{ONES[ones - 1]}" if ones else TENS[tens - 1]


def ordinal_in_words(day: int) -> str:
    """Write the number of a day: twenty-third."""
    before, dash, last = in_words(day).rpartition("-")
    return before + dash + ORDINALS.get(last, f"{last}th")


def ordinal(day: int) -> str:
    """Write the number of a day: 23rd."""
    is_teen = day // 10 == 1
    return f"{day}{'th' if is_teen else ENDINGS.get(day % 10, 'th')}"


def year_in_words(year: int) -> str:
    """Write a year: nineteen ninety-four, two thousand and five, twenty ten."""
    century, rest = divmod(year, 100)
    if year == 2000:
        return "two thousand"
    if century == 20 and rest < 10:
        return f"two thousand and {in_words(rest)}"
    return f"{in_words(century)} {in_words(rest)}"


def chinese(number: int) -> str:
    """Write a number from 1 to 31: 二十三."""
    tens, ones = divmod(number, 10)
    before = DIGITS[tens] if tens > 1 else ""
    return before + TEN * (tens > 0) + (DIGITS[ones] if ones else "")


def chinese_digits(year: int) -> str:
    """Write a year digit by digit: 一九九四."""
    return "".join(DIGITS[int(digit)] for digit in str(year))
