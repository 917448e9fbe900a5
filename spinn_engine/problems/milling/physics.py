"""The laws of the milling simulator, each with its source; torch-free, and every array broadcasts.

The form of each law is the published one. The constants are of the usual order for a carbide face
mill in steel, chosen so that a tool lives for about 15 to 60 minutes; they describe no real tool.

Sources:
    Archard, J. F. (1953). Contact and rubbing of flat surfaces. Journal of Applied Physics.
    Chen, J.-S. and Hsu, W.-Y. (2003). Characterizations and models for the thermal growth of a
        motorized high speed spindle. Int. Journal of Machine Tools and Manufacture.
    Cook, N. H. (1973). Tool wear and tool life. Journal of Engineering for Industry.
    Kienzle, O. (1952). Die Bestimmung von Kräften und Leistungen an spanenden Werkzeugen und
        Werkzeugmaschinen. VDI-Zeitschrift.
    Koren, Y. (1978). Flank wear model of cutting tools using control theory. Journal of
        Engineering for Industry.
    Palmgren, A. (1959). Ball and Roller Bearing Engineering. SKF Industries.
    Queener, C. A., Smith, T. C. and Mitchell, W. L. (1965). Transient and steady state wear of
        machine parts. Wear.
    Smithey, D. W., Kapoor, S. G. and DeVor, R. E. (2001). A new mechanistic model for predicting
        worn tool cutting forces. Machining Science and Technology.
    Usui, E., Shirakashi, T. and Kitagawa, T. (1984). Analytical prediction of cutting tool wear.
        Wear.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from spinn_engine.problems.problem import Floats

TOOL_DIAMETER_MM = 50.0
TEETH = 4
RADIAL_DEPTH_MM = 25.0  # half of the diameter: a tooth cuts over a quarter turn, one at a time
ENGAGED_SHARE = 0.25

HARDNESS_REFERENCE_HB = 220.0
HARDNESS_EXPONENT = 0.6
CHIP_PRESSURE_N_MM2 = (1800.0, 650.0, 420.0)  # Kienzle's k1.1: tangential, radial, axial
CHIP_EXPONENT = (0.75, 0.60, 0.65)  # Kienzle's 1 - m
FLANK_PRESSURE_PER_HB = 3.0  # N/mm2 on the wear land for each HB
FLANK_SHARE = (0.30, 1.00, 0.45)  # friction, normal and axial part of the wear land's force

WEAR_COEFFICIENT = 7.5e-6  # mm2/N, before activation
ACTIVATION_K = 2500.0  # Usui's B
RUN_IN_GAIN = 3.0
RUN_IN_DISTANCE_M = 120.0
HEAT_CAPACITY_J_MM3_K = 0.0055
DIFFUSIVITY_MM2_S = 9.0
ROOM_K = 293.0

CUTTING_HEAT_SHARE = 0.02
BEARING_LOSS_W = 2.2  # at one revolution a second
SHAFT_J_K = 3000.0
HOUSING_J_K = 21000.0
SHAFT_TO_HOUSING_W_K = 7.0
HOUSING_TO_AIR_W_K = 9.0
SHAFT_GROWTH_MM_K = 0.0011
HOUSING_GROWTH_MM_K = 0.0006


@dataclass(frozen=True)
class Cut:
    """Cutting conditions.

    Attributes:
        depth: axial depth of cut, mm.
        feed: feed a tooth, mm.
        speed: cutting speed, m/min.
        hardness: of the workpiece, HB.
    """

    depth: Floats
    feed: Floats
    speed: Floats
    hardness: Floats

    def chip_thickness(self) -> Floats:
        """Mean undeformed chip thickness in mm: feed * sin(angle) over the quarter turn in cut."""
        return self.feed * (2 / np.pi)

    def spindle_frequency(self) -> Floats:
        """Revolutions a second."""
        return self.speed * (1000 / 60) / (np.pi * TOOL_DIAMETER_MM)

    def removal_rate(self) -> Floats:
        """Volume cut a second, mm3/s."""
        table_speed = self.feed * TEETH * self.spindle_frequency()  # mm/s
        return self.depth * RADIAL_DEPTH_MM * table_speed

    def sliding_speed(self) -> Floats:
        """Distance that an edge cuts in a second, m/s, averaged over the revolution."""
        return self.speed / 60 * ENGAGED_SHARE


class Forces(NamedTuple):
    """Force on the tooth in cut, N, in the turning frame of the tool."""

    tangential: Floats
    radial: Floats
    axial: Floats


def cutting_forces(cut: Cut, wear: Floats, material: Floats | float = 1.0) -> Forces:
    """Kienzle (1952) for the chip, and a wear land that is pressed and rubbed (Smithey 2001).

    Args:
        cut: the conditions.
        wear: width of the wear land, mm.
        material: factor of this batch of steel on the specific force.
    """
    relative = (cut.hardness / HARDNESS_REFERENCE_HB) ** HARDNESS_EXPONENT * material
    thickness = cut.chip_thickness()
    land = FLANK_PRESSURE_PER_HB * cut.hardness * cut.depth * wear  # N
    return Forces(
        *(
            pressure * relative * cut.depth * thickness**exponent + share * land
            for pressure, exponent, share in zip(
                CHIP_PRESSURE_N_MM2, CHIP_EXPONENT, FLANK_SHARE, strict=True
            )
        )
    )


def edge_temperature(cut: Cut, forces: Forces) -> Floats:
    """Cook (1973): temperature of the edge in K from specific energy, speed and chip thickness."""
    thickness = cut.chip_thickness()
    energy = forces.tangential / (cut.depth * thickness) / 1000  # N/mm2 = mJ/mm3 -> J/mm3
    peclet = cut.speed * (1000 / 60) * thickness / DIFFUSIVITY_MM2_S
    return ROOM_K + 0.4 * energy / HEAT_CAPACITY_J_MM3_K * np.cbrt(peclet)


def wear_rate(cut: Cut, forces: Forces, distance: Floats, tool: Floats | float = 1.0) -> Floats:
    """Growth of the wear land in mm/s, through running-in, steady and accelerated phases.

    Load times sliding speed (Archard 1953), thermally activated (Usui 1984). The load is the radial
    force on each mm of edge: it grows with the wear, as does the temperature, and this feedback is
    the accelerated phase (Koren 1978). The running-in of a fresh edge dies away with the distance
    (Queener 1965).

    Args:
        cut: the conditions.
        forces: what ``cutting_forces`` gives at the present wear.
        distance: that this edge has cut, m.
        tool: factor of this tool on the rate.
    """
    load = forces.radial / cut.depth  # N/mm
    activation = np.exp(-ACTIVATION_K / edge_temperature(cut, forces))
    running_in = 1 + RUN_IN_GAIN * np.exp(-distance / RUN_IN_DISTANCE_M)
    return WEAR_COEFFICIENT * tool * load * cut.sliding_speed() * activation * running_in


def heat_input(cut: Cut, forces: Forces) -> Floats:
    """Heat into the spindle shaft, W: a share of the cutting power, and bearing friction.

    The friction torque of a bearing grows with speed**(2/3) (Palmgren 1959), its power with 5/3.
    """
    cutting = CUTTING_HEAT_SHARE * forces.tangential * cut.speed / 60
    return cutting + BEARING_LOSS_W * cut.spindle_frequency() ** (5 / 3)


def temperature_rates(
    shaft: Floats, housing: Floats, ambient: Floats, heat: Floats
) -> tuple[Floats, Floats]:
    """Heating minus cooling of shaft and housing, K/s: two lumped masses (Chen and Hsu 2003)."""
    passed_on = SHAFT_TO_HOUSING_W_K * (shaft - housing)
    lost = HOUSING_TO_AIR_W_K * (housing - ambient)
    return (heat - passed_on) / SHAFT_J_K, (passed_on - lost) / HOUSING_J_K


def thermal_growth(shaft: Floats, housing: Floats, ambient: Floats) -> Floats:
    """Displacement of the tool tip, mm, against a machine column at room temperature."""
    return SHAFT_GROWTH_MM_K * (shaft - ambient) + HOUSING_GROWTH_MM_K * (housing - ambient)
