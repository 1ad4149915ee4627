"""The map of the house is what import-linter holds."""

from tests.docs_map import END, ROOT, START, contracts, drawn, with_map

PYPROJECT = """
[[tool.importlinter.contracts]]
name = "Nobody imports the door"
type = "forbidden"
source_modules = ["house"]
forbidden_modules = ["house.door"]

[[tool.importlinter.contracts]]
name = "The rooms of house"
type = "layers"
layers = ["house.roof", "house.hall | (house.attic)", "house.cellar : house.coal"]

[[tool.importlinter.contracts]]
name = "The rooms of shed"
type = "layers"
containers = ["shed"]
layers = ["bench", "floor"]
"""


def test_each_layer_is_a_line_and_every_other_contract_a_rule() -> None:
    told = drawn(contracts(PYPROJECT))
    lines = [line.strip() for line in told.split("```")[1].splitlines() if line]
    assert lines == [
        "house          roof",
        "▼ hall · attic",
        "▼ cellar & coal",
        "shed           bench",
        "▼ floor",
    ]
    assert told.endswith("- Nobody imports the door.\n")


def test_a_long_layer_goes_on_beneath_itself() -> None:
    rooms = [f"house.room-{number:02}" for number in range(20)]
    (contract,) = contracts(
        f'[[tool.importlinter.contracts]]\nname = "x"\ntype = "layers"\nlayers = ["{" | ".join(rooms)}"]\n'
    )
    told = drawn([contract])
    assert told.count("\n               room-") == 1
    assert all(room.removeprefix("house.") in told for room in rooms)


def test_a_map_that_is_out_of_date_is_drawn_anew_and_nothing_else_changes() -> None:
    document = (ROOT / "ARCHITECTURE.md").read_text()
    stale = document.replace("▼ fanout", "▼ ballroom")
    assert stale != document
    assert with_map(stale, (ROOT / "pyproject.toml").read_text()) == document


def test_a_document_without_a_map_gets_it_behind_its_first_sentence() -> None:
    bare = "# Architecture\n\nHow Beffroi is built, and where to find a behaviour. Words.\n"
    made = with_map(bare, PYPROJECT)
    assert made.index("find a behaviour.") < made.index(START) < made.index(END) < made.index("Words.")
    assert with_map(made, PYPROJECT) == made
