"""The process that learns behind a driver, as the window holds it: ticks go there in order, and no frame waits."""

from dataclasses import dataclass
from pathlib import Path

from drive_sim.app.background_work import BackgroundWork, last_line
from drive_sim.app.live_learning_messages import LearningTask, NotSaved, SaveTwin, TickLearned
from drive_sim.app.live_learning_twin import LiveTwin
from drive_sim.app.training_messages import ModelSaved
from drive_sim.learn.live import CONFIGS, TWINS, DrivenTick, LivePolicy, Weights, policy_of
from drive_sim.lessons.kit.workers import Connection, lower_priority

MOST_BEHIND_S = 120.0
"""Further behind it takes no more, and says so: what waits must fit into memory."""
_NAME = "live learning"


@dataclass(frozen=True, slots=True, eq=False)
class KeptTwins:
    """The weights of both twins, by their names, after so many ticks."""

    num_ticks: int
    weights: dict[str, Weights]


class LearningProcess:
    """Twins of one network that learn from what is handed over; call `poll` each frame, then read how far they are."""

    def __init__(self, network: str, seed: int, tick_s: float) -> None:
        """Begin."""
        self.network, self.tick_s = network, tick_s
        self.twins = {name: LiveTwin(network, name) for name in TWINS}
        self.num_handed = self.num_learned = self.num_refused = 0
        self.saved: list[ModelSaved | NotSaved] = []
        """What has become of those that were to be saved."""
        self.kept: KeptTwins | None = None
        """The twins at the moment at which they were let go; None while they have still to learn until there."""
        self._to_keep: int | None = None
        self.error = ""
        """One line on why it failed."""
        task = LearningTask(network, seed, tick_s)
        self._work = BackgroundWork({_NAME: (_learn, task)}, _NAME)

    @property
    def behind_s(self) -> float:
        """How much of what was handed over it has not learned from yet."""
        return (self.num_handed - self.num_learned) * self.tick_s

    @property
    def refused_s(self) -> float:
        """How much it has not taken, since it was too far behind."""
        return self.num_refused * self.tick_s

    def hand_over(self, tick: DrivenTick) -> None:
        """A tick that was driven; it is taken in order, or refused and counted."""
        if self.behind_s >= MOST_BEHIND_S or self.error:
            self.num_refused += 1
            return
        self.num_handed += 1
        self._work.send(_NAME, tick)

    def poll(self) -> None:
        """Once a frame: what was learned since."""
        for _, received in self._work.received():
            if isinstance(received, Exception):
                self.error = f"it learns no more: {last_line(received)}"
            elif isinstance(received, ModelSaved | NotSaved):
                self.saved.append(received)
            elif isinstance(received, TickLearned):
                self.num_learned += 1
                for name, told in received.twins.items():
                    self.twins[name].take_in(told, round(1.0 / self.tick_s))
                self._keep_if_due()

    def keep(self, num_ticks: int) -> None:
        """Keep both twins as they are after so many ticks, or as they are now where these are more; see `kept`."""
        self.kept, self._to_keep = None, num_ticks
        self._keep_if_due()

    def policy(self, name: str) -> LivePolicy:
        """What drives by the weights that were kept of a twin."""
        assert self.kept is not None
        return policy_of(self.network, CONFIGS[self.network][name], self.kept.weights[name])

    def save(self, name: str, folder: Path) -> None:
        """Have a twin saved as it was kept; `saved` tells when it is."""
        assert self.kept is not None
        self._work.send(_NAME, SaveTwin(name, folder, self.kept.weights[name], self.kept.num_ticks))

    def _keep_if_due(self) -> None:
        weights = {name: twin.weights for name, twin in self.twins.items() if twin.weights is not None}
        if self._to_keep is not None and self.num_learned >= self._to_keep and len(weights) == len(TWINS):
            self.kept, self._to_keep = KeptTwins(self.num_learned, weights), None

    def close(self) -> None:
        """Nobody wants it any more."""
        self._work.cancel()

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait until the process has ended, for scripts and tests; the window polls."""
        self._work.wait(timeout_s)


def _learn(parent: Connection, task: LearningTask) -> None:
    """What the process runs; torch is loaded there only, when the window's frames come first already."""
    lower_priority()
    from drive_sim.app.live_learning_worker import learn_live  # noqa: PLC0415

    learn_live(parent, task)
