/** Keeps a core busy for ever. */
for (let at = 0; at >= 0; at = (at + 1) % 1_000_003) Math.sqrt(at)
