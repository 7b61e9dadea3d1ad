"""Lessons on long drives without anybody who helps: no hands across America, 1995."""
