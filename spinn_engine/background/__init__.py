"""Work about a finished run that is left and found again: an engine command in the background.

    start_work("20250101-...", "adapt", ["--frozen", "0.5"]); works("20250101-..."); stop_work(...)

It is none of the queue's: it takes minutes, loses nothing that cannot be had again by starting it
once more, needs no device slot, and its result is one file that is written whole. So a process of
its own with a lock and a file of its state is all that it takes.

A run's folder has ``.work/KIND-HASH/`` for every command, hashed by its words: ``state.json``,
``log.txt``, ``out.json`` (what the command prints), and ``alive``, which the keeper, the process
that watches over the command, has locked for as long as it lives. The name is hidden, so that a
store on another machine does not get it: there the work is this machine's, its result everybody's.
"""
