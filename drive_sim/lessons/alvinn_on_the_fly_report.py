"""The page of the lesson on ALVINN on the fly: who needs help after how many frames, and what goes on inside."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from drive_sim import files
from drive_sim.arrays import Images, PerCar
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.warp import shift_rotate, valid_mask
from drive_sim.learn import alvinn
from drive_sim.learn.alvinn import views_of
from drive_sim.learn.base import ImitationTask
from drive_sim.lessons import alvinn_methods
from drive_sim.lessons.alvinn_methods import BEND_VIEWS, METHODS, RULES
from drive_sim.lessons.kit.demonstration import true_views
from drive_sim.policies.alvinn import ALVINN_CAMERA, AlvinnPolicy, hill
from drive_sim.policies.expert import pursuit_curvature
from drive_sim.report import on_the_fly_figures, page
from drive_sim.report.style import LOOKS
from drive_sim.sim.render import render
from drive_sim.sim.road_generator import ROAD_KINDS
from drive_sim.sim.suites import make_suite
from drive_sim.sim.track import point_on_lane

RULE_NAMES = {
    "alike": "1991: what is most alike leaves",
    "straight": "later: the mean stays straight",
    "oldest": "no rule: the oldest leaves",
}
VIEW_NAMES = {
    "wide": "±1.25 m, ±6°",
    "narrow": "±0.3 m, ±3°",
    "alone": "no views: every frame alone, kept",
}
LATER_NAMES = {
    "hidden": "4 hidden units instead of 5",
    "hill": "the hill exp(−d²/10), found again by a fit",
    "shift": "shifts of at most 0.6 m instead of 1.25 m",
    "ahead": "the target 2.5 s of travel ahead, 30 m, instead of 7 m",
    "radius": "no view whose way back is tighter than 20 m",
    "rule": "what leaves the buffer keeps its mean straight",
    "all but ahead": "all of these, but the target 7 m ahead",
    "all but ahead and shift": "all of these, but 7 m ahead and shifts up to 1.25 m",
}
_PLACE_STEP_M = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """What the first seed's learner was shown and what became of it, round by round."""

    demos: Demonstrations
    rounds: tuple[Any, ...]

    @property
    def policy(self) -> AlvinnPolicy:
        """The last one."""
        return self.rounds[-1].policy


def write_page(config: Any, result: Mapping[str, Any], folder: Path) -> None:
    """The report in one file."""
    watched = watch(config)
    text = page.render_page(
        "alvinn_on_the_fly.html.j2",
        result=result,
        config=config,
        quick=config.quick,
        looks=LOOKS,
        methods=METHODS,
        published=alvinn.PUBLISHED,
        later=alvinn.LATER,
        views=BEND_VIEWS,
        rules=RULES,
        view_names=VIEW_NAMES,
        rule_names=RULE_NAMES,
        later_names=LATER_NAMES,
        camera=ALVINN_CAMERA,
        max_per_m=alvinn.MAX_CURVATURE_PER_M,
        road_kind=ROAD_KINDS[config.conditions.road_kind],
        unseen_percent=unseen_percent(),
        num_weights=sum(weights.numel() for weights in watched.policy.network.parameters()),
        figures=_figures(config, result, watched),
    )
    files.write_text(folder / "report.html", text)


def watch(config: Any) -> Watched:
    """The first seed's learner, as it learned for the bar."""
    seed, settings = config.seeds[0], alvinn_methods.settings("alvinn")
    demos = alvinn_methods.drive_frames(seed, config.conditions, config.num_frames)
    settings = replace(settings, num_frames=config.num_frames)
    return Watched(demos, tuple(alvinn.train(settings, ImitationTask(demos), alvinn_methods.learning_rng(seed))))


def _figures(config: Any, result: Mapping[str, Any], watched: Watched) -> dict[str, Markup]:
    moments = sorted({min(moment, config.num_frames) for moment in (1, 3, 10, config.num_frames)})
    weights = np.array([watched.rounds[moment - 1].policy.network.hidden_weights for moment in moments])
    bends = bends_of(config, watched.policy)
    drawn = {
        "help": on_the_fly_figures.plot_help_over_frames(result["methods"], result["published"]["frames"]),
        "views": on_the_fly_figures.plot_views(*fifteen_views(watched.demos)),
        "fills": on_the_fly_figures.plot_views(*fills_of(config, watched.demos), num_columns=4),
        "buffers": on_the_fly_figures.plot_buffers(buffers_of(config), alvinn.MAX_CURVATURE_PER_M),
        "hidden": on_the_fly_figures.plot_hidden(weights, [f"{n} frame{'s' if n > 1 else ''}" for n in moments]),
        "hills": on_the_fly_figures.plot_hills(*bends),
    }
    return {name: page.inline_svg(figure, name) for name, figure in drawn.items()}


