"""Which test in a browser presses which widget, and that no widget is left out.

Names of widgets are their keys; ``*`` stands for what differs from run to run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
DASHBOARD = HERE.parents[1] / "dashboard"
KINDS = {
    "button", "download_button", "menu_button", "popover", "selectbox", "multiselect",
    "segmented_control", "slider", "number_input", "text_input", "text_area", "toggle",
    "checkbox", "file_uploader",
}  # fmt: skip
PRESSED = {
    "test_walk": "new_run explore_demo open_tour close_tour source table_file pick_* leave_out "
    "start back_to_defaults new_path new_missing batch_rows frozen adapt adaptation claims "
    "get_verdicts make_report get_* cancel_* resume_*",
    "test_walk_run": "run batch order survival_order stage seed show_known_seed neuron layer "
    "stage_files get_*",
    "test_walk_report": "with_claims make_report claims claims_file get_verdicts formats export",
    "test_walk_jobs": "worker all_queued priority_* more_* want_* ask_* keep_* delete_* retry_*",
    "test_walk_plan_and_compare": "hidden activation schedule criterion reconstruction round_to "
    "least_width until epochs fine_tune_epochs seeds folds margin physics_* controls "
    "fit_coefficients ratio_of max_bytes ratio stages preset_* widths start_again filter data "
    "tags baseline at_batch across draw colour choose_none remarks_* save_remarks take_theirs rows",
    "test_bad_input": "path dense tags",
    "test_bring_and_report": "network checkpoint dense_scaling dense_reading take_reading_*",
    "test_residual": "kind activations features frequency trunk block_layers norm layer "
    "input_scale periodic output_function output_range zero_at derivatives",
    "test_compare": "pin_*",
    "test_present": "key_*",
    "test_leave_and_find": "stop_* dismiss_*",
}
# What is reached by text alone, or needs what no test in a browser has.
ELSEWHERE = {
    "mill_path": "the NASA file is not distributed: test_plan_page.py",
    "targets": "filled by pick_targets: test_data.py",
    "group": "filled by pick_group: test_data.py",
    "keep_group": "test_data_page.py",
    "time": "as group: test_data_page.py",
    "drop": "filled by pick_drop: test_data.py",
    "split_by": "as group: test_data_page.py",
    "dense_activation": "test_imported_network.py",
    "sweep": "there is none in the ready store: test_compare_page.py",
    "tags_of_*": "in the dialog that remarks_* opens: test_compare.py",
    "note_of_*": "as tags_of_*",
    "log_in": "test_login.py",
    "*": "the keys of buttons that one function draws for a job or a work: as above",
    "*_*": "as above",
}


def test_every_widget_is_pressed_somewhere() -> None:
    known = {key for keys in PRESSED.values() for key in keys.split()} | set(ELSEWHERE)
    found = {key for path in DASHBOARD.rglob("*.py") for key in keys_in(path)}
    lacking = {key for key in found if not any(covers(one, key) for one in known)}
    assert not lacking, f"no test in a browser presses {sorted(lacking)}: say here which does"


def test_every_test_names_what_it_presses() -> None:
    for name, keys in PRESSED.items():
        text = (HERE / f"{name}.py").read_text(encoding="utf-8").casefold().replace(" ", "_")
        lacking = [key for key in keys.split() if key.strip("*").rstrip("_") not in text]
        assert not lacking, f"{name} does not name {lacking}"


def covers(known: str, key: str) -> bool:
    start, star, _ = known.partition("*")
    return known == key or bool(star and start and key.startswith(start))


def keys_in(path: Path) -> Iterator[str]:
    """The keys of the widgets of a module, with a star for what is put in."""
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
            continue
        if call.func.attr in KINDS:
            yield from (pattern(word.value) for word in call.keywords if word.arg == "key")


def pattern(key: ast.expr) -> str:
    if isinstance(key, ast.Constant):
        return str(key.value)
    if isinstance(key, ast.JoinedStr):
        return "".join(
            str(one.value) if isinstance(one, ast.Constant) else "*" for one in key.values
        )
    return "*"
