"""How fast the parts are: one `bench_<part>.py` a part, each with a `main()` that returns rows of measurements."""
