"""Project facts, defaults, and the route that a provider or a library means."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from policylint.adapters import native
from policylint.model.source import NOT_CARRIED, Document, Pointer, Unknown
from policylint.parse import parse
from policylint.project.completion import Defaults, complete
from policylint.project.facts import MAXIMUM_SIZE, Facts, project_root, read_facts
from policylint.record import ProviderTable

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign

TABLE = ProviderTable(
    {
        "providers": {
            "meta": {"route": "official", "variables": ["^WHATSAPP_PHONE_NUMBER_ID$"]},
            "twilio": {"route": "bsp", "variables": ["^TWILIO_WHATSAPP_"]},
            "evolution-api": {
                "route": "unofficial",
                "library": "baileys",
                "images": ["evolution-api"],
                "variables": ["^EVOLUTION_API_KEY$"],
            },
            "callmebot": {"route": "relay", "variables": ["^CALLMEBOT_"]},
            "wa.me": {"route": "link", "variables": ["^WA_ME_"]},
            "any-client": {
                "route": "unofficial",
                "unnamed": True,
                "names": ["web"],
                "sessions": ["wa-session"],
                "comments": ["whatsapp web"],
                "variables": ["^WA_SESSION_"],
            },
        },
        "libraries": {
            "baileys": {
                "route": "unofficial",
                "packages": {"npm": ["@whiskeysockets/baileys", "baileys"], "packagist": ["acme/baileys-php"]},
            },
            "whatsapp-web.js": {
                "route": "unofficial",
                "packages": {"npm": ["whatsapp-web.js"]},
                "sessions": ["wwebjs_auth"],
            },
            "neonize": {"route": "unofficial", "packages": {"pypi": ["neo-nize"]}},
            "whatsmeow": {"route": "unofficial", "packages": {"go": ["go.mau.fi/whatsmeow"]}},
            "meta-sdk": {"route": "official", "packages": {"npm": ["whatsapp"]}},
        },
    }
)
NO_DEFAULTS = Defaults({})


def read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project's folder that is the working folder too."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return tmp_path


def put(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def facts_of(root: Path, files: dict[str, str], folder: str = ".") -> Facts:
    put(root, files)
    return read_facts(root, root / folder, TABLE, read)


def shown(facts: Facts) -> dict[str, tuple[str, str, Pointer, int]]:
    """Return each fact's value, file, pointer and line."""
    return {
        name: (
            fact.value,
            fact.place.document.path,
            fact.place.pointer,
            fact.place.region().start.line,
        )
        for name, fact in facts.sender.items()
    }


def document_of(text: str) -> Document:
    return parse("campaign.yaml", text.encode()).documents[0]


def campaign_of(**fields: Any) -> Campaign:
    record = {"campaign": "x", "channel": "whatsapp", **fields}
    document = parse("campaign.json", json.dumps(record).encode()).documents[0]
    return native.adapt(document, TABLE).campaigns[0]._replace(data=record)


def completed(facts: Facts | None = None, **fields: Any) -> Campaign:
    return complete(campaign_of(**fields), lambda: facts or Facts(), NO_DEFAULTS, TABLE)


def package(**dependencies: dict[str, str]) -> str:
    return json.dumps(dependencies, indent=2)


BAILEYS = package(dependencies={"left-pad": "1", "@whiskeysockets/baileys": "^6"})
WEB_JS = package(dependencies={"whatsapp-web.js": "^1"})

# --- where the project begins -------------------------------------------------------------------------------------


def test_root_is_the_nearest_folder_with_git(root: Path) -> None:
    (root / "a" / "b").mkdir(parents=True)
    (root / "a" / ".git").write_text("gitdir: elsewhere")  # as in a worktree
    assert project_root(root / "a" / "b") == root / "a"
    assert project_root(Path("a") / "b") == root / "a"
    assert project_root(root) == root


def test_root_is_the_folder_itself_without_git(tmp_path: Path) -> None:
    assert project_root(tmp_path / "none") == tmp_path / "none"


