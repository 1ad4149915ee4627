"""The chain and the tree beside each other: a head fixes all entries up to its size."""

import json
from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.evidence.journal_chain import FaultKind, JournalChain, Start, line_hash
from shared.evidence.merkle import Frontier
from tests.unit.shared.evidence.journals import chained, head_of, tree_of

texts = st.lists(st.sampled_from(["watch", "playback", "export"]), max_size=12)


@settings(max_examples=40, deadline=None)
@given(texts, st.lists(st.integers(0, 12), max_size=4), st.integers(1, 5))
def test_any_entries_in_any_parts_are_those_of_every_head_over_them(
    words: list[str], sizes: list[int], part: int
) -> None:
    lines = chained(words)
    heads = [head_of(lines[:size], number).read() for number, size in enumerate(sizes) if size <= len(lines)]
    chain = JournalChain(heads=heads)
    for at in range(0, len(lines), part):
        chain.add(lines[at : at + part])
    assert chain.end(len(lines), lines[-1].hash if lines else "0" * 64) is None
    assert chain.tree == tree_of(lines)
    assert (chain.met is None) == (not heads)


@settings(max_examples=40, deadline=None)
@given(texts.filter(lambda words: len(words) > 1), st.data())
def test_a_chain_goes_on_from_anywhere_as_from_the_beginning(words: list[str], data: st.DataObject) -> None:
    lines = chained(words)
    at = data.draw(st.integers(1, len(lines) - 1))
    start = Start(tree_of(lines[:at]), lines[at - 1].hash)
    chain = JournalChain(start, [head_of(lines).read(), head_of(lines[:at]).read()])
    chain.add(lines[at:])
    assert chain.end(len(lines), lines[-1].hash) is None
    assert chain.tree == tree_of(lines)


@settings(max_examples=40, deadline=None)
@given(texts.filter(bool), st.data())
def test_a_rewritten_entry_is_found_between_the_heads_around_it(
    words: list[str], data: st.DataObject
) -> None:
    lines = chained(words)
    at = data.draw(st.integers(0, len(words) - 1))
    heads = [head_of(lines[:at]).read(), head_of(lines, 2).read()]
    forged = chained([*words[:at], "something else", *words[at + 1 :]])
    chain = JournalChain(heads=heads)
    chain.add(forged)
    fault = chain.end(len(forged), forged[-1].hash)
    assert fault is not None
    assert (fault.kind, fault.entry) == (FaultKind.REWRITTEN, at + 1)


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=6), st.text(), st.integers(0, 1 << 62)
)
def test_the_hash_is_over_the_canonical_json(deed: dict[str, str], at: str, seq: int) -> None:
    told = {name: value for name, value in deed.items() if name != "why" or value}
    content = {"seq": seq, "at": at, "deed": told, "previous": "0" * 64}
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    assert line_hash(seq, at, deed, "0" * 64) == sha256(text.encode()).hexdigest()


def test_a_value_that_is_no_text_is_an_altered_entry() -> None:
    (line,) = chained(["a"])
    chain = JournalChain()
    chain.add([line._replace(deed={"motive": b"a"})])  # type: ignore[dict-item]  # as SQLite may give it
    fault = chain.end(1, line.hash)
    assert fault is not None
    assert fault.kind is FaultKind.ALTERED


def test_behind_a_fault_the_first_one_is_kept() -> None:
    lines = chained(["a", "b", "c", "d"])
    chain = JournalChain(Start(Frontier(), "0" * 64))
    chain.add([lines[0], lines[2]])
    chain.add([lines[3]._replace(deed={})])
    fault = chain.end(4, lines[3].hash)
    assert fault is not None
    assert (fault.kind, fault.entry) == (FaultKind.MISSING, 2)
