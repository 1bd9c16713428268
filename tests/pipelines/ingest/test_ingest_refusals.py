"""What was refused is told by file, line and reason, and how much is like it."""

from __future__ import annotations

from datetime import timedelta

from pipelines.ingest.refusals import first_reasons, refused
from tests.support.ingest_community import DAY, HEADER

BEFORE = DAY - timedelta(days=1)
PLACE = f"landing/interactions/{DAY}"


def bad_dates(count):
    return "".join(f"{n},0{n % 9 + 1}/03/2024 1{n % 10}:00,like,m\n" for n in range(count))


def test_lines_refused_alike_are_one_reason_with_the_first_of_them(community):
    community.deliver("bad.csv", HEADER + "g,2024-03-05,like,m\n" + bad_dates(40) + "x,2024-03-05,lkie,m\n")
    community.ingest()

    dates, kind = first_reasons(community.home, "interactions", [DAY])

    assert dates == (
        f"{PLACE}/bad.csv:3 occurred_at '01/03/2024 10:00' is no ISO 8601 time between 1970 and 2200; "
        "write 2024-03-01T10:00 if the day comes first, 2024-01-03T10:00 if the month does, 40 lines like this"
    )
    assert kind.startswith(f"{PLACE}/bad.csv:43 kind 'lkie' is none of its kinds; nearest: like,")
    assert "lines like this" not in kind


def test_a_line_that_cannot_be_cut_has_no_column(community):
    community.deliver("a.csv", HEADER + "1,2024-03-05,like\n2,2024-03-05\n")
    community.ingest()

    (one,) = refused(community.home, "interactions")

    assert (one.column, one.line, one.n_rows) == (None, 2, 2)
    assert str(one) == f"{PLACE}/a.csv:2 3 fields where the header has 4, 2 lines like this"


def test_a_file_that_cannot_be_read_comes_first_and_without_a_line(community):
    community.deliver("b.csv", "id,time,kind\n1,2,3\n")
    community.deliver("a.csv", HEADER + bad_dates(3))
    community.ingest()

    first, *_ = first_reasons(community.home, "interactions")

    assert first == (
        f"{PLACE}/b.csv the header lacks interaction_id, occurred_at; "
        "rename interaction_id: your `id`? occurred_at: your `time`?"
    )


def test_reasons_of_many_files_are_summed_and_the_rest_is_counted(community):
    for day in (DAY, BEFORE):
        community.deliver("a.csv", HEADER + bad_dates(5) + "x,2024-03-04,lkie,m\n" + ",2024-03-04,like,m\n", day)
    community.ingest(DAY, BEFORE)

    dates, rest = first_reasons(community.home, "interactions", limit=1)

    assert dates.startswith(f"{PLACE}/a.csv:2 occurred_at '01/03/2024 10:00'")
    assert dates.endswith(", 10 lines in 2 files like this")
    assert rest == "… and 4 more of 2 other kinds: guildbook quarantine interactions"
    assert [one.log_day for one in refused(community.home, "interactions", [BEFORE])] == [BEFORE] * 3


def test_what_was_mended_is_refused_no_more(community):
    community.deliver("a.csv", HEADER + bad_dates(2))
    community.deliver("b.csv", "nothing\n")
    community.ingest()
    assert len(first_reasons(community.home, "interactions")) == 2

    community.deliver("a.csv", HEADER + "1,2024-03-05,like,m\n")
    community.deliver("b.csv", HEADER)
    community.ingest()

    assert first_reasons(community.home, "interactions") == []