# --- manifests ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "field", "expected"),
    [
        (
            "package.json",
            BAILEYS,
            "library",
            ("baileys", ("dependencies", "@whiskeysockets/baileys"), 4, "declares @whiskeysockets/baileys"),
        ),
        (
            "package.json",
            package(optionalDependencies={"whatsapp-web.js": "^1"}),
            "library",
            ("whatsapp-web.js", ("optionalDependencies", "whatsapp-web.js"), 3, "declares whatsapp-web.js"),
        ),
        (
            "package.json",
            package(dependencies={"wa": "npm:@whiskeysockets/baileys@6"}),
            "library",
            ("baileys", ("dependencies", "wa"), 3, "declares @whiskeysockets/baileys"),
        ),
        (
            "requirements.txt",
            "requests\nneo_nize>=0.3\n",
            "library",
            ("neonize", ("neo_nize",), 2, "declares neo_nize"),
        ),
        (
            "requirements-prod.txt",
            "neo-nize==1",
            "library",
            ("neonize", ("neo-nize",), 1, "declares neo-nize"),
        ),
        (
            "pyproject.toml",
            '[project]\nname = "x"\ndependencies = [\n  "requests",\n  "neo-nize[full]>=1",\n]\n',
            "library",
            ("neonize", ("project", "dependencies", 1), 5, "declares neo-nize"),
        ),
        (
            "pyproject.toml",
            '[tool.poetry]\nname = "neo-nize-bot"\n\n[tool.poetry.dependencies]\npython = "^3.11"\nneo-nize = "^1"\n',
            "library",
            ("neonize", ("tool", "poetry", "dependencies", "neo-nize"), 6, "declares neo-nize"),
        ),
        (
            "go.mod",
            "module x\n\nrequire (\n\tgithub.com/a/b v1.0.0\n\tgo.mau.fi/whatsmeow v0.0.0-2026\n)\n",
            "library",
            ("whatsmeow", ("go.mau.fi/whatsmeow",), 5, "declares go.mau.fi/whatsmeow"),
        ),
        (
            "composer.json",
            '{"require": {"acme/baileys-php": "^1"}}',
            "library",
            ("baileys", ("require", "acme/baileys-php"), 1, "declares acme/baileys-php"),
        ),
        (
            "docker-compose.prod.yml",
            "services:\n  wa:\n    image: evoapicloud/evolution-api:v2\n",
            "provider",
            ("evolution-api", ("services", "wa", "image"), 3, "runs evoapicloud/evolution-api:v2"),
        ),
        (
            "compose.yaml",
            "services:\n  app:\n    build: .\n    environment:\n      EVOLUTION_API_KEY: ${KEY}\n",
            "provider",
            ("evolution-api", ("services", "app", "environment", "EVOLUTION_API_KEY"), 5, "sets EVOLUTION_API_KEY"),
        ),
        (
            "compose.yaml",
            "services:\n  app:\n    environment:\n      - A=1\n      - EVOLUTION_API_KEY=x\n",
            "provider",
            ("evolution-api", ("services", "app", "environment", 1), 5, "sets EVOLUTION_API_KEY"),
        ),
        (
            ".env",
            "# nothing\nexport EVOLUTION_API_KEY='x'\n",
            "provider",
            ("evolution-api", ("EVOLUTION_API_KEY",), 2, "sets EVOLUTION_API_KEY"),
        ),
        (
            "Pipfile",
            '[packages]\nflask = "*"\nneo-nize = "*"\n',
            "library",
            ("neonize", ("packages", "neo-nize"), 3, "declares neo-nize"),
        ),
        (
            "compose.yaml",
            "services:\n  app:\n    build: {context: 'https://me:pw@x.org/evolution-api.git#main'}\n",
            "provider",
            (
                "evolution-api",
                ("services", "app", "build", "context"),
                3,
                "builds https://x.org/evolution-api.git#main",
            ),
        ),
        (
            "compose.yaml",
            "services:\n  app:\n    image: x\n    volumes: ['./s:/app/.wwebjs_auth']\n",
            "library",
            ("whatsapp-web.js", ("services", "app", "volumes", 0), 4, "mounts ./s:/app/.wwebjs_auth"),
        ),
        (
            "prod.env",
            "WA_SESSION_PATH=./wwebjs_auth\n",
            "library",
            ("whatsapp-web.js", ("WA_SESSION_PATH",), 1, "sets WA_SESSION_PATH"),
        ),
        (
            ".env",
            "WA_SESSION_PATH=./wa-session\n",
            "provider",
            ("any-client", ("WA_SESSION_PATH",), 1, "sets WA_SESSION_PATH"),
        ),
        (
            ".env",
            "WHATSAPP_PROVIDER=baileys # or meta\n",
            "library",
            ("baileys", ("WHATSAPP_PROVIDER",), 1, "sets WHATSAPP_PROVIDER to baileys"),
        ),
        (
            ".env",
            "WHATSAPP_HOST=http://evolution-api:8080\n",
            "provider",
            ("evolution-api", ("WHATSAPP_HOST",), 1, "sets WHATSAPP_HOST"),
        ),
        (
            ".env.example",
            "WHATSAPP_PHONE_NUMBER_ID=\n",
            "provider",
            ("meta", ("WHATSAPP_PHONE_NUMBER_ID",), 1, "sets WHATSAPP_PHONE_NUMBER_ID"),
        ),
    ],
)
def test_what_manifests_show(
    root: Path, name: str, text: str, field: str, expected: tuple[str, Pointer, int, str]
) -> None:
    facts = facts_of(root, {name: text})
    value, pointer, line, said = expected
    assert shown(facts) == {field: (value, name, pointer, line)}
    assert facts.sender[field].said == f"{name} {said}"
    assert (facts.conflict, facts.notes) == (None, ())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("package.json", package(devDependencies={"whatsapp-web.js": "^1"})),
        ("package.json", package(peerDependencies={"whatsapp-web.js": "^1"})),
        ("package.json", '{"name": "whatsapp-web.js", "dependencies": ["whatsapp-web.js"]}'),
        ("package-lock.json", BAILEYS),
        ("requirements-dev.txt", "neo-nize"),
        ("pyproject.toml", '[dependency-groups]\ntest = ["neo-nize"]\n[project]\ndependencies = "neo-nize"\n'),
        ("go.mod", "module x\n\nrequire (\n\tgo.mau.fi/whatsmeow v0.0.0 // indirect\n)\n"),
        ("composer.json", '{"require-dev": {"acme/baileys-php": "^1"}}'),
        ("compose.yaml", "services:\n  app: {image: postgres, environment: [1, null]}\n  other: null\n"),
        ("compose.yaml", "- services\n"),
        (".env", "# EVOLUTION_API_KEY=x\nWA_ME_LINK=https://wa.me/1\n"),
        (".envrc", "EVOLUTION_API_KEY=x\n"),
        (".env", "# opens WhatsApp Web\nWHATSAPP_ENABLED=1\n"),
        ("Pipfile", '[dev-packages]\nneo-nize = "*"\n'),
        ("Pipfile.lock", '{"packages": {"neo-nize": {}}}'),
        ("compose.yaml", "services:\n  a: {image: x, volumes: [1, {target: 2}], build: [waha]}\n"),
        ("node_modules/a/package.json", BAILEYS),
        (".hidden/package.json", BAILEYS),
        ("a/b/package.json", BAILEYS),
    ],
)
def test_what_shows_nothing(root: Path, name: str, text: str) -> None:
    facts = facts_of(root, {name: text})
    assert (facts.sender, facts.conflict, facts.notes) == ({}, None, ())


