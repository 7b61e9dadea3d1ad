"""Every command of the command line in its smallest settings, for tests of what surrounds them all."""

from typing import NamedTuple


class SmallCommand(NamedTuple):
    """What is typed, and what it makes; what it reads is made by those before it."""

    typed: str
    makes: tuple[str, ...] = ()


RECORDED = (
    SmallCommand("record --seconds 3 --seed 3 --out rec", ("rec",)),
    SmallCommand("record --seconds 8 --seed 3 --json drive.json --out drive", ("drive", "drive.json")),
)
"""After these `tests.fuzz.valid.make_log` makes `log` of what was recorded."""
SHARED_VIEW = (
    "ds1.WgbPxnjam740pSizLJVp2oIFDIcOMUxomDn5tIPAry3MfX-sTjsY7WyfNtGe_7T9147bHx8mXDntoMEABqf3TVYXFH6f93HC"
    "aQdjiJDAaQYoOGeVoyk0ZdIRgeIMn5Bl7Tp6Mfa8D99MLF1xAChW0N9dE6pt5hMTkraw6XixO0jsqBLP9UjmmZeKmD_ZiKulzwSJ"
    "rdCdd2ndT-uGk6n8YTwcWsHnEjX2uLSvLs9ITc2JL0gtis-F27c6OzW1oDi-uCA1NeW0_QeI4OKcxALGpUAivvi0_c-ZIDB7RVJq"
    "Wn5RKlCrg-Fpr6fXOBatAPs-D0lkdUYi0KiSxKISJMMAtf94Zg"
)
"""A shared view of the driving screen."""
SMALL_COMMANDS = (
    SmallCommand("train drive --network small --steps 1 --out network", ("network/weights.safetensors",)),
    SmallCommand("train --method dagger --network linear --rounds 1 --out dagger", ("dagger/model-after-001",)),
    SmallCommand("train --method smile --network linear --rounds 1 --out smile", ("smile/model-after-001",)),
    SmallCommand("train drive --method gail --rounds 1 --tensorboard board --out gail", ("gail", "board")),
    SmallCommand("train drive --method sqil --rounds 1 --out sqil", ("sqil/model-after-001",)),
    SmallCommand("train drive --method iq-learn --rounds 1 --out iq-learn", ("iq-learn/model-after-001",)),
    SmallCommand("evaluate expert network --suite train --distance 0.1 --json counted.json", ("counted.json",)),
    SmallCommand("export network network.onnx", ("network.onnx",)),
    SmallCommand("evaluate network.onnx --suite train --distance 0.1"),
    SmallCommand("grade network.onnx --num-roads 1 --films 0 --out graded", ("graded/results.json",)),
    SmallCommand("calibrate log --rows 10 --out camera.json", ("camera.json",)),
    SmallCommand("convert drive tub --to tub", ("tub/manifest.json",)),
    SmallCommand("convert tub film --to lerobot", ("film/meta/info.json",)),
    SmallCommand("reward drive --no-film --out liked", ("liked/page.html", "liked/model")),
    SmallCommand("assignment max-ent --out homework", ("homework/max_ent.py",)),
    SmallCommand("lesson"),
    SmallCommand("watch expert --frames 3"),
    SmallCommand("watch --lecture --frames 3"),
    SmallCommand("compare expert --headless --no-film --size 640x360 --out compared", ("compared/result.json",)),
    SmallCommand("drive --frames 3 --out driven"),
    SmallCommand("truth drive --headless --out truth.png", ("truth.png",)),
    SmallCommand("truth --frames 3"),
    SmallCommand("home --frames 3"),
    SmallCommand(f"open {SHARED_VIEW} --headless --seconds 0.1 --film shared.gif", ("shared.gif",)),
    SmallCommand(f"open {SHARED_VIEW} --frames 3"),
    SmallCommand("basin expert --frames 3"),
    SmallCommand("basin expert --headless --poses 3 --out basin", ("basin/picture.png", "basin/result.json")),
)
"""The rest; `demo` and the lessons have no small settings."""
