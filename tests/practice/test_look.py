import re
from collections.abc import Iterator
from pathlib import Path

import brotli
import django_htmx
import pytest
from django.template.loader import render_to_string

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "practice/static/practice"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
HTMX = Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js"
AA_TEXT = 4.5
AA_EDGES = 3.0

TEXT_ON_GROUND = [
    *((ink, ground) for ink in ("ink", "muted", "accent", "urgent") for ground in ("ground", "card", "raised")),
    *((tone, f"{tone}-soft") for tone in ("accent", "good", "warn", "urgent", "info")),
    ("on-accent", "accent"),
    ("on-accent", "accent-deep"),
    ("accent-deep", "accent-soft"),
]
EDGES = [(edge, ground) for edge in ("edge", "accent", "series-a", "series-b") for ground in ("ground", "card")]
PARTNER_TEXT = [
    *((ink, ground) for ink in ("ink", "muted", "accent", "alert") for ground in ("ground", "card")),
    ("ink", "soft"),
    ("on-accent", "accent"),
]


def luminance(color: str) -> float:
    digits = color.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two #rgb or #rrggbb colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def therapist_colors() -> list[dict[str, str]]:
    found = re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", (STATIC / "attune.css").read_text())
    return [{name: light for name, light, _ in found}, {name: dark for name, _, dark in found}]


def partner_colors() -> list[dict[str, str]]:
    blocks = re.findall(r":root \{(.*?)\}", (STATIC / "partner.css").read_text(), re.DOTALL)[:2]
    return [dict(re.findall(r"--([\w-]+): (#\w+)", block)) for block in blocks]


def too_weak(colors: list[dict[str, str]], pairs: list[tuple[str, str]], least: float) -> Iterator[tuple[str, str]]:
    return (pair for mode in colors for pair in pairs if contrast(mode[pair[0]], mode[pair[1]]) < least)


def test_contrast_of_black_and_white_is_21() -> None:
    assert round(contrast("#000", "#ffffff"), 9) == 21


def test_text_is_readable_in_both_modes() -> None:
    assert list(too_weak(therapist_colors(), TEXT_ON_GROUND, AA_TEXT)) == []


def test_edges_and_marks_are_visible_in_both_modes() -> None:
    assert list(too_weak(therapist_colors(), EDGES, AA_EDGES)) == []


def test_partner_text_is_readable_in_both_modes() -> None:
    assert list(too_weak(partner_colors(), PARTNER_TEXT, AA_TEXT)) == []


def test_partner_edges_are_visible_in_both_modes() -> None:
    assert list(too_weak(partner_colors(), [("edge", "card"), ("edge", "ground")], AA_EDGES)) == []


@pytest.mark.parametrize(("name", "limit"), [("attune.css", 20_000), ("couple.css", 6_000), ("partner.css", 6_000)])
def test_style_sheets_stay_small(name: str, limit: int) -> None:
    assert (STATIC / name).stat().st_size <= limit


def test_what_a_partner_page_loads_leaves_room_for_the_page() -> None:
    loaded = [STATIC / "partner.css", STATIC / "partner.js", STATIC / "favicon.svg", HTMX]
    assert sum(len(brotli.compress(path.read_bytes())) for path in loaded) <= 20_000


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_has_inline_script_or_style(template: Path) -> None:
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", template.read_text()) == []


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_error_pages_need_no_request_and_no_database(name: str) -> None:
    page = render_to_string(f"{name}.html")
    assert re.findall(r"<title>(.*?)</title>", page) == ["Form"]
