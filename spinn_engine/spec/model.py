"""The dense network of a run: what it is, and where it comes from."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from spinn_engine.errors import BadInputError
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.kinds import KINDS, Layout, mlp, wrong_widths
from spinn_engine.spec.choices import Activation, NetworkKind, Scaling
from spinn_engine.spec.reading import LIST, SpecPart
from spinn_engine.vocabulary import NETWORKS

Width = Annotated[int, Field(ge=1, le=65_536)]
Widths = Annotated[tuple[Width, ...], LIST]


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

    def _layout(self) -> Layout:
        usual = NETWORKS[self.network].frequency
        return Layout(
            hidden=self.hidden,
            activations=self.activations or (self.activation,),
            block_layers=self.block_layers,
            norm=self.norm,
            features=self.features,
            frequency=usual if self.frequency is None else self.frequency,
            trunk=self.trunk,
        )

    def graph_for(self, inputs: int, outputs: int) -> Graph:
        """The dense network with so many inputs and outputs.

        Raises:
            BadInputError: the kind needs more inputs, or other widths than those of the rows.
        """
        if self.graph is not None:
            return self.graph
        if wrong := self._wrong_widths():
            raise BadInputError(wrong)
        if self.dense is None:
            return KINDS[self.network](self._layout(), inputs, outputs)
        return mlp(self.hidden, inputs, outputs, self.activation)  # of an earlier version
