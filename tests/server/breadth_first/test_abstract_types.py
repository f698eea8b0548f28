"""Interfaces and unions: the object type of each value is found, checked, and answered in its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import pytest
import strawberry
from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema, GraphQLUnionType, build_schema
from tests.server.breadth_first.comparing import same

pytestmark = pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")

SCHEMA = """
interface Named { name: String }
interface Being implements Named { name: String friends: [Named] }
type Dog implements Named & Being { name: String friends: [Named] barks: Boolean! }
type Cat implements Named & Being { name: String friends: [Named] meows: Boolean }
type Stone implements Named { name: String weight: Int }
union Pet = Dog | Cat
type Query { pets: [Pet] sure: [Pet!]! named: [Named] one: Pet being: Being! }
"""
QUERY = """
{ pets { __typename ... on Dog { name barks } ... on Cat { name meows } ... on Named { alias: name } }
  named { ... on Being { friends { name ... on Stone { weight } } } name ...WithWeight }
  one { ...Bark } sure { ...Bark ... on Cat { meows } } being { __typename name ... on Dog { barks } } }
fragment WithWeight on Named { ... on Stone { weight } __typename }
fragment Bark on Pet { ... on Dog { barks name } }
"""


@dataclass
class Animal:
    kind: Any
    name: str = "Rex"
    barks: bool | None = True
    meows: bool = True
    weight: int = 3
    friends: Any = None


def animals(*kinds: Any) -> list[Animal]:
    return [Animal(kind) for kind in kinds]


def root(pets: list[Any], named: list[Any] | None = None) -> dict[str, Any]:
    friendly = Animal("Cat", friends=[*animals("Stone", "Dog"), None])
    return {
        "pets": pets,
        "sure": pets,
        "named": [friendly, *(named or [])],
        "one": pets[0] if pets else None,
        "being": Animal("Cat"),
    }


async def later(value: Any) -> Any:
    return value


async def failing(_value: Any) -> Any:
    raise RuntimeError("can't tell")


def fail(_value: Any) -> Any:
    raise RuntimeError("can't tell")


def with_type_resolvers(resolve: Callable[[Animal], Any]) -> GraphQLSchema:
    schema = build_schema(SCHEMA)
    for type_ in schema.type_map.values():
        if isinstance(type_, (GraphQLInterfaceType, GraphQLUnionType)):
            type_.resolve_type = lambda value, _info, _type: resolve(value)
    return schema


def with_type_checks(check: Callable[[Animal, str], Any]) -> GraphQLSchema:
    schema = build_schema(SCHEMA)
    for name in ("Dog", "Cat", "Stone"):
        type_ = schema.type_map[name]
        assert isinstance(type_, GraphQLObjectType)
        type_.is_type_of = lambda value, _info, name=name: check(value, name)
    return schema


PETS = {
    "of one type": lambda: root(animals("Dog", "Dog")),
    "of several": lambda: root(animals("Dog", "Cat", "Dog"), animals("Stone", "Dog")),
    "with nulls": lambda: root([None, *animals("Cat"), None], [None]),
    "none": lambda: root([]),
    "with errors": lambda: root([*animals("Cat"), RuntimeError("ran away")]),
    "unknown": lambda: root(animals("Dog", "Fish"), animals("Fish")),
    "not in the union": lambda: root(animals("Dog", "Stone")),
    "not an object type": lambda: root(animals("Named", "Int")),
    "no type at all": lambda: root(animals("Dog", None), animals(None)),
    "no name of a type": lambda: root(animals(7, "Dog"), animals(7)),
}


@pytest.mark.parametrize("make", PETS.values(), ids=PETS.keys())
@pytest.mark.parametrize("when", ["at once", "awaited", "mixed"])
async def test_a_type_resolver_says_which_type_a_value_is_of(make: Callable[[], Any], when: str) -> None:
    def resolve(animal: Animal) -> Any:
        return later(animal.kind) if when == "awaited" or animal.kind == "Cat" != when else animal.kind

    await same(with_type_resolvers(resolve), QUERY, root=make, in_order=when == "at once")


@pytest.mark.parametrize("resolve", [fail, failing])
async def test_a_type_resolver_in_error_is_the_error_of_its_value(resolve: Any) -> None:
    await same(with_type_resolvers(resolve), QUERY, root=lambda: root(animals("Dog")), in_order=False)


@pytest.mark.parametrize("make", PETS.values(), ids=PETS.keys())
@pytest.mark.parametrize("when", ["at once", "awaited", "mixed"])
async def test_types_are_asked_in_turn_where_there_is_no_resolver(make: Callable[[], Any], when: str) -> None:
    def check(animal: Animal, name: str) -> Any:
        is_it = animal.kind == name
        return later(is_it) if when == "awaited" or (when == "mixed" and name == "Dog") else is_it

    await same(with_type_checks(check), QUERY, root=make, in_order=when == "at once")


@pytest.mark.parametrize("check", [lambda *_: fail(0), lambda *_: failing(0), lambda *_: False])
async def test_a_type_check_in_error_is_the_error_of_its_value(check: Any) -> None:
    await same(with_type_checks(check), QUERY, root=lambda: root(animals("Dog")), in_order=False)


@pytest.mark.parametrize("when", ["at once", "awaited"])
async def test_an_object_that_is_not_of_its_field_s_type_is_an_error(when: str) -> None:
    schema = build_schema("type Query { dogs: [Dog] } type Dog { name: String }")
    dog = schema.type_map["Dog"]
    assert isinstance(dog, GraphQLObjectType)

    def check(animal: Animal, _info: Any) -> Any:
        if animal.kind == "?":
            return fail(0) if when == "at once" else failing(0)
        return animal.kind == "Dog" if when == "at once" else later(animal.kind == "Dog")

    dog.is_type_of = check
    await same(
        schema,
        "{ dogs { name } }",
        root=lambda: {"dogs": animals("Dog", "Cat", "?", "Dog")},
        in_order=when == "at once",
    )


async def test_a_null_in_a_value_of_any_type_travels_up() -> None:
    schema = with_type_resolvers(lambda animal: animal.kind)
    pets = [Animal("Dog", barks=None), Animal("Dog")]
    await same(schema, QUERY, root=root(pets, pets))
    await same(schema, "{ being { ... on Dog { barks } } }", root={"being": pets[0]})


async def test_a_value_may_name_its_type_itself() -> None:
    pets = [{"__typename": "Dog", "name": "Rex", "barks": True}, {"__typename": "Cat", "name": "Tom"}]
    await same(SCHEMA, QUERY, root={"pets": pets, "sure": pets, "named": pets, "being": pets[0]})


# Strawberry's own rules.


@strawberry.interface
class Place:
    name: str


@strawberry.type
class Village(Place):
    people: int


@strawberry.type
class Town(Place):
    mayor: str | None = None


@strawberry.type
class Lake:
    depth: float


Item = TypeVar("Item")


@strawberry.type
class Box(Generic[Item]):
    item: Item


@strawberry.type
class Checked:
    name: str = "checked"

    @classmethod
    def is_type_of(cls, value: Any, info: strawberry.Info) -> bool:
        return isinstance(value, (cls, dict)) and info.field_name != "refused"


@strawberry.interface
class Resolved:
    name: str

    @classmethod
    def resolve_type(cls, value: Any, info: Any, _type: Any) -> str:
        return "Special" if value.name == "special" else "Usual"


@strawberry.type
class Special(Resolved):
    pass


@strawberry.type
class Usual(Resolved):
    pass


Sight = Annotated[Village | Lake, strawberry.union("Sight")]
Boxed = Annotated[Box[int] | Box[str] | Lake, strawberry.union("Boxed")]
Odd = Annotated[Checked | Lake, strawberry.union("Odd")]


class Row:
    """A row of another library, cast to what it stands for."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


