"""OFAC's lists: the delimited files and the XML.

The consolidated samples are made in the columns of OFAC's data specification
(https://webarchive.library.unt.edu/eot2008/20090109015951/http:/treasury.gov/offices/enforcement/ofac/sdn/dat_spec.txt and
https://moov-io.github.io/watchman/file-structure), the XML in the form of sdnList.xsd, namespace
https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/XML. Their parties are invented.

The enhanced XML is in the form of ENHANCED_XML.xsd
(https://github.com/moov-io/watchman/blob/a8dfe527fcbb1be966e2a4eb8b8db4a6854c5ab7/pkg/sources/csl_us/gen/ENHANCED_XML.xsd). Its first
party is entry 9640 of OFAC's CONS_ENHANCED.XML as the tests of that program have it; the others are invented.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import shutil
import zipfile
from collections import Counter, defaultdict

import pytest

from thalweg.evidence import BadInput
from thalweg.nouns.listing import Identifier
from thalweg.sources import read_lists
from thalweg.sources.ofac.lists import is_consolidated, lists_of
from thalweg.sources.ofac.remarks import read_remarks

N = "-0- "
PRIM = (
    "\r\n".join(
        f'{number},"{name}",{kind},"{program}",{N},{N},{N},{N},{N},{N},{N},{remark}'
        for number, name, kind, program, remark in [
            (
                901,
                "EXAMPLE BANK",
                N,
                "UKRAINE-EO13662] [RUSSIA-EO14024",
                '"Tax ID No. 7801233338 (Russia); Listing Date (EO 14024 Directive 2): 24 Feb 2022."',
            ),
            (902, "EXAMPLE CHIP LIMITED", N, "CMIC-EO13959", "\"Listing Date (CMIC): 03 Jun 2021; a.k.a. 'CHIPPY'.\""),
            (903, "DOE, Jane", '"individual"', "NS-PLC", '"DOB circa 1963; alt. DOB 1967 to 1968; nationality Palestinian."'),
        ]
    )
    + "\r\n\x1a"
)
ALT = f'901,1,"aka","EX BANK",{N}\r\n901,2,"fka","OLD BANK",{N}\r\n\x1a'
ADD = f'901,1,"1 Street","Moscow 101000","Russia",{N}\r\n902,2,{N},{N},"Congo, Democratic Republic of the",{N}\r\n\x1a'

XML = """<?xml version="1.0" standalone="yes"?>
<sdnList xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/XML">
  <publshInformation><Publish_Date>10/07/2026</Publish_Date><Record_Count>2</Record_Count></publshInformation>
  <sdnEntry>
    <uid>911</uid><firstName>Jane</firstName><lastName>DOE</lastName><title>Director</title><sdnType>Individual</sdnType>
    <remarks>(Linked To: EXAMPLE HOLDING)</remarks>
    <programList><program>RUSSIA-EO14024</program><program>NPWMD</program></programList>
    <idList><id><uid>1</uid><idType>Passport</idType><idNumber>X123</idNumber><idCountry>Russia</idCountry></id>
      <id><uid>2</uid><idType>Gender</idType><idNumber>Female</idNumber></id></idList>
    <akaList><aka><uid>3</uid><type>a.k.a.</type><category>strong</category><lastName>DOW</lastName><firstName>Janet</firstName></aka>
      <aka><uid>4</uid><type>a.k.a.</type><category>weak</category><lastName>JD</lastName></aka></akaList>
    <addressList><address><uid>5</uid><address1>1 Street</address1><city>Moscow</city><country>Russia</country></address></addressList>
    <nationalityList><nationality><uid>6</uid><country>Belarus</country><mainEntry>true</mainEntry></nationality></nationalityList>
    <dateOfBirthList><dateOfBirthItem><uid>7</uid><dateOfBirth>07 Oct 1952</dateOfBirth></dateOfBirthItem></dateOfBirthList>
  </sdnEntry>
  <sdnEntry>
    <uid>912</uid><lastName>EXAMPLE TANKER</lastName><sdnType>Vessel</sdnType><programList><program>IRAN-EO13846</program></programList>
    <idList><id><uid>8</uid><idType>Vessel Registration Identification</idType><idNumber>IMO 9074729</idNumber></id></idList>
    <vesselInfo><callSign>ABC</callSign><vesselFlag>Panama</vesselFlag></vesselInfo>
  </sdnEntry>
