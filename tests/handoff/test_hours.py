"""Opening hours for chosen moments: split days, holidays, Easter, both changes of the clock."""

from datetime import UTC, date, datetime

import pytest

from handoff.knowledge.desks import Desks
from handoff.knowledge.holidays import BadCalendar, Closures, holiday
from handoff.knowledge.hours import ROME, Hours
from handoff.knowledge.opening_words import now, on, told, week
from handoff.settings import ROOT
from italian.coming_days import find_coming_day

WEEK = {"lun-ven": "8:00-13:00, 14:30-17:00", "sab": "8:00-12:00"}
STRIKE = Closures(
    {
        ("", date(2026, 12, 24)): "chiusura della vigilia",
        ("cup", date(2026, 11, 27)): "riunione",
    }
)
CUP = Hours.parse("cup", WEEK, STRIKE, on_holidays=False)
ALWAYS = Hours.parse("ps", {"lun-dom": "0:00-24:00"}, Closures(), on_holidays=True)
NIGHT = Hours.parse("guardia", {"lun-dom": "0:00-8:00, 20:00-24:00"}, Closures(), on_holidays=True)
NEVER = Hours.parse("chiuso", {}, Closures(), on_holidays=True)


def rome(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=ROME)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        # Thursday 26 November 2026 and around it
        ("2026-11-26T07:59", "Adesso è chiuso. Riapre oggi alle 8."),
        ("2026-11-26T08:00", "Adesso è aperto, fino alle 13."),
        ("2026-11-26T12:59", "Adesso è aperto, fino alle 13."),
        ("2026-11-26T13:00", "Adesso è chiuso. Riapre oggi alle 14:30."),
        ("2026-11-26T14:29", "Adesso è chiuso. Riapre oggi alle 14:30."),
        ("2026-11-26T14:30", "Adesso è aperto, fino alle 17."),
        # the 27th has a closure of this desk alone
        ("2026-11-26T17:00", "Adesso è chiuso. Riapre sabato 28 novembre alle 8."),
        (
            "2026-11-27T10:00",
            "Adesso è chiuso: riunione. Riapre domani, sabato 28 novembre, alle 8.",
        ),
        ("2026-11-28T11:59", "Adesso è aperto, fino alle 12."),
        ("2026-11-28T12:00", "Adesso è chiuso. Riapre lunedì 30 novembre alle 8."),
        ("2026-11-29T10:00", "Adesso è chiuso. Riapre domani, lunedì 30 novembre, alle 8."),
        # the Immaculate Conception, on a Tuesday
        ("2026-12-07T18:00", "Adesso è chiuso. Riapre mercoledì 9 dicembre alle 8."),
        (
            "2026-12-08T10:00",
            "Adesso è chiuso: Immacolata Concezione. Riapre domani, mercoledì 9 dicembre, alle 8.",
        ),
        # closure, Christmas, St Stephen's on a Saturday, Sunday
        ("2026-12-23T17:30", "Adesso è chiuso. Riapre lunedì 28 dicembre alle 8."),
        (
            "2026-12-24T09:00",
            "Adesso è chiuso: chiusura della vigilia. Riapre lunedì 28 dicembre alle 8.",
        ),
        ("2026-12-25T09:00", "Adesso è chiuso: Natale. Riapre lunedì 28 dicembre alle 8."),
        ("2026-12-26T09:00", "Adesso è chiuso: Santo Stefano. Riapre lunedì 28 dicembre alle 8."),
        # the new year on a Friday
        ("2026-12-31T16:59", "Adesso è aperto, fino alle 17."),
        (
            "2027-01-01T00:00",
            "Adesso è chiuso: Capodanno. Riapre domani, sabato 2 gennaio, alle 8.",
        ),
        (
            "2027-01-06T09:00",
            "Adesso è chiuso: Epifania. Riapre domani, giovedì 7 gennaio, alle 8.",
        ),
        # Easter 2027 is the day on which the clock goes forward
        ("2027-03-27T12:00", "Adesso è chiuso. Riapre martedì 30 marzo alle 8."),
        ("2027-03-28T10:00", "Adesso è chiuso: Pasqua. Riapre martedì 30 marzo alle 8."),
        (
            "2027-03-29T10:00",
            "Adesso è chiuso: Lunedì dell'Angelo. Riapre domani, martedì 30 marzo, alle 8.",
        ),
        ("2027-03-30T08:00", "Adesso è aperto, fino alle 13."),
        # Liberation Day falls on a Sunday, Labour Day on a Saturday
        ("2027-04-30T18:00", "Adesso è chiuso. Riapre lunedì 3 maggio alle 8."),
        (
            "2027-06-02T11:00",
            "Adesso è chiuso: Festa della Repubblica. Riapre domani, giovedì 3 giugno, alle 8.",
        ),
        # the patron saint of Cagliari, a Friday in 2026
        (
            "2026-10-30T10:00",
            "Adesso è chiuso: San Saturnino di Cagliari. "
            "Riapre domani, sabato 31 ottobre, alle 8.",
        ),
        # the Monday after the clock went back, and after it went forward
        ("2026-10-26T07:59", "Adesso è chiuso. Riapre oggi alle 8."),
        ("2026-10-26T08:00", "Adesso è aperto, fino alle 13."),
        ("2026-03-30T08:00", "Adesso è aperto, fino alle 13."),
    ],
)
def test_a_desk_with_split_days(moment, said):
    assert now(CUP, rome(moment)) == said


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        # 28 March 2027: 1:59 is followed by 3:00
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), "Adesso è aperto, fino alle 8."),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "Adesso è aperto, fino alle 8."),
        (datetime(2027, 3, 28, 5, 59, tzinfo=UTC), "Adesso è aperto, fino alle 8."),
        (datetime(2027, 3, 28, 6, 0, tzinfo=UTC), "Adesso è chiuso. Riapre oggi alle 20."),
        # 25 October 2026: 2:30 comes twice
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Adesso è aperto, fino alle 8."),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "Adesso è aperto, fino alle 8."),
        (datetime(2026, 10, 25, 6, 59, tzinfo=UTC), "Adesso è aperto, fino alle 8."),
        (datetime(2026, 10, 25, 7, 0, tzinfo=UTC), "Adesso è chiuso. Riapre oggi alle 20."),
        # past midnight is one opening
        (
            datetime(2026, 11, 26, 21, 0, tzinfo=UTC),
            "Adesso è aperto, fino alle 8 di domani, venerdì 27 novembre.",
        ),
    ],
)
def test_the_clock_is_that_of_rome(moment, said):
    assert now(NIGHT, moment) == said


