"""Who is compared: the expert, named models or a pair that is there, and DAgger where it has learned from the same."""

from collections.abc import Sequence
from pathlib import Path

from drive_sim.app.canvas import POLICY_COLOURS, POLICY_LABELS, SPARE_COLOURS
from drive_sim.app.compare_messages import ComparedPolicy
from drive_sim.app.model_discovery import driver_names, newest_pair, shipped_pair, training_recordings
from drive_sim.app.session import Session
from drive_sim.app.training_messages import DAGGER
from drive_sim.app.training_places import ScriptedDemonstration, scripted_demonstration
from drive_sim.checkout import driver_path
from drive_sim.errors import InputError

EXPERT, CLONE = "expert", "plain"
_SHORT = {EXPERT: "Expert", CLONE: "Clone", "shift-rotate": "Shift-rotate"}
_WEIGHTS = "weights.safetensors"
Teaching = frozenset[Path] | ScriptedDemonstration
"""Recordings by their folders, or a demonstration that can be made again."""


def compared(session: Session, models: Sequence[str] | None) -> list[ComparedPolicy]:
    """The expert first, then models by their folders (None: the session's own, else the newest pair, else what ships).

    DAgger is among them where it was named, or where one is there that learned from the clone's recording.
    Raises InputError for a name that leads nowhere.
    """
    names = [name for name in (models or _usual(session)) if name != EXPERT]
    policies = [ComparedPolicy(EXPERT, _SHORT[EXPERT], POLICY_COLOURS[EXPERT])]
    for folder in dict.fromkeys(driver_path(name) for name in names):
        policies.append(policy_of(folder, policies))
    clone = clone_of(policies)
    found = None if clone is None or any(policy.name == DAGGER for policy in policies) else _taught(session, clone)
    return policies if found is None else [*policies, policy_of(found, policies)]


def policy_of(folder: Path, others: Sequence[ComparedPolicy] = ()) -> ComparedPolicy:
    """A model by its folder, with a name and (as long as there are some) a colour that none of the others has."""
    taken, worn = {other.name for other in others}, {other.colour for other in others}
    name = next(name for name in driver_names(folder) if name not in taken)
    spare = next((colour for colour in SPARE_COLOURS if colour not in worn), SPARE_COLOURS[-1])
    return ComparedPolicy(
        name, _SHORT.get(name, POLICY_LABELS.get(name, name)), POLICY_COLOURS.get(name, spare), folder
    )


def clone_of(policies: Sequence[ComparedPolicy]) -> ComparedPolicy | None:
    """The one of them that cloned a recording, shown nothing else: DAgger goes on from it."""
    return next((policy for policy in policies if policy.name == CLONE), None)


def recordings_of(session: Session, clone: ComparedPolicy) -> list[Path]:
    """What the clone has learned from, as far as it is still there."""
    found = [] if clone.folder is None else training_recordings(clone.folder)
    own = session.recording if session.models.get(CLONE) == clone.folder else None
    return found or ([own] if own is not None else [])


def taught_by(session: Session, clone: ComparedPolicy) -> Teaching | None:
    """What the clone has learned from; None where that is gone."""
    return None if clone.folder is None else _taught_by(recordings_of(session, clone), clone.folder)


def _taught_by(recordings: Sequence[Path], folder: Path) -> Teaching | None:
    """Recordings, or else the demonstration that the model says was made for it."""
    if recordings:
        return frozenset(path.resolve() for path in recordings)
    try:
        return scripted_demonstration(folder)
    except InputError:
        return None


def _usual(session: Session) -> tuple[str, ...]:
    pair = session.models or newest_pair(session.runs)
    return tuple(map(str, pair.values())) or shipped_pair()


def _taught(session: Session, clone: ComparedPolicy) -> Path | None:
    """The newest DAgger beside the clone, or under the runs, that learned from the clone's recordings."""
    assert clone.folder is not None
    wanted = taught_by(session, clone)
    beside = [clone.folder.parent / DAGGER, *session.runs.glob(f"*/{DAGGER}"), *session.runs.glob(f"*/*/{DAGGER}")]
    there = [path for path in beside if (path / _WEIGHTS).is_file()]
    same = [path for path in there if wanted is not None and _taught_by(training_recordings(path), path) == wanted]
    return max(same, key=lambda path: (path / _WEIGHTS).stat().st_mtime) if same else None
