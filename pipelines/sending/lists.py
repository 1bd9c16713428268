"""Lists of members for a CRM or a mailing tool, as messages: the day's list, and segments drawn for a campaign.

The draw into arms is in the log before a list is made of it; members of a control arm are on none.
"""

from __future__ import annotations

from datetime import date

from pipelines.home import Home
from pipelines.report.parts.text import Text, day, integer, plural
from pipelines.retention.export import NoListError, to_contact
from pipelines.retention.segments import Segment
from pipelines.sending.message import Message
from pipelines.settings import Settings


def daily_list(home: Home, settings: Settings, of_day: date | None) -> Message:
    """Make a message of the list of a day, the newest one where none is named.

    Raises:
        NoListError: Nobody is on it, or none was made.
    """
    chosen, rows = to_contact(home, of_day)
    title = Text(
        f"{settings.title}: {plural(len(rows), 'member', 'members')} to contact, {day(chosen).en}",
        f"{settings.title}：今天联系 {integer(len(rows))} 人，{day(chosen).zh}",
    )
    key = f"list:contacts:{chosen}"
    return Message(kind="list", key=key, title=title, lead=Text("", ""), day=chosen, page="risk.html", rows=rows)


def daily_list_if_any(home: Home, settings: Settings, of_day: date) -> Message | None:
    """Make a message of the list of a day; None where nobody is on it."""
    try:
        return daily_list(home, settings, of_day)
    except NoListError:
        return None


def segment_list(settings: Settings, segment: Segment) -> Message:
    """Make a message of a segment."""
    n, name = len(segment.rows), segment.campaign
    title = Text(
        f"{settings.title}: {plural(n, 'member', 'members')} of the campaign {name}",
        f"{settings.title}：运营活动 {name}，{integer(n)} 人",
    )
    key = f"segment:{name}:{segment.day}"
    return Message(
        kind="list", key=key, title=title, lead=Text("", ""), day=segment.day, page="members.html", rows=segment.rows
    )