@pytest.mark.parametrize("moment", ["2027-03-28T02:30", "2026-12-25T00:00", "2026-08-15T13:00"])
def test_what_never_closes_is_open_at_any_moment(moment):
    assert now(ALWAYS, rome(moment)) == "Adesso è aperto: 24 ore su 24."


def test_what_never_opens_promises_nothing():
    assert now(NEVER, rome("2026-11-26T10:00")) == "Adesso è chiuso."


@pytest.mark.parametrize(
    ("asked", "day"),
    [
        ("siete aperti domani?", date(2026, 11, 27)),
        ("e dopodomani", date(2026, 11, 28)),
        ("sabato il cup è aperto", date(2026, 11, 28)),
        ("giovedì", date(2026, 11, 26)),
        ("siete aperti il 24 dicembre", date(2026, 12, 24)),
        ("a natale?", date(2026, 12, 25)),
        ("il 6 gennaio", date(2027, 1, 6)),
        ("il primo maggio", date(2027, 5, 1)),
        ("il 29 febbraio", date(2028, 2, 29)),
        ("il 31 febbraio", None),
        ("il 99 marzo", None),
        ("a che ora aprite", None),
    ],
)
def test_the_day_that_is_asked_for_is_the_next_such_day(asked, day):
    assert find_coming_day(asked, today=date(2026, 11, 26)) == day


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 26), "Oggi, giovedì 26 novembre, è aperto: 8–13 e 14:30–17."),
        (date(2026, 11, 27), "Domani, venerdì 27 novembre, è chiuso: riunione."),
        (date(2026, 11, 28), "Sabato 28 novembre è aperto: 8–12."),
        (date(2026, 11, 29), "Domenica 29 novembre è chiuso."),
        (date(2027, 5, 1), "Sabato 1º maggio è chiuso: Festa del Lavoro."),
    ],
)
def test_a_day_is_answered_for_itself(day, said):
    assert on(CUP, day, date(2026, 11, 26)) == said


