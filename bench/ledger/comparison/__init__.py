"""The page docs/comparison.md: tables, plots and sentences, all made from the figures of one run and from peers.json."""
