"""Markdown to harmless HTML.

Three guards, each of which would do alone: raw HTML is off in the Markdown parser, nh3
keeps only an allow-list, and the pages' Content-Security-Policy runs nothing inline.
Costs are bounded before parsing, since a running parser can't be stopped.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

import nh3
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from common.errors import Invalid

RENDERER_VERSION = 2  # raise it when the same source renders differently
MAX_TEXT = 20_000  # characters
MAX_NESTING = 20  # levels of quotes and lists
MAX_MARKERS = 4_000  # characters that make the parser look for a partner
MAX_BACKTICK_RUNS = 400
MAX_ADDRESSES = 400

TAGS = {
    *("p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "a"),
    *("ul", "ol", "li", "h3", "h4", "h5", "h6"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}

# Overrides of the writing direction can make a text read differently from what it is.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_BACKTICKS = re.compile("`+")
_ADDRESSES = re.compile("https?:", re.IGNORECASE)
_MARKERS = re.compile(r"[\[\]*_~<>!|&]")


class Rendered(NamedTuple):
    """What one source becomes; ``version`` says by which rules."""

    html: SafeString
    plain: str
    version: int


def clean_source(text: str, *, field: str = "text") -> str:
    """The text as it is stored: NFC, Unix line ends, no direction overrides.

    Raises Invalid for control characters (NUL), lone surrogates, an empty or too long text,
    and for more markup than a parser can read in good time.
    """
    if len(text) > MAX_TEXT:
        raise Invalid(
            _("The text is too long: at most %(limit)d characters, yours has %(length)d.")
            % {"limit": MAX_TEXT, "length": len(text)},
            code="text_too_long",
            field=field,
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROL.search(text):
        raise Invalid(
            _("The text contains a control character that can't be stored. Please type that place anew."),
            code="text_control_character",
            field=field,
        )
    text = _DIRECTION.sub("", unicodedata.normalize("NFC", text)).strip("\n").rstrip()
    if not text.strip() or not any(char.isprintable() and not char.isspace() for char in text):
        raise Invalid(_("Please write something first."), code="text_empty", field=field)
    _refuse_excess(text, field)
    return text


def _refuse_excess(text: str, field: str) -> None:
    limits = ((_BACKTICKS, MAX_BACKTICK_RUNS), (_ADDRESSES, MAX_ADDRESSES), (_MARKERS, MAX_MARKERS))
    if any(sum(1 for _found in marks.finditer(text)) > limit for marks, limit in limits):
        raise Invalid(
            _("The text has too many formatting characters. Please use fewer, or split it into two posts."),
            code="text_too_much_markup",
            field=field,
        )


def render(source: str) -> Rendered:
    """HTML and plain text of a source that ``clean_source`` let through.

    Raises Invalid for quotes and lists nested too deep: the parser would drop what is inside.
    """
    tokens = _parser.parse(source)
    if any(token.block and token.level >= MAX_NESTING - 1 for token in tokens):
        raise Invalid(
            _("Quotes or lists are nested too deep: at most %(limit)d levels.") % {"limit": MAX_NESTING // 2},
            code="text_nested_too_deep",
            field="text",
        )
    html = nh3.clean(
        _parser.renderer.render(tokens, _parser.options, {}),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="nofollow ugc noopener",
    )
    # What nh3 let through is safe to show.
    return Rendered(SafeString(html), _plain(tokens), RENDERER_VERSION)


def _plain(tokens: Sequence[Token]) -> str:
    """The words alone, for excerpts and search; one line per block."""
    lines = []
    for token in tokens:
        if token.type in ("fence", "code_block"):
            lines.append(token.content.strip())
        elif token.children is not None:
            words = "".join(
                " " if child.type.endswith("break") else child.content for child in token.children
            )
            lines.append(" ".join(words.split()))
    return "\n".join(line for line in lines if line)


def _picture_as_link(
    self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
) -> str:
    # A picture from elsewhere would tell that place who reads here; a link asks first.
    token = tokens[idx]
    link = Token("link_open", "a", 1, attrs={"href": token.attrGet("src") or ""})
    text = self.renderInlineAsText(token.children, options, env) or str(token.attrGet("src"))
    words = Token("text", "", 0, content=text)
    return self.renderToken([link], 0, options, env) + self.text([words], 0, options, env) + "</a>"


def _lower_headings(state: StateCore) -> None:
    # The page's title is h1 and a post stands below h2, so a post's headings start at h3.
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"


def _build() -> MarkdownIt:
    options: dict[str, Any] = {"html": False, "linkify": True, "typographer": False, "breaks": True}
    parser = MarkdownIt("commonmark", {**options, "maxNesting": MAX_NESTING}).enable(
        ["table", "strikethrough", "linkify"]
    )
    # Only what was typed as an address: "Datei.py" and "z.B.so" are words.
    parser.linkify = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    for scheme in ("ftp:", "mailto:", "//"):
        parser.linkify.add(scheme, None)
    parser.core.ruler.push("lower_headings", _lower_headings)
    parser.add_render_rule("image", _picture_as_link)
    return parser


_parser = _build()
