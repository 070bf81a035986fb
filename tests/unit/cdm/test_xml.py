"""CDMs as XML: the same values as from KVN, nil elements, malformed documents."""

from __future__ import annotations

import re

import numpy as np
import pytest
from support.cdm_samples import kvn, xml

from debrissim.cdm import parse_cdm
from debrissim.core.errors import InputError


def read(text: str):
    (found,) = parse_cdm(text.encode(), "x.xml")
    return found


def test_the_same_message_as_from_kvn() -> None:
    found, other = read(xml()), read(kvn())
    for name in (
        "tca_jd",
        "tca_fraction",
        "originator",
        "message_id",
        "miss_distance_m",
        "collision_probability",
    ):
        assert getattr(found, name) == getattr(other, name)
    for ours, theirs in ((found.primary, other.primary), (found.secondary, other.secondary)):
        np.testing.assert_array_equal(ours.state, theirs.state)
        np.testing.assert_array_equal(ours.covariance_rtn, theirs.covariance_rtn)
        assert (ours.name, ours.designator, ours.mass_kg) == (theirs.name, theirs.designator, theirs.mass_kg)


def test_nil_elements_have_no_value() -> None:
    assert read(xml(COLLISION_PROBABILITY="nil")).collision_probability is None
    with pytest.raises(InputError, match="MISS_DISTANCE is missing"):
        read(xml(MISS_DISTANCE="nil"))
    with pytest.raises(InputError, match="CR_R of OBJECT1 is missing"):
        read(xml(OBJECT1_CR_R="nil"))


def test_several_messages_and_namespaces() -> None:
    one = xml().split("\n", 1)[1]
    text = f'<n:ndm xmlns:n="urn:x">{one}{one.replace("MADE-UP-1", "MADE-UP-2")}</n:ndm>'
    assert [m.message_id for m in parse_cdm(text.encode(), "x")] == ["MADE-UP-1", "MADE-UP-2"]


def test_comments_carry_the_radius() -> None:
    commented = xml().replace("<TCA>", "<COMMENT>HBR = 12 [m]</COMMENT><TCA>")
    assert read(commented).hard_body_radius_m == 12.0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("</cdm>", ""), "malformed XML (no element found)"),
        (("<X ", "<Q>1</Q><X "), "unknown keyword 'Q'"),
        (("<X ", "<X units='km'>1</X><X "), "X is given twice"),
        (('<X units="km">', '<X units="m">'), "X of OBJECT1: expected the unit [km], got [m]"),
        (("<TCA>", "<TCA><B>1</B>"), "unexpected <B> inside <TCA>"),
        (("<cdm", "<cdmx"), "malformed XML (mismatched tag)"),
        (('version="1.0">', 'version="">'), "CCSDS_CDM_VERS is missing"),
    ],
)
def test_faults(change: tuple[str, str], sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        read(xml().replace(*change, 1))
    assert sentence in str(caught.value)
    assert str(caught.value).startswith("x.xml: ")


def test_foreign_documents_and_entities() -> None:
    with pytest.raises(InputError, match="XML with the root <ndm>; expected <cdm>"):
        read("<ndm><omm/></ndm>")
    with pytest.raises(InputError, match="entity 'a' declared"):
        read('<!DOCTYPE cdm [<!ENTITY a "b">]>' + xml().split("\n", 1)[1])


def test_lines_are_counted_from_the_top_of_the_file() -> None:
    text = "\n\n" + xml(MISS_DISTANCE="far")
    line = text[: text.index("<MISS_DISTANCE")].count("\n") + 1
    with pytest.raises(InputError, match=f"line {line}: MISS_DISTANCE: expected a number, got 'far'"):
        read(text)


def test_groups_and_keywords_of_version_2() -> None:
    extra = (
        "<additionalCovarianceMetadata><CSCALE_FACTOR>1.1</CSCALE_FACTOR></additionalCovarianceMetadata>"
        "<xyzCovarianceMatrix><CX_X>1</CX_X></xyzCovarianceMatrix></data>"
    )
    text = xml().replace("</data>", extra, 1)
    (found,) = parse_cdm(text.replace('version="1.0"', 'version="2.0"').encode(), "x")
    assert found.primary.other["CSCALE_FACTOR"] == "1.1"
    assert found.notes == ()
    with pytest.raises(InputError, match="unexpected <CSCALE_FACTOR> inside <additionalCovarianceMetadata>"):
        parse_cdm(text.encode(), "x")


def test_user_defined_parameters_are_noted() -> None:
    extra = '<userDefinedParameters><USER_DEFINED parameter="A">1</USER_DEFINED></userDefinedParameters>'
    (found,) = parse_cdm(xml().replace("<segment>", extra + "<segment>", 1).encode(), "x")
    assert found.notes == ("USER_DEFINED_A: not a keyword of CCSDS 508.0; it is not used",)


def test_prefixes_default_namespaces_and_wrappers() -> None:
    plain = parse_cdm(xml().encode(), "x")[0].primary.state.tolist()
    body = xml().split("\n", 1)[1]
    prefixed = re.sub(r"<(/?)(\w)", r"<\1n:\2", body).replace("<n:cdm ", '<n:cdm xmlns:n="urn:x" ')
    for text in (f"<ndm>{body}</ndm>", body.replace("<cdm ", '<cdm xmlns="urn:ccsds" '), prefixed):
        assert parse_cdm(text.encode(), "x")[0].primary.state.tolist() == plain
