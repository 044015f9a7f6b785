"""Words of Meta's Graph API and of stores near its shape: categories, languages, statuses, names of fields."""

from __future__ import annotations

import re

CATEGORIES = frozenset(["marketing", "utility", "authentication"])
# Categories of before June 2023, in Meta's older API references.
RETIRED = frozenset(
    [
        "transactional",
        "otp",
        "account_update",
        "alert_update",
        "appointment_update",
        "auto_reply",
        "issue_resolution",
        "payment_update",
        "personal_finance_update",
        "reservation_update",
        "shipping_update",
        "ticket_update",
        "transportation_update",
    ]
)
STATUSES = frozenset(
    [
        "approved",
        "archived",
        "deleted",
        "disabled",
        "draft",
        "in_appeal",
        "limit_exceeded",
        "paused",
        "pending",
        "pending_deletion",
        "rejected",
        "submitted",
    ]
)
# The base codes of Meta's language list; locales such as es_CO come on top.
LANGUAGES = frozenset(
    [
        *("af", "ar", "az", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fil", "fr", "ga"),
        *("gu", "ha", "he", "hi", "hr", "hu", "id", "it", "ja", "ka", "kk", "kn", "ko", "ky", "lo", "lt", "lv", "mk"),
        *("ml", "mr", "ms", "nb", "nl", "pa", "pl", "pt", "ro", "ru", "rw", "sk", "sl", "sq", "sr", "sv", "sw", "ta"),
        *("te", "th", "tr", "uk", "ur", "uz", "vi", "zh", "zu"),
    ]
)
COMPONENT_TYPES = frozenset(["header", "body", "footer", "buttons", "carousel", "limited_time_offer"])
# What a component has where it defines a template; the components of a send hold `parameters` instead.
DEFINING = (
    "text",
    "format",
    "buttons",
    "cards",
    "example",
    "limited_time_offer",
    "add_security_recommendation",
    "code_expiration_minutes",
)
# Fields of a template in Meta's Graph API that nothing else is likely to have, and what names one of its categories.
META_FIELDS = frozenset(
    [
        "allow_category_change",
        "body_param_types",
        "correct_category",
        "cta_url_link_tracking_opted_out",
        "library_template_name",
        "message_send_ttl_seconds",
        "meta_category",
        "metaCategory",
        "parameter_format",
        "previous_category",
        "quality_score",
        "rejected_reason",
        "sub_category",
        "waba_id",
    ]
)
OTHER_CHANNELS = frozenset(["e-mail", "email", "html", "mail", "mms", "push", "rcs", "sms", "telegram", "voice", "web"])

NAMES = ("name", "template_name", "templateName", "elementName", "element_name")
KEYS = ("id", "key", "slug", "code")
# Stores with an order of their own under `category` say Meta's beside it.
CATEGORY_FIELDS = ("meta_category", "metaCategory", "category", "template_category", "templateCategory")
STATUS_FIELDS = ("status", "templateStatus")
LANGUAGE_FIELDS = ("language", "lang", "locale", "language_code", "languageCode", "templateLanguage")
VARIANT_FIELDS = ("languages", "localizations", "translations")
TEXT_FIELDS = ("body", "text", "content", "message")
SAMPLE_FIELDS = ("samples", "sample_values", "examples", "example", "sample")
BUTTON_FIELDS = ("buttons", "button", "quick_replies")

META_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
LANGUAGE_CODE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?\Z")
POSITIONAL = re.compile(r"\{\{\s*\d+\s*\}\}")
PLACEHOLDER = re.compile(r"\{[^{}\s]+\}|%[sd]|\$[A-Za-z]")
CONTENT_TYPES = ("twilio/", "whatsapp/")