def test_the_nearest_folder_decides(root: Path) -> None:
    files = {"package.json": BAILEYS, "a/package.json": WEB_JS, "a/b/readme.md": ""}
    assert shown(facts_of(root, files, "a/b"))["library"][:2] == ("whatsapp-web.js", "a/package.json")
    assert shown(facts_of(root, {}, "."))["library"][:2] == ("baileys", "package.json")


def test_sub_folders_of_the_root_count_as_the_root(root: Path) -> None:
    facts = facts_of(root, {"bridge/package.json": WEB_JS, "campaigns/x.yaml": ""}, "campaigns")
    assert shown(facts) == {
        "library": ("whatsapp-web.js", "bridge/package.json", ("dependencies", "whatsapp-web.js"), 3)
    }


def test_a_folder_outside_the_root_stands_for_itself(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    put(root, {"package.json": BAILEYS})
    assert read_facts(root, outside, TABLE, read).sender == {}


def test_a_folder_that_does_not_exist_shows_nothing(root: Path) -> None:
    assert read_facts(root / "none", root / "none" / "deeper", TABLE, read) == Facts()


def test_official_and_unofficial_signs_show_nothing_together(root: Path) -> None:
    facts = facts_of(root, {"package.json": WEB_JS, "infra/.env": "WHATSAPP_PHONE_NUMBER_ID=1\n"})
    assert facts.sender == {}
    assert facts.conflict == (
        "cannot tell who carries the messages: package.json declares whatsapp-web.js, "
        "but infra/.env sets WHATSAPP_PHONE_NUMBER_ID"
    )


def test_a_setting_that_chooses_a_provider_leaves_the_others_out(root: Path) -> None:
    both = "WHATSAPP_PHONE_NUMBER_ID=1\nEVOLUTION_API_KEY=1\n"
    assert facts_of(root, {".env": both}).conflict is not None
    facts = facts_of(root, {".env": f"{both}WHATSAPP_PROVIDER=meta\n"})
    assert ({name: fact.value for name, fact in facts.sender.items()}, facts.conflict) == ({"provider": "meta"}, None)
    facts = facts_of(root, {".env": f"{both}WHATSAPP_PROVIDER=evolution-api\n"})
    assert {name: fact.value for name, fact in facts.sender.items()} == {"provider": "evolution-api"}
    facts = facts_of(root, {".env": f"{both}WHATSAPP_PROVIDER=web\n"})
    assert {name: fact.value for name, fact in facts.sender.items()} == {"provider": "evolution-api"}
    other = f"{both}WHATSAPP_PROVIDER=meta\nWA_DRIVER=baileys\n"  # two settings that choose differently choose nothing
    assert facts_of(root, {".env": other}).conflict is not None


def test_a_client_that_is_named_stands_before_one_that_is_not(root: Path) -> None:
    facts = facts_of(root, {"a/.env": "WA_SESSION_PATH=./wa-session\n", "package.json": WEB_JS})
    assert {name: fact.value for name, fact in facts.sender.items()} == {"library": "whatsapp-web.js"}


@pytest.mark.parametrize(
    ("variables", "integration"),
    [
        ("WA_BUSINESS_TOKEN_WEBHOOK=x\n", "cloud_api"),
        ("WA_BUSINESS_TOKEN_WEBHOOK=${X}\n", "cloud_api"),
        ("WA_BUSINESS_TOKEN_WEBHOOK=\n", None),
        ("WA_BUSINESS_TOKEN_WEBHOOK=x\nQRCODE_LIMIT=30\n", None),
        ("WA_BUSINESS_TOKEN_WEBHOOK=x\nCONFIG_SESSION_PHONE_CLIENT=x\n", None),
    ],
)
def test_the_webhook_of_the_cloud_api_shows_the_integration_unless_devices_are_linked(
    root: Path, variables: str, integration: str | None
) -> None:
    facts = facts_of(root, {".env": f"EVOLUTION_API_KEY=1\n{variables}"})
    expected = {"provider": "evolution-api", **({"integration": integration} if integration else {})}
    assert {name: fact.value for name, fact in facts.sender.items()} == expected


def test_of_several_unofficial_clients_the_first_stands_for_all(root: Path) -> None:
    files = {".env": "CALLMEBOT_KEY=1\nEVOLUTION_API_KEY=1\n", "package.json": WEB_JS}
    facts = facts_of(root, files)
    assert {name: fact.value for name, fact in facts.sender.items()} == {
        "provider": "evolution-api",
        "library": "whatsapp-web.js",
    }


def test_of_several_official_providers_none_is_taken(root: Path) -> None:
    facts = facts_of(root, {".env": "TWILIO_WHATSAPP_FROM=1\nWHATSAPP_PHONE_NUMBER_ID=1\n"})
    assert (facts.sender, facts.conflict) == ({}, None)


@pytest.mark.parametrize(
    ("value", "integration"),
    [("WHATSAPP-BUSINESS", "cloud_api"), ("WHATSAPP-BAILEYS", "baileys"), ("EVOLUTION", None), ("${X}", None)],
)
def test_the_integration_of_evolution_api(root: Path, value: str, integration: str | None) -> None:
    text = f"services:\n  wa:\n    image: evolution-api\n    environment:\n      - INSTANCE_INTEGRATION={value}\n"
    facts = facts_of(root, {"docker-compose.yml": text})
    expected = {"provider": "evolution-api", **({"integration": integration} if integration else {})}
    assert {name: fact.value for name, fact in facts.sender.items()} == expected
    campaign = completed(facts, sender={"product": "business_platform"})
    assert campaign.data["sender"]["route"] == ("bsp" if integration == "cloud_api" else "unofficial")
    assert campaign.data["sender"].get("library") == (None if integration == "cloud_api" else "baileys")


def test_evolution_api_with_the_cloud_api_does_not_clash_with_meta(root: Path) -> None:
    text = "EVOLUTION_API_KEY=1\nWA_INTEGRATION=WHATSAPP-BUSINESS\nWHATSAPP_PHONE_NUMBER_ID=1\n"
    assert facts_of(root, {".env": text}).conflict is None


def test_what_cannot_be_read_is_noted(root: Path) -> None:
    put(
        root,
        {
            "package.json": "{",
            "pyproject.toml": "[",
            "composer.json": " " * (MAXIMUM_SIZE + 1),
            ".env": "EVOLUTION_API_KEY=1",
            "compose.yml": "services: {}\n",
        },
    )
    facts = read_facts(root, root, TABLE, lambda path: None if path.name == "compose.yml" else read(path))
    assert facts.sender["provider"].value == "evolution-api"
    assert facts.notes == (
        "package.json cannot be parsed",
        "pyproject.toml cannot be parsed",
        "composer.json is larger than 2,000,000 bytes and was not read",
        "compose.yml cannot be read",
    )


@pytest.mark.parametrize(
    "name", ["package.json", "requirements.txt", "pyproject.toml", "go.mod", "composer.json", "compose.yml", ".env"]
)
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"\x80",
        b"[]",
        b"{}",
        b'{"dependencies": {"a": {"b": 1}}, "require": [1], "services": {"a": []}}',
        b'{"services": {"a": {"image": 1, "environment": {"X_INTEGRATION": null, "Y": [1]}}}}',
        b'project = 1\ntool = "x"\n',
        b"project.dependencies = [1, {a = 2}]\ntool.poetry.dependencies = 3\n",
        b"--- !a\n- *b\n",
    ],
)
def test_no_manifest_stops_a_run(root: Path, name: str, raw: bytes) -> None:
    (root / name).write_bytes(raw)
    assert read_facts(root, root, TABLE, read).sender == {}


