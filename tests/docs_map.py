"""The map of the house that opens ARCHITECTURE.md: rooms and allowed arrows, drawn from the import contracts.

`python -m tests.docs_map` writes it; `tests.docs_check` fails while it is out of date.
"""

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START, END = "<!-- map: python -m tests.docs_map -->", "<!-- end of the map -->"
_HEAD = "# Architecture\n\nHow Beffroi is built, and where to find a behaviour."
_LEGEND = (
    "A map of the house, drawn from the import contracts in `pyproject.toml` by `python -m tests.docs_map`. "
    "A room may import what stands below it (▼) in its package, and `shared`; rooms of one line (·) do not "
    "import each other, those joined by & may."
)
_WIDTH = 100
Contract = dict[str, object]


def contracts(pyproject: str) -> list[Contract]:
    """The contracts of import-linter, in the order of the file."""
    found = tomllib.loads(pyproject)["tool"]["importlinter"]["contracts"]
    assert isinstance(found, list)
    return found


def drawn(told: Sequence[Contract]) -> str:
    """The map: the layers of each package, then the other contracts as rules."""
    layered = [one for one in told if one["type"] == "layers"]
    stacks = ["\n".join(_stack(*stack)) for contract in layered for stack in _stacks(contract)]
    rules = "\n".join(f"- {one['name']}." for one in told if one["type"] != "layers")
    return f"{_LEGEND}\n\n```\n" + "\n\n".join(stacks) + f"\n```\n\n{rules}\n"


def with_map(document: str, pyproject: str) -> str:
    """The document with the map as it should be, behind its first sentence where it has none yet."""
    made = f"{START}\n{drawn(contracts(pyproject))}{END}"
    if START in document:
        before, _, rest = document.partition(START)
        return before + made + rest.partition(END)[2]
    first, _, rest = document.partition(_HEAD)
    return f"{first}{_HEAD}\n\n{made}\n\n{rest.lstrip()}"


def _stacks(contract: Contract) -> Iterator[tuple[str, list[str]]]:
    """The packages a contract of layers is about, each with its layers as they are written there."""
    layers = _texts(contract["layers"])
    containers = _texts(contract.get("containers", []))
    if containers:
        yield from ((container, layers) for container in containers)
    else:
        package = _rooms(layers[0])[0].partition(".")[0]
        yield package, layers


def _stack(package: str, layers: Sequence[str]) -> Iterator[str]:
    """The lines of one package, the topmost layer first."""
    for number, layer in enumerate(layers):
        rooms = [room.removeprefix(f"{package}.") for room in _rooms(layer)]
        for place, line in enumerate(_folded(rooms, " & " if ":" in layer else " · ")):
            arrow = "▼" if number and not place else " "
            yield f"{'' if number or place else package:<13}{arrow} {line}"


def _rooms(layer: str) -> list[str]:
    """The modules of one layer; import-linter puts those that need not be there in parentheses."""
    return [part.strip(" ()") for part in layer.replace(":", "|").split("|")]


def _folded(rooms: Sequence[str], between: str) -> Iterator[str]:
    line = ""
    for room in rooms:
        joined = line + between + room if line else room
        if len(joined) > _WIDTH:
            yield line
            joined = room
        line = joined
    yield line


def _texts(value: object) -> list[str]:
    assert isinstance(value, list)
    return [str(one) for one in value]


def main() -> None:
    """Write the map."""
    file = ROOT / "ARCHITECTURE.md"
    file.write_text(with_map(file.read_text(), (ROOT / "pyproject.toml").read_text()))


if __name__ == "__main__":
    main()
