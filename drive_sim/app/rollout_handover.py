"""One rollout drives on where another one is."""

from dataclasses import replace

from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.rollout_state import RolloutState


def go_on_from(rollout: LiveRollout, state: RolloutState) -> None:
    """Drive on from another rollout's state, by drivers of one's own, who keep what they have done."""
    own = {driver.name: driver for driver in rollout.drivers}
    tallies = [driver.tally for driver in rollout.drivers]
    rollout.restore(replace(state, drivers=(), driver=own[state.driver.name], tick_driver=None))
    for driver, tally in zip(rollout.drivers, tallies, strict=True):
        driver.tally = tally