def test_a_folder_in_the_place_of_a_manifest_is_no_manifest(root: Path) -> None:
    (root / "package.json").mkdir()
    assert facts_of(root, {}) == Facts()


def test_folders_are_read_once_where_what_they_show_is_shared(root: Path) -> None:
    put(root, {"package.json": package(dependencies={}), "a/b/x": "", "a/c/x": "", "a/package.json": WEB_JS})
    asked: list[str] = []

    def counting(path: Path) -> bytes | None:
        asked.append(path.relative_to(root).as_posix())
        return read(path)

    known: dict[Path, Facts] = {}
    first = read_facts(root, root / "a" / "b", TABLE, counting, known)
    second = read_facts(root, root / "a" / "c", TABLE, counting, known)
    third = read_facts(root, root, TABLE, counting, known)
    assert [facts.sender["library"].value for facts in (first, second, third)] == ["whatsapp-web.js"] * 3
    assert asked == ["a/package.json", "package.json"]


# --- facts in a record --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sender",
    [None, {"product": "business_app"}, {"library": "${CLIENT}"}, {"provider": NOT_CARRIED, "route": NOT_CARRIED}],
)
def test_facts_fill_what_the_record_leaves_open(root: Path, sender: dict[str, Any] | None) -> None:
    facts = facts_of(root, {"package.json": BAILEYS})
    campaign = completed(facts, sender=sender)
    assert campaign.data["sender"] == {
        **{name: value for name, value in (sender or {}).items() if name == "product"},
        **({"provider": NOT_CARRIED} if sender and "provider" in sender else {}),
        "library": "baileys",
        "route": "unofficial",
    }
    for name in ("library", "route"):
        place, said = campaign.foreign_place(("sender", name)) or (None, None)
        assert place is not None
        assert (place.document.path, place.region().start.line) == ("package.json", 4)
        assert said == "package.json declares @whiskeysockets/baileys"


