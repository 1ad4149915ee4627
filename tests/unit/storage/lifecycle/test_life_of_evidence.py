"""Everything that may befall a storage, in any order: nothing held is destroyed, nothing while refused."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from hypothesis import Phase, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from shared.messages.storage import ClockConfirmed, HoldOrder
from shared.tickets import Action
from storage.lifecycle.retention import Outcome
from storage.model.deadline import DAY_NS
from storage.model.segment import Segment
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.hands import HandControl
from tests.unit.storage.lost_index import bring_back, keep_index, lose_index
from tests.unit.storage.workshop import Workshop, units, workshop

S_NS = 1_000_000_000
HOUR_NS = 3600 * S_NS
PICK = st.integers(0, 5)


def order_of(id: str, segment: Segment) -> HoldOrder:
    return HoldOrder(
        id,
        str(STREAM),
        datetime.fromtimestamp(segment.start_ns // S_NS, UTC),
        datetime.fromtimestamp(segment.end_ns // S_NS + 1, UTC),
        "PV 1",
    )


class Misfortune(Enum):
    """What befalls a storage."""

    AWAY = "control_room is away"
    CLOCK_AHEAD = "the clock is set ahead"
    CLOCK_BACK = "the clock is set back"
    ROWS_DELETED = "rows are deleted"
    HOLD_FILES_LOST = "the files of holds are lost"
    INDEX_LOST = "the index is lost"
    OLDER_INDEX = "an older index comes back"
    REBOOT = "the machine starts again"
    REBOOT_WITH_THE_CLOCK_AHEAD = "the machine starts again with another date"
    CONDEMNED_AND_KILLED = "storage is killed between condemning and destroying"


class LifeOfEvidence(RuleBasedStateMachine):
    """`true_ns` is the time; what storage's clock says is `off_ns` away from it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.runner = asyncio.Runner()
        self.control = HandControl()
        self.true_ns, self.off_ns, self.boots, self.starts = START_NS, 0, 0, 0
        self.known: dict[str, Segment] = {}
        self.kept: dict[str, set[str]] = {}
        self.waiting: list[str] = []
        self.holds = 0
        self.context: AbstractAsyncContextManager[Workshop] | None = None

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    @initialize()
    def begin(self) -> None:
        self.start()
        self.record(False)
        self.record(True)

    def start(self) -> None:
        self.starts += 1
        self.context = workshop(
            self.folder,
            utc_ns=self.true_ns + self.off_ns,
            nonce=f"n{self.starts}",
            control=self.control,
            boot_id=f"boot-{self.boots}",
            booted_ns=self.true_ns,
        )
        self.shop: Workshop = self.do(self.context.__aenter__())

    def stop(self) -> None:
        if self.context is not None:
            self.do(self.context.__aexit__(None, None, None))
            self.context = None

    def teardown(self) -> None:
        self.stop()
        self.runner.close()
        shutil.rmtree(self.folder)

    def there(self) -> set[str]:
        return set(self.shop.objects())

    @rule(copied=st.booleans())
    def record(self, copied: bool) -> None:
        if copied:
            self.again(lambda: keep_index(self.folder, self.folder / "copy"))
        pictures = units(50, start_ns=self.true_ns)
        self.do(self.shop.record_all(pictures, days=1))
        self.pass_time(30)
        for row in self.do(self.shop.rows.everything()):
            self.known.setdefault(row.key, row)

    @precondition(lambda self: self.known)
    @rule(pick=PICK, by_list=st.booleans(), then=st.sampled_from([None, *Misfortune]))
    def hold(self, pick: int, by_list: bool, then: Misfortune | None) -> None:
        self.holds += 1
        id = f"h-{self.holds}"
        order = order_of(id, sorted(self.known.values(), key=lambda row: row.key)[pick % len(self.known)])
        self.control.active[id] = order
        if not by_list:
            answer = self.do(self.shop.put(f"/holds/{id}", self.shop.token(Action.HOLD, f"hold:{id}"), order))
            assert answer.status_code == 200
        if by_list and self.control.away:
            # Nobody has told storage: what goes until somebody can has not been said to be kept.
            self.waiting.append(id)
        else:
            self.keeps(id)
        if then is not None:
            self.misfortune(then)
        self.a_day_passes()

    def keeps(self, id: str) -> None:
        order = self.control.active[id]
        start_ns, end_ns = int(order.start.timestamp()) * S_NS, int(order.end.timestamp()) * S_NS
        self.kept[id] = {
            key
            for key in self.there()
            if self.known[key].start_ns < end_ns and self.known[key].end_ns > start_ns
        }

    @precondition(lambda self: self.control.active)
    @rule(pick=PICK)
    def release(self, pick: int) -> None:
        id = sorted(self.control.active)[pick % len(self.control.active)]
        del self.control.active[id]
        self.control.released.add(id)
        self.kept.pop(id, None)
        if id in self.waiting:
            self.waiting.remove(id)

    @rule(kind=st.sampled_from(Misfortune))
    def misfortune(self, kind: Misfortune) -> None:
        match kind:
            case Misfortune.AWAY:
                self.control.away = True
            case Misfortune.CLOCK_AHEAD:
                self.set_clock(40 * DAY_NS)
            case Misfortune.CLOCK_BACK:
                self.set_clock(-40 * DAY_NS)
            case Misfortune.ROWS_DELETED:
                rows = self.do(self.shop.rows.everything())
                self.do(self.shop.rows.forget([row.key for row in rows[: len(rows) // 2 + 1]]))
            case Misfortune.HOLD_FILES_LOST:
                shutil.rmtree(self.folder / "objects/.holds", ignore_errors=True)
            case Misfortune.INDEX_LOST:
                self.again(lambda: lose_index(self.folder))
            case Misfortune.OLDER_INDEX:
                if (self.folder / "copy").exists():
                    self.again(lambda: bring_back(self.folder, self.folder / "copy"))
            case Misfortune.REBOOT:
                self.boots += 1
                self.again(lambda: None)
            case Misfortune.REBOOT_WITH_THE_CLOCK_AHEAD:
                self.boots += 1
                self.off_ns = 40 * DAY_NS
                self.again(lambda: None)
            case Misfortune.CONDEMNED_AND_KILLED:
                clock_ns = self.true_ns if self.shop.retention.refused is None else 0
                self.do(self.shop.dues.condemn(clock_ns))
                self.again(lambda: None)
        self.retention()

    @rule()
    def a_day_passes(self) -> None:
        self.pass_time(25 * 3600)
        self.retention()

    @rule(scrubbed=st.booleans())
    def an_operator_mends_everything(self, scrubbed: bool) -> None:
        self.set_clock(0)
        self.control.away = False
        self.pass_time(15)
        while self.waiting:
            self.keeps(self.waiting.pop())
        if scrubbed:
            self.do(self.shop.scrub().names())
        self.do(self.shop.reindex())
        word = ClockConfirmed(datetime.fromtimestamp(self.true_ns // S_NS, UTC), "a.dupont")
        self.do(self.shop.end.keeper.confirm(word))
        outcome = self.retention()
        assert outcome.refused is None
        # What nobody holds and is due is gone: a refusal delays, it does not lose count.
        held = set().union(*self.kept.values())
        due = {key for key, row in self.known.items() if row.start_ns + DAY_NS <= self.true_ns}
        assert self.shop_is_clean(due - held)

    def shop_is_clean(self, due: set[str]) -> bool:
        """Whether footage that is due is there only because a hold of storage's own list keeps it."""
        holds = self.do(self.shop.holds.all())
        return all(
            any(
                hold.start_ns < self.known[key].end_ns and hold.end_ns > self.known[key].start_ns
                for hold in holds
            )
            for key in due & self.there()
        )

    def retention(self) -> Outcome:
        before = self.there()
        outcome: Outcome = self.do(self.shop.retention.run_once())
        gone = before - self.there()
        event(f"destroyed: {bool(gone)}, refused: {bool(outcome.refused)}")
        assert outcome.destroyed == len(gone)
        assert not (outcome.refused and gone)
        # Each start of the machine may be an hour wrong unseen, and the time since then another.
        latest_ns = self.true_ns + (self.boots + 1) * HOUR_NS
        assert all(self.known[key].start_ns + DAY_NS <= latest_ns for key in gone)
        return outcome

    def set_clock(self, off_ns: int) -> None:
        self.shop.clock.step_utc(off_ns - self.off_ns)
        self.off_ns = off_ns

    def pass_time(self, seconds: int) -> None:
        self.do(self.shop.clock.advance(seconds))
        self.true_ns += seconds * S_NS

    def again(self, meanwhile: Callable[[], object]) -> None:
        self.stop()
        meanwhile()
        self.start()

    @invariant()
    def what_is_held_is_there(self) -> None:
        if self.context is not None and self.kept:
            there = self.there()
            assert all(keys <= there for keys in self.kept.values())


LifeOfEvidence.TestCase.settings = settings(
    max_examples=6, stateful_step_count=12, deadline=None, database=None, phases=[Phase.generate]
)
test_nothing_held_is_ever_destroyed_and_nothing_while_refused = LifeOfEvidence.TestCase
