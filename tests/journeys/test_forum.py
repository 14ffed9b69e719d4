"""Asking and answering: the question of one person, the answer of another, and word of it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Visit = Callable[..., Page]


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_question_is_answered_and_its_author_hears_of_it(visit: Visit, phone: bool) -> None:
    title = f"Welche Winterreifen für den N5 {'am Telefon' if phone else 'am Rechner'}?"
    asker = visit("owner@demo.example", phone=phone)
    asker.goto("/community/")
    asker.get_by_role("link", name="Thema eröffnen").first.click()
    asker.get_by_label("Kategorie").select_option(label="Räder und Reifen")
    asker.get_by_label("Titel").fill(title)
    asker.get_by_label("Ihr Text").fill("Ich fahre viel **Autobahn** und suche etwas Leises.")
    asker.get_by_role("button", name="Vorschau").click()
    expect(asker.locator("#preview strong")).to_have_text("Autobahn")
    asker.get_by_role("button", name="Thema eröffnen").click()
    expect(asker.get_by_role("heading", level=1)).to_have_text(title)
    topic = asker.url

    reader = visit()
    reader.goto(topic)
    expect(reader.get_by_role("link", name="Anmelden und antworten")).to_be_visible()

    helper = visit("moderator@demo.example", phone=phone)
    helper.goto(topic)
    helper.get_by_label("Ihre Antwort").fill("Nehmen Sie 19 Zoll, die sind *deutlich* leiser.")
    helper.get_by_role("button", name="Antworten", exact=True).click()
    expect(helper.locator("#post-2 .prose em")).to_have_text("deutlich")

    # The open page says so quietly; a guest sees it with the next page.
    reader.reload()
    expect(reader.locator("#post-2")).to_contain_text("deutlich leiser")
    asker.get_by_role("link", name="1 neue Antwort").click()
    expect(asker.locator("#post-2")).to_contain_text("deutlich leiser")

    # And the inbox has a notice that leads there.
    expect(asker.locator("#bell .count")).not_to_be_empty()
    asker.locator("#bell").click()
    notice = asker.get_by_role("article").filter(has_text=f"Neue Antwort auf „{title}“")
    notice.get_by_role("button").click()
    expect(asker).to_have_url(re.compile(r"#post-2$"))


def test_typing_is_not_disturbed_by_new_posts(visit: Visit) -> None:
    asker = visit("owner@demo.example")
    asker.goto("/community/")
    asker.get_by_role("link", name=re.compile("Fotowettbewerb|Haus Leipzig|Stammtisch")).first.click()
    topic = asker.url
    asker.get_by_label("Ihre Antwort").fill("Ich überlege noch, ob")
    helper = visit("moderator@demo.example")
    helper.goto(topic)
    helper.get_by_label("Ihre Antwort").fill("Wir freuen uns auf Sie.")
    helper.get_by_role("button", name="Antworten", exact=True).click()
    expect(asker.get_by_role("link", name="1 neue Antwort")).to_be_visible()
    expect(asker.get_by_label("Ihre Antwort")).to_have_value("Ich überlege noch, ob")


def test_a_visitor_reports_and_the_moderation_decides(visit: Visit) -> None:
    visitor = visit(phone=True)
    visitor.goto("/community/categories/laden/")
    visitor.locator(".list a").first.click()
    visitor.get_by_role("link", name="Melden").nth(1).click()
    visitor.get_by_label("Er rät zu etwas Gefährlichem").check()
    visitor.get_by_label("Bitte erläutern Sie es").fill("Der Rat im zweiten Satz kann einen Brand auslösen.")
    visitor.get_by_label("Ihr Name").fill("Karla Notiz")
    visitor.get_by_label("Ihre E-Mail-Adresse").fill("karla.notiz@example.org")
    visitor.get_by_label("Meine Angaben sind nach bestem Wissen richtig und vollständig.").check()
    visitor.get_by_role("button", name="Meldung senden").click()
    receipt = visitor.locator(".messages").inner_text()
    code = re.search(r"NL-\w{4}-\w{3}", receipt)
    assert code, receipt

    moderator = visit("moderator@demo.example")
    moderator.goto("/staff/reports/")
    moderator.get_by_role("link", name=code[0]).click()
    expect(moderator.get_by_text("kann einen Brand auslösen")).to_be_visible()
    moderator.get_by_label("Der Beitrag wird ausgeblendet").check()
    moderator.get_by_label("Begründung").fill("Der Rat ist gefährlich (Hausregel 4).")
    moderator.get_by_role("button", name="Entscheiden und mitteilen").click()
    expect(moderator.get_by_role("link", name=code[0])).to_have_count(0)
    moderator.goto("/staff/reports/?state=decided")
    expect(moderator.get_by_role("link", name=code[0])).to_be_visible()
