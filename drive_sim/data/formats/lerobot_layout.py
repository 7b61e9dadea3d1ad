"""Where a LeRobotDataset of version 3 keeps what, and how its features are called.

The layout is that of lerobot 0.4's `datasets/utils.py`: numbers in Parquet, a row a frame; films of many episodes; and
in `meta` what the features are (`info.json`), statistics, tasks, and a row an episode.
"""

VERSION = "v3.0"
INFO, STATS, TASKS = "meta/info.json", "meta/stats.json", "meta/tasks.parquet"
CHUNK = "chunk-{chunk_index:03d}/file-{file_index:03d}"
DATA_PATH, VIDEO_PATH = f"data/{CHUNK}.parquet", "videos/{video_key}/" + f"{CHUNK}.mp4"
EPISODES_PATH = f"meta/episodes/{CHUNK}.parquet"
DATA_FILES, EPISODE_FILES = "data/*/*.parquet", "meta/episodes/*/*.parquet"
ACTION, STATE, INTERVENTION = "action", "observation.state", "intervention"
CAMERAS = ("observation.images.front", "observation.images.left", "observation.images.right")
"""The middle camera, and those beside it."""
CLOCK = ("timestamp", "frame_index", "episode_index", "index", "task_index")
"""What every dataset has: seconds and frames since the episode's start, and numbers of episode, frame and task."""
