from shared import metrics


def test_asking_twice_gives_the_same_counter() -> None:
    assert metrics.counter("test_same_total", "x") is metrics.counter("test_same_total", "x")


def test_asking_twice_gives_the_same_gauge() -> None:
    assert metrics.gauge("test_same_gauge", "x") is metrics.gauge("test_same_gauge", "x")


def test_asking_twice_gives_the_same_histogram() -> None:
    assert metrics.histogram("test_same_seconds", "x") is metrics.histogram("test_same_seconds", "x")


def test_what_was_counted_is_rendered() -> None:
    metrics.counter("test_rendered_total", "x", ["kind"]).labels("a").inc(3)
    assert b'test_rendered_total{kind="a"} 3.0' in metrics.render()


def test_the_process_s_own_memory_is_rendered() -> None:
    assert b"process_resident_memory_bytes" in metrics.render()
