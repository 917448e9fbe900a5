"""Help: the words, the arms, the verdicts, the limits, the keys and the commands."""

import streamlit as st

from dashboard.parts import elements, markup
from spinn_engine import api
from spinn_engine.spec import RunSpec
from spinn_engine.vocabulary import ARMS, OUTCOMES, glossary
from spinn_engine.words import percent, shortest, widths

RATIO = 0.318  # as a share of parameters left it is an ordinary plan, as one of neurons it is not
ENDS = 18, 2  # inputs and outputs of the reference network

WORDS = {
    "pruning_ratio": "Share of the neurons of a layer or group that one stage removes.",
    "param_reduction": "1 − parameters / parameters of the dense network, overall.",
    "group": "Neurons that are pruned together, as layers add or multiply them: such as the stream "
    "of a residual network. Of a plain network each hidden layer is pruned by itself.",
    "stage": "Stage 0 is the dense network; each later one is pruned, then fine-tuned.",
    "MACs": "Multiply-accumulates of one forward pass of one row: what time can follow.",
    "seeds": "Independent repetitions of a whole run; intervals are over them.",
    "folds": "Cross-validation: whole groups go to one fold, every row is tested once.",
    "importance": "What a neuron is scored by, as a rule the L1 norm of its incoming weights.",
    "reconstruction": "What takes neurons is solved anew so that it feels their loss least.",
}
COMMANDS = """\
python -m spinn_engine run --seeds 3                        train and prune here and now
python -m spinn_engine submit                               put a run into the queue
python -m spinn_engine worker                               do what is queued
python -m spinn_engine jobs                                 what runs, what waits, time left
python -m spinn_engine check --data table:FILE --targets A  the checks of a table
python -m spinn_engine whatif ID --param-reduction 0.9      R2 to expect, without training
python -m spinn_engine compare ID ID                        runs side by side
python -m spinn_engine report ID --out DIR                  for reviewers
python -m spinn_engine export ID --format onnx              for other programs"""


def show_words() -> None:
    """The vocabulary, and the two shares that are mistaken for each other."""
    st.header("Words", anchor=False)
    elements.table(
        [{"Word": markup.BoldCell(word), "Meaning": meaning} for word, meaning in WORDS.items()],
        alt="Words and what they mean here",
    )
    show_example()


def show_example() -> None:
    """Four stages of a neurons' ratio against the same share of parameters, as the engine plans."""
    hidden = RunSpec().model.hidden
    a_stage = api.plan(api.PruneSpec(stages=4, pruning_ratio=RATIO, round_to=1), hidden, *ENDS)
    overall = api.plan(api.PruneSpec(stages=4, param_reduction=1 - RATIO), hidden, *ENDS)
    first, last, other = a_stage[0], a_stage[-1], overall[-1]
    with st.container(border=True, key="example"):
        st.markdown(
            f"**Two shares, far apart.** The reference network {widths(hidden)} has "
            f"{first.params:,} parameters.\n"
            f"- Four stages that each remove {percent(RATIO)} of every layer's **neurons** end at "
            f"{widths(last.hidden)}: {last.params:,} parameters, "
            f"**{percent(1 - last.param_reduction)} are left**.\n"
            f"- To leave {percent(RATIO)} of the **parameters**, the four stages end at "
            f"{widths(other.hidden)}: {other.params:,} parameters, "
            f"**{percent(1 - other.param_reduction)} are left**; all of them together remove "
            f"{percent(other.neuron_reduction)} of the neurons."
        )


def show_arms() -> None:
    """Every arm with its sign."""
    st.header("Arms", anchor=False)
    elements.table(
        [
            {markup.ARM: name, "Arm": arm.label, "What it is, and what it answers": arm.about}
            for name, arm in ARMS.items()
        ],
        alt="The arms of a run, and the question that each answers",
    )
    st.caption("All arms have the same seeds, rows and test rows; colour and shape never change.")


def show_verdicts() -> None:
    """What the sentences at the end of a run rest on."""
    margin = RunSpec().compare.margin
    st.header("Verdicts", anchor=False)
    st.markdown(
        f"{glossary(OUTCOMES.values())}\n\n"
        "The interval is the 95 % interval of the difference of R² to another arm, pair by pair, "
        f"seed by seed; the margin is {shortest(-margin)} against *dense, longer* (it can be set "
        "under Comparison). Of an equation the errors are compared instead, by their ratio. Of "
        f"several targets each has its own interval, all together at 95 %. Fewer than "
        f"{api.LEAST_PAIRS} repetitions that differ get no verdict."
    )


def show_limits() -> None:
    """What is not claimed."""
    megabytes = st.get_option("server.maxUploadSize")
    st.header("Limits", anchor=False)
    st.markdown(
        "- Speed and memory are those of the machine that a run names. What was not measured, as "
        "anything on a GPU where there is none, is called *not measured*, never estimated.\n"
        "- **milling-sim is simulated**, from published models: its numbers say nothing of a real "
        "machine.\n"
        "- **What-if** predicts the R² on validation rows **without fine-tuning**; the trained "
        "stage is often better and always costs epochs.\n"
        "- An interval over seeds says how much seeds matter, not how other test rows would score; "
        "folds say more.\n"
        "- Networks of dense layers are pruned, with skips, norms, gates and heads; convolutional "
        "and recurrent ones are refused.\n"
        f"- An uploaded file may have {megabytes} MB and stays on this machine: a worker on "
        "another one needs the path of a table that it can read."
    )


def show_keys() -> None:
    """The keyboard, and the command line."""
    st.header("Keys", anchor=False)
    elements.table(
        [
            {"Key": "N", "Where": "Overview", "Does": "new run"},
            {"Key": "D", "Where": "Overview", "Does": "explore the demo"},
            {
                "Key": "→ Space Page Down",
                "Where": "a run that is presented",
                "Does": "next picture",
            },
            {"Key": "← Page Up", "Where": "a run that is presented", "Does": "previous picture"},
            {"Key": "Home End", "Where": "a run that is presented", "Does": "first, last picture"},
            {"Key": "Esc", "Where": "a run that is presented", "Does": "leave"},
        ],
        alt="Keyboard shortcuts",
    )
    st.header("Commands", anchor=False)
    st.code(COMMANDS, language=None, wrap_lines=True)


st.title("Help", anchor=False)
show_words()
show_arms()
show_verdicts()
show_limits()
show_keys()
