"""The tables of the supply chain; Django loads every model from this package."""

from supplychain.models.custody import Flag, Output, OverReceipt, Trade
from supplychain.models.descent import Descent, Transformation
from supplychain.models.devices import Device
from supplychain.models.disclosures import DisclosureGrant, DisclosureRead
from supplychain.models.exceptions import ExceptionCase
from supplychain.models.imports import CaptureJob, ImportedEvent, ImportedFile
from supplychain.models.loggers import LoggerClock, LoggerMapping
from supplychain.models.lots import Lot
from supplychain.models.notices import CheckpointCursor, Notice
from supplychain.models.packs import Container, Pack, PackName, PackNode, PackSecret
from supplychain.models.parties import CompanyPrefix, Organisation
from supplychain.models.people import ApiToken, Membership, ReleaseProposal
from supplychain.models.products import Product, ProfileDocument
from supplychain.models.readings import ASKING, Leg, LegAnswer, Series, SeriesChunk
from supplychain.models.recalls import RecallAnswer
from supplychain.models.request_keys import RequestKey
from supplychain.models.sightings import PackDoubt, Sighting
from supplychain.models.trackers import (
    Tracker,
    TrackerBatch,
    TrackerHook,
    TrackerLoad,
    TrackerReading,
)
from supplychain.models.verifications import Responder, VerificationMessage

__all__ = [
    "ASKING",
    "ApiToken",
    "CaptureJob",
    "CheckpointCursor",
    "CompanyPrefix",
    "Container",
    "Descent",
    "Device",
    "DisclosureGrant",
    "DisclosureRead",
    "ExceptionCase",
    "Flag",
    "ImportedEvent",
    "ImportedFile",
    "Leg",
    "LegAnswer",
    "LoggerClock",
    "LoggerMapping",
    "Lot",
    "Membership",
    "Notice",
    "Organisation",
    "Output",
    "OverReceipt",
    "Pack",
    "PackDoubt",
    "PackName",
    "PackNode",
    "PackSecret",
    "Product",
    "ProfileDocument",
    "RecallAnswer",
    "ReleaseProposal",
    "RequestKey",
    "Responder",
    "Series",
    "SeriesChunk",
    "Sighting",
    "Tracker",
    "TrackerBatch",
    "TrackerHook",
    "TrackerLoad",
    "TrackerReading",
    "Trade",
    "Transformation",
    "VerificationMessage",
]
