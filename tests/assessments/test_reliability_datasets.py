"""Alpha of data that others have published: each figure stands in clinical/design.md 3.1."""

import csv
import io
import tarfile
from importlib.metadata import files
from pathlib import Path

import pytest
from scipy.stats import f

from assessments.reliability import cronbach_alpha

Table = list[list[float | None]]
BIG_FIVE = {"A": "A1", "C": "C4 C5", "E": "E1 E2", "N": "", "O": "O2 O5"}
HIGHEST = 7  # of lines that are turned, on 1 to 6: 7 less the answer


def installed(package: str, name: str) -> Path:
    found = next(one for one in files(package) or [] if str(one).endswith(name))
    return Path(str(found.locate()))


def number(text: str) -> float | None:
    return float(text) if text not in ("", "NA") else None


def wide_with_gaps() -> Table:
    rows = csv.reader(io.StringIO(installed("pingouin", "cronbach_wide_missing.csv").read_text("utf-8-sig")))
    return [[number(one) for one in row] for row in list(rows)[1:]]


def long_format() -> Table:
    rows = csv.DictReader(io.StringIO(installed("pingouin", "cronbach_alpha.csv").read_text("utf-8-sig")))
    people: dict[str, list[float | None]] = {}
    for row in rows:
        people.setdefault(row["Subj"], []).append(number(row["Scores"]))
    return list(people.values())


@pytest.fixture(scope="module")
def bfi() -> list[dict[str, str]]:
    with tarfile.open(installed("pydataset", "resources.tar.gz")) as held:
        content = held.extractfile("resources/rdata/csv/psych/bfi.csv")
        assert content is not None
        return list(csv.DictReader(io.StringIO(content.read().decode())))


def scale(bfi: list[dict[str, str]], letter: str) -> Table:
    turned = BIG_FIVE[letter].split()
    table: Table = []
    for person in bfi:
        answers = {f"{letter}{line}": number(person[f"{letter}{line}"]) for line in range(1, 6)}
        table.append([HIGHEST - one if one and key in turned else one for key, one in answers.items()])
    return table


@pytest.mark.parametrize(("pairwise", "alpha"), [(True, 0.7326608), (False, 0.8016949)])
def test_alpha_of_a_wide_table_with_gaps(pairwise, alpha):
    assert round(cronbach_alpha(wide_with_gaps(), pairwise=pairwise), 7) == alpha


def test_alpha_of_a_long_table():
    assert round(cronbach_alpha(long_format()), 7) == 0.5917188


@pytest.mark.parametrize(
    ("pairwise", "alphas"),
    [(True, [0.7030, 0.7267, 0.7617, 0.8140, 0.6002]), (False, [0.7038, 0.7293, 0.7609, 0.8133, 0.6025])],
)
def test_alpha_of_the_big_five(bfi, pairwise, alphas):
    assert len(bfi) == 2800
    assert [round(cronbach_alpha(scale(bfi, one), pairwise=pairwise), 4) for one in BIG_FIVE] == alphas


@pytest.mark.parametrize(
    ("alpha", "people", "items", "interval"),
    [
        (0.9093155, 6, 4, [0.676, 0.986]),
        (0.7326608, 12, 11, [0.435, 0.909]),
        (0.5917188, 15, 10, [0.195, 0.840]),
        (0.80, 60, 4, [0.702, 0.871]),
    ],
)
def test_intervals_of_feldt_that_stand_beside_them(alpha, people, items, interval):
    """The product gives Bonett's; these say that the figures above are those of the design."""
    between, within = people - 1, (people - 1) * (items - 1)
    limits = [1 - (1 - alpha) * f.ppf(one, between, within) for one in (0.975, 0.025)]
    assert [round(float(one), 3) for one in limits] == interval
