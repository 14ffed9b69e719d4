"""The first words of each consent, so that an empty house can ask for them. Staff publish later versions."""

from django.db import migrations
from django.utils import timezone

# purpose: title and text, German and English. Never changed here: a new version is published.
TEXTS = {
    "marketing_mail": (
        "Neuigkeiten und Angebote per E-Mail",
        "News and offers by e-mail",
        "Wir dürfen Ihnen Neuigkeiten und Angebote zu Fahrzeugen, Abos, Service und Veranstaltungen per E-Mail "
        "senden. Dafür verwenden wir Ihren Namen, Ihre E-Mail-Adresse und die Angabe, welches Fahrzeug Sie "
        "fahren. Wir geben diese Daten dafür nicht weiter.\n\n"
        "Ohne Ihre Einwilligung erhalten Sie nur Nachrichten zu Ihren Verträgen, Terminen und Fahrzeugen.",
        "We may send you news and offers about cars, subscriptions, service and events by e-mail. For this we "
        "use your name, your e-mail address and which car you drive. We pass none of it on.\n\n"
        "Without your consent you receive only messages about your contracts, appointments and cars.",
    ),
    "analytics": (
        "Das Portal verbessern",
        "Improving the portal",
        "Wir dürfen auswerten, welche Bereiche des Portals Sie mit Ihrem Konto nutzen, um sie zu verbessern. "
        "Dafür setzen wir keine zusätzlichen Cookies und binden keine fremden Dienste ein. Die Auswertung "
        "erfolgt nur bei uns und wird spätestens nach 90 Tagen zu Zahlen ohne Personenbezug zusammengefasst.\n\n"
        "Ohne Ihre Einwilligung findet für Ihr Konto keine solche Auswertung statt.",
        "We may look at which parts of the portal you use with your account, in order to improve them. We set no "
        "further cookies for this and involve no services of others. It is done by us alone and summed up into "
        "figures without reference to people after 90 days at the latest.\n\n"
        "Without your consent nothing of the kind is done for your account.",
    ),
    "roadside_location": (
        "Standort bei Pannenhilfe",
        "Location for roadside help",
        "Wenn Sie Pannenhilfe rufen, dürfen wir den Standort Ihres Fahrzeugs abrufen und an die Helferin oder den "
        "Helfer weitergeben, die zu Ihnen unterwegs sind. Abgerufen wird er nur vom Ruf bis zum Ende des "
        "Einsatzes; danach wird er gelöscht.\n\n"
        "Ohne Ihre Einwilligung fragen wir Sie am Telefon, wo Sie stehen.",
        "When you call for roadside help, we may read the location of your car and pass it to those who are on "
        "their way to you. It is read only from the call until the help has ended, and erased then.\n\n"
        "Without your consent we ask you on the phone where you are.",
    ),
    "charging_suggestions": (
        "Standort für Ladevorschläge",
        "Location for charging suggestions",
        "Wir dürfen Standort und Ladestand Ihres Fahrzeugs verwenden, um Ihnen Ladeorte und günstige Ladezeiten "
        "vorzuschlagen. Die Vorschläge entstehen bei uns; Betreiber von Ladesäulen erfahren nichts davon. "
        "Gespeichert wird jeweils nur der letzte Standort.\n\n"
        "Ohne Ihre Einwilligung suchen Sie Ladeorte selbst auf der Karte.",
        "We may use the location and charge of your car to suggest places and good times to charge. The "
        "suggestions are made by us; operators of chargers learn nothing of it. Only the last location is "
        "kept.\n\n"
        "Without your consent you look for chargers on the map yourself.",
    ),
    "employer_trips": (
        "Fahrten für meinen Arbeitgeber",
        "Trips for my employer",
        "Die Organisation, deren Fahrzeug Sie fahren, darf Ihre Fahrten und den Standort des Fahrzeugs sehen, "
        "solange Sie damit unterwegs sind. Ihre Einwilligung ist freiwillig: Ihr Zugang zum Fahrzeug hängt nicht "
        "davon ab.\n\n"
        "Ohne Ihre Einwilligung sieht Ihr Arbeitgeber weder Fahrten noch Standort.",
        "The organisation whose car you drive may see your trips and the location of the car while you are using "
        "it. Your consent is voluntary: your access to the car does not depend on it.\n\n"
        "Without your consent your employer sees neither trips nor location.",
    ),
    "partner_sharing": (
        "Daten für Partnerdienste",
        "Data for partner services",
        "Wir dürfen Partnern, bei denen Sie sich mit Ihrem Konto anmelden, Modell und Ausstattung Ihres Fahrzeugs "
        "mitteilen, damit deren Angebote zu Ihrem Fahrzeug passen. Welche Dienste verbunden sind, sehen und "
        "beenden Sie jederzeit in Ihrem Konto.\n\n"
        "Ohne Ihre Einwilligung erfahren Partner nur, was Sie bei der Anmeldung freigeben.",
        "We may tell partners whose services you sign in to with your account the model and equipment of your "
        "car, so that what they offer fits it. You see and disconnect these services in your account at any "
        "time.\n\n"
        "Without your consent partners learn only what you allow when you sign in.",
    ),
    "insurer_sharing": (
        "Fahrdaten für meine Versicherung",
        "Driving data for my insurer",
        "Wir dürfen gefahrene Kilometer und Fahrtzeiten Ihres Fahrzeugs an die Versicherung übermitteln, die Sie "
        "uns dafür nennen, damit sie Ihren Tarif danach berechnen kann. Orte und Strecken übermitteln wir "
        "nicht.\n\n"
        "Ohne Ihre Einwilligung erhält Ihre Versicherung keine Daten von uns.",
        "We may pass the kilometres and times that your car is driven to the insurer that you name to us, so that "
        "it can base your rate on them. We pass on no places or routes.\n\n"
        "Without your consent your insurer receives no data from us.",
    ),
}


def publish(apps, schema_editor):
    ConsentText = apps.get_model("accounts", "ConsentText")
    now = timezone.now()
    known = set(ConsentText.objects.values_list("purpose", flat=True))
    ConsentText.objects.bulk_create(
        ConsentText(
            purpose=purpose,
            version=1,
            title_de=title_de,
            title_en=title_en,
            text_de=text_de,
            text_en=text_en,
            asks_again=True,
            published_at=now,
        )
        for purpose, (title_de, title_en, text_de, text_en) in TEXTS.items()
        if purpose not in known
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_privacy")]

    # Published words stay: what somebody agreed to must remain provable.
    operations = [migrations.RunPython(publish, migrations.RunPython.noop)]
