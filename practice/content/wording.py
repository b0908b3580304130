"""Words that must not be said: claims nobody can stand behind, and words that tell a bystander too much."""

from __future__ import annotations

import re

CLAIMS = re.compile(
    r"(?<![\w.])(?:48 ?%|31 ?%|75 ?% success|60 ?% more likely)"
    r"|(?<!\w)#1 reason\b"
    r"|\b(?:proven|cure)\b"
    r"|(?<!\bnot a )\bdiagnos\w*",
    re.IGNORECASE,
)
TELLING = re.compile(r"\b(?:neglect|abus|partner|couple|relationship|therap|safe)\w*", re.IGNORECASE)


# Inside a host name or an address, where nothing ends a word.
TOPIC = re.compile(
    r"neglect|abuse|partner|couple|relationship|therap|counsel|marriage|paar|ehe(?:beratung|hilfe)", re.IGNORECASE
)


def claims(text: str) -> list[str]:
    """The claims in a text that no shipped text may make."""
    return CLAIMS.findall(" ".join(text.split()))


def tells_too_much(text: str) -> list[str]:
    """The words in a text that say what the form is about; it may be read over a shoulder."""
    return TELLING.findall(text)


def names_the_topic(address: str) -> list[str]:
    """The parts of a host name or a mail address that say what a practice does."""
    return TOPIC.findall(address)