def test_the_week_is_told_in_words():
    assert week(WEEK) == "lunedì-venerdì 8–13 e 14:30–17; sabato 8–12"


@pytest.mark.parametrize("day", [date(2027, 3, 29), date(2026, 4, 6), date(2030, 4, 22)])
def test_easter_monday_is_computed(day):
    assert holiday(day) == "Lunedì dell'Angelo"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ({"lun-ven": "13:00-8:00"}, "no span"),
        ({"lun-ven": "8-13"}, "no interval"),
        ({"lun-ven": "8:00-25:00"}, "no span"),
        ({"lun-ven": "8:60-9:00"}, "no span"),
        ({"lun-ven": "8:00-13:00, 12:00-17:00"}, "before the last ends"),
        ({"ven-lun": "8:00-13:00"}, "backwards"),
        ({"lunedì": "8:00-13:00"}, "is no day"),
        ({"lun-ven": "8:00-13:00", "mer": "8:00-12:00"}, "mer stands twice"),
    ],
)
def test_hours_that_cannot_be_meant_are_refused_with_the_desk_and_the_reason(written, reason):
    with pytest.raises(BadCalendar, match=reason) as refused:
        Hours.parse("cup", written, Closures(), on_holidays=False)
    assert str(refused.value).startswith("cup")


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("- from: 2026-12-24", "needs"),
        ("- {from: domani, why: festa}", "needs"),
        ("- {from: 2026-12-24, to: 2026-12-01, why: ferie}", "no span"),
    ],
)
def test_closures_that_cannot_be_meant_are_refused(tmp_path, written, reason):
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar" / "closures.yml").write_text(written, "utf-8")
    with pytest.raises(BadCalendar, match=reason):
        Closures.load(tmp_path)


def test_a_closure_spans_days_and_may_name_its_desks(tmp_path):
    (tmp_path / "calendar").mkdir()
    text = "- {from: 2026-08-10, to: 2026-08-14, why: ferie, desks: [urp]}"
    (tmp_path / "calendar" / "closures.yml").write_text(text, "utf-8")
    closures = Closures.load(tmp_path)
    assert closures.reason("urp", date(2026, 8, 14)) == "ferie"
    assert closures.reason("urp", date(2026, 8, 15)) is None
    assert closures.reason("cup", date(2026, 8, 12)) is None


DESKS = Desks.load(ROOT / "data")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("a che ora apre il cup?", ["cup_policlinico", "cup_san_giovanni"]),
        ("orari casa tiket al san giovanni", ["cassa_san_giovanni"]),
        ("l'urp è aperto adesso?", ["urp"]),
        ("cartele cliniche orario", ["cartelle_cliniche"]),
        ("siete aperti?", []),
    ],
)
def test_a_desk_is_found_by_misspelt_and_lay_names(asked, found):
    assert [desk.id for desk in DESKS.find(asked)] == found


def test_a_desk_is_told_for_the_moment_and_for_the_named_day():
    moment = rome("2026-11-26T10:00")
    found = told(DESKS.desk("urp"), moment, question="l'urp è aperto domani?")
    assert found["now"] == "Adesso è aperto, fino alle 13."
    assert found["day"] == "Domani, venerdì 27 novembre, è aperto: 9–13."
    assert (found["week"], found["sample"]) == ("lunedì-venerdì 9–13", True)