</sdnList>"""


ENHANCED = """<?xml version="1.0" encoding="utf-8"?>
<sanctionsData xmlns="https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/ENHANCED_XML">
  <publicationInfo><dataAsOf>2026-07-27T00:00:00-04:00</dataAsOf>
    <filters><sanctionsLists><sanctionsList refId="91512">Consolidated List</sanctionsList></sanctionsLists></filters></publicationInfo>
  <entities>
    <entity id="9640">
      <generalInfo><identityId>1979</identityId><entityType refId="600">Individual</entityType></generalInfo>
      <sanctionsLists>
        <sanctionsList refId="91243" id="11849" datePublished="2006-04-12">Non-SDN Palestinian Legislative Council List</sanctionsList>
        <sanctionsList refId="91512" id="14433" datePublished="2014-10-10">Consolidated List</sanctionsList></sanctionsLists>
      <sanctionsPrograms><sanctionsProgram refId="91055" id="6215">NS-PLC</sanctionsProgram></sanctionsPrograms>
      <sanctionsTypes><sanctionsType refId="1706" id="40">Reject</sanctionsType></sanctionsTypes><legalAuthorities/>
      <names>
        <name id="17178"><isPrimary>true</isPrimary><isLowQuality>false</isLowQuality><translations>
          <translation id="1979"><isPrimary>true</isPrimary><script refId="20122">Latin</script>
            <formattedFirstName>Mohammed</formattedFirstName><formattedLastName>ABU TEIR</formattedLastName>
            <formattedFullName>ABU TEIR, Mohammed</formattedFullName></translation></translations></name>
        <name id="9152"><isPrimary>false</isPrimary><aliasType refId="1400">A.K.A.</aliasType>
          <isLowQuality>false</isLowQuality><translations>
          <translation id="10144"><isPrimary>true</isPrimary><script refId="20122">Latin</script>
            <formattedFullName>ABU TAIR, Mohammed Mahmud</formattedFullName></translation></translations></name>
      </names>
      <addresses><address id="12128"><country refId="91021">Palestinian</country></address></addresses>
      <features><feature id="4698"><type featureTypeId="8">Birthdate</type><versionId>1612</versionId><value>1951</value>
        <valueDate id="757"><fromDateBegin>1951-01-01</fromDateBegin></valueDate><isPrimary>true</isPrimary></feature></features>
    </entity>
    <entity id="921">
      <generalInfo><identityId>1</identityId><entityType refId="601">Entity</entityType><title>Maker of things</title></generalInfo>
      <sanctionsLists><sanctionsList refId="1" id="1" datePublished="2022-02-24">SDN List</sanctionsList></sanctionsLists>
      <sanctionsPrograms><sanctionsProgram refId="1" id="1">RUSSIA-EO14024</sanctionsProgram></sanctionsPrograms>
      <names>
        <name id="1"><isPrimary>true</isPrimary><isLowQuality>false</isLowQuality><translations>
          <translation id="1"><isPrimary>true</isPrimary><script refId="20122">Latin</script>
            <formattedFullName>EXAMPLE WORKS</formattedFullName></translation>
          <translation id="2"><isPrimary>false</isPrimary><script refId="20107">Cyrillic</script>
            <formattedFullName>ПРИМЕРНЫЙ ЗАВОД</formattedFullName></translation></translations></name>
        <name id="2"><isPrimary>false</isPrimary><aliasType refId="1400">A.K.A.</aliasType><isLowQuality>true</isLowQuality><translations>
          <translation id="3"><isPrimary>true</isPrimary><script refId="20122">Latin</script>
            <formattedFullName>EXWO</formattedFullName></translation></translations></name>
      </names>
      <addresses><address id="1"><country refId="1">Russia</country><translations><translation id="1"><isPrimary>true</isPrimary>
        <script refId="20122">Latin</script><addressParts>
          <addressPart id="1"><type refId="1454">CITY</type><value>Moscow</value></addressPart>
          <addressPart id="2"><type refId="1451">ADDRESS1</type><value>1 Street</value></addressPart>
        </addressParts></translation></translations></address></addresses>
      <identityDocuments><identityDocument id="1"><type refId="1596">Tax ID No.</type>
        <name nameId="1" nameTranslationId="1">EXAMPLE WORKS</name>
        <documentNumber>7801233338</documentNumber><isValid>true</isValid><issuingCountry refId="1">Russia</issuingCountry>
        </identityDocument></identityDocuments>
      <relationships><relationship id="1"><type refId="1">Owned or Controlled By</type>
        <relatedEntity entityId="5">EXAMPLE HOLDING</relatedEntity>
        </relationship></relationships>
    </entity>
  </entities>
