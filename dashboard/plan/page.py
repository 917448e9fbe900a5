"""Plan: two sliders, what they give at every stage, what may be left, and Start."""

import streamlit as st

from dashboard.parts.forms import initial
from dashboard.parts.forms.prune import method_form
from dashboard.plan import start
from dashboard.plan.amount import AROUND, Places, around, show_amount
from dashboard.plan.forms import ask
from dashboard.plan.presets import show_presets

st.session_state.pop(AROUND, None)
st.title("Plan a run", anchor=False)
above = st.container()
left, right = st.columns([5, 8], gap="large")
with left:
    with st.container(border=True, key="amounts"):
        preset, amount, method = st.container(), st.container(), st.container()
        with st.container(key="equivalents"):
            equal = st.empty()
    source = st.container(border=True, key="learned")
    begun = initial.find()
    asked = ask(begun, source)
with above:
    initial.show(begun, asked.parts)
with right:
    figures, first = st.columns([4, 1], vertical_alignment="bottom", gap="medium")
    same = st.container()
    places = Places(figures.empty(), equal, st.empty())
with method:
    chosen = method_form(begun.values())
with amount:
    spec = show_amount(asked, chosen, places)
with preset:
    show_presets(asked.run_id)
if spec is not None:
    with first:
        pressed = st.button(
            "Start", type="primary", icon=":material/play_arrow:", key="start", width="stretch"
        )
    with same:
        if pressed:
            start.submit(spec)
        start.show_same(spec)
st.session_state[AROUND] = around(spec)
