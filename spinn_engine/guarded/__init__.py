"""Files of strangers: read in a process of their own, which has limits, and plain files alone.

``processes.guarded(path, function, *args)`` gives what the function gives. A file that takes more
memory or time than may be taken here ends that process, and is refused in a sentence.
"""
