"""One number as text."""

from __future__ import annotations

import math

MINUS = "\N{MINUS SIGN}"
TIMES = "\N{MULTIPLICATION SIGN}"
DASH = "\N{EN DASH}"  # stands where there is no number

LEAST_POWER, MOST_POWER = -4, 8  # of ten; significant digits beyond are written with an exponent


def fixed(value: float, decimals: int = 4) -> str:
    """A number with so many decimals.

    >>> fixed(0.98123), fixed(-1234.5, 1), fixed(-0.00001)
    ('0.9812', '−1,234.5', '0.0000')
    """
    text = f"{value:,.{decimals}f}"
    if not text.strip("-0.,"):
        return text.removeprefix("-")
    return text.replace("-", MINUS)


def signed(value: float, decimals: int = 4) -> str:
    """A difference with its sign; what rounds to zero has none.

    >>> signed(0.0012), signed(-0.0012), signed(-0.00001)
    ('+0.0012', '−0.0012', '0.0000')
    """
    text = fixed(value, decimals)
    return f"+{text}" if value > 0 and text.strip("0.") else text


def significant(value: float, digits: int = 3) -> str:
    """A measured number with so many significant digits, and all of its whole ones.

    >>> significant(0.04093), significant(9.996), significant(82306.6), significant(-0.0000016)
    ('0.0409', '10.0', '82,307', '−1.60e-6')
    """
    if value == 0 or not math.isfinite(value):
        return fixed(value, 0)
    power = int(f"{value:.{digits - 1}e}".partition("e")[2])
    if not LEAST_POWER <= power <= MOST_POWER:
        return scientific(value, digits)
    return fixed(value, max(digits - 1 - power, 0))


def shortest(value: float, digits: int = 6) -> str:
    """A given number in at most so many significant digits, without zeros at its end.

    >>> shortest(0.001), shortest(1e-5), shortest(3.0), shortest(0.1234567), shortest(100)
    ('0.001', '1e-5', '3', '0.123457', '100')
    """
    number, mark, exponent = significant(value, digits).partition("e")
    if "." in number:
        number = number.rstrip("0").rstrip(".")
    return number + mark + exponent


def scientific(value: float, digits: int = 2) -> str:
    """A number with so many digits and a power of ten, which is written as programs read it.

    >>> scientific(1.23e-7), scientific(-2.5e9), scientific(0)
    ('1.2e-7', '−2.5e9', '0')
    """
    if value == 0 or not math.isfinite(value):
        return fixed(value, 0)
    number, _, power = f"{value:.{digits - 1}e}".partition("e")
    return f"{number.replace('-', MINUS)}e{int(power)}"


def count(value: int) -> str:
    """A whole number.

    >>> count(666882), count(-1000)
    ('666,882', '−1,000')
    """
    return f"{value:,}".replace("-", MINUS)


def short_count(value: float) -> str:
    """A large whole number in three digits and a letter.

    >>> short_count(512), short_count(666882), short_count(1_200_000), short_count(999_999)
    ('512', '667 k', '1.2 M', '1 M')
    """
    seen = float(f"{value:.3g}")
    for letter, scale in (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if seen >= scale:
            return f"{shortest(value / scale, 3)} {letter}"
    return shortest(value, 3)


def quantity(value: float, unit: str) -> str:
    """A given number with its unit, which may be empty.

    >>> quantity(666882, ""), quantity(0.68512, "%")
    ('666,882', '0.6851 %')
    """
    text = count(value) if isinstance(value, int) else shortest(value, 4)
    return f"{text} {unit}".rstrip()


def percent(share: float, decimals: int = 1) -> str:
    """A share of one; one that is too small for the decimals has two significant digits.

    >>> percent(0.685), percent(0.00034), percent(-0.2, 0), percent(0)
    ('68.5 %', '0.034 %', '−20 %', '0.0 %')
    """
    hundredths = 100 * share
    text = fixed(hundredths, decimals)
    if hundredths and not text.strip("0."):
        text = significant(hundredths, 2)
    return f"{text} %"


def factor(value: float) -> str:
    """How many times as much.

    >>> factor(1.8512), factor(18475.2)
    ('1.85 ×', '18,475 ×')
    """
    return f"{significant(value)} {TIMES}"
