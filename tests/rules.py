"""Recurrence rules made by hypothesis."""

from hypothesis import strategies as st

WEEKDAY = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])
ENDS = st.one_of(st.just(""), st.integers(1, 30).map("COUNT={}".format))


@st.composite
def full_rules(draw: st.DrawFn, ends: st.SearchStrategy[str] = ENDS) -> str:
    """A rule of RFC 5545, with one of the `ends`, which may be empty."""
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={freq}", f"INTERVAL={draw(st.integers(1, 4))}"]
    if draw(st.booleans()):
        numbered = freq in ("MONTHLY", "YEARLY") and draw(st.booleans())
        number = st.sampled_from([-2, -1, 1, 2, 3, 5]) if numbered else st.just("")
        names = draw(st.lists(st.tuples(number, WEEKDAY), min_size=1, max_size=3))
        parts.append("BYDAY=" + ",".join(f"{nth}{name}" for nth, name in names))
    if freq != "WEEKLY" and draw(st.booleans()):
        month_days = draw(st.lists(st.integers(-31, 31).filter(bool), min_size=1, max_size=4))
        parts.append("BYMONTHDAY=" + ",".join(map(str, month_days)))
    if draw(st.booleans()):
        parts.append("BYMONTH=" + ",".join(map(str, draw(st.lists(st.integers(1, 12), min_size=1, max_size=4)))))
    if len(parts) > 2 and draw(st.booleans()):
        parts.append(f"BYSETPOS={draw(st.sampled_from([1, 2, -1, -2]))}")
    if draw(st.booleans()):
        parts.append(f"WKST={draw(WEEKDAY)}")
    return ";".join([*parts, *filter(None, [draw(ends)])])
