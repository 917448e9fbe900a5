"""A store on another machine, and this machine's copy of it."""
