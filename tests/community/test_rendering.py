"""Hostile texts do no harm within a second, or are refused with a reason."""

import re
import time
from html.parser import HTMLParser

import pytest

from common.errors import Invalid
from community import rendering


def shown(text: str) -> str:
    return rendering.render(rendering.clean_source(text)).html


class Elements(HTMLParser):
    """The tags and addresses that a browser would find."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def test_common_formatting_is_shown() -> None:
    html = shown("**fett** und *kursiv*, `Code`\n\n- eins\n- zwei\n\n> Zitat\n\n|a|b|\n|-|-|\n|1|2|")
    for part in (
        "<strong>fett</strong>",
        "<em>kursiv</em>",
        "<code>Code</code>",
        "<li>eins</li>",
        "<blockquote>",
    ):
        assert part in html
    assert "<table>" in html


def test_headings_stay_below_those_of_the_page() -> None:
    assert shown("# Groß\n\n## Kleiner") == "<h3>Groß</h3>\n<h4>Kleiner</h4>\n"


def test_links_do_not_vouch_for_their_target() -> None:
    assert 'rel="nofollow ugc noopener"' in shown("[hier](https://example.org/)")


def test_bare_addresses_become_links_that_do_not_vouch() -> None:
    html = shown("Siehe https://example.org/a_b_(c)?d=1&e=2.")
    assert '<a href="https://example.org/a_b_(c)?d=1&amp;e=2" rel="nofollow ugc noopener">' in html
    assert html.endswith("</a>.</p>\n")
    assert shown("<https://example.org/>").count("<a ") == 1
    assert shown("[https://example.org/](https://example.org/)").count("<a ") == 1


@pytest.mark.parametrize(
    "words",
    [
        "Datei.py und z.B.so",
        "example.org",
        "mara@example.org",
        "//example.org/x",
        "ftp://example.org/x",
        "mailto:mara@example.org",
        "javascript://example.org/%0aalert(1)",
        "data:text/html,https",
        "`https://example.org/`",
        "```\nhttps://example.org/\n```",
        "http://",
        "https://[",
    ],
)
def test_what_is_no_web_address_stays_text(words: str) -> None:
    assert "<a" not in shown(words)


@pytest.mark.parametrize(
    "text",
    [
        'https://example.org/"onmouseover="alert(1)',
        "https://example.org/<script>alert(1)</script>",
        "https://example.org/'><img/src=x>",
        "https://javascript:alert(1)@example.org/",
        "https://example.org/](javascript:alert(1))",
        "https://exämple.org/\u200b",
    ],
)
def test_a_bare_address_carries_nothing_along(text: str) -> None:
    found = Elements(shown(text))
    assert set(found.tags) <= {"p", "a"}
    assert {name for name, _value in found.attributes} <= {"href", "rel"}
    assert all(value.startswith("https://") for name, value in found.attributes if name == "href")


def test_pictures_from_elsewhere_become_links() -> None:
    html = shown("![Tacho](https://example.org/tacho.png)")
    assert "<img" not in html
    assert ">Tacho</a>" in html


HARMFUL = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](&#106;avascript:alert(1))",
    "[a](java\tscript:alert(1))",
    "[a](%6Aavascript:alert(1))",
    "[a](vbscript:x)",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "![a](javascript:alert(1))",
    "![a](data:image/svg+xml,<svg onload=alert(1)>)",
    "<javascript:alert(1)>",
    '![" onerror="alert(1)](https://example.org/x)',
    '[a](https://example.org/ "x\\" onmouseover=\\"alert(1)")',
    '```"><script>alert(1)</script>\nx\n```',
    '```js" onclick="alert(1)\nx\n```',
    "[a]: javascript:alert(1)\n\n[a]",
    "<a href='https://example.org' style='position:fixed'>x</a>",
    "<iframe src=https://example.org></iframe>",
    "<style>body{display:none}</style>",
]


@pytest.mark.parametrize("text", HARMFUL)
def test_harmful_markup_runs_nothing(text: str) -> None:
    found = Elements(shown(text))
    assert set(found.tags) <= rendering.TAGS
    for name, value in found.attributes:
        assert name in {"href", "title", "rel", "start"}
        scheme = re.match(r"\s*([a-z][a-z0-9+.-]*):", value, re.IGNORECASE)
        assert name != "href" or scheme is None or scheme[1] in {"https", "http", "mailto"}


LIMIT = rendering.MAX_TEXT
GROWING = " x".join("`" * n for n in range(1, 400))[:45_000]
COSTLY = {
    "45 kB of growing backtick runs": GROWING,
    "backtick runs up to the limit": GROWING[:LIMIT],
    "1,000 quote marks": ">" * 1000,
    "2,000 nested quotes": "> " * 2000 + "x",
    "nested quotes, one deeper per line": "\n".join("> " * n + "x" for n in range(1, 60)),
    "nested lists": "".join("  " * n + "- a\n" for n in range(180)),
    "50,000 spaces": " " * 50_000,
    "spaces up to the limit": "a" + " " * (LIMIT - 2) + "b",
    "5,000 brackets": "[" * 5000,
    "brackets up to the limit": "[" * rendering.MAX_MARKERS,
    "picture openings": "![" * (rendering.MAX_MARKERS // 2),
    "links": "[a](b) " * 1900,
    "stars and brackets": "**x [a* " * 900,
    "a table": "a|b\n-|-\n" + "|\n" * 3000,
    "reference definitions": "".join(f"[{n}]: x\n" for n in range(1900)),
    "5,000 mentions": "@anna " * 3300,
    "lazy quote lines": "> a\n" + "b\n" * 9000,
    "bare addresses": "https://a.de/ " * (LIMIT // 14),
    "addresses in one word": "https://" * (LIMIT // 8),
    "an address of opening brackets": "https://a.de/" + "(" * (LIMIT - 20),
    "an address of brackets in brackets": "https://a.de/" + "(a" * 3000 + ")" * 3000,
    "an address of quotes": "https://a.de/" + "'a" * 9000,
    "an address of dots": "https://" + "a." * 9900,
    "an address of hyphens": "https://a.de/" + "-" * (LIMIT - 20),
    "an address of signs of stress": "https://a.de/" + "!?,;:" * 3900,
    "a long name before the host": "https://" + "a:" * 9000 + "@x",
    "hyphens in the host": "https://" + "a-" * 9900,
    "schemes without a host": "http: https:// " * 1300,
    "addresses up to the limit": ("https://a.de/" + "(" * 35 + " ") * rendering.MAX_ADDRESSES,
    "hosts without an end up to the limit": ("https://" + "a." * 20) * rendering.MAX_ADDRESSES,
    "schemes up to the limit": "http: " * rendering.MAX_ADDRESSES + "x " * 8000,
    "10 MB": "a" * 10_000_000,
}


def answer_to(text: str) -> str:
    """The HTML, or the code of the refusal."""
    try:
        return shown(text)
    except Invalid as error:
        return error.code


@pytest.mark.parametrize("name", COSTLY)
def test_costly_texts_are_shown_or_refused_within_a_second(name: str) -> None:
    start = time.perf_counter()
    answer = answer_to(COSTLY[name])
    assert answer.startswith("text_") or set(Elements(answer).tags) <= rendering.TAGS
    assert time.perf_counter() - start < 1


def test_a_text_at_the_limit_is_taken_and_one_over_is_refused() -> None:
    assert len(rendering.clean_source("a" * LIMIT)) == LIMIT
    with pytest.raises(Invalid) as refused:
        rendering.clean_source("a" * (LIMIT + 1))
    assert refused.value.code == "text_too_long"


@pytest.mark.parametrize("text", ["a\0b", "a\x1bb", "a\ud800b"])
def test_control_characters_are_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        rendering.clean_source(text)
    assert refused.value.code == "text_control_character"


@pytest.mark.parametrize("text", ["", "  \n\n ", "\u200b\u200b", "\u202e"])
def test_an_empty_text_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        rendering.clean_source(text)
    assert refused.value.code == "text_empty"


def test_nothing_is_dropped_silently_when_nested_too_deep() -> None:
    with pytest.raises(Invalid) as refused:
        shown("> " * 30 + "wichtig")
    assert refused.value.code == "text_nested_too_deep"
    assert "wichtig" in shown("> " * 8 + "wichtig")


def test_overrides_of_the_writing_direction_are_taken_out() -> None:
    assert rendering.clean_source("a\u202egnp.exe") == "agnp.exe"


def test_the_plain_text_has_the_words_alone() -> None:
    plain = rendering.render("# Titel\n\n**fett** und [Link](https://example.org)\n\n```\nx = 1\n```").plain
    assert plain == "Titel\nfett und Link\nx = 1"