def test_a_sender_that_the_format_cannot_carry_is_opened(root: Path) -> None:
    campaign = completed(facts_of(root, {"package.json": BAILEYS}), sender=NOT_CARRIED)
    assert campaign.data["sender"]["library"] == "baileys"
    assert campaign.data["sender"]["registered"] == NOT_CARRIED


@pytest.mark.parametrize(
    "sender", [{"provider": "twilio"}, {"route": "bsp"}, {"library": "my-client"}, {"provider": "acme", "route": "bsp"}]
)
def test_facts_leave_alone_what_is_stated(root: Path, sender: dict[str, Any]) -> None:
    campaign = completed(facts_of(root, {"package.json": BAILEYS}), sender=sender)
    assert campaign.data["sender"].get("library") in (None, "my-client")
    assert campaign.evidence == {}


def test_facts_leave_templates_alone(root: Path) -> None:
    facts = facts_of(root, {"package.json": BAILEYS})
    template = campaign_of(kind="template", sender={"product": "business_platform"})
    assert complete(template, lambda: facts, NO_DEFAULTS, TABLE) is template


def test_facts_are_about_whatsapp(root: Path) -> None:
    mail = campaign_of(channel="email")
    assert complete(mail, lambda: facts_of(root, {"package.json": BAILEYS}), NO_DEFAULTS, TABLE) is mail


