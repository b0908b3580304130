"""Where the charts over time put things: nothing outside its frame, gaps break lines, names stand apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.ledger import ledger
from assessments.progress import check_ins
from assessments.progress_charts import GAP_HEIGHT, GAP_WIDTH, PHONE, WIDE, TimeChart, check_in_charts, gap_chart
from tests.assessments.records import DANA, ERIN, check_ins_of, forms_of, full_form, held, made, report

scores = st.lists(st.none() | st.floats(0, 100), min_size=1, max_size=15)


def charts(*of: list[float | None], last: int | None = None) -> list[TimeChart]:
    sheets = [check_ins_of(partner, *each) for partner, each in zip((DANA, ERIN), of, strict=False)]
    return check_in_charts(check_ins(made(*[one for each in sheets for one in each])), [], last=last)


def test_there_is_one_chart_for_a_desk_and_one_for_a_phone():
    assert [chart.frame for chart in charts([60, 50], [40, 30])] == [WIDE, PHONE]


def test_there_is_none_before_the_first_score():
    assert charts([None, None], [None, None]) == []


@given(scores, scores)
def test_points_bands_and_trends_lie_inside_the_frame(first, second):
    for chart in charts(first, second):
        frame = chart.frame
        for one in chart.series:
            for point in one.points:
                assert frame.left <= point.x <= frame.right
                assert frame.top <= point.y <= frame.bottom
            if one.band:
                assert frame.top <= one.band.y <= one.band.y + one.band.height <= frame.bottom + 0.1
            if one.trend:
                assert all(frame.top <= y <= frame.bottom for y in one.trend[1::2])


@given(scores)
def test_every_score_has_a_point_and_every_gap_breaks_the_line(given_scores):
    runs = "".join("x" if score is not None else " " for score in given_scores).split()
    for chart in charts(given_scores):
        [one] = [series for series in chart.series if series.series == "series-a"]
        assert len(one.points) == one.marks.count("M") == sum(map(len, runs))
        assert [len(segment.path.split()) for segment in one.segments] == [len(run) for run in runs if len(run) > 1]


@given(st.floats(0, 100), st.floats(0, 100))
def test_names_stand_apart(one, other):
    for chart in charts([50, one], [50, other]):
        first, second = (series.name_y for series in chart.series)
        assert abs(first - second) >= 15.9


def test_a_name_stands_where_its_own_line_ends_though_the_other_handed_in_nothing():
    for chart in charts([40, 0], [None, None]):
        first, second = chart.series
        assert (first.name_y, second.points) == (first.points[-1].y, ())


def test_only_the_newest_are_shown_before_a_session():
    many = [float(number) for number in range(15)]
    assert [len(one.points) for one in charts(many, many, last=10)[0].series] == [10, 10]
    assert [len(one.points) for one in charts(many, many)[0].series] == [15, 15]


def test_a_long_name_is_cut():
    long = type(DANA)(id=DANA.id, practice_id=DANA.practice_id, position=1, name="Maximiliane-Luise")
    record = made(*check_ins_of(DANA, 50), partners=(long, ERIN))
    assert check_in_charts(check_ins(record), [], last=None)[0].series[0].name == "Maximiliane…"


@pytest.mark.parametrize(("done", "height"), [(5, 16), (9, 16), (2, 6.4), (0, 1)])
def test_a_tick_is_as_high_as_the_share_that_was_done(done, height):
    phone = held("P33", times=5)
    record = made(*check_ins_of(DANA, 50, 40), activities=[phone], reports=[report(DANA, 1, [(phone, {"done": done})])])
    [tick] = check_in_charts(check_ins(record), ledger(record), last=None)[0].ticks
    assert (tick.height, tick.series) == (height, "series-a")
    assert tick.y + tick.height <= WIDE.height


def test_a_week_without_a_report_has_no_tick():
    record = made(*check_ins_of(DANA, 50, 40), activities=[held("P33")])
    assert check_in_charts(check_ins(record), ledger(record), last=None)[0].ticks == ()


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=1, max_size=6))
def test_gaps_lie_inside_their_box(waves):
    sheets = [
        full_form(partner, week, experienced, enacted=enacted)
        for week, (experienced, enacted) in enumerate(waves)
        for partner in (DANA, ERIN)
    ]
    chart = gap_chart(forms_of(*sheets).domains[0].gaps)
    assert chart is not None
    for one in chart.series:
        assert len(one.points) == one.marks.count("M") == len(waves)
        assert all(0 < point.x < GAP_WIDTH and 0 < point.y < GAP_HEIGHT for point in one.points)
    assert 0 < chart.band.y < chart.band.y + chart.band.height < GAP_HEIGHT


def test_a_gap_with_one_side_missing_is_not_drawn():
    assert gap_chart(forms_of(full_form(DANA, 0, 50)).domains[0].gaps) is None
