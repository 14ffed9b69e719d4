"""Markdown of our own authors to HTML: headings, lists, tables, links; nothing that runs."""

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

TAGS = {"h2", "h3", "h4", "p", "ul", "ol", "li", "a", "strong", "em", "br", "hr", "blockquote", "table"} | {
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}


def _lower_headings(state: StateCore) -> None:
    """The page's own title is its h1."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(max(int(token.tag[1]), 2), 4)}"


_parser = MarkdownIt("commonmark", {"html": False, "linkify": True}).enable(["table", "linkify"])
_parser.core.ruler.push("lower_headings", _lower_headings)


@lru_cache(maxsize=64)
def render(source: str) -> SafeString:
    """Cleaned by an allow list whatever the parser made of it."""
    html = nh3.clean(
        _parser.render(source),
        tags=TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener",
    )
    return SafeString(html)
