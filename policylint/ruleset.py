"""Rule packs and settings → the rules of a run, compiled when a campaign is met that they can look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from policylint import packcache
from policylint.compile import Vocabulary, compile_rule
from policylint.errors import RulePackError, UsageError, did_you_mean
from policylint.model.finding import PackUsed
from policylint.model.late import LateMapping
from policylint.model.own import ABOUT_ACCEPTANCE, OWN_PACK, OWN_RULES
from policylint.model.source import EXPRESSION
from policylint.packcache import Kept
from policylint.record import ProviderTable, record_schema
from policylint.rulepacks import LEFT_OPEN, card_of, load_packs, with_overrides
from policylint.schema import holds_placeholder
from policylint.screen import shipped_screen

if TYPE_CHECKING:
    from policylint.config import Settings
    from policylint.extensions import Extensions
    from policylint.model.campaign import Campaign
    from policylint.model.finding import Sender
    from policylint.model.rule import CompiledRule, RuleCard, RulePack, RuleTexts
    from policylint.screen import Screen


SCREEN_AFTER = 200
"""Campaigns; to judge so many without a screen takes about as long as to make the screen of 130 rules."""


class RuleSet:
    """The rules of a run; one is made and compiled when the first campaign is met that it has to look at."""

    def __init__(
        self,
        packs: Sequence[RulePack],
        cards: Iterable[RuleCard],
        known: Mapping[str, str],
        compiled: Callable[[str], CompiledRule],
        providers: ProviderTable,
    ) -> None:
        self.packs = tuple(packs)
        self.cards = {card.id: card for card in cards}
        """The cards of the selected rules, by id."""
        self.known = known
        """Every name of a rule, present or former, → its id."""
        self.providers = providers
        self.compiled = LateMapping(self.cards, compiled)
        """The selected rules, made runnable, by id."""
        self.rules = LateMapping(self.cards, lambda name: self.compiled[name].rule)
        self._waivable: dict[str, bool] = {}
        self._by_sender: dict[Sender, tuple[RuleCard, ...]] = {}
        self._by_pack: dict[Sender, dict[str, list[str]]] = {}
        self._screens: dict[str, Screen | None] = {}
        self._judged = 0
        self._changed = {pack.cards[at].id for pack in self.packs for at in pack.changed}
        """Rules that no screen of the wheel is made of: the configuration changes what they compare with."""

    @classmethod
    def of(cls, pack: RulePack, rules: Sequence[CompiledRule], providers: ProviderTable) -> RuleSet:
        """Return the set of some rules of one pack that are compiled already."""
        by_id = {compiled.rule.id: compiled for compiled in rules}
        known = {name: compiled.rule.id for compiled in rules for name in (compiled.rule.id, compiled.rule.code)}
        cards = [card_of(compiled.rule) for compiled in rules]
        return cls([pack], cards, known, by_id.__getitem__, providers)

    def looking_at(self, sender: Sender) -> tuple[RuleCard, ...]:
        """Return the rules that can look at a campaign of that channel, product and kind."""
        found = self._by_sender.get(sender)
        if found is None:
            channel, product, kind = sender
            found = self._by_sender[sender] = tuple(
                card
                for card in self.cards.values()
                if card.channel in (None, channel)
                and (not product or card.products is None or product in card.products)
                and (not kind or card.kinds is None or kind in card.kinds)
            )
        return found

    def for_campaign(self, campaign: Campaign) -> list[CompiledRule]:
        """Return the rules that can find something in a campaign."""
        found: list[str] = []
        self._judged += 1
        for pack, rules in self._of_packs(sender_of(campaign)):
            screen = self._screen(pack)
            if screen is None:
                found.extend(rules)
            else:
                hits = screen.candidates(campaign.data)
                found.extend(rule for rule in rules if rule in hits or rule in self._changed)
        return [self.compiled[rule] for rule in found]

    def _of_packs(self, sender: Sender) -> Iterable[tuple[str, list[str]]]:
        """Return the ids of the rules for campaigns of that kind, by the name of their pack."""
        found = self._by_pack.get(sender)
        if found is None:
            found = self._by_pack[sender] = {}
            for card in self.looking_at(sender):
                found.setdefault(card.id.partition("/")[0], []).append(card.id)
        return found.items()

    def _screen(self, name: str) -> Screen | None:
        """Return the screen of a pack: that of the wheel, else one that is made once it is worth it, else None."""
        if name not in self._screens:
            packs = (pack for pack in self.packs if pack.name == name)
            self._screens[name] = next((shipped_screen(pack, self.compiled) for pack in packs), None)
        if self._screens[name] is None and self._judged > SCREEN_AFTER:
            from policylint.screenwriter import made_screen

            rules = [self.compiled[card] for card in self.cards if card.partition("/")[0] == name]
            self._screens[name] = made_screen(rules, record_schema())
        return self._screens[name]

    def is_waivable(self, rule: str) -> bool:
        """Tell of the id of a rule whether its findings may be accepted by a suppression, a waiver or the baseline."""
        if rule not in self._waivable:
            found = (pack.rules[at] for pack in self.packs for at, card in enumerate(pack.cards) if card.id == rule)
            self._waivable[rule] = rule not in ABOUT_ACCEPTANCE and all(one.waivable for one in found)
        return self._waivable[rule]

    def packs_used(self) -> dict[str, PackUsed]:
        """Return the packs as reports name them."""
        return {pack.name: PackUsed(pack.version, pack.digest) for pack in self.packs}

    def texts(self, language: str) -> Mapping[str, RuleTexts]:
        """Return the texts of rules in a language, by id."""
        return {name: texts for pack in self.packs for name, texts in pack.texts.get(language, {}).items()}

    def named(self, name: str) -> CompiledRule | None:
        """Return the rule with that id or code, or None."""
        return self.compiled.get(self.known.get(name, ""))

    def asked_for(self, name: str) -> CompiledRule:
        """Return the rule with that id or code.

        Raises:
            UsageError: There is none.

        """
        found = self.named(name)
        if found is None:
            hint = did_you_mean(name, list(self.known))
            raise UsageError(f"there is no rule '{name}'{hint}", "see `policylint rules`")
        return found


def sender_of(campaign: Campaign) -> Sender:
    """Return by what the rules for a campaign are chosen."""
    sender = campaign.data.get("sender")
    product = sender.get("product") if isinstance(sender, dict) else sender
    kind = campaign.data.get("kind")
    return (
        str(campaign.data.get("channel")),
        LEFT_OPEN if product is None else _settled(product if isinstance(sender, dict) else EXPRESSION),
        "campaign" if kind is None else _settled(kind),
    )


def load_rules(settings: Settings, extensions: Extensions) -> RuleSet:
    """Load, select and check the rules of a run.

    Raises:
        RulePackError: What is wrong in the packs, all at once.
        UsageError: ``select`` or ``ignore`` names no rule and no pack.

    """
    folders = [*((folder, _shown_folder(folder)) for folder in extensions.rule_folders), *settings.pack_folders]
    salt = ",".join(extensions.operators)
    packs = with_overrides(load_packs(folders, settings.cache, salt), settings.overrides)
    _check_names((*settings.select, *settings.ignore), packs)
    known = {name: name for name in OWN_RULES}
    for pack in packs:
        known.update((name, card.id) for card in pack.cards for name in card[:2])
        known.update((old, known[new]) for old, new in pack.redirects.items() if new in known)
    compiler = _Compiler(packs, extensions)
    compiler.prove(settings.cache, salt)
    tables = [pack.providers for pack in packs if pack.providers]
    merged = {
        key: {k: v for table in tables for k, v in (table.get(key) or {}).items()} for key in ("providers", "libraries")
    }
    selected = (card for pack in packs for card in pack.cards if _is_selected(card.id, card.code, settings))
    return RuleSet(packs, selected, known, compiler.compiled, ProviderTable(merged))


class _Compiler:
    """Compiles rules once each; those from the cache without checking them again."""

    def __init__(self, packs: Sequence[RulePack], extensions: Extensions) -> None:
        self.packs = packs
        self.vocabularies = {pack.name: Vocabulary(extensions.operators, pack.lists, pack.words) for pack in packs}
        self.places = {card.id: (pack, at) for pack in packs for at, card in enumerate(pack.cards)}
        self.done: dict[str, CompiledRule] = {}

    def prove(self, cache: Path | None, salt: str) -> None:
        """Compile what was not compiled in an earlier run, and keep the packs that compile.

        Raises:
            RulePackError: The problems of all packs.

        """
        problems: list[str] = []
        for pack in self.packs:
            for at in range(len(pack.cards)) if pack.unproved is not None else pack.changed:
                compiled, found = compile_rule(pack.rules[at], record_schema(), self.vocabularies[pack.name])
                problems.extend(found)
                if compiled is not None:
                    self.done[compiled.rule.id] = compiled
        if problems:
            raise RulePackError(problems, "see rules/README.md for the language of rules")
        for pack in self.packs:
            if pack.unproved is not None:
                kept = Kept(pack.digest, pack.unproved, tuple(pack.cards))
                packcache.store(cache, Path(pack.folder), pack.stamps, salt, kept)

    def compiled(self, name: str) -> CompiledRule:
        """Return the rule with that id, made runnable."""
        found = self.done.get(name)
        if found is None:
            pack, at = self.places[name]
            found, problems = compile_rule(pack.rules[at], record_schema(), self.vocabularies[pack.name], trusted=True)
            if found is None:
                raise RulePackError(problems, "--no-cache reads the rule packs anew")
        return found


def _settled(value: object) -> str:
    return value if isinstance(value, str) and not holds_placeholder(value) else ""


def _shown_folder(folder: Path) -> str:
    return f"rules/{folder.name}"


def names_rule(name: str, rule_id: str, code: str | None) -> bool:
    """Tell whether a name of the configuration means a rule: its id, its code, its pack, or the letters of its code."""
    if name in (rule_id, code, rule_id.partition("/")[0]):
        return True
    return code is not None and name.isalnum() and name.isupper() and code.startswith(name)


def _is_selected(rule_id: str, code: str | None, settings: Settings) -> bool:
    if any(names_rule(name, rule_id, code) for name in settings.ignore):
        return False
    return not settings.select or any(names_rule(name, rule_id, code) for name in settings.select)


def is_left_out(rule: str, settings: Settings) -> bool:
    """Tell whether the configuration or the command line ignores a rule of the tool itself."""
    return any(names_rule(name, rule, None) for name in settings.ignore)


def _check_names(names: Sequence[str], packs: Sequence[RulePack]) -> None:
    rules = [card[:2] for pack in packs for card in pack.cards]
    redirects = {old for pack in packs for old in pack.redirects}
    for name in names:
        own = name == OWN_PACK or name in OWN_RULES
        if own or name in redirects or any(names_rule(name, *rule) for rule in rules):
            continue
        known = [*(part for rule in rules for part in rule), *OWN_RULES, *(pack.name for pack in packs)]
        raise UsageError(f"there is no rule or pack '{name}'{did_you_mean(name, known)}", "see `policylint rules`")
