"""Thrift's compact protocol, read and written without a schema, so that some fields can change and the rest stays as it was.

The encoding is that of Apache Thrift, doc/specs/thrift-compact-protocol.md.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from enum import IntEnum
from struct import pack, unpack
from typing import TypeAlias, TypeVar

_DAMAGED = "damaged Thrift struct"

T = TypeVar("T")
Value: TypeAlias = "bool | int | float | bytes | Struct | Items | Pairs"


class Kind(IntEnum):
    """The type of a field or of elements. A boolean field that is true has a number of its own."""

    TRUE = 1
    BOOL = 2
    BYTE = 3
    I16 = 4
    I32 = 5
    I64 = 6
    DOUBLE = 7
    BINARY = 8
    LIST = 9
    SET = 10
    MAP = 11
    STRUCT = 12
    UUID = 13


@dataclass(frozen=True)
class Field:
    """A value in a struct. A struct as value may also be given encoded, as bytes."""

    kind: Kind
    value: Value


@dataclass(frozen=True)
class Items:
    """A list or a set. Booleans in it are bytes, since writers differ on which byte is false."""

    kind: Kind
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Pairs:
    """A map. An empty one does not say what kinds it is of."""

    kinds: tuple[Kind, Kind] | None
    values: tuple[tuple[Value, Value], ...]


@dataclass(frozen=True)
class Struct:
    """A struct or a union: fields by their id, in the order they were written in."""

    fields: dict[int, Field]

    def get(self, key: int, kind: type[T]) -> T:
        """The value of a field that has to be there. Raises ``ValueError`` when it is not, or is of another type."""
        field = self.fields.get(key)
        if field is None or not isinstance(field.value, kind):
            raise ValueError(f"{_DAMAGED}: field {key} is missing or of another type")
        return field.value

    def structs(self, key: int) -> list[Struct]:
        """The structs of a list that has to be there."""
        values = self.get(key, Items).values
        structs = [value for value in values if isinstance(value, Struct)]
        if len(structs) < len(values):
            raise ValueError(f"{_DAMAGED}: field {key} holds other things than structs")
        return structs

    def changed(self, fields: Mapping[int, Field]) -> Struct:
        """A struct with these fields in place of its own."""
        return Struct({**self.fields, **fields})

    def without(self, keys: Container[int]) -> Struct:
        """A struct with all fields but these."""
        return Struct({key: field for key, field in self.fields.items() if key not in keys})


def decode(data: bytes) -> Struct:
    """The struct that ``data`` begins with. Raises ``ValueError`` if there is none."""
    try:
        return _Reader(data).struct()
    except IndexError:
        raise ValueError(f"{_DAMAGED}: it ends too early") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{_DAMAGED}: {error}") from error


def encode(struct: Struct) -> bytes:
    """The bytes of a struct: those that it was decoded from, if their writer chose the shortest forms as the protocol asks."""
    writer = _Writer()
    writer.struct(struct)
    return bytes(writer.out)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def struct(self) -> Struct:
        fields: dict[int, Field] = {}
        key = 0
        while header := self._byte():
            delta = header >> 4
            key = key + delta if delta else self._integer()
            fields[key] = self._field(Kind(header & 15))
        return Struct(fields)

    def _field(self, kind: Kind) -> Field:
        if kind <= Kind.BOOL:
            return Field(Kind.BOOL, kind is Kind.TRUE)
        return Field(kind, self._value(kind))

    def _value(self, kind: Kind) -> Value:
        match kind:
            case Kind.I16 | Kind.I32 | Kind.I64:
                return self._integer()
            case Kind.BINARY:
                return self._take(self._varint())
            case Kind.STRUCT:
                return self.struct()
            case Kind.LIST | Kind.SET:
                return self._items()
            case Kind.MAP:
                return self._pairs()
            case Kind.DOUBLE:
                return float(unpack("<d", self._take(8))[0])
            case Kind.UUID:
                return self._take(16)
        return int.from_bytes(self._take(1), signed=True)

    def _items(self) -> Items:
        header = self._byte()
        kind, size = Kind(header & 15), header >> 4
        if size == 15:
            size = self._varint()
        return Items(kind, tuple(self._value(kind) for _ in range(size)))

    def _pairs(self) -> Pairs:
        size = self._varint()
        if not size:
            return Pairs(None, ())
        header = self._byte()
        key, value = Kind(header >> 4), Kind(header & 15)
        return Pairs((key, value), tuple((self._value(key), self._value(value)) for _ in range(size)))

    def _integer(self) -> int:
        zigzag = self._varint()
        return zigzag >> 1 ^ -(zigzag & 1)

    def _varint(self) -> int:
        number = 0
        for shift in range(0, 70, 7):
            byte = self._byte()
            number |= (byte & 0x7F) << shift
            if byte < 0x80:
                return number
        raise ValueError("a number of more than 64 bits")

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _take(self, size: int) -> bytes:
        piece = self._data[self._at : self._at + size]
        if len(piece) < size:
            raise IndexError("fewer bytes left than the value has")
        self._at += size
        return piece


class _Writer:
    def __init__(self) -> None:
        self.out = bytearray()

    def struct(self, struct: Struct) -> None:
        before = 0
        for key, field in struct.fields.items():
            self._header(key, key - before, Kind.TRUE if field.kind is Kind.BOOL and field.value else field.kind)
            if field.kind is not Kind.BOOL:
                self._value(field.kind, field.value)
            before = key
        self.out.append(0)

    def _header(self, key: int, delta: int, kind: Kind) -> None:
        if 1 <= delta <= 15:
            self.out.append(delta << 4 | kind)
            return
        self.out.append(kind)
        self._integer(key)

    def _value(self, kind: Kind, value: Value) -> None:
        match value:
            case Struct():
                self.struct(value)
            case Items():
                self._items(value)
            case Pairs():
                self._pairs(value)
            case bytes():
                if kind is Kind.BINARY:
                    self._varint(len(value))
                self.out += value
            case float():
                self.out += pack("<d", value)
            case int():
                self._byte(value) if kind <= Kind.BYTE else self._integer(value)

    def _items(self, items: Items) -> None:
        size = len(items.values)
        self.out.append(min(size, 15) << 4 | items.kind)
        if size >= 15:
            self._varint(size)
        for value in items.values:
            self._value(items.kind, value)

    def _pairs(self, pairs: Pairs) -> None:
        self._varint(len(pairs.values))
        if pairs.kinds is None:
            return
        key_kind, value_kind = pairs.kinds
        self.out.append(key_kind << 4 | value_kind)
        for key, value in pairs.values:
            self._value(key_kind, key)
            self._value(value_kind, value)

    def _integer(self, number: int) -> None:
        self._varint(number << 1 ^ number >> 63)

    def _varint(self, number: int) -> None:
        while number >= 0x80:
            self.out.append(number & 0x7F | 0x80)
            number >>= 7
        self.out.append(number)

    def _byte(self, number: int) -> None:
        self.out += number.to_bytes(1, signed=True)
