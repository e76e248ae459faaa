"""The clock that splits a frame's cost: what a step calls on is not its own time."""

from clocks import Clock


class Hand:
    """A clock's hand, moved by the test."""

    def __init__(self):
        self.at = 0.0

    def __call__(self):
        return self.at


def test_a_step_within_a_step_is_taken_off():
    hand = Hand()
    clock = Clock(hand)
    with clock.step("outer"):
        hand.at = 1
        with clock.step("inner"):
            hand.at = 5
        hand.at = 7
    hand.at = 100
    assert clock.seconds == {"outer": 3, "inner": 4}


def test_time_between_steps_is_nobodys():
    hand = Hand()
    clock = Clock(hand)
    for end in (2, 12):
        with clock.step("a"):
            hand.at = end
        hand.at = 10
    assert clock.seconds == {"a": 4}


def test_of_chained_iterators_each_has_its_own():
    hand = Hand()
    clock = Clock(hand)

    def source():
        for n in range(3):
            hand.at += 10
            yield n

    def doubled(values):
        for n in values:
            hand.at += 1
            yield 2 * n

    assert list(clock.through("double", doubled(clock.through("source", source())))) == [0, 2, 4]
    assert clock.seconds == {"source": 30, "double": 3}


def test_a_step_that_fails_is_ended():
    hand = Hand()
    clock = Clock(hand)

    def fail():
        hand.at += 2
        raise KeyError

    for _ in range(2):
        try:
            clock.timed("fails", fail)()
        except KeyError:
            hand.at += 50
    assert clock.seconds == {"fails": 4}
