"""Plan: two sliders, what they give at every stage, what may be left, and Start."""

import streamlit as st

from dashboard.parts.forms import initial
from dashboard.parts.forms.prune import method_form
from dashboard.plan import start
from dashboard.plan.amount import START_STATE, ResultSlots, show_amount, start_state
from dashboard.plan.forms import show_forms
from dashboard.plan.presets import show_presets

st.session_state.pop(START_STATE, None)
st.title("Plan a run", anchor=False)
above = st.container()
left, right = st.columns([5, 8], gap="large")
with left:
    with st.container(border=True, key="amounts"):
        preset, amount, method = st.container(), st.container(), st.container()
        with st.container(key="equivalents"):
            equivalents = st.empty()
    source = st.container(border=True, key="learned")
    initial_plan = initial.find()
    answers = show_forms(initial_plan, source)
with above:
    initial.show(initial_plan, answers.parts)
with right:
    figures, first = st.columns([4, 1], vertical_alignment="bottom", gap="medium")
    same = st.container()
    slots = ResultSlots(figures.empty(), equivalents, st.empty())
with method:
    chosen = method_form(initial_plan.values())
with amount:
    spec = show_amount(answers, chosen, slots)
with preset:
    show_presets(answers.run_id)
if spec is not None:
    with first:
        pressed = st.button(
            "Start", type="primary", icon=":material/play_arrow:", key="start", width="stretch"
        )
    with same:
        if pressed:
            start.submit(spec)
        start.show_same(spec)
st.session_state[START_STATE] = start_state(spec)
