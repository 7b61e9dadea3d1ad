"""Which road lies ahead: the seeded ones, the named ones, each driven either way round or mirrored, under any sky."""
