"""Conjunction data messages: read (KVN, XML, Space-Track's JSON), written (KVN, XML), and as values."""

from debrissim.cdm.message import CdmObject, CdmSummaries, Conjunction
from debrissim.cdm.read import parse_cdm, read_cdm, read_cdm_summaries
from debrissim.cdm.write import cdm_kvn, cdm_xml

__all__ = [
    "CdmObject",
    "CdmSummaries",
    "Conjunction",
    "cdm_kvn",
    "cdm_xml",
    "parse_cdm",
    "read_cdm",
    "read_cdm_summaries",
]
