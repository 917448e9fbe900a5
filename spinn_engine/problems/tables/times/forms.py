"""The forms in which dates and clocks are written, each as a pattern of RE2 with named fields.

A form says in which order day, month and year stand; what a text of it means is in ``dates`` and
``clocks``. Fields: ``Y`` year, ``y`` its last two digits, ``m`` month, ``b`` its name, ``d`` day,
``j`` day of the year, ``a`` weekday, ``D`` days, ``N`` days below zero, ``H``, ``M``, ``S``,
``f`` decimals of a second, ``t`` thousandths of one, ``p`` am or pm, ``z`` zone, ``s`` sign.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

_ENGLISH = "january february march april may june july august september october november december"
_GERMAN = "januar februar märz april mai juni juli august september oktober november dezember"
_FRENCH = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
_SHORTER = (  # than the first three letters, or others
    "jän feb mrz avr mai jun jul aoû sept okt nov dez",
    "janv fév mär apr mai juin juil aou sep oct nov déc",
    "janv févr mars avr mai juin juil aug sep okt nov dec",
    "jan fevrier maerz apr may jun juil aout sep oct nov decembre",
)
_WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday",
    "montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "mon tues wednes thurs fri sonnabend sun",
    "mo di mi do fr sa so",
    "lun mar mer jeu ven sam dim",
    "mon tue wed thu fri sat sun",
)


def _numbered(lists: tuple[str, ...], first: int) -> dict[str, int]:
    return {name: n for names in lists for n, name in enumerate(names.split(), first)}


MONTHS = _numbered((_ENGLISH, _GERMAN, _FRENCH, *_SHORTER), 1) | {
    name[:3]: n for n, name in enumerate(_ENGLISH.split(), 1)
}
WEEKDAYS = _numbered(_WEEKDAYS, 0)


@dataclass(frozen=True)
class Form:
    """One way of writing a time.

    Attributes:
        pattern: of a whole text.
        directives: of its date, or of a clock, as ``strptime`` has them.
        shy: whether other things are written so too, so that it counts only in a column that is
            named as the time or like one.
        asked: whether a person may well mean something else by it, so that it is said.
    """

    pattern: str
    directives: str
    shy: bool = False
    asked: bool = False

    def may_fit(self, text: str) -> bool:
        """Whether a text looks like this form, told fast."""
        return _compiled(self.pattern).match(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """The same pattern as Python has it; letters of any alphabet are written in another way."""
    return re.compile(pattern.replace(r"\p{L}", r"[^\W\d_]"))


_FIELDS = {
    "Y": r"(?P<Y>\d{4})", "y": r"(?P<y>\d{2})", "m": r"(?P<m>\d{1,2})", "d": r"(?P<d>\d{1,2})",
    "b": r"(?P<b>\p{L}{3,10})\.?",
}  # fmt: skip
_FRACTION = r"(?:[.,](?P<f>\d+)|:(?P<t>\d{3}))?"
_HALF = r"(?: ?(?P<p>[AaPp])\.? ?[Mm]\.?)"
_CLOCK = rf"(?P<H>\d{{1,2}})[:hH](?P<M>\d{{2}})(?::(?P<S>\d{{2}}){_FRACTION})?{_HALF}?(?: Uhr)?"
_OTHER_CLOCKS = (
    r"(?P<H>\d{2})\.(?P<M>\d{2})\.(?P<S>\d{2})(?:[.,](?P<f>\d+))?",
    r"(?P<H>\d{2})-(?P<M>\d{2})-(?P<S>\d{2})(?:[.,](?P<f>\d+))?",
)
_CLOSE_CLOCK = r"(?P<H>\d{2})(?P<M>\d{2})(?:(?P<S>\d{2})(?:[.,](?P<f>\d+))?)?"
_CLOSEST_CLOCKS = (
    (r"(?P<H>\d{2})", "%H"),
    (r"(?P<H>\d{2})(?P<M>\d{2})", "%H%M"),
    (r"(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})(?:[.,](?P<f>\d+))?", "%H%M%S"),
    (r"(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})(?P<t>\d{3})", "%H%M%S%f"),
)
_OFFSET = r"(?:UTC|GMT)? ?[+-]\d{1,2}(?::?\d{2})?"
_ZONE = rf"(?: ?(?P<z>[Zz]|{_OFFSET}|UTC|GMT)(?: ?[(\[][^)\]]*[)\]])?)?"
_JOIN = r"(?:,? | ?[Tt] ?|,? (?:-|um|at|à) |[_:-])"
_DAY = r"(?:(?P<a>\p{L}{2,10})\.?,? )?"
_CLOSE_DATE = r"(?P<Y>(?:19[5-9]|20\d)\d)(?P<m>\d{2})(?P<d>\d{2})"


def _dates() -> list[tuple[str, str, bool]]:
    """Pattern and directives of each date, and whether a person may mean another order by it."""
    orders = {"-": "Ymd dmY mdY dmy mdy ymd", ".": "Ymd dmY dmy ymd", ":": "Ymd"}
    made = [
        (
            rf"\{sign}".join(_FIELDS[one] for one in order),
            sign.join(f"%{one}" for one in order),
            order != "Ymd" and (sign != "." or "y" in order),
        )
        for sign, found in (orders | {"/": orders["-"]}).items()
        for order in found.split()
    ]
    b, day, year, short = (_FIELDS[one] for one in "bdYy")
    ends = r"(?:st|nd|rd|th)?"
    return [
        *made,
        (rf"{day}(?:\. ?|[ /_-]|){b}(?:, ?|[ /_-]|){year}", "%d-%b-%Y", False),
        (rf"{day}(?:\. ?|[ /_-]|){b}[ /_-]{short}", "%d-%b-%y", True),
        (rf"{b}[ -]?{day}{ends}(?:, ?|[ -]){year}", "%b %d %Y", False),
        (rf"{year}[ /-]{b}[ /-]{day}", "%Y-%b-%d", False),
    ]


def date_forms() -> list[Form]:
    """All forms of dates, with and without a clock."""
    forms = []
    for date, directives, asked in _dates():
        forms += [
            Form(rf"^{_DAY}{date}(?:{_JOIN}{_CLOCK}{_ZONE})?$", directives, asked=asked),
            *(
                Form(rf"^{date}[ _T-]{clock}{_ZONE}$", directives, asked=asked)
                for clock in _OTHER_CLOCKS
            ),
            Form(rf"^{_CLOCK}(?:,? | - ){_DAY}{date}$", directives, asked=asked),
        ]
    ordinal = r"(?P<Y>\d{4})[:-](?P<j>\d{3})"
    return [
        *forms,
        Form(rf"^{_DAY}{_FIELDS['b']} {_FIELDS['d']} {_CLOCK}{_ZONE} {_FIELDS['Y']}$", "%b %d %Y"),
        Form(rf"^{ordinal}[ T:]{_CLOCK}{_ZONE}$", "%Y-%j"),
        Form(rf"^{ordinal}$", "%Y-%j", shy=True),
        Form(rf"^{_CLOSE_DATE}[ Tt]{_CLOSE_CLOCK}{_ZONE}$", "%Y%m%d"),
        Form(rf"^{_CLOSE_DATE}[ Tt]{_CLOCK}{_ZONE}$", "%Y%m%d"),
        Form(rf"^{_CLOSE_DATE}[_-]{_CLOSE_CLOCK}{_ZONE}$", "%Y%m%d", shy=True),
        Form(rf"^{_CLOSE_DATE}$", "%Y%m%d", shy=True, asked=True),
        *(
            Form(rf"^{_CLOSE_DATE}{clock}{_ZONE}$", f"%Y%m%d{directives}", shy=True, asked=True)
            for clock, directives in _CLOSEST_CLOCKS
        ),
    ]


_H_M_S = rf"(?P<H>\d+):(?P<M>\d{{2}}):(?P<S>\d{{2}}){_FRACTION}"
_DAYS = r"(?:(?P<D>\d+) days?,? |(?P<N>-\d{1,8}) days?(?:,| \+|, \+) ?)?"
_MINUTES = r":(?P<S>\d{2})[.,](?P<f>\d+)$"
_PARTS = r"(?:(?P<H>\d+)H)?(?:(?P<M>\d+)M)?(?:(?P<S>\d+)(?:[.,](?P<f>\d+))?S)?"

PAST_A_DAY = Form(r"^(?P<H>\d{1,4}):(?P<M>\d{2})$", "%H:%M", shy=True)  # or a ratio
IN_MINUTES = Form(r"^(?P<M>\d{1,4}):(?P<S>\d{2})$", "%M:%S", shy=True)
CLOCK_FORMS = (
    Form(rf"^(?P<s>[+-]?){_H_M_S}$", "%H:%M:%S"),
    Form(rf"^{_DAYS}{_H_M_S}$", "%H:%M:%S"),
    Form(rf"^(?P<s>-?)(?:(?P<D>\d+)\.)?{_H_M_S}$", "%H:%M:%S"),
    Form(rf"^(?P<s>-?)(?P<M>\d{{2,}}){_MINUTES}", "%M:%S.%f"),
    Form(rf"^(?P<s>-?)(?P<M>\d+){_MINUTES}", "%M:%S.%f", shy=True),
    Form(rf"^(?P<H>\d{{1,2}}):(?P<M>\d{{2}})(?::(?P<S>\d{{2}}){_FRACTION})?{_HALF}$", "%I:%M %p"),
)
DAY_CLOCKS = (  # of one day: below 24 h
    Form(
        rf"^(?P<H>\d{{2}}):(?P<M>\d{{2}})(?::(?P<S>\d{{2}}){_FRACTION})?(?: Uhr)?$",
        "%H:%M",
        asked=True,
    ),
    Form(r"^(?P<H>\d{1,2})[:hH](?P<M>\d{2})(?: Uhr)?$", "%H:%M", shy=True, asked=True),
)
ISO_DURATIONS = (
    Form(rf"^(?P<s>-?)P(?:(?P<D>\d+)D)?T{_PARTS}$", ""),
    Form(rf"^(?P<s>-?)P(?:(?P<D>\d+)D)?(?:T{_PARTS})?$", "", shy=True),
)
ISO = Form(
    r"^(?P<Y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2}) "
    r"(?P<H>\d{2}):(?P<M>\d{2}):(?P<S>\d{2})(?:\.(?P<f>\d+))?$",
    "%Y-%m-%d",
)  # as Excel's own dates are written beside texts
