from practice.content import filled_text, text_parts


def test_phone_number_stands_in_the_sentence():
    assert filled_text("not_watched", "US").endswith("If you are in danger now, call 911.")


def test_country_without_lines_still_reads_a_sentence():
    assert filled_text("not_watched", "").endswith("call your local emergency number.")


def test_neighbouring_help_lines_are_one_list_between_sentences():
    before, lines, after = text_parts("after_safety", "US")
    assert str(before).startswith("We show this to everyone.")
    assert [line["name"] for line in lines][:2] == ["Emergency", "National Domestic Violence Hotline"]
    assert after == "Your therapist may not read this before your next visit."


def test_help_lines_for_anywhere_stand_in_where_a_country_has_none():
    _, lines, _ = text_parts("after_safety", "")
    assert [line["name"] for line in lines] == ["Find A Helpline"]