def test_facts_that_disagree_are_a_note(root: Path) -> None:
    facts = facts_of(root, {"package.json": WEB_JS, ".env": "WHATSAPP_PHONE_NUMBER_ID=1\n"})
    campaign = completed(facts, sender={"product": "business_app"})
    assert campaign.data["sender"] == {"product": "business_app"}
    assert campaign.notes == (facts.conflict,)
    assert completed(facts, sender={"provider": "twilio"}).notes == ()


# --- defaults -----------------------------------------------------------------------------------------------------


def defaults_of(text: str) -> Defaults:
    document = parse("policylint.yaml", text.encode()).documents[0]
    return Defaults(document.data["defaults"], document, ("defaults",))


def test_defaults_fill_what_is_absent_or_unknown() -> None:
    defaults = defaults_of(
        """\
defaults:
  campaign: never
  purpose: support
  business:
    name: Muster GmbH
    contact: {email: hilfe@example.org, phone: null}
  consent: {source: web_form, obtained: true}
  audience: {countries: [DE, AT], size: 10}
  name: Other
"""
    )
    campaign = campaign_of(
        name="Autumn {{year}}",
        business={"name": None, "verticals": ["retail"]},
        consent=NOT_CARRIED,
        audience={"countries": ["CH"], "size": "{{ $json.count }}"},
    )
    done = complete(campaign, Facts, defaults, TABLE)
    consent = {"obtained": True, "source": "web_form"}
    assert {name: value for name, value in done.data["consent"].items() if value != NOT_CARRIED} == consent
    assert done.data["consent"]["basis"] == NOT_CARRIED
    assert {name: value for name, value in done.data.items() if name != "consent"} == {
        "campaign": "x",
        "channel": "whatsapp",
        "name": "Autumn {{year}}",
        "purpose": "support",
        "business": {"name": "Muster GmbH", "verticals": ["retail"], "contact": {"email": "hilfe@example.org"}},
        "audience": {"countries": ["CH"], "size": 10},
    }
    filled = [
        ("purpose",),
        ("business", "name"),
        ("business", "contact", "email"),
        ("consent", "source"),
        ("consent", "obtained"),
        ("audience", "size"),
    ]
    assert dict(done.evidence) == dict.fromkeys(filled, "defaults in policylint.yaml")
    assert {path: done.places[path].pointer for path in filled} == {path: ("defaults", *path) for path in filled}
    assert done.place(("business", "name")).region().start.line == 5
    assert campaign.data["business"] == {"name": None, "verticals": ["retail"]}


def test_defaults_hold_for_every_channel() -> None:
    done = complete(campaign_of(channel="email"), Facts, defaults_of("defaults: {purpose: survey}"), TABLE)
    assert (done.data["purpose"], "sender" in done.data) == ("survey", False)


def test_defaults_without_a_file_fill_without_places() -> None:
    done = complete(campaign_of(), Facts, Defaults({"purpose": "survey"}), TABLE)
    assert (done.data["purpose"], dict(done.evidence)) == ("survey", {})


def test_defaults_that_fill_nothing_change_nothing() -> None:
    campaign = campaign_of(purpose="support", business={"name": "X"}, audience="many")
    defaults = defaults_of("defaults: {purpose: survey, business: {name: Y}, audience: {size: 1}}")
    assert complete(campaign, Facts, defaults, TABLE) is campaign


def test_a_default_provider_comes_before_what_files_show(root: Path) -> None:
    facts = facts_of(root, {"package.json": BAILEYS})
    done = complete(campaign_of(), lambda: facts, defaults_of("defaults:\n  sender: {provider: twilio}\n"), TABLE)
    assert done.data["sender"] == {"provider": "twilio", "route": "bsp"}
    assert done.evidence["sender", "route"] == "defaults in policylint.yaml"
    assert done.place(("sender", "route")).pointer == ("defaults", "sender", "provider")