@strawberry.type
class Query:
    @strawberry.field
    def places(self) -> list[Place]:
        return [Village(name="甲", people=3), Town(name="乙"), Village(name="丙", people=4)]

    @strawberry.field
    def rows(self) -> list[Place]:
        row = Row(name="丁", people=7)
        return [
            strawberry.cast(Village, row),
            Town(name="戊"),
            strawberry.cast(Town, Row(name="己", mayor="x")),
        ]

    @strawberry.field
    def wrong(self) -> list[Place | None]:
        return [Village(name="甲", people=3), Lake(depth=1.5), Row(name="?"), None]

    @strawberry.field
    def sights(self) -> list[Sight | None]:
        return [Lake(depth=2.5), Village(name="甲", people=3), None, Town(name="乙"), Row(depth=1)]

    @strawberry.field
    def cast_sights(self) -> list[Sight]:
        return [
            strawberry.cast(Lake, Row(depth=9.0)),
            Lake(depth=1.0),
            strawberry.cast(Village, Lake(depth=1.0)),
        ]

    @strawberry.field
    def boxes(self) -> list[Boxed]:
        return [Box(item=1), Box(item="one"), Lake(depth=0.0), Box(item=2)]

    @strawberry.field
    def odd(self) -> list[Odd | None]:
        return [Checked(), {"name": "a dict"}, Lake(depth=0.5), "?"]

    @strawberry.field
    def refused(self) -> Checked | None:
        return Checked()

    @strawberry.field
    def resolved(self) -> list[Resolved]:
        return [Special(name="special"), Usual(name="usual"), Usual(name="special")]

    @strawberry.field
    async def later_places(self) -> list[Place]:
        return self.places()

    @strawberry.field
    def village(self) -> Village | None:
        return Town(name="no village")

    @strawberry.field
    def villages(self) -> list[Village | None]:
        def village(number: int) -> Village:
            return Village(name=f"{number}", people=number)

        return [
            village(1),
            village(2),
            strawberry.cast(Town, village(3)),
            strawberry.cast(Village, village(4)),
        ]

    @strawberry.field
    def interface_instead(self) -> Village | None:
        return Place(name="bare")


STRAWBERRY = strawberry.Schema(query=Query, types=[Village, Town, Special, Usual])

FIELDS = "{ __typename name ... on Village { people } ... on Town { mayor } }"
SIGHTS = "{ __typename ... on Lake { depth } ... on Village { name people } }"


@pytest.mark.parametrize(
    "query",
    [
        f"{{ places {FIELDS} laterPlaces {FIELDS} }}",
        f"{{ rows {FIELDS} again: rows {FIELDS} }}",
        f"{{ wrong {FIELDS} }}",
        f"{{ sights {SIGHTS} }}",
        f"{{ castSights {SIGHTS} }}",
        "{ boxes { __typename ... on IntBox { item } ... on StrBox { text: item } ... on Lake { depth } } }",
        "{ odd { __typename ... on Checked { name } ... on Lake { depth } } refused { name } }",
        "{ resolved { __typename name } }",
        "{ village { name } interfaceInstead { __typename name } }",
        "{ villages { name people } }",
    ],
)
async def test_strawberry_s_rules_hold_the_first_time_and_when_they_are_known(query: str) -> None:
    first = await same(STRAWBERRY, query, root=Query())
    assert await same(STRAWBERRY, query, root=Query()) == first
