"""The dense network of a run: what it is, and where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from spinn_engine.errors import BadInputError
from spinn_engine.graph.fixed_ends import Ends, with_ends
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.kinds import KINDS, Layout, mlp, wrong_widths
from spinn_engine.spec.choices import Activation, InputScale, NetworkKind, OutputFunction, Scaling
from spinn_engine.spec.named import (
    Periods,
    Places,
    Ranges,
    named_number,
    named_period,
    named_range,
)
from spinn_engine.spec.reading import LIST, SpecPart
from spinn_engine.vocabulary import NETWORKS, OUTPUT_FUNCTIONS
from spinn_engine.words import count, shown, shown_list

Width = Annotated[int, Field(ge=1, le=65_536)]
Widths = Annotated[tuple[Width, ...], LIST]
MOST_COLUMNS = 4096  # that are put beside each other
ENDS = ("input_scale", "periodic", "output_function", "output_range", "zero_at")


class ModelSpec(SpecPart):
    """The dense network: trained anew, or imported from a checkpoint.

    Attributes:
        hidden: hidden widths from input to output; those of ``dense``, if it is given; for data
            from a file that names none by the number of training rows.
        activation: between the layers; for data from a file that names none silu; to be given with
            ``dense`` where the file does not say.
        activations: one after each layer of an mlp, in place of ``activation``.
        network: what kind of network it is.
        block_layers: dense layers of a residual block.
        norm: whether a LayerNorm stands before every residual block.
        features: pairs of a cosine and a sine before a network of Fourier features.
        frequency: of these features their spread, of a siren the factor in its sines.
        trunk: how many inputs, the last ones, go into the trunk of a DeepONet.
        input_scale: how the inputs of a new network are scaled, by the training rows.
        periodic: inputs with their periods in raw units, such as angle=360; in the place of each
            the network takes its sine and its cosine.
        output_function: what stands behind the last layer of a new network. Targets are scaled so
            that its range is theirs: for softplus divided by their standard deviation alone, so
            that no output is below zero in raw units; for sigmoid from output_range to 0 to 1.
        output_range: of each target the lowest and highest value that a sigmoid can reach, such as
            wear=0:1.
        zero_at: where every output is exactly zero, such as x=0; as often as there are such places.
            Outputs are multiplied by the distances from them, whose product has a mean square of
            one over the training rows, and targets are divided by their standard deviation alone.
        graph: what the network of ``dense`` is, known once a run is made.
        dense: a checkpoint whose network is stage 0 as it is.
        dense_sha256: of that file, known once a run is made.
        dense_scaling: which sides that network takes and gives standardised by the training rows,
            or how inputs and targets were scaled, such as minmax/z; ``stored``: it comes with its
            own scaler; ``auto``: what the file has, else what fits the training rows best.
        dense_reading: one of the readings of that network that are shown, by its name, where
            another than the best is to be taken.
    """

    hidden: Widths = Field(default=(512, 512, 512, 256), min_length=1, max_length=64)
    activation: Activation = "tanh"
    activations: Annotated[tuple[Activation, ...], LIST] = ()
    network: NetworkKind = "mlp"
    block_layers: int = Field(default=2, ge=1, le=3)
    norm: bool = False
    features: int = Field(default=32, ge=1, le=4096)
    frequency: float | None = Field(default=None, gt=0.0, le=1e6)
    trunk: int = Field(default=1, ge=1, le=4096)
    input_scale: InputScale = "z"
    periodic: Periods = Field(default=(), max_length=64)
    output_function: OutputFunction = "identity"
    output_range: Ranges = Field(default=(), max_length=64)
    zero_at: Places = Field(default=(), max_length=16)
    graph: Graph | None = None
    dense: str | None = Field(default=None, min_length=1)
    dense_sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    dense_scaling: Scaling = "auto"
    dense_reading: str | None = Field(default=None, min_length=1, max_length=1000)

    @model_validator(mode="after")
    def _about_a_file(self) -> Self:
        about = (self.dense_sha256, self.dense_reading) != (None, None)
        if self.dense is None and (about or self.dense_scaling != "auto"):
            raise ValueError(
                "dense_sha256, dense_scaling and dense_reading are about a checkpoint: name it in "
                "dense"
            )
        return self

    @model_validator(mode="after")
    def _ends_that_agree(self) -> Self:
        usual = type(self).model_fields
        given = [name for name in ENDS if getattr(self, name) != usual[name].default]
        if given and self.dense is not None:
            raise ValueError(f"a network that is brought has its own ends: leave {given[0]} out")
        periodic = [named_period(text)[0] for text in self.periodic]
        zeros = ["{}={:g}".format(*named_number(text)) for text in self.zero_at]
        ranged = [named_range(text)[0] for text in self.output_range]
        for field, names in (("periodic", periodic), ("zero_at", zeros), ("output_range", ranged)):
            if len(set(names)) < len(names):
                twice = next(name for name in names if names.count(name) > 1)
                raise ValueError(f"{field} says {shown(twice)} twice: keep one")
        edges = [named_number(text)[0] for text in self.zero_at]
        if both := [name for name in edges if name in periodic]:
            raise ValueError(
                f"{shown(both[0])} stands in periodic and in zero_at: a column that comes round "
                "again has no end, keep one"
            )
        bounded = OUTPUT_FUNCTIONS[self.output_function].bounded
        if ranged and not bounded:
            raise ValueError(
                f"output_range is for the output function {_bounded()}: leave it out, or give that"
            )
        if bounded and zeros:
            raise ValueError(
                f"zero_at with the output function {self.output_function}: its range need not hold "
                "zero, keep one"
            )
        return self

    @model_validator(mode="after")
    def _widths_of_its_kind(self) -> Self:
        row = NETWORKS[self.network]
        for name in ("activations", "block_layers", "norm", "features", "frequency", "trunk"):
            usual = type(self).model_fields[name].default
            if getattr(self, name) != usual and name not in row.options:
                raise ValueError(f"{name} is not for {row.label}: leave it out")
        if "hidden" in self.model_fields_set and (wrong := self._wrong_widths()):
            raise ValueError(wrong)
        return self

    def _wrong_widths(self) -> str | None:
        """What is wrong with the widths of a network that is to be trained anew."""
        if self.graph is not None or self.dense is not None:
            return None
        wrong = wrong_widths(self.network, self._layout())
        return wrong and f"hidden {list(self.hidden)}: {wrong}"

    def _layout(self, trunk: int = 1) -> Layout:
        usual = NETWORKS[self.network].frequency
        return Layout(
            hidden=self.hidden,
            activations=self.activations or (self.activation,),
            block_layers=self.block_layers,
            norm=self.norm,
            features=self.features,
            frequency=usual if self.frequency is None else self.frequency,
            trunk=trunk,
        )

    @property
    def named_inputs(self) -> tuple[str, ...]:
        """The inputs that ends are about, each once."""
        return tuple(dict.fromkeys(name for _, name in self._named()))

    def _named(self) -> list[tuple[str, str]]:
        """Fields about inputs, each with an input that it names."""
        return [
            *(("periodic", named_period(text)[0]) for text in self.periodic),
            *(("zero_at", named_number(text)[0]) for text in self.zero_at),
        ]

    def ends_for(self, inputs: Sequence[str]) -> Ends:
        """What stands at the ends of a network of these inputs.

        Raises:
            BadInputError: one is named that is not among them.
        """
        if missing := [(field, name) for field, name in self._named() if name not in inputs]:
            field, name = missing[0]
            raise BadInputError(
                f"{field}: there is no input {shown(name)}: they are {shown_list(inputs)}"
            )

        if self.periodic and len(inputs) > MOST_COLUMNS:
            raise BadInputError(f"periodic is for at most {count(MOST_COLUMNS)} inputs: drop some")

        def placed(named: tuple[str, float]) -> tuple[int, float]:
            return list(inputs).index(named[0]), named[1]

        return Ends(
            periodic=tuple(placed(named_period(text)) for text in self.periodic),
            function=OUTPUT_FUNCTIONS[self.output_function].function,
            zeros=tuple(placed(named_number(text)) for text in self.zero_at),
        )

    def graph_for(self, inputs: Sequence[str], outputs: int) -> Graph:
        """The dense network with these inputs and so many outputs.

        Raises:
            BadInputError: the kind needs more inputs, or other widths than those of the rows; or
                an end is about an input that is not there.
        """
        if self.graph is not None:
            return self.graph
        if wrong := self._wrong_widths():
            raise BadInputError(wrong)
        taken = len(inputs)
        if self.dense is not None:
            return mlp(self.hidden, taken, outputs, self.activation)  # of an earlier version
        ends, columns = self.ends_for(inputs), range(taken)
        more = ends.added(columns[max(taken - self.trunk, 0) :])
        layout = self._layout(trunk=self.trunk + more)
        core = KINDS[self.network](layout, taken + ends.added(columns), outputs)
        return with_ends(core, taken, ends)


def _bounded() -> str:
    return next(name for name, row in OUTPUT_FUNCTIONS.items() if row.bounded)
