"""What a person asks of the daemon, as JSON: each request becomes one input, or a sentence that says what was expected.

=========  ==================================================================
path       body
=========  ==================================================================
/answer    ``{"prompt": id, "answer": "start" | "later" | "not_today"}``
/exercise  ``{"exercise": name | null}``; null lets the daemon choose
/stop      ``{}``
/pause     ``{"minutes": 0 to 10080}``; 0 resumes
/tag       ``{"tag": name}``
/felt      ``{"session": id, "tension": 0 to 10, "after": true | false}``
=========  ==================================================================
"""

import json
from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from hrvdaemon.vocabulary import inputs
from hrvdaemon.vocabulary.bounds import LONGEST_PAUSE_MIN, MOST_TENSION, problem_of
from hrvdaemon.vocabulary.errors import BadInput
from hrvdaemon.vocabulary.inputs import Answer, Input, Tag
from hrvdaemon.vocabulary.units import PromptId, SessionId

LONGEST_TEXT = 200

Word = TypeVar("Word", bound=StrEnum)


def input_of(path: str, body: bytes, *, mono_ms: int, exercises: Collection[str]) -> Input:
    """The input that a request to ``path`` asks for. BadInput if the body is not what that path takes."""
    asked = _READERS[path](_object(body), mono_ms, exercises)
    if (problem := problem_of(asked)) is not None:
        raise BadInput(problem)
    return asked


def _answer(fields: Mapping[str, Any], mono_ms: int, _: Collection[str]) -> Input:
    prompt = PromptId(_text(fields, "prompt", "the id of an invitation"))
    return inputs.PromptAnswered(mono_ms=mono_ms, prompt=prompt, answer=_word(fields, "answer", Answer))


def _exercise(fields: Mapping[str, Any], mono_ms: int, exercises: Collection[str]) -> Input:
    name = fields.get("exercise")
    if name is not None and name not in exercises:
        raise BadInput(f'expected "exercise" null or one of {", ".join(sorted(exercises))}, came {_shown(name)}')
    return inputs.ExerciseRequested(mono_ms=mono_ms, exercise=name)


def _stop(_fields: Mapping[str, Any], mono_ms: int, _: Collection[str]) -> Input:
    return inputs.ExerciseStopped(mono_ms=mono_ms)


def _pause(fields: Mapping[str, Any], mono_ms: int, _: Collection[str]) -> Input:
    return inputs.PauseRequested(mono_ms=mono_ms, minutes=_whole(fields, "minutes", LONGEST_PAUSE_MIN))


def _tag(fields: Mapping[str, Any], mono_ms: int, _: Collection[str]) -> Input:
    return inputs.TagSet(mono_ms=mono_ms, tag=_word(fields, "tag", Tag))


def _felt(fields: Mapping[str, Any], mono_ms: int, _: Collection[str]) -> Input:
    session = SessionId(_text(fields, "session", "the id of an exercise session"))
    after = fields.get("after")
    if not isinstance(after, bool):
        raise BadInput(f'expected "after" true or false, came {_shown(after)}')
    return inputs.FeltRated(
        mono_ms=mono_ms, session=session, tension=_whole(fields, "tension", MOST_TENSION), after=after
    )


_READERS: dict[str, Callable[[Mapping[str, Any], int, Collection[str]], Input]] = {
    "/answer": _answer,
    "/exercise": _exercise,
    "/stop": _stop,
    "/pause": _pause,
    "/tag": _tag,
    "/felt": _felt,
}
PATHS = tuple(_READERS)


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise BadInput(f"expected a JSON object, came {_shown(body.decode(errors='replace'))}") from error
    if not isinstance(value, dict):
        raise BadInput(f"expected a JSON object, came {_shown(value)}")
    return value


def _text(fields: Mapping[str, Any], key: str, meaning: str) -> str:
    value = fields.get(key)
    if isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT:
        return value
    raise BadInput(f'expected "{key}", {meaning}, came {_shown(value)}')


def _word(fields: Mapping[str, Any], key: str, words: type[Word]) -> Word:
    value = fields.get(key)
    if isinstance(value, str) and value in list(words):
        return words(value)
    raise BadInput(f'expected "{key}" one of {", ".join(words)}, came {_shown(value)}')


def _whole(fields: Mapping[str, Any], key: str, most: int) -> int:
    value = fields.get(key)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most:
        return value
    raise BadInput(f'expected "{key}" a whole number from 0 to {most}, came {_shown(value)}')


def _shown(value: object) -> str:
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…"
