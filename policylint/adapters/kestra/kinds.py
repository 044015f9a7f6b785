"""Types of tasks: which send on which channel and through whom, and where they say to whom and what."""

from __future__ import annotations

from policylint.model.source import Unknown
from policylint.model.tuples import NamedTuple

BY_IDENTITY = Unknown("Twilio Notify chooses the channel by what is registered for the identity")
BY_ACCOUNT = Unknown("the account at the provider chooses the channel")


class Kind(NamedTuple):
    """What a type of task sends."""

    type: str
    """A regular expression for the end of the type, without letter case."""
    channel: str | Unknown
    provider: str | None = None
    to: tuple[str, ...] = ("to",)
    what: tuple[str, ...] = ("body", "textBody", "messageText", "payload")


_EMAIL_TEXTS = ("htmlTextContent", "plainTextContent", "htmlContent", "textContent", "body")
# kestra-io/plugin-notifications and the plug-ins that it was split into.
KINDS: tuple[Kind, ...] = (
    Kind(r"\.whatsapp\.\w+", "whatsapp", None, ("whatsAppIds", "recipientId", "to")),
    Kind(r"\.(?:mail|email)\.(?:MailSend|MailExecution|MailTemplate|Send\w*)", "email", None, ("to",), _EMAIL_TEXTS),
    Kind(r"\.sendgrid\.SendGridMail\w+", "email", None, ("to",), _EMAIL_TEXTS),
    Kind(r"\.(?:outlook|ses|mailgun|mailjet|postmark|gmail)\.(?:\w+\.)?Send\w*", "email", None, ("to",), _EMAIL_TEXTS),
    Kind(r"\.twilio\.(?:\w+\.)*(?:sms|mms)\.Send\w*", "sms", "twilio"),
    Kind(r"\.twilio\.(?:\w+\.)*rcs\.Send\w*", "rcs", "twilio"),
    Kind(r"\.twilio\.(?:\w+\.)*Twilio(?:Alert|Execution|Template)", BY_IDENTITY, "twilio", ("identity", "tag")),
    Kind(r"\.sent\.messages\.SendMessage", BY_ACCOUNT, None, ("to",), ("text",)),
    Kind(r"\.telegram\.(?:Telegram)?(?:Send|Execution|Template)\w*", "telegram", None, ("channel", "chatId")),
    Kind(r"\.messenger\.Messenger\w+", "messenger", None, ("recipientIds",), ("textBody", "customMessage")),
    Kind(r"\.line\.Line\w+", "line", None, (), ("textBody", "customMessage")),
    Kind(
        r"\.(?:slack|discord|teams|googlechat|google|chat|zulip|mattermost|rocketchat)\.(?:notifications\.)?"
        r"\w*(?:IncomingWebhook|Execution|Template)",
        "push",
    ),
    Kind(r"\.slack\.app\.(?:chats|messages)\.Post\w*", "push", None, ("channel",)),
    Kind(r"\.(?:opsgenie|pagerduty|squadcast|zenduty|sentry)\.\w+(?:Alert|Execution|IncomingWebhook)", "push"),
    Kind(r"\.core\.http\.Request|\.fs\.http\.Request|\.http\.Request", BY_ACCOUNT),
)
