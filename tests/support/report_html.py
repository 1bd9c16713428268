"""Reads a rendered page strictly: every element closed in order, and the parts that the tests ask about."""

from html.parser import HTMLParser

_VOID = {"meta", "base", "link", "input", "img", "br", "hr", "circle", "path", "polyline"}
_LABELS = {"th", "h1", "h2", "p", "button", "summary", "dt", "label", "nav", "header", "footer"}
_SELF_CLOSED_SVG = {"polyline", "path"}


class Html(HTMLParser):
    """Tags, words in and outside of language spans (labels: the page's own words), code, JSON."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.spans: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.labels: list[str] = []
        self.code: list[str] = []
        self.json: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        assert len(attributes) == len(attrs), f"<{tag}> repeats an attribute"
        self.tags.append((tag, attributes))
        if tag in _VOID:
            return
        self.open.append((tag, attributes))
        if tag == "code":
            self.code.append("")
        if tag == "span" and "lang" in attributes:
            self.spans.append((str(attributes["lang"]), ""))
        if tag == "script" and attributes.get("type") == "application/json":
            self.json.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _SELF_CLOSED_SVG, f"<{tag}/> does not close itself in HTML"
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        opened, _ = self.open.pop()
        assert opened == tag, f"</{tag}> closes <{opened}>"

    def handle_data(self, data: str) -> None:
        inside = [tag for tag, _ in self.open]
        languages = [attributes["lang"] for tag, attributes in self.open if tag == "span" and "lang" in attributes]
        if "code" in inside:
            self.code[-1] += data
        elif languages:
            language, text = self.spans[-1]
            self.spans[-1] = (language, text + data)
        elif "script" in inside:
            if self.open[-1][1].get("type") == "application/json":
                self.json[-1] += data
        elif "title" not in inside and data.strip():
            self.words.append(data.strip())
            if _LABELS & set(inside):
                self.labels.append(data.strip())

    def attributes(self, tag: str, name: str) -> list[str]:
        """Values of an attribute over all elements of a tag."""
        return [str(attributes[name]) for found, attributes in self.tags if found == tag and name in attributes]

    @property
    def text(self) -> str:
        """Everything a reader of either language sees."""
        return " ".join([*self.words, *(text for _, text in self.spans)])
