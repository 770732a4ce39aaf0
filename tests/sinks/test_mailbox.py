"""What waits for the broker."""

import asyncio

import pytest

from hrvdaemon.sinks.mailbox import Mailbox
from hrvdaemon.sinks.topics import Message


def retained(payload: str, topic: str = "state") -> Message:
    return Message(topic=topic, payload=payload, retain=True)


def fact(payload: str, topic: str = "window") -> Message:
    return Message(topic=topic, payload=payload, retain=False)


def emptied(mailbox: Mailbox) -> list[str]:
    sent: list[str] = []
    while (message := mailbox.first()) is not None:
        sent.append(message.payload)
        mailbox.done(message)
    return sent


def test_of_a_retained_topic_only_the_latest_is_sent() -> None:
    mailbox = Mailbox(10)
    for payload in ("1", "2", "3"):
        mailbox.post(retained(payload))
    assert emptied(mailbox) == ["3"]


def test_facts_are_sent_in_their_order_after_the_state() -> None:
    mailbox = Mailbox(10)
    mailbox.post(fact("a"))
    mailbox.post(fact("b", "event"))
    mailbox.post(retained("s"))
    assert emptied(mailbox) == ["s", "a", "b"]


def test_a_full_line_lets_the_oldest_fact_go_and_counts_it() -> None:
    mailbox = Mailbox(2)
    for payload in ("a", "b", "c"):
        mailbox.post(fact(payload))
    assert mailbox.n_dropped == 1
    assert emptied(mailbox) == ["b", "c"]


def test_what_replaced_a_message_while_it_was_sent_still_waits() -> None:
    mailbox = Mailbox(2)
    mailbox.post(retained("1"))
    first = mailbox.first()
    assert first is not None
    mailbox.post(retained("2"))
    mailbox.done(first)
    assert emptied(mailbox) == ["2"]


def test_a_fact_that_fell_out_while_it_was_sent_takes_no_other_with_it() -> None:
    mailbox = Mailbox(1)
    mailbox.post(fact("a"))
    first = mailbox.first()
    assert first is not None
    mailbox.post(fact("b"))
    mailbox.done(first)
    assert emptied(mailbox) == ["b"]


def test_a_new_connection_gets_every_retained_topic_again_and_no_fact_twice() -> None:
    mailbox = Mailbox(10)
    for message in (retained("s"), retained("m", "meta"), fact("a")):
        mailbox.post(message)
    assert emptied(mailbox) == ["s", "m", "a"]
    mailbox.connected()
    assert emptied(mailbox) == ["s", "m"]


def test_a_refused_topic_holds_up_no_other_and_is_tried_again_with_its_next_message() -> None:
    mailbox = Mailbox(10)
    mailbox.post(fact("a"))
    mailbox.post(fact("e", "event"))
    first = mailbox.first()
    assert first is not None
    mailbox.refused(first)
    assert emptied(mailbox) == ["e"]
    mailbox.post(fact("b"))
    assert emptied(mailbox) == ["a", "b"]


async def test_waiting_ends_with_the_next_message_and_with_the_end() -> None:
    mailbox = Mailbox(10)
    waiting = asyncio.ensure_future(mailbox.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    mailbox.post(fact("a"))
    await waiting
    mailbox.close()
    await mailbox.wait()
    assert mailbox.is_closed


async def test_a_message_posted_before_waiting_is_not_missed() -> None:
    mailbox = Mailbox(10)
    mailbox.post(fact("a"))
    await mailbox.wait()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await mailbox.wait()
