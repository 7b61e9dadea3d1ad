"""The first drive: the whole story from a demonstration to unseen roads, which the command `demo` tells."""