</sanctionsData>"""


@pytest.fixture
def consolidated(tmp_path):
    for name, text in (("CONS_PRIM.CSV", PRIM), ("CONS_ALT.CSV", ALT), ("CONS_ADD.CSV", ADD)):
        (tmp_path / name).write_bytes(text.encode())
    return tmp_path


# ---------------------------------------------------------------- the real files


@pytest.fixture(scope="module")
def sdn(lists, lookups):
    (copy,) = read_lists(lists / "ofac_2021", lookups, data_date=dt.date(2021, 7, 31))
    return copy


@pytest.mark.needs_shared
def test_the_three_files_are_read_together(sdn):
    assert (sdn.list, len(sdn.entries), sdn.file) == ("sdn", 8976, "sdn.csv")
    assert Counter(e.type for e in sdn.entries) == {"individual": 4620, "entity": 3673, "vessel": 406, "aircraft": 277}
    by_id = {e.entry_id: e for e in sdn.entries}
    assert by_id["306"].aliases == ("NATIONAL BANK OF CUBA",)
    assert by_id["306"].weak_aliases == ("BNC",)
    assert by_id["306"].addresses[0] == "Zweierstrasse 35, Zurich CH-8022, Switzerland"
    assert set(by_id["306"].countries) >= {"CH", "ES", "JP"}


@pytest.mark.needs_shared
def test_remarks_give_births_numbers_links_and_weak_names(sdn):
    by_id = {e.entry_id: e for e in sdn.entries}
    person = by_id["11936"]
    assert person.birth_dates == ("1966-02-23", "1986-11-03", "1966-01-03")
    assert Identifier("national_id", "RABA660223HTSNNL09", "MX") in person.identifiers
    assert by_id["29885"].linked_to == ("FEDERAL SECURITY SERVICE",)
    assert by_id["29885"].identifiers[0] == Identifier("tax_id", "7801233338", "RU")
    assert sum(i.kind == "imo" for e in sdn.entries for i in e.identifiers) == 400


@pytest.mark.needs_shared
def test_an_archive_and_the_main_file_alone_give_the_same(sdn, lists, lookups, tmp_path):
    archive = tmp_path / "sdn_2021-07-31.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in ("sdn.csv", "alt.csv", "add.csv"):
            packed.write(lists / "ofac_2021" / name, name.upper())
    (zipped,) = read_lists(archive, lookups)
    (alone,) = read_lists(lists / "ofac_2021" / "sdn.csv", lookups, data_date=dt.date(2021, 7, 31))
    assert zipped.entries == alone.entries == sdn.entries
    assert zipped.data_date == sdn.data_date


@pytest.mark.needs_shared
def test_programs_and_directives_tell_the_list_as_the_screening_list_does(lists):
    said, told, sdn_programs, other_programs = defaultdict(set), defaultdict(set), [], []
    ids = {"SSI": "ssi", "FSE": "fse", "PLC": "plc", "CAP": "cap", "CMIC": "cmic", "NS-MBS": "ns_mbs"}
    with (lists / "csl_full_schema_2022-05-16.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            code = re.search(r"\(([A-Z-]+)(?: List)?\)", row["source"])[1]
            programs = row["programs"].split("; ")
            if code in ids:
                said[row["entity_number"]].add(ids[code])
                told[row["entity_number"]].update(lists_of(programs, row["ids"] + row["remarks"]))
                other_programs.append(programs)
            elif code == "SDN":
                sdn_programs.append(programs)
    missed = [number for number in said if not said[number] <= told[number]]
    assert (len(said), len(missed)) == (462, 26)  # 26 affiliates of listed banks, which no directive of their own names yet
    assert is_consolidated(other_programs)
    assert not is_consolidated(sdn_programs)


@pytest.mark.needs_shared
@pytest.mark.parametrize("lost", ["alt.csv", "add.csv"])
def test_without_names_or_addresses_the_list_is_refused(lost, lists, lookups, day, tmp_path):
    for name in {"sdn.csv", "alt.csv", "add.csv"} - {lost}:
        shutil.copy(lists / "ofac_2021" / name, tmp_path / name)
    with pytest.raises(BadInput, match=f"{lost} does not lie beside it"):
        read_lists(tmp_path / "sdn.csv", lookups, data_date=day)


# ---------------------------------------------------------------- the consolidated non-SDN files


def test_a_consolidated_entry_stands_on_each_of_its_lists(consolidated, lookups, day):
    copies = {c.list: c.entries for c in read_lists(consolidated, lookups, data_date=day)}
    assert {i: [e.name for e in entries] for i, entries in copies.items()} == {
        "ssi": ["EXAMPLE BANK"],
        "plc": ["DOE, Jane"],
        "cap": ["EXAMPLE BANK"],
        "cmic": ["EXAMPLE CHIP LIMITED"],
    }
    bank = copies["ssi"][0]
    assert (bank.entry_id, bank.type, bank.aliases, bank.countries) == ("901", "entity", ("EX BANK", "OLD BANK"), ("RU",))
    chip = copies["cmic"][0]
    assert (chip.listed_on, chip.listed_basis, chip.weak_aliases, chip.countries) == (dt.date(2021, 6, 3), "list", ("CHIPPY",), ("CD",))
    person = copies["plc"][0]
    assert (person.birth_dates, person.countries) == (("1967", "1968"), ("PS",))
    assert "born about 1963" in person.note


def test_a_name_without_its_party_is_refused(consolidated, lookups, day):
    (consolidated / "CONS_ALT.CSV").write_bytes(ALT.replace("901,2", "999,2").encode())
    with pytest.raises(BadInput, match="line 2: entry 999 is not in the main file; the files are not of one day"):
        read_lists(consolidated, lookups, data_date=day)


def test_a_record_that_is_cut_off_is_refused(consolidated, lookups, day):
    (consolidated / "CONS_PRIM.CSV").write_bytes(PRIM[: PRIM.index('"NS-PLC"')].encode())
    with pytest.raises(BadInput, match="line 3 has 4 fields where 12 are due; the file may be cut off"):
        read_lists(consolidated, lookups, data_date=day)


# ---------------------------------------------------------------- XML


def test_the_xml_gives_the_date_names_and_numbers(written, lookups):
    (copy,) = read_lists(written("SDN.XML", XML), lookups)
    person, ship = copy.entries
    assert (copy.list, copy.data_date) == ("sdn", dt.date(2026, 10, 7))
    assert (person.entry_id, person.name, person.aliases, person.weak_aliases) == ("911", "DOE, Jane", ("DOW, Janet",), ("JD",))
    assert (person.countries, person.birth_dates, person.programs) == (("RU", "BY"), ("1952-10-07",), ("RUSSIA-EO14024", "NPWMD"))
    assert person.identifiers == (Identifier("passport", "X123", "RU"),)
    assert (person.linked_to, person.addresses) == (("EXAMPLE HOLDING",), ("1 Street, Moscow, Russia",))
    assert (ship.type, ship.identifiers) == ("vessel", (Identifier("imo", "9074729"),))


def test_the_older_namespace_is_read_too(written, lookups):
    text = XML.replace("https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/XML", "http://tempuri.org/sdnList.xsd")
    assert len(read_lists(written("sdn.xml", text), lookups)[0].entries) == 2


def test_fewer_entries_than_the_file_counts_are_refused(written, lookups):
    with pytest.raises(BadInput, match="holds 2 entries and says that it has 9; it may be cut off"):
        read_lists(written("sdn.xml", XML.replace("<Record_Count>2<", "<Record_Count>9<")), lookups)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("<uid>911</uid>", "", "entry 1: ofac: 'uid' or 'lastName' is missing"),
        ("<sdnType>Vessel</sdnType>", "<sdnType>Submarine</sdnType>", "entry 2: ofac: sdnType 'submarine' is not known"),
    ],
)
def test_an_entry_of_a_changed_form_is_refused(old, new, says, written, lookups):
    with pytest.raises(BadInput, match=says):
        read_lists(written("sdn.xml", XML.replace(old, new)), lookups)


def test_remarks_are_sorted_part_by_part():
    found = read_remarks(
        "DOB 08 Sep 1966; POB Privalka; citizen Belarus; Passport A1 (Belarus) issued 2016; alt. Passport B2; Linked To: X Y."
    )
    assert (found.birth_dates, found.places, found.linked_to) == (["1966-09-08"], ["Belarus"], ["X Y"])
    assert found.identifiers == [("Passport", "A1", "Belarus"), ("Passport", "B2", "")]


def test_columns_of_the_sample_are_those_of_the_specification():
    assert {len(record) for record in csv.reader(io.StringIO(PRIM.rstrip("\x1a")))} == {12}
    assert {len(record) for record in csv.reader(io.StringIO(ADD.rstrip("\x1a")))} == {6}


# ---------------------------------------------------------------- the enhanced XML


def test_the_enhanced_form_dates_every_entry_on_each_of_its_lists(written, lookups):
    copies = {c.list: c for c in read_lists(written("CONS_ENHANCED.XML", ENHANCED), lookups)}
    assert {i: (c.data_date, len(c.entries)) for i, c in copies.items()} == {
        "plc": (dt.date(2026, 7, 27), 1),
        "sdn": (dt.date(2026, 7, 27), 1),
    }
    (person,) = copies["plc"].entries
    # the day of the list itself, not that on which it became a part of the Consolidated List
    assert (person.listed_on, person.listed_basis, person.note) == (dt.date(2006, 4, 12), "list", "")
    assert (person.entry_id, person.name, person.aliases) == ("9640", "ABU TEIR, Mohammed", ("ABU TAIR, Mohammed Mahmud",))
    assert (person.type, person.birth_dates, person.programs) == ("individual", ("1951",), ("NS-PLC",))


def test_the_enhanced_form_gives_names_in_every_script_numbers_and_links(written, lookups):
    (works,) = next(c for c in read_lists(written("CONS_ENHANCED.XML", ENHANCED), lookups) if c.list == "sdn").entries
    assert works.aliases == ("ПРИМЕРНЫЙ ЗАВОД",)
    assert works.weak_aliases == ("EXWO",)
    assert works.addresses == ("1 Street, Moscow, Russia",)
    assert works.countries == ("RU",)
    assert works.identifiers == (Identifier("tax_id", "7801233338", "RU"),)
    assert works.linked_to == ("EXAMPLE HOLDING",)
    assert works.listed_on == dt.date(2022, 2, 24)


@pytest.mark.needs_shared
def test_the_enhanced_form_has_the_number_and_the_name_of_the_screening_list(written, lookups, lists):
    (person,) = next(c for c in read_lists(written("CONS_ENHANCED.XML", ENHANCED), lookups) if c.list == "plc").entries
    plc = next(c for c in read_lists(lists / "csl_2026-07-31.csv", lookups) if c.list == "plc")
    other = next(e for e in plc.entries if e.entry_id == person.entry_id)
    assert (other.type, other.programs) == (person.type, person.programs)
    assert _words(other.name) == _words(person.name)  # the screening list puts the given name first
    assert _words(person.aliases[0]) in [_words(alias) for alias in other.aliases]
    assert other.listed_on is None


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('<entity id="9640">', "<entity>", "'id' or the primary name is missing"),
        ("<isPrimary>true</isPrimary>", "<isPrimary>false</isPrimary>", "'id' or the primary name is missing"),
        ('refId="600">Individual', 'refId="600">Wallet', "entityType 'wallet' is not known"),
        ("</sanctionsData>", "", "not well-formed XML"),
        ('encoding="utf-8"?>', 'encoding="utf-8"?><!DOCTYPE x [<!ENTITY y "z">]>', "declares a document type or entities"),
    ],
)
def test_an_enhanced_file_that_is_not_whole_is_refused(old, new, says, written, lookups):
    with pytest.raises(BadInput, match=re.escape(says)):
        read_lists(written("CONS_ENHANCED.XML", ENHANCED.replace(old, new)), lookups)


def test_the_advanced_form_is_refused_with_what_to_give_instead(written, lookups, day):
    text = (
        '<?xml version="1.0"?><Sanctions xmlns="https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/ADVANCED_XML"/>'
    )
    with pytest.raises(BadInput, match=r"SDN_ENHANCED\.XML"):
        read_lists(written("SDN_ADVANCED.XML", text), lookups, data_date=day)


def _words(name):
    return sorted(name.replace(",", "").split())
