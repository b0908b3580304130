"""Each safety rule has a short title for therapists, from a file that is checked when it is read."""

from copy import deepcopy

import pytest
import yaml

from assessments.rule_titles import library
from assessments.rule_titles.library import named, title_of
from practice.content import ContentError, read_yaml
from tests.api.clients import V1, api_of
from tests.assessments.flagged import raise_flag
from tests.factories import client_of

FILE = read_yaml(library.FOLDER / "rule-titles-0.1.0.yaml")


def faults_of(**changes: object) -> list[tuple[str, str]]:
    """`changes` by instrument and rule, as ena_c__SR1; None takes a title away."""
    data = deepcopy(FILE)
    for name, title in changes.items():
        of, rule = name.replace("_c__", "-c__").split("__")
        data["titles"][of].pop(rule, None)
        if title is not None:
            data["titles"][of][rule] = {"en": title}
    with pytest.raises(ContentError) as error:
        library.parse(yaml.safe_dump(data))
    return [(fault.path, fault.check) for fault in error.value.faults]


def test_every_rule_that_is_stored_on_a_partner_has_a_title():
    assert {of: set(titles) for of, titles in library.shipped().items()} == library.rules_with_titles()
    assert "SR9" not in library.shipped()["ena-c"]


def test_a_rule_without_a_title_and_a_title_without_a_rule_are_refused():
    assert faults_of(ena_c__SR1=None) == [("titles.ena-c.SR1", "RT1")]
    assert faults_of(ena_c__SR99="Other") == [("titles.ena-c.SR99", "RT2")]


def test_a_long_title_and_a_claim_are_refused():
    assert [check for _, check in faults_of(ena_c__SR1="x" * 41)] == ["schema"]
    assert faults_of(ena_c__SR1="A proven risk") == [("titles.ena-c.SR1.en", "ST23")]


def test_a_title_is_that_of_the_form_which_raised_the_rule():
    assert title_of("SR6", instrument="ena-c@0.2.0") == "Mood"
    assert title_of("PB1", instrument="ena-ck@0.2.0") == "Weekly report"
    assert named("SR6", instrument="our-own-form@1.0.0") == "SR6"


@pytest.mark.database
def test_it_stands_beside_the_id_wherever_flags_are_listed(alice, couple, dana):
    flag = raise_flag(alice, dana)
    words = named(flag.rule, instrument="ena-c@0.2.0")
    where = ["/flags/", f"/flags/{flag.id}/", "/inbox/"]
    where += [f"/couples/{couple.id}/{page}" for page in ("", "results/", "prepare/")]
    browser = client_of(alice)
    assert [one for one in where if words not in browser.get(one).content.decode()] == []


@pytest.mark.database
def test_the_api_names_the_rule_alone(alice, dana):
    flag = raise_flag(alice, dana)
    [row] = api_of(alice).get(f"{V1}flags/").json()["results"]
    assert row["rule"] == flag.rule
