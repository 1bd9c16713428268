"""``guildbook send``: what is due to the targets, shown or sent, and a test of one target."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli.console import labelled, read_settings, say, show
from pipelines.home import Home
from pipelines.report.parts.text import Text

NOTHING_SENT = Text(
    "nothing was sent: write enabled = true under [send] into guildbook.toml, then it is",
    "没有发送：在 guildbook.toml 的 [send] 下写入 enabled = true 后才会发送",
)
"""Said where sending is off."""

_STATES = {
    "intended": Text("intended", "准备中"),
    "sent": Text("sent", "已发送"),
    "failed": Text("failed", "失败"),
    "unsure": Text("unsure", "不确定"),
    "left": Text("left", "不再发"),
}

sending = typer.Typer(
    invoke_without_command=True,
    no_args_is_help=False,
    help="Send the morning brief, the weekly digest, alarms and failures to the home's targets.",
    epilog="Example: guildbook send --dry-run",
)


@sending.callback()
def send(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would go where.")] = False,
    old: Annotated[bool, typer.Option("--old", help="Messages on days long past too.")] = False,
    target: Annotated[
        list[str] | None, typer.Option("--target", help="A target to send to, all where not given; may be repeated.")
    ] = None,
) -> None:
    """Send what is due, each message once to each target; until the setting `send_enabled` is on, only show it."""
    if context.invoked_subcommand is not None:
        return
    from pipelines.sending.deliver import Pace  # noqa: PLC0415
    from pipelines.sending.drafts import draft_files  # noqa: PLC0415
    from pipelines.sending.one import Wish  # noqa: PLC0415
    from pipelines.sending.send import send_due  # noqa: PLC0415
    from pipelines.sending.targets import target_files  # noqa: PLC0415

    settings = read_settings()
    home = Home(settings.home)
    if not target_files(home) and not draft_files(home):
        team = home.targets / "team.yaml"
        say(
            Text(
                f"there is no target yet: a file such as {team} names one, see docs/send.md",
                f"尚无发送目标：像 {team} 这样的文件定义一个目标，见 docs/send.md",
            )
        )
        raise typer.Exit(1)
    wish = Wish(shows_only=dry_run or not settings.send_enabled, old_too=old, only=target or [])
    outcomes = send_due(home, settings, wish, Pace(by_hand=True))
    for one in outcomes:
        (say if one.is_failure else show)(one.line)
        if wish.shows_only and one.letter:
            for line in ("", one.letter.title, "", *one.letter.text.split("\n")):
                show(f"    {line}".rstrip())
            show("")
    if not outcomes:
        show(Text("nothing is due: each target has what is published", "没有待发送的消息：各目标均已收到已发布的内容"))
    if not settings.send_enabled and not dry_run:
        say(NOTHING_SENT)
    if any(one.is_failure for one in outcomes):
        raise typer.Exit(1)


@sending.command(epilog="Example: guildbook send test team")
def test(name: Annotated[str, typer.Argument(help="The target: the name of its file.")]) -> None:
    """Send a target a message that says nothing but that it came."""
    from pipelines.sending.deliver import Pace  # noqa: PLC0415
    from pipelines.sending.send import send_test  # noqa: PLC0415

    settings = read_settings()
    outcome = send_test(Home(settings.home), settings, name, Pace(tries=1, by_hand=True))
    (say if outcome.is_failure else show)(outcome.line)
    if outcome.is_failure:
        raise typer.Exit(1)


@sending.command(epilog="Example: guildbook send drafts")
def drafts() -> None:
    """Say of each file in drafts/ when it goes out, or how often it was read since."""
    from pipelines.sending.pieces import piece_lines  # noqa: PLC0415

    settings = read_settings()
    home = Home(settings.home)
    lines = piece_lines(home, settings)
    for line in lines:
        show(line)
    if not lines:
        where = home.drafts
        show(
            Text(
                f"none: a Markdown file in {where} is one, see docs/send.md",
                f"没有草稿：{where} 中的 Markdown 文件即为草稿，见 docs/send.md",
            )
        )


@sending.command(epilog="Example: guildbook send log")
def log(
    lines: Annotated[int, typer.Option(help="How many of the last rows.", min=1)] = 20,
) -> None:
    """Say what was sent to whom, and what became of it, the latest last."""
    from pipelines.sending.record import Record  # noqa: PLC0415

    for row in Record.read(Home(read_settings().home)).rows[-lines:]:
        reply = f"  {row['reply']}" if row["reply"] else ""
        what = f"{row['noted_at']:%Y-%m-%d %H:%M:%S} UTC  {row['target']:<16}{row['key']:<28}"
        tried = Text(f"try {row['attempt']}{reply}", f"第 {row['attempt']} 次{reply}")
        show(Text(what, what) + labelled(_STATES[row["state"]], tried, 9))
