from drive_sim.lessons.no_hands import no_hands
from tests.lessons.small import Small

NO_HANDS = Small(
    no_hands.Config(
        seed=1000,
        num_seeds=1,
        quick=True,
        trip_miles=0.25,
        part_miles=0.15,
        further_km=0.2,
        num_cars=3,
        most_films=1,
        num_steps=2,
    ),
    ({"num_seeds": 0}, {"num_seeds": 6}, {"part_miles": 0.0}, {"trip_miles": 0.1}, {"further_km": 0.0}),
    num_figures=3,
    files={"models/*": 3, "film-*.mp4": 1},
    stopped_after="trip",
)
