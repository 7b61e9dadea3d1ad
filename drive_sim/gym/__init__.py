"""The border to Gymnasium: our road as an environment of theirs, and their environments as worlds for our learners.

Importing this registers `drive_sim/Road-v0`, for `gymnasium.make` and, truly batched, for `gymnasium.make_vec`;
`import drive_sim` sees to it that this is imported (`drive_sim/registration.py`).
"""

import gymnasium

ROAD_ID = "drive_sim/Road-v0"

if ROAD_ID not in gymnasium.registry:
    gymnasium.register(
        ROAD_ID, entry_point="drive_sim.gym.road:RoadEnv", vector_entry_point="drive_sim.gym.road:RoadVectorEnv"
    )
