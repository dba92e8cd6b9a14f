"""Names as they are printed, taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thalweg.sources.names import printed_aliases, printed_name


@pytest.mark.parametrize(
    ("text", "name", "aliases", "parents"),
    [
        ("Microsun Electronics Pte., Ltd.,", "Microsun Electronics Pte., Ltd.", (), ()),
        ("Far East Trading Company, Inc. (a.k.a. FETCO, Inc.)", "Far East Trading Company, Inc.", ("FETCO, Inc.",), ()),
        ("Mexpar, Inc. (a.k.a. Pasadena Aerospace; Aviation Logistics)", "Mexpar, Inc.", ("Pasadena Aerospace", "Aviation Logistics"), ()),
        ("Gazprom Neft (a.k.a. Gazprom Neft OAO", "Gazprom Neft", ("Gazprom Neft OAO",), ()),
        ("Aletra General Trading (a.k.a.", "Aletra General Trading", (), ()),
        ("PEARL (A.K.A. NEI-CHIEN CHU) LI", "PEARL LI", ("NEI-CHIEN CHU",), ()),
        ("KOLOKOL (AKA: ALDRICH AMES)", "KOLOKOL", ("ALDRICH AMES",), ()),
        ("Kreig; a.k.a. Cow Craig; a.k.a. Hall Jermaine", "Kreig", ("Cow Craig", "Hall Jermaine"), ()),
        ("Astronautics Institute [aka Space Center, Aero Institute]", "Astronautics Institute", ("Space Center", "Aero Institute"), ()),
        ("Brian Douglas Woodford (See alternate address under Singapore)", "Brian Douglas Woodford", (), ()),
        ("Huawei Co., Ltd. (Huawei). Affiliated Entity: Huawei Marine", "Huawei Marine", (), ("Huawei Co., Ltd. (Huawei)",)),
        ("CETC (CETC 13). Subordinate Institution - Envoltek", "Envoltek", (), ("CETC (CETC 13)",)),
        ("CETC (CETC 13) subordinate institution:", "CETC (CETC 13)", (), ()),
        ("PAEC, and subordinate entity Nat. Complex (NDC)", "Nat. Complex (NDC)", (), ("PAEC",)),
        ("CNOOC Limited (a subsidiary of China National Offshore)", "CNOOC Limited", (), ("China National Offshore",)),
        ("CGLM and any successor, sub-unit, or subsidiary thereof", "CGLM", (), ()),
        ("Akanonu Fabian Mgbobila", "Akanonu Fabian Mgbobila", (), ()),
        ("See Kee Chin", "See Kee Chin", (), ()),
        ("Affiliated Supply and Consultancy Services", "Affiliated Supply and Consultancy Services", (), ()),
        ("a.k.a. Nobody", "Nobody", (), ()),
    ],
)
def test_a_printed_name_is_taken_apart(text, name, aliases, parents):
    found = printed_name(text)
    assert (found.name, found.aliases, found.parents) == (name, aliases, parents)


def test_what_a_party_is_and_where_is_no_part_of_its_name():
    found = printed_name("Ch'oe Ch'o'l-min (a.k.a Choe Chol Min) (DPRK individual)")
    assert (found.name, found.aliases, found.kind, found.place) == ("Ch'oe Ch'o'l-min", ("Choe Chol Min",), "individual", "DPRK")
    found = printed_name("Dandong Mason-Age Trade Co Ltd. (PRC entity); and any successor, sub-unit, or subsidiary thereof")
    assert (found.name, found.kind, found.place) == ("Dandong Mason-Age Trade Co Ltd.", "entity", "PRC")
    assert printed_name("China Aviation (Group) Company").name == "China Aviation (Group) Company"


def test_what_was_printed_is_noted_where_the_name_is_not_all_of_it():
    assert printed_name("X Co. (a.k.a. Y)").note == "printed as 'X Co. (a.k.a. Y)'"
    assert printed_name("X Co.").note == ""


def test_aliases_lose_their_marks():
    texts = ("-CJSC VAD", "HPSTAR;", "NPO A;OJSC B", "(all of preceding located in Mianyang)", "and C, a.k.a., D", "CJSC VAD")
    assert printed_aliases(texts) == ("CJSC VAD", "HPSTAR", "NPO A", "OJSC B", "C", "D")


@given(st.text(alphabet="abc .,;:()[]-akf/", max_size=60))
def test_a_name_that_says_something_stays_one(text):
    found = printed_name(text)
    assert found.name or not text.strip(" \t,;:")
    assert found.name not in found.aliases
