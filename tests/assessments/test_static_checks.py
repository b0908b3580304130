from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.instruments import library
from assessments.instruments.checks import CHECKS, instrument_faults
from practice.content import ContentError, Fault
from tests.assessments.broken.safety import SAFETY
from tests.assessments.broken.schema import SCHEMA
from tests.assessments.broken.scoring import SCORING
from tests.assessments.broken.structure import STRUCTURE
from tests.assessments.broken.wording import WORDING
from tests.assessments.variants import FILES, ORIGINALS, Variant, as_text

STATIC = [*STRUCTURE, *SCORING, *SAFETY, *WORDING]


def faults_of(text: str, **options) -> tuple[Fault, ...]:
    with pytest.raises(ContentError) as refused:
        library.parse(text, **options)
    return refused.value.faults


@pytest.mark.parametrize("ref", ["ena-c@0.2.0", "ena-ck@0.2.0"])
def test_shipped_instrument_has_no_fault(ref):
    assert instrument_faults(library.get(ref).definition) == []


@pytest.mark.parametrize("variant", [*SCHEMA, *STATIC], ids=lambda variant: variant.name)
def test_broken_variant_is_refused_at_its_path(variant: Variant):
    faults = faults_of(variant.text())
    assert (variant.check, variant.path) in {(fault.check, fault.path) for fault in faults}
    if variant.alone:
        assert {fault.check for fault in faults} == {variant.check}


def test_each_check_has_a_variant_that_it_alone_catches():
    assert {variant.check for variant in STATIC if variant.alone} == {"ST01", *CHECKS}


def test_variants_have_names_of_their_own():
    names = [variant.name for variant in [*SCHEMA, *STATIC]]
    assert len(names) == len(set(names)) >= 72


def test_import_is_held_to_the_same_checks():
    text = FILES["ena-c"].read_text().replace("id: ena-c\n", "id: our-form\n", 1)
    broken = text.replace(
        "range: [0, 100], better: lower, visibility: therapist_only}",
        "range: [0, 99], better: lower, visibility: joint_ok}",
        1,
    )
    assert library.parse(text, bundle="imported").id == "our-form"
    assert {fault.check for fault in faults_of(broken, bundle="imported")} == {"ST06", "ST09"}


def test_shipped_file_is_named_after_its_id_and_version():
    folder = Path(library.__file__).parent
    assert {path.stem for path in folder.glob("*.yaml")} == {ref.replace("@", "-") for ref in library.shipped()}


def places(data, path=()):
    yield path
    for step, inner in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from places(inner, (*path, step))


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([path for path in places(ORIGINALS["ena-ck"]) if path]),
    st.sampled_from([None, True, -1, 0, 1.5, 10**30, "", "SC", "CK1", "self", [], ["CK8"], {}, {"en": "x"}]),
)
def test_any_damage_is_named_or_harmless(path, junk):
    data = container = deepcopy(ORIGINALS["ena-ck"])
    for step in path[:-1]:
        container = container[step]
    container[path[-1]] = junk
    try:
        instrument = library.parse(as_text(data))
    except ContentError:
        return
    assert instrument.lines_given(safety_lines=True) == instrument.lines