# --- the route ----------------------------------------------------------------------------------------------------

NOT_IN_TABLE = Unknown("the provider is not in the table")
LATER = Unknown("who carries the messages is filled in later")


@pytest.mark.parametrize(
    ("sender", "added", "shown_by"),
    [
        ({"provider": "meta"}, {"route": "official"}, "provider"),
        ({"provider": "Twilio", "route": NOT_CARRIED}, {"route": "bsp"}, "provider"),
        ({"provider": "callmebot"}, {"route": "relay"}, "provider"),
        ({"provider": "acme"}, {"route": NOT_IN_TABLE}, "provider"),
        ({"library": "whatsapp-web.js"}, {"route": "unofficial"}, "library"),
        ({"library": "meta-sdk"}, {"route": "official"}, "library"),
        ({"provider": "acme", "library": "meta-sdk"}, {"route": "official"}, "provider"),
        ({"library": "acme-client"}, {}, None),
        ({"provider": "twilio", "library": "acme-client"}, {"route": "bsp"}, "provider"),
        # an unofficial library wins over everything
        ({"provider": "twilio", "library": "baileys"}, {"route": "unofficial"}, "library"),
        ({"route": "official", "library": "baileys"}, {"route": "unofficial"}, "library"),
        ({"route": "unofficial", "library": "baileys"}, {}, None),
        # a stated route wins over the provider
        ({"provider": "evolution-api", "route": "bsp"}, {}, None),
        ({"provider": "evolution-api", "route": "unofficial"}, {"library": "baileys"}, None),
        ({"provider": "acme", "route": "bsp"}, {}, None),
        # Evolution API
        ({"provider": "evolution-api"}, {"route": "unofficial", "library": "baileys"}, "provider"),
        (
            {"provider": "evolution-api", "integration": NOT_CARRIED, "library": NOT_CARRIED},
            {"route": "unofficial", "library": "baileys"},
            "provider",
        ),
        (
            {"provider": "evolution-api", "integration": "baileys"},
            {"route": "unofficial", "library": "baileys"},
            "provider",
        ),
        ({"provider": "evolution-api", "integration": "cloud_api"}, {"route": "bsp"}, "provider"),
        (
            {"provider": "evolution-api", "integration": "cloud_api", "library": "baileys"},
            {"route": "bsp"},
            "provider",
        ),
        (
            {"provider": "evolution-api", "integration": "cloud_api", "library": "whatsapp-web.js"},
            {"route": "unofficial"},
            "library",
        ),
        ({"provider": "evolution-api", "integration": "${MODE}"}, {"route": LATER}, "integration"),
        # nothing stated
        ({"product": "business_app"}, {}, None),
        ({"provider": NOT_CARRIED, "route": NOT_CARRIED, "library": NOT_CARRIED}, {}, None),
        ({"provider": "${PROVIDER}"}, {"route": LATER}, "provider"),
        ({"provider": "${PROVIDER}", "route": "${ROUTE}"}, {}, None),
        ({"provider": 3, "library": ["baileys"], "route": {"a": 1}}, {}, None),
        ({}, {}, None),
    ],
)
def test_the_route_follows_from_library_and_provider(
    sender: dict[str, Any], added: dict[str, Any], shown_by: str | None
) -> None:
    campaign = campaign_of(sender=sender)
    before = json.dumps(sender, default=str)
    done = complete(campaign, Facts, NO_DEFAULTS, TABLE)
    assert done.data["sender"] == {**sender, **added}
    assert done.evidence == {}
    assert json.dumps(sender, default=str) == before
    if not added:
        assert done is campaign
    if shown_by is not None:
        assert done.place(("sender", "route")).pointer == ("sender", shown_by)
    if "library" in added:
        assert done.place(("sender", "library")).pointer == ("sender", "provider")


def test_what_is_completed_is_complete() -> None:
    once = completed(sender={"provider": "evolution-api"})
    assert complete(once, Facts, NO_DEFAULTS, TABLE) is once


@pytest.mark.parametrize(
    "fields",
    [{}, {"sender": None}, {"sender": "somebody"}, {"sender": {"provider": "meta", "route": "official"}}],
)
def test_a_campaign_without_anything_to_add_is_returned_as_it_is(fields: dict[str, Any]) -> None:
    campaign, facts = campaign_of(**fields), Facts()
    assert complete(campaign, lambda: facts, NO_DEFAULTS, TABLE) is campaign
