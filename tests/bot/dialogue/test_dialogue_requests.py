"""One's own request: a detail is added, it is withdrawn, or everything stays as it was."""

import pytest

ADD, WITHDRAW = (f"stato_segnalazione:{step}.URP-26-7K3Q" for step in ("dettaglio", "ritira"))
FIELDS = {"pratica": "URP-26-7K3Q"}


def wish(kind: str) -> dict[str, object]:
    return {"kind": kind, "reason": "richiesta", "topic": "stato_segnalazione", "fields": FIELDS}


@pytest.fixture
def asked_for_detail(owner):
    assert owner.presses(ADD) == ["stato_segnalazione.dettaglio"]
    return owner


@pytest.fixture
def asked_to_confirm(owner):
    assert owner.presses(WITHDRAW) == ["stato_segnalazione.ritiro_conferma"]
    assert owner.ticket is None
    return owner


def test_the_state_of_ones_own_request_offers_both_changes(owner):
    owner.says("a che punto è la mia richiesta?")
    assert [button["payload"] for button in owner.values["buttons"]] == [ADD, WITHDRAW]


def test_with_the_key_of_another_conversations_request_nothing_can_be_changed(talk):
    talk.says("URP-26-7K3Q 7K3QA-B4CD-EFGH")
    assert "buttons" not in talk.values


@pytest.mark.parametrize(
    "text",
    [
        "il parcheggio era pieno e sono arrivata tardi alla visita",
        "Era il 12 novembre, verso le dieci",
        "si chiamava dottor Melis",
        "asdkjh qwezxc",
        "ho aspettato tre ore in pronto soccorso",
    ],
)
def test_whatever_is_told_then_is_the_detail(asked_for_detail, text):
    assert asked_for_detail.says(text) == ["stato_segnalazione.dettaglio_aggiunto"]
    assert asked_for_detail.ticket == wish("dettaglio")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("annulla", "annulla"),
        ("voglio parlare con una persona", "parla_con_operatore"),
        ("dove posso parcheggiare?", "parcheggio"),
        ("mi fa male il petto e non respiro", "emergenza"),
    ],
)
def test_what_matters_more_is_no_detail(asked_for_detail, text, said):
    assert asked_for_detail.says(text) == [said]
    assert (asked_for_detail.ticket or {}).get("kind") != "dettaglio"


def test_after_the_detail_the_talk_goes_on_as_ever(asked_for_detail):
    asked_for_detail.says("Era il 12 novembre")
    assert asked_for_detail.says("dove posso parcheggiare?") == ["parcheggio"]


@pytest.mark.parametrize("text", ["sì", "si confermo", "sì va bene"])
def test_a_typed_yes_withdraws(asked_to_confirm, text):
    assert asked_to_confirm.says(text) == ["stato_segnalazione.ritirata"]
    assert asked_to_confirm.ticket == wish("ritiro")


def test_a_pressed_yes_withdraws(asked_to_confirm):
    yes = asked_to_confirm.values["buttons"][0]["payload"]
    assert asked_to_confirm.presses(yes) == ["stato_segnalazione.ritirata"]
    assert asked_to_confirm.ticket == wish("ritiro")


def test_a_pressed_no_withdraws_nothing(asked_to_confirm):
    no = asked_to_confirm.values["buttons"][1]["payload"]
    assert asked_to_confirm.presses(no) == ["stato_segnalazione.ritiro_no"]
    assert asked_to_confirm.ticket is None


@pytest.mark.parametrize("text", ["no", "annulla", "dove posso parcheggiare?", "qwxz kjh"])
def test_nothing_but_a_yes_withdraws(asked_to_confirm, text):
    asked_to_confirm.says(text)
    assert asked_to_confirm.ticket is None


def test_a_yes_to_something_else_withdraws_nothing(asked_to_confirm):
    asked_to_confirm.says("dove posso parcheggiare?")
    assert asked_to_confirm.says("sì") == ["conferma"]
    assert asked_to_confirm.ticket is None


def test_a_month_later_the_question_still_stands(asked_to_confirm):
    asked_to_confirm.wait_a_month()
    assert asked_to_confirm.says("sì") == ["stato_segnalazione.ritirata"]


@pytest.mark.parametrize("payload", [ADD, WITHDRAW])
def test_a_button_for_anothers_request_leads_nowhere(talk, payload):
    assert talk.presses(payload) == ["richiesta_non_cambiata"]
    assert talk.ticket is None


def test_a_complaint_told_as_a_detail_opens_no_form(asked_for_detail):
    assert asked_for_detail.says("voglio fare un reclamo") == [
        "stato_segnalazione.dettaglio_aggiunto"
    ]
    assert asked_for_detail.form is None


def test_inside_a_form_the_detail_waits_and_the_words_belong_to_the_form(owner):
    owner.says("voglio fare un reclamo")
    assert owner.presses(ADD) == ["stato_segnalazione.dettaglio_dopo", "reclamo.cosa"]
    assert owner.says("Mi hanno trattato male in corsia e nessuno si è scusato") == [
        "reclamo.dove"
    ]
    assert owner.ticket is None


def test_inside_a_form_a_pressed_yes_still_withdraws(owner):
    owner.says("voglio fare un reclamo")
    assert owner.presses(WITHDRAW) == ["stato_segnalazione.ritiro_conferma", "reclamo.cosa"]
    yes = f"stato_segnalazione:ritiro_si.{FIELDS['pratica']}"
    assert owner.presses(yes) == ["stato_segnalazione.ritirata", "reclamo.cosa"]
    assert owner.ticket == wish("ritiro")
