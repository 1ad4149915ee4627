"""Journal first, as types: who makes a grant, and what makes a ticket of it."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
GATE = "access/gate.py"
TICKETS = {"access/ticketing.py", "access/service_tickets.py"}


def _modules() -> Iterator[tuple[str, ast.Module]]:
    folder = ROOT / "control_room"
    for path in sorted(folder.rglob("*.py")):
        if "node_modules" not in path.parts:
            yield path.relative_to(folder).as_posix(), ast.parse(path.read_text())


def _makers(*names: str) -> set[str]:
    """The modules that call something of one of these names, however it is reached."""
    return {
        place
        for place, tree in _modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (getattr(node.func, "id", None) in names or getattr(node.func, "attr", None) in names)
    }


def _namers(name: str) -> set[str]:
    """The modules in which a name stands at all, imports included."""
    return {
        place
        for place, tree in _modules()
        for node in ast.walk(tree)
        if name in (getattr(node, "id", None), getattr(node, "attr", None), getattr(node, "name", None))
    }


def test_only_the_gate_makes_a_grant_and_nobody_else_knows_its_seal() -> None:
    assert _makers("Grant") == {GATE}
    assert _namers("_KEPT") == {GATE}


def test_only_two_modules_make_tickets() -> None:
    assert _makers("Ticket") == TICKETS
    assert _makers("sign") - {"access/lessor.py"} == TICKETS


def test_every_ticket_for_a_person_is_made_from_a_grant() -> None:
    """The first argument of each call of `Ticketing`, and the only way in: no other gives a ticket away."""
    (ticketing,) = (tree for place, tree in _modules() if place == "access/ticketing.py")
    (made,) = (node for node in ticketing.body if isinstance(node, ast.ClassDef) and node.name == "Ticketing")
    calls = [node for node in made.body if isinstance(node, ast.FunctionDef) and node.name != "__init__"]
    assert {call.name for call in calls} == {"live", "wall", "playback", "download", "_issue"}
    assert {ast.unparse(call.args.args[1].annotation or call) for call in calls} == {"Grant"}
