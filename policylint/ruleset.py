"""Rule packs and settings → the rules of a run, compiled when a campaign is met that they can look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from policylint import packcache
from policylint.compile import Vocabulary, compile_rule
from policylint.errors import RulePackError, UsageError, did_you_mean
from policylint.model.own import OWN_PACK, OWN_RULES
from policylint.record import ProviderTable, record_schema
from policylint.rulepacks import load_packs, with_overrides
from policylint.schema import holds_placeholder

if TYPE_CHECKING:
    from policylint.config import Settings
    from policylint.extensions import Extensions
    from policylint.model.campaign import Campaign
    from policylint.model.rule import CompiledRule, Rule, RulePack


class RuleSet:
    """The rules of a run; they are compiled when the first campaign is met that they can look at."""

    def __init__(
        self,
        packs: Sequence[RulePack],
        rules: Iterable[Rule],
        known: Mapping[str, str],
        compiled: Callable[[Rule], CompiledRule],
        providers: ProviderTable,
    ) -> None:
        self.packs = tuple(packs)
        self.rules = {rule.id: rule for rule in rules}
        """The selected rules, by id."""
        self.known = known
        """Every name of a rule, present or former, → its id."""
        self.providers = providers
        self._compile = compiled
        self._by_sender: dict[tuple[str, object, object], tuple[CompiledRule, ...]] = {}

    def for_campaign(self, campaign: Campaign) -> tuple[CompiledRule, ...]:
        """Return the rules that can look at a campaign: of its channel, its sender's product and its kind of record."""
        sender = campaign.data.get("sender")
        product = sender.get("product") if isinstance(sender, dict) else sender
        kind = campaign.data.get("kind") or "campaign"
        key = (str(campaign.data.get("channel")), _settled(product), _settled(kind))
        found = self._by_sender.get(key)
        if found is None:
            rules = [rule for rule in self.rules.values() if rule.channel in (None, key[0]) and _may_apply(rule, key)]
            found = self._by_sender[key] = tuple(self._compile(rule) for rule in rules)
        return found

    def named(self, name: str) -> CompiledRule | None:
        """Return the rule with that id or code, or None."""
        rule = self.rules.get(self.known.get(name, ""))
        return None if rule is None else self._compile(rule)


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
        known.update((name, rule.id) for rule in pack.rules for name in (rule.id, rule.code))
        known.update((old, known[new]) for old, new in pack.redirects.items() if new in known)
    compiler = _Compiler(packs, extensions)
    compiler.prove(settings.cache, salt)
    tables = [pack.providers for pack in packs if pack.providers]
    merged = {
        key: {k: v for table in tables for k, v in (table.get(key) or {}).items()} for key in ("providers", "libraries")
    }
    selected = (rule for pack in packs for rule in pack.rules if _is_selected(rule.id, rule.code, settings))
    return RuleSet(packs, selected, known, compiler.compiled, ProviderTable(merged))


class _Compiler:
    """Compiles rules once each; those from the cache without checking them again."""

    def __init__(self, packs: Sequence[RulePack], extensions: Extensions) -> None:
        self.packs = packs
        self.vocabularies = {pack.name: Vocabulary(extensions.operators, pack.lists, pack.words) for pack in packs}
        self.done: dict[str, CompiledRule] = {}

    def prove(self, cache: Path | None, salt: str) -> None:
        """Compile what was not compiled in an earlier run, and keep the packs that compile.

        Raises:
            RulePackError: The problems of all packs.

        """
        problems: list[str] = []
        for pack in self.packs:
            for rule in pack.rules:
                if pack.unproved is None and not rule.changed:
                    continue
                compiled, found = compile_rule(rule, record_schema(), self.vocabularies[pack.name])
                problems.extend(found)
                if compiled is not None:
                    self.done[rule.id] = compiled
        if problems:
            raise RulePackError(problems, "see rules/README.md for the language of rules")
        for pack in self.packs:
            if pack.unproved is not None:
                packcache.store(cache, pack.name, pack.digest + salt, pack.unproved)

    def compiled(self, rule: Rule) -> CompiledRule:
        """Return the rule made runnable."""
        found = self.done.get(rule.id)
        if found is None:
            found, problems = compile_rule(rule, record_schema(), self.vocabularies[rule.pack], trusted=True)
            if found is None:
                raise RulePackError(problems, "--no-cache reads the rule packs anew")
            self.done[rule.id] = found
        return found


def _settled(value: object) -> object:
    """Return a value that conditions compare: a text or None; else a stand-in for one that is not known."""
    if value is None or (isinstance(value, str) and not holds_placeholder(value)):
        return value
    return ...


def _may_apply(rule: Rule, key: tuple[str, object, object]) -> bool:
    """Tell whether a rule's ``where`` leaves it a chance: no, only where a plain comparison is certainly false."""
    if not isinstance(rule.where, Mapping):
        return True
    prefix = "campaign." if rule.select else ""  # in a selected item, `kind` is that of the item
    for field, value in zip(("sender.product", "kind"), key[1:], strict=True):
        wanted = rule.where.get(prefix + field)
        if isinstance(wanted, Mapping):
            wanted = wanted.get("in")
        wanted = [wanted] if isinstance(wanted, str) else wanted
        if isinstance(wanted, list) and value is not ... and value not in wanted:
            return False
    return True


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


def _check_names(names: Sequence[str], packs: Sequence[RulePack]) -> None:
    rules = [(rule.id, rule.code) for pack in packs for rule in pack.rules]
    redirects = {old for pack in packs for old in pack.redirects}
    for name in names:
        own = name == OWN_PACK or name in OWN_RULES
        if own or name in redirects or any(names_rule(name, *rule) for rule in rules):
            continue
        known = [*(part for rule in rules for part in rule), *OWN_RULES, *(pack.name for pack in packs)]
        raise UsageError(f"there is no rule or pack '{name}'{did_you_mean(name, known)}", "see `policylint rules`")
