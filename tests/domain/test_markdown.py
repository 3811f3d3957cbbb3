from __future__ import annotations

import pytest

from app.domain import markdown

NAMES = {("a", 12): "Miles Davis", ("l", 7): "Blue | Note"}


def name_of(kind: str, number: int) -> str:
    return NAMES.get((kind, number), "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
        (
            "{{< x >}} {{% y %}}",
            "&#123;&#123;&lt; x &gt;&#125;&#125; &#123;&#123;% y %&#125;&#125;",
        ),
        ("a|b\nc", "a&#124;b c"),
        ("*a* _b_ `c` [d](e) ~~f~~", "\\*a\\* \\_b\\_ &#96;c&#96; \\[d\\](e) \\~\\~f\\~\\~"),
        ("a\\b", "a\\\\b"),
        ("tur\u202ened", "turned"),
    ],
)
def test_text_on_a_line_shows_itself_and_does_nothing(text: str, expected: str) -> None:
    assert markdown.line(text) == expected


@pytest.mark.parametrize("opening", ["- a", "+ a", "1. a", "9) a", "===", ": a", "    code"])
def test_no_line_of_a_text_opens_a_list_or_a_heading(opening: str) -> None:
    last = markdown.paragraphs(f"text\n{opening}").splitlines()[-1]

    assert last.startswith("\\") or last[1:2] == "\\" or opening.startswith("    ")


def test_markup_of_discogs_is_translated() -> None:
    said = "[b]By[/b] [a=Prince (2)] with [a12] on [l7], [i]see[/i] [url=https://a.b/c]that[/url]"

    assert markdown.from_discogs(said, name_of) == (
        "**By** Prince with Miles Davis on Blue &#124; Note, *see* [that](https://a.b/c)"
    )
    assert markdown.plain_from_discogs(said, name_of) == (
        "By Prince with Miles Davis on Blue | Note, see that"
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("[b]Note:[/b]text", "**Note:**&#116;ext"),
        ("see[i](back)[/i]cover", "se&#101;*(back)*&#99;over"),
        ("[b]At: [/b]Abbey Road", "**At:** Abbey Road"),
        ("by[b] him[/b]", "by **him**"),
        ("[b]a[/b][i]b[/i]", "**a**&#8203;*b*"),
        ("[b][i]both[/i][/b]", "***both***"),
        ("[b]    no code[/b]", "**no code**"),
        ("a[b] [/b]b[b][img=x][/b]", "a b"),
        ("[b]open, [url=https://a.b]and [a12]", "open, and Miles Davis"),
        ("[B]loud[/B] [u]low[/u] [URL=https://a.b]x[/URL]", "**loud** low [x](https://a.b)"),
    ],
)
def test_emphasis_stays_emphasis_whatever_it_touches(said: str, expected: str) -> None:
    """A mark between a letter and a sign would show as asterisks."""
    assert markdown.from_discogs(said, name_of) == expected


def test_a_number_nobody_knows_says_what_it_is() -> None:
    assert markdown.from_discogs("[a99] [m=5]", name_of) == "(artist 99) (master 5)"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil", "file:///etc", "http://[", ""])
def test_only_addresses_of_the_web_become_links(url: str) -> None:
    assert markdown.link("words", url) == "words"
    assert "](" not in markdown.from_discogs(f"[url={url}]words[/url]", name_of)


def test_an_address_cannot_end_its_link_or_its_shortcode() -> None:
    address = markdown.web_address('https://a.b/" >}}<script>(x) |')

    assert not set(address) & set('"<>{}()| ')
