"""``guildbook open``: the published report in a browser, or where it lies."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path

from pipelines.cli.console import read_settings, say, show, spoken
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.report.parts.text import Text


class NothingToOpenError(UserError):
    """Nothing is published yet."""


def open_site() -> None:
    """Open the published report in a browser; without one, or without a terminal, say where it lies."""
    home = Home(read_settings().home)
    page = home.published / "site" / "index.html"
    if not page.exists():
        raise NothingToOpenError(spoken(_what_to_do(home)))
    open_page(page)


def open_page(page: Path) -> None:
    """Open a page in a browser; without one, or without a terminal, say where it lies."""
    show(str(page))
    if sys.stdout.isatty() and not _opened(page):
        say(Text("no browser was found here: open that file in one", "此处没有找到浏览器：请用浏览器打开该文件"))


def _opened(page: Path) -> bool:
    """Open a page in a browser with a window; one that draws in the terminal shows no charts."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    draws_in_terminal = type(browser) is webbrowser.GenericBrowser
    return not draws_in_terminal and browser.open(page.resolve().as_uri())


def _what_to_do(home: Home) -> Text:
    if (stopped := home.last_run / "index.html").exists():
        return Text(
            f"nothing is published yet: the last run stopped, {stopped} says why and what to do",
            f"尚未发布任何内容：上次运行已停止，原因与处理办法见 {stopped}",
        )
    if home.landing.is_dir() and any(home.landing.iterdir()):
        return Text(
            "nothing is published yet: guildbook run publishes what lies in landing",
            "尚未发布任何内容：guildbook run 会发布 landing 中的数据",
        )
    return Text(
        "nothing is published yet, and there is no data: put log files into landing, or bring them with guildbook "
        "import or guildbook sources pull; then guildbook run. To see what it is like: guildbook sample",
        "尚未发布任何内容，也没有数据：请将日志文件放入 landing，或用 guildbook import、guildbook sources pull 取得，"
        "然后运行 guildbook run。若想先看看效果：guildbook sample",
    )
