"""The few collections of rpds-py that `referencing` calls, in Python. Only tests use it: pyodide_copy.py says why."""

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any


class HashTrieMap(Mapping):
    """A dict that is never changed: `insert`, `remove` and `update` return a new one."""

    def __init__(self, entries: Any = (), **more: Any) -> None:
        self._entries = dict(entries, **more)

    @classmethod
    def convert(cls, entries: Any) -> "HashTrieMap":
        return entries if isinstance(entries, cls) else cls(entries)

    def __getitem__(self, key: Any) -> Any:
        return self._entries[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def insert(self, key: Any, value: Any) -> "HashTrieMap":
        return HashTrieMap({**self._entries, key: value})

    def remove(self, key: Any) -> "HashTrieMap":
        self._entries[key]
        return HashTrieMap({other: value for other, value in self._entries.items() if other != key})

    def update(self, *others: Any) -> "HashTrieMap":
        entries = dict(self._entries)
        for other in others:
            entries.update(other)
        return HashTrieMap(entries)

    def __hash__(self) -> int:
        return hash(frozenset(self._entries.items()))


class HashTrieSet(Set):
    """A set that is never changed."""

    def __init__(self, values: Iterable[Any] = ()) -> None:
        self._values = frozenset(values)

    def __contains__(self, value: Any) -> bool:
        return value in self._values

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def insert(self, value: Any) -> "HashTrieSet":
        return HashTrieSet(self._values | {value})

    def update(self, *others: Iterable[Any]) -> "HashTrieSet":
        return HashTrieSet(self._values.union(*others))


class List:
    """A list that is never changed and grows at its front."""

    def __init__(self, *values: Any) -> None:
        self._values = tuple(values[0]) if len(values) == 1 else values

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def push_front(self, value: Any) -> "List":
        return List((value, *self._values))
