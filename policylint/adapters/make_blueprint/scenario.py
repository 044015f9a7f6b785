"""A blueprint as exported → its modules, and what stands before each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from policylint.adapters.make_blueprint import flow_key
from policylint.adapters.texts import Text
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.source import Document, Pointer

_REFERENCE = re.compile(r"(?<![\w.])(\d+)\.(?=[`_a-zA-Z\[])")
_EXPRESSION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_LOOPS = re.compile(r"(?:basic)?(?:feeder|iterator|repeater)\Z", re.IGNORECASE)
_AGGREGATORS = re.compile(r"aggregat", re.IGNORECASE)
_THINGS = (  # fmt: skip
    r"row|record|contact|lead|item|subscriber|member|customer|person|entrie|entry|document|user|profile"
    r"|recipient|object"
)
_ROWS = re.compile(
    rf"(?:action)?(?:(?:search|list|filter|watch|export|trigger)\w*?(?:{_THINGS}|people)s?|get\w*?(?:(?:{_THINGS})s|people))"
    r"(?:advanced)?\Z|get(?:sheetcontent|rangevalues)|(?:execute|run)\w*quer(?:y|ies)\Z|select(?:rows|records)?\Z|parsecsv",
    re.IGNORECASE,
)
_OPT_IN = re.compile(r"opt[-_ ]?in\b|consent|einwillig|\bsubscribed\b", re.IGNORECASE)
_OPT_OUT = re.compile(
    r"opt(?:ed)?[-_ ]?out|unsubscri|do[-_ ]?not[-_ ]?(?:contact|message|text|call)|black-?list|block-?list|suppress",
    re.IGNORECASE,
)
_GENERATORS = re.compile(
    r"openai|chatgpt|anthropic|claude|gemini|mistral|perplexity|deepseek|groq|cohere|hugging-?face|vertex|ai-(?:tools|agent)"
    r"|local-agent|bedrock|x-?ai\b|grok",
    re.IGNORECASE,
)
_GENERATING_HOSTS = re.compile(
    r"api\.openai\.com|api\.anthropic\.com|generativelanguage\.googleapis|openrouter\.ai|api\.(?:mistral|groq|deepseek|perplexity)\."
    r"|generate[_-]?(?:outreach|message|content|text|copy|email)",
    re.IGNORECASE,
)
_VARIABLES = re.compile(r"setvariables?\Z|setmultiplevariables\Z", re.IGNORECASE)


class Module(NamedTuple):
    """One module of a scenario."""

    order: int
    """Its index among the modules."""
    parent: int
    """Index of the module before it, -1 for the first of all."""
    id: str
    app: str
    """In small letters, without the sign of a custom app."""
    action: str
    pointer: Pointer
    parameters: Mapping[str, Any]
    mapper: Mapping[str, Any]
    gate: str
    """The filter before it as one text."""
    label: str
    """The name that its author gave it, else its app and action."""
    metadata: Mapping[str, Any]

    @property
    def typed_at(self) -> Pointer:
        """The pointer of its app and action."""
        return (*self.pointer, "module")

    @property
    def output(self) -> str:
        """The names of the fields that a trigger hands on, one below the other."""
        found, pending = [], [self.metadata.get("interface"), self.metadata.get("expect")]
        while pending:
            fields = pending.pop()
            for field in fields if isinstance(fields, list) else ():
                if isinstance(field, Mapping):
                    found.append(str(field.get("name")))
                    pending.append(field.get("spec"))
        return "\n".join(found)

    @property
    def hook(self) -> str:
        """The name that its author gave the webhook, or the empty text."""
        value: Any = self.metadata
        for step in ("restore", "parameters", "hook", "label"):
            value = value.get(step) if isinstance(value, Mapping) else None
        return value if isinstance(value, str) else ""

    @property
    def is_generator(self) -> bool:
        """Tell whether a language model answers here."""
        if self.app == "http":
            asked = "\n".join(value for value in self.mapper.values() if isinstance(value, str))
            return bool(_GENERATING_HOSTS.search(asked[:20_000]))
        return bool(_GENERATORS.search(self.app))

    @property
    def is_loop(self) -> bool:
        """Tell whether it hands on one item of a list after the other."""
        return self.app == "builtin" and bool(_LOOPS.match(self.action))

    @property
    def gives_rows(self) -> bool:
        """Tell whether it hands on rows of a table."""
        return self.app != "builtin" and bool(_ROWS.match(self.action))

    def at(self, *path: str | int) -> tuple[Any, Pointer]:
        """Return a value of the mapper, else of the parameters, and where it stands."""
        for name, found in (("mapper", self.mapper), ("parameters", self.parameters)):
            value: Any = found
            for step in path:
                value = value.get(step) if isinstance(value, Mapping) else None
            if value not in (None, "", [], {}):
                return value, (*self.pointer, name, *path)
        return None, self.pointer

    def text(self, *path: str | int) -> Text | None:
        """Return a text, a number or the addresses in a list; None where there is none."""
        value, pointer = self.at(*path)
        if isinstance(value, list):
            value = ", ".join(filter(None, map(_address, value))) or None
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            return None
        return Text(str(value), pointer)

    def first(self, paths: Sequence[tuple[str | int, ...]]) -> Text | None:
        """Return the first of several texts that is there."""
        return next((text for path in paths if (text := self.text(*path)) is not None), None)


def _address(item: Any) -> str | None:
    if isinstance(item, Mapping):
        item = next((item[key] for key in ("email", "address", "phone", "number") if item.get(key)), None)
    return item if isinstance(item, str) else None


class Above(NamedTuple):
    """What stands before a module, as indexes of modules; -1 where nothing does."""

    start: int
    loop: int = -1
    """The nearest loop or table whose items are still handed on one by one."""
    generator: int = -1
    opt_in: int = -1
    opt_out: int = -1
    random_pause: int = -1


class Scenario(NamedTuple):
    """A scenario: modules, each after the one that it follows."""

    document: Document
    pointer: Pointer
    name: str
    named_at: Pointer | None
    modules: Sequence[Module]
    above: Sequence[Above]
    by_id: Mapping[str, Module]
    scheduling: Mapping[str, Any] | None

    def references(self, text: str) -> list[Module]:
        """Return the modules whose output the expressions in a text use, variables traced to what they are set to."""
        found: dict[int, Module] = {}
        pending = [(text, 0)]
        while pending:
            written, depth = pending.pop()
            for expression in _EXPRESSION.findall(written[:20_000]):
                for number in _REFERENCE.findall(expression):
                    module = self.by_id.get(number)
                    if module is None or module.order in found:
                        continue
                    found[module.order] = module
                    if depth < 4 and (_VARIABLES.search(module.action) or module.is_loop):
                        pending.extend((value, depth + 1) for value in _strings(module.mapper))
        return list(found.values())

    def behind(self, text: Text | None) -> Text | None:
        """Return the text that a variable is set to, where an expression only names that; else the text itself."""
        for _ in range(4):
            match = text and re.fullmatch(r"\s*\{\{\s*(\d+)\.`?(\w+)`?\s*\}\}\s*", text.value)
            module = self.by_id.get(match.group(1)) if match else None
            if module is None or match is None or not _VARIABLES.search(module.action):
                break
            named = next((value for name, value in variables_of(module) if name == match.group(2)), None)
            if named is None:
                break
            text = named
        return text


def variables_of(module: Module) -> Iterator[tuple[str, Text]]:
    """Yield the variables that a module sets."""
    variables = module.mapper.get("variables")
    if isinstance(variables, list):
        for index, item in enumerate(variables):
            if isinstance(item, Mapping) and isinstance(item.get("name"), str) and isinstance(item.get("value"), str):
                yield item["name"], Text(item["value"], (*module.pointer, "mapper", "variables", index, "value"))
    name, value = module.mapper.get("name"), module.mapper.get("value")
    if isinstance(name, str) and isinstance(value, str):
        yield name, Text(value, (*module.pointer, "mapper", "value"))


def _strings(value: Any) -> list[str]:
    found, pending = [], [value]
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, Mapping):
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
    return found


# --- reading ---------------------------------------------------------------------------


def read_scenario(document: Document, pointer: Pointer) -> Scenario:
    """Return the scenario at a pointer."""
    data: Any = document.data
    outer: Any = data
    for step in pointer:
        outer, data = data, data[step]
    key = flow_key(data) or "flow"
    modules = _follow_numbers(_modules(data[key], (*pointer, key)))
    by_id = {module.id: module for module in reversed(modules) if module.id}
    named_at = next((at for at, holder in ((pointer, data), (pointer[:-1], outer)) if _name_of(holder)), None)
    scheduling = data.get("scheduling") or outer.get("scheduling")
    return Scenario(
        document,
        pointer,
        _name_of(data) or _name_of(outer) or "scenario",
        (*named_at, "name") if named_at is not None else None,
        modules,
        _above(modules, by_id),
        by_id,
        scheduling if isinstance(scheduling, Mapping) else None,
    )


def _name_of(data: Mapping[str, Any]) -> str | None:
    name = data.get("name")
    return name if isinstance(name, str) and name.strip() else None


def _modules(flow: Any, at: Pointer) -> list[Module]:
    found: list[Module] = []
    pending: list[tuple[Any, Pointer, int, str]] = [(flow, at, -1, "")]
    while pending:
        items, at, parent, gate = pending.pop()
        for number, item in enumerate(items if isinstance(items, list) else ()):
            if not isinstance(item, Mapping) or not isinstance(item.get("module"), str):
                continue
            module = _module(item, len(found), parent, (*at, number), gate)
            found.append(module)
            parent, gate = module.order, ""
            pending.extend((sub, where, parent, said) for sub, where, said in _branches(item, module.pointer))
    return found


def _branches(item: Mapping[str, Any], at: Pointer) -> Iterator[tuple[Any, Pointer, str]]:
    """Yield the flows below a module: routes of a router, branches of an if-else, error handlers, tools of an agent."""
    for key in ("routes", "branches", "tools"):
        routes = item.get(key)
        for number, route in enumerate(routes if isinstance(routes, list) else ()):
            if isinstance(route, Mapping):
                conditions = {name: route.get(name) for name in ("filter", "conditions", "label")}
                yield route.get("flow"), (*at, key, number, "flow"), _said(conditions)
    yield item.get("onerror"), (*at, "onerror"), ""


def _module(item: Mapping[str, Any], index: int, parent: int, pointer: Pointer, gate: str) -> Module:
    app, _, action = item["module"].removeprefix("app#").partition(":")
    parameters, mapper = item.get("parameters"), item.get("mapper")
    metadata = item.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    designer = metadata.get("designer")
    label = designer.get("name") if isinstance(designer, Mapping) else None
    identifier = item.get("id")
    return Module(
        index,
        parent,
        str(identifier) if isinstance(identifier, (str, int)) else "",
        app.strip().lower(),
        action.strip(),
        pointer,
        parameters if isinstance(parameters, Mapping) else {},
        mapper if isinstance(mapper, Mapping) else {},
        f"{gate}\n{_said(item.get('filter'))}",
        label if isinstance(label, str) and label.strip() else f"{item['module']} [{identifier}]",
        metadata,
    )


def _said(value: Any) -> str:
    return "\n".join(_strings(value))


def _follow_numbers(modules: list[Module]) -> list[Module]:
    """Return the modules with new parents where routes name modules of a flat list by their numbers."""
    by_id = {module.id: module for module in reversed(modules) if module.id}
    parents: dict[int, int] = {}
    for router in modules:
        for source in (router.mapper, router.parameters):
            routes = source.get("routes")
            for route in routes if isinstance(routes, list) else ():
                before = router.order
                numbers = route.get("flow") if isinstance(route, Mapping) else None
                for number in numbers if isinstance(numbers, list) else ():
                    target = by_id.get(str(number)) if isinstance(number, (int, str)) else None
                    if target is not None and target.order > before:
                        parents[target.order], before = before, target.order
    if not parents:
        return modules
    # A module of the flat list that no route names follows the last such one before it.
    unrouted: list[int] = []
    found: list[Module] = []
    for module in modules:
        routed = module.order in parents
        kept = unrouted[module.parent] if module.parent >= 0 else -1
        unrouted.append(kept if routed else module.order)
        found.append(module._replace(parent=parents[module.order] if routed else kept))
    return found


def _above(modules: Sequence[Module], by_id: Mapping[str, Module]) -> list[Above]:
    found: list[Above] = []
    for module in modules:
        before = found[module.parent] if module.parent >= 0 else Above(module.order)
        found.append(_past(module, modules, before, found, by_id))
    return found


def _past(
    module: Module, modules: Sequence[Module], before: Above, above: Sequence[Above], by_id: Mapping[str, Module]
) -> Above:
    """Return what stands before the next module, with the module itself."""
    index, loop = module.order, before.loop
    if module.is_loop or (module.gives_rows and not _is_lookup(module, modules[before.start])):
        loop = index
    elif _AGGREGATORS.search(module.action) and loop >= 0:
        feeder = by_id.get(str(module.parameters.get("feeder")))
        ended = feeder.order if feeder is not None and feeder.order < index else loop
        loop = _outer(modules, above, ended)
    return Above(
        before.start,
        loop,
        index if module.is_generator else before.generator,
        index if before.opt_in < 0 and _OPT_IN.search(module.gate) else before.opt_in,
        index if before.opt_out < 0 and _OPT_OUT.search(module.gate) else before.opt_out,
        index if _is_random_pause(module) else before.random_pause,
    )


def _outer(modules: Sequence[Module], above: Sequence[Above], loop: int) -> int:
    parent = modules[loop].parent
    return above[parent].loop if parent >= 0 else -1


def _is_lookup(module: Module, start: Module) -> bool:
    """Tell whether a table is searched for the event that started the scenario, not read as a whole."""
    if module.order == start.order:
        return False
    if str(module.at("limit")[0] or module.at("maxResults")[0]) == "1":
        return True
    asked = "\n".join(_strings(module.mapper))
    used = {number for part in _EXPRESSION.findall(asked[:20_000]) for number in _REFERENCE.findall(part)}
    return bool(used) and not start.gives_rows


def _is_random_pause(module: Module) -> bool:
    return "sleep" in module.action.lower() and any("random" in text.lower() for text in _strings(module.mapper))