def fifteen_views(demos: Demonstrations) -> tuple[Images, list[str]]:
    """A frame of a bend and its views, in the order of what is to be steered, each with that in words."""
    frames = demos.rows(slice(None, None, alvinn.PUBLISHED.ticks_per_frame))
    row = int(np.abs(frames.curvature_per_m).argmax())
    images, label_per_m = views_of(alvinn.PUBLISHED, frames.rows(slice(row, row + 1)), np.random.default_rng(0))
    order = np.argsort(-label_per_m)
    return images[order], [
        f"the frame: {_per_km(label_per_m[i])}" if i == 0 else _per_km(label_per_m[i]) for i in order
    ]


def _per_km(curvature_per_m: Any) -> str:
    return f"{on_the_fly_figures.with_sign(1000.0 * float(curvature_per_m), 0)} /km"


def fills_of(config: Any, demos: Demonstrations) -> tuple[Images, list[str]]:
    """A frame, what is truly seen from the far corner of where views lie, and what the two fills make of it."""
    assert demos.camera is not None
    settings, frame = alvinn.PUBLISHED, demos.rows(slice(len(demos) // 2, len(demos) // 2 + 1))
    shift_m, turn_rad = np.full(1, settings.max_shift_m), np.full(1, settings.max_turn_rad)
    pictures = [
        frame.images,
        true_views(frame, config.seeds[0], shift_m, turn_rad, config.conditions),
        shift_rotate(frame.images, demos.camera, shift_m, turn_rad, fill="heading"),
        shift_rotate(frame.images, demos.camera, shift_m, turn_rad, fill="smear"),
    ]
    return np.concatenate(pictures), [
        "the frame",
        "as it is from there",
        "straight ahead (later)",
        "smeared (at first)",
    ]


def unseen_percent(num_views: int = 400) -> float:
    """How much of a view, on average, lies outside the picture that it is made of."""
    shift, turn = np.random.default_rng(0).uniform(-1.0, 1.0, (2, num_views))
    settings = alvinn.PUBLISHED
    seen = valid_mask(ALVINN_CAMERA, settings.max_shift_m * shift, settings.max_turn_rad * turn)
    return 100.0 * float(1.0 - seen.mean())


def buffers_of(config: Any) -> dict[str, dict[str, PerCar]]:
    """What is to be steered in the first seed's buffer under each rule: after the usual road, and after the bend."""
    seed, (before, in_bend) = config.seeds[0], config.bend_frames
    demos = alvinn_methods.drive_into_bend(seed, config.conditions, before, in_bend, config.bend_radius_m)
    moments: dict[str, dict[str, PerCar]] = {f"after {before} frames": {}, f"{in_bend} later, in the bend": {}}
    for rule, name in RULE_NAMES.items():
        settings = replace(alvinn_methods.settings_in_bend("wide", rule), num_frames=before + in_bend)
        rounds = list(alvinn.train(settings, ImitationTask(demos), alvinn_methods.learning_rng(seed)))
        for by_rule, last in zip(moments.values(), (before, before + in_bend), strict=True):
            by_rule[name] = rounds[last - 1].buffer.curvature_per_m
    return moments


def bends_of(config: Any, policy: AlvinnPolicy) -> tuple[Images, Any, Any, PerCar, PerCar, list[str]]:
    """The first held-out road where it turns left, runs straight and turns right: what `plot_hills` draws of each."""
    suite = make_suite("held-out", num_roads=1, conditions=config.conditions)
    s_m = np.arange(0.0, float(suite.tracks.length_m[0]), _PLACE_STEP_M)
    index = np.zeros(len(s_m), dtype=np.int64)
    poses = point_on_lane(suite.tracks, index, s_m)
    right_per_m = pursuit_curvature(suite.tracks, index, poses, s_m)
    chosen = np.array([right_per_m.argmax(), np.abs(right_per_m).argmin(), right_per_m.argmin()])
    zero = np.zeros(3, dtype=np.int64)
    images = render(suite.tracks, suite.scenes, policy.camera, poses[chosen], zero, zero)
    titles = [
        f"{name}: the expert steers {_per_km(right_per_m[i])}"
        for name, i in zip(("left", "straight", "right"), chosen, strict=True)
    ]
    asked = hill(right_per_m[chosen], policy.units)
    return images, policy.activity(images), asked, policy.units, policy.predict(images), titles
