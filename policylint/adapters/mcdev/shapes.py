"""An object of Marketing Cloud → its type, by the fields that only this type has; words that all types share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policylint.adapters.drafts import mapping, mappings
from policylint.model.source import Document, Unknown

CARRIES = (
    "name",
    "channel",
    "messages.kind",
    "messages.category",
    "messages.language",
    "messages.subject",
    "messages.body",
    "messages.template.name",
    "messages.template.status",
    "messages.template.declared_category",
    "messages.template.components",
    "schedule.start",
    "schedule.end",
    "schedule.recurrence",
)

IN_ASSET = Unknown("the text stands in the asset that is sent")
SUBJECT_IN_ASSET = Unknown("the subject stands in the asset that is sent")
IN_FILES_BESIDE = Unknown("the text stands in files of its own")
BY_EVENT = Unknown("whoever the event or the request that starts it names")

# Asset.definition.js, Journey.js, MobileMessage.js and their test resources: github.com/Accenture/sfmc-devtools.
_SMS_MESSAGE = "ExactTarget.Mobile.Sms.Core.Entities.SmsMessageEntity"


def type_of(data: Any) -> str | None:
    """Return mcdev's name for the type of an object, such as ``asset``, or None for anything else."""
    if not isinstance(data, dict):
        return None
    if isinstance(mapping(data.get("assetType")).get("name"), str):
        return "asset" if not {"customerKey", "views", "modelVersion"}.isdisjoint(data) else None
    if isinstance(data.get("steps"), list):
        return "automation" if _has_activities(data) else None
    if isinstance(data.get("activities"), list) and isinstance(data.get("triggers"), list):
        return "journey" if not {"definitionType", "workflowApiVersion"}.isdisjoint(data) else None
    return _send_type(data)


def _has_activities(data: Mapping[str, Any]) -> bool:
    activities = [activity for _, step in mappings(data["steps"]) for _, activity in mappings(step.get("activities"))]
    return any(isinstance(activity.get("r__type"), str) for activity in activities)


def _send_type(data: Mapping[str, Any]) -> str | None:
    if isinstance(data.get("SendDefinitionList"), list):
        return "emailSend"
    if isinstance(data.get("TriggeredSendStatus"), str) or isinstance(data.get("TriggeredSendType"), str):
        return "triggeredSend"
    if data.get("type") == _SMS_MESSAGE or {"sendMethod", "optinType", "statusId"} <= data.keys():
        return "mobileMessage"
    if isinstance(data.get("keywordType"), str) and not {"c__codeKeyword", "keyword"}.isdisjoint(data):
        return "mobileKeyword"
    if isinstance(data.get("definitionKey"), str):
        return _transactional_type(data)
    return None


def _transactional_type(data: Mapping[str, Any]) -> str | None:
    subscriptions = mapping(data.get("subscriptions"))
    if "applicationId" in data:
        return "transactionalPush"
    if not {"r__mobileKeyword_key", "r__mobileKeyword_codeKeyword", "shortCode", "keyword"}.isdisjoint(subscriptions):
        return "transactionalSMS"
    to_list = {"r__list_PathName", "r__dataExtension_key", "r__dataExtension_CustomerKey", "list", "dataExtension"}
    return "transactionalEmail" if not to_list.isdisjoint(subscriptions) else None


def beside_named(document: Document, extension: str) -> Document | None:
    """Return the file that mcdev puts the text of an object into: of the same name but for its ending."""
    name = document.path.rpartition("/")[2]
    if not name.endswith(".json"):
        return None
    return document.beside(f"{name.removesuffix('.json')}.{extension}")
