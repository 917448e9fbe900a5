#!/usr/bin/env bash
# Guess:     AppTest.switch_page("run/page.py") opens the page that st.navigation has for that file.
# Behaviour: before the first run the test client knows no pages, and takes the name of the file for the page's address.
#            With a folder a page and a page.py in each, every page is "page", which none is, and the default one is
#            shown without a word. After a first run the same call finds the page by its path.
# Seen:      streamlit 1.67.0: "home", then, after a run, "second".
# Follows:   a test of a later page can pass on the first one; look for something that only that page has.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q streamlit==1.67.0
mkdir "$folder/home" "$folder/second"
cat > "$folder/app.py" <<'PYTHON'
import streamlit as st

home = st.Page("home/page.py", title="Home", url_path="home", default=True)
second = st.Page("second/page.py", title="Second", url_path="second")
st.navigation([home, second]).run()
PYTHON
echo 'import streamlit as st; st.title("home")' > "$folder/home/page.py"
echo 'import streamlit as st; st.title("second")' > "$folder/second/page.py"
cd "$folder"
"$folder/env/bin/python" - > "$folder/seen" 2> "$folder/log" <<'PYTHON'
from streamlit.testing.v1 import AppTest

fresh = AppTest.from_file("app.py")
print(fresh.switch_page("second/page.py").run().title[0].value)
known = AppTest.from_file("app.py").run()
print(known.switch_page("second/page.py").run().title[0].value)
PYTHON
diff - "$folder/seen" <<'SEEN'
home
second
SEEN
