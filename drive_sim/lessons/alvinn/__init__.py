"""ALVINN's lessons: a network of one hidden layer, learned from simulated pictures, or on the fly."""
