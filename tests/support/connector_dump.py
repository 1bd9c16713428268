"""Writes tiny Stack Exchange dumps for the connector tests."""

from pathlib import Path
from xml.sax.saxutils import quoteattr

ROWS = {
    "Users": [
        {"Id": "-1", "CreationDate": "2021-04-01T00:00:00.000", "Reputation": "1"},
        {
            "Id": "17",
            "DisplayName": "Ana, <b> & 李",
            "CreationDate": "2021-04-27T15:00:00.500",
            "LastAccessDate": "2021-12-01T00:00:00.000",
        },
        {"Id": "28", "CreationDate": "2021-04-27T17:30:00.000"},
        {"Id": "29", "CreationDate": "yesterday"},
    ],
    "Posts": [
        {
            "Id": "1",
            "PostTypeId": "1",
            "AcceptedAnswerId": "12",
            "CreationDate": "2021-04-27T15:06:44.553",
            "OwnerUserId": "17",
            "Body": "<p>Why, &amp; how?</p>",
            "Title": 'Say "hi",\nthen go',
            "Tags": "<a-b><c#>",
            "Score": "36",
            "ViewCount": "918",
        },
        {
            "Id": "12",
            "PostTypeId": "2",
            "ParentId": "1",
            "CreationDate": "2021-04-27T18:00:00.000",
            "OwnerUserId": "28",
            "Body": "So.",
        },
        {
            "Id": "13",
            "PostTypeId": "2",
            "ParentId": "1",
            "CreationDate": "2021-04-28T01:00:00.000",
            "Body": "No owner",
        },
        {
            "Id": "14",
            "PostTypeId": "2",
            "ParentId": "999",
            "CreationDate": "2021-04-28T01:00:00.000",
            "Body": "x",
        },
        {"Id": "15", "PostTypeId": "4", "CreationDate": "2021-04-28T01:00:00.000", "Body": "wiki"},
        {
            "Id": "16",
            "PostTypeId": "1",
            "AcceptedAnswerId": "77",
            "CreationDate": "2021-04-29T10:00:00.000",
            "OwnerUserId": "28",
            "Body": "?",
            "Title": "t",
            "Tags": "|new|form|",
        },
    ],
    "Comments": [
        {
            "Id": "8",
            "PostId": "12",
            "Text": "thanks",
            "CreationDate": "2021-04-28T03:00:00.000",
            "UserId": "17",
        },
        {"Id": "9", "PostId": "15", "Text": "on a wiki", "CreationDate": "2021-04-28T03:00:00.000"},
    ],
    "Votes": [
        {"Id": "1", "PostId": "1", "VoteTypeId": "2", "CreationDate": "2021-04-27T00:00:00.000"},
        {"Id": "2", "PostId": "12", "VoteTypeId": "3", "CreationDate": "2021-04-30T00:00:00.000"},
        {"Id": "3", "PostId": "12", "VoteTypeId": "1", "CreationDate": "2021-05-02T00:00:00.000"},
        {
            "Id": "4",
            "PostId": "1",
            "VoteTypeId": "5",
            "CreationDate": "2021-05-03T00:00:00.000",
            "UserId": "28",
        },
        {"Id": "5", "PostId": "1", "VoteTypeId": "5", "CreationDate": "2021-05-03T00:00:00.000"},
        {"Id": "6", "PostId": "1", "VoteTypeId": "16", "CreationDate": "2021-05-03T00:00:00.000"},
        {"Id": "7", "PostId": "15", "VoteTypeId": "2", "CreationDate": "2021-05-03T00:00:00.000"},
    ],
    "Badges": [{"Id": "5", "UserId": "17", "Name": "Teacher", "Date": "2021-04-28T02:00:00.000"}],
    "Tags": [{"Id": "1", "TagName": "a-b", "Count": "4"}],
}


def xml(name: str, rows: list[dict[str, str]]) -> str:
    lines = [" ".join(["  <row", *(f"{key}={quoteattr(value)}" for key, value in row.items()), "/>"]) for row in rows]
    root = name.lower()
    return "\n".join(['\ufeff<?xml version="1.0" encoding="utf-8"?>', f"<{root}>", *lines, f"</{root}>"])


def write_dump(folder: Path, **changed: list[dict[str, str]] | None) -> Path:
    """Write the dump with some files replaced, or left out where None."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in {**ROWS, **changed}.items():
        if rows is not None:
            (folder / f"{name}.xml").write_text(xml(name, rows), encoding="utf-8")
    return folder
