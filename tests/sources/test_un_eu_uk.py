"""Lists of the United Nations, the European Union and the United Kingdom.

The samples of the European Union have the columns of https://github.com/moov-io/watchman/blob/master/pkg/sources/csl_eu/csl.go and the
elements of https://github.com/opensanctions/opensanctions/blob/main/zavod/zavod/shed/fsf.py (namespace
http://eu.europa.ec/fpi/fsd/export); that of the United Kingdom has the 58 columns (`samples/uk-columns.csv`) which
https://github.com/moov-io/watchman/blob/master/pkg/sources/csl_uk/reader_uk_test.go gives. Their parties are invented.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter
from pathlib import Path

import pytest

from thalweg.evidence import BadInput
from thalweg.nouns.listing import Identifier
from thalweg.sources import read_lists
from thalweg.sources.eu.read import COLUMNS as EU_COLUMNS

UK_COLUMNS = (Path(__file__).parent / "samples" / "uk-columns.csv").read_text(encoding="utf-8").strip().split(",")


def table(columns, rows, delimiter=","):
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


# ---------------------------------------------------------------- United Nations


@pytest.fixture(scope="module")
def un(lists, lookups):
    (copy,) = read_lists(lists / "un_consolidated_2026-02-27.xml", lookups)
    return copy


@pytest.mark.needs_shared
def test_every_entry_of_the_un_list_is_read(un):
    assert (un.list, un.data_date) == ("un", dt.date(2026, 2, 27))
    assert Counter(e.type for e in un.entries) == {"individual": 730, "entity": 273}
    assert all(e.listed_on and e.listed_basis == "list" for e in un.entries)
    assert sum(len(e.weak_aliases) for e in un.entries) == 615


@pytest.mark.needs_shared
def test_an_individual_has_names_births_and_documents(un):
    entry = next(e for e in un.entries if e.entry_id == "CDi.002")
    assert entry.name == "FRANK KAKOLELE BWAMBALE"
    assert entry.aliases[:2] == ("FRANK KAKORERE", "FRANK KAKORERE BWAMBALE")
    assert (entry.countries, entry.programs, entry.listed_on) == (("CD",), ("DRC",), dt.date(2005, 11, 1))
    kinds = Counter(i.kind for e in un.entries for i in e.identifiers)
    assert (kinds["passport"], kinds["national_id"]) == (309, 139)


@pytest.mark.needs_shared
def test_approximate_births_are_noted_and_ranges_spelled_out(un):
    assert next(e for e in un.entries if e.entry_id == "SSi.006").birth_dates == ("1957", "1958", "1959")
    assert next(e for e in un.entries if e.entry_id == "IQi.082").note == "born about 1970"


@pytest.mark.needs_shared
def test_names_in_another_script_and_behind_a_semicolon_are_aliases(un):
    assert "القاعدة" in next(e for e in un.entries if e.entry_id == "QDe.004").aliases
    airline = next(e for e in un.entries if e.name == "COMPAGNIE AERIENNE DES GRANDS LACS (CAGL)")
    assert airline.aliases[0].startswith("GREAT LAKES BUSINESS")


def test_an_entry_without_its_number_is_refused(written, lookups, day):
    text = "<CONSOLIDATED_LIST><ENTITIES><ENTITY><FIRST_NAME>A</FIRST_NAME></ENTITY></ENTITIES></CONSOLIDATED_LIST>"
    with pytest.raises(BadInput, match="ENTITY 1: un: 'REFERENCE_NUMBER' or 'FIRST_NAME' is missing"):
        read_lists(written("un.xml", text), lookups, data_date=day)


# ---------------------------------------------------------------- European Union

EU_BASE = {
    "fileGenerationDate": "08/10/2026",
    "Entity_LogicalId": "13",
    "Entity_EU_ReferenceNumber": "EU.27.28",
    "Entity_SubjectType": "P",
    "Entity_SubjectType_ClassificationCode": "person",
    "Entity_Regulation_PublicationDate": "2022-03-15",
    "Entity_Regulation_NumberTitle": "2022/427 (OJ L87I)",
    "Entity_Regulation_Programme": "UKR",
    "Entity_Regulation_PublicationUrl": "https://eur-lex.europa.eu/example",
}
EU_ROWS = [
    EU_BASE | {"NameAlias_WholeName": "Ivan Example", "Entity_Remark": 'Called "the chip"'},
    EU_BASE | {"NameAlias_FirstName": "Iwan", "NameAlias_LastName": "Example"},
    EU_BASE | {"NameAlias_WholeName": "Vanya", "NameAlias_Remark": "Low quality alias"},
    EU_BASE | {"BirthDate_BirthDate": "1960-04-28", "BirthDate_Year": "1960"},
    EU_BASE | {"BirthDate_YearRangeFrom": "1962", "BirthDate_YearRangeTo": "1963", "BirthDate_Circa": "false"},
    EU_BASE | {"BirthDate_Year": "1971", "BirthDate_Circa": "true"},
    EU_BASE
    | {
        "Address_Street": "1 Street",
        "Address_City": "Moscow",
        "Address_CountryIso2Code": "RU",
        "Address_CountryDescription": "RUSSIAN FEDERATION",
    },
    EU_BASE | {"Citizenship_CountryIso2Code": "BY", "Citizenship_CountryDescription": "BELARUS"},
    EU_BASE | {"Identification_Number": "X 123", "Identification_TypeCode": "passport", "Identification_CountryIso2Code": "RU"},
    EU_BASE
    | {
        "Entity_LogicalId": "99",
        "Entity_EU_ReferenceNumber": "EU.99.1",
        "Entity_DesignationDate": "2022-02-23",
        "Entity_SubjectType": "E",
        "Entity_SubjectType_ClassificationCode": "enterprise",
        "NameAlias_WholeName": "Example Shipyard JSC",
        "Identification_Number": "1027700000000",
        "Identification_TypeCode": "regnumber",
    },
]
EU_XML = """<?xml version="1.0" encoding="UTF-8"?>
<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2026-10-08T10:05:36.338+02:00" globalFileId="1">
  <sanctionEntity euReferenceNumber="EU.27.28" logicalId="13">
    <remark>Called "the chip"</remark>
    <regulation regulationType="regulation" publicationDate="2022-03-15" numberTitle="2022/427 (OJ L87I)" programme="UKR" logicalId="1">
      <publicationUrl>https://eur-lex.europa.eu/example</publicationUrl></regulation>
    <subjectType code="person" classificationCode="P"/>
    <nameAlias wholeName="Ivan Example" strong="true" logicalId="2"/>
    <nameAlias firstName="Iwan" middleName="" lastName="Example" wholeName="" strong="true" logicalId="3"/>
    <nameAlias wholeName="Vanya" strong="false" logicalId="4"/>
    <citizenship countryIso2Code="BY" countryDescription="BELARUS" logicalId="5"/>
    <birthdate birthdate="1960-04-28" year="1960" monthOfYear="4" dayOfMonth="28" circa="false" logicalId="6"/>
    <birthdate yearRangeFrom="1962" yearRangeTo="1963" circa="false" logicalId="7"/>
    <birthdate year="1971" circa="true" logicalId="8"/>
    <address street="1 Street" city="Moscow" countryIso2Code="RU" countryDescription="RUSSIAN FEDERATION" logicalId="9"/>
    <identification number="X 123" identificationTypeCode="passport" countryIso2Code="RU" logicalId="10"/>
  </sanctionEntity>
  <sanctionEntity euReferenceNumber="EU.99.1" logicalId="99" designationDate="2022-02-23">
    <regulation publicationDate="2022-03-15" numberTitle="2022/427 (OJ L87I)" programme="UKR">
      <publicationUrl>https://eur-lex.europa.eu/example</publicationUrl></regulation>
    <subjectType code="enterprise" classificationCode="E"/>
    <nameAlias wholeName="Example Shipyard JSC" strong="true"/>
    <identification number="1027700000000" identificationTypeCode="regnumber"/>
  </sanctionEntity>
