"""Marks, licences, claims and titles broken in one way each."""

from tests.assessments.variants import Variant, put

WORDING = [
    Variant("bands without the mark", "ena-c", "ST16", "bands.provisional", put("bands/provisional", False)),
    Variant("bands without a note", "ena-c", "ST16", "bands.note", put("bands/note/en", " ")),
    Variant("citation without the mark", "ena-c", "ST16", "citation", put("citation", "Project authors. ENA-C 0.2.0.")),
    Variant("citation of another version", "ena-c", "ST16", "citation", put("version", "0.2.1")),
    Variant("licence not on the list", "ena-c", "ST22", "license", put("license/text", "All rights reserved")),
    Variant(
        "licence to be checked",
        "ena-c",
        "ST22",
        "license",
        put("license", {"text": "unclear", "bundle": "allowed_after_check"}),
    ),
    Variant(
        "claim in a line",
        "ena-c",
        "ST23",
        "items[36].text.self.en",
        put("items/IM4/text/self/en", "These are proven signs."),
    ),
    Variant("claim of a diagnosis", "ena-c", "ST23", "title.en", put("title/en", "A diagnostic form")),
    Variant(
        "claim in the citation",
        "ena-ck",
        "ST23",
        "citation",
        put("citation", "ENA-CK 0.2.0 (provisional), a proven form."),
    ),
    Variant(
        "percentage of the articles", "ena-c", "ST23", "instructions.en", put("instructions/en", "48 % feel this.")
    ),
    Variant("telling title", "ena-c", "ST30", "client_title.en", put("client_title/en", "Form for couples")),
    Variant(
        "telling title in another language", "ena-ck", "ST30", "client_title.de", put("client_title/de", "Partnercheck")
    ),
]
