"""The butterfly in a real window (Xvfb): when the first curves stand, when ten seconds are driven, how late frames are.

`python -m bench.butterfly_window MODEL... [--seconds 40] [--size 960x540]`; the load of the machine is printed beside.
"""

import argparse
import json


def main() -> None:
    from bench.timed_butterfly import measured  # noqa: PLC0415 - what is imported here processes beside it import again

    parser = argparse.ArgumentParser(prog="python -m bench.butterfly_window", description=__doc__)
    parser.add_argument("models", nargs="+", metavar="MODEL")
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--size", default="960x540", metavar="WxH")
    chosen = parser.parse_args()
    width_px, height_px = map(int, chosen.size.split("x"))
    print(json.dumps(measured(tuple(chosen.models), chosen.seconds, (width_px, height_px)), indent=1))


if __name__ == "__main__":
    main()
