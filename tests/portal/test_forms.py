"""Fields as people and their screen readers meet them."""

from django import forms


class Sample(forms.Form):
    name = forms.CharField(label="Name", help_text="Wie im Ausweis.")
    email = forms.EmailField(label="E-Mail", required=False)
    agree = forms.BooleanField(label="Gelesen")


def test_hint_and_error_are_tied_to_their_field():
    html = str(Sample({"email": "mara@"})["name"].as_field_group())
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html


def test_errors_are_summed_up_at_the_top_with_links_to_the_fields():
    form = Sample({})
    form.is_valid()
    form.add_error(None, "Dieser Termin ist vergeben.")
    html = str(form)
    assert html.index("error-summary") < html.index('name="name"')
    assert 'href="#id_name"' in html
    assert "Dieser Termin ist vergeben." in html


def test_what_was_typed_stays():
    assert 'value="mara@"' in str(Sample({"email": "mara@"}))


def test_a_field_that_may_stay_empty_says_so():
    assert "(freiwillig)" in str(Sample()["email"].as_field_group())
    assert "(freiwillig)" not in str(Sample()["name"].as_field_group())


def test_a_name_with_markup_is_only_text():
    assert "<b>" not in str(Sample({"name": "<b>x</b>"}))
