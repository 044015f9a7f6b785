"""Named tuples whose classes cost little to make.

``typing.NamedTuple`` compiles every annotation and the constructor of a class when its module is imported: a third of a
millisecond for each class, at every start. The base of this module has the same form and methods without that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    try:
        from _collections import _tuplegetter
    except ImportError:  # an interpreter other than CPython
        from operator import itemgetter

        def _tuplegetter(index, doc):
            return property(itemgetter(index), doc=doc)

    class _NamedTupleType(type):
        """Makes fields of the annotations of a class, and defaults of the values beside them."""

        def __new__(mcs, name, bases, namespace):
            if not bases:
                return super().__new__(mcs, name, (tuple,), {**namespace, "__slots__": ()})
            fields = tuple(namespace.get("__annotations__", ()))
            defaults = {field: namespace.pop(field) for field in fields if field in namespace}
            getters = {field: _tuplegetter(index, None) for index, field in enumerate(fields)}
            own = {"__slots__": (), "_fields": fields, "_field_defaults": defaults, "__match_args__": fields}
            own["_last_defaults"] = tuple(defaults.values()) if fields[-len(defaults) :] == (*defaults,) else ()
            return super().__new__(mcs, name, bases, {**namespace, **getters, **own})

    class NamedTuple(metaclass=_NamedTupleType):
        """A tuple with names for its items; see ``typing.NamedTuple``."""

        _fields = ()
        _last_defaults = ()

        def __new__(cls, *values, **named):
            """Take the values by place or by name."""
            missing = len(cls._fields) - len(values)
            if named or not 0 <= missing <= len(cls._last_defaults):
                values = cls._completed(values, named)
            elif missing:
                values += cls._last_defaults[-missing:]
            return tuple.__new__(cls, values)

        @classmethod
        def _completed(cls, values, named):
            """Return the values with those that are given by name and the defaults of the rest."""
            fields, defaults = cls._fields, cls._field_defaults
            if len(values) > len(fields):
                raise TypeError(f"{cls.__name__} takes {len(fields)} values, not {len(values)}")
            rest = fields[len(values) :]
            try:
                values = (*values, *[named.pop(field) if field in named else defaults[field] for field in rest])
            except KeyError as missing:
                raise TypeError(f"{cls.__name__} lacks {missing}") from None
            if named:
                raise TypeError(f"{cls.__name__} has no further field {', '.join(named)}")
            return values

        @classmethod
        def _make(cls, values):
            return cls(*values)

        def _replace(self, **changes):
            values = [
                changes.pop(field) if field in changes else value
                for field, value in zip(self._fields, self, strict=True)
            ]
            if changes:
                raise ValueError(f"{type(self).__name__} has no field {', '.join(changes)}")
            return tuple.__new__(type(self), values)

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            said = ", ".join(f"{field}={value!r}" for field, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({said})"

        def __getnewargs__(self):
            return tuple(self)
