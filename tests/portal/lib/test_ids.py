import threading
import time

from portal.lib.ids import uuid7


def test_version_variant_and_time():
    before = time.time_ns() // 1_000_000
    id_ = uuid7()
    after = time.time_ns() // 1_000_000
    assert id_.version == 7
    assert id_.variant == "specified in RFC 4122"
    assert before <= id_.int >> 80 <= after


def test_ids_ascend_strictly_also_across_threads():
    made: list[list] = [[] for _ in range(4)]

    def make(into):
        into.extend(uuid7() for _ in range(2000))

    threads = [threading.Thread(target=make, args=(into,)) for into in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(ids == sorted(ids) for ids in made)
    assert len({id_ for ids in made for id_ in ids}) == 8000
