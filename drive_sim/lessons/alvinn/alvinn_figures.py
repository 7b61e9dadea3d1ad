"""What both of ALVINN's lessons draw: what the network reads of a picture, and which of its units answer."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from drive_sim.arrays import Images, PerCar
from drive_sim.policies.alvinn import AlvinnPolicy, hill
from drive_sim.policies.alvinn_pictures import shown_retinas
from drive_sim.report import plots, style


def plot_answers(
    policy: AlvinnPolicy, images: Images, right_per_m: PerCar, titles: Sequence[str], height_in: float
) -> Figure:
    """A column a picture: as it was taken, what is read of it, and its units' activity beside what is asked of them."""
    with plots.panels(style.PAGE_IN, height_in, 3, len(images)) as (figure, all_axes):
        for column, picture in enumerate(zip(images, shown_retinas(images), strict=True)):
            for axes, row in zip(all_axes[column :: len(images)], picture, strict=False):
                axes.imshow(row, interpolation="nearest")
                axes.set_axis_off()
            all_axes[column].set_title(titles[column], loc="center")
        per_km, steered_per_km = 1000.0 * policy.units, 1000.0 * policy.predict(images)
        asked, activity = hill(right_per_m, policy.units), policy.activity(images)
        for column, axes in enumerate(all_axes[-len(images) :]):
            axes.fill_between(
                per_km, asked[column], color=style.HAIR, linewidth=0, step="mid", label="what is asked for"
            )
            axes.plot(per_km, activity[column], color=style.BLUE, linewidth=1.6, label="what comes out")
            axes.axvline(steered_per_km[column], color=style.VERMILION, linewidth=1.4, label="what is steered")
            axes.set(xlim=(per_km[0], per_km[-1]), ylim=(0, 1.05), yticks=[0, 1])
            axes.set_xticks([per_km[0], 0, per_km[-1]], [f"{per_km[0]:.0f} left", "0", f"{-per_km[-1]:.0f} right"])
        all_axes[-len(images)].set_ylabel("activity")
        figure.legend(*all_axes[-1].get_legend_handles_labels(), loc="outside upper right", ncols=3)
    return figure
