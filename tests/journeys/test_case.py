"""A call-back, from the owner's phone to the desk and back, live on both sides, until it is closed."""

from collections.abc import Callable

from playwright.sync_api import Page, expect


def write(page: Page, words: str, button: str) -> None:
    page.locator("textarea[name=text]").fill(words)
    page.locator(button).click()


def test_a_call_back_from_asked_to_closed(visit: Callable[..., Page]) -> None:
    desk = visit("advisor@demo.example")
    desk.goto("/staff/cases/?heap=unassigned")

    owner = visit("owner48@demo.example", phone=True)
    owner.goto("/account/cases/new/?topic=accounts.call_back")
    owner.locator("input[name=title]").fill("Anhängerkupplung nachrüsten")
    owner.locator("input[name=phone]").fill("+49 40 1234567")
    owner.locator("select[name=call_time]").select_option("morning")
    write(owner, "Geht das beim N5?", "main form button.btn-primary")
    expect(owner.locator("h1")).to_have_text("Anhängerkupplung nachrüsten")
    expect(owner.locator("#conversation")).to_contain_text("Sie hören von uns bis")
    expect(owner.locator("#conversation")).to_contain_text("+49 40 1234567")

    # It appears on the desk by itself; keys lead to it.
    expect(desk.locator("#desk")).to_contain_text("Anhängerkupplung nachrüsten")
    desk.get_by_role("link", name="Anhängerkupplung nachrüsten").click()
    desk.get_by_role("button", name="Ich übernehme").click()
    expect(desk.locator("main")).to_contain_text("Sie kümmern sich jetzt um dieses Anliegen.")
    write(desk, "Nur nach Rücksprache mit der Werkstatt.", "button[value=note]")
    write(desk, "Ja, das geht. Sollen wir einen Termin machen?", "button[value=answer]")

    # The owner's open page shows the answer, and never the note.
    expect(owner.locator("#conversation")).to_contain_text("Sollen wir einen Termin machen?")
    expect(owner.locator("#conversation")).to_contain_text("Sie sind an der Reihe")
    expect(owner.locator("main")).not_to_contain_text("Rücksprache")
    expect(desk.locator("#conversation")).to_contain_text("Die Uhr steht still")

    write(owner, "Gern, nächste Woche.", "main form.form button.btn-primary")
    expect(desk.locator("#conversation")).to_contain_text("Gern, nächste Woche.")
    # What came live was read: the answer to it is no conflict.
    write(desk, "Gebucht für Dienstag, 9 Uhr.", "button[value=close]")
    expect(desk.locator("main")).to_contain_text("Abgeschlossen")
    expect(owner.locator("#conversation")).to_contain_text("Gebucht für Dienstag")
    expect(owner.locator("#conversation")).to_contain_text("Dieses Anliegen ist abgeschlossen")


def test_two_at_the_desk_answer_and_nothing_is_lost(visit: Callable[..., Page]) -> None:
    owner = visit("owner49@demo.example")
    owner.goto("/account/cases/new/?topic=accounts.general")
    owner.locator("input[name=title]").fill("Winterreifen")
    write(owner, "Welche Größe?", "main form button.btn-primary")
    expect(owner.locator("h1")).to_have_text("Winterreifen")

    desks = [visit("advisor@demo.example"), visit("admin@demo.example")]
    for desk in desks:
        desk.goto("/staff/cases/?words=Winterreifen")
        desk.get_by_role("link", name="Winterreifen").click()
        expect(desk.locator("#conversation")).to_contain_text("Welche Größe?")
    # The second writes from a page that missed the first answer.
    desks[1].context.set_offline(True)
    desks[1].evaluate("document.querySelector('#conversation').removeAttribute('data-live-url')")
    write(desks[0], "235/45 R19", "button[value=answer]")
    expect(desks[0].locator("#conversation")).to_contain_text("235/45 R19")
    desks[1].context.set_offline(False)
    write(desks[1], "Steht im Schein.", "button[value=answer]")
    expect(desks[1].locator(".error-summary")).to_contain_text("Inzwischen")
    expect(desks[1].locator("#conversation")).to_contain_text("235/45 R19")
    expect(desks[1].locator("textarea[name=text]")).to_have_value("Steht im Schein.")
    desks[1].locator("button[value=answer]").click()
    expect(owner.locator("#conversation")).to_contain_text("Steht im Schein.")
    expect(owner.locator("#conversation")).to_contain_text("235/45 R19")