</export>"""


@pytest.fixture
def eu_csv():
    return "\ufeff" + table(EU_COLUMNS, EU_ROWS, ";")


def test_rows_of_one_subject_are_one_entry(eu_csv, written, lookups):
    (copy,) = read_lists(written("csvFullSanctionsList_1_1.csv", eu_csv), lookups)
    person, yard = copy.entries
    assert (copy.list, copy.data_date) == ("eu", dt.date(2026, 10, 8))
    assert (person.entry_id, person.type, person.name) == ("EU.27.28", "individual", "Ivan Example")
    assert (person.aliases, person.weak_aliases) == (("Iwan Example",), ("Vanya",))
    assert person.birth_dates == ("1960-04-28", "1962", "1963")
    assert (set(person.countries), person.programs) == ({"RU", "BY"}, ("UKR",))
    assert person.identifiers == (Identifier("passport", "X 123", "RU"),)
    assert (person.listed_on, person.listed_basis) == (dt.date(2022, 3, 15), "publication")
    assert "it may be an amendment" in person.note
    assert "born about 1971" in person.note
    assert (yard.type, yard.listed_on, yard.listed_basis) == ("entity", dt.date(2022, 2, 23), "list")
    assert yard.identifiers == (Identifier("registration", "1027700000000"),)


def test_the_xml_says_what_the_rows_say(eu_csv, written, lookups):
    (rows,) = read_lists(written("eu.csv", eu_csv), lookups)
    (elements,) = read_lists(written("eu.xml", EU_XML), lookups)
    assert elements.data_date == rows.data_date
    for one, other in zip(elements.entries, rows.entries, strict=True):
        assert set(one.countries) == set(other.countries)
        for field in (
            "entry_id",
            "name",
            "aliases",
            "weak_aliases",
            "type",
            "birth_dates",
            "identifiers",
            "programs",
            "listed_on",
            "addresses",
            "url",
        ):
            assert getattr(one, field) == getattr(other, field), field


def test_a_lost_column_of_the_eu_list_is_named(eu_csv, written, lookups):
    with pytest.raises(BadInput, match="eu: column 'NameAlias_WholeName' is missing; new is 'Naal_wholename'"):
        read_lists(written("eu.csv", eu_csv.replace("NameAlias_WholeName", "Naal_wholename")), lookups)


# ---------------------------------------------------------------- United Kingdom

UK_BASE = {
    "Unique ID": "RUS0001",
    "OFSI Group ID": "1",
    "Regime Name": "Russia",
    "Designation Type": "Individual",
    "Date Designated": "25/02/2022",
}
UK_ROWS = [
    UK_BASE
    | {
        "Name 6": "EXAMPLE",
        "Name 1": "Ivan",
        "Name 2": "P",
        "Name type": "Primary Name",
        "Name non-latin script": "Иван",
        "D.O.B": "dd/mm/1960",
    },
    UK_BASE | {"Name 6": "EKZAMPL", "Name 1": "Ivan", "Name type": "Primary Name Variation", "D.O.B": "(1) 28/04/1960 (2) 00/05/1961"},
    UK_BASE | {"Name 6": "CHIP", "Name type": "Alias", "Alias strength": "Low quality", "Nationality(/ies)": "(1) Russia (2) Belarus"},
    UK_BASE | {"Name 6": "EXAMPLE", "Name 1": "Ivan", "Name 2": "P", "Name type": "Primary Name", "Passport number": "(1) A1 (2) B2"},
    {
        "Unique ID": "RUS2001",
        "Name 6": "TANKER ONE",
        "Name type": "Primary Name",
        "Regime Name": "Russia",
        "Designation Type": "Ship",
        "Date Designated": "09/05/2025",
        "IMO number": "9074729",
        "Address Country": "Panama",
        "Parent company": "EXAMPLE HOLDING",
    },
]
UK = "Report Date: 08-Oct-2026\n" + table(UK_COLUMNS, UK_ROWS)


def test_a_designation_gathers_its_rows(written, lookups):
    (copy,) = read_lists(written("UK-Sanctions-List.csv", UK), lookups)
    person, ship = copy.entries
    assert (copy.list, copy.data_date) == ("uk", dt.date(2026, 10, 8))
    assert (person.entry_id, person.name, person.type) == ("RUS0001", "Ivan P EXAMPLE", "individual")
    assert (person.aliases, person.weak_aliases) == (("Ivan EKZAMPL", "Иван"), ("CHIP",))
    assert person.birth_dates == ("1960", "1960-04-28", "1961-05")
    assert (person.countries, person.listed_on) == (("RU", "BY"), dt.date(2022, 2, 25))
    assert person.identifiers == (Identifier("passport", "A1"), Identifier("passport", "B2"))
    assert (ship.type, ship.identifiers, ship.linked_to) == ("vessel", (Identifier("imo", "9074729"),), ("EXAMPLE HOLDING",))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("Name non-latin script,", "Name in script,", "uk: column 'Name non-latin script' is missing; new is "),
        (",Ship,", ",Submarine,", "RUS2001: uk: designation type 'Submarine' is not known"),
    ],
)
def test_a_changed_form_of_the_uk_list_is_refused(old, new, says, written, lookups):
    with pytest.raises(BadInput, match=says):
        read_lists(written("uk.csv", UK.replace(old, new)), lookups)
